//! Tests logins over time. The tests check which users stored values refer to, and how long logins stay reserved.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::audit::Flag;
use floorkey::profile::ApplicationGrant;
use floorkey::{
    Actor, AnyPermission, ApplicationResource, Command, Condition, Directory, FormerLogin, NewUser, Record, RecordKey,
    Refusal, Request, RequestAttributes, RequestedAction, Revision, SecurityProfileEdit, SuppliedAttributes, Target,
    Timestamp, User, UserId,
};

use crate::matrix::applications::{order, orders};
use crate::test_instance::{TestInstance, actor_of, granting, granting_tagged, operator, tags, undo};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Returns a contact center with the profile Owners. Users with this profile can refund their own orders.
fn shop() -> TestInstance {
    let mut instance = TestInstance::new();
    instance.run_ok(&operator(), Command::RegisterApplication(Box::new(orders())));
    let held = ApplicationGrant { namespace: "orders".to_owned(), permissions: vec!["refund".to_owned()], kind: None };
    let name = AnyPermission::Application { namespace: "orders".to_owned(), name: "refund".to_owned() };
    let own = BTreeSet::from([Condition::OwnedBySubject { attribute: "owner".to_owned() }]);
    let conditions = Some(BTreeMap::from([(name, own)]));
    let edit = SecurityProfileEdit { applications: Some(vec![held]), conditions, ..SecurityProfileEdit::default() };
    instance.create_profile("Owners", edit);
    instance
}

/// Registers an order with the given owner.
fn register_order(instance: &mut TestInstance, id: &str, owner: &str) {
    let resource = ApplicationResource { attributes: tags(&[("owner", owner)]), ..order(id) };
    let command = Command::PutApplicationResources { namespace: "orders".to_owned(), resources: vec![resource] };
    instance.run_ok(&operator(), command);
}

fn can_refund_in(directory: &Directory, user: UserId, id: &str, at: Timestamp) -> bool {
    let action = RequestedAction::Application { namespace: "orders", permission: "refund" };
    let target = Target::Application { namespace: "orders", id };
    directory.decide(&Request::new(user, action, target, at)).allowed()
}

fn can_refund(instance: &TestInstance, user: UserId, id: &str) -> bool {
    can_refund_in(&instance.directory, user, id, instance.now)
}

fn rename(user: UserId, username: &str) -> Command {
    Command::RenameUserLogin { user, username: username.to_owned() }
}

#[test]
fn a_rename_to_the_login_of_a_deleted_user_does_not_transfer_resources() {
    let mut instance = shop();
    let (deleted, tom) = (instance.create_user("gone", &["Owners"]), instance.create_user("tom", &["Owners"]));
    register_order(&mut instance, "1", "Gone");
    assert!(can_refund(&instance, deleted, "1") && !can_refund(&instance, tom, "1"));
    instance.run_ok(&operator(), Command::DeleteUser { user: deleted });
    instance.run_ok(&operator(), rename(tom, "gone"));
    assert!(!can_refund(&instance, tom, "1"), "tom owns what was another's");
    // If no user had the login when the value was set, the value does not refer to tom.
    instance.run_ok(&operator(), rename(tom, "tom"));
    register_order(&mut instance, "2", "gone");
    instance.run_ok(&operator(), rename(tom, "gone"));
    assert!(!can_refund(&instance, tom, "2"));
    // If tom had the login when the value was set, the value refers to tom even after tom is renamed. The stored string
    // does not change.
    register_order(&mut instance, "3", "gone");
    instance.run_ok(&operator(), rename(tom, "thomas"));
    assert!(can_refund(&instance, tom, "3"));
    assert_eq!(instance.directory.application_resource("orders", "3").unwrap().attributes["owner"], "gone");
    // Setting a value to the same string again does not change which user the value refers to. Some applications
    // register their resources every night, and this does not change the owners.
    let heir = instance.create_user("gone", &["Owners"]);
    register_order(&mut instance, "3", "gone");
    assert!(can_refund(&instance, tom, "3") && !can_refund(&instance, heir, "3"));
}

#[test]
fn the_next_user_of_a_deleted_users_login_inherits_nothing() {
    let mut instance = shop();
    let deleted = instance.create_user("sam", &["Owners"]);
    register_order(&mut instance, "1", "sam");
    let user_before = instance.directory.user(deleted).unwrap().clone();
    instance.run_ok(&operator(), Command::DeleteUser { user: deleted });
    register_order(&mut instance, "2", "sam");
    let next = instance.create_user("sam", &["Owners"]);
    register_order(&mut instance, "3", "sam");
    assert_eq!(["1", "2", "3"].map(|id| can_refund(&instance, next, id)), [false, true, true]);
    // The first user is restored under another login, and owns the same resources as before.
    let restored = User { username: "sam.first".to_owned(), ..User::clone(&user_before) };
    instance.run_ok(&operator(), Command::RestoreUser { user: Box::new(restored), password: None });
    assert_eq!(["1", "2", "3"].map(|id| can_refund(&instance, deleted, id)), [true, false, false]);
}

