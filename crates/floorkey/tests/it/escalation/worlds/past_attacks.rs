//! Test setups that start from the same situations as past attacks on a running server. They include users with several
//! custodians, users who are deleted repeatedly, and resources in groups. They also include chains of assignable
//! profiles.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use floorkey::hierarchy::HierarchyGroup;
use floorkey::profile::ApplicationGrant;
use floorkey::{AccessKey, AnyPermission, ApplicationResource, Condition, Record, RecordChange, User};

use super::start_state::{StartRecords, permissions, profile, start_state, user};
use super::{SmallWorld, world};
use crate::escalation::attackers::order;
use crate::escalation::command_kind::CommandKind;
use crate::escalation::fixtures::{
    BASIC, CREATED, GROUPS, MANAGE, MIA, NEW, QUINN, RECORDINGS, RESTRICTION, Side, USER_NAMES, group_id, time, user_id,
};
use crate::escalation::state::State;

/// A test setup with a user who has two possible custodians. One attacker knows the user's password and access key from
/// the start. Another attacker can become a custodian later.
pub(in crate::escalation) fn custodians() -> SmallWorld {
    let mut start = StartRecords::new();
    start.quinn_attacks = true;
    start.manager.select(permissions(&[MANAGE, &[RECORDINGS]].concat()));
    start.made = Some(profile(CREATED, &["Users.Edit", "AgentGrouping.Edit"]));
    start.users[QUINN] = user(QUINN, CREATED);
    let mut known = User { password_set_at: Some(time(0)), ..user(NEW, CREATED) };
    known.custody.add(user_id(MIA), time(0));
    start.users.push(known);
    let mut world = SmallWorld {
        attacker_commands: &[CommandKind::UpdateUserIdentityInfo, CommandKind::ReinstateAccessKey],
        honest_commands: &[CommandKind::AssociateSecurityProfiles, CommandKind::DisassociateSecurityProfiles],
        ..world("custodians", 5, start)
    };
    let (id, owner, label) = (Side::Attackers.key(NEW), user_id(NEW), String::new());
    let known_to = floorkey::custody::Custody::default();
    let key = AccessKey { id, owner, label, created: time(0), suspended_until: None, known_to };
    put(&mut world.start, Record::AccessKey(Arc::new(key)));
    world.start.tick = 1;
    world.start.credentials.password[NEW] = true;
    world.start.credentials.refresh_sessions(&world.start.directory);
    world
}

/// A test setup with a custodian to whom a restriction applies.
pub(in crate::escalation) fn restricted_custody() -> SmallWorld {
    SmallWorld {
        attacker_commands: &[
            CommandKind::CreateUser,
            CommandKind::ResetUserPassword,
            CommandKind::ChangeOwnPassword,
            CommandKind::CreateAccessKey,
        ],
        honest_commands: &[
            CommandKind::AssociateSecurityProfiles,
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::SetAssignableProfiles,
        ],
        ..world("restricted custody", 4, restricted())
    }
}

/// A test setup where a profile is added to the assignable list of another profile. The other profile is then assigned.
pub(in crate::escalation) fn assignable_chains() -> SmallWorld {
    SmallWorld {
        attacker_commands: &[
            CommandKind::SetAssignableProfiles,
            CommandKind::AssociateSecurityProfiles,
            CommandKind::CreateUser,
            CommandKind::ResetUserPassword,
        ],
        honest_commands: &[CommandKind::SetAssignableProfiles],
        ..world("bridges", 4, restricted())
    }
}

/// Returns the records of a start state with a restricted manager, and a profile without the restriction.
fn restricted() -> StartRecords {
    let mut start = StartRecords::new();
    start.manager.select(permissions(&[MANAGE, &[RECORDINGS, RESTRICTION]].concat()));
    start.made = Some(profile(CREATED, BASIC));
    start.users.remove(QUINN);
    start
}

/// A test setup where a user is deleted, restored, given more access, and deleted again.
pub(in crate::escalation) fn deletions() -> SmallWorld {
    let mut start = StartRecords::new();
    start.extra.select(permissions(BASIC));
    SmallWorld {
        attacker_commands: &[CommandKind::DeleteUser, CommandKind::Undo],
        honest_commands: &[CommandKind::RestoreUser, CommandKind::UpdateUserSecurityProfiles, CommandKind::DeleteUser],
        ..world("deletions", 5, start)
    }
}

/// A test setup with a group that has no users but contains a resource of an application.
pub(in crate::escalation) fn grouped_resources() -> SmallWorld {
    let mut start = StartRecords::new();
    start.manager.select(permissions(&[MANAGE, &["AgentGrouping.Edit", "AgentGrouping.Create"]].concat()));
    let (namespace, name) = ("crm".to_owned(), "refund".to_owned());
    start.extra.applications =
        vec![ApplicationGrant { namespace: namespace.clone(), permissions: vec![name.clone()], kind: None }];
    let nearby = BTreeSet::from([Condition::SameHierarchy]);
    start.extra.conditions = BTreeMap::from([(AnyPermission::Application { namespace, name }, nearby)]);
    start.users[QUINN].hierarchy_group = Some(group_id(0));
    let mut start = start_state(start);
    let group = HierarchyGroup {
        id: group_id(GROUPS - 1),
        name: "Below".to_owned(),
        parent: Some(group_id(0)),
        level: 2,
        tags: crate::test_instance::tags(&[]),
        tag_revisions: floorkey::ValueRevisions::default(),
        modified: time(0),
    };
    put(&mut start, Record::Group(Arc::new(group)));
    let placed = ApplicationResource { hierarchy_group: Some(group_id(GROUPS - 1)), ..order("2", USER_NAMES[QUINN]) };
    put(&mut start, Record::ApplicationResource(Arc::new(placed)));
    SmallWorld {
        attacker_commands: &[
            CommandKind::DeleteUserHierarchyGroup,
            CommandKind::CreateUserHierarchyGroup,
            CommandKind::UpdateUserHierarchyGroupName,
            CommandKind::UpdateUserHierarchyStructure,
            CommandKind::Undo,
        ],
        honest_commands: &[CommandKind::DeleteApplicationResources, CommandKind::UpdateUserHierarchy],
        start,
        ..world("placed resources", 4, StartRecords::new())
    }
}

/// Adds a record to a start state.
fn put(state: &mut State, record: Record) {
    let revision = state.directory.revision().next();
    state.directory = state.directory.apply(revision, &[RecordChange::Upsert(record)]);
    state.recompute_access([true; crate::escalation::fixtures::USERS]);
}
