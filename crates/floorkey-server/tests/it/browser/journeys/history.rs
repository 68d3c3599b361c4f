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
    page.reads("Floorkey Administrator (admin) changed the security profiles of Hugo Meireles");
    page.reads("Security profile: Auditor");
    page.click("Filter");
    page.fill("About the user", "hugo.meireles");
    page.submit("Show");
    page.reads("Security profile: Auditor");
    let heads = page.run("return [...document.querySelectorAll('.event-head')].map(one => one.innerText)", vec![]);
    let heads = heads.as_array().unwrap();
    assert!(
        !heads.is_empty() && heads.iter().all(|head| head.as_str().unwrap().contains("Hugo Meireles")),
        "{heads:?}"
    );
    page.goto("/connect/history?user=elif.nobody");
    page.reads("None of the users whom you can see has the login name or ID elif.nobody");
}
