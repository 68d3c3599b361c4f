//! The activity of one connection.
//!
//! A timer for the head of each request would take more time than an evaluation. Therefore, requests and writes only
//! set flags, and [`super::connections`] checks the flags of all connections periodically.

use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Context;

use atomic_waker::AtomicWaker;

/// The activity of one connection, and the signals to the task that serves the connection.
#[derive(Debug)]
pub(super) struct ConnectionActivity {
    /// Whether the connection was active since the last check. A connection becomes active when it is opened, a request
    /// starts to arrive, a response is ready, or bytes are written.
    was_active: AtomicBool,
    /// Whether a request is in progress. Such requests have their own time limits.
    answering: AtomicBool,
    /// Whether the connection is idle: at least one request has been answered, the next request has not started to
    /// arrive, and no write is waiting.
    idle: AtomicBool,
    finish: AtomicBool,
    close: AtomicBool,
    task: AtomicWaker,
}

/// A signal to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShutdownSignal {
    Continue,
    /// The connection must end after the request in progress is answered.
    Finish,
    /// The connection must end immediately.
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

    /// Records that a response is ready, but has not been written yet.
    pub(super) fn end(&self) {
        self.was_active.store(true, Ordering::Relaxed);
        self.idle.store(true, Ordering::Relaxed);
        self.answering.store(false, Ordering::Relaxed);
    }

    /// Records that bytes were read. `is_in_head` is true if part of a request's head is still missing after the read.
    pub(super) fn set_in_head(&self, is_in_head: bool) {
        // Only the first bytes of a head count as activity.
        if is_in_head && self.idle.swap(false, Ordering::Relaxed) {
            self.was_active.store(true, Ordering::Relaxed);
        }
    }

    /// Records an attempt to write. `is_taken` is true if the write completed, and false if the write has to wait.
    pub(super) fn record_write(&self, is_taken: bool) {
        if is_taken {
            self.was_active.store(true, Ordering::Relaxed);
        }
        self.idle.store(is_taken, Ordering::Relaxed);
    }

    /// Returns whether the connection was active since the previous call of this method, and resets the flag.
    pub(super) fn take_was_active(&self) -> bool {
        self.was_active.swap(false, Ordering::Relaxed)
    }

    /// Whether a request is in progress.
    pub(super) fn is_answering(&self) -> bool {
        self.answering.load(Ordering::Relaxed)
    }

    /// Whether the connection has answered at least one request and is waiting for the next request.
    pub(super) fn is_idle(&self) -> bool {
        self.idle.load(Ordering::Relaxed)
    }

    /// Returns the current signal. The connection's task is woken when the signal changes.
    pub(super) fn shutdown_signal(&self, context: &Context<'_>) -> ShutdownSignal {
        self.task.register(context.waker());
        match (self.close.load(Ordering::Acquire), self.finish.load(Ordering::Acquire)) {
            (true, _) => ShutdownSignal::Close,
            (false, true) => ShutdownSignal::Finish,
            (false, false) => ShutdownSignal::Continue,
        }
    }

    /// Signals the connection to end immediately.
    pub(super) fn close(&self) {
        self.signal(&self.close);
    }

    /// Whether the connection was signaled to end immediately.
    pub(super) fn is_closing(&self) -> bool {
        self.close.load(Ordering::Relaxed)
    }

    /// Signals the connection to end after the request in progress is answered.
    pub(super) fn finish(&self) {
        self.signal(&self.finish);
    }

    fn signal(&self, what: &AtomicBool) {
        what.store(true, Ordering::Release);
        self.task.wake();
    }
}
