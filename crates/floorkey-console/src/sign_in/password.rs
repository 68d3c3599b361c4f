//! The page where a user replaces their temporary or current password.

use askama::Template;
use axum::body::Body;
use floorkey::user::PasswordState;
use floorkey::{Command, NewPassword, Refusal};
use http::{Response, StatusCode};

use super::check::{self, PasswordResult};
use super::context::SignInContext;
use crate::web::current_user::{CurrentUser, PartialSession};
use crate::web::fields::InvalidInput;
use crate::web::flash::Flash;
use crate::web::form::Form;
use crate::web::layout::{Layout, page, page_with};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::routes::{Routes, get};
use floorkey_service::failure::Failure;
use floorkey_service::hashing_queue::{Party, RequestClass};
use floorkey_service::passwords::Password;

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/password", get(password_form).post(choose_password))
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    layout: Layout,
    is_temporary: bool,
    username: String,
    error: Option<String>,
    wrong_current: bool,
}

async fn password_form(PartialSession(viewer): PartialSession) -> Response<Body> {
    page(&password_page(&viewer, None, false))
}

fn password_page(viewer: &CurrentUser, error: Option<String>, wrong_current: bool) -> PasswordPage {
    PasswordPage {
        layout: Layout {
            instance: viewer.directory.settings().alias.clone(),
            ..viewer.context.layout("Choose a password")
        },
        is_temporary: viewer.user.password == PasswordState::Temporary,
        username: viewer.user.username.clone(),
        error,
        wrong_current,
    }
}

/// Parses the new password from the two fields of the form.
///
/// # Errors
/// Returns a sentence that describes the problem if the password is not acceptable.
pub(super) fn parse_new_password(password: &str, again: &str) -> Result<Password, InvalidInput> {
    let chosen = Password::parse(password).map_err(|invalid| InvalidInput(to_sentence(&invalid.into())))?;
    match password == again {
        true => Ok(chosen),
        false => Err(InvalidInput("The two new passwords differ.".to_owned())),
    }
}

/// Sets the viewer's own password. All sessions of the viewer end, and this browser gets a new session.
async fn choose_password(
    sign_in: SignInContext,
    PartialSession(viewer): PartialSession,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    let refuse = |error: String, wrong_current| {
        Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &password_page(&viewer, Some(error), wrong_current)))
    };
    let is_temporary = viewer.user.password == PasswordState::Temporary;
    if !is_temporary {
        let current = check::password(&sign_in, &viewer.directory, &viewer.user.username, fields.raw("present"), true);
        if let PasswordResult::Incorrect = current.await? {
            return refuse("This is not your current password, or there were too many attempts.".to_owned(), true);
        }
    }
    let chosen = match parse_new_password(fields.raw("password"), fields.raw("again")) {
        Ok(chosen) => chosen,
        Err(InvalidInput(error)) => return refuse(error, false),
    };
    let party = Party::User(viewer.instance(), viewer.user.id);
    let stored_hash = viewer.app().service.store().password_hash(viewer.instance(), viewer.user.id).await?;
    if viewer.app().service.hashing().verify(RequestClass::Callers, party, chosen.reveal(), stored_hash).await? {
        return refuse("This is the password you have now: choose another one.".to_owned(), false);
    }
    let user = viewer.user.id;
    let command = |password: NewPassword| Command::ChangeOwnPassword { user, password };
    let service = &viewer.app().service;
    match service.execute_with_password(viewer.instance(), viewer.actor(), &chosen, false, command).await {
        Ok(_) => {}
        Err(Failure::Refused(Refusal::CredentialsEnded)) => return Err(PageError::SignIn),
        Err(failure @ Failure::Refused(_)) => return refuse(to_sentence(&failure), false),
        Err(failure) => return Err(failure.into()),
    }
    let (directory, user) = check::after_own_change(service, viewer.instance(), user, viewer.session.epoch)?;
    check::start_session_with_flash(&sign_in, &directory, &user, crate::ROOT, &Flash::good("Your password is changed."))
        .await
}
