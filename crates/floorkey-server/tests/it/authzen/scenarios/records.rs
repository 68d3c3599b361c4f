//! Tests the search demo scenario and the identity provider scenario. Both have six users with roles and departments,
//! and twenty records with departments and owners. The records are registered before their owners exist.

use serde_json::{Value, json};

use super::{grant, profile, raw, register, user};
use crate::authzen::{ACTIONS, Application, EVALUATION, RESOURCES, SUBJECTS, question};
use crate::world::World;

/// Each user's ID, role and department.
const USERS: [(&str, &str, &str); 6] = [
    ("alice", "manager", "Sales"),
    ("bob", "employee", "Legal"),
    ("carol", "contractor", "Legal"),
    ("dan", "manager", "Finance"),
    ("erin", "employee", "Finance"),
    ("felix", "contractor", "Accounting"),
];

/// The records' departments. The first record has the ID 101. The users own the records in turn.
const DEPARTMENTS: [&str; 20] = [
    "Legal",
    "Legal",
    "Legal",
    "Accounting",
    "Legal",
    "Accounting",
    "Sales",
    "Legal",
    "Accounting",
    "Sales",
    "Accounting",
    "Legal",
    "Sales",
    "Accounting",
    "Finance",
    "Legal",
    "Legal",
    "Accounting",
    "Legal",
    "Accounting",
];

/// For each record, the initials of the users who can view, edit and delete the record. The table comes from the
/// payload specification.
const SUBJECTS_OF: [[&str; 3]; 20] = [
    ["abcd", "a", "a"],
    ["abcd", "b", "b"],
    ["abcd", "c", "c"],
    ["adf", "d", "d"],
    ["abcde", "e", "e"],
    ["adf", "f", "f"],
    ["ad", "a", "a"],
    ["abcd", "b", "b"],
    ["acdf", "c", "c"],
    ["ad", "ad", "d"],
    ["adef", "e", "e"],
    ["abcdf", "f", "f"],
    ["ad", "a", "a"],
    ["abdf", "b", "b"],
    ["acde", "cd", "c"],
    ["abcd", "d", "d"],
    ["abcde", "e", "e"],
    ["adf", "f", "f"],
    ["abcd", "a", "a"],
    ["abdf", "b", "b"],
];

/// The records that each user can view, edit and delete. The table comes from the payload specification.
const RECORDS_OF: [[&[u32]; 3]; 6] = [
    [&ALL, &[101, 107, 110, 113, 119], &[101, 107, 113, 119]],
    [&[101, 102, 103, 105, 108, 112, 114, 116, 117, 119, 120], &[102, 108, 114, 120], &[102, 108, 114, 120]],
    [&[101, 102, 103, 105, 108, 109, 112, 115, 116, 117, 119], &[103, 109, 115], &[103, 109, 115]],
    [&ALL, &[104, 110, 115, 116], &[104, 110, 116]],
    [&[105, 111, 115, 117], &[105, 111, 117], &[105, 111, 117]],
    [&[104, 106, 109, 111, 112, 114, 118, 120], &[106, 112, 118], &[106, 112, 118]],
];

const ALL: [u32; 20] =
    [101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120];

/// The actions, in the order of the columns in both tables.
const VIEW_EDIT_DELETE: [&str; 3] = ["view", "edit", "delete"];

/// Sets up the policies of the search demo. Users can view, edit and delete their own records, and can view their
/// department's records. Managers can view all records, and can edit their department's records.
fn archive() -> World {
    let world = World::new();
    register(&world, "record", &VIEW_EDIT_DELETE);
    let records: Vec<_> = ALL
        .iter()
        .zip(DEPARTMENTS)
        .zip(USERS.iter().cycle())
        .map(|((id, department), (owner, ..))| {
            json!({ "Id": id.to_string(), "Attributes": { "department": department, "owner": owner } })
        })
        .collect();
    world.extension("PUT", "/applications/record/resources", &json!({ "Resources": records }));
    let of = |permission| grant("record", permission);
    let own = || json!({ "Kind": "Own", "Attribute": "owner" });
    let same_department = || json!({ "Kind": "Same", "Attribute": "department" });
    let owner = VIEW_EDIT_DELETE.map(|permission| of(permission).only_if(own()));
    let owner = profile(&world, "Owner", &owner);
    let colleague = profile(&world, "Colleague", &[of("view").only_if(same_department())]);
    let manager = profile(&world, "Manager", &[of("view"), of("edit").only_if(same_department())]);
    for (login, role, department) in USERS {
        let profiles = [owner.as_str(), &colleague, &manager];
        let count = if role == "manager" { 3 } else { 2 };
        user(&world, login, &profiles[..count], json!({ "department": department, "role": role }));
    }
    world
}

