//! Scopes: which things a permission reaches, when it does not reach all.

use std::collections::BTreeSet;

use crate::catalogue::catalogue;
use crate::closure::effective;
use crate::id::HierarchyGroupId;
use crate::permission_set::PermissionSet;
use crate::profile::SecurityProfile;
use crate::resource::ResourceType;
use crate::tags::Tags;

/// A limit on the things that permissions reach. Everything that is said must hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    /// Tags that the thing must have, all of them.
    pub tags: Tags,
    /// Where in the hierarchy the thing must stand.
    pub hierarchy: Option<HierarchyScope>,
}

/// A part of the hierarchy: a group and everything below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HierarchyScope {
    /// The holder's own group. It reaches nobody while the holder has none.
    Own,
    /// This group.
    Group(HierarchyGroupId),
}

/// What a profile grants, sorted by how far it reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Permissions that reach everything: effective ones (see [`effective`]), limits left out.
    pub everywhere: PermissionSet,
    /// Permissions that reach only what the scope holds.
    pub within: Vec<(Scope, PermissionSet)>,
    /// The names that take abilities away, for the whole user.
    pub limits: PermissionSet,
    /// Permissions in other applications: namespace and name.
    pub applications: BTreeSet<(String, String)>,
}

impl Grants {
    /// What the profile grants.
    #[must_use]
    pub fn of(profile: &SecurityProfile) -> Self {
        let held = effective(profile.permissions.permissions());
        let granting = held.intersection(catalogue().granting());
        let applications = profile.applications.iter().flat_map(|application| {
            let pair = |name: &String| (application.namespace.clone(), name.clone());
            application.permissions.iter().map(pair)
        });
        let limits = held.difference(&granting);
        let mut grants = Self { limits, applications: applications.collect(), ..Self::default() };
        for permission in granting.iter() {
            match scope_of(profile, permission.info().resource_type) {
                None => grants.everywhere.insert(permission),
                Some(scope) => grants.add_within(scope, PermissionSet::from_iter([permission])),
            }
        }
        grants
    }

    /// Whether anything is narrowed.
    #[must_use]
    pub fn is_scoped(&self) -> bool {
        !self.within.is_empty()
    }

    /// Adds what another grants.
    pub fn add(&mut self, other: &Self) {
        self.everywhere = effective(&self.everywhere.union(&other.everywhere));
        self.limits = self.limits.union(&other.limits);
        self.applications.extend(other.applications.iter().cloned());
        for (scope, set) in &other.within {
            self.add_within(scope.clone(), *set);
        }
    }

    pub(crate) fn add_within(&mut self, scope: Scope, set: PermissionSet) {
        match self.within.iter_mut().find(|(known, _)| *known == scope) {
            Some((_, held)) => *held = held.union(&set),
            None => self.within.push((scope, set)),
        }
    }

    /// What is in here and not covered by the other: an unscoped grant covers a scoped one, and two different scopes
    /// don't compare.
    ///
    /// Old names are left out: the newer ones that they stand for are in here too and say it.
    #[must_use]
    pub fn beyond(&self, other: &Self) -> Self {
        let old = catalogue().legacy().iter().map(|(old, _)| *old).collect();
        let mut beyond = Self {
            everywhere: self.everywhere.difference(&other.everywhere).difference(&old),
            applications: self.applications.difference(&other.applications).cloned().collect(),
            ..Self::default()
        };
        for (scope, set) in &self.within {
            let same =
                other.within.iter().find(|(known, _)| known == scope).map_or(PermissionSet::EMPTY, |(_, held)| *held);
            let rest = set.difference(&other.everywhere).difference(&same);
            if !rest.is_empty() {
                beyond.within.push((scope.clone(), rest));
            }
        }
        beyond
    }

    /// Whether it grants nothing. Limits don't count.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.everywhere.is_empty() && self.within.iter().all(|(_, set)| set.is_empty()) && self.applications.is_empty()
    }

    /// Every permission granted somewhere.
    #[must_use]
    pub fn anywhere(&self) -> PermissionSet {
        self.within.iter().fold(self.everywhere, |all, (_, set)| all.union(set))
    }
}

/// How a profile narrows permissions about that type of thing; `None` if it does not.
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
    Some(Scope { tags, hierarchy })
}

/// How the profile narrows the lists that come along with its permissions: only the listed type counts.
pub(crate) fn listing_scope(profile: &SecurityProfile, listed: ResourceType) -> Option<Scope> {
    scope_of(profile, Some(listed))
}
