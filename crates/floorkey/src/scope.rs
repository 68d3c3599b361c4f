//! Scopes, which restrict a permission to some resources.

use std::collections::BTreeSet;

use crate::application::RegisteredApplication;
use crate::catalog::{Permission, catalog};
use crate::closure::effective;
use crate::condition::{AnyPermission, Condition};
use crate::id::{HierarchyGroupId, UserId};
use crate::permission_set::PermissionSet;
use crate::profile::SecurityProfile;
use crate::resource::ResourceType;
use crate::tags::Tags;
use crate::user::User;

/// A restriction of permissions to some resources. A resource is in the scope if it meets all requirements of the
/// scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    /// Tags that the resource must have. It must have all of them.
    pub tags: Tags,
    /// The part of the hierarchy that the resource must be in.
    pub hierarchy: Option<HierarchyScope>,
    /// Conditions that must all be met.
    pub conditions: BTreeSet<Condition>,
    /// The user whose attributes the conditions are compared with; `None` for the user who has the grant. A specific
    /// user is set when the permissions of different users are compared.
    pub subject: Option<UserId>,
}

impl Scope {
    /// Whether the scope's conditions depend on the user who has the grant. The scope's hierarchy group is ignored.
    #[must_use]
    pub fn depends_on_subject(&self) -> bool {
        self.conditions.iter().any(Condition::depends_on_subject)
    }

    /// Returns the topmost hierarchy group in the scope of a user's permission. Returns `None` if the scope is not
    /// restricted to a group. Also returns `None` if it is restricted to the user's own group and the user has no
    /// group.
    #[must_use]
    pub fn top_group(&self, user: &User) -> Option<HierarchyGroupId> {
        match self.hierarchy? {
            HierarchyScope::Own => user.hierarchy_group,
            HierarchyScope::Group(group) => Some(group),
        }
    }

    /// Returns the conditions as text, for example `if its “owner” is the user`; `None` if the scope has no conditions.
    #[must_use]
    pub fn condition_labels(&self) -> Option<String> {
        let conditions: Vec<String> = self.conditions.iter().map(ToString::to_string).collect();
        (!conditions.is_empty()).then(|| format!("if {}", conditions.join(" and ")))
    }

    /// Whether this scope is known to include all resources in the other scope. It does if the scopes are equal, or if
    /// they are equal except that the conditions of the other scope are tied to one user.
    fn covers(&self, other: &Self) -> bool {
        self == other || (self.subject.is_none() && *self == Self { subject: None, ..other.clone() })
    }
}

/// A part of the hierarchy: a group and all groups below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HierarchyScope {
    /// The user's own group. The part is empty if the user has no group.
    Own,
    /// The given group.
    Group(HierarchyGroupId),
}

/// The permissions that a profile grants, by scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Permissions without a scope: the effective permissions (see [`effective`]), excluding restrictions.
    pub unscoped: PermissionSet,
    /// Permissions that apply only within a scope.
    pub scoped: Vec<(Scope, PermissionSet)>,
    /// Restrictions, which always apply without a scope.
    pub restrictions: PermissionSet,
    /// Application permissions without a scope, as pairs of namespace and name.
    pub applications: BTreeSet<(String, String)>,
    /// Application permissions that apply only within a scope.
    pub scoped_applications: Vec<(Scope, BTreeSet<(String, String)>)>,
}

impl Grants {
    /// Returns the grants of a profile. If permissions in applications require other permissions, those are excluded.
    #[must_use]
    pub fn from_profile(profile: &SecurityProfile) -> Self {
        Self::from_profile_with(profile, |_| None)
    }

