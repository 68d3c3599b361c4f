//! The details tab. It saves all edited values of a user as one change. If access changes, a review is shown first.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::{Command, PlannedChange, Refusal, SecurityProfileId, Timestamp, User};
use http::{Response, StatusCode};

use super::changes::{UserFormErrors, batch, commands, unless_modified};
use super::conflict;
use super::draft::UserDraft;
use super::form::{self, FormView};
use super::header::{Tab, UserHeader, user_header, user_path};
use super::lookup;
use super::review::{InviteAgain, UserReview, replaces_credentials, review};
use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form, Query};
use crate::web::layout::{Layout, page_with};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::session;
use floorkey_service::failure::Failure;
use floorkey_service::mail;

#[derive(Template)]
#[template(path = "user/details.html")]
struct DetailsPage {
    layout: Layout,
    header: UserHeader,
    form: FormView,
    modified: i64,
    /// Whether the viewer can change any of the user's data.
    editable: bool,
}

#[derive(Template)]
#[template(path = "user/review.html")]
pub(super) struct UserReviewPage {
    pub(super) layout: Layout,
    pub(super) title: String,
    /// The URL that the form is submitted to.
    pub(super) action: String,
    /// The URL of the breadcrumb link.
    pub(super) back: String,
    pub(super) name: String,
    pub(super) review: UserReview,
    /// The hidden fields of the form.
    pub(super) fields: Vec<(String, String)>,
    pub(super) save: &'static str,
}

/// A request to save a draft.
struct SaveRequest {
    user: Arc<User>,
    draft: UserDraft,
    /// The modification time that the user had when the page was created.
    modified: Timestamp,
    /// Whether the actor has confirmed the review.
    is_reviewed: bool,
    /// Whether the actor submitted the form. If so, a refusal is recorded in the audit log.
    is_submitted: bool,
    /// The email address that the actor entered for a new invitation. If it is empty, no invitation is sent.
    invite_to: String,
}

