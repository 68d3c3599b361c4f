//! The `floorkey` program: the HTTP server and the command line.
//!
//! `listener` accepts requests and passes each request to the crate of the requested interface. The interface either
//! evaluates the request against a [`Directory`](floorkey::Directory), or executes a [`Command`](floorkey::Command)
//! through the service. The service makes all changes.

mod background;
pub mod cli;
mod clock_watch;
mod command_runner;
mod config;
mod demo;
mod ephemeral;
mod file_limit;
mod key_file;
mod listener;
mod metrics;
mod preset_token;
mod running;
mod seed;
mod serve;
mod server;
mod sockets;
mod start_error;
mod tls;
mod trusted_proxies;
mod warnings;
