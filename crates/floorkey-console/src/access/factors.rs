//! Adds passkeys and recovery codes, and removes MFA devices.

use askama::Template;
use axum::body::Body;
use floorkey::user::{MfaMethod, MfaMethodKind};
use floorkey::{Command, MfaMethodId, Timestamp};
use http::{Response, StatusCode};

use crate::factors::passkey::{self, Challenge};
use crate::factors::{self, recovery};
use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::{Form, Query};
use crate::web::layout::{Layout, page, page_with};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::routes::{Routes, get};
use floorkey_service::entropy;
use floorkey_service::failure::Failure;

const CODES: &str = "/connect/access/recovery-codes";

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/access/passkey", get(passkey_form).post(add_passkey))
        .route(CODES, get(codes_form).post(make_codes))
        .route("/connect/access/remove-factor", get(removal_form).post(remove))
}

#[derive(Template)]
#[template(path = "access/passkey.html")]
struct PasskeyPage {
    layout: Layout,
    challenge: Option<Challenge>,
    passkey_origin: Option<String>,
    label: String,
    error: Option<String>,
}

async fn passkey_form(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    super::require_recent_sign_in(&viewer)?;
    Ok(passkey_page(&viewer, "Passkey", None))
}

fn passkey_page(viewer: &CurrentUser, label: &str, error: Option<String>) -> Response<Body> {
    let app = viewer.app();
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = PasskeyPage {
        layout: viewer.layout("Add a passkey"),
        challenge: passkey::start_registration(app, viewer.instance(), &viewer.user),
        passkey_origin: passkey::alternative_origin(&app.public_url),
        label: label.to_owned(),
        error,
    };
    page_with(status, &page)
}

async fn add_passkey(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    super::require_recent_sign_in(&viewer)?;
    let label = fields.text("label").unwrap_or("Passkey");
    let (app, instance) = (viewer.app(), viewer.instance());
    let registered =
        passkey::finish_registration(app, instance, &viewer.user, fields.raw("answer"), fields.raw("state"));
    let Some(registered) = registered else {
        let error = "The passkey could not be checked. Nothing is added; try again.";
        return Ok(passkey_page(&viewer, label, Some(error.to_owned())));
    };
    match add(&viewer, MfaMethodKind::Passkey, label, &registered).await {
        Ok(()) => Ok(after_adding(&viewer, label)),
        Err(failure @ Failure::Refused(_)) => Ok(passkey_page(&viewer, label, Some(to_sentence(&failure)))),
        Err(failure) => Err(failure.into()),
    }
}

/// Adds an MFA factor to the viewer's account.
async fn add(viewer: &CurrentUser, kind: MfaMethodKind, label: &str, secret: &str) -> Result<(), Failure> {
    let id = MfaMethodId::from_bits(entropy::random_id());
    let owner = factors::sealing_context(viewer.instance(), &viewer.user, id);
    let secret = viewer.app().sealer.seal(&owner, secret).map_err(Failure::from)?;
    let factor = MfaMethod { id, kind, label: label.to_owned(), added: Timestamp::from_millis(0) };
    viewer.execute(Command::AddSecondFactor { user: viewer.user.id, factor, secret }).await.map(drop)
}

/// Redirects the browser after an MFA factor was added. If the user has no recovery codes yet, redirects to the page
/// that offers to create them.
pub(super) fn after_adding(viewer: &CurrentUser, label: &str) -> Response<Body> {
    let has_codes = viewer.user.mfa_methods.iter().any(|factor| factor.kind == MfaMethodKind::RecoveryCodes);
    let flash = Flash::good(format!("“{label}” is added. From now on it is asked for after your password."));
    viewer.context.redirect_with_flash(if has_codes { super::SIGN_IN } else { CODES }, &flash)
}

#[derive(Template)]
#[template(path = "access/recovery_codes.html")]
struct CodesPage {
    layout: Layout,
    codes: Vec<String>,
    replaces: bool,
    is_mfa_required: bool,
    login: String,
}

fn codes_page(viewer: &CurrentUser, codes: Vec<String>) -> CodesPage {
    let factors = &viewer.user.mfa_methods;
    CodesPage {
        layout: viewer.layout("Recovery codes"),
        codes,
        replaces: factors.iter().any(|factor| factor.kind == MfaMethodKind::RecoveryCodes),
        is_mfa_required: factors::is_mfa_required(&viewer.user),
        login: viewer.user.username.clone(),
    }
}

async fn codes_form(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    super::require_recent_sign_in(&viewer)?;
    Ok(page(&codes_page(&viewer, Vec::new())))
}

/// Creates ten recovery codes. The codes are shown only in this response.
async fn make_codes(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    super::require_recent_sign_in(&viewer)?;
    if !factors::is_mfa_required(&viewer.user) {
        return Err(PageError::bad_request("Recovery codes replace a lost MFA device. Add an MFA device first."));
    }
    let (stored, codes) = recovery::StoredCodes::new();
    let text = stored.to_json().ok_or_else(|| Failure::Internal("recovery codes can't be written".to_owned()))?;
    add(&viewer, MfaMethodKind::RecoveryCodes, "Recovery codes", &text).await?;
    Ok(page(&codes_page(&viewer, codes)))
}

#[derive(Template)]
#[template(path = "access/remove_factor.html")]
struct RemovalPage {
    layout: Layout,
    id: String,
    label: String,
    kind: &'static str,
    /// Whether this is the user's last MFA factor.
    last: bool,
}

async fn removal_form(viewer: CurrentUser, Query(query): Query) -> Result<Response<Body>, PageError> {
    super::require_recent_sign_in(&viewer)?;
    let id = MfaMethodId::parse(query.raw("factor"));
    let factor = id.and_then(|id| viewer.user.second_factor(id));
    let factor = factor.ok_or_else(|| PageError::NotFound("MFA device".to_owned()))?;
    Ok(page(&RemovalPage {
        layout: viewer.layout("Remove an MFA device"),
        id: factor.id.to_string(),
        label: factor.label.clone(),
        kind: super::sign_in::kind(factor.kind),
        last: is_last(&viewer, factor.id),
    }))
}

/// Whether this is the user's last MFA factor. Once the last factor is removed, the user can sign in with only a
/// password.
fn is_last(viewer: &CurrentUser, id: MfaMethodId) -> bool {
    let mut others = viewer.user.mfa_methods.iter().filter(|factor| factor.id != id);
    !others.any(|factor| factor.kind != MfaMethodKind::RecoveryCodes)
}

async fn remove(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    let id = MfaMethodId::parse(fields.raw("factor"));
    let id = id.ok_or_else(|| PageError::NotFound("MFA device".to_owned()))?;
    // `None` removes all factors, including the recovery codes, which are useless without another factor.
    let factor = (!is_last(&viewer, id)).then_some(id);
    viewer.execute(Command::RemoveSecondFactor { user: viewer.user.id, factor }).await?;
    Ok(viewer.context.redirect_with_flash(super::SIGN_IN, &Flash::good("It is removed.")))
}
