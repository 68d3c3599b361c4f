//! Tests the ownership of resources. If a user takes over another user's login, the resources of the login's former
//! user do not change owners.

use floorkey_aws::exception::ExceptionKind::DuplicateResource;
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::authzen::{Application, RESOURCES, SUBJECTS, question};
use crate::client::{Client, message};
use crate::world::{World, column};

/// Registers the application `orders`, where users can refund the orders that they own. Also creates a profile for
/// these users, which grants the given permissions as well.
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
    // The login is reserved for a deleted user, whom tom can't manage.
    let answer = rename(&world, &tom_signing, &tom, "GONE");
    assert_eq!(answer.header("x-amzn-errortype"), Some("DuplicateResourceException"), "{}", message(&answer));
    let said = message(&answer);
    assert!(said.contains("reserved until 20") && said.contains("Restore that user"), "{said}");
    // The operator can use the login immediately, and the guard flags this change. The resources still belong to the
    // deleted user.
    assert_eq!(rename(&world, &world.operator, &tom, "gone").status, 200);
    let audit = world.extension("GET", "/audit?maxResults=1", &Value::Null);
    assert!(audit["Events"][0]["Flags"].to_string().contains("TookReservedLogin"), "{audit}");
    assert_eq!(refunds(&tom), "out_of_scope");
    // Some applications register their resources every night. Registering a resource again does not change its owner.
    register(&world, "1", "gone");
    assert_eq!(refunds("gone"), "out_of_scope");
    let listed = world.extension("GET", "/applications/orders/resources", &Value::Null);
    assert_eq!(listed["Resources"][0]["Attributes"]["owner"], "gone", "the text reads back as it was written");
    register(&world, "2", "gone");
    assert_eq!(application.reason(&question(&tom, "refund", "orders", "2")), "granted_in_scope");
    // If the request contains an owner, the owner's login refers to the user who currently has the login.
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
    // After being restored, the first user owns the same resource as before.
    assert_eq!(rename(&world, &world.operator, &second, "sam.two").status, 200);
    world.extension("POST", "/users/restore", &json!({ "UserIds": [first] }));
    assert_eq!((refunds(&first, "1").as_str(), refunds(&first, "2").as_str()), ("granted_in_scope", "out_of_scope"));
    assert_eq!(refunds(&second, "2"), "granted_in_scope");
}

#[test]
fn resources_registered_before_their_owners_exist_have_no_owner_until_then() {
    let (world, owners) = shop(&[]);
    let tom = world.new_user("tom", &[&owners]);
    // The ID of a future user is not known in advance. A resource can therefore name its future owner by login.
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

    // If a resource names its owner by login, the first user who is created with this login becomes the owner.
    // Decisions and searches reflect this immediately.
    let ann = world.new_user("ann", &[&owners]);
    assert_eq!((refunds("ann", "1").as_str(), owner_of("1")), ("granted_in_scope", vec!["ann".to_owned()]));
    assert_eq!((found("ann"), found(&ann)), (vec!["1".to_owned()], vec!["1".to_owned()]));
    // An existing user who is renamed to the owner's login does not become the owner. A user who is later created with
    // this login does.
    assert_eq!(rename(&world, &world.operator, &tom, "ben").status, 200);
    assert_eq!((refunds("ben", "2").as_str(), owner_of("2")), ("out_of_scope", vec![]));
    assert_eq!(rename(&world, &world.operator, &tom, "tom").status, 200);
    let ben = world.new_user("ben", &[&owners]);
    assert_eq!((refunds(&ben, "2").as_str(), found(&ben)), ("granted_in_scope", vec!["2".to_owned()]));
    // A renamed user still owns the resource. The next user with the old login does not own the resource.
    assert_eq!(rename(&world, &world.operator, &ann, "ann.lee").status, 200);
    let second = world.new_user("ann", &[&owners]);
    register(&world, "1", "Ann");
    assert_eq!((refunds(&ann, "1").as_str(), refunds(&second, "1").as_str()), ("granted_in_scope", "out_of_scope"));
    // The user cleo is created and deleted before the test requests any decision. Cleo still counts as the first user
    // with this login.
    let cleo = world.new_user("cleo", &[&owners]);
    world.ok(Operation::DeleteUser, json!({ "UserId": cleo }));
    let next = world.new_user("cleo", &[&owners]);
    assert_eq!((refunds(&next, "3").as_str(), owner_of("3")), ("out_of_scope", vec![]));
}
