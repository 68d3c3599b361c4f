//! Failed attempts to sign in, for slowing down whoever goes on trying.
//!
//! They are counted by *bucket*, a name: a user, a login name that nobody has, a network, everybody. An attempt is
//! counted before the password is looked at, so that those who come at the same time see each other; whoever turns out
//! to be right clears the buckets again.

use floorkey::{InstanceId, Timestamp, UserId};

use crate::backend::{RowView, Transaction, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;

/// The failures in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// How many, each within the window after the one before.
    pub failures: u64,
    /// When the last one was.
    pub last_at: Timestamp,
}

/// A bucket before and after an attempt was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Before; `None` if there was no failure within the window.
    pub before: Option<Attempt>,
    /// After, with this attempt among the failures.
    pub after: Attempt,
}

/// The bucket of a user. It is forgotten with the user, as are those whose names go on from it.
#[must_use]
pub fn user_bucket(instance: InstanceId, user: UserId) -> String {
    format!("{}{user}", user_buckets(instance))
}

/// The instance and the user whose bucket it is; `None` for a bucket of nobody's.
#[must_use]
pub fn owner_of_bucket(bucket: &str) -> Option<(InstanceId, UserId)> {
    let mut parts = bucket.strip_prefix("user:")?.split(':');
    Some((InstanceId::parse(parts.next()?)?, UserId::parse(parts.next()?)?))
}

/// What the buckets of an instance's users begin with.
#[must_use]
pub fn user_buckets(instance: InstanceId) -> String {
    format!("user:{instance}:")
}

/// The bucket of a login name that no user has. The name may be a password typed into the wrong field, so give a hash
/// of it. It is forgotten with the instance.
#[must_use]
pub fn login_bucket(instance: InstanceId, login: &str) -> String {
    format!("{}{login}", login_buckets(instance))
}

pub(crate) fn login_buckets(instance: InstanceId) -> String {
    format!("login:{instance}:")
}

impl Store {
    /// Counts an attempt in each of the buckets as a failure, and answers for each, in their order, how it stood
    /// before and stands now. Failures that are `window_millis` old or older are forgotten. Of many that count at the
    /// same time each gets another number.
    ///
    /// # Errors
    /// If the disk doesn't take it. Whoever can't count may not go on to look at the password.
    pub async fn count_attempt(
        &self,
        buckets: &[String],
        now: Timestamp,
        window_millis: i64,
    ) -> Result<Vec<Counted>, StoreError> {
        let mut transaction = Transaction::default();
        let since = Value::Integer(now.as_millis().saturating_sub(window_millis));
        for bucket in buckets {
            let values = vec![Value::Text(bucket.clone()), Value::time(now), since.clone()];
            transaction.push_for_rows(&sql::COUNT_ATTEMPT, values);
        }
        let rows = self.backend().write(transaction).await?.rows();
        let counted: Vec<Counted> = rows.iter().filter_map(|row| counted(row)).collect();
        if counted.len() == buckets.len() {
            return Ok(counted);
        }
        let problem = format!("{} buckets were counted, and {} answered", buckets.len(), counted.len());
        Err(StoreError::Database { table: "attempt", problem })
    }

    /// Stores the failures of buckets as they are now; `None` removes a bucket. In one transaction: gather some before
    /// you call.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn put_attempts(&self, rows: &[(String, Option<Attempt>)]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut transaction = Transaction::default();
        for (bucket, attempt) in rows {
            let bucket = Value::Text(bucket.clone());
            match attempt {
                Some(Attempt { failures, last_at }) => {
                    let values = vec![bucket, Value::count(*failures), Value::time(*last_at)];
                    transaction.push(&sql::PUT_ATTEMPT, values);
                }
                None => transaction.push(&sql::CLEAR_ATTEMPTS, vec![bucket]),
            }
        }
        self.backend().write(transaction).await.map(drop)
    }

    /// Forgets the failures of the buckets.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn clear_attempts(&self, buckets: &[String]) -> Result<(), StoreError> {
        let mut transaction = Transaction::default();
        for bucket in buckets {
            transaction.push(&sql::CLEAR_ATTEMPTS, vec![Value::Text(bucket.clone())]);
        }
        self.backend().write(transaction).await.map(drop)
    }

    /// The failures of the buckets, in their order; `None` for one without any. However old they are.
    ///
    /// # Errors
    /// If the database can't be read.
    pub async fn attempts(&self, buckets: &[String]) -> Result<Vec<Option<Attempt>>, StoreError> {
        let names: Vec<_> = buckets.iter().cloned().map(Value::Text).collect();
        let read = self.backend().read(move |snapshot| {
            let one = |name| snapshot.first(&sql::READ_ATTEMPT, std::slice::from_ref(name), read);
            names.iter().map(one).collect::<Result<Vec<_>, _>>()
        });
        Ok(read.await?.into_iter().map(|known| known.map(|(_, attempt)| attempt)).collect())
    }

    /// The failures of all buckets whose names begin so, by name: of all users of an instance for example, with
    /// [`user_buckets`]. However old they are.
    ///
    /// # Errors
    /// If the database can't be read.
    pub async fn attempts_like(&self, prefix: &str) -> Result<Vec<(String, Attempt)>, StoreError> {
        let values = range(prefix.to_owned());
        self.backend().read(move |snapshot| snapshot.all(&sql::READ_ATTEMPTS, &values, read)).await
    }

    /// Forgets all failures before a time, and says in how many buckets.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn purge_attempts(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.backend().write_counted(&sql::PURGE_ATTEMPTS, vec![Value::time(before)]).await
    }
}

/// The names that begin so, as the bounds of a range: no text goes on with more than the last character there is.
pub(crate) fn range(prefix: String) -> Vec<Value> {
    let end = format!("{prefix}\u{10ffff}");
    vec![Value::Text(prefix), Value::Text(end)]
}

fn counted(row: &[Option<i64>]) -> Option<Counted> {
    let &[Some(failures), Some(last_at), Some(prior), Some(prior_at)] = row else { return None };
    let attempt = |failures: i64, at| Some(Attempt { failures: u64::try_from(failures).ok()?, last_at: at });
    let before = if prior == 0 { None } else { attempt(prior, Timestamp::from_millis(prior_at)) };
    Some(Counted { before, after: attempt(failures, Timestamp::from_millis(last_at))? })
}

fn read(row: &RowView<'_>) -> Result<(String, Attempt), StoreError> {
    Ok((row.text(0)?.to_owned(), Attempt { failures: row.count(1)?, last_at: row.time(2)? }))
}
