//! Downloads the filtered changes as a CSV file.

use axum::body::Body;
use http::{Response, StatusCode};

use super::filter::EventFilter;
use super::{HistoryEntry, find};
use crate::web::csv::CsvTable;
use crate::web::current_user::CurrentUser;
use crate::web::form::Query;
use crate::web::page_error::PageError;
use crate::web::text;
use floorkey_service::event_types::Category;

/// The maximum number of events in a file.
const ROWS_MAX: usize = 50_000;

/// The number of events read at a time.
const CHUNK: usize = 200;

pub(super) async fn download(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    viewer.authorize(floorkey::Action::ViewHistoricalChanges, &floorkey::Target::Instance)?;
    let fields = fields.with("before", None).with("after", None);
    let filter = EventFilter::parse(&viewer, &fields).await?;
    if let Some(error) = filter.errors.first() {
        return Err(PageError::InvalidInput(StatusCode::UNPROCESSABLE_ENTITY, error.text.clone()));
    }
    let (about, mut query) = (filter.user(), filter.query);
    let mut table = CsvTable::new(&[
        "Number",
        "Time",
        "Who",
        "Through",
        "From",
        "Category",
        "Event type",
        "Event",
        "Changed",
        "Refused",
        "Flagged",
        "Reference",
    ]);
    let mut rows = 0;
    while rows < ROWS_MAX {
        let events = find(&viewer, query.clone(), CHUNK, about.as_ref(), |_| true).await?;
        rows += events.entries.len();
        for entry in &events.entries {
            table.push_row(&csv_cells(entry));
        }
        match events.older {
            Some(older) => query.before = Some(older),
            None => break,
        }
    }
    Ok(table.download("historical-changes.csv"))
}

fn csv_cells(entry: &HistoryEntry) -> Vec<String> {
    let mut changes: Vec<_> = entry
        .changes
        .iter()
        .map(|change| {
            let record = change.record.as_ref().map(|record| format!(" ({})", record.name)).unwrap_or_default();
            format!("{}{record}", change.text())
        })
        .collect();
    if entry.more_changes > 0 {
        changes.push(format!("and {} more", text::figure(entry.more_changes)));
    }
    vec![
        entry.seq.to_string(),
        entry.iso.clone(),
        entry.who.name.clone(),
        entry.through.to_owned(),
        entry.address.clone(),
        entry.category.map(Category::label).unwrap_or_default().to_owned(),
        entry.title.clone(),
        entry.sentence(),
        changes.join("; "),
        entry.refused.clone().unwrap_or_default(),
        entry.flags.join("; "),
        entry.reference.clone().unwrap_or_default(),
    ]
}
