//! The directory: the authorization state of one instance at one revision.
//!
//! A directory is immutable. [`Directory::apply`] returns the next directory, which shares all unchanged data with the
//! current directory. The cost of a change therefore depends on the size of the change, and readers never wait. A
//! directory has two parts: the *decision index*, which answers access checks (user ID → ordinal → combination of
//! profiles → permission bits), and the *records*.
//!
//! All other data, such as names and counts, is derived only from the records. Therefore a directory that is built from
//! stored records equals a directory to which the changes were applied one by one.

mod applications;
mod apply;
mod chunked;
mod decision_index;
mod groups;
mod index_copy;
mod names;
mod number_set;
mod search_access;

use std::sync::Arc;

use imbl::{HashMap, OrdMap, OrdSet, Vector};

use crate::access_key::{AccessKey, AccessKeyId};
use crate::api_token::ApiToken;
use crate::application::{ApplicationResource, RegisteredApplication};
use crate::catalog::Permission;
use crate::finding::{FindingId, FindingState};
use crate::hierarchy::{HierarchyGroup, HierarchyStructure};
use crate::id::{ApiTokenId, HierarchyGroupId, InstanceId, ResourceId, SecurityProfileId, UserId};
use crate::limits;
use crate::profile::SecurityProfile;
use crate::record::Record;
use crate::resource::{Resource, ResourceType};
use crate::revision::Revision;
use crate::scope::Grants;
use crate::settings::Settings;
use crate::text::folded_if_short;
use crate::time::Timestamp;
use crate::user::User;

use decision_index::DecisionIndex;
pub(crate) use decision_index::UserGrants;
pub use index_copy::DecisionIndexCopy;
use names::{LoginHistories, Logins};
pub(crate) use number_set::{NumberSet, SPAN_WORDS};

/// The authorization state of one instance at one revision.
#[derive(Clone)]
pub struct Directory {
    instance: InstanceId,
    revision: Revision,
    settings: Arc<Settings>,
    hierarchy_structure: Arc<HierarchyStructure>,
    groups: OrdMap<HierarchyGroupId, Arc<HierarchyGroup>>,
    group_names: OrdMap<(Option<HierarchyGroupId>, String), HierarchyGroupId>,
    group_users: HashMap<HierarchyGroupId, u32>,
    resources: OrdMap<ResourceId, Arc<Resource>>,
    resource_names: OrdMap<(ResourceType, String), ResourceId>,
    routing_users: HashMap<ResourceId, u32>,
    profiles: OrdMap<SecurityProfileId, Arc<ProfileWithGrants>>,
    profile_names: OrdMap<String, SecurityProfileId>,
    users_by_profile: HashMap<SecurityProfileId, NumberSet>,
    users: Vector<Option<Arc<User>>>,
    logins: Logins,
    login_histories: LoginHistories,
    /// Users whose login name differs from its lookalike skeleton. Each entry contains the hash of the skeleton and the
    /// user's ordinal.
    lookalike_skeletons: OrdSet<(u64, u32)>,
    access_keys: OrdMap<AccessKeyId, Arc<AccessKey>>,
    keys_by_owner: OrdSet<(UserId, AccessKeyId)>,
    applications: OrdMap<String, Arc<RegisteredApplication>>,
    application_resources: OrdMap<(String, String), Arc<ApplicationResource>>,
    api_tokens: OrdMap<ApiTokenId, Arc<ApiToken>>,
    api_tokens_by_hash: OrdMap<[u8; 32], ApiTokenId>,
    finding_states: OrdMap<FindingId, Arc<FindingState>>,
    /// Users whose access the decision index alone cannot determine: disabled users, and users with time-limited
    /// assignments.
    special_users: NumberSet,
    /// Users with custodians.
    users_with_custodians: NumberSet,
    decision_index: DecisionIndex,
}

/// A profile and the grants derived from it.
pub(crate) struct ProfileWithGrants {
    pub(crate) profile: Arc<SecurityProfile>,
    pub(crate) grants: Grants,
}

impl Directory {
    /// Returns the ID of the instance.
    #[must_use]
    pub fn instance(&self) -> InstanceId {
        self.instance
    }

    /// Returns the revision of the directory.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Returns the settings of the instance.
    #[must_use]
    pub fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// Returns the levels of the hierarchy.
    #[must_use]
    pub fn hierarchy_structure(&self) -> &Arc<HierarchyStructure> {
        &self.hierarchy_structure
    }

