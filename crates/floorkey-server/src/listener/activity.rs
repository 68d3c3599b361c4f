//! The activity of one connection.
//!
//! A timer for each head costs more than an evaluation. Requests and writes therefore only set flags, and all
//! connections are checked periodically (see [`super::connections`]).

use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Context;

use atomic_waker::AtomicWaker;

/// The activity of one connection, and the signals to it.
#[derive(Debug)]
pub(super) struct ConnectionActivity {
    /// Whether the connection was opened, a head started, a request was answered, or bytes were written since the last
    /// check.
    was_active: AtomicBool,
    /// Whether a request is in progress, which has its own limits.
    answering: AtomicBool,
    /// Whether a request has been answered, and since then nothing has arrived and no write had to wait.
    idle: AtomicBool,
    finish: AtomicBool,
    close: AtomicBool,
    task: AtomicWaker,
}

/// A signal to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShutdownSignal {
    Continue,
    /// End when the request in progress is answered.
    Finish,
    /// End immediately.
    Close,
}

impl ConnectionActivity {
    pub(super) fn new() -> Self {
        let no = || AtomicBool::new(false);
        let (answering, idle, finish, close) = (no(), no(), no(), no());
        Self { was_active: AtomicBool::new(true), answering, idle, finish, close, task: AtomicWaker::new() }
    }

    /// Records that the head of a request has arrived.
    pub(super) fn begin(&self) {
        self.answering.store(true, Ordering::Relaxed);
    }

    /// Records that the response is ready, but not written yet.
    pub(super) fn end(&self) {
        self.was_active.store(true, Ordering::Relaxed);
        self.idle.store(true, Ordering::Relaxed);
        self.answering.store(false, Ordering::Relaxed);
    }

    /// Records a read. `is_in_head` is whether a head is incomplete after it.
    pub(super) fn set_in_head(&self, is_in_head: bool) {
        // The start of a head counts as activity; more bytes of it do not.
        if is_in_head && self.idle.swap(false, Ordering::Relaxed) {
            self.was_active.store(true, Ordering::Relaxed);
        }
    }

    /// Records a write. `is_taken` is whether the client accepted bytes; otherwise the write has to wait.
    pub(super) fn record_write(&self, is_taken: bool) {
        if is_taken {
            self.was_active.store(true, Ordering::Relaxed);
        }
        self.idle.store(is_taken, Ordering::Relaxed);
    }

    /// Returns whether there was activity since the last call, and resets the flag.
    pub(super) fn take_was_active(&self) -> bool {
        self.was_active.swap(false, Ordering::Relaxed)
    }

    /// Whether a request is in progress.
    pub(super) fn is_answering(&self) -> bool {
        self.answering.load(Ordering::Relaxed)
    }

    /// Whether the connection waits for the next request after at least one.
    pub(super) fn is_idle(&self) -> bool {
        self.idle.load(Ordering::Relaxed)
    }

    /// Returns the current signal. The connection's task is woken when it changes.
    pub(super) fn shutdown_signal(&self, context: &Context<'_>) -> ShutdownSignal {
        self.task.register(context.waker());
        match (self.close.load(Ordering::Acquire), self.finish.load(Ordering::Acquire)) {
            (true, _) => ShutdownSignal::Close,
            (false, true) => ShutdownSignal::Finish,
            (false, false) => ShutdownSignal::Continue,
        }
    }

    /// Ends the connection immediately.
    pub(super) fn close(&self) {
        self.signal(&self.close);
    }

    /// Whether the connection was signaled to end immediately.
    pub(super) fn is_closing(&self) -> bool {
        self.close.load(Ordering::Relaxed)
    }

    /// Ends the connection when the request in progress is answered.
    pub(super) fn finish(&self) {
        self.signal(&self.finish);
    }

    fn signal(&self, what: &AtomicBool) {
        what.store(true, Ordering::Release);
        self.task.wake();
    }
}
