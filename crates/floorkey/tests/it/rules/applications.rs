//! Tests application permissions. Profiles store them, conditions can limit them, and they are denied while their
//! namespace is not registered.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::condition::AttributeOwner;
use floorkey::profile::ApplicationGrant;
use floorkey::tags::Tags;
use floorkey::{
    AnyPermission, ApiToken, ApplicationResource, Command, Condition, GuardMode, Origin, Permission, Reason, RecordKey,
    RegisteredApplication, Request, RequestAttributes, RequestedAction, ResourceAttributes, SecurityProfileEdit,
    SecurityProfileId, SuppliedAttributes, Target, Timestamp, UserId,
};

use crate::matrix::applications::{order, orders, token};
use crate::test_instance::{TestInstance, actor, actor_of, assign, flagged, granting, operator, reset, tags, update};

fn crm(permissions: &[&str]) -> SecurityProfileEdit {
    let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
    let crm = ApplicationGrant { namespace: "crm".to_owned(), permissions, kind: None };
    SecurityProfileEdit { applications: Some(vec![crm]), ..SecurityProfileEdit::default() }
}

#[test]
fn an_unregistered_application_is_denied_with_that_reason() {
    let mut instance = TestInstance::new();
    let profile = instance.profile("Agent");
    instance.run_ok(&operator(), update(profile, crm(&["ACCESS"])));
    let ann = instance.create_user("ann", &["Agent"]);
    assert_eq!(instance.directory.profile(profile).unwrap().applications[0].namespace, "crm");
    let action = RequestedAction::Application { namespace: "crm", permission: "ACCESS" };
    let request = Request::new(ann, action, Target::Instance, instance.now);
    let decision = instance.directory.decide(&request);
    assert_eq!((decision.allowed(), decision.reason), (false, Reason::NamespaceNotRegistered));
}

#[test]
fn applications_are_named_once_and_grant_something() {
    let mut instance = TestInstance::new();
    let profile = instance.profile("Agent");
    let [app] = <[ApplicationGrant; 1]>::try_from(crm(&["ACCESS"]).applications.unwrap()).unwrap();
    let twice = SecurityProfileEdit { applications: Some(vec![app.clone(), app.clone()]), ..Default::default() };
    assert_eq!(instance.refusal_code(&operator(), update(profile, twice)), "invalid");
    assert_eq!(instance.refusal_code(&operator(), update(profile, crm(&[]))), "invalid");
    assert_eq!(instance.refusal_code(&operator(), update(profile, crm(&[""]))), "invalid");
    let many = vec!["A"; 51];
    assert_eq!(instance.refusal_code(&operator(), update(profile, crm(&many))), "limit-exceeded");
    let namespaces = (0..11).map(|at| ApplicationGrant { namespace: format!("app-{at}"), ..app.clone() }).collect();
    let many = SecurityProfileEdit { applications: Some(namespaces), ..Default::default() };
    assert_eq!(instance.refusal_code(&operator(), update(profile, many)), "limit-exceeded");
}

#[test]
fn actors_cannot_give_application_permissions_that_they_do_not_have() {
    let mut instance = TestInstance::new();
    instance.create_profile_granting("Editor", &["SecurityProfiles.Edit", "Users.Edit"]);
    let ella = instance.create_user("ella", &["Editor"]);
    let target = instance.create_profile_granting("Target", &[]);
    let grant_access = || update(target, crm(&["ACCESS"]));
    let change = instance.clone().run_ok(&actor_of(ella), grant_access());
    assert!(flagged(&change));
    instance.set_guard(GuardMode::Enforce);
    let refusal = instance.run(&actor_of(ella), grant_access()).unwrap_err();
    assert!(refusal.to_string().contains("ACCESS of the application crm"), "{refusal}");
    // The operator adds the permission to the profile. The user ella can't assign the profile, and can't reset the
    // password of a user who has the profile.
    instance.run_ok(&operator(), grant_access());
    instance.create_profile_granting("Nothing", &[]);
    let ann = instance.create_user("ann", &["Nothing"]);
    assert_eq!(instance.refusal_code(&actor_of(ella), assign(ann, &[target])), "guard");
    let user = instance.create_user("bea", &["Target"]);
    assert_eq!(instance.refusal_code(&actor_of(ella), reset(user)), "guard");
    let (me, own) = (instance.user("ella"), instance.profile("Editor"));
    assert_eq!(instance.refusal_code(&actor_of(ella), assign(me, &[own, target])), "guard");
}

