//! The rows for credentials, bulk actions and undo.

use floorkey::user::{SecondFactor, SecondFactorKind};
use floorkey::{Act, Change, Command, Directory, SecondFactorId, Timestamp, UserId};

use super::rows::{Row, USERS, row};
use crate::test_instance::{TestInstance, actor_of, assign, operator, password, reset, secret};

pub(super) fn on_credentials(rows: &mut Vec<Row>) {
    type OnUser = fn(&mut TestInstance, UserId) -> Command;
    let acts: [(&str, OnUser); 6] = [
        ("choose the password of", |_, user| Command::ChangeOwnPassword { user, password: password() }),
        ("end the sessions of", |_, user| Command::EndUserSessions { user }),
        ("unlock", |_, user| Command::UnlockUser { user }),
        ("add a second factor of", |_, user| Command::AddSecondFactor { user, factor: factor(1), secret: secret() }),
        ("remove the second factors of", with_a_factor),
        ("confirm the e-mail of", |_, user| Command::ConfirmEmail { user, email: "ann@example.com".to_owned() }),
    ];
    for (act, command) in acts {
        for (whom, login) in USERS {
            let make = move |world: &mut TestInstance, me: Option<UserId>| {
                let user = login.map(|login| world.user(login)).or(me)?;
                Some(command(world, user))
            };
            rows.push(row(format!("{act} {whom}"), make));
            if act.starts_with("remove") && login.is_none() {
                rows.push(Row { fresh: true, ..row(format!("{act} {whom}, freshly signed in"), make) });
            }
        }
    }
}

pub(super) fn on_many(rows: &mut Vec<Row>) {
    type Make = fn(&mut TestInstance) -> Command;
    let acts: [(&str, Make); 14] = [
        ("give Agent to two users and take QualityAnalyst", |world| {
            let (agent, analyst) = (world.profile("Agent"), world.profile("QualityAnalyst"));
            let change = |user| Command::ChangeSecurityProfiles { user, add: [agent].into(), remove: [analyst].into() };
            let users = [world.user("tom"), world.user("tina")];
            Command::Batch { act: Act::EditUsers, commands: users.into_iter().map(change).collect() }
        }),
        ("give Agent and take it from an analyst", |world| Command::ChangeSecurityProfiles {
            user: world.user("tina"),
            add: [world.profile("Agent")].into(),
            remove: [world.profile("QualityAnalyst")].into(),
        }),
        ("import two agents", |world| {
            let new = |world: &mut TestInstance, login: &str| {
                Command::CreateUser(Box::new(world.new_user(login, &["Agent"])))
            };
            Command::Batch { act: Act::ImportUsers, commands: vec![new(world, "nora"), new(world, "nils")] }
        }),
        ("import an agent and an administrator", |world| {
            let agent = world.new_user("nora", &["Agent"]);
            let admin = world.new_user("nils", &["Admin"]);
            let commands = [agent, admin].map(|new| Command::CreateUser(Box::new(new))).into();
            Command::Batch { act: Act::ImportUsers, commands }
        }),
        ("delete an agent and an analyst", |world| {
            let users = [world.user("tom"), world.user("tina")];
            let commands = users.map(|user| Command::DeleteUser { user }).into();
            Command::Batch { act: Act::DeleteUsers, commands }
        }),
        ("reset the passwords of an agent and an administrator", |world| {
            let commands = vec![reset(world.user("tom")), reset(world.user("admin"))];
            Command::Batch { act: Act::ResetUserPasswords, commands }
        }),
        ("put Agent in the place of QualityAnalyst", |world| replace(world, "QualityAnalyst", "Agent", false)),
        ("put Admin in the place of Agent", |world| replace(world, "Agent", "Admin", false)),
        ("put Agent in the place of QualityAnalyst, and delete that", |world| {
            replace(world, "QualityAnalyst", "Agent", true)
        }),
        ("replace the credentials of agents that others could know", |world| {
            world.add_unknown_custodian(world.user("tom"));
            Command::ReplaceCredentials(Some(world.profile("Agent")))
        }),
        ("replace all credentials that others could know", |world| {
            world.add_unknown_custodian(world.user("admin"));
            Command::ReplaceCredentials(None)
        }),
        ("restore a deleted agent", |world| {
            let user = world.user("tom");
            let was = world.directory.user(user).unwrap().clone();
            world.run_ok(&operator(), Command::DeleteUser { user });
            Command::RestoreUser { user: Box::new(floorkey::User::clone(&was)), password: None }
        }),
        ("undo that an agent became an analyst", |world| {
            let (user, analyst) = (world.user("tom"), world.profile("QualityAnalyst"));
            undo(world, assign(user, &[analyst]))
        }),
        ("undo that an administrator became an agent", |world| {
            let (user, agent) = (world.user("admin"), world.profile("Agent"));
            undo(world, assign(user, &[agent]))
        }),
    ];
    for (words, make) in acts {
        rows.push(row(words, move |world, _| Some(make(world))));
    }
}

fn with_a_factor(world: &mut TestInstance, user: UserId) -> Command {
    world.run_ok(&actor_of(user), Command::AddSecondFactor { user, factor: factor(1), secret: secret() });
    Command::RemoveSecondFactor { user, factor: None }
}

fn factor(id: u128) -> SecondFactor {
    let (id, added) = (SecondFactorId::from_bits(id), Timestamp::from_millis(0));
    SecondFactor { id, kind: SecondFactorKind::Totp, label: "Phone".to_owned(), added }
}

fn replace(world: &TestInstance, profile: &str, with: &str, delete: bool) -> Command {
    Command::ReplaceSecurityProfile { profile: world.profile(profile), with: world.profile(with), delete }
}

/// Runs the command, and returns the command that undoes it.
fn undo(world: &mut TestInstance, command: Command) -> Command {
    let before: Directory = world.directory.clone();
    let change: Change = world.run_ok(&operator(), command);
    crate::test_instance::undo(&before, &change)
}
