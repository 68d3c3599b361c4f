//! The only connection that writes to the database. It runs on a dedicated thread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::database::Turns;
use super::failure::{is_fatal, to_store_error};
use super::index;
use crate::backend::{Expectation, Step, Transaction, WriteOutcome};
use crate::error::StoreError;

/// A handle to the writer thread.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Option<Sender<WriteJob>>,
    thread: Option<JoinHandle<()>>,
    state: Arc<State>,
}

/// The state that is shared with the writer thread.
#[derive(Debug, Default)]
struct State {
    /// The reason why the writer has stopped. This cell is empty while the writer is running.
    failure_reason: OnceLock<String>,
    /// The number of log rows that have not been indexed yet.
    index_lag: AtomicU64,
    /// See [`Database::turns`](super::database::Database::turns).
    turns: Option<Turns>,
}

struct WriteJob {
    transaction: Transaction,
    reply: oneshot::Sender<Result<WriteOutcome, StoreError>>,
}

impl Writer {
    /// Starts the writer thread. The index must already be up to date. If `turns` is present, the thread holds it while
    /// it executes a group of jobs.
    pub(super) fn start(connection: Connection, turns: Option<Turns>) -> Result<Self, StoreError> {
        let (jobs, queue) = channel();
        let state = Arc::new(State { turns, ..State::default() });
        let thread_state = state.clone();
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run_writer(connection, &queue, &thread_state, execute_group))
            .map_err(|error| StoreError::Unavailable { problem: format!("can't start the writer thread: {error}") })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), state })
    }

    /// Whether the logs have rows that have not been indexed yet.
    pub(crate) fn is_index_behind(&self) -> bool {
        self.state.index_lag.load(Ordering::Acquire) > 0
    }

    /// Sends a transaction to the writer thread, and waits until the transaction is on disk.
    pub(crate) async fn write(&self, transaction: Transaction) -> Result<WriteOutcome, StoreError> {
        let (reply, receiver) = oneshot::channel();
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(WriteJob { transaction, reply }).is_ok());
        if !sent {
            return Err(self.fatal());
        }
        receiver.await.unwrap_or_else(|_| Err(self.fatal()))
    }

    fn fatal(&self) -> StoreError {
        let problem = self.state.failure_reason.get().cloned();
        StoreError::Fatal { problem: problem.unwrap_or_else(|| "the writer thread has ended".to_owned()) }
    }
}

impl Drop for Writer {
    /// Waits until the writer thread has finished the queued jobs and has closed the database.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread is ignored. Its reply channels have been dropped, so waiting callers receive an
            // error.
            drop(thread.join());
        }
    }
}

/// Executes jobs in order, until all senders are dropped or the disk fails. Queued jobs share a transaction, because
/// every transaction has to wait for the disk. If a job fails, the shared transaction is rolled back, and each job is
/// executed in its own transaction. The failed job therefore does not affect the other jobs in its group.
fn run_writer(
    mut connection: Connection,
    queue: &Receiver<WriteJob>,
    state: &State,
    execute_group: impl Fn(&mut Connection, &[WriteJob], &State) -> Result<Option<GroupRows>, Failure>,
) {
    let mut retry_at = INDEX_LAG_MAX;
    while let Some(group) = next_group(queue) {
        let _turn = state.turns.as_ref().map(|turns| turns.write().unwrap_or_else(PoisonError::into_inner));
        let mut result = execute_group(&mut connection, &group, state);
        let execute_separately = match &result {
            Ok(done) => done.is_none(),
            Err(failure) => !is_unrecoverable(failure, &connection),
        };
        if execute_separately && group.len() > 1 {
            for job in group {
                let alone = [job];
                result = execute_group(&mut connection, &alone, state);
                send_results(alone, result, &connection, &state.failure_reason);
                if state.failure_reason.get().is_some() {
                    return;
                }
            }
        } else {
            send_results(group, result, &connection, &state.failure_reason);
            if state.failure_reason.get().is_some() {
                return;
            }
        }
        let index_lag = state.index_lag.load(Ordering::Acquire);
        if index_lag < INDEX_LAG_MAX {
            retry_at = INDEX_LAG_MAX;
        }
        if index_lag >= retry_at {
            retry_at = if catch_up_index(&mut connection, state) {
                INDEX_LAG_MAX
            } else {
                index_lag.saturating_add(INDEX_LAG_MAX)
            };
            if state.failure_reason.get().is_some() {
                return;
            }
        }
    }
}