#[test]
fn a_full_administrator_can_give_permissions_of_any_application() {
    let mut instance = TestInstance::enforcing();
    let (admin, profile) = (instance.actor_by_login("admin"), instance.profile("Agent"));
    assert!(!flagged(&instance.run_ok(&admin, update(profile, crm(&["ACCESS"])))));
    let command = Command::UpdateSecurityProfile { profile, edit: Box::new(crm(&["ADMIN"])) };
    assert!(!flagged(&instance.run_ok(&admin, command)));
}

fn register(instance: &mut TestInstance) {
    instance.run_ok(&operator(), Command::RegisterApplication(Box::new(orders())));
}

fn assign_new_profile(instance: &mut TestInstance, name: &str, permissions: &[&str]) -> SecurityProfileId {
    let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
    let application = ApplicationGrant { namespace: "orders".to_owned(), permissions, kind: None };
    instance.create_profile(
        name,
        SecurityProfileEdit { applications: Some(vec![application]), ..SecurityProfileEdit::default() },
    )
}

fn reason(instance: &TestInstance, user: UserId, permission: &str, id: &str) -> Reason {
    let action = RequestedAction::Application { namespace: "orders", permission };
    let target = Target::Application { namespace: "orders", id };
    instance.directory.decide(&Request::new(user, action, target, instance.now)).reason
}

fn narrow(instance: &mut TestInstance, profile: SecurityProfileId, permission: &str, all: &[Condition]) {
    let name = AnyPermission::Application { namespace: "orders".to_owned(), name: permission.to_owned() };
    let mut conditions = instance.directory.profile(profile).unwrap().conditions.clone();
    conditions.insert(name, all.iter().cloned().collect());
    let edit = SecurityProfileEdit { conditions: Some(conditions), ..SecurityProfileEdit::default() };
    instance.run_ok(&operator(), update(profile, edit));
}

#[test]
fn permissions_of_a_registered_application_include_what_they_require() {
    let mut instance = TestInstance::new();
    assign_new_profile(&mut instance, "Refunds", &["refund"]);
    let ann = instance.create_user("ann", &["Refunds"]);
    assert_eq!(reason(&instance, ann, "refund", "1"), Reason::NamespaceNotRegistered);
    register(&mut instance);
    // The decision is the same for a resource that is not registered.
    for permission in ["refund", "read"] {
        assert_eq!(reason(&instance, ann, permission, "never-heard-of"), Reason::Granted);
    }
    assert_eq!(reason(&instance, ann, "fly", "1"), Reason::UnknownPermission);
    let action = RequestedAction::Application { namespace: "orders", permission: "read" };
    let explanation = instance.directory.explain(&Request::new(ann, action, Target::Instance, instance.now));
    assert_eq!(explanation.grants[0].origin, Origin::RequiredInApplication(vec!["refund".to_owned()]));
    // The required permissions come from the application's registration, not from the profile.
    let mut alone = orders();
    alone.permissions[1].requires = BTreeSet::new();
    instance.run_ok(&operator(), Command::RegisterApplication(Box::new(alone)));
    assert_eq!(reason(&instance, ann, "read", "1"), Reason::NotGranted);
    instance.run_ok(&operator(), Command::UnregisterApplication { namespace: "orders".to_owned() });
    assert_eq!(reason(&instance, ann, "refund", "1"), Reason::NamespaceNotRegistered);
}

#[test]
fn an_invalid_application_is_not_registered() {
    let mut instance = TestInstance::new();
    let refused = |instance: &mut TestInstance, edit: fn(&mut RegisteredApplication)| {
        let mut application = orders();
        edit(&mut application);
        instance.refusal_code(&operator(), Command::RegisterApplication(Box::new(application)))
    };
    assert_eq!(refused(&mut instance, |app| app.namespace = String::new()), "invalid");
    for own in ["user", "instance", "Queue", "security-profile"] {
        let application = RegisteredApplication { namespace: own.to_owned(), ..orders() };
        assert_eq!(
            instance.refusal_code(&operator(), Command::RegisterApplication(Box::new(application))),
            "invalid",
            "{own}"
        );
    }
    assert_eq!(refused(&mut instance, |app| app.permissions.clear()), "invalid");
    assert_eq!(refused(&mut instance, |app| app.permissions[1].name = "read".to_owned()), "invalid");
    assert_eq!(refused(&mut instance, |app| app.permissions[0].requires = ["fly".to_owned()].into()), "invalid");
    assert_eq!(refused(&mut instance, |app| app.permissions[0].requires = ["refund".to_owned()].into()), "invalid");
    assert_eq!(refused(&mut instance, |app| app.permissions[0].description = "x".repeat(501)), "invalid");
    assert!(instance.directory.applications().next().is_none());
}

