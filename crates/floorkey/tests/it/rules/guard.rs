//! The escalation guard: no actor gives more access than they have or can assign.

use floorkey::audit::Flag;
use floorkey::user::Assignment;
use floorkey::{Actor, Command, GuardMode, Permission, RecordKey, SecurityProfileEdit, SecurityProfileId, Timestamp};

use crate::world::{
    World, assign, by, flagged, fresh, granting, granting_below, granting_tagged, operator, reset, tags, update,
};

fn set(mode: GuardMode, reason: &str) -> Command {
    Command::SetEscalationGuard { mode, reason: reason.to_owned() }
}

/// Asserts that the command is flagged under `warn` and refused under `enforce`.
fn guarded(world: &World, actor: &Actor, command: Command) {
    let mut warning = world.clone();
    warning.guard(GuardMode::Warn);
    assert!(flagged(&warning.done(actor, command.clone())), "{command:?}");
    let mut enforcing = world.clone();
    enforcing.guard(GuardMode::Enforce);
    assert_eq!(enforcing.refused(actor, command), "guard");
}

/// Asserts that widening a list of assignable profiles is flagged under `warn` and refused under `enforce`.
fn guarded_list(world: &World, actor: &Actor, command: Command) {
    let mut warning = world.clone();
    warning.guard(GuardMode::Warn);
    assert!(warning.done(actor, command.clone()).event().flags.contains(&Flag::WidenedOwnAssignable));
    let mut enforcing = world.clone();
    enforcing.guard(GuardMode::Enforce);
    assert_eq!(enforcing.refused(actor, command), "guard");
}

/// Asserts that the command succeeds without a flag in both modes.
fn free(world: &World, actor: &Actor, command: Command) {
    for mode in [GuardMode::Warn, GuardMode::Enforce] {
        let mut world = world.clone();
        world.guard(mode);
        assert!(!flagged(&world.done(actor, command.clone())), "{command:?}");
    }
}

#[test]
fn a_new_instance_warns_until_a_mode_is_set() {
    let world = World::new();
    assert_eq!(world.directory.settings().guard, None);
    assert_eq!(world.directory.settings().guard_mode(), GuardMode::Warn);
}

#[test]
fn setting_the_guard_requires_a_full_administrator_and_loosening_it_a_fresh_sign_in_and_a_reason() {
    let mut world = World::new();
    world.grant("Nearly all", &["SecurityProfiles.Edit", "Users.Edit"]);
    let (ella, admin) = (world.hire("ella", &["Nearly all"]), world.user("admin"));
    assert_eq!(world.refused(&fresh(ella), set(GuardMode::Enforce, "")), "not-administrator");
    world.done(&by(admin), set(GuardMode::Enforce, ""));
    assert_eq!(world.refused(&fresh(ella), set(GuardMode::Warn, "why not")), "not-administrator");
    assert_eq!(world.refused(&by(admin), set(GuardMode::Warn, "an audit")), "not-fresh");
    assert_eq!(world.refused(&fresh(admin), set(GuardMode::Warn, " ")), "invalid");
    let change = world.done(&fresh(admin), set(GuardMode::Warn, "an audit"));
    assert_eq!(change.event().flags, [Flag::Reason("an audit".to_owned())]);
    assert_eq!(world.directory.settings().guard, Some(GuardMode::Warn));
}

#[test]
fn an_access_key_never_loosens_the_guard_for_its_user() {
    let mut world = World::enforcing();
    let admin = world.user("admin");
    let via = floorkey::Via::AccessKey(world.key(admin));
    let actor = crate::world::actor(floorkey::Principal::User { id: admin, via });
    assert_eq!(world.refused(&actor, set(GuardMode::Warn, "an audit")), "not-fresh");
}

