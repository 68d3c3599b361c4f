//! Tests the command line by running the program.

use serde_json::{Value, json};

use crate::program::{Program, program, ran};

#[test]
fn permissions_are_listed_with_what_they_require_and_inherit() {
    // No server is running, and no access key is set.
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| ran(program(folder.path()).args(arguments));
    let found = run(&["permissions", "users", "--risk", "lock-out"]);
    assert_eq!((found.code, found.err.as_str()), (0, ""));
    insta::assert_snapshot!(found.out, @r"
    Users and permissions

      Users.Delete  Users – Remove
        Remove a user, an administrator too: for 90 days the user can be restored, and then only records
        and reports keep the name.
        risks: lock-out
        requires: Users.View
        also grants viewing: RoutingPolicies.View, PredefinedAttributes.View, AgentGrouping.View,
          SecurityProfiles.View

      Users.EnableAndDisable  Users – Enable/Disable
        Switch a user off, which ends their sessions and takes all abilities away, or on again;
        administrators can be locked out with it.
        risks: lock-out
        requires: Users.View
        also grants viewing: RoutingPolicies.View, PredefinedAttributes.View, AgentGrouping.View,
          SecurityProfiles.View

      SecurityProfiles.Delete  Security profiles – Remove
        Remove a security profile that no user has any longer, the ones made with the instance not
        excepted.
        risks: lock-out
        requires: SecurityProfiles.View

    3 permissions
    ");
    let none = run(&["permissions", "no such thing"]);
    assert_eq!((none.code, none.out.as_str()), (0, "None of the 327 permissions match.\n"));
    let routing = ["permissions", "--group", "routing", "--json"];
    let json: Value = serde_json::from_str(&run(&routing).out).unwrap();
    // A server of the same version has the same catalog.
    assert_eq!(serde_json::from_str::<Value>(&Program::start(&[]).run(&routing).out).unwrap(), json);
    let groups = json["Permissions"].as_array().unwrap().iter().map(|permission| permission["Group"].as_str().unwrap());
    assert!(groups.clone().count() > 20 && groups.into_iter().all(|group| group == "Routing"));
}

#[test]
fn access_keys_and_users_are_managed_from_the_command_line() {
    let program = Program::start(&[]);
    let made = program.run(&["access-key", "create", "--user", "ADMIN", "--label", "nightly export", "--json"]);
    let made: Value = serde_json::from_str(&made.out).unwrap();
    let id = made["AccessKeyId"].as_str().unwrap();
    let list = program.run(&["access-key", "list", "--user", "admin"]).out;
    assert!(list.starts_with("ACCESS KEY") && list.contains(id) && list.contains("nightly export"), "{list}");
    assert!(list.contains("  active  ") && !list.contains("suspended"), "{list}");

    // The key that the command printed works until the key is revoked.
    let with_key = || {
        let mut command = program.command(&["access-key", "list", "--user", "admin", "--json"]);
        command.env("AWS_ENDPOINT_URL_CONNECT", &program.endpoint).env("AWS_ACCESS_KEY_ID", id);
        ran(command.env("AWS_SECRET_ACCESS_KEY", made["SecretAccessKey"].as_str().unwrap()))
    };
    assert_eq!(with_key().code, 0, "{:?}", with_key());
    assert_eq!(program.run(&["access-key", "revoke", id]).out, format!("Access key {id} is revoked.\n"));
    let refused = with_key();
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("UnrecognizedClientException"), "{refused:?}");

    let reset: Value = serde_json::from_str(&program.run(&["user", "reset-password", "admin", "--json"]).out).unwrap();
    assert_eq!((reset["OneTimePassword"].as_str().unwrap().len(), &reset["AccessKeysRevoked"]), (16, &0.into()));
    program.key_of("admin");
    let again = program.run(&["user", "reset-password", "admin"]).out;
    assert!(again.ends_with("1 access key was revoked. Programs that sign with it need a new one.\n"), "{again}");
    let last = program.run(&["user", "disable", "admin"]);
    assert_eq!((last.code, last.out.as_str()), (1, ""));
    assert!(last.err.contains("floorkey admin restore"), "{}", last.err);
    assert_eq!(program.run(&["user", "enable", "admin"]).out, "admin is enabled.\n");
}

