//! Downloads the filtered changes as a CSV file.

use axum::body::Body;
use floorkey_store::AuditQuery;
use http::Response;

use super::filter::Filter;
use super::list::keep;
use super::{Line, find};
use crate::web::csv::CsvTable;
use crate::web::current_user::CurrentUser;
use crate::web::form::Query;
use crate::web::page_error::PageError;
use crate::web::text;
use floorkey_service::event_types;

/// The maximum number of events in a file.
const ROWS_MAX: usize = 50_000;

/// The number of events read at a time.
const CHUNK: usize = 200;

pub(super) async fn download(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    let filter = Filter::read(&viewer, &fields);
    let about = filter.user();
    let mut query = AuditQuery { before: None, ..filter.query };
    let mut table = CsvTable::new(&[
        "Number",
        "Time",
        "Who",
        "Through",
        "From",
        "Event type",
        "Event",
        "Changed",
        "Refused",
        "Flagged",
        "Reference",
    ]);
    let mut rows = 0;
    while rows < ROWS_MAX {
        let found = find(&viewer, query.clone(), CHUNK, about.as_ref(), keep(&fields)).await?;
        rows += found.lines.len();
        for line in &found.lines {
            table.push_row(&cells(line));
        }
        match found.older {
            Some(older) => query.before = Some(older),
            None => break,
        }
    }
    Ok(table.download("historical-changes.csv"))
}

fn cells(line: &Line) -> Vec<String> {
    let mut changes: Vec<_> = line
        .changes
        .iter()
        .map(|told| {
            let sign = match told.kind {
                "added" => "+",
                "removed" => "-",
                _ => "~",
            };
            let of = told.of.as_ref().map(|of| format!(" ({})", of.name)).unwrap_or_default();
            format!("[{sign}] {}{of}", told.text)
        })
        .collect();
    if line.more_changes > 0 {
        changes.push(format!("and {} more", text::figure(line.more_changes)));
    }
    vec![
        line.seq.to_string(),
        line.iso.clone(),
        line.who.name.clone(),
        line.through.to_owned(),
        line.address.clone(),
        line.title.clone(),
        format!("{} {}{}", line.who.name, event_types::text(&line.did), line.outside_words()),
        changes.join("; "),
        line.refused.clone().unwrap_or_default(),
        line.flags.join("; "),
        line.reference.clone().unwrap_or_default(),
    ]
}
