//! Tests that a search returns exactly what single decisions allow, in random directories.

use std::collections::BTreeSet;

use floorkey::search::{Candidates, FoundResource, Position};
use floorkey::{
    AnyPermission, Directory, Permission, Request, RequestAttributes, RequestedAction, ResourceType,
    SuppliedAttributes, Target, UserId, catalog,
};

use crate::large_world;
use crate::random_directory::{Ids, directory, random_request, supplied_attributes};
use crate::rng::TestRng;

#[test]
fn who_can_returns_exactly_the_users_whom_single_decisions_allow() {
    let mut rng = TestRng::new(21);
    let (mut found, mut empty) = (0, 0);
    for number in 0..150 {
        let (directory, ids) = directory(&mut rng);
        let supplied = supplied_attributes(&mut rng, &ids);
        for _ in 0..60 {
            let request = random_request(&mut rng, &directory, &ids, &supplied);
            let all: Vec<Position> = directory.search_subjects(&request, None).collect();
            assert!(all.is_sorted(), "directory {number}: {request:?}");
            let users: BTreeSet<UserId> = all.iter().map(|at| directory.user_at_position(*at).unwrap().id).collect();
            assert_eq!(users, users_by_decision(&directory, &ids, &request), "directory {number}: {request:?}");
            assert_eq!(users.len(), all.len());
            // A search that starts after a given position returns the remaining results.
            if let Some(at) = (!all.is_empty()).then(|| rng.below(all.len())) {
                let remaining: Vec<Position> = directory.search_subjects(&request, Some(all[at])).collect();
                assert_eq!(remaining, all[at + 1..], "directory {number}: {request:?}");
                assert_eq!(directory.position(directory.user_at_position(all[at]).unwrap().id), Some(all[at]));
            }
            *(if all.is_empty() { &mut empty } else { &mut found }) += 1;
        }
    }
    assert!(found > 1_000 && empty > 1_000, "{found} {empty}");
}

#[test]
fn who_can_continues_from_window_to_window_and_repeats_its_result() {
    // The directory has more users than one span of a `NumberSet` can contain, so every window size occurs.
    let (directory, ids) = large_world::world(70_000);
    let at = floorkey::Timestamp::from_millis(0);
    for permission in catalog().granting().iter().step_by(40) {
        let request = Request::new(UserId::from_bits(0), RequestedAction::Permission(permission), Target::Instance, at);
        let is_allowed = |id: &&UserId| directory.decide(&Request { subject: **id, ..request }).allowed();
        let mut all: Vec<Position> = ids.iter().filter(is_allowed).map(|id| directory.position(*id).unwrap()).collect();
        all.sort();
        assert!(!all.is_empty(), "{permission:?}");
        // The first pass collects the candidates, and the second pass finds the candidates in the cache.
        for _ in 0..2 {
            for begin in [all.len() - 1, all.len() / 3, 1, 0] {
                let remaining: Vec<Position> = directory.search_subjects(&request, Some(all[begin])).collect();
                assert_eq!(remaining.len(), all.len() - begin - 1, "{permission:?} after {begin}");
                assert!(remaining == all[begin + 1..], "{permission:?} after {begin}");
            }
            assert!(directory.search_subjects(&request, None).eq(all.iter().copied()), "{permission:?}");
        }
    }
}

fn users_by_decision(directory: &Directory, ids: &Ids, request: &Request<'_>) -> BTreeSet<UserId> {
    let is_allowed = |user: &&UserId| directory.decide(&Request { subject: **user, ..*request }).allowed();
    ids.users.iter().filter(is_allowed).copied().collect()
}

