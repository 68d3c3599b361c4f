//! The page for one decision. It shows the question in plain words, the answer with all relevant grants, and the
//! profiles that would allow the action. It also shows the AuthZEN request for the user to copy.

use askama::Template;
use axum::body::Body;
use floorkey::review::why_not::{self, ProfileSuggestion};
use floorkey::{
    Action, AnyPermission, Explanation, Reason, Request, RequestedAction, ResourceAttributes, ResourceView, Target,
    User, limits,
};
use http::Response;

use super::form_input::{ADVANCED_FIELDS, FieldErrors, FormInput};
use super::permission_input::PermissionLabel;
use super::question::{QueryKind, Question};
use super::reasons::{self, GrantText};
use super::resource_input::INSTANCE;
use super::{DECISION, allow};
use crate::user::why_denied::{SuggestionRow, suggestions};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::scan::scan;
use floorkey_authzen::EvaluationError;

#[derive(Template)]
#[template(path = "check_access/decision.html")]
struct DecisionPage {
    layout: Layout,
    input: FormInput,
    errors: FieldErrors,
    resource_types: Vec<(String, String)>,
    permissions: Vec<PermissionLabel>,
    open_advanced: bool,
    decision: Option<Decision>,
}

/// The answer to a question.
struct Decision {
    allowed: bool,
    /// The question and its answer as one statement, such as `Ann Lee may not use Users: Edit on Bob Roy`.
    sentence: String,
    /// The reason for the decision, worded as a continuation of `sentence`.
    reason: &'static str,
    about: String,
    at: String,
    has_time: bool,
    revision: u64,
    grants: Vec<GrantText>,
    /// Additional information about the answer.
    notes: Vec<String>,
    suggestions: Vec<SuggestionRow>,
    /// Whether the viewer has permission to assign a suggested profile.
    can_assign: bool,
    user: (String, String),
    search: Vec<(String, String)>,
    request: String,
    shell: String,
}

pub(super) async fn show(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    allow(&viewer)?;
    scan(&viewer, move |viewer| build(viewer, &fields)).await?.map(|built| page(&built))
}

fn build(viewer: &CurrentUser, fields: &Fields) -> Result<DecisionPage, PageError> {
    let input = FormInput::parse(fields);
    let (mut errors, mut decision) = (FieldErrors::default(), None);
    if !input.is_blank() {
        match Question::parse(viewer, QueryKind::Decision, &input, fields, DECISION) {
            Ok(question) => decision = Some(decide(viewer, &question, &input)?),
            Err(field_errors) => errors = *field_errors,
        }
    }
    Ok(DecisionPage {
        layout: viewer.layout("Check access"),
        resource_types: super::resource_input::resource_types(viewer),
        permissions: super::permission_input::all(viewer)
            .map(|permission| PermissionLabel::new(viewer, &permission))
            .collect(),
        open_advanced: input.has_attributes() || !input.at.is_empty() || errors.has(&ADVANCED_FIELDS),
        input,
        errors,
        decision,
    })
}

/// The engine's evaluation of the question.
struct QueryEvaluation {
    explanation: Explanation,
    /// The grants of the permission, as text.
    grants: Vec<GrantText>,
    paths: Vec<ProfileSuggestion>,
    /// Whether lists show the resource's name to the user, even if the decision is a denial.
    is_listed: bool,
}

fn decide(viewer: &CurrentUser, question: &Question, input: &FormInput) -> Result<Decision, PageError> {
    let (Some(user), Some(permission)) = (&question.user, &question.permission) else {
        return Err(PageError::bad_request("The question is not complete."));
    };
    let evaluation = question.evaluate(viewer, |request| explain(viewer, user, request));
    let (reason, evaluation) = match evaluation {
        Ok(evaluation) => (evaluation.explanation.decision.reason, Some(evaluation)),
        Err(EvaluationError::Denied(reason)) => (reason, None),
        Err(EvaluationError::Invalid(problem)) => return Err(PageError::bad_request(problem)),
    };
    let allowed = matches!(reason, Reason::Granted | Reason::GrantedInScope);
    let label = PermissionLabel::new(viewer, permission);
    let on = if question.resource.display_name.is_empty() {
        String::new()
    } else {
        format!(" on {}", question.resource.display_name)
    };
    let verb = if allowed { "can use" } else { "can’t use" };
    let can_assign = viewer.can(Action::UpdateUserSecurityProfiles, &Target::User(user.id));
    let suggestions =
        evaluation.as_ref().map(|evaluation| suggestions(viewer, user, &evaluation.paths)).unwrap_or_default();
    let grants = evaluation.as_ref().map(|evaluation| evaluation.explanation.grants.as_slice()).unwrap_or_default();
    Ok(Decision {
        allowed,
        sentence: format!("{} {verb} {}{on}", user.display_name(), label.name),
        reason: if reason == Reason::OutOfScope { reasons::limitation_reason(grants) } else { reason.as_str() },
        about: label.about,
        at: viewer.time(question.at),
        has_time: question.has_time,
        revision: viewer.directory.revision().0,
        grants: evaluation.as_ref().map(|evaluation| evaluation.grants.clone()).unwrap_or_default(),
        notes: notes(viewer, question, user, reason, evaluation.as_ref()),
        can_assign,
        suggestions,
        user: (user.display_name(), format!("/connect/users/{}", user.id)),
        search: searches(input, question, user),
        request: question.request(),
        shell: question.shell(viewer),
    })
}

