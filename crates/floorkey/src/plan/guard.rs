//! The escalation guard: nobody gives more than they hold, or touches the account of somebody who holds more.
//!
//! What counts is computed from permissions, never from a flag or a name. On `warn` the act is done and flagged; on
//! `enforce` it is refused.

use std::collections::BTreeSet;

use super::draft::Draft;
use crate::act::Act;
use crate::audit::Flag;
use crate::catalogue::catalogue;
use crate::condition::{Condition, Side};
use crate::decision::Thing;
use crate::directory::Directory;
use crate::id::UserId;
use crate::permission_set::PermissionSet;
use crate::principal::Principal;
use crate::record::{Record, RecordChange, RecordKey};
use crate::refusal::{Exceeded, Exceeds, Refusal};
use crate::review::power::{ceiling, giving, holding, not_ended};
use crate::scope::{Grants, HierarchyScope, Scope};
use crate::settings::GuardMode;
use crate::user::User;

/// Checks a change against what the actor holds.
pub(super) fn check(draft: &mut Draft<'_>, next: &Directory) -> Result<(), Refusal> {
    let Some(ceiling) = ceiling(draft.before, &draft.actor.principal, draft.now) else { return Ok(()) };
    let gains = gains(draft, next, &ceiling);
    let (beyond, freed) = (exceeding(&gains, &ceiling), gains.limits);
    if !beyond.is_empty() || !freed.is_empty() {
        let permissions = beyond.anywhere().union(&freed);
        report(draft, Flag::GaveMoreThanHeld { permissions }, || match beyond.is_empty() {
            false => exceeded(Exceeds::Gives, &beyond),
            true => Exceeded { how: Exceeds::Frees, permissions: freed, applications: Vec::new() },
        })?;
    }
    let stronger = stronger_user(draft, &ceiling);
    if let Some((user, exceeding)) = stronger {
        let permissions = exceeding.anywhere();
        report(draft, Flag::TouchedStrongerUser { permissions }, || {
            let username = draft.before.user(user).map(|user| user.username.clone()).unwrap_or_default();
            exceeded(Exceeds::Touches { username }, &exceeding)
        })?;
    }
    Ok(())
}

fn exceeded(how: Exceeds, grants: &Grants) -> Exceeded {
    Exceeded { how, permissions: grants.anywhere(), applications: grants.applications_anywhere().into_iter().collect() }
}

/// What is not within the ceiling. Whoever holds everything that grants has all applications' permissions in it.
fn exceeding(grants: &Grants, ceiling: &Grants) -> Grants {
    let mut exceeding = grants.beyond(ceiling);
    if catalogue().granting().is_subset(&ceiling.everywhere) {
        exceeding.applications.clear();
        exceeding.applications_within.clear();
    }
    exceeding
}

fn report(draft: &mut Draft<'_>, flag: Flag, exceeded: impl FnOnce() -> Exceeded) -> Result<(), Refusal> {
    match draft.before.settings().guard_mode() {
        GuardMode::Warn => {
            draft.flags.push(flag);
            Ok(())
        }
        GuardMode::Enforce => Err(Refusal::Guard(Box::new(exceeded()))),
    }
}

