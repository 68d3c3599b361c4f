//! Creates a directory from stored records, or from the previous directory and its changes.

use std::borrow::Borrow;
use std::sync::Arc;

use imbl::{HashMap, OrdMap, OrdSet, Vector};

use super::decision_index::{CombinationGrants, DecisionIndex, IndexedState};
use super::names::{LoginEntry, LoginHistories, LoginIndexes, Logins, skeleton_hash};
use super::number_set::NumberSet;
use super::{Directory, ProfileWithGrants, Revision};
use crate::access_key::AccessKey;
use crate::api_token::ApiToken;
use crate::application::RegisteredApplication;
use crate::hierarchy::{HierarchyGroup, HierarchyStructure};
use crate::id::{HierarchyGroupId, InstanceId, ResourceId, SecurityProfileId, UserId};
use crate::lookalike::nontrivial_skeleton;
use crate::profile::SecurityProfile;
use crate::record::{Record, RecordChange, RecordKey};
use crate::resource::Resource;
use crate::scope::Grants;
use crate::settings::Settings;
use crate::text::folded;
use crate::time::Timestamp;
use crate::user::User;

impl Directory {
    /// Returns the directory of an instance before its first change.
    #[must_use]
    pub fn empty(instance: InstanceId) -> Self {
        let settings = Settings {
            alias: None,
            identity_management: String::new(),
            directory_id: None,
            attributes: std::collections::BTreeMap::new(),
            guard: None,
            tags: crate::tags::Tags::new(),
            seen_permissions: Vec::new(),
            keeps_login_histories: false,
            created: Timestamp::default(),
        };
        Self {
            instance,
            revision: Revision::default(),
            settings: Arc::new(settings),
            hierarchy_structure: Arc::new(HierarchyStructure::default()),
            groups: OrdMap::new(),
            group_names: OrdMap::new(),
            group_users: HashMap::new(),
            resources: OrdMap::new(),
            resource_names: OrdMap::new(),
            routing_users: HashMap::new(),
            profiles: OrdMap::new(),
            profile_names: OrdMap::new(),
            users_by_profile: HashMap::new(),
            users: Vector::new(),
            logins: Logins::default(),
            login_histories: LoginHistories::default(),
            lookalike_skeletons: OrdSet::new(),
            access_keys: OrdMap::new(),
            keys_by_owner: OrdSet::new(),
            applications: OrdMap::new(),
            application_resources: OrdMap::new(),
            api_tokens: OrdMap::new(),
            api_tokens_by_hash: OrdMap::new(),
            finding_states: OrdMap::new(),
            special_users: NumberSet::new(),
            users_with_custodians: NumberSet::new(),
            decision_index: DecisionIndex::new(),
        }
    }

    /// Builds the directory from the records that are stored at the given revision. The order of the records doesn't
    /// matter.
    #[must_use]
    pub fn from_records(instance: InstanceId, revision: Revision, records: Vec<Record>) -> Self {
        let mut directory = Self::empty(instance);
        directory.revision = revision;
        // Profiles are inserted before users. Therefore the grants of each profile combination are computed only once,
        // when the first user with the combination is inserted.
        let (users, others): (Vec<_>, Vec<_>) =
            records.into_iter().partition(|record| matches!(record, Record::User(_)));
        for record in others {
            directory.insert(record);
        }
        let users: Vec<Arc<User>> = users
            .into_iter()
            .filter_map(|record| match record {
                Record::User(user) => Some(user),
                _ => None,
            })
            .collect();
        directory.decision_index.reserve(users.len());
        let indexes = LoginIndexes::collect_during(&users, || users.iter().for_each(|user| directory.add_user(user)));
        (directory.logins, directory.lookalike_skeletons) = (indexes.logins, indexes.skeletons);
        directory
    }

    /// Returns the next directory at the given revision: this directory with the changes applied.
    #[must_use]
    pub fn apply(&self, revision: Revision, changes: &[RecordChange]) -> Self {
        let mut next = self.clone();
        next.revision = revision;
        for change in changes {
            match change {
                RecordChange::Upsert(record) => next.insert(record.clone()),
                RecordChange::Remove(key) => next.remove(key),
            }
        }
        next
    }

