//! Taking a request's body.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use hyper::body::{Body as _, Bytes, Incoming};

use super::fault::Fault;
use crate::listener::{BodyError, collect};

/// Bytes of a body, at most.
pub(super) const BYTES_MAX: usize = 1024 * 1024;

/// A body that came whole.
pub(super) struct Came {
    pub(super) bytes: Bytes,
    /// Whether it was there as soon as its head was.
    pub(super) at_once: bool,
}

/// A body that was bidden to come.
pub(super) struct Coming {
    body: Incoming,
    /// What was there already.
    first: Bytes,
}

impl Coming {
    /// Bids a body come. Hyper hands over what came with a request's head before it goes on, if it is asked for that
    /// while it hands over the head; asked later, it has to come back to the connection once more for it.
    ///
    /// # Errors
    /// It is said to be too large.
    pub(super) fn new(mut body: Incoming) -> Result<Self, Fault> {
        if body.size_hint().lower() > BYTES_MAX as u64 {
            return Err(Fault::too_large());
        }
        let first = there(&mut body, &mut Context::from_waker(Waker::noop()))?;
        Ok(Self { body, first })
    }

    /// Takes the body.
    ///
    /// # Errors
    /// One that is too large, breaks off, or takes too long.
    pub(super) async fn whole(&mut self) -> Result<Came, Fault> {
        let Self { body, first } = self;
        // No timer is set for what is there already: it would cost more than to look for an answer.
        if first.is_empty() {
            *first = poll_fn(|context| Poll::Ready(there(body, context))).await?;
        }
        let first = std::mem::take(first);
        if body.is_end_stream() {
            return Ok(Came { bytes: first, at_once: true });
        }
        let bytes = Box::pin(collect(body, first, BYTES_MAX, None)).await.map_err(fault)?;
        Ok(Came { bytes, at_once: false })
    }
}

/// The next bytes if they are there; none if not.
fn there(body: &mut Incoming, context: &mut Context<'_>) -> Result<Bytes, Fault> {
    match Pin::new(body).poll_frame(context) {
        Poll::Ready(Some(Ok(frame))) => Ok(frame.into_data().unwrap_or_default()),
        Poll::Ready(Some(Err(_))) => Err(broke_off()),
        Poll::Ready(None) | Poll::Pending => Ok(Bytes::new()),
    }
}

fn fault(error: BodyError) -> Fault {
    match error {
        BodyError::TooLarge => Fault::too_large(),
        BodyError::TooSlow => Fault::bad_request("The body came too slowly."),
        BodyError::Incomplete | BodyError::NoRoom | BodyError::Unread => broke_off(),
    }
}

fn broke_off() -> Fault {
    Fault::bad_request("The body did not come whole.")
}
