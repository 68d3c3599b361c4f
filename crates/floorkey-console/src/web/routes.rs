//! The console's routes: the router, and a table of all routes that tests iterate over.

use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};
use axum::{Extension, Router};
use http::{Request, Response};

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

type ResponseFuture = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// A handler of any type. axum's routing is generic over the handler: with one type, it is compiled once instead of a
/// hundred times.
#[derive(Clone)]
struct AnyHandler(Arc<dyn Fn(Request<Body>, Arc<ConsoleState>) -> ResponseFuture + Send + Sync>);

impl AnyHandler {
    fn new<H: Handler<T, Arc<ConsoleState>>, T: 'static>(handler: H) -> Self {
        Self(Arc::new(move |request, state| Box::pin(handler.clone().call(request, state))))
    }
}

impl Handler<Self, Arc<ConsoleState>> for AnyHandler {
    type Future = ResponseFuture;

    fn call(self, request: Request<Body>, state: Arc<ConsoleState>) -> Self::Future {
        (self.0)(request, state)
    }
}

/// Creates a handler for GET and HEAD requests.
pub(crate) fn get<H: Handler<T, Arc<ConsoleState>>, T: 'static>(handler: H) -> PathHandlers {
    PathHandlers { router: routing::get(AnyHandler::new(handler)), methods: vec!["GET"] }
}

/// Creates a handler for POST requests.
pub(crate) fn post<H: Handler<T, Arc<ConsoleState>>, T: 'static>(handler: H) -> PathHandlers {
    PathHandlers { router: routing::post(AnyHandler::new(handler)), methods: vec!["POST"] }
}

impl PathHandlers {
    /// Adds a handler for POST requests.
    pub(crate) fn post<H: Handler<T, Arc<ConsoleState>>, T: 'static>(mut self, handler: H) -> Self {
        self.methods.push("POST");
        Self { router: self.router.post(AnyHandler::new(handler)), ..self }
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
