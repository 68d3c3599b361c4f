//! An event's page: what changed, by whom and from where, and the evidence in the audit log. The lists of changes and
//! targets are paginated.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::{Action, RecordKey, Target, UserId};
use floorkey_store::StoredFlag;
use http::{HeaderValue, Response, header};

use super::change_text::{ChangeLine, group_by_record, stored_text};
use super::entry::record_label;
use super::related::{RelatedEvents, related_events};
use super::undo::{self, UndoOffer};
use super::{HistoryEntry, LIST, RequestedPart, VisibleEvent, visibility};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::text::figure;
use floorkey_service::event_types::Named;

/// The maximum number of change lines on a page. The same maximum applies to targets.
const PAGE: usize = 100;

/// The maximum size of an event's body that its page contains, in bytes as stored.
const BODY_SHOWN_MAX: usize = 4 * 1024;

#[derive(Template)]
#[template(path = "history/show.html")]
struct EventPage {
    layout: Layout,
    entry: HistoryEntry,
    action: String,
    /// The address of the list of events of this type.
    type_href: String,
    /// The reason that the actor gave.
    reason: Option<String>,
    /// The event's other flags, as text.
    flags: Vec<String>,
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
    targets_count: String,
    targets_pager: Option<PageLinks>,
    related: RelatedEvents,
    undo: UndoOffer,
    evidence: Option<Evidence>,
    shows_actor: bool,
}

/// What the audit log contains about an event. Only viewers who can see the event in full get it.
struct Evidence {
    /// The leaf hash of the event.
    leaf: String,
    /// The text from which the leaf hash is computed. `None` if it is large.
    body: Option<String>,
    /// The address of the text.
    href: String,
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
    let seq = parse_seq(&text)?;
    let mut changes = PageRequest::parse(&fields, "changes", "changes", "Changes");
    let mut targets = PageRequest::parse(&fields, "targets", "targets", "Affected records");
    // Users outside the viewer's scope are treated as nonexistent.
    let about = fields.text("user").and_then(UserId::parse);
    let about = about.filter(|user| viewer.visibility().user(*user).shows_details()).map(RecordKey::User);
    let about: Vec<RecordKey> = about.into_iter().collect();
    let request = |changes: PageRequest, targets: PageRequest| RequestedPart {
        about: about.clone(),
        skip: changes.skip(),
        take: PAGE,
        targets: Some((targets.skip(), PAGE)),
        check: true,
    };
    let mut event = load_event(&viewer, seq, &request(changes, targets)).await?;
    // A page number past the end shows the last page.
    let (last_changes, last_targets) = (PageRequest::last(event.lines), PageRequest::last(event.event.targets.len()));
    if changes.at > last_changes || targets.at > last_targets {
        (changes.at, targets.at) = (changes.at.min(last_changes), targets.at.min(last_targets));
        event = load_event(&viewer, seq, &request(changes, targets)).await?;
    }
    let related = related_events(&viewer, &event).await?;
    let undo = undo::offer(&viewer, &event, related.undone_by).await?;
    let evidence = evidence(&viewer, &event).await?;
    let page_of_event = event_page(&viewer, &event, &fields, (changes, targets));
    Ok(page(&EventPage { related, undo, evidence, ..page_of_event }))
}

/// Returns the text of an event's body, from which its leaf hash is computed.
pub(super) async fn json(viewer: CurrentUser, Path(text): Path<String>) -> Result<Response<Body>, PageError> {
    viewer.authorize(Action::ViewHistoricalChanges, &Target::Instance)?;
    let seq = parse_seq(&text)?;
    let event = load_event(&viewer, seq, &RequestedPart { take: 1, ..RequestedPart::default() }).await?;
    let body = match event.shows_details {
        true => viewer.app().service.store().audit_event_body(viewer.instance(), seq, usize::MAX).await?,
        false => None,
    };
    let text = "The text of this event is not shown, because parts of the event are outside your scope.";
    let body = body.ok_or_else(|| PageError::not_found(text))?;
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// Parses the number of an event in an address.
///
/// # Errors
/// Returns a 404 error if it is not a number.
pub(super) fn parse_seq(text: &str) -> Result<u64, PageError> {
    text.parse().map_err(|_| {
        let text: String = text.chars().take(20).collect();
        PageError::not_found(format!("{text} is not the number of an event."))
    })
}

/// Reads the visible part of an event.
///
/// # Errors
/// Returns a 404 error if the event does not exist, or if the viewer can't see any of it.
pub(super) async fn load_event(
    viewer: &CurrentUser,
    seq: u64,
    requested: &RequestedPart,
) -> Result<VisibleEvent, PageError> {
    let (store, instance) = (viewer.app().service.store(), viewer.instance());
    let found = store.audit_event_part(instance, seq, requested.clone().part(viewer)).await?;
    match found.and_then(|part| visibility::limit_to_viewer(viewer, part)) {
        Some(mut event) => {
            event.about.clone_from(&requested.about);
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

async fn evidence(viewer: &CurrentUser, visible: &VisibleEvent) -> Result<Option<Evidence>, PageError> {
    if !visible.shows_details {
        return Ok(None);
    }
    let (store, seq) = (viewer.app().service.store(), visible.event.seq);
    Ok(Some(Evidence {
        leaf: hex::encode(visible.event.leaf),
        body: store.audit_event_body(viewer.instance(), seq, BODY_SHOWN_MAX).await?,
        href: format!("/connect/history/{seq}/json"),
    }))
}

fn event_page(
    viewer: &CurrentUser,
    visible: &VisibleEvent,
    fields: &Fields,
    (changes, targets): (PageRequest, PageRequest),
) -> EventPage {
    let (event, mut entry) = (&visible.event, HistoryEntry::new(viewer, visible));
    // The changes are on this page under a heading of their own.
    let changes_on_page = std::mem::take(&mut entry.changes);
    let is_reason = |flag: &StoredFlag| matches!(flag, StoredFlag::Reason(_));
    let flags = event.flags.iter().zip(&entry.flags).filter(|(flag, _)| !is_reason(flag));
    let reason = event.flags.iter().find_map(|flag| match flag {
        StoredFlag::Reason(reason) if visible.shows_actor => Some(stored_text(reason)),
        _ => None,
    });
    let keys = event.targets.iter().skip(targets.skip()).take(PAGE);
    EventPage {
        layout: viewer.layout(format!("Event {}", event.seq)),
        action: event.event_type.clone(),
        type_href: format!("{LIST}{}", Fields::default().with("act", Some(&event.event_type)).query()),
        reason,
        flags: flags.map(|(_, text)| text.clone()).collect(),
        revision: visible.revision().map(|revision| revision.0),
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
        targets_count: figure(event.targets.len()),
        targets_pager: targets.pager(event.seq, fields, event.targets.len()),
        related: RelatedEvents::default(),
        undo: UndoOffer::Nothing,
        evidence: None,
        shows_actor: visible.shows_actor,
        entry,
    }
}
