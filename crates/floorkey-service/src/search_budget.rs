//! Limits on concurrent expensive searches. Only a limited number of searches can run at the same time, so that they do
//! not delay short requests. Each caller can run only some of these searches.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::connection_thread::leave_connection_thread;

/// The maximum number of running and waiting searches of one caller.
const SEARCHES_PER_CALLER_MAX: usize = 64;

/// The maximum cost of a search that runs without a permit. The cost is the number of rows times the number of
/// conditions.
const INLINE_COST_MAX: usize = 5_000;

/// This process's budget for searches.
static BUDGET: LazyLock<SearchBudget> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    SearchBudget::new(processors + 1)
});

struct SearchBudget {
    permits: Arc<Semaphore>,
    /// The maximum number of searches that one caller can run concurrently.
    share: usize,
    callers: Mutex<HashMap<u128, CallerUsage>>,
}

struct CallerUsage {
    permits: Arc<Semaphore>,
    /// The number of the caller's running and waiting searches.
    searches: usize,
}

/// A permit to run a search. Dropping the permit allows another search to run.
pub struct SearchPermit {
    _permits: [OwnedSemaphorePermit; 2],
    _search: ActiveSearch,
}

/// A running or waiting search. The search counts toward its caller's maximum until this value is dropped.
struct ActiveSearch {
    budget: &'static SearchBudget,
    caller: u128,
}

/// The error for a caller that has too many searches in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManySearches;

/// Waits for a permit to run a search. `caller` is the ID of a user or a token, or 0 for the operator.
///
/// # Errors
/// Returns an error if the caller already has 64 searches in progress.
pub async fn acquire(caller: u128) -> Result<SearchPermit, TooManySearches> {
    BUDGET.acquire(caller).await
}

/// Runs a search over `rows` rows with `conditions` conditions. A cheap search runs immediately. An expensive search
/// first waits for a permit, and does not block other tasks on its thread.
///
/// # Errors
/// Returns the same errors as [`acquire`].
pub async fn run<T>(
    caller: u128,
    rows: usize,
    conditions: usize,
    search: impl FnOnce() -> T,
) -> Result<T, TooManySearches> {
    if rows.saturating_mul(conditions.max(1)) <= INLINE_COST_MAX {
        return Ok(search());
    }
    leave_connection_thread().await;
    let _place = acquire(caller).await?;
    Ok(tokio::task::block_in_place(search))
}

impl SearchBudget {
    fn new(permits: usize) -> Self {
        let share = permits.saturating_sub(1).max(1);
        Self { permits: Arc::new(Semaphore::new(permits)), share, callers: Mutex::default() }
    }

    async fn acquire(&'static self, caller: u128) -> Result<SearchPermit, TooManySearches> {
        let (search, own) = self.register(caller)?;
        // First acquires a permit from the caller's own limit. A search that is waiting for this permit does not reduce
        // the number of searches that other callers can run.
        let own = own.acquire_owned().await.map_err(|_| TooManySearches)?;
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| TooManySearches)?;
        Ok(SearchPermit { _permits: [permit, own], _search: search })
    }

    fn register(&'static self, caller: u128) -> Result<(ActiveSearch, Arc<Semaphore>), TooManySearches> {
        let mut callers = self.lock();
        let new = || CallerUsage { permits: Arc::new(Semaphore::new(self.share)), searches: 0 };
        let usage = callers.entry(caller).or_insert_with(new);
        if usage.searches >= SEARCHES_PER_CALLER_MAX {
            return Err(TooManySearches);
        }
        usage.searches += 1;
        Ok((ActiveSearch { budget: self, caller }, usage.permits.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u128, CallerUsage>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ActiveSearch {
    fn drop(&mut self) {
        let mut callers = self.budget.lock();
        let Some(caller) = callers.get_mut(&self.caller) else { return };
        caller.searches = caller.searches.saturating_sub(1);
        if caller.searches == 0 {
            callers.remove(&self.caller);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn a_caller_is_limited_to_its_share() {
        let budget: &'static SearchBudget = Box::leak(Box::new(SearchBudget::new(3)));
        let (first, second) = (budget.acquire(1).await.unwrap(), budget.acquire(1).await.unwrap());
        assert!(tokio::time::timeout(SOON, budget.acquire(1)).await.is_err(), "one place is left for others");
        let other = tokio::time::timeout(SOON, budget.acquire(2)).await.expect("another caller has room").unwrap();
        drop(first);
        let third = tokio::time::timeout(SOON, budget.acquire(1)).await.expect("one ended").unwrap();

        let mut waiting: Vec<_> = (0..SEARCHES_PER_CALLER_MAX - 2).map(|_| Box::pin(budget.acquire(1))).collect();
        for search in &mut waiting {
            assert!(at_once(search).await.is_none());
        }
        assert!(budget.acquire(1).await.is_err(), "too many wait");
        drop((waiting, second, third, other));
        assert!(budget.lock().is_empty());
    }

    /// Returns a future's output, or `None` if the output is not ready immediately.
    async fn at_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        tokio::time::timeout(Duration::ZERO, future).await.ok()
    }
}
