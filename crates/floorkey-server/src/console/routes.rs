//! The console's routes: one table, from which the router is built and which tests go through.

use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::{self, MethodRouter};
use axum::{Extension, Router};

use crate::app::App;

/// A route: its method, and its path with what it leaves open in braces.
pub type Route = (&'static str, String);

/// Routes, each in the table and in the router.
pub(super) struct Routes {
    router: Router<Arc<App>>,
    table: Vec<Route>,
}

/// What answers at a path, by method.
pub(super) struct Methods {
    router: MethodRouter<Arc<App>>,
    methods: Vec<&'static str>,
}

/// Answers GET and HEAD with the handler.
pub(super) fn get<H: Handler<T, Arc<App>>, T: 'static>(handler: H) -> Methods {
    Methods { router: routing::get(handler), methods: vec!["GET"] }
}

/// Answers POST with the handler.
pub(super) fn post<H: Handler<T, Arc<App>>, T: 'static>(handler: H) -> Methods {
    Methods { router: routing::post(handler), methods: vec!["POST"] }
}

impl Methods {
    /// Answers POST with the handler too.
    pub(super) fn post<H: Handler<T, Arc<App>>, T: 'static>(mut self, handler: H) -> Self {
        self.methods.push("POST");
        Self { router: self.router.post(handler), ..self }
    }
}

impl Routes {
    /// No routes.
    pub(super) fn new() -> Self {
        Self { router: Router::new(), table: Vec::new() }
    }

    /// These and another one.
    pub(super) fn route(mut self, path: &str, methods: Methods) -> Self {
        self.table.extend(methods.methods.iter().map(|method| (*method, path.to_owned())));
        Self { router: self.router.route(path, methods.router), ..self }
    }

    /// These and others.
    pub(super) fn merge(mut self, others: Self) -> Self {
        self.table.extend(others.table);
        Self { router: self.router.merge(others.router), ..self }
    }

    /// The same, with a value that the handlers of these routes can ask for.
    pub(super) fn with<T: Clone + Send + Sync + 'static>(self, value: T) -> Self {
        Self { router: self.router.layer(Extension(value)), ..self }
    }

    /// The router.
    pub(super) fn into_router(self) -> Router<Arc<App>> {
        self.router
    }

    /// The table.
    pub(super) fn into_table(self) -> Vec<Route> {
        self.table
    }
}
