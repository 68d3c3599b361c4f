//! Tests the escalation guard: an actor can give only access that the actor has or can assign.

use floorkey::audit::Flag;
use floorkey::user::Assignment;
use floorkey::{Actor, Command, GuardMode, Permission, RecordKey, SecurityProfileEdit, SecurityProfileId, Timestamp};

use crate::test_instance::{
    TestInstance, actor_of, assign, flagged, fresh_actor_of, granting, granting_below, granting_tagged, operator,
    reset, tags, update,
};

fn set_guard(mode: GuardMode, reason: &str) -> Command {
    Command::SetEscalationGuard { mode, reason: reason.to_owned() }
}

/// Asserts that the guard flags the command in mode `warn` and refuses it in mode `enforce`.
fn assert_guarded(instance: &TestInstance, actor: &Actor, command: Command) {
    let mut warning = instance.clone();
    warning.set_guard(GuardMode::Warn);
    assert!(flagged(&warning.run_ok(actor, command.clone())), "{command:?}");
    let mut enforcing = instance.clone();
    enforcing.set_guard(GuardMode::Enforce);
    assert_eq!(enforcing.refusal_code(actor, command), "guard");
}

/// Asserts how the guard handles a command that adds profiles to an assignable list. It flags the command in mode
/// `warn` and refuses it in mode `enforce`.
fn assert_list_guarded(instance: &TestInstance, actor: &Actor, command: Command) {
    let mut warning = instance.clone();
    warning.set_guard(GuardMode::Warn);
    assert!(warning.run_ok(actor, command.clone()).event().flags.contains(&Flag::ExpandedOwnAssignable));
    let mut enforcing = instance.clone();
    enforcing.set_guard(GuardMode::Enforce);
    assert_eq!(enforcing.refusal_code(actor, command), "guard");
}

/// Asserts that the command succeeds without a flag in both guard modes.
fn assert_allowed(instance: &TestInstance, actor: &Actor, command: Command) {
    for mode in [GuardMode::Warn, GuardMode::Enforce] {
        let mut instance = instance.clone();
        instance.set_guard(mode);
        assert!(!flagged(&instance.run_ok(actor, command.clone())), "{command:?}");
    }
}

#[test]
fn a_new_instance_warns_until_a_mode_is_set() {
    let instance = TestInstance::new();
    assert_eq!(instance.directory.settings().guard, None);
    assert_eq!(instance.directory.settings().guard_mode(), GuardMode::Warn);
}

#[test]
fn setting_the_guard_requires_a_full_administrator_and_loosening_it_a_fresh_sign_in_and_a_reason() {
    let mut instance = TestInstance::new();
    instance.create_profile_granting("Nearly all", &["SecurityProfiles.Edit", "Users.Edit"]);
    let (ella, admin) = (instance.create_user("ella", &["Nearly all"]), instance.user("admin"));
    assert_eq!(instance.refusal_code(&fresh_actor_of(ella), set_guard(GuardMode::Enforce, "")), "not-administrator");
    instance.run_ok(&actor_of(admin), set_guard(GuardMode::Enforce, ""));
    assert_eq!(
        instance.refusal_code(&fresh_actor_of(ella), set_guard(GuardMode::Warn, "why not")),
        "not-administrator"
    );
    assert_eq!(instance.refusal_code(&actor_of(admin), set_guard(GuardMode::Warn, "an audit")), "not-fresh");
    assert_eq!(instance.refusal_code(&fresh_actor_of(admin), set_guard(GuardMode::Warn, " ")), "invalid");
    let change = instance.run_ok(&fresh_actor_of(admin), set_guard(GuardMode::Warn, "an audit"));
    assert_eq!(change.event().flags, [Flag::Reason("an audit".to_owned())]);
    assert_eq!(instance.directory.settings().guard, Some(GuardMode::Warn));
}

#[test]
fn an_access_key_never_loosens_the_guard_for_its_user() {
    let mut instance = TestInstance::enforcing();
    let admin = instance.user("admin");
    let via = floorkey::Authentication::AccessKey(instance.key(admin));
    let actor = crate::test_instance::actor(floorkey::Principal::User { id: admin, authentication: via });
    assert_eq!(instance.refusal_code(&actor, set_guard(GuardMode::Warn, "an audit")), "not-fresh");
}

