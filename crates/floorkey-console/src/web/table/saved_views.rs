//! Saved views: filters and sort orders that a user gave a name.

use axum::body::Body;
use http::Response;
use serde::{Deserialize, Serialize};

use super::{Table, TableSettings, TableState, memory};
use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form};
use crate::web::page_error::PageError;

/// The maximum number of views of a table.
const VIEWS_MAX: usize = 50;
/// The maximum length of a name, in characters.
const NAME_CHARS_MAX: usize = 60;
/// The maximum length of a query string, in bytes.
const QUERY_BYTES_MAX: usize = 1_000;

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SavedView {
    pub(super) name: String,
    /// The query string of the page, with `?`. Empty for all rows in the default order.
    pub(super) query: String,
}

/// Returns the remembered views, sorted by name.
pub(super) fn recall(table: &Table, viewer: &CurrentUser) -> Vec<SavedView> {
    memory::recall(viewer, &name(table)).unwrap_or_default()
}

/// Saves or deletes the view in a form, and returns to the table.
pub(super) async fn save(table: &Table, viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    let query = canonical_query(table, fields.raw("query"));
    let back = format!("{}{query}", table.path);
    let refuse = |text: String| Ok(viewer.context.redirect_with_flash(&back, &Flash::bad(text)));
    let mut views = recall(table, &viewer);
    let flash = match (fields.text("delete"), fields.text("name")) {
        (Some(name), _) => {
            views.retain(|view| view.name != name);
            Flash::good(format!("The view “{name}” is deleted."))
        }
        (None, Some(name)) if name.chars().count() > NAME_CHARS_MAX => {
            return refuse(format!("The name of a view can have up to {NAME_CHARS_MAX} characters."));
        }
        (None, Some(_)) if query.len() > QUERY_BYTES_MAX => {
            return refuse("This filter is too long for a view.".to_owned());
        }
        (None, Some(name)) => {
            add(&mut views, name, query);
            if views.len() > VIEWS_MAX {
                return refuse(format!("You can save up to {VIEWS_MAX} views. Delete one first."));
            }
            Flash::good(format!("Saved as the view “{name}”."))
        }
        (None, None) => return refuse("Enter a name for the view.".to_owned()),
    };
    memory::remember(&viewer, &name(table), &views).await?;
    Ok(viewer.context.redirect_with_flash(&back, &flash))
}

/// Adds a view, or replaces the view with the same name. Keeps the views sorted.
fn add(views: &mut Vec<SavedView>, name: &str, query: String) {
    views.retain(|view| view.name != name);
    views.push(SavedView { name: name.to_owned(), query });
    views.sort_by_cached_key(|view| floorkey::text::folded(&view.name));
}

/// Returns the query string of the state that a query string stands for, without its page.
fn canonical_query(table: &Table, query: &str) -> String {
    let fields = Fields::parse(query.trim_start_matches('?').as_bytes());
    TableState::parse(table, &fields, &TableSettings::default()).fields(table).query()
}

fn name(table: &Table) -> String {
    format!("views.{}", table.id)
}

#[cfg(test)]
mod tests {
    use super::super::tests::TABLE;
    use super::*;

    #[test]
    fn views_are_sorted_and_replaced() {
        let mut views = Vec::new();
        for (name, query) in [("b", "?q=1"), ("A", ""), ("b", "?q=2")] {
            add(&mut views, name, query.to_owned());
        }
        let names: Vec<_> = views.iter().map(|view| format!("{}{}", view.name, view.query)).collect();
        assert_eq!(names, ["A", "b?q=2"]);
    }

    #[test]
    fn a_view_contains_only_what_the_table_knows() {
        assert_eq!(canonical_query(&TABLE, "?page=3&q=ann&sort=-name&evil=1"), "?q=ann&sort=-name");
    }
}
