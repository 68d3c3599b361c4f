//! Restoring deleted users: everything except their credentials comes back.

use floorkey::user::{PasswordState, SecondFactor, SecondFactorKind};
use floorkey::{Actor, Command, SecondFactorId, SecurityProfileId, Timestamp, User, UserId};

use crate::world::{World, by, create_key, key_id, operator, password, secret, tags};

/// Creates a user with all kinds of properties, deletes it, and returns its last version.
fn deleted(world: &mut World) -> User {
    world.levels(&["Site"]);
    let site = world.group("Harbour", None);
    world.grant("Extra", &["BasicAgentAccess"]);
    let mut new = world.new_user("ann", &["Agent", "Extra"]);
    (new.hierarchy_group, new.tags) = (Some(site), tags(&[("team", "red")]));
    let ann = world.hire_as(new);
    let factor = SecondFactor {
        id: SecondFactorId::from_bits(1),
        kind: SecondFactorKind::Totp,
        label: "Phone".to_owned(),
        added: Timestamp::from_millis(0),
    };
    world.done(&by(ann), Command::AddSecondFactor { user: ann, factor, secret: secret() });
    world.done(&by(ann), create_key(ann, &key_id(7)));
    world.done(&Actor::system(), Command::ConfirmEmail { user: ann, email: "ann@example.com".to_owned() });
    let was = User::clone(world.directory.user(ann).unwrap());
    world.done(&operator(), Command::DeleteUser { user: ann });
    was
}

fn restore(user: &User) -> Command {
    Command::RestoreUser { user: Box::new(user.clone()), password: None }
}

fn now_of(world: &World, user: UserId) -> User {
    User::clone(world.directory.user(user).unwrap())
}

#[test]
fn a_restored_user_is_as_before_except_for_credentials() {
    let mut world = World::new();
    let was = deleted(&mut world);
    let change = world.done(&world.acting("admin"), restore(&was));
    let is = now_of(&world, was.id);
    assert_eq!(
        is,
        User {
            confirmed_email: None,
            email_confirmed_at: None,
            password_set_at: None,
            custody: is.custody.clone(),
            password: PasswordState::None,
            second_factors: Vec::new(),
            security_epoch: was.security_epoch + 1,
            modified: is.modified,
            ..was.clone()
        }
    );
    assert!(change.side().is_empty());
    assert_eq!(world.directory.access_keys_of(was.id).count(), 0);
}

#[test]
fn a_restore_can_set_a_password() {
    let mut world = World::new();
    let was = deleted(&mut world);
    let command = Command::RestoreUser { user: Box::new(was.clone()), password: Some(password()) };
    assert_eq!(world.done(&operator(), command).side().len(), 1);
    assert!(now_of(&world, was.id).can_sign_in());
}

#[test]
fn a_restore_omits_deleted_profiles_and_groups_and_is_refused_without_any_profile() {
    let mut world = World::new();
    let was = deleted(&mut world);
    world.done(&operator(), Command::DeleteSecurityProfile { profile: world.profile("Extra") });
    world.done(&operator(), Command::DeleteUserHierarchyGroup { group: was.hierarchy_group.unwrap() });
    let mut homeless = was.clone();
    homeless.assignments.retain(|held| held.profile != world.profile("Agent"));
    assert_eq!(world.refused(&operator(), restore(&homeless)), "invalid");
    world.done(&operator(), restore(&was));
    let is = now_of(&world, was.id);
    assert_eq!(is.hierarchy_group, None);
    let held: Vec<SecurityProfileId> = is.assignments.iter().map(|held| held.profile).collect();
    assert_eq!(held, [world.profile("Agent")]);
}

#[test]
fn a_restore_requires_a_free_login_and_a_deleted_user() {
    let mut world = World::new();
    let was = deleted(&mut world);
    let heir = world.hire("ann", &["Agent"]);
    assert_eq!(world.refused(&operator(), restore(&was)), "duplicate");
    world.done(&operator(), Command::DeleteUser { user: heir });
    world.done(&operator(), restore(&was));
    let renamed = User { username: "anna".to_owned(), ..was };
    assert_eq!(world.refused(&operator(), restore(&renamed)), "duplicate");
}

#[test]
fn the_guard_treats_a_restored_user_like_a_new_one() {
    let mut world = World::enforcing();
    let carl = by(world.hire("carl", &["CallCenterManager"]));
    let was = deleted(&mut world);
    let full = world.profile("Admin");
    let mut grown = was.clone();
    grown.assignments[0].profile = full;
    assert_eq!(world.refused(&carl, restore(&grown)), "guard");
    let agnes = by(world.hire("agnes", &["Agent"]));
    assert_eq!(world.refused(&agnes, restore(&was)), "not-permitted");
}