#[test]
fn actors_cannot_assign_access_that_they_do_not_have() {
    let mut instance = TestInstance::new();
    let carl = actor_of(instance.create_user("carl", &["CallCenterManager"]));
    let (ann, admin) = (instance.create_user("ann", &["Agent"]), instance.profile("Admin"));
    assert_guarded(&instance, &carl, assign(ann, &[admin]));
    assert_guarded(&instance, &carl, Command::AssociateSecurityProfiles { user: ann, profiles: vec![admin] });
    let new = instance.new_user("dan", &["Admin"]);
    assert_guarded(&instance, &carl, Command::CreateUser(Box::new(new)));
    let own = assign(instance.user("carl"), &[admin]);
    assert_guarded(&instance, &carl, own);
    let analyst = instance.profile("QualityAnalyst");
    assert_allowed(&instance, &carl, assign(ann, &[analyst]));
}

#[test]
fn actors_cannot_schedule_access_that_they_do_not_have() {
    let mut instance = TestInstance::new();
    let carl = actor_of(instance.create_user("carl", &["CallCenterManager"]));
    let (ann, profile) = (instance.create_user("ann", &["Agent"]), instance.profile("Admin"));
    let from = Some(Timestamp::from_millis(instance.now.as_millis() + 1_000));
    let assignments = vec![Assignment { profile, from, until: None }];
    assert_guarded(&instance, &carl, Command::UpdateUserSecurityProfiles { user: ann, assignments });
}

#[test]
fn actors_cannot_extend_their_own_planned_access() {
    let mut instance = TestInstance::new();
    let carl = instance.create_user("carl", &["CallCenterManager"]);
    let manager = Assignment::always(instance.profile("CallCenterManager"));
    let time = |millis| Some(Timestamp::from_millis(instance.now.as_millis() + millis));
    let admin = |from, until| Assignment { profile: instance.profile("Admin"), from, until };
    let assign_with =
        |assignment| Command::UpdateUserSecurityProfiles { user: carl, assignments: vec![manager, assignment] };
    let (planned, earlier, longer) =
        (admin(time(1_000), time(2_000)), admin(time(500), time(2_000)), admin(time(1_000), time(3_000)));
    let shorter = admin(time(1_200), time(1_900));
    let now = admin(None, time(1));
    instance.run_ok(&operator(), assign_with(planned));
    for assignment in [earlier, longer, now] {
        assert_guarded(&instance, &actor_of(carl), assign_with(assignment));
    }
    assert_allowed(&instance, &actor_of(carl), assign_with(shorter));
}

#[test]
fn assignable_profiles_can_be_assigned_by_actors_who_do_not_have_them() {
    let mut instance = TestInstance::new();
    let carl = actor_of(instance.create_user("carl", &["CallCenterManager"]));
    let (ann, agent, manager) = (
        instance.create_user("ann", &["QualityAnalyst"]),
        instance.profile("Agent"),
        instance.profile("CallCenterManager"),
    );
    assert_allowed(&instance, &carl, assign(ann, &[agent]));
    let new = instance.new_user("dan", &["Agent"]);
    assert_allowed(&instance, &carl, Command::CreateUser(Box::new(new)));
    instance.run_ok(&operator(), Command::SetAssignableProfiles { profile: manager, assignable: [].into() });
    assert_guarded(&instance, &carl, assign(ann, &[agent]));
}

#[test]
fn only_actors_who_can_grant_a_profile_can_make_it_assignable() {
    let mut instance = TestInstance::new();
    instance.create_profile_granting("Editor", &["SecurityProfiles.Edit", "Users.Edit"]);
    let ella = actor_of(instance.create_user("ella", &["Editor"]));
    let (profile, admin) = (instance.profile("Editor"), instance.profile("Admin"));
    let hand_out = |assignable| Command::SetAssignableProfiles { profile, assignable };
    assert_guarded(&instance, &ella, hand_out([admin].into()));
    // Only a full administrator can add profiles to the assignable list of the administrator's own profile. Setting the
    // same list again does not count as a gain.
    assert_list_guarded(&instance, &ella, hand_out([profile].into()));
    instance.run_ok(&operator(), hand_out([admin].into()));
    assert_allowed(&instance, &ella, hand_out([admin].into()));
    let other = instance.create_profile_granting("Unassigned", &["Users.View"]);
    assert_allowed(&instance, &ella, Command::SetAssignableProfiles { profile: other, assignable: [profile].into() });
}

