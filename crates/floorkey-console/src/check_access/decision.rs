//! The page for one decision: the question in plain words, the answer with all relevant grants, profiles that would
//! allow the action, and the request to copy.

use askama::Template;
use axum::body::Body;
use floorkey::review::why_not::{self, Way};
use floorkey::{Act, Action, AnyPermission, Explanation, Reason, Request, Seen, Target, Thing, User, limits};
use http::Response;

use super::meaning::Called;
use super::question::{Ask, Question};
use super::reasons::{self, Held};
use super::thing::INSTANCE;
use super::typed::{Slips, Typed};
use super::{DECISION, allow};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, Query};
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::scan::scan;
use crate::web::text;
use floorkey_authzen::Unasked;

/// The maximum number of profiles to suggest.
const WAYS: usize = 5;

#[derive(Template)]
#[template(path = "check_access/decision.html")]
struct DecisionPage {
    layout: Layout,
    typed: Typed,
    slips: Slips,
    kinds: Vec<(String, String)>,
    permissions: Vec<Called>,
    open_more: bool,
    answer: Option<Answer>,
}

/// The answer to a question.
struct Answer {
    allowed: bool,
    /// The question as a statement: `Ann Lee may not use Users: Edit on Bob Roy`.
    sentence: String,
    /// The reason, which continues the sentence.
    reason: &'static str,
    about: String,
    at: String,
    dated: bool,
    revision: u64,
    held: Vec<Held>,
    /// Additional information.
    notes: Vec<String>,
    helps: Vec<Help>,
    /// Whether the viewer lacks the permission to assign a suggested profile.
    locked: bool,
    user: (String, String),
    search: Vec<(String, String)>,
    request: String,
    shell: String,
}

/// A profile that would allow the action.
struct Help {
    profile: String,
    adds: String,
    /// The address of the form that assigns it, if the viewer has permission.
    give: Option<String>,
    least: bool,
}

pub(super) async fn show(viewer: CurrentUser, Query(fields): Query) -> Result<Response<Body>, PageError> {
    allow(&viewer)?;
    scan(&viewer, move |viewer| build(viewer, &fields)).await?.map(|built| page(&built))
}

fn build(viewer: &CurrentUser, fields: &Fields) -> Result<DecisionPage, PageError> {
    let typed = Typed::read(fields);
    let (mut slips, mut answer) = (Slips::default(), None);
    if !typed.is_blank() {
        match Question::read(viewer, Ask::Decision, &typed, fields, DECISION) {
            Ok(question) => answer = Some(answered(viewer, &question, &typed)?),
            Err(wrong) => slips = *wrong,
        }
    }
    Ok(DecisionPage {
        layout: viewer.layout("Check access"),
        kinds: super::thing::kinds(viewer),
        permissions: super::meaning::all(viewer).map(|permission| Called::of(viewer, &permission)).collect(),
        open_more: typed.says_more() || !typed.at.is_empty() || slips.in_more(),
        typed,
        slips,
        answer,
    })
}

/// The evaluation by the engine.
struct Said {
    explanation: Explanation,
    /// The grants of the permission, as text.
    held: Vec<Held>,
    ways: Vec<Way>,
    /// Whether the user sees the name of the resource in lists, regardless of the decision.
    listed: bool,
}

fn answered(viewer: &CurrentUser, question: &Question, typed: &Typed) -> Result<Answer, PageError> {
    let (Some(user), Some(permission)) = (&question.user, &question.permission) else {
        return Err(PageError::bad_request("The question is not complete."));
    };
    let said = question.put(viewer, |request| ask(viewer, user, request));
    let (reason, said) = match said {
        Ok(said) => (said.explanation.decision.reason, Some(said)),
        Err(Unasked::Denied(reason)) => (reason, None),
        Err(Unasked::Unreadable(problem)) => return Err(PageError::bad_request(problem)),
    };
    let allowed = matches!(reason, Reason::Granted | Reason::GrantedInScope);
    let called = Called::of(viewer, permission);
    let on = if question.thing.words.is_empty() { String::new() } else { format!(" on {}", question.thing.words) };
    let may = if allowed { "may use" } else { "may not use" };
    let may_give = viewer.can(Act::UpdateUserSecurityProfiles, &Target::User(user.id));
    let helps = said.as_ref().map(|said| helps(viewer, user, &said.ways, may_give)).unwrap_or_default();
    let held = said.as_ref().map(|said| said.explanation.grants.as_slice()).unwrap_or_default();
    Ok(Answer {
        allowed,
        sentence: format!("{} {may} {}{on}", user.display_name(), called.name),
        reason: if reason == Reason::OutOfScope { reasons::bounds(held) } else { reason.words() },
        about: called.about,
        at: text::utc_time(question.at),
        dated: question.dated,
        revision: viewer.directory.revision().0,
        held: said.as_ref().map(|said| said.held.clone()).unwrap_or_default(),
        notes: notes(viewer, question, user, reason, said.as_ref()),
        locked: !may_give && !helps.is_empty(),
        helps,
        user: (user.display_name(), format!("/connect/users/{}", user.id)),
        search: searches(typed, question, user),
        request: question.request(),
        shell: question.shell(viewer),
    })
}