#[test]
fn an_unused_login_means_the_first_user_created_with_it() {
    let mut instance = shop();
    register_order(&mut instance, "1", "ann");
    let bob = instance.create_user("bob", &["Owners"]);
    instance.run_ok(&operator(), rename(bob, "ann"));
    assert!(!can_refund(&instance, bob, "1"));
    instance.run_ok(&operator(), rename(bob, "bob"));
    let ann = instance.create_user("ann", &["Owners"]);
    assert!(can_refund(&instance, ann, "1"));
    // In a request, a login refers to the user who currently has the login. A string that is a user ID is never treated
    // as a login.
    let action = RequestedAction::Application { namespace: "orders", permission: "refund" };
    let target = Target::Application { namespace: "orders", id: "1" };
    let supplied = tags(&[("owner", "BOB")]);
    let given = RequestAttributes {
        target: SuppliedAttributes { attributes: &supplied, ..SuppliedAttributes::NONE },
        ..RequestAttributes::default()
    };
    let request = Request { attributes: Some(&given), ..Request::new(bob, action, target, instance.now) };
    assert!(instance.directory.decide(&request).allowed());
    let mimic = instance.create_user("eve", &["Owners"]);
    instance.run_ok(&operator(), rename(mimic, &ann.to_string()));
    register_order(&mut instance, "2", &ann.to_string());
    assert_eq!((can_refund(&instance, ann, "2"), can_refund(&instance, mimic, "2")), (true, false));
}

#[test]
fn an_undo_restores_a_value_with_its_meaning() {
    let mut instance = TestInstance::new();
    let own = BTreeSet::from([Condition::OwnedBySubject { attribute: "owner".to_owned() }]);
    let name = AnyPermission::Catalog(floorkey::Permission::parse("Users.View").unwrap());
    let conditions = Some(BTreeMap::from([(name, own)]));
    instance.create_profile("Own users", SecurityProfileEdit { conditions, ..granting(&["Users.View"]) });
    let (deleted, tom) = (instance.create_user("gone", &["Own users"]), instance.create_user("tom", &["Own users"]));
    let agent = instance
        .create_user_from(NewUser { tags: tags(&[("owner", "gone")]), ..instance.clone().new_user("x", &["Agent"]) });
    let sees = |instance: &TestInstance, user| instance.decide(user, "Users.View", Target::User(agent)).allowed();
    assert_eq!((sees(&instance, deleted), sees(&instance, tom)), (true, false));
    let before = instance.directory.clone();
    let retag = Command::TagResource { target: RecordKey::User(agent), tags: tags(&[("owner", "nobody")]) };
    let change = instance.run_ok(&operator(), retag);
    instance.run_ok(&operator(), rename(deleted, "left"));
    instance.run_ok(&operator(), rename(tom, "gone"));
    let undo = undo(&before, &change);
    instance.run_ok(&operator(), undo);
    assert_eq!((sees(&instance, deleted), sees(&instance, tom)), (true, false));
    // The owner stays the same when the tagged user is deleted and restored.
    let user_before = instance.directory.user(agent).unwrap().clone();
    instance.run_ok(&operator(), Command::DeleteUser { user: agent });
    instance.run_ok(&operator(), Command::RestoreUser { user: Box::new(User::clone(&user_before)), password: None });
    assert_eq!((sees(&instance, deleted), sees(&instance, tom)), (true, false));
}

/// Creates the profile Desk, which can manage users and has all permissions of Agent. Returns a user with this profile.
fn desk_user(instance: &mut TestInstance) -> Actor {
    let users = ["Users.View", "Users.Edit", "Users.Create", "Users.Delete", "BasicAgentAccess", "OutboundCallAccess"];
    instance.create_profile_granting("Desk", &users);
    actor_of(instance.create_user("mia", &["Desk"]))
}

fn took_reserved_login(instance: &mut TestInstance, actor: &Actor, command: Command) -> Result<bool, Refusal> {
    let change = instance.run(actor, command)?;
    Ok(change.event().flags.iter().any(|flag| matches!(flag, Flag::ReusedReservedLogin { .. })))
}

