//! A second, naive implementation of the rules for decisions. It loops over all records. Only the permissions of each
//! profile are computed in advance.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use floorkey::catalog::{Polarity, Strength};
use floorkey::condition::AttributeOwner;
use floorkey::profile::AccessControl;
use floorkey::tags::Tags;
use floorkey::user::Assignment;
use floorkey::{
    AnyPermission, Condition, HierarchyGroupId, LoginHistory, Permission, Reason, Record, RecordKey,
    RegisteredApplication, Request, RequestAttributes, RequestedAction, ResourceAttributes, ResourceType, Revision,
    SecurityProfile, SecurityProfileId, SuppliedAttributes, Target, Timestamp, User, UserId, ValueRevisions, catalog,
};

/// A profile and its permissions.
type ProfilePermissions<'a> = (BTreeSet<Permission>, &'a SecurityProfile);
type ResourceKind = Option<ResourceType>;

#[derive(Default)]
pub(crate) struct Oracle<'a> {
    pub(crate) users: HashMap<UserId, &'a User>,
    pub(crate) profiles: HashMap<SecurityProfileId, ProfilePermissions<'a>>,
    pub(crate) groups: HashMap<HierarchyGroupId, Option<HierarchyGroupId>>,
    resources: HashMap<RecordKey, ResourceAttributes<'a>>,
    applications: HashMap<&'a str, &'a RegisteredApplication>,
    logins: HashMap<&'a str, &'a LoginHistory>,
}

impl<'a> Oracle<'a> {
    pub(crate) fn new(records: &'a [Record]) -> Self {
        let mut oracle = Self::default();
        for record in records {
            let (of, tags, tags_set, hierarchy_group) = match record {
                Record::User(user) => {
                    oracle.users.insert(user.id, &**user);
                    (ResourceType::User, &user.tags, &user.tag_revisions, user.hierarchy_group)
                }
                Record::Profile(profile) => {
                    let names = permissions_with(profile.selected.iter().collect());
                    oracle.profiles.insert(profile.id, (names, &**profile));
                    (ResourceType::SecurityProfile, &profile.tags, &profile.tag_revisions, None)
                }
                Record::Group(group) => {
                    oracle.groups.insert(group.id, group.parent);
                    (ResourceType::HierarchyGroup, &group.tags, &group.tag_revisions, None)
                }
                Record::Resource(resource) => (resource.resource_type(), &resource.tags, &resource.tag_revisions, None),
                Record::Application(application) => {
                    oracle.applications.insert(&application.namespace, &**application);
                    continue;
                }
                Record::ApplicationResource(resource) => {
                    let (tags, hierarchy_group) = (&resource.attributes, resource.hierarchy_group);
                    let tags_set = Some(&resource.attribute_revisions);
                    let resource = ResourceAttributes {
                        resource_type: None,
                        tags,
                        tag_revisions: tags_set,
                        hierarchy_group,
                        user: None,
                    };
                    oracle.resources.insert(record.key(), resource);
                    continue;
                }
                Record::Login(history) => {
                    oracle.logins.insert(&history.login, &**history);
                    continue;
                }
                Record::Settings(_)
                | Record::Structure(_)
                | Record::AccessKey(_)
                | Record::ApiToken(_)
                | Record::Finding(_) => continue,
            };
            let user = if let Record::User(user) = record { Some(user.id) } else { None };
            let tags_set = Some(tags_set);
            oracle.resources.insert(
                record.key(),
                ResourceAttributes { resource_type: Some(of), tags, tag_revisions: tags_set, hierarchy_group, user },
            );
        }
        oracle
    }