#[test]
fn errors_say_what_is_wrong_with_a_command_line() {
    let program = Program::start(&[]);
    for (line, code, words) in [
        (&["user", "enable", "nobody"][..], 1, "nobody"),
        (&["user", "enable", "admin", "--instance", "other"], 1, "floorkey"),
        (&["permissions", "--endpoint", "http://127.0.0.1:1"], 1, "Check that the server is running"),
        (&["permissions", "--endpoint", "localhost"], 1, "http://127.0.0.1:8080"),
        (&["permissions", "--region", "eu-west-2"], 1, "us-east-1"),
        (&["permissions", "--risk", "danger"], 2, "escalation"),
        (&["serve", "--lisen", "x"], 2, "--listen"),
        (&["--listen", "127.0.0.1:0"], 2, "write `floorkey serve --listen …`"),
        (&["admin", "reset-password", "ann", "--user", "ann"], 2, "cannot be used with"),
        (&["sevre"], 2, "serve"),
    ] {
        let ran = program.run(line);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{line:?}: {ran:?}");
        assert!(ran.err.contains(words), "{line:?}: {}", ran.err);
    }
    let keyless = ran(program.command(&["permissions"]).env("FLOORKEY_ENDPOINT", &program.endpoint));
    assert!(keyless.code == 1 && keyless.err.contains("AWS_ACCESS_KEY_ID is not set"), "{keyless:?}");
    for line in [&["--help"][..], &["serve", "--help"], &["--version"]] {
        let help = program.run(line);
        assert!(help.code == 0 && !help.out.contains('\u{1b}'), "{line:?}: {help:?}");
    }
}

#[test]
fn a_locked_out_instance_is_restored_while_the_server_is_stopped() {
    let mut program = Program::start(&["--demo"]);
    // The demo has two administrators. The test disables one of them, and resets the other's password without keeping
    // the new password.
    assert_eq!(program.run(&["user", "reset-password", "gavin.prendergast"]).code, 0);
    assert_eq!(program.run(&["user", "disable", "admin"]).code, 0);

    let running = program.run(&["admin", "restore"]);
    assert_eq!((running.code, running.out.as_str()), (1, ""));
    assert!(running.err.contains("in use by another process"), "{}", running.err);
    assert_eq!(program.stop(), Some(0));

    let restored: Value = serde_json::from_str(&program.run(&["admin", "restore", "--json"]).out).unwrap();
    assert_eq!((&restored["Username"], &restored["UserMade"]), (&"admin".into(), &false.into()));
    // The Admin profile is not reused, because a disabled former administrator still has it. The output names the
    // assigned profile and the number of users who have it.
    assert!(restored["ProfileName"].as_str().unwrap().starts_with("Admin (restored 20"), "{restored}");
    assert_eq!((&restored["ProfileMade"], &restored["UsersWithProfile"]), (&true.into(), &json!(["admin"])));
    let reset = program.run(&["admin", "reset-password", "Gavin.Prendergast"]);
    assert!(reset.code == 0 && reset.out.starts_with("The temporary password of"), "{reset:?}");
    assert!(reset.out.contains("The user had no access keys."), "{reset:?}");
    let rescued = program.run(&["admin", "restore", "rescue", "--instance", "Floorkey"]);
    assert!(rescued.code == 0 && rescued.out.contains("`rescue` did not exist and was created."), "{rescued:?}");
    assert!(rescued.out.contains("has every permission. Users with this profile: admin, rescue."), "{rescued:?}");
    assert!(!program.run(&["admin", "restore", "--user", "rescue"]).out.contains("was created"));
    let nobody = program.run(&["admin", "reset-password", "--user", "nobody"]);
    assert!(nobody.code == 1 && nobody.err.contains("nobody"), "{nobody:?}");

    program.restart(&[]);
    for login in ["admin", "rescue", "gavin.prendergast"] {
        let status = program.extension(&program.operator, "GET", &format!("/logins/{login}"), None).body;
        assert_eq!((&status["Administrator"], &status["Password"]), (&true.into(), &"OneTime".into()), "{status}");
    }
    let audit = program.extension(&program.operator, "GET", "/audit?maxResults=3", None).body;
    let actions = audit["Events"].as_array().unwrap().iter().map(|event| event["Act"].as_str().unwrap());
    assert_eq!(actions.collect::<Vec<_>>(), ["RestoreAdministrator", "RestoreAdministrator", "ResetUserPassword"]);
    assert_eq!(audit["Events"][0]["By"]["Kind"], "System");
}

#[test]
fn a_backup_is_written_while_serving_and_never_replaces_a_file() {
    let program = Program::start(&[]);
    let made = program.run(&["backup", "copy.db"]);
    assert!(made.code == 0 && made.out.contains("floorkey.key"), "{made:?}");
    assert!(std::fs::metadata(program.folder().join("copy.db")).unwrap().len() > 10_000);
    let again = program.run(&["backup", "copy.db"]);
    assert!(again.code == 1 && again.err.contains("already exists"), "{again:?}");
    let nothing = program.run(&["backup", "other.db", "--data", "no-such-folder"]);
    assert!(nothing.code == 1 && nothing.err.contains("no-such-folder"), "{nothing:?}");
    assert!(!program.folder().join("no-such-folder").exists());
    let nowhere = program.run(&["backup", "no-such-folder/copy.db"]);
    assert!(nowhere.code == 1 && nowhere.err.contains("there is no folder no-such-folder"), "{nowhere:?}");
}

