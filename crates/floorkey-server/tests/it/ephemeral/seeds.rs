//! Seeds of servers in memory.

use floorkey_aws::operation::Operation::*;
use serde_json::{Value, json};

use super::{EphemeralServer, SEED, refused};

/// The namespace of derived IDs, as documented.
const NAMESPACE: &str = "5911dfca-1051-5a03-a25e-f2637f4445d5";

fn derived(name: &str) -> String {
    uuid::Uuid::new_v5(&NAMESPACE.parse().unwrap(), name.as_bytes()).to_string()
}

/// Replaces all times, which differ between two servers.
fn without_times(mut value: Value) -> Value {
    fn visit(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|name, _| {
                    !["Time", "Created", "Modified", "RequestId", "AccessUrl", "Leaf"]
                        .iter()
                        .any(|word| name.contains(word))
                });
                members.values_mut().for_each(visit);
            }
            Value::Array(items) => {
                items.iter_mut().for_each(visit);
                // Records that were created in the same millisecond have no order.
                items.sort_by_key(Value::to_string);
            }
            _ => {}
        }
    }
    visit(&mut value);
    value
}

#[test]
fn two_servers_with_the_same_seed_are_equal() {
    let (one, other) = (EphemeralServer::with_seed(SEED, &[]), EphemeralServer::with_seed(SEED, &[]));
    for (one, other) in one.content().into_iter().zip(other.content()) {
        assert_eq!(without_times(one), without_times(other));
    }
    for member in ["InstanceId", "AccessKeys", "ApiTokens", "Administrator"] {
        assert_eq!(one.ready[member], other.ready[member]);
    }
    let key = |server: &EphemeralServer| server.extension("GET", "/bundle-key", &Value::Null);
    assert_eq!(key(&one), key(&other), "bundles have the same key");
}

#[test]
fn ids_are_derived_from_names() {
    let server = EphemeralServer::with_seed(SEED, &[]);
    assert_eq!(server.instance(), derived("instance/harbour"));
    for (list, rows, kind) in [
        (ListUsers, "UserSummaryList", "user"),
        (ListSecurityProfiles, "SecurityProfileSummaryList", "security-profile"),
        (ListQueues, "QueueSummaryList", "queue"),
        (ListRoutingProfiles, "RoutingProfileSummaryList", "routing-profile"),
        (ListHoursOfOperations, "HoursOfOperationSummaryList", "hours-of-operation"),
        (ListPrompts, "PromptSummaryList", "prompt"),
        (ListQuickConnects, "QuickConnectSummaryList", "quick-connect"),
        (ListAgentStatuses, "AgentStatusSummaryList", "agent-status"),
    ] {
        let listed = server.ok(list, json!({}));
        let listed = listed[rows].as_array().unwrap();
        assert!(!listed.is_empty());
        for row in listed {
            let name = row["Name"].as_str().or(row["Username"].as_str()).unwrap();
            assert_eq!(row["Id"], derived(&format!("{kind}/{name}")), "{kind} {name}");
        }
    }
    let lisbon = server.id_in(ListUserHierarchyGroups, "UserHierarchyGroupSummaryList", "Lisbon");
    assert_eq!(lisbon, derived("hierarchy-group/Portugal/Lisbon"));
}

#[test]
fn every_field_of_the_seed_arrives() {
    let server = EphemeralServer::with_seed(SEED, &[]);
    let described = |operation, member: &str, id: String| server.ok(operation, json!({ member: id }));
    let user = described(DescribeUser, "UserId", server.user("ann"))["User"].clone();
    assert_eq!(user["IdentityInfo"]["SecondaryEmail"], "ann@example.org");
    assert_eq!(user["IdentityInfo"]["Mobile"], "+351910000000");
    assert_eq!(user["SecurityProfileIds"], json!([server.profile("Supervisor"), server.profile("Agent")]));
    assert_eq!(user["HierarchyGroupId"], derived("hierarchy-group/Portugal/Lisbon"));
    assert_eq!(user["RoutingProfileId"], derived("routing-profile/Sales agents"));
    assert_eq!(user["Tags"], json!({ "brand": "harbour" }));
    let status = server.extension("GET", &format!("/users/{}/status", server.user("ben")), &Value::Null);
    assert_eq!(status["Enabled"], false, "{status}");

    let profile = json!({ "SecurityProfileId": server.profile("Supervisor") });
    let permissions = server.ok(ListSecurityProfilePermissions, profile.clone())["Permissions"].clone();
    assert_eq!(permissions, json!(["Users.View", "Users.Edit"]), "required permissions are granted too");
    let profile = server.ok(DescribeSecurityProfile, profile)["SecurityProfile"].clone();
    assert_eq!(profile["HierarchyRestrictedResources"], json!(["User"]));
    let assignable = format!("/security-profiles/{}/assignable", server.profile("Supervisor"));
    let assignable = server.extension("GET", &assignable, &Value::Null);
    assert!(assignable.to_string().contains(&server.profile("Agent")), "{assignable}");
    let agent = described(DescribeSecurityProfile, "SecurityProfileId", server.profile("Agent"));
    assert_eq!(agent["SecurityProfile"]["Description"], "The default profile, changed");

    let queue = described(DescribeQueue, "QueueId", derived("queue/Sales"))["Queue"].clone();
    assert_eq!((&queue["MaxContacts"], &queue["Status"]), (&json!(20), &json!("DISABLED")));
    assert_eq!(queue["HoursOfOperationId"], derived("hours-of-operation/Office hours"));
    let available = described(ListQueueQuickConnects, "QueueId", derived("queue/Sales"));
    assert_eq!(available["QuickConnectSummaryList"].as_array().unwrap().len(), 2, "{available}");
    let hours = derived("hours-of-operation/Office hours");
    let hours = described(DescribeHoursOfOperation, "HoursOfOperationId", hours)["HoursOfOperation"].clone();
    assert_eq!(hours["Config"][0]["EndTime"], json!({ "Hours": 18, "Minutes": 30 }));
    let routing = described(DescribeRoutingProfile, "RoutingProfileId", derived("routing-profile/Sales agents"));
    assert_eq!(routing["RoutingProfile"]["DefaultOutboundQueueId"], derived("queue/Support"));
    let status = described(DescribeAgentStatus, "AgentStatusId", derived("agent-status/Lunch"))["AgentStatus"].clone();
    assert_eq!((&status["Type"], &status["State"]), (&json!("CUSTOM"), &json!("DISABLED")));
    assert_eq!((&status["DisplayOrder"], &status["Tags"]), (&json!(3), &json!({ "paid": "no" })));
    assert_eq!(server.extension("GET", "/guard", &Value::Null)["Mode"], "enforce");
}

