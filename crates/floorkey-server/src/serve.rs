//! `floorkey serve`: opens the data folder, creates the first instance, and runs the server until it is stopped.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use floorkey::{Actor, GuardMode, InstanceId, NewInstance, Timestamp};
use floorkey_api::{Api, Operator, SigningKeys};
use floorkey_authzen::AuthZen;
use floorkey_console::{Console, ConsoleState};
use floorkey_store::{OperatorKey, Store, StoreSettings};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::config::Config;
use crate::listener::{self, Workers};
use crate::metrics::Metrics;
use crate::server::Server;
use crate::start_error::StartError;
use crate::tls::Tls;
use crate::{clock_watch, file_limit, key_file, preset_token, warnings};
use floorkey_service::bulk_edit::RESTORABLE_MILLIS;
use floorkey_service::failure::Failure;
use floorkey_service::hashing_queue::Party;
use floorkey_service::login_activity::LoginActivities;
use floorkey_service::mail::{self, MailQueue, MailSettings, Mailer};
use floorkey_service::passwords::Password;
use floorkey_service::sealing::Sealer;
use floorkey_service::service::{Service, credentials};
use floorkey_service::{clock, entropy, sign_in_log_writer};

/// The login name of the first administrator.
pub(crate) const FIRST_ADMINISTRATOR: &str = "admin";

/// How long the server waits for pending email to be sent when it stops.
const MAIL_TIMEOUT: Duration = Duration::from_secs(5);

/// Secrets that were created at this start and are shown only once.
#[derive(Default)]
struct FirstStartSecrets {
    one_time_password: Option<Password>,
    /// The login names of the demo's users who can sign in, with their temporary passwords.
    demo: Vec<(String, Password)>,
    operator: bool,
}

