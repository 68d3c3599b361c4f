//! The limit on open files and connections of the process. Systems start processes with a low limit that each process
//! can raise. Without that, the process would run out of file descriptors long before [`crate::listener`] reaches its
//! limit on connections.

/// Raises the soft limit to the hard limit, which needs no privileges.
#[cfg(unix)]
pub(crate) fn raise() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "can't raise the limit on open files");
    }
}

/// Does nothing: this system has no such limit.
#[cfg(not(unix))]
pub(crate) fn raise() {}
