//! Values that count as absent: `null`, and in some places `{}`.

use super::{Read, Reader};

impl Reader<'_> {
    /// Skips `null` if it is next. Returns whether it was.
    #[inline]
    pub(crate) fn null(&mut self) -> Read<bool> {
        match self.peek() {
            Some(b'n') => self.word("null").map(|()| true),
            _ => Ok(false),
        }
    }

    /// Skips `{}` if it is next. Returns whether it was.
    pub(crate) fn empty_object(&mut self) -> bool {
        let begun = self.mark();
        if self.peek() == Some(b'{') {
            self.at += 1;
            if self.peek() == Some(b'}') {
                self.at += 1;
                return true;
            }
        }
        self.back_to(begun);
        false
    }
}
