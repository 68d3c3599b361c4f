//! Imports users from a CSV file or from pasted text. The page first checks the input and shows errors and warnings for
//! each line. After the actor confirms the import, either all users are added or no users are added.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Multipart, Request};
use floorkey::limits::BATCH_MAX;
use floorkey::{Action, Command, NewPassword, NewUser, Target, Timestamp};
use http::{Response, StatusCode, header};

use super::csv_import::{CsvImport, Report, UserConverter};
use super::job::{JobRequest, Jobs, TemporaryPassword};
use super::reset::placeholder_password;
use super::review::review;
use super::user_csv;
use super::user_slots::{Owner, UserSlots};
use crate::web::current_user::CurrentUser;
use crate::web::fields::InvalidInput;
use crate::web::flash::Flash;
use crate::web::form::Fields;
use crate::web::layout::{Layout, page, page_with, redirect_to};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::session::add_duration;
use crate::web::text;
use floorkey_service::entropy;
use floorkey_service::failure::Failure;
use floorkey_service::passwords::Password;

/// Maximum number of lines in the report.
const REPORTS_MAX: usize = 200;

/// How long a checked file is kept for confirmation.
const PENDING_FOR: Duration = Duration::from_secs(30 * 60);

/// Maximum number of files of one user that await confirmation. Each file can contain 10,000 users.
const PENDING_PER_USER: usize = 2;
/// Maximum number of files of all users of an instance that await confirmation.
const PENDING_PER_INSTANCE: usize = 16;

/// Maximum size, in bytes, of pasted text that the page with the errors shows again.
const REPEATED_BYTES_MAX: usize = 64 * 1024;

/// Files without errors that await confirmation.
pub(super) struct PendingImports(UserSlots<PendingImport>);

#[derive(Clone)]
struct PendingImport {
    until: Timestamp,
    new: Arc<Vec<NewUser>>,
}

#[derive(Template)]
#[template(path = "users/import.html")]
struct ImportPage {
    layout: Layout,
    text: String,
    problem: Option<String>,
    /// A summary of the errors.
    summary: Option<String>,
    reports: Vec<Report>,
    more: Option<String>,
    max: String,
}

#[derive(Template)]
#[template(path = "users/import_ready.html")]
struct ConfirmPage {
    layout: Layout,
    count: String,
    names: Vec<(String, String)>,
    unlisted: Option<String>,
    reports: Vec<Report>,
    guard: Vec<String>,
    administrators: Vec<String>,
    /// The number of users who can be invited because they have an email address. `None` if no user has an email
    /// address.
    invitable: Option<String>,
    pending: String,
}

pub(super) async fn form(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    check_can_import(&viewer)?;
    Ok(page(&import_page(&viewer, String::new(), None)))
}

/// Checks an uploaded file or pasted lines, or imports a file that the actor confirmed.
pub(super) async fn submit(
    viewer: CurrentUser,
    Extension(imports): Extension<Arc<PendingImports>>,
    Extension(jobs): Extension<Arc<Jobs>>,
    request: Request,
) -> Result<Response<Body>, PageError> {
    check_can_import(&viewer)?;
    match read_submission(request).await? {
        Submission::File { bytes, pasted } => check_file(&viewer, &imports, &bytes, pasted).await,
        Submission::Decision(fields) => import(&viewer, &imports, &jobs, &fields).await,
    }
}

fn check_can_import(viewer: &CurrentUser) -> Result<(), PageError> {
    match viewer.has_permission("Users.Create") {
        true => Ok(()),
        false => Ok(viewer.authorize(Action::ImportUsers, &Target::Instance)?),
    }
}

enum Submission {
    File { bytes: Bytes, pasted: bool },
    Decision(Fields),
}

async fn read_submission(request: Request) -> Result<Submission, PageError> {
    let incomplete = || PageError::bad_request("The form was not received completely.");
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        let body = Bytes::from_request(request, &()).await.map_err(|_| incomplete())?;
        return Ok(Submission::Decision(Fields::parse_form(&body)?));
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| incomplete())?;
    let mut pasted = Bytes::new();
    while let Some(field) = form.next_field().await.map_err(|_| incomplete())? {
        let is_file = field.name() == Some("file");
        let bytes = field.bytes().await.map_err(|_| incomplete())?;
        match is_file {
            true if !bytes.is_empty() => return Ok(Submission::File { bytes, pasted: false }),
            true => {}
            false => pasted = bytes,
        }
    }
    Ok(Submission::File { bytes: pasted, pasted: true })
}

