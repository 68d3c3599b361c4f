//! The command line: one program for the server, its clients, and the work on the server's machine.
//!
//! Every command prints for people, and with `--json` one JSON value for programs. It ends with 0 when it is done,
//! 1 when it is not, 2 when the command line itself is wrong; `check` and `explain` end with 0 for a yes, 1 for a no and 2
//! for everything else.

mod access_key;
mod admin;
mod application;
mod backup;
mod bearer;
mod bundle;
mod client;
mod condition;
mod connection;
mod decisions;
mod input_file;
mod output;
mod permissions;
mod serve;
mod signature;
mod table;
mod tls;
mod token;
mod user;

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::builder::Resettable;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use output::Output;

/// Security profiles for contact centres: who may do what, decided and proved.
///
/// Without a command, floorkey serves: it starts on its own data folder and says how to reach it.
#[derive(Parser)]
#[command(name = "floorkey", version, after_help = AFTER_HELP, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

const AFTER_HELP: &str = "\
permissions, access-key, user, token, application, condition and bundle speak to a server that runs, signed with an access key: \
paste the export lines that the server printed at its first start (AWS_ENDPOINT_URL_CONNECT, AWS_ACCESS_KEY_ID, \
AWS_SECRET_ACCESS_KEY, AWS_REGION). check, explain, who-can and what-can show a token instead (FLOORKEY_API_TOKEN). \
backup and admin work on the data folder, on the server's machine; tls needs no server.

`floorkey COMMAND --help` says more about each.";

#[derive(Subcommand)]
enum Command {
    /// Run the server (what floorkey does without a command)
    Serve(serve::Serve),
    /// Show what each permission lets one do, what it requires and what it brings along
    Permissions(permissions::Permissions),
    /// Make, list, revoke and reinstate the access keys that programs sign with in a user's name
    AccessKey(access_key::AccessKey),
    /// Reset passwords, invite, unlock, sign out, enable and disable users
    User(user::User),
    /// Make, list, change and revoke the tokens that applications ask for decisions with
    Token(token::Token),
    /// Register applications: what can be granted in them, and the things that it is about
    Application(application::Application),
    /// Show and set what must be true for a profile's permissions to count
    Condition(condition::Condition),
    /// Ask whether a user may do something; ends with 0 for yes, 1 for no, 2 where there is no answer
    Check(decisions::Check),
    /// The same, with what grants it, or what would
    Explain(decisions::Explain),
    /// List the users who may do something
    WhoCan(decisions::WhoCan),
    /// List what a user may do
    WhatCan(decisions::WhatCan),
    /// Write everything that decides into a signed file, for programs that decide in process
    Bundle(bundle::Bundle),
    /// Make a certificate of your own for serving over TLS
    Tls(tls::Tls),
    /// Copy everything into a new file, while the server runs or not
    Backup(backup::Backup),
    /// The way back in, on the server's machine with the server stopped
    Admin(admin::Admin),
}

/// Runs what the command line asks for.
#[must_use]
pub fn run() -> ExitCode {
    let cli = parse(std::env::args_os());
    // Parsed again, so that the environment counts without the command as with it.
    let cli = if cli.command.is_none() { parse(["floorkey", "serve"]) } else { cli };
    let result = match cli.command {
        None => Ok(()),
        Some(Command::Serve(serve)) => serve.run(),
        Some(Command::Permissions(permissions)) => permissions.run(),
        Some(Command::AccessKey(access_key)) => access_key.run(),
        Some(Command::User(user)) => user.run(),
        Some(Command::Token(token)) => token.run(),
        Some(Command::Application(application)) => application.run(),
        Some(Command::Condition(condition)) => condition.run(),
        Some(Command::Check(check)) => return decisions::ended(check.run()),
        Some(Command::Explain(explain)) => return decisions::ended(explain.run()),
        Some(Command::WhoCan(who)) => who.run(),
        Some(Command::WhatCan(what)) => what.run(),
        Some(Command::Bundle(bundle)) => bundle.run(),
        Some(Command::Tls(tls)) => tls.run(),
        Some(Command::Backup(backup)) => backup.run(),
        Some(Command::Admin(admin)) => admin.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("floorkey: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Parses a command line with the environment; ends the program with help where it is wrong.
fn parse(line: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Cli {
    let matches = without_empty_variables(Cli::command()).get_matches_from(line);
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// Lets a variable that is set to nothing count as not set, as compose files have them; otherwise clap would complain
/// of a flag that nobody typed.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    command.mut_subcommands(without_empty_variables).mut_args(|argument| {
        match argument.get_env().is_some_and(is_empty) {
            true => argument.env(Resettable::Reset),
            false => argument,
        }
    })
}

/// How a command prints.
#[derive(clap::Args, Clone, Copy, Debug)]
struct Printing {
    /// Print JSON, for programs
    #[arg(long)]
    json: bool,
}

impl Printing {
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
    fn what_is_unknown_is_a_usage_error() {
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
