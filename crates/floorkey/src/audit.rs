//! Audit events: who did or attempted what, when, and what it changed.
//!
//! Fields with personal data are marked, so that the store can keep them apart and erase them later.

use crate::act::Act;
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
    pub act: Act,
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
    /// Findings that an administrator should look at.
    pub flags: Vec<Flag>,
}

/// The result of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The operation was carried out. It created this revision or, if it changed no record, took place at this
    /// revision.
    Done {
        /// The revision.
        revision: Revision,
    },
    /// The operation was refused; nothing changed.
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
    pub step: Step,
    /// The user whose personal data the field contains; `None` for fields without personal data.
    pub personal: Option<UserId>,
}

/// The change of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A value was replaced.
    Value {
        /// The value before; `None` if there was none.
        before: Option<String>,
        /// The value after; `None` if there is none.
        after: Option<String>,
    },
    /// A list got and lost members.
    Members {
        /// The new members.
        added: Vec<String>,
        /// The removed members.
        removed: Vec<String>,
    },
}

/// The maximum number of users that a flag names.
pub const FLAGGED_USERS_MAX: usize = 100;

/// A finding that an administrator should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flag {
    /// The change granted a user more access than the actor has or can assign, which the guard allows under `warn`.
    GaveMoreThanHeld {
        /// The permissions beyond the actor's; empty if only permissions in applications are beyond.
        permissions: PermissionSet,
    },
    /// The change affected the account of a user with more access than the actor, which the guard allows under `warn`.
    TouchedStrongerUser {
        /// The permissions beyond the actor's; empty if only permissions in applications are beyond.
        permissions: PermissionSet,
    },
    /// The change removed access from users who have more than the actor, or renamed a profile of theirs.
    TookFromStrongerUsers {
        /// The permissions that they lost and the restrictions that they got.
        permissions: PermissionSet,
        /// The number of users.
        users: u64,
    },
    /// The change widened what the actor, or users whom the actor is allowed to manage, can assign.
    WidenedOwnAssignable,
    /// A profile grew that users with other profiles can assign.
    AssignableProfileGrew {
        /// The profile.
        profile: SecurityProfileId,
        /// The permissions that it newly grants.
        permissions: PermissionSet,
    },
    /// Credentials were replaced, because their users get access that another user who could know the credentials
    /// doesn't have.
    CredentialsReplaced {
        /// The users, up to [`FLAGGED_USERS_MAX`] of them.
        users: Vec<UserId>,
        /// The number of all users.
        count: u64,
    },
    /// The same as [`Flag::CredentialsReplaced`], but the guard only warns: no credentials were replaced.
    CredentialsInOtherHands {
        /// The users, up to [`FLAGGED_USERS_MAX`] of them.
        users: Vec<UserId>,
        /// The number of all users.
        count: u64,
    },
    /// The login name looks like that of another user.
    LooksLike {
        /// The other user.
        user: UserId,
    },
    /// The login name was reserved for another user, and the actor was allowed to take it.
    TookReservedLogin {
        /// The user for whom it was reserved.
        user: UserId,
    },
    /// The change undid the change of this revision, as far as that can be undone.
    Undid {
        /// The revision.
        revision: Revision,
    },
    /// The actor's reason for setting the mode of the guard.
    Reason(String),
    /// The event stands for several refusals of the same operation by the same actor, of which it is the last. The
    /// others have no event of their own.
    Repeated {
        /// The number of refusals, including this one.
        times: u64,
    },
}

impl Flag {
    /// Whether several flags of this kind in one change are joined into one.
    pub(crate) const fn is_joined(&self) -> bool {
        match self {
            Self::GaveMoreThanHeld { .. }
            | Self::TouchedStrongerUser { .. }
            | Self::TookFromStrongerUsers { .. }
            | Self::CredentialsReplaced { .. }
            | Self::CredentialsInOtherHands { .. } => true,
            Self::WidenedOwnAssignable
            | Self::AssignableProfileGrew { .. }
            | Self::LooksLike { .. }
            | Self::TookReservedLogin { .. }
            | Self::Undid { .. }
            | Self::Reason(_)
            | Self::Repeated { .. } => false,
        }
    }

    /// Joins another flag of the same kind into this one; drops a flag of another kind.
    pub(crate) fn join(&mut self, other: Self) {
        match (self, other) {
            (Self::GaveMoreThanHeld { permissions }, Self::GaveMoreThanHeld { permissions: more })
            | (Self::TouchedStrongerUser { permissions }, Self::TouchedStrongerUser { permissions: more }) => {
                *permissions = permissions.union(&more);
            }
            (
                Self::TookFromStrongerUsers { permissions, users },
                Self::TookFromStrongerUsers { permissions: more, users: others },
            ) => {
                *permissions = permissions.union(&more);
                // The same users can occur in several steps, so only the largest number is certain.
                *users = (*users).max(others);
            }
            (Self::CredentialsReplaced { users, count }, Self::CredentialsReplaced { users: more, count: others })
            | (
                Self::CredentialsInOtherHands { users, count },
                Self::CredentialsInOtherHands { users: more, count: others },
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
