//! The operating system limits how many files and connections a process can open. Processes start with a low limit,
//! which they can raise. With the low limit, the server would run out of file descriptors long before it reaches the
//! maximum number of connections.

/// Raises the soft limit to the hard limit. Raising the soft limit requires no privileges.
#[cfg(unix)]
pub(crate) fn raise() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "can't raise the limit on open files");
    }
}

/// Does nothing, because this operating system has no limit on open files.
#[cfg(not(unix))]
pub(crate) fn raise() {}
