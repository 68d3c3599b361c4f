//! `floorkey serve`: runs the server.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::Args;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::{CliError, InputError};
use crate::config::{Config, Flags};
use crate::ephemeral::{self, Options};

/// Runs the server until it is stopped. Settings come from flags, then the environment, then a TOML file.
#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    flags: Box<Flags>,
    /// Fill a new data folder with a realistic contact center of about 200 users
    #[arg(long)]
    demo: bool,
    /// For tests: keep all data in memory, on a free port of this machine. Prints the address and the keys as JSON
    #[arg(long, conflicts_with = "demo")]
    ephemeral: bool,
    /// Start with the content of this YAML file; `POST /floorkey/v1/reset` restores it
    #[arg(long, value_name = "FILE", requires = "ephemeral")]
    seed: Option<PathBuf>,
    /// Refuse unknown access keys, which otherwise have full access to a server in memory
    #[arg(long, requires = "ephemeral")]
    strict_keys: bool,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), CliError> {
        let mut flags = self.flags;
        let ignores_token = self.demo && flags.drop_token_of_environment();
        let config = match self.ephemeral {
            true => Config::load_ephemeral(*flags)?,
            false => Config::load(*flags)?,
        };
        let filter = log_filter(&config.log)?;
        let styled = std::io::stderr().is_terminal();
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(styled);
        tracing_subscriber::registry().with(lines).with(filter).init();
        // Unknown variables are reported first, because they may be the reason why the server can't start.
        super::unknown_variables::warn();
        if ignores_token {
            tracing::warn!(
                "FLOORKEY_API_TOKEN is ignored, because client commands use the variable too. To give the demo a preset \
                token, use the flag --api-token"
            );
        }
        let runtime = tokio::runtime::Runtime::new()?;
        match self.ephemeral {
            true => {
                let options = Options { seed: self.seed, strict_keys: self.strict_keys, styled };
                runtime.block_on(ephemeral::run(config, options))?;
            }
            false => runtime.block_on(crate::serve::run(config, self.demo))?,
        }
        Ok(())
    }
}

/// Parses the log filter. In the filter syntax, a bare word that is not a level is the name of a module, and silences
/// all other modules. Therefore, only modules of Floorkey are accepted as bare words.
fn log_filter(text: &str) -> Result<Targets, InputError> {
    let is_level = |word: &str| word.parse::<LevelFilter>().is_ok();
    let bare = text.split(',').map(str::trim).filter(|word| !word.is_empty() && !word.contains('='));
    if let Some(word) = bare.into_iter().find(|word| !is_level(word) && !word.starts_with("floorkey")) {
        return Err(InputError::LogLevel { filter: text.to_owned(), word: word.to_owned() });
    }
    let parsed = with_all_crates(text).parse::<Targets>();
    parsed.map_err(|error| InputError::LogFilter { filter: text.to_owned(), error })
}

/// Replaces the target `floorkey_server` with `floorkey`, which matches all crates of Floorkey. Log filters for version
/// 0.1.0 use `floorkey_server`, because that crate contained all code in version 0.1.0.
fn with_all_crates(text: &str) -> String {
    let all = |directive: &str| match directive.trim().strip_prefix("floorkey_server") {
        Some(rest) if rest.is_empty() || rest.starts_with('=') => format!("floorkey{rest}"),
        _ => directive.trim().to_owned(),
    };
    text.split(',').map(all).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_would_silence_everything_is_refused() {
        for sound in ["info", "WARN", "off", "3", "floorkey_server=debug", "info,hyper=trace", "floorkey_store", ""] {
            assert!(log_filter(sound).is_ok(), "{sound}");
        }
        let filter = log_filter("info, floorkey_server=debug").unwrap();
        assert!(filter.would_enable("floorkey_store", &tracing::Level::DEBUG));
        assert!(filter.would_enable("hyper", &tracing::Level::INFO));
        assert!(!filter.would_enable("hyper", &tracing::Level::DEBUG));
        for wrong in ["loud", "info,loud", "hyper", "floorkey_server=loud", "a=b=c"] {
            let problem = log_filter(wrong).map(|_| ()).unwrap_err().to_string();
            assert!(problem.contains("--log") && problem.contains("floorkey=debug"), "{problem}");
        }
    }
}