    pub(crate) fn decide(&self, request: &Request<'a>) -> Reason {
        let name = match request.action {
            RequestedAction::Unknown(_) => return Reason::UnknownPermission,
            RequestedAction::Application { namespace, permission } => {
                return self.decide_application(namespace, permission, request);
            }
            RequestedAction::Permission(name) => name,
        };
        let Some(user) = self.users.get(&request.subject) else { return Reason::UnknownUser };
        if name.info().polarity == Polarity::Restriction {
            return Reason::IsRestriction;
        }
        if !user.enabled {
            return Reason::Disabled;
        }
        // The list has one entry for each profile that grants the permission. The entry is `None` if the profile grants
        // the permission everywhere. Otherwise, it has the profile's access control and conditions.
        let of = name.info().resource_type;
        let granting = self.profiles_of(user, request.at).filter(|(names, _)| names.contains(&name));
        let mut narrowings: Vec<Option<Narrowing<'_>>> =
            granting.map(|(_, profile)| narrowing(profile, name)).collect();
        // If the user's profiles grant all successors of a legacy permission everywhere, the user has the legacy
        // permission too.
        let newer: Vec<Permission> = name.info().replacements.iter().collect();
        let is_granted = |newer: Permission| {
            let mut granting = self.profiles_of(user, request.at).filter(|(names, _)| names.contains(&newer));
            granting.any(|(_, profile)| narrowing(profile, newer).is_none())
        };
        if !newer.is_empty() && newer.into_iter().all(is_granted) {
            narrowings.push(None);
        }
        if narrowings.is_empty() {
            return Reason::NotGranted;
        }
        let resource = match (self.thing(&request.target), request.target) {
            (Some(resource), _) => resource,
            (None, Target::Instance) => ResourceAttributes::UNKNOWN,
            (None, _) => return Reason::TargetNotFound,
        };
        let revisions = resource.tag_revisions.map(|revisions| (resource.tags, revisions));
        let tags = tags_of_target(request, &resource);
        let resource =
            ResourceAttributes { tags: &tags, hierarchy_group: group_of_target(request, &resource), ..resource };
        if of.is_some() && resource.resource_type.is_some() && of != resource.resource_type {
            return Reason::WrongResourceType;
        }
        let is_met = |(control, conditions): Narrowing<'_>| {
            // The instance as a whole has no hierarchy group and no tags.
            self.is_in_scope(control, of, user, request.attributes, &resource)
                && conditions
                    .iter()
                    .all(|condition| self.is_true(condition, user, request.attributes, &resource, revisions))
        };
        match () {
            () if narrowings.contains(&None) => Reason::Granted,
            () if narrowings.into_iter().flatten().any(is_met) => Reason::GrantedInScope,
            () => Reason::OutOfScope,
        }
    }

    fn decide_application(&self, namespace: &str, permission: &str, request: &Request<'a>) -> Reason {
        let Some(user) = self.users.get(&request.subject) else { return Reason::UnknownUser };
        let Some(application) = self.applications.get(namespace) else { return Reason::NamespaceNotRegistered };
        if application.permissions.iter().all(|known| known.name != permission) {
            return Reason::UnknownPermission;
        }
        if !user.enabled {
            return Reason::Disabled;
        }
        let mut narrowings: Vec<Vec<&Condition>> = Vec::new();
        for (_, profile) in self.profiles_of(user, request.at) {
            let mut names: BTreeSet<&str> = BTreeSet::new();
            for granted in profile.applications.iter().filter(|granted| granted.namespace == namespace) {
                names.extend(granted.permissions.iter().map(String::as_str));
            }
            loop {
                let steps = application.permissions.iter().filter(|known| names.contains(known.name.as_str()));
                let more: BTreeSet<&str> = steps.flat_map(|known| known.requires.iter().map(String::as_str)).collect();
                if more.is_subset(&names) {
                    break;
                }
                names.extend(more);
            }
            if names.contains(permission) {
                let key = AnyPermission::Application { namespace: namespace.to_owned(), name: permission.to_owned() };
                narrowings.push(profile.conditions.get(&key).into_iter().flatten().collect());
            }
        }
        let resource = match (self.thing(&request.target), request.target) {
            (Some(resource), _) => resource,
            (None, Target::Instance | Target::Application { .. }) => ResourceAttributes::UNKNOWN,
            (None, _) if narrowings.is_empty() => return Reason::NotGranted,
            (None, _) => return Reason::TargetNotFound,
        };
        let revisions = resource.tag_revisions.map(|revisions| (resource.tags, revisions));
        let tags = tags_of_target(request, &resource);
        let resource =
            ResourceAttributes { tags: &tags, hierarchy_group: group_of_target(request, &resource), ..resource };
        let is_met = |conditions: &Vec<&Condition>| {
            conditions.iter().all(|one| self.is_true(one, user, request.attributes, &resource, revisions))
        };
        match () {
            () if narrowings.is_empty() => Reason::NotGranted,
            () if narrowings.iter().any(Vec::is_empty) => Reason::Granted,
            () if narrowings.iter().any(is_met) => Reason::GrantedInScope,
            () => Reason::OutOfScope,
        }
    }

    /// Returns the user that a value refers to if the value was set at the given revision. A value without a revision
    /// comes from the request. It then refers to the user who currently has the login.
    fn owner(&self, text: &str, set_at: Option<Revision>) -> Option<UserId> {
        if let Some(id) = UserId::parse(text.trim_start_matches("arn:agent/")) {
            return Some(id);
        }
        let now = || self.users.values().find(|user| user.username.to_lowercase() == text).map(|user| user.id);
        let (Some(history), Some(set_at)) = (self.logins.get(text), set_at) else { return now() };
        if set_at < history.forgotten_before {
            return None;
        }
        let mut later = None;
        for tenure in history.tenures.iter().rev() {
            let ended = tenure.until.unwrap_or(Revision(u64::MAX));
            if (tenure.from..ended).contains(&set_at) {
                return Some(tenure.user);
            }
            if tenure.created && tenure.from > set_at {
                later = Some(tenure.user);
            }
        }
        later
    }

    fn is_true(
        &self,
        condition: &Condition,
        user: &User,
        given: Option<&RequestAttributes<'_>>,
        resource: &ResourceAttributes<'_>,
        revisions: Option<(&Tags, &ValueRevisions)>,
    ) -> bool {
        let subject_value = |name: &str| match given {
            Some(given) => with_supplied(&user.tags, &given.subject).get(name).cloned(),
            None => user.tags.get(name).cloned(),
        };
        let resource_value = |name: &str| resource.tags.get(name).cloned();
        match condition {
            Condition::OwnedBySubject { attribute } => {
                let is_supplied = given.is_some_and(|given| given.target.attributes.contains_key(attribute));
                let set_at =
                    revisions.filter(|_| !is_supplied).map(|(tags, revisions)| revisions.revision(tags, attribute));
                let owner = resource_value(attribute).and_then(|owner| self.owner(&owner.to_lowercase(), set_at));
                owner == Some(user.id) || resource.user == Some(user.id)
            }
            Condition::SameHierarchy => {
                let top = given.and_then(|given| given.subject.hierarchy_group).or(user.hierarchy_group);
                top.is_some() && self.below(resource.hierarchy_group, top)
            }
            Condition::EqualsSubject { attribute, subject_attribute: of_subject } => {
                let (value, wanted) = (resource_value(attribute), subject_value(of_subject));
                value.is_some() && value == wanted
            }
            Condition::OneOf { owner: of, attribute, values } => {
                let found = match of {
                    AttributeOwner::Subject => subject_value(attribute),
                    AttributeOwner::Resource => resource_value(attribute),
                    AttributeOwner::Action => {
                        given.and_then(|given| given.action).and_then(|supplied| supplied.get(attribute).cloned())
                    }
                };
                values.iter().any(|value| Some(value) == found.as_ref())
            }
        }
    }

    pub(crate) fn profiles_of(&self, user: &User, at: Timestamp) -> impl Iterator<Item = &ProfilePermissions<'a>> {
        let has_begun = move |one: &&Assignment| one.from.is_none_or(|from| at >= from);
        let has_ended = move |one: &&Assignment| one.until.is_some_and(|until| at >= until);
        let now = user.assignments.iter().filter(has_begun).filter(move |one| !has_ended(one));
        now.filter_map(|one| self.profiles.get(&one.profile))
    }

    pub(crate) fn is_in_scope(
        &self,
        control: &AccessControl,
        resource_type: ResourceKind,
        user: &User,
        given: Option<&RequestAttributes<'_>>,
        resource: &ResourceAttributes<'_>,
    ) -> bool {
        let by_tags = resource_type.is_some_and(|resource_type| control.tag_restricted.contains(&resource_type));
        if by_tags && control.tags.iter().any(|(key, value)| resource.tags.get(key) != Some(value)) {
            return false;
        }
        if !(control.hierarchy_restricted && resource_type == Some(ResourceType::User)) {
            return true;
        }
        let own = given.and_then(|given| given.subject.hierarchy_group).or(user.hierarchy_group);
        self.below(resource.hierarchy_group, control.hierarchy_group.or(own))
    }

    fn below(&self, group: Option<HierarchyGroupId>, top: Option<HierarchyGroupId>) -> bool {
        let mut current = group.filter(|id| self.groups.contains_key(id));
        while current.is_some() && current != top {
            current = current.and_then(|id| self.groups[&id]);
        }
        current.is_some()
    }

    pub(crate) fn thing(&self, target: &Target<'a>) -> Option<ResourceAttributes<'a>> {
        let key = match *target {
            Target::Instance => return None,
            Target::Described(resource) => return Some(resource),
            Target::User(id) => RecordKey::User(id),
            Target::Profile(id) => RecordKey::Profile(id),
            Target::Group(id) => RecordKey::Group(id),
            Target::Resource(id) => RecordKey::Resource(id),
            Target::Application { namespace, id } => {
                let known = self.resources.get(&RecordKey::ApplicationResource(namespace.to_owned(), id.to_owned()));
                return Some(known.copied().unwrap_or(ResourceAttributes::UNKNOWN));
            }
        };
        self.resources.get(&key).copied()
    }
}