#[test]
fn conditions_read_stored_attributes_and_supplied_ones_take_precedence() {
    let mut instance = TestInstance::new();
    register(&mut instance);
    let active = Condition::OneOf {
        owner: AttributeOwner::Resource,
        attribute: "status".to_owned(),
        values: ["active".to_owned()].into(),
    };
    let profile = assign_new_profile(&mut instance, "Readers", &["read"]);
    narrow(&mut instance, profile, "read", &[active]);
    let ann = instance.create_user("ann", &["Readers"]);
    let known = ApplicationResource { attributes: tags(&[("status", "active")]), ..order("1") };
    let resources = vec![known, ApplicationResource { attributes: tags(&[("status", "archived")]), ..order("2") }];
    instance.run_ok(&operator(), Command::PutApplicationResources { namespace: "orders".to_owned(), resources });
    assert_eq!(reason(&instance, ann, "read", "1"), Reason::GrantedInScope);
    assert_eq!(reason(&instance, ann, "read", "2"), Reason::OutOfScope);
    assert_eq!(reason(&instance, ann, "read", "never-heard-of"), Reason::OutOfScope);
    let supplied_tags = tags(&[("status", "active")]);
    let target = Target::Described(ResourceAttributes { tags: &supplied_tags, ..ResourceAttributes::UNKNOWN });
    let action = RequestedAction::Application { namespace: "orders", permission: "read" };
    assert!(instance.directory.decide(&Request::new(ann, action, target, instance.now)).allowed());
    let words =
        instance.directory.explain(&Request::new(ann, action, target, instance.now)).grants[0].scope.clone().unwrap();
    assert_eq!(words.condition_labels().as_deref(), Some("if its “status” is “active”"));
    instance.run_ok(
        &operator(),
        Command::DeleteApplicationResources {
            namespace: "orders".to_owned(),
            ids: ["1".to_owned(), "9".to_owned()].into(),
        },
    );
    assert_eq!(reason(&instance, ann, "read", "1"), Reason::OutOfScope);
}

