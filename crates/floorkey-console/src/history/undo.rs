//! The preview of an undo: what it would change, or why it is not possible.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::audit::{FieldChange, ValueChange};
use floorkey::visibility::Viewer;
use floorkey::{Action, Refusal, Target};
use floorkey_store::{StoredFieldChange, StoredValue, StoredValueChange};
use http::Response;

use super::change_text::{ChangeLine, EntryContext, change_lines, group_by_record};
use super::related::related_events;
use super::show::{load_event, parse_seq};
use super::visibility::{is_hidden_field, is_shown_target, shows};
use super::{HistoryEntry, RequestedPart, VisibleEvent};
use crate::undo::refusal_text;
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::scan::scan;
use crate::web::text::count_noun;
use floorkey_service::event_types::Named;

/// The maximum number of records of an event whose page contains the preview. The preview of a larger event has a page of
/// its own, because it takes longer.
const INLINE_TARGETS_MAX: usize = 20;

/// The maximum number of change lines in a preview.
const LINES_MAX: usize = 20;

/// What a page says about undoing an event.
pub(super) enum UndoOffer {
    /// The event changed nothing.
    Nothing,
    /// The event was already undone by another one.
    Undone(u64),
    /// The preview has a page of its own.
    Page(String),
    Preview(UndoPreview),
}

/// The result of planning an undo.
pub(super) struct UndoPreview {
    pub(super) revision: u64,
    /// The address of the event's page.
    pub(super) back: String,
    /// The changes that the undo would make.
    pub(super) changes: Vec<ChangeLine>,
    /// The number of further changes.
    pub(super) more: usize,
    /// Why the event can't be undone.
    pub(super) refusal: Option<String>,
    /// Whether the viewer has to confirm their identity first.
    pub(super) needs_recent_sign_in: bool,
}

impl UndoPreview {
    /// Returns the changes that the undo would make, grouped by the changed record.
    pub(super) fn changes_by_record(&self) -> impl Iterator<Item = (Option<&Named>, &[ChangeLine])> {
        group_by_record(&self.changes)
    }

    /// Returns the number of changes that are not listed.
    pub(super) fn more_text(&self) -> String {
        count_noun(self.more, "more change")
    }
}

#[derive(Template)]
#[template(path = "history/undo_page.html")]
struct UndoPage {
    layout: Layout,
    entry: HistoryEntry,
    undo: UndoOffer,
}

/// Shows what undoing an event would do.
pub(super) async fn review(viewer: CurrentUser, Path(text): Path<String>) -> Result<Response<Body>, PageError> {
    viewer.authorize(Action::ViewHistoricalChanges, &Target::Instance)?;
    let seq = parse_seq(&text)?;
    let event = load_event(&viewer, seq, &RequestedPart { take: 1, ..RequestedPart::default() }).await?;
    let undo = match related_events(&viewer, &event).await?.undone_by {
        Some(by) => UndoOffer::Undone(by),
        None => preview(&viewer, &event).await?,
    };
    Ok(page(&UndoPage {
        layout: viewer.layout(format!("Undo event {seq}")),
        entry: HistoryEntry::new(&viewer, &event),
        undo,
    }))
}

/// Returns what the page of an event says about undoing the event.
///
/// # Errors
/// Returns an error if the store fails.
pub(super) async fn offer(
    viewer: &CurrentUser,
    event: &VisibleEvent,
    undone_by: Option<u64>,
) -> Result<UndoOffer, PageError> {
    match undone_by {
        Some(by) => Ok(UndoOffer::Undone(by)),
        None if event.revision().is_some() && event.all_targets() > INLINE_TARGETS_MAX => {
            Ok(UndoOffer::Page(format!("/connect/history/{}/undo", event.event.seq)))
        }
        None => preview(viewer, event).await,
    }
}

/// Plans the undo of an event, without carrying it out.
async fn preview(viewer: &CurrentUser, event: &VisibleEvent) -> Result<UndoOffer, PageError> {
    let Some(revision) = event.revision() else { return Ok(UndoOffer::Nothing) };
    let command = viewer.app().service.undo_command(&viewer.principal, viewer.instance(), revision).await?;
    let planned = scan(viewer, move |viewer| viewer.plan(&command)).await?;
    let mut preview = UndoPreview {
        revision: revision.0,
        back: format!("/connect/history/{}", event.event.seq),
        changes: Vec::new(),
        more: 0,
        refusal: None,
        needs_recent_sign_in: false,
    };
    match planned {
        Ok(planned) => (preview.changes, preview.more) = lines(viewer, event, &planned.change.event().changes),
        Err(refusal) if matches!(refusal.root(), Refusal::NotRecentlyAuthenticated { .. }) => {
            preview.needs_recent_sign_in = true;
        }
        Err(refusal) => preview.refusal = Some(refusal_text(refusal)),
    }
    Ok(UndoOffer::Preview(preview))
}

/// Returns the first lines that describe the changes, and the number of further lines.
fn lines(viewer: &CurrentUser, event: &VisibleEvent, changes: &[FieldChange]) -> (Vec<ChangeLine>, usize) {
    let principal = viewer.principal();
    let visible = Viewer::new(&viewer.directory, &principal, viewer.now);
    let is_visible = |change: &&FieldChange| {
        is_shown_target(&change.record) && !is_hidden_field(change.field) && shows(&visible, &change.record)
    };
    let changes: Vec<StoredFieldChange> = changes.iter().filter(is_visible).map(to_stored).collect();
    let total: usize = changes.iter().map(|change| change.change.lines()).sum();
    let mut undone = event.clone();
    undone.about.clear();
    undone.names.clone_from(&changes);
    undone.event.changes = changes;
    undone.event.changes.truncate(LINES_MAX);
    let mut lines = change_lines(&EntryContext { viewer, visible }, &undone);
    lines.truncate(LINES_MAX);
    let more = total.saturating_sub(lines.len());
    (lines, more)
}

fn to_stored(change: &FieldChange) -> StoredFieldChange {
    let values = |values: &[String]| values.iter().cloned().map(StoredValue::Value).collect();
    let value = |value: &Option<String>| value.clone().map(StoredValue::Value);
    StoredFieldChange {
        record: change.record.clone(),
        field: change.field.to_owned(),
        change: match &change.change {
            ValueChange::Value { before, after } => {
                StoredValueChange::Value { before: value(before), after: value(after) }
            }
            ValueChange::Members { added, removed } => {
                StoredValueChange::Members { added: values(added), removed: values(removed) }
            }
        },
    }
}
