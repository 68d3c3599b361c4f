//! Tests users in files: importing users, downloading the list, and resetting many passwords.

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::html_page::Page;
use crate::http::Answer;
use crate::visitor::{Visitor, hidden, page};
use crate::world::World;

pub(crate) const HEADINGS: &str = "First name,Last name,User login,Email address,Security profile name|s,Routing profile name,User hierarchy,Phone number,Tags";

/// Uploads pasted lines for the console to check.
pub(crate) fn send(visitor: &Visitor, text: &str) -> Answer {
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--x\r\nContent-Disposition: \
         form-data; name=\"text\"\r\n\r\n{text}\r\n--x--\r\n"
    );
    visitor.send("POST", "/connect/users/import", Some("multipart/form-data; boundary=x"), body.as_bytes())
}

/// Waits until a job is done, and returns the page with the job's result.
pub(crate) fn wait(visitor: &Visitor, answer: &Answer) -> Page {
    assert_eq!(answer.status, 303, "{}", page(answer));
    let at = answer.header("location").unwrap().to_owned();
    for _ in 0..600 {
        let answer = visitor.get(&at);
        if answer.header("refresh").is_none() {
            assert_eq!(answer.status, 200, "{}", page(&answer));
            return page(&answer);
        }
        page(&answer).assert_has("progress");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("the work never ends");
}

/// Returns the passwords on the printed slips.
pub(crate) fn passwords(page: &str) -> Vec<String> {
    let each = page.split("class=\"secret\"").skip(1);
    each.map(|rest| rest.split_once('>').unwrap().1.split_once('<').unwrap().0.to_owned()).collect()
}

#[test]
fn a_file_is_checked_line_by_line_and_imported_completely_or_not_at_all() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    world.ok(
        Operation::UpdateUserHierarchyStructure,
        json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" } } }),
    );
    world.ok(Operation::CreateUserHierarchyGroup, json!({ "Name": "Lisbon" }));
    world.new_user("ann.lee", &[&world.profile("Agent")]);
    let wrong = format!(
        "{HEADINGS}\nAnn,Lee,ann.lee,,Agent,Basic Routing Profile,,,\nBo,Roe,bo.roe,,Agnet,Basic Routing Profile,Lisbn,,\n\
         Cy,Poe,cy.poe,,Agent|QualityAnalyst,Basic Routing Profile,Lisbon,+15550100,site=Lisbon\nDi,Poe,CY.POE,,Agent,Basic,,,colour\n"
    );
    let answer = send(&admin, &wrong);
    let report = page(&answer);
    assert_eq!(answer.status, 422);
    report.assert_alert("3 of 4 lines are not valid");
    for (login, words) in [
        ("ann.lee", "already a user named"),
        ("bo.roe", "did you mean “Agent”?"),
        ("bo.roe", "did you mean “Lisbon”?"),
        ("CY.POE", "already in line 4"),
        ("CY.POE", "no routing profile “Basic”"),
        ("CY.POE", "“colour” is not a tag"),
    ] {
        let problem = report.row(login).cell("Problem");
        assert!(problem.contains(words), "{login}: {problem}");
    }
    // The page keeps what was pasted.
    assert!(report.field("Or paste the lines").value().contains("Cy,Poe,cy.poe"));
    assert_eq!(page(&admin.get("/connect/users?q=cy.poe")).matches("name=\"user\"").count(), 0);
    for (text, words) in [("", "file is empty"), ("User login,Password\nx,y\n", "passwords are never read")] {
        let answer = send(&admin, text);
        assert_eq!(answer.status, 422, "{}", page(&answer));
        page(&answer).assert_shows(words);
    }

    let right = format!(
        "{HEADINGS}\nCy,Poe,cy.poe,,Agent|QualityAnalyst,Basic Routing Profile,Lisbon,+15550100,site=Lisbon\n\
         Di,Poe,ann.1ee,,Agent,Basic Routing Profile,,,\n"
    );
    let ready = page(&send(&admin, &right));
    assert!(ready.has_button("Add 2 users"));
    ready.assert_shows("looks like that of “ann.lee”");
    assert_eq!(page(&admin.get("/connect/users?q=cy.poe")).matches("name=\"user\"").count(), 0);
    let upload = hidden(&ready, "upload");
    let slips = wait(&admin, &admin.post("/connect/users/import", &[("upload", &upload), ("passwords", "one-time")]));
    let [first, second] = passwords(&slips).try_into().unwrap();
    assert_ne!(first, second);
    Visitor::new(&world.server).sign_in_first("cy.poe", &first, "Better-passw0rd");
    let user = world.ok(Operation::DescribeUser, json!({ "UserId": world.user("cy.poe") }));
    assert_eq!(user["User"]["SecurityProfileIds"].as_array().unwrap().len(), 2);
    assert_eq!(user["User"]["Tags"], json!({ "site": "Lisbon" }));
    // An upload can't be imported a second time.
    assert_eq!(admin.post("/connect/users/import", &[("upload", &upload)]).status, 409);
}

