//! Threads that serve connections, one thread per processor. Each connection is served by a single thread. Each thread
//! has its own task queue. A shared queue would measurably slow down every evaluation, because of work stealing.
//!
//! Long-running work is moved to the main runtime, so that it does not delay other connections on the same thread.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// The threads that serve connections. Dropping this value ends the threads and their remaining tasks.
pub(crate) struct Workers {
    handles: Vec<Handle>,
    next: AtomicUsize,
    _running: Vec<oneshot::Sender<()>>,
}

impl Workers {
    /// Starts a thread for each processor.
    ///
    /// # Errors
    /// Returns an error if a thread or its runtime can't be created.
    pub(crate) fn start() -> io::Result<Self> {
        let (mut handles, mut running) = (Vec::new(), Vec::new());
        for number in 0..thread::available_parallelism().map_or(1, usize::from) {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let (run, stop) = oneshot::channel::<()>();
            handles.push(runtime.handle().clone());
            running.push(run);
            thread::Builder::new().name(format!("connections-{number}")).spawn(move || {
                let _ = runtime.block_on(stop);
                runtime.shutdown_background();
            })?;
        }
        Ok(Self { handles, next: AtomicUsize::new(0), _running: running })
    }

    /// Creates a `Workers` value without threads, which serves connections on the current runtime. It is used for
    /// listeners that receive few requests.
    pub(crate) fn current() -> Self {
        Self { handles: vec![Handle::current()], next: AtomicUsize::new(0), _running: Vec::new() }
    }

    /// Spawns a task on the next thread, round-robin.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.handles.len().max(1);
        if let Some(handle) = self.handles.get(turn) {
            handle.spawn(task);
        }
    }
}
