//! A table of the results of commands, for each default profile and guard mode.
//!
//! The expected table is `golden/matrix.txt`. If a rule changes, cells of the table change. `UPDATE_GOLDEN=1` rewrites
//! the file. Review and commit the changed cells.
//!
//! A cell is `done` if the command succeeds, and `done!` if the command succeeds and the guard flags it. A cell is `-`
//! if the command does not apply. Otherwise, the cell is the refusal's code.

pub(crate) mod applications;
mod credentials_and_batches;
mod findings;
mod resources;
mod rows;

use std::collections::BTreeSet;
use std::path::Path;

use floorkey::{Action, Actor, Command, GuardMode, UserId};

use crate::test_instance::{TestInstance, actor_of, flagged, fresh_actor_of, operator};
use rows::{Row, rows};

/// The actors, one for each default profile. For each actor, another user with the same profile serves as a target.
const ACTORS: [(&str, &str); 4] =
    [("Admin", "ada"), ("CallCenterManager", "carl"), ("QualityAnalyst", "quinn"), ("Agent", "agnes")];

/// Event types without a command. The server only records events of these types.
const RECORDED_ONLY: [Action; 8] = [
    Action::CheckAccess,
    Action::DownloadUsers,
    Action::ExportBundle,
    Action::FailedSignIn,
    Action::SendPasswordLink,
    Action::SignIn,
    Action::SignOut,
    Action::ViewHistoricalChanges,
];

/// Operations without a command. The server itself creates and deletes instances, and Floorkey does not store
/// notifications.
const NO_COMMAND: [Action; 3] = [Action::CreateInstance, Action::DeleteInstance, Action::UpdateUserNotificationStatus];

#[test]
fn commands_by_profile_and_guard_mode_match_the_golden_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden/matrix.txt");
    let table = table();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    for (at, (line, expected)) in table.lines().zip(golden.lines()).enumerate() {
        assert_eq!(line, expected, "line {} of golden/matrix.txt; UPDATE_GOLDEN=1 writes it anew", at + 1);
    }
    assert_eq!(table.lines().count(), golden.lines().count(), "UPDATE_GOLDEN=1 writes golden/matrix.txt anew");
}

