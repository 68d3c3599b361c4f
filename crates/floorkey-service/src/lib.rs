//! The application layer of Floorkey: everything between the interfaces and the store.
//!
//! [`service`] carries out commands: it plans each on the latest directory, commits batches, and publishes the next
//! directory in [`engine`]. Beside it are the credentials that it verifies ([`passwords`], [`throttle`],
//! [`password_check`], [`sealing`]), what it writes without an administrator's command ([`sign_in_log`],
//! [`login_activity`], [`usage`]), and [`mail`].
//!
//! This crate knows no HTTP, no pages and no command line.

pub mod bulk_edit;
pub mod clock;
pub mod connection_thread;
pub mod engine;
pub mod entropy;
pub mod event_types;
pub mod failure;
pub mod hashing_queue;
pub mod login_activity;
pub mod mail;
pub mod moment;
pub mod network;
pub mod number_format;
pub mod page_token;
pub mod password_check;
pub mod passwords;
pub mod sealing;
pub mod search_budget;
pub mod service;
pub mod sign_in_log;
pub mod sign_in_log_writer;
pub mod single_use;
pub mod throttle;
pub mod token_text;
pub mod usage;
pub mod usage_writer;