    /// Returns the grants of a profile. If permissions in applications require other permissions, those are included.
    /// `registered` returns the application with the given namespace.
    #[must_use]
    pub fn from_profile_with<'a>(
        profile: &SecurityProfile,
        registered: impl Fn(&str) -> Option<&'a RegisteredApplication>,
    ) -> Self {
        let permissions = effective(profile.permissions.permissions());
        let granting = permissions.intersection(catalog().granting());
        let mut grants = Self { restrictions: permissions.difference(&granting), ..Self::default() };
        for permission in granting.iter() {
            match scope_of_permission(profile, permission) {
                None => grants.unscoped.insert(permission),
                Some(scope) => grants.add_scoped(scope, PermissionSet::from_iter([permission])),
            }
        }
        for application in &profile.applications {
            let registered = registered(&application.namespace);
            let mut names: BTreeSet<&str> = application.permissions.iter().map(String::as_str).collect();
            for name in &application.permissions {
                names.extend(registered.iter().flat_map(|registered| registered.required_by(name)));
            }
            for name in names {
                let pair = (application.namespace.clone(), name.to_owned());
                let key = AnyPermission::Application { namespace: pair.0.clone(), name: pair.1.clone() };
                match profile.conditions.get(&key) {
                    None => {
                        grants.applications.insert(pair);
                    }
                    Some(conditions) => {
                        let scope = Scope { conditions: conditions.clone(), ..Scope::default() };
                        grants.add_scoped_applications(scope, BTreeSet::from([pair]));
                    }
                }
            }
        }
        grants
    }

    /// Whether any permission has a scope.
    #[must_use]
    pub fn is_scoped(&self) -> bool {
        !self.scoped.is_empty() || !self.scoped_applications.is_empty()
    }

    /// Adds the other grants to these grants.
    pub fn add(&mut self, other: &Self) {
        self.unscoped = effective(&self.unscoped.union(&other.unscoped));
        self.restrictions = self.restrictions.union(&other.restrictions);
        self.applications.extend(other.applications.iter().cloned());
        for (scope, set) in &other.scoped {
            self.add_scoped(scope.clone(), *set);
        }
        for (scope, set) in &other.scoped_applications {
            self.add_scoped_applications(scope.clone(), set.clone());
        }
    }

    pub(crate) fn add_scoped(&mut self, scope: Scope, set: PermissionSet) {
        match self.scoped.iter_mut().find(|(known, _)| *known == scope) {
            Some((_, granted)) => *granted = granted.union(&set),
            None => self.scoped.push((scope, set)),
        }
    }

    pub(crate) fn add_scoped_applications(&mut self, scope: Scope, set: BTreeSet<(String, String)>) {
        match self.scoped_applications.iter_mut().find(|(known, _)| *known == scope) {
            Some((_, granted)) => granted.extend(set),
            None => self.scoped_applications.push((scope, set)),
        }
    }

    /// Returns the grants in `self` that `other` does not include. An unscoped grant includes every scoped grant of the
    /// same permission. A grant does not include a grant of the same permission with a different scope.
    ///
    /// Legacy permissions are omitted, because their replacements are compared instead.
    #[must_use]
    pub fn not_covered_by(&self, other: &Self) -> Self {
        let legacy = catalog().legacy().iter().map(|(legacy, _)| *legacy).collect();
        let mut excess = Self {
            unscoped: self.unscoped.difference(&other.unscoped).difference(&legacy),
            applications: self.applications.difference(&other.applications).cloned().collect(),
            ..Self::default()
        };
        for (scope, set) in &self.scoped {
            let covering = other.scoped.iter().filter(|(known, _)| known.covers(scope));
            let covered = covering.fold(PermissionSet::EMPTY, |all, (_, granted)| all.union(granted));
            let uncovered = set.difference(&other.unscoped).difference(&covered);
            if !uncovered.is_empty() {
                excess.scoped.push((scope.clone(), uncovered));
            }
        }
        for (scope, set) in &self.scoped_applications {
            let is_covered = |pair: &&(String, String)| {
                other.applications.contains(*pair)
                    || other
                        .scoped_applications
                        .iter()
                        .any(|(known, granted)| known.covers(scope) && granted.contains(*pair))
            };
            let uncovered: BTreeSet<_> = set.iter().filter(|pair| !is_covered(pair)).cloned().collect();
            if !uncovered.is_empty() {
                excess.scoped_applications.push((scope.clone(), uncovered));
            }
        }
        excess
    }

    /// Returns only the grants of the given permissions. Application permissions and restrictions are omitted.
    #[must_use]
    pub fn restricted_to(&self, permissions: &PermissionSet) -> Self {
        let within = self.scoped.iter().map(|(scope, set)| (scope.clone(), set.intersection(permissions)));
        Self {
            unscoped: self.unscoped.intersection(permissions),
            scoped: within.filter(|(_, set)| !set.is_empty()).collect(),
            ..Self::default()
        }
    }

    /// Returns the grants that are in both `self` and `other`. Two scopes of the same permission are treated as having
    /// no resource in common, unless one is known to include the other. The restrictions are those of `self`.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut common = Self {
            unscoped: self.unscoped.intersection(&other.unscoped),
            restrictions: self.restrictions,
            applications: self.applications.intersection(&other.applications).cloned().collect(),
            ..Self::default()
        };
        // If one set grants a permission without a scope and the other set grants it within a scope, the result grants
        // it within that scope.
        for (one, covering) in [(self, other), (other, self)] {
            for (scope, set) in &one.scoped {
                let scoped = covering.scoped.iter().filter(|(known, _)| known.covers(scope)).map(|(_, set)| set);
                let covered = scoped.fold(covering.unscoped, |all, granted| all.union(granted));
                let shared = set.intersection(&covered);
                if !shared.is_empty() {
                    common.add_scoped(scope.clone(), shared);
                }
            }
            for (scope, set) in &one.scoped_applications {
                let covers = |pair: &&(String, String)| {
                    covering.applications.contains(*pair)
                        || covering
                            .scoped_applications
                            .iter()
                            .any(|(known, granted)| known.covers(scope) && granted.contains(*pair))
                };
                let shared: BTreeSet<_> = set.iter().filter(covers).cloned().collect();
                if !shared.is_empty() {
                    common.add_scoped_applications(scope.clone(), shared);
                }
            }
        }
        common
    }

    /// Whether no permissions are granted. Restrictions are ignored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.unscoped.is_empty()
            && self.scoped.iter().all(|(_, set)| set.is_empty())
            && self.applications.is_empty()
            && self.scoped_applications.is_empty()
    }

    /// Returns all permissions that are granted with or without a scope.
    #[must_use]
    pub fn all_permissions(&self) -> PermissionSet {
        self.scoped.iter().fold(self.unscoped, |all, (_, set)| all.union(set))
    }

    /// Returns all application permissions that are granted with or without a scope.
    #[must_use]
    pub fn all_applications(&self) -> BTreeSet<(String, String)> {
        let within = self.scoped_applications.iter().flat_map(|(_, set)| set);
        self.applications.iter().chain(within).cloned().collect()
    }

    /// Returns labels for the application permissions and their conditions. Each label is a pair of the namespace and a
    /// string such as `refund` or `refund if its “owner” is the user`.
    #[must_use]
    pub fn application_labels(&self) -> BTreeSet<(String, String)> {
        let within = self.scoped_applications.iter().flat_map(|(scope, set)| {
            let conditions = scope.condition_labels().unwrap_or_default();
            let scoped_only = set.iter().filter(|pair| !self.applications.contains(*pair));
            scoped_only.map(move |(namespace, name)| (namespace.clone(), format!("{name} {conditions}")))
        });
        self.applications.iter().cloned().chain(within).collect()
    }

    /// Iterates over the scopes of the grants of an application permission.
    pub fn application_scopes<'a>(&'a self, pair: &'a (String, String)) -> impl Iterator<Item = &'a Scope> {
        self.scoped_applications.iter().filter(|(_, set)| set.contains(pair)).map(|(scope, _)| scope)
    }
}

