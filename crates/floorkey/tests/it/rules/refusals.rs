//! Tests that a refusal discloses nothing that the actor can't see: no names, and not even whether an ID exists. The
//! audit log has the full details for administrators.

use floorkey::audit::Outcome;
use floorkey::user::Identity;
use floorkey::{
    AccessKeyId, Actor, Command, GuardMode, HierarchyGroupId, RecordKey, Reference, Refusal, Revision,
    SecurityProfileId, UserId, refused_event,
};

use crate::test_instance::{
    TestInstance, actor_of, assign, create_key, granting, granting_below, granting_tagged, identity, key_id, operator,
    password, reset, tags, undo, update,
};

/// Returns the code and the message of a command's refusal. The IDs in the message are replaced.
fn refusal_of(
    instance: &TestInstance,
    actor: &Actor,
    command: &Command,
    ids: &[&dyn ToString],
) -> (&'static str, String) {
    let refusal = floorkey::plan(&instance.directory, actor, command, instance.now).unwrap_err();
    let text = ids.iter().fold(refusal.to_string(), |text, id| text.replace(&id.to_string(), "ID"));
    (refusal.code(), text)
}

/// Returns the message and the reference code of the refusal in the audit log.
fn details(instance: &TestInstance, actor: &Actor, command: &Command) -> (String, Option<Reference>) {
    let refusal = floorkey::plan(&instance.directory, actor, command, instance.now).unwrap_err();
    let refusal = refusal.with_reference(Reference::from_random(7));
    let event = refused_event(actor, command.action(), command.targets(&instance.directory), &refusal, instance.now);
    let Outcome::Refused { message, reference, .. } = event.outcome else { panic!("it was done") };
    (message, reference)
}

type OnUser = fn(&TestInstance, UserId) -> Command;

/// Functions that return commands with a given user as the target.
const ON_USERS: [OnUser; 16] = [
    |_, user| reset(user),
    |_, user| Command::DeleteUser { user },
    |_, user| Command::SetUserEnabled { user, enabled: false },
    |_, user| Command::SetUserEnabled { user, enabled: true },
    |_, user| Command::RenameUserLogin { user, username: "other".to_owned() },
    |_, user| Command::UpdateUserIdentityInfo { user, identity: Identity { email: None, ..identity() } },
    |_, user| Command::UpdateUserPhoneConfig { user, channels: Vec::new() },
    |_, user| Command::UpdateUserHierarchy { user, group: None },
    |_, user| Command::EndUserSessions { user },
    |_, user| Command::UnlockUser { user },
    |_, user| Command::RemoveSecondFactor { user, factor: None },
    |_, user| Command::VerifyEmail { user, email: "x@example.com".to_owned() },
    |_, user| Command::ChangeOwnPassword { user, password: password() },
    |_, user| create_key(user, &key_id(99)),
    |instance, user| assign(user, &[instance.profile("Agent")]),
    |instance, user| {
        let record = RecordKey::User(user);
        // This command simulates a form that was opened long before it was submitted.
        Command::IfUnchanged { record, modified: instance.now, command: Box::new(reset(user)) }
    },
];

#[test]
fn whether_a_user_exists_is_not_disclosed_to_actors_who_cannot_manage_them() {
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    let (lisbon, porto) = (instance.group("Lisbon", None), instance.group("Porto", None));
    let permissions = ["Users.Edit", "Users.Delete", "Users.EnableAndDisable", "Users.Create"];
    instance.create_profile("Managers of Lisbon", granting_below(&permissions, Some(lisbon)));
    let ann = actor_of(instance.create_user("ann", &["Agent"]));
    let manager = actor_of(instance.create_user("manager", &["Managers of Lisbon"]));
    let mut outside = instance.new_user("outside", &["Agent"]);
    outside.hierarchy_group = Some(porto);
    let (outside, missing) = (instance.create_user_from(outside), UserId::from_bits(0xdead));
    for on in ON_USERS {
        for actor in [&ann, &manager] {
            let [exists, absent] =
                [outside, missing].map(|user| refusal_of(&instance, actor, &on(&instance, user), &[&user]));
            assert_eq!(exists, absent);
            assert!(["not-permitted", "out-of-scope", "not-fresh"].contains(&exists.0), "{exists:?}");
        }
        // For actors who can see all users, the refusal says that the user does not exist. For some commands, it says
        // that only users themselves can run the command.
        let by_root = refusal_of(&instance, &instance.actor_by_login("admin"), &on(&instance, missing), &[]);
        assert!(["not-found", "not-permitted"].contains(&by_root.0), "{by_root:?}");
    }
}

