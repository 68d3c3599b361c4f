//! Tests a profile's permissions: dependencies, restrictions, legacy permissions, and several grants of one permission.

use floorkey::catalog::Strength;
use floorkey::{
    Command, Origin, Permission, PermissionSet, Reason, Request, RequestedAction, Target, catalog, with_requirements,
};

use crate::test_instance::{TestInstance, granting, granting_tagged, operator, update};

fn set(names: &[&str]) -> PermissionSet {
    names.iter().map(|name| Permission::parse(name).unwrap()).collect()
}

#[test]
fn selecting_an_action_grants_what_it_requires_with_an_explanation() {
    let mut instance = TestInstance::new();
    let profile = instance.create_profile_granting("Editor", &["Users.Edit"]);
    let ann = instance.create_user("ann", &["Editor"]);
    let stored = instance.directory.profile(profile).unwrap();
    assert_eq!(stored.selected, set(&["Users.Edit"]));
    assert_eq!(*stored.permissions.permissions(), set(&["Users.View", "Users.Edit"]));
    assert!(instance.can(ann, "Users.View"));
    let action = RequestedAction::parse("Users.View");
    let request = Request::new(ann, action, Target::Instance, instance.now);
    let explanation = instance.directory.explain(&request);
    assert_eq!(explanation.grants.len(), 1);
    assert_eq!(explanation.grants[0].origin, Origin::RequiredBy(set(&["Users.Edit"])));
}

#[test]
fn a_default_on_dependency_is_not_granted_automatically() {
    let edges = catalog().dependencies().iter().filter(|edge| edge.strength == Strength::DefaultOn);
    let mut seen = 0;
    for edge in edges {
        let closed = with_requirements(&PermissionSet::from_iter([edge.permission]));
        seen += usize::from(!closed.permissions().contains(edge.requires));
    }
    assert!(seen > 0);
}

#[test]
fn unknown_permissions_are_refused_with_suggestions() {
    let mut instance = TestInstance::new();
    let agent = instance.profile("Agent");
    let refusal = instance.run(&operator(), update(agent, granting(&["RoutingProfiles.View"]))).unwrap_err();
    assert_eq!(refusal.code(), "unknown-permission");
    assert!(refusal.to_string().contains("RoutingPolicies.View"), "{refusal}");
    // The refusal lists all unknown names, with suggestions for some of them.
    let names = ["Users.Veiw", "Users.Edit", "Users.Remove", "Weather.Forecast"];
    let refusal = instance.run(&operator(), update(agent, granting(&names))).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "Permissions: `Users.Veiw` is not a permission; did you mean `Users.View`? `Users.Remove` is not a \
        permission; did you mean `Users.Delete`? `Weather.Forecast` is not a permission. To list all permissions, \
        run `floorkey permissions`."
    );
    let many = vec!["Weather.Forecast"; 500];
    let refusal = instance.run(&operator(), update(agent, granting(&many))).unwrap_err().to_string();
    assert!(refusal.len() < 1000 && refusal.contains("490 more"), "{refusal}");
    let ann = instance.create_user("ann", &["Admin"]);
    let reason = instance.decide(ann, "RoutingProfiles.View", Target::Instance).reason;
    assert_eq!(reason, Reason::UnknownPermission);
}

#[test]
fn too_many_permissions_in_one_call_are_refused() {
    let mut instance = TestInstance::new();
    let agent = instance.profile("Agent");
    let many = vec!["Users.View"; 501];
    assert_eq!(instance.refusal_code(&operator(), update(agent, granting(&many))), "limit-exceeded");
    instance.run_ok(&operator(), update(agent, granting(&many[..500])));
}

#[test]
fn restrictions_are_never_granted_permissions() {
    let mut instance = TestInstance::new();
    let profile = instance.create_profile_granting("Limited", &["RestrictTaskCreation.Access", "Users.View"]);
    let ann = instance.create_user("ann", &["Limited"]);
    let admin = instance.user("admin");
    for user in [ann, admin] {
        let decision = instance.decide(user, "RestrictTaskCreation.Access", Target::Instance);
        assert_eq!((decision.allowed(), decision.reason), (false, Reason::IsRestriction));
    }
    let limits = |user| instance.directory.grants_at(instance.directory.user(user).unwrap(), instance.now).restrictions;
    assert_eq!(limits(ann), set(&["RestrictTaskCreation.Access"]));
    assert!(limits(admin).is_empty());
    let grants = instance.directory.grants(profile).unwrap();
    assert_eq!(grants.unscoped, set(&["Users.View"]));
}

