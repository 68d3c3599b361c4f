//! An event's page, with all details of the event. The lists of changes and targets are paginated.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::{Action, RecordKey, Target, UserId};
use floorkey_store::StoredOutcome;
use http::Response;

use super::entry::{ChangeLine, group_by_record, record_label, stored_text};
use super::{HistoryEntry, RequestedPart, VisibleEvent, visibility};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::text::figure;
use floorkey_service::event_types::Named;

/// The maximum number of change lines on a page. The same maximum applies to targets.
const PAGE: usize = 100;

#[derive(Template)]
#[template(path = "history/show.html")]
struct EventPage {
    layout: Layout,
    entry: HistoryEntry,
    action: String,
    revision: Option<u64>,
    request_id: String,
    agent: String,
    changes: Vec<ChangeLine>,
    /// The total number of change lines.
    changes_count: String,
    /// The user to whom the list of changes is limited, and the address that shows all changes of the event.
    only_user: Option<(String, String)>,
    changes_pager: Option<PageLinks>,
    targets: Vec<(&'static str, Named)>,
    targets_pager: Option<PageLinks>,
    /// The hash of the event. Empty if parts of the event are hidden from the viewer.
    leaf_hash: String,
    shows_actor: bool,
}

impl EventPage {
    /// Returns the changes on the page, grouped by the changed record.
    fn changes_by_record(&self) -> impl Iterator<Item = (Option<&Named>, &[ChangeLine])> {
        group_by_record(&self.changes)
    }
}

/// The position in a paginated list, with links to other pages.
struct PageLinks {
    /// A label that states what the list contains.
    label: &'static str,
    /// The range of entries on the page, such as `101–200 of 110,369`.
    range: String,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    last: Option<String>,
}

/// A paginated list and its requested page, counted from 0.
#[derive(Clone, Copy)]
struct PageRequest {
    field: &'static str,
    anchor: &'static str,
    label: &'static str,
    at: usize,
}

impl PageRequest {
    fn parse(fields: &Fields, field: &'static str, anchor: &'static str, label: &'static str) -> Self {
        let at = fields.text(field).and_then(|text| text.parse::<usize>().ok()).unwrap_or(1);
        // No event has more than a million pages.
        Self { field, anchor, label, at: at.clamp(1, 1_000_000) - 1 }
    }

    const fn skip(self) -> usize {
        self.at * PAGE
    }

    /// Returns the number of the list's last page, counted from 0.
    const fn last(total: usize) -> usize {
        total.saturating_sub(1) / PAGE
    }

    /// Returns the pager, or `None` if there is only one page.
    fn pager(self, seq: u64, fields: &Fields, total: usize) -> Option<PageLinks> {
        let last = Self::last(total);
        let address = |page: usize| {
            let number = (page > 0).then(|| (page + 1).to_string());
            format!("/connect/history/{seq}{}#{}", fields.with(self.field, number.as_deref()).query(), self.anchor)
        };
        (last > 0).then(|| PageLinks {
            label: self.label,
            range: format!(
                "{}–{} of {}",
                figure(self.skip() + 1),
                figure(total.min(self.skip() + PAGE)),
                figure(total)
            ),
            first: (self.at > 1).then(|| address(0)),
            previous: (self.at > 0).then(|| address(self.at - 1)),
            next: (self.at < last).then(|| address(self.at + 1)),
            last: (self.at + 1 < last).then(|| address(last)),
        })
    }
}

pub(super) async fn show(
    viewer: CurrentUser,
    Path(text): Path<String>,
    Query(fields): Query,
) -> Result<Response<Body>, PageError> {
    viewer.authorize(Action::ViewHistoricalChanges, &Target::Instance)?;
    let seq: u64 = text.parse().map_err(|_| {
        let text: String = text.chars().take(20).collect();
        PageError::not_found(format!("{text} is not the number of an event."))
    })?;
    let mut changes = PageRequest::parse(&fields, "changes", "changes", "Changes");
    let mut targets = PageRequest::parse(&fields, "targets", "targets", "What it was about");
    // Users outside the viewer's scope are treated as nonexistent.
    let about = fields.text("user").and_then(UserId::parse);
    let about = about.filter(|user| viewer.visibility().user(*user).shows_details()).map(RecordKey::User);
    let about: Vec<RecordKey> = about.into_iter().collect();
    let mut event = load_event(&viewer, seq, &about, changes, targets).await?;
    // A page number past the end shows the last page.
    let (last_changes, last_targets) = (PageRequest::last(event.lines), PageRequest::last(event.event.targets.len()));
    if changes.at > last_changes || targets.at > last_targets {
        (changes.at, targets.at) = (changes.at.min(last_changes), targets.at.min(last_targets));
        event = load_event(&viewer, seq, &about, changes, targets).await?;
    }
    Ok(page(&event_page(&viewer, &event, &fields, changes, targets)))
}

/// Reads the visible part of an event for the page.
async fn load_event(
    viewer: &CurrentUser,
    seq: u64,
    about: &[RecordKey],
    changes: PageRequest,
    targets: PageRequest,
) -> Result<VisibleEvent, PageError> {
    let (store, instance) = (viewer.app().service.store(), viewer.instance());
    let requested = RequestedPart {
        about: about.to_vec(),
        skip: changes.skip(),
        take: PAGE,
        targets: Some((targets.skip(), PAGE)),
        check: true,
    };
    let found = store.audit_event_part(instance, seq, requested.part(viewer)).await?;
    match found.and_then(|part| visibility::limit_to_viewer(viewer, part)) {
        Some(mut event) => {
            event.about = about.to_vec();
            Ok(event)
        }
        // Viewers who can see only some of the events must not learn how many events there are.
        None if visibility::sees_all_events(viewer) => {
            let newest = store.audit_head(instance).await?.size.saturating_sub(1);
            Err(PageError::not_found(format!("There is no event {seq}. The newest is event {newest}.")))
        }
        None => Err(PageError::not_found(format!("There is no event {seq} that you can view."))),
    }
}

fn event_page(
    viewer: &CurrentUser,
    visible: &VisibleEvent,
    fields: &Fields,
    changes: PageRequest,
    targets: PageRequest,
) -> EventPage {
    let (event, mut entry) = (&visible.event, HistoryEntry::new(viewer, visible));
    // The changes are on this page under a heading of their own.
    let changes_on_page = std::mem::take(&mut entry.changes);
    entry.more_changes = 0;
    let keys = event.targets.iter().skip(targets.skip()).take(PAGE);
    EventPage {
        layout: viewer.layout(format!("Event {}", event.seq)),
        action: event.event_type.clone(),
        revision: match event.outcome {
            StoredOutcome::Done { revision } => Some(revision),
            StoredOutcome::Refused { .. } => None,
        },
        request_id: event.request_id.clone(),
        agent: event.user_agent.as_ref().map(stored_text).unwrap_or_default(),
        only_user: visible.about_user().map(|user| {
            let (_, link) = record_label(viewer, visible, &RecordKey::User(user));
            (link.name, format!("/connect/history/{}#changes", event.seq))
        }),
        changes_count: figure(visible.lines),
        changes: changes_on_page,
        changes_pager: changes.pager(event.seq, fields, visible.lines),
        targets: keys.map(|key| record_label(viewer, visible, key)).collect(),
        targets_pager: targets.pager(event.seq, fields, event.targets.len()),
        leaf_hash: match visible.shows_details {
            true => hex::encode(event.leaf),
            false => String::new(),
        },
        shows_actor: visible.shows_actor,
        entry,
    }
}
