//! Tests invariants of the escalation guard in mode `enforce`. A command gives no user more access than the actor has
//! or can assign. An actor never changes the account of a user who has more access than the actor.

use floorkey::audit::Flag;
use floorkey::user::Identity;
use floorkey::{
    Action, Change, Command, GuardMode, Principal, Record, RecordChange, RecordKey, ResourceAttributes, Target, User,
    UserId,
};
use proptest::prelude::*;

use super::access::{Access, AccessModel, change_times};
use super::{Actors, Attempt, build_instance, cases, run, run_random, target};
use crate::commands::NOW;
use crate::test_instance::{actor_of, identity};

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn under_enforce_no_user_gets_more_than_the_actor_can_give(seed: u64, steps in 1..60_usize) {
        check_random_commands(seed, steps);
    }
}

/// The user carl enters the email address of tia, who can edit all users. The user ron, who can edit some users, then
/// allows tia to assign a profile that carl does not have. The guard therefore replaces tia's credentials. This
/// replacement does not count as a change by ron.
#[test]
fn replacing_credentials_does_not_count_as_a_change_by_the_actor() {
    let before = build_instance(Some(GuardMode::Enforce));
    let user = |login: &str| before.user_by_login(login).unwrap().id;
    let profile = |name: &str| before.profile_by_name(name).unwrap().id;
    let identity = Identity { email: Some("a/b@example.com".to_owned()), ..identity() };
    let entered = Command::UpdateUserIdentityInfo { user: user("tia"), identity };
    let assignable = [profile("Red deleter")].into();
    let list = Command::SetAssignableProfiles { profile: profile("Tagger"), assignable };
    let first = run(&before, actor_of(user("carl")), entered);
    check_guard(&first);
    let second = run(&first.outcome.unwrap().1, actor_of(user("ron")), list);
    check_guard(&second);
    assert_eq!(second.outcome.unwrap().0.credentials_replaced(), 1);
}

fn check_random_commands(seed: u64, steps: usize) {
    run_random(seed, steps, Some(GuardMode::Enforce), Actors::Users).iter().for_each(check_guard);
}

fn check_guard(attempt: &Attempt) {
    if attempt.before.settings().guard_mode() == GuardMode::Enforce {
        check_gains(attempt);
        check_protected_accounts(attempt);
    }
}

/// Returns the targets for all records that scopes can distinguish.
fn targets(records: &[Record]) -> Vec<Target<'static>> {
    records.iter().filter_map(|record| target(&record.key())).collect()
}

fn acting_user(attempt: &Attempt) -> Option<UserId> {
    match attempt.actor.principal {
        Principal::User { id, .. } => Some(id),
        Principal::Operator { .. } | Principal::System => None,
    }
}

fn check_gains(attempt: &Attempt) {
    let (Ok((change, next)), Some(acting)) = (&attempt.outcome, acting_user(attempt)) else { return };
    // Pairs of a user and a resource are skipped if the change wrote neither of them. The user's access to the resource
    // is then unchanged.
    let written: Vec<_> = change.records().iter().map(RecordChange::key).collect();
    let profiles = written.iter().any(|key| matches!(key, RecordKey::Profile(_)));
    let (records_before, records_after) = (attempt.before.records(), next.records());
    let (before, after) = (AccessModel::new(&records_before), AccessModel::new(&records_after));
    let actor = before.user(acting).unwrap();
    let keys = records_after.iter().map(Record::key).map(Some).chain([None]);
    let targets = keys.map(|key| {
        let target = key.as_ref().and_then(target);
        let resource_after = target.and_then(|target| after.oracle.thing(&target));
        let resource_before = target.and_then(|target| before.oracle.thing(&target));
        let moved = key.is_some_and(|key| written.contains(&key));
        (resource_before, resource_after, before.grantable_access(actor, NOW, resource_after.as_ref()), moved)
    });
    // Created and deleted records are skipped, because access to a new record depends only on its scope. `scope.rs`
    // tests that a new record is in its creator's scope.
    let targets: Vec<_> = targets.filter(|(before, after, ..)| after.is_some() == before.is_some()).collect();
    for user in &after.users {
        let user_before = before.user(user.id);
        let assignments = user_before.into_iter().chain([*user]).flat_map(|user| &user.assignments);
        for at in change_times(assignments, NOW) {
            for (resource_before, resource_after, grantable, moved) in &targets {
                if !profiles && !moved && !written.contains(&RecordKey::User(user.id)) {
                    continue;
                }
                let had = user_before
                    .map(|user_before| before.access(user_before, at, resource_before.as_ref()))
                    .unwrap_or_default();
                let has = after.access(user, at, resource_after.as_ref());
                let context =
                    || format!("{:?} by {} gives {} at {at:?}", attempt.command, actor.username, user.username);
                assert_covered(&had, &has, grantable, context);
                let lifted = had.limits.difference(&has.limits).intersection(&grantable.limits);
                assert!(lifted.is_empty(), "{} freedom from {lifted:?}", context());
                if is_unmoved(resource_before.as_ref(), resource_after.as_ref()) {
                    let had = user_before
                        .map(|user_before| before.grantable_access(user_before, at, resource_before.as_ref()))
                        .unwrap_or_default();
                    assert_covered(
                        &had,
                        &after.grantable_access(user, at, resource_after.as_ref()),
                        grantable,
                        context,
                    );
                }
            }
        }
    }
}

