//! Evaluates AuthZEN requests for other parts of the server. Console pages use this module to show the exact request
//! that the engine evaluates.

use floorkey::{Directory, Reason, Request, Timestamp, TokenSettings, UserId};

use super::evaluator::{Evaluation, EvaluationInput, Evaluator};
use super::parse::{self, ActionRef, Shape};
use crate::AuthZen;

/// The reason why the engine did not evaluate a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EvaluationError {
    /// The request is denied without using the engine, because its subject or resource is unknown.
    Denied(Reason),
    /// The request is not a valid AuthZEN request. Contains the error message.
    Invalid(String),
}

/// Translates the AuthZEN request in `body` into a request to the engine, and passes the translated request to
/// `evaluate_request`. The request is evaluated as of the given time.
///
/// The body of a search for subjects has no subject ID, and the body of a search for actions has no action. The search
/// supplies the missing part.
///
/// # Errors
/// Returns an error if the body is invalid, or if the request is denied without using the engine.
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
