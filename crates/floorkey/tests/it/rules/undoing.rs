//! Tests undo. An undo restores the earlier state only if the changed records have not been changed again. It requires
//! the permissions for the opposite edit.

use floorkey::audit::Flag;
use floorkey::user::{Assignment, Identity};
use floorkey::{
    Actor, Command, Directory, Record, RecordChange, RecordKey, Revision, SecurityProfile, Timestamp, UndoStep, User,
    UserId, plan,
};

use crate::test_instance::{
    TestInstance, actor_of, assign, create_key, granting, granting_tagged, identity, key_id, operator, reset, tags,
    undo, update,
};

/// Runs the command, and returns a command that undoes the change.
fn run_and_undo(instance: &mut TestInstance, command: Command) -> Command {
    let before = instance.directory.clone();
    let change = instance.run_ok(&operator(), command);
    undo(&before, &change)
}

/// Returns the records without modification times and without other data that an undo never restores.
fn comparable_records(directory: &Directory) -> Vec<Record> {
    let comparable = |record: Record| match record {
        Record::User(user) => Record::User(
            User {
                modified: Timestamp::default(),
                security_epoch: 0,
                password_set_at: None,
                email_unverified: false,
                custody: floorkey::custody::Custody::default(),
                ..User::clone(&user)
            }
            .into(),
        ),
        Record::Profile(profile) => Record::Profile(
            SecurityProfile { modified: Timestamp::default(), ..SecurityProfile::clone(&profile) }.into(),
        ),
        Record::Group(group) => {
            let mut group = floorkey::hierarchy::HierarchyGroup::clone(&group);
            group.modified = Timestamp::default();
            Record::Group(group.into())
        }
        record => record,
    };
    // An undo does not restore login histories, because the histories also record the undo itself.
    let records = directory.records().into_iter().filter(|record| !matches!(record, Record::Login(_)));
    records.map(comparable).collect()
}

fn instance_with_groups() -> (TestInstance, UserId) {
    let mut instance = TestInstance::new();
    instance.levels(&["Site", "Team"]);
    let site = instance.group("Harbour", None);
    instance.group("Red", Some(site));
    let ann = instance.create_user("ann", &["Agent"]);
    (instance, ann)
}

#[test]
fn an_undo_restores_the_previous_state() {
    let (instance, ann) = instance_with_groups();
    let (agent, analyst) = (instance.profile("Agent"), instance.profile("QualityAnalyst"));
    let red = RecordKey::User(ann);
    let group = instance.directory.group_by_name(None, "Harbour").unwrap().id;
    let team = instance.directory.group_by_name(Some(group), "Red").unwrap().id;
    let dated = Assignment { profile: agent, from: None, until: Some(Timestamp::from_millis(i64::MAX / 2)) };
    let mut maker = instance.clone();
    let new = Command::CreateSecurityProfile(Box::new(maker.new_profile("New", granting(&["Users.View"]))));
    let hired = Command::CreateUser(Box::new(maker.new_user("nora", &["Agent"])));
    let commands = vec![
        assign(ann, &[analyst]),
        Command::UpdateUserSecurityProfiles { user: ann, assignments: vec![dated] },
        Command::UpdateUserIdentityInfo {
            user: ann,
            identity: Identity { mobile: None, last_name: Some("B".into()), ..identity() },
        },
        Command::RenameUserLogin { user: ann, username: "anna".to_owned() },
        Command::UpdateUserHierarchy { user: ann, group: Some(team) },
        Command::SetUserEnabled { user: ann, enabled: false },
        Command::TagResource { target: red.clone(), tags: tags(&[("team", "red")]) },
        Command::AssociateUserProficiencies {
            user: ann,
            proficiencies: vec![floorkey::user::Proficiency { attribute: "A".into(), value: "B".into(), level: 2.0 }],
        },
        update(agent, granting_tagged(&["Users.Edit"], &["User"], ("team", "red"))),
        Command::RenameSecurityProfile { profile: agent, name: "Agents".to_owned() },
        Command::SetAssignableProfiles { profile: agent, assignable: [analyst].into() },
        Command::DeleteSecurityProfile { profile: analyst },
        Command::DeleteSecurityProfile { profile: instance.profile("CallCenterManager") },
        Command::UpdateUserHierarchyGroupName { group, name: "Port".to_owned() },
        Command::DeleteUserHierarchyGroup { group: team },
        Command::ReplaceSecurityProfile { profile: agent, with: analyst, delete: true },
        new,
        hired,
    ];
    for command in commands {
        let mut instance = instance.clone();
        let before = comparable_records(&instance.directory);
        let words = format!("{command:?}");
        let undo = run_and_undo(&mut instance, command);
        assert_ne!(comparable_records(&instance.directory), before, "{words}");
        let change = instance.run_ok(&instance.actor_by_login("admin"), undo);
        assert_eq!(comparable_records(&instance.directory), before, "{words}");
        // Managers can assign Agent. If the undo restores permissions of Agent, the guard flags the undo because
        // permissions are added to an assignable profile.
        let expected = |flag: &Flag| matches!(flag, Flag::UndoOf { .. } | Flag::AssignableProfileExpanded { .. });
        let flags = &change.event().flags;
        assert!(matches!(flags.first(), Some(Flag::UndoOf { .. })) && flags.iter().all(expected), "{words}: {flags:?}");
    }
}

