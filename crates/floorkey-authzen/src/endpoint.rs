//! The endpoints and their paths.

use std::borrow::Cow;

use floorkey::api_token::TokenScope;
use http::Uri;

use super::parse::Shape;

/// An endpoint of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `POST /access/v1/evaluation`.
    Evaluation,
    /// `POST /access/v1/evaluations`.
    Evaluations,
    /// `POST /access/v1/search/subject`.
    SubjectSearch,
    /// `POST /access/v1/search/resource`.
    ResourceSearch,
    /// `POST /access/v1/search/action`.
    ActionSearch,
}

/// The route of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    Endpoint(Endpoint),
    /// The metadata of the whole server, or of the instance with the given ID or alias.
    Metadata(Option<Cow<'a, str>>),
    None,
}

impl Endpoint {
    /// All endpoints, in the order of their discriminants.
    pub const ALL: [Self; 5] =
        [Self::Evaluation, Self::Evaluations, Self::SubjectSearch, Self::ResourceSearch, Self::ActionSearch];

    /// Returns the endpoint's name in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Evaluation => "evaluation",
            Self::Evaluations => "evaluations",
            Self::SubjectSearch => "search subject",
            Self::ResourceSearch => "search resource",
            Self::ActionSearch => "search action",
        }
    }

    /// Returns the endpoint's path.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Evaluation => "/access/v1/evaluation",
            Self::Evaluations => "/access/v1/evaluations",
            Self::SubjectSearch => "/access/v1/search/subject",
            Self::ResourceSearch => "/access/v1/search/resource",
            Self::ActionSearch => "/access/v1/search/action",
        }
    }

    /// Returns the endpoint's key in the metadata.
    pub(super) const fn metadata_key(self) -> &'static str {
        match self {
            Self::Evaluation => "access_evaluation_endpoint",
            Self::Evaluations => "access_evaluations_endpoint",
            Self::SubjectSearch => "search_subject_endpoint",
            Self::ResourceSearch => "search_resource_endpoint",
            Self::ActionSearch => "search_action_endpoint",
        }
    }

    /// Returns the shape of requests to the endpoint.
    pub(super) const fn shape(self) -> Shape {
        match self {
            Self::Evaluation => Shape::Evaluation,
            Self::Evaluations => Shape::Evaluations,
            Self::SubjectSearch | Self::ResourceSearch => Shape::Search,
            Self::ActionSearch => Shape::SearchActions,
        }
    }

    /// Returns the token scope that the endpoint requires.
    pub(super) const fn scope(self) -> TokenScope {
        match self {
            Self::Evaluation | Self::Evaluations => TokenScope::Evaluate,
            Self::SubjectSearch | Self::ResourceSearch | Self::ActionSearch => TokenScope::Search,
        }
    }
}

/// The paths of all endpoints, in the order of [`Endpoint::ALL`].
pub const PATHS: [&str; 5] = [
    Endpoint::Evaluation.path(),
    Endpoint::Evaluations.path(),
    Endpoint::SubjectSearch.path(),
    Endpoint::ResourceSearch.path(),
    Endpoint::ActionSearch.path(),
];

/// Returns the route for a request's URI.
pub(super) fn route(uri: &Uri) -> Route<'_> {
    let path = uri.path();
    if let Some(endpoint) = Endpoint::ALL.into_iter().find(|endpoint| endpoint.path() == path) {
        return Route::Endpoint(endpoint);
    }
    match path.strip_prefix("/.well-known/authzen-configuration") {
        Some("" | "/") => Route::Metadata(None),
        Some(rest) => match rest.strip_prefix('/').filter(|instance| !instance.contains('/')) {
            Some(instance) => match percent_encoding::percent_decode_str(instance).decode_utf8() {
                Ok(instance) => Route::Metadata(Some(instance)),
                Err(_) => Route::None,
            },
            None => Route::None,
        },
        None => Route::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_is_routed_to_its_endpoint_and_others_to_none() {
        let route_of = |path: &str| format!("{:?}", route(&path.parse().unwrap()));
        for (number, endpoint) in Endpoint::ALL.into_iter().enumerate() {
            assert_eq!(endpoint as usize, number);
            assert_eq!(route(&endpoint.path().parse().unwrap()), Route::Endpoint(endpoint));
            assert_eq!(PATHS.get(number), Some(&endpoint.path()));
            assert_eq!(route_of(&format!("{}/", endpoint.path())), "None");
        }
        let metadata = "/.well-known/authzen-configuration";
        assert_eq!(route_of(metadata), "Metadata(None)");
        assert_eq!(route_of(&format!("{metadata}?a=b")), "Metadata(None)");
        assert_eq!(route_of(&format!("{metadata}/floor%2Dkey")), "Metadata(Some(\"floor-key\"))");
        for none in ["/access/v1", "/access/v2/evaluation", &format!("{metadata}/a/b"), &format!("{metadata}s")] {
            assert_eq!(route_of(none), "None", "{none}");
        }
    }
}
