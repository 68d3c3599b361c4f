//! The application layer of Floorkey: everything between the interfaces and the store.
//!
//! [`service`] executes commands: it plans each command on the latest directory, commits the changes in batches, and
//! publishes the resulting directory in [`engine`]. [`passwords`], [`throttle`], [`password_check`] and [`sealing`]
//! deal with credentials. [`sign_in_log`], [`login_activity`] and [`usage`] record what happens without a command, such
//! as failed sign-ins. [`mail`] sends email.
//!
//! This crate is independent of HTTP, of the console's pages and of the command line.

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