    fn insert(&mut self, record: Record) {
        match record {
            Record::Settings(settings) => self.settings = settings,
            Record::Structure(structure) => self.hierarchy_structure = structure,
            Record::Group(group) => self.insert_group(group),
            Record::Resource(resource) => self.insert_resource(resource),
            Record::Profile(profile) => self.insert_profile(profile),
            Record::User(user) => self.insert_user(user),
            Record::AccessKey(key) => self.insert_access_key(key),
            Record::Application(application) => self.insert_application(application),
            Record::ApplicationResource(resource) => {
                self.application_resources.insert((resource.namespace.clone(), resource.id.clone()), resource);
            }
            Record::ApiToken(token) => self.insert_api_token(token),
            Record::Login(history) => self.login_histories.insert(history),
            Record::Finding(state) => {
                self.finding_states.insert(state.id, state);
            }
        }
    }

    fn remove(&mut self, key: &RecordKey) {
        match key {
            // The settings and the hierarchy structure are never removed, only replaced.
            RecordKey::Settings | RecordKey::Structure => {}
            RecordKey::Group(id) => {
                if let Some(group) = self.groups.remove(id) {
                    release_name(&mut self.group_names, &(group.parent, folded(&group.name)), id);
                }
            }
            RecordKey::Resource(id) => {
                if let Some(resource) = self.resources.remove(id) {
                    release_name(&mut self.resource_names, &(resource.resource_type(), folded(&resource.name)), id);
                }
            }
            RecordKey::Profile(id) => {
                if let Some(entry) = self.profiles.remove(id) {
                    release_name(&mut self.profile_names, &folded(&entry.profile.name), id);
                    self.recompute_combinations(*id);
                }
            }
            RecordKey::User(id) => self.remove_user(*id),
            RecordKey::AccessKey(id) => {
                if let Some(key) = self.access_keys.remove(id) {
                    self.keys_by_owner.remove(&(key.owner, id.clone()));
                }
            }
            RecordKey::Application(namespace) => {
                self.applications.remove(namespace.as_str());
                self.recompute_application_grants(namespace);
            }
            RecordKey::ApplicationResource(namespace, id) => {
                self.application_resources.remove(&(namespace.clone(), id.clone()));
            }
            RecordKey::Login(login) => self.login_histories.remove(login),
            RecordKey::Finding(id) => {
                self.finding_states.remove(id);
            }
            RecordKey::ApiToken(id) => {
                if let Some(token) = self.api_tokens.remove(id) {
                    self.api_tokens_by_hash.remove(&token.hash);
                }
            }
        }
    }

    fn insert_group(&mut self, group: Arc<HierarchyGroup>) {
        if let Some(before) = self.groups.get(&group.id) {
            release_name(&mut self.group_names, &(before.parent, folded(&before.name)), &group.id);
        }
        self.group_names.insert((group.parent, folded(&group.name)), group.id);
        self.groups.insert(group.id, group);
    }

    fn insert_resource(&mut self, resource: Arc<Resource>) {
        if let Some(before) = self.resources.get(&resource.id) {
            release_name(&mut self.resource_names, &(before.resource_type(), folded(&before.name)), &resource.id);
        }
        self.resource_names.insert((resource.resource_type(), folded(&resource.name)), resource.id);
        self.resources.insert(resource.id, resource);
    }

    fn insert_access_key(&mut self, key: Arc<AccessKey>) {
        self.keys_by_owner.insert((key.owner, key.id.clone()));
        self.access_keys.insert(key.id.clone(), key);
    }

    fn insert_application(&mut self, application: Arc<RegisteredApplication>) {
        let namespace = application.namespace.clone();
        self.applications.insert(namespace.clone(), application);
        self.recompute_application_grants(&namespace);
    }

