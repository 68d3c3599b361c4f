//! Creates directories for benchmarks. Each directory has many users with a few profiles each.

use std::sync::Arc;

use floorkey::profile::SecurityProfile;
use floorkey::user::{Assignment, Identity, PasswordState, Phone};
use floorkey::{
    Directory, InstanceId, Permission, PermissionSet, Record, ResourceId, Revision, SecurityProfileId, Timestamp, User,
    UserId, catalog,
};

/// The number of profiles in each directory.
pub(crate) const PROFILES: usize = 100;

/// A small deterministic generator of uniformly distributed random numbers (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(crate) fn bits(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }
}

/// Creates a directory of users. Each user has 1 to 3 of 100 profiles, and each profile grants 20 to 120 permissions.
/// Returns the directory and the IDs of the users.
pub(crate) fn world(users: usize) -> (Directory, Vec<UserId>) {
    let mut dice = Dice(users as u64);
    let now = Timestamp::from_millis(0);
    let all: Vec<Permission> = catalog().granting().iter().collect();
    let mut records = Vec::new();
    let mut profiles = Vec::new();
    for at in 0..PROFILES {
        let id = SecurityProfileId::from_bits(dice.bits());
        let count = 20 + dice.below(101);
        let chosen: PermissionSet = (0..count).map(|_| all[dice.below(all.len())]).collect();
        records.push(Record::Profile(Arc::new(SecurityProfile::new(
            id,
            format!("Profile {at}"),
            String::new(),
            chosen,
            now,
        ))));
        profiles.push(id);
    }
    let mut ids = Vec::new();
    for at in 0..users {
        let id = UserId::from_bits(dice.bits());
        let mut held: Vec<_> = (0..1 + dice.below(3)).map(|_| profiles[dice.below(PROFILES)]).collect();
        held.sort();
        held.dedup();
        records.push(Record::User(Arc::new(user(id, at, held))));
        ids.push(id);
    }
    (Directory::from_records(InstanceId::from_bits(1), Revision(1), records), ids)
}

/// Creates a user who has these profiles.
pub(crate) fn user(id: UserId, number: usize, profiles: Vec<SecurityProfileId>) -> User {
    User {
        id,
        username: format!("agent{number}"),
        identity: Identity {
            first_name: Some("Ann".to_owned()),
            last_name: Some(format!("Example {number}")),
            ..Identity::default()
        },
        verified_email: None,
        email_verified_at: None,
        email_unverified: false,
        directory_user_id: None,
        assignments: profiles.into_iter().map(Assignment::always).collect(),
        routing_profile: ResourceId::from_bits(1),
        hierarchy_group: None,
        phone: Phone::default(),
        proficiencies: Vec::new(),
        tags: floorkey::tags::Tags::new(),
        tag_revisions: floorkey::ValueRevisions::default(),
        enabled: true,
        password: PasswordState::None,
        password_set_at: None,
        custody: floorkey::custody::Custody::default(),
        mfa_methods: Vec::new(),
        security_epoch: 0,
        modified: Timestamp::from_millis(0),
    }
}
