//! Tests the list of users, and bulk actions.

use floorkey_aws::operation::Operation;
use serde_json::json;

use crate::visitor::{Visitor, hidden, page};
use crate::world::World;

/// Creates a server and the given number of agents with the logins `agent00`, `agent01`, and so on.
fn with_agents(many: usize) -> (World, Vec<String>) {
    let world = World::new();
    let agent = world.profile("Agent");
    let ids = (0..many).map(|at| world.new_user(&format!("agent{at:02}"), &[&agent])).collect();
    (world, ids)
}

/// Returns the sorted names of a user's profiles.
fn profiles_of(world: &World, user: &str) -> Vec<String> {
    let user = world.ok(Operation::DescribeUser, json!({ "UserId": user }));
    let all = world.ok(Operation::ListSecurityProfiles, json!({}));
    let all = all["SecurityProfileSummaryList"].as_array().unwrap().clone();
    let name = |id: &serde_json::Value| all.iter().find(|row| row["Id"] == *id).unwrap()["Name"].as_str().unwrap();
    let mut names: Vec<_> = user["User"]["SecurityProfileIds"].as_array().unwrap().iter().map(name).collect();
    names.sort_unstable();
    names.into_iter().map(str::to_owned).collect()
}

fn picked(ids: &[String]) -> Vec<(&str, &str)> {
    ids.iter().map(|id| ("user", id.as_str())).collect()
}

#[test]
fn the_list_is_searched_filtered_and_counted() {
    let (world, ids) = with_agents(3);
    let admin = Visitor::administrator(&world.server);
    let agent = world.profile("Agent");
    // The list of users can also be filtered by a restriction that the users have.
    let limited = world.new_profile("Limited", &["RestrictTaskCreation.Access"]);
    let both = json!({ "UserId": ids[2], "SecurityProfileIds": [agent, limited] });
    world.ok(Operation::UpdateUserSecurityProfiles, both);
    for (query, count) in [
        ("", 4),
        ("?q=agent", 3),
        ("?q=AGENT01", 1),
        ("?q=ann+agent02", 1),
        ("?q=0", 3),
        ("?q=nobody", 0),
        (&format!("?profile={agent}"), 3),
        (&format!("?profile={agent}&q=01"), 1),
        ("?permission=Users.Edit", 1),
        ("?permission=RestrictTaskCreation.Access", 1),
        ("?permission=Nonsense", 0),
        ("?group=none", 4),
        ("?status=disabled", 0),
        ("?status=locked", 0),
        ("?sign-in=never", 3),
        ("?factor=none", 4),
        ("?seen-since=2020-01-01", 1),
        ("?seen-before=2020-01-01", 3),
        ("?sort=seen", 4),
        (&format!("?profile.not={agent}"), 1),
        (&format!("?profile={}", world.profile("QualityAnalyst")), 0),
        ("?permission.not=Users.Edit", 3),
        ("?group.not-empty=1", 0),
        ("?login.contains=agent0&login.not=AGENT00", 2),
        ("?name.not-contains=other", 1),
        ("?password=temporary&sign-in.not=never", 0),
        ("?ends.empty=1", 4),
        ("?tag.empty=1", 4),
        ("?status=nonsense", 0),
        ("?status.not=nonsense", 0),
    ] {
        assert_eq!(
            admin.see(&format!("/connect/users{query}")).heading(),
            format!("User management ({count})"),
            "{query}"
        );
    }
    let none = admin.see(&format!("/connect/users?q=agent&profile={agent}&status=disabled"));
    assert_eq!(none.link("Remove the last filter"), format!("/connect/users?q=agent&profile={agent}"));
    // Users are locked out after five failed sign-ins.
    let stranger = Visitor::new(&world.server);
    for _ in 0..6 {
        stranger.post("/connect/login", &[("username", "agent01"), ("password", "Wr0ng-password")]);
    }
    assert_eq!(admin.see("/connect/users?status=locked").heading(), "User management (1)");
    let unlock = format!("/connect/users/unlock?user={}", ids[1]);
    let mark = hidden(&admin.see(&unlock), "mark");
    let said = admin.submit("/connect/users/unlock", &[("user", &ids[1]), ("mark", &mark)]);
    said.assert_flash("unlocked");
    assert_eq!(admin.see("/connect/users?status=locked").heading(), "User management (0)");
}

