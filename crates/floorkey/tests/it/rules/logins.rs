//! Logins over time: the users that stored values refer to, and how long logins stay reserved.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::audit::Flag;
use floorkey::profile::Application;
use floorkey::{
    Action, Actor, AnyPermission, ApplicationResource, Command, Condition, Directory, FormerLogin, Given, NewUser,
    Record, RecordKey, Refusal, Request, Revision, Said, SecurityProfileEdit, Target, Timestamp, User, UserId,
};

use crate::matrix::applications::{order, orders};
use crate::world::{World, by, granting, granting_tagged, operator, tags, undo};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Returns a contact center in which users with the profile Owners can refund the orders that they own.
fn shop() -> World {
    let mut world = World::new();
    world.done(&operator(), Command::RegisterApplication(Box::new(orders())));
    let held = Application { namespace: "orders".to_owned(), permissions: vec!["refund".to_owned()], kind: None };
    let name = AnyPermission::Application { namespace: "orders".to_owned(), name: "refund".to_owned() };
    let own = BTreeSet::from([Condition::Own { attribute: "owner".to_owned() }]);
    let conditions = Some(BTreeMap::from([(name, own)]));
    let edit = SecurityProfileEdit { applications: Some(vec![held]), conditions, ..SecurityProfileEdit::default() };
    world.make_profile("Owners", edit);
    world
}

/// Registers an order with this owner.
fn owned(world: &mut World, id: &str, owner: &str) {
    let resource = ApplicationResource { attributes: tags(&[("owner", owner)]), ..order(id) };
    let command = Command::PutApplicationResources { namespace: "orders".to_owned(), resources: vec![resource] };
    world.done(&operator(), command);
}

fn owns_in(directory: &Directory, user: UserId, id: &str, at: Timestamp) -> bool {
    let action = Action::Application { namespace: "orders", permission: "refund" };
    let target = Target::Application { namespace: "orders", id };
    directory.decide(&Request::new(user, action, target, at)).allowed()
}

fn owns(world: &World, user: UserId, id: &str) -> bool {
    owns_in(&world.directory, user, id, world.now)
}

fn rename(user: UserId, username: &str) -> Command {
    Command::RenameUserLogin { user, username: username.to_owned() }
}

#[test]
fn a_rename_to_the_login_of_a_deleted_user_does_not_transfer_resources() {
    let mut world = shop();
    let (gone, tom) = (world.hire("gone", &["Owners"]), world.hire("tom", &["Owners"]));
    owned(&mut world, "1", "Gone");
    assert!(owns(&world, gone, "1") && !owns(&world, tom, "1"));
    world.done(&operator(), Command::DeleteUser { user: gone });
    world.done(&operator(), rename(tom, "gone"));
    assert!(!owns(&world, tom, "1"), "tom owns what was another's");
    // A value that was set while no user had the login does not mean tom either.
    world.done(&operator(), rename(tom, "tom"));
    owned(&mut world, "2", "gone");
    world.done(&operator(), rename(tom, "gone"));
    assert!(!owns(&world, tom, "2"));
    // A value that is set while tom has the login means tom, even after a rename of tom. Its text stays as written.
    owned(&mut world, "3", "gone");
    world.done(&operator(), rename(tom, "thomas"));
    assert!(owns(&world, tom, "3"));
    assert_eq!(world.directory.application_resource("orders", "3").unwrap().attributes["owner"], "gone");
    // A value that is set again to the same text keeps its meaning, so an application that registers its resources
    // every night does not transfer them.
    let heir = world.hire("gone", &["Owners"]);
    owned(&mut world, "3", "gone");
    assert!(owns(&world, tom, "3") && !owns(&world, heir, "3"));
}

#[test]
fn the_next_user_of_a_deleted_users_login_inherits_nothing() {
    let mut world = shop();
    let gone = world.hire("sam", &["Owners"]);
    owned(&mut world, "1", "sam");
    let was = world.directory.user(gone).unwrap().clone();
    world.done(&operator(), Command::DeleteUser { user: gone });
    owned(&mut world, "2", "sam");
    let next = world.hire("sam", &["Owners"]);
    owned(&mut world, "3", "sam");
    assert_eq!(["1", "2", "3"].map(|id| owns(&world, next, id)), [false, true, true]);
    // The first user, restored under another login, owns their former resources.
    let back = User { username: "sam.first".to_owned(), ..User::clone(&was) };
    world.done(&operator(), Command::RestoreUser { user: Box::new(back), password: None });
    assert_eq!(["1", "2", "3"].map(|id| owns(&world, gone, id)), [true, false, false]);
}

