//! Tests requests whose credentials become invalid while the server is still receiving the body.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use floorkey_aws::operation::Operation;
use floorkey_console::console_routes;
use serde_json::json;

use crate::console_sweep::filled;
use crate::visitor::Visitor;
use crate::world::World;

/// A form submission that has been sent except for its last byte.
struct HeldForm {
    path: String,
    stream: TcpStream,
    last: u8,
}

impl HeldForm {
    fn send(visitor: &Visitor, path: &str, fields: &[(&str, &str)]) -> Self {
        let mut stream = TcpStream::connect(visitor.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let (&last, first) = body.as_bytes().split_last().unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nconnection: close\r\ncontent-type: \
             application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
            visitor.address(),
            visitor.cookies(),
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(first).unwrap();
        Self { path: path.to_owned(), stream, last }
    }

    /// Sends the last byte of the form, and returns the response.
    fn finish(mut self) -> String {
        self.stream.write_all(&[self.last]).unwrap();
        let mut answer = Vec::new();
        self.stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// Sends a form to each path, except for its last byte. Returns after the server has read the heads of the requests,
/// while their session is valid.
fn hold(visitor: &Visitor, paths: &[String], fields: &[(&str, &str)]) -> Vec<HeldForm> {
    let held = paths.iter().map(|path| HeldForm::send(visitor, path, fields)).collect();
    std::thread::sleep(Duration::from_millis(300));
    held
}

/// Returns the instance's newest revision.
fn revision(world: &World) -> u64 {
    let events = world.extension("GET", "/audit?maxResults=100", &json!(null));
    let revisions =
        events["Events"].as_array().unwrap().iter().filter_map(|event| event["Outcome"]["Revision"].as_u64());
    revisions.max().unwrap()
}

#[test]
fn a_form_that_is_still_arriving_changes_nothing_after_its_session_ended() {
    let world = World::new();
    let user = world.new_user("ann", &[&world.profile("Admin")]);
    let victim = world.new_user("victim", &[&world.profile("Agent")]);
    let ann = Visitor::new(&world.server);
    ann.sign_in_first("ann", "Passw0rd", "Better-passw0rd");
    let fields = [("password", "Another-passw0rd"), ("again", "Another-passw0rd"), ("label", "x"), ("reason", "x")];
    let posts = console_routes().into_iter().filter(|(method, _)| *method == "POST");
    let paths: Vec<String> = posts.map(|(_, path)| filled(&world, &path, &victim)).collect();
    assert!(paths.len() >= 40, "{paths:?}");
    let held = hold(&ann, &paths, &fields);
    world.extension("POST", &format!("/users/{user}/sessions/end"), &json!(null));
    let before = revision(&world);
    for form in held {
        let path = form.path.clone();
        let answer = form.finish();
        let signs_in = answer.contains("floorkey-session=") && !answer.contains("floorkey-session=;");
        assert!(!signs_in, "{path} signs in: {answer}");
        let is_for_anybody = ["/connect/login", "/connect/forgot"].iter().any(|form| path.starts_with(form));
        assert!(
            is_for_anybody || answer.starts_with("HTTP/1.1 3") || answer.starts_with("HTTP/1.1 4"),
            "{path}: {answer}"
        );
    }
    assert_eq!(revision(&world), before, "a form of an ended session has changed something");
    let keys = || world.extension("GET", &format!("/users/{user}/access-keys"), &json!(null)).to_string();
    assert!(!keys().contains("AKIA"), "{}", keys());

    // The same forms, sent in the same way, change something if their session does not end.
    ann.sign_in("ann", "Better-passw0rd");
    let lasting: Vec<String> = paths.into_iter().filter(|path| path != "/connect/logout").collect();
    for form in hold(&ann, &lasting, &fields) {
        form.finish();
    }
    assert!(revision(&world) > before, "no form of a session has changed anything");
    assert!(keys().contains("AKIA"), "{}", keys());
}

#[test]
fn a_custodians_form_that_is_still_arriving_fails_after_a_promotion() {
    let world = World::new();
    let chosen = [("password", "Custodian-passw0rd"), ("again", "Custodian-passw0rd")];
    for promoted in [true, false] {
        let login = if promoted { "newboss" } else { "newagent" };
        let user = world.new_user(login, &[&world.profile("Agent")]);
        let custodian = Visitor::new(&world.server);
        custodian.post("/connect/login", &[("username", login), ("password", "Passw0rd")]);
        let held = hold(&custodian, &["/connect/password".to_owned()], &chosen);
        if promoted {
            world.extension("POST", &format!("/users/{user}/sessions/end"), &json!(null));
            let profiles = json!({ "UserId": user, "SecurityProfileIds": [world.profile("Admin")] });
            world.ok(Operation::UpdateUserSecurityProfiles, profiles);
        }
        for form in held {
            let answer = form.finish();
            assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
            assert_eq!(answer.contains("/connect/login"), promoted, "{answer}");
        }
        // Without the promotion, the same form sets the password.
        let again = Visitor::new(&world.server);
        let answer = again.post("/connect/login", &[("username", login), ("password", "Custodian-passw0rd")]);
        assert_eq!(answer.status, if promoted { 401 } else { 303 }, "{login}");
    }
}
