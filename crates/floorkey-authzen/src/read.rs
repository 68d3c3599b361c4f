//! Receives the body of a request.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use hyper::body::{Body as _, Bytes, Incoming};

use super::fault::Fault;
use floorkey_http::{BodyError, collect};

/// Maximum size of a body, in bytes.
pub(super) const BYTES_MAX: usize = 1024 * 1024;

/// A complete body.
pub(super) struct Came {
    pub(super) bytes: Bytes,
    /// Whether it was available together with the head.
    pub(super) at_once: bool,
}

/// A body that is being received.
pub(super) struct Coming {
    body: Incoming,
    /// The bytes that were available immediately.
    first: Bytes,
}

impl Coming {
    /// Starts receiving a body. Hyper returns bytes that arrived together with the head immediately if they are polled
    /// while it handles the head; if they are polled later, it has to return to the connection first.
    ///
    /// # Errors
    /// If the declared size is too large.
    pub(super) fn new(mut body: Incoming) -> Result<Self, Fault> {
        if body.size_hint().lower() > BYTES_MAX as u64 {
            return Err(Fault::too_large());
        }
        let first = there(&mut body, &mut Context::from_waker(Waker::noop()))?;
        Ok(Self { body, first })
    }

    /// Receives the body.
    ///
    /// # Errors
    /// If it is too large, incomplete or too slow.
    pub(super) async fn whole(&mut self) -> Result<Came, Fault> {
        let Self { body, first } = self;
        // No timer is set for bytes that are available: it would cost more than finding the response.
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

/// The next bytes if they are available, otherwise an empty buffer.
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
        BodyError::TooSlow => Fault::bad_request("The body was received too slowly."),
        BodyError::Incomplete | BodyError::NoRoom | BodyError::Unread => broke_off(),
    }
}

fn broke_off() -> Fault {
    Fault::bad_request("The body is incomplete.")
}
