//! Tests visibility. The tests check which parts of each record a principal can see, and which permissions make the
//! record visible.

use floorkey::application::ApplicationPermission;
use floorkey::profile::ApplicationGrant;
use floorkey::visibility::Viewer;
use floorkey::{
    Action, ApiToken, ApiTokenId, Command, HierarchyGroupId, Principal, RecordKey, RegisteredApplication, ResourceType,
    SecurityProfileEdit, TokenScope, TokenSettings, UserId, Visibility, catalog,
};

use crate::test_instance::{TestInstance, actor_of, granting, granting_below, granting_tagged, operator, tags};

/// Returns an instance with two groups, and the IDs of the groups. `ann` is in North. `bob` is in South and has the
/// profile `Refunds`, which grants the permission `refund` of the application `orders`.
fn instance() -> (TestInstance, HierarchyGroupId, HierarchyGroupId) {
    let mut instance = TestInstance::new();
    instance.levels(&["Region"]);
    let (north, south) = (instance.group("North", None), instance.group("South", None));
    let refund = ApplicationPermission {
        name: "refund".to_owned(),
        description: "Give money back".to_owned(),
        requires: Default::default(),
    };
    let orders = RegisteredApplication {
        namespace: "orders".to_owned(),
        name: "Orders".to_owned(),
        description: String::new(),
        permissions: vec![refund],
        modified: instance.now,
    };
    instance.run_ok(&operator(), Command::RegisterApplication(Box::new(orders)));
    let granted =
        ApplicationGrant { namespace: "orders".to_owned(), permissions: vec!["refund".to_owned()], kind: None };
    let refunds = SecurityProfileEdit { applications: Some(vec![granted]), ..granting(&["BasicAgentAccess"]) };
    instance.create_profile("Refunds", refunds);
    for (login, group, profile) in [("ann", north, "Agent"), ("bob", south, "Refunds")] {
        let mut new = instance.new_user(login, &[profile]);
        new.hierarchy_group = Some(group);
        instance.create_user_from(new);
    }
    let token = ApiToken {
        id: ApiTokenId::from_bits(1),
        label: "till".to_owned(),
        scopes: [TokenScope::Evaluate].into(),
        hash: [7; 32],
        expires: None,
        created: instance.now,
        settings: TokenSettings::default(),
    };
    instance.run_ok(&operator(), Command::CreateApiToken(Box::new(token)));
    (instance, north, south)
}

fn create_user_with(instance: &mut TestInstance, login: &str, permissions: &[&str]) -> Principal {
    let profile = format!("profile of {login}");
    instance.create_profile_granting(&profile, permissions);
    actor_of(instance.create_user(login, &[&profile])).principal
}

fn viewer<'a>(instance: &'a TestInstance, principal: &'a Principal) -> Viewer<'a> {
    Viewer::new(&instance.directory, principal, instance.now)
}

fn shows_permissions(instance: &TestInstance, principal: &Principal, login: &str) -> bool {
    viewer(instance, principal).check_effective_permissions(instance.directory.user_by_login(login).unwrap()).is_ok()
}

#[test]
fn viewing_users_shows_inherited_names_and_not_what_profiles_grant() {
    let (mut instance, north, _) = instance();
    let ulla = create_user_with(&mut instance, "ulla", &["Users.View"]);
    let key = instance.key(instance.user("bob"));
    let sees = viewer(&instance, &ulla);
    assert_eq!(sees.user(instance.user("bob")), Visibility::Details);
    assert_eq!(sees.profile(instance.profile("Refunds")), Visibility::Name);
    assert_eq!(sees.group(north), Visibility::Name);
    assert_eq!(sees.resource(instance.routing_profile()), Visibility::Name);
    let queue = instance.directory.resource_by_name(ResourceType::Queue, "BasicQueue").unwrap().id;
    assert_eq!(sees.resource(queue), Visibility::Hidden);
    assert_eq!(sees.structure(), Visibility::Hidden);
    assert_eq!(sees.application("orders"), Visibility::Hidden);
    assert_eq!(sees.application_permission("orders", "refund"), Visibility::Hidden);
    assert_eq!(sees.application_resources("orders"), Visibility::Hidden);
    assert_eq!(sees.access_key(&key), Visibility::Hidden);
    assert_eq!(sees.record(&RecordKey::ApiToken(ApiTokenId::from_bits(1))), Visibility::Hidden);
    assert!(!shows_permissions(&instance, &ulla, "bob"));
    assert!(sees.check_permission_usage(instance.directory.user_by_login("bob").unwrap()).is_err());
    assert!(sees.sees_all_users() && !sees.sees_all_profiles() && !sees.sees_all_permissions());
}

