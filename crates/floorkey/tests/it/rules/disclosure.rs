//! Refusals of the escalation guard disclose nothing about profiles and users that the actor cannot see.

use floorkey::{Actor, Command, SecurityProfileId};

use crate::world::{World, assign, by, granting, granting_tagged, operator, reset, tags};

const RED: (&str, &str) = ("team", "red");

/// Returns a contact center with the profiles `Hidden`, which grants Queues.Edit, and `Red`, the only profile that the
/// scoped actors see.
fn world() -> (World, SecurityProfileId, SecurityProfileId) {
    let mut world = World::enforcing();
    let hidden = world.grant("Hidden", &["Queues.Edit"]);
    let mut red = world.new_profile("Red", granting(&[]));
    red.tags = tags(&[RED]);
    let id = red.id;
    world.done(&operator(), Command::CreateSecurityProfile(Box::new(red)));
    (world, hidden, id)
}

/// Creates a user with these permissions on users and profiles with the tag `RED`.
fn scoped(world: &mut World, login: &str, permissions: &[&str]) -> Actor {
    let name = format!("Profile of {login}");
    world.make_profile(&name, granting_tagged(permissions, &["User", "SecurityProfile"], RED));
    by(world.hire(login, &[&name]))
}

fn told(world: &World, actor: &Actor, command: &Command) -> String {
    let refusal = floorkey::plan(&world.directory, actor, command, world.now).unwrap_err();
    assert_eq!(refusal.code(), "guard", "{refusal}");
    refusal.to_string()
}

fn set(profile: SecurityProfileId, assignable: &[SecurityProfileId]) -> Command {
    Command::SetAssignableProfiles { profile, assignable: assignable.iter().copied().collect() }
}

/// Creates a user with these profiles whom the scoped actors see.
fn red_user(world: &mut World, login: &str, profiles: &[&str]) -> floorkey::UserId {
    let mut new = world.new_user(login, profiles);
    new.tags = tags(&[RED]);
    world.hire_as(new)
}

#[test]
fn assignable_access_is_disclosed_only_to_actors_who_see_the_profiles() {
    let (mut world, hidden, red) = world();
    let actor = scoped(&mut world, "hv", &["Users.View", "Users.Edit", "SecurityProfiles.View"]);
    let user = red_user(&mut world, "redu", &["Red"]);
    world.done(&operator(), set(red, &[hidden]));
    let text = told(&world, &actor, &reset(user));
    assert!(!text.contains("Queues"), "{text}");
    let all = by({
        world.grant("Sees all", &["Users.Edit", "Users.View", "SecurityProfiles.View"]);
        world.hire("all", &["Sees all"])
    });
    assert!(told(&world, &all, &reset(user)).contains("Queues.Edit"));
}

#[test]
fn other_access_of_users_is_disclosed_only_to_actors_who_see_the_users() {
    let (mut world, _, red) = world();
    let actor = scoped(&mut world, "ed", &["SecurityProfiles.Edit"]);
    world.hire("zz", &["Red", "Hidden"]);
    let rename = Command::RenameSecurityProfile { profile: red, name: "Other".to_owned() };
    let text = told(&world, &actor, &rename);
    assert!(!text.contains("Queues"), "{text}");
    // Seeing profiles does not disclose which users have them.
    world.grant("Sees profiles", &["SecurityProfiles.Edit", "SecurityProfiles.View"]);
    let profiles = by(world.hire("profiles", &["Sees profiles"]));
    assert!(!told(&world, &profiles, &rename).contains("Queues"));
    world.grant("Sees users", &["Users.View"]);
    let both = by(world.hire("both", &["Sees profiles", "Sees users"]));
    assert!(told(&world, &both, &rename).contains("Queues.Edit"));
}

#[test]
fn grants_of_a_profile_are_not_disclosed_to_actors_who_see_only_its_name() {
    let (mut world, hidden, red) = world();
    let editor = granting_tagged(&["SecurityProfiles.Edit", "Users.Edit"], &["SecurityProfile"], RED);
    world.make_profile("Editor", editor);
    world.grant("Lists", &["Users.View"]);
    let actor = by(world.hire("e2", &["Editor", "Lists"]));
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
    world.grant("Makers", &["SecurityProfiles.Create"]);
    let maker = by(world.hire("maker", &["Makers"]));
    let text = told(&world, &maker, &Command::CreateSecurityProfile(Box::new(made)));
    assert!(text.contains("Queues.Edit"), "{text}");
}