    /// Recomputes the grants of all profiles that grant permissions in an application.
    fn recompute_application_grants(&mut self, namespace: &str) {
        let uses_application = |entry: &&Arc<ProfileWithGrants>| {
            entry.profile.applications.iter().any(|application| application.namespace == namespace)
        };
        let profiles: Vec<_> =
            self.profiles.values().filter(uses_application).map(|entry| entry.profile.clone()).collect();
        for profile in profiles {
            let grants = self.grants_of_profile(&profile);
            self.profiles.insert(profile.id, Arc::new(ProfileWithGrants { profile, grants }));
        }
    }

    fn insert_api_token(&mut self, token: Arc<ApiToken>) {
        if let Some(before) = self.api_tokens.get(&token.id) {
            self.api_tokens_by_hash.remove(&before.hash);
        }
        self.api_tokens_by_hash.insert(token.hash, token.id);
        self.api_tokens.insert(token.id, token);
    }

    fn insert_profile(&mut self, profile: Arc<SecurityProfile>) {
        let id = profile.id;
        let grants = self.grants_of_profile(&profile);
        let before = self.profiles.get(&id).cloned();
        if let Some(before) = &before {
            release_name(&mut self.profile_names, &folded(&before.profile.name), &id);
        }
        self.profile_names.insert(folded(&profile.name), id);
        let same_grants = before.is_some_and(|before| before.grants == grants);
        self.profiles.insert(id, Arc::new(ProfileWithGrants { profile, grants }));
        if !same_grants {
            self.recompute_combinations(id);
        }
    }

    fn recompute_combinations(&mut self, id: SecurityProfileId) {
        let profiles = self.profiles.clone();
        self.decision_index.recompute_combinations(id, |combination| combined_grants(&profiles, combination));
    }

    /// Adds a user without indexing the login name. The user's ordinal equals the number of users who were added
    /// earlier.
    fn add_user(&mut self, user: &Arc<User>) {
        let ordinal = self.decision_index.new_ordinal();
        self.store_user(user.clone(), ordinal, None);
    }

    fn insert_user(&mut self, user: Arc<User>) {
        let known = self.decision_index.ordinal(user.id);
        let ordinal = known.unwrap_or_else(|| self.decision_index.new_ordinal());
        let before = self.users.get(ordinal as usize).cloned().flatten();
        if let Some(before) = &before {
            self.remove_derived(before, ordinal, &user);
        }
        if before.as_ref().is_none_or(|before| before.username != user.username) {
            self.index_login(&user.username, LoginEntry { ordinal, user: user.id });
        }
        self.store_user(user, ordinal, before);
    }

    fn store_user(&mut self, user: Arc<User>, ordinal: u32, before: Option<Arc<User>>) {
        self.add_derived(&user, ordinal, before.as_deref());
        let state = indexed_state(&user);
        let state_before = before.as_deref().map(indexed_state);
        self.special_users.set(ordinal, state.dated || state.profiles.is_none());
        self.users_with_custodians.set(ordinal, !user.custody.is_empty());
        let Self { profiles, decision_index, .. } = self;
        decision_index.assign_combination(user.id, ordinal, state_before.as_ref(), &state, |combination| {
            combined_grants(profiles, combination)
        });
        // Ordinals have no gaps, so a new ordinal is at most the length of `users`.
        if ordinal as usize == self.users.len() {
            self.users.push_back(Some(user));
        } else {
            self.users.set(ordinal as usize, Some(user));
        }
    }

    fn remove_user(&mut self, id: UserId) {
        let Some(ordinal) = self.decision_index.ordinal(id) else { return };
        let Some(user) = self.users.get(ordinal as usize).cloned().flatten() else { return };
        self.unindex_login(&user.username, LoginEntry { ordinal, user: user.id });
        self.count_hierarchy_and_routing(&user, -1);
        for assignment in &user.assignments {
            self.set_user_of_profile(assignment.profile, ordinal, false);
        }
        self.decision_index.remove_user(id, &indexed_state(&user));
        self.special_users.set(ordinal, false);
        self.users_with_custodians.set(ordinal, false);
        self.users.set(ordinal as usize, None);
    }

