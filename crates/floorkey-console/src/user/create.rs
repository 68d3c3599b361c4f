//! The page that adds a user.

use askama::Template;
use axum::body::Body;
use floorkey::user::Proficiency;
use floorkey::{Action, Command, NewPassword, NewUser, PlannedChange, ResourceType, Target, UserId};
use http::{Response, StatusCode};

use super::changes::{new_user, skills};
use super::draft::UserDraft;
use super::edit::UserReviewPage;
use super::form::{self, FormView};
use super::lookup;
use super::review::review;
use super::temporary_password;
use crate::user_fields::FIELDS;
use crate::users::placeholder_password;
use crate::web::current_user::CurrentUser;
use crate::web::edit::{current_directory, dry_run};
use crate::web::fields::FieldErrors;
use crate::web::flash::Flash;
use crate::web::form::{Form, Query};
use crate::web::layout::{Layout, page_with};
use crate::web::page_error::{PageError, to_sentence};
use floorkey_service::entropy;
use floorkey_service::failure::Failure;
use floorkey_service::mail;
use floorkey_service::passwords::Password;

#[derive(Template)]
#[template(path = "user/new.html")]
struct NewPage {
    layout: Layout,
    form: FormView,
    /// The name of the user whose access is copied to the new user.
    template_user: Option<String>,
    /// The kind of initial password: `one-time`, `invite` or `none`.
    password: String,
    /// Whether the instance itself manages the passwords of its users.
    managed: bool,
}

/// Shows the form. The form is empty unless the field `like` is set. If it is set, the form is filled in with the
/// access of that user.
pub(super) async fn show(viewer: CurrentUser, Query(query): Query) -> Result<Response<Body>, PageError> {
    check_can_create(&viewer)?;
    let mut draft = empty_draft(&viewer);
    let mut template_user = None;
    if let Some(other) = query.text("like") {
        let other = lookup::visible_user(&viewer, other)?;
        draft.copy_access_from(&other, viewer.now);
        template_user = Some(other.display_name());
    }
    Ok(form_page(&viewer, &draft, "one-time", template_user, &FieldErrors::default()))
}

/// Checks that the viewer has permission to create users. The scope of this permission is checked when the form is
/// submitted.
fn check_can_create(viewer: &CurrentUser) -> Result<(), PageError> {
    match viewer.has_permission("Users.Create") {
        true => Ok(()),
        false => Ok(viewer.authorize(Action::CreateUser, &Target::Instance)?),
    }
}

fn empty_draft(viewer: &CurrentUser) -> UserDraft {
    let mut draft = UserDraft::default();
    let mut all = viewer.directory.resources(ResourceType::RoutingProfile);
    if let (Some(only), None) = (all.next(), all.next()) {
        draft.texts.insert("routing_profile", only.id.to_string());
    }
    draft.texts.insert("phone_type", "SOFT_PHONE".to_owned());
    draft
}

pub(super) async fn send(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    check_can_create(&viewer)?;
    let draft = UserDraft::from_fields(&fields, empty_draft(&viewer));
    let password = match fields.raw("password") {
        "none" => "none",
        "invite" => "invite",
        _ => "one-time",
    };
    if fields.has("drop") || matches!(fields.raw("step"), "more" | "back") {
        return Ok(form_page(&viewer, &draft, password, None, &FieldErrors::default()));
    }
    let mut errors = FieldErrors::default();
    let placeholder_password = (password == "one-time").then(placeholder_password);
    let new = new_user(&draft, UserId::from_bits(entropy::random_id()), placeholder_password, &mut errors);
    if password == "invite" && new.identity.email.is_none() {
        errors.add("email", "Enter the email address to send the invitation to.");
    }
    let skills = skills(&draft, &mut errors).unwrap_or_default();
    if !errors.is_empty() {
        return Ok(form_page(&viewer, &draft, password, None, &errors));
    }
    let new = NewUserRequest { user: new, skills };
    let dry_run_command = new.to_command(new.user.password.clone());
    let planned = match dry_run(&viewer, &dry_run_command, true).await? {
        Ok(planned) => planned,
        Err(refusal) => {
            errors.add_refusal(FIELDS, &refusal);
            return Ok(form_page(&viewer, &draft, password, None, &errors));
        }
    };
    if fields.raw("step") != "save"
        && let Some(page) = review_page(&viewer, &new.user, &planned, &draft, password)
    {
        return Ok(page);
    }
    match save(&viewer, &new, password).await {
        Err(PageError::Failure(Failure::Refused(refusal))) => {
            errors.add_refusal(FIELDS, &refusal);
            Ok(form_page(&viewer, &draft, password, None, &errors))
        }
        response => response,
    }
}

