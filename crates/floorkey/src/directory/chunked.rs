//! A vector that is cheap to clone and to update: a table of shared chunks.
//!
//! A read costs two dependent loads. An update copies one chunk and the table of chunks, but not the other chunks.

use std::sync::Arc;

/// A vector of `Copy` values in chunks of `SIZE`.
#[derive(Clone)]
pub(crate) struct Chunked<T, const SIZE: usize> {
    chunks: Arc<[Arc<[T; SIZE]>]>,
    default_chunk: Arc<[T; SIZE]>,
}

impl<T: Copy, const SIZE: usize> Chunked<T, SIZE> {
    /// Creates an empty vector. Elements that have not been set have the value `default`.
    pub(crate) fn new(default: T) -> Self {
        Self { chunks: Arc::new([]), default_chunk: Arc::new([default; SIZE]) }
    }

    /// Returns the element at the index; `None` if no chunk has been allocated for the index.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        self.chunks.get(at / SIZE)?.get(at % SIZE)
    }

    /// Sets the element at the index.
    pub(crate) fn set(&mut self, at: usize, value: T) {
        let chunk = at / SIZE;
        if chunk >= self.chunks.len() {
            // The table is enlarged by half, so that appending elements one at a time does not copy the table for every
            // new chunk.
            let new_len = (chunk + 1).max(self.chunks.len() + self.chunks.len() / 2);
            let padding = std::iter::repeat_n(&self.default_chunk, new_len - self.chunks.len());
            self.chunks = self.chunks.iter().chain(padding).cloned().collect();
        }
        if let Some(chunk) = Arc::make_mut(&mut self.chunks).get_mut(chunk)
            && let Some(element) = Arc::make_mut(chunk).get_mut(at % SIZE)
        {
            *element = value;
        }
    }
}
