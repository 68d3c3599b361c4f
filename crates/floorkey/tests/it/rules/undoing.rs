//! Undo: it restores the earlier state if the records are as the change left them, and requires the permissions for the
//! opposite edit.

use floorkey::audit::Flag;
use floorkey::user::{Assignment, Identity};
use floorkey::{
    Actor, Command, Directory, Record, RecordChange, RecordKey, Revision, SecurityProfile, Timestamp, UndoStep, User,
    UserId, plan,
};

use crate::world::{
    World, assign, by, create_key, granting, granting_tagged, identity, key_id, operator, reset, tags, undo, update,
};

/// Runs the command, and returns the command that undoes it.
fn done(world: &mut World, command: Command) -> Command {
    let before = world.directory.clone();
    let change = world.done(&operator(), command);
    undo(&before, &change)
}

/// Returns the records without modification times and without what an undo never restores.
fn plainly(directory: &Directory) -> Vec<Record> {
    let plain = |record: Record| match record {
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
    // Login histories are not undone: they also record the undo.
    let records = directory.records().into_iter().filter(|record| !matches!(record, Record::Login(_)));
    records.map(plain).collect()
}

fn staffed() -> (World, UserId) {
    let mut world = World::new();
    world.levels(&["Site", "Team"]);
    let site = world.group("Harbour", None);
    world.group("Red", Some(site));
    let ann = world.hire("ann", &["Agent"]);
    (world, ann)
}

#[test]
fn an_undo_restores_the_previous_state() {
    let (world, ann) = staffed();
    let (agent, analyst) = (world.profile("Agent"), world.profile("QualityAnalyst"));
    let red = RecordKey::User(ann);
    let group = world.directory.group_by_name(None, "Harbour").unwrap().id;
    let team = world.directory.group_by_name(Some(group), "Red").unwrap().id;
    let dated = Assignment { profile: agent, from: None, until: Some(Timestamp::from_millis(i64::MAX / 2)) };
    let mut maker = world.clone();
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
        Command::DeleteSecurityProfile { profile: world.profile("CallCenterManager") },
        Command::UpdateUserHierarchyGroupName { group, name: "Port".to_owned() },
        Command::DeleteUserHierarchyGroup { group: team },
        Command::ReplaceSecurityProfile { profile: agent, with: analyst, delete: true },
        new,
        hired,
    ];
    for command in commands {
        let mut world = world.clone();
        let before = plainly(&world.directory);
        let words = format!("{command:?}");
        let undo = done(&mut world, command);
        assert_ne!(plainly(&world.directory), before, "{words}");
        let change = world.done(&world.acting("admin"), undo);
        assert_eq!(plainly(&world.directory), before, "{words}");
        // Managers can assign Agent, so giving its permissions back is flagged as growth of an assignable profile.
        let expected = |flag: &Flag| matches!(flag, Flag::Undid { .. } | Flag::AssignableProfileGrew { .. });
        let flags = &change.event().flags;
        assert!(matches!(flags.first(), Some(Flag::Undid { .. })) && flags.iter().all(expected), "{words}: {flags:?}");
    }
}

#[test]
fn a_default_that_was_edited_is_an_unedited_default_again() {
    let mut world = World::new();
    let agent = world.profile("Agent");
    let undo = done(&mut world, update(agent, granting(&["Users.View"])));
    assert_eq!(world.directory.profile(agent).unwrap().unedited_default, None);
    world.done(&operator(), undo);
    assert_eq!(world.directory.profile(agent).unwrap().unedited_default.as_deref(), Some("Agent"));
}

#[test]
fn a_batch_is_undone_as_a_whole() {
    let (mut world, ann) = staffed();
    let analyst = world.profile("QualityAnalyst");
    let bob = world.hire("bob", &["Agent"]);
    let new = world.new_user("nora", &["Agent"]);
    let before = plainly(&world.directory);
    let commands = vec![assign(ann, &[analyst]), Command::DeleteUser { user: bob }, Command::CreateUser(Box::new(new))];
    let undo = done(&mut world, Command::Batch { act: floorkey::Act::EditUsers, commands });
    world.done(&operator(), undo);
    let password = world.directory.user(bob).unwrap().password;
    assert_eq!(password, floorkey::user::PasswordState::None);
    let mut after = plainly(&world.directory);
    for record in &mut after {
        if let Record::User(user) = record
            && user.id == bob
        {
            let chosen = floorkey::user::PasswordState::Chosen;
            *user = User { password: chosen, ..User::clone(user) }.into();
        }
    }
    assert_eq!(after, before);
}

