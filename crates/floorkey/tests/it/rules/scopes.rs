//! Scopes: the resources that a permission applies to.

use floorkey::{
    Command, HierarchyGroupId, Reason, RecordKey, ResourceType, SecurityProfileEdit, Target, Thing, UserId,
};

use crate::test_instance::{
    TestInstance, actor_of, assign, granting, granting_below, granting_tagged, operator, reset, tags, update,
};

const USERS: &[&str] = &["Users.Edit", "Users.Create", "Users.Delete"];

/// Returns a contact center with the groups North > Harbour and South, and the users `ann` (red, Harbour), `bob` (blue,
/// South) and `cid` (no tag, no group).
fn centre() -> (TestInstance, HierarchyGroupId, HierarchyGroupId, HierarchyGroupId) {
    let mut world = TestInstance::new();
    world.levels(&["Region", "Site"]);
    let north = world.group("North", None);
    let harbour = world.group("Harbour", Some(north));
    let south = world.group("South", None);
    for (login, group, team) in
        [("ann", Some(harbour), Some("red")), ("bob", Some(south), Some("blue")), ("cid", None, None)]
    {
        let mut new = world.new_user(login, &["Agent"]);
        new.hierarchy_group = group;
        new.tags = team.map(|team| tags(&[("team", team)])).unwrap_or_default();
        world.create_user_from(new);
    }
    (world, north, harbour, south)
}

fn tag(user: UserId, pair: (&str, &str)) -> Command {
    Command::TagResource { target: RecordKey::User(user), tags: tags(&[pair]) }
}

#[test]
fn access_control_tags_narrow_only_their_resource_types() {
    let (mut world, ..) = centre();
    let names = [USERS, &["Queues.Edit"]].concat();
    world.create_profile("Red", granting_tagged(&names, &["User"], ("team", "red")));
    let rea = world.create_user("rea", &["Red"]);
    let reason = |name, target| world.decide(rea, name, target).reason;
    assert_eq!(reason("Users.Edit", Target::User(world.user("ann"))), Reason::GrantedInScope);
    assert_eq!(reason("Users.Edit", Target::User(world.user("bob"))), Reason::OutOfScope);
    assert_eq!(reason("Users.Edit", Target::User(world.user("cid"))), Reason::OutOfScope);
    assert_eq!(reason("Users.Edit", Target::Instance), Reason::OutOfScope);
    let queue = world.directory.resource_by_name(ResourceType::Queue, "BasicQueue").unwrap().id;
    assert_eq!(reason("Queues.Edit", Target::Resource(queue)), Reason::Granted);
}

#[test]
fn all_tags_of_one_profile_must_match_and_one_profile_is_enough() {
    let (mut world, ..) = centre();
    let both = SecurityProfileEdit {
        access_control_tags: Some(tags(&[("team", "red"), ("site", "north")])),
        ..granting_tagged(USERS, &["User"], ("team", "red"))
    };
    world.create_profile("Red in the north", both);
    world.create_profile("Blue", granting_tagged(USERS, &["User"], ("team", "blue")));
    let rea = world.create_user("rea", &["Red in the north", "Blue"]);
    let (ann, bob) = (world.user("ann"), world.user("bob"));
    let may = |world: &TestInstance, user| world.decide(rea, "Users.Edit", Target::User(user)).allowed();
    assert!(!may(&world, ann) && may(&world, bob));
    world.run_ok(&operator(), tag(ann, ("site", "north")));
    assert!(may(&world, ann));
}

