//! Invariants of the escalation guard under `enforce`: a command gives no user more than its actor has or can assign,
//! and no actor changes the account of a user who has more than the actor.

use floorkey::audit::Flag;
use floorkey::user::Identity;
use floorkey::{
    Act, Change, Command, GuardMode, Principal, Record, RecordChange, RecordKey, Target, Thing, User, UserId,
};
use proptest::prelude::*;

use super::powers::{Held, Powers, turning_points};
use super::{Actors, Tried, cases, centre, target, try_out, try_to};
use crate::commands::NOW;
use crate::test_instance::{actor_of, identity};

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn under_enforce_no_user_gets_more_than_the_actor_can_give(seed: u64, steps in 1..60_usize) {
        all_obeyed(seed, steps);
    }
}

/// carl enters the email address of tia, who can edit all users. ron, who can edit some users, lets tia assign a
/// profile that carl does not have. The guard replaces tia's credentials; this does not count as a change by ron.
#[test]
fn replacing_credentials_does_not_count_as_a_change_by_the_actor() {
    let before = centre(Some(GuardMode::Enforce));
    let user = |login: &str| before.user_by_login(login).unwrap().id;
    let profile = |name: &str| before.profile_by_name(name).unwrap().id;
    let identity = Identity { email: Some("a/b@example.com".to_owned()), ..identity() };
    let entered = Command::UpdateUserIdentityInfo { user: user("tia"), identity };
    let assignable = [profile("Red deleter")].into();
    let list = Command::SetAssignableProfiles { profile: profile("Tagger"), assignable };
    let first = try_to(&before, actor_of(user("carl")), entered);
    obeyed(&first);
    let second = try_to(&first.outcome.unwrap().1, actor_of(user("ron")), list);
    obeyed(&second);
    assert_eq!(second.outcome.unwrap().0.credentials_replaced(), 1);
}

fn all_obeyed(seed: u64, steps: usize) {
    try_out(seed, steps, Some(GuardMode::Enforce), Actors::Users).iter().for_each(obeyed);
}

fn obeyed(tried: &Tried) {
    if tried.before.settings().guard_mode() == GuardMode::Enforce {
        nobody_gets_more(tried);
        nobody_stronger_is_touched(tried);
    }
}

/// Returns all records that scopes can distinguish, as targets of requests.
fn targets(records: &[Record]) -> Vec<Target<'static>> {
    records.iter().filter_map(|record| target(&record.key())).collect()
}

fn acting(tried: &Tried) -> Option<UserId> {
    match tried.actor.principal {
        Principal::User { id, .. } => Some(id),
        Principal::Operator { .. } | Principal::System => None,
    }
}

fn nobody_gets_more(tried: &Tried) {
    let (Ok((change, next)), Some(acting)) = (&tried.outcome, acting(tried)) else { return };
    // Pairs of users and resources that the change did not write are the same as before and are skipped.
    let written: Vec<_> = change.records().iter().map(RecordChange::key).collect();
    let profiles = written.iter().any(|key| matches!(key, RecordKey::Profile(_)));
    let (records_before, records_after) = (tried.before.records(), next.records());
    let (before, after) = (Powers::new(&records_before), Powers::new(&records_after));
    let actor = before.user(acting).unwrap();
    let keys = records_after.iter().map(Record::key).map(Some).chain([None]);
    let seen = keys.map(|key| {
        let target = key.as_ref().and_then(target);
        let is_there = target.and_then(|target| after.oracle.thing(&target));
        let was_there = target.and_then(|target| before.oracle.thing(&target));
        let moved = key.is_some_and(|key| written.contains(&key));
        (was_there, is_there, before.ceiling(actor, NOW, is_there.as_ref()), moved)
    });
    // Created and deleted records are skipped: who has access to a new record depends only on its scope. That it is in
    // the scope of its creator is tested in `scope.rs`.
    let seen: Vec<_> = seen.filter(|(was, is, ..)| is.is_some() == was.is_some()).collect();
    for user in &after.users {
        let was = before.user(user.id);
        let assignments = was.into_iter().chain([*user]).flat_map(|user| &user.assignments);
        for at in turning_points(assignments, NOW) {
            for (was_there, is_there, ceiling, moved) in &seen {
                if !profiles && !moved && !written.contains(&RecordKey::User(user.id)) {
                    continue;
                }
                let had = was.map(|was| before.held(was, at, was_there.as_ref())).unwrap_or_default();
                let has = after.held(user, at, is_there.as_ref());
                let context = || format!("{:?} by {} gives {} at {at:?}", tried.command, actor.username, user.username);
                covered(&had, &has, ceiling, context);
                let freed = had.limits.difference(&has.limits).intersection(&ceiling.limits);
                assert!(freed.is_empty(), "{} freedom from {freed:?}", context());
                if unmoved(was_there.as_ref(), is_there.as_ref()) {
                    let had = was.map(|was| before.ceiling(was, at, was_there.as_ref())).unwrap_or_default();
                    covered(&had, &after.ceiling(user, at, is_there.as_ref()), ceiling, context);
                }
            }
        }
    }
}

