//! The page for resetting a password. It first lists the consequences and the sessions that will end. After the reset,
//! it shows the temporary password once.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::audit::Flag;
use floorkey::{Command, NewPassword, Refusal, User, UserId};
use http::{Response, StatusCode};

use super::credentials::locked_until;
use super::edit::modified;
use super::header::user_path;
use super::lookup::{self, describe_refusal};
use super::{conflict, temporary_password};
use crate::users::placeholder_password;
use crate::web::current_user::CurrentUser;
use crate::web::edit::if_unchanged;
use crate::web::flash::Flash;
use crate::web::form::Form;
use crate::web::guard_flags::{self, ReviewSubject};
use crate::web::layout::{Layout, page_with};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::session;
use crate::web::text;
use floorkey_service::failure::Failure;
use floorkey_service::mail;
use floorkey_service::passwords::Password;

#[derive(Template)]
#[template(path = "user/reset.html")]
struct ResetPasswordPage {
    layout: Layout,
    name: String,
    address: String,
    modified: i64,
    /// The current sessions of the user.
    sessions: Vec<String>,
    locked: Option<String>,
    keys: usize,
    /// The email address to which a link can be sent as an alternative to a temporary password.
    link: Option<String>,
    /// Whether the viewer must enter the email address as confirmation.
    confirm_address: bool,
    /// A warning of the escalation guard. The warning does not prevent the reset.
    warning: Option<String>,
    /// The reason why a reset would be refused. `None` if a reset would be allowed.
    refused: Option<String>,
    /// The events about the user since the page was created.
    recent_events: Vec<String>,
    disabled: bool,
    is_self: bool,
}

/// Returns a password reset command with an empty password, for use in a dry run.
pub(super) fn dry_run_command(user: UserId) -> Command {
    command(user, placeholder_password(), false)
}

fn command(user: UserId, password: NewPassword, revoke_access_keys: bool) -> Command {
    Command::ResetUserPassword { user, password, revoke_access_keys }
}

pub(super) async fn show(viewer: CurrentUser, Path(id): Path<String>) -> Result<Response<Body>, PageError> {
    let user = lookup::visible_user(&viewer, &id)?;
    reset_page(&viewer, &user, Vec::new(), StatusCode::OK, None).await
}

pub(super) async fn send(
    viewer: CurrentUser,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    let user = lookup::visible_user(&viewer, &id)?;
    let (modified, revokes_keys) = (modified(&fields)?, fields.has("revoke"));
    if fields.raw("how") == "link" {
        return send_link(&viewer, &user, fields.raw("email")).await;
    }
    let (service, password) = (&viewer.app().service, Password::one_time());
    let to_command =
        |new| if_unchanged(floorkey::RecordKey::User(user.id), modified, command(user.id, new, revokes_keys));
    match service.execute_with_password(viewer.instance(), viewer.actor(), &password, true, to_command).await {
        Ok(_) => {}
        Err(Failure::Refused(Refusal::Stale { .. })) => {
            let now = service.engine().current(viewer.instance()).ok_or(PageError::SignIn)?;
            let user = now.user(user.id).cloned().ok_or_else(|| PageError::NotFound("user".to_owned()))?;
            let viewer = CurrentUser { directory: now, ..viewer };
            let recent_events = conflict::recent_events(&viewer, &user, modified).await?;
            return reset_page(&viewer, &user, recent_events, StatusCode::CONFLICT, None).await;
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.root(), Refusal::Guard(_)) => {
            return reset_page(&viewer, &user, Vec::new(), StatusCode::FORBIDDEN, Some(refusal)).await;
        }
        Err(failure) => return Err(failure.into()),
    }
    let keys = if revokes_keys { viewer.directory.access_keys_of(user.id).count() } else { 0 };
    Ok(temporary_password::show(&viewer, &user, &password, false, result_message(&user, keys)))
}

/// Sends the user a link instead of setting a temporary password.
async fn send_link(viewer: &CurrentUser, user: &User, confirmed: &str) -> Result<Response<Body>, PageError> {
    let flash =
        match mail::invite(&viewer.app().mailer, &viewer.directory, viewer.actor(), user.id, Some(confirmed)).await {
            Ok(sent) => Flash::good(format!(
                "A link to choose a password was sent to {}. It is valid for {}.",
                sent.address, sent.lifetime
            )),
            Err(failure @ Failure::Refused(_)) => Flash::bad(format!("No link was sent. {}", to_sentence(&failure))),
            Err(failure) => return Err(failure.into()),
        };
    Ok(viewer.context.redirect_with_flash(&format!("{}/sign-in", user_path(user)), &flash))
}

/// Returns a sentence about the result of the reset.
fn result_message(user: &User, keys: usize) -> String {
    let name = user.display_name();
    let keys = match keys {
        0 => String::new(),
        1 => " The access key is revoked.".to_owned(),
        keys => format!(" All {keys} access keys are revoked."),
    };
    format!("The old password counts no more, and {name} is signed out everywhere.{keys}")
}

async fn reset_page(
    viewer: &CurrentUser,
    user: &User,
    recent_events: Vec<String>,
    status: StatusCode,
    refusal: Option<Refusal>,
) -> Result<Response<Body>, PageError> {
    let (warning, refused) = match refusal.map_or_else(|| viewer.plan(&dry_run_command(user.id)), Err) {
        Ok(planned) => (planned.change.event().flags.iter().find_map(|flag| warning(viewer, user, flag)), None),
        Err(refusal) => (None, Some(describe_refusal(viewer, &refusal))),
    };
    let is_permitted = refused.is_none();
    let sessions = if is_permitted { session_texts(viewer, user).await? } else { Vec::new() };
    let locked = if is_permitted { locked_until(viewer, user.id) } else { None };
    let name = user.display_name();
    let page = ResetPasswordPage {
        layout: viewer.layout(format!("Reset the password of {name}")),
        name,
        address: user_path(user),
        modified: user.modified.as_millis(),
        sessions,
        locked: locked.map(|at| viewer.time(at)),
        keys: viewer.directory.access_keys_of(user.id).count(),
        link: mail::link_address(user),
        warning,
        refused,
        recent_events,
        confirm_address: user.email_unverified,
        disabled: !user.enabled,
        is_self: user.id == viewer.user.id,
    };
    Ok(page_with(status, &page))
}

/// Describes a warning of the escalation guard about resetting the user's password.
fn warning(viewer: &CurrentUser, user: &User, flag: &Flag) -> Option<String> {
    let subject = ReviewSubject::User {
        name: &user.display_name(),
        after: &viewer.directory,
        shows_permissions: viewer.visibility().check_effective_permissions(user).is_ok(),
    };
    match flag {
        Flag::ChangedUserWithMoreAccess { .. } => guard_flags::in_review(viewer, &subject, flag),
        _ => None,
    }
}

/// Describes the current sessions of the user.
async fn session_texts(viewer: &CurrentUser, user: &User) -> Result<Vec<String>, PageError> {
    let sessions = viewer.app().service.store().sessions_of(viewer.instance(), user.id).await?;
    let now = sessions.into_iter().filter(|session| session::is_valid(session, user, viewer.now));
    let words = now.map(|session| {
        let from = session.address.as_deref().map(|address| format!(" from {address}")).unwrap_or_default();
        format!(
            "since {}{from}, last used {}",
            viewer.time(session.created_at),
            text::relative_time(session.last_used_at, viewer.now)
        )
    });
    Ok(words.collect())
}
