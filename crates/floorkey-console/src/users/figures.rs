//! The list of users without HTTP, for benchmarks.

use std::collections::HashSet;
use std::sync::Arc;

use askama::Template as _;
use floorkey::{Directory, Principal, Timestamp, UserId, Via};

use super::columns;
use super::filter::{Facts, Filter};
use super::find::{Eyes, SIZES, Sort, find};
use super::list::{ListPage, May, View};
use super::roster::Roster;
use super::rows::rows;
use crate::web::assets;
use crate::web::form::Fields;
use crate::web::layout::{Layout, SignedInUser};

/// The list of users of a directory, as one viewer sees it.
pub struct UserList {
    directory: Arc<Directory>,
    roster: Roster,
    viewer: UserId,
    principal: Principal,
}

impl UserList {
    /// Builds the list with its search index.
    #[must_use]
    pub fn new(directory: Arc<Directory>, viewer: UserId) -> Self {
        let principal = Principal::User { id: viewer, via: Via::Session { fresh: true } };
        Self { roster: Roster::new(&directory), directory, viewer, principal }
    }

    /// Returns the HTML of the page for a query string; empty if the viewer does not exist. This is the work of the
    /// server for the page, except for reading the session and the lockouts.
    #[must_use]
    pub fn page(&self, query: &str) -> String {
        self.make(query).map(|page| page.render().unwrap_or_default()).unwrap_or_default()
    }

    /// Prepares the same page, and returns a function that only renders it.
    pub fn ready<'a>(&'a self, query: &str) -> impl Fn() -> String + use<'a> {
        let page = self.make(query);
        move || page.as_ref().map(|page| page.render().unwrap_or_default()).unwrap_or_default()
    }

    fn make(&self, query: &str) -> Option<ListPage<'_>> {
        let query = Fields::parse(query.as_bytes());
        let user = self.directory.user(self.viewer)?;
        let now = Timestamp::from_millis(0);
        let eyes = Eyes { directory: &self.directory, principal: &self.principal, now };
        let (filter, sort, facts) = (Filter::read(&query, &eyes), Sort::read(&query), Facts::default());
        let columns = columns::chosen(None);
        let found = find(&self.roster, &filter, &facts, eyes);
        let shown = found.page(&query, sort, SIZES[0], &facts);
        let rows = rows(&shown.users, &columns, eyes, |_| None, &HashSet::new());
        let view = View { query: &query, filter: &filter, sort, size: SIZES[0], columns: &columns };
        let layout = Layout {
            title: "User management".to_owned(),
            theme: None,
            style: assets::style_address(),
            script: assets::script_address(),
            icon: assets::icon_address(),
            instance: None,
            nav: Vec::new(),
            user: Some(SignedInUser { name: user.display_name(), login: user.username.clone() }),
            flash: None,
            current_path: "/connect/users".to_owned(),
        };
        Some(view.page(layout, eyes, &found, &shown, rows, None, May::EVERYTHING))
    }
}
