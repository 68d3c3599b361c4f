//! What goes on at connections, so that those where nothing does are closed: who sends a head byte by byte, keeps an
//! idle connection for long, or does not read what they asked for.
//!
//! A timer for each head costs more than to answer a question. So each request and each write leaves a mark, and now and
//! then somebody looks at all connections whether there is one.

use std::collections::HashMap;
use std::io;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use atomic_waker::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How often is looked. What is quiet at two looks is closed: after twice this time at the least, and three times at the
/// most.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What goes on at one connection, and what it is bidden to do.
#[derive(Debug)]
pub(super) struct Activity {
    /// Whether it began, a head came whole, or something was written, since the last look.
    moved: AtomicBool,
    /// Whether a request is being answered. That has its own limits.
    answering: AtomicBool,
    finish: AtomicBool,
    close: AtomicBool,
    task: AtomicWaker,
}

/// What a connection is bidden to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bidding {
    GoOn,
    /// To end when the request under way has its answer.
    Finish,
    /// To end at once.
    Close,
}

impl Activity {
    fn new() -> Self {
        let no = || AtomicBool::new(false);
        let (answering, finish, close) = (no(), no(), no());
        Self { moved: AtomicBool::new(true), answering, finish, close, task: AtomicWaker::new() }
    }

    /// A request's head has come.
    pub(super) fn begin(&self) {
        self.answering.store(true, Ordering::Relaxed);
    }

    /// The request has its answer, which is still to be written.
    pub(super) fn end(&self) {
        self.moved.store(true, Ordering::Relaxed);
        self.answering.store(false, Ordering::Relaxed);
    }

    /// What the connection is bidden to do. Its task is woken when that changes.
    pub(super) fn bidding(&self, context: &Context<'_>) -> Bidding {
        self.task.register(context.waker());
        match (self.close.load(Ordering::Acquire), self.finish.load(Ordering::Acquire)) {
            (true, _) => Bidding::Close,
            (false, true) => Bidding::Finish,
            (false, false) => Bidding::GoOn,
        }
    }

    fn bid(&self, what: &AtomicBool) {
        what.store(true, Ordering::Release);
        self.task.wake();
    }
}

/// The connections that are open.
#[derive(Default)]
pub(super) struct Connections {
    open: Mutex<HashMap<u64, Open>>,
    opened: AtomicU64,
}

struct Open {
    activity: Arc<Activity>,
    /// Whether nothing had gone on at the last look.
    quiet: bool,
}

impl Connections {
    /// A connection opens.
    pub(super) fn open(self: &Arc<Self>) -> Connection {
        let (number, activity) = (self.opened.fetch_add(1, Ordering::Relaxed), Arc::new(Activity::new()));
        self.lock().insert(number, Open { activity: activity.clone(), quiet: false });
        Connection { all: self.clone(), number, activity }
    }

    /// Looks at all connections again and again, and closes those at which nothing goes on.
    pub(super) async fn watch(&self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            for Open { activity, quiet } in self.lock().values_mut() {
                let moved = activity.moved.swap(false, Ordering::Relaxed) || activity.answering.load(Ordering::Relaxed);
                if *quiet && !moved {
                    activity.bid(&activity.close);
                }
                *quiet = !moved;
            }
        }
    }

    /// Bids all connections end when the request under way has its answer.
    pub(super) fn finish(&self) {
        self.lock().values().for_each(|Open { activity, .. }| activity.bid(&activity.finish));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection; closed with this.
pub(super) struct Connection {
    all: Arc<Connections>,
    number: u64,
    activity: Arc<Activity>,
}

impl Deref for Connection {
    type Target = Arc<Activity>;

    fn deref(&self) -> &Arc<Activity> {
        &self.activity
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.all.lock().remove(&self.number);
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
            self.activity.moved.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    /// Ends when the connection is bidden to close.
    async fn closed(activity: &Activity) {
        poll_fn(|context| match activity.bidding(context) {
            Bidding::Close => Poll::Ready(()),
            Bidding::GoOn | Bidding::Finish => Poll::Pending,
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_quiet_is_closed_and_what_goes_on_is_not() {
        let every = Duration::from_millis(50);
        let connections = Arc::new(Connections::default());
        let watching = connections.clone();
        tokio::spawn(async move { watching.watch(every).await });
        let began = tokio::time::Instant::now();
        let (idle, busy) = (connections.open(), connections.open());
        busy.begin();
        closed(&idle).await;
        assert!(began.elapsed() >= 3 * every, "that it began was a sign of life at the first look");

        assert!(tokio::time::timeout(10 * every, closed(&busy)).await.is_err(), "a request is being answered");
        busy.end();
        let ended = tokio::time::Instant::now();
        closed(&busy).await;
        assert!(ended.elapsed() >= 2 * every, "its end was one too");

        drop((idle, busy));
        assert!(connections.lock().is_empty());
    }

    #[tokio::test]
    async fn all_are_bidden_to_finish() {
        let connections = Arc::new(Connections::default());
        let connection = connections.open();
        let bidden = poll_fn(|context| match connection.bidding(context) {
            Bidding::GoOn => Poll::Pending,
            bidding => Poll::Ready(bidding),
        });
        let (bidden, ()) = tokio::join!(bidden, async { connections.finish() });
        assert_eq!(bidden, Bidding::Finish);
    }

    #[tokio::test]
    async fn a_write_is_a_sign_of_life_and_a_read_is_none() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (ours, mut theirs) = tokio::io::duplex(64);
        let activity = Arc::new(Activity::new());
        activity.moved.store(false, Ordering::Relaxed);
        let mut stream = Marked::new(ours, activity.clone());
        theirs.write_all(b"GET").await.unwrap();
        stream.read_exact(&mut [0; 3]).await.unwrap();
        assert!(!activity.moved.load(Ordering::Relaxed));
        stream.write_all(b"HTTP").await.unwrap();
        assert!(activity.moved.load(Ordering::Relaxed));
    }
}
