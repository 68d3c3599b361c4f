//! Tests how failed sign-in attempts affect the client that makes them and all other clients.

use std::time::{Duration, Instant};

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::http::Answer;
use crate::program::Program;
use crate::server::{ADMIN_PASSWORD, Server};
use crate::visitor::{Visitor, page};
use crate::world::World;

const WRONG: &str = "Wr0ng-password";

/// Starts a server that trusts its visitors' `X-Forwarded-For` headers.
fn server() -> Server {
    Server::start_with(&[("FLOORKEY_TRUSTED_PROXIES", "127.0.0.1")])
}

/// Tries to sign in from the given address, with a browser that the server does not know.
fn try_from(server: &Server, address: &str, username: &str, password: &str) -> Answer {
    let visitor = Visitor::behind_proxy(server, address);
    visitor.post("/connect/login", &[("username", username), ("password", password)])
}

#[test]
fn guesses_block_their_own_network_and_no_other() {
    let server = server();
    let attack = |password: &str| try_from(&server, "198.51.100.1", "admin", password).status;
    // A password that violates the password policy counts as a wrong password too.
    for password in [WRONG, WRONG, &"aB3".repeat(200), WRONG, WRONG] {
        assert_eq!(attack(password), 401);
    }
    // During the delay, the server does not check even the correct password. The delay also applies to a neighboring
    // address.
    assert_eq!(attack(ADMIN_PASSWORD), 401);
    assert_eq!(try_from(&server, "198.51.100.77", "admin", ADMIN_PASSWORD).status, 401);
    // During the delay, the server checks one password from every other network. After a failed attempt, the server
    // checks no further passwords from that network.
    assert_eq!(try_from(&server, "203.0.113.1", "admin", WRONG).status, 401);
    assert_eq!(try_from(&server, "203.0.113.1", "admin", ADMIN_PASSWORD).status, 401);
    assert_eq!(try_from(&server, "2001:db8::1", "admin", ADMIN_PASSWORD).status, 303);
    // The successful sign-in resets the number of failures.
    assert_eq!(attack(ADMIN_PASSWORD), 303);
}

#[test]
fn guesses_during_a_delay_do_not_extend_it() {
    let server = server();
    let attack = |password: &str| try_from(&server, "198.51.100.1", "admin", password).status;
    for _ in 0..5 {
        assert_eq!(attack(WRONG), 401);
    }
    let waiting = Instant::now();
    // The first delay begins at the fifth failure and lasts five seconds. Attempts during the delay do not extend it.
    while waiting.elapsed() < Duration::from_millis(4_900) {
        assert_eq!(attack(WRONG), 401);
        std::thread::sleep(Duration::from_millis(200));
    }
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(attack(ADMIN_PASSWORD), 303);
}

#[test]
fn a_network_with_many_failed_logins_is_slowed_and_never_blocked() {
    let server = server();
    let office = "198.51.100.1";
    std::thread::scope(|scope| {
        for part in 0..4 {
            let server = &server;
            scope.spawn(move || {
                for login in 0..14 {
                    assert_eq!(try_from(server, office, &format!("nobody{part}.{login}"), WRONG).status, 401);
                }
            });
        }
    });
    let slow = Instant::now();
    for _ in 0..2 {
        assert_eq!(try_from(&server, office, "admin", ADMIN_PASSWORD).status, 303);
    }
    assert!(slow.elapsed() >= Duration::from_secs(2), "the network is not slow");
    // A browser that the user has signed in from before is not delayed.
    let known = Visitor::behind_proxy(&server, office);
    known.sign_in("admin", ADMIN_PASSWORD);
    known.post("/connect/logout", &[]);
    let quick = Instant::now();
    known.sign_in("admin", ADMIN_PASSWORD);
    assert!(quick.elapsed() < Duration::from_secs(2), "a known browser is slowed");
}