/// Makes the index catch up with the logs when no caller is waiting for the index. Returns whether the index caught up.
/// If there is no disk space, the index can catch up later. A disk failure stops the writer, as when a batch is
/// written.
fn catch_up_index(connection: &mut Connection, state: &State) -> bool {
    let Err(error) = index::catch_up(connection) else {
        state.index_lag.store(0, Ordering::Release);
        return true;
    };
    let failure = Failure { error, table: "index_state" };
    let problem = failure.error.to_string();
    if is_unrecoverable(&failure, connection) {
        tracing::error!(
            problem,
            "the disk failed during a write; no more data is written until the server is restarted"
        );
        state.failure_reason.get_or_init(|| problem);
    } else {
        tracing::warn!(problem, "can't update the index of the database; will retry");
    }
    false
}

/// When the index lacks this number of log rows, it is brought up to date even if no query needs it.
const INDEX_LAG_MAX: u64 = 8_192;

/// The maximum number of jobs that share a transaction.
const GROUP_JOBS: usize = 64;
/// No further job joins a transaction that has at least this number of steps.
const GROUP_STEPS: usize = 2_000;

/// Returns the next job together with queued jobs that can share a transaction with it. Returns `None` once all senders
/// are dropped.
fn next_group(queue: &Receiver<WriteJob>) -> Option<Vec<WriteJob>> {
    let first = queue.recv().ok()?;
    let mut steps = first.transaction.steps.len();
    let mut group = vec![first];
    while group.len() < GROUP_JOBS && steps < GROUP_STEPS {
        let Ok(next) = queue.try_recv() else { break };
        steps += next.transaction.steps.len();
        group.push(next);
    }
    Some(group)
}

/// Sends the results of jobs to the callers. If a caller has stopped waiting, its write remains in effect.
fn send_results(
    jobs: impl IntoIterator<Item = WriteJob>,
    result: Result<Option<GroupRows>, Failure>,
    connection: &Connection,
    failure_reason: &OnceLock<String>,
) {
    match result {
        Ok(Some(group_rows)) => {
            for (job, rows) in jobs.into_iter().zip(group_rows) {
                drop(job.reply.send(Ok(WriteOutcome::Committed(rows))));
            }
        }
        Ok(None) => jobs.into_iter().for_each(|job| drop(job.reply.send(Ok(WriteOutcome::RolledBack)))),
        Err(failed) if is_unrecoverable(&failed, connection) => {
            let problem = failure_reason.get_or_init(|| failed.error.to_string());
            tracing::error!(
                problem,
                "the disk failed during a write; no more data is written until the server is restarted"
            );
            for job in jobs {
                drop(job.reply.send(Err(StoreError::Fatal { problem: problem.clone() })));
            }
        }
        Err(Failure { error, table }) => {
            jobs.into_iter().for_each(|job| drop(job.reply.send(Err(to_store_error(&error, table)))));
        }
    }
}

/// The rows that each job of a group returned.
type GroupRows = Vec<Vec<Vec<Option<i64>>>>;

struct Failure {
    error: rusqlite::Error,
    table: &'static str,
}

/// Whether the failure is so severe that nothing more may be written.
fn is_unrecoverable(failed: &Failure, connection: &Connection) -> bool {
    is_fatal(&failed.error) || !connection.is_autocommit()
}

/// Executes jobs in one transaction. The transaction is rolled back on any error. Rolls back and returns `None` if a
/// step that must change exactly one row does not. The index is brought up to date before a job that reads the index.
fn execute_group(connection: &mut Connection, jobs: &[WriteJob], state: &State) -> Result<Option<GroupRows>, Failure> {
    let failed_on = |table| move |error| Failure { error, table };
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed_on("head"))?;
    let mut index_lag = state.index_lag.load(Ordering::Acquire);
    let mut group_rows = Vec::with_capacity(jobs.len());
    for job in jobs {
        if index_lag > 0 && job.transaction.reads_index() {
            index::catch_up_in(&transaction).map_err(failed_on("index_state"))?;
            index_lag = 0;
        }
        let mut rows = Vec::new();
        for step in &job.transaction.steps {
            let failed = failed_on(step.statement.table);
            if !execute_step(&transaction, step, &mut rows).map_err(failed)? {
                transaction.rollback().map_err(failed)?;
                return Ok(None);
            }
            if matches!(step.statement.table, "version" | "audit_event") {
                index_lag += transaction.changes();
            }
        }
        group_rows.push(rows);
    }
    transaction.commit().map_err(failed_on("head"))?;
    state.index_lag.store(index_lag, Ordering::Release);
    Ok(Some(group_rows))
}

