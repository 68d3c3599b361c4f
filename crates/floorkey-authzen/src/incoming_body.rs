//! Receives the body of a request.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use hyper::body::{Body as _, Bytes, Incoming};

use super::api_error::ApiError;
use floorkey_http::{BodyError, collect};

/// Maximum size of a body, in bytes.
pub(super) const BYTES_MAX: usize = 1024 * 1024;

/// A completely received body.
pub(super) struct CollectedBody {
    pub(super) bytes: Bytes,
    /// Whether the whole body was available together with the request's head.
    pub(super) arrived_with_head: bool,
}

/// A body that is being received.
pub(super) struct IncomingBody {
    body: Incoming,
    /// The bytes that were available immediately.
    first: Bytes,
}

impl IncomingBody {
    /// Starts receiving a body. The body is polled immediately, because its first bytes may have arrived together with
    /// the head.
    ///
    /// # Errors
    /// Returns an error if the declared size is too large.
    pub(super) fn new(mut body: Incoming) -> Result<Self, ApiError> {
        if body.size_hint().lower() > BYTES_MAX as u64 {
            return Err(ApiError::too_large());
        }
        let first = poll_ready(&mut body, &mut Context::from_waker(Waker::noop()))?;
        Ok(Self { body, first })
    }

    /// Receives and returns the whole body.
    ///
    /// # Errors
    /// Returns an error if the body is too large, is incomplete or arrives too slowly.
    pub(super) async fn collect(&mut self) -> Result<CollectedBody, ApiError> {
        let Self { body, first } = self;
        // A timer costs more than an evaluation, so no timer is set if bytes are already available.
        if first.is_empty() {
            *first = poll_fn(|context| Poll::Ready(poll_ready(body, context))).await?;
        }
        let first = std::mem::take(first);
        if body.is_end_stream() {
            return Ok(CollectedBody { bytes: first, arrived_with_head: true });
        }
        let bytes = Box::pin(collect(body, first, BYTES_MAX, None)).await.map_err(to_api_error)?;
        Ok(CollectedBody { bytes, arrived_with_head: false })
    }
}

/// Returns the next bytes if they are available, otherwise an empty buffer.
fn poll_ready(body: &mut Incoming, context: &mut Context<'_>) -> Result<Bytes, ApiError> {
    match Pin::new(body).poll_frame(context) {
        Poll::Ready(Some(Ok(frame))) => Ok(frame.into_data().unwrap_or_default()),
        Poll::Ready(Some(Err(_))) => Err(incomplete_body()),
        Poll::Ready(None) | Poll::Pending => Ok(Bytes::new()),
    }
}

fn to_api_error(error: BodyError) -> ApiError {
    match error {
        BodyError::TooLarge => ApiError::too_large(),
        BodyError::TooSlow => ApiError::bad_request("The body was received too slowly."),
        BodyError::Incomplete | BodyError::BudgetExhausted | BodyError::Unread => incomplete_body(),
    }
}

fn incomplete_body() -> ApiError {
    ApiError::bad_request("The body is incomplete.")
}
