//! The settings of a table that are remembered for each user: the columns and the number of rows on a page.

use axum::body::Body;
use http::Response;
use serde::{Deserialize, Serialize};

use super::{Column, Table, memory};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Form};
use crate::web::layout::{local_redirect_target, redirect_to};
use crate::web::page_error::PageError;

/// The settings of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct TableSettings {
    /// The IDs of the columns to show; `None` for the default columns.
    pub(super) columns: Option<Vec<String>>,
    /// The number of rows on a page.
    pub(super) size: Option<usize>,
}

impl TableSettings {
    /// Returns the remembered settings.
    pub(crate) fn recall(table: &Table, viewer: &CurrentUser) -> Self {
        memory::recall(viewer, &name(table)).unwrap_or_default()
    }

    /// Returns the settings that a form contains. A form without any column asks for the default columns.
    fn from_form(table: &Table, fields: &Fields) -> Self {
        let is_chosen = |column: &&Column| fields.all("column").any(|id| id == column.id);
        let columns = (table.columns)().iter().filter(is_chosen).map(|column| column.id.to_owned());
        let size = fields.raw("size").parse().ok().filter(|size| table.sizes.contains(size));
        Self { columns: (fields.raw("reset") != "1").then(|| columns.collect()), size }
    }
}

/// Remembers the settings in a form, and returns to the table.
pub(super) async fn choose(
    table: &Table,
    viewer: CurrentUser,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    memory::remember(&viewer, &name(table), &TableSettings::from_form(table, &fields)).await?;
    Ok(redirect_to(local_redirect_target(fields.text("back"))))
}

fn name(table: &Table) -> String {
    format!("table.{}", table.id)
}

#[cfg(test)]
mod tests {
    use super::super::tests::TABLE;
    use super::*;

    #[test]
    fn a_form_contains_known_columns_and_sizes() {
        let parse = |form: &str| TableSettings::from_form(&TABLE, &Fields::parse(form.as_bytes()));
        let chosen = parse("column=seen&column=other&size=100");
        assert_eq!(chosen, TableSettings { columns: Some(vec!["seen".to_owned()]), size: Some(100) });
        assert_eq!(parse("size=7"), TableSettings { columns: Some(Vec::new()), size: None });
        assert_eq!(parse("column=seen&reset=1").columns, None);
        let json = serde_json::to_string(&chosen).unwrap();
        assert_eq!(serde_json::from_str::<TableSettings>(&json).unwrap(), chosen);
        assert_eq!(serde_json::from_str::<TableSettings>("{\"later\":1}").unwrap(), TableSettings::default());
    }
}
