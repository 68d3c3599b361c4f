//! Searches return exactly what single decisions allow, over random directories.

use std::collections::BTreeSet;

use floorkey::search::{Among, Found, Position};
use floorkey::{
    Action, AnyPermission, Directory, Given, Permission, Request, ResourceType, Said, Target, UserId, catalogue,
};

use crate::large_world;
use crate::random_directory::{Ids, directory, question, said};
use crate::rng::TestRng;

#[test]
fn who_can_returns_exactly_the_users_whom_single_decisions_allow() {
    let mut rng = TestRng::new(21);
    let (mut found, mut empty) = (0, 0);
    for world in 0..150 {
        let (directory, ids) = directory(&mut rng);
        let said = said(&mut rng, &ids);
        for _ in 0..60 {
            let request = question(&mut rng, &directory, &ids, &said);
            let all: Vec<Position> = directory.who_can(&request, None).collect();
            assert!(all.is_sorted(), "world {world}: {request:?}");
            let users: BTreeSet<UserId> = all.iter().map(|at| directory.user_at_position(*at).unwrap().id).collect();
            assert_eq!(users, one_by_one(&directory, &ids, &request), "world {world}: {request:?}");
            assert_eq!(users.len(), all.len());
            // A search that starts after a position returns the rest of the results.
            if let Some(at) = (!all.is_empty()).then(|| rng.below(all.len())) {
                let rest: Vec<Position> = directory.who_can(&request, Some(all[at])).collect();
                assert_eq!(rest, all[at + 1..], "world {world}: {request:?}");
                assert_eq!(directory.position(directory.user_at_position(all[at]).unwrap().id), Some(all[at]));
            }
            *(if all.is_empty() { &mut empty } else { &mut found }) += 1;
        }
    }
    assert!(found > 1_000 && empty > 1_000, "{found} {empty}");
}

#[test]
fn who_can_continues_from_window_to_window_and_repeats_its_result() {
    // More users than one span of the user set, so that every window size occurs.
    let (directory, ids) = large_world::world(70_000);
    let at = floorkey::Timestamp::from_millis(0);
    for permission in catalogue().granting().iter().step_by(40) {
        let request = Request::new(UserId::from_bits(0), Action::Permission(permission), Target::Instance, at);
        let may = |id: &&UserId| directory.decide(&Request { subject: **id, ..request }).allowed();
        let mut all: Vec<Position> = ids.iter().filter(may).map(|id| directory.position(*id).unwrap()).collect();
        all.sort();
        assert!(!all.is_empty(), "{permission:?}");
        // The first pass collects the candidates; the second finds them cached.
        for _ in 0..2 {
            for begin in [all.len() - 1, all.len() / 3, 1, 0] {
                let rest: Vec<Position> = directory.who_can(&request, Some(all[begin])).collect();
                assert_eq!(rest.len(), all.len() - begin - 1, "{permission:?} after {begin}");
                assert!(rest == all[begin + 1..], "{permission:?} after {begin}");
            }
            assert!(directory.who_can(&request, None).eq(all.iter().copied()), "{permission:?}");
        }
    }
}

fn one_by_one(directory: &Directory, ids: &Ids, request: &Request<'_>) -> BTreeSet<UserId> {
    let may = |user: &&UserId| directory.decide(&Request { subject: **user, ..*request }).allowed();
    ids.users.iter().filter(may).copied().collect()
}

