//! Evaluates an AuthZEN request internally, so that a page can show the exact request that it has evaluated.

use floorkey::{Directory, Reason, Request, Timestamp, TokenSettings, UserId};

use super::judge::{Judge, Put, Verdict};
use super::parse::{self, Doing, Shape};
use crate::AuthZen;

/// Why a request can't be evaluated by the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unasked {
    /// It is denied without the engine, because its subject or resource is unknown.
    Denied(Reason),
    /// It is not a valid AuthZEN request. Contains the error.
    Unreadable(String),
}

/// Passes the request in `body` to the engine at a given time, as if an application had sent it.
///
/// A body without a subject ID has no subject and one without an action has no action; searches fill them in.
///
/// # Errors
/// If there is no request for the engine to evaluate.
pub fn ask<T>(
    state: &AuthZen,
    directory: &Directory,
    at: Timestamp,
    body: &str,
    ask: impl FnOnce(&Request<'_>) -> T,
) -> Result<T, Unasked> {
    let unreadable = |problem: &dyn std::fmt::Display| Unasked::Unreadable(problem.to_string());
    let parts = parse::body(body, Shape::Evaluation).map_err(|wrong| unreadable(&wrong))?.parts;
    let (Some(subject), Some(resource)) = (&parts.subject, &parts.resource) else {
        return Err(unreadable(&"The request must have a subject and a resource."));
    };
    let judge = Judge { state, directory, settings: TokenSettings::DEFAULT, at };
    let user = match &subject.id {
        Some(id) => judge.user(id).ok_or(Unasked::Denied(Reason::UnknownUser))?,
        None => UserId::from_bits(0),
    };
    let nothing = Doing::default();
    let put = Put {
        subject,
        action: parts.action.as_ref().unwrap_or(&nothing),
        resource,
        resource_id: resource.id.as_deref().unwrap_or_default(),
    };
    judge.put(user, &put, ask).map_err(|verdict| match verdict {
        Verdict::Decided(reason) => Unasked::Denied(reason),
        Verdict::UnknownSubjectType => Unasked::Denied(Reason::UnknownUser),
    })
}
