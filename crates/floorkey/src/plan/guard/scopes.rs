//! The scopes of grants: which scoped grants cover a resource before and after a change. This depends on the resource's
//! tags and hierarchy group.

use super::gains::Gains;
use super::grantable_access::GrantableAccess;
use super::losses::Losses;
use crate::condition::{AttributeOwner, Condition};
use crate::decision::{ResourceAttributes, Target};
use crate::directory::{Directory, ProfileWithGrants};
use crate::id::HierarchyGroupId;
use crate::permission_set::PermissionSet;
use crate::plan::change_builder::ChangeBuilder;
use crate::record::RecordKey;
use crate::scope::{Grants, HierarchyScope, Scope};

impl Gains {
    /// Adds the scoped grants that cover the resource only after the change.
    pub(super) fn add_scope_changes(
        &mut self,
        builder: &ChangeBuilder<'_>,
        next: &Directory,
        key: &RecordKey,
        grantable: &GrantableAccess<'_>,
    ) {
        let Some(target) = crate::plan::scope::scoped_target(key) else { return };
        let Some((before, after)) = changed_resource(builder, next, &target) else { return };
        for entry in assigned_profiles(builder.before) {
            let gained = added_scoped_grants(next, entry, &before, &after);
            let revealed_by = || [RecordKey::Profile(entry.profile.id)];
            self.add(&grantable.excess(&gained), PermissionSet::EMPTY, revealed_by);
        }
    }
}

impl Losses {
    /// Adds the users with more access than the actor whose grants no longer cover the resource after the change. Only
    /// permissions that the actor does not have are considered.
    pub(super) fn add_scope_changes(
        &mut self,
        builder: &ChangeBuilder<'_>,
        next: &Directory,
        key: &RecordKey,
        grantable: &GrantableAccess<'_>,
    ) {
        let Some(target) = crate::plan::scope::scoped_target(key) else { return };
        let Some((before, after)) = changed_resource(builder, next, &target) else { return };
        for entry in assigned_profiles(builder.before) {
            // The access that a change removes is the access that the opposite change would grant.
            let lost = grantable.excess(&added_scoped_grants(builder.before, entry, &after, &before));
            if lost.is_empty() {
                continue;
            }
            let groups: Vec<_> = lost.scoped.iter().filter_map(|(scope, _)| own_group(entry, scope)).collect();
            for user in builder.before.users_with_profile(entry.profile.id).filter(|user| user.id != grantable.actor) {
                if groups.is_empty() || user.hierarchy_group.is_some_and(|group| groups.contains(&group)) {
                    self.add(user.id, &lost);
                }
            }
        }
    }
}

/// Returns the resource before and after the change if the attributes that scopes depend on have changed.
fn changed_resource<'a>(
    builder: &ChangeBuilder<'a>,
    next: &'a Directory,
    target: &Target<'a>,
) -> Option<(ResourceAttributes<'a>, ResourceAttributes<'a>)> {
    let (before, after) = (builder.before.resource_attributes(target)?, next.resource_attributes(target)?);
    let is_changed = before.tags != after.tags
        || before.tag_revisions != after.tag_revisions
        || before.hierarchy_group != after.hierarchy_group;
    is_changed.then_some((before, after))
}

/// Iterates over the profiles that are assigned to users.
fn assigned_profiles(directory: &Directory) -> impl Iterator<Item = &ProfileWithGrants> {
    directory.profile_entries().map(AsRef::as_ref).filter(|entry| directory.profile_user_count(entry.profile.id) > 0)
}

/// Returns the scoped grants of a profile that cover the resource after the change but not before, with the user's own
/// hierarchy group resolved.
fn added_scoped_grants(
    directory: &Directory,
    entry: &ProfileWithGrants,
    before: &ResourceAttributes<'_>,
    after: &ResourceAttributes<'_>,
) -> Grants {
    let mut gained = Grants::default();
    for (scope, set) in &entry.grants.scoped {
        let set: PermissionSet =
            set.iter().filter(|permission| permission.info().resource_type == after.resource_type).collect();
        if set.is_empty() {
            continue;
        }
        for scope in resolve_own_hierarchy(directory, scope, after) {
            let covers = |resource: &ResourceAttributes<'_>| {
                scope.tags.iter().all(|(name, value)| resource.tags.get(name) == Some(value))
                    && is_in_group(directory, &scope, resource)
            };
            let is_new =
                !covers(before) || scope.conditions.iter().any(|condition| may_become_true(condition, before, after));
            if covers(after) && is_new {
                gained.add_scoped(scope.clone(), set);
            }
        }
    }
    gained
}

/// Whether the change can make the condition true for the resource, for at least one user. The result of a condition
/// can be different for each user.
fn may_become_true(condition: &Condition, before: &ResourceAttributes<'_>, after: &ResourceAttributes<'_>) -> bool {
    let changed = |name: &String| before.tags.get(name) != after.tags.get(name) && after.tags.contains_key(name);
    match condition {
        // If a login name is set again, it can refer to a different user than before.
        Condition::OwnedBySubject { attribute } => {
            let revision = |resource: &ResourceAttributes<'_>| {
                resource.tag_revisions.map(|revisions| revisions.revision(resource.tags, attribute))
            };
            changed(attribute) || (revision(before) != revision(after) && after.tags.contains_key(attribute))
        }
        Condition::EqualsSubject { attribute, .. } => changed(attribute),
        Condition::SameHierarchy => before.hierarchy_group != after.hierarchy_group && after.hierarchy_group.is_some(),
        Condition::OneOf { owner: AttributeOwner::Resource, attribute, values } => {
            changed(attribute) && after.tags.get(attribute).is_some_and(|value| values.contains(value))
        }
        Condition::OneOf { owner: AttributeOwner::Subject | AttributeOwner::Action, .. } => false,
    }
}

fn is_in_group(directory: &Directory, scope: &Scope, resource: &ResourceAttributes<'_>) -> bool {
    match (scope.hierarchy, resource.hierarchy_group) {
        (None, _) => true,
        (Some(HierarchyScope::Group(top)), Some(group)) => directory.is_within(group, top),
        _ => false,
    }
}

/// Returns the scopes that the given scope can be for different users. "Own group" can be the resource's group or any
/// group above it.
fn resolve_own_hierarchy(directory: &Directory, scope: &Scope, after: &ResourceAttributes<'_>) -> Vec<Scope> {
    match (scope.hierarchy, after.hierarchy_group) {
        (Some(HierarchyScope::Own), Some(group)) => directory
            .group_and_above(group)
            .map(|group| Scope { hierarchy: Some(HierarchyScope::Group(group.id)), ..scope.clone() })
            .collect(),
        (Some(HierarchyScope::Own), None) => Vec::new(),
        _ => vec![scope.clone()],
    }
}

/// Returns the group that replaces the user's own group in a resolved scope; `None` if the profile itself names the
/// group.
fn own_group(entry: &ProfileWithGrants, scope: &Scope) -> Option<HierarchyGroupId> {
    let is_own = entry.grants.scoped.iter().any(|(known, _)| known.hierarchy == Some(HierarchyScope::Own));
    match scope.hierarchy {
        Some(HierarchyScope::Group(group)) if is_own => Some(group),
        _ => None,
    }
}