#[test]
fn on_what_returns_exactly_the_resources_that_single_decisions_allow() {
    let mut rng = TestRng::new(22);
    let (mut found, mut told) = (0, 0);
    for world in 0..100 {
        let (directory, ids) = directory(&mut rng);
        let said = said(&mut rng, &ids);
        for _ in 0..30 {
            let given = Some(rng.choose(&said));
            let request = Request { given, ..question(&mut rng, &directory, &ids, &said) };
            let said_of_others = request.given.map(|given| Given { target: Said::NOTHING, ..*given });
            let untold = Request { given: said_of_others.as_ref(), ..request };
            for among in [
                Among::Instance,
                Among::Type(ResourceType::User),
                Among::Type(ResourceType::SecurityProfile),
                Among::Type(ResourceType::HierarchyGroup),
                Among::Type(ResourceType::Queue),
                Among::Type(ResourceType::Prompt),
                Among::Application("crm"),
                Among::Application("erp"),
            ] {
                let all: Vec<String> = directory.on_what(&request, among, None).map(|thing| thing.id()).collect();
                assert!(all.is_sorted(), "world {world}: {all:?}");
                let expected = things(&directory, &ids, among, &request);
                told += usize::from(expected != things(&directory, &ids, among, &untold));
                assert_eq!(
                    all.iter().cloned().collect::<BTreeSet<_>>(),
                    expected,
                    "world {world}: {request:?} {among:?}"
                );
                found += all.len();
                if let Some(at) = (!all.is_empty()).then(|| rng.below(all.len())) {
                    let rest: Vec<String> =
                        directory.on_what(&request, among, Some(&all[at])).map(|thing| thing.id()).collect();
                    assert_eq!(rest, all[at + 1..], "world {world}: {request:?} {among:?}");
                }
            }
        }
    }
    // The supplied attributes of resources must change the result often enough to be tested.
    assert!(found > 5_000 && told > 20, "{found} {told}");
}

fn things(directory: &Directory, ids: &Ids, among: Among<'_>, request: &Request<'_>) -> BTreeSet<String> {
    let may = |target: Target<'_>| directory.decide(&Request { target, ..*request }).allowed();
    let all: Vec<(String, bool)> = match among {
        Among::Instance => vec![(Found::Instance.id(), may(Target::Instance))],
        Among::Type(ResourceType::User) => {
            ids.users.iter().map(|id| (id.to_string(), may(Target::User(*id)))).collect()
        }
        Among::Type(ResourceType::SecurityProfile) => {
            ids.profiles.iter().map(|id| (id.to_string(), may(Target::Profile(*id)))).collect()
        }
        Among::Type(ResourceType::HierarchyGroup) => {
            ids.groups.iter().map(|id| (id.to_string(), may(Target::Group(*id)))).collect()
        }
        Among::Type(of) => {
            let there = ids.resources.iter().filter(|id| directory.resource_of(of, **id).is_some());
            there.map(|id| (id.to_string(), may(Target::Resource(*id)))).collect()
        }
        Among::Application(namespace) => {
            let known =
                ["1", "2", "3", "4"].into_iter().filter(|id| directory.application_resource(namespace, id).is_some());
            known.map(|id| (id.to_owned(), may(Target::Application { namespace, id }))).collect()
        }
    };
    all.into_iter().filter(|(_, may)| *may).map(|(id, _)| id).collect()
}

#[test]
fn what_can_returns_exactly_the_permissions_that_single_decisions_allow() {
    let mut rng = TestRng::new(23);
    let (mut found, mut told) = (0, 0);
    for world in 0..100 {
        let (directory, ids) = directory(&mut rng);
        let said = said(&mut rng, &ids);
        for _ in 0..20 {
            let given = Some(rng.choose(&said));
            let request = Request { given, ..question(&mut rng, &directory, &ids, &said) };
            let all: BTreeSet<AnyPermission> = directory.what_can(&request).into_iter().collect();
            assert_eq!(all, permissions(&directory, &request), "world {world}: {request:?}");
            found += all.len();
            let said_of_others = request.given.map(|given| Given { target: Said::NOTHING, ..*given });
            let untold = Request { given: said_of_others.as_ref(), ..request };
            told += usize::from(all != permissions(&directory, &untold));
        }
    }
    assert!(found > 3_000 && told > 10, "{found} {told}");
}

fn permissions(directory: &Directory, request: &Request<'_>) -> BTreeSet<AnyPermission> {
    let may = |action: Action<'_>| directory.decide(&Request { action, ..*request }).allowed();
    match request.target {
        Target::Application { namespace, .. } => ["ACCESS", "WRITE", "REFUND"]
            .into_iter()
            .filter(|permission| may(Action::Application { namespace, permission }))
            .map(|name| AnyPermission::Application { namespace: namespace.to_owned(), name: name.to_owned() })
            .collect(),
        _ => catalogue()
            .permissions()
            .filter(|permission: &Permission| may(Action::Permission(*permission)))
            .map(AnyPermission::Catalogue)
            .collect(),
    }
}