#[test]
fn a_default_that_was_edited_is_an_unedited_default_again() {
    let mut instance = TestInstance::new();
    let agent = instance.profile("Agent");
    let undo = run_and_undo(&mut instance, update(agent, granting(&["Users.View"])));
    assert_eq!(instance.directory.profile(agent).unwrap().unedited_default, None);
    instance.run_ok(&operator(), undo);
    assert_eq!(instance.directory.profile(agent).unwrap().unedited_default.as_deref(), Some("Agent"));
}

#[test]
fn a_batch_is_undone_as_a_whole() {
    let (mut instance, ann) = instance_with_groups();
    let analyst = instance.profile("QualityAnalyst");
    let bob = instance.create_user("bob", &["Agent"]);
    let new = instance.new_user("nora", &["Agent"]);
    let before = comparable_records(&instance.directory);
    let commands = vec![assign(ann, &[analyst]), Command::DeleteUser { user: bob }, Command::CreateUser(Box::new(new))];
    let undo = run_and_undo(&mut instance, Command::Batch { action: floorkey::Action::EditUsers, commands });
    instance.run_ok(&operator(), undo);
    let password = instance.directory.user(bob).unwrap().password;
    assert_eq!(password, floorkey::user::PasswordState::None);
    let mut after = comparable_records(&instance.directory);
    for record in &mut after {
        if let Record::User(user) = record
            && user.id == bob
        {
            let chosen = floorkey::user::PasswordState::Set;
            *user = User { password: chosen, ..User::clone(user) }.into();
        }
    }
    assert_eq!(after, before);
}

#[test]
fn an_undo_is_refused_if_the_record_changed_since() {
    let (mut instance, ann) = instance_with_groups();
    let (agent, analyst) = (instance.profile("Agent"), instance.profile("QualityAnalyst"));
    let undo = run_and_undo(&mut instance, assign(ann, &[analyst]));
    let mut later = instance.clone();
    later.run_ok(&operator(), assign(ann, &[agent, analyst]));
    assert_eq!(later.refusal_code(&operator(), undo.clone()), "stale");
    let mut after_deletion = instance.clone();
    after_deletion.run_ok(&operator(), Command::DeleteUser { user: ann });
    assert_eq!(after_deletion.refusal_code(&operator(), undo.clone()), "stale");
    // A later password reset does not prevent the undo, and the undo does not revert the reset.
    instance.run_ok(&operator(), reset(ann));
    let epoch = instance.epoch("ann");
    instance.run_ok(&operator(), undo.clone());
    assert_eq!(instance.epoch("ann"), epoch);
    // A change can't be undone twice.
    assert_eq!(instance.refusal_code(&operator(), undo), "stale");
}

