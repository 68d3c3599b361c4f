//! The page with the list of users.

use std::collections::HashSet;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use floorkey::{Action, Principal, Target, UserId};
use http::{HeaderMap, Response};

use super::columns::{self, Column};
use super::filter::{FilterContext, UserFilter};
use super::filter_options::{FilterOptions, filter_options};
use super::find::{Page, SIZES, Sort, UserSearchResult, ViewerScope, find_within_budget};
use super::rows::{UserRow, rows};
use super::user_index::UserIndexCache;
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, FilterChip, Form, Query};
use crate::web::layout::{Layout, add_cookie, local_redirect_target, page, redirect_to};
use crate::web::page_error::PageError;
use crate::web::session;
use crate::web::text;
use floorkey_service::clock;

#[derive(Template)]
#[template(path = "users/list.html")]
pub(super) struct UserListPage<'a> {
    pub(super) layout: Layout,
    /// Number of users that match the filter, with thousands separators.
    count: String,
    search: String,
    chips: Vec<FilterChip>,
    /// Hidden fields with the filter tokens and options to keep in a new search.
    hidden_fields: Vec<(String, String)>,
    /// Hidden fields with the whole filter, including the search text.
    filter: Vec<(String, String)>,
    headings: Vec<Heading>,
    rows: Vec<UserRow<'a>>,
    /// The range of users on this page, such as `1 to 50 of 207`.
    range: String,
    /// The number of matching users. `None` if all matching users are on this page.
    more: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    sizes: Vec<(usize, Option<String>)>,
    choices: Vec<(Column, bool)>,
    /// The URL of this page with the filter picker open.
    add_filter: String,
    /// The filters to choose from. `None` if the filter picker is closed.
    filters: Option<FilterOptions>,
    /// The URL of this page with the filter picker closed.
    close_filters: String,
    empty: Option<EmptyMessage>,
    download: String,
    allowed: AllowedActions,
}

/// The heading of a column.
struct Heading {
    title: &'static str,
    /// For a sortable column: the URL that changes the sort order, and the current sort order (`ascending`,
    /// `descending` or `none`).
    sort: Option<(String, &'static str)>,
}

/// The message for an empty list.
struct EmptyMessage {
    headline: String,
    text: String,
    action: Option<(String, String)>,
}

/// The actions that the viewer can apply to at least some users.
#[derive(Clone, Copy)]
pub(super) struct AllowedActions {
    create: bool,
    edit: bool,
    assign: bool,
    enable: bool,
    delete: bool,
}

impl AllowedActions {
    pub(super) const EVERYTHING: Self = Self { create: true, edit: true, assign: true, enable: true, delete: true };

    /// Whether the list has checkboxes to select users.
    const fn can_select(self) -> bool {
        self.edit || self.assign || self.enable || self.delete
    }
}

pub(super) async fn show(
    viewer: CurrentUser,
    headers: HeaderMap,
    Extension(indexes): Extension<Arc<UserIndexCache>>,
    Query(query): Query,
) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    let index = indexes.get(&viewer.directory).await;
    let principal = viewer.principal();
    let scope = viewer_scope(&viewer, &principal);
    let filter = UserFilter::parse(&query, &scope);
    let sort = Sort::parse(&query);
    let context = filter_context(&viewer, &filter, sort).await?;
    let columns = columns::parse_cookie(session::request_cookie(&headers, columns::COOKIE).as_deref());
    let result = find_within_budget(&viewer, &index, &filter, &context, scope).await?;
    let size = size(&query);
    let page_of_users = result.page(&query, sort, size, &context);
    let locked = locked_among(&viewer, &page_of_users);
    let activity = &viewer.app().activity;
    let activity_of =
        |user: UserId| context.activity.get(&user).copied().or_else(|| activity.get(viewer.instance(), user));
    let rows = rows(&page_of_users.users, &columns, scope, activity_of, &locked);
    let params = ListParams { query: &query, filter: &filter, sort, size, columns: &columns };
    let filters = query.has("filters").then(|| filter_options(&viewer));
    let allowed = AllowedActions {
        create: viewer.has_permission("Users.Create"),
        edit: viewer.has_permission("Users.Edit"),
        assign: viewer.has_permission("Users.EditPermission") || viewer.has_permission("Users.Edit"),
        enable: viewer.has_permission("Users.EnableAndDisable") || viewer.has_permission("Users.Edit"),
        delete: viewer.has_permission("Users.Delete"),
    };
    Ok(page(&params.page(viewer.layout("User management"), scope, &result, &page_of_users, rows, filters, allowed)))
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
    ViewerScope { directory: &viewer.directory, principal, now: viewer.now }
}

/// Loads the data that a filter and a sort order need but that is not in the directory.
pub(super) async fn filter_context(
    viewer: &CurrentUser,
    filter: &UserFilter,
    sort: Sort,
) -> Result<FilterContext, PageError> {
    let mut context = FilterContext::default();
    if filter.needs_activity() || sort.needs_activity() {
        context.activity = viewer.app().activity.all(viewer.instance());
    }
    if filter.needs_locked() {
        context.locked = viewer.app().service.throttle().locked(viewer.instance(), clock::monotonic_now());
    }
    Ok(context)
}

/// Returns the users on a page who are locked out.
fn locked_among(viewer: &CurrentUser, page: &Page<'_>) -> HashSet<UserId> {
    let (throttle, now) = (viewer.app().service.throttle(), clock::monotonic_now());
    let is_locked = |user: &UserId| throttle.locked_until(viewer.instance(), *user, now).is_some();
    page.users.iter().map(|user| user.id).filter(is_locked).collect()
}