#[test]
fn an_unused_login_means_the_first_user_created_with_it() {
    let mut world = shop();
    owned(&mut world, "1", "ann");
    let bob = world.hire("bob", &["Owners"]);
    world.done(&operator(), rename(bob, "ann"));
    assert!(!owns(&world, bob, "1"));
    world.done(&operator(), rename(bob, "bob"));
    let ann = world.hire("ann", &["Owners"]);
    assert!(owns(&world, ann, "1"));
    // A login in a request means the user who has it at that time, and a text that is a user id is never a login.
    let action = Action::Application { namespace: "orders", permission: "refund" };
    let target = Target::Application { namespace: "orders", id: "1" };
    let supplied = tags(&[("owner", "BOB")]);
    let given = Given { target: Said { attributes: &supplied, ..Said::NOTHING }, ..Given::default() };
    let request = Request { given: Some(&given), ..Request::new(bob, action, target, world.now) };
    assert!(world.directory.decide(&request).allowed());
    let mimic = world.hire("eve", &["Owners"]);
    world.done(&operator(), rename(mimic, &ann.to_string()));
    owned(&mut world, "2", &ann.to_string());
    assert_eq!((owns(&world, ann, "2"), owns(&world, mimic, "2")), (true, false));
}

#[test]
fn an_undo_restores_a_value_with_its_meaning() {
    let mut world = World::new();
    let own = BTreeSet::from([Condition::Own { attribute: "owner".to_owned() }]);
    let name = AnyPermission::Catalogue(floorkey::Permission::parse("Users.View").unwrap());
    let conditions = Some(BTreeMap::from([(name, own)]));
    world.make_profile("Own users", SecurityProfileEdit { conditions, ..granting(&["Users.View"]) });
    let (gone, tom) = (world.hire("gone", &["Own users"]), world.hire("tom", &["Own users"]));
    let agent = world.hire_as(NewUser { tags: tags(&[("owner", "gone")]), ..world.clone().new_user("x", &["Agent"]) });
    let sees = |world: &World, user| world.decide(user, "Users.View", Target::User(agent)).allowed();
    assert_eq!((sees(&world, gone), sees(&world, tom)), (true, false));
    let before = world.directory.clone();
    let retag = Command::TagResource { target: RecordKey::User(agent), tags: tags(&[("owner", "nobody")]) };
    let change = world.done(&operator(), retag);
    world.done(&operator(), rename(gone, "left"));
    world.done(&operator(), rename(tom, "gone"));
    let undo = undo(&before, &change);
    world.done(&operator(), undo);
    assert_eq!((sees(&world, gone), sees(&world, tom)), (true, false));
    // The same applies when the tagged user is deleted and restored.
    let was = world.directory.user(agent).unwrap().clone();
    world.done(&operator(), Command::DeleteUser { user: agent });
    world.done(&operator(), Command::RestoreUser { user: Box::new(User::clone(&was)), password: None });
    assert_eq!((sees(&world, gone), sees(&world, tom)), (true, false));
}

/// Creates the profile Desk, which can manage users and covers Agent, and returns a user with it.
fn desk(world: &mut World) -> Actor {
    let users = ["Users.View", "Users.Edit", "Users.Create", "Users.Delete", "BasicAgentAccess", "OutboundCallAccess"];
    world.grant("Desk", &users);
    by(world.hire("mia", &["Desk"]))
}

fn took(world: &mut World, actor: &Actor, command: Command) -> Result<bool, Refusal> {
    let change = world.try_to(actor, command)?;
    Ok(change.event().flags.iter().any(|flag| matches!(flag, Flag::TookReservedLogin { .. })))
}