/// Returns the record's tags together with the request's attributes. The request's attributes take precedence.
pub(crate) fn with_supplied(tags: &Tags, supplied: &SuppliedAttributes<'_>) -> Tags {
    let mut tags = tags.clone();
    tags.retain(|name, _| !supplied.non_strings.contains(name));
    tags.extend(supplied.attributes.clone());
    tags
}

fn tags_of_target<'a>(request: &Request<'_>, resource: &ResourceAttributes<'a>) -> Cow<'a, Tags> {
    match (request.target, request.attributes) {
        (Target::Instance, _) | (_, None) => Cow::Borrowed(resource.tags),
        (_, Some(given)) => Cow::Owned(with_supplied(resource.tags, &given.target)),
    }
}

fn group_of_target(request: &Request<'_>, resource: &ResourceAttributes<'_>) -> Option<HierarchyGroupId> {
    match (request.target, request.attributes) {
        (Target::Instance, _) | (_, None) => resource.hierarchy_group,
        (_, Some(given)) => given.target.hierarchy_group.or(resource.hierarchy_group),
    }
}

/// How a profile limits a permission: through the profile's access control, and through the conditions on the
/// permission.
type Narrowing<'a> = (&'a AccessControl, Vec<&'a Condition>);

/// Returns how the profile limits the permission, or `None` if the profile grants the permission without limits.
fn narrowing(profile: &SecurityProfile, name: Permission) -> Option<Narrowing<'_>> {
    let mut names = vec![name];
    names.extend(name.info().replacements.iter());
    let all = names.into_iter().filter_map(|name| profile.conditions.get(&AnyPermission::Catalog(name)));
    let conditions: Vec<&Condition> = all.flatten().collect();
    let control = &profile.access_control;
    (restricts(control, name.info().resource_type) || !conditions.is_empty()).then_some((control, conditions))
}

/// Whether the access control limits permissions for resources of this type.
pub(crate) fn restricts(control: &AccessControl, resource_type: ResourceKind) -> bool {
    resource_type.is_some_and(|resource_type| control.tag_restricted.contains(&resource_type))
        || control.hierarchy_restricted && resource_type == Some(ResourceType::User)
}

/// Returns the full permissions of a profile with the given selected permissions. Adds all permissions that the
/// selected permissions require. Also adds the successors of legacy permissions, and legacy permissions whose
/// successors are all present.
pub(crate) fn permissions_with(mut names: BTreeSet<Permission>) -> BTreeSet<Permission> {
    loop {
        let before = names.len();
        for edge in catalog().dependencies().iter().filter(|edge| edge.strength == Strength::Required) {
            if names.contains(&edge.permission) {
                names.insert(edge.requires);
            }
        }
        for (old, newer) in catalog().legacy() {
            if names.contains(old) {
                names.extend(newer.iter());
            } else if newer.iter().all(|name| names.contains(&name)) {
                names.insert(*old);
            }
        }
        if names.len() == before {
            return names;
        }
    }
}
