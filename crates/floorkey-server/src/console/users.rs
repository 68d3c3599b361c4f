//! User management: the list of users, and bulk actions.
//!
//! `roster` has users in list order, and `texts`, `parts` and `members` are the search index. `filter`, `find`,
//! `columns`, `rows` and `list` build the list. `selection` is the set of users that an action applies to; `edit`,
//! `draft` and `review` change many users at once, `acts` and `reset` perform the other bulk actions, and `work` runs
//! those that take longer; `user_slots` limits how many jobs and uploads are kept. `import`, `intake`, `sheet` and
//! `download` read users from files and write them. `deleted` restores deleted users.

mod acts;
mod columns;
mod counts;
mod deleted;
mod download;
mod draft;
mod edit;
mod figures;
mod filter;
mod find;
mod import;
mod intake;
mod list;
mod members;
pub(super) mod offers;
mod parts;
mod progress;
mod reset;
mod review;
mod roster;
mod rows;
mod selection;
mod sheet;
mod texts;
mod user_slots;
mod work;

use std::sync::Arc;

use crate::console::routes::{Routes, get, post};
pub(super) use counts::counts;
pub use figures::UserList;
use import::Uploads;
use roster::Rosters;
use work::Works;

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/users", get(list::show))
        .route("/connect/users/columns", post(list::choose_columns))
        .route("/connect/users/edit", get(edit::form).post(edit::submit))
        .route("/connect/users/reset", get(reset::form).post(reset::submit))
        .route("/connect/users/progress/{id}", get(progress::show))
        .route("/connect/users/download", get(download::download))
        .route("/connect/users/template", get(download::template))
        .route("/connect/users/deleted", get(deleted::list))
        .route("/connect/users/restore", post(deleted::restore))
        .route("/connect/users/import", get(import::form).post(import::submit))
        .merge(acts::routes())
        .with(Arc::new(Uploads::default()))
        .with(Arc::new(Works::default()))
        .with(Arc::new(Rosters::default()))
}
