//! Builds the start states of test setups from records.

use std::sync::Arc;

use floorkey::hierarchy::{HierarchyGroup, HierarchyLevel, HierarchyStructure};
use floorkey::user::{Assignment, Identity, PasswordState};
use floorkey::{
    Directory, GuardMode, HierarchyLevelId, InstanceId, Permission, PermissionSet, Record, ResourceId, ResourceType,
    Revision, SecurityProfile, Settings, User, catalog,
};

use crate::escalation::attackers::{crm, order};
use crate::escalation::fixtures::{
    ADMIN, ATTACKER_MAILBOX, BASIC, MANAGE, MANAGER, MIA, PROFILE_NAMES, QUINN, RECORDINGS, THIRD, UNUSED_LOGINS,
    USER_NAMES, USERS, group_id, own_mailbox, profile_id, time, user_id,
};
use crate::escalation::state::State;
use crate::escalation::step::record_start_access;
use crate::test_instance::{TestInstance, identity, tags};

/// The records of a start state. Each test setup can change these records.
pub(super) struct StartRecords {
    pub(super) manager: SecurityProfile,
    pub(super) extra: SecurityProfile,
    /// The profile that a step can create; `Some` if it exists from the start.
    pub(super) made: Option<SecurityProfile>,
    pub(super) users: Vec<User>,
    pub(super) quinn_attacks: bool,
}

impl StartRecords {
    /// Returns records with a full administrator, a manager of users and profiles, and a user with access to
    /// recordings.
    pub(super) fn new() -> Self {
        let users = [ADMIN, MANAGER, THIRD].into_iter().enumerate().map(|(slot, profile)| user(slot, profile));
        Self {
            manager: profile(MANAGER, MANAGE),
            extra: profile(THIRD, &[BASIC, &[RECORDINGS]].concat()),
            made: None,
            users: users.collect(),
            quinn_attacks: false,
        }
    }

    fn directory(self) -> Directory {
        let template = TestInstance::new().directory;
        let records = template.records().into_iter().filter_map(|record| match record {
            Record::Settings(settings) => {
                let guard = Some(GuardMode::Enforce);
                Some(Record::Settings(Arc::new(Settings { guard, ..Settings::clone(&settings) })))
            }
            Record::Resource(_) => Some(record),
            _ => None,
        });
        let mut records: Vec<Record> = records.collect();
        let level = |at: u128| HierarchyLevel {
            id: HierarchyLevelId::from_bits(60 + at),
            name: format!("Level {at}"),
            modified: time(0),
        };
        records.push(Record::Structure(Arc::new(HierarchyStructure { levels: (0..3).map(level).collect() })));
        for slot in 0..2 {
            let (id, name) = (group_id(slot), format!("Group {slot}"));
            let (parent, tags, modified) = (None, tags(&[]), time(0));
            let tags_set = floorkey::ValueRevisions::default();
            let group = HierarchyGroup { id, name, parent, level: 1, tags, tag_revisions: tags_set, modified };
            records.push(Record::Group(Arc::new(group)));
        }
        let mut admin =
            SecurityProfile::new(profile_id(ADMIN), "Admin".to_owned(), String::new(), *catalog().granting(), time(0));
        admin.unedited_default = Some("Admin".to_owned());
        let profiles = [admin, self.manager, self.extra].into_iter().chain(self.made);
        records.extend(profiles.map(|profile| Record::Profile(Arc::new(profile))));
        let routing = template.resources(ResourceType::RoutingProfile).next().unwrap().id;
        let users = self.users.into_iter().map(|user| User { routing_profile: routing, ..user });
        records.extend(users.map(|user| Record::User(Arc::new(user))));
        records.push(Record::Application(Arc::new(crm(&[]))));
        let orders = [order("1", UNUSED_LOGINS[0]), order("2", USER_NAMES[QUINN])];
        records.extend(orders.map(|order| Record::ApplicationResource(Arc::new(order))));
        Directory::from_records(InstanceId::from_bits(1), Revision(1), records)
    }
}

/// Returns a user with the given profile. The user's own email address is verified.
pub(super) fn user(slot: usize, profile: usize) -> User {
    let email = if slot == MIA { ATTACKER_MAILBOX.to_owned() } else { own_mailbox(slot) };
    User {
        identity: Identity { email: Some(email.clone()), ..identity() },
        verified_email: Some(email),
        assignments: vec![Assignment::always(profile_id(profile))],
        password: PasswordState::Set,
        ..User::new(user_id(slot), USER_NAMES[slot], ResourceId::from_bits(0), time(0))
    }
}

pub(super) fn profile(slot: usize, names: &[&str]) -> SecurityProfile {
    let name = PROFILE_NAMES[slot].to_owned();
    SecurityProfile::new(profile_id(slot), name, String::new(), permissions(names), time(0))
}

pub(super) fn permissions(names: &[&str]) -> PermissionSet {
    names.iter().map(|name| Permission::parse(name).unwrap()).collect()
}

pub(super) fn attackers(start: &StartRecords) -> [bool; USERS] {
    std::array::from_fn(|slot| slot == MIA || slot == QUINN && start.quinn_attacks)
}

/// Returns the start state. The attackers know the passwords of their own accounts. The access of these accounts counts
/// as granted.
pub(super) fn start_state(start: StartRecords) -> State {
    let attackers = attackers(&start);
    let mut state = State::new(start.directory());
    state.credentials.password = attackers;
    state.credentials.refresh_sessions(&state.directory);
    record_start_access(&attackers, &mut state);
    state
}