#[test]
fn viewing_profiles_shows_their_permissions_and_no_users() {
    let (mut instance, ..) = instance();
    let pia = create_user_with(&mut instance, "pia", &["SecurityProfiles.View"]);
    let sees = viewer(&instance, &pia);
    assert_eq!(sees.profile(instance.profile("Refunds")), Visibility::Details);
    assert_eq!(sees.application_permission("orders", "refund"), Visibility::Details);
    assert_eq!(sees.application_resources("orders"), Visibility::Details);
    assert_eq!(sees.user(instance.user("bob")), Visibility::Hidden);
    assert_eq!(sees.user_name(instance.user("bob")), None);
    assert!(!shows_permissions(&instance, &pia, "bob"));
    assert!(!sees.sees_all_assignments());
}

#[test]
fn effective_permissions_are_visible_to_the_user_and_to_viewers_of_the_user_and_all_their_profiles() {
    let (mut instance, ..) = instance();
    let both = create_user_with(&mut instance, "both", &["Users.View", "SecurityProfiles.View"]);
    assert!(shows_permissions(&instance, &both, "bob"));
    let bob = actor_of(instance.user("bob")).principal;
    assert!(shows_permissions(&instance, &bob, "bob") && !shows_permissions(&instance, &bob, "ann"));

    let mut open = instance.new_profile("Open", granting(&["Queues.View"]));
    open.tags = tags(&[("open", "yes")]);
    instance.run_ok(&operator(), Command::CreateSecurityProfile(Box::new(open)));
    instance.create_profile_granting("Sees users", &["Users.View"]);
    let scoped = granting_tagged(&["SecurityProfiles.View"], &["SecurityProfile"], ("open", "yes"));
    instance.create_profile("Sees open profiles", scoped);
    let sue = actor_of(instance.create_user("sue", &["Sees users", "Sees open profiles"])).principal;
    instance.create_user("seen", &["Open"]);
    instance.create_user("mixed", &["Open", "Refunds"]);
    assert!(shows_permissions(&instance, &sue, "seen"));
    assert!(!shows_permissions(&instance, &sue, "mixed"), "one profile out of scope hides the sum");
    let sees = viewer(&instance, &sue);
    assert_eq!(sees.application("orders"), Visibility::Hidden, "only a profile out of scope names it");
    assert_eq!(sees.profile(instance.profile("Open")), Visibility::Details);
    assert_eq!(sees.profile(instance.profile("Refunds")), Visibility::Name);
}

#[test]
fn a_scope_hides_whole_users_and_their_keys() {
    let (mut instance, north, south) = instance();
    instance.create_profile("North only", granting_below(&["Users.Edit"], Some(north)));
    let nora = actor_of(instance.create_user("nora", &["North only"])).principal;
    let (key_of_ann, key_of_bob) = (instance.key(instance.user("ann")), instance.key(instance.user("bob")));
    let sees = viewer(&instance, &nora);
    assert_eq!(sees.user(instance.user("ann")), Visibility::Details);
    assert_eq!(sees.user(instance.user("bob")), Visibility::Hidden);
    assert_eq!(sees.access_key(&key_of_ann), Visibility::Details);
    assert_eq!(sees.access_key(&key_of_bob), Visibility::Hidden);
    assert_eq!(sees.record(&RecordKey::User(UserId::from_bits(77))), Visibility::Hidden, "a deleted user");
    assert_eq!(sees.record_name(&RecordKey::User(instance.user("bob"))), None);
    assert!(!sees.sees_all_users());
    assert_eq!(sees.group_name(north), Some("North"));
    assert_eq!(sees.group(south), Visibility::Name, "groups are listed in the form of a user");
}

