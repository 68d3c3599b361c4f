//! A strict JSON reader that borrows from its input.
//!
//! No general-purpose parser meets all requirements for access requests. The parser must refuse duplicate names in an
//! object, because parsers that choose different duplicates would cause different decisions. It must limit nesting. It
//! must also refuse arrays in place of objects, which structs with derived deserializers accept. Error messages must
//! contain the name of the invalid member. An invalid item must not invalidate the rest of its batch.
//!
//! This reader accepts JSON according to RFC 8259, within the limits of I-JSON (RFC 7493). A test compares the reader
//! with `serde_json`.

mod absent;
mod name_set;
mod parse_error;
#[cfg(test)]
mod tests;
mod value_kind;

use std::borrow::Cow;

use name_set::NameSet;
pub(super) use parse_error::ParseError;
pub(super) use value_kind::ValueKind;

/// Maximum nesting depth of objects and arrays.
pub(super) const DEPTH_MAX: u32 = 32;

type ParseResult<T> = Result<T, ParseError>;

/// Reads one JSON document from beginning to end.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

/// A position in the text that the reader can return to.
#[derive(Clone, Copy)]
pub(super) struct ReaderPosition {
    at: usize,
    depth: u32,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// Returns the kind of the next value.
    pub(super) fn kind(&mut self) -> ParseResult<ValueKind> {
        match self.peek() {
            Some(b'{') => Ok(ValueKind::Object),
            Some(b'"') => Ok(ValueKind::String),
            Some(b'[') => Ok(ValueKind::Array),
            Some(b't' | b'f') => Ok(ValueKind::Bool),
            Some(b'n') => Ok(ValueKind::Null),
            Some(b'-' | b'0'..=b'9') => Ok(ValueKind::Number),
            Some(_) => Err(self.syntax_error("a value is expected")),
            None => Err(self.syntax_error("a value is expected, but the body ends")),
        }
    }

