//! Imports users from a CSV file or pasted text. The file is checked first, with errors and warnings by line; after
//! confirmation, either all users are added or none.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Multipart, Request};
use floorkey::limits::BATCH_MAX;
use floorkey::{Act, Command, NewPassword, NewUser, Target, Timestamp};
use http::{Response, StatusCode, header};

use super::intake::{Intake, Reader, Report};
use super::reset::blank;
use super::review::review;
use super::sheet;
use super::user_slots::{Owner, UserSlots};
use super::work::{Slip, Task, Works};
use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::Fields;
use crate::web::layout::{Layout, page, page_with, redirect_to};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::session::add_duration;
use crate::web::text;
use floorkey_service::failure::Failure;
use floorkey_service::outside;
use floorkey_service::passwords::Password;

/// Maximum number of lines in the report.
const REPORTS_SHOWN: usize = 200;

/// How long a checked file waits for confirmation.
const WAITS: Duration = Duration::from_secs(30 * 60);

/// Maximum number of waiting files per user and per instance. Each can have 10,000 users.
const WAITING_A_USER: usize = 2;
const WAITING_AN_INSTANCE: usize = 16;

/// Maximum size in bytes of pasted text that the page with errors repeats.
const REPEATED_BYTES_MAX: usize = 64 * 1024;

/// Files without errors that wait for confirmation.
pub(super) struct Uploads(UserSlots<Upload>);

#[derive(Clone)]
struct Upload {
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
struct ReadyPage {
    layout: Layout,
    count: String,
    names: Vec<(String, String)>,
    left: Option<String>,
    reports: Vec<Report>,
    guard: Vec<String>,
    administrators: Vec<String>,
    /// The number of users with an email address, who can be invited; `None` if there are none.
    reached: Option<String>,
    upload: String,
}

pub(super) async fn form(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    may_import(&viewer)?;
    Ok(page(&import_page(&viewer, String::new(), None)))
}

/// Checks an uploaded file or pasted lines, or imports a file that was confirmed.
pub(super) async fn submit(
    viewer: CurrentUser,
    Extension(uploads): Extension<Arc<Uploads>>,
    Extension(works): Extension<Arc<Works>>,
    request: Request,
) -> Result<Response<Body>, PageError> {
    may_import(&viewer)?;
    match sent(request).await? {
        Sent::File { bytes, pasted } => try_out(&viewer, &uploads, &bytes, pasted).await,
        Sent::Decision(fields) => carry_out(&viewer, &uploads, &works, &fields).await,
    }
}

fn may_import(viewer: &CurrentUser) -> Result<(), PageError> {
    match viewer.has_permission("Users.Create") {
        true => Ok(()),
        false => Ok(viewer.authorize(Act::ImportUsers, &Target::Instance)?),
    }
}

enum Sent {
    File { bytes: Bytes, pasted: bool },
    Decision(Fields),
}

async fn sent(request: Request) -> Result<Sent, PageError> {
    let incomplete = || PageError::bad_request("The form did not come whole.");
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        let body = Bytes::from_request(request, &()).await.map_err(|_| incomplete())?;
        return Ok(Sent::Decision(Fields::parse_form(&body)?));
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| incomplete())?;
    let mut pasted = Bytes::new();
    while let Some(field) = form.next_field().await.map_err(|_| incomplete())? {
        let is_file = field.name() == Some("file");
        let bytes = field.bytes().await.map_err(|_| incomplete())?;
        match is_file {
            true if !bytes.is_empty() => return Ok(Sent::File { bytes, pasted: false }),
            true => {}
            false => pasted = bytes,
        }
    }
    Ok(Sent::File { bytes: pasted, pasted: true })
}

async fn try_out(
    viewer: &CurrentUser,
    uploads: &Uploads,
    bytes: &[u8],
    pasted: bool,
) -> Result<Response<Body>, PageError> {
    let is_repeated = pasted && bytes.len() <= REPEATED_BYTES_MAX;
    let text = if is_repeated { String::from_utf8_lossy(bytes).into_owned() } else { String::new() };
    let refuse = |text: String, problem: String| {
        Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &import_page(viewer, text, Some(problem))))
    };
    let lines = match sheet::read(bytes) {
        Ok(lines) if lines.len() > BATCH_MAX => {
            let (lines, max) = (text::figure(lines.len()), text::figure(BATCH_MAX));
            return refuse(text, format!("{lines} users are more than the {max} that one file may have: split it."));
        }
        Ok(lines) => lines,
        Err(problem) => return refuse(text, problem),
    };
    let (directory, actor, now) = (viewer.directory.clone(), viewer.actor(), viewer.now);
    let read = tokio::task::spawn_blocking(move || Reader::new(&directory, &actor, now).read(&lines, outside::id));
    let intake = read.await.map_err(|error| Failure::Internal(error.to_string()))?;
    if intake.wrong() > 0 {
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &wrong_page(viewer, text, intake)));
    }
    let outcome = match review(viewer, command(&intake.new, Vec::new())).await {
        Ok(outcome) => outcome,
        Err(failure @ Failure::Refused(_)) => return refuse(text, to_sentence(&failure)),
        Err(failure) => return Err(failure.into()),
    };
    const NAMED: usize = 50;
    let name = |new: &NewUser| {
        let identity = &new.identity;
        let parts = [identity.first_name.as_deref(), identity.last_name.as_deref()];
        (parts.into_iter().flatten().collect::<Vec<_>>().join(" "), new.username.clone())
    };
    let left = intake.new.len().saturating_sub(NAMED);
    let reached = intake.new.iter().filter(|new| new.identity.email.is_some()).count();
    Ok(page(&ReadyPage {
        layout: viewer.layout("Add users by CSV"),
        count: text::count_noun(intake.new.len(), "user"),
        names: intake.new.iter().take(NAMED).map(name).collect(),
        left: (left > 0).then(|| format!("and {} more", text::figure(left))),
        reports: intake.reports.into_iter().take(REPORTS_SHOWN).collect(),
        guard: outcome.guard(viewer),
        administrators: outcome.administrators(),
        reached: (reached > 0).then(|| {
            let are = if reached == 1 { "has" } else { "have" };
            format!("{} of {} {are} an e-mail address", text::figure(reached), text::figure(intake.new.len()))
        }),
        upload: uploads.keep(viewer, intake.new)?,
    }))
}

