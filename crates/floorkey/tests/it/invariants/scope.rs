//! Tests invariants of scopes. If an action changes a record, the record is in the actor's scope before and after the
//! change. The same rule applies to the records that the record links to.

use floorkey::{
    Action, Command, GuardMode, Permission, PermissionSet, Principal, Reason, Record, RecordChange, RecordKey, Request,
    RequestedAction, ResourceType, Target, User, UserId, catalog,
};
use proptest::prelude::*;

use super::{Actors, Attempt, cases, run_random, target};
use crate::commands::NOW;
use crate::decide::can_see_in_list;
use crate::oracle::Oracle;

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn an_action_changes_only_records_in_its_actors_scope(seed: u64, steps in 1..60_usize, enforce: bool) {
        let mode = if enforce { GuardMode::Enforce } else { GuardMode::Warn };
        for attempt in run_random(seed, steps, Some(mode), Actors::Users) {
            stays_in_scope(&attempt);
        }
    }
}

fn stays_in_scope(attempt: &Attempt) {
    let Ok((change, next)) = &attempt.outcome else { return };
    let Principal::User { id: actor, .. } = attempt.actor.principal else { return };
    let (records_before, records_after) = (attempt.before.records(), next.records());
    // Both states are checked with the permissions that the actor had before the command. Otherwise, a command could
    // permit itself.
    let (before, after) = (Oracle::new(&records_before), Oracle::new(&records_after));
    for step in change.records() {
        let Some(target) = target(&step.key()) else { continue };
        if only_replaces_credentials(attempt, step) {
            continue;
        }
        if !change.event().targets.contains(&step.key()) {
            assert_only_unlists_profile(attempt, step);
            continue;
        }
        for resource in [before.thing(&target), after.thing(&target)].into_iter().flatten() {
            let allowed = is_own(attempt.command.action(), actor, &step.key())
                || can(
                    &before,
                    actor,
                    required_action(attempt.command.action(), &step.key()),
                    Target::Described(resource),
                );
            assert!(allowed, "{:?} by {actor:?}: {resource:?} lies out of scope", attempt.command);
        }
        if let RecordChange::Upsert(Record::User(user)) = step {
            let previous = before.users.get(&user.id);
            let old = |profile| {
                previous
                    .is_some_and(|previous| previous.assignments.iter().any(|assignment| assignment.profile == profile))
            };
            let profiles =
                user.assignments.iter().map(|assignment| assignment.profile).filter(|profile| !old(*profile));
            let mut linked: Vec<_> = profiles.map(Target::Profile).collect();
            linked.extend(
                user.hierarchy_group
                    .filter(|_| previous.is_none_or(|previous| previous.hierarchy_group != user.hierarchy_group))
                    .map(Target::Group),
            );
            linked.extend(
                previous
                    .is_none_or(|previous| previous.routing_profile != user.routing_profile)
                    .then_some(Target::Resource(user.routing_profile)),
            );
            assert_visible(&before, actor, linked, attempt);
        }
        if let RecordChange::Upsert(Record::Profile(profile)) = step {
            let previous = attempt.before.profile(profile.id);
            let old = previous.and_then(|previous| previous.access_control.hierarchy_group);
            let group = profile.access_control.hierarchy_group.filter(|group| Some(*group) != old);
            assert_visible(&before, actor, group.map(Target::Group).into_iter().collect(), attempt);
            let known = previous.map(|previous| previous.assignable.clone()).unwrap_or_default();
            let new = profile.assignable.difference(&known).copied().map(Target::Profile).collect();
            assert_visible(&before, actor, new, attempt);
        }
    }
}

/// Whether every user can run the action on their own account.
fn is_own(action: Action, actor: UserId, key: &RecordKey) -> bool {
    let own = [Action::EndUserSessions, Action::RemoveSecondFactor, Action::AddSecondFactor, Action::ChangeOwnPassword];
    own.contains(&action) && *key == RecordKey::User(actor)
}

