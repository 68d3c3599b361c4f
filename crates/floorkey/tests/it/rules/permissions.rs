//! The permissions of a profile: dependencies, restrictions, legacy permissions, and the widest grant.

use floorkey::catalogue::Strength;
use floorkey::{Action, Command, Origin, Permission, PermissionSet, Reason, Request, Target, catalogue, close};

use crate::world::{World, granting, granting_tagged, operator, update};

fn set(names: &[&str]) -> PermissionSet {
    names.iter().map(|name| Permission::parse(name).unwrap()).collect()
}

#[test]
fn selecting_an_action_grants_what_it_requires_with_an_explanation() {
    let mut world = World::new();
    let profile = world.grant("Editor", &["Users.Edit"]);
    let ann = world.hire("ann", &["Editor"]);
    let stored = world.directory.profile(profile).unwrap();
    assert_eq!(stored.chosen, set(&["Users.Edit"]));
    assert_eq!(*stored.permissions.permissions(), set(&["Users.View", "Users.Edit"]));
    assert!(world.may(ann, "Users.View"));
    let action = Action::parse("Users.View");
    let request = Request::new(ann, action, Target::Instance, world.now);
    let explanation = world.directory.explain(&request);
    assert_eq!(explanation.grants.len(), 1);
    assert_eq!(explanation.grants[0].origin, Origin::RequiredBy(set(&["Users.Edit"])));
}

#[test]
fn a_default_on_dependency_is_not_granted_automatically() {
    let edges = catalogue().dependencies().iter().filter(|edge| edge.strength == Strength::DefaultOn);
    let mut seen = 0;
    for edge in edges {
        let closed = close(&PermissionSet::from_iter([edge.permission]));
        seen += usize::from(!closed.permissions().contains(edge.requires));
    }
    assert!(seen > 0);
}

#[test]
fn unknown_permissions_are_refused_with_suggestions() {
    let mut world = World::new();
    let agent = world.profile("Agent");
    let refusal = world.try_to(&operator(), update(agent, granting(&["RoutingProfiles.View"]))).unwrap_err();
    assert_eq!(refusal.code(), "unknown-permission");
    assert!(refusal.to_string().contains("RoutingPolicies.View"), "{refusal}");
    // The refusal lists all unknown names, each with a suggestion if there is one.
    let names = ["Users.Veiw", "Users.Edit", "Users.Remove", "Weather.Forecast"];
    let refusal = world.try_to(&operator(), update(agent, granting(&names))).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "Permissions: `Users.Veiw` is not a permission; did you mean `Users.View`? `Users.Remove` is not a \
        permission; did you mean `Users.Delete`? `Weather.Forecast` is not a permission. To list all permissions, \
        run `floorkey permissions`."
    );
    let many = vec!["Weather.Forecast"; 500];
    let refusal = world.try_to(&operator(), update(agent, granting(&many))).unwrap_err().to_string();
    assert!(refusal.len() < 1000 && refusal.contains("490 more"), "{refusal}");
    let ann = world.hire("ann", &["Admin"]);
    let reason = world.decide(ann, "RoutingProfiles.View", Target::Instance).reason;
    assert_eq!(reason, Reason::UnknownPermission);
}

#[test]
fn too_many_permissions_in_one_call_are_refused() {
    let mut world = World::new();
    let agent = world.profile("Agent");
    let many = vec!["Users.View"; 501];
    assert_eq!(world.refused(&operator(), update(agent, granting(&many))), "limit-exceeded");
    world.done(&operator(), update(agent, granting(&many[..500])));
}

#[test]
fn restrictions_are_never_granted_permissions() {
    let mut world = World::new();
    let profile = world.grant("Limited", &["RestrictTaskCreation.Access", "Users.View"]);
    let ann = world.hire("ann", &["Limited"]);
    let admin = world.user("admin");
    for user in [ann, admin] {
        let decision = world.decide(user, "RestrictTaskCreation.Access", Target::Instance);
        assert_eq!((decision.allowed(), decision.reason), (false, Reason::Limit));
    }
    let limits = |user| world.directory.grants_at(world.directory.user(user).unwrap(), world.now).limits;
    assert_eq!(limits(ann), set(&["RestrictTaskCreation.Access"]));
    assert!(limits(admin).is_empty());
    let grants = world.directory.grants(profile).unwrap();
    assert_eq!(grants.everywhere, set(&["Users.View"]));
}

