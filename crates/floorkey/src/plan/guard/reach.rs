//! Scope of grants: which scoped grants cover a resource, by its tags and hierarchy group, before and after a change.

use super::ceiling::Ceiling;
use super::gains::Gains;
use super::losses::Losses;
use crate::condition::{Condition, Side};
use crate::decision::{Target, Thing};
use crate::directory::{Directory, ProfileWithGrants};
use crate::id::HierarchyGroupId;
use crate::permission_set::PermissionSet;
use crate::plan::draft::Draft;
use crate::record::RecordKey;
use crate::scope::{Grants, HierarchyScope, Scope};

impl Gains {
    /// Adds the scoped grants that newly cover the resource.
    pub(super) fn add_reach(&mut self, draft: &Draft<'_>, next: &Directory, key: &RecordKey, ceiling: &Ceiling<'_>) {
        let Some(target) = crate::plan::scope::target(key) else { return };
        let Some((before, after)) = moved(draft, next, &target) else { return };
        for entry in assigned(draft.before) {
            let gained = newly_within(next, entry, &before, &after);
            let told_by = || [RecordKey::Profile(entry.profile.id)];
            self.add(&ceiling.beyond(&gained), PermissionSet::EMPTY, told_by);
        }
    }
}

impl Losses {
    /// Adds the users with more access than the actor whose grants stop covering the resource, for permissions that the
    /// actor does not have either.
    pub(super) fn add_reach(&mut self, draft: &Draft<'_>, next: &Directory, key: &RecordKey, ceiling: &Ceiling<'_>) {
        let Some(target) = crate::plan::scope::target(key) else { return };
        let Some((before, after)) = moved(draft, next, &target) else { return };
        for entry in assigned(draft.before) {
            // What a change removes is what the opposite change would grant.
            let lost = ceiling.beyond(&newly_within(draft.before, entry, &after, &before));
            if lost.is_empty() {
                continue;
            }
            let groups: Vec<_> = lost.within.iter().filter_map(|(scope, _)| own_group(entry, scope)).collect();
            for user in draft.before.holders(entry.profile.id).filter(|user| user.id != ceiling.actor) {
                if groups.is_empty() || user.hierarchy_group.is_some_and(|group| groups.contains(&group)) {
                    self.add(user.id, &lost);
                }
            }
        }
    }
}

/// The resource before and after the change, if it differs in what scopes read.
fn moved<'a>(draft: &Draft<'a>, next: &'a Directory, target: &Target<'a>) -> Option<(Thing<'a>, Thing<'a>)> {
    let (before, after) = (draft.before.thing(target)?, next.thing(target)?);
    let is_moved = before.tags != after.tags
        || before.tags_set != after.tags_set
        || before.hierarchy_group != after.hierarchy_group;
    is_moved.then_some((before, after))
}

/// The profiles that users have.
fn assigned(directory: &Directory) -> impl Iterator<Item = &ProfileWithGrants> {
    directory.profile_entries().map(AsRef::as_ref).filter(|entry| directory.holder_count(entry.profile.id) > 0)
}

/// Returns the scoped grants of a profile that cover the resource after the change and not before, with the user's own
/// hierarchy group written out.
fn newly_within(directory: &Directory, entry: &ProfileWithGrants, before: &Thing<'_>, after: &Thing<'_>) -> Grants {
    let mut newly = Grants::default();
    for (scope, set) in &entry.grants.within {
        let set: PermissionSet =
            set.iter().filter(|permission| permission.info().resource_type == after.resource_type).collect();
        if set.is_empty() {
            continue;
        }
        for scope in concrete(directory, scope, after) {
            let holds = |thing: &Thing<'_>| {
                scope.tags.iter().all(|(name, value)| thing.tags.get(name) == Some(value))
                    && is_in_group(directory, &scope, thing)
            };
            let is_new = !holds(before) || scope.conditions.iter().any(|one| may_turn(one, before, after));
            if holds(after) && is_new {
                newly.add_scoped(scope.clone(), set);
            }
        }
    }
    newly
}

/// Whether a condition can become true of the resource, for any user: a condition can mean something else for each
/// user.
fn may_turn(condition: &Condition, before: &Thing<'_>, after: &Thing<'_>) -> bool {
    let changed = |name: &String| before.tags.get(name) != after.tags.get(name) && after.tags.contains_key(name);
    match condition {
        // A login name that is set again can refer to another user than before.
        Condition::Own { attribute } => {
            let set = |thing: &Thing<'_>| thing.tags_set.map(|set| set.revision(thing.tags, attribute));
            changed(attribute) || (set(before) != set(after) && after.tags.contains_key(attribute))
        }
        Condition::Same { attribute, .. } => changed(attribute),
        Condition::SameHierarchy => before.hierarchy_group != after.hierarchy_group && after.hierarchy_group.is_some(),
        Condition::OneOf { of: Side::Resource, attribute, values } => {
            changed(attribute) && after.tags.get(attribute).is_some_and(|is| values.contains(is))
        }
        Condition::OneOf { of: Side::Subject | Side::Action, .. } => false,
    }
}

fn is_in_group(directory: &Directory, scope: &Scope, thing: &Thing<'_>) -> bool {
    match (scope.hierarchy, thing.hierarchy_group) {
        (None, _) => true,
        (Some(HierarchyScope::Group(top)), Some(group)) => directory.is_within(group, top),
        _ => false,
    }
}

/// The scope as it can apply to a user: "own hierarchy" can be that of any user in the resource's group or a group
/// above.
fn concrete(directory: &Directory, scope: &Scope, after: &Thing<'_>) -> Vec<Scope> {
    match (scope.hierarchy, after.hierarchy_group) {
        (Some(HierarchyScope::Own), Some(group)) => directory
            .group_and_above(group)
            .map(|group| Scope { hierarchy: Some(HierarchyScope::Group(group.id)), ..scope.clone() })
            .collect(),
        (Some(HierarchyScope::Own), None) => Vec::new(),
        _ => vec![scope.clone()],
    }
}

/// The group that a scope names in place of the user's own; `None` if the profile names the group.
fn own_group(entry: &ProfileWithGrants, scope: &Scope) -> Option<HierarchyGroupId> {
    let is_own = entry.grants.within.iter().any(|(known, _)| known.hierarchy == Some(HierarchyScope::Own));
    match scope.hierarchy {
        Some(HierarchyScope::Group(group)) if is_own => Some(group),
        _ => None,
    }
}
