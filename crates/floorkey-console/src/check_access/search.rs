//! The search page: who can do something, what a user can do, and on which resources.

use askama::Template;
use axum::body::Body;
use http::Response;

use super::meaning::Called;
use super::question::{Ask, Question};
use super::results::{Results, Row};
use super::typed::{Slips, Typed};
use super::{SEARCH, allow, sees_everybody};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::scan::scan;
use crate::web::text;

/// The number of results on a page.
const PAGE: usize = 100;

#[derive(Template)]
#[template(path = "check_access/search.html")]
struct SearchPage {
    layout: Layout,
    title: &'static str,
    /// `who`, `what` or `on-what`.
    tab: &'static str,
    typed: Typed,
    slips: Slips,
    kinds: Vec<(String, String)>,
    permissions: Vec<Called>,
    open_more: bool,
    found: Option<Listed>,
}

/// A page of results.
struct Listed {
    /// The question as it was interpreted: `Who can use Users: Edit?`
    headline: String,
    count: String,
    /// The heading of the first column.
    heading: &'static str,
    /// The heading of the second column.
    beside: &'static str,
    rows: Vec<Row>,
    /// The range of the page if there are several: `101 to 200`.
    range: Option<String>,
    before: Option<String>,
    after: Option<String>,
    download: String,
    /// An explanation and next steps if there are no results.
    nothing: Option<Nothing>,
    scoped: bool,
    at: String,
    dated: bool,
    request: String,
    shell: String,
}

/// The text for an empty result.
pub(super) struct Nothing {
    pub(super) text: String,
    pub(super) steps: Vec<(String, String)>,
}

/// The question of the query string, and its tab.
pub(super) fn ask_of(fields: &Fields) -> (Ask, &'static str) {
    match fields.raw("ask") {
        "what" => (Ask::What, "what"),
        "on-what" => (Ask::OnWhat, "on-what"),
        _ => (Ask::Who, "who"),
    }
}

pub(super) async fn show(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    allow(&viewer)?;
    scan(&viewer, move |viewer| build(viewer, &fields)).await?.map(|built| page(&built))
}

fn build(viewer: &CurrentUser, fields: &Fields) -> Result<SearchPage, PageError> {
    let (ask, tab) = ask_of(fields);
    let typed = Typed::read(fields);
    let (mut slips, mut found) = (Slips::default(), None);
    if !typed.is_blank() {
        match Question::read(viewer, ask, &typed, fields, SEARCH) {
            Ok(question) => found = Some(listed(viewer, ask, &question, &typed, fields)?),
            Err(wrong) => slips = *wrong,
        }
    }
    let title = match ask {
        Ask::What => "What can somebody do?",
        Ask::OnWhat => "On what can somebody do it?",
        Ask::Who | Ask::Decision => "Who can do it?",
    };
    Ok(SearchPage {
        layout: viewer.layout(title),
        title,
        tab,
        kinds: super::thing::kinds(viewer),
        permissions: super::meaning::all(viewer).map(|permission| Called::of(viewer, &permission)).collect(),
        open_more: typed.says_more() || !typed.at.is_empty() || slips.in_more(),
        typed,
        slips,
        found,
    })
}

fn listed(
    viewer: &CurrentUser,
    ask: Ask,
    question: &Question,
    typed: &Typed,
    fields: &Fields,
) -> Result<Listed, PageError> {
    let results = Results::find(viewer, ask, question)?;
    let total = results.len();
    let pages = total.div_ceil(PAGE).max(1);
    let number = fields.raw("page").parse().unwrap_or(1_usize).clamp(1, pages);
    let begin = (number - 1) * PAGE;
    let to = |number: usize| {
        let number = (number > 1).then(|| number.to_string());
        format!("{SEARCH}{}", fields.with("page", number.as_deref()).without_blank().query())
    };
    let end = (begin + PAGE).min(total);
    let (heading, beside, noun) = match ask {
        Ask::What => ("Permission", "Lets them", "permission"),
        Ask::OnWhat => ("Thing", "Type", "thing"),
        Ask::Who | Ask::Decision => ("User", "Login name", "user"),
    };
    Ok(Listed {
        headline: headline(viewer, ask, question),
        count: text::count_noun(total, noun),
        heading,
        beside,
        rows: results.rows(viewer, question, begin..end)?,
        range: (pages > 1).then(|| format!("{} to {}", text::figure(begin + 1), text::figure(end))),
        before: (number > 1).then(|| to(number - 1)),
        after: (number < pages).then(|| to(number + 1)),
        download: format!("{SEARCH}/download{}", fields.with("page", None).without_blank().query()),
        nothing: (total == 0).then(|| nothing(ask, question, typed, results.denied())),
        scoped: !sees_everybody(viewer),
        at: text::utc_time(question.at),
        dated: question.dated,
        request: question.request(),
        shell: question.shell(viewer),
    })
}

/// The question as it was interpreted.
fn headline(viewer: &CurrentUser, ask: Ask, question: &Question) -> String {
    let can = question.permission.as_ref().map(|permission| Called::of(viewer, permission).name).unwrap_or_default();
    let who = question.user.as_ref().map(|user| user.display_name()).unwrap_or_default();
    let thing = &question.thing.words;
    match ask {
        Ask::What if thing.is_empty() => format!("What can {who} do?"),
        Ask::What => format!("What can {who} do to {thing}?"),
        Ask::OnWhat => format!("On what can {who} use {can}?"),
        Ask::Who | Ask::Decision if thing.is_empty() => format!("Who can use {can}?"),
        Ask::Who | Ask::Decision => format!("Who can use {can} on {thing}?"),
    }
}

/// Explains an empty result and suggests next steps.
fn nothing(ask: Ask, question: &Question, typed: &Typed, denied: Option<floorkey::Reason>) -> Nothing {
    let query = |path: &str, fields: &[(&str, &str)]| {
        let filled = fields.iter().filter(|(_, value)| !value.is_empty());
        format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(filled).finish())
    };
    let Typed { who, can, to, .. } = typed;
    let text = match (denied, ask) {
        (Some(reason), _) => format!("Nothing can be done: {}.", reason.words()),
        (None, Ask::Who | Ask::Decision) => "Nobody holds it where it would reach this.".to_owned(),
        (None, Ask::What) => "No permission of theirs reaches this.".to_owned(),
        (None, Ask::OnWhat) => "Nothing that Floorkey knows is within reach of it.".to_owned(),
    };
    let mut steps = Vec::new();
    match ask {
        Ask::Who | Ask::Decision if !to.is_empty() => {
            steps.push(("Who can do it anywhere?".to_owned(), query(SEARCH, &[("ask", "who"), ("can", can)])))
        }
        Ask::Who | Ask::Decision => {
            steps.push(("Look through security profiles".to_owned(), "/connect/security-profiles".to_owned()))
        }
        Ask::What => steps.extend(
            question
                .user
                .as_ref()
                .map(|user| ("Everything they can do".to_owned(), format!("/connect/users/{}", user.id))),
        ),
        Ask::OnWhat => steps.push(("See why".to_owned(), query(super::DECISION, &[("who", who), ("can", can)]))),
    }
    Nothing { text, steps }
}
