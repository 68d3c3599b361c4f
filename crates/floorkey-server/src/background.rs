//! The tasks that run beside the interfaces of a service.

use std::sync::Arc;
use std::time::Duration;

use floorkey::Timestamp;
use floorkey_service::mail::{self, QueueItem};
use floorkey_service::{clock, sign_in_log_writer, usage_writer};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::server::Interfaces;

/// How long the server waits for pending email to be sent when it stops.
const MAIL_TIMEOUT: Duration = Duration::from_secs(5);

/// The running tasks beside some interfaces.
pub(crate) struct BackgroundTasks {
    interfaces: Arc<Interfaces>,
    /// Dropping this sender ends the task that writes the use of permissions.
    stop_usage: oneshot::Sender<()>,
    usage: JoinHandle<()>,
    maintenance: JoinHandle<()>,
    sign_ins: JoinHandle<()>,
    delivery: JoinHandle<()>,
    notifications: JoinHandle<()>,
}

impl BackgroundTasks {
    /// Starts the tasks. `mail_items` is the receiver of the mailer's queue.
    pub(crate) fn start(interfaces: Arc<Interfaces>, mail_items: mpsc::UnboundedReceiver<QueueItem>) -> Self {
        let (service, mailer) = (interfaces.service.clone(), interfaces.mailer.clone());
        let (stop_usage, stopped) = oneshot::channel::<()>();
        let until_stopped = async move {
            let _ = stopped.await;
        };
        Self {
            stop_usage,
            usage: tokio::spawn(usage_writer::run_flush_loop(service.clone(), until_stopped)),
            maintenance: tokio::spawn(run_maintenance(interfaces.clone())),
            sign_ins: tokio::spawn(sign_in_log_writer::run_write_loop(service.clone(), interfaces.activity.clone())),
            delivery: tokio::spawn(mail::deliver(mailer.clone(), mail_items)),
            notifications: tokio::spawn(mail::notify_users(mailer, service.subscribe())),
            interfaces,
        }
    }

    /// Writes everything that has not been written, stops the service, and ends the tasks.
    pub(crate) async fn stop(self) {
        let Interfaces { service, activity, mailer, .. } = &*self.interfaces;
        for task in [self.maintenance, self.sign_ins] {
            task.abort();
        }
        drop(self.stop_usage);
        sign_in_log_writer::write_pending(service, activity, true).await;
        let _ = self.usage.await;
        if let Err(error) = service.usage().flush(service.store()).await {
            tracing::warn!(%error, "can't save the last use of permissions");
        }
        if let Err(error) = activity.flush(service.store()).await {
            tracing::warn!(%error, "can't save the last activity of users");
        }
        service.stop().await;
        // Waits until notifications about committed changes have been sent. Messages that the mail server does not
        // accept in time stay in the spool.
        let (notifications, delivery) = (self.notifications, self.delivery);
        let mail_done = async {
            let _ = notifications.await;
            mailer.queue.close();
            let _ = delivery.await;
        };
        let _ = tokio::time::timeout(MAIL_TIMEOUT, mail_done).await;
    }

    /// Ends the tasks without writing anything, for data that is discarded.
    pub(crate) fn abort(self) {
        for task in [self.usage, self.maintenance, self.sign_ins, self.delivery, self.notifications] {
            task.abort();
        }
    }
}

/// Stores the users' last activity and removes expired data while the server runs.
async fn run_maintenance(interfaces: Arc<Interfaces>) {
    const FLUSH_INTERVAL: Duration = Duration::from_secs(10);
    const ROUNDS_PER_PURGE: u32 = 60;
    let store = interfaces.service.store();
    for round in 1_u32.. {
        tokio::time::sleep(FLUSH_INTERVAL).await;
        interfaces.service.engine().evict_expired();
        if let Err(error) = interfaces.activity.flush(store).await {
            tracing::warn!(%error, "can't save the last activity of users");
        }
        if round.is_multiple_of(ROUNDS_PER_PURGE) {
            let now = clock::now();
            let day_ago = Timestamp::from_millis(now.as_millis().saturating_sub(24 * 60 * 60 * 1000));
            let purged = tokio::join!(store.purge_sessions(now), store.purge_links(now), store.purge_attempts(day_ago));
            for error in [purged.0.err(), purged.1.err(), purged.2.err()].into_iter().flatten() {
                tracing::warn!(%error, "can't delete expired data");
            }
        }
    }
}