#[test]
fn actors_cannot_assign_access_that_they_do_not_have() {
    let mut world = World::new();
    let carl = by(world.hire("carl", &["CallCenterManager"]));
    let (ann, admin) = (world.hire("ann", &["Agent"]), world.profile("Admin"));
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
    let mut world = World::new();
    let carl = by(world.hire("carl", &["CallCenterManager"]));
    let (ann, profile) = (world.hire("ann", &["Agent"]), world.profile("Admin"));
    let from = Some(Timestamp::from_millis(world.now.as_millis() + 1_000));
    let assignments = vec![Assignment { profile, from, until: None }];
    guarded(&world, &carl, Command::UpdateUserSecurityProfiles { user: ann, assignments });
}

#[test]
fn actors_cannot_extend_their_own_planned_access() {
    let mut world = World::new();
    let carl = world.hire("carl", &["CallCenterManager"]);
    let manager = Assignment::always(world.profile("CallCenterManager"));
    let time = |millis| Some(Timestamp::from_millis(world.now.as_millis() + millis));
    let admin = |from, until| Assignment { profile: world.profile("Admin"), from, until };
    let hold = |held| Command::UpdateUserSecurityProfiles { user: carl, assignments: vec![manager, held] };
    let (planned, earlier, longer) =
        (admin(time(1_000), time(2_000)), admin(time(500), time(2_000)), admin(time(1_000), time(3_000)));
    let shorter = admin(time(1_200), time(1_900));
    let now = admin(None, time(1));
    world.done(&operator(), hold(planned));
    for held in [earlier, longer, now] {
        guarded(&world, &by(carl), hold(held));
    }
    free(&world, &by(carl), hold(shorter));
}

#[test]
fn assignable_profiles_can_be_assigned_by_actors_who_do_not_have_them() {
    let mut world = World::new();
    let carl = by(world.hire("carl", &["CallCenterManager"]));
    let (ann, agent, manager) =
        (world.hire("ann", &["QualityAnalyst"]), world.profile("Agent"), world.profile("CallCenterManager"));
    free(&world, &carl, assign(ann, &[agent]));
    let new = world.new_user("dan", &["Agent"]);
    free(&world, &carl, Command::CreateUser(Box::new(new)));
    world.done(&operator(), Command::SetAssignableProfiles { profile: manager, assignable: [].into() });
    guarded(&world, &carl, assign(ann, &[agent]));
}

#[test]
fn only_actors_whose_ceiling_covers_a_profile_can_make_it_assignable() {
    let mut world = World::new();
    world.grant("Editor", &["SecurityProfiles.Edit", "Users.Edit"]);
    let ella = by(world.hire("ella", &["Editor"]));
    let (profile, admin) = (world.profile("Editor"), world.profile("Admin"));
    let hand_out = |assignable| Command::SetAssignableProfiles { profile, assignable };
    guarded(&world, &ella, hand_out([admin].into()));
    // Only a full administrator can widen the list of their own profile. A profile that is already assignable is no
    // gain.
    guarded_list(&world, &ella, hand_out([profile].into()));
    world.done(&operator(), hand_out([admin].into()));
    free(&world, &ella, hand_out([admin].into()));
    let other = world.grant("Unassigned", &["Users.View"]);
    free(&world, &ella, Command::SetAssignableProfiles { profile: other, assignable: [profile].into() });
}

#[test]
fn only_actors_who_can_assign_a_profile_can_give_that_ability() {
    let mut world = World::new();
    let manager = world.directory.profile_by_name("CallCenterManager").unwrap().clone();
    let names = manager.chosen.iter().map(|name| name.name().to_owned()).collect();
    let content = SecurityProfileEdit { permissions: Some(names), ..SecurityProfileEdit::default() };
    world.make_profile("The same without Agent", content);
    let mia = by(world.hire("mia", &["The same without Agent"]));
    let carl = world.hire("carl", &["CallCenterManager"]);
    let ann = world.hire("ann", &["QualityAnalyst"]);
    guarded(&world, &mia, assign(ann, &[manager.id]));
    guarded(&world, &mia, reset(carl));
    free(&world, &by(carl), assign(ann, &[manager.id]));
}

