//! Tests conditions and applications in a security profile's form. They can be added, reviewed, saved and removed, and
//! saving the form never loses them.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::visitor::{Visitor, hidden, page};
use crate::world::World;

const WHEN: &str = "name=\"cond\" value=\"";

/// Returns the profile's conditions from the API, each with its permission.
fn conditions(world: &World, profile: &str) -> Vec<String> {
    let path = format!("/security-profiles/{profile}/conditions");
    let shown = world.extension("GET", &path, &Value::Null);
    let all = shown["Conditions"].as_array().unwrap().iter().flat_map(|of| {
        let on = of["Permission"].as_str().unwrap().to_owned();
        let all = of["All"].as_array().unwrap().clone();
        all.into_iter().map(move |one| format!("{on} if {}", one["Words"].as_str().unwrap()))
    });
    all.collect()
}

/// Returns the values of the form's hidden fields for conditions.
fn carried(page: &str) -> Vec<String> {
    let values = page.split(WHEN).skip(1).filter_map(|rest| rest.split('"').next());
    values.map(|value| value.replace("&#38;", "&")).collect()
}

/// Creates a profile that a user has. Returns the profile's ID and the address of its page.
fn profile(world: &World) -> (String, String) {
    let id = world.new_profile("Desk", &["Users.Edit"]);
    world.new_user("ann", &[&id]);
    let address = format!("/connect/security-profiles/{id}");
    (id, address)
}

fn basics(modified: &str) -> Vec<(&str, &str)> {
    let ticked = "Users.View Users.Edit";
    vec![
        ("name", "Desk"),
        ("p", "Users.View"),
        ("p", "Users.Edit"),
        ("needed", "Users.View"),
        ("was", ticked),
        ("modified", modified),
    ]
}

#[test]
fn a_condition_is_added_reviewed_saved_shown_and_removed() {
    let world = World::new();
    let (id, address) = profile(&world);
    let admin = Visitor::administrator(&world.server);
    let shown = admin.see(&address);
    assert!(carried(&shown).is_empty());
    shown.assert_shows("Add a condition");
    let modified = hidden(&shown, "modified");
    let add = [("do", "condition"), ("cond-on", "Users: Edit"), ("cond-kind", "same"), ("cond-attribute", "team")];
    let added = page(&admin.post(&address, &[&basics(&modified)[..], &add].concat()));
    let value = carried(&added).pop().unwrap_or_else(|| panic!("{added}"));
    added.assert_shows("if its “team” is the same as the user's");
    assert!(conditions(&world, &id).is_empty(), "nothing is saved by adding");
    // The first attempt to save the form shows a review of the affected users and the conditions.
    let keep = [("cond", value.as_str())];
    let review = page(&admin.post(&address, &[&basics(&modified)[..], &keep, &[("do", "save")]].concat()));
    review.assert_shows("Nothing is saved yet");
    review.assert_shows("Access control of");
    assert_eq!(carried(&review), std::slice::from_ref(&value));
    let saved = admin.submit(&address, &[&basics(&modified)[..], &keep, &[("do", "confirm")]].concat());
    assert_eq!(conditions(&world, &id), ["Users.Edit if its “team” is the same as the user's"]);
    // The condition is beside the permission.
    saved.assert_shows("Edit only if its “team” is the same as the user's");
    let revision = hidden(&saved, "revision");
    // The form was loaded before the profile was changed. The console therefore rejects the form with a message, and
    // keeps the user's input.
    let stale = admin.post(&address, &[&basics(&modified)[..], &[("description", "x"), ("do", "confirm")]].concat());
    assert_eq!(stale.status, 409, "{}", page(&stale));
    page(&stale).assert_shows("changed this profile");
    assert_eq!(page(&stale).field("Description").value(), "x");
    // Removing a condition does not save the form. Undo restores the state before the condition was added.
    let modified = hidden(&saved, "modified");
    let out = page(&admin.post(&address, &[&basics(&modified)[..], &keep, &[("uncondition", &value)]].concat()));
    assert!(carried(&out).is_empty() && conditions(&world, &id).len() == 1);
    admin.submit("/connect/undo", &[("revision", &revision), ("back", &address)]);
    assert!(conditions(&world, &id).is_empty());
    let told = admin.see("/connect/history");
    told.assert_shows("Condition added: Users: Edit applies only if its “team”");
}

