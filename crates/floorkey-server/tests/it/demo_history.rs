//! Tests that the demo has a history: changes, refusals, sign-ins, temporary assignments and used permissions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::program::Program;
use crate::server::Server;
use crate::visitor::Visitor;

const DAY: f64 = 24.0 * 60.0 * 60.0;

/// Returns all events of the demo's instance, oldest first.
fn events(program: &Program) -> Vec<Value> {
    let audit = program.extension(&program.operator, "GET", "/audit?maxResults=1000", None);
    assert!(audit.body.get("NextToken").is_none(), "there are more than 1,000 events");
    let mut events = audit.body["Events"].as_array().unwrap().clone();
    events.reverse();
    events
}

fn time(event: &Value) -> f64 {
    event["Time"].as_f64().unwrap()
}

fn is_refused(event: &Value) -> bool {
    event["Outcome"]["Result"] == "Refused"
}

#[test]
fn the_history_of_the_demo_is_in_order_and_by_several_people() {
    let program = Program::start(&["--demo"]);
    let events = events(&program);
    let newest = time(events.last().unwrap());
    for (position, pair) in events.windows(2).enumerate() {
        assert!(time(&pair[0]) <= time(&pair[1]), "{pair:?}");
        assert_eq!(pair[0]["Sequence"], json!(position));
    }
    // Every revision follows the previous one, also in events that changed nothing.
    let revisions: Vec<_> = events.iter().filter_map(|event| event["Outcome"]["Revision"].as_u64()).collect();
    assert!(revisions.windows(2).all(|pair| (pair[0]..=pair[0] + 1).contains(&pair[1])), "{revisions:?}");

    let act = |event: &Value| event["Act"].as_str().unwrap().to_owned();
    let is_sign_in = |event: &&Value| matches!(act(event).as_str(), "SignIn" | "FailedSignIn");
    let user = |event: &Value| event["By"]["UserId"].as_str().map(str::to_owned);
    let changes: Vec<_> = events.iter().filter(|event| !is_sign_in(event) && user(event).is_some()).collect();
    let people: BTreeSet<_> = changes.iter().filter_map(|event| user(event)).collect();
    let weeks: BTreeSet<_> = changes.iter().map(|event| ((newest - time(event)) / DAY / 7.0) as u32).collect();
    assert!(changes.len() > 50 && people.len() > 20, "{} changes by {} people", changes.len(), people.len());
    assert!((0..10).all(|week| weeks.contains(&week)), "changes in the weeks {weeks:?}");
    let refused: Vec<_> = changes.iter().filter(|event| is_refused(event)).map(|event| act(event)).collect();
    assert!(refused.len() > 5, "{refused:?}");
    assert!(changes.iter().any(|event| event["Flags"].to_string().contains("TouchedStrongerUser")));
    // Each change was made by a user who had signed in on that day.
    for change in &changes {
        let before = |event: &&Value| {
            act(event) == "SignIn" && user(event) == user(change) && (0.0..DAY).contains(&(time(change) - time(event)))
        };
        assert!(events.iter().any(|event| before(&event)), "{change}");
    }
}

#[test]
fn home_has_something_to_show_in_the_demo() {
    let server = Server::demo();
    let admin = Visitor::administrator(&server);
    let home = admin.get("/connect/guard?later=1");
    assert_eq!(home.status, 303);
    let home = admin.see("/connect/");
    for text in [
        "Dismissed findings",
        "Kept for the audit in spring",
        "Unused temporary passwords",
        "Administrators without MFA",
        "4 failures",
        "Rosa Valente",
        "Jonas Brandão",
        "All historical changes",
    ] {
        assert!(home.contains(text), "{text}: {home}");
    }
    let count = |query: &str| {
        let list = admin.see(&format!("/connect/users?{query}"));
        let count = list.split_once("<h1>").unwrap().1.split_once("class=\"count\">(").unwrap().1;
        count.split([')', ' ']).next().unwrap().parse::<usize>().unwrap()
    };
    // Most users have signed in, some of them long ago, and a few never have.
    let never = count("sign-in=never");
    assert!((5..20).contains(&never), "{never}");
    let week_ago = jiff::Timestamp::from_millisecond(floorkey_service::clock::now().as_millis()).unwrap()
        - jiff::SignedDuration::from_hours(7 * 24);
    let recent = count(&format!("seen-since={}", week_ago.strftime("%Y-%m-%d")));
    assert!((150..207 - never - 5).contains(&recent), "{recent}");
}

#[test]
fn temporary_assignments_of_the_demo_end_soon() {
    let server = Server::demo();
    let admin = Visitor::administrator(&server);
    let started = jiff::Timestamp::from_millisecond(floorkey_service::clock::now().as_millis()).unwrap();
    for (login, profile, days) in [
        ("rosa.valente", "Workforce planner", 2),
        ("jonas.brandao", "Supervisor - Lisbon", 9),
        ("artur.zych", "Workforce planner", 21),
    ] {
        let list = admin.see(&format!("/connect/users?q={login}"));
        let row = list.split("<th scope=\"row\"").nth(1).unwrap();
        let page = admin.see(row.split_once("href=\"").unwrap().1.split_once('"').unwrap().0);
        let until = (started + jiff::SignedDuration::from_hours(days * 24)).strftime("until %-d %b %Y").to_string();
        assert!(page.contains(profile) && page.contains(&until), "{login}: no `{until}` in {page}");
    }
}

fn now() -> f64 {
    floorkey_service::clock::now().as_millis() as f64 / 1000.0
}

#[test]
fn some_permissions_of_the_demo_are_used_and_some_never_were() {
    let program = Program::start(&["--demo"]);
    let uses = |login: &str| {
        let path = format!("/users/{}/permission-use", program.user(login));
        let answer = program.extension(&program.operator, "GET", &path, None).body;
        let rows = answer["Permissions"].as_array().unwrap().clone();
        let (used, unused): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row["Count"].as_u64().unwrap() > 0);
        (used, unused)
    };
    let (used, unused) = uses("gavin.prendergast");
    assert!(used.len() > 20 && unused.len() > 100, "{} used, {} unused", used.len(), unused.len());
    assert!(used.iter().all(|row| row["LastUsedTime"].as_f64().unwrap() < now()));
    // This user has not used the permissions of the helpdesk for a long time.
    let (used, unused) = uses("paula.sampaio");
    let names = |rows: &[Value]| rows.iter().map(|row| row["Permission"].to_string()).collect::<String>();
    assert!(names(&unused).contains("Users.Edit") && !names(&used).contains("Users."), "{used:?}");
}
