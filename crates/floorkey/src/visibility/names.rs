//! Names of records for use in text. A name is returned only if it is visible to the principal.

use super::Viewer;
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::record::RecordKey;
use crate::scope::HierarchyScope;

impl<'a> Viewer<'a> {
    /// Returns the login name of a user if it is visible to the principal. The principal's own login name is always
    /// returned.
    #[must_use]
    pub fn user_name(&self, id: UserId) -> Option<&'a str> {
        let user = self.directory.user(id)?;
        (self.is_own_user(id) || self.user(id).shows_name()).then_some(user.username.as_str())
    }

    /// Returns the name of a security profile if it is visible to the principal. The name of a profile that is assigned
    /// to the principal is always returned.
    #[must_use]
    pub fn profile_name(&self, id: SecurityProfileId) -> Option<&'a str> {
        let profile = self.directory.profile(id)?;
        (self.has_profile(id) || self.profile(id).shows_name()).then_some(profile.name.as_str())
    }

    /// Returns the name of a hierarchy group if it is visible to the principal. It is also returned for the principal's
    /// own group, for groups that the principal's permissions are scoped to, and for the ancestors of these groups.
    #[must_use]
    pub fn group_name(&self, id: HierarchyGroupId) -> Option<&'a str> {
        let group = self.directory.group(id)?;
        (self.is_own_group(id) || self.group(id).shows_name()).then_some(group.name.as_str())
    }

    /// Returns the names of the groups from the topmost group to the given group. Returns `None` unless all of these
    /// names are visible to the principal.
    #[must_use]
    pub fn group_path(&self, id: HierarchyGroupId) -> Option<String> {
        let path = self.directory.group_path(id);
        let names = path.iter().map(|group| self.group_name(group.id)).collect::<Option<Vec<_>>>()?;
        (!names.is_empty()).then(|| names.join(" / "))
    }

    /// Returns the name of a routing profile, queue, hours of operation or agent status if it is visible to the
    /// principal.
    #[must_use]
    pub fn resource_name(&self, id: ResourceId) -> Option<&'a str> {
        let resource = self.directory.resource(id)?;
        self.resource(id).shows_name().then_some(resource.name.as_str())
    }

    /// Returns the name of a record for use in text, if the name is visible to the principal. Depending on the record,
    /// this is its own name, a login name, a namespace or an ID. Returns `None` for a deleted record, because its name
    /// is no longer stored.
    #[must_use]
    pub fn record_name(&self, key: &RecordKey) -> Option<String> {
        let is_visible = || self.record(key).shows_name();
        match key {
            RecordKey::Settings => Some("the instance".to_owned()),
            RecordKey::Structure => is_visible().then(|| "the hierarchy".to_owned()),
            RecordKey::Group(id) => self.group_path(*id),
            RecordKey::Resource(id) => self.resource_name(*id).map(str::to_owned),
            RecordKey::Profile(id) => self.profile_name(*id).map(str::to_owned),
            RecordKey::User(id) => self.user_name(*id).map(str::to_owned),
            RecordKey::AccessKey(id) => is_visible().then(|| id.to_string()),
            RecordKey::Application(namespace) => is_visible().then(|| namespace.clone()),
            RecordKey::ApplicationResource(namespace, id) => is_visible().then(|| format!("{id} of {namespace}")),
            RecordKey::Login(login) => is_visible().then(|| login.clone()),
            RecordKey::Finding(id) => is_visible().then(|| id.title().to_owned()),
            RecordKey::ApiToken(id) => {
                let token = self.directory.api_token(*id).filter(|_| is_visible())?;
                Some(token.label.clone())
            }
        }
    }

    /// Whether the security profile is assigned to the principal, including past and future assignments.
    fn has_profile(&self, id: SecurityProfileId) -> bool {
        self.own_user().is_some_and(|user| user.assignments.iter().any(|assigned| assigned.profile == id))
    }

    /// Whether the group's name is needed to display the principal's own permissions. It is needed for the principal's
    /// own group, for groups that one of the principal's permissions is scoped to, and for ancestors of these groups.
    fn is_own_group(&self, id: HierarchyGroupId) -> bool {
        let Some(user) = self.own_user() else { return false };
        let is_at_or_above = |group: HierarchyGroupId| self.directory.is_within(group, id);
        if user.hierarchy_group.is_some_and(is_at_or_above) {
            return true;
        }
        let grants = self.directory.grants_at(user, self.at);
        grants.scoped.iter().any(|(scope, _)| match scope.hierarchy {
            Some(HierarchyScope::Group(group)) => is_at_or_above(group),
            Some(HierarchyScope::Own) | None => false,
        })
    }
}