    /// Returns the user with the given ID.
    #[must_use]
    pub fn user(&self, id: UserId) -> Option<&Arc<User>> {
        self.user_at(self.decision_index.ordinal(id)?)
    }

    /// Returns the number of users.
    #[must_use]
    pub fn user_count(&self) -> usize {
        self.logins.len()
    }

    /// Iterates over the users, sorted by folded login name and starting after the given folded login name.
    pub fn users_after<'a>(&'a self, after: Option<&str>) -> impl Iterator<Item = &'a Arc<User>> + 'a {
        self.logins.after(after).filter_map(|ordinal| self.user_at(ordinal))
    }

    /// Returns the security profile with the given ID.
    #[must_use]
    pub fn profile(&self, id: SecurityProfileId) -> Option<&Arc<SecurityProfile>> {
        self.profiles.get(&id).map(|entry| &entry.profile)
    }

    /// Returns the profile with the given name. Names are compared in their folded form (see
    /// [`folded`](crate::text::folded)).
    #[must_use]
    pub fn profile_by_name(&self, name: &str) -> Option<&Arc<SecurityProfile>> {
        self.profile(*self.profile_names.get(&*folded_if_short(name, limits::PROFILE_NAME_CHARS_MAX)?)?)
    }

    /// Iterates over all profiles, sorted by folded name.
    pub fn profiles(&self) -> impl Iterator<Item = &Arc<SecurityProfile>> {
        self.profile_names.values().filter_map(|id| self.profile(*id))
    }

    /// Returns the grants of the profile with the given ID.
    #[must_use]
    pub fn grants(&self, id: SecurityProfileId) -> Option<&Grants> {
        self.profiles.get(&id).map(|entry| &entry.grants)
    }

    /// Returns the number of users with the profile. Includes disabled users and users whose assignment is
    /// time-limited.
    #[must_use]
    pub fn profile_user_count(&self, id: SecurityProfileId) -> usize {
        self.users_by_profile.get(&id).map_or(0, NumberSet::count)
    }

    /// Returns the number of users who have the profile at the given time or will have it later. Includes disabled
    /// users. Excludes users whose assignment has ended.
    #[must_use]
    pub fn profile_user_count_at(&self, id: SecurityProfileId, at: Timestamp) -> usize {
        let ended = |user: &&Arc<User>| {
            let mut assignments = user.assignments.iter().filter(|assignment| assignment.profile == id).peekable();
            assignments.peek().is_some() && assignments.all(|assignment| assignment.has_ended(at))
        };
        let Some(users) = self.users_by_profile.get(&id) else { return 0 };
        // Only users in `special_users` can have an assignment that ends.
        let smaller = if users.count() < self.special_users.count() { users } else { &self.special_users };
        users.count() - smaller.iter().filter_map(|ordinal| self.user_at(ordinal)).filter(ended).count()
    }

    /// Iterates over the users with the profile. Includes disabled users and users whose assignment is time-limited.
    pub fn users_with_profile(&self, id: SecurityProfileId) -> impl Iterator<Item = &Arc<User>> {
        self.users_by_profile.get(&id).into_iter().flat_map(NumberSet::iter).filter_map(|ordinal| self.user_at(ordinal))
    }

    /// Returns the routing profile, queue, hours of operation or agent status with the given ID.
    #[must_use]
    pub fn resource(&self, id: ResourceId) -> Option<&Arc<Resource>> {
        self.resources.get(&id)
    }

    /// Returns the resource with the given type and ID.
    #[must_use]
    pub fn resource_with_type(&self, resource_type: ResourceType, id: ResourceId) -> Option<&Arc<Resource>> {
        self.resource(id).filter(|resource| resource.resource_type() == resource_type)
    }

    /// Returns the resource with the given type and name. Names are compared in their folded form.
    #[must_use]
    pub fn resource_by_name(&self, resource_type: ResourceType, name: &str) -> Option<&Arc<Resource>> {
        let name = folded_if_short(name, limits::RESOURCE_NAME_CHARS_MAX)?;
        self.resource(*self.resource_names.get(&(resource_type, name.into_owned()))?)
    }

    /// Iterates over all resources of a type, sorted by folded name.
    pub fn resources(&self, resource_type: ResourceType) -> impl Iterator<Item = &Arc<Resource>> {
        self.resource_names
            .range((resource_type, String::new())..)
            .take_while(move |((found, _), _)| *found == resource_type)
            .filter_map(|(_, id)| self.resource(*id))
    }

    /// Returns the number of users with the routing profile.
    #[must_use]
    pub fn routing_user_count(&self, id: ResourceId) -> usize {
        self.routing_users.get(&id).map_or(0, |count| *count as usize)
    }

    /// Iterates over the resources that depend on the given resource.
    pub fn dependents(&self, id: ResourceId) -> impl Iterator<Item = &Arc<Resource>> {
        self.resources.values().filter(move |resource| resource.dependencies().contains(&id))
    }

    /// Returns the access key with the given ID.
    #[must_use]
    pub fn access_key(&self, id: &AccessKeyId) -> Option<&Arc<AccessKey>> {
        self.access_keys.get(id)
    }

    /// Iterates over all access keys.
    pub fn access_keys(&self) -> impl Iterator<Item = &Arc<AccessKey>> {
        self.access_keys.values()
    }

    /// Iterates over the access keys of a user.
    pub fn access_keys_of(&self, owner: UserId) -> impl Iterator<Item = &Arc<AccessKey>> {
        self.keys_by_owner
            .range((owner, AccessKeyId::lowest())..)
            .take_while(move |(found, _)| *found == owner)
            .filter_map(|(_, id)| self.access_keys.get(id))
    }

    /// Returns the number of full administrators. A full administrator is enabled, can sign in, and has every
    /// permission that grants access, without a scope. Assignments with a start or an end are ignored.
    #[must_use]
    pub fn administrator_count(&self) -> u64 {
        self.decision_index.administrator_count()
    }

    /// Whether the user is a full administrator (see [`Directory::administrator_count`]).
    #[must_use]
    pub fn is_administrator(&self, id: UserId) -> bool {
        self.has_full_access(id) && self.user(id).is_some_and(|user| user.can_sign_in())
    }

    /// Whether the user has the permissions of a full administrator. The user may be unable to sign in yet.
    #[must_use]
    pub fn has_full_access(&self, id: UserId) -> bool {
        self.decision_index.has_full_access(id)
    }

    /// Returns what users decided about a finding; `None` if they decided nothing.
    #[must_use]
    pub fn finding_state(&self, id: FindingId) -> Option<&Arc<FindingState>> {
        self.finding_states.get(&id)
    }

    /// Returns all records, sorted by key.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        let mut records =
            vec![Record::Settings(self.settings.clone()), Record::Structure(self.hierarchy_structure.clone())];
        records.extend(self.groups.values().cloned().map(Record::Group));
        records.extend(self.resources.values().cloned().map(Record::Resource));
        records.extend(self.profiles.values().map(|entry| Record::Profile(entry.profile.clone())));
        let mut users: Vec<_> = self.users.iter().flatten().cloned().collect();
        users.sort_by_key(|user| user.id);
        records.extend(users.into_iter().map(Record::User));
        records.extend(self.access_keys.values().cloned().map(Record::AccessKey));
        records.extend(self.applications.values().cloned().map(Record::Application));
        records.extend(self.application_resources.values().cloned().map(Record::ApplicationResource));
        records.extend(self.api_tokens.values().cloned().map(Record::ApiToken));
        records.extend(self.login_histories.sorted().map(Record::Login));
        records.extend(self.finding_states.values().cloned().map(Record::Finding));
        records
    }

    /// Whether the user has the permission without a scope; `None` if the decision index alone cannot determine this.
    #[inline]
    pub(crate) fn has_unscoped(&self, user: UserId, permission: Permission) -> Option<bool> {
        self.decision_index.has_unscoped(user, permission)
    }

    /// Returns the user's entry in the decision index.
    #[inline]
    pub(crate) fn user_grants(&self, user: UserId) -> Option<UserGrants<'_>> {
        self.decision_index.user_grants(user)
    }

    pub(crate) fn profile_entry(&self, id: SecurityProfileId) -> Option<&Arc<ProfileWithGrants>> {
        self.profiles.get(&id)
    }

    pub(crate) fn profile_entries(&self) -> impl Iterator<Item = &Arc<ProfileWithGrants>> {
        self.profiles.values()
    }

    pub(crate) fn user_at(&self, ordinal: u32) -> Option<&Arc<User>> {
        self.users.get(ordinal as usize)?.as_ref()
    }
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory")
            .field("instance", &self.instance)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}