#[test]
fn whether_any_other_record_exists_is_not_disclosed_either() {
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    let group = instance.group("Lisbon", None);
    let key = instance.key(instance.user("admin"));
    let ann = actor_of(instance.create_user("ann", &["Agent"]));
    let red = ("team", "red");
    instance.create_profile(
        "Red",
        granting_tagged(&["SecurityProfiles.Delete", "SecurityProfiles.Edit"], &["SecurityProfile"], red),
    );
    let manager = actor_of(instance.create_user("manager", &["Red"]));
    let (admin, agent) = (instance.profile("Admin"), instance.profile("Agent"));
    let no_profile = SecurityProfileId::from_bits(0xdead);
    type OnProfile = fn(SecurityProfileId, SecurityProfileId) -> Command;
    let on_profiles: [OnProfile; 6] = [
        |profile, _| update(profile, granting(&["Users.View"])),
        |profile, _| Command::RenameSecurityProfile { profile, name: "Other".to_owned() },
        |profile, _| Command::DeleteSecurityProfile { profile },
        |profile, _| Command::SetAssignableProfiles { profile, assignable: [].into() },
        |profile, with| Command::ReplaceSecurityProfile { profile, with, delete: false },
        |profile, _| Command::TagResource { target: RecordKey::Profile(profile), tags: tags(&[("a", "b")]) },
    ];
    for on in on_profiles {
        for actor in [&ann, &manager] {
            let [exists, absent] = [admin, no_profile].map(|id| refusal_of(&instance, actor, &on(id, agent), &[&id]));
            assert_eq!(exists, absent);
        }
    }
    let no_group = HierarchyGroupId::from_bits(0xdead);
    for on in [
        |group| Command::DeleteUserHierarchyGroup { group },
        |group| Command::UpdateUserHierarchyGroupName { group, name: "Other".to_owned() },
    ] {
        let [exists, absent] = [group, no_group].map(|id| refusal_of(&instance, &ann, &on(id), &[&id]));
        assert_eq!(exists, absent);
    }
    let no_key = AccessKeyId::parse("AKIA9999999999999999").unwrap();
    let [exists, absent] =
        [key, no_key].map(|id| refusal_of(&instance, &ann, &Command::RevokeAccessKey { id: id.clone() }, &[&id]));
    assert_eq!(exists, absent);
}

#[test]
fn whether_a_linked_record_exists_is_disclosed_only_to_actors_who_see_it() {
    let mut instance = TestInstance::new();
    let red = ("team", "red");
    instance.create_profile("Red", granting_tagged(&["SecurityProfiles.View"], &["SecurityProfile"], red));
    instance.create_profile(
        "Editors",
        granting_tagged(&["Users.Edit", "Users.EditPermission"], &["User", "SecurityProfile"], red),
    );
    let manager = actor_of(instance.create_user("manager", &["Red", "Editors"]));
    let mut user = instance.new_user("inside", &["Agent"]);
    user.tags = tags(&[red]);
    let inside = instance.create_user_from(user);
    let (hidden, missing) = (instance.profile("QualityAnalyst"), SecurityProfileId::from_bits(0xdead));
    for on in [
        |user, profile| assign(user, &[profile]),
        |user, profile| Command::AssociateSecurityProfiles { user, profiles: vec![profile] },
        |user, profile| Command::DisassociateSecurityProfiles { user, profiles: vec![profile] },
        |user, profile| Command::ChangeSecurityProfiles { user, add: [].into(), remove: [profile].into() },
    ] {
        let [exists, absent] = [hidden, missing].map(|id| refusal_of(&instance, &manager, &on(inside, id), &[&id]));
        assert_eq!(exists, absent);
        assert_eq!(exists.0, "out-of-scope");
        let admin = instance.actor_by_login("admin");
        assert_eq!(refusal_of(&instance, &admin, &on(inside, missing), &[]).0, "not-found");
    }
}

