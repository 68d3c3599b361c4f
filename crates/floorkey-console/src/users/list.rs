//! The page with the list of users.

use std::collections::HashSet;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use floorkey::{Action, Principal, Target, User, UserId};
use http::Response;

use super::columns::USERS;
use super::filter::{FilterContext, UserFilter};
use super::find::{UserSearchResult, ViewerScope, find_within_budget};
use super::order;
use super::properties::{UserValues, offered};
use super::rows::rows;
use super::user_index::UserIndexCache;
use crate::web::current_user::CurrentUser;
use crate::web::form::Query;
use crate::web::layout::{Layout, page, redirect_to};
use crate::web::page_error::PageError;
use crate::web::property_filter::PropertyFilter;
use crate::web::scan::scan;
use crate::web::table::{
    self, EmptyState, PageOfRows, Redirect, SelectionAction, SelectionView, Sort, TableSettings, TableState, TableView,
    ViewSource,
};
use crate::web::text;
use floorkey_service::clock;

#[derive(Template)]
#[template(path = "users/list.html")]
pub(super) struct UserListPage<'a> {
    pub(super) layout: Layout,
    /// Number of users that match the filter, with thousands separators.
    pub(super) count: String,
    pub(super) table: TableView<'a>,
    pub(super) can_create: bool,
    pub(super) download: String,
}

/// The actions that the viewer can apply to at least some users.
#[derive(Clone, Copy)]
pub(super) struct AllowedActions {
    pub(super) create: bool,
    edit: bool,
    assign: bool,
    enable: bool,
    delete: bool,
}

impl AllowedActions {
    pub(super) const EVERYTHING: Self = Self { create: true, edit: true, assign: true, enable: true, delete: true };

    fn of(viewer: &CurrentUser) -> Self {
        let edit = viewer.has_permission("Users.Edit");
        Self {
            create: viewer.has_permission("Users.Create"),
            edit,
            assign: edit || viewer.has_permission("Users.EditPermission"),
            enable: edit || viewer.has_permission("Users.EnableAndDisable"),
            delete: viewer.has_permission("Users.Delete"),
        }
    }

    /// Returns the actions for selected users. At most two are buttons, and the others are in a menu.
    pub(super) fn selection(self, result: &UserSearchResult<'_>, state: &TableState, shown: usize) -> SelectionView {
        let action = |is_allowed: bool, text, path, icon| {
            is_allowed.then_some(SelectionAction { text, path, icon, is_danger: false })
        };
        let all = [
            action(self.assign, "Edit", "/connect/users/edit", "pencil"),
            action(self.edit, "Reset password", "/connect/users/reset", "key-round"),
            action(self.enable, "Enable", "/connect/users/enable", "circle-check"),
            action(self.enable, "Disable", "/connect/users/disable", "user-x"),
            action(self.edit, "Unlock", "/connect/users/unlock", "lock-open"),
            action(self.edit, "Sign out everywhere", "/connect/users/sign-out", "log-out"),
            action(self.edit, "Remove MFA devices", "/connect/users/remove-factors", "shield-alert"),
            action(self.delete, "Delete", "/connect/users/delete", "trash-2")
                .map(|delete| SelectionAction { is_danger: true, ..delete }),
        ];
        let mut actions: Vec<SelectionAction> = all.into_iter().flatten().collect();
        let more = actions.split_off(actions.len().min(2));
        let count = result.count();
        let is_unfiltered = state.filter == PropertyFilter::default();
        let all = (count > shown).then(|| match is_unfiltered {
            true => format!("all {}", text::count_noun(count, "user")),
            false => format!("all {} that match", text::count_noun(count, "user")),
        });
        SelectionView { field: "user", actions, more, all, fields: state.form_fields(&USERS), can_post: true }
    }
}

