//! Tests reviews of why a user can't perform an operation, and of the profiles that would allow the operation.

use floorkey::review::capabilities::RiskLevel;
use floorkey::review::why_not::{self, DenialReview, ProfileSuggestion, with_suggestion};
use floorkey::{
    Action, Directory, Reason, Record, RecordChange, Request, RequestedAction, Revision, Target, Timestamp, User,
    UserId, authorize,
};
use floorkey::{Authentication, Command, Permission, PermissionSet, Principal};
use proptest::prelude::*;

use super::{cases, granting_permissions};
use crate::random_directory::directory;
use crate::rng::TestRng;
use crate::test_instance::{TestInstance, granting, granting_tagged, operator, tags};

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn exactly_the_suggested_profiles_allow_the_request(seed: u64) {
        let mut rng = TestRng::new(seed);
        let (directory, ids) = directory(&mut rng);
        let names: Vec<Permission> = granting_permissions().collect();
        let at = Timestamp::from_millis(15);
        for _ in 0..10 {
            let (id, permission) = (*rng.choose(&ids.users), *rng.choose(&names));
            let target = match rng.below(3) {
                0 => Target::Instance,
                1 => Target::User(*rng.choose(&ids.users)),
                _ => Target::Resource(*rng.choose(&ids.resources)),
            };
            let Some(found) = why_not::permission(&directory, id, permission, &target, at) else {
                prop_assert!(directory.user(id).is_none());
                continue;
            };
            let user = directory.user(id).unwrap();
            let request = Request::new(id, RequestedAction::Permission(permission), target, at);
            if applies_to(&directory, permission, &target) {
                prop_assert_eq!(found.allowed, directory.decide(&request).allowed());
            }
            prop_assert!(!found.allowed || found.suggestions.is_empty());
            prop_assert_eq!(found.disabled, !user.enabled);
            prop_assert!(found.suggestions.is_sorted_by_key(|suggestion| suggestion.rank()));
            for profile in directory.profiles() {
                let is_assigned = user.profiles_at(at).any(|id| id == profile.id);
                if is_assigned || found.allowed {
                    continue;
                }
                let grants = floorkey::scope::Grants::default();
                let suggestion = ProfileSuggestion::new(&directory, &grants, profile.id, &PermissionSet::EMPTY).unwrap();
                let assignments = with_suggestion(user, &suggestion);
                let assigned = User { enabled: true, assignments, ..User::clone(user) };
                let next = directory.apply(Revision(1_000), &[RecordChange::Upsert(Record::User(assigned.into()))]);
                let allows = next.decide(&request).allowed();
                let is_suggested = found.suggestions.iter().any(|one| one.profile == profile.id);
                prop_assert!(allows == is_suggested || (is_suggested && !applies_to(&directory, permission, &target)));
            }
        }
    }
}

/// Whether the permission applies to the target's resource type. An operation can also require permissions for other
/// resource types.
fn applies_to(directory: &Directory, permission: Permission, target: &Target<'_>) -> bool {
    let (required, found) =
        (permission.info().resource_type, directory.resource_attributes(target).and_then(|thing| thing.resource_type));
    required.is_none() || found.is_none() || required == found
}

fn why_not(instance: &TestInstance, user: UserId, name: &str, target: Target<'_>) -> DenialReview {
    let permission = Permission::parse(name).unwrap();
    why_not::permission(&instance.directory, user, permission, &target, instance.now).unwrap()
}

fn names(instance: &TestInstance, found: &DenialReview) -> Vec<String> {
    found
        .suggestions
        .iter()
        .map(|suggestion| instance.directory.profile(suggestion.profile).unwrap().name.clone())
        .collect()
}

#[test]
fn missing_permissions_include_what_they_require() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let found = why_not(&instance, ann, "Users.Edit", Target::Instance);
    assert!(!found.allowed && !found.disabled && !found.has_max_profiles);
    let missing: Vec<&str> = found.missing_permissions.iter().map(Permission::name).collect();
    assert_eq!(missing, ["Users.View", "Users.Edit"]);
    assert_eq!(found.explanations[0].1.decision.reason, Reason::NotGranted);
}

#[test]
fn suggested_profiles_are_ordered_by_added_permissions_then_name() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    instance.create_profile_granting("Zeta", &["Users.Edit"]);
    instance.create_profile_granting("Alpha", &["Users.Edit"]);
    instance.create_profile_granting("More", &["Users.Edit", "Queues.View"]);
    let found = why_not(&instance, ann, "Users.Edit", Target::Instance);
    assert_eq!(names(&instance, &found), ["Alpha", "Zeta", "More", "CallCenterManager", "Admin"]);
    assert!(found.suggestions[0].adds.is_empty());
    assert_eq!(found.suggestions[2].adds.iter().map(Permission::name).collect::<Vec<_>>(), ["Queues.View"]);
}

