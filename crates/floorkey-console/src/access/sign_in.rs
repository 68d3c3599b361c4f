//! The page that shows the viewer's own credentials.

use askama::Template;
use axum::body::Body;
use floorkey::user::{MfaMethodKind, PasswordState};
use http::Response;

use super::email::{self, Email};
use super::keys::{self, AccessKeyRow};
use super::sessions::{self, OwnSessionRow};
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
struct OwnSignInPage {
    layout: Layout,
    login: String,
    has_password: bool,
    email: Email,
    factors: Vec<OwnFactorRow>,
    /// Whether MFA is required at sign-in.
    is_mfa_required: bool,
    /// The number of unused recovery codes. `None` if the viewer has not created recovery codes.
    codes: Option<String>,
    passkeys_supported: bool,
    sessions: Vec<OwnSessionRow>,
    has_other_sessions: bool,
    keys: Vec<AccessKeyRow>,
    can_create_key: bool,
}

/// One of the viewer's MFA devices.
struct OwnFactorRow {
    id: String,
    label: String,
    kind: &'static str,
    added: String,
    added_iso: String,
}

async fn show(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    let user = &viewer.user;
    let sessions = sessions::for_viewer(&viewer).await?;
    let factors = user.mfa_methods.iter().filter(|factor| factor.kind != MfaMethodKind::RecoveryCodes);
    let factors = factors.map(|factor| OwnFactorRow {
        id: factor.id.to_string(),
        label: factor.label.clone(),
        kind: kind(factor.kind),
        added: viewer.time(factor.added),
        added_iso: text::iso_time(factor.added),
    });
    Ok(page(&OwnSignInPage {
        login: user.username.clone(),
        has_password: user.password != PasswordState::None,
        email: email::for_viewer(&viewer),
        factors: factors.collect(),
        is_mfa_required: crate::factors::is_mfa_required(user),
        codes: codes(&viewer).await?,
        passkeys_supported: passkey::is_supported(&viewer.app().public_url),
        has_other_sessions: sessions.len() > 1,
        sessions,
        keys: keys::for_viewer(&viewer),
        can_create_key: keys::can_create(&viewer),
        layout: viewer.layout("How you sign in"),
    }))
}

async fn codes(viewer: &CurrentUser) -> Result<Option<String>, PageError> {
    let (app, kind) = (viewer.app(), MfaMethodKind::RecoveryCodes);
    let stored = crate::factors::stored_factors(app, viewer.instance(), &viewer.user, kind).await?;
    Ok(stored.first().map(|stored| text::count_noun(recovery::remaining(stored.used), "recovery code")))
}

pub(super) const fn kind(kind: MfaMethodKind) -> &'static str {
    match kind {
        MfaMethodKind::Totp => "Authenticator app",
        MfaMethodKind::Passkey => "Passkey",
        MfaMethodKind::RecoveryCodes => "Recovery codes",
    }
}
