//! The command line. The `floorkey` program contains the server, client commands, and commands for maintenance on the
//! server's machine.
//!
//! Every command prints text for people or, with `--json`, one JSON value for programs. The exit code is 0 on success,
//! 1 on failure and 2 for an invalid command line. `check` and `explain` exit with 0 if the action is allowed, 1 if it
//! is denied and 2 on errors.

mod access_key;
mod admin;
mod application;
mod backup;
mod bundle;
mod client;
mod condition;
mod connection;
mod decision_client;
mod decisions;
mod demo;
mod error;
mod flag_place;
mod guard;
mod guard_check;
mod health;
mod input_error;
mod input_file;
mod output;
mod permissions;
mod serve;
mod signature;
mod table;
mod tls;
mod token;
mod unknown_variables;
mod user;

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::builder::Resettable;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use error::CliError;
use input_error::InputError;
use output::Output;

/// Access control for contact centers: security profiles, decisions and an audit log
///
/// Without a command, floorkey runs the server with its own data folder and prints the address.
#[derive(Parser)]
#[command(name = "floorkey", version, after_help = AFTER_HELP, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

const AFTER_HELP: &str = "access-key, user, token, application, guard, condition and bundle call a \
    running server and sign with an access key: paste the export lines that the server printed at its first start \
    (AWS_ENDPOINT_URL_CONNECT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION). check, explain, who-can and \
    what-can use an API token instead (FLOORKEY_API_TOKEN). backup and admin work on the data folder, on the \
    server's machine; permissions, tls and demo need no server. health asks the server at --url, or on this machine.

Run `floorkey COMMAND --help` for details.";

#[derive(Subcommand)]
enum Command {
    /// Run the server (the default without a command)
    Serve(serve::Serve),
    /// Show what each permission allows, what it requires and what it inherits
    Permissions(permissions::Permissions),
    /// Create, list, revoke and reinstate access keys; programs sign calls with them on behalf of a user
    AccessKey(access_key::AccessKey),
    /// Reset passwords, and invite, unlock, sign out, enable and disable users
    User(user::User),
    /// Create, list, change and revoke API tokens; applications request decisions with them
    Token(token::Token),
    /// Register applications, with their permissions and resources
    Application(application::Application),
    /// Show and set the mode of the escalation guard, or check what it would have refused
    Guard(guard::Guard),
    /// Show and set the conditions under which a profile's permissions apply
    Condition(condition::Condition),
    /// Check whether a user can perform an action; exits with 0 for allowed, 1 for denied, 2 on errors
    Check(decisions::Check),
    /// Check, and show the profiles that grant the permission or would grant it
    Explain(decisions::Explain),
    /// List the users who can perform an action
    WhoCan(decisions::WhoCan),
    /// List the actions that a user can perform
    WhatCan(decisions::WhatCan),
    /// Export all authorization data to a signed file, for programs that decide in process
    Bundle(bundle::Bundle),
    /// Create a self-signed certificate for TLS
    Tls(tls::Tls),
    /// Check whether the server is ready; exits with 0 if it is, 1 if not
    Health(health::Health),
    /// Copy all data to a new file, whether or not the server is running
    Backup(backup::Backup),
    /// Recover access, on the server's machine with the server stopped
    Admin(admin::Admin),
    /// Show what Floorkey does, on a temporary server
    Demo(demo::Demo),
}

