//! Tests the My access page, MFA, and the protection against guessing passwords.

use std::time::{SystemTime, UNIX_EPOCH};

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::server::{ADMIN_PASSWORD, Server};
use crate::sign::Key;
use crate::visitor::{Visitor, hidden, page};
use crate::world::World;

const SIGN_IN: &str = "/connect/access/sign-in";

/// An authenticator app.
pub(crate) struct Authenticator(totp_rs::Totp);

impl Authenticator {
    /// Adds an authenticator app to the signed-in user's account. Confirms the app with the previous time step's code.
    pub(crate) fn added(visitor: &Visitor) -> Self {
        let text = visitor.see("/connect/access/authenticator");
        text.assert_has(".qr");
        let secret = text.split_once("id=\"secret\">").unwrap().1.split_once('<').unwrap().0.replace(' ', "");
        let secret = totp_rs::Secret::try_from_base32(&secret).unwrap();
        let app = Self(totp_rs::Builder::new().with_secret(secret).build().unwrap());
        let state = hidden(&text, "state");
        let wrong = visitor.post("/connect/access/authenticator", &[("state", &state), ("code", "000000")]);
        assert_eq!(wrong.status, 422, "{}", page(&wrong));
        assert_eq!(visitor.see(SIGN_IN).heading_of("MFA devices"), "MFA devices (0)");
        let fields = [("state", state.as_str()), ("code", &app.code(-1)), ("label", "Phone")];
        let answer = visitor.post("/connect/access/authenticator", &fields);
        assert_eq!(answer.header("location"), Some("/connect/access/recovery-codes"), "{}", page(&answer));
        app
    }

    /// Returns the code that is valid `steps` time steps from now.
    #[expect(clippy::disallowed_methods, reason = "an app shows codes of the real time")]
    fn code(&self, steps: i64) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        self.0.generate(now.checked_add_signed(steps * 30).unwrap()).to_string()
    }
}

