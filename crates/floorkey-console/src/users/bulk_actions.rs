//! Bulk actions that need only the selected users as input. Before an action is performed, its review page is shown.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use floorkey::{Action, Command, Target, User};
use http::{Response, StatusCode};

use super::review::{BulkReview, not_permitted, review};
use super::selection::{BulkRequest, Selection, list_names};
use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::layout::{Layout, page_with};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::routes::{Routes, get};
use crate::web::session;
use crate::web::text;
use floorkey_service::bulk_edit::BulkEdit;
use floorkey_service::failure::Failure;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BulkAction {
    Enable,
    Disable,
    Unlock,
    SignOut,
    RemoveFactors,
    Delete,
}

pub(super) fn routes() -> Routes {
    BulkAction::ALL.into_iter().fold(Routes::new(), |router, action| {
        let show = move |selected| show(action, selected);
        let submit = move |selected| submit(action, selected);
        router.route(&action.address(), get(show).post(submit))
    })
}

impl BulkAction {
    const ALL: [Self; 6] =
        [Self::Enable, Self::Disable, Self::Unlock, Self::SignOut, Self::RemoveFactors, Self::Delete];

    fn address(self) -> String {
        let path = match self {
            Self::Enable => "enable",
            Self::Disable => "disable",
            Self::Unlock => "unlock",
            Self::SignOut => "sign-out",
            Self::RemoveFactors => "remove-factors",
            Self::Delete => "delete",
        };
        format!("/connect/users/{path}")
    }

    /// Returns the operation that the audit log records for the whole batch.
    const fn operation(self) -> Action {
        match self {
            Self::Delete => Action::DeleteUsers,
            Self::Enable | Self::Disable | Self::Unlock | Self::SignOut | Self::RemoveFactors => Action::EditUsers,
        }
    }

    /// Checks whether the viewer can apply the action to at least some users.
    fn authorize(self, viewer: &CurrentUser) -> Result<(), PageError> {
        let names: &[&str] = match self {
            Self::Delete => &["Users.Delete"],
            Self::Enable | Self::Disable => &["Users.EnableAndDisable", "Users.Edit"],
            Self::Unlock | Self::SignOut | Self::RemoveFactors => &["Users.Edit"],
        };
        match names.iter().any(|name| viewer.has_permission(name)) {
            true => Ok(()),
            false => Ok(viewer.authorize(self.operation(), &Target::Instance)?),
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Enable => "Enable",
            Self::Disable => "Disable",
            Self::Unlock => "Unlock",
            Self::SignOut => "Sign out everywhere:",
            Self::RemoveFactors => "Remove MFA devices of",
            Self::Delete => "Delete",
        }
    }

    const fn button(self) -> &'static str {
        match self {
            Self::Enable => "Enable",
            Self::Disable => "Disable",
            Self::Unlock => "Unlock",
            Self::SignOut => "Sign out everywhere",
            Self::RemoveFactors => "Remove MFA devices",
            Self::Delete => "Delete",
        }
    }

    /// Returns a description of the consequences, for the review page.
    const fn consequences(self) -> &'static str {
        match self {
            Self::Enable => "They can sign in again and use what their security profiles grant.",
            Self::Disable => {
                "They can no longer sign in or do anything. Their sessions end and their access keys stop working. \
                 Nothing is deleted, and you can enable them again."
            }
            Self::Unlock => "Failed sign-ins are reset. They can try again immediately.",
            Self::SignOut => "They are signed out in all browsers. They can sign in again.",
            Self::RemoveFactors => {
                "They sign in with only their password until they add another MFA device. Make sure that they \
                 requested this themselves."
            }
            Self::Delete => {
                "They can no longer sign in; their sessions end and their access keys are deleted. For 90 days \
                 you can restore them from the list of deleted users, without password, MFA devices and access keys."
            }
        }
    }

    /// Returns the past participle that follows *is* or *are* in the confirmation message.
    const fn past_participle(self) -> &'static str {
        match self {
            Self::Enable => "enabled",
            Self::Disable => "disabled",
            Self::Unlock => "unlocked",
            Self::SignOut => "signed out everywhere",
            Self::RemoveFactors => "without MFA devices",
            Self::Delete => "deleted",
        }
    }

    /// Whether the action applies to the user. Viewers can't disable or delete themselves.
    fn applies_to(self, user: &User, viewer: &CurrentUser) -> bool {
        match self {
            Self::Enable => !user.enabled,
            Self::Disable => user.enabled && user.id != viewer.user.id,
            Self::RemoveFactors => !user.mfa_methods.is_empty(),
            Self::Delete => user.id != viewer.user.id,
            Self::Unlock | Self::SignOut => true,
        }
    }

    const fn command(self, user: &User) -> Command {
        let user = user.id;
        match self {
            Self::Enable => Command::SetUserEnabled { user, enabled: true },
            Self::Disable => Command::SetUserEnabled { user, enabled: false },
            Self::Unlock => Command::UnlockUser { user },
            Self::SignOut => Command::EndUserSessions { user },
            Self::RemoveFactors => Command::RemoveSecondFactor { user, factor: None },
            Self::Delete => Command::DeleteUser { user },
        }
    }

    const fn can_be_undone(self) -> bool {
        matches!(self, Self::Enable | Self::Disable | Self::Delete)
    }
}

#[derive(Template)]
#[template(path = "users/bulk_action.html")]
struct ActionPage {
    layout: Layout,
    heading: String,
    consequences: &'static str,
    names: String,
    /// A sentence about the users that the action skips.
    skipped: Option<String>,
    signed_in: Option<String>,
    action: String,
    button: &'static str,
    danger: bool,
    selection: Vec<(String, String)>,
    fingerprint: String,
    back: String,
    /// The changes to the users since the page was loaded.
    changes_since: Option<Vec<String>>,
    problem: Option<String>,
    review: Option<BulkReview>,
}

