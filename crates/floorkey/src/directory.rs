//! The directory: everything that decides in one instance, at one revision.
//!
//! It is immutable. [`Directory::apply`] gives the next one, which shares with it whatever did not change, so that a
//! change costs by its own size and readers never wait. It has two halves. The *hot* one answers checks: user id →
//! ordinal → combination of profiles → permissions as bits. The *cold* one holds the records.
//!
//! Derived parts (names, counts, holders) follow from the records alone: a directory built from stored records equals
//! the one that came about by changes.

mod applications;
mod apply;
mod chunked;
mod groups;
mod half;
mod holders;
mod hot;
mod names;
mod walk;

use std::sync::Arc;

use imbl::{HashMap, OrdMap, OrdSet, Vector};

use crate::access_key::{AccessKey, AccessKeyId};
use crate::api_token::ApiToken;
use crate::application::{ApplicationResource, RegisteredApplication};
use crate::catalogue::Permission;
use crate::hierarchy::{HierarchyGroup, HierarchyStructure};
use crate::id::{ApiTokenId, HierarchyGroupId, InstanceId, ResourceId, SecurityProfileId, UserId};
use crate::limits;
use crate::profile::SecurityProfile;
use crate::record::Record;
use crate::resource::{Resource, ResourceType};
use crate::scope::Grants;
use crate::search::Kept;
use crate::settings::Settings;
use crate::text::folded_within;
use crate::time::Timestamp;
use crate::user::User;

pub use half::HotHalf;
pub(crate) use holders::{Holders, SPAN_WORDS};
pub(crate) use hot::Held;
use hot::Hot;
use names::{LoginHistories, Logins};

/// Counts the changes of an instance: each is one step. 0 is the empty instance before its first change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

impl Revision {
    /// The revision after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl std::fmt::Display for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Everything that decides in one instance, at one revision.
#[derive(Clone)]
pub struct Directory {
    instance: InstanceId,
    revision: Revision,
    settings: Arc<Settings>,
    structure: Arc<HierarchyStructure>,
    groups: OrdMap<HierarchyGroupId, Arc<HierarchyGroup>>,
    group_names: OrdMap<(Option<HierarchyGroupId>, String), HierarchyGroupId>,
    group_users: HashMap<HierarchyGroupId, u32>,
    resources: OrdMap<ResourceId, Arc<Resource>>,
    resource_names: OrdMap<(ResourceType, String), ResourceId>,
    routing_users: HashMap<ResourceId, u32>,
    profiles: OrdMap<SecurityProfileId, Arc<ProfileEntry>>,
    profile_names: OrdMap<String, SecurityProfileId>,
    holders: HashMap<SecurityProfileId, Holders>,
    users: Vector<Option<Arc<User>>>,
    logins: Logins,
    login_histories: LoginHistories,
    /// Logins that don't look as they are written: by a hash of what they look like.
    skeletons: OrdSet<(u64, u32)>,
    access_keys: OrdMap<AccessKeyId, Arc<AccessKey>>,
    keys_by_owner: OrdSet<(UserId, AccessKeyId)>,
    applications: OrdMap<String, Arc<RegisteredApplication>>,
    application_resources: OrdMap<(String, String), Arc<ApplicationResource>>,
    api_tokens: OrdMap<ApiTokenId, Arc<ApiToken>>,
    api_tokens_by_hash: OrdMap<[u8; 32], ApiTokenId>,
    /// Users of whom the hot half does not say all: disabled ones, and those with dated assignments.
    marked: Holders,
    /// Users with custodians.
    in_custody: Holders,
    hot: Hot,
    /// Candidates that searches worked out at this revision.
    candidates: Kept,
}

/// A profile and what follows from it.
pub(crate) struct ProfileEntry {
    pub(crate) profile: Arc<SecurityProfile>,
    pub(crate) grants: Grants,
}

impl Directory {
    /// The instance it is about.
    #[must_use]
    pub fn instance(&self) -> InstanceId {
        self.instance
    }

    /// The revision it stands at.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The instance's settings.
    #[must_use]
    pub fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// The levels of the hierarchy.
    #[must_use]
    pub fn structure(&self) -> &Arc<HierarchyStructure> {
        &self.structure
    }

    /// A user.
    #[must_use]
    pub fn user(&self, id: UserId) -> Option<&Arc<User>> {
        self.user_at(self.hot.ordinal(id)?)
    }

    /// How many users there are.
    #[must_use]
    pub fn user_count(&self) -> usize {
        self.logins.len()
    }

    /// Users by login name in its folded form, beginning after that one.
    pub fn users_after<'a>(&'a self, after: Option<&str>) -> impl Iterator<Item = &'a Arc<User>> + 'a {
        self.logins.after(after).filter_map(|ordinal| self.user_at(ordinal))
    }

    /// A security profile.
    #[must_use]
    pub fn profile(&self, id: SecurityProfileId) -> Option<&Arc<SecurityProfile>> {
        self.profiles.get(&id).map(|entry| &entry.profile)
    }

    /// The profile of that name, however it is written (see [`folded`](crate::text::folded)).
    #[must_use]
    pub fn profile_by_name(&self, name: &str) -> Option<&Arc<SecurityProfile>> {
        self.profile(*self.profile_names.get(&*folded_within(name, limits::PROFILE_NAME_CHARS_MAX)?)?)
    }