async fn carry_out(
    viewer: &CurrentUser,
    uploads: &Uploads,
    works: &Works,
    fields: &Fields,
) -> Result<Response<Body>, PageError> {
    let Some(new) = uploads.of(viewer, fields.raw("upload")) else {
        let problem = "The file is not at hand any more: send it again.".to_owned();
        return Ok(page_with(StatusCode::CONFLICT, &import_page(viewer, String::new(), Some(problem))));
    };
    let how = SignIn::read(fields);
    let passwords = if how == SignIn::OneTime { new.iter().map(|_| blank()).collect() } else { Vec::new() };
    let refuse = |failure: &Failure| {
        let page = import_page(viewer, String::new(), Some(to_sentence(failure)));
        page_with(StatusCode::CONFLICT, &page)
    };
    if let Err(failure) = review(viewer, command(&new, passwords)).await {
        return Ok(refuse(&failure));
    }
    uploads.forget(fields.raw("upload"));
    if how == SignIn::NotYet {
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
    let is_reached = |new: &&NewUser| new.identity.email.is_some();
    let (slips, invite, without) = match how {
        SignIn::OneTime => (new.iter().map(slip).collect(), Vec::new(), None),
        _ => {
            let invite: Vec<_> = new.iter().filter(is_reached).map(|new| (new.id, None)).collect();
            let left = new.len() - invite.len();
            let have = if left == 1 { "has no email and no password" } else { "have no email and no password" };
            let without = (left > 0).then(|| format!("{} {have}.", text::count_noun(left, "new user")));
            (Vec::new(), invite, without)
        }
    };
    let task = Task {
        title: "Users added".to_owned(),
        back: "/connect/users".to_owned(),
        slips,
        invite,
        without,
        command: Some(Box::new(move |passwords| command(&new, passwords))),
    };
    Ok(redirect_to(&works.begin(viewer, task)?))
}

/// How new users get their first password.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SignIn {
    OneTime,
    Invited,
    NotYet,
}

impl SignIn {
    fn read(fields: &Fields) -> Self {
        match fields.raw("passwords") {
            "none" => Self::NotYet,
            "invite" => Self::Invited,
            _ => Self::OneTime,
        }
    }
}

/// Returns a slip with a new temporary password.
fn slip(new: &NewUser) -> Slip {
    let identity = &new.identity;
    let names: Vec<_> = [&identity.first_name, &identity.last_name].into_iter().flatten().cloned().collect();
    let name = if names.is_empty() { new.username.clone() } else { names.join(" ") };
    Slip { name, login: new.username.clone(), password: Password::one_time() }
}

/// Returns the command that adds users. The passwords are assigned in order; the remaining users get none.
fn command(new: &[NewUser], passwords: Vec<NewPassword>) -> Command {
    let create = |(new, password): (&NewUser, Option<NewPassword>)| {
        Command::CreateUser(Box::new(NewUser { password, ..new.clone() }))
    };
    let passwords = passwords.into_iter().map(Some).chain(std::iter::repeat_with(|| None));
    Command::Batch { act: Act::ImportUsers, commands: new.iter().zip(passwords).map(create).collect() }
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

fn wrong_page(viewer: &CurrentUser, text: String, intake: Intake) -> ImportPage {
    let (wrong, all) = (intake.wrong(), intake.new.len());
    let reports: Vec<_> = intake.reports.into_iter().filter(|report| !report.problems.is_empty()).collect();
    let left = reports.len().saturating_sub(REPORTS_SHOWN);
    let lines = if all == 1 { "line" } else { "lines" };
    let are = if wrong == 1 { "is" } else { "are" };
    ImportPage {
        summary: Some(format!(
            "{} of {} {lines} {are} not right yet, so nobody was added. Mend them in your file and send it again.",
            text::figure(wrong),
            text::figure(all)
        )),
        more: (left > 0).then(|| format!("{} more lines have problems.", text::figure(left))),
        reports: reports.into_iter().take(REPORTS_SHOWN).collect(),
        ..import_page(viewer, text, None)
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Self(UserSlots::new(WAITING_A_USER, WAITING_AN_INSTANCE))
    }
}

impl Uploads {
    fn keep(&self, viewer: &CurrentUser, new: Vec<NewUser>) -> Result<String, Failure> {
        let upload = Upload { until: add_duration(viewer.now, WAITS), new: Arc::new(new) };
        self.0.insert(owner(viewer), upload, |upload| upload.until <= viewer.now, |_| true)
    }

    fn of(&self, viewer: &CurrentUser, id: &str) -> Option<Arc<Vec<NewUser>>> {
        self.0.get(owner(viewer), id, |upload| upload.until <= viewer.now).map(|upload| upload.new)
    }

    fn forget(&self, id: &str) {
        self.0.remove(id);
    }
}

fn owner(viewer: &CurrentUser) -> Owner {
    Owner { instance: viewer.instance(), user: viewer.user.id }
}