#[test]
fn access_control_tags_and_resource_types_require_each_other() {
    let mut world = TestInstance::new();
    let agent = world.profile("Agent");
    let with = |pairs: &[(&str, &str)], types: &[&str]| SecurityProfileEdit {
        access_control_tags: Some(tags(pairs)),
        tag_restricted: Some(types.iter().map(|word| (*word).to_owned()).collect()),
        ..SecurityProfileEdit::default()
    };
    for edit in [with(&[("team", "red")], &[]), with(&[], &["User"])] {
        assert_eq!(world.refusal_code(&operator(), update(agent, edit)), "invalid");
    }
    assert_eq!(world.refusal_code(&operator(), update(agent, with(&[("team", "red")], &["Cloud"]))), "invalid");
    let five = [("a", ""), ("b", ""), ("c", ""), ("d", ""), ("e", "")];
    assert_eq!(world.refusal_code(&operator(), update(agent, with(&five, &["User"]))), "limit-exceeded");
    let eleven = ["User"; 11];
    assert_eq!(world.refusal_code(&operator(), update(agent, with(&five[..1], &eleven))), "limit-exceeded");
    world.run_ok(&operator(), update(agent, with(&five[..4], &["User"])));
    // An edit cannot remove only the tags or only the resource types.
    let half = SecurityProfileEdit { tag_restricted: Some(Vec::new()), ..SecurityProfileEdit::default() };
    assert_eq!(world.refusal_code(&operator(), update(agent, half)), "invalid");
    world.run_ok(&operator(), update(agent, with(&[], &[])));
}

#[test]
fn a_hierarchy_scope_contains_users_in_and_below_the_group() {
    let (mut world, north, ..) = centre();
    world.create_profile("North", granting_below(USERS, Some(north)));
    let nils = world.create_user("nils", &["North"]);
    let may = |login: &str| world.decide(nils, "Users.Edit", Target::User(world.user(login))).allowed();
    assert!(may("ann"));
    assert!(!may("bob") && !may("cid") && !may("nils"));
}

#[test]
fn an_own_group_scope_follows_the_user_and_is_empty_without_a_group() {
    let (mut world, north, harbour, _) = centre();
    world.create_profile("Own", granting_below(USERS, None));
    let olga = world.create_user("olga", &["Own"]);
    let (ann, bob, cid) = (world.user("ann"), world.user("bob"), world.user("cid"));
    let reached = |world: &TestInstance| {
        [ann, bob, cid, olga].map(|user| world.decide(olga, "Users.Edit", Target::User(user)).allowed())
    };
    assert_eq!(reached(&world), [false; 4]);
    world.run_ok(&operator(), Command::UpdateUserHierarchy { user: olga, group: Some(north) });
    assert_eq!(reached(&world), [true, false, false, true]);
    world.run_ok(&operator(), Command::UpdateUserHierarchy { user: olga, group: Some(harbour) });
    world.run_ok(&operator(), Command::UpdateUserHierarchy { user: ann, group: Some(north) });
    assert_eq!(reached(&world), [false, false, false, true], "above is not below");
}

#[test]
fn tags_and_hierarchy_of_one_profile_must_both_match() {
    let (mut world, north, ..) = centre();
    let both = SecurityProfileEdit {
        hierarchy_restricted: Some(vec!["User".to_owned()]),
        hierarchy_group: Some(north.to_string()),
        ..granting_tagged(USERS, &["User"], ("team", "blue"))
    };
    world.create_profile("Blue in the north", both);
    let rea = world.create_user("rea", &["Blue in the north"]);
    let (ann, bob) = (world.user("ann"), world.user("bob"));
    let may = |world: &TestInstance, user| world.decide(rea, "Users.Edit", Target::User(user)).allowed();
    assert!(!may(&world, ann) && !may(&world, bob));
    world.run_ok(&operator(), tag(ann, ("team", "blue")));
    assert!(may(&world, ann));
}

#[test]
fn described_resources_are_decided_like_stored_ones() {
    let (mut world, north, harbour, _) = centre();
    world.create_profile("North", granting_below(USERS, Some(north)));
    let nils = world.create_user("nils", &["North"]);
    let nothing = tags(&[]);
    let user =
        |hierarchy_group| Target::Described(Thing { hierarchy_group, ..Thing::new(ResourceType::User, &nothing) });
    assert_eq!(world.decide(nils, "Users.Edit", user(Some(harbour))).reason, Reason::GrantedInScope);
    assert_eq!(world.decide(nils, "Users.Edit", user(None)).reason, Reason::OutOfScope);
}

#[test]
fn a_command_out_of_scope_is_refused_with_that_reason() {
    let (mut world, ..) = centre();
    world.create_profile("Red", granting_tagged(USERS, &["User"], ("team", "red")));
    let rea = actor_of(world.create_user("rea", &["Red"]));
    let (ann, bob) = (world.user("ann"), world.user("bob"));
    world.run_ok(&rea, reset(ann));
    assert_eq!(world.refusal_code(&rea, reset(bob)), "out-of-scope");
    assert_eq!(world.refusal_code(&rea, Command::DeleteUser { user: bob }), "out-of-scope");
}

