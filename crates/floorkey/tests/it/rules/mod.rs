//! Each rule of the domain as a sentence.

mod administrators;
mod applications;
mod assignments;
mod audit;
mod batches;
mod changing_nothing;
mod credentials;
mod guard;
mod hierarchy;
mod instance;
mod names;
mod own_account;
mod permissions;
mod replacing;
mod resources;
mod restoring;
mod scopes;
mod undoing;
mod users;
mod visibility;