#[test]
fn pages_contain_every_user_once_and_lead_back_to_the_first() {
    let (world, _) = with_agents(120);
    let admin = Visitor::administrator(&world.server);
    let columns =
        ["login", "name", "email", "profiles", "routing", "hierarchy", "tags", "factors", "status", "seen", "ends"];
    for sort in columns.iter().flat_map(|column| [(*column).to_owned(), format!("-{column}")]) {
        let mut seen = Vec::new();
        let mut at = format!("/connect/users?sort={sort}");
        let mut first = None;
        for turn in 0..3 {
            let text = admin.see(&at);
            let logins =
                text.split("name=\"user\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
            seen.extend(logins);
            if turn == 0 {
                first = Some(text.clone());
            }
            match text.split_once("rel=\"next\" href=\"") {
                Some((_, rest)) => at = rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&"),
                None => break,
            }
        }
        let many = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((many, seen.len()), (121, 121), "{sort}");
        let last = admin.see(&at);
        let (_, rest) = last.split_once("rel=\"prev\" href=\"").unwrap();
        let middle = admin.see(&rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&"));
        let (_, rest) = middle.split_once("rel=\"prev\" href=\"").unwrap();
        let begin = admin.see(&rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&"));
        let rows = |text: &str| text.split_once("<tbody>").unwrap().1.split_once("</tbody>").unwrap().0.to_owned();
        assert_eq!(rows(&begin), rows(&first.unwrap()), "{sort}");
    }
}

#[test]
fn a_bulk_edit_adds_and_removes_profiles_and_keeps_the_others() {
    let (world, ids) = with_agents(3);
    let admin = Visitor::administrator(&world.server);
    let (agent, analyst) = (world.profile("Agent"), world.profile("QualityAnalyst"));
    let extra = world.new_profile("Extra", &["Queues.View"]);
    let input = json!({ "UserId": ids[0], "SecurityProfileIds": [agent, extra] });
    world.ok(Operation::UpdateUserSecurityProfiles, input);

    let query: Vec<_> = ids.iter().map(|id| format!("user={id}")).collect();
    let form = admin.see(&format!("/connect/users/edit?{}", query.join("&")));
    assert_eq!(form.heading(), "Edit 3 users");
    form.assert_shows("all 3");
    form.assert_shows("1 of 3");

    // The review also says in plain words that the users get full access.
    let all = world.profile("Admin");
    let power =
        admin.post("/connect/users/edit", &[picked(&ids), vec![("add", all.as_str()), ("do", "review")]].concat());
    page(&power).assert_shows("become full administrators, who can do everything.");

    let draft = [picked(&ids), vec![("add", analyst.as_str()), ("remove", agent.as_str())]].concat();
    let review = admin.post("/connect/users/edit", &[draft.clone(), vec![("do", "review")]].concat());
    let review = page(&review);
    assert_eq!(review.heading(), "Review the change to 3 users");
    review.assert_shows("Nothing is saved yet");
    review.assert_shows("agent01");
    assert_eq!(profiles_of(&world, &ids[0]), ["Agent", "Extra"]);

    // If one of the users changes, a review becomes outdated. The console then shows a new review and saves nothing.
    let mark = hidden(&review, "mark");
    world.ok(
        Operation::UpdateUserIdentityInfo,
        json!({ "UserId": ids[1], "IdentityInfo": { "FirstName": "Bea", "LastName": "Other" } }),
    );
    let stale =
        admin.post("/connect/users/edit", &[draft.clone(), vec![("mark", mark.as_str()), ("do", "save")]].concat());
    let first = "The operator changed the name or email of Bea Other (agent01)";
    page(&stale).assert_shows("while you viewed this page");
    page(&stale).assert_shows(first);
    assert_eq!(profiles_of(&world, &ids[0]), ["Agent", "Extra"]);

    let mark = hidden(&page(&stale), "mark");
    let done =
        admin.submit("/connect/users/edit", &[draft.clone(), vec![("mark", mark.as_str()), ("do", "save")]].concat());
    done.assert_flash("Saved for 3 users");
    assert!(done.has_button("Undo"));
    assert_eq!(profiles_of(&world, &ids[0]), ["Extra", "QualityAnalyst"]);
    assert_eq!(profiles_of(&world, &ids[2]), ["QualityAnalyst"]);
}

#[test]
fn a_bulk_edit_requires_one_to_ten_profiles_per_user_and_keeps_the_input() {
    let (world, ids) = with_agents(2);
    let admin = Visitor::administrator(&world.server);
    let agent = world.profile("Agent");
    let ask = |more: &[(&str, &str)]| {
        let answer = admin.post("/connect/users/edit", &[picked(&ids), more.to_vec()].concat());
        assert_eq!(answer.status, 422, "{}", page(&answer));
        page(&answer)
    };
    let none = ask(&[("remove", &agent), ("after-work", "30"), ("do", "review")]);
    none.assert_shows("2 users would have no security profile");
    none.assert_shows("agent00");
    assert_eq!(none.field("After-call work (seconds)").value(), "30");
    ask(&[("replace", "1"), ("do", "review")]).assert_shows("Every user must have at least one profile");
    let profiles: Vec<String> = (0..10).map(|at| world.new_profile(&format!("P{at}"), &["Queues.View"])).collect();
    let many: Vec<_> = profiles.iter().map(|id| ("add", id.as_str())).chain([("do", "review")]).collect();
    ask(&many).assert_shows("more than 10 security profiles");
    ask(&[("pick", "Nonsense"), ("do", "review")]).assert_shows("no security profile named");
    ask(&[("after-work", "soon"), ("do", "review")]).assert_shows("whole seconds");
    ask(&[("tags", "no tag"), ("do", "review")]).assert_shows("key = value");
    ask(&[("do", "review")]).assert_shows("nothing to save");
    assert_eq!(profiles_of(&world, &ids[1]), ["Agent"]);
    // A change that does not affect access is saved immediately for all users. Nothing else about the users changes.
    let said = admin.submit(
        "/connect/users/edit",
        &[picked(&ids), vec![("after-work", "30"), ("tags", "site = Lisbon"), ("do", "review")]].concat(),
    );
    said.assert_flash("Saved for 2 users");
    let user = world.ok(Operation::DescribeUser, json!({ "UserId": ids[0] }));
    assert_eq!(user["User"]["Tags"], json!({ "site": "Lisbon" }));
    assert_eq!(user["User"]["PhoneConfig"]["AfterContactWorkTimeLimit"], json!(30));
    assert_eq!(user["User"]["SecurityProfileIds"], json!([agent]));
}

#[test]
fn users_without_permission_are_refused_whatever_the_page_shows() {
    let (world, ids) = with_agents(1);
    let agent = Visitor::new(&world.server);
    agent.sign_in_first("agent00", "Passw0rd", "Better-passw0rd");
    let viewer = world.visitor("viewer", &["Users.View"]);
    let list = viewer.see("/connect/users");
    list.assert_lacks("name=\"user\"");
    list.assert_lacks("Add new users");
    let user = format!("?user={}", ids[0]);
    for path in
        ["", "/edit", "/reset", "/delete", "/disable", "/unlock", "/import", "/deleted", "/download", "/template"]
    {
        let path = format!("/connect/users{path}{user}");
        assert_eq!(agent.get(&path).status, 403, "{path}");
        let reads = ["/connect/users?", "/connect/users/download"].iter().any(|open| path.starts_with(open));
        assert_eq!(viewer.get(&path).status, if reads { 200 } else { 403 }, "{path}");
    }
    for action in ["edit", "reset", "delete", "disable", "enable", "unlock", "sign-out", "restore"] {
        let path = format!("/connect/users/{action}");
        for somebody in [&agent, &viewer] {
            let answer = somebody
                .post(&path, &[("user", &ids[0]), ("mark", "x"), ("add", &world.profile("Admin")), ("do", "save")]);
            assert_eq!(answer.status, 403, "{path}: {}", page(&answer));
        }
        let away = Visitor::new(&world.server).post(&path, &[("user", &ids[0])]);
        assert!(away.header("location").is_some_and(|to| to.starts_with("/connect/login")), "{path}");
    }
    assert_eq!(profiles_of(&world, &ids[0]), ["Agent"]);
}

#[test]
fn scoped_users_see_and_count_only_users_in_their_scope() {
    let (world, ids) = with_agents(4);
    for id in &ids[..2] {
        let tags = json!({ "resourceArn": world.arn(&format!("/agent/{id}")), "tags": { "site": "Lisbon" } });
        world.operator.ok(Operation::TagResource, &tags);
    }
    let input = json!({
        "SecurityProfileName": "Lisbon only", "Permissions": ["Users.View"],
        "AllowedAccessControlTags": { "site": "Lisbon" }, "TagRestrictedResources": ["User"],
    });
    let profile = world.ok(Operation::CreateSecurityProfile, input)["SecurityProfileId"].as_str().unwrap().to_owned();
    world.new_user("lead", &[&profile]);
    let lead = Visitor::new(&world.server);
    lead.sign_in_first("lead", "Passw0rd", "Better-passw0rd");
    let list = lead.see("/connect/users");
    assert_eq!(list.heading(), "User management (2)");
    list.assert_shows("agent00");
    list.assert_shows("agent01");
    list.assert_lacks("agent02");
    assert_eq!(lead.see("/connect/users?q=agent").heading(), "User management (2)");
    assert_eq!(lead.see("/connect/users?q=agent02").heading(), "User management (0)");
    page(&lead.get("/connect/users/download")).assert_lacks("agent02");
    page(&lead.get(&format!("/connect/users/delete?user={}", ids[2]))).assert_lacks("agent02");
}

#[test]
fn deleted_users_can_be_restored_unless_their_login_name_is_taken() {
    let (world, ids) = with_agents(3);
    let admin = Visitor::administrator(&world.server);
    let own = world.user("admin");
    let all = [picked(&ids[..2]), vec![("user", own.as_str())]].concat();
    let query: Vec<_> = all.iter().map(|(name, id)| format!("{name}={id}")).collect();
    let look = admin.see(&format!("/connect/users/delete?{}", query.join("&")));
    assert!(look.heading() == "Delete 2 users", "{look}");
    look.assert_shows("or who are you");
    let mark = hidden(&look, "mark");
    let said = admin.submit("/connect/users/delete", &[all, vec![("mark", &mark)]].concat());
    said.assert_flash("2 users are deleted");
    assert!(said.heading() == "User management (2)", "{said}");
    assert_eq!(admin.see("/connect/users/deleted").heading(), "Deleted users (2)");
    // One deleted user's login now belongs to a new user, so neither of the two deleted users is restored.
    world.new_user("agent01", &[&world.profile("Agent")]);
    let taken = admin.post("/connect/users/restore", &picked(&ids[..2]));
    assert_eq!(taken.status, 409);
    page(&taken).assert_shows("No users were restored");
    page(&taken).assert_shows("agent01");
    assert_eq!(admin.see("/connect/users").heading(), "User management (3)");
    let said = admin.submit("/connect/users/restore", &picked(&ids[..1]));
    said.assert_flash("Ann Other is back");
    assert_eq!(world.user("agent00"), ids[0]);
}

#[test]
fn many_users_are_edited_in_one_step_through_the_management_api_too() {
    let (world, ids) = with_agents(3);
    let (agent, analyst) = (world.profile("Agent"), world.profile("QualityAnalyst"));
    let path = |what: &str| format!("/floorkey/v1/instances/{}/users/{what}", world.instance);
    let send =
        |what: &str, body: serde_json::Value| world.operator.send("POST", &path(what), "", body.to_string().as_bytes());
    let edit = json!({ "UserIds": ids, "AddSecurityProfileIds": [analyst], "RemoveSecurityProfileIds": [agent] });
    let first = send("edit", edit.clone());
    assert_eq!((first.status, &first.json()["Changed"]), (200, &json!(3)), "{}", page(&first));
    assert_eq!(profiles_of(&world, &ids[2]), ["QualityAnalyst"]);
    let again = send("edit", edit).json();
    assert_eq!((&again["Changed"], &again["Revision"]), (&json!(0), &first.json()["Revision"]));
    // One of the users would lose their only profile, which is not allowed. The console therefore changes no user.
    world
        .ok(Operation::UpdateUserSecurityProfiles, json!({ "UserId": ids[2], "SecurityProfileIds": [agent, analyst] }));
    let wrong = send("edit", json!({ "UserIds": [ids[2], ids[0]], "RemoveSecurityProfileIds": [analyst] }));
    assert_eq!(wrong.status, 400, "{}", page(&wrong));
    assert_eq!(profiles_of(&world, &ids[2]), ["Agent", "QualityAnalyst"]);
    for id in &ids[..2] {
        world.ok(Operation::DeleteUser, json!({ "UserId": id }));
    }
    let back = send("restore", json!({ "UserIds": &ids[..2] }));
    assert_eq!((back.status, &back.json()["Changed"]), (200, &json!(2)), "{}", page(&back));
    assert_eq!(profiles_of(&world, &ids[1]), ["QualityAnalyst"]);
    assert_eq!(send("restore", json!({ "UserIds": &ids[..1] })).status, 404);
}
