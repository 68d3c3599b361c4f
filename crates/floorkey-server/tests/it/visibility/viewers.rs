//! The viewers: users with each default profile, users with single permissions, and users whose permissions have a
//! scope.

use floorkey_aws::operation::Operation::*;
use serde_json::{Value, json};

use crate::client::Client;
use crate::visitor::Visitor;
use crate::world::{World, text};

/// A user who has both a signed-in browser and an access key.
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) visitor: Visitor,
    pub(super) client: Client,
    pub(super) is_administrator: bool,
}

/// Profiles that give access to parts of the console. Each entry has the profile's name and permissions.
const PROFILES: [(&str, &[&str]); 6] = [
    ("user viewer", &["Users.View"]),
    ("user editor", &["Users.Edit", "Users.Create", "Users.Delete", "Users.EditPermission"]),
    ("profile viewer", &["SecurityProfiles.View"]),
    ("profile editor", &["SecurityProfiles.Edit", "SecurityProfiles.Create", "SecurityProfiles.Delete"]),
    ("history reader", &["HistoricalChanges.View", "Users.View"]),
    ("queue editor", &["Queues.Edit", "RoutingPolicies.Edit", "TransferDestinations.Edit"]),
];

/// Returns viewers of every kind, including a full administrator.
pub(super) fn all(world: &World) -> Vec<Person> {
    let defaults = ["Agent", "QualityAnalyst", "CallCenterManager", "Admin"].into_iter();
    let defaults = defaults.map(|name| person(world, name, &[&world.profile(name)]));
    let mut people: Vec<Person> = defaults.collect();
    people.extend(PROFILES.map(|(name, permissions)| person(world, name, &[&world.new_profile(name, permissions)])));
    people.extend(scoped(world));
    people
}

/// Returns viewers without access to the history. The history would show every change as a separate event.
pub(super) fn without_history(world: &World) -> Vec<Person> {
    let admin = person(world, "Admin", &[&world.profile("Admin")]);
    let names = ["user viewer", "profile viewer"];
    let profiles = PROFILES.into_iter().filter(|(name, _)| names.contains(name));
    let plain = profiles.map(|(name, permissions)| person(world, name, &[&world.new_profile(name, permissions)]));
    let people: Vec<Person> = [admin].into_iter().chain(plain).chain(scoped(world)).collect();
    // Later visits show only changes since the previous visit, so every viewer visits the page once before the
    // comparison.
    people.iter().for_each(|person| assert!(person.visitor.get("/connect/").status < 400));
    people
}

/// Returns viewers whose permissions apply only to records with the tag `side: open` or to users in the open group.
fn scoped(world: &World) -> Vec<Person> {
    let tagged = |name: &str, permissions: &[&str], types: &[&str]| {
        made(
            world,
            json!({
                "SecurityProfileName": name, "Permissions": permissions, "TagRestrictedResources": types,
                "AllowedAccessControlTags": { "side": "open" },
            }),
        )
    };
    let both = ["Users.Edit", "Users.Create", "SecurityProfiles.View"];
    let everything = tagged("all within tags", &both, &["User", "SecurityProfile"]);
    let profiles = tagged("profiles within tags", &["SecurityProfiles.View"], &["SecurityProfile"]);
    let users = world.new_profile("all users", &["Users.View"]);
    let group = world.id_in(ListUserHierarchyGroups, "UserHierarchyGroupSummaryList", "Name", "Zq open group");
    let below = made(
        world,
        json!({
            "SecurityProfileName": "users within a group", "Permissions": ["Users.Edit", "SecurityProfiles.View"],
            "HierarchyRestrictedResources": ["User"], "AllowedAccessControlHierarchyGroupId": group,
        }),
    );
    vec![
        person(world, "viewer within tags", &[&everything]),
        person(world, "viewer of all users and some profiles", &[&users, &profiles]),
        person(world, "viewer of a group", &[&below]),
    ]
}

fn made(world: &World, profile: Value) -> String {
    text(&world.ok(CreateSecurityProfile, profile)["SecurityProfileId"])
}

fn person(world: &World, name: &'static str, profiles: &[&str]) -> Person {
    let login = format!("person.{}", name.to_lowercase().replace(' ', "."));
    let id = text(&world.operator.ok(CreateUser, &world.user_input(&login, profiles))["UserId"]);
    let visitor = Visitor::new(&world.server);
    visitor.sign_in_first(&login, "Passw0rd", "Better-passw0rd");
    let is_administrator = name == "Admin";
    if is_administrator {
        assert_eq!(visitor.get("/connect/guard?later=1").status, 303);
    }
    Person { name, visitor, client: world.server.as_user(&world.instance, &id), is_administrator }
}