#[test]
fn a_failed_sign_in_is_answered_before_anything_is_written() {
    let world = World::new();
    world.new_user("ann", &[&world.profile("Agent")]);
    let database = rusqlite::Connection::open(world.server.data().join("floorkey.db")).unwrap();
    // This transaction blocks all writes. A server that writes before it responds could not respond, either for all
    // logins or for known logins.
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begun = Instant::now();
    let answers = ["ann", "nobody", "ann", "nobody", "ann", "nobody"].map(|login| {
        let answer = Visitor::new(&world.server).post("/connect/login", &[("username", login), ("password", WRONG)]);
        (answer.status, page(&answer).replace(login, "NAME"))
    });
    assert!(begun.elapsed() < Duration::from_secs(9), "the answers waited for the disk");
    assert!(answers.iter().all(|answer| answer.0 == 401 && *answer == answers[0]));
    database.execute_batch("ROLLBACK").unwrap();
    // The server records the failures later.
    let admin = Visitor::administrator(&world.server);
    let begun = Instant::now();
    while admin.see("/connect/history").text().matches("Failed to sign in").count() < 3 {
        assert!(begun.elapsed() < Duration::from_secs(20), "the failures are missing in the history");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn guesses_at_unknown_logins_are_recorded_as_one_event_per_network() {
    let mut program = Program::start(&[]);
    let address = program.endpoint.strip_prefix("http://").unwrap().parse().unwrap();
    for (login, times) in [("nobody", 7), ("also-nobody", 2)] {
        for _ in 0..times {
            let body = format!("username={login}&password={WRONG}");
            let headers = [("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
            assert_eq!(crate::http::send(address, "POST", "/connect/login", &headers, body.as_bytes()).status, 401);
        }
    }
    // When the server stops, it writes the event that it would otherwise write after a minute.
    assert_eq!(program.stop(), Some(0));
    program.restart(&[]);
    let events = program.extension(&program.operator, "GET", "/audit", None).body;
    let failed: Vec<&Value> =
        events["Events"].as_array().unwrap().iter().filter(|event| event["Act"] == "FailedSignIn").collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0]["Address"], "127.0.0.0/24");
    assert_eq!(failed[0]["Targets"], json!([{ "Kind": "Instance" }]));
    assert_eq!(failed[0]["Flags"], json!([{ "Flag": "Repeated", "Times": 9 }]));
}

#[test]
fn counts_of_failures_survive_a_restart() {
    let mut server = server();
    for _ in 0..5 {
        assert_eq!(try_from(&server, "198.51.100.1", "admin", WRONG).status, 401);
    }
    // The server writes the numbers of failures in the background, once per second.
    std::thread::sleep(Duration::from_millis(2_000));
    server.restart();
    let visitor = Visitor::new(&server);
    let fields = [("username", "admin"), ("password", WRONG)];
    // After the restart, the server checks one guess from this network. It delays further guesses, because the restart
    // did not reset the number of failures.
    let mut last = 401;
    for _ in 0..2 {
        last = visitor.post("/connect/login", &fields).status;
    }
    let right = [("username", "admin"), ("password", ADMIN_PASSWORD)];
    assert_eq!((last, visitor.post("/connect/login", &right).status), (401, 401));
}

#[test]
fn a_flood_of_forgotten_password_forms_is_limited_per_network() {
    let server = server();
    let forget = |address: &str, login: &str| {
        let answer = Visitor::behind_proxy(&server, address).post("/connect/forgot", &[("username", login)]);
        (answer.status, answer.header("retry-after").map(str::to_owned))
    };
    for number in 0..41 {
        assert_eq!(forget("198.51.100.1", &format!("nobody{number}")), (200, None), "{number}");
    }
    let turned_away = (503, Some("5".to_owned()));
    assert_eq!(forget("198.51.100.1", "nobody"), turned_away);
    assert_eq!(forget("198.51.100.1", "admin"), turned_away, "it would tell which logins exist");
    assert_eq!(forget("203.0.113.1", "admin"), (200, None));
    // Sign-ins have a separate limit, which the previous requests do not count toward.
    assert_eq!(try_from(&server, "198.51.100.1", "admin", ADMIN_PASSWORD).status, 303);
}

#[test]
fn many_users_can_be_created_at_the_same_time() {
    let world = World::new();
    let agent = world.profile("Agent");
    let inputs: Vec<Value> = (0..60).map(|number| world.user_input(&format!("agent{number}"), &[&agent])).collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let create = |input| {
            let world = &world;
            scope.spawn(move || world.operator.call(Operation::CreateUser, input).status)
        };
        let calls: Vec<_> = inputs.iter().map(create).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert_eq!(statuses, vec![200; 60]);
}
