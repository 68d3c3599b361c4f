//! The changes that a filter finds, as a file for a spreadsheet.

use axum::body::Body;
use floorkey_store::AuditQuery;
use http::Response;

use super::filter::Filter;
use super::list::keep;
use super::{Line, find};
use crate::console::csv::Sheet;
use crate::console::fields::Query;
use crate::console::problem::Problem;
use crate::console::viewer::Viewer;

/// Changes in one file, at most.
const ROWS_MAX: usize = 50_000;

/// Changes read at a time.
const CHUNK: usize = 1_000;

pub(super) async fn download(viewer: Viewer, Query(fields): Query) -> Result<Response<Body>, Problem> {
    let filter = Filter::read(&viewer, &fields);
    let mut query = AuditQuery { before: None, ..filter.query };
    let mut sheet = Sheet::new(&[
        "Number",
        "Time",
        "Who",
        "Through",
        "From",
        "Did",
        "What",
        "Changed",
        "Refused",
        "Marked",
        "Reference",
    ]);
    let mut rows = 0;
    while rows < ROWS_MAX {
        let found = find(&viewer, query.clone(), CHUNK, keep(&fields)).await?;
        rows += found.lines.len();
        for line in &found.lines {
            sheet.row(&cells(line));
        }
        match found.older {
            Some(older) => query.before = Some(older),
            None => break,
        }
    }
    Ok(sheet.download("historical-changes.csv"))
}

fn cells(line: &Line) -> Vec<String> {
    let mut what: Vec<_> = line.what.iter().map(|named| named.name.clone()).collect();
    if line.more > 0 {
        what.push(format!("and {} more", line.more));
    }
    if line.outside > 0 {
        what.push(format!("{} more outside your scope", line.outside));
    }
    let changes: Vec<_> = line
        .changes
        .iter()
        .map(|told| {
            let sign = match told.kind {
                "added" => "+",
                "removed" => "-",
                _ => "~",
            };
            let of = told.of.as_ref().map(|of| format!(" ({of})")).unwrap_or_default();
            format!("[{sign}] {}{of}", told.text)
        })
        .collect();
    vec![
        line.seq.to_string(),
        line.iso.clone(),
        line.who.name.clone(),
        line.through.to_owned(),
        line.address.clone(),
        line.did.clone(),
        what.join("; "),
        changes.join("; "),
        line.refused.clone().unwrap_or_default(),
        line.flags.join("; "),
        line.reference.clone().unwrap_or_default(),
    ]
}
