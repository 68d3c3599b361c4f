//! Resets the passwords of many users. A user gets either a temporary password or a link for choosing a password.
//! Temporary passwords are shown once, and must be changed at the next sign-in.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use floorkey::{Action, Command, NewPassword, RecordKey, SecretBytes, User, UserId};
use http::{Response, StatusCode};

use super::bulk_actions::signed_in;
use super::job::{CommandFactory, JobRequest, Jobs, TemporaryPassword};
use super::review::{not_permitted, review};
use super::selection::{BulkRequest, Selection, list_names};
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::layout::{Layout, page_with, redirect_to};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::text;
use floorkey_service::failure::Failure;
use floorkey_service::mail;
use floorkey_service::passwords::Password;

#[derive(Template)]
#[template(path = "users/reset.html")]
struct BulkResetPage {
    layout: Layout,
    who: String,
    names: String,
    signed_in: Option<String>,
    keys: usize,
    method: ResetMethod,
    /// The number of users to whom a link can be sent.
    reachable: usize,
    /// The total number of users.
    total_text: String,
    /// The names of the users to whom no link can be sent.
    unreachable: String,
    guard: Vec<String>,
    selection: Vec<(String, String)>,
    fingerprint: String,
    back: String,
    /// Whether the selection contained the viewer. If so, the viewer is left out.
    excludes_self: bool,
    /// The changes to the users since the page was loaded.
    changes_since: Option<Vec<String>>,
    problem: Option<String>,
}

/// How the users get new passwords.
#[derive(Clone, Copy, PartialEq, Eq)]
struct ResetMethod {
    /// Whether to send a link to each user who can receive a link.
    link: bool,
    /// Whether to skip users who can't receive a link. If `false`, these users get a temporary password.
    skip_others: bool,
    revoke: bool,
}

impl ResetMethod {
    /// The method that the form suggests.
    const INITIAL: Self = Self { link: false, skip_others: false, revoke: true };

    fn parse(fields: &Fields) -> Self {
        Self {
            link: fields.raw("how") == "link",
            skip_others: fields.raw("others") == "leave",
            revoke: fields.has("revoke"),
        }
    }

    /// Returns the users who are sent a link, and the users who get a temporary password.
    fn split(self, users: &[Arc<User>]) -> (Vec<Arc<User>>, Vec<Arc<User>>) {
        let (linked, others): (Vec<_>, Vec<_>) =
            users.iter().cloned().partition(|user| self.link && mail::link_address(user).is_some());
        let passwords = if self.link && self.skip_others { Vec::new() } else { others };
        (linked, passwords)
    }
}

pub(super) async fn form(selected: BulkRequest) -> Result<Response<Body>, PageError> {
    let BulkRequest { viewer, selection, .. } = selected;
    let selection = without_oneself(&viewer, selection);
    match selection.redirect_if_empty(&viewer) {
        Some(response) => Ok(response),
        None => review_page(&viewer, &selection, ResetMethod::INITIAL, None, None).await,
    }
}

pub(super) async fn submit(
    Extension(jobs): Extension<Arc<Jobs>>,
    selected: BulkRequest,
) -> Result<Response<Body>, PageError> {
    let BulkRequest { viewer, selection, fields } = selected;
    let selection = without_oneself(&viewer, selection);
    if let Some(response) = selection.redirect_if_empty(&viewer) {
        return Ok(response);
    }
    // The list posts a selection that is too long for a URL, without the form's other fields.
    let is_first = fields.raw("do") == "edit";
    let method = if is_first { ResetMethod::INITIAL } else { ResetMethod::parse(&fields) };
    if fields.raw("mark") != selection.fingerprint() {
        let changes_since = selection.changes_since(&viewer, fields.raw("mark")).await?;
        return review_page(&viewer, &selection, method, changes_since, None).await;
    }
    let (linked, users) = method.split(&selection.users);
    if linked.is_empty() && users.is_empty() {
        let problem = "No links were sent, because none of these users has a verified email address.".to_owned();
        return review_page(&viewer, &selection, method, None, Some(problem)).await;
    }
    // Checks the command before any passwords are hashed. Otherwise, requests that will be refused could keep the
    // server busy with hashing. Sending a link requires the same permissions as setting a password.
    let all: Vec<UserId> = linked.iter().chain(&users).map(|user| user.id).collect();
    if let Err(failure) = review(&viewer, command(&all, method.revoke, placeholder_passwords(&all))).await {
        return match failure {
            Failure::Refused(refusal) => {
                let (service, actor) = (&viewer.app().service, viewer.actor());
                let targets = all.iter().map(|user| RecordKey::User(*user)).collect();
                service.record_refusal(viewer.instance(), actor, Action::ResetUserPasswords, targets, refusal).await;
                review_page(&viewer, &selection, method, None, None).await
            }
            failure => Err(failure.into()),
        };
    }
    Ok(redirect_to(&jobs.start(&viewer, job_request(&selection, &linked, &users, method.revoke))?))
}