/// Everything that anybody newly gets. `limits` holds the limits that somebody is freed from while the actor is not.
fn gains(draft: &Draft<'_>, next: &Directory, ceiling: &Grants) -> Grants {
    let mut gains = Grants::default();
    for change in &draft.records {
        match change.key() {
            RecordKey::User(id) => user_gains(draft, next, id, ceiling, &mut gains),
            RecordKey::Profile(id) => {
                let none = Grants::default();
                let (before, after) = (draft.before.grants(id).unwrap_or(&none), next.grants(id).unwrap_or(&none));
                gains.add(&after.beyond(before));
                gains.limits = gains.limits.union(&freed(before, after, ceiling, next.profile(id).is_some()));
                let known = draft.before.profile(id).map(|profile| profile.assignable.clone()).unwrap_or_default();
                for assignable in next.profile(id).into_iter().flat_map(|profile| &profile.assignable) {
                    if let Some(grants) = next.grants(*assignable).filter(|_| !known.contains(assignable)) {
                        let limits = gains.limits;
                        gains.add(grants);
                        gains.limits = limits;
                    }
                }
            }
            RecordKey::Group(_) | RecordKey::Resource(_) => reach_gains(draft, next, &change.key(), &mut gains),
            // Applications and tokens are full administrators' to change.
            RecordKey::Settings
            | RecordKey::Structure
            | RecordKey::AccessKey(_)
            | RecordKey::Application(_)
            | RecordKey::ApplicationResource(..)
            | RecordKey::ApiToken(_) => {}
        }
        if let RecordKey::User(_) | RecordKey::Profile(_) = change.key() {
            reach_gains(draft, next, &change.key(), &mut gains);
        }
    }
    gains
}

fn user_gains(draft: &Draft<'_>, next: &Directory, id: UserId, ceiling: &Grants, gains: &mut Grants) {
    let Some(after) = next.user(id) else { return };
    let before = draft.before.user(id);
    let unmoved =
        |before: &User| before.assignments == after.assignments && before.hierarchy_group == after.hierarchy_group;
    if before.is_some_and(|before| unmoved(before)) {
        return;
    }
    // What begins earlier or ends later is a gain too: each stretch of time is compared for itself.
    let times = before.into_iter().chain([after]).flat_map(|user| &user.assignments);
    let times = times.flat_map(|held| [held.from, held.until]).flatten().filter(|at| *at > draft.now);
    for at in times.chain([draft.now]).collect::<BTreeSet<_>>() {
        let had = before.map(|user| holding(draft.before, user, user.profiles_at(at))).unwrap_or_default();
        let has = holding(next, after, after.profiles_at(at));
        let gave = before.map(|user| giving(draft.before, user, user.profiles_at(at))).unwrap_or_default();
        let gives = giving(next, after, after.profiles_at(at));
        let limits = gains.limits.union(&freed(&had, &has, ceiling, true));
        gains.add(&has.beyond(&had));
        gains.add(&gives.beyond(&gave));
        gains.limits = limits;
    }
}

/// Limits that were taken off while the actor is under them: taking one off is a gain, putting it on is none.
fn freed(before: &Grants, after: &Grants, ceiling: &Grants, stands: bool) -> PermissionSet {
    if !stands {
        return PermissionSet::EMPTY;
    }
    before.limits.difference(&after.limits).intersection(&ceiling.limits)
}

/// What others newly reach because a thing got other tags or another place in the hierarchy: the scoped grants whose
/// scope holds it only now.
fn reach_gains(draft: &Draft<'_>, next: &Directory, key: &RecordKey, gains: &mut Grants) {
    let Some(target) = super::scope::target(key) else { return };
    let (Some(before), Some(after)) = (draft.before.thing(&target), next.thing(&target)) else { return };
    if before.tags == after.tags && before.hierarchy_group == after.hierarchy_group {
        return;
    }
    for entry in draft.before.entries().filter(|entry| draft.before.holder_count(entry.profile.id) > 0) {
        for (scope, set) in &entry.grants.within {
            let set: PermissionSet =
                set.iter().filter(|permission| permission.info().resource_type == after.resource_type).collect();
            for scope in concrete(draft, scope, &after) {
                let holds = |thing: &Thing<'_>| {
                    scope.tags.iter().all(|(name, value)| thing.tags.get(name) == Some(value))
                        && reached_hierarchy(next, &scope, thing)
                };
                let newly = !holds(&before) || scope.conditions.iter().any(|one| may_turn(one, &before, &after));
                if !set.is_empty() && holds(&after) && newly {
                    gains.add_within(scope.clone(), set);
                }
            }
        }
    }
}

