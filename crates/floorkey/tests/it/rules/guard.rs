//! The escalation guard: no actor gives more access than they have or can assign.

use floorkey::audit::Flag;
use floorkey::user::Assignment;
use floorkey::{Actor, Command, GuardMode, Permission, RecordKey, SecurityProfileEdit, SecurityProfileId, Timestamp};

use crate::test_instance::{
    TestInstance, actor_of, assign, flagged, fresh_actor_of, granting, granting_below, granting_tagged, operator,
    reset, tags, update,
};

fn set(mode: GuardMode, reason: &str) -> Command {
    Command::SetEscalationGuard { mode, reason: reason.to_owned() }
}

/// Asserts that the command is flagged under `warn` and refused under `enforce`.
fn guarded(world: &TestInstance, actor: &Actor, command: Command) {
    let mut warning = world.clone();
    warning.set_guard(GuardMode::Warn);
    assert!(flagged(&warning.run_ok(actor, command.clone())), "{command:?}");
    let mut enforcing = world.clone();
    enforcing.set_guard(GuardMode::Enforce);
    assert_eq!(enforcing.refusal_code(actor, command), "guard");
}

/// Asserts that widening a list of assignable profiles is flagged under `warn` and refused under `enforce`.
fn guarded_list(world: &TestInstance, actor: &Actor, command: Command) {
    let mut warning = world.clone();
    warning.set_guard(GuardMode::Warn);
    assert!(warning.run_ok(actor, command.clone()).event().flags.contains(&Flag::WidenedOwnAssignable));
    let mut enforcing = world.clone();
    enforcing.set_guard(GuardMode::Enforce);
    assert_eq!(enforcing.refusal_code(actor, command), "guard");
}

/// Asserts that the command succeeds without a flag in both modes.
fn free(world: &TestInstance, actor: &Actor, command: Command) {
    for mode in [GuardMode::Warn, GuardMode::Enforce] {
        let mut world = world.clone();
        world.set_guard(mode);
        assert!(!flagged(&world.run_ok(actor, command.clone())), "{command:?}");
    }
}

#[test]
fn a_new_instance_warns_until_a_mode_is_set() {
    let world = TestInstance::new();
    assert_eq!(world.directory.settings().guard, None);
    assert_eq!(world.directory.settings().guard_mode(), GuardMode::Warn);
}

#[test]
fn setting_the_guard_requires_a_full_administrator_and_loosening_it_a_fresh_sign_in_and_a_reason() {
    let mut world = TestInstance::new();
    world.create_profile_granting("Nearly all", &["SecurityProfiles.Edit", "Users.Edit"]);
    let (ella, admin) = (world.create_user("ella", &["Nearly all"]), world.user("admin"));
    assert_eq!(world.refusal_code(&fresh_actor_of(ella), set(GuardMode::Enforce, "")), "not-administrator");
    world.run_ok(&actor_of(admin), set(GuardMode::Enforce, ""));
    assert_eq!(world.refusal_code(&fresh_actor_of(ella), set(GuardMode::Warn, "why not")), "not-administrator");
    assert_eq!(world.refusal_code(&actor_of(admin), set(GuardMode::Warn, "an audit")), "not-fresh");
    assert_eq!(world.refusal_code(&fresh_actor_of(admin), set(GuardMode::Warn, " ")), "invalid");
    let change = world.run_ok(&fresh_actor_of(admin), set(GuardMode::Warn, "an audit"));
    assert_eq!(change.event().flags, [Flag::Reason("an audit".to_owned())]);
    assert_eq!(world.directory.settings().guard, Some(GuardMode::Warn));
}

#[test]
fn an_access_key_never_loosens_the_guard_for_its_user() {
    let mut world = TestInstance::enforcing();
    let admin = world.user("admin");
    let via = floorkey::Via::AccessKey(world.key(admin));
    let actor = crate::test_instance::actor(floorkey::Principal::User { id: admin, via });
    assert_eq!(world.refusal_code(&actor, set(GuardMode::Warn, "an audit")), "not-fresh");
}

#[test]
fn actors_cannot_assign_access_that_they_do_not_have() {
    let mut world = TestInstance::new();
    let carl = actor_of(world.create_user("carl", &["CallCenterManager"]));
    let (ann, admin) = (world.create_user("ann", &["Agent"]), world.profile("Admin"));
    guarded(&world, &carl, assign(ann, &[admin]));
    guarded(&world, &carl, Command::AssociateSecurityProfiles { user: ann, profiles: vec![admin] });
    let new = world.new_user("dan", &["Admin"]);
    guarded(&world, &carl, Command::CreateUser(Box::new(new)));
    let own = assign(world.user("carl"), &[admin]);
    guarded(&world, &carl, own);
    let analyst = world.profile("QualityAnalyst");
    free(&world, &carl, assign(ann, &[analyst]));
}

