//! Refusals of the escalation guard disclose nothing about profiles and users that the actor cannot see.

use floorkey::{Actor, Command, SecurityProfileId};

use crate::test_instance::{TestInstance, actor_of, assign, granting, granting_tagged, operator, reset, tags};

const RED: (&str, &str) = ("team", "red");

/// Returns a contact center with the profiles `Hidden`, which grants Queues.Edit, and `Red`, the only profile that the
/// scoped actors see.
fn world() -> (TestInstance, SecurityProfileId, SecurityProfileId) {
    let mut world = TestInstance::enforcing();
    let hidden = world.create_profile_granting("Hidden", &["Queues.Edit"]);
    let mut red = world.new_profile("Red", granting(&[]));
    red.tags = tags(&[RED]);
    let id = red.id;
    world.run_ok(&operator(), Command::CreateSecurityProfile(Box::new(red)));
    (world, hidden, id)
}

/// Creates a user with these permissions on users and profiles with the tag `RED`.
fn scoped(world: &mut TestInstance, login: &str, permissions: &[&str]) -> Actor {
    let name = format!("Profile of {login}");
    world.create_profile(&name, granting_tagged(permissions, &["User", "SecurityProfile"], RED));
    actor_of(world.create_user(login, &[&name]))
}

fn told(world: &TestInstance, actor: &Actor, command: &Command) -> String {
    let refusal = floorkey::plan(&world.directory, actor, command, world.now).unwrap_err();
    assert_eq!(refusal.code(), "guard", "{refusal}");
    refusal.to_string()
}

fn set(profile: SecurityProfileId, assignable: &[SecurityProfileId]) -> Command {
    Command::SetAssignableProfiles { profile, assignable: assignable.iter().copied().collect() }
}

/// Creates a user with these profiles whom the scoped actors see.
fn red_user(world: &mut TestInstance, login: &str, profiles: &[&str]) -> floorkey::UserId {
    let mut new = world.new_user(login, profiles);
    new.tags = tags(&[RED]);
    world.create_user_from(new)
}

#[test]
fn assignable_access_is_disclosed_only_to_actors_who_see_the_profiles() {
    let (mut world, hidden, red) = world();
    let actor = scoped(&mut world, "hv", &["Users.View", "Users.Edit", "SecurityProfiles.View"]);
    let user = red_user(&mut world, "redu", &["Red"]);
    world.run_ok(&operator(), set(red, &[hidden]));
    let text = told(&world, &actor, &reset(user));
    assert!(!text.contains("Queues"), "{text}");
    let all = actor_of({
        world.create_profile_granting("Sees all", &["Users.Edit", "Users.View", "SecurityProfiles.View"]);
        world.create_user("all", &["Sees all"])
    });
    assert!(told(&world, &all, &reset(user)).contains("Queues.Edit"));
}

#[test]
fn other_access_of_users_is_disclosed_only_to_actors_who_see_the_users() {
    let (mut world, _, red) = world();
    let actor = scoped(&mut world, "ed", &["SecurityProfiles.Edit"]);
    world.create_user("zz", &["Red", "Hidden"]);
    let rename = Command::RenameSecurityProfile { profile: red, name: "Other".to_owned() };
    let text = told(&world, &actor, &rename);
    assert!(!text.contains("Queues"), "{text}");
    // Seeing profiles does not disclose which users have them.
    world.create_profile_granting("Sees profiles", &["SecurityProfiles.Edit", "SecurityProfiles.View"]);
    let profiles = actor_of(world.create_user("profiles", &["Sees profiles"]));
    assert!(!told(&world, &profiles, &rename).contains("Queues"));
    world.create_profile_granting("Sees users", &["Users.View"]);
    let both = actor_of(world.create_user("both", &["Sees profiles", "Sees users"]));
    assert!(told(&world, &both, &rename).contains("Queues.Edit"));
}

#[test]
fn grants_of_a_profile_are_not_disclosed_to_actors_who_see_only_its_name() {
    let (mut world, hidden, red) = world();
    let editor = granting_tagged(&["SecurityProfiles.Edit", "Users.Edit"], &["SecurityProfile"], RED);
    world.create_profile("Editor", editor);
    world.create_profile_granting("Lists", &["Users.View"]);
    let actor = actor_of(world.create_user("e2", &["Editor", "Lists"]));
    let ann = red_user(&mut world, "ann", &["Red"]);
    let commands = [
        set(red, &[hidden]),
        assign(ann, &[red, hidden]),
        Command::ReplaceSecurityProfile { profile: red, with: hidden, delete: false },
        Command::CreateUser(Box::new(world.new_user("new", &["Hidden"]))),
    ];
    for command in commands {
        let Err(refusal) = floorkey::plan(&world.directory, &actor, &command, world.now) else { panic!("{command:?}") };
        let text = refusal.to_string();
        assert!(!text.contains("Queues"), "{text}");
    }
    // Permissions that the actor wrote in the command are named.
    let made = world.new_profile("Made", granting(&["Queues.Edit"]));
    world.create_profile_granting("Makers", &["SecurityProfiles.Create"]);
    let maker = actor_of(world.create_user("maker", &["Makers"]));
    let text = told(&world, &maker, &Command::CreateSecurityProfile(Box::new(made)));
    assert!(text.contains("Queues.Edit"), "{text}");
}
