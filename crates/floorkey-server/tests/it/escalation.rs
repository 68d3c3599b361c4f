//! Tests attacks on the escalation guard over HTTP. The tests are named after the rules in SECURITY.md.

use floorkey_aws::exception::ExceptionKind;
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::client::Client;
use crate::visitor::Visitor;
use crate::world::{World, text};

const MANAGER: [&str; 8] = [
    "Users.View",
    "Users.Create",
    "Users.Edit",
    "Users.Delete",
    "SecurityProfiles.View",
    "SecurityProfiles.Create",
    "SecurityProfiles.Edit",
    "SecurityProfiles.Delete",
];

/// A test setup with the guard in mode `enforce`. The user mia manages users and profiles, and can assign Agent.
struct Attacked {
    world: World,
    mia: Client,
    root: Client,
}

impl Attacked {
    fn new() -> Self {
        let world = World::with(&[("FLOORKEY_GUARD", "enforce")]);
        let mia = world.somebody("mia", &MANAGER);
        let managers = world.profile("profile of mia");
        let agent = world.profile("Agent");
        world.extension(
            "PUT",
            &format!("/security-profiles/{managers}/assignable"),
            &json!({ "SecurityProfileIds": [agent] }),
        );
        let admin = world.profile("Admin");
        let root = world.new_user("root", &[&admin]);
        let root = world.server.as_user(&world.instance, &root);
        Self { world, mia, root }
    }

    /// Makes a call as mia that the guard must refuse. Returns the error message.
    fn refused(&self, operation: Operation, input: Value) -> String {
        self.mia.refused(operation, &self.world.in_instance(input), ExceptionKind::AccessDenied)
    }

    fn reset(&self, user: &str) -> u16 {
        self.world.try_extension(&self.mia, "POST", &format!("/users/{user}/password"), &json!({})).status
    }

    /// Creates a user as mia. Mia also chooses the user's password.
    fn made_by_mia(&self, login: &str) -> String {
        let input = self.world.user_input(login, &[&self.world.profile("Agent")]);
        text(&self.mia.ok(Operation::CreateUser, &input)["UserId"])
    }

    fn promote(&self, user: &str, profile: &str) {
        let input = json!({ "UserId": user, "SecurityProfileIds": [self.world.profile(profile)] });
        self.root.ok(Operation::UpdateUserSecurityProfiles, &self.world.in_instance(input));
    }
}

#[test]
fn e1_weakening_the_profile_of_an_administrator_gives_no_access_to_the_account() {
    let attacked = Attacked::new();
    let (admin, root) = (attacked.world.profile("Admin"), attacked.world.user("root"));
    let weakened = json!({ "SecurityProfileId": admin, "Permissions": ["BasicAgentAccess"] });
    let said = attacked.refused(Operation::UpdateSecurityProfile, weakened);
    assert!(!said.contains("root"), "{said}");
    assert_eq!(attacked.reset(&root), 403);
}

#[test]
fn e2_tags_a_restriction_a_rename_or_a_replacement_give_none_either() {
    let attacked = Attacked::new();
    let world = &attacked.world;
    let strong = world.new_profile("Strong", &["Users.View", "Users.Edit", "Prompts.Delete"]);
    let quinn = world.new_user("quinn", &[&strong]);
    let tagged = json!({
        "SecurityProfileId": strong,
        "AllowedAccessControlTags": { "team": "none" },
        "TagRestrictedResources": ["User", "Prompt"],
    });
    attacked.refused(Operation::UpdateSecurityProfile, tagged);
    let names = ["Users.View", "Users.Edit", "Prompts.Delete", "RestrictTaskCreation.Access"];
    attacked.refused(Operation::UpdateSecurityProfile, json!({ "SecurityProfileId": strong, "Permissions": names }));
    let rename = world.try_extension(
        &attacked.mia,
        "POST",
        &format!("/security-profiles/{strong}/name"),
        &json!({ "Name": "Weak" }),
    );
    let replace = world.try_extension(
        &attacked.mia,
        "POST",
        &format!("/security-profiles/{strong}/replace"),
        &json!({ "ReplacementId": world.profile("Agent"), "Delete": true }),
    );
    assert_eq!((rename.status, replace.status), (403, 403));
    assert_eq!(attacked.reset(&quinn), 403);
}

#[test]
fn e4_passwords_sessions_and_keys_from_before_a_promotion_stop_working() {
    let attacked = Attacked::new();
    let world = &attacked.world;
    let boss = attacked.made_by_mia("newboss");
    let browser = Visitor::new(&world.server);
    browser.sign_in_first("newboss", "Passw0rd", "Better-passw0rd");
    let key = world.server.as_user(&world.instance, &boss);
    assert_eq!(browser.get("/connect/access").status, 200);
    attacked.promote(&boss, "Admin");
    assert_ne!(browser.get("/connect/access").status, 200, "the session goes on");
    let again = Visitor::new(&world.server);
    let answer = again.post("/connect/login", &[("username", "newboss"), ("password", "Better-passw0rd")]);
    assert_ne!(answer.status, 303, "the password still signs in");
    let listed = key.call(Operation::ListUsers, &world.in_instance(json!({})));
    assert_eq!(listed.status, 403, "the key still signs");
    // Programs may still need the access key. A user with at least the same access as the key's owner can reinstate the
    // key.
    let id = key.key.id.clone();
    let back = |client: &Client| {
        world.try_extension(client, "POST", &format!("/access-keys/{id}/reinstate"), &Value::Null).status
    };
    assert_eq!(back(&attacked.mia), 403);
    assert_eq!(back(&attacked.root), 200);
    assert_eq!(key.call(Operation::ListUsers, &world.in_instance(json!({}))).status, 200);
}

