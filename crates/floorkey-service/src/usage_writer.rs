//! Writes the counts of used permissions to the store.

use std::sync::Arc;
use std::time::Duration;

use crate::service::Service;

/// The interval between flushes to the store.
const FLUSH_EVERY: Duration = Duration::from_secs(30);

/// The minimum time between two flushes.
const PAUSE_AFTER_FLUSH: Duration = Duration::from_secs(1);

/// Flushes counts until the server stops. The loop never stops during a flush, because an interrupted flush would lose
/// counts.
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
