//! The console's routes: the router, and a table of all routes that tests iterate over.

use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::{self, MethodRouter};
use axum::{Extension, Router};

use crate::ConsoleState;

/// A route: its method and its path, with path parameters in braces.
pub type Route = (&'static str, String);

/// A set of routes. Each route is registered both in the router and in the table.
pub(crate) struct Routes {
    router: Router<Arc<ConsoleState>>,
    table: Vec<Route>,
}

/// The handlers for a path, one for each HTTP method.
pub(crate) struct PathHandlers {
    router: MethodRouter<Arc<ConsoleState>>,
    methods: Vec<&'static str>,
}

/// Creates a handler for GET and HEAD requests.
pub(crate) fn get<H: Handler<T, Arc<ConsoleState>>, T: 'static>(handler: H) -> PathHandlers {
    PathHandlers { router: routing::get(handler), methods: vec!["GET"] }
}

/// Creates a handler for POST requests.
pub(crate) fn post<H: Handler<T, Arc<ConsoleState>>, T: 'static>(handler: H) -> PathHandlers {
    PathHandlers { router: routing::post(handler), methods: vec!["POST"] }
}

impl PathHandlers {
    /// Adds a handler for POST requests.
    pub(crate) fn post<H: Handler<T, Arc<ConsoleState>>, T: 'static>(mut self, handler: H) -> Self {
        self.methods.push("POST");
        Self { router: self.router.post(handler), ..self }
    }
}

impl Routes {
    /// Creates an empty set of routes.
    pub(crate) fn new() -> Self {
        Self { router: Router::new(), table: Vec::new() }
    }

    /// Adds a route to the set.
    pub(crate) fn route(mut self, path: &str, methods: PathHandlers) -> Self {
        self.table.extend(methods.methods.iter().map(|method| (*method, path.to_owned())));
        Self { router: self.router.route(path, methods.router), ..self }
    }

    /// Adds all routes of another set to this set.
    pub(crate) fn merge(mut self, others: Self) -> Self {
        self.table.extend(others.table);
        Self { router: self.router.merge(others.router), ..self }
    }

    /// Makes a value available to the handlers of these routes, as an [`Extension`].
    pub(crate) fn with_extension<T: Clone + Send + Sync + 'static>(self, value: T) -> Self {
        Self { router: self.router.layer(Extension(value)), ..self }
    }

    /// Returns the router with all routes.
    pub(crate) fn into_router(self) -> Router<Arc<ConsoleState>> {
        self.router
    }

    /// Returns the table of routes.
    pub(crate) fn into_table(self) -> Vec<Route> {
        self.table
    }
}
