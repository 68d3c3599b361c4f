//! Answers that are begun on the thread that attends to their connection.
//!
//! To hand a call over to another thread, and its answer back, costs more than to read something small. So a signed read
//! is begun where it came in. Most are done there and then. The first time that one has to wait, or says that it may
//! take long ([`leave_connection_thread`]), it goes to the main runtime, and so nobody waits behind it who is on the same thread.

use std::cell::Cell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio::task::JoinSet;

/// Work that can be begun on one thread and go on on another.
pub type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

thread_local! {
    /// Whether work is being begun on this thread.
    static IS_STARTING: Cell<bool> = const { Cell::new(false) };
}

/// Holds while work is being begun.
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

/// Begins work here, and has the main runtime go on with it if it is not done at once; `None` if it breaks off. It is
/// given up when this is.
pub async fn start_on_connection_thread<T: Send + 'static>(mut work: Work<T>, main: &Handle) -> Option<T> {
    let first_poll = poll_fn(|context| Poll::Ready(poll_once(&mut work, main, context))).await;
    match first_poll {
        Some(Poll::Ready(output)) => Some(output),
        // Boxed, because it is seldom: what a future has room for is moved about with every request.
        Some(Poll::Pending) => Box::pin(run_on_main(work, main)).await,
        None => None,
    }
}

/// Has the main runtime do work; `None` if it breaks off. It is given up when this is.
pub async fn run_on_main<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
    main: &Handle,
) -> Option<T> {
    let mut task = JoinSet::new();
    task.spawn_on(work, main);
    task.join_next().await?.ok()
}

/// Does what can be done without a wait. What the work spawns, and its timers, belong to the main runtime all the same.
fn poll_once<T>(work: &mut Work<T>, main: &Handle, context: &mut Context<'_>) -> Option<Poll<T>> {
    let (_runtime, _guard) = (main.enter(), StartGuard::enter());
    catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))).ok()
}

/// Goes on on the main runtime, wherever it was begun: for what may take long, or stop its thread.
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

    /// A main runtime, and one as a connection's thread has it.
    fn runtimes() -> (Runtime, Runtime) {
        let main = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        (main, Builder::new_current_thread().enable_all().build().unwrap())
    }

    #[test]
    fn what_is_done_at_once_is_done_here_and_what_waits_is_not() {
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
    fn what_may_take_long_goes_elsewhere_and_may_stop_its_thread_there() {
        let (main, worker) = runtimes();
        let here = thread::current().id();
        let work = async {
            let first_poll = thread::current().id();
            leave_connection_thread().await;
            // Panics on a runtime of one thread.
            tokio::task::block_in_place(|| (first_poll, thread::current().id()))
        };
        let (first_poll, ended) = worker.block_on(start_on_connection_thread(Box::pin(work), main.handle())).unwrap();
        assert!(first_poll == here && ended != here);
        assert_eq!(worker.block_on(async { leave_connection_thread().await }), (), "nothing is begun here any more");
    }

    #[test]
    fn what_is_spawned_is_spawned_on_the_main_runtime() {
        let (main, worker) = runtimes();
        let here = thread::current().id();
        let spawns = async { Some(tokio::spawn(async { thread::current().id() })) };
        let spawned = worker.block_on(start_on_connection_thread(Box::pin(spawns), main.handle())).flatten().unwrap();
        assert_ne!(main.block_on(spawned).unwrap(), here);
    }

    #[test]
    fn what_breaks_off_is_none_and_breaks_nothing_else() {
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
    fn what_is_given_up_here_is_given_up_there() {
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
