//! Writes failed sign-ins to the audit log.

use std::sync::Arc;
use std::time::Duration;

use floorkey::audit::Flag;
use floorkey::{Action, Actor, RecordKey};
use floorkey_store::StoreError;
use tokio::task::JoinSet;

use crate::failure::Failure;
use crate::login_activity::LoginActivities;
use crate::service::Service;
use crate::sign_in_log::LogEntry;
use crate::{clock, entropy};

/// The interval between writes of failed sign-ins.
pub(crate) const WRITE_EVERY: Duration = Duration::from_secs(1);

/// Writes failed sign-ins at regular intervals while the server runs.
pub async fn run_write_loop(service: Arc<Service>, login_activities: Arc<LoginActivities>) {
    for round in 1_u32.. {
        tokio::time::sleep(WRITE_EVERY).await;
        write_pending(&service, &login_activities, false).await;
        if round.is_multiple_of(60) {
            service.throttle().drop_expired(clock::monotonic_now());
        }
    }
}

/// Writes changed counts and failed sign-ins. If `all` is true, also writes aggregates whose minute has not ended.
/// Errors are logged, and the next call tries again.
pub async fn write_pending(service: &Arc<Service>, login_activities: &LoginActivities, all: bool) {
    if let Err(error) = service.write_counts().await {
        tracing::warn!(%error, "can't write counts of failed sign-ins; will retry");
    }
    let mut tasks = JoinSet::new();
    for mut entry in service.failed_sign_ins().take(clock::monotonic_now(), all) {
        match record_failures(login_activities, service, &entry).await {
            Ok(()) => entry.verified = 0,
            Err(error) => tracing::warn!(%error, "can't count a failed sign-in; will retry"),
        }
        let service = service.clone();
        tasks.spawn(async move {
            if let Err(failure) = record_event(&service, &entry).await {
                tracing::warn!(%failure, "can't write a failed sign-in; will retry");
                service.failed_sign_ins().requeue(entry, clock::monotonic_now());
            }
        });
    }
    while tasks.join_next().await.is_some() {}
}

async fn record_failures(
    login_activities: &LoginActivities,
    service: &Service,
    entry: &LogEntry,
) -> Result<(), StoreError> {
    let Some(user) = entry.user.filter(|_| entry.verified > 0) else { return Ok(()) };
    login_activities.record_failures(service.store(), entry.instance, user, entry.at, entry.verified).await
}

async fn record_event(service: &Service, entry: &LogEntry) -> Result<(), Failure> {
    let Some(directory) = service.engine().current(entry.instance) else { return Ok(()) };
    let actor = Actor {
        request_id: uuid::Uuid::from_u128(entropy::random_id()).to_string(),
        address: entry.address.clone(),
        user_agent: entry.agent.clone(),
        ..Actor::system()
    };
    let targets = entry.user.map(RecordKey::User).into_iter().collect();
    let mut event = floorkey::performed_event(&actor, Action::FailedSignIn, targets, directory.revision(), entry.at);
    event.flags.extend(entry.total.map(|times| Flag::Repeated { times }));
    service.record_prepared_event(entry.instance, event).await
}