#[test]
fn a_login_stays_reserved_for_90_days_after_deletion_or_rename() {
    for renamed in [false, true] {
        let mut world = World::new();
        let mia = desk(&mut world);
        let boss = world.hire("boss", &["Admin"]);
        let command = if renamed { rename(boss, "chief") } else { Command::DeleteUser { user: boss } };
        world.done(&operator(), command);
        let create = |world: &mut World| Command::CreateUser(Box::new(world.new_user("Boss", &["Desk"])));
        let tom = world.hire("tom", &["Desk"]);
        let mut later = world.clone();
        for command in [create(&mut world), rename(tom, "BOSS")] {
            let refusal = world.try_to(&mia, command).unwrap_err();
            assert_eq!(refusal.code(), "duplicate");
            let said = refusal.to_string();
            assert!(said.contains("reserved until 1970-04-01"), "{said}");
            assert!(said.contains(if renamed { "was renamed" } else { "Restore that user" }), "{said}");
        }
        // A full administrator, the operator and the system can take it at once, which is flagged.
        for actor in [world.acting("admin"), operator(), Actor::system()] {
            let mut world = world.clone();
            let command = create(&mut world);
            assert_eq!(took(&mut world, &actor, command), Ok(true));
        }
        // After 90 days, and not before, every actor can take it.
        let start = later.now.as_millis();
        later.now = Timestamp::from_millis(start + 90 * DAY - 1);
        let command = create(&mut later);
        assert!(took(&mut later, &mia, command).is_err());
        later.now = Timestamp::from_millis(start + 90 * DAY);
        let command = create(&mut later);
        assert_eq!(took(&mut later, &mia, command), Ok(false));
    }
}

#[test]
fn actors_who_can_manage_its_last_user_can_take_a_reserved_login() {
    let mut world = World::new();
    let mia = desk(&mut world);
    let agent = world.hire("agent", &["Agent"]);
    let was = world.directory.user(agent).unwrap().clone();
    world.done(&mia, Command::DeleteUser { user: agent });
    // Restoring the same user takes the login back without a flag.
    let restore = Command::RestoreUser { user: Box::new(User::clone(&was)), password: None };
    assert_eq!(took(&mut world.clone(), &mia, restore), Ok(false));
    let new = Command::CreateUser(Box::new(world.new_user("agent", &["Agent"])));
    assert_eq!(took(&mut world, &mia, new), Ok(true));
    // A user can be renamed away and back without a flag.
    let second = world.user("agent");
    world.done(&mia, rename(second, "agent2"));
    assert_eq!(took(&mut world, &mia, rename(second, "agent")), Ok(false));
    // The last user of the login is outside the actor's scope.
    let mut red = world.new_user("red", &["Agent"]);
    red.tags = tags(&[("team", "blue")]);
    let blue = world.hire_as(red);
    let edit = granting_tagged(&["Users.Create", "Users.View", "Users.EditPermission"], &["User"], ("team", "red"));
    world.make_profile("Red desk", edit);
    let ned = by(world.hire("ned", &["Red desk"]));
    world.done(&operator(), Command::DeleteUser { user: blue });
    let new = NewUser { tags: tags(&[("team", "red")]), ..world.new_user("red", &["Red desk"]) };
    assert_eq!(world.refused(&ned, Command::CreateUser(Box::new(new))), "duplicate");
}

#[test]
fn values_older_than_login_histories_mean_the_current_or_last_user_of_the_login() {
    let mut world = shop();
    let (ann, gone, heir) =
        (world.hire("ann", &["Owners"]), world.hire("gone", &["Owners"]), world.hire("heir", &["Owners"]));
    let records = world.directory.records().into_iter().filter(|record| !matches!(record, Record::Login(_)));
    let old = |id: &str, owner: &str| {
        Record::ApplicationResource(ApplicationResource { attributes: tags(&[("owner", owner)]), ..order(id) }.into())
    };
    let was = world.directory.user(gone).unwrap().clone();
    let records = records.filter(|record| record.key() != RecordKey::User(gone));
    let records: Vec<_> = records.chain([old("1", "ann"), old("2", "gone"), old("3", "later")]).collect();
    world.directory = Directory::from_records(world.directory.instance(), Revision(50), records);
    // An earlier user of ann's login does not matter, because ann has it.
    let former = vec![
        FormerLogin {
            user: User { username: "ann".to_owned(), ..User::clone(&was) }.into(),
            until: Revision(3),
            at: None,
        },
        FormerLogin { user: was, until: Revision(4), at: Some(world.now) },
    ];
    world.done(&Actor::system(), Command::RecordFormerLogins(former));
    world.done(&operator(), rename(ann, "anna"));
    let mia = desk(&mut world);
    let new = world.new_user("gone", &["Desk"]);
    assert_eq!(world.refused(&mia, Command::CreateUser(Box::new(new))), "duplicate");
    world.done(&operator(), rename(heir, "gone"));
    let later = world.hire("later", &["Owners"]);
    assert!(owns(&world, ann, "1") && !owns(&world, heir, "2") && owns(&world, later, "3"));
    assert!(world.directory.settings().keeps_login_histories);
}
