//! The operations of Amazon Connect, and the routing of requests by method and path.

use crate::exception::{Exception, ExceptionKind};
pub use crate::generated::operation::Operation;
use crate::generated::unserved::UNSERVED;
use crate::path::{Labels, RequestPath};

impl Operation {
    /// Returns the operation with this name, such as `ListUsers`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.name() == name)
    }

    /// Whether the operation is read-only, which means that it describes, lists or searches resources.
    #[must_use]
    pub fn is_read(self) -> bool {
        ["Describe", "List", "Search"].iter().any(|verb| self.name().starts_with(verb))
    }

    /// Whether the AWS service model declares the exception for this operation.
    #[must_use]
    pub fn declares(self, kind: ExceptionKind) -> bool {
        self.errors().contains(&kind)
    }

    /// Returns the kind of exception for an input that violates a constraint. This is `InvalidParameterException` if
    /// the operation declares it, and `InvalidRequestException` otherwise.
    #[must_use]
    pub fn invalid_input(self) -> ExceptionKind {
        if self.declares(ExceptionKind::InvalidParameter) {
            ExceptionKind::InvalidParameter
        } else {
            ExceptionKind::InvalidRequest
        }
    }
}

/// The result of routing a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// An operation that Floorkey supports, with the values of the path labels.
    Served(Operation, Labels),
    /// The name of an Amazon Connect operation that Floorkey does not support.
    NotServed(&'static str),
    /// No operation matches the method and path of the request.
    Unknown,
}

impl Route {
    /// Returns the error response for a request that Floorkey does not support. Returns `None` for a supported
    /// operation.
    #[must_use]
    pub fn refusal(&self) -> Option<Exception> {
        let message = match self {
            Self::Served(..) => return None,
            Self::NotServed(name) => {
                format!("{name} is an operation of Amazon Connect that Floorkey does not serve.")
            }
            Self::Unknown => "There is no operation at this method and path.".to_owned(),
        };
        Some(Exception::new(ExceptionKind::UnknownOperation, message))
    }
}

/// Determines the operation of a request from its method and path. The path must be passed exactly as it was received.
#[must_use]
pub fn route(method: &str, raw_path: &str) -> Route {
    let Some(path) = RequestPath::parse(raw_path) else {
        return Route::Unknown;
    };
    let mut served = Operation::ALL.iter().filter(|operation| operation.method() == method);
    if let Some(route) = served.find_map(|operation| Some(Route::Served(*operation, path.labels(operation.uri())?))) {
        return route;
    }
    let known = UNSERVED.iter().find(|(_, known, uri)| *known == method && path.labels(uri).is_some());
    known.map_or(Route::Unknown, |(name, ..)| Route::NotServed(name))
}
