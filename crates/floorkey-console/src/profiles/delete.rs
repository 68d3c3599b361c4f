//! Deletes a profile, or replaces the profile with another profile for all its users.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::review::effect::effect;
use floorkey::{
    Action, Command, Permission, RecordChange, RecordKey, Refusal, SecurityProfile, SecurityProfileId, Target,
    Timestamp,
};
use http::{Response, StatusCode};

use super::profile_users::ProfileUsers;
use super::review::{Impact, warnings};
use super::{LIST, address, can_see, find};
use crate::web::current_user::CurrentUser;
use crate::web::fields::SelectOption;
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form};
use crate::web::layout::{Layout, page, page_with};
use crate::web::page_error::{PageError, to_sentence};
use floorkey_service::failure::Failure;

/// The maximum number of users listed in a review.
const USERS_MAX: usize = 20;

#[derive(Template)]
#[template(path = "profiles/delete.html")]
struct DeleteProfilePage {
    layout: Layout,
    name: String,
    href: String,
    action: String,
    modified: i64,
    users: ProfileUsers,
    /// The reason why the profile can't be deleted. `None` if it can be deleted.
    no_delete: Option<String>,
    /// The reason why the profile can't be replaced. `None` if it can be replaced.
    no_replace: Option<String>,
    others: Vec<SelectOption>,
    delete: bool,
    error: Option<String>,
    review: Option<ReplacementReview>,
}

/// The effect of replacing the profile with another profile.
struct ReplacementReview {
    replacement: String,
    replacement_name: String,
    impact: Impact,
    warnings: Vec<String>,
}

pub(super) async fn confirm(viewer: CurrentUser, Path(id): Path<String>) -> Result<Response<Body>, PageError> {
    let profile = find(&viewer, &id)?;
    Ok(page(&DeleteProfilePage::new(&viewer, &profile, &Fields::default())?))
}

pub(super) async fn submit(
    viewer: CurrentUser,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    let profile = find(&viewer, &id)?;
    match fields.raw("do") {
        "delete" => {
            let success_text = format!("The security profile “{}” is deleted.", profile.name);
            execute_command(
                &viewer,
                &profile,
                &fields,
                Command::DeleteSecurityProfile { profile: profile.id },
                success_text,
            )
            .await
        }
        "replace" | "review" => replace(viewer, profile, fields).await,
        _ => Ok(page(&DeleteProfilePage::new(&viewer, &profile, &fields)?)),
    }
}

async fn replace(
    viewer: CurrentUser,
    profile: Arc<SecurityProfile>,
    fields: Fields,
) -> Result<Response<Body>, PageError> {
    let replacement = SecurityProfileId::parse(fields.raw("with")).and_then(|id| viewer.directory.profile(id).cloned());
    let Some(replacement) = replacement.filter(|replacement| can_see(&viewer, replacement.id)) else {
        let error = "Choose the profile that its users get instead.".to_owned();
        let form = DeleteProfilePage { error: Some(error), ..DeleteProfilePage::new(&viewer, &profile, &fields)? };
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &form));
    };
    let delete = fields.has("and-delete");
    let command = Command::ReplaceSecurityProfile { profile: profile.id, with: replacement.id, delete };
    if fields.raw("do") == "review"
        && let Ok(planned) = viewer.plan(&command)
    {
        let changed = planned.change.records().iter().map(RecordChange::key);
        let effect = effect(&viewer.directory, &planned.next, changed, viewer.now, USERS_MAX);
        let review = ReplacementReview {
            replacement: replacement.id.to_string(),
            replacement_name: replacement.name.clone(),
            impact: Impact::new(&viewer, &effect, Some(profile.id)),
            warnings: warnings(&viewer, &planned.change.event().flags),
        };
        let form = DeleteProfilePage { review: Some(review), ..DeleteProfilePage::new(&viewer, &profile, &fields)? };
        return Ok(page(&form));
    }
    let user_count = ProfileUsers::for_viewer(&viewer, profile.id).count;
    let deletion_text = if delete { format!(" “{}” is deleted.", profile.name) } else { String::new() };
    let success_text =
        format!("{user_count} now have “{}” in place of “{}”.{deletion_text}", replacement.name, profile.name);
    execute_command(&viewer, &profile, &fields, command, success_text).await
}