#[test]
fn a_restriction_of_one_profile_applies_to_the_whole_user() {
    let mut instance = TestInstance::new();
    instance.create_profile_granting("Limited", &["RestrictContactAccessByHierarchy.View"]);
    let ann = instance.create_user("ann", &["Admin", "Limited"]);
    let grants = instance.directory.grants_at(instance.directory.user(ann).unwrap(), instance.now);
    assert_eq!(grants.restrictions, set(&["RestrictContactAccessByHierarchy.View"]));
}

#[test]
fn legacy_and_new_recording_permissions_decide_alike_and_are_stored_as_written() {
    let mut instance = TestInstance::new();
    let old = instance.create_profile_granting("Old", &["ListenCallRecordings"]);
    instance
        .create_profile_granting("New", &["CallRecordings.Unredacted.Access", "ContactTranscripts.Unredacted.Access"]);
    let (ann, bea) = (instance.create_user("ann", &["Old"]), instance.create_user("bea", &["New"]));
    let names = ["ListenCallRecordings", "CallRecordings.Unredacted.Access", "ContactTranscripts.Unredacted.Access"];
    for name in names {
        assert!(instance.can(ann, name) && instance.can(bea, name), "{name}");
    }
    assert_eq!(instance.directory.profile(old).unwrap().selected, set(&["ListenCallRecordings"]));
    let stored = instance.directory.profile(old).unwrap().permissions;
    assert!(!stored.permissions().contains(Permission::parse("CallRecordings.Unredacted.Access").unwrap()));
}

#[test]
fn several_profiles_together_grant_a_legacy_permission_and_all_are_explained() {
    let mut instance = TestInstance::new();
    let calls = instance.create_profile_granting("Calls", &["CallRecordings.Unredacted.Access"]);
    let transcripts = instance.create_profile_granting("Transcripts", &["ContactTranscripts.Unredacted.Access"]);
    let half = instance.create_user("half", &["Calls"]);
    assert!(!instance.can(half, "ListenCallRecordings"));
    let ann = instance.create_user("ann", &["Calls", "Transcripts"]);
    assert!(instance.can(ann, "ListenCallRecordings"));
    let action = RequestedAction::parse("ListenCallRecordings");
    let request = Request::new(ann, action, Target::Instance, instance.now);
    let grants = instance.directory.explain(&request).grants;
    let parts: Vec<_> = grants.iter().map(|grant| (grant.profile, grant.origin.clone())).collect();
    let part = |name| Origin::EquivalentTo(set(&[name]));
    let expected = [
        (calls, part("CallRecordings.Unredacted.Access")),
        (transcripts, part("ContactTranscripts.Unredacted.Access")),
    ];
    assert_eq!(parts, expected);
}

#[test]
fn the_widest_grant_wins_for_each_permission() {
    let mut instance = TestInstance::new();
    instance.create_profile("Red editor", granting_tagged(&["Users.Edit"], &["User"], ("team", "red")));
    instance.create_profile_granting("Viewer", &["Users.View"]);
    let ann = instance.create_user("ann", &["Red editor", "Viewer"]);
    let blue = Target::User(instance.user("admin"));
    assert_eq!(instance.decide(ann, "Users.View", blue).reason, Reason::Granted);
    assert_eq!(instance.decide(ann, "Users.Edit", blue).reason, Reason::OutOfScope);
    let everywhere = instance.create_profile_granting("Editor", &["Users.Edit"]);
    let command = Command::AssociateSecurityProfiles { user: ann, profiles: vec![everywhere] };
    instance.run_ok(&operator(), command);
    assert_eq!(instance.decide(ann, "Users.Edit", blue).reason, Reason::Granted);
}

#[test]
fn inherited_permissions_list_names_and_are_never_granted() {
    let mut instance = TestInstance::new();
    instance.create_profile_granting("Editor", &["Users.Edit"]);
    let ann = instance.create_user("ann", &["Editor"]);
    assert!(!instance.can(ann, "SecurityProfiles.View"));
    let principal = crate::test_instance::actor_of(ann).principal;
    let target = Target::Profile(instance.profile("Admin"));
    let sees = |of, target| floorkey::can_list(&instance.directory, &principal, of, &target, instance.now);
    assert!(sees(floorkey::ResourceType::SecurityProfile, target));
    assert!(sees(floorkey::ResourceType::RoutingProfile, Target::Resource(instance.routing_profile())));
    let queue = instance.directory.resource_by_name(floorkey::ResourceType::Queue, "BasicQueue").unwrap().id;
    assert!(!sees(floorkey::ResourceType::Queue, Target::Resource(queue)));
    let action = floorkey::Action::DescribeSecurityProfile;
    assert!(floorkey::authorize(&instance.directory, &principal, action, &target, instance.now).is_err());
}