#[test]
fn only_actors_who_can_assign_a_profile_can_give_that_ability() {
    let mut instance = TestInstance::new();
    let manager = instance.directory.profile_by_name("CallCenterManager").unwrap().clone();
    let names = manager.selected.iter().map(|name| name.name().to_owned()).collect();
    let content = SecurityProfileEdit { permissions: Some(names), ..SecurityProfileEdit::default() };
    instance.create_profile("The same without Agent", content);
    let mia = actor_of(instance.create_user("mia", &["The same without Agent"]));
    let carl = instance.create_user("carl", &["CallCenterManager"]);
    let ann = instance.create_user("ann", &["QualityAnalyst"]);
    assert_guarded(&instance, &mia, assign(ann, &[manager.id]));
    assert_guarded(&instance, &mia, reset(carl));
    assert_allowed(&instance, &actor_of(carl), assign(ann, &[manager.id]));
}

#[test]
fn a_profile_edit_gives_no_more_than_the_editor_has() {
    let mut instance = TestInstance::new();
    instance.create_profile_granting("Editor", &["SecurityProfiles.Edit", "SecurityProfiles.Create", "Users.View"]);
    let ella = actor_of(instance.create_user("ella", &["Editor"]));
    let profile = instance.create_profile_granting("Team", &["Queues.View"]);
    assert_guarded(&instance, &ella, update(profile, granting(&["Queues.View", "Queues.Edit"])));
    assert_allowed(&instance, &ella, update(profile, granting(&["Queues.View", "Users.View"])));
    assert_allowed(&instance, &ella, update(profile, granting(&[])));
    let own = instance.profile("Editor");
    assert_guarded(&instance, &ella, update(own, granting(&["SecurityProfiles.Edit", "Users.Edit"])));
    let new = instance.new_profile("New", granting(&["Users.Edit"]));
    assert_guarded(&instance, &ella, Command::CreateSecurityProfile(Box::new(new)));
}

#[test]
fn widening_a_scope_is_a_gain_and_an_unscoped_grant_covers_a_scoped_one() {
    let mut instance = TestInstance::new();
    let red = ("team", "red");
    let names = ["Users.Edit", "SecurityProfiles.Edit"];
    instance.create_profile("Red", granting_tagged(&names, &["User"], red));
    instance.create_profile_granting("Everywhere", &names);
    let (rea, eva) =
        (actor_of(instance.create_user("rea", &["Red"])), actor_of(instance.create_user("eva", &["Everywhere"])));
    let profile = instance.create_profile("Team", granting_tagged(&["Users.Edit"], &["User"], red));
    let lifted = SecurityProfileEdit {
        access_control_tags: Some(tags(&[])),
        tag_restricted: Some(Vec::new()),
        ..SecurityProfileEdit::default()
    };
    assert_guarded(&instance, &rea, update(profile, lifted.clone()));
    assert_allowed(&instance, &eva, update(profile, lifted));
    // Two different scopes are never comparable, even if one scope looks smaller than the other.
    let narrower = SecurityProfileEdit {
        access_control_tags: Some(tags(&[red, ("site", "north")])),
        ..SecurityProfileEdit::default()
    };
    assert_guarded(&instance, &rea, update(profile, narrower.clone()));
    assert_allowed(&instance, &eva, update(profile, narrower));
    let same = granting_tagged(&["Users.View"], &["User"], red);
    assert_allowed(&instance, &rea, update(profile, same));
}

#[test]
fn moving_a_user_into_the_scope_of_others_is_a_gain_for_them() {
    let mut instance = TestInstance::new();
    let listening = ["Users.Edit", "Users.Delete"];
    instance.create_profile("Red deleters", granting_tagged(&listening, &["User"], ("team", "red")));
    instance.create_user("rex", &["Red deleters"]);
    let (carl, ann) =
        (actor_of(instance.create_user("carl", &["CallCenterManager"])), instance.create_user("ann", &["Agent"]));
    let tag = |pair| Command::TagResource { target: RecordKey::User(ann), tags: tags(&[pair]) };
    assert_guarded(&instance, &carl, tag(("team", "red")));
    assert_allowed(&instance, &carl, tag(("team", "blue")));
}

