//! Tests signing in, staying signed in, and being signed out.

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::server::{ADMIN_PASSWORD, Server};
use crate::visitor::{Visitor, page};
use crate::world::World;

#[test]
fn only_the_right_password_signs_in() {
    let server = Server::start_with(&[]);
    let visitor = Visitor::new(&server);
    let away = visitor.get("/connect/access?at=ann");
    assert_eq!(
        (away.status, away.header("location")),
        (303, Some("/connect/login?next=%2Fconnect%2Faccess%3Fat%3Dann"))
    );
    for (username, password) in [("admin", "Wr0ng-password"), ("nobody", ADMIN_PASSWORD), ("", ""), ("admin", "")] {
        let answer = visitor.post("/connect/login", &[("username", username), ("password", password)]);
        assert_eq!(answer.status, 401);
        page(&answer).assert_shows("is not right");
        assert_eq!(visitor.cookie("floorkey-session"), None);
    }
    visitor.sign_in("Admin", ADMIN_PASSWORD);
    assert!(visitor.see("/connect/access").has_button("Sign out"));
}

#[test]
fn signing_out_invalidates_copies_of_the_cookie() {
    let server = Server::start_with(&[]);
    let visitor = Visitor::administrator(&server);
    let kept = visitor.cookie("floorkey-session").unwrap();
    assert_eq!(visitor.post("/connect/logout", &[]).status, 303);
    assert_eq!(visitor.cookie("floorkey-session"), None);
    let headers = [("Cookie".to_owned(), format!("floorkey-session={kept}"))];
    let answer = crate::http::send(server.address, "GET", "/connect/access", &headers, b"");
    assert_eq!(answer.status, 303);
}

#[test]
fn a_temporary_password_must_be_changed_and_a_preset_one_is_kept() {
    let world = World::new();
    world.new_user("ann", &[&world.profile("Agent")]);
    let ann = Visitor::new(&world.server);
    ann.sign_in("ann", "Passw0rd");
    let away = ann.get("/connect/access");
    assert_eq!((away.status, away.header("location")), (303, Some("/connect/password")));
    for (password, again) in [("short", "short"), ("Passw0rd", "Passw0rd"), ("Better-passw0rd", "Better-passw0rt")] {
        let answer = ann.post("/connect/password", &[("password", password), ("again", again)]);
        assert_eq!(answer.status, 422, "{password}");
    }
    let answer = ann.post("/connect/password", &[("password", "Better-passw0rd"), ("again", "Better-passw0rd")]);
    assert_eq!(answer.status, 303, "{}", page(&answer));
    ann.see("/connect/access").assert_shows("My access");
    let again = Visitor::new(&world.server);
    assert_eq!(again.post("/connect/login", &[("username", "ann"), ("password", "Passw0rd")]).status, 401);
    again.sign_in("ann", "Better-passw0rd");
    // The administrator's password was preset, as for an unattended start.
    assert_eq!(Visitor::administrator(&world.server).get("/connect/access").status, 200);
}

#[test]
fn raising_the_security_epoch_ends_sessions_and_profile_changes_apply_at_once() {
    let world = World::new();
    let user = world.new_user("ann", &[&world.profile("Admin")]);
    let ann = Visitor::new(&world.server);
    ann.sign_in_first("ann", "Passw0rd", "Better-passw0rd");
    assert!(ann.see("/connect/access").has_link_to("/connect/security-profiles"));
    let agent = world.profile("Agent");
    world.ok(Operation::UpdateUserSecurityProfiles, json!({ "UserId": user, "SecurityProfileIds": [agent] }));
    ann.see("/connect/access").assert_lacks("/connect/security-profiles");
    let disable = format!("/floorkey/v1/instances/{}/users/{user}/disable", world.instance);
    assert_eq!(world.operator.send("POST", &disable, "", b"{}").status, 200);
    assert_eq!(ann.get("/connect/access").status, 303);
}

#[test]
fn after_failures_even_the_right_password_is_rejected_with_the_same_page() {
    let server = Server::start_with(&[]);
    let visitor = Visitor::new(&server);
    let try_with = |password| visitor.post("/connect/login", &[("username", "admin"), ("password", password)]);
    for _ in 0..5 {
        assert_eq!(try_with("Wr0ng-password").status, 401);
    }
    let (wrong, right) = (try_with("Wr0ng-password"), try_with(ADMIN_PASSWORD));
    assert_eq!((wrong.status, right.status), (401, 401));
    assert_eq!(page(&wrong), page(&right));
}

#[test]
fn instance_aliases_do_not_collide_with_the_sign_in_pages() {
    let world = World::new();
    for alias in ["factor", "password", "login", "forgot", "link"] {
        let input = json!({ "IdentityManagementType": "CONNECT_MANAGED", "InstanceAlias": alias,
            "InboundCallsEnabled": false, "OutboundCallsEnabled": false });
        world.operator.ok(Operation::CreateInstance, &input);
        let visitor = Visitor::new(&world.server);
        let form = visitor.see(&format!("/connect/login/{alias}"));
        form.assert_has(&format!("form[action='/connect/login/{alias}']"));
        let forgot = format!("/connect/forgot/{alias}");
        visitor.see(&forgot).assert_has(&format!("form[action='{forgot}']"));
    }
}

#[test]
fn requests_from_other_sites_are_rejected() {
    let server = Server::start_with(&[]);
    let visitor = Visitor::administrator(&server);
    let cookie = format!("floorkey-session={}", visitor.cookie("floorkey-session").unwrap());
    let headers = |site: &str| {
        [("Cookie", cookie.as_str()), ("Sec-Fetch-Site", site), ("Content-Type", "application/x-www-form-urlencoded")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let send = |site| crate::http::send(server.address, "POST", "/connect/logout", &headers(site), b"").status;
    assert_eq!(send("cross-site"), 403);
    assert_eq!(send("same-site"), 403);
    assert_eq!(visitor.get("/connect/access").status, 200);
    assert_eq!(send("same-origin"), 303);
}

#[test]
fn pages_have_a_strict_content_security_policy() {
    let server = Server::start_with(&[]);
    let answer = Visitor::new(&server).get("/connect/login");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let text = page(&answer);
    text.assert_lacks("<script>");
    text.assert_lacks(" style=");
    text.assert_lacks("onclick");
}
