//! Values that are treated as absent: `null`, and `{}` in some places.

use super::{ParseResult, Reader};

impl Reader<'_> {
    /// Skips the next value if it is `null`. Returns whether a value was skipped.
    #[inline]
    pub(crate) fn skip_null(&mut self) -> ParseResult<bool> {
        match self.peek() {
            Some(b'n') => self.word("null").map(|()| true),
            _ => Ok(false),
        }
    }

    /// Skips the next value if it is `{}`. Returns whether a value was skipped.
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
