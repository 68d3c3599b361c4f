//! The planted secrets: records of every kind whose names and values occur nowhere else.

use floorkey_aws::operation::Operation::*;
use serde_json::{Value, json};

use super::Seen;
use super::known::Known;
use super::member;
use super::viewers::Person;
use crate::world::{World, text};

/// A piece of information that only some users are allowed to know.
pub(super) struct Secret {
    /// The kind of information.
    pub(super) kind: &'static str,
    /// The text that reveals the secret.
    pub(super) text: String,
    /// The text of another secret. A viewer who knows the other secret may also know this secret.
    ///
    /// For example, the API does not show deleted users. The console shows a deleted user to viewers who can view a
    /// current user with the same tags and group.
    pub(super) with: Option<&'static str>,
}

/// The instance and the planted records. Viewers with a scope can see the records named `open`, but not the records
/// named `hidden`. The user `mixed` is inside the scopes, but the user's security profile is outside.
pub(super) struct Secrets {
    pub(super) world: World,
    pub(super) all: Vec<Secret>,
    pub(super) users: [String; 3],
    pub(super) profiles: [String; 2],
    pub(super) groups: [String; 2],
    pub(super) routing: String,
    pub(super) queue: String,
    pub(super) hours: String,
    pub(super) prompt: String,
    pub(super) quick_connect: String,
    pub(super) access_key: String,
    pub(super) api_token: String,
}

/// The login of the user outside all scopes.
pub(super) const LOGIN: &str = "zq.vault.login";
/// The login of the user inside the scopes whose profile is outside the scopes.
pub(super) const MIXED: &str = "zq.mixed.login";
/// The planted application's namespace.
pub(super) const NAMESPACE: &str = "zq-namespace";
/// The permission of the planted application. Its condition reads the attribute `zq-attribute`.
pub(super) const PERMISSION: &str = "zq-refund";
const ATTRIBUTE: &str = "zq-attribute";
/// A registered resource of the planted application.
pub(super) const RESOURCE: &str = "zq-resource";
/// The name of the profile outside all scopes. This name sorts before all other names, so a truncated list still
/// contains it.
pub(super) const PROFILE: &str = "0 Zq vault profile";

impl Secrets {
    /// Starts a server and plants the secrets.
    pub(super) fn plant() -> Self {
        let world = World::new();
        let levels = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Zq level" } } });
        world.ok(UpdateUserHierarchyStructure, levels);
        let group =
            |name: &str| member(&world.ok(CreateUserHierarchyGroup, json!({ "Name": name })), "HierarchyGroupId");
        let groups = [group("Zq open group"), group("Zq hidden group")];
        let (routing, queue, hours) = resources(&world);
        let prompt = json!({ "Name": "Zq prompt", "S3Uri": "s3://zq-bucket/zq-key" });
        let prompt = member(&world.ok(CreatePrompt, prompt), "PromptId");
        let config = json!({ "QuickConnectType": "PHONE_NUMBER", "PhoneConfig": { "PhoneNumber": "+4922199999" } });
        let quick_connect = json!({ "Name": "Zq quick connect", "QuickConnectConfig": config });
        let quick_connect = member(&world.ok(CreateQuickConnect, quick_connect), "QuickConnectId");
        application(&world);
        let profiles = [open_profile(&world), hidden_profile(&world)];
        let users = [
            user(&world, "zq.open.login", "Zqopen", &profiles[0], &groups[0], "open"),
            user(&world, LOGIN, "Zqvault", &profiles[1], &groups[1], "hidden"),
            user(&world, MIXED, "Zqmixed", &profiles[1], &groups[0], "open"),
        ];
        world.ok(UpdateUserRoutingProfile, json!({ "UserId": users[1], "RoutingProfileId": routing }));
        let key = world.extension("POST", &format!("/users/{}/access-keys", users[1]), &json!({ "Label": "Zq key" }));
        let token = world.extension("POST", "/api-tokens", &json!({ "Label": "Zq token", "Scopes": ["search"] }));
        let gone = user(&world, "zq.deleted.login", "Zqdeleted", &profiles[1], &groups[1], "hidden");
        world.ok(DeleteUser, json!({ "UserId": gone }));
        let mut planted = Self {
            all: Vec::new(),
            users,
            profiles,
            groups,
            routing,
            queue,
            prompt,
            quick_connect,
            hours,
            access_key: member(&key, "AccessKeyId"),
            api_token: member(&token, "ApiTokenId"),
            world,
        };
        planted.all = planted.list(&gone);
        planted
    }

