//! Downloads all results of a search as a CSV file.

use axum::body::Body;
use http::Response;

use super::form_input::FormInput;
use super::question::{QueryKind, Question};
use super::results::Results;
use super::search::query_kind;
use super::{SEARCH, allow};
use crate::web::csv::CsvTable;
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::page_error::PageError;
use crate::web::scan::scan;

pub(super) async fn download(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    allow(&viewer)?;
    let name = format!("{}-can.csv", query_kind(&fields).1);
    let table = scan(&viewer, move |viewer| build_table(viewer, &fields)).await??;
    Ok(table.download(&name))
}

fn build_table(viewer: &CurrentUser, fields: &Fields) -> Result<CsvTable, PageError> {
    let (query_kind, _) = query_kind(fields);
    let input = FormInput::parse(fields);
    let question = Question::parse(viewer, query_kind, &input, fields, SEARCH).map_err(|errors| {
        let first = errors.by_field().into_iter().next().map(|(_, error)| error.text);
        PageError::bad_request(first.unwrap_or_else(|| "The question is not complete.".to_owned()))
    })?;
    let results = Results::find(viewer, query_kind, &question)?;
    let mut table = CsvTable::new(match query_kind {
        QueryKind::What => &["Permission", "Lets them", "API name", "Because of"],
        QueryKind::Resources => &["Resource", "Type", "Id", "Because of"],
        QueryKind::Who | QueryKind::Decision => &["User", "Login name", "User id", "Because of"],
    });
    for row in results.rows(viewer, &question, 0..results.len())? {
        table.push_row(&[row.name, row.second_column, row.id, row.reasons.join("\n")]);
    }
    Ok(table)
}