fn job_request(selection: &Selection, linked: &[Arc<User>], users: &[Arc<User>], revoke: bool) -> JobRequest {
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let title = match users.len() {
        0 => "Links to choose a password",
        1 => "Temporary password",
        _ => "Temporary passwords",
    };
    JobRequest {
        title: title.to_owned(),
        back: selection.back.clone(),
        passwords: users.iter().map(temporary_password).collect(),
        invite: linked.iter().map(|user| (user.id, None)).collect(),
        skipped: None,
        command: (!ids.is_empty())
            .then(|| -> CommandFactory { Box::new(move |passwords| command(&ids, revoke, passwords)) }),
    }
}

/// Removes the viewer from the selection. The reset would sign the viewer out before the password is shown.
fn without_oneself(viewer: &CurrentUser, mut selection: Selection) -> Selection {
    selection.users.retain(|user| user.id != viewer.user.id);
    selection
}

/// Generates a temporary password for a user, and returns the user's name and login with the password.
fn temporary_password(user: &Arc<User>) -> TemporaryPassword {
    TemporaryPassword { name: user.display_name(), login: user.username.clone(), password: Password::one_time() }
}

/// Returns a placeholder for a password that has not been hashed yet.
pub(crate) fn placeholder_password() -> NewPassword {
    NewPassword { hash: SecretBytes::new(Vec::new()), temporary: true }
}

fn command(users: &[UserId], revoke_access_keys: bool, passwords: Vec<NewPassword>) -> Command {
    let reset = |(user, password): (&UserId, NewPassword)| Command::ResetUserPassword {
        user: *user,
        password,
        revoke_access_keys,
    };
    Command::Batch { action: Action::ResetUserPasswords, commands: users.iter().zip(passwords).map(reset).collect() }
}

/// Returns a placeholder password for each user.
fn placeholder_passwords(users: &[UserId]) -> Vec<NewPassword> {
    users.iter().map(|_| placeholder_password()).collect()
}

async fn review_page(
    viewer: &CurrentUser,
    selection: &Selection,
    method: ResetMethod,
    changes_since: Option<Vec<String>>,
    problem: Option<String>,
) -> Result<Response<Body>, PageError> {
    let users: Vec<_> = selection.users.iter().collect();
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let planned = review(viewer, command(&ids, method.revoke, placeholder_passwords(&ids))).await;
    let (guard, refused) = match &planned {
        Ok(outcome) => (outcome.guard(viewer), None),
        Err(failure) => match not_permitted(failure) {
            Some(refusal) => return Err(refusal.into()),
            None => (Vec::new(), Some(to_sentence(failure))),
        },
    };
    let fingerprint = if refused.is_some() { String::new() } else { selection.fingerprint() };
    let problem = refused.or(problem);
    let status = if problem.is_some() || changes_since.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let own = viewer.user.id.to_string();
    let unreachable: Vec<_> = users.iter().copied().filter(|user| mail::link_address(user).is_none()).collect();
    let page = BulkResetPage {
        layout: viewer.layout(format!("Reset the password of {}", selection.count_text())),
        who: selection.count_text(),
        names: selection.names(),
        signed_in: signed_in(viewer, &users).await?,
        keys: ids.iter().map(|user| viewer.directory.access_keys_of(*user).count()).sum(),
        method,
        reachable: users.len() - unreachable.len(),
        total_text: text::count_noun(users.len(), "user"),
        unreachable: list_names(unreachable.iter().copied()),
        guard,
        selection: selection.fields.clone(),
        fingerprint,
        back: selection.back.clone(),
        excludes_self: selection.fields.iter().any(|(name, value)| name == "user" && *value == own),
        changes_since,
        problem,
    };
    Ok(page_with(status, &page))
}