/// Executes the command if the profile has not changed since the page was shown. If the command is refused, renders the
/// page again with the reason.
async fn execute_command(
    viewer: &CurrentUser,
    profile: &SecurityProfile,
    fields: &Fields,
    command: Command,
    success_text: String,
) -> Result<Response<Body>, PageError> {
    let modified = fields.raw("modified").parse().map_or(profile.modified, Timestamp::from_millis);
    let command = Command::IfUnchanged { record: RecordKey::Profile(profile.id), modified, command: Box::new(command) };
    match viewer.execute(command).await {
        Ok(done) => {
            let now = viewer.app().service.engine().current(viewer.instance());
            let still_exists = now.is_some_and(|now| now.profile(profile.id).is_some());
            let to = if still_exists { address(profile.id) } else { LIST.to_owned() };
            Ok(viewer.context.redirect_with_flash(&to, &Flash::good(success_text).undo(done.revision)))
        }
        Err(Failure::Refused(refusal)) => match refusal.root() {
            Refusal::NotPermitted { .. }
            | Refusal::OutOfScope { .. }
            | Refusal::Restricted { .. }
            | Refusal::NotRecentlyAuthenticated { .. }
            | Refusal::CredentialsEnded => Err(refusal.into()),
            _ => {
                let error = to_sentence(&Failure::Refused(refusal));
                let form = DeleteProfilePage { error: Some(error), ..DeleteProfilePage::new(viewer, profile, fields)? };
                Ok(page_with(StatusCode::CONFLICT, &form))
            }
        },
        Err(failure) => Err(failure.into()),
    }
}

impl DeleteProfilePage {
    /// # Errors
    /// Returns a refusal if the viewer can neither delete nor replace the profile.
    fn new(viewer: &CurrentUser, profile: &SecurityProfile, fields: &Fields) -> Result<Self, PageError> {
        let no_delete = viewer.authorize(Action::DeleteSecurityProfile, &Target::Profile(profile.id)).err();
        let no_replace = match viewer.authorize(Action::ReplaceSecurityProfile, &Target::Instance) {
            Ok(()) | Err(Refusal::OutOfScope { .. }) => None,
            Err(refusal) => Some(refusal),
        };
        if let (Some(refusal), Some(_)) = (&no_delete, &no_replace) {
            return Err(refusal.clone().into());
        }
        let chosen = fields.raw("with");
        let others = viewer.directory.profiles().filter(|other| other.id != profile.id && can_see(viewer, other.id));
        let choice = |other: &Arc<SecurityProfile>| {
            let id = other.id.to_string();
            SelectOption { is_selected: id == chosen, value: id, text: other.name.clone() }
        };
        let refusal_text = |refusal: Option<Refusal>| refusal.map(|refusal| missing_permissions_text(&refusal));
        Ok(Self {
            layout: viewer.layout(format!("Delete {}", profile.name)),
            name: profile.name.clone(),
            href: address(profile.id),
            action: format!("{}/delete", address(profile.id)),
            modified: fields.raw("modified").parse().unwrap_or(profile.modified.as_millis()),
            users: ProfileUsers::for_viewer(viewer, profile.id),
            delete: no_delete.is_none() && (fields.has("and-delete") || !fields.has("do")),
            no_delete: refusal_text(no_delete),
            no_replace: refusal_text(no_replace),
            others: others.map(choice).collect(),
            error: None,
            review: None,
        })
    }
}

/// Names the permissions that the viewer lacks.
fn missing_permissions_text(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotPermitted { all_of, any_of, .. } => {
            let (set, and) = if all_of.is_empty() { (any_of, " or ") } else { (all_of, " and ") };
            format!("You would need {}.", set.iter().map(Permission::name).collect::<Vec<_>>().join(and))
        }
        other => to_sentence(&Failure::Refused(other.clone())),
    }
}
