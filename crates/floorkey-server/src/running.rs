//! Runs the listeners of a server until the process receives a signal to stop.

use std::sync::Arc;

use tokio::sync::watch;

use crate::background::BackgroundTasks;
use crate::clock_watch;
use crate::listener::{self, Workers};
use crate::server::Server;
use crate::sockets::Sockets;
use crate::start_error::StartError;

/// Replaces the interfaces of a running server on request.
pub(crate) trait Resets {
    /// Waits for the next request and carries it out. `background` becomes the tasks beside the new interfaces.
    async fn next(&mut self, server: &Server, background: &mut BackgroundTasks);
}

/// The implementation for servers that keep their data. It never resets a server.
pub(crate) struct NoResets;

impl Resets for NoResets {
    async fn next(&mut self, _: &Server, _: &mut BackgroundTasks) {
        std::future::pending().await
    }
}

/// Runs the listeners until the process receives a signal to stop. Then completes the requests in progress, and stops
/// the background tasks.
///
/// # Errors
/// Returns an error if threads can't be started or signals can't be received.
pub(crate) async fn run_until_stopped(
    server: &Arc<Server>,
    sockets: Sockets,
    mut background: BackgroundTasks,
    mut resets: impl Resets,
) -> Result<(), StartError> {
    let (stopping, stop) = watch::channel(false);
    let until_stopped = |mut stop: watch::Receiver<bool>| async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let workers = Workers::start().map_err(StartError::Threads)?;
    let metrics = sockets.metrics.map(|listener| {
        tokio::spawn(listener::serve(server.clone(), listener, true, Workers::current(), until_stopped(stop.clone())))
    });
    let main = tokio::spawn(listener::serve(server.clone(), sockets.main, false, workers, until_stopped(stop)));
    let clock = tokio::spawn(clock_watch::watch());
    let tls = sockets.tls.map(|tls| tokio::spawn(async move { tls.watch().await }));
    let mut signal = std::pin::pin!(stop_signal()?);
    loop {
        tokio::select! {
            signaled = &mut signal => break signaled?,
            () = resets.next(server, &mut background) => {}
        }
    }
    tracing::info!("stopping");
    let _ = stopping.send(true);
    let _ = main.await;
    clock.abort();
    if let Some(metrics) = metrics {
        let _ = metrics.await;
    }
    background.stop().await;
    if let Some(tls) = tls {
        tls.abort();
    }
    Ok(())
}

/// Returns a future that waits for SIGTERM or SIGINT. These signals no longer end the process from this call on, even
/// before the future is polled.
///
/// # Errors
/// Returns an error if signals can't be received.
pub(crate) fn stop_signal() -> Result<impl Future<Output = Result<(), StartError>>, StartError> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            Ok(())
        })
    }
    #[cfg(not(unix))]
    Ok(async { Ok(tokio::signal::ctrl_c().await?) })
}
