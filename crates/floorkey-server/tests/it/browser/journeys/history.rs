//! Tests finding a change in the history.

use super::demo;

#[test]
fn a_change_to_a_user_is_in_the_history_and_is_found_by_a_filter() {
    let demo = demo();
    let Some(page) = demo.open_as("admin") else { return };
    page.open_user("hugo.meireles", "Hugo Meireles");
    page.submit("Details");
    page.select("Add a security profile", "Auditor");
    page.click("Add");
    page.submit("Save");
    page.reads("Nothing is saved yet.");
    page.reads("New permissions");
    page.submit("Save");
    page.reads("Undo");
    assert_eq!(page.held(), ["Auditor", "Supervisor - Lisbon"]);

    page.menu("Historical changes");
    page.reads("Changed the security profiles");
    page.reads("Security profile added: Auditor");
    page.fill("On", "hugo.meireles");
    page.submit("Apply");
    page.reads("On: Hugo Meireles (hugo.meireles)");
    let on = page.run("return [...document.querySelectorAll('td[data-label=On]')].map(one => one.innerText)", vec![]);
    let on = on.as_array().unwrap();
    assert!(!on.is_empty() && on.iter().all(|name| name.as_str().unwrap().contains("Hugo Meireles")), "{on:?}");
    page.goto("/connect/history?user=elif.nobody");
    page.reads("No user whom you can see has the name, login or ID elif.nobody.");
}
