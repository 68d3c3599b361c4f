//! Tests the management API under `/floorkey/v1/`. The tests call each operation as an authorized user and as an
//! unauthorized user.

use serde_json::{Value, json};

use crate::program::{Answer, Program};
use crate::sign::Key;

/// A server with the demo data, and the access keys of the operator, a manager and an agent. Most of these tests need
/// all three keys.
struct World {
    program: Program,
    operator: Key,
    manager: Key,
    agent: Key,
}

impl World {
    fn new() -> Self {
        let program = Program::start(&["--demo"]);
        let operator = program.operator.clone();
        let (manager, agent) = (program.key_of("sofia.marin"), program.key_of("tom.okafor"));
        Self { program, operator, manager, agent }
    }

    fn get(&self, key: &Key, path: &str) -> Answer {
        self.program.extension(key, "GET", path, None)
    }

    fn send(&self, key: &Key, method: &str, path: &str, body: Value) -> Answer {
        self.program.extension(key, method, path, Some(&body.to_string()))
    }

    fn status_of(&self, login: &str) -> Value {
        self.get(&self.operator, &format!("/logins/{login}")).body
    }
}

#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str, words: &str) {
    let (found, kind, message) = answer.refusal();
    assert_eq!((found, kind), (status, error), "{message}");
    assert!(message.contains(words), "`{message}` does not say `{words}`");
}

#[test]
fn an_access_key_has_the_access_of_its_user() {
    let world = World::new();
    let (sofia, tom) = (world.program.user("sofia.marin"), world.program.user("tom.okafor"));

    // Users can view their own account. Viewing other users requires Users.View, which an agent does not have.
    for (key, id) in [(&world.agent, &tom), (&world.manager, &sofia), (&world.operator, &tom)] {
        assert_eq!(world.get(key, &format!("/users/{id}/permissions")).status, 200);
    }
    for path in [format!("/users/{sofia}/permissions"), format!("/users/{sofia}/status"), "/logins/sofia.marin".into()]
    {
        refused(&world.get(&world.agent, &path), 403, "AccessDeniedException", "Users.View");
    }
    // A user's permissions reveal which permissions the user's profiles grant. Reading them therefore requires
    // SecurityProfiles.View, which a supervisor does not have.
    let orla = world.program.key_of("orla.deasy");
    let tom_s = format!("/users/{tom}/permissions");
    assert_eq!(world.get(&orla, &format!("/users/{tom}/status")).status, 200);
    refused(&world.get(&orla, &tom_s), 403, "AccessDeniedException", "SecurityProfiles.View");
    assert!(!world.get(&orla, &tom_s).body.to_string().contains("Agent"));

    // Only a user who can view users can find out whether a login is available.
    refused(&world.get(&world.agent, "/logins/nobody"), 403, "AccessDeniedException", "Users.View");
    refused(&world.get(&world.manager, "/logins/nobody"), 404, "ResourceNotFoundException", "nobody");
    assert_eq!(world.get(&orla, "/logins/tom.okafor").status, 200);
    let (there, nowhere) = (world.get(&orla, "/logins/sofia.marin"), world.get(&orla, "/logins/nobody"));
    refused(&there, 403, "AccessDeniedException", "access control");
    assert_eq!(there.refusal(), nowhere.refusal());

    // Any access key can be used to read the catalog.
    let catalog = world.program.call(&world.agent, "GET", "/floorkey/v1/permissions", None);
    assert_eq!(catalog.body["Permissions"].as_array().unwrap().len(), 327);

    // A disabled user's access key is rejected until the user is enabled again.
    let tom_path = format!("/users/{tom}");
    assert_eq!(world.send(&world.manager, "POST", &format!("{tom_path}/disable"), json!({})).status, 200);
    refused(&world.get(&world.agent, "/guard"), 403, "UnrecognizedClientException", "");
    assert_eq!(world.status_of("tom.okafor")["Enabled"], json!(false));
    assert_eq!(world.send(&world.manager, "POST", &format!("{tom_path}/enable"), json!({})).status, 200);
    assert_eq!(world.get(&world.agent, "/guard").status, 200);
    let refusal = world.send(&world.agent, "POST", &format!("/users/{sofia}/disable"), json!({}));
    refused(&refusal, 403, "AccessDeniedException", "Users.EnableAndDisable");

    // An access key is valid for one instance. For any other instance, the response is the same as for a nonexistent
    // instance.
    let other = format!("/floorkey/v1/instances/{}/guard", sofia);
    refused(&world.program.call(&world.agent, "GET", &other, None), 404, "ResourceNotFoundException", "instance");
}

