//! The requests that a planner accepts.

use floorkey::{Action, Actor, AuditEvent, Command, RecordKey, Refusal};
use tokio::sync::oneshot;

use super::CommandResult;
use super::refusals::Recording;
use crate::failure::Failure;

/// A request to the planner.
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
        /// The event type.
        action: Action,
        /// The records that the event is about.
        targets: Vec<RecordKey>,
    },
    /// Record how many repeated refusals had no event of their own.
    RecordAggregate(Box<AuditEvent>),
    /// Write the events of pending refusal counts. The response is sent when all requests queued before this one have
    /// been written.
    Flush,
    /// Delete the instance and stop its planner.
    DeleteInstance,
}

/// A request with the channel for its response.
pub(super) struct QueuedRequest {
    pub(super) actor: Actor,
    pub(super) kind: PlannerRequest,
    pub(super) response: oneshot::Sender<Result<CommandResult, Failure>>,
    /// How the refusal of this request is recorded, if that has been decided. Planning the request again then doesn't
    /// count the refusal twice.
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
