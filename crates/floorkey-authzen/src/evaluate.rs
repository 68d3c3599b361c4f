//! Evaluates an AuthZEN request inside the server. A page of the console can thus show the exact request that was
//! evaluated.

use floorkey::{Directory, Reason, Request, Timestamp, TokenSettings, UserId};

use super::evaluator::{Evaluation, EvaluationInput, Evaluator};
use super::parse::{self, ActionRef, Shape};
use crate::AuthZen;

/// Why a request can't be evaluated by the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EvaluationError {
    /// The request is denied without the engine, because its subject or resource is unknown.
    Denied(Reason),
    /// The request is not a valid AuthZEN request. Contains the error.
    Invalid(String),
}

/// Passes the request in `body` to the engine at a given time, as if an application had sent it.
///
/// In a search for subjects, the body has no subject ID. In a search for actions, it has no action. The search itself
/// fills in the missing part.
///
/// # Errors
/// If there is no request for the engine to evaluate.
pub fn evaluate<T>(
    state: &AuthZen,
    directory: &Directory,
    at: Timestamp,
    body: &str,
    evaluate_request: impl FnOnce(&Request<'_>) -> T,
) -> Result<T, EvaluationError> {
    let invalid = |problem: &dyn std::fmt::Display| EvaluationError::Invalid(problem.to_string());
    let parts = parse::body(body, Shape::Evaluation).map_err(|error| invalid(&error))?.parts;
    let (Some(subject), Some(resource)) = (&parts.subject, &parts.resource) else {
        return Err(invalid(&"The request must have a subject and a resource."));
    };
    let evaluator = Evaluator { state, directory, settings: TokenSettings::DEFAULT, at };
    let user = match &subject.id {
        Some(id) => evaluator.user(id).ok_or(EvaluationError::Denied(Reason::UnknownUser))?,
        None => UserId::from_bits(0),
    };
    let no_action = ActionRef::default();
    let input = EvaluationInput {
        subject,
        action: parts.action.as_ref().unwrap_or(&no_action),
        resource,
        resource_id: resource.id.as_deref().unwrap_or_default(),
    };
    evaluator.evaluate_for(user, &input, evaluate_request).map_err(|evaluation| match evaluation {
        Evaluation::Decided(reason) => EvaluationError::Denied(reason),
        Evaluation::UnknownSubjectType => EvaluationError::Denied(Reason::UnknownUser),
    })
}