#[test]
fn created_users_must_be_in_the_scope_of_their_creator() {
    let (mut world, north, harbour, south) = centre();
    world.create_profile("Red", granting_tagged(USERS, &["User"], ("team", "red")));
    world.create_profile("North", granting_below(USERS, Some(north)));
    let (rea, nils) = (actor_of(world.create_user("rea", &["Red"])), actor_of(world.create_user("nils", &["North"])));
    let new = |world: &mut TestInstance, login: &str, team: &str, hierarchy_group| {
        let new = world.new_user(login, &["Agent"]);
        let tags = tags(&[("team", team)]);
        Command::CreateUser(Box::new(floorkey::NewUser { tags, hierarchy_group, ..new }))
    };
    let blue = new(&mut world, "dan", "blue", Some(harbour));
    assert_eq!(world.refusal_code(&rea, blue.clone()), "out-of-scope");
    world.run_ok(&nils, blue);
    let red = new(&mut world, "eve", "red", Some(south));
    assert_eq!(world.refusal_code(&nils, red.clone()), "out-of-scope");
    world.run_ok(&rea, red);
}

#[test]
fn users_cannot_be_moved_out_of_or_into_the_scope_of_the_actor() {
    let (mut world, north, harbour, south) = centre();
    world.create_profile("Red", granting_tagged(USERS, &["User"], ("team", "red")));
    world.create_profile("North", granting_below(USERS, Some(north)));
    let (rea, nils) = (actor_of(world.create_user("rea", &["Red"])), actor_of(world.create_user("nils", &["North"])));
    let (ann, bob) = (world.user("ann"), world.user("bob"));
    assert_eq!(world.refusal_code(&rea, tag(ann, ("team", "blue"))), "out-of-scope");
    assert_eq!(world.refusal_code(&rea, tag(bob, ("team", "red"))), "out-of-scope");
    let untag = Command::UntagResource { target: RecordKey::User(ann), keys: ["team".to_owned()].into() };
    assert_eq!(world.refusal_code(&rea, untag), "out-of-scope");
    world.run_ok(&rea, tag(ann, ("site", "north")));
    let moved = |user, group| Command::UpdateUserHierarchy { user, group };
    assert_eq!(world.refusal_code(&nils, moved(ann, Some(south))), "out-of-scope");
    assert_eq!(world.refusal_code(&nils, moved(ann, None)), "out-of-scope");
    assert_eq!(world.refusal_code(&nils, moved(bob, Some(harbour))), "out-of-scope");
    world.run_ok(&nils, moved(ann, Some(north)));
}

#[test]
fn a_scoped_user_cannot_move_or_retag_themselves() {
    let (mut world, north, harbour, _) = centre();
    world.create_profile("Own", granting_below(USERS, None));
    let mut new = world.new_user("olga", &["Own"]);
    new.hierarchy_group = Some(north);
    let olga = world.create_user_from(new);
    let moved = Command::UpdateUserHierarchy { user: olga, group: Some(harbour) };
    assert_eq!(world.refusal_code(&actor_of(olga), moved.clone()), "out-of-scope");
    assert_eq!(world.refusal_code(&actor_of(olga), tag(olga, ("team", "red"))), "out-of-scope");
    // Scoped users can run commands on themselves that do not move them, and unscoped users can move themselves.
    world.run_ok(&actor_of(olga), reset(olga));
    let admin = world.user("admin");
    world.run_ok(&actor_of(admin), Command::UpdateUserHierarchy { user: admin, group: Some(harbour) });
    world.run_ok(&actor_of(admin), moved);
}

