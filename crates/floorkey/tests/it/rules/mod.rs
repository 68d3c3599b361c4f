//! Each rule of the domain as a sentence.

mod administrators;
mod applications;
mod assignments;
mod audit;
mod credentials;
mod guard;
mod hierarchy;
mod instance;
mod names;
mod permissions;
mod resources;
mod scopes;
mod users;
