//! The operations of Amazon Connect, and the routing of requests by method and path.

use std::borrow::Cow;

use crate::exception::{Exception, ExceptionKind};
pub use crate::generated::operation::Operation;
use crate::generated::unserved::UNSERVED;
use crate::path::segments;

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

/// The percent-decoded values of a path's labels. `InstanceId` is an example of a label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(Vec<(&'static str, String)>);

impl Labels {
    /// Returns the value of the path label with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(label, _)| *label == name).map(|(_, value)| value.as_str())
    }
}

/// Determines the operation of a request from its method and path. The path must be passed exactly as it was received.
///
/// The path is split before it is decoded, so the value of a label may contain an encoded ARN. The fixed parts of a
/// path are compared without decoding, because clients never encode them.
#[must_use]
pub fn route(method: &str, raw_path: &str) -> Route {
    let Some(decoded) = segments(raw_path) else {
        return Route::Unknown;
    };
    let raw: Vec<&str> = raw_path.split('/').skip(1).collect();
    let served = Operation::ALL.iter().find_map(|&operation| {
        if operation.method() != method {
            return None;
        }
        Some(Route::Served(operation, labels(operation.uri(), &raw, &decoded)?))
    });
    let known = || {
        let (name, ..) = UNSERVED.iter().find(|(_, m, uri)| *m == method && labels(uri, &raw, &decoded).is_some())?;
        Some(Route::NotServed(name))
    };
    served.or_else(known).unwrap_or(Route::Unknown)
}

/// Returns the values of the labels if the path matches `uri`, which is a template such as
/// `/users/{InstanceId}/{UserId}`.
fn labels(uri: &'static str, raw: &[&str], decoded: &[Cow<'_, str>]) -> Option<Labels> {
    let mut labels = Vec::new();
    let mut wanted = uri.split('/').skip(1);
    for (raw, decoded) in raw.iter().zip(decoded) {
        let part = wanted.next()?;
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => labels.push((name, decoded.to_string())),
            None if part == *raw => {}
            None => return None,
        }
    }
    wanted.next().is_none().then_some(Labels(labels))
}
