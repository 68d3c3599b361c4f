//! Room for searches that take long: a few at a time, so that quick answers find a processor free, and a share of those
//! for each caller.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::connection_thread::leave_connection_thread;

/// Searches of one caller, running and waiting, at most.
const OF_A_CALLER_MAX: usize = 64;

/// Rows times conditions up to which a search is answered on the spot.
const CHEAP: usize = 5_000;

/// The room of this process.
static BUDGET: LazyLock<SearchBudget> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    SearchBudget::new(processors + 1)
});

struct SearchBudget {
    places: Arc<Semaphore>,
    /// Places that one caller may have.
    share: usize,
    callers: Mutex<HashMap<u128, Caller>>,
}

struct Caller {
    places: Arc<Semaphore>,
    /// Its searches, running and waiting.
    searches: usize,
}

/// A search that may run. It gives its place back when this goes.
pub struct Place {
    _permits: [OwnedSemaphorePermit; 2],
    _search: Search,
}

/// One of a caller's searches.
struct Search {
    budget: &'static SearchBudget,
    caller: u128,
}

/// A caller searches too much at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManySearches;

/// Waits for a place for a search of that caller: a user's or a token's id, or 0 for the operator.
///
/// # Errors
/// The caller has [`OF_A_CALLER_MAX`] searches under way.
pub async fn place(caller: u128) -> Result<Place, TooManySearches> {
    BUDGET.place(caller).await
}

/// Runs a search over so many rows with so many conditions: on the spot if it is cheap, else when there is a place, and
/// so that the thread's other tasks go on meanwhile.
///
/// # Errors
/// As [`place`].
pub async fn run<T>(
    caller: u128,
    rows: usize,
    conditions: usize,
    search: impl FnOnce() -> T,
) -> Result<T, TooManySearches> {
    if rows.saturating_mul(conditions.max(1)) <= CHEAP {
        return Ok(search());
    }
    leave_connection_thread().await;
    let _place = place(caller).await?;
    Ok(tokio::task::block_in_place(search))
}

impl SearchBudget {
    fn new(places: usize) -> Self {
        let share = places.saturating_sub(1).max(1);
        Self { places: Arc::new(Semaphore::new(places)), share, callers: Mutex::default() }
    }

    async fn place(&'static self, caller: u128) -> Result<Place, TooManySearches> {
        let (search, own) = self.enter(caller)?;
        // Its own share first, so that what waits for that takes nobody's place.
        let own = own.acquire_owned().await.map_err(|_| TooManySearches)?;
        let place = self.places.clone().acquire_owned().await.map_err(|_| TooManySearches)?;
        Ok(Place { _permits: [place, own], _search: search })
    }

    fn enter(&'static self, caller: u128) -> Result<(Search, Arc<Semaphore>), TooManySearches> {
        let mut callers = self.lock();
        let new = || Caller { places: Arc::new(Semaphore::new(self.share)), searches: 0 };
        let of_caller = callers.entry(caller).or_insert_with(new);
        if of_caller.searches >= OF_A_CALLER_MAX {
            return Err(TooManySearches);
        }
        of_caller.searches += 1;
        Ok((Search { budget: self, caller }, of_caller.places.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u128, Caller>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Search {
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
    async fn a_caller_has_a_share_and_others_find_room() {
        let budget: &'static SearchBudget = Box::leak(Box::new(SearchBudget::new(3)));
        let (first, second) = (budget.place(1).await.unwrap(), budget.place(1).await.unwrap());
        assert!(tokio::time::timeout(SOON, budget.place(1)).await.is_err(), "one place is left for others");
        let other = tokio::time::timeout(SOON, budget.place(2)).await.expect("another caller has room").unwrap();
        drop(first);
        let third = tokio::time::timeout(SOON, budget.place(1)).await.expect("one ended").unwrap();

        let mut waiting: Vec<_> = (0..OF_A_CALLER_MAX - 2).map(|_| Box::pin(budget.place(1))).collect();
        for search in &mut waiting {
            assert!(at_once(search).await.is_none());
        }
        assert!(budget.place(1).await.is_err(), "too many wait");
        drop((waiting, second, third, other));
        assert!(budget.lock().is_empty());
    }

    /// What a future gives at once.
    async fn at_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        tokio::time::timeout(Duration::ZERO, future).await.ok()
    }
}
