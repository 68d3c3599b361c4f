//! Invariants of scopes: the records that an action changes are in its actor's scope before and after, and so are the
//! records that it links to.

use floorkey::{
    Act, Action, Command, GuardMode, Permission, PermissionSet, Principal, Reason, Record, RecordChange, RecordKey,
    Request, ResourceType, Target, User, UserId, catalogue,
};
use proptest::prelude::*;

use super::{Actors, Tried, cases, target, try_out};
use crate::commands::NOW;
use crate::decide::lists;
use crate::oracle::Oracle;

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn an_action_changes_only_records_in_its_actors_scope(seed: u64, steps in 1..60_usize, enforce: bool) {
        let mode = if enforce { GuardMode::Enforce } else { GuardMode::Warn };
        for tried in try_out(seed, steps, Some(mode), Actors::Users) {
            stays_in_scope(&tried);
        }
    }
}

fn stays_in_scope(tried: &Tried) {
    let Ok((change, next)) = &tried.outcome else { return };
    let Principal::User { id: actor, .. } = tried.actor.principal else { return };
    let (records_before, records_after) = (tried.before.records(), next.records());
    // Both states are checked against the actor's permissions before the command: a command cannot permit itself.
    let (before, after) = (Oracle::new(&records_before), Oracle::new(&records_after));
    for step in change.records() {
        let Some(target) = target(&step.key()) else { continue };
        if only_replaces_credentials(tried, step) {
            continue;
        }
        if !change.event().targets.contains(&step.key()) {
            only_forgets_a_profile(tried, step);
            continue;
        }
        for thing in [before.thing(&target), after.thing(&target)].into_iter().flatten() {
            let allowed = is_own(tried.command.act(), actor, &step.key())
                || may(&before, actor, act_on(tried.command.act(), &step.key()), Target::Described(thing));
            assert!(allowed, "{:?} by {actor:?}: {thing:?} lies out of scope", tried.command);
        }
        if let RecordChange::Put(Record::User(user)) = step {
            let was = before.users.get(&user.id);
            let old = |profile| was.is_some_and(|was| was.assignments.iter().any(|held| held.profile == profile));
            let profiles = user.assignments.iter().map(|held| held.profile).filter(|profile| !old(*profile));
            let mut linked: Vec<_> = profiles.map(Target::Profile).collect();
            linked.extend(
                user.hierarchy_group
                    .filter(|_| was.is_none_or(|was| was.hierarchy_group != user.hierarchy_group))
                    .map(Target::Group),
            );
            linked.extend(
                was.is_none_or(|was| was.routing_profile != user.routing_profile)
                    .then_some(Target::Resource(user.routing_profile)),
            );
            seen(&before, actor, linked, tried);
        }
        if let RecordChange::Put(Record::Profile(profile)) = step {
            let was = tried.before.profile(profile.id);
            let old = was.and_then(|was| was.access_control.hierarchy_group);
            let group = profile.access_control.hierarchy_group.filter(|group| Some(*group) != old);
            seen(&before, actor, group.map(Target::Group).into_iter().collect(), tried);
            let known = was.map(|was| was.assignable.clone()).unwrap_or_default();
            let new = profile.assignable.difference(&known).copied().map(Target::Profile).collect();
            seen(&before, actor, new, tried);
        }
    }
}

/// Whether the action is one that all users can run on their own account.
fn is_own(act: Act, actor: UserId, key: &RecordKey) -> bool {
    let own = [Act::EndUserSessions, Act::RemoveSecondFactor, Act::AddSecondFactor, Act::ChangeOwnPassword];
    own.contains(&act) && *key == RecordKey::User(actor)
}

/// Returns the action whose permissions are required on a record. Replacing a profile can also delete it, which
/// requires the permissions for deletion.
fn act_on(act: Act, key: &RecordKey) -> Act {
    match (act, key) {
        (Act::ReplaceSecurityProfile, RecordKey::Profile(_)) => Act::DeleteSecurityProfile,
        (act, _) => act,
    }
}

fn seen<'a>(before: &Oracle<'a>, actor: UserId, linked: Vec<Target<'a>>, tried: &Tried) {
    for target in linked {
        let of = before.thing(&target).unwrap().resource_type;
        let sees = lists(before, actor, view_of(of.unwrap()), target, NOW);
        assert!(sees, "{:?} by {actor:?} links to {target:?} out of sight", tried.command);
    }
}

fn view_of(of: ResourceType) -> Permission {
    let is_view = |name: &Permission| name.info().resource_type == Some(of) && name.info().action == "View";
    catalogue().permissions().find(is_view).unwrap()
}

/// Whether the oracle grants the actor the permissions that the action requires, on the target.
fn may<'a>(before: &Oracle<'a>, actor: UserId, act: Act, target: Target<'a>) -> bool {
    let requirement = catalogue().requirement(act);
    let holds = |name: Permission| {
        let request = Request::new(actor, Action::Permission(name), target, NOW);
        matches!(before.decide(&request), Reason::Granted | Reason::GrantedInScope)
    };
    let by_type = before.thing(&target).and_then(|thing| requirement.by_type.get(&thing.resource_type?));
    let all_of = requirement.all_of.union(by_type.unwrap_or(&PermissionSet::EMPTY));
    let asks = !all_of.is_empty() || !requirement.any_of.is_empty();
    let one_of = |set: &PermissionSet| set.is_empty() || set.iter().any(holds);
    assert!(requirement.when.is_empty() && requirement.must_not_hold.is_empty(), "the oracle has no circumstances");
    asks && all_of.iter().all(holds) && one_of(&requirement.any_of) && one_of(&requirement.and_any_of)
}

/// Whether a user only loses credentials that a custodian could know. The guard replaces them when the user gets more
/// access, even if the user is not in the actor's scope.
fn only_replaces_credentials(tried: &Tried, step: &RecordChange) -> bool {
    let RecordChange::Put(Record::User(after)) = step else { return false };
    let Some(before) = tried.before.user(after.id) else { return false };
    let same = User {
        confirmed_email: before.confirmed_email.clone(),
        email_confirmed_at: before.email_confirmed_at,
        email_unverified: before.email_unverified,
        password: before.password,
        password_set_at: before.password_set_at,
        custody: before.custody.clone(),
        second_factors: before.second_factors.clone(),
        security_epoch: before.security_epoch,
        modified: before.modified,
        ..User::clone(after)
    };
    same == **before && after.custody.is_empty() && !before.custody.is_empty()
}

/// Checks that a record that is no target of the command changes only because a deleted profile is removed from its
/// list of assignable profiles.
fn only_forgets_a_profile(tried: &Tried, step: &RecordChange) {
    let RecordChange::Put(Record::Profile(after)) = step else {
        panic!("{:?} changes {:?} on the side", tried.command, step.key())
    };
    let mut forgotten = (**tried.before.profile(after.id).unwrap()).clone();
    let gone: Vec<_> = forgotten.assignable.difference(&after.assignable).copied().collect();
    let deleted = match tried.command {
        Command::DeleteSecurityProfile { profile } | Command::ReplaceSecurityProfile { profile, delete: true, .. } => {
            Some(profile)
        }
        _ => None,
    };
    assert!(deleted.is_some_and(|profile| gone == [profile]));
    forgotten.assignable.clone_from(&after.assignable);
    forgotten.pinned.retain(|profile, _| after.assignable.contains(profile));
    forgotten.modified = after.modified;
    assert_eq!(forgotten, **after);
}
