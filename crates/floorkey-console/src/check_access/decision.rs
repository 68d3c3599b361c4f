//! The answer to the question whether a user can perform an action. It says why, with all relevant grants, and what
//! would allow the action.

use floorkey::review::why_not::{self, ProfileSuggestion};
use floorkey::{
    Action, AnyPermission, Explanation, PermissionSet, Reason, Request, RequestedAction, ResourceAttributes,
    ResourceView, Target, User, limits,
};

use super::action_input::{PermissionLabel, RequestedPermissions};
use super::form_input::FormInput;
use super::question::{DeveloperRequest, Question, QuestionItem};
use super::reasons::{self, GrantText};
use super::resource_input::INSTANCE;
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::suggestions::{SuggestionRow, needed_in_practice, new_profile_url, suggestions};
use floorkey_authzen::EvaluationError;

/// The maximum number of permissions for which a new profile with all of them is suggested.
const NEW_PROFILE_MAX: usize = 10;

/// The answer to a question.
pub(super) struct Decision {
    /// `good`, `warn` or `bad`.
    pub(super) kind: &'static str,
    /// `Allowed`, `Only within a scope` or `Denied`.
    pub(super) verdict: &'static str,
    /// The question and its answer as one statement, such as `Ann Lee can’t download recordings`.
    pub(super) sentence: String,
    /// The reason for the decision, worded as a continuation of `sentence`.
    pub(super) reason: String,
    /// What the permission allows. Empty if the question is about several permissions.
    pub(super) about: String,
    pub(super) at: String,
    pub(super) has_time: bool,
    pub(super) revision: u64,
    /// The answers for each permission, if the question is about several.
    pub(super) items: Vec<ItemRow>,
    pub(super) grants: Vec<GrantText>,
    /// Additional information about the answer.
    pub(super) notes: Vec<String>,
    /// Permissions that are needed in practice too, each with the reason.
    pub(super) needed: Vec<(String, &'static str)>,
    pub(super) suggestions: Vec<SuggestionRow>,
    /// The URL of the form for a new profile with just the requested permissions.
    pub(super) new_profile: Option<String>,
    /// Whether the viewer has permission to assign a suggested profile.
    pub(super) can_assign: bool,
    pub(super) user: (String, String),
    pub(super) links: Vec<(String, String)>,
    pub(super) developer: DeveloperRequest,
}

/// The answer about one of several permissions.
pub(super) struct ItemRow {
    pub(super) name: String,
    pub(super) about: String,
    /// The URL of the answer about only this permission.
    pub(super) href: String,
    /// `good`, `warn` or empty.
    pub(super) kind: &'static str,
    pub(super) verdict: &'static str,
    /// The grants of the permission, one per line, or the reason for the denial.
    pub(super) reasons: Vec<String>,
}

/// The engine's evaluation of one item of the question.
struct ItemDecision<'a> {
    item: &'a QuestionItem,
    reason: Reason,
    evaluation: Option<ItemEvaluation>,
}

struct ItemEvaluation {
    explanation: Explanation,
    /// The grants of the permission, as text.
    grants: Vec<GrantText>,
    suggestions: Vec<ProfileSuggestion>,
    /// Whether lists show the resource's name to the user, even if the decision is a denial.
    is_listed: bool,
}

impl ItemDecision<'_> {
    const fn is_allowed(&self) -> bool {
        matches!(self.reason, Reason::Granted | Reason::GrantedInScope)
    }

    /// Whether the user has the permission within a scope, and the question is about no particular resource.
    fn is_limited(&self) -> bool {
        self.reason == Reason::OutOfScope && self.item.resource.kind == INSTANCE
    }

    fn reason_text(&self) -> String {
        let grants = self.evaluation.as_ref().map(|known| known.explanation.grants.as_slice()).unwrap_or_default();
        match self.reason {
            Reason::OutOfScope => reasons::limitation_reason(grants).to_owned(),
            reason => reason.as_str().to_owned(),
        }
    }

    fn verdict(&self) -> (&'static str, &'static str) {
        match (self.is_allowed(), self.is_limited()) {
            (true, _) => ("good", "Allowed"),
            (false, true) => ("warn", "Only within a scope"),
            (false, false) => ("bad", "Denied"),
        }
    }
}

