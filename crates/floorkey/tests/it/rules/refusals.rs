//! Refusals disclose to their actor nothing that the actor cannot see: neither names nor whether an id exists. The
//! audit log has the full details for administrators.

use floorkey::audit::Outcome;
use floorkey::user::Identity;
use floorkey::{
    AccessKeyId, Actor, Command, GuardMode, HierarchyGroupId, RecordKey, Reference, Refusal, Revision,
    SecurityProfileId, UserId, refused,
};

use crate::test_instance::{
    TestInstance, actor_of, assign, create_key, granting, granting_below, granting_tagged, identity, key_id, operator,
    password, reset, tags, undo, update,
};

/// Returns the code and the text of the refusal of a command, with the ids replaced.
fn told(world: &TestInstance, actor: &Actor, command: &Command, ids: &[&dyn ToString]) -> (&'static str, String) {
    let refusal = floorkey::plan(&world.directory, actor, command, world.now).unwrap_err();
    let text = ids.iter().fold(refusal.to_string(), |text, id| text.replace(&id.to_string(), "ID"));
    (refusal.code(), text)
}

/// Returns the message and the reference of the refusal in the audit log.
fn details(world: &TestInstance, actor: &Actor, command: &Command) -> (String, Option<Reference>) {
    let refusal = floorkey::plan(&world.directory, actor, command, world.now).unwrap_err();
    let refusal = refusal.refer(Reference::from_random(7));
    let event = refused(actor, command.act(), command.targets(&world.directory), &refusal, world.now);
    let Outcome::Refused { message, reference, .. } = event.outcome else { panic!("it was done") };
    (message, reference)
}

type OnUser = fn(&TestInstance, UserId) -> Command;

/// Commands on any user.
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
    |_, user| Command::ConfirmEmail { user, email: "x@example.com".to_owned() },
    |_, user| Command::ChangeOwnPassword { user, password: password() },
    |_, user| create_key(user, &key_id(99)),
    |world, user| assign(user, &[world.profile("Agent")]),
    |world, user| {
        let record = RecordKey::User(user);
        // Like a form that was opened long before it is sent.
        Command::IfUnchanged { record, modified: world.now, command: Box::new(reset(user)) }
    },
];

#[test]
fn whether_a_user_exists_is_not_disclosed_to_actors_who_cannot_manage_them() {
    let mut world = TestInstance::new();
    world.levels(&["Site"]);
    let (lisbon, porto) = (world.group("Lisbon", None), world.group("Porto", None));
    let permissions = ["Users.Edit", "Users.Delete", "Users.EnableAndDisable", "Users.Create"];
    world.create_profile("Managers of Lisbon", granting_below(&permissions, Some(lisbon)));
    let ann = actor_of(world.create_user("ann", &["Agent"]));
    let manager = actor_of(world.create_user("manager", &["Managers of Lisbon"]));
    let mut outside = world.new_user("outside", &["Agent"]);
    outside.hierarchy_group = Some(porto);
    let (outside, missing) = (world.create_user_from(outside), UserId::from_bits(0xdead));
    for on in ON_USERS {
        for actor in [&ann, &manager] {
            let [exists, absent] = [outside, missing].map(|user| told(&world, actor, &on(&world, user), &[&user]));
            assert_eq!(exists, absent);
            assert!(["not-permitted", "out-of-scope", "not-fresh"].contains(&exists.0), "{exists:?}");
        }
        // An actor who sees all users learns that the user does not exist, or that only the owner can run the command.
        let by_root = told(&world, &world.actor_by_login("admin"), &on(&world, missing), &[]);
        assert!(["not-found", "not-permitted"].contains(&by_root.0), "{by_root:?}");
    }
}

