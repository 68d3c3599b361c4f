//! Creates the demo, which is a realistic contact center. All data is created with ordinary commands.
//!
//! The fictional company Harbourline takes calls for two travel brands at three sites. Mistakes in its permissions have
//! accumulated over several years. All demos have the same users and permissions, but different IDs and passwords. Two
//! users have a password and can sign in. The other users get a password only if they are invited.
//!
//! - `resources` creates the hierarchy, hours of operation, queues and routing profiles.
//! - `profiles` creates the security profiles.
//! - `users` and `names` create the users.
//! - `bookings` creates an application that requests decisions.
//! - `findings` creates findings for an access review.

mod bookings;
mod findings;
mod names;
mod profiles;
mod quick_connects;
mod resources;
mod users;

use std::collections::BTreeMap;
use std::sync::Arc;

use floorkey::{Actor, Command, InstanceId, NewUser, Timestamp, UserId};

use crate::command_runner::CommandRunner;
use floorkey_service::entropy;
use floorkey_service::failure::Failure;
use floorkey_service::passwords::Password;
use floorkey_service::service::Service;

/// Fills the instance with the demo's data. Returns the login names of the users who can sign in, with their temporary
/// passwords.
///
/// # Errors
/// Returns an error if a command is refused. This can happen if the instance is not new and already uses a name from
/// the demo.
pub(crate) async fn create_demo(
    service: &Arc<Service>,
    instance: InstanceId,
    now: Timestamp,
) -> Result<Vec<(String, Password)>, Failure> {
    let runner = CommandRunner { service: service.clone(), instance };
    let resources = resources::create(&runner).await?;
    let profiles = profiles::create(&runner, &resources).await?;
    let staff = users::staff(&resources, &profiles)?;
    let signing_in = runner.create_users(&staff).await?;
    runner.execute_all(users::proficiency_commands(&staff)).await?;
    bookings::create(&runner, &resources, &profiles, &staff).await?;
    runner.execute_all(findings::commands(&staff, &profiles, now)?).await?;
    Ok(signing_in)
}

impl CommandRunner {
    /// Creates all users. Each user who can sign in gets a temporary password.
    async fn create_users(&self, staff: &[users::Member]) -> Result<Vec<(String, Password)>, Failure> {
        let (signing_in, others): (Vec<_>, Vec<_>) = staff.iter().partition(|member| member.signs_in);
        self.execute_all(others.into_iter().map(|member| Command::CreateUser(Box::new(member.new.clone()))).collect())
            .await?;
        let mut passwords = Vec::new();
        for member in signing_in {
            let password = Password::one_time();
            let new = |password| NewUser { password: Some(password), ..member.new.clone() };
            let command = |password| Command::CreateUser(Box::new(new(password)));
            self.service.execute_with_password(self.instance, Actor::system(), &password, true, command).await?;
            passwords.push((member.new.username.clone(), password));
        }
        Ok(passwords)
    }
}

/// The IDs of the created resources of one type, by name.
struct CreatedIds<Id>(BTreeMap<&'static str, Id>);

impl<Id: Copy> CreatedIds<Id> {
    /// Returns the ID of the resource with this name.
    fn id(&self, name: &str) -> Result<Id, Failure> {
        self.0.get(name).copied().ok_or_else(|| Failure::Internal(format!("the demo has no resource named `{name}`")))
    }
}

/// Creates tags from pairs of keys and values.
fn tags<const N: usize>(pairs: [(&str, &str); N]) -> floorkey::tags::Tags {
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

/// Returns a new user ID.
fn user_id() -> UserId {
    UserId::from_bits(entropy::random_id())
}

#[cfg(test)]
mod tests {
    use floorkey::{Directory, NewInstance};
    use floorkey_store::{Store, StoreSettings};

    use super::*;

    async fn demo_directory() -> (tempfile::TempDir, Arc<Directory>) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&StoreSettings { folder: folder.path().to_owned() }).unwrap();
        let service = Service::start(store).await.unwrap();
        let id = InstanceId::from_bits(entropy::random_id());
        let new = NewInstance {
            id,
            alias: None,
            identity_management: "CONNECT_MANAGED".to_owned(),
            directory_id: None,
            attributes: BTreeMap::new(),
            tags: tags([]),
            guard: None,
            administrator: None,
        };
        service.create_instance(&Actor::system(), &new).await.unwrap();
        let signing_in = create_demo(&service, id, Timestamp::from_millis(1_800_000_000_000)).await.unwrap();
        assert_eq!(signing_in.len(), 2);
        service.stop().await;
        (folder, service.engine().current(id).unwrap())
    }

    /// Returns all content of the directory except IDs, passwords and times.
    fn content(directory: &Directory) -> Vec<String> {
        let users = directory.users_after(None).map(|user| {
            let profile_names =
                user.assignments.iter().map(|assignment| directory.profile(assignment.profile).unwrap().name.as_str());
            let path = user.hierarchy_group.map(|group| directory.group_path(group));
            let path = path.unwrap_or_default().into_iter().map(|group| group.name.as_str());
            let (profile_names, path) =
                (profile_names.collect::<Vec<_>>().join(", "), path.collect::<Vec<_>>().join("/"));
            format!("{} {:?} {profile_names} {path} {:?} {}", user.username, user.identity, user.tags, user.enabled)
        });
        let profiles = directory.profiles().map(|profile| format!("{} {:?}", profile.name, profile.permissions));
        users.chain(profiles).collect()
    }

    #[tokio::test]
    async fn every_start_creates_the_same_contact_center() {
        let ((_one, first), (_two, second)) = tokio::join!(demo_directory(), demo_directory());
        assert_eq!(content(&first), content(&second));
        assert_ne!(first.instance(), second.instance());
        // The demo has about 200 users, and 15 profiles in addition to the four default profiles of a new instance. One
        // profile is not assigned to any user.
        assert_eq!((first.user_count(), first.profiles().count()), (206, 19));
        let unused = first.profiles().filter(|profile| first.profile_user_count(profile.id) == 0);
        assert_eq!(unused.map(|profile| profile.name.as_str()).collect::<Vec<_>>(), ["Temp - do not use"]);
        let holders = |name: &str| first.profile_user_count(first.profile_by_name(name).unwrap().id);
        assert_eq!((holders("Admin"), holders("Payments team"), holders("Team lead")), (5, 13, 16));
    }
}
