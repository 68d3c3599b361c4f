//! Audit events. Each event records an operation that was carried out or attempted, the operation's actor and time, and
//! the fields that changed.
//!
//! Fields with personal data are marked, so that personal data can be stored separately and erased later.

use crate::action::Action;
use crate::id::{SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::principal::Actor;
use crate::record::RecordKey;
use crate::refusal::Reference;
use crate::revision::Revision;
use crate::time::Timestamp;

pub mod diff;

/// An operation that was carried out or attempted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// The operation.
    pub action: Action,
    /// The actor and the origin of the call.
    pub actor: Actor,
    /// When the operation was carried out or attempted.
    pub at: Timestamp,
    /// Whether the operation was carried out.
    pub outcome: Outcome,
    /// The records that the operation targeted.
    pub targets: Vec<RecordKey>,
    /// The fields that changed.
    pub changes: Vec<FieldChange>,
    /// Findings that an administrator should review.
    pub flags: Vec<Flag>,
}

/// The result of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The operation was carried out.
    Done {
        /// The revision that the operation created. If no record changed, the revision at the time of the operation.
        revision: Revision,
    },
    /// The operation was refused, and nothing changed.
    Refused {
        /// The reason, as a short code.
        code: &'static str,
        /// The reason, as a message. The message can name people, and can include details that were not shown to the
        /// actor.
        message: String,
        /// The reference shown to the actor. Administrators can use the reference to find this event.
        reference: Option<Reference>,
    },
}

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The record that contains the field.
    pub record: RecordKey,
    /// The field's name.
    pub field: &'static str,
    /// How the field changed.
    pub change: ValueChange,
    /// The user whose personal data the field contains; `None` for fields without personal data.
    pub personal: Option<UserId>,
}

/// How a field changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueChange {
    /// A value was set, replaced or removed.
    Value {
        /// The value before the change; `None` if there was no value.
        before: Option<String>,
        /// The value after the change; `None` if there is no value.
        after: Option<String>,
    },
    /// Members were added to or removed from a list.
    Members {
        /// The added members.
        added: Vec<String>,
        /// The removed members.
        removed: Vec<String>,
    },
}

/// The maximum number of users that a flag names.
pub const FLAGGED_USERS_MAX: usize = 100;

/// A finding that an administrator should review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flag {
    /// The change granted a user more access than the actor has or can assign. The guard allows the change in `warn`
    /// mode.
    GrantedBeyondActor {
        /// The permissions that the actor neither has nor can assign, not counting application permissions.
        permissions: PermissionSet,
    },
    /// The change affected the account of a user who has more access than the actor. The guard allows the change in
    /// `warn` mode.
    ChangedUserWithMoreAccess {
        /// The permissions that the actor neither has nor can assign, not counting application permissions.
        permissions: PermissionSet,
    },
    /// The change removed access from users who have more access than the actor, or renamed a profile of these users.
    ReducedUsersWithMoreAccess {
        /// The permissions that the users lost and the restrictions that were newly imposed on the users.
        permissions: PermissionSet,
        /// The number of affected users.
        users: u64,
    },
    /// The change added assignable profiles for the actor, or for users whom the actor is allowed to manage.
    ExpandedOwnAssignable,
    /// The change added permissions to a profile that users with other profiles can assign.
    AssignableProfileExpanded {
        /// The profile.
        profile: SecurityProfileId,
        /// The added permissions.
        permissions: PermissionSet,
    },
    /// The change granted users access that one of their custodians does not have, so the users' credentials were
    /// replaced. A custodian is another user who could know a user's credentials.
    CredentialsReplaced {
        /// The users, up to [`FLAGGED_USERS_MAX`] of them.
        users: Vec<UserId>,
        /// The total number of users.
        count: u64,
    },
    /// Like [`Flag::CredentialsReplaced`], except that no credentials were replaced because the guard was in `warn`
    /// mode.
    CredentialsKnownToCustodians {
        /// The users, up to [`FLAGGED_USERS_MAX`] of them.
        users: Vec<UserId>,
        /// The total number of users.
        count: u64,
    },
    /// The login name looks like another user's login name.
    LooksLike {
        /// The user whose login name looks similar.
        user: UserId,
    },
    /// The login name was reserved for another user, but the actor was allowed to assign the reserved name.
    ReusedReservedLogin {
        /// The user who had the reservation.
        user: UserId,
    },
    /// The change undid an earlier change, except for values that cannot be restored.
    UndoOf {
        /// The revision that the earlier change created.
        revision: Revision,
    },
    /// The reason that the actor gave for setting the guard's mode.
    Reason(String),
    /// The same actor attempted the same operation several times, and every attempt was refused. Only the last refusal
    /// is recorded as an event.
    Repeated {
        /// The number of refusals, including the last refusal.
        times: u64,
    },
}

impl Flag {
    /// Whether all flags of this kind in a change are merged into a single flag.
    pub(crate) const fn is_joined(&self) -> bool {
        match self {
            Self::GrantedBeyondActor { .. }
            | Self::ChangedUserWithMoreAccess { .. }
            | Self::ReducedUsersWithMoreAccess { .. }
            | Self::CredentialsReplaced { .. }
            | Self::CredentialsKnownToCustodians { .. } => true,
            Self::ExpandedOwnAssignable
            | Self::AssignableProfileExpanded { .. }
            | Self::LooksLike { .. }
            | Self::ReusedReservedLogin { .. }
            | Self::UndoOf { .. }
            | Self::Reason(_)
            | Self::Repeated { .. } => false,
        }
    }

    /// Merges another flag of the same kind into this flag. A flag of a different kind is discarded.
    pub(crate) fn join(&mut self, other: Self) {
        match (self, other) {
            (Self::GrantedBeyondActor { permissions }, Self::GrantedBeyondActor { permissions: more })
            | (
                Self::ChangedUserWithMoreAccess { permissions },
                Self::ChangedUserWithMoreAccess { permissions: more },
            ) => {
                *permissions = permissions.union(&more);
            }
            (
                Self::ReducedUsersWithMoreAccess { permissions, users },
                Self::ReducedUsersWithMoreAccess { permissions: more, users: others },
            ) => {
                *permissions = permissions.union(&more);
                // The same users can occur in several flags, so the numbers of users cannot be added up. The largest
                // number is a lower bound.
                *users = (*users).max(others);
            }
            (Self::CredentialsReplaced { users, count }, Self::CredentialsReplaced { users: more, count: others })
            | (
                Self::CredentialsKnownToCustodians { users, count },
                Self::CredentialsKnownToCustodians { users: more, count: others },
            ) => {
                let own_count = users.len();
                users.extend(more);
                users.truncate(FLAGGED_USERS_MAX.max(own_count));
                *count += others;
            }
            _ => {}
        }
    }
}