#[test]
fn a_profile_edit_gives_no_more_than_the_editor_has() {
    let mut world = World::new();
    world.grant("Editor", &["SecurityProfiles.Edit", "SecurityProfiles.Create", "Users.View"]);
    let ella = by(world.hire("ella", &["Editor"]));
    let profile = world.grant("Team", &["Queues.View"]);
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
    let mut world = World::new();
    let red = ("team", "red");
    let names = ["Users.Edit", "SecurityProfiles.Edit"];
    world.make_profile("Red", granting_tagged(&names, &["User"], red));
    world.grant("Everywhere", &names);
    let (rea, eva) = (by(world.hire("rea", &["Red"])), by(world.hire("eva", &["Everywhere"])));
    let profile = world.make_profile("Team", granting_tagged(&["Users.Edit"], &["User"], red));
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
    let mut world = World::new();
    let listening = ["Users.Edit", "Users.Delete"];
    world.make_profile("Red deleters", granting_tagged(&listening, &["User"], ("team", "red")));
    world.hire("rex", &["Red deleters"]);
    let (carl, ann) = (by(world.hire("carl", &["CallCenterManager"])), world.hire("ann", &["Agent"]));
    let tag = |pair| Command::TagResource { target: RecordKey::User(ann), tags: tags(&[pair]) };
    guarded(&world, &carl, tag(("team", "red")));
    free(&world, &carl, tag(("team", "blue")));
}

#[test]
fn moving_a_user_with_an_own_group_scope_is_a_gain_for_the_user() {
    let mut world = World::new();
    world.levels(&["Site"]);
    let (north, south) = (world.group("North", None), world.group("South", None));
    world.make_profile("Own deleters", granting_below(&["Users.Delete"], None));
    world.make_profile("North deleters", granting_below(&["Users.Delete"], Some(north)));
    world.grant("Movers", &["Users.Edit"]);
    let mia = by(world.hire("mia", &["Movers", "North deleters"]));
    // Ona's assignment begins later.
    let ona = world.hire("ona", &["Agent"]);
    let from = Some(Timestamp::from_millis(world.now.as_millis() + 1_000));
    let assignments = vec![Assignment { profile: world.profile("Own deleters"), from, until: None }];
    world.done(&operator(), Command::UpdateUserSecurityProfiles { user: ona, assignments });
    let moved = |group| Command::UpdateUserHierarchy { user: ona, group: Some(group) };
    guarded(&world, &mia, moved(south));
    free(&world, &mia, moved(north));
}

#[test]
fn the_account_of_a_user_with_more_access_is_protected() {
    let mut world = World::new();
    world.levels(&["Site"]);
    let site = world.group("Harbour", None);
    world.grant("User manager", &["Users.Edit", "Users.Delete", "Users.EnableAndDisable"]);
    let uma = by(world.hire("uma", &["User manager", "Agent"]));
    let (user, peer) = (world.hire("quinn", &["QualityAnalyst"]), world.hire("ann", &["Agent"]));
    let key = world.key(user);
    let new_address = floorkey::user::Identity { email: Some("x@example.com".to_owned()), ..crate::world::identity() };
    let second =
        floorkey::user::Identity { secondary_email: Some("x@example.com".to_owned()), ..crate::world::identity() };
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
    world.done(&operator(), Command::SetUserEnabled { user, enabled: false });
    guarded(&world, &uma, reset(user));
    // Changes that give no access to the account are allowed.
    let renamed = floorkey::user::Identity { first_name: Some("Bea".to_owned()), ..crate::world::identity() };
    free(&world, &uma, Command::UpdateUserIdentityInfo { user, identity: renamed });
    free(&world, &uma, Command::UpdateUserPhoneConfig { user, channels: Vec::new() });
}

