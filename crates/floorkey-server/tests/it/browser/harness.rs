//! Tests the test harness. Simulated user actions must work, and the checks must find existing faults.

use std::time::Duration;

use super::budget::weigh;
use super::look::Theme;
use super::page::Page;
use super::site::Site;

#[test]
fn user_actions_work_with_and_without_scripts() {
    let site = Site::start();
    let Some(page) = Page::open(site.address) else { return };
    let folder = tempfile::tempdir().unwrap();
    let sent = folder.path().join("people.csv");
    std::fs::write(&sent, "name").unwrap();
    for scripts in [true, false] {
        if !scripts {
            page.without_script();
        }
        page.goto("/good");
        assert_eq!((page.title().as_str(), page.status()), ("Test", 200));
        page.fill("Name", "nobody");
        page.fill("Name", "Ann");
        page.select("Team", "Care");
        page.fill("From", "2026-03-01");
        page.upload("File", &sent);
        page.within("Users", |users| users.tick("View"));
        page.within("Queues", |queues| queues.untick("View"));
        assert!(page.within("Users", |users| users.ticked("View")));
        assert_eq!(page.value("Name"), "Ann");
        page.submit("Save");
        page.wait_for("You sent name=Ann and team=b and file=people.csv and from=2026-03-01 and users-view=on");
        assert!(!page.text().contains("queues-view"));

        page.goto("/good");
        page.within("Bob Brown", |row| row.submit("Edit"));
        assert_eq!(page.url(), "/answer?edit=bob");

        page.goto("/good");
        page.click("Later");
        if scripts {
            page.wait_for("It is later");
            page.click("Later");
            page.wait_gone("It is later");
        } else {
            std::thread::sleep(Duration::from_millis(600));
            assert!(!page.text().contains("It is later"));
        }
        assert_eq!(page.download("Download CSV"), ("list.csv".to_owned(), "name\nAnn\n".to_owned()));
        std::fs::remove_file(page.downloaded("list.csv")).unwrap();
    }
    assert_eq!(page.cookies(), "visited=yes");
    page.forget();
    assert_eq!(page.cookies(), "");
}

#[test]
fn keys_sizes_and_themes_work() {
    let site = Site::start();
    let Some(page) = Page::open(site.address) else { return };
    page.goto("/good");
    page.press("/");
    page.wait_focused("Name");
    page.type_text("Ann");
    page.tab_to("View");
    page.press("Space");
    assert!(page.within("Users", |users| users.ticked("View")));
    page.press("Shift+Tab");
    page.tab_to("Save");
    page.press("Enter");
    page.wait_for("You sent name=Ann and team=a");

    page.goto("/good");
    page.assert_well_made();
    let dark = || page.run("return matchMedia('(prefers-color-scheme: dark)').matches", vec![]);
    page.theme(Theme::Dark);
    assert_eq!(dark(), true);
    page.theme(Theme::Light);
    assert_eq!(dark(), false);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("good.webp");
    let bytes = page.screenshot(&file, 5_000);
    let picture = std::fs::read(&file).unwrap();
    assert_eq!((picture.len(), &picture[8..12]), (bytes, b"WEBP".as_slice()));
    insta::assert_snapshot!(page.accessibility());

    let weight = page.assert_within_budget();
    let names: Vec<_> = weight.files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(names, ["/style.css", "/script.js"]);
}

#[test]
fn faults_are_found() {
    let site = Site::start();
    let Some(page) = Page::open(site.address) else { return };
    page.goto("/bad");
    if super::axe::is_there() {
        let found = page.axe().join("\n");
        for rule in ["label (critical)", "color-contrast (serious)", "button-name (critical)"] {
            assert!(found.contains(rule), "{rule}: {found}");
        }
    }
    assert_eq!(page.too_wide(), Vec::<String>::new());
    page.goto("/wide");
    let wide = page.too_wide();
    assert!(wide.len() == 1 && wide[0].contains("as wide as a desk"), "{wide:?}");
    assert_eq!(page.complaints(), Vec::<String>::new());

    page.goto("/inline");
    let found = page.complaints();
    assert!(found.len() == 2 && found.iter().all(|one| one.contains("Content Security Policy")), "{found:?}");
    page.goto("/script-error");
    let found = page.complaints();
    assert!(found.len() == 1 && found[0].contains("nobody is not defined"), "{found:?}");
    page.goto("/refused");
    assert_eq!((page.status(), page.complaints()), (403, Vec::new()));

    page.goto("/stranger");
    page.click("Away");
    let found = page.complaints();
    assert!(found.iter().any(|one| one == "a request to somebody else: http://example.org/"), "{found:?}");

    let heavy = weigh(page.base(), "/heavy", "").too_heavy();
    assert!(heavy.len() == 1 && heavy[0].starts_with("/heavy.js has "), "{heavy:?}");
}

#[test]
fn passkeys_can_be_created_and_refused() {
    let site = Site::start();
    let Some(page) = Page::open(site.address) else { return };
    page.goto("/good");
    let authenticator = page.authenticator();
    let make = "const done = arguments[0]; navigator.credentials.create({ publicKey: { \
        challenge: new Uint8Array(32), rp: { name: 'Test' }, \
        pubKeyCredParams: [-7, -257].map(alg => ({ type: 'public-key', alg })), \
        user: { id: new Uint8Array([1]), name: 'ann', displayName: 'Ann' }, \
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' } } \
        }).then(made => done(made.type), error => done(error.name))";
    assert_eq!(page.run_async(make), "public-key");
    assert_eq!(authenticator.passkeys(), 1);
    authenticator.refuse();
    assert_eq!(page.run_async(make), "NotAllowedError");
    assert_eq!(authenticator.passkeys(), 1);
}

#[test]
fn a_missing_element_is_reported_with_the_existing_ones() {
    let site = Site::start();
    let Some(page) = Page::open(site.address) else { return };
    page.goto("/good");
    page.be_patient(Duration::from_millis(500));
    let missing = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| page.click("Delete")));
    let said = *missing.unwrap_err().downcast::<String>().unwrap();
    assert!(said.starts_with("press: none is called \"Delete\"; there are [\"Save\""), "{said}");
    let twice = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| page.click("Edit")));
    let said = *twice.unwrap_err().downcast::<String>().unwrap();
    assert!(said.contains("2 are called \"Edit\"") && said.contains("say within what"), "{said}");
}
