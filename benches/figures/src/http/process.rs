//! A server process that ends with the measurement.

use std::process::Child;

/// A running server. Dropping this value stops the server.
pub(super) struct ServerProcess(pub(super) Child);

impl ServerProcess {
    /// Returns the ID of the process.
    pub(super) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
