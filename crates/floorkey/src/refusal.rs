//! Refusals: why a command was not carried out. A refused command changes nothing.

mod entity_kind;
mod escalation;
mod recorded;
mod reference;
mod withheld;

use crate::action::Action;
use crate::catalog::UnknownPermission;
use crate::id::UserId;
use crate::invalid::Invalid;
use crate::permission_set::PermissionSet;
use crate::time::Timestamp;

pub use entity_kind::EntityKind;
pub use escalation::{Escalation, EscalationKind};
pub use reference::Reference;

/// The reason why a command was not carried out.
///
/// The enum is exhaustive on purpose. Each interface renders refusals with an exhaustive match, so a new refusal does
/// not compile until every interface renders it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The actor lacks permissions that the operation requires.
    #[error("{}", not_permitted(*action, all_of, any_of))]
    NotPermitted {
        /// The attempted operation.
        action: Action,
        /// The required permissions that the actor doesn't have. The actor needs all of them.
        all_of: PermissionSet,
        /// If `all_of` is empty, the actor needs at least one of these permissions. If both sets are empty, only the
        /// operator can perform the operation.
        any_of: PermissionSet,
    },
    /// The operation can be performed only by a full administrator.
    #[error(
        "{} requires a full administrator: a user whose profiles grant every permission without dates or scopes",
        action.name()
    )]
    NotAdministrator {
        /// The attempted operation.
        action: Action,
    },
    /// The operation requires that the user has signed in or reauthenticated within the last few minutes.
    #[error("{} requires a recent sign-in: sign in again in the console and repeat the operation there", action.name())]
    NotRecentlyAuthenticated {
        /// The attempted operation.
        action: Action,
    },
    /// The call was authenticated by a session, link or access key that became invalid before the call could change
    /// anything.
    #[error("the session or access key of this request has ended, and nothing was changed: sign in again")]
    CredentialsEnded,
    /// The actor has the permission, but the target is outside the permission's scope.
    #[error("{} is not allowed: the access control of your security profiles doesn't cover {what}", action.name())]
    OutOfScope {
        /// The attempted operation.
        action: Action,
        /// The name or description of the target that is outside the scope.
        what: String,
    },
    /// A restriction in one of the actor's profiles forbids the operation. The actor's permissions don't matter.
    #[error(
        "{} is not allowed, because one of your security profiles has the restriction {}",
        action.name(),
        names(restrictions).join(" and ")
    )]
    Restricted {
        /// The attempted operation.
        action: Action,
        /// The restrictions that forbid the operation.
        restrictions: PermissionSet,
    },
    /// The signature of the call has already been used for a change. A signature authorizes only one change.
    #[error(
        "this signature was already used for a change, and a signature can be used for one change only: \
        sign the request again"
    )]
    SignatureUsed,
    /// The escalation guard is in `enforce` mode, and the change affects access that the actor neither has nor can
    /// assign.
    #[error("you can't do this: {}", .0.message(|permission| permission.name().to_owned()))]
    Guard(Box<Escalation>),
    /// The actor wants to dismiss a finding about the actor's own user.
    #[error(
        "you can't dismiss a finding that is about yourself: fix it, or ask another user who can edit security \
        profiles"
    )]
    OwnFinding,
    /// The change would leave no full administrator in the instance.
    #[error(
        "{} the last user who can administer this instance. First assign a profile with every permission \
        (Admin) to another user who can sign in, or run `floorkey admin restore` on the server",
        last(username)
    )]
    LastAdministrator {
        /// The login name of a user who would no longer be a full administrator. Empty if the actor is not allowed to
        /// see this user.
        username: String,
    },
    /// The record that the command is about does not exist.
    #[error("there is no {kind} `{id}` in this instance{}", id_hint(*kind, id))]
    NotFound {
        /// The kind of the record.
        kind: EntityKind,
        /// The requested ID or name.
        id: String,
    },
    /// Another record already has the name.
    #[error("there is already a {kind} named `{name}` (names are not case-sensitive)")]
    Duplicate {
        /// The kind of the record.
        kind: EntityKind,
        /// The name as it is stored in the existing record. If the actor is not allowed to see that record, the name as
        /// it is written in the command.
        name: String,
    },
    /// The login name is reserved for the last user who had it.
    #[error("{}", reserved(name, *until, *deleted))]
    Reserved {
        /// The login name as it is written in the command.
        name: String,
        /// The time at which the reservation ends.
        until: Timestamp,
        /// Whether the last user with the login name was deleted. False if this user was renamed.
        deleted: bool,
    },
    /// Another record depends on the record that the command is about.
    #[error("the {kind} is in use: {by}")]
    InUse {
        /// The kind of the record.
        kind: EntityKind,
        /// The ID of the record.
        id: String,
        /// A message that names what uses the record and says how the actor can resolve the conflict.
        by: String,
    },
    /// A limit is exceeded.
    #[error("{problem}")]
    LimitExceeded {
        /// The name of the input in Amazon Connect's API that is too large. Empty if the limit is not about one input.
        input: &'static str,
        /// A description of the limit that is exceeded.
        problem: String,
    },
    /// The record has changed since the caller read it.
    #[error("the {kind} `{id}` was changed in the meantime: review its current state and try again")]
    Stale {
        /// The kind of the record.
        kind: EntityKind,
        /// The ID of the record.
        id: String,
    },
    /// One command of a batch was refused, so the whole batch was refused.
    #[error("{}", in_batch(*index, subject, &refusal.to_string()))]
    InBatch {
        /// The zero-based index of the command in the batch.
        index: usize,
        /// The login name or name of the record that the refused command is about. Empty if the record has no name, or
        /// if the actor is not allowed to see the record.
        subject: String,
        /// The reason why the command was refused.
        refusal: Box<Self>,
    },
    /// Part of the reason is withheld from the actor, who is not allowed to see it.
    #[error("{refusal}{}", withheld::reference_hint(*reference))]
    Withheld {
        /// The reason without the withheld part.
        refusal: Box<Self>,
        /// The complete reason, which only administrators can see.
        details: String,
        /// The reference code with which an administrator can find the details; `None` until the details are recorded
        /// in the audit log.
        reference: Option<Reference>,
    },
    /// An input is invalid.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The input contains permissions that don't exist. All unknown names are listed.
    #[error("Permissions: {}", unknown(.0))]
    UnknownPermissions(Vec<UnknownPermission>),
}

