//! The cast of the small worlds: which users, profiles, groups, tags, logins and mailboxes there are.
//!
//! Everything has a fixed slot and an id that follows from it, so that equal states have equal ids however they were
//! reached.

use floorkey::{
    AccessKeyId, Actor, HierarchyGroupId, NewPassword, Opaque, Principal, SecondFactorId, SecurityProfileId, Timestamp,
    UserId, Via,
};

use crate::world::{actor, key_id, operator};

/// How many users there can be at once.
pub(super) const USERS: usize = 4;
/// A full administrator, honest.
pub(super) const ROOT: usize = 0;
/// The attacker's own account.
pub(super) const MIA: usize = 1;
/// A user with permissions that the attacker lacks; honest, or a second attacker.
pub(super) const QUINN: usize = 2;
/// The user that is created during a run.
pub(super) const NEW: usize = 3;

pub(super) const USER_NAMES: [&str; USERS] = ["root", "mia", "quinn", "new"];

/// How many security profiles there can be at once.
pub(super) const PROFILES: usize = 5;
/// Every granting permission.
pub(super) const ADMIN: usize = 0;
/// What the attacker has.
pub(super) const MANAGER: usize = 1;
/// What the third user has.
pub(super) const EXTRA: usize = 2;
/// The profile that is created during a run.
pub(super) const MADE: usize = 3;
/// The profile that the way back in creates.
pub(super) const RESTORED: usize = 4;

pub(super) const PROFILE_NAMES: [&str; PROFILES] = ["Admin", "Manager", "Extra", "Made", "Restored"];

/// Groups of the hierarchy: two at the start, one that is created during a run.
pub(super) const GROUPS: usize = 3;

/// The moments of a run: the beginning, and two ticks of the clock.
pub(super) const TICKS: usize = 3;

/// Logins that are free at the start. Resources of the application name the first one as their owner.
pub(super) const SPARE_LOGINS: [&str; 2] = ["tom", "tim"];

/// The mailbox that the attackers read.
pub(super) const ATTACKERS_MAIL: &str = "inbox@attacker.example";

/// The permission groups that profiles of the small worlds are made of.
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

/// The mailbox of the person whom an account is meant for.
pub(super) fn own_mail(slot: usize) -> String {
    format!("{}@centre.example", USER_NAMES[slot])
}

/// Who has a secret, reads a mailbox or makes a move.
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

    /// A password that this side knows.
    pub(super) fn password(self) -> NewPassword {
        NewPassword { hash: Opaque::new(vec![u8::from(self == Self::Attackers)]), one_time: false }
    }

    /// The one access key that this side makes for an account.
    pub(super) fn key(self, owner: usize) -> AccessKeyId {
        key_id(self.offset() + owner as u128)
    }

    /// The one second factor that this side enrolls for an account.
    pub(super) fn factor(self, owner: usize) -> SecondFactorId {
        SecondFactorId::from_bits(self.offset() + owner as u128)
    }
}

/// A user who has just signed in.
pub(super) fn acting(slot: usize) -> Actor {
    actor(Principal::User { id: user_id(slot), via: Via::Session { fresh: true } })
}

/// The operator, who acts honestly.
pub(super) fn the_operator() -> Actor {
    operator()
}