#[test]
fn users_see_only_the_names_of_their_own_profiles_and_groups() {
    let (instance, north, south) = instance();
    let bob = actor_of(instance.user("bob")).principal;
    let sees = viewer(&instance, &bob);
    assert_eq!(sees.user_name(instance.user("bob")), Some("bob"));
    assert_eq!(sees.profile_name(instance.profile("Refunds")), Some("Refunds"));
    assert_eq!(sees.group_path(south).as_deref(), Some("South"));
    assert_eq!(sees.application_permission("orders", "refund"), Visibility::Details);
    assert_eq!(sees.application("orders"), Visibility::Name);
    assert_eq!(sees.user_name(instance.user("ann")), None);
    assert_eq!(sees.profile_name(instance.profile("Agent")), None);
    assert_eq!(sees.group_path(north), None);
    assert_eq!(sees.profile(instance.profile("Refunds")), Visibility::Hidden, "its page is not for its users");
}

#[test]
fn listing_requires_the_same_permissions_as_describing() {
    let pairs = [
        (Action::DescribeUser, vec![Action::ListUsers, Action::SearchUsers, Action::DownloadUsers]),
        (
            Action::DescribeSecurityProfile,
            vec![Action::ListSecurityProfiles, Action::SearchSecurityProfiles, Action::ListSecurityProfilePermissions],
        ),
        (Action::DescribeUserHierarchyGroup, vec![Action::ListUserHierarchyGroups, Action::SearchUserHierarchyGroups]),
        (Action::DescribeQueue, vec![Action::ListQueues]),
        (Action::DescribeRoutingProfile, vec![Action::ListRoutingProfiles]),
        (Action::DescribeHoursOfOperation, vec![Action::ListHoursOfOperations]),
        (Action::DescribeAgentStatus, vec![Action::ListAgentStatuses]),
    ];
    for (describe, lists) in pairs {
        let asked = |action| {
            let asked = catalog().requirement(action);
            (asked.all_of, asked.any_of, asked.any_valid_key, asked.owner_only)
        };
        for list in lists {
            assert_eq!(asked(list), asked(describe), "{} and {}", list.name(), describe.name());
        }
    }
}

#[test]
fn a_deleted_user_is_as_visible_as_a_user_with_the_same_tags_and_group() {
    let (mut instance, north, south) = instance();
    instance.create_profile("North only", granting_below(&["Users.Create"], Some(north)));
    let nora = actor_of(instance.create_user("nora", &["North only"])).principal;
    let sees = viewer(&instance, &nora);
    let gone = |group| {
        let user = instance.directory.user_by_login("bob").unwrap();
        floorkey::User { hierarchy_group: Some(group), ..(**user).clone() }
    };
    assert_eq!(sees.deleted_user(&gone(north)), Visibility::Details);
    assert_eq!(sees.deleted_user(&gone(south)), Visibility::Hidden);
}

#[test]
fn the_operator_the_system_and_full_administrators_see_everything() {
    let (mut instance, north, _) = instance();
    let key = instance.key(instance.user("bob"));
    let admin = actor_of(instance.user("admin")).principal;
    for principal in [operator().principal, Principal::System, admin] {
        let sees = viewer(&instance, &principal);
        let records = [
            RecordKey::Structure,
            RecordKey::Group(north),
            RecordKey::Resource(instance.routing_profile()),
            RecordKey::Profile(instance.profile("Refunds")),
            RecordKey::User(instance.user("bob")),
            RecordKey::User(UserId::from_bits(77)),
            RecordKey::AccessKey(key.clone()),
            RecordKey::Application("orders".to_owned()),
            RecordKey::ApplicationResource("orders".to_owned(), "1".to_owned()),
            RecordKey::ApiToken(ApiTokenId::from_bits(1)),
        ];
        for record in records {
            assert_eq!(sees.record(&record), Visibility::Details, "{principal:?} {record:?}");
        }
        assert!(shows_permissions(&instance, &principal, "bob"));
        assert_eq!(sees.record_name(&RecordKey::User(instance.user("bob"))).as_deref(), Some("bob"));
    }
}

#[test]
fn a_disabled_user_sees_nothing() {
    let (mut instance, north, _) = instance();
    let both = create_user_with(&mut instance, "both", &["Users.View", "SecurityProfiles.View", "AgentGrouping.View"]);
    let user = instance.user("both");
    instance.run_ok(&operator(), Command::SetUserEnabled { user, enabled: false });
    let sees = viewer(&instance, &both);
    assert_eq!(sees.user(instance.user("bob")), Visibility::Hidden);
    assert_eq!(sees.profile(instance.profile("Refunds")), Visibility::Hidden);
    assert_eq!(sees.group(north), Visibility::Hidden);
    assert!(!shows_permissions(&instance, &both, "bob"));
}
