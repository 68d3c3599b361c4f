//! `floorkey admin`: recovers access on the server's machine.
//!
//! The server must be stopped, because these commands lock the data folder. They use the same domain commands as the
//! server. In the audit log, the actor is the system.

use std::sync::Arc;

use clap::{Args, Subcommand};
use floorkey::{Actor, Command as DomainCommand, Directory, InstanceId, SecurityProfileId, UserId};
use floorkey_store::{Store, StoreSettings};
use serde_json::{Value, json};

use super::input_error::InstanceList;
use super::user::describe_revoked_keys;
use super::{CliError, InputError, OutputFlags};
use crate::config::{Config, DataFlags};
use crate::key_file;
use crate::serve::FIRST_ADMINISTRATOR;
use floorkey_service::entropy;
use floorkey_service::passwords::Password;
use floorkey_service::service::Service;

/// Commands that change the data folder and require the server to be stopped. The changes are recorded in the audit
/// log.
#[derive(Args)]
pub(super) struct Admin {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set a temporary password for a user and print it once; revokes the user's access keys
    ResetPassword {
        #[command(flatten)]
        target: TargetFlags,
        /// Keep the user's access keys
        #[arg(long)]
        keep_access_keys: bool,
    },
    /// Make a user a full administrator with a temporary password; creates the user if necessary
    ///
    /// Assigns a profile that has every permission and that only full administrators have, whatever its name. If there
    /// is none, a new profile is created. The user's MFA methods are removed.
    Restore {
        #[command(flatten)]
        target: TargetFlags,
    },
    /// Replace a lost key file; revokes all access keys, and changes the operator's key and the key of bundles
    ///
    /// The secrets of access keys and of MFA are encrypted with the key file and can't be decrypted if it is lost. This
    /// command therefore revokes the access keys of users, removes the MFA of all users, and creates a new key for the
    /// operator, which is printed once. An existing key file is kept under another name. The key that
    /// signs bundles changes too: programs that load bundles need the new public key.
    ///
    /// If only the operator's secret is lost, this command is not needed: start the server with
    /// FLOORKEY_OPERATOR_ACCESS_KEY_ID and FLOORKEY_OPERATOR_SECRET_ACCESS_KEY set to a new ID and secret.
    ReplaceKey {
        #[command(flatten)]
        data: DataFlags,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
}

#[derive(Args)]
struct TargetFlags {
    /// The user's login name [default: admin]
    #[arg(value_name = "LOGIN")]
    login: Option<String>,
    /// The user's login name, for scripts that pass it as a flag
    #[arg(long, value_name = "LOGIN", hide = true, conflicts_with = "login")]
    user: Option<String>,
    /// The instance: ID or alias [default: the only instance]
    #[arg(long, value_name = "INSTANCE")]
    instance: Option<String>,
    #[command(flatten)]
    data: DataFlags,
    #[command(flatten)]
    output_flags: OutputFlags,
}

impl Admin {
    pub(super) fn run(self) -> Result<(), CliError> {
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            match self.command {
                Command::ResetPassword { target, keep_access_keys } => reset_password(target, keep_access_keys).await,
                Command::Restore { target } => restore(target).await,
                Command::ReplaceKey { data, output_flags } => replace_key(data, output_flags).await,
            }
        })
    }
}

impl TargetFlags {
    fn login(&self) -> &str {
        self.login.as_deref().or(self.user.as_deref()).unwrap_or(FIRST_ADMINISTRATOR)
    }
}

async fn reset_password(target: TargetFlags, keep_access_keys: bool) -> Result<(), CliError> {
    let (service, _) = open(&target.data).await?;
    let directory = choose(&service, target.instance.as_deref())?;
    let unknown = || InputError::UnknownUser(target.login().to_owned());
    let user = directory.user_by_login(target.login()).ok_or_else(unknown)?;
    let (id, is_enabled) = (user.id, user.enabled);
    let command =
        |password| DomainCommand::ResetUserPassword { user: id, password, revoke_access_keys: !keep_access_keys };
    let password = execute(&service, directory.instance(), command).await?;
    let keys = directory.access_keys_of(id).count();
    let revoked = if keep_access_keys { 0 } else { keys };
    let mut note = describe_revoked_keys(revoked as u64, keep_access_keys);
    if !is_enabled {
        note.push_str(" The user is disabled and can't sign in until enabled.");
    }
    let facts = json!({ "AccessKeysRevoked": revoked });
    finish(&service, &target, &directory, &password, facts, &note).await
}

async fn restore(target: TargetFlags) -> Result<(), CliError> {
    let (service, _) = open(&target.data).await?;
    let directory = choose(&service, target.instance.as_deref())?;
    let is_created = directory.user_by_login(target.login()).is_none();
    let (profile, user) = (SecurityProfileId::from_bits(entropy::random_id()), UserId::from_bits(entropy::random_id()));
    let command =
        |password| DomainCommand::RestoreAdministrator { profile, user, username: target.login().to_owned(), password };
    let password = execute(&service, directory.instance(), command).await?;
    let after = service.engine().current(directory.instance()).unwrap_or_else(|| directory.clone());
    let restored = after.user_by_login(target.login()).and_then(|user| user.assignments.first());
    let restored = restored.and_then(|assignment| after.profile(assignment.profile));
    let restored = restored.ok_or(InputError::RestoredUserDeleted)?;
    let users: Vec<&str> = after.users_with_profile(restored.id).map(|user| user.username.as_str()).collect();
    let created_note =
        if is_created { format!("`{}` did not exist and was created. ", target.login()) } else { String::new() };
    let keys = if is_created { "" } else { " MFA methods were removed. Access keys are unchanged." };
    let new = if restored.id == profile { "new " } else { "" };
    let note = format!(
        "{created_note}The {new}profile `{}` ({}) has every permission. Users with this profile: {}.{keys}",
        restored.name,
        restored.id,
        format_logins(&users)
    );
    let facts = json!({
        "UserMade": is_created,
        "ProfileId": restored.id.to_string(),
        "ProfileName": restored.name,
        "ProfileMade": restored.id == profile,
        "UsersWithProfile": users,
    });
    finish(&service, &target, &directory, &password, facts, &note).await
}

