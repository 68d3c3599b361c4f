//! Tests scopes, which are the resources that a permission applies to.

use floorkey::{
    Command, HierarchyGroupId, Reason, RecordKey, ResourceAttributes, ResourceType, SecurityProfileEdit, Target, UserId,
};

use crate::test_instance::{
    TestInstance, actor_of, assign, granting, granting_below, granting_tagged, operator, reset, tags, update,
};

const USERS: &[&str] = &["Users.Edit", "Users.Create", "Users.Delete"];

/// Returns a contact center with the groups North, Harbour (in North) and South. The users are `ann` (red, Harbour),
/// `bob` (blue, South) and `cid` (no tag, no group).
fn instance_with_groups() -> (TestInstance, HierarchyGroupId, HierarchyGroupId, HierarchyGroupId) {
    let mut instance = TestInstance::new();
    instance.levels(&["Region", "Site"]);
    let north = instance.group("North", None);
    let harbor = instance.group("Harbour", Some(north));
    let south = instance.group("South", None);
    for (login, group, team) in
        [("ann", Some(harbor), Some("red")), ("bob", Some(south), Some("blue")), ("cid", None, None)]
    {
        let mut new = instance.new_user(login, &["Agent"]);
        new.hierarchy_group = group;
        new.tags = team.map(|team| tags(&[("team", team)])).unwrap_or_default();
        instance.create_user_from(new);
    }
    (instance, north, harbor, south)
}

fn tag(user: UserId, pair: (&str, &str)) -> Command {
    Command::TagResource { target: RecordKey::User(user), tags: tags(&[pair]) }
}

#[test]
fn access_control_tags_narrow_only_their_resource_types() {
    let (mut instance, ..) = instance_with_groups();
    let names = [USERS, &["Queues.Edit"]].concat();
    instance.create_profile("Red", granting_tagged(&names, &["User"], ("team", "red")));
    let rea = instance.create_user("rea", &["Red"]);
    let reason = |name, target| instance.decide(rea, name, target).reason;
    assert_eq!(reason("Users.Edit", Target::User(instance.user("ann"))), Reason::GrantedInScope);
    assert_eq!(reason("Users.Edit", Target::User(instance.user("bob"))), Reason::OutOfScope);
    assert_eq!(reason("Users.Edit", Target::User(instance.user("cid"))), Reason::OutOfScope);
    assert_eq!(reason("Users.Edit", Target::Instance), Reason::OutOfScope);
    let queue = instance.directory.resource_by_name(ResourceType::Queue, "BasicQueue").unwrap().id;
    assert_eq!(reason("Queues.Edit", Target::Resource(queue)), Reason::Granted);
}

#[test]
fn all_tags_of_one_profile_must_match_and_one_profile_is_enough() {
    let (mut instance, ..) = instance_with_groups();
    let both = SecurityProfileEdit {
        access_control_tags: Some(tags(&[("team", "red"), ("site", "north")])),
        ..granting_tagged(USERS, &["User"], ("team", "red"))
    };
    instance.create_profile("Red in the north", both);
    instance.create_profile("Blue", granting_tagged(USERS, &["User"], ("team", "blue")));
    let rea = instance.create_user("rea", &["Red in the north", "Blue"]);
    let (ann, bob) = (instance.user("ann"), instance.user("bob"));
    let may = |instance: &TestInstance, user| instance.decide(rea, "Users.Edit", Target::User(user)).allowed();
    assert!(!may(&instance, ann) && may(&instance, bob));
    instance.run_ok(&operator(), tag(ann, ("site", "north")));
    assert!(may(&instance, ann));
}

