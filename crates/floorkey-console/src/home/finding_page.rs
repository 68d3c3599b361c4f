//! The page of a finding: why it matters, how to fix it, and what users decided about it.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::review::findings::{InstanceFinding, users};
use floorkey::{Command, FindingEdit, FindingId, RecordKey, Refusal, Timestamp, UserId, limits};
use floorkey_service::failure::Failure;
use floorkey_store::{AuditQuery, AuditTerm};
use http::{Response, StatusCode};
use jiff::civil::Date;

use super::changes::time_of;
use super::finding_rows::{self, DismissalText};
use super::finding_text::{self, FindingText, SeverityBadge};
use super::times;
use super::{history, review};
use crate::history::{self as records, HistoryEntry};
use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form};
use crate::web::layout::{Layout, page_with};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::scan::scan;
use crate::web::text;
use crate::web::time_format::LocalTime;

/// The number of users or profiles that the page names, and of users that it suggests for an assignment.
const NAMED_MAX: usize = 10;
const SUGGESTED_MAX: usize = 50;

/// The number of decisions that the page lists.
const DECISIONS_MAX: usize = 10;

/// The number of days for which a finding is dismissed, unless the user chooses another end.
const DISMISSAL_DAYS: u16 = 90;

/// The longest dismissal, in days. It ends with a day, so it is one day shorter than the limit.
const DISMISSAL_DAYS_MAX: u16 = limits::DISMISSAL_DAYS_MAX - 1;

#[derive(Template)]
#[template(path = "home/finding.html")]
struct FindingPage {
    layout: Layout,
    id: String,
    title: String,
    /// The finding; `None` if the instance is not in this state at the moment.
    finding: Option<FindingDetails>,
    history: Vec<DecisionRow>,
    form: DecisionForm,
}

/// A finding, prepared for display.
struct FindingDetails {
    severity: SeverityBadge,
    text: FindingText,
    since: Option<String>,
    /// The first users that the finding is about, with their logins and addresses.
    users: Vec<(String, String, String)>,
    more: usize,
    assignee: Option<String>,
    is_mine: bool,
    is_about_viewer: bool,
    is_dismissed: bool,
    dismissal: Option<DismissalText>,
}

/// The forms for decisions, with the submitted values and their errors.
#[derive(Default)]
struct DecisionForm {
    can_decide: bool,
    reason: String,
    until: String,
    earliest: String,
    latest: String,
    login: String,
    suggested: Vec<(String, String)>,
    reason_error: Option<String>,
    until_error: Option<String>,
    login_error: Option<String>,
    error: Option<String>,
}

/// A decision about the finding, from the audit log.
struct DecisionRow {
    entry: HistoryEntry,
    at: LocalTime,
}

/// What is wrong with a submitted form.
#[derive(Default)]
struct FormErrors {
    reason: Option<String>,
    until: Option<String>,
    login: Option<String>,
    other: Option<String>,
}

pub(super) async fn show(viewer: CurrentUser, Path(id): Path<String>) -> Result<Response<Body>, PageError> {
    let id = visible(&viewer, &id)?;
    show_with(&viewer, id, &Fields::default(), FormErrors::default()).await
}

/// Parses the ID of a finding. Without permission to view users, no finding is visible.
fn visible(viewer: &CurrentUser, id: &str) -> Result<FindingId, PageError> {
    let found = FindingId::parse(id).filter(|_| viewer.sees_users());
    let is_visible =
        |id: &FindingId| id.profile().is_none_or(|profile| viewer.visibility().profile(profile).shows_details());
    found.filter(is_visible).ok_or_else(|| PageError::NotFound("finding".to_owned()))
}

async fn show_with(
    viewer: &CurrentUser,
    id: FindingId,
    fields: &Fields,
    errors: FormErrors,
) -> Result<Response<Body>, PageError> {
    let is_wrong = [&errors.reason, &errors.until, &errors.login, &errors.other].into_iter().any(Option::is_some);
    let review = review(viewer).await?;
    let finding = review.finding(id).copied();
    let title = finding_text::title(viewer, id, finding.is_some_and(|finding| finding.others_end));
    let details = match finding {
        Some(finding) => {
            let is_dismissed = review.dismissed.iter().any(|dismissed| dismissed.id == id);
            Some(details(viewer, &finding, is_dismissed).await?)
        }
        None => None,
    };
    let page = FindingPage {
        layout: viewer.layout(title.clone()),
        id: id.to_string(),
        title,
        finding: details,
        history: decisions(viewer, id).await?,
        form: form(viewer, fields, errors).await?,
    };
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(page_with(status, &page))
}

