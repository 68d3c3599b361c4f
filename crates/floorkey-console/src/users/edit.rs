//! Edits many users at once: adds and removes what the form lists, and leaves everything else unchanged.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use floorkey::{Act, Command, SecurityProfileId};
use http::{Response, StatusCode};

use super::draft::{self, Errors};
use super::offers::{self, Choices};
use super::review::{Outcome, Review, invited, review};
use super::selection::{Selected, Selection};
use super::work::{Task, Works};
use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::Fields;
use crate::web::layout::{Layout, page, page_with};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::text;
use floorkey_service::bulk_edit::BulkEdit;

#[derive(Template)]
#[template(path = "users/edit.html")]
struct EditPage {
    layout: Layout,
    who: String,
    names: String,
    /// The id of the user, if only one is edited.
    only: Option<String>,
    selection: Vec<(String, String)>,
    back: String,
    tokens: Vec<Token>,
    profiles: Choices,
    picked: String,
    replace: bool,
    may_edit: bool,
    routing: Vec<(String, String, bool)>,
    groups: Vec<(String, String, bool)>,
    no_group: bool,
    untag: Vec<(String, String, bool)>,
    fields: Fields,
    errors: Errors,
    problems: Vec<String>,
}

/// A security profile that is assigned to some of the users, or will be.
struct Token {
    id: String,
    name: String,
    /// `all 20`, `7 of 20`; empty for a single user.
    holders: String,
    state: TokenState,
    /// Whether only some of the users have the profile, so that it can be assigned to the others.
    partial: bool,
}

#[derive(PartialEq, Eq)]
enum TokenState {
    Held,
    Added,
    Removed,
}

pub(super) async fn form(selected: Selected) -> Result<Response<Body>, PageError> {
    let Selected { viewer, selection, fields } = selected;
    may_open(&viewer)?;
    Ok(page(&edit_page(&viewer, &selection, &fields, Errors::new(), Vec::new())))
}

/// Handles a submitted form: adds or removes a token, shows the review, or saves.
pub(super) async fn submit(
    Extension(works): Extension<Arc<Works>>,
    selected: Selected,
) -> Result<Response<Body>, PageError> {
    let Selected { viewer, selection, fields } = selected;
    may_open(&viewer)?;
    let refuse = |fields: &Fields, errors, problems| {
        let page = edit_page(&viewer, &selection, fields, errors, problems);
        Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
    };
    let fields = match picked(&viewer, &fields) {
        Ok(fields) => fields,
        Err(problem) => return refuse(&fields, Errors::from([("pick", problem)]), Vec::new()),
    };
    if let Some(fields) = token_step(&fields) {
        return Ok(page(&edit_page(&viewer, &selection, &fields, Errors::new(), Vec::new())));
    }
    let (draft, errors) = draft::parse(&fields, &viewer.directory);
    if !errors.is_empty() {
        return refuse(&fields, errors, Vec::new());
    }
    if draft.is_empty() {
        return refuse(&fields, Errors::new(), vec!["Nothing was changed yet: there is nothing to save.".to_owned()]);
    }
    let problems = draft::problems(&draft, &selection.users);
    if !problems.is_empty() {
        return refuse(&fields, Errors::new(), problems);
    }
    let commands = draft.commands(&selection.users, viewer.now);
    if commands.is_empty() {
        let flash = Flash::info(format!("{} had all that already: nothing changed.", capitalized(&selection.words())));
        return Ok(viewer.context.redirect_with_flash(&selection.back, &flash));
    }
    let command = Command::Batch { act: Act::EditUsers, commands };
    let outcome = match review(&viewer, command.clone()).await {
        Ok(outcome) => outcome,
        Err(refusal) => return refuse(&fields, Errors::new(), vec![to_sentence(&refusal)]),
    };
    let read = fields.raw("mark") == selection.mark();
    if !outcome.needs_a_look(&viewer) || (fields.raw("do") == "save" && read) {
        return save(&viewer, &works, &selection, &fields, command).await;
    }
    let overtaken = selection.overtaken(&viewer, fields.raw("mark")).await?;
    Ok(page(&review_page(&viewer, &selection, &fields, &draft, outcome, overtaken)))
}

