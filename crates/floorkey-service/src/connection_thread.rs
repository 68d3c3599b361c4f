//! Handling of requests on the thread of their connection.
//!
//! For a small read request, moving the request to another thread costs more than processing it. A signed read request
//! therefore starts on the thread that received it, and most of these requests finish there.
//!
//! A request moves to the main runtime if it has to wait. It also moves if it calls [`leave_connection_thread`] because
//! it may take a long time. A slow request therefore does not delay other connections on the same thread.

use std::cell::Cell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio::task::JoinSet;

/// A future that can start on one thread and continue on another.
pub type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

thread_local! {
    /// Whether this thread is polling a future for the first time.
    static IS_STARTING: Cell<bool> = const { Cell::new(false) };
}

/// A guard that sets `IS_STARTING` while it exists.
struct StartGuard;

impl StartGuard {
    fn enter() -> Self {
        IS_STARTING.set(true);
        Self
    }
}

impl Drop for StartGuard {
    fn drop(&mut self) {
        IS_STARTING.set(false);
    }
}

/// Starts a future on the current thread. Moves the future to the main runtime if its output is not ready immediately.
/// Returns `None` if the future panics. Dropping the returned future cancels the work.
pub async fn start_on_connection_thread<T: Send + 'static>(mut work: Work<T>, main: &Handle) -> Option<T> {
    let first_poll = poll_fn(|context| Poll::Ready(poll_once(&mut work, main, context))).await;
    match first_poll {
        Some(Poll::Ready(output)) => Some(output),
        // The call is boxed to keep this function's own future small. Few requests reach this call, but the future's
        // size affects every request.
        Some(Poll::Pending) => Box::pin(run_on_main(work, main)).await,
        None => None,
    }
}

/// Runs a future on the main runtime. Returns `None` if the future panics. Dropping the returned future cancels the
/// work.
pub async fn run_on_main<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
    main: &Handle,
) -> Option<T> {
    let mut task = JoinSet::new();
    task.spawn_on(work, main);
    task.join_next().await?.ok()
}

/// Polls the future once. Timers and tasks that the future creates belong to the main runtime.
fn poll_once<T>(work: &mut Work<T>, main: &Handle, context: &mut Context<'_>) -> Option<Poll<T>> {
    let (_runtime, _guard) = (main.enter(), StartGuard::enter());
    catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))).ok()
}

/// Moves the calling task to the main runtime. Call this function before work that may take a long time or block the
/// thread. Does nothing if the task already runs on the main runtime.
pub async fn leave_connection_thread() {
    poll_fn(|context| {
        if IS_STARTING.get() {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;
    use std::time::Duration;

    use tokio::runtime::{Builder, Runtime};

    use super::*;

    /// Returns a main runtime, and a single-threaded runtime like the one that a connection thread uses.
    fn runtimes() -> (Runtime, Runtime) {
        let main = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        (main, Builder::new_current_thread().enable_all().build().unwrap())
    }

    #[test]
    fn work_that_is_ready_immediately_stays_and_work_that_waits_moves() {
        let (main, worker) = runtimes();
        let here = thread::current().id();
        let output = start_on_connection_thread(Box::pin(async { thread::current().id() }), main.handle());
        assert_eq!(worker.block_on(output), Some(here));
        let waits = start_on_connection_thread(
            Box::pin(async {
                tokio::time::sleep(Duration::from_millis(1)).await;
                thread::current().id()
            }),
            main.handle(),
        );
        assert_ne!(worker.block_on(waits).unwrap(), here);
    }

    #[test]
    fn long_work_moves_to_the_main_runtime_and_can_block_there() {
        let (main, worker) = runtimes();
        let here = thread::current().id();
        let work = async {
            let first_poll = thread::current().id();
            leave_connection_thread().await;
            // `block_in_place` panics on a single-threaded runtime.
            tokio::task::block_in_place(|| (first_poll, thread::current().id()))
        };
        let (first_poll, ended) = worker.block_on(start_on_connection_thread(Box::pin(work), main.handle())).unwrap();
        assert!(first_poll == here && ended != here);
        assert_eq!(worker.block_on(async { leave_connection_thread().await }), (), "nothing is begun here any more");
    }

    #[test]
    fn tasks_are_spawned_on_the_main_runtime() {
        let (main, worker) = runtimes();
        let here = thread::current().id();
        let spawns = async { Some(tokio::spawn(async { thread::current().id() })) };
        let spawned = worker.block_on(start_on_connection_thread(Box::pin(spawns), main.handle())).flatten().unwrap();
        assert_ne!(main.block_on(spawned).unwrap(), here);
    }

    #[test]
    fn a_panic_returns_none_and_resets_the_flag() {
        let (main, worker) = runtimes();
        async fn breaks(late: bool) {
            if late {
                leave_connection_thread().await;
            }
            panic!("a handler that is broken")
        }
        for late in [false, true] {
            assert_eq!(worker.block_on(start_on_connection_thread(Box::pin(breaks(late)), main.handle())), None);
        }
        assert!(!IS_STARTING.get());
    }

    #[test]
    fn dropping_the_future_cancels_work_that_moved() {
        let (main, worker) = runtimes();
        let held = Arc::new(());
        let kept = held.clone();
        let work = Box::pin(async move {
            std::future::pending::<()>().await;
            drop(kept);
        });
        worker.block_on(async {
            let waited =
                tokio::time::timeout(Duration::from_millis(20), start_on_connection_thread(work, main.handle())).await;
            assert!(waited.is_err());
            while Arc::strong_count(&held) > 1 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
    }
}
