//! Warnings about environment variables that begin with `FLOORKEY_` but are not settings of the server.

use clap::CommandFactory as _;

use super::Cli;

/// Environment variables that begin with `FLOORKEY_` and are read only by client commands and tests.
const OTHER_VARIABLES: [&str; 2] = ["FLOORKEY_ENDPOINT", "FLOORKEY_TEST_TOOLS"];

/// Warns about environment variables that begin with `FLOORKEY_` and have no meaning in this version.
pub(super) fn warn() {
    for name in unknown() {
        tracing::warn!("{name} is set but is not a setting of this version of Floorkey");
    }
}

fn unknown() -> Vec<String> {
    let command = Cli::command();
    let serve = command.find_subcommand("serve");
    let known: Vec<&str> = serve
        .into_iter()
        .flat_map(clap::Command::get_arguments)
        .chain(command.get_arguments())
        .filter_map(|argument| argument.get_env()?.to_str())
        .collect();
    let mut unknown: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("FLOORKEY_"))
        .filter(|name| !known.contains(&name.as_str()) && !OTHER_VARIABLES.contains(&name.as_str()))
        .collect();
    unknown.sort();
    unknown
}
