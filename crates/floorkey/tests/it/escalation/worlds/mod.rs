//! The small worlds that searches begin with: what one family of attacks needs, and one world to try everything in.

mod start;

use std::collections::{BTreeMap, BTreeSet};

use floorkey::profile::{AccessControl, Application};
use floorkey::user::Assignment;
use floorkey::{AnyPermission, Condition, ResourceType};

use super::attackers::Variants;
use super::cast::{
    ADMIN, BASIC, EXTRA, MADE, MANAGE, MANAGER, MIA, QUINN, RECORDINGS, RESTRICTION, USERS, group_id, profile_id, time,
};
use super::kinds::Kind;
use super::state::State;
use crate::world::tags;
use start::{Start, attackers, begin, permissions, profile};

/// Where a search begins, and what is tried.
pub(super) struct World {
    pub(super) name: &'static str,
    pub(super) start: State,
    /// Whose accounts are the attackers' own.
    pub(super) attackers: [bool; USERS],
    pub(super) attackers_try: &'static [Kind],
    pub(super) honest_do: &'static [Kind],
    pub(super) sends_links: bool,
    pub(super) time_passes: bool,
    pub(super) variants: Variants,
    /// How deep the ordinary run searches.
    pub(super) depth: usize,
}

impl World {
    /// Whether anybody tries that kind of command: what only it needs is not remembered elsewhere.
    pub(super) fn tries(&self, kind: Kind) -> bool {
        self.attackers_try.contains(&kind) || self.honest_do.contains(&kind)
    }
}

/// All worlds.
pub(super) fn worlds() -> Vec<World> {
    vec![
        managers(),
        custody(),
        addresses(),
        dated_custody(),
        assignable(),
        scopes(),
        hierarchy(),
        dates(),
        restriction(),
        owners(),
        freed(),
        pair(),
        restricted_pair(),
        everything(),
    ]
}

/// Edits of profiles, resets and undone edits, among three users.
pub(super) fn managers() -> World {
    let mut start = Start::new();
    start.made = Some(profile(MADE, &["AgentGrouping.Edit"]));
    start.extra.assignable = BTreeSet::from([profile_id(MADE)]);
    World {
        attackers_try: &[
            Kind::UpdateSecurityProfile,
            Kind::UpdateUserSecurityProfiles,
            Kind::SetAssignableProfiles,
            Kind::ResetUserPassword,
            Kind::SetUserEnabled,
            Kind::ReplaceSecurityProfile,
            Kind::RenameSecurityProfile,
            Kind::RestoreUser,
            Kind::DeleteUser,
            Kind::Undo,
        ],
        honest_do: &[Kind::Undo, Kind::UpdateUserSecurityProfiles, Kind::RestoreUser, Kind::RestoreAdministrator],
        ..world("managers", 3, start)
    }
}

/// Two administrators, of whom one can be weakened as long as the other is there.
pub(super) fn administrators() -> World {
    let mut start = Start::new();
    start.users[QUINN].assignments = vec![Assignment::always(profile_id(ADMIN))];
    World { name: "administrators", start: begin(start), ..managers() }
}

/// A new user on whose ways in the attackers have a hand, and who gets more later.
pub(super) fn custody() -> World {
    let start = Start { users: Start::new().users[..QUINN].to_vec(), ..in_other_hands() };
    World {
        attackers_try: &[
            Kind::CreateUser,
            Kind::ResetUserPassword,
            Kind::ChangeOwnPassword,
            Kind::CreateAccessKey,
            Kind::AddSecondFactor,
            Kind::AssociateSecurityProfiles,
        ],
        honest_do: &[
            Kind::UpdateUserSecurityProfiles,
            Kind::AssociateSecurityProfiles,
            Kind::UpdateSecurityProfile,
            Kind::ReplaceSecurityProfile,
            Kind::SetUserEnabled,
            Kind::SetAssignableProfiles,
            Kind::RestoreAdministrator,
        ],
        sends_links: true,
        ..world("custody", 3, start)
    }
}

/// A user who is there already, whose address or factors attackers change.
pub(super) fn addresses() -> World {
    World {
        attackers_try: &[
            Kind::UpdateUserIdentityInfo,
            Kind::ConfirmEmail,
            Kind::VouchForEmail,
            Kind::ResetUserPassword,
            Kind::RemoveSecondFactor,
            Kind::SetUserEnabled,
            Kind::DeleteUser,
            Kind::RestoreUser,
        ],
        honest_do: &[
            Kind::UpdateUserSecurityProfiles,
            Kind::UpdateUserIdentityInfo,
            Kind::VouchForEmail,
            Kind::ConfirmEmail,
            Kind::ChangeOwnPassword,
            Kind::AddSecondFactor,
            Kind::ResetUserPassword,
            Kind::RestoreUser,
        ],
        sends_links: true,
        ..world("addresses", 3, in_other_hands())
    }
}

