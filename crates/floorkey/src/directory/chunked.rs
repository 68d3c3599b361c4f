//! A vector that is cheap to copy and to change in one place: a table of shared chunks.
//!
//! Reading costs two dependent loads. Changing one value copies its chunk and the table of chunks, not the values.

use std::sync::Arc;

/// A vector of `Copy` values in chunks of `SIZE`.
#[derive(Clone)]
pub(crate) struct Chunked<T, const SIZE: usize> {
    chunks: Arc<[Arc<[T; SIZE]>]>,
    fresh: Arc<[T; SIZE]>,
}

impl<T: Copy, const SIZE: usize> Chunked<T, SIZE> {
    /// An empty vector; places that were never set read as `blank`.
    pub(crate) fn new(blank: T) -> Self {
        Self { chunks: Arc::new([]), fresh: Arc::new([blank; SIZE]) }
    }

    /// The value in that place; `None` beyond everything that was ever set.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        self.chunks.get(at / SIZE)?.get(at % SIZE)
    }

    /// Sets the value in that place.
    pub(crate) fn set(&mut self, at: usize, value: T) {
        let chunk = at / SIZE;
        if chunk >= self.chunks.len() {
            // Room for half as many again: a vector that is filled one by one is not copied at every chunk.
            let room = (chunk + 1).max(self.chunks.len() + self.chunks.len() / 2);
            let blanks = std::iter::repeat_n(&self.fresh, room - self.chunks.len());
            self.chunks = self.chunks.iter().chain(blanks).cloned().collect();
        }
        if let Some(chunk) = Arc::make_mut(&mut self.chunks).get_mut(chunk)
            && let Some(place) = Arc::make_mut(chunk).get_mut(at % SIZE)
        {
            *place = value;
        }
    }
}
