//! Tests links and notifications by email.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use floorkey_aws::operation::Operation::{CreateUser, UpdateUserIdentityInfo, UpdateUserSecurityProfiles};
use serde_json::json;

use crate::html_page::Page;
use crate::server::Server;
use crate::visitor::{Visitor, hidden, page};
use crate::world::{World, text};

/// Returns all emails in the outbox, oldest first.
fn outbox(server: &Server) -> Vec<String> {
    let folder = server.data().join("outbox");
    let files = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    // While an email is being written, its file has a different extension.
    let mut files: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|kind| kind == "eml")).collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

/// Waits until `count` emails have been sent to the address, and returns the newest of these emails.
pub(crate) fn letter(server: &Server, to: &str, count: usize) -> String {
    let begun = Instant::now();
    loop {
        let mut letters = outbox(server);
        letters.retain(|letter| letter.contains(&format!("To: {to}\r\n")));
        if letters.len() == count {
            return letters.pop().unwrap();
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{count} letters to {to}: {:#?}", outbox(server));
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Returns the link in an email, without the server's address.
pub(crate) fn link(letter: &str) -> String {
    let (_, rest) = letter.split_once("/connect/link/").unwrap_or_else(|| panic!("no link in {letter}"));
    format!("/connect/link/{}", rest.split_whitespace().next().unwrap())
}

fn set_email(world: &World, user: &str, email: &str) {
    let info = json!({ "FirstName": "Ann", "LastName": "Other", "Email": email });
    world.ok(UpdateUserIdentityInfo, json!({ "UserId": user, "IdentityInfo": info }));
}

fn extension(world: &World, method: &str, tail: &str, body: &str) -> u16 {
    let path = format!("/floorkey/v1/instances/{}/users/{tail}", world.instance);
    world.operator.send(method, &path, "", body.as_bytes()).status
}

/// Creates the user ann, who has chosen a password and has a verified email address.
pub(crate) fn ann(world: &World) -> String {
    let mut input = world.user_input("ann", &[&world.profile("Agent")]);
    input["IdentityInfo"]["Email"] = "ann@example.com".into();
    let ann = text(&world.operator.ok(CreateUser, &input)["UserId"]);
    let visitor = Visitor::new(&world.server);
    visitor.sign_in_first("ann", "Passw0rd", "Better-passw0rd");
    assert_eq!(visitor.post("/connect/access/confirm-email", &[]).status, 303);
    let confirm = link(&letter(&world.server, "ann@example.com", 1));
    assert_eq!(Visitor::new(&world.server).post(&confirm, &[]).status, 303);
    ann
}

fn forget(world: &World, username: &str) -> (u16, Page) {
    let answer = Visitor::new(&world.server).post("/connect/forgot", &[("username", username)]);
    (answer.status, page(&answer))
}

const CHOSEN: [(&str, &str); 2] = [("password", "Newest-passw0rd"), ("again", "Newest-passw0rd")];

#[test]
fn a_forgotten_password_is_replaced_through_a_link_that_works_once() {
    let world = World::new();
    ann(&world);
    assert_eq!(forget(&world, "ann"), forget(&world, "nobody"));
    let address = link(&letter(&world.server, "ann@example.com", 2));
    // Viewing the page does not use up the link.
    let [first, second] = [(); 2].map(|()| Visitor::new(&world.server));
    first.see(&address).assert_shows("Choose a password");
    second.see(&address).assert_shows("ann");
    let weak = first.post(&address, &[("password", "weak"), ("again", "weak")]);
    assert_eq!(weak.status, 422, "{}", page(&weak));
    assert_eq!(first.post(&address, &CHOSEN).status, 303);
    first.see("/connect/access").assert_shows("My access");
    assert_eq!(second.post(&address, &CHOSEN).status, 410);
    assert_eq!(second.get(&address).status, 410);
    Visitor::new(&world.server).sign_in("ann", "Newest-passw0rd");
    assert!(letter(&world.server, "ann@example.com", 3).contains("was changed"));
}

#[test]
fn only_one_of_several_concurrent_uses_of_a_link_succeeds() {
    let world = World::new();
    ann(&world);
    forget(&world, "ann");
    let address = link(&letter(&world.server, "ann@example.com", 2));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tabs: Vec<_> =
            (0..4).map(|_| scope.spawn(|| Visitor::new(&world.server).post(&address, &CHOSEN).status)).collect();
        tabs.into_iter().map(|tab| tab.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 410).count(), 3, "{statuses:?}");
}

#[test]
fn a_link_is_invalidated_by_a_sign_in_by_a_change_and_by_the_next_link() {
    let world = World::new();
    let user = ann(&world);
    let fresh = |count| {
        forget(&world, "ann");
        link(&letter(&world.server, "ann@example.com", count))
    };
    let gone = |address: &str| assert_eq!(Visitor::new(&world.server).post(address, &CHOSEN).status, 410);
    let first = fresh(2);
    let second = fresh(3);
    gone(&first);
    Visitor::new(&world.server).sign_in("ann", "Better-passw0rd");
    gone(&second);
    assert_eq!(extension(&world, "POST", &format!("{user}/unlock"), "{}"), 200);
    let third = fresh(4);
    assert_eq!(extension(&world, "POST", &format!("{user}/sessions/end"), "{}"), 200);
    gone(&third);
    gone(&format!("/connect/link/{}", "A".repeat(43)));
    gone("/connect/link/x");
}

#[test]
fn links_go_only_to_a_verified_email_and_the_old_one_is_notified() {
    let world = World::new();
    let user = ann(&world);
    set_email(&world, &user, "ann@evil.example");
    // The old address gets a notification immediately. The new address gets a confirmation link.
    assert!(letter(&world.server, "ann@example.com", 2).contains("changed the email of your account"));
    let confirm = link(&letter(&world.server, "ann@evil.example", 1));
    // Until the new address is confirmed, links are sent to the old address.
    forget(&world, "ann");
    let old = link(&letter(&world.server, "ann@example.com", 3));
    let visitor = Visitor::new(&world.server);
    let wrong = visitor.see(&confirm);
    wrong.assert_shows("Verify your email address");
    wrong.assert_shows("ann@evil.example");
    assert_eq!(visitor.post(&confirm, &[]).status, 303);
    // The new address is confirmed, so the link that was sent to the old address is invalid.
    assert_eq!(visitor.post(&old, &CHOSEN).status, 410);
    assert_eq!(visitor.post(&confirm, &[]).status, 410);
    // If the address changes again, the confirmation link for the previous address is invalid.
    set_email(&world, &user, "ann@third.example");
    let third = link(&letter(&world.server, "ann@third.example", 1));
    set_email(&world, &user, "ann@fourth.example");
    letter(&world.server, "ann@fourth.example", 1);
    assert_eq!(visitor.post(&third, &[]).status, 410);
}

#[test]
fn an_email_names_the_actor_only_to_recipients_who_can_view_users() {
    let world = World::new();
    let user = ann(&world);
    let boss = world.somebody("boss", &["Users.Edit"]);
    let name = json!({ "FirstName": "Bea", "LastName": "Boss" });
    world.ok(UpdateUserIdentityInfo, json!({ "UserId": world.user("boss"), "IdentityInfo": name }));
    let change = |email: &str| {
        let info = json!({ "FirstName": "Ann", "LastName": "Other", "Email": email });
        boss.ok(UpdateUserIdentityInfo, &world.in_instance(json!({ "UserId": user, "IdentityInfo": info })));
    };
    change("ann@second.example");
    let told = letter(&world.server, "ann@example.com", 2);
    assert!(told.contains("An administrator changed") && !told.contains("Bea Boss"), "{told}");
    let profile = world.new_profile("Sees users", &["Users.View"]);
    world.ok(UpdateUserSecurityProfiles, json!({ "UserId": user, "SecurityProfileIds": [profile] }));
    change("ann@third.example");
    let told = letter(&world.server, "ann@example.com", 3);
    assert!(told.contains("Bea Boss changed"), "{told}");
}

#[test]
fn no_link_goes_to_an_address_that_changed_within_the_cooling_off_period() {
    for (hours, goes) in [("24", false), ("0", true)] {
        let world = World::with(&[("FLOORKEY_EMAIL_COOLING_HOURS", hours)]);
        let user = ann(&world);
        set_email(&world, &user, "ann@evil.example");
        let confirm = link(&letter(&world.server, "ann@evil.example", 1));
        assert_eq!(Visitor::new(&world.server).post(&confirm, &[]).status, 303);
        forget(&world, "ann");
        let admin = Visitor::administrator(&world.server);
        let reset = format!("/connect/users/{user}/reset");
        let modified = hidden(&admin.see(&reset), "modified");
        let said = admin.submit(&reset, &[("modified", &modified), ("how", "link")]);
        let why = "changed within the last 24 hours";
        assert_eq!((said.contains("was sent to"), said.contains(why)), (goes, !goes), "{said}");
        letter(&world.server, "ann@evil.example", if goes { 3 } else { 1 });
    }
}

#[test]
fn users_who_can_edit_a_user_can_resend_the_confirmation() {
    let world = World::new();
    let user = ann(&world);
    let admin = Visitor::administrator(&world.server);
    let at = format!("/connect/users/{user}/sign-in");
    admin.see(&at).assert_lacks("Send the confirmation again");
    set_email(&world, &user, "new@example.com");
    let first = link(&letter(&world.server, "new@example.com", 1));
    assert!(admin.see(&at).has_button("Send the confirmation again"));
    let said = admin.submit(&format!("{at}/confirmation"), &[]);
    said.assert_flash("link was sent to new@example.com again");
    let second = link(&letter(&world.server, "new@example.com", 2));
    assert_eq!(Visitor::new(&world.server).post(&first, &[]).status, 410);
    assert_eq!(Visitor::new(&world.server).post(&second, &[]).status, 303);
    admin.see(&at).assert_lacks("Send the confirmation again");
    let looker = world.visitor("looker", &["Users.View"]);
    assert_eq!(looker.post(&format!("{at}/confirmation"), &[]).status, 403);
}

#[test]
fn an_invitation_sets_the_first_password_and_verifies_the_email() {
    let world = World::new();
    let mut input = world.user_input("bea", &[&world.profile("Agent")]);
    input["IdentityInfo"]["Email"] = json!("bea@example.com");
    let bea = world.operator.ok(CreateUser, &input)["UserId"].clone();
    let bea = bea.as_str().unwrap();
    assert_eq!(extension(&world, "POST", &format!("{bea}/invite"), "{}"), 200);
    let address = link(&letter(&world.server, "bea@example.com", 1));
    let visitor = Visitor::new(&world.server);
    visitor.see(&address).assert_shows("Welcome");
    assert_eq!(visitor.post(&address, &CHOSEN).status, 303);
    visitor.see("/connect/access/sign-in").assert_shows("Confirmed");
    // This user has chosen a password, so the invitation is a password reset link, which requires a verified email
    // address.
    assert_eq!(extension(&world, "POST", &format!("{bea}/invite"), "{}"), 200);
    let admin = world.user("admin");
    assert_eq!(extension(&world, "POST", &format!("{admin}/invite"), "{}"), 400);
    // The number of invitations is limited.
    let statuses: Vec<u16> = (0..5).map(|_| extension(&world, "POST", &format!("{bea}/invite"), "{}")).collect();
    assert!(statuses.iter().any(|status| *status != 200), "{statuses:?}");
}

#[test]
fn the_guard_applies_to_invitations_and_administrators_are_notified_of_flagged_changes() {
    let world = World::new();
    let admin = world.user("admin");
    let info = json!({ "FirstName": "Ada", "LastName": "Min", "Email": "ada@example.com" });
    world.ok(UpdateUserIdentityInfo, json!({ "UserId": admin, "IdentityInfo": info }));
    let confirm = link(&letter(&world.server, "ada@example.com", 1));
    Visitor::new(&world.server).post(&confirm, &[]);
    let manager = world.somebody("manager", &["Users.Edit"]);
    let profiles = json!({ "UserId": world.user("manager"), "SecurityProfileIds": [world.profile("Admin")] });
    manager.ok(UpdateUserSecurityProfiles, &world.in_instance(profiles));
    let told = letter(&world.server, "ada@example.com", 2);
    assert!(
        told.contains("that the person who made it doesn't have: ")
            && told.contains("changed the security profiles of"),
        "{told}"
    );
    // In mode `enforce`, the guard refuses to invite a user who has more access than the actor.
    let weak = world.somebody("weak", &["Users.Edit"]);
    let guard = format!("/floorkey/v1/instances/{}/guard", world.instance);
    assert_eq!(world.operator.send("PUT", &guard, "", br#"{"Mode":"enforce"}"#).status, 200);
    let invite = format!("/floorkey/v1/instances/{}/users/{admin}/invite", world.instance);
    assert_eq!(weak.send("POST", &invite, "", b"{}").status, 403);
}

#[test]
fn a_password_reset_is_notified_to_the_primary_email_only() {
    let world = World::new();
    let user = ann(&world);
    let info = json!({
        "FirstName": "Ann", "LastName": "Other", "Email": "ann@example.com", "SecondaryEmail": "home@example.com",
    });
    world.ok(UpdateUserIdentityInfo, json!({ "UserId": user, "IdentityInfo": info }));
    assert_eq!(extension(&world, "POST", &format!("{user}/password"), r#"{"Password":"Passw0rd-again"}"#), 200);
    assert!(letter(&world.server, "ann@example.com", 2).contains("reset the password"));
    assert!(outbox(&world.server).iter().all(|letter| !letter.contains("To: home@example.com")));
    assert_eq!(extension(&world, "DELETE", &format!("{user}/second-factors"), ""), 200);
}

#[test]
fn only_the_demo_shows_its_outbox() {
    let server = Server::start_with(&[]);
    assert_eq!(Visitor::administrator(&server).get("/connect/outbox").status, 404);
    assert_eq!(Visitor::new(&server).get("/connect/outbox").status, 303);
}

/// Starts a mail server that temporarily rejects the first connection and accepts all later connections. Returns the
/// server's port, and a channel with the emails that the server accepts.
fn mail_server() -> (u16, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, taken) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let mut say = |text: &str| stream.write_all(format!("{text}\r\n").as_bytes());
            if number == 0 {
                let _ = say("421 not now");
                continue;
            }
            let _ = say("220 test");
            while let Some(line) = lines.next() {
                match line.split([' ', ':']).next().unwrap_or_default() {
                    "EHLO" | "HELO" => say("250 test").unwrap(),
                    "DATA" => {
                        say("354 go on").unwrap();
                        let letter: Vec<String> = lines.by_ref().take_while(|line| line != ".").collect();
                        say("250 taken").unwrap();
                        sender.send(letter.join("\n")).unwrap();
                    }
                    "QUIT" => {
                        let _ = say("221 bye");
                        break;
                    }
                    _ => say("250 ok").unwrap(),
                }
            }
        }
    });
    (port, taken)
}

#[test]
fn an_email_is_retried_until_the_mail_server_accepts_it() {
    let (port, taken) = mail_server();
    let url = format!("smtp://127.0.0.1:{port}");
    let world = World::with(&[("FLOORKEY_SMTP_URL", &url), ("FLOORKEY_MAIL_FROM", "Floorkey <floorkey@example.com>")]);
    let ann = world.new_user("ann", &[&world.profile("Agent")]);
    set_email(&world, &ann, "ann@example.com");
    let letter = taken.recv_timeout(Duration::from_secs(60)).expect("the second try");
    assert!(letter.contains("To: ann@example.com") && letter.contains("Verify your email"), "{letter}");
    let spool = world.server.data().join("mail");
    let begun = Instant::now();
    while std::fs::read_dir(&spool).unwrap().count() > 0 {
        assert!(begun.elapsed() < Duration::from_secs(10), "a letter that was taken is still kept");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!world.server.data().join("outbox").exists());
}

#[test]
fn a_hanging_mail_server_delays_no_request_and_acknowledged_emails_are_kept() {
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", hanging.local_addr().unwrap());
    let variables = [("FLOORKEY_SMTP_URL", url.as_str()), ("FLOORKEY_MAIL_FROM", "Floorkey <floorkey@example.com>")];
    let mut world = World::with(&variables);
    let spool = world.server.data().join("mail");
    let files = |kind: &str| {
        let files = std::fs::read_dir(&spool).unwrap().map(|file| file.unwrap().path());
        files.filter(|file| file.extension().is_some_and(|extension| extension == kind)).count()
    };
    let begun = Instant::now();
    for name in ["ann", "bob", "cid"] {
        let user = world.new_user(name, &[&world.profile("Agent")]);
        set_email(&world, &user, &format!("{name}@example.com"));
        assert_eq!(extension(&world, "POST", &format!("{user}/invite"), "{}"), 200);
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    world.server.kill();
    // The spool contains three invitations and some confirmations. Requests do not wait for confirmations to be sent.
    assert!(files("json") >= 3, "{}", files("json"));

    std::fs::write(spool.join("0000000000000-broken.json"), "{").unwrap();
    let left = files("json") - 1;
    world.server.restart_with(&variables);
    let begun = Instant::now();
    while files("corrupt") == 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "the broken file was passed over");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(files("json"), left);
}
