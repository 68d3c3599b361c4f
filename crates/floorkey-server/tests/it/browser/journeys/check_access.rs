//! Tests checking a decision, reading its reason, and copying the request.

use super::demo;

#[test]
fn a_decision_is_checked_and_its_request_copied() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    page.goto("/connect/access");
    page.menu("Check access");
    page.fill("Who", "isabel.tavares");
    page.fill("Permission", "Users: View");
    page.fill("Which one", "tom.okafor");
    page.submit("Check");
    page.reads("Denied");
    page.reads("Supervisor - Lisbon selected; only in Portugal / Lisbon, and below");
    page.reads("Does not cover it");
    page.reads("What would allow it");
    assert!(!page.url().contains("kind=") && page.url().contains("to=tom.okafor"), "{}", page.url());
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
fn an_ambiguous_name_offers_choices_without_script() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    page.without_script();
    page.goto("/connect/check-access");
    page.fill("Who", "tom.oka");
    page.fill("Permission", "bookings: refund");
    page.fill("Which one", "NS-20431");
    page.submit("Check");
    page.reads("Which one?");
    page.submit("Tom Okafor (tom.okafor)");
    page.reads("Denied");
    page.reads("Supervisor - Lisbon");
    page.submit("On which other resources?");
    page.reads("It applies to no resource that Floorkey knows.");
}
