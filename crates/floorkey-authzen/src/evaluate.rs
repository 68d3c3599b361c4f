//! Evaluates AuthZEN requests inside the server. A console page can therefore show the exact request that was
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
    /// The request is not a valid AuthZEN request. Contains the error message.
    Invalid(String),
}

/// Translates the AuthZEN request in `body` into a request to the engine, and passes the translated request to
/// `evaluate_request`. The request is evaluated as of the given time.
///
/// For a search for subjects, the body has no subject ID. For a search for actions, the body has no action. The search
/// itself supplies the missing part.
///
/// # Errors
/// If the body is invalid, or if the request is denied without the engine.
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
