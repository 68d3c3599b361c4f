//! The table of the list of users: its columns, properties and address.

use std::sync::LazyLock;

use super::properties::{ALIASES, PROPERTIES};
use crate::user_fields::FIELDS;
use crate::web::table::{Column, Narrow, Table, Width};

/// The table of the list of users.
pub(super) static USERS: Table = Table {
    id: "users",
    path: "/connect/users",
    noun: "user",
    columns: || COLUMNS.as_slice(),
    sorted_by: "login",
    properties: &PROPERTIES,
    aliases: &ALIASES,
    sizes: &[50, 100],
};

/// The columns: the name, the columns of fields, and what is not a field.
static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let fields = FIELDS.iter().filter(|field| !field.column.is_empty());
    let others = [
        Column::new("status", "Status", Width::Medium).by_default().narrow(Narrow::Beside),
        Column::new("seen", "Last seen", Width::Small).descending().by_default(),
        Column::new("ends", "Assignment ends", Width::Small),
    ];
    std::iter::once(Column::new("name", "Name", Width::Flexible))
        .chain(fields.map(|field| of_field(field.column, field.label)))
        .chain(others)
        .collect()
});

/// Returns the column of a field.
fn of_field(id: &'static str, title: &'static str) -> Column {
    match id {
        "login" => Column::new(id, title, Width::Medium).by_default(),
        "profiles" => Column::new(id, title, Width::Large).by_default().narrow(Narrow::Below),
        "hierarchy" => Column::new(id, title, Width::Medium).by_default(),
        "email" | "tags" => Column::new(id, title, Width::Large),
        _ => Column::new(id, title, Width::Medium),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::property_filter::SEARCH;

    #[test]
    fn the_columns_are_those_of_the_fields_and_a_few_more() {
        let all: Vec<_> = COLUMNS.iter().map(|column| column.id).collect();
        let expected =
            ["name", "login", "email", "profiles", "routing", "hierarchy", "tags", "factors", "status", "seen", "ends"];
        assert_eq!(all, expected);
        let default: Vec<_> = COLUMNS.iter().filter(|column| column.is_default).map(|column| column.id).collect();
        assert_eq!(default, ["login", "profiles", "hierarchy", "status", "seen"]);
    }

    #[test]
    fn properties_have_their_own_names_in_urls() {
        let mut names: Vec<_> = PROPERTIES.iter().map(|property| property.id).collect();
        names.extend([SEARCH, "sort", "page", "size", "columns", "add", "operator", "value", "text", "all", "user"]);
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