#[test]
fn each_command_has_a_row_in_the_table() {
    let (instance, ActorIds([actor_user, ..])) = build_instance(GuardMode::Warn);
    let commands = rows().into_iter().filter_map(|row| (row.command)(&mut instance.clone(), Some(actor_user)));
    let covered: BTreeSet<_> = commands.map(|command| command.action()).collect();
    let reads = ["Describe", "List", "Search"];
    let is_command = |action: &&Action| {
        !reads.iter().any(|read| action.name().starts_with(read))
            && !NO_COMMAND.contains(action)
            && !RECORDED_ONLY.contains(action)
    };
    let missing: Vec<_> = Action::ALL.iter().filter(is_command).filter(|action| !covered.contains(action)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_call_center_manager_creates_an_agent_and_resets_their_password_under_enforce() {
    let (mut instance, _) = build_instance(GuardMode::Enforce);
    let carl = instance.actor_by_login("carl");
    let new = instance.new_user("nora", &["Agent"]);
    let created = instance.run_ok(&carl, Command::CreateUser(Box::new(new)));
    assert!(!flagged(&created));
    let reset = crate::test_instance::reset(instance.user("nora"));
    assert!(!flagged(&instance.run_ok(&carl, reset)));
}

#[test]
fn a_call_center_manager_cannot_reset_the_password_of_an_administrator_under_enforce() {
    let (mut instance, _) = build_instance(GuardMode::Enforce);
    let (carl, admin) = (instance.actor_by_login("carl"), instance.user("admin"));
    assert_eq!(instance.refusal_code(&carl, crate::test_instance::reset(admin)), "guard");
    let new = instance.new_user("nora", &["Admin"]);
    assert_eq!(instance.refusal_code(&carl, Command::CreateUser(Box::new(new))), "guard");
}

#[test]
fn under_warn_a_call_center_manager_resets_the_password_of_an_administrator_and_is_flagged() {
    let (mut instance, _) = build_instance(GuardMode::Warn);
    let (carl, admin) = (instance.actor_by_login("carl"), instance.user("admin"));
    let change = instance.run_ok(&carl, crate::test_instance::reset(admin));
    let [floorkey::audit::Flag::ChangedUserWithMoreAccess { permissions }] = change.event().flags.as_slice() else {
        panic!("{:?}", change.event().flags)
    };
    assert!(permissions.contains(floorkey::Permission::parse("SecurityProfiles.Edit").unwrap()));
    assert!(!permissions.contains(floorkey::Permission::parse("Users.Edit").unwrap()));
}

/// Returns a contact center with two users for each default profile. One of the two users is an actor, and the other is
/// one of the targets `tom`, `tina`, `mona` and `admin`.
fn build_instance(mode: GuardMode) -> (TestInstance, ActorIds) {
    let mut instance = TestInstance::new();
    let actor_ids = ACTORS.map(|(profile, login)| instance.create_user(login, &[profile]));
    for (login, profile) in [("tom", "Agent"), ("tina", "QualityAnalyst"), ("mona", "CallCenterManager")] {
        let id = instance.create_user(login, &[profile]);
        instance.key(id);
    }
    instance.key(instance.user("admin"));
    instance.create_profile_granting("Unheld", &["BasicAgentAccess"]);
    instance.levels(&["Site", "Team"]);
    let site = instance.group("Harbour", None);
    instance.group("Red", Some(site));
    instance.set_guard(mode);
    (instance, ActorIds(actor_ids))
}

struct ActorIds([UserId; 4]);

fn table() -> String {
    let columns = columns();
    let mut lines: Vec<Vec<String>> = Vec::new();
    let actors = columns.iter().map(|column| if column.mode == GuardMode::Warn { column.actor } else { "" });
    lines.push(std::iter::once("").chain(actors).map(str::to_owned).collect());
    let modes = columns.iter().map(|column| column.mode.as_str());
    lines.push(std::iter::once("").chain(modes).map(str::to_owned).collect());
    for row in rows() {
        let cells = columns.iter().map(|column| cell(&row, column));
        lines.push(std::iter::once(row.description.clone()).chain(cells).collect());
    }
    let width = |at: usize| lines.iter().map(|line| line[at].len()).max().unwrap();
    let widths: Vec<usize> = (0..=columns.len()).map(width).collect();
    let mut table = String::new();
    for line in &lines {
        let padded: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        table.push_str(padded.join("  ").trim_end());
        table.push('\n');
    }
    table
}

struct Column {
    actor: &'static str,
    mode: GuardMode,
    instance: TestInstance,
    actor_user: Option<UserId>,
}

fn columns() -> Vec<Column> {
    let mut columns = Vec::new();
    for at in 0..=ACTORS.len() {
        for mode in [GuardMode::Warn, GuardMode::Enforce] {
            let (instance, ActorIds(actor_ids)) = build_instance(mode);
            let actor = ACTORS.get(at).map_or("operator", |(profile, _)| *profile);
            columns.push(Column { actor, mode, instance, actor_user: actor_ids.get(at).copied() });
        }
    }
    columns
}

fn cell(row: &Row, column: &Column) -> String {
    let mut instance = column.instance.clone();
    let Some(command) = (row.command)(&mut instance, column.actor_user) else { return "-".to_owned() };
    match instance.run(&actor(row, column.actor_user), command) {
        Ok(change) if flagged(&change) => "done!".to_owned(),
        Ok(_) => "done".to_owned(),
        Err(refusal) => refusal.code().to_owned(),
    }
}

fn actor(row: &Row, actor_user: Option<UserId>) -> Actor {
    match actor_user {
        None => operator(),
        Some(id) if row.fresh => fresh_actor_of(id),
        Some(id) => actor_of(id),
    }
}
