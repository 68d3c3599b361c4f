//! Tests conditions on a profile's permissions. The conditions are described in words, and only users who can edit the
//! profile can set them.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::client::message;
use crate::world::World;

#[test]
fn conditions_are_set_returned_and_accepted_as_they_were_returned() {
    let world = World::new();
    let path = format!("/security-profiles/{}/conditions", world.new_profile("Team leads", &["Users.Edit"]));
    assert_eq!(world.extension("GET", &path, &Value::Null), json!({ "Conditions": [] }));
    let conditions = json!({ "Conditions": [
        { "Permission": "Users.Edit", "All": [{ "Kind": "SameHierarchy" }] },
        { "Namespace": "record", "Permission": "write", "All": [
            { "Kind": "OneOf", "Of": "resource", "Attribute": "status", "Values": ["active", "new"] },
            { "Kind": "Own", "Attribute": "owner" },
            { "Kind": "Same", "Attribute": "team" },
            { "Kind": "Same", "Attribute": "department", "OfSubject": "team" },
        ] },
    ] });
    world.extension("PUT", &path, &conditions);
    let shown = world.extension("GET", &path, &Value::Null);
    let own_group = "it is in the user's own hierarchy group or below";
    let (of, own) = ("its “status” is “active” or “new”", "its “owner” is the user, or it is the user");
    let (team, department) = ("its “team” is the same as the user's", "its “department” is the user's “team”");
    assert_eq!(
        shown,
        json!({ "Conditions": [
            { "Permission": "Users.Edit", "All": [{ "Kind": "SameHierarchy", "Words": own_group }] },
            { "Namespace": "record", "Permission": "write", "All": [
                { "Kind": "Own", "Attribute": "owner", "Words": own },
                { "Kind": "Same", "Attribute": "department", "OfSubject": "team", "Words": department },
                { "Kind": "Same", "Attribute": "team", "OfSubject": "team", "Words": team },
                { "Kind": "OneOf", "Of": "resource", "Attribute": "status", "Values": ["active", "new"], "Words": of },
            ] },
        ] })
    );
    // The response, including its descriptions, can be sent back unchanged.
    world.extension("PUT", &path, &shown);
    assert_eq!(world.extension("GET", &path, &Value::Null), shown);
    // The Connect API does not support conditions, and leaves existing conditions unchanged.
    let profile = path.split('/').nth(2).unwrap();
    world.ok(Operation::UpdateSecurityProfile, json!({ "SecurityProfileId": profile, "Description": "x" }));
    assert_eq!(world.extension("GET", &path, &Value::Null), shown);
    world.extension("PUT", &path, &json!({ "Conditions": [] }));
    assert_eq!(world.extension("GET", &path, &Value::Null), json!({ "Conditions": [] }));
}

#[test]
fn invalid_conditions_are_refused_and_setting_them_needs_the_permission_to_edit_the_profile() {
    let world = World::new();
    let path = format!("/security-profiles/{}/conditions", world.new_profile("Team leads", &["Users.Edit"]));
    let own = json!([{ "Kind": "Own", "Attribute": "owner" }]);
    let of = |permission: &str, all: &Value| json!({ "Permission": permission, "All": all });
    let on = |permission: &str, all: &Value| json!({ "Conditions": [of(permission, all)] });
    for (body, error, words) in [
        (on("Users.Edit", &json!([])), "InvalidParameterException", "leave the permission out"),
        (on("Users.Edti", &own), "InvalidParameterException", "Users.Edit"),
        (on("RestrictTaskCreation.Access", &own), "InvalidParameterException", "is a restriction"),
        (
            json!({ "Conditions": [of("Users.Edit", &own), of("Users.Edit", &own)] }),
            "InvalidParameterException",
            "more than once",
        ),
        (on("Users.Edit", &json!([{ "Kind": "Mine" }])), "InvalidParameterException", "SameHierarchy"),
        (on("Users.Edit", &json!([{ "Kind": "Own", "Attribut": "x" }])), "SerializationException", "Attribut"),
        (on("Users.Edit", &json!([{ "Kind": "Own", "Attribute": "" }])), "InvalidParameterException", "1 to 128"),
        (json!({}), "SerializationException", "Conditions"),
    ] {
        let answer = world.try_extension(&world.operator, "PUT", &path, &body);
        assert_eq!(answer.header("x-amzn-errortype"), Some(error), "{body}: {}", message(&answer));
        assert!(message(&answer).contains(words), "{body}: {}", message(&answer));
    }
    let viewer = world.somebody("viewer", &["SecurityProfiles.View"]);
    assert_eq!(world.try_extension(&viewer, "GET", &path, &Value::Null).status, 200);
    let answer = world.try_extension(&viewer, "PUT", &path, &json!({ "Conditions": [] }));
    assert_eq!(answer.header("x-amzn-errortype"), Some("AccessDeniedException"));
    let editor = world.somebody("editor", &["SecurityProfiles.Edit", "Users.Edit"]);
    assert_eq!(world.try_extension(&editor, "PUT", &path, &on("Users.Edit", &own)).status, 200);
}