/// Creates ten recovery codes for the signed-in user.
fn recovery_codes(visitor: &Visitor) -> Vec<String> {
    let answer = visitor.post("/connect/access/recovery-codes", &[]);
    assert_eq!(answer.status, 200, "{}", page(&answer));
    let text = page(&answer);
    let list = text.split_once("id=\"codes\">").unwrap().1.split_once("</ul>").unwrap().0;
    let codes: Vec<String> =
        list.split("<li>").skip(1).map(|item| item.split_once("</li>").unwrap().0.trim().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    codes
}

fn knock(visitor: &Visitor) {
    let answer = visitor.post("/connect/login", &[("username", "admin"), ("password", ADMIN_PASSWORD)]);
    assert_eq!(answer.header("location"), Some("/connect/factor"), "{}", page(&answer));
    assert_eq!(visitor.cookie("floorkey-session"), None);
}

fn show(visitor: &Visitor, code: &str) -> crate::http::Answer {
    visitor.post("/connect/factor", &[("code", code)])
}

#[test]
fn a_code_is_accepted_only_once() {
    let server = Server::start_with(&[]);
    let admin = Visitor::administrator(&server);
    let app = Authenticator::added(&admin);
    let visitor = Visitor::new(&server);
    assert_eq!(visitor.get("/connect/factor").header("location"), Some("/connect/login"));
    knock(&visitor);
    assert_eq!(visitor.get("/connect/access").header("location"), Some("/connect/login?next=%2Fconnect%2Faccess"));
    // A code that was used to confirm the authenticator app can't be used a second time.
    assert_eq!(show(&visitor, &app.code(-1)).status, 401);
    let code = app.code(0);
    assert_eq!(show(&visitor, &code).status, 303);
    assert!(visitor.see("/connect/access").has_button("Sign out"));
    let thief = Visitor::new(&server);
    knock(&thief);
    assert_eq!(show(&thief, &code).status, 401);
    assert_eq!(show(&thief, &app.code(1)).status, 303);
}

#[test]
fn five_wrong_codes_end_the_sign_in_and_more_block_even_the_right_code() {
    let server = Server::start_with(&[]);
    let app = Authenticator::added(&Visitor::administrator(&server));
    let visitor = Visitor::new(&server);
    for round in 0..2 {
        knock(&visitor);
        for _ in 0..4 {
            assert_eq!(show(&visitor, "123456").status, 401);
        }
        let last = show(&visitor, "123456");
        assert_eq!((last.status, last.header("location")), (303, Some("/connect/login")), "round {round}");
        // The first step of the sign-in has been discarded, so even the correct code is not accepted.
        assert_eq!(show(&visitor, &app.code(0)).header("location"), Some("/connect/login"));
    }
    // A client that knows the password can't restart the sign-in an unlimited number of times.
    knock(&visitor);
    let right = show(&visitor, &app.code(0));
    assert_eq!(right.status, 401);
    let wrong = show(&visitor, "123456");
    let tail = |answer: &crate::http::Answer| page(answer).split_once("<h1>").unwrap().1.to_owned();
    assert_eq!(tail(&right), tail(&wrong));
}

#[test]
fn a_partial_sign_in_ends_when_the_security_epoch_is_raised() {
    let world = World::new();
    let app = Authenticator::added(&Visitor::administrator(&world.server));
    let visitor = Visitor::new(&world.server);
    knock(&visitor);
    let path = format!("/floorkey/v1/instances/{}/users/{}/password", world.instance, world.user("admin"));
    assert_eq!(world.operator.send("POST", &path, "", b"{}").status, 200);
    assert_eq!(show(&visitor, &app.code(0)).header("location"), Some("/connect/login"));
}

#[test]
fn a_recovery_code_works_once_and_new_codes_replace_old_ones() {
    let server = Server::start_with(&[]);
    let admin = Visitor::administrator(&server);
    assert_eq!(admin.post("/connect/access/recovery-codes", &[]).status, 400);
    Authenticator::added(&admin);
    let old = recovery_codes(&admin);
    let codes = recovery_codes(&admin);
    let visitor = Visitor::new(&server);
    knock(&visitor);
    assert_eq!(show(&visitor, &old[0]).status, 401);
    assert_eq!(show(&visitor, &format!(" {} ", codes[3].to_uppercase())).status, 303);
    visitor.see(SIGN_IN).assert_shows("9 recovery codes");
    let again = Visitor::new(&server);
    knock(&again);
    assert_eq!(show(&again, &codes[3]).status, 401);
}

#[test]
fn reauthentication_requires_mfa_and_starts_a_new_session() {
    let server = Server::start_with(&[]);
    let admin = Visitor::administrator(&server);
    let app = Authenticator::added(&admin);
    let before = admin.cookie("floorkey-session").unwrap();
    let fields = [("password", ADMIN_PASSWORD), ("next", SIGN_IN)];
    let answer = admin.post("/connect/prove", &fields);
    assert_eq!(answer.header("location"), Some("/connect/factor"));
    assert_eq!(admin.cookie("floorkey-session").unwrap(), before);
    assert_eq!(show(&admin, &app.code(0)).header("location"), Some(SIGN_IN));
    let after = admin.cookie("floorkey-session").unwrap();
    assert_ne!(before, after);
    let headers = [("Cookie".to_owned(), format!("floorkey-session={before}"))];
    assert_eq!(crate::http::send(server.address, "GET", SIGN_IN, &headers, b"").status, 303);
}

#[test]
fn removing_the_last_mfa_method_removes_the_recovery_codes() {
    let server = Server::start_with(&[]);
    let admin = Visitor::administrator(&server);
    Authenticator::added(&admin);
    recovery_codes(&admin);
    let text = admin.see(SIGN_IN);
    let link = text.split_once("remove-factor?factor=").unwrap().1.split_once('"').unwrap().0.to_owned();
    let text = admin.see(&format!("/connect/access/remove-factor?factor={link}"));
    text.assert_shows("Your recovery codes go too");
    let text = admin.submit("/connect/access/remove-factor", &[("factor", &link)]);
    text.assert_flash("It is removed.");
    text.assert_shows("with only your password");
    // The page shows the message only once.
    admin.see(SIGN_IN).assert_lacks("It is removed.");
    Visitor::administrator(&server);
}

#[test]
fn sessions_are_ended_one_by_one_or_all_others_at_once() {
    let server = Server::start_with(&[]);
    let [here, there, elsewhere] = [(); 3].map(|()| Visitor::administrator(&server));
    let text = here.see(SIGN_IN);
    assert_eq!(text.heading_of("Sessions"), "Sessions (3)");
    text.assert_shows("This one");
    let mark = hidden(&text, "session");
    here.submit("/connect/access/end-session", &[("session", &mark)]);
    let open = |visitor: &Visitor| visitor.get("/connect/access").status == 200;
    assert_eq!([&there, &elsewhere].iter().filter(|visitor| open(visitor)).count(), 1);
    let text = here.submit("/connect/access/end-other-sessions", &[]);
    text.assert_flash("1 other session ended");
    assert!(open(&here) && !open(&there) && !open(&elsewhere));
    // Ending a session with an unknown session ID has no effect.
    let world_mark = "00".repeat(12);
    here.submit("/connect/access/end-session", &[("session", &world_mark)]).assert_flash("ended already");
}

#[test]
fn a_users_own_access_key_works_until_it_is_revoked() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let answer = admin.post("/connect/access/keys", &[("label", "Nightly import")]);
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    let text = page(&answer);
    let part = |mark: &str| text.split_once(mark).unwrap().1.split_once('<').unwrap().0.to_owned();
    let key = Key { id: part("id=\"key-id\">"), secret: part("id=\"key-secret\">") };
    let (id, secret) = (key.id.clone(), key.secret.clone());
    let client = world.server.client(key);
    client.ok(Operation::ListUsers, &world.in_instance(json!({})));
    let list = admin.see(SIGN_IN);
    list.assert_shows(&id);
    list.assert_shows("Nightly import");
    list.assert_lacks(&secret);
    let ann = world.new_user("ann", &[&world.profile("Agent")]);
    let other = Visitor::new(&world.server);
    other.sign_in_first("ann", "Passw0rd", "Better-passw0rd");
    assert_eq!(other.post("/connect/access/revoke-key", &[("key", &id)]).status, 404);
    client.ok(Operation::DescribeUser, &world.in_instance(json!({ "UserId": ann })));
    admin.submit("/connect/access/revoke-key", &[("key", &id)]);
    let (path, query, body) = crate::client::request(Operation::ListUsers, &world.in_instance(json!({})));
    assert_eq!(client.send("GET", &path, &query, &body).status, 403);
}

