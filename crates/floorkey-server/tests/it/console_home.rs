//! Tests the Home page. The number in each figure or finding equals the number of rows in the linked list.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::console_access::Authenticator;
use crate::console_user::{send, with};
use crate::console_users_files::{HEADINGS, send as csv};
use crate::html_page::Page;
use crate::server::Server;
use crate::visitor::{Visitor, hidden, page};
use crate::world::{World, text};

/// A figure or a finding on the Home page, with its link.
#[derive(Debug)]
struct Counted {
    count: usize,
    /// The text of the figure or finding.
    words: String,
    href: String,
}

/// Returns all figures and findings on the Home page. A figure is a link, and a finding contains one.
fn counted(home: &Page) -> Vec<Counted> {
    let counted = home.parts(".figure, tr[data-finding]").into_iter().map(|part| {
        let link = part.parts("a[data-count]").first().copied().unwrap_or(part);
        Counted {
            count: link.attribute("data-count").unwrap().parse().unwrap(),
            words: part.words(),
            href: link.attribute("href").unwrap_or_else(|| panic!("no link: {}", part.words())).to_owned(),
        }
    });
    counted.collect()
}

/// Returns the number of rows on all pages of a list, and the number in the list's heading.
fn rows(visitor: &Visitor, href: &str) -> (usize, usize) {
    let (mut rows, mut next) = (0, Some(href.to_owned()));
    let mut heading = None;
    while let Some(at) = next {
        let list = visitor.see(&at);
        heading.get_or_insert_with(|| {
            let heading = list.heading();
            let count = heading.split_once('(').unwrap_or_else(|| panic!("no count in {heading}")).1;
            let digits: String = count.chars().take_while(|c| *c != ' ' && *c != ')').filter(|c| *c != ',').collect();
            digits.parse().unwrap()
        });
        rows += list.parts("tbody").first().map_or(0, |body| body.parts("th[scope=row]").len());
        let links = list.parts("a");
        // In some lists, this link is an icon with a label.
        let is_next = |text: &str| text.starts_with("Next");
        let link = links.iter().find(|link| is_next(&link.text()) || link.attribute("aria-label").is_some_and(is_next));
        next = link.and_then(|link| link.attribute("href")).map(str::to_owned);
    }
    (rows, heading.unwrap())
}

/// Checks all figures and findings on the visitor's Home page, and returns them.
fn check(visitor: &Visitor) -> Vec<Counted> {
    let home = visitor.see("/connect/");
    let all = counted(&home);
    assert!(all.len() > 3, "{all:?}");
    for one in &all {
        let listed = match one.href.as_str() {
            "#findings" => (home.parts("tr[data-finding]").len(), one.count),
            href => rows(visitor, href),
        };
        assert_eq!(listed, (one.count, one.count), "{one:?}");
        let words = one.words.replace(',', "");
        assert!(words.split_whitespace().any(|word| word == one.count.to_string()), "{one:?}");
    }
    all
}

fn count_of(all: &[Counted], words: &str) -> usize {
    all.iter().find(|one| one.words.contains(words)).unwrap_or_else(|| panic!("no {words} in {all:?}")).count
}

fn admin(server: &Server) -> Visitor {
    let admin = Visitor::administrator(server);
    admin.get("/connect/guard?later=1");
    admin
}

#[test]
fn figures_match_their_lists_in_a_new_instance() {
    let world = World::new();
    let admin = admin(&world.server);
    let all = check(&admin);
    for (figure, count) in [("Users", 1), ("Security profiles", 4), ("Full administrators", 1), ("Open findings", 3)] {
        assert_eq!(count_of(&all, figure), count, "{figure}");
    }
    for (finding, count) in [
        ("Administrators without MFA", 1),
        ("Only one administrator can sign in", 1),
        ("Security profiles without users", 3),
    ] {
        assert_eq!(count_of(&all, finding), count, "{finding}");
    }
    // The instance was created today, so there is no earlier day to compare with.
    let home = admin.see("/connect/");
    home.assert_lacks("class=\"figure-chart\"");
    assert_eq!(home.row("Only one administrator can sign in").cell("Since"), "Today");
}

