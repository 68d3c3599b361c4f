//! Audit events: who did or tried what, when, and what it changed.
//!
//! Fields that tell who a person is are marked, so that the store can keep them apart and erase them later.

use crate::act::Act;
use crate::directory::Revision;
use crate::id::{SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::principal::Actor;
use crate::record::RecordKey;
use crate::refusal::Reference;
use crate::time::Timestamp;

pub mod diff;

/// Something that was done or tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// What.
    pub act: Act,
    /// By whom, and from where.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// Whether it was done.
    pub outcome: Outcome,
    /// What it was about.
    pub targets: Vec<RecordKey>,
    /// What changed, field by field.
    pub changes: Vec<FieldChange>,
    /// What somebody should look at.
    pub flags: Vec<Flag>,
}

/// How an act ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done, and made this revision; or, where it changed nothing that decides, it was done at this revision.
    Done {
        /// The revision.
        revision: Revision,
    },
    /// It was refused; nothing changed.
    Refused {
        /// Why, as a short word.
        code: &'static str,
        /// Why, in words. May name people, and more than the actor was told.
        message: String,
        /// What the actor was told to give an administrator, to find this event.
        reference: Option<Reference>,
    },
}

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Of which record.
    pub record: RecordKey,
    /// The field's name.
    pub field: &'static str,
    /// From what to what.
    pub step: Step,
    /// Whose person the field tells of; `None` for fields that tell of nobody.
    pub personal: Option<UserId>,
}

/// From what to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// One value became another.
    Value {
        /// Before; `None` if there was none.
        before: Option<String>,
        /// After; `None` if there is none.
        after: Option<String>,
    },
    /// A list got and lost members.
    Members {
        /// Got these.
        added: Vec<String>,
        /// Lost these.
        removed: Vec<String>,
    },
}

/// Of the users that a flag is about, so many are named.
pub const FLAGGED_USERS_MAX: usize = 100;

/// What somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flag {
    /// It gave somebody more than the actor holds, which the guard allows on `warn`.
    GaveMoreThanHeld {
        /// The permissions beyond what the actor holds; none where it is about other applications' permissions only.
        permissions: PermissionSet,
    },
    /// It touched the account of somebody who holds more than the actor, which the guard allows on `warn`.
    TouchedStrongerUser {
        /// The permissions beyond what the actor holds; none where it is about other applications' permissions only.
        permissions: PermissionSet,
    },
    /// It took access from users who have more than the actor, or renamed a profile of theirs.
    TookFromStrongerUsers {
        /// What they lost, or are newly restricted in.
        permissions: PermissionSet,
        /// How many users.
        users: u64,
    },
    /// It widened what the actor, or users whom the actor may touch, can assign.
    WidenedOwnAssignable,
    /// A profile grew that users with other profiles can assign.
    AssignableProfileGrew {
        /// The profile.
        profile: SecurityProfileId,
        /// What it grew by.
        permissions: PermissionSet,
    },
    /// Credentials of users were replaced, because they get access that a user who could know the credentials has not.
    CredentialsReplaced {
        /// The users, up to [`FLAGGED_USERS_MAX`] of them.
        users: Vec<UserId>,
        /// How many users in all.
        count: u64,
    },
    /// The same, where the guard only warns: nothing was replaced.
    CredentialsInOtherHands {
        /// The users, up to [`FLAGGED_USERS_MAX`] of them.
        users: Vec<UserId>,
        /// How many users in all.
        count: u64,
    },
    /// The login name looks like another one.
    LooksLike {
        /// Whose login name.
        user: UserId,
    },
    /// The login name was reserved for another user, and the actor may take it.
    TookReservedLogin {
        /// For whom it was reserved.
        user: UserId,
    },
    /// It undid the change that made this revision, as far as that can be undone.
    Undid {
        /// The revision.
        revision: Revision,
    },
    /// Why the guard was set, in the actor's words.
    Reason(String),
    /// It stands for so many refusals of this actor for this act, of which it is the last; the others have no event of
    /// their own.
    Repeated {
        /// How many, this one among them.
        times: u64,
    },
}

impl Flag {
    /// Whether many flags of this kind in one change become one.
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

    /// Takes another flag of the same kind in; one of another kind is dropped.
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
                // The same users may stand in several steps: the most at once is certain.
                *users = (*users).max(others);
            }
            (Self::CredentialsReplaced { users, count }, Self::CredentialsReplaced { users: more, count: others })
            | (
                Self::CredentialsInOtherHands { users, count },
                Self::CredentialsInOtherHands { users: more, count: others },
            ) => {
                let known = users.len();
                users.extend(more);
                users.truncate(FLAGGED_USERS_MAX.max(known));
                *count += others;
            }
            _ => {}
        }
    }
}
