//! Tests batches, which apply many commands as one atomic change. Also tests commands that are refused if a record has
//! changed.

use std::time::Instant;

use floorkey::audit::Flag;
use floorkey::{Action, Command, Directory, EntityKind, RecordKey, Refusal, ResourceType, Timestamp, UserId, plan};

use crate::test_instance::{TestInstance, actor_of, assign, flagged, granting, operator, reset, undo, update};

fn batch(commands: Vec<Command>) -> Command {
    Command::Batch { action: Action::EditUsers, commands }
}

fn modified(instance: &TestInstance, user: UserId) -> Timestamp {
    instance.directory.user(user).unwrap().modified
}

#[test]
fn a_batch_is_one_change_one_event_and_one_revision() {
    let mut instance = TestInstance::new();
    let users = ["ann", "bob", "cem"].map(|login| instance.create_user(login, &["Agent"]));
    let analyst = instance.profile("QualityAnalyst");
    let revision = instance.directory.revision();
    let commands = users.iter().map(|user| assign(*user, &[analyst])).collect();
    let change = instance.run_ok(&instance.actor_by_login("admin"), batch(commands));
    assert_eq!(change.revision(), revision.next());
    assert_eq!(instance.directory.revision(), revision.next());
    assert_eq!((change.records().len(), change.event().changes.len()), (3, 3));
    assert_eq!(change.event().action, Action::EditUsers);
    assert_eq!(change.event().targets, users.map(RecordKey::User));
}

#[test]
fn each_command_of_a_batch_sees_the_previous_result_and_a_record_is_written_once() {
    let mut instance = TestInstance::new();
    let new = instance.new_user("ann", &["Agent"]);
    let (ann, analyst) = (new.id, instance.profile("QualityAnalyst"));
    let change = instance.run_ok(
        &operator(),
        batch(vec![
            Command::CreateUser(Box::new(new)),
            assign(ann, &[analyst]),
            Command::RenameUserLogin { user: ann, username: "anna".to_owned() },
        ]),
    );
    assert_eq!(change.records().len(), 1);
    let names = change.event().changes.iter().filter(|change| change.field == "username").count();
    assert_eq!(names, 1, "{:?}", change.event().changes);
    assert_eq!(instance.directory.user_by_login("anna").unwrap().assignments[0].profile, analyst);
    assert!(instance.directory.user_by_login("ann").is_none());
}

#[test]
fn a_record_created_and_deleted_within_a_batch_leaves_no_trace() {
    let mut instance = TestInstance::new();
    let new = instance.new_user("ann", &["Agent"]);
    let (ann, before) = (new.id, instance.directory.records());
    let commands = vec![Command::CreateUser(Box::new(new)), Command::DeleteUser { user: ann }];
    let change = instance.run_ok(&operator(), batch(commands));
    assert!(change.records().is_empty());
    assert_eq!(instance.directory.records(), before);
}

#[test]
fn a_login_can_pass_to_another_user_within_a_batch() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let new = instance.new_user("ann", &["Agent"]);
    let heir = new.id;
    let commands = vec![Command::DeleteUser { user: ann }, Command::CreateUser(Box::new(new))];
    let before = instance.directory.clone();
    let change = instance.run_ok(&operator(), batch(commands));
    assert_eq!(instance.directory.user_by_login("ann").unwrap().id, heir);
    // A node that applies only the changed records gets the same directory.
    let followed = before.apply(change.revision(), change.records());
    assert_eq!(followed.user_by_login("ann").unwrap().id, heir);
    assert_eq!(followed.records(), instance.directory.records());
}

#[test]
fn one_refusal_refuses_the_batch_and_names_the_command() {
    let mut instance = TestInstance::new();
    let (ann, bob) = (instance.create_user("ann", &["Agent"]), instance.create_user("bob", &["Agent"]));
    let analyst = instance.profile("QualityAnalyst");
    let (before, commands) = (instance.directory.records(), vec![assign(ann, &[analyst]), assign(bob, &[])]);
    let refusal = instance.run(&operator(), batch(commands)).unwrap_err();
    assert_eq!(instance.directory.records(), before);
    let Refusal::InBatch { index: 1, subject, refusal: inner } = &refusal else { panic!("{refusal:?}") };
    assert_eq!((subject.as_str(), refusal.code()), ("bob", "invalid"));
    assert_eq!(refusal.to_string(), format!("item 2 (`bob`): {inner}"));
}