#[test]
fn access_control_tags_and_resource_types_require_each_other() {
    let mut instance = TestInstance::new();
    let agent = instance.profile("Agent");
    let with = |pairs: &[(&str, &str)], types: &[&str]| SecurityProfileEdit {
        access_control_tags: Some(tags(pairs)),
        tag_restricted: Some(types.iter().map(|word| (*word).to_owned()).collect()),
        ..SecurityProfileEdit::default()
    };
    for edit in [with(&[("team", "red")], &[]), with(&[], &["User"])] {
        assert_eq!(instance.refusal_code(&operator(), update(agent, edit)), "invalid");
    }
    assert_eq!(instance.refusal_code(&operator(), update(agent, with(&[("team", "red")], &["Cloud"]))), "invalid");
    let five = [("a", ""), ("b", ""), ("c", ""), ("d", ""), ("e", "")];
    assert_eq!(instance.refusal_code(&operator(), update(agent, with(&five, &["User"]))), "limit-exceeded");
    let eleven = ["User"; 11];
    assert_eq!(instance.refusal_code(&operator(), update(agent, with(&five[..1], &eleven))), "limit-exceeded");
    instance.run_ok(&operator(), update(agent, with(&five[..4], &["User"])));
    // An edit that removes the tags must also remove the resource types.
    let half = SecurityProfileEdit { tag_restricted: Some(Vec::new()), ..SecurityProfileEdit::default() };
    assert_eq!(instance.refusal_code(&operator(), update(agent, half)), "invalid");
    instance.run_ok(&operator(), update(agent, with(&[], &[])));
}

#[test]
fn a_hierarchy_scope_contains_users_in_and_below_the_group() {
    let (mut instance, north, ..) = instance_with_groups();
    instance.create_profile("North", granting_below(USERS, Some(north)));
    let nils = instance.create_user("nils", &["North"]);
    let may = |login: &str| instance.decide(nils, "Users.Edit", Target::User(instance.user(login))).allowed();
    assert!(may("ann"));
    assert!(!may("bob") && !may("cid") && !may("nils"));
}

#[test]
fn an_own_group_scope_follows_the_user_and_is_empty_without_a_group() {
    let (mut instance, north, harbor, _) = instance_with_groups();
    instance.create_profile("Own", granting_below(USERS, None));
    let olga = instance.create_user("olga", &["Own"]);
    let (ann, bob, cid) = (instance.user("ann"), instance.user("bob"), instance.user("cid"));
    let reached = |instance: &TestInstance| {
        [ann, bob, cid, olga].map(|user| instance.decide(olga, "Users.Edit", Target::User(user)).allowed())
    };
    assert_eq!(reached(&instance), [false; 4]);
    instance.run_ok(&operator(), Command::UpdateUserHierarchy { user: olga, group: Some(north) });
    assert_eq!(reached(&instance), [true, false, false, true]);
    instance.run_ok(&operator(), Command::UpdateUserHierarchy { user: olga, group: Some(harbor) });
    instance.run_ok(&operator(), Command::UpdateUserHierarchy { user: ann, group: Some(north) });
    assert_eq!(reached(&instance), [false, false, false, true], "above is not below");
}

#[test]
fn tags_and_hierarchy_of_one_profile_must_both_match() {
    let (mut instance, north, ..) = instance_with_groups();
    let both = SecurityProfileEdit {
        hierarchy_restricted: Some(vec!["User".to_owned()]),
        hierarchy_group: Some(north.to_string()),
        ..granting_tagged(USERS, &["User"], ("team", "blue"))
    };
    instance.create_profile("Blue in the north", both);
    let rea = instance.create_user("rea", &["Blue in the north"]);
    let (ann, bob) = (instance.user("ann"), instance.user("bob"));
    let may = |instance: &TestInstance, user| instance.decide(rea, "Users.Edit", Target::User(user)).allowed();
    assert!(!may(&instance, ann) && !may(&instance, bob));
    instance.run_ok(&operator(), tag(ann, ("team", "blue")));
    assert!(may(&instance, ann));
}

#[test]
fn described_resources_are_decided_like_stored_ones() {
    let (mut instance, north, harbor, _) = instance_with_groups();
    instance.create_profile("North", granting_below(USERS, Some(north)));
    let nils = instance.create_user("nils", &["North"]);
    let nothing = tags(&[]);
    let user = |hierarchy_group| {
        Target::Described(ResourceAttributes {
            hierarchy_group,
            ..ResourceAttributes::new(ResourceType::User, &nothing)
        })
    };
    assert_eq!(instance.decide(nils, "Users.Edit", user(Some(harbor))).reason, Reason::GrantedInScope);
    assert_eq!(instance.decide(nils, "Users.Edit", user(None)).reason, Reason::OutOfScope);
}

#[test]
fn a_command_out_of_scope_is_refused_with_that_reason() {
    let (mut instance, ..) = instance_with_groups();
    instance.create_profile("Red", granting_tagged(USERS, &["User"], ("team", "red")));
    let rea = actor_of(instance.create_user("rea", &["Red"]));
    let (ann, bob) = (instance.user("ann"), instance.user("bob"));
    instance.run_ok(&rea, reset(ann));
    assert_eq!(instance.refusal_code(&rea, reset(bob)), "out-of-scope");
    assert_eq!(instance.refusal_code(&rea, Command::DeleteUser { user: bob }), "out-of-scope");
}