#[test]
fn actors_cannot_schedule_access_that_they_do_not_have() {
    let mut world = TestInstance::new();
    let carl = actor_of(world.create_user("carl", &["CallCenterManager"]));
    let (ann, profile) = (world.create_user("ann", &["Agent"]), world.profile("Admin"));
    let from = Some(Timestamp::from_millis(world.now.as_millis() + 1_000));
    let assignments = vec![Assignment { profile, from, until: None }];
    guarded(&world, &carl, Command::UpdateUserSecurityProfiles { user: ann, assignments });
}

#[test]
fn actors_cannot_extend_their_own_planned_access() {
    let mut world = TestInstance::new();
    let carl = world.create_user("carl", &["CallCenterManager"]);
    let manager = Assignment::always(world.profile("CallCenterManager"));
    let time = |millis| Some(Timestamp::from_millis(world.now.as_millis() + millis));
    let admin = |from, until| Assignment { profile: world.profile("Admin"), from, until };
    let hold = |held| Command::UpdateUserSecurityProfiles { user: carl, assignments: vec![manager, held] };
    let (planned, earlier, longer) =
        (admin(time(1_000), time(2_000)), admin(time(500), time(2_000)), admin(time(1_000), time(3_000)));
    let shorter = admin(time(1_200), time(1_900));
    let now = admin(None, time(1));
    world.run_ok(&operator(), hold(planned));
    for held in [earlier, longer, now] {
        guarded(&world, &actor_of(carl), hold(held));
    }
    free(&world, &actor_of(carl), hold(shorter));
}

#[test]
fn assignable_profiles_can_be_assigned_by_actors_who_do_not_have_them() {
    let mut world = TestInstance::new();
    let carl = actor_of(world.create_user("carl", &["CallCenterManager"]));
    let (ann, agent, manager) =
        (world.create_user("ann", &["QualityAnalyst"]), world.profile("Agent"), world.profile("CallCenterManager"));
    free(&world, &carl, assign(ann, &[agent]));
    let new = world.new_user("dan", &["Agent"]);
    free(&world, &carl, Command::CreateUser(Box::new(new)));
    world.run_ok(&operator(), Command::SetAssignableProfiles { profile: manager, assignable: [].into() });
    guarded(&world, &carl, assign(ann, &[agent]));
}

#[test]
fn only_actors_whose_ceiling_covers_a_profile_can_make_it_assignable() {
    let mut world = TestInstance::new();
    world.create_profile_granting("Editor", &["SecurityProfiles.Edit", "Users.Edit"]);
    let ella = actor_of(world.create_user("ella", &["Editor"]));
    let (profile, admin) = (world.profile("Editor"), world.profile("Admin"));
    let hand_out = |assignable| Command::SetAssignableProfiles { profile, assignable };
    guarded(&world, &ella, hand_out([admin].into()));
    // Only a full administrator can widen the list of their own profile. A profile that is already assignable is no
    // gain.
    guarded_list(&world, &ella, hand_out([profile].into()));
    world.run_ok(&operator(), hand_out([admin].into()));
    free(&world, &ella, hand_out([admin].into()));
    let other = world.create_profile_granting("Unassigned", &["Users.View"]);
    free(&world, &ella, Command::SetAssignableProfiles { profile: other, assignable: [profile].into() });
}

#[test]
fn only_actors_who_can_assign_a_profile_can_give_that_ability() {
    let mut world = TestInstance::new();
    let manager = world.directory.profile_by_name("CallCenterManager").unwrap().clone();
    let names = manager.chosen.iter().map(|name| name.name().to_owned()).collect();
    let content = SecurityProfileEdit { permissions: Some(names), ..SecurityProfileEdit::default() };
    world.create_profile("The same without Agent", content);
    let mia = actor_of(world.create_user("mia", &["The same without Agent"]));
    let carl = world.create_user("carl", &["CallCenterManager"]);
    let ann = world.create_user("ann", &["QualityAnalyst"]);
    guarded(&world, &mia, assign(ann, &[manager.id]));
    guarded(&world, &mia, reset(carl));
    free(&world, &actor_of(carl), assign(ann, &[manager.id]));
}

#[test]
fn a_profile_edit_gives_no_more_than_the_editor_has() {
    let mut world = TestInstance::new();
    world.create_profile_granting("Editor", &["SecurityProfiles.Edit", "SecurityProfiles.Create", "Users.View"]);
    let ella = actor_of(world.create_user("ella", &["Editor"]));
    let profile = world.create_profile_granting("Team", &["Queues.View"]);
    guarded(&world, &ella, update(profile, granting(&["Queues.View", "Queues.Edit"])));
    free(&world, &ella, update(profile, granting(&["Queues.View", "Users.View"])));
    free(&world, &ella, update(profile, granting(&[])));
    let own = world.profile("Editor");
    guarded(&world, &ella, update(own, granting(&["SecurityProfiles.Edit", "Users.Edit"])));
    let new = world.new_profile("New", granting(&["Users.Edit"]));
    guarded(&world, &ella, Command::CreateSecurityProfile(Box::new(new)));
}