#[test]
fn each_kind_of_condition_is_evaluated_as_defined() {
    let mut instance = TestInstance::new();
    register(&mut instance);
    let profile = assign_new_profile(&mut instance, "Readers", &["read"]);
    let new = floorkey::NewUser { tags: tags(&[("team", "red")]), ..instance.new_user("Ann", &["Readers"]) };
    let ann = instance.create_user_from(new);
    let mut decide = |condition: Condition, tags: &Tags, given: RequestAttributes<'_>| {
        narrow(&mut instance, profile, "read", &[condition]);
        let target = Target::Described(ResourceAttributes { tags, ..ResourceAttributes::UNKNOWN });
        let action = RequestedAction::Application { namespace: "orders", permission: "read" };
        let request = Request { attributes: Some(&given), ..Request::new(ann, action, target, instance.now) };
        instance.directory.decide(&request).allowed()
    };
    let nothing = RequestAttributes::default();
    let own = || Condition::OwnedBySubject { attribute: "owner".to_owned() };
    assert!(decide(own(), &tags(&[("owner", "ann")]), nothing));
    assert!(decide(own(), &tags(&[("owner", &ann.to_string())]), nothing));
    let arn = format!("arn:aws:connect:us-east-1:1:instance/x/agent/{ann}");
    assert!(decide(own(), &tags(&[("owner", &arn)]), nothing));
    assert!(!decide(own(), &tags(&[("owner", "bob")]), nothing));
    assert!(!decide(own(), &Tags::new(), nothing));
    let same = || Condition::EqualsSubject { attribute: "group".to_owned(), subject_attribute: "team".to_owned() };
    assert!(decide(same(), &tags(&[("group", "red")]), nothing));
    assert!(!decide(same(), &tags(&[("group", "blue")]), nothing));
    let blue = tags(&[("team", "blue")]);
    let team_blue = SuppliedAttributes { attributes: &blue, ..SuppliedAttributes::NONE };
    assert!(decide(same(), &tags(&[("group", "blue")]), RequestAttributes { subject: team_blue, ..nothing }));
    let soft = || Condition::OneOf {
        owner: AttributeOwner::Action,
        attribute: "soft".to_owned(),
        values: ["true".to_owned()].into(),
    };
    let yes = tags(&[("soft", "true")]);
    assert!(decide(soft(), &Tags::new(), RequestAttributes { action: Some(&yes), ..nothing }));
    assert!(!decide(soft(), &yes, nothing));
    let red = Condition::OneOf {
        owner: AttributeOwner::Subject,
        attribute: "team".to_owned(),
        values: ["red".to_owned()].into(),
    };
    assert!(decide(red.clone(), &Tags::new(), nothing));
    assert!(!decide(red.clone(), &Tags::new(), RequestAttributes { subject: team_blue, ..nothing }));
    let no_text = ["team".to_owned()];
    let no_team = SuppliedAttributes { non_strings: &no_text, ..SuppliedAttributes::NONE };
    assert!(!decide(red, &Tags::new(), RequestAttributes { subject: no_team, ..nothing }));
    // Supplied attributes take precedence over the tags of the described resource. Two values that are not strings are
    // never equal.
    let red_thing = tags(&[("team", "red")]);
    let same = || Condition::EqualsSubject { attribute: "team".to_owned(), subject_attribute: "team".to_owned() };
    assert!(decide(same(), &red_thing, nothing));
    assert!(!decide(same(), &red_thing, RequestAttributes { target: team_blue, ..nothing }));
    assert!(decide(same(), &red_thing, RequestAttributes { subject: team_blue, target: team_blue, ..nothing }));
    assert!(!decide(same(), &red_thing, RequestAttributes { target: no_team, ..nothing }));
    assert!(!decide(same(), &red_thing, RequestAttributes { subject: no_team, target: no_team, ..nothing }));
}

#[test]
fn conditions_narrow_catalog_permissions_and_their_legacy_names() {
    let mut instance = TestInstance::new();
    let profile = instance.create_profile("Listeners", granting(&["ListenCallRecordings"]));
    let name = |name: &str| AnyPermission::Catalog(Permission::parse(name).unwrap());
    let own = BTreeSet::from([Condition::OwnedBySubject { attribute: "owner".to_owned() }]);
    let with = |name: AnyPermission| {
        let conditions = Some(BTreeMap::from([(name, own.clone())]));
        update(profile, SecurityProfileEdit { conditions, ..SecurityProfileEdit::default() })
    };
    assert_eq!(instance.refusal_code(&operator(), with(name("ListenCallRecordings"))), "invalid");
    assert_eq!(instance.refusal_code(&operator(), with(name("RestrictTaskCreation.Access"))), "invalid");
    let newer = Permission::parse("ListenCallRecordings").unwrap().info().replacements;
    let newer = newer.iter().next().unwrap();
    instance.run_ok(&operator(), with(AnyPermission::Catalog(newer)));
    let ann = instance.create_user("ann", &["Listeners"]);
    for name in [newer.name(), "ListenCallRecordings"] {
        assert_eq!(instance.decide(ann, name, Target::Instance).reason, Reason::OutOfScope, "{name}");
        let hers = tags(&[("owner", "ann")]);
        let target = Target::Described(ResourceAttributes { tags: &hers, ..ResourceAttributes::UNKNOWN });
        assert!(instance.decide(ann, name, target).allowed(), "{name}");
    }
}

