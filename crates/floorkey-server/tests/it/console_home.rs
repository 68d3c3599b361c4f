//! Tests the Home page. The number in each statistic or finding equals the number of rows in the linked list.

use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use crate::console_access::Authenticator;
use crate::console_user::{send, with};
use crate::console_users_files::{HEADINGS, send as csv};
use crate::html_page::Page;
use crate::server::Server;
use crate::visitor::{Visitor, hidden, page};
use crate::world::{World, text};

/// A statistic or a finding on the Home page, with its link.
#[derive(Debug)]
struct Counted {
    count: usize,
    /// The text of the statistic or finding.
    words: String,
    href: String,
}

/// Returns all statistics and findings on the Home page. A statistic is a link, and a finding contains one.
fn counted(home: &Page) -> Vec<Counted> {
    let counted = home.parts("[data-count]").into_iter().map(|part| {
        let link = part.parts("a").first().copied().unwrap_or(part);
        Counted {
            count: part.attribute("data-count").unwrap().parse().unwrap(),
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
        let link = links.iter().find(|link| link.text().starts_with("Next"));
        next = link.and_then(|link| link.attribute("href")).map(str::to_owned);
    }
    (rows, heading.unwrap())
}

/// Checks all statistics and findings on the visitor's Home page, and returns them.
fn check(visitor: &Visitor) -> Vec<Counted> {
    let all = counted(&visitor.see("/connect/"));
    assert!(all.len() > 4, "{all:?}");
    for one in &all {
        assert_eq!(rows(visitor, &one.href), (one.count, one.count), "{one:?}");
        let said = one.words.split_whitespace().next().unwrap().replace(',', "");
        let said = if said == "Only" || said == "No" { 1 } else { said.parse().unwrap_or_else(|_| panic!("{one:?}")) };
        assert_eq!(said, one.count, "{one:?}");
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
    let all = check(&admin(&world.server));
    assert_eq!((count_of(&all, "Enabled and disabled"), count_of(&all, "administrator can sign in")), (1, 1));
    assert_eq!(count_of(&all, "Only one administrator can sign in. Add a second"), 1);
    assert_eq!(count_of(&all, "security profiles have no users"), 3);
}

#[test]
fn figures_match_their_lists_in_the_demo() {
    let server = Server::demo();
    let all = check(&admin(&server));
    assert_eq!(count_of(&all, "users Enabled and disabled"), 207);
    // The statistic and the finding about administrators show the same number.
    let administrators: Vec<_> =
        all.iter().filter(|one| one.href.ends_with("access=full")).map(|one| one.count).collect();
    assert_eq!(administrators.len(), 2, "the figure and the finding: {all:?}");
    assert!(administrators.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
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
    assert_eq!(count_of(&all, "able to sign in or not"), 4, "admin, second, third and now: {all:?}");
    assert_eq!(count_of(&all, "administrators can sign in"), 3, "admin, second and now");
    assert_eq!(count_of(&all, "who can sign in have no MFA"), 2, "admin and now");
    assert_eq!(count_of(&all, "can edit or create users"), 10, "six leads and four administrators");
    assert_eq!(count_of(&all, "disabled Can"), 2);
    let risky = all.iter().find(|one| one.words.contains("6 users have Own team")).unwrap();
    assert!(risky.words.contains("They can reset the passwords of users in their own hierarchy group"), "{risky:?}");
    // If the viewer's permissions have a scope, the statistics count only records in that scope.
    let seeing = Visitor::new(&world.server);
    seeing.sign_in_first("lead1", "Passw0rd", "Better-passw0rd");
    let part = check(&seeing);
    assert!(count_of(&part, "users Enabled and disabled") < count_of(&all, "users Enabled and disabled"));
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