#[test]
fn moving_a_user_with_an_own_group_scope_is_a_gain_for_the_user() {
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    let (north, south) = (instance.group("North", None), instance.group("South", None));
    instance.create_profile("Own deleters", granting_below(&["Users.Delete"], None));
    instance.create_profile("North deleters", granting_below(&["Users.Delete"], Some(north)));
    instance.create_profile_granting("Movers", &["Users.Edit"]);
    let mia = actor_of(instance.create_user("mia", &["Movers", "North deleters"]));
    // The user ona has an assignment that begins later.
    let ona = instance.create_user("ona", &["Agent"]);
    let from = Some(Timestamp::from_millis(instance.now.as_millis() + 1_000));
    let assignments = vec![Assignment { profile: instance.profile("Own deleters"), from, until: None }];
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: ona, assignments });
    let moved = |group| Command::UpdateUserHierarchy { user: ona, group: Some(group) };
    assert_guarded(&instance, &mia, moved(south));
    assert_allowed(&instance, &mia, moved(north));
}

#[test]
fn the_account_of_a_user_with_more_access_is_protected() {
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    let site = instance.group("Harbour", None);
    instance.create_profile_granting("User manager", &["Users.Edit", "Users.Delete", "Users.EnableAndDisable"]);
    let uma = actor_of(instance.create_user("uma", &["User manager", "Agent"]));
    let (user, peer) = (instance.create_user("quinn", &["QualityAnalyst"]), instance.create_user("ann", &["Agent"]));
    let key = instance.key(user);
    let new_address =
        floorkey::user::Identity { email: Some("x@example.com".to_owned()), ..crate::test_instance::identity() };
    let second = floorkey::user::Identity {
        secondary_email: Some("x@example.com".to_owned()),
        ..crate::test_instance::identity()
    };
    let agent = instance.profile("Agent");
    let on = |user| {
        vec![
            reset(user),
            Command::RenameUserLogin { user, username: "else".to_owned() },
            Command::UpdateUserIdentityInfo { user, identity: new_address.clone() },
            Command::UpdateUserIdentityInfo { user, identity: second.clone() },
            Command::SetUserEnabled { user, enabled: false },
            Command::SetUserEnabled { user, enabled: true },
            Command::DeleteUser { user },
            assign(user, &[agent]),
            Command::UpdateUserHierarchy { user, group: Some(site) },
            Command::TagResource { target: RecordKey::User(user), tags: tags(&[("team", "red")]) },
        ]
    };
    for command in on(user) {
        assert_guarded(&instance, &uma, command);
    }
    assert_guarded(&instance, &uma, Command::RevokeAccessKey { id: key });
    for command in on(peer) {
        assert_allowed(&instance, &uma, command);
    }
    // For a disabled user, the guard compares the access that the user would have if enabled.
    instance.run_ok(&operator(), Command::SetUserEnabled { user, enabled: false });
    assert_guarded(&instance, &uma, reset(user));
    // Changes that don't affect who can use the account are allowed.
    let renamed = floorkey::user::Identity { first_name: Some("Bea".to_owned()), ..crate::test_instance::identity() };
    assert_allowed(&instance, &uma, Command::UpdateUserIdentityInfo { user, identity: renamed });
    assert_allowed(&instance, &uma, Command::UpdateUserPhoneConfig { user, channels: Vec::new() });
}