#[test]
fn legacy_permissions_are_compared_by_their_successors() {
    let mut world = World::new();
    let (calls, transcripts) = ("CallRecordings.Unredacted.Access", "ContactTranscripts.Unredacted.Access");
    world.grant("Editor", &["SecurityProfiles.Edit", transcripts]);
    let ella = by(world.hire("ella", &["Editor"]));
    let profile = world.grant("Team", &[calls]);
    // Users with the profile get the legacy permission that stands for both, which is no more than Ella has.
    free(&world, &ella, update(profile, granting(&[calls, transcripts])));
    // The same edit, written with the legacy permission.
    free(&world, &ella, update(profile, granting(&["ListenCallRecordings"])));
    let empty = world.grant("Empty", &[]);
    guarded(&world, &ella, update(empty, granting(&["ListenCallRecordings"])));
}

#[test]
fn removing_a_restriction_is_a_gain_and_adding_one_is_not() {
    let mut world = World::new();
    let limited = world.grant("Limited", &["RestrictTaskCreation.Access", "Users.Edit", "SecurityProfiles.Edit"]);
    let (lara, agent) = (world.hire("lara", &["Limited", "Agent"]), world.profile("Agent"));
    // Lara can manage agents although they are free of her restriction, because she can assign Agent.
    world.done(&operator(), Command::SetAssignableProfiles { profile: limited, assignable: [agent].into() });
    let limit = world.grant("Only a limit", &["RestrictTaskCreation.Access"]);
    let ann = world.hire("ann", &["Agent", "Only a limit"]);
    let bob = world.hire("bob", &["Agent"]);
    guarded(&world, &by(lara), assign(ann, &[agent]));
    guarded(&world, &by(lara), update(limit, granting(&[])));
    guarded(&world, &by(lara), update(limited, granting(&["Users.Edit", "SecurityProfiles.Edit"])));
    free(&world, &by(lara), assign(bob, &[agent, limit]));
    // An actor who is not under the restriction gives nothing that they don't have.
    let admin = world.acting("admin");
    free(&world, &admin, assign(ann, &[agent]));
}

#[test]
fn a_restriction_does_not_make_a_user_stronger() {
    let mut world = World::new();
    world.grant("Limited", &["RestrictTaskCreation.Access", "BasicAgentAccess"]);
    world.grant("User manager", &["Users.Edit"]);
    let uma = by(world.hire("uma", &["User manager", "Agent"]));
    let lea = world.hire("lea", &["Limited"]);
    free(&world, &uma, reset(lea));
}

#[test]
fn the_guard_does_not_apply_to_the_operator() {
    let mut world = World::enforcing();
    let ann = world.hire("ann", &["Admin"]);
    assert!(!flagged(&world.done(&operator(), reset(ann))));
}

#[test]
fn the_guard_names_the_exceeding_permissions() {
    let mut world = World::enforcing();
    world.grant("Assigners", &["Users.Edit", "SecurityProfiles.View"]);
    let carl = by(world.hire("carl", &["Assigners", "Agent"]));
    let profile: SecurityProfileId = world.grant("Deleters", &["Users.Delete"]);
    let ann = world.hire("ann", &["Agent"]);
    let refusal = world.try_to(&carl, assign(ann, &[profile])).unwrap_err();
    let floorkey::Refusal::Guard(escalation) = &refusal else { panic!("{refusal}") };
    assert_eq!(escalation.permissions.iter().collect::<Vec<_>>(), [Permission::parse("Users.Delete").unwrap()]);
    let said = "you can't do this: it would give access that you don't have and can't assign: Users.Delete";
    assert_eq!(refusal.to_string(), said);
    let in_the_grid =
        escalation.words(|permission| format!("{}: {}", permission.info().resource, permission.info().action));
    assert_eq!(in_the_grid, "it would give access that you don't have and can't assign: Users: Remove");

    let administrators: SecurityProfileId = world.profile("Admin");
    let refusal = world.try_to(&carl, assign(ann, &[administrators])).unwrap_err().to_string();
    assert!(refusal.ends_with(" more") && refusal.matches(", ").count() == 4, "{refusal}");
}