    /// All profiles, by name.
    pub fn profiles(&self) -> impl Iterator<Item = &Arc<SecurityProfile>> {
        self.profile_names.values().filter_map(|id| self.profile(*id))
    }

    /// What a profile grants.
    #[must_use]
    pub fn grants(&self, id: SecurityProfileId) -> Option<&Grants> {
        self.profiles.get(&id).map(|entry| &entry.grants)
    }

    /// How many users hold the profile, disabled ones and dated assignments included.
    #[must_use]
    pub fn holder_count(&self, id: SecurityProfileId) -> usize {
        self.holders.get(&id).map_or(0, Holders::count)
    }

    /// How many users have the profile now or later, disabled ones included: those whose assignment has ended are left
    /// out.
    #[must_use]
    pub fn holder_count_at(&self, id: SecurityProfileId, at: Timestamp) -> usize {
        let ended = |user: &&Arc<User>| {
            let mut of_profile = user.assignments.iter().filter(|held| held.profile == id).peekable();
            of_profile.peek().is_some() && of_profile.all(|held| held.has_ended(at))
        };
        let Some(holders) = self.holders.get(&id) else { return 0 };
        // Nothing ends for users who are not marked.
        let few = if holders.count() < self.marked.count() { holders } else { &self.marked };
        holders.count() - few.iter().filter_map(|ordinal| self.user_at(ordinal)).filter(ended).count()
    }

    /// The users who hold the profile, disabled ones and dated assignments included.
    pub fn holders(&self, id: SecurityProfileId) -> impl Iterator<Item = &Arc<User>> {
        self.holders.get(&id).into_iter().flat_map(Holders::iter).filter_map(|ordinal| self.user_at(ordinal))
    }

    /// A routing profile, queue, hours of operation or agent status.
    #[must_use]
    pub fn resource(&self, id: ResourceId) -> Option<&Arc<Resource>> {
        self.resources.get(&id)
    }

    /// The resource of that type and id.
    #[must_use]
    pub fn resource_of(&self, resource_type: ResourceType, id: ResourceId) -> Option<&Arc<Resource>> {
        self.resource(id).filter(|resource| resource.resource_type() == resource_type)
    }

    /// The resource of that type and name.
    #[must_use]
    pub fn resource_by_name(&self, resource_type: ResourceType, name: &str) -> Option<&Arc<Resource>> {
        let name = folded_within(name, limits::RESOURCE_NAME_CHARS_MAX)?;
        self.resource(*self.resource_names.get(&(resource_type, name.into_owned()))?)
    }

    /// All resources of a type, by name.
    pub fn resources(&self, resource_type: ResourceType) -> impl Iterator<Item = &Arc<Resource>> {
        self.resource_names
            .range((resource_type, String::new())..)
            .take_while(move |((found, _), _)| *found == resource_type)
            .filter_map(|(_, id)| self.resource(*id))
    }

    /// How many users have the routing profile.
    #[must_use]
    pub fn routing_user_count(&self, id: ResourceId) -> usize {
        self.routing_users.get(&id).map_or(0, |count| *count as usize)
    }

    /// The resources that need this one.
    pub fn needed_by(&self, id: ResourceId) -> impl Iterator<Item = &Arc<Resource>> {
        self.resources.values().filter(move |resource| resource.needs().contains(&id))
    }

    /// An access key.
    #[must_use]
    pub fn access_key(&self, id: &AccessKeyId) -> Option<&Arc<AccessKey>> {
        self.access_keys.get(id)
    }

    /// All access keys.
    pub fn access_keys(&self) -> impl Iterator<Item = &Arc<AccessKey>> {
        self.access_keys.values()
    }

    /// A user's access keys.
    pub fn access_keys_of(&self, owner: UserId) -> impl Iterator<Item = &Arc<AccessKey>> {
        self.keys_by_owner
            .range((owner, AccessKeyId::lowest())..)
            .take_while(move |(found, _)| *found == owner)
            .filter_map(|(_, id)| self.access_keys.get(id))
    }

    /// How many users are full administrators: enabled, able to sign in, and holding every granting permission
    /// through undated, unscoped profiles.
    #[must_use]
    pub fn administrator_count(&self) -> u64 {
        self.hot.administrators()
    }

    /// Whether the user is a full administrator (see [`Directory::administrator_count`]).
    #[must_use]
    pub fn is_administrator(&self, id: UserId) -> bool {
        self.has_full_access(id) && self.user(id).is_some_and(|user| user.can_sign_in())
    }

    /// Whether the user holds what a full administrator holds, able to sign in yet or not.
    #[must_use]
    pub fn has_full_access(&self, id: UserId) -> bool {
        self.hot.is_full(id)
    }

    /// Every record, in the order of its key.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        let mut records = vec![Record::Settings(self.settings.clone()), Record::Structure(self.structure.clone())];
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
        records
    }

    /// Whether the user holds the permission everywhere; `None` where it takes more than a bit to say.
    #[inline]
    pub(crate) fn holds_plainly(&self, user: UserId, permission: Permission) -> Option<bool> {
        self.hot.holds_plainly(user, permission)
    }

    /// The hot half's answer for a user.
    #[inline]
    pub(crate) fn held(&self, user: UserId) -> Option<Held<'_>> {
        self.hot.held(user)
    }

    pub(crate) fn entry(&self, id: SecurityProfileId) -> Option<&Arc<ProfileEntry>> {
        self.profiles.get(&id)
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Arc<ProfileEntry>> {
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