async fn check_file(
    viewer: &CurrentUser,
    imports: &PendingImports,
    bytes: &[u8],
    pasted: bool,
) -> Result<Response<Body>, PageError> {
    let is_repeated = pasted && bytes.len() <= REPEATED_BYTES_MAX;
    let text = if is_repeated { String::from_utf8_lossy(bytes).into_owned() } else { String::new() };
    let refuse = |text: String, problem: String| {
        Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &import_page(viewer, text, Some(problem))))
    };
    let lines = match user_csv::parse(bytes) {
        Ok(lines) if lines.len() > BATCH_MAX => {
            let (lines, max) = (text::figure(lines.len()), text::figure(BATCH_MAX));
            return refuse(
                text,
                format!("{lines} users are more than the {max} that one file can have. Split the file."),
            );
        }
        Ok(lines) => lines,
        Err(InvalidInput(problem)) => return refuse(text, problem),
    };
    let (directory, actor, now) = (viewer.directory.clone(), viewer.actor(), viewer.now);
    let read = tokio::task::spawn_blocking(move || {
        UserConverter::new(&directory, &actor, now).convert(&lines, entropy::random_id)
    });
    let csv_import = read.await.map_err(|error| Failure::Internal(error.to_string()))?;
    if csv_import.error_count() > 0 {
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &errors_page(viewer, text, csv_import)));
    }
    let outcome = match review(viewer, command(&csv_import.new, Vec::new())).await {
        Ok(outcome) => outcome,
        Err(failure @ Failure::Refused(_)) => return refuse(text, to_sentence(&failure)),
        Err(failure) => return Err(failure.into()),
    };
    const NAMED_MAX: usize = 50;
    let unlisted = csv_import.new.len().saturating_sub(NAMED_MAX);
    let invitable = csv_import.new.iter().filter(|new| new.identity.email.is_some()).count();
    Ok(page(&ConfirmPage {
        layout: viewer.layout("Add users by CSV"),
        count: text::count_noun(csv_import.new.len(), "user"),
        names: csv_import.new.iter().take(NAMED_MAX).map(|new| (full_name(new), new.username.clone())).collect(),
        unlisted: (unlisted > 0).then(|| format!("and {} more", text::figure(unlisted))),
        reports: csv_import.reports.into_iter().take(REPORTS_MAX).collect(),
        guard: outcome.guard(viewer),
        administrators: outcome.administrators(),
        invitable: (invitable > 0).then(|| {
            let are = if invitable == 1 { "has" } else { "have" };
            format!("{} of {} {are} an email address", text::figure(invitable), text::figure(csv_import.new.len()))
        }),
        pending: imports.insert(viewer, csv_import.new)?,
    }))
}

async fn import(
    viewer: &CurrentUser,
    imports: &PendingImports,
    jobs: &Jobs,
    fields: &Fields,
) -> Result<Response<Body>, PageError> {
    let Some(new) = imports.get(viewer, fields.raw("upload")) else {
        let problem = "The uploaded file has expired. Upload it again.".to_owned();
        return Ok(page_with(StatusCode::CONFLICT, &import_page(viewer, String::new(), Some(problem))));
    };
    let initial_password = InitialPassword::parse(fields);
    let passwords = if initial_password == InitialPassword::OneTime {
        new.iter().map(|_| placeholder_password()).collect()
    } else {
        Vec::new()
    };
    let refuse = |failure: &Failure| {
        let page = import_page(viewer, String::new(), Some(to_sentence(failure)));
        page_with(StatusCode::CONFLICT, &page)
    };
    if let Err(failure) = review(viewer, command(&new, passwords)).await {
        return Ok(refuse(&failure));
    }
    imports.remove(fields.raw("upload"));
    if initial_password == InitialPassword::None {
        return Ok(match viewer.execute(command(&new, Vec::new())).await {
            Ok(done) => {
                let they = if new.len() == 1 { "It has" } else { "They have" };
                let text = format!(
                    "{} added. {they} no password yet: reset passwords, or send invitations, to let them sign in.",
                    text::count_noun(new.len(), "user")
                );
                viewer.context.redirect_with_flash("/connect/users", &Flash::good(text).undo(done.revision))
            }
            Err(failure @ Failure::Refused(_)) => refuse(&failure),
            Err(failure) => return Err(failure.into()),
        });
    }
    let is_invitable = |new: &&NewUser| new.identity.email.is_some();
    let (passwords_to_set, invite, skipped) = match initial_password {
        InitialPassword::OneTime => (new.iter().map(temporary_password).collect(), Vec::new(), None),
        _ => {
            let invite: Vec<_> = new.iter().filter(is_invitable).map(|new| (new.id, None)).collect();
            let unlisted = new.len() - invite.len();
            let have = if unlisted == 1 { "has" } else { "have" };
            let skipped = (unlisted > 0)
                .then(|| format!("{} {have} no email and no password.", text::count_noun(unlisted, "new user")));
            (Vec::new(), invite, skipped)
        }
    };
    let request = JobRequest {
        title: "Users added".to_owned(),
        back: "/connect/users".to_owned(),
        passwords: passwords_to_set,
        invite,
        skipped,
        command: Some(Box::new(move |passwords| command(&new, passwords))),
    };
    Ok(redirect_to(&jobs.start(viewer, request)?))
}

