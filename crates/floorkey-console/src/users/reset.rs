//! Resets the passwords of many users: either to temporary passwords, which are shown once and must be changed at the
//! next sign-in, or with links for the users to choose passwords themselves.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use floorkey::{Act, Command, NewPassword, Opaque, RecordKey, User, UserId};
use http::{Response, StatusCode};

use super::acts::signed_in;
use super::review::{not_permitted, review};
use super::selection::{Selected, Selection, named};
use super::work::{Made, Slip, Task, Works};
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
struct ResetPage {
    layout: Layout,
    who: String,
    names: String,
    signed_in: Option<String>,
    keys: usize,
    how: How,
    /// Number of users to whom a link can be sent, the total, and the names of the others.
    reachable: usize,
    of: String,
    unreachable: String,
    guard: Vec<String>,
    selection: Vec<(String, String)>,
    mark: String,
    back: String,
    /// Whether the selection contained the viewer, who is left out.
    without_you: bool,
    /// The changes of the users since the page was loaded.
    overtaken: Option<Vec<String>>,
    problem: Option<String>,
}

/// How the users get new passwords.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct How {
    /// Send a link to each user who can receive one.
    link: bool,
    /// With `link`, don't reset the passwords of the other users.
    leave: bool,
    revoke: bool,
}

impl How {
    fn read(fields: &Fields) -> Self {
        Self { link: fields.raw("how") == "link", leave: fields.raw("others") == "leave", revoke: fields.has("revoke") }
    }

    /// Splits the users into those who are sent a link and those who get a temporary password.
    fn parted(self, users: &[Arc<User>]) -> (Vec<Arc<User>>, Vec<Arc<User>>) {
        let (linked, others): (Vec<_>, Vec<_>) =
            users.iter().cloned().partition(|user| self.link && mail::link_address(user).is_some());
        let slips = if self.link && self.leave { Vec::new() } else { others };
        (linked, slips)
    }
}

pub(super) async fn form(selected: Selected) -> Result<Response<Body>, PageError> {
    let Selected { viewer, selection, .. } = selected;
    let selection = without_oneself(&viewer, selection);
    match selection.nobody(&viewer) {
        Some(response) => Ok(response),
        None => look(&viewer, &selection, How { revoke: true, ..How::default() }, None, None).await,
    }
}

pub(super) async fn submit(
    Extension(works): Extension<Arc<Works>>,
    selected: Selected,
) -> Result<Response<Body>, PageError> {
    let Selected { viewer, selection, fields } = selected;
    let selection = without_oneself(&viewer, selection);
    if let Some(response) = selection.nobody(&viewer) {
        return Ok(response);
    }
    let how = How::read(&fields);
    if fields.raw("mark") != selection.mark() {
        let overtaken = selection.overtaken(&viewer, fields.raw("mark")).await?;
        return look(&viewer, &selection, how, overtaken, None).await;
    }
    let (linked, users) = how.parted(&selection.users);
    if linked.is_empty() && users.is_empty() {
        let problem = "None of them has an address that a link can be sent to: nobody was sent one.".to_owned();
        return look(&viewer, &selection, how, None, Some(problem)).await;
    }
    // Check the command before hashing, so that requests which will be refused can't occupy the server with hashing. A
    // link needs the same permissions as a password.
    let all: Vec<UserId> = linked.iter().chain(&users).map(|user| user.id).collect();
    if let Err(failure) = review(&viewer, command(&all, how.revoke, blanks(&all))).await {
        return match failure {
            Failure::Refused(refusal) => {
                let (service, actor) = (&viewer.app().service, viewer.actor());
                let targets = all.iter().map(|user| RecordKey::User(*user)).collect();
                service.refuse(viewer.instance(), actor, Act::ResetUserPasswords, targets, refusal).await;
                look(&viewer, &selection, how, None, None).await
            }
            failure => Err(failure.into()),
        };
    }
    Ok(redirect_to(&works.begin(&viewer, task(&selection, &linked, &users, how.revoke))?))
}

fn task(selection: &Selection, linked: &[Arc<User>], users: &[Arc<User>], revoke: bool) -> Task {
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let title = match users.len() {
        0 => "Links to choose a password",
        1 => "One-time password",
        _ => "One-time passwords",
    };
    Task {
        title: title.to_owned(),
        back: selection.back.clone(),
        slips: users.iter().map(slip).collect(),
        invite: linked.iter().map(|user| (user.id, None)).collect(),
        without: None,
        command: (!ids.is_empty()).then(|| -> Made { Box::new(move |passwords| command(&ids, revoke, passwords)) }),
    }
}

/// Removes the viewer from the selection. The reset would sign them out before the password is shown.
fn without_oneself(viewer: &CurrentUser, mut selection: Selection) -> Selection {
    selection.users.retain(|user| user.id != viewer.user.id);
    selection
}

/// Returns a slip with a new temporary password.
fn slip(user: &Arc<User>) -> Slip {
    Slip { name: user.display_name(), login: user.username.clone(), password: Password::one_time() }
}

/// Returns a placeholder for a password that is not hashed yet.
pub(super) fn blank() -> NewPassword {
    NewPassword { hash: Opaque::new(Vec::new()), one_time: true }
}

fn command(users: &[UserId], revoke_access_keys: bool, passwords: Vec<NewPassword>) -> Command {
    let reset = |(user, password): (&UserId, NewPassword)| Command::ResetUserPassword {
        user: *user,
        password,
        revoke_access_keys,
    };
    Command::Batch { act: Act::ResetUserPasswords, commands: users.iter().zip(passwords).map(reset).collect() }
}

/// Returns a placeholder password for each user.
fn blanks(users: &[UserId]) -> Vec<NewPassword> {
    users.iter().map(|_| blank()).collect()
}

async fn look(
    viewer: &CurrentUser,
    selection: &Selection,
    how: How,
    overtaken: Option<Vec<String>>,
    problem: Option<String>,
) -> Result<Response<Body>, PageError> {
    let users: Vec<_> = selection.users.iter().collect();
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let tried = review(viewer, command(&ids, how.revoke, blanks(&ids))).await;
    let (guard, refused) = match &tried {
        Ok(outcome) => (outcome.guard(viewer), None),
        Err(failure) => match not_permitted(failure) {
            Some(refusal) => return Err(refusal.into()),
            None => (Vec::new(), Some(to_sentence(failure))),
        },
    };
    let mark = if refused.is_some() { String::new() } else { selection.mark() };
    let problem = refused.or(problem);
    let status = if problem.is_some() || overtaken.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let own = viewer.user.id.to_string();
    let unreachable: Vec<_> = users.iter().copied().filter(|user| mail::link_address(user).is_none()).collect();
    let page = ResetPage {
        layout: viewer.layout(format!("Reset the password of {}", selection.words())),
        who: selection.words(),
        names: selection.names(),
        signed_in: signed_in(viewer, &users).await?,
        keys: ids.iter().map(|user| viewer.directory.access_keys_of(*user).count()).sum(),
        how,
        reachable: users.len() - unreachable.len(),
        of: text::count_noun(users.len(), "user"),
        unreachable: named(unreachable.iter().copied()),
        guard,
        selection: selection.fields.clone(),
        mark,
        back: selection.back.clone(),
        without_you: selection.fields.iter().any(|(name, value)| name == "user" && *value == own),
        overtaken,
        problem,
    };
    Ok(page_with(status, &page))
}