#[test]
fn a_download_escapes_formulas_and_is_audited_and_the_template_can_be_imported() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let id = world.new_user("eve", &[&world.profile("Agent")]);
    let evil = json!({ "UserId": id, "IdentityInfo": { "FirstName": "=1+1", "LastName": "\"quoted\", twice" } });
    world.ok(Operation::UpdateUserIdentityInfo, evil);
    let answer = admin.get("/connect/users/download?q=eve");
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(answer.header("content-disposition").is_some_and(|it| it.contains("users.csv")));
    let text = page(&answer);
    assert!(text.starts_with("\u{feff}First name,") && text.lines().count() == 2, "{text}");
    assert!(
        text.contains("\n'=1+1,\"\"\"quoted\"\", twice\",eve,") && text.contains(",Agent,Basic Routing Profile,"),
        "{text}"
    );
    let path = format!("/floorkey/v1/instances/{}/audit", world.instance);
    let audit = world.operator.send("GET", &path, "maxResults=5", b"").json().to_string();
    assert!(audit.contains("DownloadUsers"), "{audit}");
    // The page reports that the user will get full access. The user has no password yet.
    let power = page(&send(&admin, &format!("{HEADINGS}\nDi,Doe,di.doe,,Admin,Basic Routing Profile,,,\n")));
    power.assert_shows("Di Doe (di.doe) becomes a full administrator");
    let template = page(&admin.get("/connect/users/template"));
    page(&send(&admin, template.trim_start_matches('\u{feff}'))).assert_shows("Add 1 user");
}

#[test]
fn many_passwords_are_reset_and_shown_once_to_the_actor() {
    let world = World::new();
    let agent = world.profile("Agent");
    let ids: Vec<String> = (0..3).map(|at| world.new_user(&format!("agent{at}"), &[&agent])).collect();
    let (admin, one) = (Visitor::administrator(&world.server), Visitor::new(&world.server));
    one.sign_in_first("agent0", "Passw0rd", "Better-passw0rd");
    let query: Vec<_> = ids.iter().map(|id| format!("user={id}")).collect();
    let look = admin.see(&format!("/connect/users/reset?{}", query.join("&")));
    look.assert_shows("(agent0) is signed in now");
    assert_eq!(look.checked("revoke"), ["1"]);
    let mark = hidden(&look, "mark");
    let mut fields: Vec<_> = ids.iter().map(|id| ("user", id.as_str())).collect();
    fields.extend([("mark", mark.as_str()), ("revoke", "1")]);
    let begun = admin.post("/connect/users/reset", &fields);
    let at = begun.header("location").unwrap().to_owned();
    assert_ne!(one.get(&at).status, 200, "it is nobody else's");
    let slips = wait(&admin, &begun);
    let passwords = passwords(&slips);
    assert_eq!(passwords.len(), 3);
    assert_eq!(one.get("/connect/access").status, 303, "the session has ended");
    for (at, password) in passwords.iter().enumerate() {
        Visitor::new(&world.server).sign_in_first(&format!("agent{at}"), password, "Other-passw0rd");
    }
    let stranger = Visitor::new(&world.server);
    stranger.sign_in("agent0", "Other-passw0rd");
    assert_eq!(stranger.get(&at).status, 410, "and stays so");
}

#[test]
fn lookalikes_in_another_script_are_reported_line_by_line() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    world.new_user("coco", &[&world.profile("Agent")]);
    let line = |login: &str| format!("A,B,{login},,Agent,Basic Routing Profile,,,\n");
    let file: String = ["сосо", "аnn", "ооо", "ooo"].map(line).concat();
    let answer = send(&admin, &format!("{HEADINGS}\n{file}"));
    let report = page(&answer);
    assert_eq!(answer.status, 422, "{report}");
    for words in [
        "looks like `coco`, but uses another script",
        "in a login name must be from one script",
        "looks like “ооо” in this file, but is written in another script",
        "3 of 4 lines are not valid",
    ] {
        report.assert_shows(words);
    }
}

#[test]
fn a_reserved_login_is_reported_line_by_line() {
    let world = World::new();
    let strong = world.new_profile("Strong", &["SecurityProfiles.Edit"]);
    let agent = world.profile("Agent");
    for (login, profile) in [("strong", &strong), ("weak", &agent)] {
        let user = world.new_user(login, &[profile]);
        world.ok(Operation::DeleteUser, json!({ "UserId": user }));
    }
    let rights = ["Users.View", "Users.Create", "Users.EditPermission", "BasicAgentAccess", "OutboundCallAccess"];
    let mia = world.visitor("mia", &rights);
    let line = |login: &str| format!("A,B,{login},,Agent,Basic Routing Profile,,,\n");
    let answer = send(&mia, &format!("{HEADINGS}\n{}{}", line("strong"), line("weak")));
    let report = page(&answer);
    assert_eq!(answer.status, 422, "{report}");
    for words in ["`strong` is reserved until 20", "1 of 2 lines"] {
        report.assert_shows(words);
    }
    // Mia can use the login that is reserved for another user. The page warns that the login is reserved.
    let ready = page(&send(&mia, &format!("{HEADINGS}\n{}", line("weak"))));
    ready.assert_shows("is reserved for the user who had it last");
}
