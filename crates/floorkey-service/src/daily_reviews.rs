//! The key figures and findings of instances at the start of each of the last days.
//!
//! They are computed from the versions of the records: the directory is rebuilt as it was at the start of each day (in
//! UTC), and reviewed as of that time. Figures of the past therefore count exactly what the same figures counted then,
//! and a finding began on the day from which it is found without interruption.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use floorkey::review::findings::InstanceReview;
use floorkey::visibility::Viewer;
use floorkey::{Directory, FindingId, InstanceId, Principal, Revision, Timestamp};
use floorkey_store::Store;
use tokio::sync::OnceCell;

use crate::failure::Failure;

/// The number of days before today for which reviews are computed.
pub const DAYS: usize = 30;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The key figures and findings of an instance at the start of a day.
#[derive(Clone, Debug)]
pub struct DailyReview {
    /// The start of the day, in UTC.
    pub at: Timestamp,
    /// What was found then. All users and profiles are counted.
    pub review: InstanceReview,
}

/// The reviews at the start of today and of up to [`DAYS`] days before, the latest first. The list is shorter if the
/// instance is younger.
#[derive(Clone, Debug, Default)]
pub struct ReviewHistory(Arc<Vec<DailyReview>>);

/// When a finding began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Began {
    /// On the day that starts at this time.
    On(Timestamp),
    /// Before the earliest day that was reviewed, which starts at this time.
    Before(Timestamp),
}

impl ReviewHistory {
    /// Creates a history from reviews, the latest first.
    #[must_use]
    pub fn new(reviews: Vec<DailyReview>) -> Self {
        Self(Arc::new(reviews))
    }

    /// Returns the reviews, the latest first.
    #[must_use]
    pub fn reviews(&self) -> &[DailyReview] {
        &self.0
    }

    /// Returns the review at the start of the day that was `days` days before today.
    #[must_use]
    pub fn days_ago(&self, days: usize) -> Option<&DailyReview> {
        self.0.get(days)
    }

    /// Returns when a finding began that an instance has at the time `now`.
    #[must_use]
    pub fn began(&self, id: FindingId, now: Timestamp) -> Began {
        match self.0.iter().position(|day| day.review.finding(id).is_none()) {
            // The finding did not exist at the start of this day, and exists at the start of the next.
            Some(without) => Began::On(self.0.get(without).map_or(day_of(now), |day| day.at)),
            None => match self.0.last() {
                Some(earliest) if self.0.len() > DAYS => Began::Before(earliest.at),
                // The instance was created on the day before the earliest review.
                Some(earliest) => Began::On(Timestamp::from_millis(earliest.at.as_millis() - DAY_MILLIS)),
                None => Began::On(day_of(now)),
            },
        }
    }
}

/// Returns the start of the day, in UTC.
fn day_of(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millis().div_euclid(DAY_MILLIS) * DAY_MILLIS)
}

/// The histories of today, which are computed once a day for each instance that is asked for.
#[derive(Default)]
pub struct DailyReviews(Mutex<HashMap<InstanceId, Today>>);

struct Today {
    day: Timestamp,
    /// The revision from which the directories of the past were rebuilt.
    revision: Revision,
    history: Arc<OnceCell<ReviewHistory>>,
}

impl DailyReviews {
    /// Returns the history of an instance. The first call of a day starts to compute it; the computation goes on if it
    /// takes longer than `patience`, and the result is then `None`.
    pub async fn get(
        &self,
        store: &Store,
        directory: &Arc<Directory>,
        now: Timestamp,
        patience: Duration,
    ) -> Option<ReviewHistory> {
        let history = self.cell(directory, day_of(now));
        if let Some(history) = history.get() {
            return Some(history.clone());
        }
        let (store, directory) = (store.clone(), directory.clone());
        let computed = tokio::spawn(async move {
            let computed = history.get_or_try_init(|| compute(&store, directory, day_of(now))).await;
            computed.inspect_err(|error| tracing::error!(%error, "can't review earlier days")).ok().cloned()
        });
        tokio::time::timeout(patience, computed).await.ok()?.ok().flatten()
    }

    /// Returns the place of an instance's history of a day. A history that was computed from a later revision belongs to
    /// an instance that was reset since then, and is dropped.
    fn cell(&self, directory: &Directory, day: Timestamp) -> Arc<OnceCell<ReviewHistory>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, today| today.day == day);
        let today = all.entry(directory.instance()).or_insert_with(|| Today::new(day, directory));
        if today.revision > directory.revision() {
            *today = Today::new(day, directory);
        }
        today.history.clone()
    }
}

impl Today {
    fn new(day: Timestamp, directory: &Directory) -> Self {
        Self { day, revision: directory.revision(), history: Arc::default() }
    }
}

/// Rebuilds the directory as it was at the start of each day, from the latest day to the earliest, and reviews it.
async fn compute(store: &Store, current: Arc<Directory>, today: Timestamp) -> Result<ReviewHistory, Failure> {
    let instance = current.instance();
    let mut directory = current;
    let mut reviews = Vec::new();
    let starts = (0..).map(|day: i64| Timestamp::from_millis(today.as_millis() - day * DAY_MILLIS)).take(DAYS + 1);
    for at in starts {
        let Some(revision) = store.revision_before(instance, at).await? else { break };
        let changes = match revision < directory.revision() {
            true => store.changes_back(instance, directory.revision(), revision).await?,
            false => Vec::new(),
        };
        let reviewed = tokio::task::spawn_blocking(move || {
            let past = if changes.is_empty() { directory } else { Arc::new(directory.apply(revision, &changes)) };
            let review = InstanceReview::new(&Viewer::new(&past, &Principal::System, at));
            (past, review)
        });
        let (past, review) = reviewed.await.map_err(|error| Failure::Internal(error.to_string()))?;
        reviews.push(DailyReview { at, review });
        directory = past;
    }
    Ok(ReviewHistory::new(reviews))
}

#[cfg(test)]
mod tests {
    use floorkey::review::findings::{InstanceFinding, Severity};

    use super::*;

    const FINDING: FindingId = FindingId::UnverifiedEmails;

    /// Returns a history whose days, the latest first, have the finding or not.
    fn history(days: &[bool]) -> ReviewHistory {
        let day = |(ago, present): (usize, &bool)| {
            let finding = InstanceFinding {
                id: FINDING,
                severity: Severity::Low,
                count: 1,
                is_about_viewer: false,
                others_end: false,
            };
            let open = if *present { vec![finding] } else { Vec::new() };
            DailyReview { at: day(-(ago as i64)), review: InstanceReview { open, ..InstanceReview::default() } }
        };
        ReviewHistory::new(days.iter().enumerate().map(day).collect())
    }

    /// Returns the start of a day, counted from today.
    fn day(number: i64) -> Timestamp {
        Timestamp::from_millis((20_000 + number) * DAY_MILLIS)
    }

    #[test]
    fn a_finding_began_on_the_last_day_that_started_without_it() {
        let now = Timestamp::from_millis(day(0).as_millis() + 5);
        let began = |days: &[bool]| history(days).began(FINDING, now);
        assert_eq!(began(&[false, true]), Began::On(day(0)), "it began today");
        assert_eq!(began(&[true, true, false, true]), Began::On(day(-2)), "an interruption counts");
        assert_eq!(began(&[true, true]), Began::On(day(-2)), "the instance was created then");
        assert_eq!(began(&[]), Began::On(day(0)), "the instance was created today");
        assert_eq!(began(&[true; DAYS + 1]), Began::Before(day(-30)));
    }
}