/// Whether a condition may become true of the thing by the change. For whom is not asked: a condition may mean
/// something else for each holder.
fn may_turn(condition: &Condition, before: &Thing<'_>, after: &Thing<'_>) -> bool {
    let changed = |name: &String| before.tags.get(name) != after.tags.get(name) && after.tags.contains_key(name);
    match condition {
        Condition::Own { attribute } | Condition::Same { attribute, .. } => changed(attribute),
        Condition::SameHierarchy => before.hierarchy_group != after.hierarchy_group && after.hierarchy_group.is_some(),
        Condition::OneOf { of: Side::Resource, attribute, values } => {
            changed(attribute) && after.tags.get(attribute).is_some_and(|is| values.contains(is))
        }
        Condition::OneOf { .. } => false,
    }
}

fn reached_hierarchy(directory: &Directory, scope: &Scope, thing: &Thing<'_>) -> bool {
    match (scope.hierarchy, thing.hierarchy_group) {
        (None, _) => true,
        (Some(HierarchyScope::Group(top)), Some(group)) => directory.is_within(group, top),
        _ => false,
    }
}

/// The scope as it may stand for somebody: "own hierarchy" may be that of anybody at or above the thing's new place.
fn concrete(draft: &Draft<'_>, scope: &Scope, after: &Thing<'_>) -> Vec<Scope> {
    match (scope.hierarchy, after.hierarchy_group) {
        (Some(HierarchyScope::Own), Some(group)) => draft
            .before
            .group_and_above(group)
            .map(|group| Scope { hierarchy: Some(HierarchyScope::Group(group.id)), ..scope.clone() })
            .collect(),
        (Some(HierarchyScope::Own), None) => Vec::new(),
        _ => vec![scope.clone()],
    }
}

/// A user whom the act touches in a way that matters, and who holds more than the actor, or may hand out more.
fn stronger_user(draft: &Draft<'_>, ceiling: &Grants) -> Option<(UserId, Grants)> {
    let own = match draft.actor.principal {
        Principal::User { id, .. } => Some(id),
        Principal::Operator { .. } | Principal::System => None,
    };
    // Lifting a lockout lets guessing at the password go on, and is on no record.
    let unlocked = if draft.act == Act::UnlockUser { draft.targets.as_slice() } else { &[] };
    draft.records.iter().map(RecordChange::key).chain(unlocked.iter().cloned()).find_map(|key| {
        let id = match &key {
            RecordKey::User(id) => *id,
            RecordKey::AccessKey(key) => draft.before.access_key(key)?.owner,
            _ => return None,
        };
        let user = draft.before.user(id).filter(|_| Some(id) != own)?;
        if !touches_account(draft, key) {
            return None;
        }
        let exceeding = exceeding(&giving(draft.before, user, not_ended(user, draft.now)), ceiling);
        (!exceeding.is_empty()).then_some((id, exceeding))
    })
}

/// Whether the act is on credentials, login, e-mail, status, profiles, hierarchy, tags, keys or existence. Names,
/// phone settings, routing and proficiencies give nobody a way in.
fn touches_account(draft: &Draft<'_>, key: RecordKey) -> bool {
    match draft.act {
        Act::UpdateUserPhoneConfig
        | Act::UpdateUserConfig
        | Act::UpdateUserRoutingProfile
        | Act::AssociateUserProficiencies
        | Act::UpdateUserProficiencies
        | Act::DisassociateUserProficiencies => false,
        Act::UpdateUserIdentityInfo => {
            let RecordKey::User(id) = key else { return true };
            draft.records.iter().any(|change| match change {
                RecordChange::Put(Record::User(after)) if after.id == id => {
                    draft.before.user(id).is_none_or(|before| {
                        before.identity.email != after.identity.email
                            || before.identity.secondary_email != after.identity.secondary_email
                    })
                }
                _ => false,
            })
        }
        _ => true,
    }
}