#[test]
fn an_undo_is_refused_if_the_record_changed_since() {
    let (mut world, ann) = staffed();
    let (agent, analyst) = (world.profile("Agent"), world.profile("QualityAnalyst"));
    let undo = done(&mut world, assign(ann, &[analyst]));
    let mut later = world.clone();
    later.done(&operator(), assign(ann, &[agent, analyst]));
    assert_eq!(later.refused(&operator(), undo.clone()), "stale");
    let mut gone = world.clone();
    gone.done(&operator(), Command::DeleteUser { user: ann });
    assert_eq!(gone.refused(&operator(), undo.clone()), "stale");
    // A password reset in between does not prevent the undo, and stays.
    world.done(&operator(), reset(ann));
    let epoch = world.epoch("ann");
    world.done(&operator(), undo.clone());
    assert_eq!(world.epoch("ann"), epoch);
    // A change cannot be undone twice.
    assert_eq!(world.refused(&operator(), undo), "stale");
}

#[test]
fn changes_that_cannot_be_restored_are_not_undone() {
    let (mut world, ann) = staffed();
    let only_password = done(&mut world, reset(ann));
    assert_eq!(world.refused(&operator(), only_password), "invalid");
    let confirmed = {
        let before = world.directory.clone();
        let confirm = Command::ConfirmEmail { user: ann, email: "ann@example.com".to_owned() };
        undo(&before, &world.done(&Actor::system(), confirm))
    };
    assert_eq!(world.refused(&operator(), confirmed), "invalid");
    world.done(&by(ann), create_key(ann, &key_id(5)));
    let revoked = done(&mut world, Command::RevokeAccessKey { id: key_id(5) });
    assert_eq!(world.refused(&operator(), revoked), "invalid");
    let guard = Command::SetEscalationGuard { mode: floorkey::GuardMode::Enforce, reason: String::new() };
    let settings = done(&mut world, guard);
    assert_eq!(world.refused(&operator(), settings), "invalid");
}

#[test]
fn an_undo_requires_the_permissions_of_the_opposite_edit() {
    let (mut world, ann) = staffed();
    world.grant("Reader", &["Users.View"]);
    world.grant("Giver", &["Users.EditPermission"]);
    let (reader, giver) = (by(world.hire("rea", &["Reader"])), by(world.hire("gil", &["Giver", "Agent"])));
    let analyst = world.profile("QualityAnalyst");
    let renamed = done(&mut world, Command::RenameUserLogin { user: ann, username: "anna".to_owned() });
    assert_eq!(world.refused(&reader, renamed.clone()), "not-permitted");
    assert_eq!(world.refused(&giver, renamed.clone()), "not-permitted");
    world.done(&operator(), renamed);
    let assigned = done(&mut world, assign(ann, &[analyst]));
    assert_eq!(world.refused(&reader, assigned.clone()), "not-permitted");
    world.done(&giver, assigned);
    let made = {
        let new = world.new_user("nora", &["Agent"]);
        done(&mut world, Command::CreateUser(Box::new(new)))
    };
    assert_eq!(world.refused(&giver, made.clone()), "not-permitted");
}

#[test]
fn the_guard_and_the_last_administrator_rule_apply_to_an_undo() {
    let (mut world, ann) = staffed();
    let (full, agent) = (world.profile("Admin"), world.profile("Agent"));
    world.done(&operator(), assign(ann, &[full]));
    let demoted = done(&mut world, assign(ann, &[agent]));
    world.guard(floorkey::GuardMode::Enforce);
    let carl = by(world.hire("carl", &["CallCenterManager"]));
    assert_eq!(world.refused(&carl, demoted.clone()), "guard");
    world.done(&operator(), demoted);
    let promoted = {
        let bob = world.hire("bob", &["Agent"]);
        done(&mut world, assign(bob, &[full]))
    };
    let admin = world.user("admin");
    world.done(&operator(), assign(ann, &[agent]));
    world.done(&operator(), assign(admin, &[agent]));
    assert_eq!(world.refused(&operator(), promoted), "last-administrator");
}

