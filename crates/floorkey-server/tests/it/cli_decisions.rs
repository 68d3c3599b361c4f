//! Tests tokens, applications, conditions and decisions on the command line.

use serde_json::{Value, json};

use crate::program::{Program, Ran, ran};

/// A token that an operator has chosen instead of a generated token.
const PRESET: &str = "a-token-that-somebody-chose-0123456789";

const ORDERS: &str = "\
namespace = 'orders'
name = 'Orders'

[[permissions]]
name = 'view'
description = 'Look at an order.'

[[permissions]]
name = 'refund'
requires = ['view']

[[resources]]
id = 'o-1'
attributes = { status = 'open', urgent = true }

[[resources]]
id = 'o-2'
attributes = { status = 'closed' }
";

/// Runs a command with the given API token.
fn ask(program: &Program, token: &str, line: &[&str]) -> Ran {
    let mut command = program.command(line);
    ran(command.env("FLOORKEY_ENDPOINT", &program.endpoint).env("FLOORKEY_API_TOKEN", token))
}

/// Asserts that a command has succeeded, and returns its output.
#[track_caller]
fn done(ran: Ran) -> String {
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    ran.out
}

fn write(program: &Program, name: &str, content: &str) {
    std::fs::write(program.folder().join(name), content).unwrap();
}

#[test]
fn tokens_are_created_listed_and_revoked_and_allow_only_their_scopes() {
    let program = Program::start(&[]);
    assert_eq!(done(program.run(&["token", "list"])), "There are no tokens.\n");
    let made = done(program.run(&["token", "create", "--label", "Order desk", "--expires", "90d"]));
    let token = made.lines().find_map(|line| line.strip_prefix("export FLOORKEY_API_TOKEN=")).unwrap();
    let list = done(program.run(&["token", "list"]));
    assert!(list.starts_with("TOKEN ") && list.contains("Order desk") && list.contains("evaluate, search"), "{list}");
    assert!(!list.contains(token), "{list}");

    assert_eq!(done(ask(&program, token, &["check", "admin", "Users.Edit"])), "allowed: granted\n");
    assert!(done(program.run(&["token", "revoke", "order desk"])).contains("is revoked"));
    let refused = ask(&program, token, &["check", "admin", "Users.Edit"]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{refused:?}");
    let again = program.run(&["token", "revoke", "order desk"]);
    assert!(again.code == 1 && again.err.contains("no token `order desk`"), "{again:?}");

    // A token that has only the scope `evaluate` can't be used for searches.
    let made = done(program.run(&["token", "create", "--label", "Door", "--scope", "evaluate", "--json"]));
    let made: Value = serde_json::from_str(&made).unwrap();
    let token = made["Token"].as_str().unwrap();
    assert_eq!(ask(&program, token, &["check", "ADMIN", "Users.Edit"]).code, 0);
    let refused = ask(&program, token, &["who-can", "Users.Edit"]);
    assert!(refused.code == 1 && refused.err.contains("search"), "{refused:?}");

    // An expired token allows nothing.
    let input = json!({ "Label": "Short", "Scopes": ["evaluate"], "ExpiresTime": soon() }).to_string();
    let short = program.extension(&program.operator, "POST", "/api-tokens", Some(&input));
    assert_eq!(ask(&program, short.text("Token"), &["check", "admin", "Users.Edit"]).code, 0);
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(ask(&program, short.text("Token"), &["check", "admin", "Users.Edit"]).code, 2);
    assert!(done(program.run(&["token", "list"])).contains("(expired)"));

    for (line, code, words) in [
        (&["token", "create", "--label", "x", "--expires", "yesterday"][..], 1, "90d"),
        (&["token", "create", "--label", "x", "--scope", "all"], 2, "evaluate"),
        (&["token", "create", "--label", "floorkey_api_token"], 1, "server's settings"),
    ] {
        let ran = program.run(line);
        assert!(ran.code == code && ran.err.contains(words), "{line:?}: {ran:?}");
    }
}

/// Returns the time 2.5 seconds from now, in seconds since 1970.
fn soon() -> f64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64() + 2.5
}

#[test]
fn a_server_starts_with_a_created_token_as_its_own() {
    let mut program = Program::start(&["--api-token", PRESET]);
    let made = done(program.run(&["token", "create", "--label", "Order desk"]));
    let token = made.lines().find_map(|line| line.strip_prefix("export FLOORKEY_API_TOKEN=")).unwrap().to_owned();
    program.stop();
    program.restart(&["--api-token", &token]);
    let list = done(program.run(&["token", "list"]));
    assert!(list.contains("Order desk") && !list.contains("FLOORKEY_API_TOKEN"), "the other value is gone: {list}");
    assert_eq!(done(ask(&program, &token, &["check", "admin", "Users.Edit"])), "allowed: granted\n");
    program.stop();
    program.restart(&[]);
    assert!(done(program.run(&["token", "list"])).contains("Order desk"));

    // Without FLOORKEY_ENDPOINT, the command uses the AWS endpoint variable. The error message names the server that
    // refused the request.
    let mut command = program.command(&["check", "admin", "Users.Edit"]);
    let ran = ran(command.env("AWS_ENDPOINT_URL_CONNECT", &program.endpoint).env("FLOORKEY_API_TOKEN", PRESET));
    assert!(ran.code == 2 && ran.err.contains(&format!("{} responded: The token", program.endpoint)), "{ran:?}");
}

