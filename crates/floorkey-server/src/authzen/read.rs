//! Taking a request's body.

use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Bytes, Incoming};

use super::fault::Fault;

/// Bytes of a body, at most.
pub(super) const BYTES_MAX: usize = 1024 * 1024;

/// How long a body may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A body that came whole.
pub(super) struct Came {
    pub(super) bytes: Bytes,
    /// Whether it was there as soon as its head was.
    pub(super) at_once: bool,
}

/// Takes a body.
///
/// # Errors
/// One that is too large, breaks off, or takes too long.
pub(super) async fn whole(mut body: Incoming) -> Result<Came, Fault> {
    let max = BYTES_MAX as u64;
    if body.size_hint().lower() > max {
        return Err(Fault::too_large());
    }
    let first = first_frame(&mut body).await;
    if let Some(first) = &first
        && body.is_end_stream()
    {
        return Ok(Came { bytes: first.clone(), at_once: true });
    }
    let first = first.unwrap_or_default();
    let came = tokio::time::timeout(TIMEOUT, rest(first, body)).await;
    let bytes = came.unwrap_or_else(|_| Err(broke_off()))?;
    Ok(Came { bytes, at_once: false })
}

/// The first bytes if they are there already, as they are for nearly every question. No timer is set for those: it
/// would cost more than to look for an answer. Hyper hands them over when the task comes back to it, so that once is
/// waited.
async fn first_frame(body: &mut Incoming) -> Option<Bytes> {
    let mut waited = false;
    let frame = std::future::poll_fn(|context| match Pin::new(&mut *body).poll_frame(context) {
        Poll::Ready(frame) => Poll::Ready(frame),
        Poll::Pending if waited => Poll::Ready(None),
        Poll::Pending => {
            waited = true;
            context.waker().wake_by_ref();
            Poll::Pending
        }
    });
    frame.await?.ok()?.into_data().ok()
}

async fn rest(first: Bytes, mut body: Incoming) -> Result<Bytes, Fault> {
    let mut whole = Vec::from(first);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| broke_off())?.into_data() else { continue };
        if whole.len() + data.len() > BYTES_MAX {
            return Err(Fault::too_large());
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.into())
}

fn broke_off() -> Fault {
    Fault::bad_request("The body did not come whole.")
}
