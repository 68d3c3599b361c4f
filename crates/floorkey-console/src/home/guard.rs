//! The page of the escalation guard: its mode, and what it would have refused.

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Body;
use floorkey::{Command, GuardMode, Refusal, UserId};
use http::{Response, StatusCode};

use super::guard_check::{self, GuardCheck};
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
    /// The mode that is selected: the submitted one, or else the current one. None of them is selected as long as no
    /// mode was chosen, so that the choice is made by a person.
    selected: Option<GuardMode>,
    /// The submitted reason, which the form shows again after an error.
    reason: String,
    /// Whether saving can make the guard less strict, which requires a reason.
    can_loosen: bool,
    warn: &'static str,
    enforce: &'static str,
    can_set: bool,
    /// The names of the users whose credentials another user with less access could know. `None` if there are no such
    /// users.
    exposed_users: Option<String>,
    /// Whether to replace the credentials of the exposed users.
    replaces: bool,
    error: Option<String>,
    /// The changes that `enforce` would have refused; `None` if the viewer can't see them.
    check: Option<GuardCheck>,
}

impl GuardPage {
    fn is_selected(&self, mode: &str) -> bool {
        self.selected.map(GuardMode::as_str) == Some(mode)
    }
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
    let before = query.text("before").and_then(|before| before.parse().ok());
    show_with(&viewer, &Fields::default(), before, None).await
}

async fn show_with(
    viewer: &CurrentUser,
    fields: &Fields,
    before: Option<u64>,
    error: Option<String>,
) -> Result<Response<Body>, PageError> {
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
        selected: GuardMode::parse(fields.raw("mode")).or(viewer.directory.settings().guard),
        reason: fields.raw("reason").to_owned(),
        can_loosen: viewer.directory.settings().guard == Some(GuardMode::Enforce),
        warn: guard_description(GuardMode::Warn),
        enforce: guard_description(GuardMode::Enforce),
        can_set,
        exposed_users: (!users.is_empty()).then(|| guard_flags::user_names(viewer, &users, users.len() as u64)),
        replaces: fields.has("replace_credentials"),
        error,
        check: match guard_check::can_check(viewer) {
            true => Some(guard_check::check(viewer, before).await?),
            false => None,
        },
    };
    Ok(page_with(status, &page))
}

pub(super) async fn set(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    let Some(mode) = GuardMode::parse(fields.raw("mode")) else {
        return show_with(&viewer, &fields, None, Some("Choose one of the two.".to_owned())).await;
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
            show_with(&viewer, &fields, None, Some(to_sentence(&Failure::Refused(refusal)))).await
        }
        Err(failure) => Err(failure.into()),
    }
}