#[test]
fn access_keys_are_created_by_the_operator_and_shown_once() {
    let world = World::new();
    let tom = world.program.user("tom.okafor");
    let path = format!("/users/{tom}/access-keys");

    // An access key can't be used to create access keys, not even for the key's owner.
    refused(&world.send(&world.agent, "POST", &path, json!({})), 403, "AccessDeniedException", "recent sign-in");
    refused(&world.send(&world.manager, "POST", &path, json!({})), 403, "AccessDeniedException", "");

    let made = world.send(&world.operator, "POST", &path, json!({ "Label": "Second" }));
    assert_eq!((made.status, made.text("Label"), made.text("UserId")), (200, "Second", tom.as_str()));
    let second = Key { id: made.text("AccessKeyId").into(), secret: made.text("SecretAccessKey").into() };
    refused(&world.send(&world.operator, "POST", &path, json!({})), 400, "InvalidParameterException", "2");

    // Users can list their own access keys, and managers can list other users' keys. The responses do not contain the
    // secrets.
    let colleague = format!("/users/{}/access-keys", world.program.user("elif.demir"));
    for key in [&world.agent, &world.manager, &world.operator] {
        let list = world.get(key, &path);
        assert_eq!(list.body["AccessKeys"].as_array().unwrap().len(), 2);
        assert!(!list.body.to_string().contains("Secret") && !list.body.to_string().contains(&second.secret));
    }
    refused(&world.get(&world.agent, &colleague), 403, "AccessDeniedException", "Users.Edit");
    assert_eq!(world.get(&world.manager, &colleague).body, json!({ "AccessKeys": [] }));

    // After the owner has revoked the key, the server rejects it.
    assert_eq!(world.get(&second, "/guard").status, 200);
    let revoke = format!("/access-keys/{}", second.id);
    assert_eq!(world.program.extension(&world.agent, "DELETE", &revoke, None).status, 200);
    refused(&world.get(&second, "/guard"), 403, "UnrecognizedClientException", "");
    let again = world.program.extension(&world.agent, "DELETE", &revoke, None);
    // The key could belong to another user. Users who can revoke only their own keys must not learn whether a key
    // exists.
    refused(&again, 403, "AccessDeniedException", "Users.Edit");
    let theirs = format!("/access-keys/{}", world.manager.id);
    refused(
        &world.program.extension(&world.agent, "DELETE", &theirs, None),
        403,
        "AccessDeniedException",
        "Users.Edit",
    );

    // An access key can't be created for a disabled user.
    let gone = format!("/users/{}/access-keys", world.program.user("ext.lindqvist"));
    refused(&world.send(&world.operator, "POST", &gone, json!({})), 400, "InvalidParameterException", "disabled");
}

#[test]
fn a_reset_sets_a_temporary_password() {
    let world = World::new();
    let tom = world.program.user("tom.okafor");
    let path = format!("/users/{tom}/password");

    let kept = world.send(&world.manager, "POST", &path, json!({ "RevokeAccessKeys": false }));
    assert_eq!((kept.text("OneTimePassword").len(), &kept.body["AccessKeysRevoked"]), (16, &json!(0)));
    assert_eq!(world.get(&world.agent, "/guard").status, 200);

    let set = world.send(&world.manager, "POST", &path, json!({ "Password": "Correct-Horse-1" }));
    assert_eq!(
        (set.status, &set.body),
        (200, &json!({ "AccessKeysRevoked": 1 })),
        "a password that was sent is not sent back"
    );
    refused(&world.get(&world.agent, "/guard"), 403, "UnrecognizedClientException", "");
    let status = world.status_of("tom.okafor");
    assert_eq!((&status["Password"], &status["AccessKeys"]), (&json!("OneTime"), &json!(0)));

    let weak = world.send(&world.manager, "POST", &path, json!({ "Password": "aaaabbbbcccc" }));
    refused(&weak, 400, "InvalidParameterException", "uppercase");
    assert!(!weak.refusal().2.contains("aaaabbbbcccc"));
    let agent = world.program.key_of("elif.demir");
    refused(&world.send(&agent, "POST", &path, json!({})), 403, "AccessDeniedException", "Users.Edit");
    let nobody = format!("/users/{}/password", world.program.instance);
    refused(&world.send(&world.operator, "POST", &nobody, json!({})), 404, "ResourceNotFoundException", "user");
}