/// The third user has nothing that the attacker lacks; the profile names a harmless one as assignable.
fn in_other_hands() -> Start {
    let mut start = Start::new();
    start.extra.choose(permissions(&["Users.Edit"]));
    start.made = Some(profile(MADE, BASIC));
    start.extra.assignable = BTreeSet::from([profile_id(MADE)]);
    start
}

/// The same, while the attacker has for a time what the user gets for good.
pub(super) fn dated_custody() -> World {
    let mut start = Start::new();
    start.users.remove(QUINN);
    let soon = Assignment { until: Some(time(1)), ..Assignment::always(profile_id(EXTRA)) };
    start.users[MIA].assignments.push(soon);
    World {
        attackers_try: &[Kind::CreateUser, Kind::ResetUserPassword, Kind::CreateAccessKey, Kind::ChangeOwnPassword],
        honest_do: &[
            Kind::UpdateUserSecurityProfiles,
            Kind::AssociateSecurityProfiles,
            Kind::DisassociateSecurityProfiles,
            Kind::SetUserEnabled,
        ],
        sends_links: true,
        time_passes: true,
        variants: Variants { dates: true, ..Variants::default() },
        ..world("dated custody", 3, start)
    }
}

/// Profiles that are made assignable, and strengthened.
pub(super) fn assignable() -> World {
    let mut start = Start::new();
    start.extra.choose(permissions(BASIC));
    World {
        attackers_try: &[
            Kind::SetAssignableProfiles,
            Kind::UpdateUserSecurityProfiles,
            Kind::UpdateSecurityProfile,
            Kind::CreateUser,
            Kind::CreateSecurityProfile,
            Kind::Undo,
        ],
        honest_do: &[Kind::UpdateSecurityProfile, Kind::SetAssignableProfiles, Kind::Undo],
        ..world("assignable lists", 3, start)
    }
}

/// Managers of users with a tag.
pub(super) fn scopes() -> World {
    let mut start = Start::new();
    let red = AccessControl {
        tags: tags(&[("team", "red")]),
        tag_restricted: BTreeSet::from([ResourceType::User]),
        ..AccessControl::default()
    };
    start.manager.access_control = red.clone();
    start.extra.choose(permissions(&[MANAGE, &[RECORDINGS]].concat()));
    start.extra.access_control = red;
    start.users[QUINN].tags = tags(&[("team", "blue")]);
    World {
        attackers_try: &[
            Kind::TagResource,
            Kind::UntagResource,
            Kind::UpdateSecurityProfile,
            Kind::CreateSecurityProfile,
            Kind::CreateUser,
            Kind::UpdateUserSecurityProfiles,
            Kind::Undo,
        ],
        honest_do: &[Kind::TagResource, Kind::UntagResource, Kind::Undo],
        variants: Variants { scopes: true, ..Variants::default() },
        ..world("tags", 3, start)
    }
}

/// Managers of users in their own part of the hierarchy.
pub(super) fn hierarchy() -> World {
    let mut start = Start::new();
    let own = AccessControl { hierarchy_restricted: true, ..AccessControl::default() };
    start.manager.choose(permissions(&[MANAGE, &["AgentGrouping.View"]].concat()));
    start.manager.access_control = own.clone();
    start.extra.choose(permissions(&[MANAGE, &[RECORDINGS]].concat()));
    start.extra.access_control = own;
    start.users[MIA].hierarchy_group = Some(group_id(0));
    start.users[QUINN].hierarchy_group = Some(group_id(1));
    World {
        attackers_try: &[
            Kind::UpdateUserHierarchy,
            Kind::UpdateSecurityProfile,
            Kind::CreateUser,
            Kind::UpdateUserSecurityProfiles,
            Kind::CreateUserHierarchyGroup,
            Kind::DeleteUserHierarchyGroup,
            Kind::Undo,
        ],
        honest_do: &[Kind::UpdateUserHierarchy, Kind::Undo],
        variants: Variants { scopes: true, ..Variants::default() },
        ..world("hierarchy", 3, start)
    }
}

/// A manager for a time.
pub(super) fn dates() -> World {
    let mut start = Start::new();
    start.users[MIA].assignments = vec![Assignment { until: Some(time(1)), ..Assignment::always(profile_id(MANAGER)) }];
    World {
        attackers_try: &[
            Kind::UpdateUserSecurityProfiles,
            Kind::AssociateSecurityProfiles,
            Kind::ChangeSecurityProfiles,
            Kind::CreateUser,
            Kind::UpdateSecurityProfile,
            Kind::SetAssignableProfiles,
            Kind::ReplaceSecurityProfile,
        ],
        honest_do: &[Kind::UpdateUserSecurityProfiles, Kind::SetAssignableProfiles],
        time_passes: true,
        variants: Variants { dates: true, ..Variants::default() },
        ..world("dates", 3, start)
    }
}

