//! Tests concurrent calls. Rules that involve several records are enforced regardless of the order in which the calls
//! arrive.

use floorkey_aws::exception::ExceptionKind;
use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::world::{World, text};

#[test]
fn only_one_of_many_concurrent_creations_with_the_same_name_succeeds() {
    let world = World::new();
    for round in 0..5 {
        let input = world.in_instance(json!({ "SecurityProfileName": format!("Same {round}") }));
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let callers: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| world.operator.call(Operation::CreateSecurityProfile, &input).status))
                .collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 15, "{statuses:?}");
    }
}

#[test]
fn two_administrators_who_demote_each_other_always_leave_one() {
    let world = World::new();
    let (admin, agent) = (world.profile("Admin"), world.profile("Agent"));
    let first = world.user("admin");
    let second = world.new_user("second", &[&admin]);
    let clients = [world.server.as_user(&world.instance, &first), world.server.as_user(&world.instance, &second)];
    for _ in 0..20 {
        let targets = [&second, &first];
        let demote = |at: usize| {
            let input = world.in_instance(json!({ "UserId": targets[at], "SecurityProfileIds": [agent] }));
            clients[at].call(Operation::UpdateUserSecurityProfiles, &input).status
        };
        let statuses = std::thread::scope(|scope| {
            let demote = &demote;
            [0, 1].map(|at| scope.spawn(move || demote(at))).map(|caller| caller.join().unwrap())
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        let holders: Vec<&String> = [&first, &second]
            .into_iter()
            .filter(|user| {
                let described = world.ok(Operation::DescribeUser, json!({ "UserId": user }));
                text(&described["User"]["SecurityProfileIds"][0]) == admin
            })
            .collect();
        assert_eq!(holders.len(), 1, "there is one administrator left");
        for user in [&first, &second] {
            world.ok(Operation::UpdateUserSecurityProfiles, json!({ "UserId": user, "SecurityProfileIds": [admin] }));
        }
    }
    // The last-administrator rule also applies to the operator.
    world.ok(Operation::UpdateUserSecurityProfiles, json!({ "UserId": second, "SecurityProfileIds": [agent] }));
    let last = world.in_instance(json!({ "UserId": first, "SecurityProfileIds": [agent] }));
    let message = world.operator.refused(Operation::UpdateUserSecurityProfiles, &last, ExceptionKind::InvalidRequest);
    assert!(message.contains("`admin` is the last user who can administer this instance"), "{message}");
}
