//! Permissions in other applications: stored, and denied while nobody registered the namespace.

use floorkey::profile::Application;
use floorkey::{Action, Command, GuardMode, Reason, Request, SecurityProfileEdit, Target};

use crate::world::{World, assign, flagged, operator, update};

fn crm(permissions: &[&str]) -> SecurityProfileEdit {
    let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
    let crm = Application { namespace: "crm".to_owned(), permissions, kind: None };
    SecurityProfileEdit { applications: Some(vec![crm]), ..SecurityProfileEdit::default() }
}

#[test]
fn an_application_that_nobody_registered_is_denied_with_that_reason() {
    let mut world = World::new();
    let profile = world.profile("Agent");
    world.done(&operator(), update(profile, crm(&["ACCESS"])));
    let ann = world.hire("ann", &["Agent"]);
    assert_eq!(world.directory.profile(profile).unwrap().applications[0].namespace, "crm");
    let action = Action::Application { namespace: "crm", permission: "ACCESS" };
    let request = Request::new(ann, action, Target::Instance, world.now);
    let decision = world.directory.decide(&request);
    assert_eq!((decision.allowed(), decision.reason), (false, Reason::NamespaceNotRegistered));
}

#[test]
fn applications_are_named_once_and_grant_something() {
    let mut world = World::new();
    let profile = world.profile("Agent");
    let [app] = <[Application; 1]>::try_from(crm(&["ACCESS"]).applications.unwrap()).unwrap();
    let twice = SecurityProfileEdit { applications: Some(vec![app.clone(), app.clone()]), ..Default::default() };
    assert_eq!(world.refused(&operator(), update(profile, twice)), "invalid");
    assert_eq!(world.refused(&operator(), update(profile, crm(&[]))), "invalid");
    assert_eq!(world.refused(&operator(), update(profile, crm(&[""]))), "invalid");
    let many = vec!["A"; 51];
    assert_eq!(world.refused(&operator(), update(profile, crm(&many))), "limit-exceeded");
    let namespaces = (0..11).map(|at| Application { namespace: format!("app-{at}"), ..app.clone() }).collect();
    let many = SecurityProfileEdit { applications: Some(namespaces), ..Default::default() };
    assert_eq!(world.refused(&operator(), update(profile, many)), "limit-exceeded");
}

#[test]
fn what_one_does_not_hold_in_an_application_one_does_not_give() {
    let mut world = World::new();
    world.grant("Editor", &["SecurityProfiles.Edit", "Users.Edit"]);
    let ella = world.hire("ella", &["Editor"]);
    let target = world.grant("Target", &[]);
    let give = || update(target, crm(&["ACCESS"]));
    let change = world.clone().done(&crate::world::by(ella), give());
    assert!(flagged(&change));
    world.guard(GuardMode::Enforce);
    let refusal = world.try_to(&crate::world::by(ella), give()).unwrap_err();
    assert!(refusal.to_string().contains("ACCESS of the application crm"), "{refusal}");
    // Nor by handing out a profile that somebody else made, nor by taking over who holds it.
    world.done(&operator(), give());
    world.grant("Nothing", &[]);
    let ann = world.hire("ann", &["Nothing"]);
    assert_eq!(world.refused(&crate::world::by(ella), assign(ann, &[target])), "guard");
    let user = world.hire("bea", &["Target"]);
    assert_eq!(world.refused(&crate::world::by(ella), crate::world::reset(user)), "guard");
    let (me, own) = (world.user("ella"), world.profile("Editor"));
    assert_eq!(world.refused(&crate::world::by(ella), assign(me, &[own, target])), "guard");
}

#[test]
fn a_full_administrator_gives_permissions_of_any_application() {
    let mut world = World::enforcing();
    let (admin, profile) = (world.acting("admin"), world.profile("Agent"));
    assert!(!flagged(&world.done(&admin, update(profile, crm(&["ACCESS"])))));
    let command = Command::UpdateSecurityProfile { profile, edit: Box::new(crm(&["ADMIN"])) };
    assert!(!flagged(&world.done(&admin, command)));
}