#[test]
fn created_users_must_be_in_the_scope_of_their_creator() {
    let (mut instance, north, harbor, south) = instance_with_groups();
    instance.create_profile("Red", granting_tagged(USERS, &["User"], ("team", "red")));
    instance.create_profile("North", granting_below(USERS, Some(north)));
    let (rea, nils) =
        (actor_of(instance.create_user("rea", &["Red"])), actor_of(instance.create_user("nils", &["North"])));
    let new = |instance: &mut TestInstance, login: &str, team: &str, hierarchy_group| {
        let new = instance.new_user(login, &["Agent"]);
        let tags = tags(&[("team", team)]);
        Command::CreateUser(Box::new(floorkey::NewUser { tags, hierarchy_group, ..new }))
    };
    let blue = new(&mut instance, "dan", "blue", Some(harbor));
    assert_eq!(instance.refusal_code(&rea, blue.clone()), "out-of-scope");
    instance.run_ok(&nils, blue);
    let red = new(&mut instance, "eve", "red", Some(south));
    assert_eq!(instance.refusal_code(&nils, red.clone()), "out-of-scope");
    instance.run_ok(&rea, red);
}

#[test]
fn users_cannot_be_moved_out_of_or_into_the_scope_of_the_actor() {
    let (mut instance, north, harbor, south) = instance_with_groups();
    instance.create_profile("Red", granting_tagged(USERS, &["User"], ("team", "red")));
    instance.create_profile("North", granting_below(USERS, Some(north)));
    let (rea, nils) =
        (actor_of(instance.create_user("rea", &["Red"])), actor_of(instance.create_user("nils", &["North"])));
    let (ann, bob) = (instance.user("ann"), instance.user("bob"));
    assert_eq!(instance.refusal_code(&rea, tag(ann, ("team", "blue"))), "out-of-scope");
    assert_eq!(instance.refusal_code(&rea, tag(bob, ("team", "red"))), "out-of-scope");
    let untag = Command::UntagResource { target: RecordKey::User(ann), keys: ["team".to_owned()].into() };
    assert_eq!(instance.refusal_code(&rea, untag), "out-of-scope");
    instance.run_ok(&rea, tag(ann, ("site", "north")));
    let moved = |user, group| Command::UpdateUserHierarchy { user, group };
    assert_eq!(instance.refusal_code(&nils, moved(ann, Some(south))), "out-of-scope");
    assert_eq!(instance.refusal_code(&nils, moved(ann, None)), "out-of-scope");
    assert_eq!(instance.refusal_code(&nils, moved(bob, Some(harbor))), "out-of-scope");
    instance.run_ok(&nils, moved(ann, Some(north)));
}

#[test]
fn a_scoped_user_cannot_move_or_retag_themselves() {
    let (mut instance, north, harbor, _) = instance_with_groups();
    instance.create_profile("Own", granting_below(USERS, None));
    let mut new = instance.new_user("olga", &["Own"]);
    new.hierarchy_group = Some(north);
    let olga = instance.create_user_from(new);
    let moved = Command::UpdateUserHierarchy { user: olga, group: Some(harbor) };
    assert_eq!(instance.refusal_code(&actor_of(olga), moved.clone()), "out-of-scope");
    assert_eq!(instance.refusal_code(&actor_of(olga), tag(olga, ("team", "red"))), "out-of-scope");
    // Scoped users can run commands on themselves, except commands that move them into another scope. Unscoped users
    // can run these commands too.
    instance.run_ok(&actor_of(olga), reset(olga));
    let admin = instance.user("admin");
    instance.run_ok(&actor_of(admin), Command::UpdateUserHierarchy { user: admin, group: Some(harbor) });
    instance.run_ok(&actor_of(admin), moved);
}