pub(super) fn decide(viewer: &CurrentUser, question: &Question, input: &FormInput) -> Result<Decision, PageError> {
    let (Some(user), Some(requested)) = (&question.user, &question.requested) else {
        return Err(PageError::bad_request("The question is not complete."));
    };
    let decisions = evaluate(viewer, question, user)?;
    let best = decisions.iter().find(|one| one.is_allowed()).or_else(|| decisions.iter().find(|one| one.is_limited()));
    let Some(best) = best.or_else(|| decisions.first()) else {
        return Err(PageError::bad_request("The question is not complete."));
    };
    let (kind, verdict) = best.verdict();
    let (name, phrase) = (user.display_name(), requested.phrase(viewer));
    let resource = question.resource_name();
    let on = if resource.is_empty() { String::new() } else { format!(" on {resource}") };
    let sentence = match verdict {
        "Allowed" => format!("{name} can {phrase}{on}"),
        "Denied" => format!("{name} can’t {phrase}{on}"),
        _ => format!("{name} can {phrase} only for some users or resources"),
    };
    let is_single = decisions.len() == 1;
    let label = best.item.permission.as_ref().filter(|_| is_single).map(|one| PermissionLabel::new(viewer, one));
    let is_denied = !best.is_allowed();
    let help = if is_denied { help(viewer, user, requested, &decisions) } else { HelpWithDenial::default() };
    let granted = viewer.directory.grants_at(user, question.at).all_permissions();
    Ok(Decision {
        kind,
        verdict,
        sentence,
        reason: if is_single { best.reason_text() } else { reason_of_several(&decisions) },
        about: label.map(|label| label.about).unwrap_or_default(),
        at: viewer.time(question.at),
        has_time: question.has_time,
        revision: viewer.directory.revision().0,
        items: if is_single { Vec::new() } else { decisions.iter().map(|one| item_row(viewer, input, one)).collect() },
        notes: notes(viewer, question, user, best, &help),
        grants: best.evaluation.as_ref().map(|evaluation| evaluation.grants.clone()).unwrap_or_default(),
        needed: needed_in_practice(&requested.in_catalog(), &granted),
        suggestions: help.suggestions,
        new_profile: help.new_profile,
        can_assign: viewer.can(Action::UpdateUserSecurityProfiles, &Target::User(user.id)),
        user: (name, format!("/connect/users/{}", user.id)),
        links: links(input, question, user),
        developer: question.developer_request(viewer),
    })
}

fn evaluate<'a>(viewer: &CurrentUser, question: &'a Question, user: &User) -> Result<Vec<ItemDecision<'a>>, PageError> {
    let decide = |item: &'a QuestionItem| {
        let evaluation = question.evaluate(viewer, item, |request| explain(viewer, user, request));
        let (reason, evaluation) = match evaluation {
            Ok(evaluation) => (evaluation.explanation.decision.reason, Some(evaluation)),
            Err(EvaluationError::Denied(reason)) => (reason, None),
            Err(EvaluationError::Invalid(problem)) => return Err(PageError::bad_request(problem)),
        };
        Ok(ItemDecision { item, reason, evaluation })
    };
    question.items.iter().map(decide).collect()
}

fn explain(viewer: &CurrentUser, user: &User, request: &Request<'_>) -> ItemEvaluation {
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
    ItemEvaluation { explanation, grants, suggestions: why_not::suggest_profiles(directory, request), is_listed }
}

