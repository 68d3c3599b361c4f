//! The requests that a planner accepts.

use floorkey::{Action, Actor, AuditEvent, Command, RecordKey, Refusal, Timestamp};
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
        /// The type of the event that records the attempt.
        action: Action,
        /// The records that the attempt was about.
        targets: Vec<RecordKey>,
        /// The reason.
        refusal: Box<Refusal>,
    },
    /// Record an event that changed no record.
    RecordEvent {
        /// The event's type.
        action: Action,
        /// The records that the event is about.
        targets: Vec<RecordKey>,
    },
    /// Record how many repeated refusals were counted instead of being recorded as separate events.
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
    /// How this request's refusal is recorded; `None` if this is not decided yet. The decision is stored so that the
    /// refusal is not counted twice if the request is planned again.
    pub(super) recording: Option<Recording>,
    /// The time of the request; `None` if it is the time at which the request is planned.
    pub(super) at: Option<Timestamp>,
}

impl QueuedRequest {
    pub(super) const fn new(
        actor: Actor,
        kind: PlannerRequest,
        response: oneshot::Sender<Result<CommandResult, Failure>>,
    ) -> Self {
        Self { actor, kind, response, recording: None, at: None }
    }
}