async fn details(
    viewer: &CurrentUser,
    finding: &InstanceFinding,
    is_dismissed: bool,
) -> Result<FindingDetails, PageError> {
    let id = finding.id;
    let named = scan(viewer, move |viewer| {
        let users = users(&viewer.visibility(), id).into_iter().take(NAMED_MAX);
        let name = |user: &std::sync::Arc<floorkey::User>| {
            (user.display_name(), user.username.clone(), format!("/connect/users/{}", user.id))
        };
        users.map(name).collect::<Vec<_>>()
    });
    let users = named.await?;
    let history = history(viewer).await;
    let began = history.map(|history| history.began(id, viewer.now));
    let assignee = finding_rows::state(viewer, finding).and_then(|state| state.assignee);
    Ok(FindingDetails {
        severity: finding_text::severity(finding.severity),
        text: finding_text::describe(viewer, finding),
        since: began.map(|began| finding_text::began(viewer, began, viewer.now)),
        more: if id.counts_profiles() { 0 } else { finding.count.saturating_sub(users.len()) },
        users,
        is_mine: assignee == Some(viewer.user.id),
        assignee: assignee.map(|user| finding_rows::user_name(viewer, user)),
        is_about_viewer: finding.is_about_viewer,
        is_dismissed,
        dismissal: if is_dismissed { finding_rows::dismissal(viewer, finding) } else { None },
    })
}

/// Returns the decisions about the finding, newest first.
async fn decisions(viewer: &CurrentUser, id: FindingId) -> Result<Vec<DecisionRow>, PageError> {
    if !viewer.sees_history() || !viewer.visibility().finding_states().shows_details() {
        return Ok(Vec::new());
    }
    let record = RecordKey::Finding(id);
    let query = AuditQuery { terms: vec![AuditTerm::Target(record.clone())], ..AuditQuery::default() };
    let found = records::find(viewer, query, DECISIONS_MAX, Some(&record), |_| true).await?;
    let row = |entry: HistoryEntry| DecisionRow { at: time_of(viewer, &entry), entry };
    Ok(found.entries.into_iter().map(row).collect())
}

async fn form(viewer: &CurrentUser, fields: &Fields, errors: FormErrors) -> Result<DecisionForm, PageError> {
    let can_decide = finding_rows::can_decide(viewer);
    if !can_decide {
        return Ok(DecisionForm::default());
    }
    // Administrators are the users who most likely take care of a finding.
    let suggested = scan(viewer, |viewer| {
        let administrators = users(&viewer.visibility(), FindingId::ManyAdministrators).into_iter();
        let able = administrators.filter(|user| user.can_sign_in()).take(SUGGESTED_MAX);
        able.map(|user| (user.username.clone(), user.display_name())).collect::<Vec<_>>()
    });
    let day = |days: u16| date_field(viewer, viewer.now.plus_days(days));
    Ok(DecisionForm {
        can_decide,
        reason: fields.raw("reason").to_owned(),
        until: fields.text("until").map_or_else(|| day(DISMISSAL_DAYS), str::to_owned),
        earliest: day(0),
        latest: day(DISMISSAL_DAYS_MAX),
        login: fields.raw("login").to_owned(),
        suggested: suggested.await?,
        reason_error: errors.reason,
        until_error: errors.until,
        login_error: errors.login,
        error: errors.other,
    })
}

/// Formats the day of a time for a date field.
fn date_field(viewer: &CurrentUser, at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    at.to_zoned(viewer.zone().clone()).date().to_string()
}

/// Returns the end of a day in the viewer's time zone.
fn end_of_day(viewer: &CurrentUser, day: &str) -> Option<Timestamp> {
    let next = day.parse::<Date>().ok()?.tomorrow().ok()?.to_zoned(viewer.zone().clone()).ok()?;
    Some(Timestamp::from_millis(next.timestamp().as_millisecond()))
}