#[test]
fn decisions_follow_the_seed() {
    let server = EphemeralServer::with_seed(SEED, &[]);
    let decision = |id: &str, subject: &str| {
        let question = json!({
            "subject": { "type": "identity", "id": subject },
            "action": { "name": "refund" },
            "resource": { "type": "booking", "id": id },
        });
        let answer = server.ask("token-of-bookings", &question);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()["decision"].as_bool().unwrap()
    };
    assert_eq!([decision("NS-1", "ann"), decision("NS-2", "ann"), decision("NS-1", "ben")], [true, false, false]);
    let search = crate::authzen::question("ann", "refund", "booking", "NS-1");
    assert_eq!(server.ask("token-of-nobody", &search).status, 401);
}

#[test]
fn a_broken_seed_is_refused_with_its_line_and_what_would_be_right() {
    for (seed, wanted) in [
        ("users:\n  - username: ann\n    profiles: [Agent]\n    pasword: x\n", &[":4:", "`pasword`", "password"][..]),
        ("usres: []\n", &[":1:", "`usres`", "users"]),
        ("users:\n  - username: ann\n", &[":2:", "profiles"]),
        ("users:\n  - {username: ann, profiles: [Agnet]}\n", &[":2:32:", "`Agnet`", "`Agent`", "security profile"]),
        ("users:\n  - {username: ann, profiles: [Agent], hierarchy_group: Lisbon}\n", &[":2:", "`Lisbon`", "has none"]),
        (
            "profiles:\n  - name: A\n    permissions:\n      - Users.Remove\n",
            &[":4:9:", "`Users.Remove`", "Users.Delete"],
        ),
        ("queues:\n  - {name: Sales, hours_of_operation: Nights}\n", &[":2:", "`Nights`", "`Basic Hours`"]),
        (
            "hours_of_operation:\n  - name: Nights\n    periods:\n      - {days: [MONDAY], open: \"8:00\", close: \"18:00\"}\n",
            &[":4:", "`8:00`", "08:30"],
        ),
        ("users:\n  - {username: admin, profiles: [Agent]}\n", &[":2:", "user `admin`", "already"]),
        ("queues:\n  - {name: Sales}\n  - {name: Sales}\n", &[":3:", "queue `Sales`", "already"]),
        ("agent_statuses:\n  - {name: Offline}\n", &[":2:", "agent status `Offline`", "already"]),
        ("agent_statuses:\n  - {name: Lunch, display_order: 51}\n", &[":2:", "DisplayOrder", "1 to 50"]),
        ("users:\n  - {username: ann, profiles: [Agent], password: simple}\n", &[":2:", "password", "8 to 64"]),
        ("instance: {guard: strict}\n", &[":1:", "`strict`", "warn or enforce"]),
        ("instance: {alias: \"-\"}\n", &["alias"]),
        ("quick_connects:\n  - {name: Q, queue: BasicQueue, phone_number: \"+1\"}\n", &[":2:", "`Q`", "one of"]),
        (
            "profiles:\n  - name: A\n    conditions: [{permission: Users.View}]\n",
            &[":3:", "Users.View", "at least one"],
        ),
        ("users: [\n", &[":"]),
        ("users: 7\n", &[":1:"]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("seed.yaml");
        std::fs::write(&file, seed).unwrap();
        let file = file.to_str().unwrap();
        let error = refused(&["--seed", file], &[]);
        for wanted in wanted.iter().chain([&file]) {
            assert!(error.contains(wanted), "{seed}\nlacks {wanted}:\n{error}");
        }
    }
    assert!(refused(&["--seed", "missing.yaml"], &[]).contains("can't read the seed missing.yaml"));
}

#[test]
fn an_empty_seed_is_no_seed() {
    for seed in ["", "# nothing\n", "{}\n"] {
        let server = EphemeralServer::with_seed(seed, &[]);
        assert_eq!(server.instance(), derived("instance/floorkey"));
        assert_eq!(server.ready["ApiTokens"], json!([{ "Label": "test", "Token": "test" }]));
    }
}
