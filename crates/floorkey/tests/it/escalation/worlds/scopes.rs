//! Test setups about scopes by tag and by hierarchy group.

use std::collections::BTreeSet;

use floorkey::ResourceType;
use floorkey::profile::AccessControl;

use super::start_state::{StartRecords, permissions, profile, user};
use super::{SmallWorld, world};
use crate::escalation::attackers::Variants;
use crate::escalation::command_kind::CommandKind;
use crate::escalation::fixtures::{BASIC, CREATED, MANAGE, MIA, NEW, QUINN, RECORDINGS, group_id};
use crate::test_instance::tags;

/// A test setup with managers whose scope is the users who have a certain tag.
pub(in crate::escalation) fn scopes() -> SmallWorld {
    let mut start = StartRecords::new();
    let red = AccessControl {
        tags: tags(&[("team", "red")]),
        tag_restricted: BTreeSet::from([ResourceType::User]),
        ..AccessControl::default()
    };
    start.manager.access_control = red.clone();
    start.extra.select(permissions(&[MANAGE, &[RECORDINGS]].concat()));
    start.extra.access_control = red;
    start.users[QUINN].tags = tags(&[("team", "blue")]);
    SmallWorld {
        attacker_commands: &[
            CommandKind::TagResource,
            CommandKind::UntagResource,
            CommandKind::UpdateSecurityProfile,
            CommandKind::CreateSecurityProfile,
            CommandKind::CreateUser,
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::Undo,
        ],
        honest_commands: &[CommandKind::TagResource, CommandKind::UntagResource, CommandKind::Undo],
        variants: Variants { scopes: true, ..Variants::default() },
        ..world("tags", 4, start)
    }
}

/// A test setup with managers whose scope is the users in their own group and its subgroups.
pub(in crate::escalation) fn hierarchy() -> SmallWorld {
    let mut start = StartRecords::new();
    let own = AccessControl { hierarchy_restricted: true, ..AccessControl::default() };
    start
        .manager
        .select(permissions(&[MANAGE, &["AgentGrouping.View", "AgentGrouping.Create", "AgentGrouping.Edit"]].concat()));
    start.manager.access_control = own.clone();
    start.extra.select(permissions(&[MANAGE, &[RECORDINGS]].concat()));
    start.extra.access_control = own;
    start.users[MIA].hierarchy_group = Some(group_id(0));
    start.users[QUINN].hierarchy_group = Some(group_id(1));
    SmallWorld {
        attacker_commands: &[
            CommandKind::UpdateUserHierarchy,
            CommandKind::UpdateSecurityProfile,
            CommandKind::CreateUser,
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::CreateUserHierarchyGroup,
            CommandKind::DeleteUserHierarchyGroup,
            CommandKind::Undo,
        ],
        honest_commands: &[CommandKind::UpdateUserHierarchy, CommandKind::Undo],
        variants: Variants { scopes: true, ..Variants::default() },
        ..world("hierarchy", 4, start)
    }
}

/// A test setup with two attackers. One attacker can tag and move users, and the other can delete users within a scope.
/// A user outside that scope has no more access than the attackers have.
pub(in crate::escalation) fn moved_into_scope() -> SmallWorld {
    let mut start = StartRecords::new();
    start.quinn_attacks = true;
    let manages = ["Users.Edit", "Users.Create", "AgentGrouping.View", "SecurityProfiles.View"];
    start.manager.select(permissions(&[BASIC, &manages].concat()));
    start.extra.select(permissions(&[BASIC, &["Users.View", "Users.Delete"]].concat()));
    start.extra.access_control = AccessControl {
        tags: tags(&[("team", "red")]),
        tag_restricted: BTreeSet::from([ResourceType::User]),
        ..AccessControl::default()
    };
    start.made = Some(profile(CREATED, BASIC));
    start.users.push(user(NEW, CREATED));
    SmallWorld {
        attacker_commands: &[
            CommandKind::TagResource,
            CommandKind::UntagResource,
            CommandKind::UpdateUserHierarchy,
            CommandKind::DeleteUser,
            CommandKind::RestoreUser,
            CommandKind::ResetUserPassword,
            CommandKind::Undo,
        ],
        honest_commands: &[
            CommandKind::TagResource,
            CommandKind::UntagResource,
            CommandKind::RestoreUser,
            CommandKind::Undo,
        ],
        ..world("reach", 4, start)
    }
}