pub(super) fn unmoved(was: Option<&Thing<'_>>, is: Option<&Thing<'_>>) -> bool {
    let place = |thing: Option<&Thing<'_>>| thing.map(|thing| (thing.tags.clone(), thing.hierarchy_group));
    place(was) == place(is)
}

pub(super) fn covered(had: &Held, has: &Held, ceiling: &Held, context: impl Fn() -> String) {
    let gained = has.names.difference(&had.names).difference(&ceiling.names);
    assert!(gained.is_empty(), "{} {gained:?}", context());
    if !ceiling.is_everything() {
        for pair in &has.applications {
            assert!(had.applications.contains(pair) || ceiling.applications.contains(pair), "{} {pair:?}", context());
        }
    }
}

fn nobody_stronger_is_touched(tried: &Tried) {
    let (Ok((change, _)), Some(acting)) = (&tried.outcome, acting(tried)) else { return };
    let records = tried.before.records();
    let before = Powers::new(&records);
    let actor = before.user(acting).unwrap();
    let weak_acts = [
        Act::UpdateUserPhoneConfig,
        Act::UpdateUserConfig,
        Act::UpdateUserRoutingProfile,
        Act::AssociateUserProficiencies,
        Act::UpdateUserProficiencies,
        Act::DisassociateUserProficiencies,
    ];
    for step in change.records() {
        let touched = match step.key() {
            RecordKey::User(id) => id,
            RecordKey::AccessKey(key) => tried.before.access_key(&key).map_or(acting, |key| key.owner),
            _ => continue,
        };
        let Some(user) = before.user(touched).filter(|user| user.id != acting) else { continue };
        if weak_acts.contains(&tried.command.act())
            || only_names_changed(step, user)
            || were_replaced(change, step, user)
        {
            continue;
        }
        for at in turning_points(&user.assignments, NOW) {
            for target in targets(&records).into_iter().map(Some).chain([None]) {
                let thing = target.and_then(|target| before.oracle.thing(&target));
                let has = before.ceiling(user, at, thing.as_ref());
                let ceiling = before.ceiling(actor, NOW, thing.as_ref());
                let context = || format!("{:?} by {} touches {}", tried.command, actor.username, user.username);
                covered(&Held::default(), &has, &ceiling, context);
            }
        }
    }
}

/// Whether the change replaces the user's credentials because a custodian could know them, and changes nothing else
/// about the user.
fn were_replaced(change: &Change, step: &RecordChange, before: &User) -> bool {
    let mut flags = change.event().flags.iter();
    let is_replaced =
        |flag: &Flag| matches!(flag, Flag::CredentialsReplaced { users, .. } if users.contains(&before.id));
    let nothing_else = match step {
        RecordChange::Put(Record::User(after)) => {
            **after
                == User {
                    password: after.password,
                    password_set_at: after.password_set_at,
                    second_factors: after.second_factors.clone(),
                    confirmed_email: after.confirmed_email.clone(),
                    email_confirmed_at: after.email_confirmed_at,
                    email_unverified: after.email_unverified,
                    custody: after.custody.clone(),
                    security_epoch: after.security_epoch,
                    modified: after.modified,
                    ..before.clone()
                }
        }
        RecordChange::Put(Record::AccessKey(key)) => key.suspended_until.is_some(),
        _ => false,
    };
    nothing_else && flags.any(is_replaced)
}

/// Whether only names and the mobile number of the user changed. A changed email address does not count, because it
/// gives access to the account.
fn only_names_changed(step: &RecordChange, before: &User) -> bool {
    let RecordChange::Put(Record::User(after)) = step else { return false };
    let mut names = before.clone();
    names.identity.first_name.clone_from(&after.identity.first_name);
    names.identity.last_name.clone_from(&after.identity.last_name);
    names.identity.mobile.clone_from(&after.identity.mobile);
    names.modified = after.modified;
    names == **after
}

#[test]
fn random_commands_succeed_and_are_refused_by_the_guard_often_enough() {
    let (mut done, mut guarded) = (0, 0);
    for seed in 0..60 {
        for tried in try_out(seed, 40, Some(GuardMode::Enforce), Actors::Users) {
            match tried.outcome {
                Ok(_) => done += 1,
                Err(refusal) => guarded += usize::from(refusal.code() == "guard"),
            }
        }
    }
    assert!(done > 600 && guarded > 600, "{done} done, {guarded} refused by the guard");
}
