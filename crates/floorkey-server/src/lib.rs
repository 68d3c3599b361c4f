//! The `floorkey` program: the HTTP server and the command line.
//!
//! `listener` accepts requests and passes each request to the crate of the requested interface. The interface either
//! evaluates the request against a [`Directory`](floorkey::Directory), or executes a [`Command`](floorkey::Command)
//! through the service. The service makes all changes.

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
mod start_error;
mod tls;
mod trusted_proxies;
mod warnings;