/// Returns the action whose permissions are required for a record. Replacing a profile can also delete the profile,
/// which requires the permissions for deleting profiles.
fn required_action(action: Action, key: &RecordKey) -> Action {
    match (action, key) {
        (Action::ReplaceSecurityProfile, RecordKey::Profile(_)) => Action::DeleteSecurityProfile,
        (action, _) => action,
    }
}

fn assert_visible<'a>(before: &Oracle<'a>, actor: UserId, linked: Vec<Target<'a>>, attempt: &Attempt) {
    for target in linked {
        let resource_type = before.thing(&target).unwrap().resource_type;
        let is_visible = can_see_in_list(before, actor, view_of(resource_type.unwrap()), target, NOW);
        assert!(is_visible, "{:?} by {actor:?} links to {target:?} out of sight", attempt.command);
    }
}

fn view_of(of: ResourceType) -> Permission {
    let is_view = |name: &Permission| name.info().resource_type == Some(of) && name.info().action == "View";
    catalog().permissions().find(is_view).unwrap()
}

/// Whether the actor has the permissions that the action requires for the target, according to the oracle.
fn can<'a>(before: &Oracle<'a>, actor: UserId, action: Action, target: Target<'a>) -> bool {
    let requirement = catalog().requirement(action);
    let has = |name: Permission| {
        let request = Request::new(actor, RequestedAction::Permission(name), target, NOW);
        matches!(before.decide(&request), Reason::Granted | Reason::GrantedInScope)
    };
    let by_type = before.thing(&target).and_then(|resource| requirement.by_type.get(&resource.resource_type?));
    let all_of = requirement.all_of.union(by_type.unwrap_or(&PermissionSet::EMPTY));
    let is_requiring = !all_of.is_empty() || !requirement.any_of.is_empty();
    let one_of = |set: &PermissionSet| set.is_empty() || set.iter().any(has);
    assert!(
        requirement.by_circumstance.is_empty() && requirement.forbidden_restrictions.is_empty(),
        "the oracle has no circumstances"
    );
    is_requiring && all_of.iter().all(has) && one_of(&requirement.any_of) && one_of(&requirement.and_any_of)
}

/// Whether the step only removes credentials that a custodian might know. The guard removes such credentials when the
/// user gets more access, even if the user is not in the actor's scope.
fn only_replaces_credentials(attempt: &Attempt, step: &RecordChange) -> bool {
    let RecordChange::Upsert(Record::User(after)) = step else { return false };
    let Some(before) = attempt.before.user(after.id) else { return false };
    let same = User {
        verified_email: before.verified_email.clone(),
        email_verified_at: before.email_verified_at,
        email_unverified: before.email_unverified,
        password: before.password,
        password_set_at: before.password_set_at,
        custody: before.custody.clone(),
        mfa_methods: before.mfa_methods.clone(),
        security_epoch: before.security_epoch,
        modified: before.modified,
        ..User::clone(after)
    };
    same == **before && after.custody.is_empty() && !before.custody.is_empty()
}

/// Checks a changed record that is not a target of the command. Only one change is allowed: a deleted profile is
/// removed from the record's assignable list.
fn assert_only_unlists_profile(attempt: &Attempt, step: &RecordChange) {
    let RecordChange::Upsert(Record::Profile(after)) = step else {
        panic!("{:?} changes {:?} on the side", attempt.command, step.key())
    };
    let mut expected = (**attempt.before.profile(after.id).unwrap()).clone();
    let removed: Vec<_> = expected.assignable.difference(&after.assignable).copied().collect();
    let deleted = match attempt.command {
        Command::DeleteSecurityProfile { profile } | Command::ReplaceSecurityProfile { profile, delete: true, .. } => {
            Some(profile)
        }
        _ => None,
    };
    assert!(deleted.is_some_and(|profile| removed == [profile]));
    expected.assignable.clone_from(&after.assignable);
    expected.pinned.retain(|profile, _| after.assignable.contains(profile));
    expected.modified = after.modified;
    assert_eq!(expected, **after);
}