async fn show(action: BulkAction, selected: BulkRequest) -> Result<Response<Body>, PageError> {
    let BulkRequest { viewer, selection, .. } = selected;
    action.authorize(&viewer)?;
    review_page(action, &viewer, &selection, None, None).await
}

async fn submit(action: BulkAction, selected: BulkRequest) -> Result<Response<Body>, PageError> {
    let BulkRequest { viewer, selection, fields } = selected;
    action.authorize(&viewer)?;
    if fields.raw("mark") != selection.fingerprint() {
        let changes_since = selection.changes_since(&viewer, fields.raw("mark")).await?;
        return review_page(action, &viewer, &selection, changes_since, None).await;
    }
    let users: Vec<_> = selection.users.iter().filter(|user| action.applies_to(user, &viewer)).collect();
    let Some(command) = batch(action, users.iter().copied()) else {
        return review_page(action, &viewer, &selection, None, None).await;
    };
    let done = match viewer.execute(command).await {
        Ok(done) => done,
        Err(failure @ Failure::Refused(_)) => {
            return review_page(action, &viewer, &selection, None, Some(PageError::Failure(failure))).await;
        }
        Err(failure) => return Err(failure.into()),
    };
    let who = match users.as_slice() {
        [only] => format!("{} is", only.display_name()),
        users => format!("{} are", text::count_noun(users.len(), "user")),
    };
    let flash = Flash::good(format!("{who} {}.", action.past_participle()));
    let flash = if action.can_be_undone() { flash.undo(done.revision) } else { flash };
    Ok(viewer.context.redirect_with_flash(&selection.back, &flash))
}

fn batch<'a>(action: BulkAction, users: impl Iterator<Item = &'a Arc<User>>) -> Option<Command> {
    let commands: Vec<_> = users.map(|user| action.command(user)).collect();
    (!commands.is_empty()).then_some(Command::Batch { action: action.operation(), commands })
}

/// Returns the review page. If an attempt failed, the page shows the problem.
async fn review_page(
    action: BulkAction,
    viewer: &CurrentUser,
    selection: &Selection,
    changes_since: Option<Vec<String>>,
    problem: Option<PageError>,
) -> Result<Response<Body>, PageError> {
    let (users, others): (Vec<_>, Vec<_>) = selection.users.iter().partition(|user| action.applies_to(user, viewer));
    let planned = match batch(action, users.iter().copied()) {
        Some(command) => Some(review(viewer, command).await),
        None => None,
    };
    let (review, refusal) = match planned {
        Some(Ok(outcome)) => (Some(outcome.to_review(viewer, &BulkEdit::default(), &selection.users)), None),
        Some(Err(failure)) => (None, Some(failure)),
        None => (None, None),
    };
    let problem = match problem {
        Some(PageError::Failure(failure)) => Some(failure),
        _ => refusal,
    };
    // If the viewer lacks a permission, an error page lists the profiles that grant it.
    if let Some(refusal) = problem.as_ref().and_then(not_permitted) {
        return Err(refusal.into());
    }
    let problem = match problem {
        Some(failure @ Failure::Refused(_)) => Some(to_sentence(&failure)),
        Some(failure) => return Err(failure.into()),
        None => None,
    };
    let ends_sessions = matches!(action, BulkAction::Disable | BulkAction::Delete | BulkAction::SignOut);
    let signed_in = if ends_sessions { signed_in(viewer, &users).await? } else { None };
    let who = match users.as_slice() {
        [only] => only.display_name(),
        users => text::count_noun(users.len(), "user"),
    };
    let status = if problem.is_some() || changes_since.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let page = ActionPage {
        layout: viewer.layout(format!("{} {who}", action.title())),
        heading: format!("{} {who}", action.title()),
        consequences: action.consequences(),
        names: list_names(users.iter().copied()),
        skipped: (!others.is_empty()).then(|| {
            format!(
                "This skips {} for whom nothing would change, or who are you: {}.",
                text::count_noun(others.len(), "user"),
                list_names(others.iter().copied())
            )
        }),
        signed_in,
        action: action.address(),
        button: action.button(),
        danger: matches!(action, BulkAction::Delete | BulkAction::Disable),
        selection: selection.fields.clone(),
        fingerprint: if users.is_empty() || problem.is_some() { String::new() } else { selection.fingerprint() },
        back: selection.back.clone(),
        changes_since,
        problem,
        review,
    };
    Ok(page_with(status, &page))
}

/// Returns a sentence about the users who are signed in. Returns `None` if no user is signed in.
pub(super) async fn signed_in(viewer: &CurrentUser, users: &[&Arc<User>]) -> Result<Option<String>, PageError> {
    let mut found = Vec::new();
    for user in users {
        // Sessions have a maximum lifetime. A user whose last sign-in is longer ago can't be signed in, so no lookup is
        // needed.
        let last = viewer.app().activity.get(viewer.instance(), user.id).and_then(|known| known.signed_in_at);
        if last.is_none_or(|at| session::add_duration(at, session::LIFETIME) < viewer.now) {
            continue;
        }
        let sessions = viewer.app().service.store().sessions_of(viewer.instance(), user.id).await?;
        if sessions.iter().any(|session| session::is_valid(session, user, viewer.now)) {
            found.push(*user);
        }
    }
    let who =
        |verb: &str| format!("{} {verb} signed in now and will be signed out.", list_names(found.iter().copied()));
    Ok(match found.len() {
        0 => None,
        1 => Some(who("is")),
        _ => Some(who("are")),
    })
}