#[test]
fn a_lost_key_file_is_reported_and_can_be_replaced() {
    let mut program = Program::start(&[]);
    let ann = program.key_of("admin");
    program.stop();
    let key_file = program.folder().join("data/floorkey.key");
    std::fs::remove_file(&key_file).unwrap();
    let serve = |program: &Program| {
        let mut command = program.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("FLOORKEY_OPERATOR_ACCESS_KEY_ID", &program.operator.id);
        ran(command.env("FLOORKEY_OPERATOR_SECRET_ACCESS_KEY", &program.operator.secret))
    };
    let refused = serve(&program);
    assert!(refused.code == 1 && refused.err.contains("floorkey.key is missing"), "{refused:?}");
    assert!(refused.err.contains("floorkey admin replace-key") && !key_file.exists(), "{refused:?}");
    // The server also refuses a key file that does not belong to this data folder.
    std::fs::write(&key_file, "00".repeat(32)).unwrap();
    let refused = serve(&program);
    assert!(refused.code == 1 && refused.err.contains("can't decrypt"), "{refused:?}");

    let replaced = program.run(&["admin", "replace-key"]);
    let public_key = replaced.out.lines().last().unwrap();
    assert!(
        replaced.out.contains("Bundles are signed with a new key.") && public_key.starts_with("fkpub_"),
        "{replaced:?}"
    );
    assert_eq!((replaced.code, replaced.err.as_str()), (0, ""));
    assert!(replaced.out.contains("revoked: 1.") && replaced.out.contains("floorkey.key.old-1"), "{replaced:?}");
    program.restart(&[]);
    assert_eq!(program.run(&["bundle", "key"]).out.trim(), public_key);
    // The first lines of a server that created no key say how to replace a lost secret without losing anything.
    let printed = program.printed("out.txt");
    assert!(printed.contains("# If the secret is lost, choose a new ID and secret"), "{printed}");
    let refused = program.extension(&ann, "GET", "/guard", None);
    assert_eq!((refused.status, refused.error.as_str()), (403, "UnrecognizedClientException"));
    assert_eq!(refused.body["message"].as_str().map(str::is_empty), Some(false));
    let audit = program.extension(&program.operator, "GET", "/audit?maxResults=1", None).body;
    assert_eq!(
        (&audit["Events"][0]["Act"], &audit["Events"][0]["By"]["Kind"]),
        (&"ForgetSealed".into(), &"System".into())
    );
    program.key_of("admin");
}

#[test]
fn invalid_settings_are_refused_and_risky_ones_cause_warnings() {
    let mut program = Program::start(&[]);
    program.stop();
    for (line, words) in [
        (&["--demo"][..], "--demo requires a new data folder"),
        (&["--log", "loud"], "`loud` is not a log level"),
        (&["--guard", "enforced"], "--guard / FLOORKEY_GUARD"),
        (&["--api-token", "short"], "--api-token / FLOORKEY_API_TOKEN is too short: use at least 32 random characters"),
        (&["--api-token", "thirty-two characters, with blanks in it"], "not allowed in an HTTP header"),
        (&["--admin-password", "short"], "8 to 64 characters without spaces, including a lowercase letter"),
        (&["--data", "err.txt"], "is a file, not a folder"),
    ] {
        let refused = program.run(&[&["serve", "--listen", "127.0.0.1:0"], line].concat());
        assert!(refused.code == 1 && refused.err.contains(words), "{line:?}: {refused:?}");
    }
    // The server prints two warnings. One is about a region that differs from the data folder's region. The other is
    // about plain HTTP on an address that other machines can connect to.
    //
    // Empty variables, which are common in compose files, count as not set. The server exits by itself because the key
    // file is invalid.
    let line = ["serve", "--listen", "0.0.0.0:0", "--region", "eu-west-2", "--key-file", "err.txt"];
    let mut command = program.command(&line);
    for name in ["FLOORKEY_GUARD", "FLOORKEY_LOG", "FLOORKEY_CONFIG", "FLOORKEY_KEY_FILE", "FLOORKEY_PUBLIC_URL"] {
        command.env(name, "");
    }
    let ended = ran(&mut command);
    assert!(ended.code == 1 && ended.err.contains("err.txt is not a key file"), "{ended:?}");
    for words in ["was us-east-1 when this data folder was created", "can be reached from other machines without TLS"] {
        assert_eq!(ended.err.matches(words).count(), 1, "{words}: {ended:?}");
    }
}

