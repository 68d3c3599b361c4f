//! Sets up an authenticator app. The app is added to the user's account once the user enters a valid code from it.

use askama::Template;
use axum::body::Body;
use floorkey::user::{MfaMethod, MfaMethodKind};
use floorkey::{Command, MfaMethodId, Timestamp};
use http::{Response, StatusCode};
use serde::{Deserialize, Serialize};

use crate::factors::{self, totp};
use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::Form;
use crate::web::layout::{Layout, page_with};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::routes::{Routes, get};
use floorkey_service::digest::short_digest;
use floorkey_service::failure::Failure;
use floorkey_service::single_use;
use floorkey_service::{clock, entropy};

/// How long the setup form is valid, in milliseconds.
const VALID_FOR_MS: i64 = 30 * 60 * 1000;

/// The context string used to seal the app's secret during setup.
const PURPOSE: &str = "console authenticator set-up";

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/access/authenticator", get(form).post(confirm))
}

#[derive(Template)]
#[template(path = "access/authenticator.html")]
struct AuthenticatorPage {
    layout: Layout,
    qr_code: Option<totp::QrPath>,
    secret: String,
    state: String,
    label: String,
    error: Option<String>,
}

/// The state of the setup. It is sealed and stored in a hidden field of the setup form.
#[derive(Serialize, Deserialize)]
struct SetUp {
    secret: String,
    owner_key: String,
    until: i64,
}

async fn form(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    super::require_recent_sign_in(&viewer)?;
    show(&viewer, &totp::Secret::new(), "Authenticator app", None)
}

fn show(
    viewer: &CurrentUser,
    secret: &totp::Secret,
    label: &str,
    error: Option<String>,
) -> Result<Response<Body>, PageError> {
    let app = viewer.app();
    let until = viewer.now.as_millis().saturating_add(VALID_FOR_MS);
    let set_up = SetUp { secret: secret.as_base32().to_owned(), owner_key: owner_key(viewer), until };
    let text = serde_json::to_string(&set_up).map_err(|error| Failure::Internal(error.to_string()))?;
    let issuer = match &viewer.directory.settings().alias {
        Some(alias) => format!("Floorkey {alias}"),
        None => "Floorkey".to_owned(),
    };
    let uri = secret.otpauth_uri(&viewer.user.username, &issuer);
    let page = AuthenticatorPage {
        layout: viewer.layout("Add an authenticator app"),
        qr_code: uri.as_deref().and_then(totp::QrPath::encode),
        secret: secret.to_grouped_base32(),
        state: app.sealer.seal_text(PURPOSE, &text).unwrap_or_default(),
        label: label.to_owned(),
        error,
    };
    let status = if page.error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(page_with(status, &page))
}

async fn confirm(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    super::require_recent_sign_in(&viewer)?;
    let app = viewer.app();
    let set_up = app.sealer.open_text(PURPOSE, fields.raw("state"));
    let set_up = set_up.and_then(|text| serde_json::from_str::<SetUp>(&text).ok());
    let is_own = |set_up: &SetUp| set_up.owner_key == owner_key(&viewer) && viewer.now.as_millis() < set_up.until;
    let Some(secret) = set_up.filter(is_own).and_then(|set_up| totp::Secret::parse(&set_up.secret)) else {
        let error = "That took too long, so here is a new secret: add it to your app again.";
        return show(&viewer, &totp::Secret::new(), fields.raw("label"), Some(error.to_owned()));
    };
    let label = fields.text("label").unwrap_or("Authenticator app");
    let code: String = fields.raw("code").chars().filter(char::is_ascii_digit).collect();
    let Some(step) = secret.matching_step(&code, clock::now()) else {
        let error = "This code is not right. Type the one that the app shows now; if it never is, see whether the \
            phone's clock is right.";
        return show(&viewer, &secret, label, Some(error.to_owned()));
    };
    let (instance, user) = (viewer.instance(), viewer.user.id);
    // Each form can be used only once. A user who goes back and submits the form again does not add a second app.
    let hash = short_digest(fields.raw("state"), 16);
    if single_use::count_use(app.service.store(), instance, user, &format!("set-up:{hash}")).await? > 1 {
        return Ok(viewer.context.redirect_with_flash(super::SIGN_IN, &Flash::info("It is set up already.")));
    }
    let id = MfaMethodId::from_bits(entropy::random_id());
    let owner = factors::sealing_context(instance, &viewer.user, id);
    let sealed = app.sealer.seal(&owner, secret.as_base32()).map_err(Failure::from)?;
    let at = Timestamp::from_millis(0);
    let factor = MfaMethod { id, kind: MfaMethodKind::Totp, label: label.to_owned(), added: at };
    match viewer.execute(Command::AddSecondFactor { user, factor, secret: sealed }).await {
        Ok(_) => {}
        Err(failure @ Failure::Refused(_)) => return show(&viewer, &secret, label, Some(to_sentence(&failure))),
        Err(failure) => return Err(failure.into()),
    }
    // Marks the code that the user entered during setup as used, so that it can't be used to sign in.
    app.service.store().use_factor(instance, user, id, 0, step, None).await?;
    Ok(super::factors::after_adding(&viewer, label))
}

fn owner_key(viewer: &CurrentUser) -> String {
    format!("{} {} {}", viewer.instance(), viewer.user.id, viewer.user.security_epoch)
}
