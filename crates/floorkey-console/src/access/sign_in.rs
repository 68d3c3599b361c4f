//! The page with the viewer's own credentials.

use askama::Template;
use axum::body::Body;
use floorkey::user::{PasswordState, SecondFactorKind};
use http::Response;

use super::email::{self, Email};
use super::keys::{self, Key};
use super::sessions::{self, Shown};
use crate::factors::{passkey, recovery};
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};
use crate::web::text;

pub(super) fn routes() -> Routes {
    Routes::new().route(super::SIGN_IN, get(show))
}

#[derive(Template)]
#[template(path = "access/sign_in.html")]
struct SignInPage {
    layout: Layout,
    login: String,
    has_password: bool,
    email: Email,
    factors: Vec<Factor>,
    /// Whether MFA is required at sign-in.
    is_asked_for: bool,
    /// The number of unused recovery codes, or `None` if there is no set of codes.
    codes: Option<String>,
    passkeys: bool,
    sessions: Vec<Shown>,
    others: bool,
    keys: Vec<Key>,
    may_make_key: bool,
}

/// One of the viewer's MFA devices.
struct Factor {
    id: String,
    label: String,
    kind: &'static str,
    added: String,
    added_iso: String,
}

async fn show(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    let user = &viewer.user;
    let sessions = sessions::of(&viewer).await?;
    let shown = user.second_factors.iter().filter(|factor| factor.kind != SecondFactorKind::RecoveryCodes);
    let factors = shown.map(|factor| Factor {
        id: factor.id.to_string(),
        label: factor.label.clone(),
        kind: kind(factor.kind),
        added: text::utc_time(factor.added),
        added_iso: text::iso_time(factor.added),
    });
    Ok(page(&SignInPage {
        login: user.username.clone(),
        has_password: user.password != PasswordState::None,
        email: email::of(&viewer),
        factors: factors.collect(),
        is_asked_for: crate::factors::are_asked_for(user),
        codes: codes(&viewer).await?,
        passkeys: passkey::are_possible(&viewer.app().public_url),
        others: sessions.len() > 1,
        sessions,
        keys: keys::of(&viewer),
        may_make_key: keys::may_make(&viewer),
        layout: viewer.layout("How you sign in"),
    }))
}

async fn codes(viewer: &CurrentUser) -> Result<Option<String>, PageError> {
    let (app, kind) = (viewer.app(), SecondFactorKind::RecoveryCodes);
    let stored = crate::factors::of_kind(app, viewer.instance(), &viewer.user, kind).await?;
    Ok(stored.first().map(|stored| text::count_noun(recovery::left(stored.used), "recovery code")))
}

pub(super) const fn kind(kind: SecondFactorKind) -> &'static str {
    match kind {
        SecondFactorKind::Totp => "Authenticator app",
        SecondFactorKind::Passkey => "Passkey",
        SecondFactorKind::RecoveryCodes => "Recovery codes",
    }
}