#[test]
fn both_ends_of_a_link_must_be_visible() {
    let (mut instance, north, ..) = instance_with_groups();
    let names = [USERS, &["SecurityProfiles.Edit"]].concat();
    instance.create_profile("Red profiles", granting_tagged(&names, &["SecurityProfile"], ("team", "red")));
    let rea = actor_of(instance.create_user("rea", &["Red profiles"]));
    let (ann, red, blue) =
        (instance.user("ann"), instance.create_profile_granting("R", &[]), instance.create_profile_granting("B", &[]));
    let target = RecordKey::Profile(red);
    instance.run_ok(&operator(), Command::TagResource { target, tags: tags(&[("team", "red")]) });
    instance.run_ok(&rea, assign(ann, &[red]));
    assert_eq!(instance.refusal_code(&rea, assign(ann, &[blue])), "out-of-scope");
    let profiles = vec![blue];
    assert_eq!(instance.refusal_code(&rea, Command::AssociateSecurityProfiles { user: ann, profiles }), "out-of-scope");
    let assignable = Command::SetAssignableProfiles { profile: red, assignable: [blue].into() };
    assert_eq!(instance.refusal_code(&rea, assignable), "out-of-scope");
    let new = instance.new_user("dan", &["B"]);
    assert_eq!(instance.refusal_code(&rea, Command::CreateUser(Box::new(new))), "out-of-scope");
    // A profile whose access control is limited to a hierarchy group links to that group.
    instance.create_profile_granting("Profiles only", &["SecurityProfiles.Edit"]);
    let pia = actor_of(instance.create_user("pia", &["Profiles only"]));
    let edit = SecurityProfileEdit { permissions: None, ..granting_below(&[], Some(north)) };
    assert_eq!(instance.refusal_code(&pia, update(red, edit.clone())), "out-of-scope");
    instance.run_ok(&rea, update(red, edit.clone()));
    instance.run_ok(&pia, update(red, SecurityProfileEdit { description: Some("x".to_owned()), ..edit }));
}

#[test]
fn inherited_permissions_are_limited_by_scopes() {
    let (mut instance, ..) = instance_with_groups();
    instance.create_profile("Red profiles", granting_tagged(USERS, &["SecurityProfile"], ("team", "red")));
    let rea = actor_of(instance.create_user("rea", &["Red profiles"]));
    let red = instance.create_profile_granting("R", &[]);
    let tagging = Command::TagResource { target: RecordKey::Profile(red), tags: tags(&[("team", "red")]) };
    instance.run_ok(&operator(), tagging);
    let sees = |profile| {
        let target = Target::Profile(profile);
        floorkey::can_list(&instance.directory, &rea.principal, ResourceType::SecurityProfile, &target, instance.now)
    };
    assert!(sees(red) && !sees(instance.profile("Admin")));
}

#[test]
fn hierarchy_scopes_apply_to_users_and_need_an_existing_group() {
    let (mut instance, north, ..) = instance_with_groups();
    let agent = instance.profile("Agent");
    let edit = |restricted: Option<&str>, group: Option<&str>| SecurityProfileEdit {
        hierarchy_restricted: restricted.map(|word| vec![word.to_owned()]),
        hierarchy_group: group.map(str::to_owned),
        ..granting(&["Users.View"])
    };
    let missing = HierarchyGroupId::from_bits(7).to_string();
    assert_eq!(instance.refusal_code(&operator(), update(agent, edit(Some("Queue"), None))), "invalid");
    assert_eq!(instance.refusal_code(&operator(), update(agent, edit(Some("User"), Some(&missing)))), "not-found");
    assert_eq!(instance.refusal_code(&operator(), update(agent, edit(Some("User"), Some("north")))), "not-found");
    assert_eq!(instance.refusal_code(&operator(), update(agent, edit(None, Some(&north.to_string())))), "invalid");
    instance.run_ok(&operator(), update(agent, edit(Some("User"), Some(&north.to_string()))));
    let control = |instance: &TestInstance| instance.directory.profile(agent).unwrap().access_control.clone();
    assert_eq!(control(&instance).hierarchy_group, Some(north));
    // An empty string means the group of the profile's user. Removing the restriction to a group also clears the group.
    instance.run_ok(&operator(), update(agent, edit(None, Some(""))));
    assert_eq!((control(&instance).hierarchy_restricted, control(&instance).hierarchy_group), (true, None));
    instance.run_ok(&operator(), update(agent, edit(Some("User"), Some(&north.to_string()))));
    let lifted = SecurityProfileEdit { hierarchy_restricted: Some(Vec::new()), ..SecurityProfileEdit::default() };
    instance.run_ok(&operator(), update(agent, lifted));
    assert_eq!(control(&instance).hierarchy_group, None);
}
