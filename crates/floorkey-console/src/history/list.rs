//! The list of historical changes.

use askama::Template;
use axum::body::Body;
use floorkey::Action;
use floorkey::text::folded;
use floorkey_store::StoredEvent;
use http::Response;

use super::filter::EventFilter;
use super::{HistoryEntry, find};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, FilterChip, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use floorkey_service::event_types::{EventType, Noun};

/// The number of changes on a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "history/list.html")]
struct HistoryPage {
    layout: Layout,
    entries: Vec<HistoryEntry>,
    hidden: usize,
    older: Option<String>,
    newest: Option<String>,
    download: String,
    chips: Vec<FilterChip>,
    filter_form: FilterForm,
    event_types: Vec<TypeGroup>,
    profiles: Vec<(String, String, bool)>,
}

/// The filter fields as submitted, with their errors.
struct FilterForm {
    user: String,
    actor: String,
    from: String,
    to: String,
    refused: bool,
    flagged: bool,
    sign_ins: bool,
    reference: String,
    user_error: Option<String>,
    reference_error: Option<String>,
    actor_error: Option<String>,
    profile_error: Option<String>,
    from_error: Option<String>,
    to_error: Option<String>,
}

impl FilterForm {
    /// Whether a field is invalid. If so, the form is expanded.
    fn has_error(&self) -> bool {
        let errors = [&self.user_error, &self.actor_error, &self.profile_error, &self.from_error, &self.to_error];
        errors.into_iter().chain([&self.reference_error]).any(Option::is_some)
    }
}

pub(super) async fn history_page(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    let filter = EventFilter::parse(&viewer, &fields);
    let found = find(&viewer, filter.query.clone(), PAGE, filter.user().as_ref(), event_filter(&fields)).await?;
    let address = |fields: Fields| format!("/connect/history{}", fields.query());
    let url_before = |before: Option<u64>| address(fields.with("before", before.map(|seq| seq.to_string()).as_deref()));
    let chosen = |name: &str, value: &str| fields.text(name) == Some(value);
    let visibility = viewer.visibility();
    let mut profiles: Vec<_> = viewer
        .sees_profiles()
        .then(|| viewer.directory.profiles())
        .into_iter()
        .flatten()
        .filter(|profile| visibility.profile(profile.id).shows_name())
        .map(|profile| (profile.id.to_string(), profile.name.clone(), chosen("profile", &profile.id.to_string())))
        .collect();
    profiles.sort_by_cached_key(|(_, name, _)| folded(name));
    Ok(page(&HistoryPage {
        layout: viewer.layout("Historical changes"),
        hidden: found.hidden,
        older: found.older.map(|seq| url_before(Some(seq))),
        newest: fields.has("before").then(|| url_before(None)),
        download: format!("/connect/history.csv{}", fields.with("before", None).query()),
        entries: found.entries,
        filter_form: filter_form(&fields, &filter),
        chips: filter.chips,
        event_types: event_types(fields.text("act")),
        profiles,
    }))
}

/// A group of event types about the same kind of record.
struct TypeGroup {
    label: &'static str,
    /// The event types in the group. Each entry contains the name of one of its operations, its title, and whether the
    /// event type is selected.
    types: Vec<(&'static str, &'static str, bool)>,
}

fn event_types(chosen: Option<&str>) -> Vec<TypeGroup> {
    let chosen = chosen.and_then(Action::parse).map(|action| EventType::from_action(action).title);
    let all = EventType::all();
    let option = |event_type: &EventType| {
        let action = event_type.actions().next()?;
        Some((action.name(), event_type.title, chosen == Some(event_type.title)))
    };
    let group = |noun: Noun| TypeGroup {
        label: noun.label(),
        types: all.iter().filter(|event_type| event_type.noun == noun).filter_map(option).collect(),
    };
    Noun::ALL.into_iter().map(group).collect()
}

/// Returns a filter that leaves out sign-ins and sign-outs unless they are requested. Otherwise, they would outnumber
/// all other events.
pub(super) fn event_filter(fields: &Fields) -> impl Fn(&StoredEvent) -> bool + use<> {
    let all = fields.has("sign-ins") || fields.text("act").is_some();
    move |event| all || !matches!(event.event_type.as_str(), "SignIn" | "SignOut")
}

fn filter_form(fields: &Fields, filter: &EventFilter) -> FilterForm {
    let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
    FilterForm {
        user: text("user"),
        reference: text("reference"),
        reference_error: filter.error("reference"),
        actor: text("actor"),
        from: text("from"),
        to: text("to"),
        refused: fields.has("refused"),
        flagged: fields.has("flagged"),
        sign_ins: fields.has("sign-ins"),
        user_error: filter.error("user"),
        actor_error: filter.error("actor"),
        profile_error: filter.error("profile"),
        from_error: filter.error("from"),
        to_error: filter.error("to"),
    }
}