#[test]
fn changes_that_cannot_be_restored_are_not_undone() {
    let (mut instance, ann) = instance_with_groups();
    let only_password = run_and_undo(&mut instance, reset(ann));
    assert_eq!(instance.refusal_code(&operator(), only_password), "invalid");
    let confirmed = {
        let before = instance.directory.clone();
        let confirm = Command::VerifyEmail { user: ann, email: "ann@example.com".to_owned() };
        undo(&before, &instance.run_ok(&Actor::system(), confirm))
    };
    assert_eq!(instance.refusal_code(&operator(), confirmed), "invalid");
    instance.run_ok(&actor_of(ann), create_key(ann, &key_id(5)));
    let revoked = run_and_undo(&mut instance, Command::RevokeAccessKey { id: key_id(5) });
    assert_eq!(instance.refusal_code(&operator(), revoked), "invalid");
    let guard = Command::SetEscalationGuard { mode: floorkey::GuardMode::Enforce, reason: String::new() };
    let settings = run_and_undo(&mut instance, guard);
    assert_eq!(instance.refusal_code(&operator(), settings), "invalid");
}

#[test]
fn an_undo_requires_the_permissions_of_the_opposite_edit() {
    let (mut instance, ann) = instance_with_groups();
    instance.create_profile_granting("Reader", &["Users.View"]);
    instance.create_profile_granting("Giver", &["Users.EditPermission"]);
    let (reader, giver) = (
        actor_of(instance.create_user("rea", &["Reader"])),
        actor_of(instance.create_user("gil", &["Giver", "Agent"])),
    );
    let analyst = instance.profile("QualityAnalyst");
    let renamed = run_and_undo(&mut instance, Command::RenameUserLogin { user: ann, username: "anna".to_owned() });
    assert_eq!(instance.refusal_code(&reader, renamed.clone()), "not-permitted");
    assert_eq!(instance.refusal_code(&giver, renamed.clone()), "not-permitted");
    instance.run_ok(&operator(), renamed);
    let assigned = run_and_undo(&mut instance, assign(ann, &[analyst]));
    assert_eq!(instance.refusal_code(&reader, assigned.clone()), "not-permitted");
    instance.run_ok(&giver, assigned);
    let made = {
        let new = instance.new_user("nora", &["Agent"]);
        run_and_undo(&mut instance, Command::CreateUser(Box::new(new)))
    };
    assert_eq!(instance.refusal_code(&giver, made.clone()), "not-permitted");
}

#[test]
fn the_guard_and_the_last_administrator_rule_apply_to_an_undo() {
    let (mut instance, ann) = instance_with_groups();
    let (full, agent) = (instance.profile("Admin"), instance.profile("Agent"));
    instance.run_ok(&operator(), assign(ann, &[full]));
    let demoted = run_and_undo(&mut instance, assign(ann, &[agent]));
    instance.set_guard(floorkey::GuardMode::Enforce);
    let carl = actor_of(instance.create_user("carl", &["CallCenterManager"]));
    assert_eq!(instance.refusal_code(&carl, demoted.clone()), "guard");
    instance.run_ok(&operator(), demoted);
    let promoted = {
        let bob = instance.create_user("bob", &["Agent"]);
        run_and_undo(&mut instance, assign(bob, &[full]))
    };
    let admin = instance.user("admin");
    instance.run_ok(&operator(), assign(ann, &[agent]));
    instance.run_ok(&operator(), assign(admin, &[agent]));
    assert_eq!(instance.refusal_code(&operator(), promoted), "last-administrator");
}

#[test]
fn inconsistent_undo_steps_are_refused() {
    let (mut instance, ann) = instance_with_groups();
    let user = Record::User(instance.directory.user(ann).unwrap().clone());
    let profile = Record::Profile(instance.directory.profile_by_name("Agent").unwrap().clone());
    let steps = |before: Option<&Record>, after: Option<&Record>| Command::Undo {
        revision: Revision(1),
        made: None,
        steps: vec![UndoStep { before: before.cloned(), after: after.cloned() }],
    };
    assert_eq!(instance.refusal_code(&operator(), steps(None, None)), "invalid");
    assert_eq!(instance.refusal_code(&operator(), steps(Some(&user), Some(&profile))), "invalid");
    assert_eq!(instance.refusal_code(&operator(), steps(Some(&user), None)), "stale");
    let of_nothing = Command::Undo { revision: Revision(1), made: None, steps: Vec::new() };
    assert_eq!(instance.refusal_code(&operator(), of_nothing), "invalid");
}

