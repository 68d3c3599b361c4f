//! `floorkey admin`: the way back in, for whoever works on the server's machine.
//!
//! The server must be stopped: these commands take the lock on the data folder. What they do goes through the same
//! door as everything else, so it is in the audit, as the system's act.

use std::sync::Arc;

use clap::{Args, Subcommand};
use floorkey::{Actor, Command as Ask, Directory, InstanceId, SecurityProfileId, UserId};
use floorkey_store::{Store, StoreSettings};
use serde_json::json;

use super::Printing;
use crate::config::{Config, DataFlags};
use crate::failure::Failure;
use crate::outside;
use crate::passwords::Password;
use crate::serve::FIRST_ADMINISTRATOR;
use crate::service::Service;

/// These commands work on the data folder and need the server stopped. What they do is in the audit.
#[derive(Args)]
pub(super) struct Admin {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Give a user a one-time password, printed once
    ResetPassword {
        #[command(flatten)]
        whom: Whom,
        /// Leave the user's access keys; otherwise they are revoked
        #[arg(long)]
        keep_access_keys: bool,
    },
    /// Make the Admin profile whole, and give it with a one-time password to a user, made where there is none
    Restore {
        #[command(flatten)]
        whom: Whom,
    },
}

#[derive(Args)]
struct Whom {
    /// The user's login name
    #[arg(long, value_name = "LOGIN", default_value = FIRST_ADMINISTRATOR)]
    user: String,
    /// The instance: its id or alias [default: the only one there is]
    #[arg(long, value_name = "INSTANCE")]
    instance: Option<String>,
    #[command(flatten)]
    data: DataFlags,
    #[command(flatten)]
    printing: Printing,
}

impl Admin {
    pub(super) fn run(self) -> Result<(), String> {
        let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
        runtime.block_on(async {
            match self.command {
                Command::ResetPassword { whom, keep_access_keys } => reset_password(whom, keep_access_keys).await,
                Command::Restore { whom } => restore(whom).await,
            }
        })
    }
}

async fn reset_password(whom: Whom, keep_access_keys: bool) -> Result<(), String> {
    let service = open(&whom).await?;
    let directory = choose(&service, whom.instance.as_deref())?;
    let user = directory.user_by_login(&whom.user).ok_or_else(|| {
        format!(
            "there is no user `{}`: --user names another, `floorkey admin restore` makes an administrator",
            whom.user
        )
    })?;
    let (id, is_enabled) = (user.id, user.enabled);
    let command = |password| Ask::ResetUserPassword { user: id, password, revoke_access_keys: !keep_access_keys };
    let password = execute(&service, directory.instance(), command).await?;
    let note = if is_enabled { "" } else { "\n\nThe user is disabled, and can sign in only when enabled again." };
    finish(&service, &whom, &directory, &password, note).await
}

async fn restore(whom: Whom) -> Result<(), String> {
    let service = open(&whom).await?;
    let directory = choose(&service, whom.instance.as_deref())?;
    let (profile, user) = (SecurityProfileId::from_bits(outside::id()), UserId::from_bits(outside::id()));
    let command = |password| Ask::RestoreAdministrator { profile, user, username: whom.user.clone(), password };
    let password = execute(&service, directory.instance(), command).await?;
    let note = "\n\nThe profile Admin holds every permission again, and the user holds it.";
    finish(&service, &whom, &directory, &password, note).await
}

/// Opens the data folder as a server would; a server that runs on it keeps this out.
async fn open(whom: &Whom) -> Result<Arc<Service>, String> {
    let folder = Config::read(whom.data.clone().into())?.data;
    if !folder.is_dir() {
        return Err(format!("there is no data folder {}: --data or FLOORKEY_DATA names another", folder.display()));
    }
    let store = Store::open(&StoreSettings { folder }).map_err(|error| error.to_string())?;
    Service::start(store).await.map_err(|failure| failure.to_string())
}

fn choose(service: &Service, wanted: Option<&str>) -> Result<Arc<Directory>, String> {
    let all = service.engine().all();
    let names = |directory: &&Arc<Directory>, wanted: &str| {
        let alias = directory.settings().alias.as_deref();
        InstanceId::parse(wanted) == Some(directory.instance())
            || alias.is_some_and(|alias| alias.eq_ignore_ascii_case(wanted))
    };
    let list = || {
        let alias = |directory: &Arc<Directory>| directory.settings().alias.clone().unwrap_or_default();
        let each = all.iter().map(|directory| format!("\n  {}  {}", directory.instance(), alias(directory)));
        each.collect::<String>()
    };
    match (wanted, all.as_slice()) {
        (_, []) => Err("the data folder has no instance yet: `floorkey serve` makes one".to_owned()),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(format!("there are several instances; say which one with --instance:{}", list())),
        (Some(wanted), _) => {
            let found = all.iter().find(|directory| names(directory, wanted)).cloned();
            found.ok_or_else(|| format!("there is no instance `{wanted}`; there are:{}", list()))
        }
    }
}

/// Carries out a command with a fresh one-time password, and gives the password.
async fn execute(
    service: &Service,
    instance: InstanceId,
    command: impl Fn(floorkey::NewPassword) -> Ask,
) -> Result<Password, String> {
    let password = Password::one_time();
    let done = service.execute_with_password(instance, Actor::system(), &password, true, command).await;
    done.map_err(|failure: Failure| failure.to_string())?;
    Ok(password)
}

async fn finish(
    service: &Service,
    whom: &Whom,
    directory: &Directory,
    password: &Password,
    note: &str,
) -> Result<(), String> {
    service.stop().await;
    let (login, password) = (&whom.user, password.reveal());
    let value = json!({
        "InstanceId": directory.instance().to_string(),
        "Username": login,
        "OneTimePassword": password,
    });
    whom.printing
        .output()
        .print(&value, |_| format!("The one-time password of {login} (shown only now):\n{password}{note}"))
}
