//! `floorkey serve`: opens the data folder, creates the first instance, and runs the server until it is stopped.

mod announcement;

use std::sync::Arc;

use floorkey::{Actor, GuardMode, InstanceId, NewInstance, Timestamp};
use floorkey_api::{Operator, UnknownKeys};
use floorkey_store::{OperatorKey, Store, StoreSettings};

use crate::background::BackgroundTasks;
use crate::config::Config;
use crate::demo::create_demo;
use crate::running::{NoResets, run_until_stopped};
use crate::server::{Interfaces, Server, SignedCalls};
use crate::sockets::Sockets;
use crate::start_error::StartError;
use crate::{file_limit, key_file, preset_token, warnings};
use announcement::{FirstStartSecrets, announce};
use floorkey_service::bulk_edit::RESTORABLE_MILLIS;
use floorkey_service::failure::Failure;
use floorkey_service::hashing_queue::Party;
use floorkey_service::mail::{self, MailQueue, MailSettings, Mailer};
use floorkey_service::passwords::Password;
use floorkey_service::sealing::Sealer;
use floorkey_service::service::{Service, credentials};
use floorkey_service::{clock, entropy};

/// The login name of the first administrator.
pub(crate) const FIRST_ADMINISTRATOR: &str = "admin";

/// Runs the server until the process receives a signal to stop.
///
/// # Errors
/// Returns an error if the server can't start.
pub(crate) async fn run(config: Config, demo: bool) -> Result<(), StartError> {
    file_limit::raise();
    let store = Store::open(&StoreSettings { folder: config.data.clone() })?;
    // Ports are bound first, so that no secrets are created if the server can't listen on the ports.
    let sockets = Sockets::bind(&config).await?;
    let from = config.mail_from.clone().or_else(|| mail::default_sender(&sockets.public_url));
    let from = from.ok_or(StartError::NoSender)?;
    let mail = MailSettings { smtp_url: config.smtp_url.clone(), from };
    let (queue, mail_items) = MailQueue::open(&mail, &config.data, demo)?;
    let service = Service::start(store).await?;
    if demo && !service.engine().all().is_empty() {
        return Err(StartError::DemoNeedsNewFolder(config.data));
    }
    warnings::warn_of_settings(&config, sockets.address, service.store()).await?;
    let sealer = key_file::load_or_create(&service, &config.key_file).await?;
    let mut secrets = FirstStartSecrets::default();
    let operator = operator_key(service.store(), &sealer, &config, &mut secrets).await?;
    prepare_instances(&service, &config, demo, &mut secrets).await?;
    preset_token::apply(&service, config.api_token.as_ref()).await?;

    let mailer = Arc::new(Mailer {
        service: service.clone(),
        queue,
        public_url: sockets.public_url.clone(),
        password_link_limits: mail::PasswordLinkLimits::default(),
        cooling_off: config.email_cooling,
    });
    let signed_calls = SignedCalls { operator, unknown_keys: UnknownKeys::Refuse, resetter: None };
    let interfaces = Interfaces::create(&config, mailer, Arc::new(sealer), signed_calls).await?;
    announce(&interfaces.api, &config, &secrets).map_err(StartError::Output)?;
    let server = Arc::new(Server::new(&config, interfaces, sockets.tls.clone()));
    let background = BackgroundTasks::start(Arc::clone(&server.interfaces()), mail_items);
    run_until_stopped(&server, sockets, background, NoResets).await
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
        let new = NewInstance {
            administrator: Some((FIRST_ADMINISTRATOR.to_owned(), hash)),
            ..first_instance(InstanceId::from_bits(entropy::random_id()), config.guard)
        };
        match demo {
            true => secrets.demo = create_demo(service, &new, clock::now()).await?,
            false => drop(service.create_instance(&Actor::system(), &new).await?),
        }
        if config.admin_password.is_none() {
            secrets.one_time_password = Some(password);
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
