//! User management: the list of users, and acts on many of them.
//!
//! `roster` holds users in the order of the list and `texts`, with `parts` and `members`, what they are searched by;
//! `filter`, `find`, `columns`, `rows` and `list` make the list out of it. `selection` says for whom an act is meant;
//! `edit`, `draft` and `review` change many at once, `acts` and `reset` do the other things one does to many, and `work`
//! does what takes a while; `user_slots` bounds how much of it there is. `import`, `intake`, `sheet` and `download` take users out of files and put them into one;
//! `deleted` brings back who was deleted.

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
