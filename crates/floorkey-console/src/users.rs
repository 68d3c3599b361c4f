//! User management: the list of users, and bulk actions.
//!
//! `roster` has the users in list order and `texts`, with `parts` and `members`, is their search index; `filter`,
//! `find`, `columns`, `rows`, `offers` and `list` create the list page from them. `selection` has the users that an
//! action applies to; `edit`, `draft` and `review` change many users at once, `acts` and `reset` are the other bulk
//! actions. `work` runs jobs that take long, `progress` shows them, and `user_slots` limits their number. `import`,
//! `intake`, `sheet` and `download` read and write users as CSV files; `deleted` restores deleted users.

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

use crate::web::routes::{Routes, get, post};
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
        .with_extension(Arc::new(Uploads::default()))
        .with_extension(Arc::new(Works::default()))
        .with_extension(Arc::new(Rosters::default()))
}
