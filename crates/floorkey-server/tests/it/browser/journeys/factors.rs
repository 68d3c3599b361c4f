//! Tests MFA with an authenticator app and with a passkey.

use std::time::{SystemTime, UNIX_EPOCH};

use super::demo;
use crate::browser::demo::CHOSEN;
use crate::browser::page::Page;

/// Returns the code that an authenticator app with the given secret shows `steps` time steps from now.
#[expect(clippy::disallowed_methods, reason = "an app shows codes of the real time")]
fn code(secret: &str, steps: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', "")).unwrap();
    let app = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    app.generate(now.checked_add_signed(steps * 30).unwrap()).to_string()
}

/// Creates recovery codes and returns the codes.
fn keep_codes(page: &Page) -> Vec<String> {
    page.submit("Make ten codes");
    page.reads("These codes are shown only now.");
    let codes = page.run("return [...document.querySelectorAll('#codes li')].map(one => one.innerText)", vec![]);
    let codes: Vec<String> =
        codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap().trim().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    page.submit("I have kept them");
    codes
}

#[test]
fn an_authenticator_app_is_added_and_required_at_the_next_sign_in() {
    let demo = demo();
    let Some(page) = demo.open_as("tom.okafor") else { return };
    page.goto("/connect/access");
    page.submit("How you sign in");
    page.submit("Add an authenticator app");
    let secret = page.run("return document.querySelector('#secret').textContent", vec![]);
    let secret = secret.as_str().unwrap();
    page.fill("Name", "Phone");
    page.fill("Code", "000000");
    page.submit("Add it");
    page.reads("This code is not right.");
    page.fill("Code", &code(secret, 0));
    page.submit("Add it");
    page.reads("“Phone” is added.");
    let codes = keep_codes(&page);
    page.reads("10 recovery codes left");
    page.sign_out();

    page.sign_in("tom.okafor", CHOSEN);
    page.wait_for("MFA");
    page.fill("Code", &code(secret, 1));
    page.submit("Continue");
    page.wait_for("Search everything");
    page.sign_out();

    page.sign_in("tom.okafor", CHOSEN);
    page.fill("Code", &codes[0]);
    page.submit("Continue");
    page.wait_for("Search everything");
    page.goto("/connect/access/sign-in");
    page.reads("9 recovery codes left");
}

#[test]
fn a_passkey_is_created_and_required_after_the_password() {
    let demo = demo();
    let Some(page) = demo.open_as("sofia.marin") else { return };
    let authenticator = page.authenticator();
    page.goto("/connect/access/sign-in");
    page.submit("Add a passkey");
    page.fill("Name", "Laptop");
    page.submit("Create a passkey");
    page.reads("“Laptop” is added.");
    assert_eq!(authenticator.passkeys(), 1);
    page.sign_out();
    page.sign_in("sofia.marin", CHOSEN);
    page.submit("Use a passkey");
    page.wait_for("Search everything");
    page.sign_out();

    authenticator.refuse();
    page.sign_in("sofia.marin", CHOSEN);
    page.click("Use a passkey");
    page.reads("The passkey did not answer.");
    page.goto("/connect/access");
    assert!(page.url().starts_with("/connect/login"), "{}", page.url());
}
