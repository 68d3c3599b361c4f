//! Floorkey's application layer: the code between the interfaces and the store.
//!
//! [`service`] executes commands. It plans each command based on the latest directory, commits the changes in batches,
//! and publishes the resulting directory in [`engine`].
//!
//! [`passwords`], [`throttle`], [`password_check`] and [`sealing`] handle credentials. [`sign_in_log`],
//! [`login_activity`] and [`usage`] record events and counts that don't result from a command, such as failed sign-ins.
//! [`mail`] sends email. [`daily_reviews`] and [`guard_check`] look back at earlier states and at the audit log.
//!
//! This crate does not depend on HTTP, the console's pages or the command line.

mod argon2_memory;
pub mod bulk_edit;
pub mod clock;
pub mod connection_thread;
pub mod daily_reviews;
pub mod digest;
pub mod engine;
pub mod entropy;
pub mod event_types;
pub mod failure;
pub mod guard_check;
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
