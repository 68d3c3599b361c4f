//! Downloads a whole answer as a CSV file.

use axum::body::Body;
use http::Response;

use super::form_input::FormInput;
use super::page::{query_kind, query_kind_name};
use super::question::{QueryKind, Question};
use super::results::Results;
use super::who::{labels, reasons};
use super::who_results::{Extent, WhoResults};
use super::{PAGE, allow};
use crate::web::csv::CsvTable;
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::page_error::PageError;
use crate::web::scan::scan;

pub(super) async fn download(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    allow(&viewer)?;
    let kind = match query_kind(&fields, QueryKind::Who) {
        // A single decision is no list.
        QueryKind::Decision => QueryKind::Who,
        kind => kind,
    };
    let name = format!("{}-can.csv", query_kind_name(kind));
    let table = scan(&viewer, move |viewer| build_table(viewer, kind, &fields)).await??;
    Ok(table.download(&name))
}

fn build_table(viewer: &CurrentUser, kind: QueryKind, fields: &Fields) -> Result<CsvTable, PageError> {
    let input = FormInput::parse(fields);
    let question = Question::parse(viewer, kind, &input, fields, PAGE).map_err(|errors| {
        let first = errors.by_field().into_iter().next().map(|(_, error)| error.text);
        PageError::bad_request(first.unwrap_or_else(|| "The question is not complete.".to_owned()))
    })?;
    if kind == QueryKind::Who {
        return users(viewer, &question);
    }
    let results = Results::find(viewer, kind, &question)?;
    let mut table = CsvTable::new(match kind {
        QueryKind::Resources => &["Resource", "Type", "Id", "Because of", "Where"],
        _ => &["Permission", "Lets them", "API name", "Because of", "Where"],
    });
    for row in results.rows(viewer, &question, 0..results.len())? {
        let place = if row.is_limited { WITHIN_A_SCOPE } else { EVERYWHERE };
        table.push_row(&[row.name, row.second_column, row.id, row.reasons.join("\n"), place.to_owned()]);
    }
    Ok(table)
}

/// The text for a permission that applies to every resource in question.
const EVERYWHERE: &str = "Everywhere";

/// The text for a permission that applies only within a scope.
const WITHIN_A_SCOPE: &str = "Within a scope";

/// Creates the table of users. If the question is about several permissions, each has a column.
fn users(viewer: &CurrentUser, question: &Question) -> Result<CsvTable, PageError> {
    let results = WhoResults::find(viewer, question)?;
    let labels = labels(viewer, question);
    let place = |extent: &Extent| match extent {
        Extent::None => "",
        Extent::Limited => WITHIN_A_SCOPE,
        Extent::Allowed => EVERYWHERE,
    };
    let mut headings = vec!["User", "Login name", "User id"];
    match labels.as_slice() {
        [_] => headings.extend(["Because of", "Where"]),
        several => headings.extend(several.iter().map(|label| label.name.as_str())),
    }
    let mut table = CsvTable::new(&headings);
    for user in &results.users {
        let places = results.extents(viewer, user);
        let places = places.iter().map(|extent| place(extent).to_owned());
        let mut row = vec![user.display_name(), user.username.clone(), user.id.to_string()];
        if labels.len() == 1 {
            row.push(reasons(viewer, question, user).join("\n"));
        }
        row.extend(places);
        table.push_row(&row);
    }
    Ok(table)
}