#[test]
fn an_invalid_condition_is_refused_beside_its_fields_and_its_input_is_kept() {
    let world = World::new();
    let (id, address) = profile(&world);
    let admin = Visitor::administrator(&world.server);
    let modified = hidden(&admin.see(&address), "modified");
    for (fields, words) in [
        (&[("cond-on", "Queues: Edit"), ("cond-kind", "own")][..], "Select it first"),
        (&[("cond-on", "Users: Edit"), ("cond-kind", "same")], "Name the attribute"),
        (&[("cond-on", "Users: Edit"), ("cond-kind", "one-of"), ("cond-attribute", "site")], "values"),
    ] {
        for action in ["condition", "save"] {
            let answer = admin.post(&address, &[&basics(&modified)[..], fields, &[("do", action)]].concat());
            let text = page(&answer);
            assert_eq!(answer.status, 422, "{fields:?} {action}: {text}");
            text.assert_error(words);
            assert_eq!(text.field("Permission").value(), fields[0].1);
        }
    }
    assert!(conditions(&world, &id).is_empty());
    // A condition that was entered but not added is saved with the form.
    let fields = [("cond-on", "Users.View"), ("cond-kind", "hierarchy"), ("do", "confirm")];
    admin.submit(&address, &[&basics(&modified)[..], &fields].concat());
    assert_eq!(conditions(&world, &id), ["Users.View if it is in the user's own hierarchy group or below"]);
    // A user who can only view the profile sees the condition but no fields for changing it.
    let looker = world.visitor("looker", &["SecurityProfiles.View"]);
    let seen = looker.see(&address);
    seen.assert_shows("own hierarchy group or below");
    seen.assert_lacks("Add a condition");
}

#[test]
fn registered_applications_have_checkboxes_and_others_are_marked_as_not_registered() {
    let world = World::new();
    let permissions =
        json!([{ "Name": "view", "Description": "Look at an order." }, { "Name": "refund", "Requires": ["view"] }]);
    world.extension("PUT", "/applications/orders", &json!({ "Name": "Orders", "Permissions": permissions }));
    let (id, address) = profile(&world);
    let held = json!([
        { "Namespace": "orders", "ApplicationPermissions": ["refund", "old"], "Type": "MCP" },
        { "Namespace": "crm", "ApplicationPermissions": ["Read"] },
    ]);
    world.ok(Operation::UpdateSecurityProfile, json!({ "SecurityProfileId": id, "Applications": held }));
    let admin = Visitor::administrator(&world.server);
    let shown = admin.see(&address);
    assert_eq!(shown.checked("app"), ["in=orders&of=refund", "in=orders&of=old"]);
    assert_eq!(shown.unchecked("app"), ["in=orders&of=view"]);
    shown.assert_shows("Look at an order.");
    shown.assert_shows("Also selects view.");
    assert_eq!(shown.field("Namespace 1 not registered").value(), "crm");
    shown.assert_lacks("name=\"app-name\" value=\"orders\"");
    // Submitting the form without changes saves nothing.
    let modified = hidden(&shown, "modified");
    let crm = [("app-name", "crm"), ("app-permissions", "Read"), ("app-kind", "")];
    let same = [("app", "in=orders&of=refund"), ("app", "in=orders&of=old"), ("app-kind-of", "in=orders&of=MCP")];
    let unchanged = admin.submit(&address, &[&basics(&modified)[..], &crm, &same, &[("do", "save")]].concat());
    unchanged.assert_flash("Nothing was changed");
    let fewer = [("app", "in=orders&of=view"), ("app-kind-of", "in=orders&of=MCP"), ("do", "confirm")];
    admin.submit(&address, &[&basics(&modified)[..], &crm, &fewer].concat());
    let list = world.ok(Operation::ListSecurityProfileApplications, json!({ "SecurityProfileId": id }));
    let mut held = list["Applications"].as_array().unwrap().clone();
    held.sort_by_key(|one| one["Namespace"].to_string());
    assert_eq!(held[1]["ApplicationPermissions"], json!(["view"]), "{held:?}");
    assert_eq!((&held[0]["Namespace"], &held[1]["Type"]), (&json!("crm"), &json!("MCP")), "{held:?}");
}
