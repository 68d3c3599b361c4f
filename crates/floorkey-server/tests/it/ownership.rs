//! Ownership of resources. A user who takes over a login name does not become the owner of the resources of the former
//! user.

use floorkey_aws::exception::ExceptionKind::DuplicateResource;
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::authzen::{Application, RESOURCES, SUBJECTS, question};
use crate::client::{Client, message};
use crate::world::{World, column};

/// Creates the application `orders`, in which owners can refund their own orders. Also creates a profile for owners,
/// which grants these additional permissions.
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
fn renaming_a_user_to_the_login_of_a_deleted_user_transfers_no_resources() {
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
    // The login name is reserved, and tom can't manage the deleted user who had it.
    let answer = rename(&world, &tom_signing, &tom, "GONE");
    assert_eq!(answer.header("x-amzn-errortype"), Some("DuplicateResourceException"), "{}", message(&answer));
    let said = message(&answer);
    assert!(said.contains("reserved until 20") && said.contains("Restore that user"), "{said}");
    // The operator can use the login name at once, and the change is flagged. The resources still belong to the deleted
    // user.
    assert_eq!(rename(&world, &world.operator, &tom, "gone").status, 200);
    let audit = world.extension("GET", "/audit?maxResults=1", &Value::Null);
    assert!(audit["Events"][0]["Flags"].to_string().contains("TookReservedLogin"), "{audit}");
    assert_eq!(refunds(&tom), "out_of_scope");
    // An application might register its resources every night. Registering the resource again does not transfer it
    // either.
    register(&world, "1", "gone");
    assert_eq!(refunds("gone"), "out_of_scope");
    let listed = world.extension("GET", "/applications/orders/resources", &Value::Null);
    assert_eq!(listed["Resources"][0]["Attributes"]["owner"], "gone", "the text reads back as it was written");
    register(&world, "2", "gone");
    assert_eq!(application.reason(&question(&tom, "refund", "orders", "2")), "granted_in_scope");
    // If a request supplies an owner, the login name means the user who has it now.
    let mut asked = question(&tom, "refund", "orders", "1");
    asked["resource"]["properties"] = json!({ "owner": "gone" });
    assert_eq!(application.reason(&asked), "granted_in_scope");
}

#[test]
fn a_new_user_with_the_login_of_a_deleted_user_inherits_nothing() {
    let (world, owners) = shop(&[]);
    let first = world.new_user("sam", &[&owners]);
    register(&world, "1", "sam");
    world.ok(Operation::DeleteUser, json!({ "UserId": first }));
    let manager = world.somebody("mia", &["Users.View", "Users.Create", "Users.EditPermission"]);
    let said = manager.refused(Operation::CreateUser, &world.user_input("sam", &[&owners]), DuplicateResource);
    assert!(said.contains("reserved until 20") && said.contains("Restore that user"), "{said}");
    let second = world.new_user("sam", &[&owners]);
    let application = Application::of(&world);
    let refunds = |user: &str, order: &str| application.reason(&question(user, "refund", "orders", order));
    assert_eq!(refunds(&second, "1"), "out_of_scope");
    register(&world, "2", "sam");
    assert_eq!(refunds(&second, "2"), "granted_in_scope");
    // After the first user is restored, they own the same resource as before.
    assert_eq!(rename(&world, &world.operator, &second, "sam.two").status, 200);
    world.extension("POST", "/users/restore", &json!({ "UserIds": [first] }));
    assert_eq!((refunds(&first, "1").as_str(), refunds(&first, "2").as_str()), ("granted_in_scope", "out_of_scope"));
    assert_eq!(refunds(&second, "2"), "granted_in_scope");
}

#[test]
fn resources_registered_before_their_owners_exist_have_no_owner_until_then() {
    let (world, owners) = shop(&[]);
    let tom = world.new_user("tom", &[&owners]);
    // The id of a future user is not known in advance, but the login name can be.
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

    // If a user is created with the login name, they own the resource that was registered for it. This applies at once
    // and in every search.
    let ann = world.new_user("ann", &[&owners]);
    assert_eq!((refunds("ann", "1").as_str(), owner_of("1")), ("granted_in_scope", vec!["ann".to_owned()]));
    assert_eq!((found("ann"), found(&ann)), (vec!["1".to_owned()], vec!["1".to_owned()]));
    // If an existing user is renamed to the login name, they do not become the owner. If a user is created with it
    // later, that user becomes the owner.
    assert_eq!(rename(&world, &world.operator, &tom, "ben").status, 200);
    assert_eq!((refunds("ben", "2").as_str(), owner_of("2")), ("out_of_scope", vec![]));
    assert_eq!(rename(&world, &world.operator, &tom, "tom").status, 200);
    let ben = world.new_user("ben", &[&owners]);
    assert_eq!((refunds(&ben, "2").as_str(), found(&ben)), ("granted_in_scope", vec!["2".to_owned()]));
    // After a rename, the user still owns the resource. The next user with the old login name does not.
    assert_eq!(rename(&world, &world.operator, &ann, "ann.lee").status, 200);
    let second = world.new_user("ann", &[&owners]);
    register(&world, "1", "Ann");
    assert_eq!((refunds(&ann, "1").as_str(), refunds(&second, "1").as_str()), ("granted_in_scope", "out_of_scope"));
    // cleo is created and deleted before any request. She still counts as the first user with the login name.
    let cleo = world.new_user("cleo", &[&owners]);
    world.ok(Operation::DeleteUser, json!({ "UserId": cleo }));
    let next = world.new_user("cleo", &[&owners]);
    assert_eq!((refunds(&next, "3").as_str(), owner_of("3")), ("out_of_scope", vec![]));
}