#[test]
fn legacy_permissions_are_compared_by_their_successors() {
    let mut instance = TestInstance::new();
    let (calls, transcripts) = ("CallRecordings.Unredacted.Access", "ContactTranscripts.Unredacted.Access");
    instance.create_profile_granting("Editor", &["SecurityProfiles.Edit", transcripts]);
    let ella = actor_of(instance.create_user("ella", &["Editor"]));
    let profile = instance.create_profile_granting("Team", &[calls]);
    // The profile's users also get the legacy permission that combines calls and transcripts. The only added permission
    // is the one for transcripts, which ella has.
    assert_allowed(&instance, &ella, update(profile, granting(&[calls, transcripts])));
    // Selecting the legacy permission has the same effect as the previous edit.
    assert_allowed(&instance, &ella, update(profile, granting(&["ListenCallRecordings"])));
    let empty = instance.create_profile_granting("Empty", &[]);
    assert_guarded(&instance, &ella, update(empty, granting(&["ListenCallRecordings"])));
}

#[test]
fn removing_a_restriction_is_a_gain_and_adding_one_is_not() {
    let mut instance = TestInstance::new();
    let limited = instance
        .create_profile_granting("Limited", &["RestrictTaskCreation.Access", "Users.Edit", "SecurityProfiles.Edit"]);
    let (lara, agent) = (instance.create_user("lara", &["Limited", "Agent"]), instance.profile("Agent"));
    // Lara can assign Agent, and can therefore manage agents even though Lara's restriction does not apply to them.
    instance.run_ok(&operator(), Command::SetAssignableProfiles { profile: limited, assignable: [agent].into() });
    let limit = instance.create_profile_granting("Only a limit", &["RestrictTaskCreation.Access"]);
    let ann = instance.create_user("ann", &["Agent", "Only a limit"]);
    let bob = instance.create_user("bob", &["Agent"]);
    assert_guarded(&instance, &actor_of(lara), assign(ann, &[agent]));
    assert_guarded(&instance, &actor_of(lara), update(limit, granting(&[])));
    assert_guarded(&instance, &actor_of(lara), update(limited, granting(&["Users.Edit", "SecurityProfiles.Edit"])));
    assert_allowed(&instance, &actor_of(lara), assign(bob, &[agent, limit]));
    // The restriction does not apply to the administrator, who gives only access that the administrator has.
    let admin = instance.actor_by_login("admin");
    assert_allowed(&instance, &admin, assign(ann, &[agent]));
}

#[test]
fn a_restriction_does_not_make_a_user_stronger() {
    let mut instance = TestInstance::new();
    instance.create_profile_granting("Limited", &["RestrictTaskCreation.Access", "BasicAgentAccess"]);
    instance.create_profile_granting("User manager", &["Users.Edit"]);
    let uma = actor_of(instance.create_user("uma", &["User manager", "Agent"]));
    let lea = instance.create_user("lea", &["Limited"]);
    assert_allowed(&instance, &uma, reset(lea));
}

#[test]
fn the_guard_does_not_apply_to_the_operator() {
    let mut instance = TestInstance::enforcing();
    let ann = instance.create_user("ann", &["Admin"]);
    assert!(!flagged(&instance.run_ok(&operator(), reset(ann))));
}

#[test]
fn the_guard_names_the_exceeding_permissions() {
    let mut instance = TestInstance::enforcing();
    instance.create_profile_granting("Assigners", &["Users.Edit", "SecurityProfiles.View"]);
    let carl = actor_of(instance.create_user("carl", &["Assigners", "Agent"]));
    let profile: SecurityProfileId = instance.create_profile_granting("Deleters", &["Users.Delete"]);
    let ann = instance.create_user("ann", &["Agent"]);
    let refusal = instance.run(&carl, assign(ann, &[profile])).unwrap_err();
    let floorkey::Refusal::Guard(escalation) = &refusal else { panic!("{refusal}") };
    assert_eq!(escalation.permissions.iter().collect::<Vec<_>>(), [Permission::parse("Users.Delete").unwrap()]);
    let said = "you can't do this: it would give access that you don't have and can't assign: Users.Delete";
    assert_eq!(refusal.to_string(), said);
    let in_the_grid =
        escalation.message(|permission| format!("{}: {}", permission.info().resource, permission.info().action));
    assert_eq!(in_the_grid, "it would give access that you don't have and can't assign: Users: Remove");

    let administrators: SecurityProfileId = instance.profile("Admin");
    let refusal = instance.run(&carl, assign(ann, &[administrators])).unwrap_err().to_string();
    assert!(refusal.ends_with(" more") && refusal.matches(", ").count() == 4, "{refusal}");
}
