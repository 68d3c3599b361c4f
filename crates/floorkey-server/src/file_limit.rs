//! How many files and connections the process may have open. Systems begin with a low bound and let each process raise
//! it; a server that doesn't has no file left for the next connection long before [`crate::listener`] has no place.

/// Raises the bound as far as the system lets it without privileges.
#[cfg(unix)]
pub(crate) fn raise() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "can't raise the limit on open files");
    }
}

/// There is no such bound.
#[cfg(not(unix))]
pub(crate) fn raise() {}