/// Returns the expected response body with the given results.
fn results(of: impl IntoIterator<Item = String>) -> String {
    format!(r#"{{"results":[{}]}}"#, of.into_iter().collect::<Vec<_>>().join(","))
}

fn of_type(kind: &str, id: &str) -> String {
    format!(r#"{{"type":"{kind}","id":"{id}"}}"#)
}

#[test]
fn the_search_demo_finds_the_expected_subjects() {
    let world = archive();
    let application = Application::of(&world);
    for (id, by_action) in ALL.iter().zip(SUBJECTS_OF) {
        for (action, initials) in VIEW_EDIT_DELETE.into_iter().zip(by_action) {
            let body = json!({ "resource": { "type": "record", "id": id.to_string() }, "action": { "name": action },
                "subject": { "type": "user" } });
            let named = USERS.iter().filter(|(login, ..)| initials.contains(login.get(..1).unwrap()));
            let expected = results(named.map(|(login, ..)| of_type("user", login)));
            assert_eq!(raw(&application, SUBJECTS, &body), expected, "{body}");
        }
    }
}

/// Returns the body of a search for the records on which the user can perform the action.
fn by_user(action: &str, login: &str) -> Value {
    json!({ "subject": { "type": "user", "id": login }, "action": { "name": action }, "resource": { "type": "record" } })
}

#[test]
fn the_search_demo_finds_the_expected_resources() {
    let world = archive();
    let application = Application::of(&world);
    for ((login, ..), by_action) in USERS.into_iter().zip(RECORDS_OF) {
        for (action, ids) in VIEW_EDIT_DELETE.into_iter().zip(by_action) {
            let expected = results(ids.iter().map(|id| of_type("record", &id.to_string())));
            let body = by_user(action, login);
            assert_eq!(raw(&application, RESOURCES, &body), expected, "{body}");
        }
    }
    // A search for an unknown user or action has no results.
    for body in [by_user("view", "zoe"), by_user("print", "alice")] {
        assert_eq!(raw(&application, RESOURCES, &body), r#"{"results":[]}"#, "{body}");
    }
}

#[test]
fn the_search_demo_finds_the_expected_actions_and_decides_alike() {
    let world = archive();
    let application = Application::of(&world);
    let mut some = 0;
    for (login, ..) in USERS {
        for (id, by_action) in ALL.iter().zip(SUBJECTS_OF) {
            let may = |action: &&str| {
                let at = VIEW_EDIT_DELETE.iter().position(|known| known == action).unwrap();
                by_action[at].contains(login.get(..1).unwrap())
            };
            let id = id.to_string();
            let body =
                json!({ "subject": { "type": "user", "id": login }, "resource": { "type": "record", "id": id } });
            // The working group's runner expects the actions sorted by name.
            let expected: Vec<_> = ["delete", "edit", "view"].into_iter().filter(may).collect();
            some += usize::from(!expected.is_empty());
            let expected = results(expected.into_iter().map(|name| format!(r#"{{"name":"{name}"}}"#)));
            assert_eq!(raw(&application, ACTIONS, &body), expected, "{body}");
            for action in VIEW_EDIT_DELETE {
                let answer = application.ask(EVALUATION, &question(login, action, "record", &id));
                assert_eq!(answer["decision"], may(&action), "{login} {action} {id}");
            }
        }
    }
    assert_eq!(some, 74, "as many pairs have a row in the payload specification");
}

#[test]
fn the_identity_provider_finds_the_expected_resources() {
    // In the identity provider's requests, users have the type `identity` and records have the type `claim`.
    let world = archive();
    let settings = json!({ "SubjectTypes": ["user", "identity"], "ResourceTypes": { "claim": "record" } });
    let application = Application::with(&world, "Identity provider", &settings);
    for ((login, ..), [_, _, ids]) in USERS.into_iter().zip(RECORDS_OF) {
        for (subject_type, resource_type) in [("user", "record"), ("identity", "claim")] {
            let mut body = by_user("delete", login);
            body["subject"]["type"] = json!(subject_type);
            body["resource"]["type"] = json!(resource_type);
            let expected = results(ids.iter().map(|id| of_type(resource_type, &id.to_string())));
            assert_eq!(raw(&application, RESOURCES, &body), expected, "{body}");
        }
    }
}