#[test]
fn each_command_of_a_batch_is_authorized_separately() {
    let mut instance = TestInstance::enforcing();
    let (ann, bob) = (instance.create_user("ann", &["Agent"]), instance.create_user("bob", &["Agent"]));
    let carl = actor_of(instance.create_user("carl", &["CallCenterManager"]));
    let (agent, admin) = (instance.profile("Agent"), instance.profile("Admin"));
    // A manager can edit users but can't delete them. The guard also refuses to let the manager assign Admin.
    assert_eq!(
        instance.refusal_code(&carl, batch(vec![reset(ann), Command::DeleteUser { user: bob }])),
        "not-permitted"
    );
    assert_eq!(instance.refusal_code(&carl, batch(vec![assign(ann, &[agent]), assign(bob, &[admin])])), "guard");
    instance.run_ok(&carl, batch(vec![reset(ann), reset(bob)]));
}

#[test]
fn the_flags_of_a_batch_are_merged() {
    let mut instance = TestInstance::new();
    let users = ["ann", "bob"].map(|login| instance.create_user(login, &["Agent"]));
    let carl = actor_of(instance.create_user("carl", &["CallCenterManager"]));
    let admin = instance.profile("Admin");
    let change = instance.run_ok(&carl, batch(users.iter().map(|user| assign(*user, &[admin])).collect()));
    assert!(flagged(&change));
    assert!(matches!(change.event().flags.as_slice(), [Flag::GrantedBeyondActor { .. }]), "{:?}", change.event().flags);
}

#[test]
fn a_batch_can_replace_the_last_administrator_but_not_remove_it() {
    let mut instance = TestInstance::new();
    let (admin, ann) = (instance.user("admin"), instance.create_user("ann", &["Agent"]));
    let (agent, full) = (instance.profile("Agent"), instance.profile("Admin"));
    // The first command leaves the instance without an administrator, and the second command adds an administrator
    // again.
    instance.run_ok(&operator(), batch(vec![assign(admin, &[agent]), assign(ann, &[full])]));
    let users = vec![assign(ann, &[agent]), reset(admin)];
    assert_eq!(instance.refusal_code(&operator(), batch(users)), "last-administrator");
}

#[test]
fn a_batch_is_not_empty_not_nested_and_bounded() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    assert_eq!(instance.refusal_code(&operator(), batch(Vec::new())), "invalid");
    assert_eq!(instance.refusal_code(&operator(), batch(vec![batch(vec![reset(ann)])])), "invalid");
    assert_eq!(instance.refusal_code(&operator(), batch(vec![reset(ann); 10_001])), "limit-exceeded");
}

#[test]
fn a_conditional_command_succeeds_while_the_record_is_unchanged() {
    let mut instance = TestInstance::new();
    let (ann, analyst) = (instance.create_user("ann", &["Agent"]), instance.profile("QualityAnalyst"));
    let modified_before = modified(&instance, ann);
    let on_condition =
        |modified, command| Command::IfUnchanged { record: RecordKey::User(ann), modified, command: Box::new(command) };
    assert_eq!(on_condition(modified_before, reset(ann)).action(), Action::ResetUserPassword);
    instance.run_ok(&operator(), on_condition(modified_before, assign(ann, &[analyst])));
    // The modification time increases even if the clock does not advance.
    assert!(modified(&instance, ann) > modified_before);
    let refusal = instance.run(&operator(), on_condition(modified_before, reset(ann))).unwrap_err();
    assert_eq!(refusal, Refusal::Stale { kind: EntityKind::Resource(ResourceType::User), id: ann.to_string() });
    instance
        .run_ok(&operator(), on_condition(modified(&instance, ann), batch(vec![reset(ann), assign(ann, &[analyst])])));
    instance.run_ok(&operator(), Command::DeleteUser { user: ann });
    assert_eq!(instance.refusal_code(&operator(), on_condition(modified_before, reset(ann))), "not-found");
    let settings =
        Command::IfUnchanged { record: RecordKey::Settings, modified: modified_before, command: Box::new(reset(ann)) };
    assert_eq!(instance.refusal_code(&operator(), settings), "invalid");
}

#[test]
fn conditions_in_a_batch_compare_with_the_state_before_the_batch() {
    let mut instance = TestInstance::new();
    let (ann, analyst) = (instance.create_user("ann", &["Agent"]), instance.profile("QualityAnalyst"));
    let modified_before = modified(&instance, ann);
    let on_condition = |command| Command::IfUnchanged {
        record: RecordKey::User(ann),
        modified: modified_before,
        command: Box::new(command),
    };
    instance.run_ok(&operator(), batch(vec![on_condition(reset(ann)), on_condition(assign(ann, &[analyst]))]));
    let again = batch(vec![on_condition(reset(ann))]);
    assert_eq!(instance.refusal_code(&operator(), again), "stale");
}