#[test]
fn a_login_stays_reserved_for_90_days_after_deletion_or_rename() {
    for renamed in [false, true] {
        let mut instance = TestInstance::new();
        let mia = desk_user(&mut instance);
        let boss = instance.create_user("boss", &["Admin"]);
        let command = if renamed { rename(boss, "chief") } else { Command::DeleteUser { user: boss } };
        instance.run_ok(&operator(), command);
        let create = |instance: &mut TestInstance| Command::CreateUser(Box::new(instance.new_user("Boss", &["Desk"])));
        let tom = instance.create_user("tom", &["Desk"]);
        let mut later = instance.clone();
        for command in [create(&mut instance), rename(tom, "BOSS")] {
            let refusal = instance.run(&mia, command).unwrap_err();
            assert_eq!(refusal.code(), "duplicate");
            let text = refusal.to_string();
            assert!(text.contains("reserved until 1970-04-01"), "{text}");
            assert!(text.contains(if renamed { "was renamed" } else { "Restore that user" }), "{text}");
        }
        // A full administrator, the operator and the system can use the login immediately, and the guard flags the
        // change.
        for actor in [instance.actor_by_login("admin"), operator(), Actor::system()] {
            let mut instance = instance.clone();
            let command = create(&mut instance);
            assert_eq!(took_reserved_login(&mut instance, &actor, command), Ok(true));
        }
        // Every actor can use the login after 90 days, but not earlier.
        let start = later.now.as_millis();
        later.now = Timestamp::from_millis(start + 90 * DAY - 1);
        let command = create(&mut later);
        assert!(took_reserved_login(&mut later, &mia, command).is_err());
        later.now = Timestamp::from_millis(start + 90 * DAY);
        let command = create(&mut later);
        assert_eq!(took_reserved_login(&mut later, &mia, command), Ok(false));
    }
}

#[test]
fn actors_who_can_manage_its_last_user_can_take_a_reserved_login() {
    let mut instance = TestInstance::new();
    let mia = desk_user(&mut instance);
    let agent = instance.create_user("agent", &["Agent"]);
    let user_before = instance.directory.user(agent).unwrap().clone();
    instance.run_ok(&mia, Command::DeleteUser { user: agent });
    // If the user is restored, the user gets the old login back without a flag.
    let restore = Command::RestoreUser { user: Box::new(User::clone(&user_before)), password: None };
    assert_eq!(took_reserved_login(&mut instance.clone(), &mia, restore), Ok(false));
    let new = Command::CreateUser(Box::new(instance.new_user("agent", &["Agent"])));
    assert_eq!(took_reserved_login(&mut instance, &mia, new), Ok(true));
    // A renamed user can get their old login back without a flag.
    let second = instance.user("agent");
    instance.run_ok(&mia, rename(second, "agent2"));
    assert_eq!(took_reserved_login(&mut instance, &mia, rename(second, "agent")), Ok(false));
    // The last user who had this login is outside the actor's scope.
    let mut red = instance.new_user("red", &["Agent"]);
    red.tags = tags(&[("team", "blue")]);
    let blue = instance.create_user_from(red);
    let edit = granting_tagged(&["Users.Create", "Users.View", "Users.EditPermission"], &["User"], ("team", "red"));
    instance.create_profile("Red desk", edit);
    let ned = actor_of(instance.create_user("ned", &["Red desk"]));
    instance.run_ok(&operator(), Command::DeleteUser { user: blue });
    let new = NewUser { tags: tags(&[("team", "red")]), ..instance.new_user("red", &["Red desk"]) };
    assert_eq!(instance.refusal_code(&ned, Command::CreateUser(Box::new(new))), "duplicate");
}

#[test]
fn values_older_than_login_histories_mean_the_current_or_last_user_of_the_login() {
    let mut instance = shop();
    let (ann, deleted, heir) = (
        instance.create_user("ann", &["Owners"]),
        instance.create_user("gone", &["Owners"]),
        instance.create_user("heir", &["Owners"]),
    );
    let records = instance.directory.records().into_iter().filter(|record| !matches!(record, Record::Login(_)));
    let old = |id: &str, owner: &str| {
        Record::ApplicationResource(ApplicationResource { attributes: tags(&[("owner", owner)]), ..order(id) }.into())
    };
    let user_before = instance.directory.user(deleted).unwrap().clone();
    let records = records.filter(|record| record.key() != RecordKey::User(deleted));
    let records: Vec<_> = records.chain([old("1", "ann"), old("2", "gone"), old("3", "later")]).collect();
    instance.directory = Directory::from_records(instance.directory.instance(), Revision(50), records);
    // Ann currently has the login, so the user who had it earlier does not matter.
    let former = vec![
        FormerLogin {
            user: User { username: "ann".to_owned(), ..User::clone(&user_before) }.into(),
            until: Revision(3),
            at: None,
        },
        FormerLogin { user: user_before, until: Revision(4), at: Some(instance.now) },
    ];
    instance.run_ok(&Actor::system(), Command::RecordFormerLogins(former));
    instance.run_ok(&operator(), rename(ann, "anna"));
    let mia = desk_user(&mut instance);
    let new = instance.new_user("gone", &["Desk"]);
    assert_eq!(instance.refusal_code(&mia, Command::CreateUser(Box::new(new))), "duplicate");
    instance.run_ok(&operator(), rename(heir, "gone"));
    let later = instance.create_user("later", &["Owners"]);
    assert!(can_refund(&instance, ann, "1") && !can_refund(&instance, heir, "2") && can_refund(&instance, later, "3"));
    assert!(instance.directory.settings().keeps_login_histories);
}