    /// Reads an object member by member. The function `member` must read each member's value. Duplicate names are
    /// refused.
    #[inline]
    pub(super) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, Cow<'a, str>) -> ParseResult<()>,
    ) -> ParseResult<()> {
        if self.peek() != Some(b'{') {
            return Err(self.unexpected_kind(ValueKind::Object));
        }
        self.enter()?;
        let mut names = NameSet::default();
        if self.peek() == Some(b'}') {
            return self.leave();
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.syntax_error("the name of a member in double quotes is expected"));
            }
            let start = self.at;
            let name = self.string_body()?;
            if !names.add(&name) {
                self.at = start;
                return Err(self
                    .syntax_error(format!("the member `{}` occurs more than once in an object", name.escape_debug())));
            }
            if self.peek() != Some(b':') {
                return Err(self.syntax_error("`:` is expected"));
            }
            self.at += 1;
            member(self, name)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => return self.leave(),
                _ => return Err(self.syntax_error("`,` or `}` is expected")),
            }
            self.skip_whitespace();
        }
    }

    /// Reads an array item by item. The function `item` must read each item.
    #[inline]
    pub(super) fn array(&mut self, mut item: impl FnMut(&mut Self) -> ParseResult<()>) -> ParseResult<()> {
        if self.peek() != Some(b'[') {
            return Err(self.unexpected_kind(ValueKind::Array));
        }
        self.enter()?;
        if self.peek() == Some(b']') {
            return self.leave();
        }
        loop {
            item(self)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => return self.leave(),
                _ => return Err(self.syntax_error("`,` or `]` is expected")),
            }
        }
    }

    /// Reads a string.
    #[inline]
    pub(super) fn string(&mut self) -> ParseResult<Cow<'a, str>> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected_kind(ValueKind::String));
        }
        self.string_body()
    }

    /// Reads `true` or `false`.
    pub(super) fn boolean(&mut self) -> ParseResult<bool> {
        if !matches!(self.peek(), Some(b't' | b'f')) {
            return Err(self.unexpected_kind(ValueKind::Bool));
        }
        let yes = self.bytes().get(self.at) == Some(&b't');
        self.word(if yes { "true" } else { "false" })?;
        Ok(yes)
    }

    /// Reads a non-negative integer.
    pub(super) fn natural(&mut self) -> ParseResult<u64> {
        if !matches!(self.peek(), Some(b'-' | b'0'..=b'9')) {
            return Err(self.unexpected_kind(ValueKind::Number));
        }
        let number = self.number()?;
        number
            .parse()
            .map_err(|_| ParseError::member("", format!("must be a whole number and at least 0, not {number}")))
    }

    /// Reads a number and returns it as text.
    pub(super) fn number(&mut self) -> ParseResult<&'a str> {
        self.skip_whitespace();
        let start = self.at;
        if self.next_is(b'-') {
            self.at += 1;
        }
        match self.bytes().get(self.at) {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return Err(self.syntax_error("a digit is expected")),
        }
        let mut is_plain = true;
        if self.next_is(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if self.next_is(b'e') || self.next_is(b'E') {
            is_plain = false;
            self.at += 1;
            if self.next_is(b'+') || self.next_is(b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        let number = self.text.get(start..self.at).unwrap_or_default();
        // I-JSON requires that numbers fit in a double.
        if (!is_plain || number.len() > 300) && !number.parse::<f64>().is_ok_and(f64::is_finite) {
            self.at = start;
            return Err(self.syntax_error("the number is too large for a double"));
        }
        Ok(number)
    }

    /// Skips a value of any kind.
    pub(super) fn skip(&mut self) -> ParseResult<()> {
        match self.kind()? {
            ValueKind::Object => self.object(|reader, _| reader.skip()),
            ValueKind::Array => self.array(Self::skip),
            ValueKind::String => self.string_body().map(|_| ()),
            ValueKind::Number => self.number().map(|_| ()),
            ValueKind::Bool => self.boolean().map(|_| ()),
            ValueKind::Null => self.word("null"),
        }
    }

    /// Checks that the reader is at the end of the text.
    pub(super) fn end(&mut self) -> ParseResult<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.syntax_error("unexpected text after the value")),
        }
    }

    /// Returns the number of unread bytes.
    pub(super) fn remaining(&self) -> usize {
        self.text.len() - self.at
    }

    /// Returns the current position.
    pub(super) fn position(&self) -> ReaderPosition {
        ReaderPosition { at: self.at, depth: self.depth }
    }

    /// Moves the reader to a saved position.
    pub(super) fn seek(&mut self, position: ReaderPosition) {
        (self.at, self.depth) = (position.at, position.depth);
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// Returns the next byte that is not whitespace.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        self.skip_whitespace();
        self.bytes().get(self.at).copied()
    }

    #[inline]
    fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes().get(self.at) {
            self.at += 1;
        }
    }

    #[inline]
    fn next_is(&self, byte: u8) -> bool {
        self.bytes().get(self.at) == Some(&byte)
    }

    /// Returns the error for a missing value or a value of the wrong kind.
    #[cold]
    fn unexpected_kind(&mut self, expected: ValueKind) -> ParseError {
        match self.kind() {
            Ok(found) => {
                ParseError::member("", format!("must be {}, not {}", expected.description(), found.description()))
            }
            Err(error) => error,
        }
    }

    #[inline]
    fn enter(&mut self) -> ParseResult<()> {
        if self.depth == DEPTH_MAX {
            return Err(self.syntax_error(format!("objects and arrays can be nested at most {DEPTH_MAX} levels deep")));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn leave(&mut self) -> ParseResult<()> {
        self.depth -= 1;
        self.at += 1;
        Ok(())
    }

    fn digits(&mut self) -> ParseResult<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.bytes().get(self.at) {
            self.at += 1;
        }
        if self.at == start { Err(self.syntax_error("a digit is expected")) } else { Ok(()) }
    }

    fn word(&mut self, word: &'static str) -> ParseResult<()> {
        let end = self.at + word.len();
        if self.bytes().get(self.at..end) != Some(word.as_bytes()) {
            return Err(self.syntax_error("a value is expected"));
        }
        self.at = end;
        Ok(())
    }

    /// Reads a string. The next byte must be the opening quote.
    #[inline]
    fn string_body(&mut self) -> ParseResult<Cow<'a, str>> {
        let start = self.at + 1;
        let end = find_special(self.bytes(), start);
        if self.bytes().get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(Cow::Borrowed(self.text.get(start..end).unwrap_or_default()));
        }
        self.escaped_string(start)
    }

    /// Reads a string that contains escapes or is invalid.
    #[cold]
    fn escaped_string(&mut self, start: usize) -> ParseResult<Cow<'a, str>> {
        let mut text = String::new();
        self.at = start;
        loop {
            let end = find_special(self.bytes(), self.at);
            text.push_str(self.text.get(self.at..end).unwrap_or_default());
            self.at = end;
            match self.bytes().get(end) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return Err(self.syntax_error("control characters must be escaped in strings")),
                None => return Err(self.syntax_error("the body ends within a string")),
            }
        }
    }

    /// Reads an escape sequence. The next byte must be the backslash.
    fn escape(&mut self) -> ParseResult<char> {
        let letter = self.bytes().get(self.at + 1).copied();
        self.at += 2;
        match letter {
            Some(letter @ (b'"' | b'\\' | b'/')) => Ok(char::from(letter)),
            Some(b'b') => Ok('\u{8}'),
            Some(b'f') => Ok('\u{c}'),
            Some(b'n') => Ok('\n'),
            Some(b'r') => Ok('\r'),
            Some(b't') => Ok('\t'),
            Some(b'u') => self.code_point(),
            _ => {
                self.at -= 2;
                Err(self.syntax_error(
                    "invalid escape; the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four digits",
                ))
            }
        }
    }

    fn code_point(&mut self) -> ParseResult<char> {
        let start = self.at;
        let first = self.four_digits()?;
        let code = match first {
            0xd800..=0xdbff if self.bytes().get(self.at..self.at + 2) == Some(b"\\u") => {
                self.at += 2;
                match self.four_digits()? {
                    second @ 0xdc00..=0xdfff => 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00),
                    _ => first,
                }
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| {
            self.at = start;
            self.syntax_error("half of a surrogate pair is not a character")
        })
    }

    fn four_digits(&mut self) -> ParseResult<u32> {
        let digits = self.bytes().get(self.at..self.at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let code = digits.and_then(|digits| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        let code = code.ok_or_else(|| self.syntax_error("four hexadecimal digits are expected"))?;
        self.at += 4;
        Ok(code)
    }

    #[cold]
    fn syntax_error(&self, problem: impl Into<Cow<'static, str>>) -> ParseError {
        ParseError::json(self.at, problem)
    }
}

/// Returns the position of the next quote, backslash or control character in `bytes`, or the length of `bytes` if there
/// is none. Processes eight bytes at a time.
#[inline]
fn find_special(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    // The lowest flagged byte always matches. A higher byte may be flagged although it does not match, because the
    // subtraction can borrow from it.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let quote = zero(word ^ (ONES * b'"' as u64));
        let backslash = zero(word ^ (ONES * b'\\' as u64));
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let special = (quote | backslash | control) & TOPS;
        if special != 0 {
            return at + (special.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)) {
        at += 1;
    }
    at
}
