//! The details tab. It saves all edited values of a user as one change. If access changes, a review is shown first.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::{Action, Command, PlannedChange, RecordKey, Refusal, SecurityProfileId, Timestamp, User};
use http::{Response, StatusCode};

use super::changes::commands;
use super::conflict;
use super::draft::UserDraft;
use super::form::{self, FormView};
use super::header::{Tab, UserHeader, user_header, user_path};
use super::lookup;
use super::review::{InviteAgain, UserReview, replaces_credentials, review};
use crate::user_fields::FIELDS;
use crate::web::current_user::CurrentUser;
use crate::web::edit::{self, Saved, dry_run};
use crate::web::fields::FieldErrors;
use crate::web::form::{Fields, Form, Query};
use crate::web::layout::{Layout, page_with};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::session;
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
        return Ok(form_page(&viewer, &user, &draft, &FieldErrors::default(), user.modified));
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
        return Ok(form_page(&viewer, &user, &draft, &FieldErrors::default(), modified));
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
    millis.map_err(|_| PageError::bad_request("The form doesn’t say which version of the user it was opened with."))
}

async fn save(viewer: &CurrentUser, request: SaveRequest) -> Result<Response<Body>, PageError> {
    let SaveRequest { user, draft, modified, is_reviewed, is_submitted, invite_to } = request;
    if user.modified != modified {
        return conflict::page(viewer, &user, modified, &draft).await;
    }
    let mut errors = FieldErrors::default();
    let commands = commands(&viewer.directory, &user, &draft, &mut errors);
    if !errors.is_empty() {
        add_refusals(viewer, &commands, &mut errors);
        return Ok(form_page(viewer, &user, &draft, &errors, modified));
    }
    let refused = |refusal| {
        let errors = all_errors(viewer, &commands, &refusal);
        Ok(form_page(viewer, &user, &draft, &errors, modified))
    };
    let details = format!("{}/details", user_path(&user));
    let Some(command) = edit::batch(Action::EditUsers, commands.clone()) else {
        return Ok(edit::unchanged(viewer, &details));
    };
    let command = edit::if_unchanged(RecordKey::User(user.id), modified, command);
    let planned = match dry_run(viewer, &command, is_submitted).await? {
        Ok(planned) => planned,
        Err(refusal) => return refused(refusal),
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
    match edit::save(viewer, command).await? {
        Saved::Done(done) => {
            let to = if changes_access { user_path(&user) } else { details };
            let mut text = saved_message(&planned, &user);
            if replaces_login {
                text.push_str(&send_invitation(viewer, &user, &invite_to).await);
            }
            Ok(edit::saved(viewer, &to, text, &done))
        }
        Saved::Stale(now) => {
            let user = now.user(user.id).cloned().ok_or_else(|| PageError::NotFound("user".to_owned()))?;
            conflict::page(&CurrentUser { directory: now, ..viewer.clone() }, &user, modified, &draft).await
        }
        Saved::Refused(refusal) => refused(refusal),
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
        Ok(sent) => format!(" A new invitation was sent to {}.", sent.address),
        Err(failure) => format!(" No invitation was sent. {}", to_sentence(&failure)),
    }
}

/// Returns the errors of all commands, not only those of the first refused command.
fn all_errors(viewer: &CurrentUser, commands: &[Command], refusal: &Refusal) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if refusal.withholds_details() {
        // This refusal has a reference code that the user can give to an administrator. A dry run's refusal has no
        // reference code.
        errors.add_refusal(FIELDS, refusal);
        return errors;
    }
    add_refusals(viewer, commands, &mut errors);
    if errors.is_empty() {
        errors.add_refusal(FIELDS, refusal);
    }
    errors
}

/// Adds the refusal of each command that would be refused by itself.
fn add_refusals(viewer: &CurrentUser, commands: &[Command], errors: &mut FieldErrors) {
    for refusal in commands.iter().filter_map(|command| viewer.plan(command).err()) {
        errors.add_refusal(FIELDS, &refusal);
    }
}

fn saved_message(planned: &PlannedChange, before: &User) -> String {
    let Some(after) = planned.next.user(before.id) else { return "Saved.".to_owned() };
    let name = after.display_name();
    let mut text = format!("{name} is saved.");
    if after.identity.email != before.identity.email && after.identity.email.is_some() {
        text.push_str(" The new email address is used after its owner follows the link that was sent there.");
    }
    if after.username != before.username {
        text.push_str(&format!(" The new login name is {}. {name} must sign in again.", after.username));
    }
    text
}

fn form_page(
    viewer: &CurrentUser,
    user: &User,
    draft: &UserDraft,
    errors: &FieldErrors,
    modified: Timestamp,
) -> Response<Body> {
    let form = form::view(viewer, Some(user), draft, errors);
    let editable = form.identity.refused.is_none() || form.profiles.refused.is_none();
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
