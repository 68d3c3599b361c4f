//! The table's rows for credentials, bulk actions and undo.

use floorkey::user::{MfaMethod, MfaMethodKind};
use floorkey::{Action, Change, Command, Directory, MfaMethodId, Timestamp, UserId};

use super::rows::{Row, USERS, row};
use crate::test_instance::{TestInstance, actor_of, assign, operator, password, reset, secret};

pub(super) fn credential_rows(rows: &mut Vec<Row>) {
    type OnUser = fn(&mut TestInstance, UserId) -> Command;
    let actions: [(&str, OnUser); 6] = [
        ("choose the password of", |_, user| Command::ChangeOwnPassword { user, password: password() }),
        ("end the sessions of", |_, user| Command::EndUserSessions { user }),
        ("unlock", |_, user| Command::UnlockUser { user }),
        ("add a second factor of", |_, user| Command::AddSecondFactor { user, factor: factor(1), secret: secret() }),
        ("remove the second factors of", remove_factor_command),
        ("confirm the email of", |_, user| Command::VerifyEmail { user, email: "ann@example.com".to_owned() }),
    ];
    for (action, command) in actions {
        for (whom, login) in USERS {
            let make = move |instance: &mut TestInstance, actor_user: Option<UserId>| {
                let user = login.map(|login| instance.user(login)).or(actor_user)?;
                Some(command(instance, user))
            };
            rows.push(row(format!("{action} {whom}"), make));
            if action.starts_with("remove") && login.is_none() {
                rows.push(Row { fresh: true, ..row(format!("{action} {whom}, freshly signed in"), make) });
            }
        }
    }
}

pub(super) fn batch_rows(rows: &mut Vec<Row>) {
    type Make = fn(&mut TestInstance) -> Command;
    let actions: [(&str, Make); 14] = [
        ("give Agent to two users and take QualityAnalyst", |instance| {
            let (agent, analyst) = (instance.profile("Agent"), instance.profile("QualityAnalyst"));
            let change = |user| Command::ChangeSecurityProfiles { user, add: [agent].into(), remove: [analyst].into() };
            let users = [instance.user("tom"), instance.user("tina")];
            Command::Batch { action: Action::EditUsers, commands: users.into_iter().map(change).collect() }
        }),
        ("give Agent and take it from an analyst", |instance| Command::ChangeSecurityProfiles {
            user: instance.user("tina"),
            add: [instance.profile("Agent")].into(),
            remove: [instance.profile("QualityAnalyst")].into(),
        }),
        ("import two agents", |instance| {
            let new = |instance: &mut TestInstance, login: &str| {
                Command::CreateUser(Box::new(instance.new_user(login, &["Agent"])))
            };
            Command::Batch { action: Action::ImportUsers, commands: vec![new(instance, "nora"), new(instance, "nils")] }
        }),
        ("import an agent and an administrator", |instance| {
            let agent = instance.new_user("nora", &["Agent"]);
            let admin = instance.new_user("nils", &["Admin"]);
            let commands = [agent, admin].map(|new| Command::CreateUser(Box::new(new))).into();
            Command::Batch { action: Action::ImportUsers, commands }
        }),
        ("delete an agent and an analyst", |instance| {
            let users = [instance.user("tom"), instance.user("tina")];
            let commands = users.map(|user| Command::DeleteUser { user }).into();
            Command::Batch { action: Action::DeleteUsers, commands }
        }),
        ("reset the passwords of an agent and an administrator", |instance| {
            let commands = vec![reset(instance.user("tom")), reset(instance.user("admin"))];
            Command::Batch { action: Action::ResetUserPasswords, commands }
        }),
        ("put Agent in the place of QualityAnalyst", |instance| replace(instance, "QualityAnalyst", "Agent", false)),
        ("put Admin in the place of Agent", |instance| replace(instance, "Agent", "Admin", false)),
        ("put Agent in the place of QualityAnalyst, and delete that", |instance| {
            replace(instance, "QualityAnalyst", "Agent", true)
        }),
        ("replace the credentials of agents that others could know", |instance| {
            instance.add_unknown_custodian(instance.user("tom"));
            Command::ReplaceCredentials(Some(instance.profile("Agent")))
        }),
        ("replace all credentials that others could know", |instance| {
            instance.add_unknown_custodian(instance.user("admin"));
            Command::ReplaceCredentials(None)
        }),
        ("restore a deleted agent", |instance| {
            let user = instance.user("tom");
            let deleted = instance.directory.user(user).unwrap().clone();
            instance.run_ok(&operator(), Command::DeleteUser { user });
            Command::RestoreUser { user: Box::new(floorkey::User::clone(&deleted)), password: None }
        }),
        ("undo that an agent became an analyst", |instance| {
            let (user, analyst) = (instance.user("tom"), instance.profile("QualityAnalyst"));
            run_and_undo(instance, assign(user, &[analyst]))
        }),
        ("undo that an administrator became an agent", |instance| {
            let (user, agent) = (instance.user("admin"), instance.profile("Agent"));
            run_and_undo(instance, assign(user, &[agent]))
        }),
    ];
    for (description, make) in actions {
        rows.push(row(description, move |instance, _| Some(make(instance))));
    }
}

fn remove_factor_command(instance: &mut TestInstance, user: UserId) -> Command {
    instance.run_ok(&actor_of(user), Command::AddSecondFactor { user, factor: factor(1), secret: secret() });
    Command::RemoveSecondFactor { user, factor: None }
}

fn factor(id: u128) -> MfaMethod {
    let (id, added) = (MfaMethodId::from_bits(id), Timestamp::from_millis(0));
    MfaMethod { id, kind: MfaMethodKind::Totp, label: "Phone".to_owned(), added }
}

fn replace(instance: &TestInstance, profile: &str, with: &str, delete: bool) -> Command {
    Command::ReplaceSecurityProfile { profile: instance.profile(profile), with: instance.profile(with), delete }
}

/// Runs the command, and returns a command that undoes the change.
fn run_and_undo(instance: &mut TestInstance, command: Command) -> Command {
    let before: Directory = instance.directory.clone();
    let change: Change = instance.run_ok(&operator(), command);
    crate::test_instance::undo(&before, &change)
}
