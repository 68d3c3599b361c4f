//! The users of a seed, with their passwords and access keys.

use std::sync::Arc;

use floorkey::user::{Identity, Proficiency};
use floorkey::{AccessKeyId, Command, HierarchyGroupId, NewPassword, NewUser, SecurityProfileId, UserId};
use floorkey_service::hashing_queue::Party;
use floorkey_service::passwords::Password;
use floorkey_service::sealing::Sealer;
use floorkey_service::service::Service;
use zeroize::Zeroizing;

use super::CreatedAccessKey;
use super::error::SeedError;
use super::format::{AccessKeyEntry, Name, ProficiencyEntry, UserEntry};
use super::ids::{self, Kind};
use super::names::{BASIC_ROUTING_PROFILE, Names};
use super::resources::resource_id;
use super::steps::Steps;

/// The last name of users whose entry has none. Every user of an instance that manages its own users needs a name.
const LAST_NAME: &str = "Test";

/// Returns the commands that create the users.
pub(super) async fn users(names: &Names, service: &Arc<Service>, entries: &[UserEntry]) -> Result<Steps, SeedError> {
    let mut steps = Steps::default();
    for entry in entries {
        let profile = |name: &Name| names.id(Kind::SecurityProfile, name).map(SecurityProfileId::from_bits);
        let group = entry.hierarchy_group.as_ref().map(|group| names.id(Kind::HierarchyGroup, group)).transpose()?;
        let password = match &entry.password {
            Some(password) => Some(hash(names, service, password).await?),
            None => None,
        };
        let routing = entry.routing_profile.as_ref();
        let new = NewUser {
            id: user_id(entry),
            username: entry.username.value.clone(),
            password,
            identity: Identity {
                first_name: Some(entry.first_name.clone().unwrap_or_else(|| entry.username.value.clone())),
                last_name: Some(entry.last_name.clone().unwrap_or_else(|| LAST_NAME.to_owned())),
                email: entry.email.clone(),
                secondary_email: entry.secondary_email.clone(),
                mobile: entry.mobile.clone(),
            },
            directory_user_id: None,
            profiles: entry.profiles.iter().map(profile).collect::<Result<_, _>>()?,
            routing_profile: resource_id(names, Kind::RoutingProfile, routing, BASIC_ROUTING_PROFILE)?,
            hierarchy_group: group.map(HierarchyGroupId::from_bits),
            channels: Vec::new(),
            tags: entry.tags.clone(),
        };
        steps.push(Kind::User, &entry.username, Command::CreateUser(Box::new(new)));
    }
    Ok(steps)
}

/// Hashes a password, which is not temporary.
async fn hash(names: &Names, service: &Arc<Service>, password: &Name) -> Result<NewPassword, SeedError> {
    let problem = |problem: &str| names.error(password, &format!("password: {problem}"));
    let parsed = Password::parse(&password.value).map_err(|invalid| problem(&invalid.problem))?;
    service.hash(Party::Operator, &parsed, false).await.map_err(|failure| problem(&failure.to_string()))
}

/// Returns the commands that set the users' proficiencies and create their access keys, and the created keys.
pub(super) fn access_keys(
    names: &Names,
    sealer: &Sealer,
    entries: &[UserEntry],
) -> Result<(Steps, Vec<CreatedAccessKey>), SeedError> {
    let (mut steps, mut created) = (Steps::default(), Vec::new());
    for entry in entries {
        if !entry.proficiencies.is_empty() {
            let proficiencies = entry.proficiencies.iter().map(proficiency).collect();
            let command = Command::AssociateUserProficiencies { user: user_id(entry), proficiencies };
            steps.push(Kind::User, &entry.username, command);
        }
        for key in &entry.access_keys {
            let key = access_key(names, entry, key)?;
            let sealed_secret = sealer
                .seal(key.id.as_str(), &key.secret)
                .map_err(|error| names.error(&entry.username, &error.to_string()))?;
            let label = key.label.clone();
            let command = Command::CreateAccessKey { owner: key.owner, id: key.id.clone(), label, sealed_secret };
            let subject = format!("access key `{}` of `{}`", key.label, key.username);
            steps.push_about(&entry.username, subject, command);
            created.push(key);
        }
    }
    Ok((steps, created))
}

fn access_key(names: &Names, owner: &UserEntry, entry: &AccessKeyEntry) -> Result<CreatedAccessKey, SeedError> {
    let AccessKeyEntry { label, id, secret } = entry;
    let username = &owner.username.value;
    let (derived_id, derived_secret) = ids::access_key(username, &label.value);
    let id_text = id.as_ref().map_or(derived_id, |id| id.value.clone());
    let problem =
        || format!("`{id_text}` is not the ID of an access key: use 1 to 128 letters, digits and underscores");
    let id = AccessKeyId::parse(&id_text).ok_or_else(|| names.error(id.as_ref().unwrap_or(label), &problem()))?;
    Ok(CreatedAccessKey {
        username: username.clone(),
        owner: user_id(owner),
        label: label.value.clone(),
        id,
        secret: secret.clone().map_or(derived_secret, Zeroizing::new),
    })
}

/// Returns the commands that disable users. They come last, because disabled users can't get access keys.
pub(super) fn disabled(entries: &[UserEntry]) -> Steps {
    let mut steps = Steps::default();
    for entry in entries.iter().filter(|entry| entry.enabled == Some(false)) {
        steps.push(Kind::User, &entry.username, Command::SetUserEnabled { user: user_id(entry), enabled: false });
    }
    steps
}

fn proficiency(entry: &ProficiencyEntry) -> Proficiency {
    Proficiency { attribute: entry.attribute.clone(), value: entry.value.clone(), level: entry.level }
}

fn user_id(entry: &UserEntry) -> UserId {
    UserId::from_bits(Kind::User.id(&entry.username.value))
}
