//! The page for choosing between the two modes of the escalation guard.

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Body;
use floorkey::{Command, GuardMode, Refusal, UserId};
use http::{Response, StatusCode};

use super::guard_description;
use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form, Query};
use crate::web::guard_flags;
use crate::web::layout::{Layout, page_with, redirect_to};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::scan::scan;
use crate::web::text;
use floorkey_service::failure::Failure;

#[derive(Template)]
#[template(path = "home/guard.html")]
struct GuardPage {
    layout: Layout,
    /// The chosen mode of the escalation guard. `None` if no mode was chosen.
    mode: Option<&'static str>,
    /// The submitted values, which the form shows again after an error.
    submitted_mode: String,
    reason: String,
    warn: &'static str,
    enforce: &'static str,
    can_set: bool,
    /// The names of the users whose credentials another user with less access could know. `None` if there are no such
    /// users.
    exposed_users: Option<String>,
    /// Whether to replace the credentials of the exposed users.
    replaces: bool,
    error: Option<String>,
}

/// Whether to ask the viewer to choose the escalation guard's mode. Only administrators are asked. They are no longer
/// asked once the mode is set or they have postponed the choice.
pub(super) fn must_choose(viewer: &CurrentUser) -> bool {
    let is_postponed = viewer.context.client.guard_postponed;
    viewer.directory.settings().guard.is_none() && viewer.directory.is_administrator(viewer.user.id) && !is_postponed
}

pub(super) async fn show(viewer: CurrentUser, Query(query): Query) -> Result<Response<Body>, PageError> {
    if !viewer.is_administrative() {
        return Err(PageError::NotFound("page".to_owned()));
    }
    if query.has("later") {
        return Ok(viewer.context.postpone_guard(redirect_to(crate::ROOT)));
    }
    show_with(&viewer, &Fields::default(), None).await
}

async fn show_with(viewer: &CurrentUser, fields: &Fields, error: Option<String>) -> Result<Response<Body>, PageError> {
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let can_set = viewer.directory.is_administrator(viewer.user.id);
    let exposed = match can_set {
        true => scan(viewer, |viewer| floorkey::exposed_users(&viewer.directory, None, viewer.now)).await?,
        false => BTreeMap::new(),
    };
    let users: Vec<UserId> = exposed.keys().copied().collect();
    let page = GuardPage {
        layout: viewer.layout("Escalation guard"),
        mode: viewer.directory.settings().guard.map(GuardMode::as_str),
        submitted_mode: fields.raw("mode").to_owned(),
        reason: fields.raw("reason").to_owned(),
        warn: guard_description(GuardMode::Warn),
        enforce: guard_description(GuardMode::Enforce),
        can_set,
        exposed_users: (!users.is_empty()).then(|| guard_flags::user_names(viewer, &users, users.len() as u64)),
        replaces: fields.has("replace_credentials"),
        error,
    };
    Ok(page_with(status, &page))
}

pub(super) async fn set(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    let Some(mode) = GuardMode::parse(fields.raw("mode")) else {
        return show_with(&viewer, &fields, Some("Choose one of the two.".to_owned())).await;
    };
    let reason = fields.text("reason").unwrap_or_default().to_owned();
    let command = Command::set_escalation_guard(mode, reason, fields.has("replace_credentials"));
    match viewer.execute(command).await {
        Ok(done) => {
            let mut text = format!("The escalation guard is on {}.", mode.as_str());
            text.push_str(&text::credentials_replaced_note(done.credentials_replaced));
            Ok(viewer.context.redirect_with_flash(crate::ROOT, &Flash::good(text)))
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.root(), Refusal::Invalid(_)) => {
            show_with(&viewer, &fields, Some(to_sentence(&Failure::Refused(refusal)))).await
        }
        Err(failure) => Err(failure.into()),
    }
}