pub(super) fn is_unmoved(before: Option<&ResourceAttributes<'_>>, after: Option<&ResourceAttributes<'_>>) -> bool {
    let scope_inputs = |resource: Option<&ResourceAttributes<'_>>| {
        resource.map(|resource| (resource.tags.clone(), resource.hierarchy_group))
    };
    scope_inputs(before) == scope_inputs(after)
}

pub(super) fn assert_covered(had: &Access, has: &Access, grantable: &Access, context: impl Fn() -> String) {
    let gained = has.permissions.difference(&had.permissions).difference(&grantable.permissions);
    assert!(gained.is_empty(), "{} {gained:?}", context());
    if !grantable.is_full() {
        for pair in &has.applications {
            assert!(had.applications.contains(pair) || grantable.applications.contains(pair), "{} {pair:?}", context());
        }
    }
}

fn check_protected_accounts(attempt: &Attempt) {
    let (Ok((change, _)), Some(acting)) = (&attempt.outcome, acting_user(attempt)) else { return };
    let records = attempt.before.records();
    let before = AccessModel::new(&records);
    let actor = before.user(acting).unwrap();
    let unguarded_acts = [
        Action::UpdateUserPhoneConfig,
        Action::UpdateUserConfig,
        Action::UpdateUserRoutingProfile,
        Action::AssociateUserProficiencies,
        Action::UpdateUserProficiencies,
        Action::DisassociateUserProficiencies,
    ];
    for step in change.records() {
        let changed_user = match step.key() {
            RecordKey::User(id) => id,
            RecordKey::AccessKey(key) => attempt.before.access_key(&key).map_or(acting, |key| key.owner),
            _ => continue,
        };
        let Some(user) = before.user(changed_user).filter(|user| user.id != acting) else { continue };
        if unguarded_acts.contains(&attempt.command.action())
            || only_names_changed(step, user)
            || were_replaced(change, step, user)
        {
            continue;
        }
        for at in change_times(&user.assignments, NOW) {
            for target in targets(&records).into_iter().map(Some).chain([None]) {
                let resource = target.and_then(|target| before.oracle.thing(&target));
                let has = before.grantable_access(user, at, resource.as_ref());
                let grantable = before.grantable_access(actor, NOW, resource.as_ref());
                let context = || format!("{:?} by {} touches {}", attempt.command, actor.username, user.username);
                assert_covered(&Access::default(), &has, &grantable, context);
            }
        }
    }
}

/// Whether the change replaces the user's credentials because a custodian might know them, and changes nothing else
/// about the user.
fn were_replaced(change: &Change, step: &RecordChange, before: &User) -> bool {
    let mut flags = change.event().flags.iter();
    let is_replaced =
        |flag: &Flag| matches!(flag, Flag::CredentialsReplaced { users, .. } if users.contains(&before.id));
    let nothing_else = match step {
        RecordChange::Upsert(Record::User(after)) => {
            **after
                == User {
                    password: after.password,
                    password_set_at: after.password_set_at,
                    mfa_methods: after.mfa_methods.clone(),
                    verified_email: after.verified_email.clone(),
                    email_verified_at: after.email_verified_at,
                    email_unverified: after.email_unverified,
                    custody: after.custody.clone(),
                    security_epoch: after.security_epoch,
                    modified: after.modified,
                    ..before.clone()
                }
        }
        RecordChange::Upsert(Record::AccessKey(key)) => key.suspended_until.is_some(),
        _ => false,
    };
    nothing_else && flags.any(is_replaced)
}

/// Whether the step changes only the user's names and mobile number. A change of the email address does not count,
/// because the address gives access to the account.
fn only_names_changed(step: &RecordChange, before: &User) -> bool {
    let RecordChange::Upsert(Record::User(after)) = step else { return false };
    let mut names = before.clone();
    names.identity.first_name.clone_from(&after.identity.first_name);
    names.identity.last_name.clone_from(&after.identity.last_name);
    names.identity.mobile.clone_from(&after.identity.mobile);
    names.modified = after.modified;
    names == **after
}

#[test]
fn random_commands_succeed_and_are_refused_by_the_guard_often_enough() {
    let (mut succeeded, mut refused_by_guard) = (0, 0);
    for seed in 0..60 {
        for attempt in run_random(seed, 40, Some(GuardMode::Enforce), Actors::Users) {
            match attempt.outcome {
                Ok(_) => succeeded += 1,
                Err(refusal) => refused_by_guard += usize::from(refusal.code() == "guard"),
            }
        }
    }
    assert!(succeeded > 600 && refused_by_guard > 600, "{succeeded} done, {refused_by_guard} refused by the guard");
}
