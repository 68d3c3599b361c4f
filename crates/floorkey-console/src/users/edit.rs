//! Edits many users at once. An edit adds and removes the values that the form lists, and leaves all other values
//! unchanged.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use floorkey::{Action, Command, SecurityProfileId};
use http::{Response, StatusCode};

use super::bulk_form;
use super::filter_options::{self, Choices};
use super::job::{JobRequest, Jobs};
use super::review::{BulkReview, PlannedEffects, invited, review};
use super::selection::{BulkRequest, Selection};
use crate::user_fields::FIELDS;
use crate::web::current_user::CurrentUser;
use crate::web::edit;
use crate::web::fields::{FieldErrors, FormInput, InvalidInput};
use crate::web::flash::Flash;
use crate::web::form::Fields;
use crate::web::layout::{Layout, page, page_with};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::text;
use floorkey_service::bulk_edit::BulkEdit;
use floorkey_service::failure::Failure;

#[derive(Template)]
#[template(path = "users/edit.html")]
struct EditPage {
    layout: Layout,
    who: String,
    names: String,
    /// The ID of the user if only one user is edited.
    only: Option<String>,
    selection: Vec<(String, String)>,
    back: String,
    tokens: Vec<BulkProfileToken>,
    profiles: Choices,
    picked: String,
    replace: bool,
    can_edit: bool,
    /// The inputs for values that all users get.
    inputs: Vec<FormInput>,
    tag_keys: Vec<(String, String, bool)>,
    /// The submitted tags to add, one per line.
    tags: String,
    errors: FieldErrors,
    problems: Vec<String>,
}

/// A security profile that is assigned to some of the users, or that the edit would assign.
struct BulkProfileToken {
    id: String,
    name: String,
    /// The number of users with the profile, such as `all 20` or `7 of 20`. Empty if only one user is edited.
    count_text: String,
    state: BulkTokenState,
    /// Whether some but not all of the users have the profile. If so, it can also be assigned to the remaining users.
    is_partial: bool,
}

#[derive(PartialEq, Eq)]
enum BulkTokenState {
    Unchanged,
    Added,
    Removed,
}

pub(super) async fn form(selected: BulkRequest) -> Result<Response<Body>, PageError> {
    let BulkRequest { viewer, selection, fields } = selected;
    check_can_edit(&viewer)?;
    Ok(page(&edit_page(&viewer, &selection, &fields, FieldErrors::default(), Vec::new())))
}

/// Handles a submitted form: adds or removes a token, shows the review, or saves.
pub(super) async fn submit(
    Extension(jobs): Extension<Arc<Jobs>>,
    selected: BulkRequest,
) -> Result<Response<Body>, PageError> {
    let BulkRequest { viewer, selection, fields } = selected;
    check_can_edit(&viewer)?;
    let refuse = |fields: &Fields, errors, problems| {
        let page = edit_page(&viewer, &selection, fields, errors, problems);
        Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
    };
    let fields = match with_picked_profile(&viewer, &fields) {
        Ok(fields) => fields,
        Err(problem) => {
            let mut errors = FieldErrors::default();
            errors.add("pick", problem);
            return refuse(&fields, errors, Vec::new());
        }
    };
    if let Some(fields) = apply_token_button(&fields) {
        return Ok(page(&edit_page(&viewer, &selection, &fields, FieldErrors::default(), Vec::new())));
    }
    let (bulk_edit, errors) = bulk_form::parse(&fields, &viewer.directory);
    if !errors.is_empty() {
        return refuse(&fields, errors, Vec::new());
    }
    if bulk_edit.is_empty() {
        let problem = "You haven’t changed anything, so there is nothing to save.".to_owned();
        return refuse(&fields, FieldErrors::default(), vec![problem]);
    }
    let problems = bulk_form::profile_count_problems(&bulk_edit, &selection.users);
    if !problems.is_empty() {
        return refuse(&fields, FieldErrors::default(), problems);
    }
    let commands = bulk_edit.commands(&selection.users, viewer.now);
    if commands.is_empty() {
        let flash = Flash::info(format!("Nothing was changed: {} already had these values.", selection.count_text()));
        return Ok(viewer.context.redirect_with_flash(&selection.back, &flash));
    }
    let command = Command::Batch { action: Action::EditUsers, commands };
    let planned = match review(&viewer, command.clone()).await {
        Ok(planned) => planned,
        Err(failure) => {
            let (errors, problems) = placed(&failure);
            return refuse(&fields, errors, problems);
        }
    };
    let is_confirmed = fields.raw("mark") == selection.fingerprint();
    if !planned.needs_confirmation(&viewer) || (fields.raw("do") == "save" && is_confirmed) {
        return save(&viewer, &jobs, &selection, &fields, command).await;
    }
    let changes_since = selection.changes_since(&viewer, fields.raw("mark")).await?;
    Ok(page(&review_page(&viewer, &selection, &fields, &bulk_edit, planned, changes_since)))
}

