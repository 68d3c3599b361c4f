//! Converts failures to Amazon Connect exceptions. The conversion covers every type of failure. Clients know only the
//! exceptions that an operation declares, so undeclared exceptions are replaced with declared exceptions where
//! possible.

use floorkey::{Refusal, text};
use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_aws::operation::Operation;
use floorkey_store::StoreError;

use floorkey_service::failure::{BUSY_SECONDS, Failure};

/// Converts a failure to an exception that the operation can return.
pub(crate) fn exception(failure: Failure, operation: Operation) -> Exception {
    let (kind, message) = kind_and_message(&failure);
    if kind == ExceptionKind::ResourceInUse
        && operation.declares(kind)
        && let Failure::Refused(refusal) = &failure
        && let Refusal::InUse { id, .. } = refusal.root()
    {
        return Exception::in_use(message, id, None);
    }
    with_retry_after(Exception::new(declared_kind(kind, operation), message), &failure)
}

/// Replaces the kind of an exception if the operation doesn't declare it.
pub(crate) fn declared(exception: Exception, operation: Operation) -> Exception {
    match declared_kind(exception.kind(), operation) {
        kind if kind == exception.kind() => exception,
        kind => Exception::new(kind, exception.message()),
    }
}

/// Converts a failure to an exception of the management API. No service model limits the exceptions of this API.
pub(crate) fn unmodelled_exception(failure: &Failure) -> Exception {
    let (kind, message) = kind_and_message(failure);
    with_retry_after(Exception::new(kind, message), failure)
}

/// Adds the number of seconds after which the caller can retry, if a retry can succeed.
fn with_retry_after(exception: Exception, failure: &Failure) -> Exception {
    match failure {
        Failure::Busy => exception.retry_after(BUSY_SECONDS),
        _ => exception,
    }
}

/// Replaces an exception kind that the operation doesn't declare, because clients know only the kinds in the service
/// model.
fn declared_kind(kind: ExceptionKind, operation: Operation) -> ExceptionKind {
    let instead = match kind {
        ExceptionKind::DuplicateResource
        | ExceptionKind::ResourceConflict
        | ExceptionKind::ResourceInUse
        | ExceptionKind::ResourceNotFound
        | ExceptionKind::LimitExceeded => ExceptionKind::InvalidRequest,
        ExceptionKind::InvalidParameter => operation.invalid_input(),
        // Permission errors have the same name in every AWS service, whether or not the operation declares them.
        other => other,
    };
    if operation.declares(kind) { kind } else { instead }
}

fn kind_and_message(failure: &Failure) -> (ExceptionKind, String) {
    let kind = match failure {
        Failure::Refused(refusal) => match refusal.root() {
            Refusal::NotPermitted { .. }
            | Refusal::NotAdministrator { .. }
            | Refusal::NotRecentlyAuthenticated { .. }
            | Refusal::CredentialsEnded
            | Refusal::OutOfScope { .. }
            | Refusal::Restricted { .. }
            | Refusal::Guard(_)
            | Refusal::OwnFinding => ExceptionKind::AccessDenied,
            Refusal::SignatureUsed => ExceptionKind::Throttling,
            Refusal::LastAdministrator { .. } => ExceptionKind::InvalidRequest,
            Refusal::NotFound { .. } => ExceptionKind::ResourceNotFound,
            Refusal::Duplicate { .. } | Refusal::Reserved { .. } => ExceptionKind::DuplicateResource,
            Refusal::InUse { .. } => ExceptionKind::ResourceInUse,
            Refusal::Stale { .. } => ExceptionKind::ResourceConflict,
            // LimitExceeded is not used for these refusals. SDKs would treat LimitExceeded as throttling, and would
            // retry a call that can never succeed.
            Refusal::LimitExceeded { .. }
            | Refusal::Invalid(_)
            | Refusal::UnknownPermissions(_)
            | Refusal::InBatch { .. }
            | Refusal::Withheld { .. } => ExceptionKind::InvalidParameter,
        },
        Failure::Store(error) => match error {
            StoreError::NoSuchInstance { .. } => ExceptionKind::ResourceNotFound,
            StoreError::DuplicateKey { .. }
            | StoreError::Conflict { .. }
            | StoreError::Unavailable { .. }
            | StoreError::Fatal { .. } => ExceptionKind::ServiceUnavailable,
            StoreError::OutOfOrder { .. }
            | StoreError::UnreadableRow { .. }
            | StoreError::NewerSchema { .. }
            | StoreError::ChangedMigration { .. }
            | StoreError::Locked { .. }
            | StoreError::File { .. }
            | StoreError::Database { .. } => {
                tracing::error!(%error, "the store failed");
                return (
                    ExceptionKind::InternalService,
                    "The request failed because of an internal error. See the server's log.".to_owned(),
                );
            }
        },
        Failure::Busy | Failure::TooManyChanges => ExceptionKind::Throttling,
        Failure::NoInstance(_) => ExceptionKind::ResourceNotFound,
        Failure::MailFull | Failure::Stopping => ExceptionKind::ServiceUnavailable,
        Failure::Internal(problem) => {
            tracing::error!(problem, "a call failed");
            return (
                ExceptionKind::InternalService,
                "The request failed because of an internal error. See the server's log.".to_owned(),
            );
        }
    };
    (kind, sentence(&failure.to_string()))
}

/// Formats a message as a full sentence. If the message starts with the name of an input, the name keeps its
/// capitalization.
fn sentence(message: &str) -> String {
    let names_input = message.split_once(": ").is_some_and(|(input, _)| !input.contains(' '));
    match (names_input, message.ends_with(['.', '?', '!'])) {
        (true, true) => message.to_owned(),
        (true, false) => format!("{message}."),
        (false, _) => text::sentence(message),
    }
}
