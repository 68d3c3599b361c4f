//! Renders the list of users without HTTP, for benchmarks.

use std::collections::HashSet;
use std::sync::Arc;

use askama::Template as _;
use floorkey::{Authentication, Directory, Principal, Timestamp, UserId};

use super::columns;
use super::filter::{FilterContext, UserFilter};
use super::find::{SIZES, Sort, ViewerScope, find};
use super::list::{AllowedActions, ListParams, UserListPage};
use super::rows::rows;
use super::user_index::UserIndex;
use crate::web::form::Fields;
use crate::web::layout::{Layout, SignedInUser};

/// The list of users of a directory, as one viewer sees it.
pub struct UserList {
    directory: Arc<Directory>,
    index: UserIndex,
    viewer: UserId,
    principal: Principal,
}

impl UserList {
    /// Builds the list with its search index.
    #[must_use]
    pub fn new(directory: Arc<Directory>, viewer: UserId) -> Self {
        let principal =
            Principal::User { id: viewer, authentication: Authentication::Session { recently_authenticated: true } };
        Self { index: UserIndex::build(&directory, None), directory, viewer, principal }
    }

    /// Returns the HTML of the page for a query string. The result is empty if the viewer does not exist. This function
    /// does everything that the server does for the page, except reading the session and the lockouts.
    #[must_use]
    pub fn page(&self, query: &str) -> String {
        self.build(query).map(|page| page.render().unwrap_or_default()).unwrap_or_default()
    }

    /// Prepares the page for a query string. Returns a function that renders the prepared page.
    pub fn ready<'a>(&'a self, query: &str) -> impl Fn() -> String + use<'a> {
        let page = self.build(query);
        move || page.as_ref().map(|page| page.render().unwrap_or_default()).unwrap_or_default()
    }

    fn build(&self, query: &str) -> Option<UserListPage<'_>> {
        let query = Fields::parse(query.as_bytes());
        let user = self.directory.user(self.viewer)?;
        let now = Timestamp::from_millis(0);
        let scope = ViewerScope { directory: &self.directory, principal: &self.principal, now };
        let (filter, sort, context) =
            (UserFilter::parse(&query, &scope), Sort::parse(&query), FilterContext::default());
        let columns = columns::parse_cookie(None);
        let result = find(&self.index, &filter, &context, scope);
        let users_page = result.page(&query, sort, SIZES[0], &context);
        let rows = rows(&users_page.users, &columns, scope, |_| None, &HashSet::new());
        let view = ListParams { query: &query, filter: &filter, sort, size: SIZES[0], columns: &columns };
        let layout = Layout {
            title: "User management".to_owned(),
            user: Some(SignedInUser {
                name: user.display_name(),
                login: user.username.clone(),
                zone: "UTC".to_owned(),
                has_zone: true,
                has_shortcuts: true,
                unread: None,
            }),
            current_path: "/connect/users".to_owned(),
            ..Layout::default()
        };
        Some(view.page(layout, scope, &result, &users_page, rows, None, AllowedActions::EVERYTHING))
    }
}