/// Executes a step, and returns whether the step's expectation was met.
fn execute_step(connection: &Connection, step: &Step, rows: &mut Vec<Vec<Option<i64>>>) -> rusqlite::Result<bool> {
    let mut prepared = connection.prepare_cached(step.statement.sqlite())?;
    for (value, number) in step.values.iter().zip(1..) {
        prepared.raw_bind_parameter(number, value)?;
    }
    if step.expectation != Expectation::Rows {
        let changed = prepared.raw_execute()?;
        return Ok(step.expectation == Expectation::None || changed == 1);
    }
    let columns = prepared.column_count();
    let mut returned = prepared.raw_query();
    while let Some(row) = returned.next()? {
        rows.push((0..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;
    use crate::backend::Value;

    #[tokio::test]
    async fn nothing_is_written_after_a_disk_failure() {
        let (jobs, queue) = channel();
        let state = Arc::new(State::default());
        let thread_state = state.clone();
        let connection = Connection::open_in_memory().unwrap();
        let thread = std::thread::spawn(move || {
            run_writer(connection, &queue, &thread_state, |_, _, _| {
                let error = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_IOERR_FSYNC), None);
                Err(Failure { error, table: "head" })
            });
        });
        let writer = Writer { jobs: Some(jobs), thread: Some(thread), state };
        for _ in 0..3 {
            let error = writer.write(Transaction::default()).await.unwrap_err();
            assert!(matches!(&error, StoreError::Fatal { problem } if problem.contains("disk I/O")), "{error}");
        }
    }

    #[tokio::test]
    async fn the_writer_continues_after_an_error_that_is_not_a_disk_failure() {
        let connection = Connection::open_in_memory().unwrap();
        let writer = Writer::start(connection, None).unwrap();
        let mut transaction = Transaction::default();
        transaction.push(&crate::sql::DELETE_PASSWORDS_OF_INSTANCE, Vec::new());
        let error = writer.write(transaction).await.unwrap_err();
        assert!(matches!(error, StoreError::Database { table: "password", .. }), "{error}");
        assert_eq!(writer.write(Transaction::default()).await.unwrap(), WriteOutcome::Committed(Vec::new()));
    }

    #[tokio::test]
    async fn a_failing_job_does_not_stop_the_others_of_its_group() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::sqlite::migrate(&mut connection, crate::migrations::ALL).unwrap();
        let head = |revision: i64| {
            let mut transaction = Transaction::default();
            let from = [revision + 1, 0].map(Value::Integer);
            let mut values = vec![Value::Word("i")];
            values.extend(from);
            values.push(Value::Bytes(Vec::new()));
            if revision == 0 {
                transaction.push_requiring_one_row(&crate::sql::INSERT_HEAD, values);
            } else {
                values.extend([revision, 0].map(Value::Integer));
                transaction.push_requiring_one_row(&crate::sql::ADVANCE_HEAD, values);
            }
            transaction
        };
        let mut duplicate_key = Transaction::default();
        for _ in 0..2 {
            let values = vec![Value::Word("k"), Value::Word("i"), Value::Bytes(Vec::new())];
            duplicate_key.push(&crate::sql::ADD_SECRET, values);
        }
        // All jobs are in the queue before the writer starts, so the jobs form one group.
        let (jobs, queue) = channel();
        let send = |transaction| {
            let (reply, receiver) = oneshot::channel();
            assert!(jobs.send(WriteJob { transaction, reply }).is_ok());
            receiver
        };
        let receivers = [head(0), head(7), duplicate_key, head(1), head(1), head(2)].map(send);
        drop(jobs);
        let groups = std::cell::RefCell::new(Vec::new());
        run_writer(connection, &queue, &State::default(), |connection, jobs, state| {
            groups.borrow_mut().push(jobs.len());
            execute_group(connection, jobs, state)
        });
        assert_eq!(groups.into_inner(), [6, 1, 1, 1, 1, 1, 1]);
        let mut outcomes = Vec::new();
        for receiver in receivers {
            outcomes.push(match receiver.await.unwrap() {
                Ok(WriteOutcome::Committed(_)) => "done",
                Ok(WriteOutcome::RolledBack) => "unmet",
                Err(StoreError::DuplicateKey { .. }) => "taken",
                Err(error) => panic!("{error}"),
            });
        }
        assert_eq!(outcomes, ["done", "unmet", "taken", "done", "unmet", "done"]);
    }

    #[tokio::test]
    async fn a_full_disk_rejects_large_writes_and_accepts_small_ones() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::sqlite::migrate(&mut connection, crate::migrations::ALL).unwrap();
        connection.execute_batch("PRAGMA max_page_count = 60").unwrap();
        let writer = Writer::start(connection, None).unwrap();
        let put = |user: &'static str, bytes: usize| {
            let mut transaction = Transaction::default();
            let hash = Value::Bytes(vec![0; bytes]);
            transaction.push(&crate::sql::PUT_PASSWORD, vec![Value::Word("i"), Value::Word(user), hash]);
            transaction
        };
        for _ in 0..2 {
            let error = writer.write(put("large", 10_000_000)).await.unwrap_err();
            assert!(matches!(&error, StoreError::Unavailable { problem } if problem.contains("full")), "{error}");
            assert_eq!(writer.write(put("small", 10)).await.unwrap(), WriteOutcome::Committed(Vec::new()));
        }
    }
}