    fn list(&self, gone: &str) -> Vec<Secret> {
        let secret = |kind, text: &str| Secret { kind, text: text.to_owned(), with: None };
        let deleted = |kind, text: &str| Secret { with: Some(LOGIN), ..secret(kind, text) };
        vec![
            secret("login of a user", LOGIN),
            secret("name of a user", "Zqvault"),
            secret("email of a user", "Zqvault@zq.example"),
            secret("id of a user", &self.users[1]),
            deleted("login of a deleted user", "zq.deleted.login"),
            deleted("id of a deleted user", gone),
            secret("tag of a user", "zq-tag-hidden"),
            secret("login of a user with a hidden profile", MIXED),
            secret("name of a security profile", PROFILE),
            secret("description of a security profile", "Zq about the vault"),
            secret("id of a security profile", &self.profiles[1]),
            secret("name of a profile in scope", "1 Zq open profile"),
            secret("description of a profile in scope", "Zq about the open one"),
            secret("name of a hierarchy group", "Zq hidden group"),
            secret("id of a hierarchy group", &self.groups[1]),
            secret("name of a hierarchy level", "Zq level"),
            secret("name of a routing profile", "Zq routing"),
            secret("name of a queue", "Zq queue"),
            secret("name of a prompt", "Zq prompt"),
            secret("name of a quick connect", "Zq quick connect"),
            secret("number of a quick connect", "+4922199999"),
            secret("name of hours of operation", "Zq hours"),
            secret("name of an application", "Zq application"),
            secret("namespace of an application", NAMESPACE),
            secret("description of an application", "Zq about the application"),
            secret("permission in an application", PERMISSION),
            secret("description of a permission in an application", "Zq about refunds"),
            secret("resource of an application", RESOURCE),
            secret("condition of a security profile", ATTRIBUTE),
            secret("id of an access key", &self.access_key),
            secret("label of an access key", "Zq key"),
            secret("label of an API token", "Zq token"),
            secret("id of an API token", &self.api_token),
        ]
    }

    /// Lists what the full administrator's pages lack: secrets that no page shows, and pages that do not show their
    /// secret.
    pub(super) fn missing_in(&self, seen: &[Seen]) -> Vec<String> {
        // Only the API shows these secrets, and no page of the console does.
        let of_api =
            ["name of a hierarchy level", "label of an API token", "id of an API token", "name of hours of operation"];
        let mut missing = Vec::new();
        for secret in self.all.iter().filter(|secret| !of_api.contains(&secret.kind)) {
            if !seen.iter().any(|seen| seen.text.contains(&secret.text) && !seen.asked.says(&secret.text)) {
                missing.push(format!("an administrator reads the {} nowhere", secret.kind));
            }
        }
        for (path, text) in self.places() {
            let mut pages = seen.iter().filter(|seen| seen.asked.target == path);
            if !pages.any(|page| page.text.contains(&text)) {
                missing.push(format!("an administrator does not read {text} in {path}"));
            }
        }
        missing
    }

    /// Returns the console's paths, each with the secret that the page is meant to show.
    fn places(&self) -> Vec<(String, String)> {
        let [_, user, mixed] = &self.users;
        let profile = &self.profiles[1];
        let place = |path: String, text: &str| (path, text.to_owned());
        vec![
            place("/connect/users".to_owned(), LOGIN),
            place("/connect/users/suggest?text=zq".to_owned(), PROFILE),
            place("/connect/users?permission=Rules.Delete".to_owned(), LOGIN),
            place("/connect/users/download".to_owned(), LOGIN),
            place("/connect/users/deleted".to_owned(), "zq.deleted.login"),
            place(format!("/connect/users/{user}"), PERMISSION),
            place(format!("/connect/users/{user}?can=Rules.Delete"), &format!("{PROFILE}: selected")),
            place(format!("/connect/users/{mixed}?can=Queues.Edit"), "What would allow it"),
            place(format!("/connect/users/{user}/details"), "Zq hidden group"),
            place(format!("/connect/users/{user}/sign-in"), &self.access_key),
            place(format!("/connect/users/{user}/same?q=zq"), PROFILE),
            place(format!("/connect/users/{}/details?give={profile}", self.users[0]), "Rules: Remove"),
            place("/connect/security-profiles".to_owned(), PROFILE),
            place(format!("/connect/security-profiles/{profile}"), PERMISSION),
            place(format!("/connect/security-profiles/{profile}/code"), NAMESPACE),
            place("/connect/permissions/Rules.Delete".to_owned(), PROFILE),
            place("/connect/who-has-what".to_owned(), LOGIN),
            place("/connect/check-access".to_owned(), NAMESPACE),
            place("/connect/check-access/suggest?for=who&q=zq".to_owned(), LOGIN),
            place("/connect/who-has-what?by=profiles".to_owned(), PROFILE),
            place(format!("/connect/check-access/suggest?kind={NAMESPACE}&q=zq"), RESOURCE),
            place("/connect/check-access/suggest?kind=queue&q=zq".to_owned(), "Zq queue"),
            place("/connect/check-access/who-can?ask=who&can=Rules.Delete".to_owned(), LOGIN),
            place("/connect/check-access/who-can/download?ask=who&can=Rules.Delete".to_owned(), LOGIN),
            place(format!("/connect/history?user={user}"), LOGIN),
            place(format!("/connect/history.csv?user={user}"), LOGIN),
        ]
    }