fn explain(viewer: &CurrentUser, user: &User, request: &Request<'_>) -> QueryEvaluation {
    let directory = &viewer.directory;
    let is_listed = match request.action {
        RequestedAction::Permission(view) => {
            let any = ResourceAttributes { resource_type: view.info().resource_type, ..ResourceAttributes::UNKNOWN };
            let seen = directory.resource_view(request).filter(|_| !matches!(request.target, Target::Instance));
            directory.inherits_view(user, view, seen.unwrap_or_else(|| ResourceView::from(&any)), request.at)
        }
        RequestedAction::Application { .. } | RequestedAction::Unknown(_) => false,
    };
    let explanation = directory.explain(request);
    let grants = explanation.grants.iter().map(|grant| GrantText::new(viewer, user, grant, &request.target)).collect();
    QueryEvaluation { explanation, grants, paths: why_not::suggest_profiles(directory, request), is_listed }
}

/// Returns additional information about an answer.
fn notes(
    viewer: &CurrentUser,
    question: &Question,
    user: &User,
    reason: Reason,
    evaluation: Option<&QueryEvaluation>,
) -> Vec<String> {
    let mut notes = Vec::new();
    let denied = !matches!(reason, Reason::Granted | Reason::GrantedInScope);
    if question.resource.is_described_only && question.resource.kind != INSTANCE {
        notes.push(format!(
            "Floorkey knows nothing else about {}. Only the attributes entered here are used.",
            question.resource.display_name
        ));
    }
    match reason {
        Reason::Disabled => notes.push("The user must also be enabled.".to_owned()),
        Reason::OutOfScope if question.resource.kind == INSTANCE => {
            notes.push("Enter a resource to see whether the permission applies to it.".to_owned());
        }
        Reason::NamespaceNotRegistered => notes.push(
            "Profiles can contain permissions of an application before it is registered. They apply from then on."
                .to_owned(),
        ),
        _ => {}
    }
    if let (true, Some(QueryEvaluation { is_listed: true, .. }), Some(AnyPermission::Catalog(view))) =
        (denied, evaluation, &question.permission)
    {
        let grants = viewer.directory.grants_at(user, question.at).all_permissions();
        notes.extend(reasons::list_notes(&grants, *view));
    }
    if let (true, Some(evaluation)) = (denied, evaluation) {
        let grantable = matches!(reason, Reason::NotGranted | Reason::OutOfScope | Reason::Disabled);
        if grantable && evaluation.paths.is_empty() && viewer.visibility().sees_all_profiles() {
            notes.push("No other security profile would allow it. Add the permission to a profile, or create a profile with it.".to_owned());
        }
        let assigned_count = user.assignments.iter().filter(|assignment| !assignment.has_ended(question.at)).count();
        if !evaluation.paths.is_empty() && assigned_count >= limits::PROFILES_A_USER_MAX {
            notes.push("The user already has ten security profiles. Remove one of them first.".to_owned());
        }
    }
    notes
}

/// Returns links to the search page, with the known fields filled in.
fn searches(input: &FormInput, question: &Question, user: &User) -> Vec<(String, String)> {
    let query = |fields: &[(&str, &str)]| {
        let filled = fields.iter().filter(|(_, value)| !value.is_empty());
        format!("{}?{}", super::SEARCH, form_urlencoded::Serializer::new(String::new()).extend_pairs(filled).finish())
    };
    let FormInput { can, to, .. } = input;
    let kind = Some(question.resource.kind.as_str()).filter(|kind| *kind != INSTANCE).unwrap_or_default();
    let who = user.username.as_str();
    vec![
        ("Who can do this?".to_owned(), query(&[("ask", "who"), ("can", can), ("kind", kind), ("to", to)])),
        (
            "What else can they do with it?".to_owned(),
            query(&[("ask", "what"), ("who", who), ("kind", kind), ("to", to)]),
        ),
        (
            "On which other resources?".to_owned(),
            query(&[("ask", "on-what"), ("who", who), ("can", can), ("kind", kind)]),
        ),
    ]
}