fn size(query: &Fields) -> usize {
    let requested = query.raw("size").parse().ok();
    SIZES.into_iter().find(|size| Some(*size) == requested).unwrap_or(SIZES[0])
}

/// Stores the selected columns in a cookie.
pub(super) async fn choose_columns(viewer: CurrentUser, Form(fields): Form) -> Response<Body> {
    let mut response = redirect_to(local_redirect_target(fields.text("back")));
    let mut cookie =
        session::http_only_cookie(viewer.app().is_secure(), columns::COOKIE, columns::cookie_value(&fields));
    cookie.make_permanent();
    add_cookie(&mut response, &cookie);
    response
}

/// The list's parameters, which are taken from its URL, and the selected columns.
pub(super) struct ListParams<'a> {
    pub(super) query: &'a Fields,
    pub(super) filter: &'a UserFilter,
    pub(super) sort: Sort,
    pub(super) size: usize,
    pub(super) columns: &'a [Column],
}

impl ListParams<'_> {
    #[expect(clippy::too_many_arguments, reason = "everything a page is put together from")]
    pub(super) fn page<'a>(
        &self,
        layout: Layout,
        scope: ViewerScope<'_>,
        result: &UserSearchResult<'_>,
        page_of_users: &Page<'_>,
        rows: Vec<UserRow<'a>>,
        filters: Option<FilterOptions>,
        allowed: AllowedActions,
    ) -> UserListPage<'a> {
        let (count, size) = (result.count(), self.size);
        let base = self.base();
        let url_with = |name: &str, value: &String| address(&base.with(name, Some(value)));
        let first = page_of_users.before + 1;
        let last = page_of_users.before + rows.len();
        let sizes = SIZES.map(|other| (other, (other != size).then(|| url_with("size", &other.to_string()))));
        UserListPage {
            layout,
            count: text::figure(count),
            search: self.filter.search.clone(),
            chips: self.chips(scope),
            hidden_fields: base
                .with("q", None)
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            filter: self.filter.fields(),
            headings: self.headings(&base),
            range: match rows.is_empty() {
                true => String::new(),
                false => format!("{} to {} of {}", text::figure(first), text::figure(last), text::figure(count)),
            },
            more: (count > rows.len()).then(|| match self.filter.is_empty() {
                true => format!("all {}", text::count_noun(count, "user")),
                false => format!("all {} that match", text::count_noun(count, "user")),
            }),
            previous: page_of_users.previous.as_ref().map(|key| url_with("before", key)),
            next: page_of_users.next.as_ref().map(|key| url_with("after", key)),
            sizes: if count > SIZES[0] { sizes.into() } else { Vec::new() },
            choices: Column::all().map(|column| (column, self.columns.contains(&column))).collect(),
            add_filter: url_with("filters", &"1".to_owned()),
            filters,
            close_filters: address(&base),
            empty: rows.is_empty().then(|| self.empty_message(scope)),
            download: format!("/connect/users/download{}", base.with("size", None).query()),
            rows,
            allowed,
        }
    }

    /// Returns the query without the fields that determine the position in the list.
    fn base(&self) -> Fields {
        self.query.without_blank().with("after", None).with("before", None).with("filters", None)
    }

    fn chips(&self, scope: ViewerScope<'_>) -> Vec<FilterChip> {
        let chip = |token: &super::filter::FilterToken| {
            let without = self.base().without(token.name, &token.value);
            FilterChip { text: token.label(&scope.visibility()), without: address(&without) }
        };
        self.filter.tokens.iter().map(chip).collect()
    }

    fn headings(&self, base: &Fields) -> Vec<Heading> {
        let sort_link = |ascending: Sort, descending: Sort, first: Sort| {
            let (next, state) = match self.sort {
                sort if sort == ascending => (descending, "ascending"),
                sort if sort == descending => (ascending, "descending"),
                _ => (first, "none"),
            };
            (address(&base.with("sort", Some(next.as_str()))), state)
        };
        let names = Heading { title: "User", sort: Some(sort_link(Sort::Login, Sort::LoginDescending, Sort::Login)) };
        let column = |column: &Column| Heading {
            title: column.title,
            sort: (*column == Column::LAST_SEEN)
                .then(|| sort_link(Sort::LastSeenAscending, Sort::LastSeenDescending, Sort::LastSeenDescending)),
        };
        std::iter::once(names).chain(self.columns.iter().map(column)).collect()
    }

    fn empty_message(&self, scope: ViewerScope<'_>) -> EmptyMessage {
        match self.filter.tokens.last() {
            Some(token) => {
                let without = self.base().without(token.name, &token.value);
                let text =
                    format!("No user matches all filters. The last filter is “{}”.", token.label(&scope.visibility()));
                let action = Some(("Remove the last filter".to_owned(), address(&without)));
                EmptyMessage { headline: "No users match".to_owned(), text, action }
            }
            None if !self.filter.search.is_empty() => EmptyMessage {
                headline: format!("No users match “{}”", self.filter.search),
                text: "Login names, first and last names and email addresses were searched.".to_owned(),
                action: Some(("Show all users".to_owned(), address(&self.base().with("q", None)))),
            },
            None => EmptyMessage {
                headline: "No users in your scope".to_owned(),
                text: "Your security profiles let you see users with certain tags or in a part of the hierarchy. \
                       There are no such users yet."
                    .to_owned(),
                action: None,
            },
        }
    }
}

/// Returns the URL of the list with these fields.
pub(super) fn address(fields: &Fields) -> String {
    format!("/connect/users{}", fields.query())
}
