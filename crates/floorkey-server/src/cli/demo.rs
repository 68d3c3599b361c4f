//! `floorkey demo`: demonstrations on a temporary server.

mod guard;
mod temporary_server;

use clap::{Args, Subcommand};

use super::CliError;

/// Each demonstration starts a temporary server on a free port, and removes it afterwards.
#[derive(Args)]
pub(super) struct Demo {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show how a team lead takes over an instance, and how the escalation guard refuses it
    ///
    /// Each answer is the real one of a temporary server, to a call that is signed with the access key of the user
    /// before the $. Commands of floorkey are run as printed. Commands of the AWS CLI are made as the same signed call,
    /// and the answer is printed as the AWS CLI prints it; the AWS CLI need not be installed.
    Guard,
}

impl Demo {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self.command {
            Command::Guard => guard::run(),
        }
    }
}