#[test]
fn each_version_of_a_record_is_later_than_the_one_before_even_when_the_clock_goes_back() {
    let mut instance = TestInstance::new();
    let (ann, agent) = (instance.create_user("ann", &["Agent"]), instance.profile("Agent"));
    instance.now = Timestamp::from_millis(10);
    for _ in 0..3 {
        let (user, profile) = (modified(&instance, ann), instance.directory.profile(agent).unwrap().modified);
        instance.run_ok(&operator(), reset(ann));
        instance.run_ok(&operator(), update(agent, granting(&["BasicAgentAccess"])));
        assert!(modified(&instance, ann) > user && instance.directory.profile(agent).unwrap().modified > profile);
    }
}

#[test]
fn ten_thousand_profile_changes_are_planned_in_no_more_than_linear_time() {
    let mut instance = TestInstance::new();
    let login = |at: usize| format!("user-{at}");
    let hire = |instance: &mut TestInstance, from: usize, to: usize| {
        let new =
            (from..to).map(|at| Command::CreateUser(Box::new(instance.new_user(&login(at), &["Agent"])))).collect();
        instance.run_ok(&operator(), Command::Batch { action: Action::ImportUsers, commands: new });
    };
    hire(&mut instance, 0, 5_000);
    hire(&mut instance, 5_000, 10_000);
    let analyst = instance.profile("QualityAnalyst");
    let change = |instance: &TestInstance, at: usize| Command::ChangeSecurityProfiles {
        user: instance.user(&login(at)),
        add: [analyst].into(),
        remove: [instance.profile("Agent")].into(),
    };
    let admin = instance.actor_by_login("admin");
    let time = |directory: &Directory, commands: Vec<Command>| {
        let began = Instant::now();
        let planned = plan(directory, &admin, &batch(commands), instance.now).unwrap();
        (began.elapsed(), planned.change.records().len())
    };
    let (few, _) = time(&instance.directory, (0..1_000).map(|at| change(&instance, at)).collect());
    let (many, count) = time(&instance.directory, (0..10_000).map(|at| change(&instance, at)).collect());
    assert_eq!(count, 10_000);
    println!("{few:?} for a thousand, {many:?} for ten thousand");
    // The second batch has ten times as many commands. The factor of 30 allows for a busy machine, but quadratic time
    // would exceed it.
    assert!(many < few * 30, "{few:?} for a thousand, {many:?} for ten thousand");
}

#[test]
fn the_tags_that_a_batch_writes_are_bounded_except_for_an_undo() {
    let mut instance = TestInstance::new();
    let long: floorkey::tags::Tags = (0..45).map(|at| (format!("{at:0>100}"), "x".repeat(250))).collect();
    let bytes: usize = long.iter().map(|(key, value)| key.len() + value.len()).sum();
    let fitting = floorkey::limits::CHANGED_TAG_BYTES_MAX / bytes;
    let users: Vec<_> = (0..=fitting).map(|at| instance.create_user(&format!("agent{at}"), &["Agent"])).collect();
    let tag = |user: &UserId| Command::TagResource { target: RecordKey::User(*user), tags: long.clone() };
    let batch =
        |users: &[UserId]| Command::Batch { action: Action::EditUsers, commands: users.iter().map(tag).collect() };
    assert_eq!(instance.clone().refusal_code(&operator(), batch(&users)), "limit-exceeded");
    instance.run_ok(&operator(), batch(&users[1..]));
    // An undo of a batch that removed tags can restore more bytes of tags than a batch is allowed to set.
    instance.run_ok(&operator(), batch(&users[..1]));
    let before = instance.directory.clone();
    let keys: std::collections::BTreeSet<_> = long.keys().cloned().collect();
    let clear = |user: &UserId| Command::UntagResource { target: RecordKey::User(*user), keys: keys.clone() };
    let cleared = Command::Batch { action: Action::EditUsers, commands: users.iter().map(clear).collect() };
    let change = instance.run_ok(&operator(), cleared);
    instance.run_ok(&operator(), undo(&before, &change));
    assert_eq!(instance.directory.user(users[0]).unwrap().tags, long);
}
