//! The first content of a server for tests, from a YAML file.
//!
//! The content is created by ordinary commands, so it follows the same rules as any other content. All IDs are derived
//! from names (see `ids`), so they are the same at every start.
//!
//! - `format` is the format of the file. `names` finds the records that names in the file refer to.
//! - `resources`, `profiles`, `users` and `applications` turn the content into commands.
//! - `steps` executes the commands. An error names the place in the file that a refused command comes from.

mod applications;
mod error;
mod format;
mod ids;
mod names;
mod profiles;
mod resources;
mod steps;
mod users;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use floorkey::{AccessKeyId, Actor, GuardMode, InstanceId, NewInstance, UserId};
use floorkey_service::hashing_queue::Party;
use floorkey_service::passwords::Password;
use floorkey_service::sealing::Sealer;
use floorkey_service::service::Service;
use zeroize::Zeroizing;

use crate::config::Config;
pub(crate) use error::SeedError;
use format::{InstanceEntry, SeedFile};
use ids::Kind;
use names::Names;
use steps::Target;

/// The login name of the administrator.
const ADMINISTRATOR: &str = "admin";

/// The administrator's password, unless the settings contain one.
const ADMINISTRATOR_PASSWORD: &str = "Floorkey-1";

/// The alias of the instance, unless the seed contains one.
const ALIAS: &str = "floorkey";

/// The attributes of the instance, which the seed can change.
const ATTRIBUTES: [(&str, &str); 2] = [("INBOUND_CALLS", "true"), ("OUTBOUND_CALLS", "true")];

/// The first content of a server.
#[derive(Default)]
pub(crate) struct Seed {
    /// The name of the file, for error messages.
    file: String,
    content: SeedFile,
}

/// The credentials in the content that was created from a seed.
pub(crate) struct Created {
    pub(crate) instance: InstanceId,
    /// The login name and the password of the administrator.
    pub(crate) administrator: (String, Password),
    pub(crate) access_keys: Vec<CreatedAccessKey>,
    pub(crate) api_tokens: Vec<CreatedApiToken>,
}

/// A user's access key.
pub(crate) struct CreatedAccessKey {
    pub(crate) username: String,
    pub(crate) owner: UserId,
    pub(crate) label: String,
    pub(crate) id: AccessKeyId,
    pub(crate) secret: Zeroizing<String>,
}

/// An API token.
pub(crate) struct CreatedApiToken {
    pub(crate) label: String,
    pub(crate) text: Zeroizing<String>,
}

impl Seed {
    /// Reads a seed file.
    ///
    /// # Errors
    /// Returns an error if the file can't be read, or is not a seed. The message names the line.
    pub(crate) fn load(path: &Path) -> Result<Self, SeedError> {
        let unreadable = |error| SeedError::Unreadable { path: path.to_owned(), error };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::parse(path.display().to_string(), &text)
    }

    fn parse(file: String, text: &str) -> Result<Self, SeedError> {
        let content = serde_saphyr::from_str::<Option<SeedFile>>(text).map_err(|error| {
            let place = match error.location() {
                Some(location) => format!("{file}:{}:{}", location.line(), location.column()),
                None => file.clone(),
            };
            SeedError::Malformed { place, error: Box::new(error) }
        })?;
        Ok(Self { file, content: content.unwrap_or_default() })
    }

    /// Creates the content of the seed in a service without instances. Returns the credentials in it.
    ///
    /// # Errors
    /// Returns an error if a name in the seed is unknown, or if the content breaks a rule. The message names the place
    /// in the file.
    pub(crate) async fn create(
        self,
        service: &Arc<Service>,
        sealer: &Sealer,
        config: &Config,
    ) -> Result<Created, SeedError> {
        let Self { file, content } = self;
        let names = Names::new(file, &content)?;
        let password = match &config.admin_password {
            Some(preset) => preset.clone(),
            None => Password::parse(ADMINISTRATOR_PASSWORD).map_err(SeedError::AdministratorPassword)?,
        };
        let instance = create_instance(&names, service, &password, (content.instance, config.guard)).await?;
        let target = Target::new(service, instance, &names);

        resources::create_hierarchy(&target, &content.hierarchy).await?;
        resources::hours(&names, content.hours_of_operation)?.execute(&target).await?;
        resources::queues(&names, &content.queues)?.execute(&target).await?;
        resources::prompts(content.prompts).execute(&target).await?;
        resources::routing_profiles(&names, content.routing_profiles)?.execute(&target).await?;
        resources::agent_statuses(content.agent_statuses).execute(&target).await?;
        applications::registrations(&content.applications).execute(&target).await?;
        profiles::profiles(&names, &content.profiles)?.execute(&target).await?;
        profiles::assignable(&names, &content.profiles)?.execute(&target).await?;
        users::users(&names, service, &content.users).await?.execute(&target).await?;
        let (steps, access_keys) = users::access_keys(&names, sealer, &content.users)?;
        steps.execute(&target).await?;
        users::disabled(&content.users).execute(&target).await?;
        resources::quick_connects(&names, content.quick_connects)?.execute(&target).await?;
        resources::queue_quick_connects(&names, &content.queues)?.execute(&target).await?;
        applications::resources(&names, content.applications)?.execute(&target).await?;
        let (steps, api_tokens) = applications::api_tokens(&names, content.api_tokens)?;
        steps.execute(&target).await?;

        let administrator = (ADMINISTRATOR.to_owned(), password);
        Ok(Created { instance, administrator, access_keys, api_tokens })
    }
}

/// Creates the instance and its administrator. `guard` is the guard's mode if the seed has none.
async fn create_instance(
    names: &Names,
    service: &Arc<Service>,
    password: &Password,
    (entry, guard): (InstanceEntry, Option<GuardMode>),
) -> Result<InstanceId, SeedError> {
    let mode = match &entry.guard {
        None => guard,
        Some(mode) => {
            let problem = format!("guard: `{}` must be warn or enforce", mode.value);
            Some(GuardMode::parse(&mode.value).ok_or_else(|| names.error(mode, &problem))?)
        }
    };
    let refused = |failure| names.refused("instance", failure);
    let hash = service.hash(Party::Operator, password, false).await.map_err(refused)?;
    let alias = entry.alias.map_or_else(|| ALIAS.to_owned(), |alias| alias.value);
    let id = InstanceId::from_bits(Kind::Instance.id(&alias));
    let mut attributes: BTreeMap<_, _> = ATTRIBUTES.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    attributes.extend(entry.attributes);
    let new = NewInstance {
        id,
        alias: Some(alias),
        identity_management: "CONNECT_MANAGED".to_owned(),
        directory_id: None,
        attributes,
        tags: entry.tags,
        guard: mode,
        administrator: Some((ADMINISTRATOR.to_owned(), hash)),
    };
    let mut ids = names::first_ids();
    let next_id = || ids.next().unwrap_or_else(floorkey_service::entropy::random_id);
    service.create_instance_with_ids(&Actor::system(), &new, next_id).await.map_err(refused)?;
    Ok(id)
}
