//! `floorkey serve`.

use std::io::IsTerminal as _;

use clap::Args;

use crate::config::{Config, Flags};

/// Answers until it is told to stop. Settings come from flags, then the environment, then a TOML file.
#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    flags: Box<Flags>,
    /// Fill a new data folder with a lifelike contact centre of some 200 users
    #[arg(long)]
    demo: bool,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), String> {
        let config = Config::read(*self.flags)?;
        let filter = tracing_subscriber::EnvFilter::try_new(&config.log);
        let filter = filter.map_err(|error| format!("FLOORKEY_LOG `{}` is no filter: {error}", config.log))?;
        let styled = std::io::stderr().is_terminal();
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(styled).init();
        let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
        runtime.block_on(crate::serve::run(config, self.demo))
    }
}
