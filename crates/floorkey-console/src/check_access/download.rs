//! Downloads all results of a search as a CSV file.

use axum::body::Body;
use http::Response;

use super::question::{Ask, Question};
use super::results::Results;
use super::search::ask_of;
use super::typed::{Slip, Typed};
use super::{SEARCH, allow};
use crate::web::csv::CsvTable;
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::page_error::PageError;
use crate::web::scan::scan;

pub(super) async fn download(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    allow(&viewer)?;
    let name = format!("{}-can.csv", ask_of(&fields).1);
    let table = scan(&viewer, move |viewer| build_table(viewer, &fields)).await??;
    Ok(table.download(&name))
}

fn build_table(viewer: &CurrentUser, fields: &Fields) -> Result<CsvTable, PageError> {
    let (ask, _) = ask_of(fields);
    let typed = Typed::read(fields);
    let question = Question::read(viewer, ask, &typed, fields, SEARCH).map_err(|slips| {
        let slips = *slips;
        let first = [slips.who, slips.can, slips.to, slips.at, slips.thing, slips.user, slips.act];
        let first = first.into_iter().flatten().next().map(|Slip { text, .. }| text);
        PageError::bad_request(first.unwrap_or_else(|| "The question is not complete.".to_owned()))
    })?;
    let results = Results::find(viewer, ask, &question)?;
    let mut table = CsvTable::new(match ask {
        Ask::What => &["Permission", "Lets them", "API name", "Because of"],
        Ask::OnWhat => &["Thing", "Type", "Id", "Because of"],
        Ask::Who | Ask::Decision => &["User", "Login name", "User id", "Because of"],
    });
    for row in results.rows(viewer, &question, 0..results.len())? {
        table.push_row(&[row.name, row.beside, row.id, row.reasons.join("\n")]);
    }
    Ok(table)
}