pub(super) async fn show(
    viewer: CurrentUser,
    Extension(indexes): Extension<Arc<UserIndexCache>>,
    Query(query): Query,
) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    let index = indexes.get(&viewer.directory).await;
    let principal = viewer.principal();
    let scope = viewer_scope(&viewer, &principal);
    let values = UserValues { scope };
    let properties = offered(viewer.sees_profiles());
    let (state, add_form) =
        match table::parse_request(&USERS, &query, &TableSettings::recall(&USERS, &viewer), &properties, &values) {
            Ok(parsed) => parsed,
            Err(Redirect(url)) => return Ok(redirect_to(&url)),
        };
    let filter = UserFilter::new(state.filter.clone(), &scope);
    let context = filter_context(&viewer, &filter, state.sort).await?;
    let result = find_within_budget(&viewer, &index, &filter, state.sort, &context, scope).await?;
    let users = result.slice(state.range(result.count()).0);
    let locked = locked_among(&viewer, &users);
    let activity = &viewer.app().activity;
    let activity_of =
        |user: UserId| context.activity.get(&user).copied().or_else(|| activity.get(viewer.instance(), user));
    let rows = rows(&users, &state.columns, scope, activity_of, &locked);
    let allowed = AllowedActions::of(&viewer);
    let selection = allowed.selection(&result, &state, rows.len());
    let source = ViewSource {
        table: &USERS,
        label: "Users",
        placeholder: PLACEHOLDER,
        state: &state,
        values: &values,
        viewer: Some(&viewer),
        add_form,
    };
    let download = format!("/connect/users/download{}", state.fields(&USERS).with("size", None).query());
    Ok(page(&UserListPage {
        layout: viewer.layout("User management"),
        count: text::figure(result.count()),
        table: source.view(PageOfRows { rows, count: result.count() }, Some(selection), no_users()),
        can_create: allowed.create,
        download,
    }))
}

/// What the search looks through.
pub(super) const PLACEHOLDER: &str = "Name, login, email or a filter";

/// The message for a viewer who can't see any users.
pub(super) fn no_users() -> EmptyState {
    EmptyState {
        headline: "No users in your scope".to_owned(),
        text: "Your security profiles let you see users with certain tags or in a part of the hierarchy. There are no \
               such users yet."
            .to_owned(),
        action: None,
    }
}

/// Suggests filters while the viewer types.
pub(super) async fn suggest(viewer: CurrentUser, Query(query): Query) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    let suggest = move |viewer: &CurrentUser| {
        let principal = viewer.principal();
        let scope = viewer_scope(viewer, &principal);
        let properties = offered(viewer.sees_profiles());
        table::suggestions(&USERS, &query, &properties, &UserValues { scope }, (scope.now, &scope.times.zone))
    };
    scan(&viewer, suggest).await
}

/// Checks whether the viewer can see at least some users.
pub(super) fn authorize(viewer: &CurrentUser) -> Result<(), PageError> {
    match viewer.has_permission("Users.View") {
        true => {
            viewer.record_read(Action::ListUsers);
            Ok(())
        }
        false => Ok(viewer.authorize(Action::ListUsers, &Target::Instance)?),
    }
}

/// Returns the data that determines which records the viewer can see. `principal` is the viewer's principal.
pub(super) fn viewer_scope<'a>(viewer: &'a CurrentUser, principal: &'a Principal) -> ViewerScope<'a> {
    ViewerScope { directory: &viewer.directory, principal, now: viewer.now, times: &viewer.preferences.times }
}

/// Loads the data that a filter and a sort order need but that is not in the directory.
pub(super) async fn filter_context(
    viewer: &CurrentUser,
    filter: &UserFilter,
    sort: Sort,
) -> Result<FilterContext, PageError> {
    let mut context = FilterContext::default();
    if filter.needs_activity() || order::needs_activity(sort) {
        context.activity = viewer.app().activity.all(viewer.instance());
    }
    if filter.needs_locked() || order::needs_locked(sort) {
        context.locked = viewer.app().service.throttle().locked(viewer.instance(), clock::monotonic_now());
    }
    Ok(context)
}

/// Returns the users on a page who are locked out.
fn locked_among(viewer: &CurrentUser, users: &[&Arc<User>]) -> HashSet<UserId> {
    let (throttle, now) = (viewer.app().service.throttle(), clock::monotonic_now());
    let is_locked = |user: &UserId| throttle.locked_until(viewer.instance(), *user, now).is_some();
    users.iter().map(|user| user.id).filter(is_locked).collect()
}