async fn save(
    viewer: &CurrentUser,
    jobs: &Jobs,
    selection: &Selection,
    fields: &Fields,
    command: Command,
) -> Result<Response<Body>, PageError> {
    match viewer.execute(command).await {
        Ok(done) => {
            let mut text = format!("Saved for {}.", selection.count_text());
            let invite = invited(fields);
            let invites = done.credentials_replaced > 0 && !invite.is_empty();
            let invited = if invites { u64::try_from(invite.len()).unwrap_or(u64::MAX) } else { 0 };
            text.push_str(&text::credentials_replaced_note(done.credentials_replaced.saturating_sub(invited)));
            let mut next = selection.back.clone();
            if invites {
                let (title, back) = ("New invitations".to_owned(), selection.back.clone());
                let request = JobRequest { title, back, passwords: Vec::new(), invite, skipped: None, command: None };
                match jobs.start(viewer, request) {
                    Ok(progress) => next = progress,
                    // The change is already saved, so the message mentions the failed invitations and the request still
                    // succeeds.
                    Err(_) => text.push_str(" No invitations were sent. Invite the users from their own pages."),
                }
            }
            Ok(edit::saved(viewer, &next, text, &done))
        }
        Err(failure @ Failure::Refused(_)) => {
            let (errors, problems) = placed(&failure);
            Ok(page_with(StatusCode::CONFLICT, &edit_page(viewer, selection, fields, errors, problems)))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Returns the failure as an error of the field that caused it, or as a problem of the form as a whole. The text names
/// the user whom the refusal is about.
fn placed(failure: &Failure) -> (FieldErrors, Vec<String>) {
    let mut errors = FieldErrors::default();
    let cause = match failure {
        Failure::Refused(refusal) => crate::web::fields::cause(FIELDS, refusal),
        _ => None,
    };
    match cause.filter(|field| !field.bulk.is_empty()) {
        Some(field) => errors.add(field.id, to_sentence(failure)),
        None => return (errors, vec![to_sentence(failure)]),
    }
    (errors, Vec::new())
}

/// Checks whether the viewer can change any attribute of users.
fn check_can_edit(viewer: &CurrentUser) -> Result<(), PageError> {
    match viewer.has_permission("Users.Edit") || viewer.has_permission("Users.EditPermission") {
        true => Ok(()),
        false => Ok(viewer.authorize(Action::EditUsers, &floorkey::Target::Instance)?),
    }
}

/// Moves the profile named in the profile picker into the list of profiles to add. Returns the updated fields.
fn with_picked_profile(viewer: &CurrentUser, fields: &Fields) -> Result<Fields, InvalidInput> {
    let Some(name) = fields.text("pick") else { return Ok(fields.clone()) };
    let profile = viewer.directory.profile_by_name(name);
    let visible = profile.filter(|profile| viewer.visibility().profile(profile.id).shows_name());
    let Some(profile) = visible else {
        return Err(InvalidInput(format!("There is no security profile named “{name}”. Choose one from the list.")));
    };
    let id = profile.id.to_string();
    Ok(fields.with("pick", None).without("remove", &id).without("add", &id).with_added("add", &id))
}

/// If the user pressed a token's button, performs the button's action and returns the updated fields. Returns `None` if
/// the user pressed any other button.
fn apply_token_button(fields: &Fields) -> Option<Fields> {
    let step = fields.raw("do");
    let (what, id) = step.split_once(':').unwrap_or((step, ""));
    let rest = fields.with("do", None).with("mark", None);
    match what {
        "pick" | "edit" => Some(rest),
        "give" => Some(rest.without("remove", id).without("add", id).with_added("add", id)),
        "take" => Some(rest.without("add", id).without("remove", id).with_added("remove", id)),
        "keep" => Some(rest.without("add", id).without("remove", id)),
        _ => None,
    }
}

fn edit_page(
    viewer: &CurrentUser,
    selection: &Selection,
    fields: &Fields,
    errors: FieldErrors,
    problems: Vec<String>,
) -> EditPage {
    let (edit, _) = bulk_form::parse(fields, &viewer.directory);
    let title = format!("Edit {}", selection.count_text());
    let only = match selection.users.as_slice() {
        [user] => Some(user.id.to_string()),
        _ => None,
    };
    EditPage {
        layout: viewer.layout(title),
        who: selection.count_text(),
        names: if only.is_some() { String::new() } else { selection.names() },
        only,
        selection: selection.fields.clone(),
        back: selection.back.clone(),
        tokens: tokens(viewer, selection, &edit),
        profiles: filter_options::profiles(viewer),
        picked: fields.raw("pick").to_owned(),
        replace: edit.replace,
        can_edit: viewer.has_permission("Users.Edit"),
        inputs: bulk_form::inputs(viewer, fields, &errors),
        tag_keys: tag_keys(selection, &edit),
        tags: fields.raw("tags").to_owned(),
        errors,
        problems,
    }
}

fn tokens(viewer: &CurrentUser, selection: &Selection, edit: &BulkEdit) -> Vec<BulkProfileToken> {
    let total = selection.users.len();
    let mut counts: std::collections::BTreeMap<SecurityProfileId, usize> =
        edit.add.iter().chain(&edit.remove).map(|id| (*id, 0)).collect();
    for assignment in selection.users.iter().flat_map(|user| &user.assignments) {
        *counts.entry(assignment.profile).or_default() += 1;
    }
    let token = |(id, count): (&SecurityProfileId, &usize)| BulkProfileToken {
        id: id.to_string(),
        name: text::profile(&viewer.visibility(), *id),
        count_text: if *count == 0 { String::new() } else { share(*count, total) },
        state: match (edit.add.contains(id), edit.remove.contains(id) || edit.replace) {
            (true, _) => BulkTokenState::Added,
            (false, true) => BulkTokenState::Removed,
            (false, false) => BulkTokenState::Unchanged,
        },
        is_partial: *count < total,
    };
    let mut tokens: Vec<BulkProfileToken> = counts.iter().map(token).collect();
    tokens.sort_by_cached_key(|token| floorkey::text::folded(&token.name));
    tokens
}

/// Returns the tag keys of the users. For each key, returns how many users have the tag and whether the edit removes
/// the tag.
fn tag_keys(selection: &Selection, edit: &BulkEdit) -> Vec<(String, String, bool)> {
    const SHOWN: usize = 50;
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for key in selection.users.iter().flat_map(|user| user.tags.keys()) {
        *counts.entry(key).or_default() += 1;
    }
    let total = selection.users.len();
    let keys = counts.into_iter().take(SHOWN);
    keys.map(|(key, count)| (key.to_owned(), share(count, total), edit.untag.contains(key))).collect()
}

/// Returns a number of users and their total, such as `7 of 20`. Returns an empty string if there is only one user.
fn share(count: usize, total: usize) -> String {
    match total {
        1 => String::new(),
        total if total == count => format!("all {}", text::figure(total)),
        total => format!("{} of {}", text::figure(count), text::figure(total)),
    }
}

#[derive(Template)]
#[template(path = "users/review.html")]
struct BulkReviewPage {
    layout: Layout,
    who: String,
    back: String,
    /// The form fields and the selection, as hidden fields.
    fields: Vec<(String, String)>,
    fingerprint: String,
    /// The changes to the users since the page was loaded.
    changes_since: Option<Vec<String>>,
    replace: bool,
    review: BulkReview,
    others: Vec<String>,
}

fn review_page(
    viewer: &CurrentUser,
    selection: &Selection,
    fields: &Fields,
    edit: &BulkEdit,
    planned: PlannedEffects,
    changes_since: Option<Vec<String>>,
) -> BulkReviewPage {
    let fields_to_repeat = fields.with("do", None).with("mark", None).with("user", None).with("invite", None);
    let fields_to_repeat = fields_to_repeat.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let users = selection.fields.iter().filter(|(name, _)| name == "user").cloned();
    BulkReviewPage {
        layout: viewer.layout(format!("Review: {}", selection.count_text())),
        who: selection.count_text(),
        back: selection.back.clone(),
        fields: fields_to_repeat.chain(users).collect(),
        fingerprint: selection.fingerprint(),
        changes_since,
        replace: edit.replace,
        review: planned.to_review(viewer, edit, &selection.users),
        others: bulk_form::other_changes(fields, edit, &viewer.visibility()),
    }
}
