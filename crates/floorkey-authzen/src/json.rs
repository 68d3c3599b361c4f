//! A strict JSON reader that borrows from its input.
//!
//! No general parser has everything that access requests need: no duplicate names in an object (two parsers that pick
//! different ones would decide differently), a limit on nesting, objects where objects are required (derived structs
//! accept arrays too), errors with the name of the member, invalid items in an otherwise valid batch, and the speed of
//! the fastest parsers. It accepts RFC 8259 within the limits of I-JSON (RFC 7493); a test compares it with
//! `serde_json`.

mod absent;
mod kind;
mod seen;
#[cfg(test)]
mod tests;
mod wrong;

use std::borrow::Cow;

pub(super) use kind::Kind;
use seen::Seen;
pub(super) use wrong::Wrong;

/// Maximum nesting of objects and arrays.
pub(super) const DEPTH_MAX: u32 = 32;

type Read<T> = Result<T, Wrong>;

/// Reads one JSON text from beginning to end.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

/// A saved position of the reader.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    at: usize,
    depth: u32,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// The kind of the next value.
    pub(super) fn kind(&mut self) -> Read<Kind> {
        match self.peek() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'"') => Ok(Kind::String),
            Some(b'[') => Ok(Kind::Array),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(_) => Err(self.broken("a value is expected")),
            None => Err(self.broken("a value is expected, but the body ends")),
        }
    }

    /// Reads an object member by member; `member` must read the value. Refuses duplicate names.
    #[inline]
    pub(super) fn object(&mut self, mut member: impl FnMut(&mut Self, Cow<'a, str>) -> Read<()>) -> Read<()> {
        if self.peek() != Some(b'{') {
            return Err(self.not_of_kind(Kind::Object));
        }
        self.enter()?;
        let mut seen = Seen::default();
        if self.peek() == Some(b'}') {
            return self.leave();
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.broken("the name of a member in double quotes is expected"));
            }
            let begun = self.at;
            let name = self.text_here()?;
            if !seen.add(&name) {
                self.at = begun;
                return Err(
                    self.broken(format!("the member `{}` occurs more than once in an object", name.escape_debug()))
                );
            }
            if self.peek() != Some(b':') {
                return Err(self.broken("`:` is expected"));
            }
            self.at += 1;
            member(self, name)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => return self.leave(),
                _ => return Err(self.broken("`,` or `}` is expected")),
            }
            self.blanks();
        }
    }

    /// Reads an array item by item; `item` must read it.
    #[inline]
    pub(super) fn array(&mut self, mut item: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        if self.peek() != Some(b'[') {
            return Err(self.not_of_kind(Kind::Array));
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
                _ => return Err(self.broken("`,` or `]` is expected")),
            }
        }
    }

    /// Reads a string.
    #[inline]
    pub(super) fn string(&mut self) -> Read<Cow<'a, str>> {
        if self.peek() != Some(b'"') {
            return Err(self.not_of_kind(Kind::String));
        }
        self.text_here()
    }

    /// Reads `true` or `false`.
    pub(super) fn boolean(&mut self) -> Read<bool> {
        if !matches!(self.peek(), Some(b't' | b'f')) {
            return Err(self.not_of_kind(Kind::Bool));
        }
        let yes = self.bytes().get(self.at) == Some(&b't');
        self.word(if yes { "true" } else { "false" })?;
        Ok(yes)
    }

    /// Reads a non-negative integer.
    pub(super) fn natural(&mut self) -> Read<u64> {
        if !matches!(self.peek(), Some(b'-' | b'0'..=b'9')) {
            return Err(self.not_of_kind(Kind::Number));
        }
        let number = self.number()?;
        number.parse().map_err(|_| Wrong::member("", format!("must be a whole number and at least 0, not {number}")))
    }

    /// Reads a number and returns its text.
    pub(super) fn number(&mut self) -> Read<&'a str> {
        self.blanks();
        let begun = self.at;
        if self.next_is(b'-') {
            self.at += 1;
        }
        match self.bytes().get(self.at) {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return Err(self.broken("a digit is expected")),
        }
        let mut plain = true;
        if self.next_is(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if self.next_is(b'e') || self.next_is(b'E') {
            plain = false;
            self.at += 1;
            if self.next_is(b'+') || self.next_is(b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        let number = self.text.get(begun..self.at).unwrap_or_default();
        // I-JSON: numbers have to fit in a double.
        if (!plain || number.len() > 300) && !number.parse::<f64>().is_ok_and(f64::is_finite) {
            self.at = begun;
            return Err(self.broken("the number is too large for a double"));
        }
        Ok(number)
    }

    /// Skips a value of any kind.
    pub(super) fn skip(&mut self) -> Read<()> {
        match self.kind()? {
            Kind::Object => self.object(|reader, _| reader.skip()),
            Kind::Array => self.array(Self::skip),
            Kind::String => self.text_here().map(|_| ()),
            Kind::Number => self.number().map(|_| ()),
            Kind::Bool => self.boolean().map(|_| ()),
            Kind::Null => self.word("null"),
        }
    }

    /// Checks that the text has ended.
    pub(super) fn end(&mut self) -> Read<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.broken("unexpected text after the value")),
        }
    }

    /// Number of bytes that have not been read.
    pub(super) fn left(&self) -> usize {
        self.text.len() - self.at
    }

    /// The current position.
    pub(super) fn mark(&self) -> Mark {
        Mark { at: self.at, depth: self.depth }
    }

    /// Returns to a position.
    pub(super) fn back_to(&mut self, mark: Mark) {
        (self.at, self.depth) = (mark.at, mark.depth);
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// The next byte that is not whitespace.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.bytes().get(self.at).copied()
    }

    #[inline]
    fn blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes().get(self.at) {
            self.at += 1;
        }
    }

    #[inline]
    fn next_is(&self, byte: u8) -> bool {
        self.bytes().get(self.at) == Some(&byte)
    }

    /// The error for a value of another kind, or for a missing one.
    #[cold]
    fn not_of_kind(&mut self, wanted: Kind) -> Wrong {
        match self.kind() {
            Ok(found) => Wrong::member("", format!("must be {}, not {}", wanted.words(), found.words())),
            Err(wrong) => wrong,
        }
    }

    #[inline]
    fn enter(&mut self) -> Read<()> {
        if self.depth == DEPTH_MAX {
            return Err(self.broken(format!("objects and arrays can be nested at most {DEPTH_MAX} levels deep")));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn leave(&mut self) -> Read<()> {
        self.depth -= 1;
        self.at += 1;
        Ok(())
    }

    fn digits(&mut self) -> Read<()> {
        let begun = self.at;
        while let Some(b'0'..=b'9') = self.bytes().get(self.at) {
            self.at += 1;
        }
        if self.at == begun { Err(self.broken("a digit is expected")) } else { Ok(()) }
    }

    fn word(&mut self, word: &'static str) -> Read<()> {
        let end = self.at + word.len();
        if self.bytes().get(self.at..end) != Some(word.as_bytes()) {
            return Err(self.broken("a value is expected"));
        }
        self.at = end;
        Ok(())
    }

    /// Reads the string whose opening quote is next.
    #[inline]
    fn text_here(&mut self) -> Read<Cow<'a, str>> {
        let begun = self.at + 1;
        let end = plain_end(self.bytes(), begun);
        if self.bytes().get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(Cow::Borrowed(self.text.get(begun..end).unwrap_or_default()));
        }
        self.odd_text(begun)
    }

    /// Reads a string with escapes, or an invalid one.
    #[cold]
    fn odd_text(&mut self, begun: usize) -> Read<Cow<'a, str>> {
        let mut whole = String::new();
        self.at = begun;
        loop {
            let end = plain_end(self.bytes(), self.at);
            whole.push_str(self.text.get(self.at..end).unwrap_or_default());
            self.at = end;
            match self.bytes().get(end) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(whole));
                }
                Some(b'\\') => whole.push(self.escape()?),
                Some(_) => return Err(self.broken("control characters must be escaped in strings")),
                None => return Err(self.broken("the body ends within a string")),
            }
        }
    }

    /// Reads an escape, beginning with its backslash.
    fn escape(&mut self) -> Read<char> {
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
                Err(self.broken(
                    "invalid escape; the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four digits",
                ))
            }
        }
    }

    fn code_point(&mut self) -> Read<char> {
        let begun = self.at;
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
            self.at = begun;
            self.broken("half of a surrogate pair is not a character")
        })
    }

    fn four_digits(&mut self) -> Read<u32> {
        let digits = self.bytes().get(self.at..self.at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let code = digits.and_then(|digits| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        let code = code.ok_or_else(|| self.broken("four hexadecimal digits are expected"))?;
        self.at += 4;
        Ok(code)
    }

    #[cold]
    fn broken(&self, problem: impl Into<Cow<'static, str>>) -> Wrong {
        Wrong::json(self.at, problem)
    }
}

/// The end of the plain characters of a string: the position of a quote, a backslash or a control character, or the end
/// of the text. Processes eight bytes at a time.
#[inline]
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    // The lowest flagged byte is always a real match; a borrow can flag bytes above it.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let quote = zero(word ^ (ONES * b'"' as u64));
        let backslash = zero(word ^ (ONES * b'\\' as u64));
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let odd = (quote | backslash | control) & TOPS;
        if odd != 0 {
            return at + (odd.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)) {
        at += 1;
    }
    at
}