#[test]
fn widening_a_scope_is_a_gain_and_an_unscoped_grant_covers_a_scoped_one() {
    let mut world = TestInstance::new();
    let red = ("team", "red");
    let names = ["Users.Edit", "SecurityProfiles.Edit"];
    world.create_profile("Red", granting_tagged(&names, &["User"], red));
    world.create_profile_granting("Everywhere", &names);
    let (rea, eva) =
        (actor_of(world.create_user("rea", &["Red"])), actor_of(world.create_user("eva", &["Everywhere"])));
    let profile = world.create_profile("Team", granting_tagged(&["Users.Edit"], &["User"], red));
    let lifted = SecurityProfileEdit {
        access_control_tags: Some(tags(&[])),
        tag_restricted: Some(Vec::new()),
        ..SecurityProfileEdit::default()
    };
    guarded(&world, &rea, update(profile, lifted.clone()));
    free(&world, &eva, update(profile, lifted));
    // Two different scopes don't compare, even if one looks narrower.
    let narrower = SecurityProfileEdit {
        access_control_tags: Some(tags(&[red, ("site", "north")])),
        ..SecurityProfileEdit::default()
    };
    guarded(&world, &rea, update(profile, narrower.clone()));
    free(&world, &eva, update(profile, narrower));
    let same = granting_tagged(&["Users.View"], &["User"], red);
    free(&world, &rea, update(profile, same));
}

#[test]
fn moving_a_user_into_the_scope_of_others_is_a_gain_for_them() {
    let mut world = TestInstance::new();
    let listening = ["Users.Edit", "Users.Delete"];
    world.create_profile("Red deleters", granting_tagged(&listening, &["User"], ("team", "red")));
    world.create_user("rex", &["Red deleters"]);
    let (carl, ann) =
        (actor_of(world.create_user("carl", &["CallCenterManager"])), world.create_user("ann", &["Agent"]));
    let tag = |pair| Command::TagResource { target: RecordKey::User(ann), tags: tags(&[pair]) };
    guarded(&world, &carl, tag(("team", "red")));
    free(&world, &carl, tag(("team", "blue")));
}

#[test]
fn moving_a_user_with_an_own_group_scope_is_a_gain_for_the_user() {
    let mut world = TestInstance::new();
    world.levels(&["Site"]);
    let (north, south) = (world.group("North", None), world.group("South", None));
    world.create_profile("Own deleters", granting_below(&["Users.Delete"], None));
    world.create_profile("North deleters", granting_below(&["Users.Delete"], Some(north)));
    world.create_profile_granting("Movers", &["Users.Edit"]);
    let mia = actor_of(world.create_user("mia", &["Movers", "North deleters"]));
    // Ona's assignment begins later.
    let ona = world.create_user("ona", &["Agent"]);
    let from = Some(Timestamp::from_millis(world.now.as_millis() + 1_000));
    let assignments = vec![Assignment { profile: world.profile("Own deleters"), from, until: None }];
    world.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: ona, assignments });
    let moved = |group| Command::UpdateUserHierarchy { user: ona, group: Some(group) };
    guarded(&world, &mia, moved(south));
    free(&world, &mia, moved(north));
}

#[test]
fn the_account_of_a_user_with_more_access_is_protected() {
    let mut world = TestInstance::new();
    world.levels(&["Site"]);
    let site = world.group("Harbour", None);
    world.create_profile_granting("User manager", &["Users.Edit", "Users.Delete", "Users.EnableAndDisable"]);
    let uma = actor_of(world.create_user("uma", &["User manager", "Agent"]));
    let (user, peer) = (world.create_user("quinn", &["QualityAnalyst"]), world.create_user("ann", &["Agent"]));
    let key = world.key(user);
    let new_address =
        floorkey::user::Identity { email: Some("x@example.com".to_owned()), ..crate::test_instance::identity() };
    let second = floorkey::user::Identity {
        secondary_email: Some("x@example.com".to_owned()),
        ..crate::test_instance::identity()
    };
    let agent = world.profile("Agent");
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
        guarded(&world, &uma, command);
    }
    guarded(&world, &uma, Command::RevokeAccessKey { id: key });
    for command in on(peer) {
        free(&world, &uma, command);
    }
    // A disabled user is compared with the access that they have when enabled.
    world.run_ok(&operator(), Command::SetUserEnabled { user, enabled: false });
    guarded(&world, &uma, reset(user));
    // Changes that give no access to the account are allowed.
    let renamed = floorkey::user::Identity { first_name: Some("Bea".to_owned()), ..crate::test_instance::identity() };
    free(&world, &uma, Command::UpdateUserIdentityInfo { user, identity: renamed });
    free(&world, &uma, Command::UpdateUserPhoneConfig { user, channels: Vec::new() });
}