    /// Removes derived data that is valid for the user's previous record but not for the new record.
    fn remove_derived(&mut self, before: &User, ordinal: u32, after: &User) {
        if before.username != after.username {
            self.unindex_login(&before.username, LoginEntry { ordinal, user: before.id });
        }
        if group_keys(before) != group_keys(after) {
            self.count_hierarchy_and_routing(before, -1);
        }
        for removed in &before.assignments {
            if !after.assignments.iter().any(|assignment| assignment.profile == removed.profile) {
                self.set_user_of_profile(removed.profile, ordinal, false);
            }
        }
    }

    fn add_derived(&mut self, user: &User, ordinal: u32, before: Option<&User>) {
        if before.is_none_or(|before| group_keys(before) != group_keys(user)) {
            self.count_hierarchy_and_routing(user, 1);
        }
        for assignment in &user.assignments {
            let was_assigned = before
                .is_some_and(|before| before.assignments.iter().any(|earlier| earlier.profile == assignment.profile));
            if !was_assigned {
                self.set_user_of_profile(assignment.profile, ordinal, true);
            }
        }
    }

    fn index_login(&mut self, username: &str, login: LoginEntry) {
        let name = folded(username);
        if let Some(skeleton) = nontrivial_skeleton(&name) {
            self.lookalike_skeletons.insert((skeleton_hash(&skeleton), login.ordinal));
        }
        self.logins.insert(&name, login);
    }

    fn unindex_login(&mut self, username: &str, login: LoginEntry) {
        let name = folded(username);
        if let Some(skeleton) = nontrivial_skeleton(&name) {
            self.lookalike_skeletons.remove(&(skeleton_hash(&skeleton), login.ordinal));
        }
        self.logins.remove(&name, login);
    }

    fn count_hierarchy_and_routing(&mut self, user: &User, step: i32) {
        let count = self.routing_users.entry(user.routing_profile).or_insert(0);
        *count = count.saturating_add_signed(step);
        if let Some(group) = user.hierarchy_group {
            let count = self.group_users.entry(group).or_insert(0);
            *count = count.saturating_add_signed(step);
        }
    }

    fn set_user_of_profile(&mut self, profile: SecurityProfileId, ordinal: u32, is_assigned: bool) {
        self.users_by_profile.entry(profile).or_insert_with(NumberSet::new).set(ordinal, is_assigned);
    }
}

/// Removes a name if it still belongs to the given owner. In the same change, another record may already have been
/// given the name. For example, if two records swap names, the first record gets its new name before the second record
/// gives up that name.
fn release_name<K: Ord + Clone + Borrow<Q>, Q: Ord + ?Sized, V: Clone + PartialEq>(
    names: &mut OrdMap<K, V>,
    name: &Q,
    owner: &V,
) {
    if names.get(name) == Some(owner) {
        names.remove(name);
    }
}

fn group_keys(user: &User) -> (ResourceId, Option<HierarchyGroupId>) {
    (user.routing_profile, user.hierarchy_group)
}

pub(super) fn indexed_state(user: &User) -> IndexedState {
    let mut undated: Vec<_> = user
        .assignments
        .iter()
        .filter(|assignment| !assignment.is_dated())
        .map(|assignment| assignment.profile)
        .collect();
    undated.sort_unstable();
    IndexedState {
        dated: undated.len() < user.assignments.len(),
        profiles: user.enabled.then_some(undated),
        can_sign_in: user.can_sign_in(),
    }
}

pub(super) fn combined_grants(
    profiles: &OrdMap<SecurityProfileId, Arc<ProfileWithGrants>>,
    combination: &[SecurityProfileId],
) -> CombinationGrants {
    let mut all = Grants::default();
    for id in combination {
        if let Some(entry) = profiles.get(id) {
            all.add(&entry.grants);
        }
    }
    CombinationGrants { everywhere: all.unscoped, scoped: !all.scoped.is_empty() }
}