#[test]
fn an_undo_discloses_nothing_about_a_change_that_its_actor_cannot_see() {
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    let (lisbon, porto) = (instance.group("Lisbon", None), instance.group("Porto", None));
    instance.create_profile(
        "Managers of Lisbon",
        granting_below(&["Users.Edit", "Users.Delete", "Users.Create"], Some(lisbon)),
    );
    let ann = actor_of(instance.create_user("ann", &["Agent"]));
    let manager = actor_of(instance.create_user("manager", &["Managers of Lisbon"]));
    let hire_in = |instance: &mut TestInstance, login: &str, group| {
        let mut new = instance.new_user(login, &["Agent"]);
        new.hierarchy_group = Some(group);
        instance.create_user_from(new)
    };
    let (inside, outside) = (hire_in(&mut instance, "inside", lisbon), hire_in(&mut instance, "secretly-here", porto));
    let agent = instance.profile("Agent");
    let undo = |instance: &mut TestInstance, command: Command| {
        let before = instance.directory.clone();
        let change = instance.run_ok(&operator(), command);
        undo(&before, &change)
    };
    let of_inside = undo(&mut instance, Command::SetUserEnabled { user: inside, enabled: false });
    let hidden = [
        undo(&mut instance, Command::SetUserEnabled { user: outside, enabled: false }),
        undo(&mut instance, Command::RenameSecurityProfile { profile: agent, name: "Agents".to_owned() }),
        undo(&mut instance, Command::UpdateUserHierarchyGroupName { group: porto, name: "Gaia".to_owned() }),
        undo(&mut instance, Command::DeleteUser { user: outside }),
        Command::Undo { revision: Revision(9_999), made: None, steps: Vec::new() },
    ];
    let revision = |command: &Command| match command {
        Command::Undo { revision, .. } => revision.0,
        _ => panic!("{command:?} undoes nothing"),
    };
    for actor in [&ann, &manager] {
        let refusal_of: Vec<_> =
            hidden.iter().map(|undo| refusal_of(&instance, actor, undo, &[&revision(undo)])).collect();
        assert!(refusal_of.iter().all(|one| *one == refusal_of[0]), "{refusal_of:?}");
        assert_eq!(refusal_of[0].0, "out-of-scope");
        assert!(
            !refusal_of[0].1.contains("secretly-here") && !refusal_of[0].1.contains(&outside.to_string()),
            "{refusal_of:?}"
        );
    }
    assert_eq!(
        refusal_of(&instance, &ann, &of_inside, &[&revision(&of_inside)]),
        refusal_of(&instance, &ann, &hidden[0], &[&revision(&hidden[0])])
    );
    let (read, reference) = details(&instance, &manager, &hidden[1]);
    assert!(read.contains("the security profile `Agents`") && reference.is_some(), "{read}");
    // Enabling a user requires a separate permission. The refusal names the permission, because the manager can see the
    // user.
    let (code, text) = refusal_of(&instance, &manager, &of_inside, &[]);
    assert_eq!(code, "not-permitted");
    assert!(text.contains("Users.EnableAndDisable") && text.contains("`inside`"), "{text}");
}

#[test]
fn an_in_use_refusal_names_only_users_whom_the_actor_sees() {
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    let lisbon = instance.group("Lisbon", None);
    let profile = instance.create_profile_granting("Night shift", &["Users.View"]);
    let hidden = instance.create_user("hidden-login", &["Night shift"]);
    let mut seen = instance.new_user("seen-login", &["Night shift"]);
    seen.hierarchy_group = Some(lisbon);
    instance.create_user_from(seen);
    instance.create_profile_granting("Deleters", &["SecurityProfiles.Delete"]);
    instance.create_profile("Lisbon", granting_below(&["Users.View"], Some(lisbon)));
    let blind = actor_of(instance.create_user("blind", &["Deleters"]));
    let scoped_actor = actor_of(instance.create_user("scoped", &["Deleters", "Lisbon"]));
    let delete = Command::DeleteSecurityProfile { profile };
    for (actor, sees) in [(&blind, false), (&scoped_actor, true)] {
        let (code, text) = refusal_of(&instance, actor, &delete, &[]);
        assert_eq!(code, "in-use");
        let count = if sees { "1 user has `Night shift`" } else { "users outside your scope have `Night shift`" };
        assert!(text.contains(count) && !text.contains("hidden-login"), "{text}");
        assert_eq!(text.contains("seen-login"), sees, "{text}");
        let (read, reference) = details(&instance, actor, &delete);
        assert!(read.contains("hidden-login") && read.contains("seen-login") && reference.is_some(), "{read}");
    }
    let (_, text) = refusal_of(&instance, &operator(), &delete, &[]);
    assert!(text.contains("hidden-login") && text.contains("seen-login"), "{text}");
    assert_eq!(details(&instance, &operator(), &delete), (text, None));

    // The refusal also hides a profile whose access control is limited to a group.
    instance.create_profile("Secret profile", granting_below(&["Users.View"], Some(lisbon)));
    for user in [hidden, instance.user("seen-login")] {
        instance.run_ok(&operator(), Command::UpdateUserHierarchy { user, group: None });
    }
    instance.create_profile_granting("Group editors", &["AgentGrouping.Edit"]);
    let editor = actor_of(instance.create_user("editor", &["Group editors"]));
    let delete = Command::DeleteUserHierarchyGroup { group: lisbon };
    let (code, text) = refusal_of(&instance, &editor, &delete, &[]);
    assert_eq!(code, "in-use");
    assert!(!text.contains("Lisbon") && !text.contains("Secret profile"), "{text}");
    let (read, reference) = details(&instance, &editor, &delete);
    assert!(["`Lisbon`", "`Secret profile`"].iter().any(|name| read.contains(name)), "{read}");
    assert!(reference.is_some());
}