pub(super) async fn dismiss(
    viewer: CurrentUser,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    let id = visible(&viewer, &id)?;
    let Some(until) = end_of_day(&viewer, fields.raw("until").trim()) else {
        let errors = FormErrors { until: Some("Enter a date.".to_owned()), ..FormErrors::default() };
        return show_with(&viewer, id, &fields, errors).await;
    };
    let reason = fields.text("reason").unwrap_or_default().to_owned();
    let edit = FindingEdit::Dismiss { reason, until };
    let day = times::date(&viewer, Timestamp::from_millis(until.as_millis() - 1));
    decide(&viewer, id, edit, &fields, &format!("Finding dismissed until {day}, or until it gets worse.")).await
}

pub(super) async fn reopen(viewer: CurrentUser, Path(id): Path<String>) -> Result<Response<Body>, PageError> {
    let id = visible(&viewer, &id)?;
    decide(&viewer, id, FindingEdit::Reopen, &Fields::default(), "Finding reopened.").await
}

pub(super) async fn assign(
    viewer: CurrentUser,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    let id = visible(&viewer, &id)?;
    let user = match (fields.raw("to"), fields.text("login")) {
        ("me", _) => Some(viewer.user.id),
        ("none", _) => None,
        (_, Some(login)) => match visible_user(&viewer, login) {
            Some(user) => Some(user),
            None => {
                let login_error = Some(format!("There is no user with the login {login}."));
                let errors = FormErrors { login: login_error, ..FormErrors::default() };
                return show_with(&viewer, id, &fields, errors).await;
            }
        },
        (_, None) => {
            let errors = FormErrors { login: Some("Enter a login.".to_owned()), ..FormErrors::default() };
            return show_with(&viewer, id, &fields, errors).await;
        }
    };
    let done = match user {
        Some(user) if user == viewer.user.id => "Finding assigned to you.".to_owned(),
        Some(user) => format!("Finding assigned to {}.", finding_rows::user_name(&viewer, user)),
        None => "Finding no longer assigned.".to_owned(),
    };
    decide(&viewer, id, FindingEdit::Assign(user), &fields, &done).await
}

fn visible_user(viewer: &CurrentUser, login: &str) -> Option<UserId> {
    let user = viewer.directory.user_by_login(login)?;
    viewer.visibility().user(user.id).shows_details().then_some(user.id)
}

/// Carries out a decision. An invalid input leads back to the form.
async fn decide(
    viewer: &CurrentUser,
    id: FindingId,
    edit: FindingEdit,
    fields: &Fields,
    done: &str,
) -> Result<Response<Body>, PageError> {
    match viewer.execute(Command::UpdateFinding(id, edit)).await {
        Ok(result) => {
            let flash = Flash::good(done).undo(result.revision);
            Ok(viewer.context.redirect_with_flash(crate::ROOT, &flash))
        }
        Err(Failure::Refused(refusal)) => match errors(&refusal) {
            Some(errors) => show_with(viewer, id, fields, errors).await,
            None => Err(Failure::Refused(refusal).into()),
        },
        Err(failure) => Err(failure.into()),
    }
}

/// Returns the errors that a refusal means for the form; `None` if the refusal is not about the form.
fn errors(refusal: &Refusal) -> Option<FormErrors> {
    let sentence = |problem: &str| Some(floorkey::text::sentence(problem));
    match refusal.root() {
        Refusal::Invalid(invalid) => Some(match invalid.input {
            "Reason" => FormErrors { reason: sentence(&invalid.problem), ..FormErrors::default() },
            "Until" => FormErrors { until: sentence(&invalid.problem), ..FormErrors::default() },
            "UserId" => FormErrors { login: sentence(&invalid.problem), ..FormErrors::default() },
            _ => FormErrors { other: sentence(&invalid.problem), ..FormErrors::default() },
        }),
        Refusal::OwnFinding => {
            let text = to_sentence(&Failure::Refused(refusal.clone()));
            Some(FormErrors { other: Some(text), ..FormErrors::default() })
        }
        _ => None,
    }
}

impl FindingDetails {
    /// Returns the number of users that the page does not name, as text.
    fn more_text(&self) -> String {
        format!("and {} more", text::figure(self.more))
    }
}