#[test]
fn a_renamed_user_keeps_the_access_key() {
    let world = World::new();
    let tom = world.program.user("tom.okafor");
    let path = format!("/users/{tom}/login");
    let renamed = world.send(&world.manager, "POST", &path, json!({ "Username": "tom.okafor-byrne" }));
    assert_eq!(renamed.status, 200);
    assert_eq!(world.status_of("TOM.Okafor-Byrne")["UserId"], json!(tom));
    refused(&world.get(&world.operator, "/logins/tom.okafor"), 404, "ResourceNotFoundException", "tom.okafor");
    assert_eq!(world.get(&world.agent, &format!("/users/{tom}/permissions")).status, 200);

    let taken = world.send(&world.manager, "POST", &path, json!({ "Username": "Sofia.Marin" }));
    refused(&taken, 409, "DuplicateResourceException", "`sofia.marin`");
    refused(
        &world.send(&world.manager, "POST", &path, json!({ "Username": "a b" })),
        400,
        "InvalidParameterException",
        "Username",
    );
    refused(
        &world.send(&world.agent, "POST", &path, json!({ "Username": "x" })),
        403,
        "AccessDeniedException",
        "Users.Edit",
    );
}

#[test]
fn the_guard_enforces_after_it_is_tightened() {
    let world = World::new();
    assert_eq!(world.get(&world.agent, "/guard").body, json!({ "Mode": "warn", "Chosen": false }));
    let admin = format!("/users/{}/password", world.program.user("admin"));
    let tom = format!("/users/{}/password", world.program.user("tom.okafor"));

    let enforce = json!({ "Mode": "enforce" });
    refused(
        &world.send(&world.manager, "PUT", "/guard", enforce.clone()),
        403,
        "AccessDeniedException",
        "full administrator",
    );
    assert_eq!(world.send(&world.operator, "PUT", "/guard", enforce).status, 200);
    assert_eq!(world.get(&world.agent, "/guard").body, json!({ "Mode": "enforce", "Chosen": true }));

    refused(&world.send(&world.manager, "POST", &admin, json!({})), 403, "AccessDeniedException", "more access");
    assert_eq!(world.send(&world.manager, "POST", &tom, json!({})).status, 200);

    let warn =
        |reason: Value| world.send(&world.operator, "PUT", "/guard", json!({ "Mode": "warn", "Reason": reason }));
    refused(&warn(Value::Null), 400, "InvalidParameterException", "Reason");
    assert_eq!(warn(json!("Migration week")).status, 200);
    assert_eq!(world.send(&world.manager, "POST", &admin, json!({})).status, 200);
    let loud = world.send(&world.operator, "PUT", "/guard", json!({ "Mode": "loud" }));
    refused(&loud, 400, "InvalidParameterException", "Mode");

    // A change that the guard allowed with a warning is flagged. The event for the guard's new mode contains the
    // reason.
    let audit = world.get(&world.operator, "/audit?maxResults=2");
    let flags = audit.body["Events"].as_array().unwrap().iter().map(|event| event["Flags"].to_string());
    let flags: Vec<String> = flags.collect();
    assert!(flags[0].contains("TouchedStrongerUser"), "{flags:?}");
    assert!(flags[1].contains("Migration week"), "{flags:?}");
}

#[test]
fn a_profile_is_renamed_and_lists_its_assignable_profiles() {
    let world = World::new();
    let origins = world.get(&world.operator, &format!("/users/{}/permissions", world.program.user("orla.deasy")));
    let profile = origins.body["Permissions"][0]["Grants"][0]["SecurityProfileId"].as_str().unwrap().to_owned();
    let path = |last: &str| format!("/security-profiles/{profile}/{last}");

    let before = world.get(&world.operator, &path("assignable")).body;
    assert_eq!(before["SecurityProfileIds"].as_array().unwrap().len(), 3);
    let one = json!({ "SecurityProfileIds": [profile] });
    refused(
        &world.send(&world.manager, "PUT", &path("assignable"), one.clone()),
        403,
        "AccessDeniedException",
        "SecurityProfiles.Edit",
    );
    assert_eq!(world.send(&world.operator, "PUT", &path("assignable"), one.clone()).status, 200);
    assert_eq!(world.get(&world.operator, &path("assignable")).body, one);
    let nobody = json!({ "SecurityProfileIds": [world.program.instance] });
    refused(
        &world.send(&world.operator, "PUT", &path("assignable"), nobody),
        404,
        "ResourceNotFoundException",
        "security profile",
    );
    refused(&world.get(&world.agent, &path("assignable")), 403, "AccessDeniedException", "SecurityProfiles.View");

    let name = |name: &str| world.send(&world.operator, "POST", &path("name"), json!({ "Name": name }));
    assert_eq!(name("Supervisor - South").status, 200);
    refused(&name("ADMIN"), 409, "DuplicateResourceException", "`Admin`");
    refused(&name(""), 400, "InvalidParameterException", "SecurityProfileName");
    let by_manager = world.send(&world.manager, "POST", &path("name"), json!({ "Name": "Mine" }));
    refused(&by_manager, 403, "AccessDeniedException", "SecurityProfiles.Edit");
}