#[test]
fn legacy_permissions_are_compared_by_their_successors() {
    let mut world = TestInstance::new();
    let (calls, transcripts) = ("CallRecordings.Unredacted.Access", "ContactTranscripts.Unredacted.Access");
    world.create_profile_granting("Editor", &["SecurityProfiles.Edit", transcripts]);
    let ella = actor_of(world.create_user("ella", &["Editor"]));
    let profile = world.create_profile_granting("Team", &[calls]);
    // Users with the profile get the legacy permission that stands for both, which is no more than Ella has.
    free(&world, &ella, update(profile, granting(&[calls, transcripts])));
    // The same edit, written with the legacy permission.
    free(&world, &ella, update(profile, granting(&["ListenCallRecordings"])));
    let empty = world.create_profile_granting("Empty", &[]);
    guarded(&world, &ella, update(empty, granting(&["ListenCallRecordings"])));
}

#[test]
fn removing_a_restriction_is_a_gain_and_adding_one_is_not() {
    let mut world = TestInstance::new();
    let limited = world
        .create_profile_granting("Limited", &["RestrictTaskCreation.Access", "Users.Edit", "SecurityProfiles.Edit"]);
    let (lara, agent) = (world.create_user("lara", &["Limited", "Agent"]), world.profile("Agent"));
    // Lara can manage agents although they are free of her restriction, because she can assign Agent.
    world.run_ok(&operator(), Command::SetAssignableProfiles { profile: limited, assignable: [agent].into() });
    let limit = world.create_profile_granting("Only a limit", &["RestrictTaskCreation.Access"]);
    let ann = world.create_user("ann", &["Agent", "Only a limit"]);
    let bob = world.create_user("bob", &["Agent"]);
    guarded(&world, &actor_of(lara), assign(ann, &[agent]));
    guarded(&world, &actor_of(lara), update(limit, granting(&[])));
    guarded(&world, &actor_of(lara), update(limited, granting(&["Users.Edit", "SecurityProfiles.Edit"])));
    free(&world, &actor_of(lara), assign(bob, &[agent, limit]));
    // An actor who is not under the restriction gives nothing that they don't have.
    let admin = world.actor_by_login("admin");
    free(&world, &admin, assign(ann, &[agent]));
}

#[test]
fn a_restriction_does_not_make_a_user_stronger() {
    let mut world = TestInstance::new();
    world.create_profile_granting("Limited", &["RestrictTaskCreation.Access", "BasicAgentAccess"]);
    world.create_profile_granting("User manager", &["Users.Edit"]);
    let uma = actor_of(world.create_user("uma", &["User manager", "Agent"]));
    let lea = world.create_user("lea", &["Limited"]);
    free(&world, &uma, reset(lea));
}

#[test]
fn the_guard_does_not_apply_to_the_operator() {
    let mut world = TestInstance::enforcing();
    let ann = world.create_user("ann", &["Admin"]);
    assert!(!flagged(&world.run_ok(&operator(), reset(ann))));
}

#[test]
fn the_guard_names_the_exceeding_permissions() {
    let mut world = TestInstance::enforcing();
    world.create_profile_granting("Assigners", &["Users.Edit", "SecurityProfiles.View"]);
    let carl = actor_of(world.create_user("carl", &["Assigners", "Agent"]));
    let profile: SecurityProfileId = world.create_profile_granting("Deleters", &["Users.Delete"]);
    let ann = world.create_user("ann", &["Agent"]);
    let refusal = world.run(&carl, assign(ann, &[profile])).unwrap_err();
    let floorkey::Refusal::Guard(escalation) = &refusal else { panic!("{refusal}") };
    assert_eq!(escalation.permissions.iter().collect::<Vec<_>>(), [Permission::parse("Users.Delete").unwrap()]);
    let said = "you can't do this: it would give access that you don't have and can't assign: Users.Delete";
    assert_eq!(refusal.to_string(), said);
    let in_the_grid =
        escalation.words(|permission| format!("{}: {}", permission.info().resource, permission.info().action));
    assert_eq!(in_the_grid, "it would give access that you don't have and can't assign: Users: Remove");

    let administrators: SecurityProfileId = world.profile("Admin");
    let refusal = world.run(&carl, assign(ann, &[administrators])).unwrap_err().to_string();
    assert!(refusal.ends_with(" more") && refusal.matches(", ").count() == 4, "{refusal}");
}
