//! Values that count as absent: `null`, and in some places `{}`.

use super::{ParseResult, Reader};

impl Reader<'_> {
    /// Skips `null` if it is next. Returns whether it was.
    #[inline]
    pub(crate) fn skip_null(&mut self) -> ParseResult<bool> {
        match self.peek() {
            Some(b'n') => self.word("null").map(|()| true),
            _ => Ok(false),
        }
    }

    /// Skips `{}` if it is next. Returns whether it was.
    pub(crate) fn skip_empty_object(&mut self) -> bool {
        let start = self.position();
        if self.peek() == Some(b'{') {
            self.at += 1;
            if self.peek() == Some(b'}') {
                self.at += 1;
                return true;
            }
        }
        self.seek(start);
        false
    }
}