impl Refusal {
    /// Returns a short, stable code for the audit log. For a batch, returns the code of the refused command.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPermitted { .. } => "not-permitted",
            Self::NotAdministrator { .. } => "not-administrator",
            Self::NotRecentlyAuthenticated { .. } => "not-fresh",
            Self::CredentialsEnded => "credentials-ended",
            Self::OutOfScope { .. } => "out-of-scope",
            Self::Restricted { .. } => "restricted",
            Self::SignatureUsed => "signature-used",
            Self::Guard(_) => "guard",
            Self::OwnFinding => "own-finding",
            Self::LastAdministrator { .. } => "last-administrator",
            Self::NotFound { .. } => "not-found",
            Self::Duplicate { .. } | Self::Reserved { .. } => "duplicate",
            Self::InUse { .. } => "in-use",
            Self::LimitExceeded { .. } => "limit-exceeded",
            Self::Stale { .. } => "stale",
            Self::InBatch { refusal, .. } | Self::Withheld { refusal, .. } => refusal.code(),
            Self::Invalid(_) => "invalid",
            Self::UnknownPermissions(_) => "unknown-permission",
        }
    }
}

/// The maximum number of unknown names that a message lists individually.
const LISTED_UNKNOWN_MAX: usize = 10;

fn unknown(names: &[UnknownPermission]) -> String {
    let mut listed: Vec<String> =
        names.iter().take(LISTED_UNKNOWN_MAX).map(|name| sentence(&name.to_string())).collect();
    if names.len() > listed.len() {
        listed.push(format!("{} more names are not permissions either.", names.len() - listed.len()));
    }
    listed.push("To list all permissions, run `floorkey permissions`.".to_owned());
    listed.join(" ")
}

fn sentence(text: &str) -> String {
    format!("{text}{}", if text.ends_with('?') { "" } else { "." })
}

/// Returns a hint for callers who sent a name instead of an ID.
fn id_hint(kind: EntityKind, id: &str) -> &'static str {
    match kind.is_identified_by_uuid() && UserId::parse(id).is_none() {
        true => ": specify an ID, not a name",
        false => "",
    }
}

fn names(set: &PermissionSet) -> Vec<&'static str> {
    set.iter().map(|permission| permission.name()).collect()
}

fn not_permitted(action: Action, all_of: &PermissionSet, any_of: &PermissionSet) -> String {
    if !all_of.is_empty() {
        format!("{} requires the permission {}, which you don't have", action.name(), names(all_of).join(" and "))
    } else if !any_of.is_empty() {
        format!("{} requires the permission {}, which you don't have", action.name(), names(any_of).join(" or "))
    } else {
        format!("{} requires the operator's access key; no permission allows it", action.name())
    }
}

fn reserved(name: &str, until: Timestamp, deleted: bool) -> String {
    let last_user = match deleted {
        true => "the user who had it was deleted. Restore that user (Users, Deleted users)",
        false => "the user who had it was renamed. Change that user's login name back",
    };
    let until = until.date();
    format!(
        "the login name `{name}` is reserved until {until}, because {last_user}, choose another login name, or ask a full administrator to assign it"
    )
}

fn in_batch(index: usize, subject: &str, refusal: &str) -> String {
    let subject = if subject.is_empty() { String::new() } else { format!(" (`{subject}`)") };
    format!("item {}{subject}: {refusal}", index + 1)
}

fn last(username: &str) -> String {
    if username.is_empty() { "this would remove".to_owned() } else { format!("`{username}` is") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::ResourceType;

    #[test]
    fn a_name_in_place_of_an_id_is_pointed_out() {
        let message = |kind, id: &str| Refusal::NotFound { kind, id: id.to_owned() }.to_string();
        assert_eq!(
            message(ResourceType::SecurityProfile.into(), "Agent"),
            "there is no security profile `Agent` in this instance: specify an ID, not a name"
        );
        let id = "00112233-4455-6677-8899-aabbccddeeff";
        assert_eq!(message(ResourceType::User.into(), id), format!("there is no user `{id}` in this instance"));
        assert_eq!(message(EntityKind::AccessKey, "AKIA"), "there is no access key `AKIA` in this instance");
    }
}
