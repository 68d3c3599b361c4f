//! Tests `decide`, `explain` and `can_list` against the oracle.

use std::collections::BTreeMap;

use floorkey::{
    Authentication, Directory, Permission, Principal, Reason, Request, RequestedAction, ResourceType, Target,
    Timestamp, UserId, can_list, catalog,
};

use crate::oracle::{Oracle, restricts};
use crate::random_directory::{Ids, at, directory, random_request, supplied_attributes, target};
use crate::rng::TestRng;

/// The number of requests per random directory.
const REQUESTS_PER_DIRECTORY: usize = 4_000;

#[test]
fn random_requests_are_decided_as_the_oracle_decides_them() {
    // Long test runs set FLOORKEY_TEST_DECISIONS to a higher number of requests.
    let requests = std::env::var("FLOORKEY_TEST_DECISIONS").ok().and_then(|text| text.parse().ok());
    let directories = requests.unwrap_or(1_000_000) / REQUESTS_PER_DIRECTORY;
    let mut rng = TestRng::new(0x0f10_0242_e7a1_1ce5);
    let mut reasons = BTreeMap::new();
    for number in 0..directories {
        let (directory, ids) = directory(&mut rng);
        let records = directory.records();
        let oracle = Oracle::new(&records);
        let supplied = supplied_attributes(&mut rng, &ids);
        for _ in 0..REQUESTS_PER_DIRECTORY {
            let request = random_request(&mut rng, &directory, &ids, &supplied);
            let (decision, expected) = (directory.decide(&request), oracle.decide(&request));
            assert_eq!(decision.reason, expected, "directory {number}: {request:?}");
            let yes = matches!(expected, Reason::Granted | Reason::GrantedInScope);
            assert_eq!(decision.allowed(), yes, "directory {number}: {request:?}");
            *reasons.entry(expected.as_str()).or_insert(0) += 1;
        }
    }
    // Each reason must occur often enough to count as tested.
    assert_eq!(reasons.len(), 11, "{reasons:?}");
    assert!(reasons.values().all(|count| *count > 5_000), "{reasons:?}");
}

#[test]
fn an_explanation_names_a_grant_that_applies_exactly_if_the_request_is_allowed() {
    let mut rng = TestRng::new(2);
    for number in 0..60 {
        let (directory, ids) = directory(&mut rng);
        let supplied = supplied_attributes(&mut rng, &ids);
        for _ in 0..500 {
            let request = random_request(&mut rng, &directory, &ids, &supplied);
            let explanation = directory.explain(&request);
            assert_eq!(explanation.decision, directory.decide(&request));
            let is_covered = explanation.grants.iter().any(|grant| grant.covers_target);
            let exists = !matches!(explanation.decision.reason, Reason::TargetNotFound | Reason::WrongResourceType);
            assert_eq!(
                is_covered && exists,
                explanation.decision.allowed(),
                "directory {number}: {request:?} {explanation:?}"
            );
            for grant in &explanation.grants {
                assert!(directory.user(request.subject).unwrap().profiles_at(request.at).any(|id| id == grant.profile));
            }
        }
    }
}

#[test]
fn inherited_lists_match_the_oracle() {
    let mut rng = TestRng::new(3);
    let views: Vec<Permission> = catalog().permissions().filter(|name| name.name().ends_with(".View")).collect();
    let (mut visible, mut hidden, mut inherited) = (0, 0, 0);
    for number in 0..120 {
        let (directory, ids) = directory(&mut rng);
        let records = directory.records();
        let oracle = Oracle::new(&records);
        for _ in 0..1_000 {
            let (subject, target, at) = (*rng.choose(&ids.users), target(&mut rng, &ids), at(&mut rng));
            let Some(resource_type) =
                directory.resource_attributes(&target).and_then(|resource| resource.resource_type)
            else {
                continue;
            };
            // Each resource type has one View permission.
            let view = *views.iter().find(|view| view.info().resource_type == Some(resource_type)).unwrap();
            let expected = can_see_in_list(&oracle, subject, view, target, at);
            let principal = Principal::User {
                id: subject,
                authentication: Authentication::Session { recently_authenticated: false },
            };
            let found = can_list(&directory, &principal, resource_type, &target, at);
            assert_eq!(found, expected, "directory {number}: {subject} {view:?} {target:?} {at:?}");
            let request = Request::new(subject, RequestedAction::Permission(view), target, at);
            inherited += usize::from(found && !directory.decide(&request).allowed());
            if found { visible += 1 } else { hidden += 1 }
        }
        check_system_lists_everything(&directory, &ids, &mut rng);
    }
    assert!(visible > 10_000 && hidden > 10_000 && inherited > 1_000, "{visible} {hidden} {inherited}");
}

/// Whether the user can see the target's name in a list. Either the View permission for the target's type or an
/// inherited permission allows this.
pub(crate) fn can_see_in_list<'a>(
    oracle: &Oracle<'a>,
    id: UserId,
    view: Permission,
    target: Target<'a>,
    at: Timestamp,
) -> bool {
    let request = Request::new(id, RequestedAction::Permission(view), target, at);
    if matches!(oracle.decide(&request), Reason::Granted | Reason::GrantedInScope) {
        return true;
    }
    let (Some(user), Some(resource)) = (oracle.users.get(&id), oracle.thing(&target)) else { return false };
    user.enabled
        && oracle.profiles_of(user, at).any(|(names, profile)| {
            let control = &profile.access_control;
            let mut rows = catalog().inherited().iter();
            rows.any(|row| row.views.contains(view) && row.permissions.iter().any(|name| names.contains(&name)))
                && (!restricts(control, resource.resource_type)
                    || oracle.is_in_scope(control, resource.resource_type, user, None, &resource))
        })
}

fn check_system_lists_everything(directory: &Directory, ids: &Ids, rng: &mut TestRng) {
    let user = Target::User(*rng.choose(&ids.users));
    assert!(can_list(directory, &Principal::System, ResourceType::User, &user, at(rng)));
}

#[test]
fn without_the_permission_the_reason_does_not_depend_on_the_target() {
    // If the user lacks the permission, the reason must not disclose whether the resource exists.
    let mut rng = TestRng::new(4);
    let (mut compared, name) = (0, Permission::parse("Users.Delete").unwrap());
    for _ in 0..200 {
        let (directory, ids) = directory(&mut rng);
        let (existing, missing) = (Target::User(ids.users[1]), Target::User(UserId::from_bits(7)));
        for subject in &ids.users {
            let at = at(&mut rng);
            let reason = |target| {
                directory.decide(&Request::new(*subject, RequestedAction::Permission(name), target, at)).reason
            };
            if reason(existing) == Reason::NotGranted {
                assert_eq!(reason(missing), Reason::NotGranted);
                compared += 1;
            }
        }
    }
    assert!(compared > 500, "{compared}");
}
