//! Tests checking a decision, reading its reason, and copying the request.

use super::demo;

#[test]
fn a_decision_is_checked_and_its_request_copied() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    page.goto("/connect/access");
    page.menu("Check access");
    page.fill("User", "isabel.tavares");
    page.fill("Action or permission", "Users: View");
    page.fill("Resource", "tom.okafor");
    page.submit("Check");
    page.reads("Denied");
    page.reads("Supervisor - Lisbon selected; only in Portugal / Lisbon, and below");
    page.reads("Does not cover it");
    page.reads("What would allow it");
    assert!(!page.url().contains("kind=") && page.url().contains("to=tom.okafor"), "{}", page.url());
    page.click("For developers: ask it from an application");
    let copied = "const done = arguments[arguments.length - 1];
        Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => done(text) } });
        document.querySelector('[data-copy=\"#json\"]').click();";
    let copied = page.run_async(copied);
    let request: serde_json::Value = serde_json::from_str(copied.as_str().unwrap()).unwrap();
    assert_eq!(
        (&request["subject"]["id"], &request["resource"]["id"]),
        (&"isabel.tavares".into(), &"tom.okafor".into())
    );
    page.submit("Who can do this?");
    page.reads("Who can use Users: View on Tom Okafor (tom.okafor)?");
    page.reads("Orla Deasy");
}

#[test]
fn who_can_download_recordings_is_answered_in_three_clicks() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    page.goto("/connect/");
    page.menu("Check access");
    page.submit("Who can …?");
    page.submit("Who can download recordings?");
    page.reads("6 permissions mean this.");
    page.reads("Bartek Zawadzki");
}

#[test]
fn an_ambiguous_name_offers_choices_without_script() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    page.without_script();
    page.goto("/connect/check-access");
    page.fill("User", "tom.oka");
    page.fill("Action or permission", "bookings: refund");
    page.fill("Resource", "NS-20431");
    page.submit("Check");
    page.reads("Which one?");
    page.submit("Tom Okafor (tom.okafor)");
    page.reads("Denied");
    page.reads("Supervisor - Lisbon");
    page.submit("On which other resources?");
    page.reads("It applies to no resource that Floorkey knows.");
}