#[test]
fn whether_any_other_record_exists_is_not_disclosed_either() {
    let mut world = TestInstance::new();
    world.levels(&["Site"]);
    let group = world.group("Lisbon", None);
    let key = world.key(world.user("admin"));
    let ann = actor_of(world.create_user("ann", &["Agent"]));
    let red = ("team", "red");
    world.create_profile(
        "Red",
        granting_tagged(&["SecurityProfiles.Delete", "SecurityProfiles.Edit"], &["SecurityProfile"], red),
    );
    let manager = actor_of(world.create_user("manager", &["Red"]));
    let (admin, agent) = (world.profile("Admin"), world.profile("Agent"));
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
            let [exists, absent] = [admin, no_profile].map(|id| told(&world, actor, &on(id, agent), &[&id]));
            assert_eq!(exists, absent);
        }
    }
    let no_group = HierarchyGroupId::from_bits(0xdead);
    for on in [
        |group| Command::DeleteUserHierarchyGroup { group },
        |group| Command::UpdateUserHierarchyGroupName { group, name: "Other".to_owned() },
    ] {
        let [exists, absent] = [group, no_group].map(|id| told(&world, &ann, &on(id), &[&id]));
        assert_eq!(exists, absent);
    }
    let no_key = AccessKeyId::parse("AKIA9999999999999999").unwrap();
    let [exists, absent] =
        [key, no_key].map(|id| told(&world, &ann, &Command::RevokeAccessKey { id: id.clone() }, &[&id]));
    assert_eq!(exists, absent);
}

#[test]
fn whether_a_linked_record_exists_is_disclosed_only_to_actors_who_see_it() {
    let mut world = TestInstance::new();
    let red = ("team", "red");
    world.create_profile("Red", granting_tagged(&["SecurityProfiles.View"], &["SecurityProfile"], red));
    world.create_profile(
        "Editors",
        granting_tagged(&["Users.Edit", "Users.EditPermission"], &["User", "SecurityProfile"], red),
    );
    let manager = actor_of(world.create_user("manager", &["Red", "Editors"]));
    let mut user = world.new_user("inside", &["Agent"]);
    user.tags = tags(&[red]);
    let inside = world.create_user_from(user);
    let (hidden, missing) = (world.profile("QualityAnalyst"), SecurityProfileId::from_bits(0xdead));
    for on in [
        |user, profile| assign(user, &[profile]),
        |user, profile| Command::AssociateSecurityProfiles { user, profiles: vec![profile] },
        |user, profile| Command::DisassociateSecurityProfiles { user, profiles: vec![profile] },
        |user, profile| Command::ChangeSecurityProfiles { user, add: [].into(), remove: [profile].into() },
    ] {
        let [exists, absent] = [hidden, missing].map(|id| told(&world, &manager, &on(inside, id), &[&id]));
        assert_eq!(exists, absent);
        assert_eq!(exists.0, "out-of-scope");
        let admin = world.actor_by_login("admin");
        assert_eq!(told(&world, &admin, &on(inside, missing), &[]).0, "not-found");
    }
}

#[test]
fn an_undo_discloses_nothing_about_a_change_that_its_actor_cannot_see() {
    let mut world = TestInstance::new();
    world.levels(&["Site"]);
    let (lisbon, porto) = (world.group("Lisbon", None), world.group("Porto", None));
    world.create_profile(
        "Managers of Lisbon",
        granting_below(&["Users.Edit", "Users.Delete", "Users.Create"], Some(lisbon)),
    );
    let ann = actor_of(world.create_user("ann", &["Agent"]));
    let manager = actor_of(world.create_user("manager", &["Managers of Lisbon"]));
    let hire_in = |world: &mut TestInstance, login: &str, group| {
        let mut new = world.new_user(login, &["Agent"]);
        new.hierarchy_group = Some(group);
        world.create_user_from(new)
    };
    let (inside, outside) = (hire_in(&mut world, "inside", lisbon), hire_in(&mut world, "secretly-here", porto));
    let agent = world.profile("Agent");
    let undo = |world: &mut TestInstance, command: Command| {
        let before = world.directory.clone();
        let change = world.run_ok(&operator(), command);
        undo(&before, &change)
    };
    let of_inside = undo(&mut world, Command::SetUserEnabled { user: inside, enabled: false });
    let hidden = [
        undo(&mut world, Command::SetUserEnabled { user: outside, enabled: false }),
        undo(&mut world, Command::RenameSecurityProfile { profile: agent, name: "Agents".to_owned() }),
        undo(&mut world, Command::UpdateUserHierarchyGroupName { group: porto, name: "Gaia".to_owned() }),
        undo(&mut world, Command::DeleteUser { user: outside }),
        Command::Undo { revision: Revision(9_999), made: None, steps: Vec::new() },
    ];
    let revision = |command: &Command| match command {
        Command::Undo { revision, .. } => revision.0,
        _ => panic!("{command:?} undoes nothing"),
    };
    for actor in [&ann, &manager] {
        let told: Vec<_> = hidden.iter().map(|undo| told(&world, actor, undo, &[&revision(undo)])).collect();
        assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
        assert_eq!(told[0].0, "out-of-scope");
        assert!(!told[0].1.contains("secretly-here") && !told[0].1.contains(&outside.to_string()), "{told:?}");
    }
    assert_eq!(
        told(&world, &ann, &of_inside, &[&revision(&of_inside)]),
        told(&world, &ann, &hidden[0], &[&revision(&hidden[0])])
    );
    let (read, reference) = details(&world, &manager, &hidden[1]);
    assert!(read.contains("the security profile `Agents`") && reference.is_some(), "{read}");
    // Enabling requires a separate permission. The refusal names it, since the manager sees the user.
    let (code, text) = told(&world, &manager, &of_inside, &[]);
    assert_eq!(code, "not-permitted");
    assert!(text.contains("Users.EnableAndDisable") && text.contains("`inside`"), "{text}");
}

