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
//! - `history` is what people changed and tried since then, and `timeline` records it.
//! - `sign_ins` and `usage` are what people did without changing anything.

mod bookings;
mod history;
mod names;
mod profiles;
mod quick_connects;
mod resources;
mod sign_ins;
mod timeline;
mod usage;
mod users;

use std::collections::BTreeMap;
use std::sync::Arc;

use floorkey::{Action, Actor, Command, NewInstance, NewPassword, NewUser, Timestamp, UserId};

use crate::command_runner::CommandRunner;
use floorkey_service::entropy;
use floorkey_service::failure::Failure;
use floorkey_service::hashing_queue::Party;
use floorkey_service::passwords::Password;
use floorkey_service::service::Service;
use sign_ins::SignIns;

/// Creates an instance with the demo's data. Returns the login names of the demo's users who can sign in, with their
/// temporary passwords.
///
/// # Errors
/// Returns an error if a command is refused that should be carried out, or the other way around.
pub(crate) async fn create_demo(
    service: &Arc<Service>,
    new: &NewInstance,
    now: Timestamp,
) -> Result<Vec<(String, Password)>, Failure> {
    let set_up = timeline::past_day(now, history::SET_UP_DAYS_AGO, (9, 0));
    service.create_instance_at(&Actor::system(), new, set_up).await?;
    let runner = CommandRunner { service: service.clone(), instance: new.id, at: Some(set_up) };
    let resources = resources::create(&runner).await?;
    let profiles = profiles::create(&runner, &resources).await?;
    let mut staff = users::staff(&resources, &profiles)?;
    for (position, member) in staff.iter_mut().enumerate() {
        let login = member.new.username.as_str();
        member.is_hired = history::hires(login);
        member.has_no_password = history::deletes(login) || sign_ins::never_signs_in(position, login);
    }
    let password = service.hash(Party::Operator, &Password::one_time(), false).await?;
    runner.import_users(&staff, &password).await?;
    bookings::create(&runner, &resources, &profiles, &staff).await?;

    let world = history::World { resources: &resources, profiles: &profiles, staff: &staff, password: &password, now };
    let mut past = history::entries(&world)?;
    let administrator = runner.administrator(new)?;
    let mut sign_ins = SignIns::new(&staff, administrator, &past, now);
    past.append(&mut sign_ins.events);
    runner.record(past).await?;
    sign_ins.store(&runner).await?;
    if let Some(directory) = service.engine().current(new.id) {
        usage::record(&runner, &directory, &sign_ins).await?;
    }
    runner.set_passwords(new, administrator, &staff).await
}

impl CommandRunner {
    /// Creates all users who are not hired later, as an import does: in one change. Most of them have a password that
    /// no person knows.
    async fn import_users(&self, staff: &[users::Member], password: &NewPassword) -> Result<(), Failure> {
        let imported = || staff.iter().filter(|member| !member.is_hired);
        let create = |member: &users::Member| {
            let password = member.has_password().then(|| password.clone());
            Command::CreateUser(Box::new(NewUser { password, ..member.new.clone() }))
        };
        let confirm = |member: &users::Member| {
            let email = member.new.identity.email.clone()?;
            Some(Command::VerifyEmail { user: member.new.id, email })
        };
        let proficiencies = users::proficiency_commands(staff);
        let confirmed = imported().filter(|member| member.has_password()).filter_map(confirm).collect();
        self.execute_all(vec![
            Command::Batch { action: Action::ImportUsers, commands: imported().map(create).collect() },
            Command::Batch { action: Action::EditUsers, commands: proficiencies },
            Command::Batch { action: Action::EditUsers, commands: confirmed },
        ])
        .await
    }

    /// Returns the first administrator of the instance.
    fn administrator(&self, new: &NewInstance) -> Result<UserId, Failure> {
        let directory = self.service.engine().current(self.instance);
        let login = new.administrator.as_ref().map_or("", |(login, _)| login.as_str());
        let user = directory.as_ref().and_then(|directory| directory.user_by_login(login));
        user.map(|user| user.id).ok_or_else(|| Failure::Internal("the demo has no administrator".to_owned()))
    }

    /// Sets the passwords with which people sign in to the demo. They are set now, because a temporary password as old
    /// as the contact center would be a finding.
    async fn set_passwords(
        &self,
        new: &NewInstance,
        administrator: UserId,
        staff: &[users::Member],
    ) -> Result<Vec<(String, Password)>, Failure> {
        let reset = |user, password| Command::ResetUserPassword { user, password, revoke_access_keys: false };
        if let Some((_, password)) = new.administrator.as_ref().filter(|(_, password)| password.temporary) {
            let command = reset(administrator, password.clone());
            self.service.execute(self.instance, Actor::system(), command).await?;
        }
        let mut passwords = Vec::new();
        for member in staff.iter().filter(|member| member.signs_in) {
            let password = Password::one_time();
            let command = |password| reset(member.new.id, password);
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
    use floorkey::{Directory, InstanceId};
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
            administrator: Some((
                "admin".to_owned(),
                NewPassword { hash: floorkey::SecretBytes::new(vec![1]), temporary: true },
            )),
        };
        let signing_in = create_demo(&service, &new, Timestamp::from_millis(1_800_000_000_000)).await.unwrap();
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
        assert_eq!((first.user_count(), first.profiles().count()), (207, 19));
        let unused = first.profiles().filter(|profile| first.profile_user_count(profile.id) == 0);
        assert_eq!(unused.map(|profile| profile.name.as_str()).collect::<Vec<_>>(), ["Temp - do not use"]);
        let holders = |name: &str| first.profile_user_count(first.profile_by_name(name).unwrap().id);
        assert_eq!((holders("Admin"), holders("Payments team"), holders("Team lead")), (6, 13, 16));
    }
}
