//! The list of historical changes.

use askama::Template;
use axum::body::Body;
use floorkey::Act;
use floorkey::text::folded;
use floorkey_store::StoredEvent;
use http::Response;

use super::filter::{Filter, Token};
use super::{Line, find};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use floorkey_service::event_types::{EventType, Noun};

/// The number of changes on a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "history/list.html")]
struct HistoryPage {
    layout: Layout,
    lines: Vec<Line>,
    hidden: usize,
    older: Option<String>,
    newest: Option<String>,
    download: String,
    tokens: Vec<Token>,
    shown: Shown,
    event_types: Vec<TypeGroup>,
    profiles: Vec<(String, String, bool)>,
}

/// The filter fields as submitted, with their errors.
struct Shown {
    user: String,
    actor: String,
    from: String,
    to: String,
    refused: bool,
    flagged: bool,
    sign_ins: bool,
    reference: String,
    user_wrong: Option<String>,
    reference_wrong: Option<String>,
    actor_wrong: Option<String>,
    profile_wrong: Option<String>,
    from_wrong: Option<String>,
    to_wrong: Option<String>,
}

impl Shown {
    /// Whether a field is invalid, which makes the form open.
    fn is_wrong(&self) -> bool {
        let wrong = [&self.user_wrong, &self.actor_wrong, &self.profile_wrong, &self.from_wrong, &self.to_wrong];
        wrong.into_iter().chain([&self.reference_wrong]).any(Option::is_some)
    }
}

pub(super) async fn list(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    let filter = Filter::read(&viewer, &fields);
    let found = find(&viewer, filter.query.clone(), PAGE, filter.user().as_ref(), keep(&fields)).await?;
    let address = |fields: Fields| format!("/connect/history{}", fields.query());
    let page_of = |before: Option<u64>| address(fields.with("before", before.map(|seq| seq.to_string()).as_deref()));
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
        older: found.older.map(|seq| page_of(Some(seq))),
        newest: fields.has("before").then(|| page_of(None)),
        download: format!("/connect/history.csv{}", fields.with("before", None).query()),
        lines: found.lines,
        shown: shown(&fields, &filter),
        tokens: filter.tokens,
        event_types: event_types(fields.text("act")),
        profiles,
    }))
}

/// The event types about one noun.
struct TypeGroup {
    label: &'static str,
    /// The name of an operation of each type, its title, and whether it is selected.
    types: Vec<(&'static str, &'static str, bool)>,
}

fn event_types(chosen: Option<&str>) -> Vec<TypeGroup> {
    let chosen = chosen.and_then(Act::parse).map(|act| EventType::of(act).title);
    let all = EventType::all();
    let option = |one: &EventType| {
        let act = one.acts().next()?;
        Some((act.name(), one.title, chosen == Some(one.title)))
    };
    let group = |noun: Noun| TypeGroup {
        label: noun.label(),
        types: all.iter().filter(|one| one.noun == noun).filter_map(option).collect(),
    };
    Noun::ALL.into_iter().map(group).collect()
}

/// Leaves out sign-ins and sign-outs unless requested, because they outnumber all other events.
pub(super) fn keep(fields: &Fields) -> impl Fn(&StoredEvent) -> bool + use<> {
    let all = fields.has("sign-ins") || fields.text("act").is_some();
    move |event| all || !matches!(event.act.as_str(), "SignIn" | "SignOut")
}

fn shown(fields: &Fields, filter: &Filter) -> Shown {
    let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
    Shown {
        user: text("user"),
        reference: text("reference"),
        reference_wrong: filter.problem("reference"),
        actor: text("actor"),
        from: text("from"),
        to: text("to"),
        refused: fields.has("refused"),
        flagged: fields.has("flagged"),
        sign_ins: fields.has("sign-ins"),
        user_wrong: filter.problem("user"),
        actor_wrong: filter.problem("actor"),
        profile_wrong: filter.problem("profile"),
        from_wrong: filter.problem("from"),
        to_wrong: filter.problem("to"),
    }
}