/// A manager under a restriction.
pub(super) fn restriction() -> World {
    let mut start = Start::new();
    start.manager.choose(permissions(&[MANAGE, &[RECORDINGS, RESTRICTION]].concat()));
    start.extra.choose(permissions(BASIC));
    World {
        attackers_try: &[
            Kind::CreateSecurityProfile,
            Kind::CreateUser,
            Kind::UpdateUserSecurityProfiles,
            Kind::UpdateSecurityProfile,
            Kind::SetAssignableProfiles,
        ],
        honest_do: &[Kind::UpdateSecurityProfile, Kind::SetAssignableProfiles],
        variants: Variants { restrictions: true, ..Variants::default() },
        ..world("restriction", 3, start)
    }
}

/// Resources of an application that belong to users by login or id.
pub(super) fn owners() -> World {
    let mut start = Start::new();
    for profile in [&mut start.manager, &mut start.extra] {
        let (namespace, name) = ("crm".to_owned(), "refund".to_owned());
        profile.applications =
            vec![Application { namespace: namespace.clone(), permissions: vec![name.clone()], kind: None }];
        let own = BTreeSet::from([Condition::Own { attribute: "owner".to_owned() }]);
        profile.conditions = BTreeMap::from([(AnyPermission::Application { namespace, name }, own)]);
    }
    World {
        attackers_try: &[
            Kind::RenameUserLogin,
            Kind::CreateUser,
            Kind::DeleteUser,
            Kind::RestoreUser,
            Kind::UpdateUserSecurityProfiles,
            Kind::UpdateSecurityProfile,
        ],
        honest_do: &[
            Kind::RenameUserLogin,
            Kind::DeleteUser,
            Kind::RegisterApplication,
            Kind::UnregisterApplication,
            Kind::PutApplicationResources,
            Kind::DeleteApplicationResources,
        ],
        variants: Variants { logins: true, ..Variants::default() },
        ..world("owners", 3, start)
    }
}

/// A user with recordings under a restriction that comes through another profile.
pub(super) fn freed() -> World {
    let mut start = Start::new();
    start.made = Some(profile(MADE, &[BASIC, &[RESTRICTION]].concat()));
    start.users[QUINN].assignments.push(Assignment::always(profile_id(MADE)));
    World {
        attackers_try: &[
            Kind::UpdateSecurityProfile,
            Kind::UpdateUserSecurityProfiles,
            Kind::DisassociateSecurityProfiles,
            Kind::ReplaceSecurityProfile,
            Kind::DeleteSecurityProfile,
            Kind::Undo,
        ],
        honest_do: &[Kind::UpdateSecurityProfile, Kind::Undo],
        variants: Variants { restrictions: true, ..Variants::default() },
        ..world("freed from a restriction", 3, start)
    }
}

/// Two attackers, each with what the other lacks.
pub(super) fn pair() -> World {
    let mut start = Start::new();
    start.quinn_attacks = true;
    start.manager.choose(permissions(&["Users.Edit", "Users.Create", "BasicAgentAccess"]));
    start.extra.choose(permissions(&["SecurityProfiles.Edit", "SecurityProfiles.Create", RECORDINGS]));
    World {
        attackers_try: &[
            Kind::UpdateSecurityProfile,
            Kind::CreateSecurityProfile,
            Kind::SetAssignableProfiles,
            Kind::UpdateUserSecurityProfiles,
            Kind::ReplaceSecurityProfile,
            Kind::CreateUser,
            Kind::ResetUserPassword,
            Kind::Undo,
        ],
        honest_do: &[Kind::UpdateUserSecurityProfiles, Kind::Undo],
        ..world("a pair of attackers", 3, start)
    }
}

/// Two attackers, of whom the one who manages users is under a restriction.
pub(super) fn restricted_pair() -> World {
    let mut start = Start::new();
    start.quinn_attacks = true;
    start.manager.choose(permissions(&["Users.Edit", "Users.Create", "BasicAgentAccess", RECORDINGS, RESTRICTION]));
    start.extra.choose(permissions(&["SecurityProfiles.Edit", "BasicAgentAccess"]));
    start.made = Some(profile(MADE, BASIC));
    World {
        attackers_try: &[
            Kind::SetAssignableProfiles,
            Kind::UpdateUserSecurityProfiles,
            Kind::UpdateSecurityProfile,
            Kind::CreateUser,
            Kind::Undo,
        ],
        honest_do: &[Kind::UpdateSecurityProfile, Kind::SetAssignableProfiles],
        ..world("a restricted pair", 3, start)
    }
}

/// Every command, in every variant.
pub(super) fn everything() -> World {
    World {
        attackers_try: Kind::ALL,
        honest_do: Kind::ALL,
        sends_links: true,
        time_passes: true,
        variants: Variants { scopes: true, dates: true, restrictions: true, logins: true },
        ..world("everything", 2, Start::new())
    }
}

/// A world in which nothing is tried yet.
fn world(name: &'static str, depth: usize, start: Start) -> World {
    World {
        name,
        attackers: attackers(&start),
        start: begin(start),
        attackers_try: &[],
        honest_do: &[],
        sends_links: false,
        time_passes: false,
        variants: Variants::default(),
        depth,
    }
}