#[test]
fn a_misspelled_name_is_denied_with_a_suggestion() {
    let program = Program::start(&["--api-token", PRESET]);
    write(&program, "orders.toml", ORDERS);
    done(program.run(&["application", "register", "orders.toml"]));
    for (line, words) in [
        (
            &["check", "admin", "User.Edit"][..],
            "denied: unknown permission\n\n`User.Edit` is not a permission; did you mean `Users.Edit`?",
        ),
        (&["explain", "admin", "User.Edit", "user:admin"], "did you mean `Users.Edit`?"),
        (&["check", "admin", "refund"], "For a permission of an application, specify a resource"),
        (&["check", "admin", "refnd", "orders:o-1"], "`floorkey application show orders`"),
        (&["explain", "admin", "refund", "orders:o-1"], "No other security profile in this instance would allow it"),
    ] {
        let ran = ask(&program, PRESET, line);
        assert!(ran.code == 1 && ran.out.contains(words), "{line:?}: {ran:?}");
    }
}

#[test]
fn an_application_its_resources_and_its_conditions_are_set_from_files() {
    let program = Program::start(&["--api-token", PRESET]);
    write(&program, "orders.toml", ORDERS);
    let registered = done(program.run(&["application", "register", "orders.toml"]));
    assert_eq!(registered, "orders is registered with 2 permissions, and 2 resources are registered.\n");
    let list = done(program.run(&["application", "list"]));
    insta::assert_snapshot!(list, @"
    NAMESPACE  PERMISSIONS  RESOURCES  NAME
    orders     2            2          Orders
    ");
    let shown = done(program.run(&["application", "show", "orders"]));
    insta::assert_snapshot!(shown, @"
    orders  Orders

      view
        Look at an order.

      refund
        requires: view
    ");
    write(
        &program,
        "more.json",
        r#"{"namespace": "orders", "resources": [{"id": "o-3", "attributes": {"status": "open"}}]}"#,
    );
    assert!(done(program.run(&["application", "put-resources", "more.json"])).starts_with("1 resources of orders"));
    let known = done(program.run(&["application", "resources", "orders"]));
    insta::assert_snapshot!(known, @"
    RESOURCE  HIERARCHY GROUP  ATTRIBUTES
    o-1                        status = open, urgent = true
    o-2                        status = closed
    o-3                        status = open
    ");

    // The test lets users with the Agent profile refund open orders.
    let profiles = format!("/security-profiles-summary/{}", program.instance);
    let profiles = program.call(&program.operator, "GET", &profiles, None).body;
    let rows = profiles["SecurityProfileSummaryList"].as_array().unwrap();
    let agent = rows.iter().find(|row| row["Name"] == "Agent").unwrap()["Id"].as_str().unwrap();
    let body = json!({ "Applications": [{ "Namespace": "orders", "ApplicationPermissions": ["refund"] }] });
    let path = format!("/security-profiles/{}/{agent}", program.instance);
    assert_eq!(program.call(&program.operator, "POST", &path, Some(&body.to_string())).status, 200);
    let conditions = "[[conditions]]\nnamespace = 'orders'\npermission = 'refund'\n\
        all = [{ kind = 'OneOf', of = 'resource', attribute = 'status', values = ['open'] }]\n";
    write(&program, "conditions.toml", conditions);
    let set = done(program.run(&["condition", "set", "agent", "conditions.toml"]));
    assert_eq!(set, "agent has conditions on 1 permission.\n");
    let list = done(program.run(&["condition", "list", "Agent"]));
    insta::assert_snapshot!(list, @"
    PERMISSION      APPLIES IF
    orders: refund  its “status” is “open”
    ");
    // The listed conditions, as JSON, can be used as input to set the same conditions again.
    write(&program, "again.json", &done(program.run(&["condition", "list", "Agent", "--json"])));
    done(program.run(&["condition", "set", "Agent", "again.json"]));
    assert_eq!(done(program.run(&["condition", "list", "Agent"])), list);
    let nobody = program.run(&["condition", "list", "Agnet"]);
    assert!(nobody.code == 1 && nobody.err.contains("CallCenterManager"), "{nobody:?}");
}

#[test]
fn decisions_are_printed_as_text_and_as_json() {
    let program = Program::start(&["--demo", "--api-token", PRESET]);
    let ask = |line: &[&str]| ask(&program, PRESET, line);
    // The user tom.okafor is an agent, and sofia.marin is a manager.
    assert_eq!(done(ask(&["check", "sofia.marin", "Users.Edit"])), "allowed: granted\n");
    let denied = ask(&["check", "tom.okafor", "Users.Edit"]);
    assert_eq!((denied.code, denied.out.as_str()), (1, "denied: not granted\n"));
    assert_eq!(ask(&["check", "nobody", "Users.Edit"]).out, "denied: unknown user\n");
    let json: Value = serde_json::from_str(&ask(&["check", "tom.okafor", "Users.Edit", "--json"]).out).unwrap();
    assert_eq!((&json["decision"], &json["context"]["reason"]), (&false.into(), &"not_granted".into()));

    let explained = ask(&["explain", "tom.okafor", "Users.Edit", "user:sofia.marin"]);
    assert_eq!(explained.code, 1);
    let out = &explained.out;
    assert!(out.starts_with("denied: no profile grants it\n"), "{out}");
    assert!(out.contains("It would be allowed with one of these security profiles") && out.contains("Admin"), "{out}");
    let out = done(ask(&["explain", "sofia.marin", "Users.View"]));
    assert!(
        out.starts_with("allowed: granted\n") && out.contains("CallCenterManager  chosen   yes           everything"),
        "{out}"
    );

    let who = done(ask(&["who-can", "SecurityProfiles.Delete"]));
    assert!(who.starts_with("LOGIN") && who.contains("\nadmin "), "{who}");
    assert!(!who.contains("tom.okafor"), "{who}");
    let json: Value = serde_json::from_str(&done(ask(&["who-can", "SecurityProfiles.Delete", "--json"]))).unwrap();
    assert_eq!(who.lines().count(), json["results"].as_array().unwrap().len() + 3, "{who}");
    assert_eq!(done(ask(&["who-can", "No.Such"])), "No users can.\n");

    let what = done(ask(&["what-can", "sofia.marin"]));
    assert!(what.lines().any(|line| line == "Users.Edit"), "{what}");
    let of_tom = done(ask(&["what-can", "tom.okafor"]));
    assert!(!of_tom.lines().any(|line| line == "Users.Edit"), "{of_tom}");

    let keyless = program.run(&["check", "admin", "Users.Edit"]);
    assert!(keyless.code == 2 && keyless.err.contains("floorkey token create"), "{keyless:?}");
    let nowhere = ask(&["check", "admin", "Users.Edit", "--endpoint", "http://127.0.0.1:1"]);
    assert!(nowhere.code == 2 && nowhere.err.contains("Check that the server is running"), "{nowhere:?}");
    let later = ask(&["check", "admin", "Users.Edit", "--at-least-revision", "99999"]);
    assert!(later.code == 2 && later.err.contains("99999"), "{later:?}");
}

#[test]
fn the_preset_token_follows_the_settings_at_every_start() {
    let mut program = Program::start(&["--api-token", PRESET]);
    let allowed = |program: &Program, token: &str| ask(program, token, &["check", "admin", "Users.Edit"]).code;
    assert_eq!(allowed(&program, PRESET), 0);
    let labels = |program: &Program| {
        let list = program.extension(&program.operator, "GET", "/api-tokens", None).body["ApiTokens"].clone();
        list.as_array().unwrap().iter().map(|token| token["Label"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(labels(&program), ["FLOORKEY_API_TOKEN"]);
    done(program.run(&["token", "create", "--label", "Mine"]));

    // A restart with the same token changes nothing.
    let revision = |program: &Program| {
        let audit = program.extension(&program.operator, "GET", "/audit?maxResults=1", None).body;
        audit["Events"][0]["Sequence"].clone()
    };
    let before = revision(&program);
    program.stop();
    program.restart(&["--api-token", PRESET]);
    assert_eq!((revision(&program), allowed(&program, PRESET)), (before, 0));

    let other = PRESET.replace("0123", "4567");
    program.stop();
    program.restart(&["--api-token", &other]);
    assert_eq!((allowed(&program, PRESET), allowed(&program, &other)), (2, 0));
    assert_eq!(labels(&program).len(), 2);
    let audit = program.extension(&program.operator, "GET", "/audit?maxResults=1", None).body;
    assert_eq!(audit["Events"][0]["By"]["Kind"], "System");
    assert!(!audit.to_string().contains(&other));

    program.stop();
    program.restart(&[]);
    assert_eq!((allowed(&program, &other), labels(&program)), (2, vec!["Mine".to_owned()]));
    program.stop();
    for name in ["out.txt", "err.txt"] {
        assert!(!program.printed(name).contains("somebody-chose"), "{name}");
    }
}

#[test]
fn settings_of_a_token_are_set_shown_and_changed() {
    let program = Program::start(&[]);
    write(&program, "orders.toml", ORDERS);
    done(program.run(&["application", "register", "orders.toml"]));
    let line = ["token", "create", "--label", "Desk", "--subject-type", "agent", "--resource-type", "user=orders"];
    let made = done(program.run(&line));
    let token = made.lines().find_map(|line| line.strip_prefix("export FLOORKEY_API_TOKEN=")).unwrap();
    let note = "With this token, `user` means resources of orders instead of Floorkey's own. To refer to \
        Floorkey's own type, use `User`.";
    assert!(made.contains(note), "{made}");
    let list = done(program.run(&["token", "list"]));
    let row = list.lines().find(|line| line.ends_with("Desk")).unwrap();
    assert!(row.contains("agent     user=orders  no "), "{list}");

    let check = |subject_type: &str, resource: &str| {
        let line = ["check", "admin", "view", resource, "--subject-type", subject_type];
        ask(&program, token, &line).out
    };
    assert_eq!(check("user", "user:o-1"), "denied: unknown subject type\n");
    assert_eq!(check("agent", "user:o-1"), "denied: not granted\n");
    let who = done(ask(&program, token, &["who-can", "Users.View", "User:admin", "--subject-type", "agent"]));
    assert!(who.contains("\nadmin  "), "{who}");

    let changed = done(program.run(&["token", "update", "desk", "--subject-type", "user", "--details"]));
    assert_eq!(changed, "Token desk is changed.\n");
    done(program.run(&["token", "update", "Desk", "--no-resource-types"]));
    let list = done(program.run(&["token", "list"]));
    assert!(list.lines().any(|line| line.contains("user      -          yes ")), "{list}");
    assert_eq!(done(ask(&program, token, &["check", "admin", "Users.View", "user:admin"])), "allowed: granted\n");
    for (line, words) in [
        (&["token", "update", "Desk"][..], "there is nothing to change"),
        (&["token", "update", "Disk", "--details"], "there is no token `Disk`"),
        (&["token", "update", "Desk", "--resource-type", "user"], "as in user=todo-users"),
        (&["token", "update", "Desk", "--resource-type", "user=till"], "no application is registered"),
        (
            &["token", "update", "Desk", "--resource-type", "a=orders", "--resource-type", "a=b"],
            "`a` occurs more than once",
        ),
    ] {
        let ran = program.run(line);
        assert!(ran.code != 0 && ran.err.contains(words), "{line:?}: {ran:?}");
    }
}

#[test]
fn settings_of_the_preset_token_follow_those_of_the_server() {
    let types = ["--api-token-subject-types", "user,agent", "--api-token-resource-types", "user=orders"];
    let arguments = [&["--api-token", PRESET][..], &types].concat();
    let mut program = Program::start(&arguments);
    let check = |program: &Program, subject_type: &str, resource: &str| {
        ask(program, PRESET, &["check", "admin", "view", resource, "--subject-type", subject_type]).out
    };
    // The application can be registered after the token is created.
    assert!(program.printed("err.txt").contains("has an application that is not registered"));
    assert_eq!(check(&program, "agent", "user:o-1"), "denied: namespace not registered\n");
    write(&program, "orders.toml", ORDERS);
    done(program.run(&["application", "register", "orders.toml"]));
    assert_eq!(check(&program, "agent", "user:o-1"), "denied: not granted\n");

    program.stop();
    program.restart(&["--api-token", PRESET, "--api-token-details"]);
    assert_eq!(check(&program, "agent", "user:o-1"), "denied: unknown subject type\n");
    let tokens = program.extension(&program.operator, "GET", "/api-tokens", None).body["ApiTokens"].clone();
    assert_eq!(tokens.as_array().unwrap().len(), 1);
    let (subjects, resources) = (&tokens[0]["SubjectTypes"], &tokens[0]["ResourceTypes"]);
    assert_eq!((subjects, resources, &tokens[0]["Details"]), (&json!(["user"]), &json!({}), &json!(true)));
    let audit = program.extension(&program.operator, "GET", "/audit?maxResults=1", None).body;
    assert_eq!(audit["Events"][0]["Act"], "UpdateApiToken");
    let newest = audit["Events"][0]["Sequence"].clone();
    // A restart with the same settings changes nothing.
    program.stop();
    program.restart(&["--api-token", PRESET, "--api-token-details=true"]);
    let audit = program.extension(&program.operator, "GET", "/audit?maxResults=1", None).body;
    assert_eq!(audit["Events"][0]["Sequence"], newest);
}