#[test]
fn profiles_that_lead_to_full_access_are_suggested_last_however_small_they_are() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    instance.create_profile_granting("Lead", &["Queues.Edit", "Users.EditPermission"]);
    instance.create_profile_granting("Planner", &["Queues.Edit", "Forecasting.Edit", "Forecasting.Publish"]);
    instance.create_profile_granting("Releaser", &["Queues.Edit", "PhoneNumbers.Release"]);
    let found = why_not(&instance, ann, "Queues.Edit", Target::Instance);
    assert_eq!(names(&instance, &found)[..3], ["Planner", "Releaser", "Lead"]);
    let risks: Vec<RiskLevel> = found.suggestions.iter().map(|suggestion| suggestion.risk).collect();
    assert_eq!(risks[..3], [RiskLevel::None, RiskLevel::Sensitive, RiskLevel::FullControl]);
}

#[test]
fn any_of_several_permissions_is_enough() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    instance.create_profile_granting("Screens", &["ScreenRecording.Download"]);
    instance.create_profile_granting("Calls", &["CallRecordings.Redacted.DownloadButton", "Queues.View"]);
    let permissions = floorkey::review::capabilities::capability("download-recordings").unwrap().permissions;
    let review = |user| {
        why_not::any_permission(&instance.directory, user, &permissions, &Target::Instance, instance.now).unwrap()
    };
    let found = review(ann);
    assert!(!found.allowed);
    assert_eq!(names(&instance, &found)[..2], ["Screens", "Calls"]);
}

#[test]
fn a_profile_whose_scope_excludes_the_target_is_not_suggested() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Agent"]);
    let mut new = instance.new_user("bob", &["Agent"]);
    new.tags = tags(&[("team", "blue")]);
    let bob = instance.create_user_from(new);
    instance.create_profile("Red", granting_tagged(&["Users.Edit"], &["User"], ("team", "red")));
    instance.create_profile("Blue", granting_tagged(&["Users.Edit"], &["User"], ("team", "blue")));
    let found = why_not(&instance, ann, "Users.Edit", Target::User(bob));
    let suggestions = names(&instance, &found);
    assert!(suggestions.contains(&"Blue".to_owned()) && !suggestions.contains(&"Red".to_owned()), "{suggestions:?}");
}

#[test]
fn disabled_users_and_users_with_the_maximum_number_of_profiles_are_reported() {
    let mut instance = TestInstance::new();
    let ann = instance.create_user("ann", &["Admin"]);
    instance.run_ok(&operator(), Command::SetUserEnabled { user: ann, enabled: false });
    let found = why_not(&instance, ann, "Users.Edit", Target::Instance);
    assert!(found.disabled && found.missing_permissions.is_empty());
    let profiles: Vec<String> = (0..10).map(|at| format!("P {at}")).collect();
    for name in &profiles {
        instance.create_profile(name, granting(&["BasicAgentAccess"]));
    }
    let profiles: Vec<&str> = profiles.iter().map(String::as_str).collect();
    let bob = instance.create_user("bob", &profiles);
    assert!(why_not(&instance, bob, "Users.Edit", Target::Instance).has_max_profiles);
}

#[test]
fn an_action_is_explained_by_the_permissions_it_requires() {
    let mut instance = TestInstance::new();
    let (ann, bob) = (instance.create_user("ann", &["Agent"]), instance.create_user("bob", &["Agent"]));
    instance.create_profile_granting("Giver", &["Users.EditPermission"]);
    let action_denial = |action| why_not::action(&instance.directory, ann, action, &Target::User(bob), instance.now);
    let found = action_denial(Action::UpdateUserSecurityProfiles).unwrap();
    assert_eq!(names(&instance, &found)[0], "Giver");
    assert_eq!(found.explanations.len(), 2);
    // Each suggested profile must allow the operation.
    for suggestion in &found.suggestions {
        let mut instance = instance.clone();
        let user = User::clone(instance.directory.user(ann).unwrap());
        let assignments = with_suggestion(&user, suggestion);
        instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: ann, assignments });
        let principal =
            Principal::User { id: ann, authentication: Authentication::Session { recently_authenticated: false } };
        let action = Action::UpdateUserSecurityProfiles;
        assert!(authorize(&instance.directory, &principal, action, &Target::User(bob), instance.now).is_ok());
    }
    assert!(action_denial(Action::SetEscalationGuard).is_none());
    let me = UserId::from_bits(5);
    assert!(why_not::action(&instance.directory, me, Action::DeleteUser, &Target::Instance, instance.now).is_none());
}
