//! Tests that refusals of the escalation guard disclose nothing about profiles and users that the actor can't see.

use floorkey::{Actor, Command, SecurityProfileId};

use crate::test_instance::{TestInstance, actor_of, assign, granting, granting_tagged, operator, reset, tags};

const RED: (&str, &str) = ("team", "red");

/// Returns a contact center with two profiles. `Hidden` grants Queues.Edit. `Red` is the only profile that scoped
/// actors can see.
fn instance() -> (TestInstance, SecurityProfileId, SecurityProfileId) {
    let mut instance = TestInstance::enforcing();
    let hidden = instance.create_profile_granting("Hidden", &["Queues.Edit"]);
    let mut red = instance.new_profile("Red", granting(&[]));
    red.tags = tags(&[RED]);
    let id = red.id;
    instance.run_ok(&operator(), Command::CreateSecurityProfile(Box::new(red)));
    (instance, hidden, id)
}

/// Creates a user with the given permissions, which apply only to users and profiles with the tag `RED`.
fn scoped_actor(instance: &mut TestInstance, login: &str, permissions: &[&str]) -> Actor {
    let name = format!("Profile of {login}");
    instance.create_profile(&name, granting_tagged(permissions, &["User", "SecurityProfile"], RED));
    actor_of(instance.create_user(login, &[&name]))
}

fn refusal_text(instance: &TestInstance, actor: &Actor, command: &Command) -> String {
    let refusal = floorkey::plan(&instance.directory, actor, command, instance.now).unwrap_err();
    assert_eq!(refusal.code(), "guard", "{refusal}");
    refusal.to_string()
}

fn set_assignable(profile: SecurityProfileId, assignable: &[SecurityProfileId]) -> Command {
    Command::SetAssignableProfiles { profile, assignable: assignable.iter().copied().collect() }
}

/// Creates a user with the given profiles. Scoped actors can see this user.
fn create_red_user(instance: &mut TestInstance, login: &str, profiles: &[&str]) -> floorkey::UserId {
    let mut new = instance.new_user(login, profiles);
    new.tags = tags(&[RED]);
    instance.create_user_from(new)
}

#[test]
fn assignable_access_is_disclosed_only_to_actors_who_see_the_profiles() {
    let (mut instance, hidden, red) = instance();
    let actor = scoped_actor(&mut instance, "hv", &["Users.View", "Users.Edit", "SecurityProfiles.View"]);
    let user = create_red_user(&mut instance, "redu", &["Red"]);
    instance.run_ok(&operator(), set_assignable(red, &[hidden]));
    let text = refusal_text(&instance, &actor, &reset(user));
    assert!(!text.contains("Queues"), "{text}");
    let all = actor_of({
        instance.create_profile_granting("Sees all", &["Users.Edit", "Users.View", "SecurityProfiles.View"]);
        instance.create_user("all", &["Sees all"])
    });
    assert!(refusal_text(&instance, &all, &reset(user)).contains("Queues.Edit"));
}

#[test]
fn other_access_of_users_is_disclosed_only_to_actors_who_see_the_users() {
    let (mut instance, _, red) = instance();
    let actor = scoped_actor(&mut instance, "ed", &["SecurityProfiles.Edit"]);
    instance.create_user("zz", &["Red", "Hidden"]);
    let rename = Command::RenameSecurityProfile { profile: red, name: "Other".to_owned() };
    let text = refusal_text(&instance, &actor, &rename);
    assert!(!text.contains("Queues"), "{text}");
    // An actor who can see profiles but not users can't learn from the refusal which users have the profiles.
    instance.create_profile_granting("Sees profiles", &["SecurityProfiles.Edit", "SecurityProfiles.View"]);
    let profiles = actor_of(instance.create_user("profiles", &["Sees profiles"]));
    assert!(!refusal_text(&instance, &profiles, &rename).contains("Queues"));
    instance.create_profile_granting("Sees users", &["Users.View"]);
    let both = actor_of(instance.create_user("both", &["Sees profiles", "Sees users"]));
    assert!(refusal_text(&instance, &both, &rename).contains("Queues.Edit"));
}

#[test]
fn grants_of_a_profile_are_not_disclosed_to_actors_who_see_only_its_name() {
    let (mut instance, hidden, red) = instance();
    let editor = granting_tagged(&["SecurityProfiles.Edit", "Users.Edit"], &["SecurityProfile"], RED);
    instance.create_profile("Editor", editor);
    instance.create_profile_granting("Lists", &["Users.View"]);
    let actor = actor_of(instance.create_user("e2", &["Editor", "Lists"]));
    let ann = create_red_user(&mut instance, "ann", &["Red"]);
    let commands = [
        set_assignable(red, &[hidden]),
        assign(ann, &[red, hidden]),
        Command::ReplaceSecurityProfile { profile: red, with: hidden, delete: false },
        Command::CreateUser(Box::new(instance.new_user("new", &["Hidden"]))),
    ];
    for command in commands {
        let Err(refusal) = floorkey::plan(&instance.directory, &actor, &command, instance.now) else {
            panic!("{command:?}")
        };
        let text = refusal.to_string();
        assert!(!text.contains("Queues"), "{text}");
    }
    // The refusal can name the permission, because the actor entered the permission in the command.
    let new_profile = instance.new_profile("Made", granting(&["Queues.Edit"]));
    instance.create_profile_granting("Makers", &["SecurityProfiles.Create"]);
    let maker = actor_of(instance.create_user("maker", &["Makers"]));
    let text = refusal_text(&instance, &maker, &Command::CreateSecurityProfile(Box::new(new_profile)));
    assert!(text.contains("Queues.Edit"), "{text}");
}
