//! The one connection that writes, on a thread of its own.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::failure::{failure, is_fatal};
use crate::backend::{Transaction, Written};
use crate::error::StoreError;

/// The way to the writing thread.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    /// Why the thread stopped, once it had to.
    broken: Arc<OnceLock<String>>,
}

struct Job {
    transaction: Transaction,
    answer: oneshot::Sender<Result<Written, StoreError>>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, queue) = channel();
        let broken = Arc::new(OnceLock::new());
        let note = broken.clone();
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || work(connection, &queue, &note, carry_out))
            .map_err(|error| StoreError::Unavailable { problem: format!("can't start the writing thread: {error}") })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), broken })
    }

    /// Hands a transaction over and waits until it is on the disk.
    pub(crate) async fn write(&self, transaction: Transaction) -> Result<Written, StoreError> {
        let (answer, waiting) = oneshot::channel();
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(Job { transaction, answer }).is_ok());
        if !sent {
            return Err(self.fatal());
        }
        waiting.await.unwrap_or_else(|_| Err(self.fatal()))
    }

    fn fatal(&self) -> StoreError {
        let problem = self.broken.get().cloned();
        StoreError::Fatal { problem: problem.unwrap_or_else(|| "the writing thread is gone".to_owned()) }
    }
}

impl Drop for Writer {
    /// Lets the thread finish what is waiting and close the database.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has told its waiters already.
            drop(thread.join());
        }
    }
}

/// Does jobs in order until nobody can send any, or the disk fails.
fn work(
    mut connection: Connection,
    queue: &Receiver<Job>,
    broken: &OnceLock<String>,
    carry_out: impl Fn(&mut Connection, &Transaction) -> Result<Written, Failure>,
) {
    for job in queue {
        let result = match carry_out(&mut connection, &job.transaction) {
            Ok(written) => Ok(written),
            Err(Failure { error, .. }) if is_fatal(&error) || !connection.is_autocommit() => {
                let problem = broken.get_or_init(|| error.to_string()).clone();
                tracing::error!(
                    problem,
                    "the disk failed while writing; nothing is written any more until the next start"
                );
                Err(StoreError::Fatal { problem })
            }
            Err(Failure { error, table }) => Err(failure(&error, table)),
        };
        // Whoever asked may have stopped waiting; what was written stays written.
        drop(job.answer.send(result));
        if broken.get().is_some() {
            return;
        }
    }
}

struct Failure {
    error: rusqlite::Error,
    table: &'static str,
}

/// Carries a transaction out; on any error nothing of it stays.
fn carry_out(connection: &mut Connection, transaction: &Transaction) -> Result<Written, Failure> {
    let about = |table| move |error| Failure { error, table };
    let open = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(about("head"))?;
    for step in &transaction.steps {
        let failed = about(step.statement.table);
        let mut prepared = open.prepare_cached(step.statement.sqlite()).map_err(failed)?;
        for (value, number) in step.values.iter().zip(1..) {
            prepared.raw_bind_parameter(number, value).map_err(failed)?;
        }
        let changed = prepared.raw_execute().map_err(failed)?;
        if step.must_change_a_row && changed != 1 {
            drop(prepared);
            open.rollback().map_err(failed)?;
            return Ok(Written::Unmet);
        }
    }
    open.commit().map_err(about("head"))?;
    Ok(Written::Done)
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;
    use crate::backend::Value;

    #[tokio::test]
    async fn after_the_disk_failed_nothing_is_written_any_more() {
        let (jobs, queue) = channel();
        let broken = Arc::new(OnceLock::new());
        let note = broken.clone();
        let connection = Connection::open_in_memory().unwrap();
        let thread = std::thread::spawn(move || {
            work(connection, &queue, &note, |_, _| {
                let error = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_IOERR_FSYNC), None);
                Err(Failure { error, table: "head" })
            });
        });
        let writer = Writer { jobs: Some(jobs), thread: Some(thread), broken };
        for _ in 0..3 {
            let refused = writer.write(Transaction::default()).await.unwrap_err();
            assert!(matches!(&refused, StoreError::Fatal { problem } if problem.contains("disk I/O")), "{refused}");
        }
    }

    #[tokio::test]
    async fn an_error_that_is_not_the_disks_leaves_the_writer_at_work() {
        let connection = Connection::open_in_memory().unwrap();
        let writer = Writer::start(connection).unwrap();
        let mut transaction = Transaction::default();
        transaction.push(&crate::sql::FORGET_PASSWORDS, Vec::new());
        let refused = writer.write(transaction).await.unwrap_err();
        assert!(matches!(refused, StoreError::Database { table: "password", .. }), "{refused}");
        assert_eq!(writer.write(Transaction::default()).await.unwrap(), Written::Done);
    }

    #[tokio::test]
    async fn a_full_disk_refuses_what_does_not_fit_and_takes_what_does() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::sqlite::migrate(&mut connection, crate::migrations::ALL).unwrap();
        connection.execute_batch("PRAGMA max_page_count = 60").unwrap();
        let writer = Writer::start(connection).unwrap();
        let put = |user: &'static str, bytes: usize| {
            let mut transaction = Transaction::default();
            let hash = Value::Bytes(vec![0; bytes]);
            transaction.push(&crate::sql::PUT_PASSWORD, vec![Value::Word("i"), Value::Word(user), hash]);
            transaction
        };
        for _ in 0..2 {
            let refused = writer.write(put("large", 10_000_000)).await.unwrap_err();
            assert!(matches!(&refused, StoreError::Unavailable { problem } if problem.contains("full")), "{refused}");
            assert_eq!(writer.write(put("small", 10)).await.unwrap(), Written::Done);
        }
    }
}