/// How new users get their first password.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InitialPassword {
    OneTime,
    Invited,
    None,
}

impl InitialPassword {
    fn parse(fields: &Fields) -> Self {
        match fields.raw("passwords") {
            "none" => Self::None,
            "invite" => Self::Invited,
            _ => Self::OneTime,
        }
    }
}

/// Returns the first and last name of a new user.
fn full_name(new: &NewUser) -> String {
    let names = [&new.identity.first_name, &new.identity.last_name];
    names.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Generates a temporary password for a new user, and returns the user's name and login with the password.
fn temporary_password(new: &NewUser) -> TemporaryPassword {
    let name = Some(full_name(new)).filter(|name| !name.is_empty()).unwrap_or_else(|| new.username.clone());
    TemporaryPassword { name, login: new.username.clone(), password: Password::one_time() }
}

/// Returns the command that adds the users. Assigns the passwords to the users in order. If there are fewer passwords
/// than users, the remaining users get no password.
fn command(new: &[NewUser], passwords: Vec<NewPassword>) -> Command {
    let create = |(new, password): (&NewUser, Option<NewPassword>)| {
        Command::CreateUser(Box::new(NewUser { password, ..new.clone() }))
    };
    let passwords = passwords.into_iter().map(Some).chain(std::iter::repeat_with(|| None));
    Command::Batch { action: Action::ImportUsers, commands: new.iter().zip(passwords).map(create).collect() }
}

fn import_page(viewer: &CurrentUser, text: String, problem: Option<String>) -> ImportPage {
    ImportPage {
        layout: viewer.layout("Add users by CSV"),
        text,
        problem,
        summary: None,
        reports: Vec::new(),
        more: None,
        max: text::figure(BATCH_MAX),
    }
}

fn errors_page(viewer: &CurrentUser, text: String, csv_import: CsvImport) -> ImportPage {
    let (wrong, all) = (csv_import.error_count(), csv_import.new.len());
    let reports: Vec<_> = csv_import.reports.into_iter().filter(|report| !report.problems.is_empty()).collect();
    let unlisted = reports.len().saturating_sub(REPORTS_MAX);
    let lines = if all == 1 { "line" } else { "lines" };
    let are = if wrong == 1 { "is" } else { "are" };
    ImportPage {
        summary: Some(format!(
            "{} of {} {lines} {are} not valid, so no users were added. Fix them and upload the file again.",
            text::figure(wrong),
            text::figure(all)
        )),
        more: (unlisted > 0).then(|| format!("{} more lines have problems.", text::figure(unlisted))),
        reports: reports.into_iter().take(REPORTS_MAX).collect(),
        ..import_page(viewer, text, None)
    }
}

impl Default for PendingImports {
    fn default() -> Self {
        Self(UserSlots::new(PENDING_PER_USER, PENDING_PER_INSTANCE))
    }
}

impl PendingImports {
    fn insert(&self, viewer: &CurrentUser, new: Vec<NewUser>) -> Result<String, Failure> {
        let pending = PendingImport { until: add_duration(viewer.now, PENDING_FOR), new: Arc::new(new) };
        self.0.insert(owner(viewer), pending, |pending| pending.until <= viewer.now, |_| true)
    }

    fn get(&self, viewer: &CurrentUser, id: &str) -> Option<Arc<Vec<NewUser>>> {
        self.0.get(owner(viewer), id, |pending| pending.until <= viewer.now).map(|pending| pending.new)
    }

    fn remove(&self, id: &str) {
        self.0.remove(id);
    }
}

fn owner(viewer: &CurrentUser) -> Owner {
    Owner { instance: viewer.instance(), user: viewer.user.id }
}
