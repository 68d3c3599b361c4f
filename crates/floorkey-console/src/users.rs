//! User management: the list of users, and bulk actions.
//!
//! - `user_index` contains the users in list order, and finds users by words.
//! - `columns` and `properties` describe the table of users. `filter`, `filter_access`, `find`, `order`, `text_orders`,
//!   `rows` and `list` create the list page. `filter_options` contains the choices of forms.
//! - `selection` contains the users that a bulk action applies to. `edit`, `bulk_form` and `review` are the bulk edit.
//!   `bulk_actions` and `reset` are the other bulk actions.
//! - `job` runs long jobs in the background, `progress` shows a job's progress, and `user_slots` limits the number of
//!   jobs.
//! - `import`, `csv_import`, `user_csv` and `download` read and write users as CSV files.
//! - `deleted` restores deleted users.
//! - `best_matches` finds users for the search over everything.

mod bench;
mod best_matches;
mod bulk_actions;
mod bulk_form;
mod columns;
mod csv_import;
mod deleted;
mod download;
mod edit;
mod filter;
pub(super) mod filter_access;
pub(super) mod filter_options;
mod find;
mod import;
mod job;
mod list;
mod order;
mod progress;
mod properties;
mod reset;
mod review;
mod rows;
mod selection;
mod text_orders;
mod user_csv;
mod user_index;
mod user_slots;

use std::sync::Arc;

use crate::web::routes::{Routes, get, post};
pub use bench::UserList;
pub(super) use best_matches::{BestMatches, best_matches};
use import::PendingImports;
use job::Jobs;
pub(super) use reset::placeholder_password;
pub(super) use review::administrators;
pub(super) use user_index::UserIndexCache;

pub(super) fn routes(users: Arc<UserIndexCache>) -> Routes {
    Routes::new()
        .route("/connect/users", get(list::show))
        .route("/connect/users/suggest", get(list::suggest))
        .merge(columns::USERS.routes())
        .route("/connect/users/edit", get(edit::form).post(edit::submit))
        .route("/connect/users/reset", get(reset::form).post(reset::submit))
        .route("/connect/users/progress/{id}", get(progress::show))
        .route("/connect/users/download", get(download::download))
        .route("/connect/users/template", get(download::template))
        .route("/connect/users/deleted", get(deleted::deleted_page))
        .route("/connect/users/restore", post(deleted::restore))
        .route("/connect/users/import", get(import::form).post(import::submit))
        .merge(bulk_actions::routes())
        .with_extension(Arc::new(PendingImports::default()))
        .with_extension(Arc::new(Jobs::default()))
        .with_extension(users)
}
