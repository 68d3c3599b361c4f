//! Tests `floorkey serve --demo`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::program::Program;

#[test]
fn the_demo_starts_in_seconds_and_three_users_can_sign_in() {
    let program = Program::start(&["--demo"]);
    // The documented limit is five seconds. The test allows twice that time, because it may run a debug build on a busy
    // machine.
    assert!(program.started_in < Duration::from_secs(10), "{:?}", program.started_in);

    let printed = program.printed("out.txt");
    for login in ["sofia.marin ", "tom.okafor "] {
        let password = printed.lines().find_map(|line| line.strip_prefix(login)).unwrap();
        assert_eq!(password.len(), 16, "{login}");
    }
    let status = |login: &str| program.extension(&program.operator, "GET", &format!("/logins/{login}"), None).body;
    for login in ["admin", "sofia.marin", "tom.okafor"] {
        assert_eq!(status(login)["Password"], json!("OneTime"), "{login}");
    }
    // Other users have passwords that no person knows, or have never signed in.
    for (login, password) in [("gavin.prendergast", "Chosen"), ("orla.deasy", "Chosen"), ("wanda.neves", "OneTime")] {
        assert_eq!(status(login)["Password"], json!(password), "{login}");
    }
    let metrics =
        ureq::get(format!("{}/metrics", program.endpoint)).call().unwrap().body_mut().read_to_string().unwrap();
    let of = |name: &str| {
        let line = metrics.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {metrics}"));
        line.rsplit(' ').next().unwrap().parse::<f64>().unwrap() as u64
    };
    assert_eq!((of("floorkey_users{"), of("floorkey_administrators{")), (207, 5));
}

#[test]
fn a_second_start_keeps_the_demo_unchanged() {
    let mut program = Program::start(&["--demo"]);
    let newest = |program: &Program| program.extension(&program.operator, "GET", "/audit?maxResults=1", None).body;
    let before = newest(&program);
    program.stop();
    let refused = program.run(&["serve", "--demo", "--listen", "127.0.0.1:0"]);
    assert!(refused.code == 1 && refused.err.contains("--demo requires a new data folder"), "{refused:?}");
    program.restart(&[]);
    assert_eq!(newest(&program), before);
    assert!(!program.printed("out.txt").contains("temporary password"));
}

#[test]
fn the_demo_contains_questionable_access_to_be_found() {
    let program = Program::start(&["--demo"]);
    let permissions = |login: &str| {
        let path = format!("/users/{}/permissions", program.user(login));
        program.extension(&program.operator, "GET", &path, None).body
    };
    let profiles = |login: &str| -> Vec<String> {
        let mut names: Vec<String> = permissions(login)["Permissions"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|held| held["Grants"].as_array().unwrap())
            .map(|grant| grant["SecurityProfileName"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names.dedup();
        names
    };
    // The demo has an agent who can download recordings, and a user who still has helpdesk permissions. It also has a
    // login that looks like another user's login.
    let holds = |login: &str, name: &str| {
        permissions(login)["Permissions"].as_array().unwrap().iter().any(|held| held["Permission"] == name)
    };
    assert!(holds("nkechi.obi", "DownloadCallRecordings"));
    assert!(holds("paula.sampaio", "Users.Edit"));
    let looks = |event: &Value| event["Flags"].to_string().contains("LooksLike");
    let audit = program.extension(&program.operator, "GET", "/audit?maxResults=1000", None).body;
    assert!(audit["Events"].as_array().unwrap().iter().any(looks));

    // The demo has three assignments with dates: one current, one ended, and one in the future.
    assert_eq!(profiles("jonas.brandao"), ["Agent", "Supervisor - Lisbon", "Team lead"]);
    assert_eq!(profiles("halina.mroz"), ["Agent", "Team lead"]);
    assert_eq!(profiles("elif.demir"), ["Agent"]);

    // The payments team's restrictions do not apply to Tom.
    let limited = |login: &str| permissions(login)["Limits"].to_string().contains("RestrictTaskCreation.Access");
    assert!(!limited("tom.okafor"));
    let ended = program.extension(&program.operator, "GET", "/logins/ext.lindqvist", None).body;
    assert_eq!((&ended["Enabled"], &ended["Administrator"]), (&json!(false), &json!(false)));
}
