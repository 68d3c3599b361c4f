//! Threads that attend to connections, one a processor. A connection stays with its thread, which shares no queue with
//! the others: what a runtime spends on letting its threads take work from one another shows in every question.
//!
//! What may take long is done elsewhere, so that nobody who is on the same thread waits for it.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// The threads; they end with this, and what is left there with them.
pub(crate) struct Workers {
    handles: Vec<Handle>,
    next: AtomicUsize,
    _running: Vec<oneshot::Sender<()>>,
}

impl Workers {
    /// Starts a thread for each processor.
    ///
    /// # Errors
    /// What the system says where it gives no thread.
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

    /// The runtime that this is called in, for what is seldom asked.
    pub(crate) fn current() -> Self {
        Self { handles: vec![Handle::current()], next: AtomicUsize::new(0), _running: Vec::new() }
    }

    /// Spawns a task on the thread whose turn it is.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.handles.len().max(1);
        if let Some(handle) = self.handles.get(turn) {
            handle.spawn(task);
        }
    }
}
