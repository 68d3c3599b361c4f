//! What goes on at a connection, so that those where nothing does are closed: who sends a head byte by byte, keeps an
//! idle connection for long, or does not read what they asked for.
//!
//! A timer for each head costs more than to answer a question. So each request and each write leaves a mark, and now and
//! then somebody looks whether there is one.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How often is looked. What is quiet at two looks is closed: after twice this time at the least, and three times at the
/// most.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What goes on at one connection.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// Whether a head came whole, or something was written, since the last look.
    moved: AtomicBool,
    /// Whether a request is being answered. That has its own limits.
    answering: AtomicBool,
}

impl Activity {
    /// A request's head has come.
    pub(super) fn begin(&self) {
        self.answering.store(true, Relaxed);
    }

    /// The request has its answer, which is still to be written.
    pub(super) fn end(&self) {
        self.moved.store(true, Relaxed);
        self.answering.store(false, Relaxed);
    }

    /// Ends when nothing has gone on at two looks.
    pub(super) async fn ceased(&self, look_every: Duration) {
        let mut quiet = false;
        loop {
            tokio::time::sleep(look_every).await;
            let moved = self.moved.swap(false, Relaxed) || self.answering.load(Relaxed);
            if quiet && !moved {
                return;
            }
            quiet = !moved;
        }
    }
}

/// A stream whose writes leave their mark.
pub(super) struct Marked<S> {
    stream: S,
    activity: Arc<Activity>,
}

impl<S> Marked<S> {
    pub(super) fn new(stream: S, activity: Arc<Activity>) -> Self {
        Self { stream, activity }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Marked<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Marked<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.mark(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.mark(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S> Marked<S> {
    fn mark(&self, written: &Poll<io::Result<usize>>) {
        if matches!(written, Poll::Ready(Ok(_))) {
            self.activity.moved.store(true, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_quiet_ends_and_what_goes_on_does_not() {
        let look_every = Duration::from_millis(20);
        let activity = Activity::default();
        activity.ceased(look_every).await;

        activity.begin();
        assert!(
            tokio::time::timeout(10 * look_every, activity.ceased(look_every)).await.is_err(),
            "it is being answered"
        );
        activity.end();
        let ended = tokio::time::Instant::now();
        activity.ceased(look_every).await;
        assert!(ended.elapsed() >= 3 * look_every, "the end was a sign of life at the first look");
    }

    #[tokio::test]
    async fn a_write_is_a_sign_of_life_and_a_read_is_none() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (ours, mut theirs) = tokio::io::duplex(64);
        let activity = Arc::new(Activity::default());
        let mut stream = Marked::new(ours, activity.clone());
        theirs.write_all(b"GET").await.unwrap();
        stream.read_exact(&mut [0; 3]).await.unwrap();
        assert!(!activity.moved.load(Relaxed));
        stream.write_all(b"HTTP").await.unwrap();
        assert!(activity.moved.load(Relaxed));
    }
}