#[test]
fn an_unknown_revision_is_refused_with_the_newest_one() {
    let (instance, _) = instance_with_groups();
    let newest = instance.directory.revision().0;
    let undo = |revision| {
        let command = Command::Undo { revision: Revision(revision), made: None, steps: Vec::new() };
        plan(&instance.directory, &operator(), &command, Timestamp::from_millis(0)).unwrap_err().to_string()
    };
    for unknown in [0, newest + 1, u64::MAX] {
        let expected = format!("Revision: there is no revision {unknown}; the latest is {newest}");
        assert_eq!(undo(unknown), expected);
    }
    assert!(undo(newest).contains("nothing in this change can be undone"), "{}", undo(newest));
}

#[test]
fn an_undo_is_itself_a_change_that_can_be_undone() {
    let (mut instance, ann) = instance_with_groups();
    let analyst = instance.profile("QualityAnalyst");
    let undo_it = run_and_undo(&mut instance, assign(ann, &[analyst]));
    let after = comparable_records(&instance.directory);
    let redo = run_and_undo(&mut instance, undo_it);
    let change = instance.run_ok(&operator(), redo);
    assert!(matches!(change.records(), [RecordChange::Upsert(_)]));
    assert_eq!(comparable_records(&instance.directory), after);
}

#[test]
fn an_email_that_an_undo_restores_must_be_confirmed_again() {
    let (mut instance, ann) = instance_with_groups();
    let typed = |email: &str| Command::UpdateUserIdentityInfo {
        user: ann,
        identity: Identity { email: Some(email.to_owned()), ..identity() },
    };
    instance.run_ok(&operator(), typed("mia@evil.example"));
    let back = run_and_undo(&mut instance, typed("ann@corp.example"));
    let root = instance.actor_by_login("admin");
    let mut confirmed = instance.clone();
    instance.run_ok(&root, back.clone());
    assert!(instance.directory.user(ann).unwrap().email_unverified, "the actor did not enter it");
    // If the user had confirmed the address that the undo restores, the address stays verified.
    let system = Actor::system();
    confirmed.run_ok(&system, Command::VerifyEmail { user: ann, email: "ann@corp.example".to_owned() });
    let back = run_and_undo(&mut confirmed, typed("other@corp.example"));
    confirmed.run_ok(&root, back);
    assert!(!confirmed.directory.user(ann).unwrap().email_unverified);
}

#[test]
fn only_the_last_of_several_deletions_of_a_user_can_be_undone() {
    let (mut instance, ann) = instance_with_groups();
    instance.set_guard(floorkey::GuardMode::Enforce);
    instance.create_profile_granting("Managers", &["Users.Edit", "Users.Create", "Users.Delete", "BasicAgentAccess"]);
    let mia = actor_of(instance.create_user("mia", &["Managers"]));
    let delete = || Command::DeleteUser { user: ann };
    let first = run_and_undo(&mut instance, delete());
    instance.run_ok(&operator(), first.clone());
    let admin = instance.profile("Admin");
    instance.run_ok(&operator(), assign(ann, &[admin]));
    let second = run_and_undo(&mut instance, delete());
    assert_eq!(instance.refusal_code(&mia, first.clone()), "stale");
    assert_eq!(instance.refusal_code(&operator(), first), "stale");
    assert_eq!(instance.refusal_code(&mia, second.clone()), "guard");
    // The result is the same if the user was renamed between the deletions.
    let mut renamed = instance.clone();
    renamed.run_ok(&operator(), second.clone());
    renamed.run_ok(&operator(), Command::RenameUserLogin { user: ann, username: "anna".to_owned() });
    let third = run_and_undo(&mut renamed, delete());
    assert_eq!(renamed.refusal_code(&operator(), second.clone()), "stale");
    renamed.run_ok(&operator(), third);
    instance.run_ok(&operator(), second);
    assert!(instance.directory.has_full_access(ann));
}

#[test]
fn only_actors_who_see_restorable_records_can_undo() {
    let mut instance = TestInstance::new();
    instance.create_profile("Lyon", granting_tagged(&["Users.View"], &["User"], ("site", "lyon")));
    let (agent, scoped) = (instance.create_user("agent", &["Agent"]), instance.create_user("scoped", &["Lyon"]));
    let can = |actor: Actor| floorkey::can_undo(&instance.directory, &actor.principal, instance.now);
    assert_eq!([can(operator()), can(actor_of(scoped)), can(actor_of(agent))], [true, true, false]);
}
