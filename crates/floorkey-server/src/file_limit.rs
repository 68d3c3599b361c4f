//! The limit on open files and connections of the process. Operating systems start processes with a low limit, which
//! each process can raise. With the low limit, the process would run out of file descriptors long before
//! [`crate::listener`] reaches its limit on connections.

/// Raises the soft limit to the hard limit. This needs no privileges.
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
