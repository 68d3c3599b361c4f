//! The program `floorkey`: the surfaces over one engine, sign-in, and the command line.
//!
//! A request comes in through `listener`, is handed to its surface (`connect`, `extension`), and becomes a question to a
//! [`Directory`](floorkey::Directory) or a [`Command`](floorkey::Command) for the [`service`], which is the one door
//! through which anything changes.

mod activity;
mod app;
mod authzen;
mod bulk_edit;
pub mod cli;
mod clock_watch;
mod config;
mod connect;
mod connection_thread;
mod console;
mod demo;
pub mod engine;
mod event_types;
mod extension;
pub mod failure;
mod file_limit;
mod hashing_queue;
mod key_file;
mod listener;
mod mail;
mod metrics;
mod moment;
mod network;
mod number_format;
mod outside;
mod password_check;
mod passwords;
mod preset_token;
mod sealing;
mod search_budget;
mod serve;
pub mod service;
mod sign_in_log;
mod single_use;
mod sts;
mod throttle;
mod tls;
mod token_text;
mod trusted_proxies;
mod usage;
mod warnings;

pub use authzen::PATHS as AUTHZEN_PATHS;
pub use console::{Route, UserList, console_routes};
pub use extension::ROUTES as EXTENSION_ROUTES;
