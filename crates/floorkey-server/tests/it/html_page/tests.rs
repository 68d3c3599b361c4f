//! Tests the reader of pages.

use super::*;

const PAGE: &str = r#"<title>Not shown</title><main><h1>Users <span class="count">(2)</span></h1>
<div class="note good flash" role="status"><span>Saved for <b>2</b> users.</span></div>
<div class="field"><label for="email">Email <span class="optional">(optional)</span></label>
<input id="email" name="email" value="a&amp;b" aria-describedby="email-says"><p class="error" id="email-says">Not valid.</p></div>
<div class="field"><label for="team">Team</label><select id="team" name="team"><option value="">None</option>
<option value="7" selected>Red</option></select><p class="hint">For routing.</p></div>
<section><h2>Sessions <span class="count">(3)</span></h2></section><fieldset disabled><legend>Tags</legend><label><input type="checkbox" name="p" value="x" checked>X</label>
<p class="error">Too many.</p></fieldset>
<table><thead><tr><th>Name</th><th>Profiles</th></tr></thead><tbody>
<tr><th scope="row"><a href="/a?b&amp;c">Ann Lee</a></th><td>Agent</td></tr></tbody></table>
<button>Save</button><p hidden>Hidden</p><script>code()</script></main>"#;

#[test]
fn pages_are_read_by_labels_names_and_texts() {
    let page = Page::parse(PAGE);
    assert_eq!((page.heading(), page.flash()), ("Users (2)".to_owned(), "Saved for 2 users.".to_owned()));
    let email = page.field("Email");
    assert_eq!((email.value().as_str(), email.error().as_deref(), email.hint()), ("a&b", Some("Not valid."), None));
    let team = page.field("Team");
    assert_eq!((team.value().as_str(), team.error(), team.hint().as_deref()), ("7", None, Some("For routing.")));
    assert!(page.field("X").is_checked() && page.field("X").is_disabled() && !team.is_disabled());
    assert_eq!(page.section("Tags").error().as_deref(), Some("Too many."));
    assert_eq!((page.row("Ann Lee").cell("Profiles"), page.link("Ann Lee")), ("Agent".to_owned(), "/a?b&c".to_owned()));
    assert_eq!((page.checked("p"), page.unchecked("p"), page.errors().len()), (vec!["x".to_owned()], vec![], 2));
    assert_eq!((page.heading_of("Sessions"), page.strong()), ("Sessions (3)".to_owned(), vec![]));
    assert!(page.has_button("Save") && !page.has_button("Delete") && page.has_link_to("/a?b&c"));
    page.assert_shows("Saved for 2 users.");
    let row = page.parts("tbody tr")[0];
    assert_eq!((row.words().as_str(), row.parts("a")[0].attribute("href")), ("Ann Lee Agent", Some("/a?b&c")));
    // The checkbox is in a group that can't be changed, so a browser does not send it.
    let sent = [("email", "a&b"), ("team", "7")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(page.form_fields(), sent);
    for hidden in ["Hidden", "code()", "Not shown", "a&b"] {
        assert!(!page.text().contains(hidden), "{hidden}");
    }
}

#[test]
fn a_failure_says_what_the_page_has() {
    let says = |test: fn(&Page)| {
        let failed = std::panic::catch_unwind(|| test(&Page::parse(PAGE))).unwrap_err();
        failed.downcast_ref::<String>().unwrap().clone()
    };
    let field = says(|page| drop(page.field("Phone").value()));
    assert_eq!(field, r#"no field labeled “Phone”; the page has: ["Email", "Team", "X"]"#);
    assert!(says(|page| drop(page.row("Bob").cell("Name"))).ends_with(r#"the page has: ["Ann Lee"]"#));
    assert!(says(|page| drop(page.row("Ann Lee").cell("Age"))).ends_with(r#"the table has: ["Name", "Profiles"]"#));
    assert!(says(|page| drop(page.link("Edit"))).ends_with(r#"the page has: ["Ann Lee"]"#));
    assert!(says(|page| page.assert_shows("Hidden")).contains("Users (2) Saved for 2 users."));
    assert!(says(|page| page.assert_lacks("hidden")).starts_with("the page contains “hidden”"));
}
