//! Each rule of the domain as a sentence.

mod administrators;
mod applications;
mod assignable;
mod assignments;
mod audit;
mod batches;
mod changing_nothing;
mod credentials;
mod custody;
mod guard;
mod hierarchy;
mod instance;
mod logins;
mod losses;
mod names;
mod own_account;
mod permissions;
mod replacing;
mod resources;
mod restoring;
mod restrictions;
mod scopes;
mod undoing;
mod users;
mod visibility;
