//! The requests that a planner accepts.

use floorkey::{Action, Actor, AuditEvent, Command, RecordKey, Refusal};
use tokio::sync::oneshot;

use super::CommandResult;
use super::refusals::Recording;
use crate::failure::Failure;

/// A request that a planner accepts.
pub(super) enum PlannerRequest {
    /// Execute a command.
    Command(Box<Command>),
    /// Record a refusal in the audit log.
    RecordRefusal {
        /// The event type of the attempt.
        action: Action,
        /// The records that the attempt was about.
        targets: Vec<RecordKey>,
        /// The reason.
        refusal: Box<Refusal>,
    },
    /// Record an event that changed no record.
    RecordEvent {
        /// The records that the event is about.
        action: Action,
        /// The records that the event is about.
        targets: Vec<RecordKey>,
    },
    /// Record how many repeated refusals had no event of their own.
    RecordAggregate(Box<AuditEvent>),
    /// Write the events for pending counts of refusals. The response is sent after all earlier requests in the queue
    /// have been written.
    Flush,
    /// Delete the instance and stop its planner.
    DeleteInstance,
}

/// A request, with the channel for its response.
pub(super) struct QueuedRequest {
    pub(super) actor: Actor,
    pub(super) kind: PlannerRequest,
    pub(super) response: oneshot::Sender<Result<CommandResult, Failure>>,
    /// How this request's refusal is recorded; `None` if that is not decided yet. If the request is planned again, the
    /// refusal is therefore not counted twice.
    pub(super) recording: Option<Recording>,
}

impl QueuedRequest {
    pub(super) const fn new(
        actor: Actor,
        kind: PlannerRequest,
        response: oneshot::Sender<Result<CommandResult, Failure>>,
    ) -> Self {
        Self { actor, kind, response, recording: None }
    }
}