/// Shows the form. If the field `give` is set, instead shows the review of assigning that profile. If the field `like`
/// is set, instead shows the review of copying access from that user.
pub(super) async fn show(
    viewer: CurrentUser,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response<Body>, PageError> {
    let user = lookup::visible_user(&viewer, &id)?;
    let mut draft = UserDraft::from_user(&user);
    if let Some(profile) = query.text("give").and_then(SecurityProfileId::parse) {
        draft.add(profile);
    } else if let Some(other) = query.text("like") {
        draft.copy_access_from(&*lookup::visible_user(&viewer, other)?, viewer.now);
    } else {
        return Ok(form_page(&viewer, &user, &draft, &UserFormErrors::default(), user.modified));
    }
    let modified = user.modified;
    save(
        &viewer,
        SaveRequest { user, draft, modified, is_reviewed: false, is_submitted: false, invite_to: String::new() },
    )
    .await
}

pub(super) async fn send(
    viewer: CurrentUser,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    let user = lookup::visible_user(&viewer, &id)?;
    let draft = UserDraft::from_fields(&fields, UserDraft::from_user(&user));
    let modified = modified(&fields)?;
    if fields.has("drop") || matches!(fields.raw("step"), "more" | "back") {
        return Ok(form_page(&viewer, &user, &draft, &UserFormErrors::default(), modified));
    }
    let invite_to = fields.raw("invite_to").trim().to_owned();
    save(
        &viewer,
        SaveRequest { user, draft, modified, is_reviewed: fields.raw("step") == "save", is_submitted: true, invite_to },
    )
    .await
}

/// Returns the time of the record's last modification before the page was created. The form contains this time.
pub(super) fn modified(fields: &Fields) -> Result<Timestamp, PageError> {
    let millis = fields.raw("modified").parse().map(Timestamp::from_millis);
    millis.map_err(|_| PageError::bad_request("The form does not say which state of the user it was made from."))
}

async fn save(viewer: &CurrentUser, request: SaveRequest) -> Result<Response<Body>, PageError> {
    let SaveRequest { user, draft, modified, is_reviewed, is_submitted, invite_to } = request;
    if user.modified != modified {
        return conflict::page(viewer, &user, modified, &draft).await;
    }
    let mut errors = UserFormErrors::default();
    let commands = commands(&viewer.directory, &user, &draft, &mut errors);
    if !errors.is_empty() {
        return Ok(form_page(viewer, &user, &draft, &errors, modified));
    }
    let details = format!("{}/details", user_path(&user));
    let Some(command) = batch(commands.clone()) else {
        return Ok(viewer.context.redirect_with_flash(&details, &Flash::info("Nothing was changed.")));
    };
    let command = unless_modified(user.id, modified, command);
    let planned = match viewer.plan(&command) {
        Ok(planned) => planned,
        Err(refusal) => {
            let refusal = if is_submitted { execute_refused(viewer, command, refusal).await? } else { refusal };
            let errors = all_errors(viewer, &commands, &refusal);
            return Ok(form_page(viewer, &user, &draft, &errors, modified));
        }
    };
    let mut review = review(viewer, user.id, &planned, &UserDraft::from_user(&user), &draft);
    let replaces_login = replaces_credentials(&planned, user.id);
    if replaces_login {
        review.invite = Some(invitation_details(viewer, &user, &planned).await?);
    }
    let changes_access = review.needs_confirmation();
    if !is_reviewed && (changes_access || !is_submitted) {
        return Ok(review_page(viewer, &user, &draft, modified, review));
    }
    match viewer.execute(command).await {
        Ok(done) => {
            let to = if changes_access { user_path(&user) } else { details };
            let mut text = saved_message(&planned, &user);
            if replaces_login {
                text.push_str(&send_invitation(viewer, &user, &invite_to).await);
            }
            let flash = Flash::good(text).undo(done.revision);
            Ok(viewer.context.redirect_with_flash(&to, &flash))
        }
        Err(Failure::Refused(Refusal::Stale { .. })) => {
            let now = viewer.app().service.engine().current(viewer.instance()).ok_or(PageError::SignIn)?;
            let user = now.user(user.id).cloned().ok_or_else(|| PageError::NotFound("user".to_owned()))?;
            conflict::page(&CurrentUser { directory: now, ..viewer.clone() }, &user, modified, &draft).await
        }
        Err(Failure::Refused(refusal)) => {
            let errors = all_errors(viewer, &commands, &refusal);
            Ok(form_page(viewer, &user, &draft, &errors, modified))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Returns the number of sessions and the email address of a user whose credentials the change replaces.
async fn invitation_details(
    viewer: &CurrentUser,
    user: &User,
    planned: &PlannedChange,
) -> Result<InviteAgain, PageError> {
    let sessions = viewer.app().service.store().sessions_of(viewer.instance(), user.id).await?;
    let sessions = sessions.iter().filter(|session| session::is_valid(session, user, viewer.now)).count();
    let address = planned.next.user(user.id).and_then(|after| after.identity.email.clone());
    Ok(InviteAgain { sessions, address })
}

/// Sends the invitation that the actor requested together with the change. Returns a sentence about the result.
async fn send_invitation(viewer: &CurrentUser, user: &User, address: &str) -> String {
    let name = user.display_name();
    if address.is_empty() {
        return format!(" {name} needs a new invitation or password to sign in.");
    }
    let Some(now) = viewer.app().service.engine().current(viewer.instance()) else { return String::new() };
    match mail::invite(&viewer.app().mailer, &now, viewer.actor(), user.id, Some(address)).await {
        Ok(sent) => format!(" A new invitation is on its way to {}.", sent.address),
        Err(failure) => format!(" No invitation was sent. {}", to_sentence(&failure)),
    }
}

/// Executes a command that a dry run refused, so that the refusal is recorded in the audit log.
pub(super) async fn execute_refused(
    viewer: &CurrentUser,
    command: Command,
    dry: Refusal,
) -> Result<Refusal, PageError> {
    match viewer.execute(command).await {
        Err(Failure::Refused(refusal)) => Ok(refusal),
        Err(failure) => Err(failure.into()),
        // The reason for the refusal no longer existed when the command was executed, so the command succeeded
        // unexpectedly.
        Ok(_) => {
            tracing::warn!(%dry, "a command was done after its dry run was refused");
            Err(PageError::bad_request("Something changed while this was being saved. Look at the page again."))
        }
    }
}

/// Returns the errors of all commands, not only those of the first refused command.
fn all_errors(viewer: &CurrentUser, commands: &[Command], refusal: &Refusal) -> UserFormErrors {
    let mut errors = UserFormErrors::default();
    if refusal.withholds_details() {
        // This refusal has a reference code that the user can give to an administrator. A dry run's refusal has no
        // reference code.
        errors.add_refusal(refusal);
        return errors;
    }
    for refusal in commands.iter().filter_map(|command| viewer.plan(command).err()) {
        errors.add_refusal(&refusal);
    }
    if errors.is_empty() {
        errors.add_refusal(refusal);
    }
    errors
}

fn saved_message(planned: &PlannedChange, before: &User) -> String {
    let Some(after) = planned.next.user(before.id) else { return "Saved.".to_owned() };
    let name = after.display_name();
    let mut text = format!("{name} is saved.");
    if after.identity.email != before.identity.email && after.identity.email.is_some() {
        text.push_str(" The new e-mail address is pending until its owner follows the link that was sent there.");
    }
    if after.username != before.username {
        text.push_str(&format!(" The login name is {} from now on; {name} has to sign in again.", after.username));
    }
    text
}

fn form_page(
    viewer: &CurrentUser,
    user: &User,
    draft: &UserDraft,
    errors: &UserFormErrors,
    modified: Timestamp,
) -> Response<Body> {
    let form = form::view(viewer, Some(user), draft, errors);
    let editable = form.names.refused.is_none() || form.profiles.refused.is_none();
    let page = DetailsPage {
        layout: viewer.layout(format!("{} · Details", user.display_name())),
        header: user_header(viewer, user, Tab::Details),
        modified: modified.as_millis(),
        editable,
        form,
    };
    page_with(if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, &page)
}

fn review_page(
    viewer: &CurrentUser,
    user: &User,
    draft: &UserDraft,
    modified: Timestamp,
    review: UserReview,
) -> Response<Body> {
    let mut fields = draft.fields();
    fields.push(("modified".to_owned(), modified.as_millis().to_string()));
    let name = user.display_name();
    let page = UserReviewPage {
        layout: viewer.layout(format!("Review the change of {name}")),
        title: format!("Review the change of {name}"),
        action: format!("{}/details", user_path(user)),
        back: user_path(user),
        name,
        review,
        fields,
        save: "Save",
    };
    page_with(StatusCode::OK, &page)
}
