//! The program `floorkey`: the surfaces over one engine, sign-in, and the command line.
//!
//! A request comes in through `listener`, is handed to its surface (`connect`, `extension`), and becomes a question to a
//! [`Directory`](floorkey::Directory) or a [`Command`](floorkey::Command) for the [`service`], which is the one door
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
