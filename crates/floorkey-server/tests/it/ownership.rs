//! Whose a resource is: never by taking over a login name.

use floorkey_connect::exception::ExceptionKind::DuplicateResource;
use floorkey_connect::operation::Operation;
use serde_json::{Value, json};

use crate::authzen::{Application, RESOURCES, SUBJECTS, question};
use crate::client::{Client, message};
use crate::world::{World, column};

/// The application `orders`, whose owners may refund them; a profile of its owners with these permissions besides.
fn shop(permissions: &[&str]) -> (World, String) {
    let world = World::new();
    world.extension("PUT", "/applications/orders", &json!({ "Permissions": [{ "Name": "refund" }] }));
    let profile = world.new_profile("Owners", permissions);
    let granted = json!([{ "Namespace": "orders", "ApplicationPermissions": ["refund"] }]);
    world.ok(Operation::UpdateSecurityProfile, json!({ "SecurityProfileId": profile, "Applications": granted }));
    let own = json!([{ "Kind": "Own", "Attribute": "owner" }]);
    let conditions = json!([{ "Namespace": "orders", "Permission": "refund", "All": own }]);
    world.extension("PUT", &format!("/security-profiles/{profile}/conditions"), &json!({ "Conditions": conditions }));
    (world, profile)
}

fn register(world: &World, id: &str, owner: &str) {
    let order = json!({ "Id": id, "Attributes": { "owner": owner } });
    world.extension("PUT", "/applications/orders/resources", &json!({ "Resources": [order] }));
}

fn rename(world: &World, client: &Client, user: &str, username: &str) -> crate::http::Answer {
    world.try_extension(client, "POST", &format!("/users/{user}/login"), &json!({ "Username": username }))
}

#[test]
fn a_rename_to_the_login_of_a_user_who_left_gives_nobody_their_resources() {
    let (world, owners) = shop(&["Users.View", "Users.Edit"]);
    let stronger = world.new_profile("Stronger", &["Users.Delete"]);
    let gone = world.new_user("gone", &[&owners, &stronger]);
    let tom = world.new_user("tom", &[&owners]);
    let tom_signing = world.server.as_user(&world.instance, &tom);
    register(&world, "1", "gone");
    let application = Application::of(&world);
    let refunds = |user: &str| application.reason(&question(user, "refund", "orders", "1"));
    assert_eq!((refunds(&gone).as_str(), refunds(&tom).as_str()), ("granted_in_scope", "out_of_scope"));

    world.ok(Operation::DeleteUser, json!({ "UserId": gone }));
    // The login name is reserved; tom may not touch the user who had it.
    let answer = rename(&world, &tom_signing, &tom, "GONE");
    assert_eq!(answer.header("x-amzn-errortype"), Some("DuplicateResourceException"), "{}", message(&answer));
    let said = message(&answer);
    assert!(said.contains("reserved until 20") && said.contains("restore that user"), "{said}");
    // The operator takes it at once, which is flagged; what the user owned stays theirs.
    assert_eq!(rename(&world, &world.operator, &tom, "gone").status, 200);
    let audit = world.extension("GET", "/audit?maxResults=1", &Value::Null);
    assert!(audit["Events"][0]["Flags"].to_string().contains("TookReservedLogin"), "{audit}");
    assert_eq!(refunds(&tom), "out_of_scope");
    // By a profile that an application registers anew every night, too.
    register(&world, "1", "gone");
    assert_eq!(refunds("gone"), "out_of_scope");
    let listed = world.extension("GET", "/applications/orders/resources", &Value::Null);
    assert_eq!(listed["Resources"][0]["Attributes"]["owner"], "gone", "the text reads back as it was written");
    register(&world, "2", "gone");
    assert_eq!(application.reason(&question(&tom, "refund", "orders", "2")), "granted_in_scope");
    // What comes with the question means who has the login name now.
    let mut asked = question(&tom, "refund", "orders", "1");
    asked["resource"]["properties"] = json!({ "owner": "gone" });
    assert_eq!(application.reason(&asked), "granted_in_scope");
}