#[test]
fn unknown_settings_are_reported() {
    let mut program = Program::start(&[]);
    assert_eq!(program.printed("err.txt").matches("FLOORKEY_").count(), 0, "{}", program.printed("err.txt"));
    program.stop();
    let folder = program.folder().to_owned();
    std::fs::write(folder.join("floorkey.toml"), "lisen = \"127.0.0.1:0\"\n").unwrap();
    let refused = program.run(&["serve"]);
    assert!(refused.code == 1 && refused.err.contains("lisen") && refused.err.contains("listen"), "{refused:?}");
    std::fs::remove_file(folder.join("floorkey.toml")).unwrap();
}

#[test]
fn without_arguments_the_program_serves_and_warns_about_unknown_variables() {
    let folder = tempfile::tempdir().unwrap();
    let blocker = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = blocker.local_addr().unwrap().to_string();
    let mut command = program(folder.path());
    // The server reads its settings, and then exits by itself because the port is taken.
    let ran = ran(command
        .env("FLOORKEY_LISTEN", &taken)
        .env("FLOORKEY_LISTEM", "x")
        .env("FLOORKEY_API_TOKEN", "a-token-of-thirty-two-characters")
        .env("FLOORKEY_ENDPOINT", "x"));
    assert!(ran.code == 1 && ran.err.contains(&taken) && ran.err.contains("--listen"), "{ran:?}");
    let warnings: Vec<&str> = ran.err.lines().filter(|line| line.contains("is not a setting")).collect();
    assert!(warnings.len() == 1 && warnings[0].contains("FLOORKEY_LISTEM"), "{ran:?}");
    assert!(!ran.err.contains('\u{1b}'), "{ran:?}");
}

#[test]
fn the_token_of_a_client_does_not_become_the_preset_token_of_a_demo() {
    let folder = tempfile::tempdir().unwrap();
    let token = "a-token-of-thirty-two-characters";
    // The server reads its settings and fills the folder, and then exits by itself because the port is taken.
    let blocker = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = blocker.local_addr().unwrap().to_string();
    let warns = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = program(folder.path());
        command.args(["serve", "--listen", &taken]).args(arguments).envs(variables.iter().copied());
        let ended = ran(&mut command);
        assert_eq!(ended.code, 1, "{ended:?}");
        ended.err.contains("FLOORKEY_API_TOKEN is ignored")
    };
    assert!(warns(&["--demo"], &[("FLOORKEY_API_TOKEN", token)]));
    assert!(!warns(&[], &[("FLOORKEY_API_TOKEN", token)]));
    assert!(!warns(&["--demo", "--api-token", token], &[]));
    let settings = [("FLOORKEY_API_TOKEN", token), ("FLOORKEY_API_TOKEN_DETAILS", "true")];
    assert!(!warns(&["--demo"], &settings));
}

#[test]
fn health_is_the_readiness_of_the_server_at_the_url_or_at_the_listen_address() {
    let mut program = Program::start(&[]);
    let address = program.endpoint.strip_prefix("http://").unwrap().to_owned();
    // A proxy in the environment is not used for a server on this machine.
    let here = |program: &Program| {
        let mut command = program.command(&["health"]);
        ran(command.env("FLOORKEY_LISTEN", &address).env("HTTP_PROXY", "http://127.0.0.1:1"))
    };
    let there = |program: &Program, path: &str| {
        ran(&mut program.command(&["health", "--url", &format!("{}{path}", program.endpoint), "--json"]))
    };
    let local = here(&program);
    assert_eq!((local.code, local.out.as_str(), local.err.as_str()), (0, "ready\n", ""));
    let ready = there(&program, "/");
    assert_eq!(ready.code, 0, "{ready:?}");
    let ready: Value = serde_json::from_str(&ready.out).unwrap();
    assert_eq!(ready, json!({ "Ready": true, "Url": program.endpoint }));
    let other = there(&program, "/connect");
    assert!(other.code == 1 && other.err.contains("does not appear to be a Floorkey server"), "{other:?}");

    program.stop();
    for ran in [here(&program), there(&program, "")] {
        assert_eq!((ran.code, ran.out.as_str(), ran.err.lines().count()), (1, "", 1), "{ran:?}");
        assert!(ran.err.starts_with(&format!("floorkey: can't reach {}", program.endpoint)), "{ran:?}");
    }
}