/// The maximum number of login names in a message.
const LOGINS_LISTED_MAX: usize = 20;

/// Formats the first [`LOGINS_LISTED_MAX`] login names as a list, followed by the number of other login names.
fn format_logins(logins: &[&str]) -> String {
    let named: Vec<&str> = logins.iter().take(LOGINS_LISTED_MAX).copied().collect();
    match logins.len() - named.len() {
        0 => named.join(", "),
        more => format!("{}, and {more} more", named.join(", ")),
    }
}

async fn replace_key(data: DataFlags, output_flags: OutputFlags) -> Result<(), CliError> {
    let (service, config) = open(&data).await?;
    let replaced = key_file::replace(&service, &config.key_file).await?;
    service.stop().await;
    let (id, secret) = (replaced.operator.0.as_str(), replaced.operator.1.as_str());
    let value = json!({
        "KeyFile": config.key_file,
        "KeptAs": replaced.previous,
        "AccessKeysRevoked": replaced.revoked,
        "AccessKeyId": id,
        "SecretAccessKey": secret,
        "BundlePublicKey": replaced.bundle_key.to_string(),
    });
    output_flags.output().print(&value, |_| {
        let previous =
            replaced.previous.map(|previous| format!(" The previous key file was renamed to {}.", previous.display()));
        format!(
            "The new key file is {}.{} Access keys of users that were revoked: {}.\n\nThe operator's new access \
            key (the secret is shown only once; if FLOORKEY_OPERATOR_ACCESS_KEY_ID is set, that key is used \
            instead):\nexport AWS_ACCESS_KEY_ID={id}\nexport AWS_SECRET_ACCESS_KEY={secret}\n\nBundles are signed with a \
            new key. Programs that load bundles must trust this public key from now on:\n{}",
            config.key_file.display(),
            previous.unwrap_or_default(),
            replaced.revoked,
            replaced.bundle_key
        )
    })
}

/// Opens the data folder in the same way as a server. Fails if a server is using the folder.
async fn open(data: &DataFlags) -> Result<(Arc<Service>, Config), CliError> {
    let config = Config::load(data.clone().into())?;
    let folder = config.data.clone();
    if !folder.is_dir() {
        return Err(InputError::NoDataFolder(folder).into());
    }
    let store = Store::open(&StoreSettings { folder })?;
    let service = Service::start(store).await?;
    Ok((service, config))
}

fn choose(service: &Service, wanted: Option<&str>) -> Result<Arc<Directory>, InputError> {
    let all = service.engine().all();
    let matches = |directory: &&Arc<Directory>, wanted: &str| {
        let alias = directory.settings().alias.as_deref();
        InstanceId::parse(wanted) == Some(directory.instance())
            || alias.is_some_and(|alias| alias.eq_ignore_ascii_case(wanted))
    };
    let list = || {
        let alias = |directory: &Arc<Directory>| directory.settings().alias.clone().unwrap_or_default();
        InstanceList::new(all.iter().map(|directory| (directory.instance().to_string(), alias(directory))))
    };
    match (wanted, all.as_slice()) {
        (_, []) => Err(InputError::NoInstance),
        (None, [directory]) => Ok(directory.clone()),
        (None, _) => Err(InputError::SeveralInstances(list())),
        (Some(wanted), _) => {
            let found = all.iter().find(|directory| matches(directory, wanted)).cloned();
            found.ok_or_else(|| InputError::UnknownInstance { wanted: wanted.to_owned(), available: list() })
        }
    }
}

/// Executes a command that sets a new temporary password, and returns the password.
async fn execute(
    service: &Service,
    instance: InstanceId,
    command: impl Fn(floorkey::NewPassword) -> DomainCommand,
) -> Result<Password, CliError> {
    let password = Password::one_time();
    service.execute_with_password(instance, Actor::system(), &password, true, command).await?;
    Ok(password)
}

async fn finish(
    service: &Service,
    target: &TargetFlags,
    directory: &Directory,
    password: &Password,
    mut facts: Value,
    note: &str,
) -> Result<(), CliError> {
    service.stop().await;
    let (login, password) = (target.login(), password.reveal());
    if let Some(facts) = facts.as_object_mut() {
        facts.insert("InstanceId".to_owned(), directory.instance().to_string().into());
        facts.insert("Username".to_owned(), login.into());
        facts.insert("OneTimePassword".to_owned(), password.into());
    }
    target
        .output_flags
        .output()
        .print(&facts, |_| format!("The temporary password of {login} (shown only once):\n{password}\n\n{note}"))
}