/// Returns the scope that a profile's access control sets for permissions on a resource type; `None` if it sets no
/// scope.
fn scope_of(profile: &SecurityProfile, resource_type: Option<ResourceType>) -> Option<Scope> {
    let resource_type = resource_type?;
    let control = &profile.access_control;
    let by_tags = control.tag_restricted.contains(&resource_type);
    let by_hierarchy = control.hierarchy_restricted && resource_type == ResourceType::User;
    if !by_tags && !by_hierarchy {
        return None;
    }
    let tags = if by_tags { control.tags.clone() } else { Tags::new() };
    let hierarchy = by_hierarchy.then(|| control.hierarchy_group.map_or(HierarchyScope::Own, HierarchyScope::Group));
    Some(Scope { tags, hierarchy, ..Scope::default() })
}

/// Returns the scope of one permission of a profile; `None` if the permission has no scope.
///
/// The conditions on a replacement also apply to the legacy permission that it replaces. Otherwise, users could bypass
/// these conditions with the legacy permission.
fn scope_of_permission(profile: &SecurityProfile, permission: Permission) -> Option<Scope> {
    let info = permission.info();
    let scope = scope_of(profile, info.resource_type);
    // This shortcut saves time. The function is called for every permission of each profile, and most profiles have no
    // conditions.
    if profile.conditions.is_empty() {
        return scope;
    }
    let names = std::iter::once(permission).chain(info.replacements.iter());
    let conditions: BTreeSet<Condition> =
        names.filter_map(|name| profile.conditions.get(&AnyPermission::Catalog(name))).flatten().cloned().collect();
    if conditions.is_empty() {
        return scope;
    }
    Some(Scope { conditions, ..scope.unwrap_or_default() })
}

/// Returns the scope of the lists that users with the profile inherit. It depends only on the type of the listed
/// resources.
pub(crate) fn listing_scope(profile: &SecurityProfile, listed: ResourceType) -> Option<Scope> {
    scope_of(profile, Some(listed))
}
