//! The list of historical changes.

use askama::Template;
use axum::body::Body;
use floorkey_store::{AuditOrder, AuditQuery};
use http::Response;

use super::filter::EventFilter;
use super::filter_form::FilterForm;
use super::{EventList, HistoryEntry, find};
use crate::web::current_user::CurrentUser;
use crate::web::form::{FilterChip, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::text::{count_noun, figure};
use floorkey_service::event_types::Category;

/// The number of events on a page.
const PAGE: usize = 50;

/// The maximum number of events that are counted.
const COUNTED_MAX: usize = 10_000;

#[derive(Template)]
#[template(path = "history/list.html")]
struct HistoryPage {
    layout: Layout,
    entries: Vec<HistoryEntry>,
    hidden: usize,
    pager: Pager,
    download: String,
    tokens: Vec<FilterChip>,
    form: FilterForm,
    /// Whether a field of the filter is invalid. No events are listed then.
    is_invalid: bool,
    /// Whether the list is limited to access changes, which edits and imports of users can contain too.
    is_access: bool,
}

/// Links to other pages of the list.
#[derive(Default)]
struct Pager {
    /// The positions of the events on the page, such as `51–100 of 1,204 events`. Only administrators get it, because it
    /// counts all events.
    range: Option<String>,
    newest: Option<String>,
    newer: Option<String>,
    older: Option<String>,
}

pub(super) async fn history_page(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    viewer.authorize(floorkey::Action::ViewHistoricalChanges, &floorkey::Target::Instance)?;
    let mut filter = EventFilter::parse(&viewer, &fields).await?;
    let is_invalid = !filter.errors.is_empty();
    let mut found = match is_invalid {
        true => EventList::default(),
        false => find(&viewer, filter.query.clone(), PAGE, filter.user().as_ref(), |_| true).await?,
    };
    // The page with the newest events is always full, whichever way leads to it.
    if filter.query.order == AuditOrder::OldestFirst && found.newer.is_none() {
        filter.query = AuditQuery { after: None, order: AuditOrder::NewestFirst, ..filter.query };
        found = find(&viewer, filter.query.clone(), PAGE, filter.user().as_ref(), |_| true).await?;
    }
    let pager = pager(&viewer, &filter, &found).await?;
    Ok(page(&HistoryPage {
        layout: viewer.layout("Historical changes"),
        hidden: found.hidden,
        pager,
        entries: found.entries,
        download: format!("/connect/history.csv{}", filter.fields.query()),
        tokens: std::mem::take(&mut filter.tokens),
        is_access: filter.category == Some(Category::Access),
        form: FilterForm::new(&viewer, filter),
        is_invalid,
    }))
}

async fn pager(viewer: &CurrentUser, filter: &EventFilter, found: &EventList) -> Result<Pager, PageError> {
    let (newest_seq, oldest_seq) =
        (found.entries.first().map(|entry| entry.seq), found.entries.last().map(|entry| entry.seq));
    let is_first = filter.query.before.is_none() && filter.query.after.is_none();
    let newer = match filter.query.order {
        AuditOrder::NewestFirst if is_first => None,
        AuditOrder::NewestFirst => newest_seq.or(filter.query.before.map(|before| before.saturating_sub(1))),
        AuditOrder::OldestFirst => found.newer,
    };
    let older = match filter.query.order {
        AuditOrder::NewestFirst => found.older,
        AuditOrder::OldestFirst => oldest_seq.or(filter.query.after.map(|after| after.saturating_add(1))),
    };
    Ok(Pager {
        range: range(viewer, filter, found).await?,
        newest: (!is_first).then(|| filter.address(None)),
        newer: newer.map(|seq| filter.address(Some(("after", seq)))),
        older: older.map(|seq| filter.address(Some(("before", seq)))),
    })
}

/// Returns the positions of the events on the page, and their total number.
async fn range(viewer: &CurrentUser, filter: &EventFilter, found: &EventList) -> Result<Option<String>, PageError> {
    let (Some(first), true) = (found.entries.first(), viewer.directory.is_administrator(viewer.user.id)) else {
        return Ok(None);
    };
    let query = AuditQuery { before: None, after: None, order: AuditOrder::NewestFirst, ..filter.query.clone() };
    let store = viewer.app().service.store();
    let all = store.audit_positions(viewer.instance(), query, COUNTED_MAX).await?;
    let total = match all.resume {
        Some(_) => format!("more than {}", count_noun(all.found.len(), "event")),
        None => count_noun(all.found.len(), "event"),
    };
    let position = all.found.iter().position(|seq| *seq == first.seq);
    Ok(Some(match position {
        Some(before) => format!("{}–{} of {total}", figure(before + 1), figure(before + found.entries.len())),
        None => format!("{} of {total}", figure(found.entries.len())),
    }))
}