/// Runs the server until the process receives a signal to stop.
///
/// # Errors
/// Returns an error if the server can't start.
pub(crate) async fn run(config: Config, demo: bool) -> Result<(), StartError> {
    file_limit::raise();
    let store = Store::open(&StoreSettings { folder: config.data.clone() })?;
    // Ports are bound first, so that no secrets are created if the server can't listen on the ports.
    let listener = bind(config.listen).await?;
    let address = listener.local_addr()?;
    let metrics_listener = match config.metrics_listen {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    let tls = config.tls.clone().map(Tls::open).transpose()?.map(Arc::new);
    let scheme = if tls.is_some() { "https" } else { "http" };
    let public_url = config.public_url.clone().unwrap_or_else(|| format!("{scheme}://{}", reachable(address)));
    let host = public_url.parse::<http::Uri>().ok().and_then(|url| url.host().map(str::to_owned));
    if let Some(warning) = tls.as_ref().zip(host).and_then(|(tls, host)| tls.host_mismatch(&host)) {
        tracing::warn!("{warning}");
    }
    let from = config.mail_from.clone().or_else(|| mail::default_sender(&public_url));
    let from = from.ok_or(StartError::NoSender)?;
    let mail = MailSettings { smtp_url: config.smtp_url.clone(), from };
    let (queue, mail_items) = MailQueue::open(&mail, &config.data, demo)?;
    let service = Service::start(store).await?;
    if demo && !service.engine().all().is_empty() {
        return Err(StartError::DemoNeedsNewFolder(config.data));
    }
    warnings::warn_of_settings(&config, address, service.store()).await?;
    let sealer = key_file::load_or_create(&service, &config.key_file).await?;
    let mut secrets = FirstStartSecrets::default();
    let operator = operator_key(service.store(), &sealer, &config, &mut secrets).await?;
    prepare_instances(&service, &config, demo, &mut secrets).await?;
    preset_token::apply(&service, config.api_token.as_ref()).await?;

    let mailer = Arc::new(Mailer {
        service: service.clone(),
        queue,
        public_url,
        password_link_limits: mail::PasswordLinkLimits::default(),
        cooling_off: config.email_cooling,
    });
    let serves_metrics = metrics_listener.is_none();
    let server = Arc::new(build_server(&config, mailer, Arc::new(sealer), operator, (serves_metrics, tls)).await?);
    announce(&server.api, &config, &secrets).map_err(StartError::Output)?;
    serve_until_stopped(&server, listener, metrics_listener, mail_items).await
}

/// Creates the state of the running server.
async fn build_server(
    config: &Config,
    mailer: Arc<Mailer>,
    sealer: Arc<Sealer>,
    operator: Operator,
    (serves_metrics, tls): (bool, Option<Arc<Tls>>),
) -> Result<Server, StartError> {
    let service = mailer.service.clone();
    let instances: Vec<_> = service.engine().all().iter().map(|directory| directory.instance()).collect();
    let activity = LoginActivities::load(service.store(), &instances).await?;
    let activity = Arc::new(activity);
    let (region, account, public_url) = (config.region.clone(), config.account_id.clone(), mailer.public_url.clone());
    let authzen = Arc::new(AuthZen {
        service: service.clone(),
        sealer: sealer.clone(),
        region: region.clone(),
        account: account.clone(),
        public_url: public_url.clone(),
    });
    let console = Console::new(Arc::new(ConsoleState {
        service: service.clone(),
        sealer: sealer.clone(),
        mailer: mailer.clone(),
        activity: activity.clone(),
        authzen: authzen.clone(),
        region: region.clone(),
        account: account.clone(),
        public_url: public_url.clone(),
    }));
    let api = Api {
        service: service.clone(),
        sealer,
        mailer: mailer.clone(),
        operator,
        signing_keys: SigningKeys::default(),
        region,
        account,
        public_url,
    };
    Ok(Server {
        service,
        mailer,
        activity,
        api,
        authzen,
        console,
        trusted_proxies: config.trusted_proxies.clone(),
        connection_settings: config.connection_settings,
        serves_metrics,
        metrics: Metrics::new(),
        tls,
    })
}

/// Runs the listeners and all background tasks until the process receives a signal to stop.
async fn serve_until_stopped(
    server: &Arc<Server>,
    listener: TcpListener,
    metrics_listener: Option<TcpListener>,
    mail_items: mpsc::UnboundedReceiver<mail::QueueItem>,
) -> Result<(), StartError> {
    let service = &server.service;
    let (stopping, stop) = watch::channel(false);
    let until_stopped = |mut stop: watch::Receiver<bool>| async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let workers = Workers::start().map_err(StartError::Threads)?;
    let metrics = metrics_listener.map(|listener| {
        tokio::spawn(listener::serve(server.clone(), listener, true, Workers::current(), until_stopped(stop.clone())))
    });
    let usage_task = tokio::spawn(floorkey_service::usage_writer::run_flush_loop(
        server.service.clone(),
        until_stopped(stop.clone()),
    ));
    let main = tokio::spawn(listener::serve(server.clone(), listener, false, workers, until_stopped(stop)));
    let maintenance_task = tokio::spawn(run_maintenance(server.clone()));
    let sign_in_task =
        tokio::spawn(sign_in_log_writer::run_write_loop(server.service.clone(), server.activity.clone()));
    let clock = tokio::spawn(clock_watch::watch());
    let delivery_task = tokio::spawn(mail::deliver(server.mailer.clone(), mail_items));
    let notification_task = tokio::spawn(mail::notify_users(server.mailer.clone(), service.subscribe()));
    let tls_task = server.tls.clone().map(|tls| tokio::spawn(async move { tls.watch().await }));
    wait_for_signal().await?;
    tracing::info!("stopping");
    let _ = stopping.send(true);
    let _ = main.await;
    for task in [maintenance_task, sign_in_task, clock] {
        task.abort();
    }
    sign_in_log_writer::write_pending(&server.service, &server.activity, true).await;
    let _ = usage_task.await;
    if let Err(error) = service.usage().flush(service.store()).await {
        tracing::warn!(%error, "can't save the last use of permissions");
    }
    if let Err(error) = server.activity.flush(service.store()).await {
        tracing::warn!(%error, "can't save the last activity of users");
    }
    if let Some(metrics) = metrics {
        let _ = metrics.await;
    }
    service.stop().await;
    if let Some(tls_task) = tls_task {
        tls_task.abort();
    }
    // Waits until notifications about committed changes have been sent. Messages that the mail server does not accept
    // in time stay in the spool.
    let mail_done = async {
        let _ = notification_task.await;
        server.mailer.queue.close();
        let _ = delivery_task.await;
    };
    let _ = tokio::time::timeout(MAIL_TIMEOUT, mail_done).await;
    Ok(())
}

/// Stores the users' last activity and removes expired data while the server runs.
async fn run_maintenance(server: Arc<Server>) {
    const FLUSH_INTERVAL: Duration = Duration::from_secs(10);
    const ROUNDS_PER_PURGE: u32 = 60;
    let store = server.service.store();
    for round in 1_u32.. {
        tokio::time::sleep(FLUSH_INTERVAL).await;
        server.service.engine().evict_expired();
        if let Err(error) = server.activity.flush(store).await {
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

/// Creates the first instance if there is none, with the demo's data if requested. Updates all instances to the current
/// version of the catalog, and records former login names.
async fn prepare_instances(
    service: &Arc<Service>,
    config: &Config,
    demo: bool,
    secrets: &mut FirstStartSecrets,
) -> Result<(), StartError> {
    if service.engine().all().is_empty() {
        let password = match &config.admin_password {
            Some(preset) => preset.clone(),
            None => Password::one_time(),
        };
        let hash = service.hash(Party::Operator, &password, config.admin_password.is_none()).await?;
        let id = InstanceId::from_bits(entropy::random_id());
        let new = NewInstance {
            administrator: Some((FIRST_ADMINISTRATOR.to_owned(), hash)),
            ..first_instance(id, config.guard)
        };
        service.create_instance(&Actor::system(), &new).await?;
        if config.admin_password.is_none() {
            secrets.one_time_password = Some(password);
        }
        if demo {
            secrets.demo = crate::demo::create_demo(service, id, clock::now()).await?;
        }
    }
    for directory in service.engine().all() {
        if directory
            .settings()
            .seen_permissions
            .iter()
            .map(String::as_str)
            .ne(floorkey::catalog().permissions().map(floorkey::Permission::name))
        {
            service.execute(directory.instance(), Actor::system(), floorkey::Command::UpgradeCatalog).await?;
        }
        record_former_logins(service, &directory).await?;
    }
    Ok(())
}

/// Records former login names of instances that were created before Floorkey kept a history of login names.
async fn record_former_logins(service: &Service, directory: &floorkey::Directory) -> Result<(), Failure> {
    if directory.settings().keeps_login_histories {
        return Ok(());
    }
    let since = Timestamp::from_millis(clock::now().as_millis().saturating_sub(RESTORABLE_MILLIS));
    let former = service.store().former_logins(directory.instance(), since).await?;
    let command = floorkey::Command::RecordFormerLogins(former);
    service.execute(directory.instance(), Actor::system(), command).await.map(drop)
}

/// Returns the settings of the first instance, which a new server creates.
fn first_instance(id: InstanceId, guard: Option<GuardMode>) -> NewInstance {
    let attributes = [("INBOUND_CALLS", "true"), ("OUTBOUND_CALLS", "true")];
    NewInstance {
        id,
        alias: Some("floorkey".to_owned()),
        identity_management: "CONNECT_MANAGED".to_owned(),
        directory_id: None,
        attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        tags: floorkey::tags::Tags::new(),
        guard,
        administrator: None,
    }
}

/// Returns the operator's access key, which is taken from the settings or the store, or newly created.
async fn operator_key(
    store: &Store,
    sealer: &Sealer,
    config: &Config,
    secrets: &mut FirstStartSecrets,
) -> Result<Operator, StartError> {
    if let Some(preset) = &config.operator_key {
        return Ok(Operator { id: preset.id.clone(), secret: preset.secret.clone() });
    }
    if let Some(stored) = store.operator_key().await? {
        let secret = sealer.open_sealed(stored.access_key_id.as_str(), stored.sealed_secret.reveal())?;
        return Ok(Operator { id: stored.access_key_id, secret });
    }
    let (id, secret) = credentials::new_access_key();
    let sealed_secret = sealer.seal(id.as_str(), &secret)?;
    store.put_operator_key(&OperatorKey { access_key_id: id.clone(), sealed_secret }).await?;
    secrets.operator = true;
    Ok(Operator { id, secret })
}

/// Prints the server's address, the data folder, any new secrets, and commands that the user can paste into a shell.
fn announce(api: &Api, config: &Config, secrets: &FirstStartSecrets) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Floorkey {} is listening at {}", env!("CARGO_PKG_VERSION"), api.public_url)?;
    writeln!(out, "Data folder: {}", config.data.display())?;
    if let Some(password) = &secrets.one_time_password {
        writeln!(out)?;
        writeln!(out, "Sign in as {FIRST_ADMINISTRATOR} with this temporary password (shown only once):")?;
        writeln!(out, "{}", password.reveal())?;
    }
    if !secrets.demo.is_empty() {
        writeln!(out)?;
        writeln!(out, "Demo users with their temporary passwords (shown only once):")?;
        for (login, password) in &secrets.demo {
            writeln!(out, "{login} {}", password.reveal())?;
        }
    }
    writeln!(out)?;
    if secrets.operator {
        writeln!(out, "To use the AWS CLI, paste these lines (the secret is shown only once):")?;
        writeln!(out, "export AWS_ENDPOINT_URL_CONNECT={}", api.public_url)?;
        writeln!(out, "export AWS_ACCESS_KEY_ID={}", api.operator.id)?;
        writeln!(out, "export AWS_SECRET_ACCESS_KEY={}", api.operator.secret.as_str())?;
    } else {
        writeln!(out, "To use the AWS CLI with the operator's access key:")?;
        writeln!(out, "export AWS_ENDPOINT_URL_CONNECT={}", api.public_url)?;
        writeln!(out, "export AWS_ACCESS_KEY_ID={}", api.operator.id)?;
        writeln!(out, "# export AWS_SECRET_ACCESS_KEY=<the operator's secret access key>")?;
        writeln!(
            out,
            "# If the secret is lost, choose a new ID and secret: stop the server, and start it with them in"
        )?;
        writeln!(out, "# FLOORKEY_OPERATOR_ACCESS_KEY_ID and FLOORKEY_OPERATOR_SECRET_ACCESS_KEY. No data is lost.")?;
    }
    writeln!(out, "export AWS_REGION={}", api.region)?;
    writeln!(out, "export AWS_DEFAULT_REGION={}", api.region)?;
    writeln!(out)?;
    out.flush()
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => StartError::AddressInUse(address),
        _ => StartError::Listen { address, error },
    })
}

/// Replaces a wildcard address with the loopback address, because clients can't connect to a wildcard address.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        std::net::IpAddr::V4(ip) if ip.is_unspecified() => std::net::Ipv4Addr::LOCALHOST.into(),
        std::net::IpAddr::V6(ip) if ip.is_unspecified() => std::net::Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Waits for SIGTERM or SIGINT.
async fn wait_for_signal() -> Result<(), StartError> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            result = tokio::signal::ctrl_c() => Ok(result?),
        }
    }
    #[cfg(not(unix))]
    Ok(tokio::signal::ctrl_c().await?)
}