/// Runs the command that is specified by the process's arguments.
#[must_use]
pub fn run() -> ExitCode {
    let cli = parse(std::env::args_os());
    // Without a command, the program runs `serve`. The command line is then parsed again as `floorkey serve`, so that
    // the environment variables of `serve` apply.
    let cli = if cli.command.is_none() { parse(["floorkey", "serve"]) } else { cli };
    let result = match cli.command {
        None => Ok(()),
        Some(Command::Serve(serve)) => serve.run(),
        Some(Command::Permissions(permissions)) => permissions.run(),
        Some(Command::AccessKey(access_key)) => access_key.run(),
        Some(Command::User(user)) => user.run(),
        Some(Command::Token(token)) => token.run(),
        Some(Command::Application(application)) => application.run(),
        Some(Command::Guard(guard)) => guard.run(),
        Some(Command::Condition(condition)) => condition.run(),
        Some(Command::Check(check)) => return decisions::exit_code(check.run()),
        Some(Command::Explain(explain)) => return decisions::exit_code(explain.run()),
        Some(Command::WhoCan(who)) => who.run(),
        Some(Command::WhatCan(what)) => what.run(),
        Some(Command::Bundle(bundle)) => bundle.run(),
        Some(Command::Tls(tls)) => tls.run(),
        Some(Command::Health(health)) => health.run(),
        Some(Command::Backup(backup)) => backup.run(),
        Some(Command::Admin(admin)) => admin.run(),
        Some(Command::Demo(demo)) => demo.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("floorkey: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Parses a command line and the environment. If they are invalid, exits with an error and a usage hint.
fn parse(line: impl IntoIterator<Item = impl Into<OsString>>) -> Cli {
    try_parse(line).unwrap_or_else(|error| error.exit())
}

fn try_parse(line: impl IntoIterator<Item = impl Into<OsString>>) -> Result<Cli, clap::Error> {
    let line: Vec<OsString> = line.into_iter().map(Into::into).collect();
    let mut command = without_empty_variables(Cli::command());
    let matches = command.try_get_matches_from_mut(&line);
    let matches = matches.map_err(|error| flag_place::with_tip(error, &line, &command))?;
    Cli::from_arg_matches(&matches)
}

/// Treats empty environment variables, which are common in Compose files, as unset. Otherwise, clap would report an
/// error about a flag that the user did not set.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    command.mut_subcommands(without_empty_variables).mut_args(|argument| {
        match argument.get_env().is_some_and(is_empty) {
            true => argument.env(Resettable::Reset),
            false => argument,
        }
    })
}

/// The output format of a command.
#[derive(clap::Args, Clone, Copy, Debug)]
struct OutputFlags {
    /// Print JSON, for programs
    #[arg(long)]
    json: bool,
}

impl OutputFlags {
    fn output(self) -> Output {
        Output::new(self.json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_flag_before_the_command_is_an_error_that_names_its_place() {
        for (line, tip) in [
            (&["floorkey", "--listen", "127.0.0.1:9"][..], "`floorkey serve --listen …`"),
            (&["floorkey", "--demo"], "`floorkey serve --demo …`"),
            (&["floorkey", "--json", "permissions"], "after the command, as in `floorkey COMMAND --json …`"),
            (&["floorkey", "--keep-access-keys", "user"], "as in `floorkey COMMAND --keep-access-keys …`"),
        ] {
            let Err(error) = try_parse(line) else { panic!("{line:?} was taken") };
            let text = error.to_string();
            assert!(text.contains(tip), "{line:?}: {text}");
        }
        for line in [&["floorkey", "--nonsense"][..], &["floorkey", "serve", "--json"]] {
            let Err(error) = try_parse(line) else { panic!("{line:?} was taken") };
            assert!(!error.to_string().contains("after the command"), "{line:?}: {error}");
        }
    }

    #[test]
    fn unknown_arguments_are_usage_errors() {
        for line in [
            &["floorkey", "serve", "--lisen", "x"][..],
            &["floorkey", "permisions"],
            &["floorkey", "permissions", "--risk", "danger"],
            &["floorkey", "access-key", "create"],
            &["floorkey", "user", "enable"],
            &["floorkey", "admin"],
            &["floorkey", "--demo"],
        ] {
            let Err(error) = Cli::try_parse_from(line) else { panic!("{line:?} was taken") };
            assert_eq!(error.exit_code(), 2, "{line:?}");
        }
    }
}
