//! Audit events. Each event records an operation that was carried out or attempted. It contains the actor, the time,
//! and the fields that changed.
//!
//! Fields that contain personal data are marked, so that this data can be stored separately and erased later.

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
        /// The revision that the operation created. If no record changed, this is the revision at the time of the
        /// operation.
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
        /// The granted permissions that the actor neither has nor can assign, not counting application permissions.
        permissions: PermissionSet,
    },
    /// The change affected the account of a user who has more access than the actor. The guard allows the change in
    /// `warn` mode.
    ChangedUserWithMoreAccess {
        /// The user's permissions that the actor neither has nor can assign, not counting application permissions.
        permissions: PermissionSet,
    },
    /// Users with more access than the actor lost access, or one of their profiles was renamed.
    ReducedUsersWithMoreAccess {
        /// The permissions that the users lost, and the restrictions that now also apply to them.
        permissions: PermissionSet,
        /// The number of affected users.
        users: u64,
    },
    /// The change allowed the actor, or users whom the actor can manage, to assign additional profiles.
    ExpandedOwnAssignable,
    /// The change added permissions to a profile, and users with other profiles can assign this profile.
    AssignableProfileExpanded {
        /// The profile.
        profile: SecurityProfileId,
        /// The added permissions.
        permissions: PermissionSet,
    },
    /// The change granted users access that one of their custodians does not have. The users' credentials were
    /// therefore replaced. A custodian is another user who could know a user's credentials.
    CredentialsReplaced {
        /// The users, up to [`FLAGGED_USERS_MAX`] of them.
        users: Vec<UserId>,
        /// The total number of users.
        count: u64,
    },
    /// The same situation as for [`Flag::CredentialsReplaced`], but no credentials were replaced, because the guard was
    /// in `warn` mode.
    CredentialsKnownToCustodians {
        /// The users, up to [`FLAGGED_USERS_MAX`] of them.
        users: Vec<UserId>,
        /// The total number of users.
        count: u64,
    },
    /// The new login name looks like another user's login name.
    LooksLike {
        /// The other user.
        user: UserId,
    },
    /// The login name was reserved for another user, but the actor was allowed to assign it.
    ReusedReservedLogin {
        /// The user for whom the login name was reserved.
        user: UserId,
    },
    /// The change undid an earlier change, except for values that cannot be restored.
    UndoOf {
        /// The revision that the earlier change created.
        revision: Revision,
    },
    /// The reason that the actor gave for setting the guard's mode.
    Reason(String),
    /// The actor attempted the same operation several times, and every attempt was refused. Only the last refusal is
    /// recorded as an event.
    Repeated {
        /// The number of refusals, including the last refusal.
        times: u64,
    },
}

impl Flag {
    /// Whether all flags of this kind are merged into one flag per change.
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

    /// Merges another flag into this flag. If the other flag is of a different kind, it is discarded.
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
                // The flags can contain the same users, so the numbers of users cannot be added. The largest number is
                // a lower bound.
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