#[test]
fn e5_a_new_invitation_goes_only_to_an_email_that_the_granter_confirms() {
    let attacked = Attacked::new();
    let world = &attacked.world;
    let mut input = world.user_input("newboss", &[&world.profile("Agent")]);
    input["IdentityInfo"]["Email"] = json!("mia@evil.example");
    let boss = text(&attacked.mia.ok(Operation::CreateUser, &input)["UserId"]);
    attacked.promote(&boss, "Admin");
    let invite = |body: Value| world.try_extension(&attacked.root, "POST", &format!("/users/{boss}/invite"), &body);
    let refused = invite(json!({}));
    let said = String::from_utf8_lossy(&refused.body).into_owned();
    assert!(refused.status == 400 && said.contains("mia@evil.example"), "{said}");
    assert_eq!(invite(json!({ "Email": "boss@example.com" })).status, 400);
    let asked = world.try_extension(&attacked.mia, "POST", &format!("/users/{boss}/invite"), &json!({}));
    assert_eq!(asked.status, 403);
    assert_eq!(invite(json!({ "Email": "mia@evil.example" })).status, 200, "the granter may know better");
}

#[test]
fn e6_users_created_by_an_administrator_or_the_operator_keep_their_credentials() {
    let attacked = Attacked::new();
    let world = &attacked.world;
    let bot = world.new_user("bot", &[&world.profile("Agent")]);
    let key = world.server.as_user(&world.instance, &bot);
    let input = world.user_input("ann", &[&world.profile("Agent")]);
    let ann = text(&attacked.root.ok(Operation::CreateUser, &input)["UserId"]);
    let browser = Visitor::new(&world.server);
    browser.sign_in_first("ann", "Passw0rd", "Better-passw0rd");
    for user in [&bot, &ann] {
        attacked.promote(user, "CallCenterManager");
    }
    assert_eq!(browser.get("/connect/access").status, 200);
    assert_eq!(key.call(Operation::ListUsers, &world.in_instance(json!({}))).status, 200);
}

#[test]
fn e7_a_profile_that_grew_after_it_was_made_assignable_cannot_be_assigned() {
    let attacked = Attacked::new();
    let world = &attacked.world;
    let managers = world.profile("profile of mia");
    let harmless = world.new_profile("Harmless", &["Users.View"]);
    let list = json!({ "SecurityProfileIds": [world.profile("Agent"), harmless] });
    let widened =
        world.try_extension(&attacked.mia, "PUT", &format!("/security-profiles/{managers}/assignable"), &list);
    assert_eq!(widened.status, 403);
    // The user mia can add the profile to the assignable list of a profile without users. The list entry refers to the
    // profile's current version.
    let team = text(
        &attacked.mia.ok(
            Operation::CreateSecurityProfile,
            &world.in_instance(json!({ "SecurityProfileName": "Team", "Permissions": ["Users.View", "Users.Edit"] })),
        )["SecurityProfileId"],
    );
    let path = format!("/security-profiles/{team}/assignable");
    let named = world.try_extension(&attacked.mia, "PUT", &path, &json!({ "SecurityProfileIds": [harmless] }));
    assert_eq!(named.status, 200, "{}", String::from_utf8_lossy(&named.body));
    let max = world.new_user("max", &[&team]);
    let max = world.server.as_user(&world.instance, &max);
    let grown = json!({ "SecurityProfileId": harmless, "Permissions": ["Users.View", "Prompts.Delete"] });
    attacked.root.ok(Operation::UpdateSecurityProfile, &world.in_instance(grown));
    let puppet = attacked.made_by_mia("puppet");
    let assigned = json!({ "UserId": puppet, "SecurityProfileIds": [harmless] });
    max.refused(Operation::UpdateUserSecurityProfiles, &world.in_instance(assigned), ExceptionKind::AccessDenied);
}

#[test]
fn e10_a_manager_under_a_restriction_cannot_create_a_profile_free_of_it() {
    let attacked = Attacked::new();
    let world = &attacked.world;
    let names = [&MANAGER[..], &["ContactSearch.View", "RestrictContactAccessByHierarchy.View"]].concat();
    let max = world.somebody("max", &names);
    let free = json!({ "SecurityProfileName": "Free", "Permissions": ["ContactSearch.View"] });
    max.refused(Operation::CreateSecurityProfile, &world.in_instance(free), ExceptionKind::AccessDenied);
    let bound = json!({
        "SecurityProfileName": "Bound",
        "Permissions": ["ContactSearch.View", "RestrictContactAccessByHierarchy.View"],
    });
    max.ok(Operation::CreateSecurityProfile, &world.in_instance(bound));
}
