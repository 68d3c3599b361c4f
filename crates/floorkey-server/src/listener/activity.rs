//! What goes on at one connection.
//!
//! A timer for each head costs more than to answer a question. So each request and each write leaves a mark, and now and
//! then all connections are looked at (see [`super::connections`]).

use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Context;

use atomic_waker::AtomicWaker;

/// The activity of one connection, and its shutdown signal.
#[derive(Debug)]
pub(super) struct ConnectionActivity {
    /// Whether it began, a request began or was answered, or something was written, since the last look.
    was_active: AtomicBool,
    /// Whether a request is being answered. That has its own limits.
    answering: AtomicBool,
    /// Whether a request has been answered, and nothing has come or had to wait since.
    idle: AtomicBool,
    finish: AtomicBool,
    close: AtomicBool,
    task: AtomicWaker,
}

/// The shutdown signal of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShutdownSignal {
    Continue,
    /// To end when the request under way has its answer.
    Finish,
    /// To end at once.
    Close,
}

impl ConnectionActivity {
    pub(super) fn new() -> Self {
        let no = || AtomicBool::new(false);
        let (answering, idle, finish, close) = (no(), no(), no(), no());
        Self { was_active: AtomicBool::new(true), answering, idle, finish, close, task: AtomicWaker::new() }
    }

    /// A request's head has come.
    pub(super) fn begin(&self) {
        self.answering.store(true, Ordering::Relaxed);
    }

    /// The request has its answer, which is still to be written.
    pub(super) fn end(&self) {
        self.was_active.store(true, Ordering::Relaxed);
        self.idle.store(true, Ordering::Relaxed);
        self.answering.store(false, Ordering::Relaxed);
    }

    /// Bytes were read, after which a head is on its way, or none is.
    pub(super) fn set_in_head(&self, is_in_head: bool) {
        // That a head begins is a sign of life; that more of it comes is none.
        if is_in_head && self.idle.swap(false, Ordering::Relaxed) {
            self.was_active.store(true, Ordering::Relaxed);
        }
    }

    /// The client took bytes, or does not take them now.
    pub(super) fn record_write(&self, is_taken: bool) {
        if is_taken {
            self.was_active.store(true, Ordering::Relaxed);
        }
        self.idle.store(is_taken, Ordering::Relaxed);
    }

    /// Whether there was a sign of life since this was asked last.
    pub(super) fn take_was_active(&self) -> bool {
        self.was_active.swap(false, Ordering::Relaxed)
    }

    /// Whether a request is being answered.
    pub(super) fn is_answering(&self) -> bool {
        self.answering.load(Ordering::Relaxed)
    }

    /// Whether it waits for the next request, after one at least.
    pub(super) fn is_idle(&self) -> bool {
        self.idle.load(Ordering::Relaxed)
    }

    /// Returns the shutdown signal. The task of the connection is woken when that changes.
    pub(super) fn shutdown_signal(&self, context: &Context<'_>) -> ShutdownSignal {
        self.task.register(context.waker());
        match (self.close.load(Ordering::Acquire), self.finish.load(Ordering::Acquire)) {
            (true, _) => ShutdownSignal::Close,
            (false, true) => ShutdownSignal::Finish,
            (false, false) => ShutdownSignal::Continue,
        }
    }

    /// Has the connection end at once.
    pub(super) fn close(&self) {
        self.signal(&self.close);
    }

    /// Whether the connection was told to end at once.
    pub(super) fn is_closing(&self) -> bool {
        self.close.load(Ordering::Relaxed)
    }

    /// Has the connection end when the request under way has its answer.
    pub(super) fn finish(&self) {
        self.signal(&self.finish);
    }

    fn signal(&self, what: &AtomicBool) {
        what.store(true, Ordering::Release);
        self.task.wake();
    }
}
