//! The list of users who were deleted within the last 90 days, and the action that restores them.

use std::collections::HashSet;

use askama::Template;
use axum::body::Body;

use floorkey::{Action, Command, ResourceAttributes, ResourceType, Target, Timestamp, UserId};
use floorkey_store::DeletedUser;
use http::{Response, StatusCode};

use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::Form;
use crate::web::layout::{Layout, page_with};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::text;
use floorkey_service::bulk_edit::RESTORABLE_MILLIS;
use floorkey_service::failure::Failure;

/// Maximum number of users on the page. The most recently deleted users are listed first.
const USERS_MAX: usize = 500;

#[derive(Template)]
#[template(path = "users/deleted.html")]
struct DeletedPage {
    layout: Layout,
    count: String,
    rows: Vec<DeletedUserRow>,
    is_truncated: bool,
    problem: Option<String>,
}

struct DeletedUserRow {
    id: String,
    name: String,
    login: String,
    deleted: String,
    deleted_iso: String,
    until: String,
    is_selected: bool,
}

pub(super) async fn deleted_page(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    show(&viewer, &HashSet::new(), None).await
}

pub(super) async fn restore(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    let wanted: HashSet<UserId> = fields.all("user").filter_map(UserId::parse).collect();
    let users: Vec<_> = restorable_users(&viewer)
        .await?
        .into_iter()
        .filter(|deleted_user| wanted.contains(&deleted_user.user.id))
        .collect();
    if users.is_empty() {
        let flash = Flash::info("No users were selected. Select the users to restore.");
        return Ok(viewer.context.redirect_with_flash("/connect/users/deleted", &flash));
    }
    let commands = users
        .iter()
        .map(|deleted_user| Command::RestoreUser { user: Box::new((*deleted_user.user).clone()), password: None });
    let command = Command::Batch { action: Action::RestoreUser, commands: commands.collect() };
    match viewer.execute(command).await {
        Ok(done) => {
            let who = match users.as_slice() {
                [only] => format!("{} is", only.user.display_name()),
                users => format!("{} are", text::count_noun(users.len(), "user")),
            };
            let text = format!("{who} back, without a password: reset it, or invite them, before they can sign in.");
            Ok(viewer.context.redirect_with_flash("/connect/users", &Flash::good(text).undo(done.revision)))
        }
        Err(failure @ Failure::Refused(_)) => show(&viewer, &wanted, Some(to_sentence(&failure))).await,
        Err(failure) => Err(failure.into()),
    }
}

/// Returns the deleted users that the viewer can restore.
async fn restorable_users(viewer: &CurrentUser) -> Result<Vec<DeletedUser>, PageError> {
    if !viewer.has_permission("Users.Create") {
        viewer.authorize(Action::RestoreUser, &Target::Instance)?;
    }
    let since = Timestamp::from_millis(viewer.now.as_millis().saturating_sub(RESTORABLE_MILLIS));
    let all = viewer.app().service.store().deleted_users(viewer.instance(), since, USERS_MAX).await?;
    let can_restore = |deleted_user: &DeletedUser| {
        let user = &deleted_user.user;
        let group = user.hierarchy_group.filter(|group| viewer.directory.group(*group).is_some());
        let resource =
            ResourceAttributes { hierarchy_group: group, ..ResourceAttributes::new(ResourceType::User, &user.tags) };
        viewer.can(Action::RestoreUser, &Target::Described(resource))
            && viewer.visibility().deleted_user(user).shows_details()
    };
    Ok(all.into_iter().filter(can_restore).collect())
}

async fn show(
    viewer: &CurrentUser,
    selected: &HashSet<UserId>,
    problem: Option<String>,
) -> Result<Response<Body>, PageError> {
    let users = restorable_users(viewer).await?;
    let row = |deleted_user: &DeletedUser| DeletedUserRow {
        id: deleted_user.user.id.to_string(),
        name: deleted_user.user.display_name(),
        login: deleted_user.user.username.clone(),
        deleted: text::relative_time(deleted_user.deleted_at, viewer.now),
        deleted_iso: text::iso_time(deleted_user.deleted_at),
        until: viewer
            .time(Timestamp::from_millis(deleted_user.deleted_at.as_millis().saturating_add(RESTORABLE_MILLIS))),
        is_selected: selected.contains(&deleted_user.user.id),
    };
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let page = DeletedPage {
        layout: viewer.layout("Deleted users"),
        count: text::figure(users.len()),
        rows: users.iter().map(row).collect(),
        is_truncated: users.len() >= USERS_MAX,
        problem,
    };
    Ok(page_with(status, &page))
}
