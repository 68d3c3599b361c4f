//! The only write connection, on a dedicated thread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::failure::{failure, is_fatal};
use super::index;
use crate::backend::{Demand, Step, Transaction, Written};
use crate::error::StoreError;

/// A handle to the writer thread.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    state: Arc<State>,
}

/// State shared with the writer thread.
#[derive(Debug, Default)]
struct State {
    /// The reason why the writer stopped, if it did.
    broken: OnceLock<String>,
    /// The number of log rows that the index doesn't have yet.
    behind: AtomicU64,
}

struct Job {
    transaction: Transaction,
    answer: oneshot::Sender<Result<Written, StoreError>>,
}

impl Writer {
    /// Starts the thread. The index must have caught up with the logs.
    pub(crate) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, queue) = channel();
        let state = Arc::new(State::default());
        let of_thread = state.clone();
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || work(connection, &queue, &of_thread, carry_out))
            .map_err(|error| StoreError::Unavailable { problem: format!("can't start the writer thread: {error}") })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), state })
    }

    /// Whether the logs have rows that the index doesn't have yet.
    pub(crate) fn is_index_behind(&self) -> bool {
        self.state.behind.load(Ordering::Acquire) > 0
    }

    /// Sends a transaction to the writer thread and waits until it is on disk.
    pub(crate) async fn write(&self, transaction: Transaction) -> Result<Written, StoreError> {
        let (answer, waiting) = oneshot::channel();
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(Job { transaction, answer }).is_ok());
        if !sent {
            return Err(self.fatal());
        }
        waiting.await.unwrap_or_else(|_| Err(self.fatal()))
    }

    fn fatal(&self) -> StoreError {
        let problem = self.state.broken.get().cloned();
        StoreError::Fatal { problem: problem.unwrap_or_else(|| "the writer thread has ended".to_owned()) }
    }
}

impl Drop for Writer {
    /// Lets the thread finish the queued jobs and close the database.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has dropped its answer channels, which callers see as an error.
            drop(thread.join());
        }
    }
}

/// Executes jobs in order until all senders are dropped, or the disk fails. Queued jobs share a transaction, because
/// each transaction waits for the disk once. A job that fails does not affect the others in its group: the group is
/// rolled back, and each of its jobs is executed in its own transaction.
fn work(
    mut connection: Connection,
    queue: &Receiver<Job>,
    state: &State,
    carry_out: impl Fn(&mut Connection, &[Job], &State) -> Result<Option<Answers>, Failure>,
) {
    let mut retry_at = INDEX_EVERY;
    while let Some(group) = next_group(queue) {
        let mut result = carry_out(&mut connection, &group, state);
        let apart = match &result {
            Ok(done) => done.is_none(),
            Err(failure) => !must_stop(failure, &connection),
        };
        if apart && group.len() > 1 {
            for job in group {
                let alone = [job];
                result = carry_out(&mut connection, &alone, state);
                answer(alone, result, &connection, &state.broken);
                if state.broken.get().is_some() {
                    return;
                }
            }
        } else {
            answer(group, result, &connection, &state.broken);
            if state.broken.get().is_some() {
                return;
            }
        }
        let behind = state.behind.load(Ordering::Acquire);
        if behind < INDEX_EVERY {
            retry_at = INDEX_EVERY;
        }
        if behind >= retry_at {
            retry_at = if follow(&mut connection, state) { INDEX_EVERY } else { behind.saturating_add(INDEX_EVERY) };
            if state.broken.get().is_some() {
                return;
            }
        }
    }
}

/// Makes the index catch up with the logs while no caller waits for it, and returns whether it did. The logs are
/// authoritative: if there is no space for the index, it catches up later. A disk failure stops the writer, as in a
/// batch.
fn follow(connection: &mut Connection, state: &State) -> bool {
    let Err(error) = index::follow(connection) else {
        state.behind.store(0, Ordering::Release);
        return true;
    };
    let failure = Failure { error, table: "index_state" };
    let problem = failure.error.to_string();
    if must_stop(&failure, connection) {
        tracing::error!(
            problem,
            "the disk failed during a write; no more data is written until the server is restarted"
        );
        state.broken.get_or_init(|| problem);
    } else {
        tracing::warn!(problem, "can't update the index of the database; will retry");
    }
    false
}

/// The number of log rows that the index may lag behind before it follows without a query.
const INDEX_EVERY: u64 = 8_192;

/// The maximum number of jobs that share a transaction.
const GROUP_JOBS: usize = 64;
/// The number of steps after which no further job joins a transaction.
const GROUP_STEPS: usize = 2_000;