#[test]
fn both_ends_of_a_link_must_be_visible() {
    let (mut world, north, ..) = centre();
    let names = [USERS, &["SecurityProfiles.Edit"]].concat();
    world.create_profile("Red profiles", granting_tagged(&names, &["SecurityProfile"], ("team", "red")));
    let rea = actor_of(world.create_user("rea", &["Red profiles"]));
    let (ann, red, blue) =
        (world.user("ann"), world.create_profile_granting("R", &[]), world.create_profile_granting("B", &[]));
    let target = RecordKey::Profile(red);
    world.run_ok(&operator(), Command::TagResource { target, tags: tags(&[("team", "red")]) });
    world.run_ok(&rea, assign(ann, &[red]));
    assert_eq!(world.refusal_code(&rea, assign(ann, &[blue])), "out-of-scope");
    let profiles = vec![blue];
    assert_eq!(world.refusal_code(&rea, Command::AssociateSecurityProfiles { user: ann, profiles }), "out-of-scope");
    let assignable = Command::SetAssignableProfiles { profile: red, assignable: [blue].into() };
    assert_eq!(world.refusal_code(&rea, assignable), "out-of-scope");
    let new = world.new_user("dan", &["B"]);
    assert_eq!(world.refusal_code(&rea, Command::CreateUser(Box::new(new))), "out-of-scope");
    // A profile that is restricted to a hierarchy group links to that group.
    world.create_profile_granting("Profiles only", &["SecurityProfiles.Edit"]);
    let pia = actor_of(world.create_user("pia", &["Profiles only"]));
    let edit = SecurityProfileEdit { permissions: None, ..granting_below(&[], Some(north)) };
    assert_eq!(world.refusal_code(&pia, update(red, edit.clone())), "out-of-scope");
    world.run_ok(&rea, update(red, edit.clone()));
    world.run_ok(&pia, update(red, SecurityProfileEdit { description: Some("x".to_owned()), ..edit }));
}

#[test]
fn inherited_permissions_are_limited_by_scopes() {
    let (mut world, ..) = centre();
    world.create_profile("Red profiles", granting_tagged(USERS, &["SecurityProfile"], ("team", "red")));
    let rea = actor_of(world.create_user("rea", &["Red profiles"]));
    let red = world.create_profile_granting("R", &[]);
    let tagging = Command::TagResource { target: RecordKey::Profile(red), tags: tags(&[("team", "red")]) };
    world.run_ok(&operator(), tagging);
    let sees = |profile| {
        let target = Target::Profile(profile);
        floorkey::can_list(&world.directory, &rea.principal, ResourceType::SecurityProfile, &target, world.now)
    };
    assert!(sees(red) && !sees(world.profile("Admin")));
}

#[test]
fn hierarchy_scopes_apply_to_users_and_need_an_existing_group() {
    let (mut world, north, ..) = centre();
    let agent = world.profile("Agent");
    let edit = |restricted: Option<&str>, group: Option<&str>| SecurityProfileEdit {
        hierarchy_restricted: restricted.map(|word| vec![word.to_owned()]),
        hierarchy_group: group.map(str::to_owned),
        ..granting(&["Users.View"])
    };
    let missing = HierarchyGroupId::from_bits(7).to_string();
    assert_eq!(world.refusal_code(&operator(), update(agent, edit(Some("Queue"), None))), "invalid");
    assert_eq!(world.refusal_code(&operator(), update(agent, edit(Some("User"), Some(&missing)))), "not-found");
    assert_eq!(world.refusal_code(&operator(), update(agent, edit(Some("User"), Some("north")))), "not-found");
    assert_eq!(world.refusal_code(&operator(), update(agent, edit(None, Some(&north.to_string())))), "invalid");
    world.run_ok(&operator(), update(agent, edit(Some("User"), Some(&north.to_string()))));
    let control = |world: &TestInstance| world.directory.profile(agent).unwrap().access_control.clone();
    assert_eq!(control(&world).hierarchy_group, Some(north));
    // An empty text means the user's own group. Removing the restriction clears the group.
    world.run_ok(&operator(), update(agent, edit(None, Some(""))));
    assert_eq!((control(&world).hierarchy_restricted, control(&world).hierarchy_group), (true, None));
    world.run_ok(&operator(), update(agent, edit(Some("User"), Some(&north.to_string()))));
    let lifted = SecurityProfileEdit { hierarchy_restricted: Some(Vec::new()), ..SecurityProfileEdit::default() };
    world.run_ok(&operator(), update(agent, lifted));
    assert_eq!(control(&world).hierarchy_group, None);
}
