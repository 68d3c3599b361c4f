//! Failed sign-in attempts, which are counted to slow down further attempts.
//!
//! Attempts are counted in *buckets*. There is a bucket for each user, for example, and for each attempted login name
//! that no user has. Each attempt is counted before the password is checked, so that simultaneous attempts are all
//! counted. A successful sign-in clears the user's buckets.

use floorkey::Timestamp;

use crate::attempt_bucket::prefix_range;
use crate::backend::{RowView, Transaction, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;

/// The failed attempts that are counted in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketFailures {
    /// The number of failed attempts. Each failure occurred less than one time window after the previous failure.
    pub failures: u64,
    /// The time of the last failed attempt.
    pub last_at: Timestamp,
}

/// The state of a bucket before and after an attempt is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketUpdate {
    /// The record of earlier failures; `None` if there were none within the time window.
    pub before: Option<BucketFailures>,
    /// The record of failures after the attempt, which includes the attempt itself.
    pub after: BucketFailures,
}

impl Store {
    /// Counts an attempt as a failure in each of the given buckets. Returns the state of each bucket before and after
    /// the attempt, in the order of `buckets`. Earlier failures are discarded if the last of them is at least
    /// `window_millis` old. Simultaneous attempts get different counts.
    ///
    /// # Errors
    /// Returns an error if the write fails. The caller must then not check the password.
    pub async fn count_attempt(
        &self,
        buckets: &[String],
        now: Timestamp,
        window_millis: i64,
    ) -> Result<Vec<BucketUpdate>, StoreError> {
        let mut transaction = Transaction::default();
        let since = Value::Integer(now.as_millis().saturating_sub(window_millis));
        for bucket in buckets {
            let values = vec![Value::Text(bucket.clone()), Value::time(now), since.clone()];
            transaction.push_for_rows(&sql::COUNT_ATTEMPT, values);
        }
        let rows = self.backend().write(transaction).await?.rows();
        let updates: Vec<BucketUpdate> = rows.iter().filter_map(|row| update_from_row(row)).collect();
        if updates.len() == buckets.len() {
            return Ok(updates);
        }
        let problem = format!("{} buckets were counted, and {} answered", buckets.len(), updates.len());
        Err(StoreError::Database { table: "attempt", problem })
    }

    /// Stores the failures of the given buckets, replacing any previously stored failures. `None` removes a bucket. All
    /// rows are written in one transaction, so callers should pass several rows at once.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn put_attempts(&self, rows: &[(String, Option<BucketFailures>)]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut transaction = Transaction::default();
        for (bucket, attempt) in rows {
            let bucket = Value::Text(bucket.clone());
            match attempt {
                Some(BucketFailures { failures, last_at }) => {
                    let values = vec![bucket, Value::count(*failures), Value::time(*last_at)];
                    transaction.push(&sql::PUT_ATTEMPT, values);
                }
                None => transaction.push(&sql::DELETE_ATTEMPTS_OF_BUCKET, vec![bucket]),
            }
        }
        self.backend().write(transaction).await.map(drop)
    }

    /// Deletes the failures of the given buckets.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn clear_attempts(&self, buckets: &[String]) -> Result<(), StoreError> {
        let mut transaction = Transaction::default();
        for bucket in buckets {
            transaction.push(&sql::DELETE_ATTEMPTS_OF_BUCKET, vec![Value::Text(bucket.clone())]);
        }
        self.backend().write(transaction).await.map(drop)
    }

    /// Returns the failures of the given buckets, in the order of `buckets` and regardless of age. A bucket without
    /// failures is returned as `None`.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn attempts(&self, buckets: &[String]) -> Result<Vec<Option<BucketFailures>>, StoreError> {
        let names: Vec<_> = buckets.iter().cloned().map(Value::Text).collect();
        let read = self.backend().read(move |snapshot| {
            let one = |name| snapshot.first_row(&sql::READ_ATTEMPT, std::slice::from_ref(name), bucket_from_row);
            names.iter().map(one).collect::<Result<Vec<_>, _>>()
        });
        Ok(read.await?.into_iter().map(|known| known.map(|(_, attempt)| attempt)).collect())
    }

    /// Returns the failures of all buckets whose names begin with `prefix`, ordered by name and regardless of age. For
    /// example, [`user_bucket_prefix`](crate::user_bucket_prefix) returns the prefix for all users of an instance.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn attempts_with_prefix(&self, prefix: &str) -> Result<Vec<(String, BucketFailures)>, StoreError> {
        let values = prefix_range(prefix.to_owned());
        self.backend().read(move |snapshot| snapshot.rows(&sql::READ_ATTEMPTS, &values, bucket_from_row)).await
    }

    /// Deletes all failures before the given time, and returns the number of deleted buckets.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn purge_attempts(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.backend().write_counted(&sql::PURGE_ATTEMPTS, vec![Value::time(before)]).await
    }
}

fn update_from_row(row: &[Option<i64>]) -> Option<BucketUpdate> {
    let &[Some(failures), Some(last_at), Some(prior_failures), Some(prior_at)] = row else { return None };
    let attempt = |failures: i64, at| Some(BucketFailures { failures: u64::try_from(failures).ok()?, last_at: at });
    let before = if prior_failures == 0 { None } else { attempt(prior_failures, Timestamp::from_millis(prior_at)) };
    Some(BucketUpdate { before, after: attempt(failures, Timestamp::from_millis(last_at))? })
}

fn bucket_from_row(row: &RowView<'_>) -> Result<(String, BucketFailures), StoreError> {
    Ok((row.text(0)?.to_owned(), BucketFailures { failures: row.count(1)?, last_at: row.time(2)? }))
}
