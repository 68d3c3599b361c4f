//! Threads that serve connections, one per processor. A connection stays on its thread, which shares no queue with the
//! others, because the overhead of work stealing is measurable in every evaluation.
//!
//! Long-running work moves to the main runtime, so that it does not delay the other connections of the thread.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// The threads. Dropping this ends them and the tasks that are left on them.
pub(crate) struct Workers {
    handles: Vec<Handle>,
    next: AtomicUsize,
    _running: Vec<oneshot::Sender<()>>,
}

impl Workers {
    /// Starts a thread for each processor.
    ///
    /// # Errors
    /// If a thread or its runtime can't be created.
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

    /// Uses the calling runtime instead of threads, for listeners with few requests.
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