#[test]
fn on_what_returns_exactly_the_resources_that_single_decisions_allow() {
    let mut rng = TestRng::new(22);
    let (mut found, mut changed) = (0, 0);
    for number in 0..100 {
        let (directory, ids) = directory(&mut rng);
        let supplied = supplied_attributes(&mut rng, &ids);
        for _ in 0..30 {
            let given = Some(rng.choose(&supplied));
            let request = Request { attributes: given, ..random_request(&mut rng, &directory, &ids, &supplied) };
            let others_supplied =
                request.attributes.map(|given| RequestAttributes { target: SuppliedAttributes::NONE, ..*given });
            let without_supplied = Request { attributes: others_supplied.as_ref(), ..request };
            for among in [
                Candidates::Instance,
                Candidates::Type(ResourceType::User),
                Candidates::Type(ResourceType::SecurityProfile),
                Candidates::Type(ResourceType::HierarchyGroup),
                Candidates::Type(ResourceType::Queue),
                Candidates::Type(ResourceType::Prompt),
                Candidates::Application("crm"),
                Candidates::Application("erp"),
            ] {
                let all: Vec<String> =
                    directory.search_resources(&request, among, None).map(|found| found.id()).collect();
                assert!(all.is_sorted(), "directory {number}: {all:?}");
                let expected = resources_by_decision(&directory, &ids, among, &request);
                changed += usize::from(expected != resources_by_decision(&directory, &ids, among, &without_supplied));
                assert_eq!(
                    all.iter().cloned().collect::<BTreeSet<_>>(),
                    expected,
                    "directory {number}: {request:?} {among:?}"
                );
                found += all.len();
                if let Some(at) = (!all.is_empty()).then(|| rng.below(all.len())) {
                    let remaining: Vec<String> =
                        directory.search_resources(&request, among, Some(&all[at])).map(|found| found.id()).collect();
                    assert_eq!(remaining, all[at + 1..], "directory {number}: {request:?} {among:?}");
                }
            }
        }
    }
    // The test is meaningful only if the supplied attributes of resources affect the results often enough.
    assert!(found > 5_000 && changed > 20, "{found} {changed}");
}

fn resources_by_decision(
    directory: &Directory,
    ids: &Ids,
    among: Candidates<'_>,
    request: &Request<'_>,
) -> BTreeSet<String> {
    let is_allowed = |target: Target<'_>| directory.decide(&Request { target, ..*request }).allowed();
    let all: Vec<(String, bool)> = match among {
        Candidates::Instance => vec![(FoundResource::Instance.id(), is_allowed(Target::Instance))],
        Candidates::Type(ResourceType::User) => {
            ids.users.iter().map(|id| (id.to_string(), is_allowed(Target::User(*id)))).collect()
        }
        Candidates::Type(ResourceType::SecurityProfile) => {
            ids.profiles.iter().map(|id| (id.to_string(), is_allowed(Target::Profile(*id)))).collect()
        }
        Candidates::Type(ResourceType::HierarchyGroup) => {
            ids.groups.iter().map(|id| (id.to_string(), is_allowed(Target::Group(*id)))).collect()
        }
        Candidates::Type(of) => {
            let existing = ids.resources.iter().filter(|id| directory.resource_with_type(of, **id).is_some());
            existing.map(|id| (id.to_string(), is_allowed(Target::Resource(*id)))).collect()
        }
        Candidates::Application(namespace) => {
            let known =
                ["1", "2", "3", "4"].into_iter().filter(|id| directory.application_resource(namespace, id).is_some());
            known.map(|id| (id.to_owned(), is_allowed(Target::Application { namespace, id }))).collect()
        }
    };
    all.into_iter().filter(|(_, is_allowed)| *is_allowed).map(|(id, _)| id).collect()
}

#[test]
fn what_can_returns_exactly_the_permissions_that_single_decisions_allow() {
    let mut rng = TestRng::new(23);
    let (mut found, mut changed) = (0, 0);
    for number in 0..100 {
        let (directory, ids) = directory(&mut rng);
        let supplied = supplied_attributes(&mut rng, &ids);
        for _ in 0..20 {
            let given = Some(rng.choose(&supplied));
            let request = Request { attributes: given, ..random_request(&mut rng, &directory, &ids, &supplied) };
            let all: BTreeSet<AnyPermission> = directory.search_actions(&request).into_iter().collect();
            assert_eq!(all, permissions(&directory, &request), "directory {number}: {request:?}");
            found += all.len();
            let others_supplied =
                request.attributes.map(|given| RequestAttributes { target: SuppliedAttributes::NONE, ..*given });
            let without_supplied = Request { attributes: others_supplied.as_ref(), ..request };
            changed += usize::from(all != permissions(&directory, &without_supplied));
        }
    }
    assert!(found > 3_000 && changed > 10, "{found} {changed}");
}

fn permissions(directory: &Directory, request: &Request<'_>) -> BTreeSet<AnyPermission> {
    let is_allowed = |action: RequestedAction<'_>| directory.decide(&Request { action, ..*request }).allowed();
    match request.target {
        Target::Application { namespace, .. } => ["ACCESS", "WRITE", "REFUND"]
            .into_iter()
            .filter(|permission| is_allowed(RequestedAction::Application { namespace, permission }))
            .map(|name| AnyPermission::Application { namespace: namespace.to_owned(), name: name.to_owned() })
            .collect(),
        _ => catalog()
            .permissions()
            .filter(|permission: &Permission| is_allowed(RequestedAction::Permission(*permission)))
            .map(AnyPermission::Catalog)
            .collect(),
    }
}