#[test]
fn an_in_use_refusal_names_only_users_whom_the_actor_sees() {
    let mut world = TestInstance::new();
    world.levels(&["Site"]);
    let lisbon = world.group("Lisbon", None);
    let profile = world.create_profile_granting("Night shift", &["Users.View"]);
    let hidden = world.create_user("hidden-login", &["Night shift"]);
    let mut seen = world.new_user("seen-login", &["Night shift"]);
    seen.hierarchy_group = Some(lisbon);
    world.create_user_from(seen);
    world.create_profile_granting("Deleters", &["SecurityProfiles.Delete"]);
    world.create_profile("Lisbon", granting_below(&["Users.View"], Some(lisbon)));
    let blind = actor_of(world.create_user("blind", &["Deleters"]));
    let scoped = actor_of(world.create_user("scoped", &["Deleters", "Lisbon"]));
    let delete = Command::DeleteSecurityProfile { profile };
    for (actor, sees) in [(&blind, false), (&scoped, true)] {
        let (code, text) = told(&world, actor, &delete, &[]);
        assert_eq!(code, "in-use");
        let count = if sees { "1 user has `Night shift`" } else { "users outside your scope have `Night shift`" };
        assert!(text.contains(count) && !text.contains("hidden-login"), "{text}");
        assert_eq!(text.contains("seen-login"), sees, "{text}");
        let (read, reference) = details(&world, actor, &delete);
        assert!(read.contains("hidden-login") && read.contains("seen-login") && reference.is_some(), "{read}");
    }
    let (_, text) = told(&world, &operator(), &delete, &[]);
    assert!(text.contains("hidden-login") && text.contains("seen-login"), "{text}");
    assert_eq!(details(&world, &operator(), &delete), (text, None));

    // The same for a profile that is restricted to a group.
    world.create_profile("Secret profile", granting_below(&["Users.View"], Some(lisbon)));
    for user in [hidden, world.user("seen-login")] {
        world.run_ok(&operator(), Command::UpdateUserHierarchy { user, group: None });
    }
    world.create_profile_granting("Group editors", &["AgentGrouping.Edit"]);
    let editor = actor_of(world.create_user("editor", &["Group editors"]));
    let delete = Command::DeleteUserHierarchyGroup { group: lisbon };
    let (code, text) = told(&world, &editor, &delete, &[]);
    assert_eq!(code, "in-use");
    assert!(!text.contains("Lisbon") && !text.contains("Secret profile"), "{text}");
    let (read, reference) = details(&world, &editor, &delete);
    assert!(["`Lisbon`", "`Secret profile`"].iter().any(|name| read.contains(name)), "{read}");
    assert!(reference.is_some());
}

