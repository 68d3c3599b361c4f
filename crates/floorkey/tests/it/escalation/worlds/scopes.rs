//! Worlds about scopes by tags and by hierarchy groups.

use std::collections::BTreeSet;

use floorkey::ResourceType;
use floorkey::profile::AccessControl;

use super::start::{Start, permissions, profile, user};
use super::{SmallWorld, world};
use crate::escalation::attackers::Variants;
use crate::escalation::cast::{BASIC, MADE, MANAGE, MIA, NEW, QUINN, RECORDINGS, group_id};
use crate::escalation::kinds::Kind;
use crate::test_instance::tags;

/// Managers whose scope is users with a tag.
pub(in crate::escalation) fn scopes() -> SmallWorld {
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
    SmallWorld {
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
        ..world("tags", 4, start)
    }
}

/// Managers whose scope is users in and below their own group.
pub(in crate::escalation) fn hierarchy() -> SmallWorld {
    let mut start = Start::new();
    let own = AccessControl { hierarchy_restricted: true, ..AccessControl::default() };
    start
        .manager
        .choose(permissions(&[MANAGE, &["AgentGrouping.View", "AgentGrouping.Create", "AgentGrouping.Edit"]].concat()));
    start.manager.access_control = own.clone();
    start.extra.choose(permissions(&[MANAGE, &[RECORDINGS]].concat()));
    start.extra.access_control = own;
    start.users[MIA].hierarchy_group = Some(group_id(0));
    start.users[QUINN].hierarchy_group = Some(group_id(1));
    SmallWorld {
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
        ..world("hierarchy", 4, start)
    }
}

/// Two attackers: one can tag and move users, the other can delete users within a scope. A user without more access
/// than the attackers is outside that scope.
pub(in crate::escalation) fn reach() -> SmallWorld {
    let mut start = Start::new();
    start.quinn_attacks = true;
    let manages = ["Users.Edit", "Users.Create", "AgentGrouping.View", "SecurityProfiles.View"];
    start.manager.choose(permissions(&[BASIC, &manages].concat()));
    start.extra.choose(permissions(&[BASIC, &["Users.View", "Users.Delete"]].concat()));
    start.extra.access_control = AccessControl {
        tags: tags(&[("team", "red")]),
        tag_restricted: BTreeSet::from([ResourceType::User]),
        ..AccessControl::default()
    };
    start.made = Some(profile(MADE, BASIC));
    start.users.push(user(NEW, MADE));
    SmallWorld {
        attackers_try: &[
            Kind::TagResource,
            Kind::UntagResource,
            Kind::UpdateUserHierarchy,
            Kind::DeleteUser,
            Kind::RestoreUser,
            Kind::ResetUserPassword,
            Kind::Undo,
        ],
        honest_do: &[Kind::TagResource, Kind::UntagResource, Kind::RestoreUser, Kind::Undo],
        ..world("reach", 4, start)
    }
}
