//! The page with the form and the answer.

use askama::Template;
use axum::body::Body;
use floorkey::review::capabilities::{Capability, capabilities};
use http::Response;

use super::decision::{self, Decision};
use super::form_input::{ADVANCED_FIELDS, FieldErrors, FormInput};
use super::list::{self, ListAnswer};
use super::question::{QueryKind, Question};
use super::who::{self, WhoAnswer};
use super::{PAGE, allow};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::scan::scan;

#[derive(Template)]
#[template(path = "check_access/page.html")]
struct CheckAccessPage {
    layout: Layout,
    /// The kinds of questions, each with a label, the URL of the page with the same fields, and a flag for the current
    /// kind.
    kinds: Vec<(&'static str, String, bool)>,
    /// The kind of question, as in the URL: `can`, `who`, `what` or `on-what`.
    ask: &'static str,
    input: FormInput,
    errors: FieldErrors,
    resource_types: Vec<(String, String)>,
    phrases: Vec<&'static str>,
    open_advanced: bool,
    /// Questions to start with, each with its text and the URL of the answer. Empty unless the form is empty.
    examples: Vec<(String, String)>,
    answer: Answer,
}

/// The answer to the question in the form.
enum Answer {
    /// The form is empty or has errors.
    None,
    Decision(Box<Decision>),
    Who(Box<WhoAnswer>),
    List(Box<ListAnswer>),
}

/// The kinds of questions, each with its name in the URL and its label.
const KINDS: [(QueryKind, &str, &str); 4] = [
    (QueryKind::Decision, "can", "Can a user …?"),
    (QueryKind::Who, "who", "Who can …?"),
    (QueryKind::What, "what", "What can a user do?"),
    (QueryKind::Resources, "on-what", "On what can a user …?"),
];

/// Returns the kind of question that the field `ask` requests.
pub(super) fn query_kind(fields: &Fields, default: QueryKind) -> QueryKind {
    KINDS.into_iter().find(|(_, name, _)| *name == fields.raw("ask")).map_or(default, |(kind, ..)| kind)
}

/// Returns the name of a kind of question in the URL.
pub(super) fn query_kind_name(kind: QueryKind) -> &'static str {
    KINDS.into_iter().find(|(known, ..)| *known == kind).map_or("can", |(_, name, _)| name)
}

/// Shows the page, which asks whether a user can do something unless the query says otherwise.
pub(super) async fn show(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    respond(viewer, fields, QueryKind::Decision).await
}

/// Shows the page at its older address, which asks who can do something unless the query says otherwise.
pub(super) async fn show_search(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    let kind = query_kind(&fields, QueryKind::Who);
    let fields = fields.with("ask", Some(query_kind_name(kind)));
    respond(viewer, fields, kind).await
}

async fn respond(viewer: CurrentUser, fields: Fields, default: QueryKind) -> Result<Response<Body>, PageError> {
    allow(&viewer)?;
    scan(&viewer, move |viewer| build(viewer, &fields, default)).await?.map(|built| page(&built))
}

fn build(viewer: &CurrentUser, fields: &Fields, default: QueryKind) -> Result<CheckAccessPage, PageError> {
    let kind = query_kind(fields, default);
    let input = FormInput::parse(fields);
    let (mut errors, mut answer) = (FieldErrors::default(), Answer::None);
    if !input.is_blank() {
        match Question::parse(viewer, kind, &input, fields, PAGE) {
            Ok(question) => answer = Answer::new(viewer, kind, &question, &input, fields)?,
            Err(field_errors) => errors = *field_errors,
        }
    }
    let kinds = KINDS.into_iter().map(|(other, name, label)| {
        let fields = fields.with("page", None).without_blank().with("ask", Some(name));
        (label, format!("{PAGE}{}", fields.query()), other == kind)
    });
    Ok(CheckAccessPage {
        layout: viewer.layout("Check access"),
        kinds: kinds.collect(),
        ask: query_kind_name(kind),
        resource_types: super::resource_input::resource_types(viewer),
        phrases: capabilities().iter().map(|capability| capability.phrase).collect(),
        open_advanced: input.has_advanced() || errors.has(&ADVANCED_FIELDS),
        examples: if input.is_blank() { examples(viewer, kind) } else { Vec::new() },
        input,
        errors,
        answer,
    })
}

impl Answer {
    fn new(
        viewer: &CurrentUser,
        kind: QueryKind,
        question: &Question,
        input: &FormInput,
        fields: &Fields,
    ) -> Result<Self, PageError> {
        Ok(match kind {
            QueryKind::Decision => Self::Decision(Box::new(decision::decide(viewer, question, input)?)),
            QueryKind::Who => Self::Who(Box::new(who::answer(viewer, question, input, fields)?)),
            QueryKind::What | QueryKind::Resources => {
                Self::List(Box::new(list::answer(viewer, kind, question, input, fields)?))
            }
        })
    }
}

/// Returns questions to start with.
fn examples(viewer: &CurrentUser, kind: QueryKind) -> Vec<(String, String)> {
    let login = viewer.user.username.as_str();
    let phrase = |capability: &'static Capability| match kind {
        QueryKind::Who => {
            let question = format!("Who can {}?", capability.phrase);
            Some((question, super::address(&[("ask", "who"), ("can", capability.phrase)])))
        }
        QueryKind::Decision => {
            let question = format!("Can you {}?", capability.phrase);
            Some((question, super::address(&[("who", login), ("can", capability.phrase)])))
        }
        QueryKind::What | QueryKind::Resources => None,
    };
    let mut examples: Vec<_> = capabilities().iter().filter_map(phrase).collect();
    if kind == QueryKind::What {
        examples.push(("What can you do?".to_owned(), super::address(&[("ask", "what"), ("who", login)])));
    }
    if kind == QueryKind::Resources {
        let fields = [("ask", "on-what"), ("who", login), ("can", "Users.Edit")];
        examples.push(("Which users can you edit?".to_owned(), super::address(&fields)));
    }
    examples
}