#[test]
fn the_audit_log_is_returned_in_pages_newest_first() {
    let world = World::new();
    refused(&world.get(&world.manager, "/audit"), 403, "AccessDeniedException", "full administrators");
    assert_eq!(world.get(&world.program.key_of("admin"), "/audit").status, 200);

    let page = |query: &str| world.get(&world.operator, &format!("/audit?{query}"));
    let sequences = |answer: &Answer| -> Vec<u64> {
        answer.body["Events"].as_array().unwrap().iter().map(|event| event["Sequence"].as_u64().unwrap()).collect()
    };
    let mut seen = Vec::new();
    let mut query = "maxResults=150".to_owned();
    loop {
        let answer = page(&query);
        seen.extend(sequences(&answer));
        match answer.text("NextToken") {
            "" => break,
            token => query = format!("maxResults=150&nextToken={token}"),
        }
    }
    let all: Vec<u64> = (0..seen.len() as u64).rev().collect();
    assert_eq!(seen, all);
    assert!(all.len() > 400);

    let newest = page("maxResults=1");
    let event = &newest.body["Events"][0];
    assert_eq!((&event["Act"], &event["By"]["Kind"]), (&json!("CreateAccessKey"), &json!("Operator")));
    assert_eq!(event["Address"], json!("127.0.0.1"));
    for (query, words) in [
        ("maxResults=0", "1 to 1000"),
        ("maxResults=x", "1 to 1000"),
        ("nextToken=abc", "token"),
        ("before=3", "before"),
        ("maxResults=1&maxResults=1", "more than once"),
    ] {
        refused(&page(query), 400, "InvalidParameterException", words);
    }
}

#[test]
fn permissions_of_a_user_are_shown_with_their_origin() {
    let world = World::new();
    let of =
        |login: &str| world.get(&world.operator, &format!("/users/{}/permissions", world.program.user(login))).body;
    let orla = of("orla.deasy");
    let view = orla["Permissions"].as_array().unwrap().iter().find(|held| held["Permission"] == "Users.View").unwrap();
    let grant = &view["Grants"][0];
    assert_eq!(grant["SecurityProfileName"], json!("Supervisor - Cork"));
    assert_eq!(grant["Origin"], json!("Chosen"));
    assert_eq!(grant["Scope"]["Words"], json!("in Ireland / Cork, and below"));
    assert!(orla["Inherited"].as_array().unwrap().iter().any(|list| list["Lists"] == "SecurityProfiles.View"));

    let paid = of("ulrich.petri");
    let mut all = paid["Permissions"].as_array().unwrap().iter();
    let new = all.find(|held| held["Permission"] == "CallRecordings.Unredacted.Access").unwrap();
    assert_eq!(new["Grants"][0]["Origin"], json!("SameAs"), "{new}");
    assert_eq!(new["Grants"][0]["Because"], json!(["ListenCallRecordings"]));
    assert_eq!(of("ext.lindqvist")["Permissions"], json!([]), "a disabled user has nothing");
}

#[test]
fn errors_name_the_invalid_input_and_nothing_changes() {
    let world = World::new();
    let tom = format!("/users/{}", world.program.user("tom.okafor"));
    let before = world.get(&world.operator, "/audit?maxResults=1").body;
    let raw = |method: &str, path: &str, body: &str| world.program.extension(&world.operator, method, path, Some(body));
    for (method, path, body, error, words) in [
        ("POST", "/enable", "{\"Enabled\":true}", "SerializationException", "Enabled"),
        ("POST", "/password", "{\"Pasword\":\"x\"}", "SerializationException", "Pasword"),
        ("POST", "/password", "{\"RevokeAccessKeys\":\"no\"}", "SerializationException", "RevokeAccessKeys"),
        ("POST", "/password", "{\"Password\":\"a\",\"Password\":\"b\"}", "SerializationException", "twice"),
        ("POST", "/login", "{}", "SerializationException", "Username"),
        ("POST", "/login", "[]", "SerializationException", "object"),
        ("POST", "/login", "{\"Username\":", "SerializationException", "JSON"),
    ] {
        refused(&raw(method, &format!("{tom}{path}"), body), 400, error, words);
    }
    for (method, path) in
        [("GET", "/nothing"), ("DELETE", "/guard"), ("POST", "/guard/"), ("GET", "//guard"), ("GET", "/%67uard")]
    {
        let answer = world.program.extension(&world.operator, method, path, None);
        refused(&answer, 404, "UnknownOperationException", "no operation");
    }
    let unsigned = world.program.call_unsigned("GET", "/floorkey/v1/permissions");
    refused(&unsigned, 403, "MissingAuthenticationTokenException", "");
    let forged = Key { secret: "another".into(), ..world.operator.clone() };
    refused(&world.get(&forged, "/guard"), 403, "InvalidSignatureException", "");
    assert_eq!(world.get(&world.operator, "/audit?maxResults=1").body, before);
}
