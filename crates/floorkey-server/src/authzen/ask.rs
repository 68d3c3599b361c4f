//! Questions that the house itself asks in the standard's words: what a page shows to copy is what it asked.

use floorkey::{Directory, Reason, Request, Timestamp, TokenSettings, UserId};

use super::judge::{Judge, Put, Verdict};
use super::parse::{self, Doing, Shape};
use crate::app::App;

/// Why a question did not come to the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unasked {
    /// It is denied before: whom or what it names is not known.
    Denied(Reason),
    /// It is not in the standard's words: what is wrong.
    Unreadable(String),
}

/// Puts the question of a request's body to the engine, as if an application had sent it, at a time of one's own.
///
/// A body without a subject's id asks in nobody's name, and one without an action for nothing: searches fill them in.
///
/// # Errors
/// Why there is nothing to ask the engine.
pub(crate) fn ask<T>(
    app: &App,
    directory: &Directory,
    at: Timestamp,
    body: &str,
    ask: impl FnOnce(&Request<'_>) -> T,
) -> Result<T, Unasked> {
    let unreadable = |problem: &dyn std::fmt::Display| Unasked::Unreadable(problem.to_string());
    let parts = parse::body(body, Shape::Evaluation).map_err(|wrong| unreadable(&wrong))?.parts;
    let (Some(subject), Some(resource)) = (&parts.subject, &parts.resource) else {
        return Err(unreadable(&"it names no subject or no resource"));
    };
    let judge = Judge { app, directory, settings: TokenSettings::DEFAULT, at };
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