#[test]
fn a_restriction_of_one_profile_applies_to_the_whole_user() {
    let mut world = World::new();
    world.grant("Limited", &["RestrictContactAccessByHierarchy.View"]);
    let ann = world.hire("ann", &["Admin", "Limited"]);
    let grants = world.directory.grants_at(world.directory.user(ann).unwrap(), world.now);
    assert_eq!(grants.limits, set(&["RestrictContactAccessByHierarchy.View"]));
}

#[test]
fn legacy_and_new_recording_permissions_decide_alike_and_are_stored_as_written() {
    let mut world = World::new();
    let old = world.grant("Old", &["ListenCallRecordings"]);
    world.grant("New", &["CallRecordings.Unredacted.Access", "ContactTranscripts.Unredacted.Access"]);
    let (ann, bea) = (world.hire("ann", &["Old"]), world.hire("bea", &["New"]));
    let names = ["ListenCallRecordings", "CallRecordings.Unredacted.Access", "ContactTranscripts.Unredacted.Access"];
    for name in names {
        assert!(world.may(ann, name) && world.may(bea, name), "{name}");
    }
    assert_eq!(world.directory.profile(old).unwrap().chosen, set(&["ListenCallRecordings"]));
    let stored = world.directory.profile(old).unwrap().permissions;
    assert!(!stored.permissions().contains(Permission::parse("CallRecordings.Unredacted.Access").unwrap()));
}

#[test]
fn several_profiles_together_grant_a_legacy_permission_and_all_are_explained() {
    let mut world = World::new();
    let calls = world.grant("Calls", &["CallRecordings.Unredacted.Access"]);
    let transcripts = world.grant("Transcripts", &["ContactTranscripts.Unredacted.Access"]);
    let half = world.hire("half", &["Calls"]);
    assert!(!world.may(half, "ListenCallRecordings"));
    let ann = world.hire("ann", &["Calls", "Transcripts"]);
    assert!(world.may(ann, "ListenCallRecordings"));
    let action = Action::parse("ListenCallRecordings");
    let request = Request::new(ann, action, Target::Instance, world.now);
    let grants = world.directory.explain(&request).grants;
    let parts: Vec<_> = grants.iter().map(|grant| (grant.profile, grant.origin.clone())).collect();
    let part = |name| Origin::SameAs(set(&[name]));
    let expected = [
        (calls, part("CallRecordings.Unredacted.Access")),
        (transcripts, part("ContactTranscripts.Unredacted.Access")),
    ];
    assert_eq!(parts, expected);
}

#[test]
fn the_widest_grant_wins_for_each_permission() {
    let mut world = World::new();
    world.make_profile("Red editor", granting_tagged(&["Users.Edit"], &["User"], ("team", "red")));
    world.grant("Viewer", &["Users.View"]);
    let ann = world.hire("ann", &["Red editor", "Viewer"]);
    let blue = Target::User(world.user("admin"));
    assert_eq!(world.decide(ann, "Users.View", blue).reason, Reason::Granted);
    assert_eq!(world.decide(ann, "Users.Edit", blue).reason, Reason::OutOfScope);
    let everywhere = world.grant("Editor", &["Users.Edit"]);
    let command = Command::AssociateSecurityProfiles { user: ann, profiles: vec![everywhere] };
    world.done(&operator(), command);
    assert_eq!(world.decide(ann, "Users.Edit", blue).reason, Reason::Granted);
}

#[test]
fn inherited_permissions_list_names_and_are_never_granted() {
    let mut world = World::new();
    world.grant("Editor", &["Users.Edit"]);
    let ann = world.hire("ann", &["Editor"]);
    assert!(!world.may(ann, "SecurityProfiles.View"));
    let principal = crate::world::by(ann).principal;
    let target = Target::Profile(world.profile("Admin"));
    let sees = |of, target| floorkey::can_list(&world.directory, &principal, of, &target, world.now);
    assert!(sees(floorkey::ResourceType::SecurityProfile, target));
    assert!(sees(floorkey::ResourceType::RoutingProfile, Target::Resource(world.routing_profile())));
    let queue = world.directory.resource_by_name(floorkey::ResourceType::Queue, "BasicQueue").unwrap().id;
    assert!(!sees(floorkey::ResourceType::Queue, Target::Resource(queue)));
    let act = floorkey::Act::DescribeSecurityProfile;
    assert!(floorkey::authorize(&world.directory, &principal, act, &target, world.now).is_err());
}
