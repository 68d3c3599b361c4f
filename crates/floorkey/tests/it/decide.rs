//! `decide`, `explain` and `can_list` compared with the oracle.

use std::collections::BTreeMap;

use floorkey::{
    Action, Directory, Permission, Principal, Reason, Request, ResourceType, Target, Timestamp, UserId, Via, can_list,
    catalogue,
};

use crate::oracle::{Oracle, restricts};
use crate::random_directory::{Ids, at, directory, question, said, target};
use crate::rng::TestRng;

/// Requests per random directory.
const QUESTIONS_A_WORLD: usize = 4_000;

#[test]
fn random_requests_are_decided_as_the_oracle_decides_them() {
    // Long test runs set a higher number of requests in this variable.
    let questions = std::env::var("FLOORKEY_TEST_DECISIONS").ok().and_then(|text| text.parse().ok());
    let worlds = questions.unwrap_or(1_000_000) / QUESTIONS_A_WORLD;
    let mut rng = TestRng::new(0x0f10_0242_e7a1_1ce5);
    let mut reasons = BTreeMap::new();
    for world in 0..worlds {
        let (directory, ids) = directory(&mut rng);
        let records = directory.records();
        let oracle = Oracle::new(&records);
        let said = said(&mut rng, &ids);
        for _ in 0..QUESTIONS_A_WORLD {
            let request = question(&mut rng, &directory, &ids, &said);
            let (decision, expected) = (directory.decide(&request), oracle.decide(&request));
            assert_eq!(decision.reason, expected, "world {world}: {request:?}");
            let yes = matches!(expected, Reason::Granted | Reason::GrantedInScope);
            assert_eq!(decision.allowed(), yes, "world {world}: {request:?}");
            *reasons.entry(expected.words()).or_insert(0) += 1;
        }
    }
    // Every reason must occur often enough to be tested.
    assert_eq!(reasons.len(), 11, "{reasons:?}");
    assert!(reasons.values().all(|count| *count > 5_000), "{reasons:?}");
}

#[test]
fn an_explanation_names_a_grant_that_applies_exactly_if_the_request_is_allowed() {
    let mut rng = TestRng::new(2);
    for world in 0..60 {
        let (directory, ids) = directory(&mut rng);
        let said = said(&mut rng, &ids);
        for _ in 0..500 {
            let request = question(&mut rng, &directory, &ids, &said);
            let explanation = directory.explain(&request);
            assert_eq!(explanation.decision, directory.decide(&request));
            let reaches = explanation.grants.iter().any(|grant| grant.reaches);
            let there = !matches!(explanation.decision.reason, Reason::UnknownTarget | Reason::NotAbout);
            assert_eq!(reaches && there, explanation.decision.allowed(), "world {world}: {request:?} {explanation:?}");
            for grant in &explanation.grants {
                assert!(directory.user(request.subject).unwrap().profiles_at(request.at).any(|id| id == grant.profile));
            }
        }
    }
}

#[test]
fn inherited_lists_match_the_oracle() {
    let mut rng = TestRng::new(3);
    let views: Vec<Permission> = catalogue().permissions().filter(|name| name.name().ends_with(".View")).collect();
    let (mut seen, mut hidden, mut inherited) = (0, 0, 0);
    for world in 0..120 {
        let (directory, ids) = directory(&mut rng);
        let records = directory.records();
        let oracle = Oracle::new(&records);
        for _ in 0..1_000 {
            let (subject, target, at) = (*rng.choose(&ids.users), target(&mut rng, &ids), at(&mut rng));
            let Some(of) = directory.thing(&target).and_then(|thing| thing.resource_type) else { continue };
            // The View permission of a resource type is the one that applies to that type.
            let view = *views.iter().find(|view| view.info().resource_type == Some(of)).unwrap();
            let expected = lists(&oracle, subject, view, target, at);
            let principal = Principal::User { id: subject, via: Via::Session { fresh: false } };
            let found = can_list(&directory, &principal, of, &target, at);
            assert_eq!(found, expected, "world {world}: {subject} {view:?} {target:?} {at:?}");
            let request = Request::new(subject, Action::Permission(view), target, at);
            inherited += usize::from(found && !directory.decide(&request).allowed());
            if found { seen += 1 } else { hidden += 1 }
        }
        everybody_but_users_lists_everything(&directory, &ids, &mut rng);
    }
    assert!(seen > 10_000 && hidden > 10_000 && inherited > 1_000, "{seen} {hidden} {inherited}");
}

/// Whether the user sees the name of the target in a list: through the `View` permission of its type, or through an
/// inherited permission.
pub(crate) fn lists<'a>(oracle: &Oracle<'a>, id: UserId, view: Permission, target: Target<'a>, at: Timestamp) -> bool {
    let request = Request::new(id, Action::Permission(view), target, at);
    if matches!(oracle.decide(&request), Reason::Granted | Reason::GrantedInScope) {
        return true;
    }
    let (Some(user), Some(thing)) = (oracle.users.get(&id), oracle.thing(&target)) else { return false };
    user.enabled
        && oracle.profiles_of(user, at).any(|(names, profile)| {
            let control = &profile.access_control;
            let mut rows = catalogue().inherited().iter();
            rows.any(|row| row.lists.contains(view) && row.permissions.iter().any(|name| names.contains(&name)))
                && (!restricts(control, thing.resource_type)
                    || oracle.inside(control, thing.resource_type, user, None, &thing))
        })
}

fn everybody_but_users_lists_everything(directory: &Directory, ids: &Ids, rng: &mut TestRng) {
    let user = Target::User(*rng.choose(&ids.users));
    assert!(can_list(directory, &Principal::System, ResourceType::User, &user, at(rng)));
}

#[test]
fn without_the_permission_the_reason_does_not_depend_on_the_target() {
    // The reason must not disclose to a user without the permission whether a resource exists.
    let mut rng = TestRng::new(4);
    let (mut compared, name) = (0, Permission::parse("Users.Delete").unwrap());
    for _ in 0..200 {
        let (directory, ids) = directory(&mut rng);
        let (there, missing) = (Target::User(ids.users[1]), Target::User(UserId::from_bits(7)));
        for subject in &ids.users {
            let at = at(&mut rng);
            let ask = |target| directory.decide(&Request::new(*subject, Action::Permission(name), target, at)).reason;
            if ask(there) == Reason::NotHeld {
                assert_eq!(ask(missing), Reason::NotHeld);
                compared += 1;
            }
        }
    }
    assert!(compared > 500, "{compared}");
}