async fn save(
    viewer: &CurrentUser,
    works: &Works,
    selection: &Selection,
    fields: &Fields,
    command: Command,
) -> Result<Response<Body>, PageError> {
    match viewer.execute(command).await {
        Ok(done) => {
            let mut text = format!("Saved for {}.", selection.words());
            let invite = invited(fields);
            let invites = done.credentials_replaced > 0 && !invite.is_empty();
            let invited = if invites { u64::try_from(invite.len()).unwrap_or(u64::MAX) } else { 0 };
            text.push_str(&text::credentials_replaced_note(done.credentials_replaced.saturating_sub(invited)));
            let mut next = selection.back.clone();
            if invites {
                let (title, back) = ("New invitations".to_owned(), selection.back.clone());
                let task = Task { title, back, slips: Vec::new(), invite, without: None, command: None };
                match works.begin(viewer, task) {
                    Ok(progress) => next = progress,
                    // The change is already saved.
                    Err(_) => text.push_str(" No invitations were sent: invite the users from their pages."),
                }
            }
            Ok(viewer.context.redirect_with_flash(&next, &Flash::good(text).undo(done.revision)))
        }
        Err(failure @ floorkey_service::failure::Failure::Refused(_)) => {
            let page = edit_page(viewer, selection, fields, Errors::new(), vec![to_sentence(&failure)]);
            Ok(page_with(StatusCode::CONFLICT, &page))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Checks whether the viewer can change any attribute of users.
fn may_open(viewer: &CurrentUser) -> Result<(), PageError> {
    match viewer.has_permission("Users.Edit") || viewer.has_permission("Users.EditPermission") {
        true => Ok(()),
        false => Ok(viewer.authorize(Act::EditUsers, &floorkey::Target::Instance)?),
    }
}

/// Moves the profile named in the picker into the list of profiles to add, and returns the fields.
fn picked(viewer: &CurrentUser, fields: &Fields) -> Result<Fields, String> {
    let Some(name) = fields.text("pick") else { return Ok(fields.clone()) };
    let profile = viewer.directory.profile_by_name(name);
    let seen = profile.filter(|profile| viewer.visibility().profile(profile.id).shows_name());
    let Some(profile) = seen else {
        return Err(format!("There is no security profile named “{name}”: choose one of the list."));
    };
    let id = profile.id.to_string();
    Ok(fields.with("pick", None).without("remove", &id).without("add", &id).with_added("add", &id))
}

/// Applies a button of a token and returns the fields; `None` if another button was pressed.
fn token_step(fields: &Fields) -> Option<Fields> {
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
    errors: Errors,
    problems: Vec<String>,
) -> EditPage {
    let (draft, _) = draft::parse(fields, &viewer.directory);
    let chosen = |choices: Choices, field: &str| {
        let chosen = fields.raw(field).to_owned();
        choices.into_iter().map(|(value, text)| (value.clone(), text, value == chosen)).collect()
    };
    let title = format!("Edit {}", selection.words());
    let only = match selection.users.as_slice() {
        [user] => Some(user.id.to_string()),
        _ => None,
    };
    EditPage {
        layout: viewer.layout(title),
        who: selection.words(),
        names: if only.is_some() { String::new() } else { selection.names() },
        only,
        selection: selection.fields.clone(),
        back: selection.back.clone(),
        tokens: tokens(viewer, selection, &draft),
        profiles: offers::profiles(viewer),
        picked: fields.raw("pick").to_owned(),
        replace: draft.replace,
        may_edit: viewer.has_permission("Users.Edit"),
        routing: chosen(offers::routing(viewer), "to-routing"),
        groups: chosen(offers::groups(viewer), "to-group"),
        no_group: fields.raw("to-group") == "none",
        untag: untag(selection, &draft),
        fields: fields.clone(),
        errors,
        problems,
    }
}

fn tokens(viewer: &CurrentUser, selection: &Selection, draft: &BulkEdit) -> Vec<Token> {
    let many = selection.users.len();
    let mut counts: std::collections::BTreeMap<SecurityProfileId, usize> =
        draft.add.iter().chain(&draft.remove).map(|id| (*id, 0)).collect();
    for held in selection.users.iter().flat_map(|user| &user.assignments) {
        *counts.entry(held.profile).or_default() += 1;
    }
    let token = |(id, count): (&SecurityProfileId, &usize)| Token {
        id: id.to_string(),
        name: text::profile(&viewer.visibility(), *id),
        holders: match *count {
            0 => String::new(),
            _ if many == 1 => String::new(),
            count if count == many => format!("all {}", text::figure(many)),
            count => format!("{} of {}", text::figure(count), text::figure(many)),
        },
        state: match (draft.add.contains(id), draft.remove.contains(id) || draft.replace) {
            (true, _) => TokenState::Added,
            (false, true) => TokenState::Removed,
            (false, false) => TokenState::Held,
        },
        partial: *count < many,
    };
    let mut tokens: Vec<Token> = counts.iter().map(token).collect();
    tokens.sort_by_cached_key(|token| floorkey::text::folded(&token.name));
    tokens
}

/// Returns the tag keys of the users, each with the number of users and whether it is to be removed.
fn untag(selection: &Selection, draft: &BulkEdit) -> Vec<(String, String, bool)> {
    const SHOWN: usize = 50;
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for key in selection.users.iter().flat_map(|user| user.tags.keys()) {
        *counts.entry(key).or_default() += 1;
    }
    let many = selection.users.len();
    let who = |count| match many {
        1 => String::new(),
        many if many == count => format!("all {}", text::figure(many)),
        many => format!("{} of {}", text::figure(count), text::figure(many)),
    };
    let keys = counts.into_iter().take(SHOWN);
    keys.map(|(key, count)| (key.to_owned(), who(count), draft.untag.contains(key))).collect()
}

#[derive(Template)]
#[template(path = "users/review.html")]
struct ReviewPage {
    layout: Layout,
    who: String,
    back: String,
    /// The fields of the form and the selection, as hidden fields.
    fields: Vec<(String, String)>,
    mark: String,
    /// The changes of the users since the page was loaded.
    overtaken: Option<Vec<String>>,
    replace: bool,
    review: Review,
    others: Vec<String>,
}

fn review_page(
    viewer: &CurrentUser,
    selection: &Selection,
    fields: &Fields,
    draft: &BulkEdit,
    outcome: Outcome,
    overtaken: Option<Vec<String>>,
) -> ReviewPage {
    let kept = fields.with("do", None).with("mark", None).with("user", None).with("invite", None);
    let kept = kept.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let users = selection.fields.iter().filter(|(name, _)| name == "user").cloned();
    ReviewPage {
        layout: viewer.layout(format!("Review: {}", selection.words())),
        who: selection.words(),
        back: selection.back.clone(),
        fields: kept.chain(users).collect(),
        mark: selection.mark(),
        overtaken,
        replace: draft.replace,
        review: outcome.words(viewer, draft, &selection.users),
        others: draft::other_changes(draft, &viewer.visibility()),
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
