//! The `floorkey` program: the HTTP server and the command line.
//!
//! `listener` accepts a request and passes it to the crate of its interface. The interface evaluates it against a
//! [`Directory`](floorkey::Directory), or executes a [`Command`](floorkey::Command) through the service, the only path
//! through which anything changes.

pub mod cli;
mod clock_watch;
mod config;
mod demo;
mod file_limit;
mod key_file;
mod listener;
mod metrics;
mod preset_token;
mod serve;
mod server;
mod tls;
mod trusted_proxies;
mod warnings;
