//! Renders the list of users without HTTP, for benchmarks.

use std::collections::HashSet;
use std::sync::Arc;

use askama::Template as _;
use floorkey::{Authentication, Directory, Principal, Timestamp, UserId};
use jiff::tz::TimeZone;

use super::columns::USERS;
use super::filter::{FilterContext, UserFilter};
use super::find::{ViewerScope, find};
use super::list::{AllowedActions, PLACEHOLDER, UserListPage, no_users};
use super::properties::{UserValues, offered};
use super::rows::rows;
use super::user_index::UserIndex;
use crate::web::form::Fields;
use crate::web::layout::{Layout, SignedInUser};
use crate::web::table::{PageOfRows, TableSettings, ViewSource, parse_request};
use crate::web::text;
use crate::web::time_format::{DateStyle, TimeFormat};

/// The list of users of a directory, as one viewer sees it.
pub struct UserList {
    directory: Arc<Directory>,
    index: UserIndex,
    viewer: UserId,
    principal: Principal,
    times: TimeFormat,
}

impl UserList {
    /// Builds the list with its search index.
    #[must_use]
    pub fn new(directory: Arc<Directory>, viewer: UserId) -> Self {
        let principal =
            Principal::User { id: viewer, authentication: Authentication::Session { recently_authenticated: true } };
        let index = UserIndex::build(&directory, None);
        Self {
            index,
            directory,
            viewer,
            principal,
            times: TimeFormat { zone: TimeZone::UTC, style: DateStyle::default() },
        }
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
        let scope = ViewerScope { directory: &self.directory, principal: &self.principal, now, times: &self.times };
        let values = UserValues { scope };
        let (state, add_form) =
            parse_request(&USERS, &query, &TableSettings::default(), &offered(true), &values).ok()?;
        let (filter, context) = (UserFilter::new(state.filter.clone(), &scope), FilterContext::default());
        let result = find(&self.index, &filter, state.sort, &context, scope);
        let users = result.slice(state.range(result.count()).0);
        let rows = rows(&users, &state.columns, scope, |_| None, &HashSet::new());
        let selection = AllowedActions::EVERYTHING.selection(&result, &state, rows.len());
        let source = ViewSource {
            table: &USERS,
            label: "Users",
            placeholder: PLACEHOLDER,
            state: &state,
            values: &values,
            viewer: None,
            add_form,
        };
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
        Some(UserListPage {
            layout,
            count: text::figure(result.count()),
            table: source.view(PageOfRows { rows, count: result.count() }, Some(selection), no_users()),
            can_create: true,
            download: String::new(),
        })
    }
}
