//! The workspace's automation, written in Rust. `cargo xtask test` sets up a bare machine and runs all checks.
#![expect(clippy::print_stdout, reason = "a command line tool answers on its standard output")]

mod bench;
mod checks;
mod codegen;
mod dist;
mod licenses;
mod program;
mod progress;
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
        Task::Test { quick: true, .. } => checks::run(&checks::QUICK.map(str::to_owned)),
        Task::Test { only, .. } => checks::run(&only),
        Task::Bench { json, only } => bench::run(json, &only),
        Task::Codegen { check } => codegen::run(check).map(|remark| print!("{remark}")),
        Task::Dist { check } => dist::run(check),
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
    /// Run all checks, and install what they need.
    Test {
        /// Run only this check; can be repeated.
        #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(checks::names()))]
        only: Vec<String>,
        /// Run only the checks for daily use: formatting, tidy, clippy, and the tests of the domain and its rules.
        #[arg(long, conflicts_with = "only")]
        quick: bool,
        /// List the checks without running any.
        #[arg(long)]
        list: bool,
    },
    /// Measure the benchmark figures in docs/figures.md; each figure is a ratio to a named rival in the same run.
    Bench {
        /// Print one JSON object per line.
        #[arg(long)]
        json: bool,
        /// Measure only this figure; can be repeated.
        #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(bench::names()))]
        only: Vec<String>,
    },
    /// Generate the code of floorkey-aws from the AWS service model of Amazon Connect.
    Codegen {
        /// Write nothing; fail if the committed code differs.
        #[arg(long)]
        check: bool,
    },
    /// Run the long tests: compare decisions with the naive oracle and with Cedar, search the escalation guard deeper,
    /// remove rules from the guard to see tests fail, and measure response times under hostile load.
    Soak {
        /// Run only this part; can be repeated.
        #[arg(long, value_name = "PART")]
        only: Vec<soak::Part>,
    },
    /// Build the packages: the static program, a Debian package, the files of an image, an SBOM and checksums.
    Dist {
        /// Also install, run, upgrade and remove them, and build them a second time; needs root.
        #[arg(long)]
        check: bool,
    },
    /// Update the screenshots of the console's main pages in docs/images.
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
