//! All automation of the workspace, in Rust: `cargo xtask test` sets up and runs every check on a bare machine.
#![expect(clippy::print_stdout, reason = "a command line tool answers on its standard output")]

mod bench;
mod checks;
mod codegen;
mod program;
mod screenshots;
mod soak;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Test { list: true, .. } => {
            checks::list();
            Ok(())
        }
        Task::Test { only, .. } => checks::run(&only),
        Task::Bench { json, only } => bench::run(json, &only),
        Task::Codegen { check } => codegen::run(check),
        Task::Screenshots => screenshots::run(),
        Task::Soak { only } => soak::run(&only),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("{problem}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Sets up and runs the workspace's checks")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every check, and install what they need.
    Test {
        /// Run only this check; may be given several times.
        #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(checks::names()))]
        only: Vec<String>,
        /// List the checks and run none.
        #[arg(long)]
        list: bool,
    },
    /// Measure the figures of the README: each a ratio against a named rival in the same run.
    Bench {
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
        /// Measure only this figure; may be given several times.
        #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(bench::names()))]
        only: Vec<String>,
    },
    /// Write the generated code of floorkey-connect from the model of Amazon Connect.
    Codegen {
        /// Write nothing; fail if what is committed differs.
        #[arg(long)]
        check: bool,
    },
    /// Compare ten million decisions with the naive oracle and others with Cedar, search the escalation guard deeper, take
    /// rules out of it to see tests fail, and measure others' waits under hostile load.
    Soak {
        /// Run only this part; may be given several times.
        #[arg(long, value_name = "PART")]
        only: Vec<soak::Part>,
    },
    /// Take the pictures of the console's main pages anew, into docs/images.
    Screenshots,
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        super::Arguments::command().debug_assert();
    }
}
