//! Audit events: each records an operation that was carried out or attempted, its actor, its time and what it changed.
//!
//! Fields with personal data are marked, so that the store can store them separately and erase them later.

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
    /// The actor, with the origin of the call.
    pub actor: Actor,
    /// The time.
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
    /// The operation was carried out. It created this revision, or took place at this revision if it changed no record.
    Done {
        /// The revision.
        revision: Revision,
    },
    /// The operation was refused, and nothing changed.
    Refused {
        /// The reason, as a short code.
        code: &'static str,
        /// The reason, as text. It can name people, and contain more than the actor was shown.
        message: String,
        /// The reference shown to the actor, by which an administrator finds this event.
        reference: Option<Reference>,
    },
}

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The record with the field.
    pub record: RecordKey,
    /// The field's name.
    pub field: &'static str,
    /// The change.
    pub change: ValueChange,
    /// The user whose personal data the field contains; `None` for fields without personal data.
    pub personal: Option<UserId>,
}

/// The change of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueChange {
    /// A value was replaced.
    Value {
        /// The value before; `None` if there was none.
        before: Option<String>,
        /// The value after; `None` if there is none.
        after: Option<String>,
    },
    /// Members were added to or removed from a list.
    Members {
        /// The new members.
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
    /// The change granted a user more access than the actor has or can assign, which the guard allows under `warn`.
    GrantedBeyondActor {
        /// The permissions that the actor does not have and can't assign; empty if these are only permissions in
        /// applications.
        permissions: PermissionSet,
    },
    /// The change affected the account of a user with more access than the actor, which the guard allows under `warn`.
    ChangedUserWithMoreAccess {
        /// The permissions that the actor does not have and can't assign; empty if these are only permissions in
        /// applications.
        permissions: PermissionSet,
    },
    /// The change removed access from users who have more access than the actor, or renamed a profile that they have.
    ReducedUsersWithMoreAccess {
        /// The permissions that the users lost and the restrictions that were newly imposed on them.
        permissions: PermissionSet,
        /// The number of users.
        users: u64,
    },
    /// The change let the actor, or users whom the actor is allowed to manage, assign more than before.
    ExpandedOwnAssignable,
    /// The change added permissions to a profile that users with other profiles can assign.
    AssignableProfileExpanded {
        /// The profile.
        profile: SecurityProfileId,
        /// The added permissions.
        permissions: PermissionSet,
    },
    /// Users were granted access that a user who could know their credentials doesn't have. Therefore their credentials
    /// were replaced.
    CredentialsReplaced {
        /// The users, up to [`FLAGGED_USERS_MAX`] of them.
        users: Vec<UserId>,
        /// The total number of users.
        count: u64,
    },
    /// Like [`Flag::CredentialsReplaced`], but no credentials were replaced because the guard is in `warn` mode.
    CredentialsKnownToCustodians {
        /// The users, up to [`FLAGGED_USERS_MAX`] of them.
        users: Vec<UserId>,
        /// The total number of users.
        count: u64,
    },
    /// The login name looks like that of another user.
    LooksLike {
        /// The other user.
        user: UserId,
    },
    /// The login name was reserved for another user, but the actor was allowed to assign it.
    ReusedReservedLogin {
        /// The user for whom it was reserved.
        user: UserId,
    },
    /// The change undid what can be undone of the change that created this revision.
    UndoOf {
        /// The revision.
        revision: Revision,
    },
    /// The reason that the actor gave for setting the mode of the guard.
    Reason(String),
    /// The event is for the last of several refusals of the same operation by the same actor. The other refusals have
    /// no event of their own.
    Repeated {
        /// The number of refusals, including this one.
        times: u64,
    },
}

impl Flag {
    /// Whether several flags of this kind in one change are joined into a single flag.
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

    /// Joins another flag of the same kind into this one; drops a flag of another kind.
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
                // The same users can occur in several flags, so the numbers cannot be added up. The largest number is a
                // lower bound.
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
