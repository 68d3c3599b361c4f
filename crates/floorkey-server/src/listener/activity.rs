//! What goes on at one connection.
//!
//! A timer for each head costs more than to answer a question. So each request and each write leaves a mark, and now and
//! then all connections are looked at (see [`super::connections`]).

use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Context;

use atomic_waker::AtomicWaker;

/// What goes on at one connection, and what it is bidden to do.
#[derive(Debug)]
pub(super) struct Activity {
    /// Whether it began, a request began or was answered, or something was written, since the last look.
    moved: AtomicBool,
    /// Whether a request is being answered. That has its own limits.
    answering: AtomicBool,
    /// Whether a request has been answered, and nothing has come or had to wait since.
    idle: AtomicBool,
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
    pub(super) fn new() -> Self {
        let no = || AtomicBool::new(false);
        let (answering, idle, finish, close) = (no(), no(), no(), no());
        Self { moved: AtomicBool::new(true), answering, idle, finish, close, task: AtomicWaker::new() }
    }

    /// A request's head has come.
    pub(super) fn begin(&self) {
        self.answering.store(true, Ordering::Relaxed);
    }

    /// The request has its answer, which is still to be written.
    pub(super) fn end(&self) {
        self.moved.store(true, Ordering::Relaxed);
        self.idle.store(true, Ordering::Relaxed);
        self.answering.store(false, Ordering::Relaxed);
    }

    /// Bytes were read, after which a head is on its way, or none is.
    pub(super) fn set_in_head(&self, is_in_head: bool) {
        // That a head begins is a sign of life; that more of it comes is none.
        if is_in_head && self.idle.swap(false, Ordering::Relaxed) {
            self.moved.store(true, Ordering::Relaxed);
        }
    }

    /// The client took bytes, or does not take them now.
    pub(super) fn wrote(&self, is_taken: bool) {
        if is_taken {
            self.moved.store(true, Ordering::Relaxed);
        }
        self.idle.store(is_taken, Ordering::Relaxed);
    }

    /// Whether there was a sign of life since this was asked last.
    pub(super) fn take_moved(&self) -> bool {
        self.moved.swap(false, Ordering::Relaxed)
    }

    /// Whether a request is being answered.
    pub(super) fn is_answering(&self) -> bool {
        self.answering.load(Ordering::Relaxed)
    }

    /// Whether it waits for the next request, after one at least.
    pub(super) fn is_idle(&self) -> bool {
        self.idle.load(Ordering::Relaxed)
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

    /// Has the connection end at once.
    pub(super) fn close(&self) {
        self.bid(&self.close);
    }

    /// Whether the connection was told to end at once.
    pub(super) fn is_closing(&self) -> bool {
        self.close.load(Ordering::Relaxed)
    }

    /// Has the connection end when the request under way has its answer.
    pub(super) fn finish(&self) {
        self.bid(&self.finish);
    }

    fn bid(&self, what: &AtomicBool) {
        what.store(true, Ordering::Release);
        self.task.wake();
    }
}