#[test]
fn a_profile_has_a_bounded_number_of_conditions() {
    let mut instance = TestInstance::new();
    let profile = instance.create_profile("Many", granting(&["Users.View"]));
    let named = floorkey::catalog().granting().iter().filter(|name| name.info().replacements.iter().next().is_none());
    let names: Vec<Permission> = named.take(101).collect();
    let own = |number: usize| Condition::OwnedBySubject { attribute: format!("owner{number}") };
    let ten: BTreeSet<Condition> = (0..10).map(own).collect();
    let with = |count: usize| {
        let conditions = names.iter().take(count).map(|name| (AnyPermission::Catalog(*name), ten.clone())).collect();
        update(profile, SecurityProfileEdit { conditions: Some(conditions), ..SecurityProfileEdit::default() })
    };
    assert_eq!(instance.refusal_code(&operator(), with(101)), "limit-exceeded");
    instance.run_ok(&operator(), with(100));
}

#[test]
fn removing_a_condition_is_a_gain() {
    let mut instance = TestInstance::new();
    let own = BTreeSet::from([Condition::OwnedBySubject { attribute: "owner".to_owned() }]);
    let name = AnyPermission::Catalog(Permission::parse("Queues.View").unwrap());
    let conditions = Some(BTreeMap::from([(name, own)]));
    let target =
        instance.create_profile("Own queues", SecurityProfileEdit { conditions, ..granting(&["Queues.View"]) });
    instance.create_user("bob", &["Own queues"]);
    instance.create_profile_granting("Editor", &["SecurityProfiles.Edit", "Users.Edit"]);
    let ella = instance.create_user("ella", &["Editor"]);
    let lift =
        || update(target, SecurityProfileEdit { conditions: Some(BTreeMap::new()), ..SecurityProfileEdit::default() });
    assert!(flagged(&instance.clone().run_ok(&actor_of(ella), lift())));
    instance.set_guard(GuardMode::Enforce);
    assert_eq!(instance.refusal_code(&actor_of(ella), lift()), "guard");
    // An actor who has the permission everywhere can remove the condition.
    instance.create_profile_granting("Queues", &["Queues.View"]);
    let (me, own) = (instance.user("ella"), [instance.profile("Editor"), instance.profile("Queues")]);
    instance.run_ok(&operator(), assign(me, &own));
    instance.run_ok(&actor_of(ella), lift());
}

#[test]
fn tokens_have_a_unique_label_and_a_scope_and_can_expire() {
    let mut instance = TestInstance::new();
    let make = |token: ApiToken| Command::CreateApiToken(Box::new(token));
    instance.now = Timestamp::from_millis(1_000);
    assert_eq!(instance.refusal_code(&operator(), make(ApiToken { scopes: BTreeSet::new(), ..token() })), "invalid");
    assert_eq!(instance.refusal_code(&operator(), make(ApiToken { label: String::new(), ..token() })), "invalid");
    let over = ApiToken { expires: Some(Timestamp::from_millis(1_000)), ..token() };
    assert_eq!(instance.refusal_code(&operator(), make(over)), "invalid");
    instance.run_ok(&operator(), make(ApiToken { expires: Some(Timestamp::from_millis(2_000)), ..token() }));
    let found = instance.directory.api_token_by_hash(&[7; 32]).unwrap();
    assert!(!found.has_expired(Timestamp::from_millis(1_999)) && found.has_expired(Timestamp::from_millis(2_000)));
    let other = ApiToken { id: floorkey::ApiTokenId::from_bits(2), hash: [8; 32], ..token() };
    assert_eq!(
        instance.refusal_code(&operator(), make(ApiToken { label: "ORDERS".to_owned(), ..other.clone() })),
        "duplicate"
    );
    assert_eq!(
        instance.refusal_code(&operator(), make(ApiToken { label: "B".to_owned(), hash: [7; 32], ..other })),
        "duplicate"
    );
    // An administrator can create a token in a session, but not with an access key.
    let admin = instance.user("admin");
    let key = instance.key(admin);
    let by_key =
        actor(floorkey::Principal::User { id: admin, authentication: floorkey::Authentication::AccessKey(key) });
    let third = ApiToken { id: floorkey::ApiTokenId::from_bits(3), label: "C".to_owned(), hash: [9; 32], ..token() };
    assert_eq!(instance.refusal_code(&by_key, make(third.clone())), "not-fresh");
    instance.run_ok(&actor_of(admin), make(third));
    let change = instance.run_ok(&actor_of(admin), Command::RevokeApiToken { id: token().id });
    assert_eq!(change.event().targets, [RecordKey::ApiToken(token().id)]);
    assert!(instance.directory.api_token_by_hash(&[7; 32]).is_none());
}