/// Returns the reason for a decision about several permissions.
fn reason_of_several(decisions: &[ItemDecision<'_>]) -> String {
    let total = decisions.len();
    let (allowed, limited) = (
        decisions.iter().filter(|one| one.is_allowed()).count(),
        decisions.iter().filter(|one| one.is_limited()).count(),
    );
    let first = decisions.first().map(|one| one.reason);
    match (allowed, limited, first) {
        (0, 0, Some(reason @ (Reason::Disabled | Reason::UnknownUser))) => reason.as_str().to_owned(),
        (0, 0, _) => format!("no profile grants any of the {total} permissions that mean this"),
        (0, limited, _) => format!("{limited} of the {total} permissions that mean this are granted within a scope"),
        (allowed, ..) if allowed == total => format!("all {total} permissions that mean this are granted"),
        (allowed, ..) => format!("{allowed} of the {total} permissions that mean this are granted"),
    }
}

fn item_row(viewer: &CurrentUser, input: &FormInput, decision: &ItemDecision<'_>) -> ItemRow {
    let label = decision.item.permission.as_ref().map(|one| PermissionLabel::new(viewer, one));
    let (name, about) = label.map(|label| (label.name, label.about)).unwrap_or_default();
    let href = super::address(&[("who", &input.who), ("can", &name), ("kind", &input.kind), ("to", &input.to)]);
    let lines = |evaluation: &ItemEvaluation| evaluation.grants.iter().map(GrantText::line).collect();
    let mut reasons: Vec<String> = decision.evaluation.as_ref().map(lines).unwrap_or_default();
    if reasons.is_empty() {
        reasons.push(format!("{}.", floorkey::text::capitalized(&decision.reason_text())));
    }
    let (kind, verdict) = decision.verdict();
    ItemRow { name, about, href, kind: if kind == "bad" { "" } else { kind }, verdict, reasons }
}

/// What would help a user who is denied.
#[derive(Default)]
struct HelpWithDenial {
    suggestions: Vec<SuggestionRow>,
    new_profile: Option<String>,
    /// Whether a profile could allow it at all.
    is_grantable: bool,
}

fn help(
    viewer: &CurrentUser,
    user: &User,
    requested: &RequestedPermissions,
    decisions: &[ItemDecision<'_>],
) -> HelpWithDenial {
    let permissions = requested.in_catalog();
    let is_grantable =
        decisions.iter().any(|one| matches!(one.reason, Reason::NotGranted | Reason::OutOfScope | Reason::Disabled));
    let names_one_thing = requested.capability.is_some() || decisions.len() == 1;
    let name = match requested.capability {
        Some(capability) => capability.phrase.to_owned(),
        None => requested.permissions.first().map(|one| PermissionLabel::new(viewer, one).name).unwrap_or_default(),
    };
    let offers_new = is_grantable && names_one_thing && permissions.len() <= NEW_PROFILE_MAX;
    HelpWithDenial {
        suggestions: suggestions(viewer, user, &merged_suggestions(decisions, &permissions)),
        new_profile: if offers_new { new_profile_url(viewer, &name, &permissions) } else { None },
        is_grantable,
    }
}

/// Returns the profiles that would allow any of the items, sorted by rank. A requested permission does not count as an
/// additional permission.
fn merged_suggestions(decisions: &[ItemDecision<'_>], requested: &PermissionSet) -> Vec<ProfileSuggestion> {
    let evaluations = decisions.iter().filter_map(|one| one.evaluation.as_ref());
    let mut merged: Vec<ProfileSuggestion> = Vec::new();
    for suggestion in evaluations.flat_map(|evaluation| &evaluation.suggestions) {
        if !merged.iter().any(|known| known.profile == suggestion.profile) {
            merged.push(ProfileSuggestion { adds: suggestion.adds.difference(requested), ..suggestion.clone() });
        }
    }
    merged.sort_by_key(ProfileSuggestion::rank);
    merged
}

/// Returns additional information about an answer.
fn notes(
    viewer: &CurrentUser,
    question: &Question,
    user: &User,
    best: &ItemDecision<'_>,
    help: &HelpWithDenial,
) -> Vec<String> {
    let mut notes = Vec::new();
    let resource = &best.item.resource;
    if resource.is_described_only && resource.kind != INSTANCE {
        notes.push(format!(
            "Floorkey knows nothing else about {}. Only the attributes entered here are used.",
            resource.display_name
        ));
    }
    match best.reason {
        Reason::Disabled => notes.push("The user must also be enabled.".to_owned()),
        Reason::OutOfScope if resource.kind == INSTANCE => {
            notes.push("Enter a user or another resource to see whether the permission applies to it.".to_owned());
        }
        Reason::NamespaceNotRegistered => notes.push(
            "Profiles can contain permissions of an application before it is registered. They apply from then on."
                .to_owned(),
        ),
        _ => {}
    }
    if best.is_allowed() {
        return notes;
    }
    if let (Some(ItemEvaluation { is_listed: true, .. }), Some(AnyPermission::Catalog(view))) =
        (&best.evaluation, &best.item.permission)
    {
        let grants = viewer.directory.grants_at(user, question.at).all_permissions();
        notes.extend(reasons::list_notes(&grants, *view));
    }
    if help.is_grantable && help.suggestions.is_empty() && viewer.visibility().sees_all_profiles() {
        notes.push(
            "No other security profile that users have would allow it. Add the permission to a profile, or create a \
             profile with it."
                .to_owned(),
        );
    }
    let assigned_count = user.assignments.iter().filter(|assignment| !assignment.has_ended(question.at)).count();
    if !help.suggestions.is_empty() && assigned_count >= limits::PROFILES_A_USER_MAX {
        notes.push("The user already has ten security profiles. Remove one of them first.".to_owned());
    }
    notes
}

/// Returns links to related questions, with the known fields filled in.
fn links(input: &FormInput, question: &Question, user: &User) -> Vec<(String, String)> {
    let FormInput { can, to, .. } = input;
    let kind = question.first().map(|item| item.resource.kind.as_str()).filter(|kind| *kind != INSTANCE);
    let kind = kind.unwrap_or_default();
    let who = user.username.as_str();
    let mut links = vec![
        ("Who can do this?".to_owned(), super::address(&[("ask", "who"), ("can", can), ("kind", kind), ("to", to)])),
        (
            "What else can they do with it?".to_owned(),
            super::address(&[("ask", "what"), ("who", who), ("kind", kind), ("to", to)]),
        ),
    ];
    if question.items.len() == 1 {
        let fields = [("ask", "on-what"), ("who", who), ("can", can.as_str()), ("kind", kind)];
        links.push(("On which other resources?".to_owned(), super::address(&fields)));
    }
    links
}