    /// Asserts that the API hides some secrets from the person. Otherwise, the test could not detect a leak to this
    /// person.
    pub(super) fn are_not_all_known(&self, person: &Person, known: &Known) {
        let unknown = self.all.iter().filter(|secret| !known.has(&secret.text)).count();
        assert!(unknown > 3, "{} knows all but {unknown} secrets", person.name);
    }
}

/// Changes to the test data. A full administrator can see each change. Viewers must not see a change that the API hides
/// from them.
pub(super) const FACTS: [fn(&Secrets); 3] = [
    |secrets| {
        // The profile's permissions influence three results: the effective permissions of its users, the users who can
        // perform an action, and the suggested profiles.
        let edit = json!({ "SecurityProfileId": secrets.profiles[1], "Permissions": ["Rules.View", "Views.Remove"] });
        secrets.world.ok(UpdateSecurityProfile, edit);
    },
    |secrets| {
        // This change creates another user outside all scopes.
        let [_, hidden] = &secrets.groups;
        user(&secrets.world, "zq.another.login", "Zqanother", &secrets.profiles[1], hidden, "hidden");
    },
    |secrets| {
        let more = json!({ "Resources": [{ "Id": "zq-another-resource" }] });
        secrets.world.extension("PUT", &format!("/applications/{NAMESPACE}/resources"), &more);
    },
];

fn resources(world: &World) -> (String, String, String) {
    let hours = json!({ "Name": "Zq hours", "TimeZone": "UTC", "Config": [] });
    let hours = member(&world.ok(CreateHoursOfOperation, hours), "HoursOfOperationId");
    let queue = member(&world.ok(CreateQueue, json!({ "Name": "Zq queue", "HoursOfOperationId": hours })), "QueueId");
    let routing = json!({
        "Name": "Zq routing", "Description": "Zq", "DefaultOutboundQueueId": queue,
        "MediaConcurrencies": [{ "Channel": "VOICE", "Concurrency": 1 }],
    });
    (member(&world.ok(CreateRoutingProfile, routing), "RoutingProfileId"), queue, hours)
}

fn application(world: &World) {
    let orders = json!({
        "Name": "Zq application", "Description": "Zq about the application",
        "Permissions": [{ "Name": PERMISSION, "Description": "Zq about refunds" }],
    });
    world.extension("PUT", &format!("/applications/{NAMESPACE}"), &orders);
    let resources = json!({ "Resources": [{ "Id": RESOURCE, "Attributes": { "zq": "zq" } }] });
    world.extension("PUT", &format!("/applications/{NAMESPACE}/resources"), &resources);
}

fn open_profile(world: &World) -> String {
    let open = json!({
        "SecurityProfileName": "1 Zq open profile", "Description": "Zq about the open one",
        "Permissions": ["Prompts.View"], "Tags": { "side": "open" },
    });
    member(&world.ok(CreateSecurityProfile, open), "SecurityProfileId")
}

/// Creates a hidden profile that would allow every action that a page can show.
fn hidden_profile(world: &World) -> String {
    let all = world.extension_of_server("GET", "/floorkey/v1/permissions");
    let granting = all["Permissions"].as_array().unwrap().iter().filter(|permission| permission["Polarity"] == "grant");
    let names: Vec<String> = granting.map(|permission| text(&permission["Name"])).collect();
    // The profile does not grant all permissions, so its users are not full administrators.
    let names: Vec<&String> = names.iter().filter(|name| !name.starts_with("Queues.")).collect();
    let hidden = json!({
        "SecurityProfileName": PROFILE, "Description": "Zq about the vault", "Permissions": names,
        "Applications": [{ "Namespace": NAMESPACE, "ApplicationPermissions": [PERMISSION] }],
        "Tags": { "side": "hidden" },
    });
    let id = member(&world.ok(CreateSecurityProfile, hidden), "SecurityProfileId");
    let condition = json!({ "Conditions": [{
        "Namespace": NAMESPACE, "Permission": PERMISSION, "All": [{ "Kind": "Own", "Attribute": ATTRIBUTE }],
    }] });
    world.extension("PUT", &format!("/security-profiles/{id}/conditions"), &condition);
    id
}

fn user(world: &World, login: &str, name: &str, profile: &str, group: &str, side: &str) -> String {
    let mut input: Value = world.user_input(login, &[profile]);
    input["IdentityInfo"] = json!({ "FirstName": name, "LastName": "Zq", "Email": format!("{name}@zq.example") });
    input["HierarchyGroupId"] = json!(group);
    input["Tags"] = json!({ "side": side, "zq": format!("zq-tag-{side}") });
    text(&world.operator.ok(CreateUser, &input)["UserId"])
}