/// A user to create, and the proficiencies to assign to the new user.
struct NewUserRequest {
    user: NewUser,
    skills: Vec<Proficiency>,
}

impl NewUserRequest {
    /// Returns a command that both creates the user and assigns the proficiencies. If either step fails, the command
    /// changes nothing.
    fn to_command(&self, password: Option<NewPassword>) -> Command {
        let create = Command::CreateUser(Box::new(NewUser { password, ..self.user.clone() }));
        if self.skills.is_empty() {
            return create;
        }
        let assign = Command::AssociateUserProficiencies { user: self.user.id, proficiencies: self.skills.clone() };
        Command::Batch { action: Action::CreateUser, commands: vec![create, assign] }
    }
}

async fn save(viewer: &CurrentUser, new: &NewUserRequest, password: &str) -> Result<Response<Body>, PageError> {
    let service = &viewer.app().service;
    let NewUserRequest { user: created, .. } = new;
    let name = &created.username;
    if password != "one-time" {
        let done = viewer.execute(new.to_command(None)).await?;
        let flash = match password {
            "invite" => invited(viewer, created).await?,
            _ => Flash::good(format!("{name} is added, and can’t sign in until a password is set.")),
        };
        let to = format!("/connect/users/{}", created.id);
        return Ok(viewer.context.redirect_with_flash(&to, &flash.undo(done.revision)));
    }
    let password = Password::one_time();
    let command = |hashed| new.to_command(Some(hashed));
    service.execute_with_password(viewer.instance(), viewer.actor(), &password, true, command).await?;
    let now = current_directory(viewer)?;
    let user = now.user(created.id).ok_or_else(|| PageError::NotFound("user".to_owned()))?;
    let success_text =
        format!("{} can sign in with this password once, and chooses another one then.", user.display_name());
    Ok(temporary_password::show(viewer, user, &password, true, success_text))
}

/// Sends the invitation to the new user and returns the message to show.
async fn invited(viewer: &CurrentUser, new: &NewUser) -> Result<Flash, PageError> {
    let now = current_directory(viewer)?;
    let name = &new.username;
    match mail::invite(&viewer.app().mailer, &now, viewer.actor(), new.id, None).await {
        Ok(sent) => Ok(Flash::good(format!(
            "{name} is added, and an invitation was sent to {}. It is valid for {}.",
            sent.address, sent.lifetime
        ))),
        Err(failure @ Failure::Refused(_)) => {
            Ok(Flash::warn(format!("{name} is added, but the invitation was not sent. {}", to_sentence(&failure))))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Returns the review page, or `None` if no review is needed.
fn review_page(
    viewer: &CurrentUser,
    new: &NewUser,
    planned: &PlannedChange,
    draft: &UserDraft,
    password: &str,
) -> Option<Response<Body>> {
    let review = review(viewer, new.id, planned, &UserDraft::default(), draft);
    if !review.needs_confirmation() {
        return None;
    }
    let mut fields = draft.fields();
    fields.push(("password".to_owned(), password.to_owned()));
    let name = planned.next.user(new.id)?.display_name();
    let page = UserReviewPage {
        layout: viewer.layout(format!("Review the new user {name}")),
        title: format!("Review the new user {name}"),
        action: "/connect/users/new".to_owned(),
        back: "/connect/users".to_owned(),
        name,
        review,
        fields,
        save: "Add the user",
    };
    Some(page_with(StatusCode::OK, &page))
}

fn form_page(
    viewer: &CurrentUser,
    draft: &UserDraft,
    password: &str,
    template_user: Option<String>,
    errors: &FieldErrors,
) -> Response<Body> {
    let page = NewPage {
        layout: viewer.layout("Add new users"),
        form: form::view(viewer, None, draft, errors),
        template_user,
        password: password.to_owned(),
        managed: viewer.directory.settings().identity_management == "CONNECT_MANAGED",
    };
    page_with(if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, &page)
}
