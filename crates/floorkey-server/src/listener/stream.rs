//! The stream of a connection. The stream records reads and writes, and checks the heads of requests. It also drains
//! the connection before closing it, so that a client that is still sending can read the response.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use super::activity::ConnectionActivity;
use super::head_check::HeadCheck;

/// The maximum time and the maximum number of bytes for draining a connection. Draining means to read and discard the
/// bytes that the client sends after the last response. Closing a connection with unread bytes resets it, and the
/// client may lose the response.
const DRAIN_TIME: Duration = Duration::from_secs(1);
const DRAIN_BYTES: usize = 4 * 1024 * 1024;

/// The bytes that replace a bare line feed in a head: an invalid byte, followed by the end of the head. They cause
/// hyper to respond with 400.
const UNREADABLE: &[u8] = b"\0\r\n\r\n";

/// A stream that records its reads and writes in the connection's [`ConnectionActivity`].
pub(super) struct TrackedStream<S> {
    stream: S,
    activity: Arc<ConnectionActivity>,
    heads: HeadCheck,
    /// The bytes of [`UNREADABLE`] that have not been read yet. The stream ends after these bytes.
    unreadable: Option<&'static [u8]>,
    draining: Option<Draining>,
}

/// Discards the bytes that arrive after the last response.
struct Draining {
    ends: Pin<Box<Sleep>>,
    bytes_left: usize,
}

impl<S> TrackedStream<S> {
    pub(super) fn new(stream: S, activity: Arc<ConnectionActivity>) -> Self {
        Self { stream, activity, heads: HeadCheck::new(), unreadable: None, draining: None }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TrackedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(left) = &mut self.unreadable {
            fill(left, buffer);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let refused_after = self.heads.check(buffer.filled().get(before..).unwrap_or_default());
        self.activity.set_in_head(self.heads.is_in_head());
        if let Some(valid_len) = refused_after {
            buffer.set_filled(before + valid_len);
            fill(self.unreadable.insert(UNREADABLE), buffer);
        }
        Poll::Ready(Ok(()))
    }
}

/// Copies as many bytes as possible to the buffer, and removes them from `left`.
fn fill(left: &mut &'static [u8], buffer: &mut ReadBuf<'_>) {
    let (head, tail) = left.split_at(left.len().min(buffer.remaining()));
    buffer.put_slice(head);
    *left = tail;
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for TrackedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.activity.record_write(written.is_ready());
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.activity.record_write(written.is_ready());
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if flushed.is_pending() {
            self.activity.record_write(false);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.draining.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
            if self.heads.is_between() {
                return Poll::Ready(Ok(()));
            }
        }
        let Self { stream, draining, .. } = &mut *self;
        let new = || Draining { ends: Box::pin(tokio::time::sleep(DRAIN_TIME)), bytes_left: DRAIN_BYTES };
        draining.get_or_insert_with(new).poll(stream, context)
    }
}

impl Draining {
    /// Reads and discards bytes until the client closes the connection or a limit is reached.
    fn poll<S: AsyncRead + Unpin>(&mut self, stream: &mut S, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut room = [0; 16 * 1024];
        while self.bytes_left > 0 && self.ends.as_mut().poll(context).is_pending() {
            let mut buffer = ReadBuf::new(&mut room);
            match ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer)) {
                Ok(()) if buffer.filled().is_empty() => break,
                Ok(()) => self.bytes_left = self.bytes_left.saturating_sub(buffer.filled().len()),
                Err(_) => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn writes_count_as_activity_and_reads_only_if_a_head_starts() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let activity = Arc::new(ConnectionActivity::new());
        let mut stream = TrackedStream::new(ours, activity.clone());
        activity.end();
        assert!(activity.take_was_active());
        theirs.write_all(b"GET").await.unwrap();
        stream.read_exact(&mut [0; 3]).await.unwrap();
        assert!(activity.take_was_active());
        theirs.write_all(b" / ").await.unwrap();
        stream.read_exact(&mut [0; 3]).await.unwrap();
        assert!(!activity.take_was_active(), "more of the same head");
        stream.write_all(b"HTTP").await.unwrap();
        assert!(activity.take_was_active());
    }

    #[tokio::test]
    async fn a_bare_line_feed_ends_the_readable_bytes() {
        for room in [1, 2, 3, 64] {
            let (ours, mut theirs) = tokio::io::duplex(64);
            let mut stream = TrackedStream::new(ours, Arc::new(ConnectionActivity::new()));
            theirs.write_all(b"GET / HTTP/1.1\r\na: b\nc: d\r\n\r\n").await.unwrap();
            let (mut all, mut some) = (Vec::new(), vec![0; room]);
            while let many @ 1.. = stream.read(&mut some).await.unwrap() {
                all.extend_from_slice(&some[..many]);
            }
            assert_eq!(all, b"GET / HTTP/1.1\r\na: b\0\r\n\r\n");
        }
    }

    #[tokio::test]
    async fn a_client_that_still_sends_is_drained_for_a_second() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let mut stream = TrackedStream::new(ours, Arc::new(ConnectionActivity::new()));
        theirs.write_all(b"POST / HTTP/1.1\r\ncontent-length: 1000\r\n\r\n").await.unwrap();
        stream.read_exact(&mut [0; 41]).await.unwrap();
        let closing = tokio::spawn(async move { stream.shutdown().await });
        theirs.write_all(&[b'a'; 900]).await.expect("it is read");
        let started = tokio::time::Instant::now();
        closing.await.unwrap().unwrap();
        assert!(started.elapsed() >= DRAIN_TIME / 2, "the client has its second");

        let (ours, theirs) = tokio::io::duplex(64);
        let started = tokio::time::Instant::now();
        TrackedStream::new(ours, Arc::new(ConnectionActivity::new())).shutdown().await.unwrap();
        assert!(started.elapsed() < DRAIN_TIME / 2, "there is nothing to wait for between requests");
        drop(theirs);
    }
}