#[test]
fn inconsistent_undo_steps_are_refused() {
    let (mut world, ann) = staffed();
    let user = Record::User(world.directory.user(ann).unwrap().clone());
    let profile = Record::Profile(world.directory.profile_by_name("Agent").unwrap().clone());
    let steps = |before: Option<&Record>, after: Option<&Record>| Command::Undo {
        revision: Revision(1),
        made: None,
        steps: vec![UndoStep { before: before.cloned(), after: after.cloned() }],
    };
    assert_eq!(world.refused(&operator(), steps(None, None)), "invalid");
    assert_eq!(world.refused(&operator(), steps(Some(&user), Some(&profile))), "invalid");
    assert_eq!(world.refused(&operator(), steps(Some(&user), None)), "stale");
    let of_nothing = Command::Undo { revision: Revision(1), made: None, steps: Vec::new() };
    assert_eq!(world.refused(&operator(), of_nothing), "invalid");
}

#[test]
fn an_unknown_revision_is_refused_with_the_newest_one() {
    let (world, _) = staffed();
    let newest = world.directory.revision().0;
    let undo = |revision| {
        let command = Command::Undo { revision: Revision(revision), made: None, steps: Vec::new() };
        plan(&world.directory, &operator(), &command, Timestamp::from_millis(0)).unwrap_err().to_string()
    };
    for unknown in [0, newest + 1, u64::MAX] {
        let told = format!("Revision: there is no revision {unknown}; the latest is {newest}");
        assert_eq!(undo(unknown), told);
    }
    assert!(undo(newest).contains("nothing in this change can be undone"), "{}", undo(newest));
}

#[test]
fn an_undo_is_itself_a_change_that_can_be_undone() {
    let (mut world, ann) = staffed();
    let analyst = world.profile("QualityAnalyst");
    let undo_it = done(&mut world, assign(ann, &[analyst]));
    let after = plainly(&world.directory);
    let redo = done(&mut world, undo_it);
    let change = world.done(&operator(), redo);
    assert!(matches!(change.records(), [RecordChange::Put(_)]));
    assert_eq!(plainly(&world.directory), after);
}

#[test]
fn an_email_that_an_undo_restores_must_be_confirmed_again() {
    let (mut world, ann) = staffed();
    let typed = |email: &str| Command::UpdateUserIdentityInfo {
        user: ann,
        identity: Identity { email: Some(email.to_owned()), ..identity() },
    };
    world.done(&operator(), typed("mia@evil.example"));
    let back = done(&mut world, typed("ann@corp.example"));
    let root = world.acting("admin");
    let mut confirmed = world.clone();
    world.done(&root, back.clone());
    assert!(world.directory.user(ann).unwrap().email_unverified, "the actor did not enter it");
    // An address that the user has confirmed stays verified.
    let system = Actor::system();
    confirmed.done(&system, Command::ConfirmEmail { user: ann, email: "ann@corp.example".to_owned() });
    let back = done(&mut confirmed, typed("other@corp.example"));
    confirmed.done(&root, back);
    assert!(!confirmed.directory.user(ann).unwrap().email_unverified);
}

#[test]
fn only_the_last_of_several_deletions_of_a_user_can_be_undone() {
    let (mut world, ann) = staffed();
    world.guard(floorkey::GuardMode::Enforce);
    world.grant("Managers", &["Users.Edit", "Users.Create", "Users.Delete", "BasicAgentAccess"]);
    let mia = by(world.hire("mia", &["Managers"]));
    let delete = || Command::DeleteUser { user: ann };
    let first = done(&mut world, delete());
    world.done(&operator(), first.clone());
    let admin = world.profile("Admin");
    world.done(&operator(), assign(ann, &[admin]));
    let second = done(&mut world, delete());
    assert_eq!(world.refused(&mia, first.clone()), "stale");
    assert_eq!(world.refused(&operator(), first), "stale");
    assert_eq!(world.refused(&mia, second.clone()), "guard");
    // The same applies if the user had another login in between.
    let mut renamed = world.clone();
    renamed.done(&operator(), second.clone());
    renamed.done(&operator(), Command::RenameUserLogin { user: ann, username: "anna".to_owned() });
    let third = done(&mut renamed, delete());
    assert_eq!(renamed.refused(&operator(), second.clone()), "stale");
    renamed.done(&operator(), third);
    world.done(&operator(), second);
    assert!(world.directory.has_full_access(ann));
}

#[test]
fn only_actors_who_see_restorable_records_can_undo() {
    let mut world = World::new();
    world.make_profile("Lyon", granting_tagged(&["Users.View"], &["User"], ("site", "lyon")));
    let (agent, scoped) = (world.hire("agent", &["Agent"]), world.hire("scoped", &["Lyon"]));
    let can = |actor: Actor| floorkey::can_undo(&world.directory, &actor.principal, world.now);
    assert_eq!([can(operator()), can(by(scoped)), can(by(agent))], [true, true, false]);
}