#[test]
fn the_guard_names_exceeding_permissions_only_to_actors_who_see_them() {
    let mut instance = TestInstance::enforcing();
    instance.create_profile_granting("Editors", &["Users.Edit"]);
    instance.create_profile_granting("Viewers", &["SecurityProfiles.View"]);
    let mia = actor_of(instance.create_user("mia", &["Editors"]));
    let vera = actor_of(instance.create_user("vera", &["Editors", "Viewers"]));
    let (root, ann) = (instance.user("admin"), instance.create_user("ann", &["Agent"]));
    let admin = instance.profile("Admin");
    for (command, without) in [
        (reset(root), "you can't do this: this user has more access than you"),
        (assign(ann, &[admin]), "you can't do this: it would give access that you don't have and can't assign"),
    ] {
        let (code, text) = refusal_of(&instance, &mia, &command, &[]);
        assert_eq!((code, text.as_str()), ("guard", without));
        let (_, seen) = refusal_of(&instance, &vera, &command, &[]);
        assert!(seen.starts_with(&format!("{without}: ")) && seen.contains(" more"), "{seen}");
        let (read, reference) = details(&instance, &mia, &command);
        assert!(read.contains(" more access") || read.contains("would give access"), "{read}");
        assert!(read.len() > text.len() && reference.is_some(), "{read}");
        assert_eq!(details(&instance, &vera, &command).1, None);
    }
    // The message for the actor contains the reference code but not the details.
    let refusal = floorkey::plan(&instance.directory, &mia, &reset(root), instance.now).unwrap_err();
    let reference = Reference::from_random(42);
    let referred = refusal.with_reference(reference);
    let text = format!(
        "you can't do this: this user has more access than you. Ask an administrator and give the reference {reference}"
    );
    assert_eq!(referred.to_string(), text);
    assert!(matches!(referred.root(), Refusal::Guard(_)));
    instance.set_guard(GuardMode::Warn);
    instance.run_ok(&mia, reset(root));
}

#[test]
fn a_batch_names_only_users_whom_the_actor_sees() {
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    let lisbon = instance.group("Lisbon", None);
    instance.create_profile("Managers of Lisbon", granting_below(&["Users.Edit"], Some(lisbon)));
    let manager = actor_of(instance.create_user("manager", &["Managers of Lisbon"]));
    let outside = instance.create_user("secretly-here", &["Agent"]);
    let batch = Command::Batch { action: floorkey::Action::EditUsers, commands: vec![reset(outside)] };
    let (code, text) = refusal_of(&instance, &manager, &batch, &[]);
    assert_eq!(code, "out-of-scope");
    assert!(!text.contains("secretly-here"), "{text}");
    let by_admin = Command::Batch { action: floorkey::Action::EditUsers, commands: vec![assign(outside, &[])] };
    assert!(refusal_of(&instance, &operator(), &by_admin, &[]).1.contains("`secretly-here`"));
}

#[test]
fn the_last_administrator_is_named_only_to_actors_who_see_them() {
    let mut instance = TestInstance::new();
    let admin = instance.profile("Admin");
    instance.create_profile_granting("Profile editors", &["SecurityProfiles.Edit"]);
    let blind = actor_of(instance.create_user("blind", &["Profile editors"]));
    let shrink = update(admin, granting(&["Users.View"]));
    let (code, text) = refusal_of(&instance, &blind, &shrink, &[]);
    assert_eq!(code, "last-administrator");
    assert!(!text.contains("`admin`"), "{text}");
    let (read, reference) = details(&instance, &blind, &shrink);
    assert!(read.contains("`admin`") && reference.is_some(), "{read}");
    assert!(refusal_of(&instance, &operator(), &shrink, &[]).1.contains("`admin`"));
}

#[test]
fn a_taken_name_is_shown_as_sent_to_actors_who_do_not_see_its_user() {
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    let lisbon = instance.group("Lisbon", None);
    instance.create_profile("Managers of Lisbon", granting_below(&["Users.Edit"], Some(lisbon)));
    let manager = actor_of(instance.create_user("manager", &["Managers of Lisbon"]));
    instance.create_user("Ann.Secret", &["Agent"]);
    let mut bob = instance.new_user("bob", &["Agent"]);
    bob.hierarchy_group = Some(lisbon);
    let bob = instance.create_user_from(bob);
    let rename = Command::RenameUserLogin { user: bob, username: "ANN.secret".to_owned() };
    let (code, text) = refusal_of(&instance, &manager, &rename, &[]);
    assert_eq!(code, "duplicate");
    assert!(text.contains("`ANN.secret`") && !text.contains("Ann.Secret"), "{text}");
    assert!(refusal_of(&instance, &operator(), &rename, &[]).1.contains("`Ann.Secret`"));
}