/// Returns the next job and the jobs queued behind it; `None` once all senders are dropped.
fn next_group(queue: &Receiver<Job>) -> Option<Vec<Job>> {
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

/// Sends the result to the callers. A caller may have stopped waiting; the write remains in effect.
fn answer(
    jobs: impl IntoIterator<Item = Job>,
    result: Result<Option<Answers>, Failure>,
    connection: &Connection,
    broken: &OnceLock<String>,
) {
    match result {
        Ok(Some(answers)) => {
            for (job, rows) in jobs.into_iter().zip(answers) {
                drop(job.answer.send(Ok(Written::Done(rows))));
            }
        }
        Ok(None) => jobs.into_iter().for_each(|job| drop(job.answer.send(Ok(Written::Unmet)))),
        Err(failed) if must_stop(&failed, connection) => {
            let problem = broken.get_or_init(|| failed.error.to_string());
            tracing::error!(
                problem,
                "the disk failed during a write; no more data is written until the server is restarted"
            );
            for job in jobs {
                drop(job.answer.send(Err(StoreError::Fatal { problem: problem.clone() })));
            }
        }
        Err(Failure { error, table }) => {
            jobs.into_iter().for_each(|job| drop(job.answer.send(Err(failure(&error, table)))));
        }
    }
}

/// The rows that the jobs of a group returned.
type Answers = Vec<Vec<Vec<Option<i64>>>>;

struct Failure {
    error: rusqlite::Error,
    table: &'static str,
}

/// Whether nothing may be written after this failure.
fn must_stop(failed: &Failure, connection: &Connection) -> bool {
    is_fatal(&failed.error) || !connection.is_autocommit()
}

/// Executes jobs in one transaction. Rolls back on any error, and if a step that must change one row does not: then the
/// result is `None`. Before a job that reads the index, the index catches up with all earlier writes.
fn carry_out(connection: &mut Connection, jobs: &[Job], state: &State) -> Result<Option<Answers>, Failure> {
    let about = |table| move |error| Failure { error, table };
    let open = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(about("head"))?;
    let mut behind = state.behind.load(Ordering::Acquire);
    let mut answers = Vec::with_capacity(jobs.len());
    for job in jobs {
        if behind > 0 && job.transaction.reads_index() {
            index::follow_within(&open).map_err(about("index_state"))?;
            behind = 0;
        }
        let mut rows = Vec::new();
        for step in &job.transaction.steps {
            let failed = about(step.statement.table);
            if !take_step(&open, step, &mut rows).map_err(failed)? {
                open.rollback().map_err(failed)?;
                return Ok(None);
            }
            if matches!(step.statement.table, "version" | "audit_event") {
                behind += open.changes();
            }
        }
        answers.push(rows);
    }
    open.commit().map_err(about("head"))?;
    state.behind.store(behind, Ordering::Release);
    Ok(Some(answers))
}

/// Executes a step, and returns whether its demand was met.
fn take_step(open: &Connection, step: &Step, rows: &mut Vec<Vec<Option<i64>>>) -> rusqlite::Result<bool> {
    let mut prepared = open.prepare_cached(step.statement.sqlite())?;
    for (value, number) in step.values.iter().zip(1..) {
        prepared.raw_bind_parameter(number, value)?;
    }
    if step.demand != Demand::Rows {
        let changed = prepared.raw_execute()?;
        return Ok(step.demand == Demand::Done || changed == 1);
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
    async fn after_the_disk_failed_nothing_is_written_any_more() {
        let (jobs, queue) = channel();
        let state = Arc::new(State::default());
        let of_thread = state.clone();
        let connection = Connection::open_in_memory().unwrap();
        let thread = std::thread::spawn(move || {
            work(connection, &queue, &of_thread, |_, _, _| {
                let error = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_IOERR_FSYNC), None);
                Err(Failure { error, table: "head" })
            });
        });
        let writer = Writer { jobs: Some(jobs), thread: Some(thread), state };
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
        assert_eq!(writer.write(Transaction::default()).await.unwrap(), Written::Done(Vec::new()));
    }

    #[tokio::test]
    async fn one_that_can_not_be_done_does_not_stop_those_that_wait_with_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::sqlite::migrate(&mut connection, crate::migrations::ALL).unwrap();
        let head = |revision: i64| {
            let mut transaction = Transaction::default();
            let from = [revision + 1, 0].map(Value::Integer);
            let mut values = vec![Value::Word("i")];
            values.extend(from);
            values.push(Value::Bytes(Vec::new()));
            if revision == 0 {
                transaction.push_unless_unmet(&crate::sql::MAKE_HEAD, values);
            } else {
                values.extend([revision, 0].map(Value::Integer));
                transaction.push_unless_unmet(&crate::sql::MOVE_HEAD, values);
            }
            transaction
        };
        let mut taken = Transaction::default();
        for _ in 0..2 {
            let values = vec![Value::Word("k"), Value::Word("i"), Value::Bytes(Vec::new())];
            taken.push(&crate::sql::ADD_SECRET, values);
        }
        // All jobs are queued before the work begins, so they form one group.
        let (jobs, queue) = channel();
        let send = |transaction| {
            let (answer, waiting) = oneshot::channel();
            assert!(jobs.send(Job { transaction, answer }).is_ok());
            waiting
        };
        let waiting = [head(0), head(7), taken, head(1), head(1), head(2)].map(send);
        drop(jobs);
        let groups = std::cell::RefCell::new(Vec::new());
        work(connection, &queue, &State::default(), |connection, jobs, state| {
            groups.borrow_mut().push(jobs.len());
            carry_out(connection, jobs, state)
        });
        assert_eq!(groups.into_inner(), [6, 1, 1, 1, 1, 1, 1]);
        let mut ends = Vec::new();
        for waiting in waiting {
            ends.push(match waiting.await.unwrap() {
                Ok(Written::Done(_)) => "done",
                Ok(Written::Unmet) => "unmet",
                Err(StoreError::Taken { .. }) => "taken",
                Err(error) => panic!("{error}"),
            });
        }
        assert_eq!(ends, ["done", "unmet", "taken", "done", "unmet", "done"]);
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
            assert_eq!(writer.write(put("small", 10)).await.unwrap(), Written::Done(Vec::new()));
        }
    }
}