#[test]
fn figures_match_their_lists_in_the_demo() {
    let server = Server::demo();
    let admin = admin(&server);
    let all = check(&admin);
    assert_eq!(count_of(&all, "Users"), 207);
    // The changes over seven days equal what the audit log says.
    let home = compared(&admin);
    let charts = home.parts(".figure-chart").len();
    assert_eq!(charts, 4, "each figure has a chart");
    let users: Vec<String> = home.texts(".figure:first-child .about");
    let then = before(&home, "Users");
    let (created, deleted) = created_and_deleted(&server, then.1);
    assert!(created > 0, "{users:?}");
    assert_eq!(then.0 + created - deleted, 207, "{users:?}");
    assert_eq!(before(&home, "Security profiles").0, count_of(&all, "Security profiles") + 1, "one was deleted");
    assert_eq!(before(&home, "Full administrators").0, count_of(&all, "Full administrators") + 1);
    let since = home.row("Unused temporary passwords").cell("Since");
    assert!(since.contains("20"), "a date: {since}");
    assert!(home.row("Administrators without MFA").cell("Since").starts_with("Before"));
}

/// Returns the Home page with the review of earlier days, for which it doesn't wait long.
fn compared(visitor: &Visitor) -> Page {
    for _ in 0..100 {
        let home = visitor.see("/connect/");
        if home.contains("figure-chart") {
            return home;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("no review of earlier days");
}

/// Returns the number that a figure had at the start of a day, and that day in milliseconds.
fn before(home: &Page, label: &str) -> (usize, i64) {
    let figures = home.parts(".figure");
    let figure = figures.iter().find(|figure| figure.parts(".figure-label")[0].text() == label).unwrap();
    let compared = figure.parts(".about")[0].attribute("title").unwrap();
    let (count, day) = compared.split_once(" at the start of ").unwrap();
    let day = day.split_once(" (UTC)").unwrap().0;
    let date = jiff::civil::Date::strptime("%d %b %Y", day).unwrap_or_else(|error| panic!("{day}: {error}"));
    let start = date.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_millisecond();
    (count.replace(',', "").parse().unwrap(), start)
}

/// Returns how many users were created and deleted since a time, according to the audit log.
fn created_and_deleted(server: &Server, since: i64) -> (usize, usize) {
    let path = format!("/floorkey/v1/instances/{}/audit", server.instance());
    let audit = server.operator().send("GET", &path, "maxResults=1000", b"").json();
    let events: Vec<&Value> = audit["Events"].as_array().unwrap().iter().collect();
    let time = |event: &Value| (event["Time"].as_f64().unwrap() * 1000.0).round() as i64;
    assert!(events.iter().any(|event| time(event) < since), "the page of events is long enough");
    let of = |act: &str| {
        let done =
            |event: &&&Value| event["Act"] == act && event["Outcome"]["Result"] == "Done" && time(event) >= since;
        events.iter().filter(done).count()
    };
    (of("CreateUser"), of("DeleteUser"))
}

#[test]
fn figures_match_their_lists_in_an_instance_with_all_cases() {
    let world = World::new();
    let admin = admin(&world.server);
    let (site, team) = groups(&world);
    let full = world.profile("Admin");
    let agent = world.profile("Agent");
    let scoped = json!({
        "SecurityProfileName": "Own team", "Permissions": ["Users.View", "Users.Edit", "SecurityProfiles.View"],
        "HierarchyRestrictedResources": ["User"],
    });
    let lead = text(&world.ok(Operation::CreateSecurityProfile, scoped)["SecurityProfileId"]);
    let creating = world.new_profile("Creating", &["Users.View", "Users.Create"]);
    for at in 0..4 {
        let group = if at % 2 == 0 { &site } else { &team };
        hire(&world, &format!("lead{at}"), &[&lead], Some(group));
    }
    let creator = hire(&world, "creator", &[&creating], Some(&team));
    // The administrators differ. One can sign in, one has no password, one is disabled, and three have a temporary, an
    // expired or a future assignment.
    hire(&world, "second", &[&full], None);
    let without = [("lead4", "Own team", "Lisbon"), ("lead5", "Own team", "Lisbon / Payments"), ("third", "Admin", "")];
    hire_without_passwords(&admin, &without);
    let off = hire(&world, "off", &[&full], None);
    for user in [&off, &creator] {
        world.extension("POST", &format!("/users/{user}/disable"), &Value::Null);
    }
    for (login, from, until) in
        [("now", "", "2099-01-01T10:00"), ("over", "", "2020-01-01T10:00"), ("later", "2098-01-01T10:00", "")]
    {
        let user = hire(&world, login, &[&agent, &full], None);
        dated(&admin, &user, &full, from, until);
    }
    // The user `second` has MFA enabled.
    let second = Visitor::new(&world.server);
    second.sign_in_first("second", "Passw0rd", "Better-passw0rd");
    Authenticator::added(&second);
    // This user is locked out.
    let stranger = Visitor::new(&world.server);
    for _ in 0..12 {
        stranger.post("/connect/login", &[("username", "lead0"), ("password", "Wrong-passw0rd")]);
    }
    let all = check(&admin);
    assert_eq!(count_of(&all, "Full administrators"), 3, "admin, second and now: {all:?}");
    assert_eq!(count_of(&all, "Administrators without MFA"), 2, "admin and now");
    let path = all.iter().find(|one| one.words.contains("Escalation path: Own team")).unwrap();
    assert_eq!(path.count, 6);
    assert!(
        path.words.contains("Users with it can reset the passwords of users in their own hierarchy group"),
        "{path:?}"
    );
    // If the viewer's permissions have a scope, the figures count only records in that scope.
    let seeing = Visitor::new(&world.server);
    seeing.sign_in_first("lead1", "Passw0rd", "Better-passw0rd");
    let part = check(&seeing);
    assert!(count_of(&part, "Users") < count_of(&all, "Users"));
    let home = seeing.see("/connect/");
    home.assert_lacks("class=\"figure-chart\"");
    assert!(!home.contains("<th scope=\"col\" class=\"since\">"), "earlier days count users outside the scope");
}

/// Creates a hierarchy group and a subgroup.
pub(crate) fn groups(world: &World) -> (String, String) {
    let levels = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" }, "LevelTwo": { "Name": "Team" } } });
    world.ok(Operation::UpdateUserHierarchyStructure, levels);
    let group = |input: Value| text(&world.ok(Operation::CreateUserHierarchyGroup, input)["HierarchyGroupId"]);
    let site = group(json!({ "Name": "Lisbon" }));
    let team = group(json!({ "Name": "Payments", "ParentGroupId": site }));
    (site, team)
}

pub(crate) fn hire(world: &World, login: &str, profiles: &[&str], group: Option<&str>) -> String {
    let mut input = world.user_input(login, profiles);
    if let Some(group) = group {
        input["HierarchyGroupId"] = group.into();
    }
    text(&world.operator.ok(Operation::CreateUser, &input)["UserId"])
}

/// Creates users without passwords. Each tuple contains the user's login, profile and hierarchy group.
pub(crate) fn hire_without_passwords(admin: &Visitor, users: &[(&str, &str, &str)]) {
    let line = |(login, profile, group): &(&str, &str, &str)| {
        format!("A,B,{login},{login}@example.com,{profile},Basic Routing Profile,{group},,\n")
    };
    let lines: String = users.iter().map(line).collect();
    let ready = page(&csv(admin, &format!("{HEADINGS}\n{lines}")));
    let upload = hidden(&ready, "upload");
    let done = admin.submit("/connect/users/import", &[("upload", &upload), ("passwords", "none")]);
    done.assert_flash("They have no password yet");
}

/// Sets the start time and the end time of an assignment.
pub(crate) fn dated(admin: &Visitor, user: &str, profile: &str, from: &str, until: &str) {
    let address = format!("/connect/users/{user}/details");
    let form = with(&admin.see(&address).form_fields(), &format!("from-{profile}"), from);
    let form = with(&form, &format!("until-{profile}"), until);
    let review = send(admin, &address, &form);
    let answer = if review.status == 200 {
        let mut confirmed = page(&review).form_fields();
        confirmed.push(("step".to_owned(), "save".to_owned()));
        send(admin, &address, &confirmed)
    } else {
        review
    };
    assert_eq!(answer.status, 303, "{}", page(&answer));
}
