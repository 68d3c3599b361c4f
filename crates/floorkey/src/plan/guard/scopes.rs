//! Determines which scoped grants apply to a resource before and after its tags or hierarchy group are changed.

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
    /// Adds the scoped grants that apply to the resource only after the change.
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
    /// Adds the users whose scoped grants apply to the resource before the change, but not after it. Only permissions
    /// that the actor can't grant are considered.
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
            // To find the access that a change removes, the reverse change is checked for the access that it would
            // grant.
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

/// Returns the resource before and after the change. Returns `None` if the change does not affect the resource's tags
/// or hierarchy group.
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

/// Iterates over the profiles that at least one user has.
fn assigned_profiles(directory: &Directory) -> impl Iterator<Item = &ProfileWithGrants> {
    directory.profile_entries().map(AsRef::as_ref).filter(|entry| directory.profile_user_count(entry.profile.id) > 0)
}

/// Returns a profile's scoped grants that apply to the resource after the change, but not before it. Scopes that refer
/// to the user's own hierarchy group are replaced with scopes that name specific groups.
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

/// Whether the change can make the condition true for the resource and at least one user. The same condition can be
/// true for one user and false for another user.
fn may_become_true(condition: &Condition, before: &ResourceAttributes<'_>, after: &ResourceAttributes<'_>) -> bool {
    let changed = |name: &String| before.tags.get(name) != after.tags.get(name) && after.tags.contains_key(name);
    match condition {
        // Setting an attribute to the same login name again can change the condition's result, because the name can now
        // refer to a different user.
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

/// Replaces a scope that refers to the user's own hierarchy group with scopes that name specific groups. These groups
/// are the resource's group and all groups above it.
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

/// Returns the specific group that replaced the user's own group in the scope. Returns `None` if the scope already
/// named this group in the profile.
fn own_group(entry: &ProfileWithGrants, scope: &Scope) -> Option<HierarchyGroupId> {
    let is_own = entry.grants.scoped.iter().any(|(known, _)| known.hierarchy == Some(HierarchyScope::Own));
    match scope.hierarchy {
        Some(HierarchyScope::Group(group)) if is_own => Some(group),
        _ => None,
    }
}
