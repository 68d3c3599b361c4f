//! Defines the users, profiles, groups, logins and mailboxes of the test setups.
//!
//! Each record has a fixed slot, and the record's ID is computed from the slot. Equal states therefore have equal IDs,
//! regardless of the steps that led to these states.

use floorkey::{
    AccessKeyId, Actor, Authentication, HierarchyGroupId, MfaMethodId, NewPassword, Principal, SecretBytes,
    SecurityProfileId, Timestamp, UserId,
};

use crate::test_instance::{actor, key_id, operator};

/// The maximum number of users in a test setup.
pub(super) const USERS: usize = 4;
/// An honest full administrator.
pub(super) const ROOT: usize = 0;
/// The attacker's own account.
pub(super) const MIA: usize = 1;
/// A user with permissions that the attacker does not have. This user is either honest or a second attacker.
pub(super) const QUINN: usize = 2;
/// The user that a step can create.
pub(super) const NEW: usize = 3;

pub(super) const USER_NAMES: [&str; USERS] = ["root", "mia", "quinn", "new"];

/// The maximum number of security profiles in a test setup.
pub(super) const PROFILES: usize = 5;
/// The profile with all permissions that grant access. It contains no restrictions.
pub(super) const ADMIN: usize = 0;
/// The attacker's profile.
pub(super) const MANAGER: usize = 1;
/// The third user's profile.
pub(super) const THIRD: usize = 2;
/// The profile that a step can create.
pub(super) const CREATED: usize = 3;
/// The profile that can be created when an administrator is restored.
pub(super) const RESTORED: usize = 4;

pub(super) const PROFILE_NAMES: [&str; PROFILES] = ["Admin", "Manager", "Extra", "Made", "Restored"];

/// The number of hierarchy groups. Two groups exist at the start, and a step can create the third group.
pub(super) const GROUPS: usize = 3;

/// The number of points in time: the start and two ticks of the clock.
pub(super) const TICKS: usize = 3;

/// Logins that no user has at the start. The application's resources name the first of these logins as their owner.
pub(super) const UNUSED_LOGINS: [&str; 2] = ["tom", "tim"];

/// The mailbox that the attackers can read.
pub(super) const ATTACKER_MAILBOX: &str = "inbox@attacker.example";

/// The permissions of the profiles in the test setups.
pub(super) const BASIC: &[&str] = &["BasicAgentAccess"];
pub(super) const RECORDINGS: &str = "CallRecordings.Unredacted.Access";
pub(super) const RESTRICTION: &str = "RestrictContactAccessByHierarchy.View";
pub(super) const MANAGE: &[&str] = &[
    "BasicAgentAccess",
    "Users.Edit",
    "Users.Create",
    "Users.Delete",
    "Users.EnableAndDisable",
    "SecurityProfiles.Edit",
    "SecurityProfiles.Create",
    "SecurityProfiles.Delete",
];

pub(super) const fn user_id(slot: usize) -> UserId {
    UserId::from_bits(10 + slot as u128)
}

pub(super) fn user_slot(id: UserId) -> Option<usize> {
    (0..USERS).find(|slot| user_id(*slot) == id)
}

pub(super) const fn profile_id(slot: usize) -> SecurityProfileId {
    SecurityProfileId::from_bits(20 + slot as u128)
}

pub(super) fn profile_slot(id: SecurityProfileId) -> Option<usize> {
    (0..PROFILES).find(|slot| profile_id(*slot) == id)
}

pub(super) const fn group_id(slot: usize) -> HierarchyGroupId {
    HierarchyGroupId::from_bits(30 + slot as u128)
}

pub(super) const fn time(tick: usize) -> Timestamp {
    Timestamp::from_millis(1_000_000 * (1 + tick as i64))
}

/// Returns the mailbox of the account's intended user.
pub(super) fn own_mailbox(slot: usize) -> String {
    format!("{}@centre.example", USER_NAMES[slot])
}

/// One of the two sides that take steps. Each side has its own secrets and mailboxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Attackers,
    Honest,
}

impl Side {
    const fn offset(self) -> u128 {
        match self {
            Self::Honest => 100,
            Self::Attackers => 500,
        }
    }

    /// Returns a password that only this side knows.
    pub(super) fn password(self) -> NewPassword {
        NewPassword { hash: SecretBytes::new(vec![u8::from(self == Self::Attackers)]), temporary: false }
    }

    /// Returns the ID of the only access key that this side creates for an account.
    pub(super) fn key(self, owner: usize) -> AccessKeyId {
        key_id(self.offset() + owner as u128)
    }

    /// Returns the ID of the only second factor that this side adds to an account.
    pub(super) fn factor(self, owner: usize) -> MfaMethodId {
        MfaMethodId::from_bits(self.offset() + owner as u128)
    }
}

/// Returns an actor for a user who has just signed in.
pub(super) fn fresh_actor(slot: usize) -> Actor {
    actor(Principal::User {
        id: user_id(slot),
        authentication: Authentication::Session { recently_authenticated: true },
    })
}

/// Returns the operator, who is honest, as an actor.
pub(super) fn honest_operator() -> Actor {
    operator()
}
