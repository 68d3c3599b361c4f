//! Scans of all users of an instance.

use super::current_user::CurrentUser;
use super::page_error::PageError;
use floorkey_service::failure::Failure;
use floorkey_service::search_budget::{self, TooManySearches};

/// If an instance has at least this many users, scans run in a blocking task.
const BLOCKING_MIN: usize = 5_000;

/// Runs a scan of all users. In large instances, the scan runs in a blocking task and within the search budget.
///
/// # Errors
/// Returns an error if the viewer has too many searches running, or if the task fails.
pub(crate) async fn scan<T: Send + 'static>(
    viewer: &CurrentUser,
    work: impl FnOnce(&CurrentUser) -> T + Send + 'static,
) -> Result<T, PageError> {
    if viewer.directory.user_count() < BLOCKING_MIN {
        return Ok(work(viewer));
    }
    let viewer = viewer.clone();
    let _slot = search_budget::acquire(viewer.user.id.bits()).await.map_err(|TooManySearches| Failure::Busy)?;
    let result = tokio::task::spawn_blocking(move || work(&viewer)).await;
    Ok(result.map_err(|error| Failure::Internal(error.to_string()))?)
}
