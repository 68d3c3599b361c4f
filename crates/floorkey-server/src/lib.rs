//! The program `floorkey`: the surfaces over one engine, sign-in, and the command line.
//!
//! A request comes in through `listener`, is handed to its surface (`connect`, `extension`), and becomes a question to a
//! [`Directory`](floorkey::Directory) or a [`Command`](floorkey::Command) for the [`service`], which is the one door
//! through which anything changes.

mod app;
mod authzen;
pub mod cli;
mod clock_watch;
mod config;
mod connect;
mod console;
mod demo;
mod extension;
mod file_limit;
mod key_file;
mod listener;
mod metrics;
mod preset_token;
mod serve;
mod sts;
mod tls;
mod trusted_proxies;
mod warnings;

pub use authzen::PATHS as AUTHZEN_PATHS;
pub use console::{Route, UserList, console_routes};
pub use extension::ROUTES as EXTENSION_ROUTES;
