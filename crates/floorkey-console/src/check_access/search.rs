//! The search page. It answers three questions: who can perform an action, which actions a user can perform, and on
//! which resources.

use askama::Template;
use axum::body::Body;
use http::Response;

use super::form_input::{ADVANCED_FIELDS, FieldErrors, FormInput};
use super::permission_input::PermissionLabel;
use super::question::{QueryKind, Question};
use super::results::{ResultRow, Results};
use super::{SEARCH, allow, can_see_all_users};
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
    /// The current tab: `who`, `what` or `on-what`.
    tab: &'static str,
    input: FormInput,
    errors: FieldErrors,
    resource_types: Vec<(String, String)>,
    permissions: Vec<PermissionLabel>,
    open_advanced: bool,
    found: Option<ResultPage>,
}

/// A page of results.
struct ResultPage {
    /// The question as Floorkey interpreted it, such as `Who can use Users: Edit?`.
    headline: String,
    count: String,
    /// The heading of the first column.
    heading: &'static str,
    /// The heading of the second column.
    second_column: &'static str,
    rows: Vec<ResultRow>,
    /// The range of results on this page, such as `101 to 200`. `None` if there is only one page.
    range: Option<String>,
    before: Option<String>,
    after: Option<String>,
    download: String,
    /// An explanation and next steps if there are no results.
    empty: Option<EmptyResult>,
    is_scoped: bool,
    at: String,
    has_time: bool,
    request: String,
    shell: String,
}

/// The text for an empty result.
pub(super) struct EmptyResult {
    pub(super) text: String,
    pub(super) steps: Vec<(String, String)>,
}

/// Returns the kind of question that the query string requests, and the name of its tab.
pub(super) fn query_kind(fields: &Fields) -> (QueryKind, &'static str) {
    match fields.raw("ask") {
        "what" => (QueryKind::What, "what"),
        "on-what" => (QueryKind::Resources, "on-what"),
        _ => (QueryKind::Who, "who"),
    }
}

pub(super) async fn show(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    allow(&viewer)?;
    scan(&viewer, move |viewer| build(viewer, &fields)).await?.map(|built| page(&built))
}

fn build(viewer: &CurrentUser, fields: &Fields) -> Result<SearchPage, PageError> {
    let (query_kind, tab) = query_kind(fields);
    let input = FormInput::parse(fields);
    let (mut errors, mut found) = (FieldErrors::default(), None);
    if !input.is_blank() {
        match Question::parse(viewer, query_kind, &input, fields, SEARCH) {
            Ok(question) => found = Some(result_page(viewer, query_kind, &question, &input, fields)?),
            Err(field_errors) => errors = *field_errors,
        }
    }
    let title = match query_kind {
        QueryKind::What => "What can a user do?",
        QueryKind::Resources => "On which resources?",
        QueryKind::Who | QueryKind::Decision => "Who can do it?",
    };
    Ok(SearchPage {
        layout: viewer.layout(title),
        title,
        tab,
        resource_types: super::resource_input::resource_types(viewer),
        permissions: super::permission_input::all(viewer)
            .map(|permission| PermissionLabel::new(viewer, &permission))
            .collect(),
        open_advanced: input.has_attributes() || !input.at.is_empty() || errors.has(&ADVANCED_FIELDS),
        input,
        errors,
        found,
    })
}

fn result_page(
    viewer: &CurrentUser,
    query_kind: QueryKind,
    question: &Question,
    input: &FormInput,
    fields: &Fields,
) -> Result<ResultPage, PageError> {
    let results = Results::find(viewer, query_kind, question)?;
    let total = results.len();
    let pages = total.div_ceil(PAGE).max(1);
    let number = fields.raw("page").parse().unwrap_or(1_usize).clamp(1, pages);
    let begin = (number - 1) * PAGE;
    let url_of = |number: usize| {
        let number = (number > 1).then(|| number.to_string());
        format!("{SEARCH}{}", fields.with("page", number.as_deref()).without_blank().query())
    };
    let end = (begin + PAGE).min(total);
    let (heading, second_column, noun) = match query_kind {
        QueryKind::What => ("Permission", "Lets them", "permission"),
        QueryKind::Resources => ("Resource", "Type", "resource"),
        QueryKind::Who | QueryKind::Decision => ("User", "Login name", "user"),
    };
    Ok(ResultPage {
        headline: headline(viewer, query_kind, question),
        count: text::count_noun(total, noun),
        heading,
        second_column,
        rows: results.rows(viewer, question, begin..end)?,
        range: (pages > 1).then(|| format!("{} to {}", text::figure(begin + 1), text::figure(end))),
        before: (number > 1).then(|| url_of(number - 1)),
        after: (number < pages).then(|| url_of(number + 1)),
        download: format!("{SEARCH}/download{}", fields.with("page", None).without_blank().query()),
        empty: (total == 0).then(|| explain_empty(query_kind, question, input, results.denied())),
        is_scoped: !can_see_all_users(viewer),
        at: viewer.time(question.at),
        has_time: question.has_time,
        request: question.request(),
        shell: question.shell(viewer),
    })
}

/// Returns the question as Floorkey interpreted it.
fn headline(viewer: &CurrentUser, query_kind: QueryKind, question: &Question) -> String {
    let can = question
        .permission
        .as_ref()
        .map(|permission| PermissionLabel::new(viewer, permission).name)
        .unwrap_or_default();
    let who = question.user.as_ref().map(|user| user.display_name()).unwrap_or_default();
    let resource = &question.resource.display_name;
    match query_kind {
        QueryKind::What if resource.is_empty() => format!("What can {who} do?"),
        QueryKind::What => format!("What can {who} do to {resource}?"),
        QueryKind::Resources => format!("On what can {who} use {can}?"),
        QueryKind::Who | QueryKind::Decision if resource.is_empty() => format!("Who can use {can}?"),
        QueryKind::Who | QueryKind::Decision => format!("Who can use {can} on {resource}?"),
    }
}

/// Explains why there are no results, and suggests next steps.
fn explain_empty(
    query_kind: QueryKind,
    question: &Question,
    input: &FormInput,
    denied: Option<floorkey::Reason>,
) -> EmptyResult {
    let query = |path: &str, fields: &[(&str, &str)]| {
        let filled = fields.iter().filter(|(_, value)| !value.is_empty());
        format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(filled).finish())
    };
    let FormInput { who, can, to, .. } = input;
    let text = match (denied, query_kind) {
        (Some(reason), _) => format!("Nothing can be done: {}.", reason.as_str()),
        (None, QueryKind::Who | QueryKind::Decision) => "No users have this permission for this resource.".to_owned(),
        (None, QueryKind::What) => "None of their permissions apply to this.".to_owned(),
        (None, QueryKind::Resources) => "It applies to no resource that Floorkey knows.".to_owned(),
    };
    let mut steps = Vec::new();
    match query_kind {
        QueryKind::Who | QueryKind::Decision if !to.is_empty() => {
            steps.push(("Who can do it anywhere?".to_owned(), query(SEARCH, &[("ask", "who"), ("can", can)])))
        }
        QueryKind::Who | QueryKind::Decision => {
            steps.push(("Look through security profiles".to_owned(), "/connect/security-profiles".to_owned()))
        }
        QueryKind::What => steps.extend(
            question
                .user
                .as_ref()
                .map(|user| ("Everything they can do".to_owned(), format!("/connect/users/{}", user.id))),
        ),
        QueryKind::Resources => {
            steps.push(("See why".to_owned(), query(super::DECISION, &[("who", who), ("can", can)])))
        }
    }
    EmptyResult { text, steps }
}