#[test]
fn the_next_user_of_a_deleted_users_login_inherits_nothing() {
    let (world, owners) = shop(&[]);
    let first = world.new_user("sam", &[&owners]);
    register(&world, "1", "sam");
    world.ok(Operation::DeleteUser, json!({ "UserId": first }));
    let manager = world.somebody("mia", &["Users.View", "Users.Create", "Users.EditPermission"]);
    let said = manager.refused(Operation::CreateUser, &world.user_input("sam", &[&owners]), DuplicateResource);
    assert!(said.contains("reserved until 20") && said.contains("restore that user"), "{said}");
    let second = world.new_user("sam", &[&owners]);
    let application = Application::of(&world);
    let refunds = |user: &str, order: &str| application.reason(&question(user, "refund", "orders", order));
    assert_eq!(refunds(&second, "1"), "out_of_scope");
    register(&world, "2", "sam");
    assert_eq!(refunds(&second, "2"), "granted_in_scope");
    // The first one comes back under another name, and owns what was theirs.
    assert_eq!(rename(&world, &world.operator, &second, "sam.two").status, 200);
    world.extension("POST", "/users/restore", &json!({ "UserIds": [first] }));
    assert_eq!((refunds(&first, "1").as_str(), refunds(&first, "2").as_str()), ("granted_in_scope", "out_of_scope"));
    assert_eq!(refunds(&second, "2"), "granted_in_scope");
}

#[test]
fn resources_registered_before_their_owners_are_nobodys_until_the_owners_are_created() {
    let (world, owners) = shop(&[]);
    let tom = world.new_user("tom", &[&owners]);
    // An id that no user has yet can't be known: login names can.
    for (order, owner) in [("1", "Ann"), ("2", "ben"), ("3", "cleo")] {
        register(&world, order, owner);
    }
    let application = Application::of(&world);
    let refunds = |user: &str, order: &str| application.reason(&question(user, "refund", "orders", order));
    let found = |user: &str| {
        let search = question(user, "refund", "orders", "");
        column(&application.ask(RESOURCES, &search)["results"], "id")
    };
    let owner_of =
        |order: &str| column(&application.ask(SUBJECTS, &question("", "refund", "orders", order))["results"], "id");
    assert_eq!((owner_of("1"), owner_of("2"), found("tom")), (vec![], vec![], vec![]));

    // Who is created with the login name owns what was registered for it, at once and in every search.
    let ann = world.new_user("ann", &[&owners]);
    assert_eq!((refunds("ann", "1").as_str(), owner_of("1")), ("granted_in_scope", vec!["ann".to_owned()]));
    assert_eq!((found("ann"), found(&ann)), (vec!["1".to_owned()], vec!["1".to_owned()]));
    // Who is renamed to it does not, and who is created with it later does.
    assert_eq!(rename(&world, &world.operator, &tom, "ben").status, 200);
    assert_eq!((refunds("ben", "2").as_str(), owner_of("2")), ("out_of_scope", vec![]));
    assert_eq!(rename(&world, &world.operator, &tom, "tom").status, 200);
    let ben = world.new_user("ben", &[&owners]);
    assert_eq!((refunds(&ben, "2").as_str(), found(&ben)), ("granted_in_scope", vec!["2".to_owned()]));
    // It stays theirs under another name, and is not the next user's with the first one.
    assert_eq!(rename(&world, &world.operator, &ann, "ann.lee").status, 200);
    let second = world.new_user("ann", &[&owners]);
    register(&world, "1", "Ann");
    assert_eq!((refunds(&ann, "1").as_str(), refunds(&second, "1").as_str()), ("granted_in_scope", "out_of_scope"));
    // A user who comes and goes before anybody asks was the first.
    let cleo = world.new_user("cleo", &[&owners]);
    world.ok(Operation::DeleteUser, json!({ "UserId": cleo }));
    let next = world.new_user("cleo", &[&owners]);
    assert_eq!((refunds(&next, "3").as_str(), owner_of("3")), ("out_of_scope", vec![]));
}
