//! Writes counts of used permissions.

use std::sync::Arc;
use std::time::Duration;

use crate::service::Service;

/// How often counts are flushed to the store.
const FLUSH_EVERY: Duration = Duration::from_secs(30);

/// The minimum pause after a flush.
const PAUSE_AFTER_FLUSH: Duration = Duration::from_secs(1);

/// Flushes counts until the server stops. The loop stops only between flushes. If a flush were interrupted, the counts
/// that it had taken would be lost.
pub async fn run_flush_loop(service: Arc<Service>, stop: impl Future<Output = ()>) {
    let usage = service.usage();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(FLUSH_EVERY) => {}
            () = usage.flush_requested.notified() => {}
        }
        if let Err(error) = usage.flush(service.store()).await {
            tracing::warn!(%error, "can't save the use of permissions");
        }
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(PAUSE_AFTER_FLUSH) => {}
        }
    }
}