#[test]
fn the_guard_names_exceeding_permissions_only_to_actors_who_see_them() {
    let mut world = TestInstance::enforcing();
    world.create_profile_granting("Editors", &["Users.Edit"]);
    world.create_profile_granting("Viewers", &["SecurityProfiles.View"]);
    let mia = actor_of(world.create_user("mia", &["Editors"]));
    let vera = actor_of(world.create_user("vera", &["Editors", "Viewers"]));
    let (root, ann) = (world.user("admin"), world.create_user("ann", &["Agent"]));
    let admin = world.profile("Admin");
    for (command, without) in [
        (reset(root), "you can't do this: this user has more access than you"),
        (assign(ann, &[admin]), "you can't do this: it would give access that you don't have and can't assign"),
    ] {
        let (code, text) = told(&world, &mia, &command, &[]);
        assert_eq!((code, text.as_str()), ("guard", without));
        let (_, seen) = told(&world, &vera, &command, &[]);
        assert!(seen.starts_with(&format!("{without}: ")) && seen.contains(" more"), "{seen}");
        let (read, reference) = details(&world, &mia, &command);
        assert!(read.contains(" more access") || read.contains("would give access"), "{read}");
        assert!(read.len() > text.len() && reference.is_some(), "{read}");
        assert_eq!(details(&world, &vera, &command).1, None);
    }
    // The text for the actor has the reference and not the details.
    let refusal = floorkey::plan(&world.directory, &mia, &reset(root), world.now).unwrap_err();
    let reference = Reference::from_random(42);
    let referred = refusal.refer(reference);
    let text = format!(
        "you can't do this: this user has more access than you. Ask an administrator and give the reference {reference}"
    );
    assert_eq!(referred.to_string(), text);
    assert!(matches!(referred.root(), Refusal::Guard(_)));
    world.set_guard(GuardMode::Warn);
    world.run_ok(&mia, reset(root));
}

#[test]
fn a_batch_names_only_users_whom_the_actor_sees() {
    let mut world = TestInstance::new();
    world.levels(&["Site"]);
    let lisbon = world.group("Lisbon", None);
    world.create_profile("Managers of Lisbon", granting_below(&["Users.Edit"], Some(lisbon)));
    let manager = actor_of(world.create_user("manager", &["Managers of Lisbon"]));
    let outside = world.create_user("secretly-here", &["Agent"]);
    let batch = Command::Batch { act: floorkey::Act::EditUsers, commands: vec![reset(outside)] };
    let (code, text) = told(&world, &manager, &batch, &[]);
    assert_eq!(code, "out-of-scope");
    assert!(!text.contains("secretly-here"), "{text}");
    let by_admin = Command::Batch { act: floorkey::Act::EditUsers, commands: vec![assign(outside, &[])] };
    assert!(told(&world, &operator(), &by_admin, &[]).1.contains("`secretly-here`"));
}

#[test]
fn the_last_administrator_is_named_only_to_actors_who_see_them() {
    let mut world = TestInstance::new();
    let admin = world.profile("Admin");
    world.create_profile_granting("Profile editors", &["SecurityProfiles.Edit"]);
    let blind = actor_of(world.create_user("blind", &["Profile editors"]));
    let shrink = update(admin, granting(&["Users.View"]));
    let (code, text) = told(&world, &blind, &shrink, &[]);
    assert_eq!(code, "last-administrator");
    assert!(!text.contains("`admin`"), "{text}");
    let (read, reference) = details(&world, &blind, &shrink);
    assert!(read.contains("`admin`") && reference.is_some(), "{read}");
    assert!(told(&world, &operator(), &shrink, &[]).1.contains("`admin`"));
}

#[test]
fn a_taken_name_is_shown_as_sent_to_actors_who_do_not_see_its_user() {
    let mut world = TestInstance::new();
    world.levels(&["Site"]);
    let lisbon = world.group("Lisbon", None);
    world.create_profile("Managers of Lisbon", granting_below(&["Users.Edit"], Some(lisbon)));
    let manager = actor_of(world.create_user("manager", &["Managers of Lisbon"]));
    world.create_user("Ann.Secret", &["Agent"]);
    let mut bob = world.new_user("bob", &["Agent"]);
    bob.hierarchy_group = Some(lisbon);
    let bob = world.create_user_from(bob);
    let rename = Command::RenameUserLogin { user: bob, username: "ANN.secret".to_owned() };
    let (code, text) = told(&world, &manager, &rename, &[]);
    assert_eq!(code, "duplicate");
    assert!(text.contains("`ANN.secret`") && !text.contains("Ann.Secret"), "{text}");
    assert!(told(&world, &operator(), &rename, &[]).1.contains("`Ann.Secret`"));
}