fn ask(viewer: &CurrentUser, user: &User, request: &Request<'_>) -> Said {
    let directory = &viewer.directory;
    let listed = match request.action {
        Action::Permission(view) => {
            let any = Thing { resource_type: view.info().resource_type, ..Thing::UNKNOWN };
            let seen = directory.seen(request).filter(|_| !matches!(request.target, Target::Instance));
            directory.inherits_view(user, view, seen.unwrap_or_else(|| Seen::from(&any)), request.at)
        }
        Action::Application { .. } | Action::Unknown(_) => false,
    };
    let explanation = directory.explain(request);
    let held = explanation.grants.iter().map(|grant| Held::of(viewer, user, grant, &request.target)).collect();
    Said { explanation, held, ways: why_not::ways_to(directory, request), listed }
}

fn helps(viewer: &CurrentUser, user: &User, ways: &[Way], may_give: bool) -> Vec<Help> {
    let help = |(at, way): (usize, &Way)| {
        let names: Vec<String> = way.adds.iter().map(text::permission).collect();
        let mut adds = match names.len() {
            0 => "adds nothing else".to_owned(),
            n => format!("adds {} more: {}", text::count_noun(n, "permission"), text::join_names(&names, 3)),
        };
        if way.applications > 0 {
            adds.push_str(&format!("; {} in applications", text::count_noun(way.applications, "permission")));
        }
        if !way.limits.is_empty() {
            adds.push_str(&format!("; puts the user under the limit {}", reasons::listed(&way.limits)));
        }
        Help {
            profile: reasons::profile(viewer, way.profile),
            adds,
            give: may_give.then(|| format!("/connect/users/{}/details?give={}", user.id, way.profile)),
            least: at == 0,
        }
    };
    // The permissions that a profile would add are part of its details.
    let visibility = viewer.visibility();
    let shown = ways.iter().filter(|way| visibility.profile(way.profile).shows_details());
    shown.take(WAYS).enumerate().map(help).collect()
}

/// Additional information about an answer.
fn notes(viewer: &CurrentUser, question: &Question, user: &User, reason: Reason, said: Option<&Said>) -> Vec<String> {
    let mut notes = Vec::new();
    let denied = !matches!(reason, Reason::Granted | Reason::GrantedInScope);
    if question.thing.described && question.thing.kind != INSTANCE {
        notes
            .push(format!("Floorkey is told nothing else of {}: only what is said here counts.", question.thing.words));
    }
    match reason {
        Reason::Disabled => notes.push("The user would have to be enabled, whatever profile is given.".to_owned()),
        Reason::OutOfScope if question.thing.kind == INSTANCE => {
            notes.push("Name the thing that is meant, to see whether it is reached.".to_owned());
        }
        Reason::NamespaceNotRegistered => notes.push(
            "Profiles may name permissions of an application before it is registered; they count from then on."
                .to_owned(),
        ),
        _ => {}
    }
    if let (true, Some(Said { listed: true, .. }), Some(AnyPermission::Catalogue(view))) =
        (denied, said, &question.permission)
    {
        let held = viewer.directory.grants_at(user, question.at).anywhere();
        notes.extend(reasons::listed_in(&held, *view));
    }
    if let (true, Some(said)) = (denied, said) {
        let grantable = matches!(reason, Reason::NotHeld | Reason::OutOfScope | Reason::Disabled);
        if grantable && said.ways.is_empty() && viewer.visibility().sees_all_profiles() {
            notes.push("No other security profile here would allow it. Add it to one, or make one with it.".to_owned());
        }
        let full = user.assignments.iter().filter(|held| !held.has_ended(question.at)).count();
        if !said.ways.is_empty() && full >= limits::PROFILES_A_USER_MAX {
            notes.push("The user holds ten security profiles already: one of them has to go first.".to_owned());
        }
    }
    notes
}

/// Links to the reverse questions, with the known parts filled in.
fn searches(typed: &Typed, question: &Question, user: &User) -> Vec<(String, String)> {
    let query = |fields: &[(&str, &str)]| {
        let filled = fields.iter().filter(|(_, value)| !value.is_empty());
        format!("{}?{}", super::SEARCH, form_urlencoded::Serializer::new(String::new()).extend_pairs(filled).finish())
    };
    let Typed { can, to, .. } = typed;
    let kind = Some(question.thing.kind.as_str()).filter(|kind| *kind != INSTANCE).unwrap_or_default();
    let who = user.username.as_str();
    vec![
        ("Who can do this?".to_owned(), query(&[("ask", "who"), ("can", can), ("kind", kind), ("to", to)])),
        (
            "What else can they do to it?".to_owned(),
            query(&[("ask", "what"), ("who", who), ("kind", kind), ("to", to)]),
        ),
        (
            "On what else can they do this?".to_owned(),
            query(&[("ask", "on-what"), ("who", who), ("can", can), ("kind", kind)]),
        ),
    ]
}