#[test]
fn my_access_shows_where_permissions_come_from() {
    let world = World::new();
    world.new_user("ann", &[&world.profile("Agent"), &world.new_profile("Users", &["Users.Edit"])]);
    let ann = Visitor::new(&world.server);
    ann.sign_in_first("ann", "Passw0rd", "Better-passw0rd");
    let text = ann.see("/connect/access");
    for part in ["Agent", "required by Users: Edit", "Inherited permissions"] {
        text.assert_shows(part);
    }
    let text = ann.see(SIGN_IN);
    text.assert_shows("ann");
    text.assert_shows("None is known");
}

#[test]
fn guesses_from_elsewhere_do_not_lock_out_a_known_browser() {
    let server = Server::start_with(&[]);
    let known = Visitor::administrator(&server);
    known.post("/connect/logout", &[]);
    let attacker = Visitor::new(&server);
    for _ in 0..12 {
        attacker.post("/connect/login", &[("username", "admin"), ("password", "Wr0ng-password")]);
    }
    let fields = [("username", "admin"), ("password", ADMIN_PASSWORD)];
    assert_eq!(Visitor::new(&server).post("/connect/login", &fields).status, 401);
    known.sign_in("admin", ADMIN_PASSWORD);
    // The server recognizes a browser for one user only. For other users, wrong guesses from this browser count like
    // guesses from an unknown browser.
    known.post("/connect/logout", &[]);
    for _ in 0..5 {
        known.post("/connect/login", &[("username", "admin"), ("password", "Wr0ng-password")]);
    }
    assert_eq!(known.post("/connect/login", &fields).status, 401);
}

#[test]
fn concurrent_guesses_are_all_counted() {
    let server = Server::start_with(&[]);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let visitor = Visitor::new(&server);
                visitor.post("/connect/login", &[("username", "admin"), ("password", "Wr0ng-password")]).status
            });
        }
    });
    let fields = [("username", "admin"), ("password", ADMIN_PASSWORD)];
    assert_eq!(Visitor::new(&server).post("/connect/login", &fields).status, 401);
}

#[test]
fn an_unknown_login_name_is_answered_and_delayed_like_a_wrong_password() {
    let server = Server::start_with(&[]);
    let answer = |username: &str| {
        let answer =
            Visitor::new(&server).post("/connect/login", &[("username", username), ("password", "Wr0ng-pass")]);
        (answer.status, page(&answer).replace(username, "NAME"))
    };
    for _ in 0..7 {
        assert_eq!(answer("admin"), answer("nobody"));
    }
}
