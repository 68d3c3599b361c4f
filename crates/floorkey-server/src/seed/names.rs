//! The names in a seed file, and the records that they refer to.

use std::collections::{BTreeMap, BTreeSet};

use floorkey_service::failure::Failure;
use serde_saphyr::{Location, Spanned};

use super::ADMINISTRATOR;
use super::error::SeedError;
use super::format::{GroupEntry, Name, SeedFile};
use super::ids::Kind;

/// The records that every new instance has, apart from the default profiles and the administrator. They are in the
/// order in which [`floorkey::create_instance`] requests their IDs.
const FIRST_RECORDS: [(Kind, &str); 5] = [
    (Kind::HoursOfOperation, BASIC_HOURS),
    (Kind::Queue, BASIC_QUEUE),
    (Kind::RoutingProfile, BASIC_ROUTING_PROFILE),
    (Kind::AgentStatus, "Available"),
    (Kind::AgentStatus, "Offline"),
];

/// The hours of operation, the queue and the routing profile of a new instance.
pub(super) const BASIC_HOURS: &str = "Basic Hours";
pub(super) const BASIC_QUEUE: &str = "BasicQueue";
pub(super) const BASIC_ROUTING_PROFILE: &str = "Basic Routing Profile";

/// The maximum number of names in an error message.
const LISTED_MAX: usize = 12;

/// All records that a seed creates, by type and name. The name of a hierarchy group is its path, such as
/// `Portugal/Lisbon`.
pub(super) struct Names {
    /// The name of the file, for error messages.
    file: String,
    known: BTreeMap<Kind, BTreeSet<String>>,
}

/// Returns the IDs that [`floorkey::create_instance`] requests, in order.
pub(super) fn first_ids() -> impl Iterator<Item = u128> {
    let profiles = floorkey::catalog().default_profiles().iter();
    let profiles = profiles.map(|profile| Kind::SecurityProfile.id(&profile.name));
    let resources = FIRST_RECORDS.into_iter().map(|(kind, name)| kind.id(name));
    resources.chain(profiles).chain([Kind::User.id(ADMINISTRATOR)])
}

impl Names {
    /// Collects the names of a seed and of a new instance.
    ///
    /// # Errors
    /// Returns an error if a name occurs twice. IDs are derived from names, so the second record would replace the
    /// first.
    pub(super) fn new(file: String, seed: &SeedFile) -> Result<Self, SeedError> {
        let mut names = Self { file, known: BTreeMap::new() };
        for (kind, name) in FIRST_RECORDS {
            names.known.entry(kind).or_default().insert(name.to_owned());
        }
        let profiles = floorkey::catalog().default_profiles().iter().map(|profile| profile.name.clone());
        names.known.insert(Kind::SecurityProfile, profiles.collect());
        names.known.insert(Kind::User, BTreeSet::from([ADMINISTRATOR.to_owned()]));
        names.add_groups("", &seed.hierarchy.groups)?;
        let named = seed.hours_of_operation.iter().map(|entry| (Kind::HoursOfOperation, &entry.name));
        let named = named.chain(seed.queues.iter().map(|entry| (Kind::Queue, &entry.name)));
        let named = named.chain(seed.prompts.iter().map(|entry| (Kind::Prompt, &entry.name)));
        let named = named.chain(seed.quick_connects.iter().map(|entry| (Kind::QuickConnect, &entry.name)));
        let named = named.chain(seed.routing_profiles.iter().map(|entry| (Kind::RoutingProfile, &entry.name)));
        let named = named.chain(seed.agent_statuses.iter().map(|entry| (Kind::AgentStatus, &entry.name)));
        // An entry with the name of a default profile changes that profile.
        let mut defaults: BTreeSet<&str> =
            floorkey::catalog().default_profiles().iter().map(|profile| profile.name.as_str()).collect();
        let is_new = |name: &&Name| !defaults.remove(name.value.as_str());
        let profiles = seed.profiles.iter().map(|entry| &entry.name).filter(is_new);
        let named = named.chain(profiles.map(|name| (Kind::SecurityProfile, name)));
        for (kind, name) in named.chain(seed.users.iter().map(|entry| (Kind::User, &entry.username))) {
            names.add(kind, name, name.value.clone())?;
        }
        Ok(names)
    }

    fn add(&mut self, kind: Kind, place: &Name, name: String) -> Result<(), SeedError> {
        let problem = format!("{} `{name}`: there is already one with this name; choose another name", kind.noun());
        match self.known.entry(kind).or_default().insert(name) {
            true => Ok(()),
            false => Err(self.error(place, &problem)),
        }
    }

    fn add_groups(&mut self, parent: &str, groups: &[GroupEntry]) -> Result<(), SeedError> {
        for group in groups {
            let path = group_path(parent, &group.name.value);
            self.add(Kind::HierarchyGroup, &group.name, path.clone())?;
            self.add_groups(&path, &group.groups)?;
        }
        Ok(())
    }

    /// Returns the ID of the record with this name.
    ///
    /// # Errors
    /// Returns an error that lists the names of the type if there is no such record.
    pub(super) fn id(&self, kind: Kind, name: &Name) -> Result<u128, SeedError> {
        let known = self.known.get(&kind).into_iter().flatten();
        if known.clone().any(|known| *known == name.value) {
            return Ok(kind.id(&name.value));
        }
        let (noun, count) = (kind.noun(), known.clone().count());
        let listed: Vec<_> = known.take(LISTED_MAX).map(|name| format!("`{name}`")).collect();
        let names = match count {
            0 => "the file has none".to_owned(),
            _ if count > LISTED_MAX => format!("some of the {count} names are {}", listed.join(", ")),
            _ => format!("the names are {}", listed.join(", ")),
        };
        let problem = match kind {
            Kind::HoursOfOperation => format!("there are no {noun} `{}`; {names}", name.value),
            _ => format!("there is no {noun} `{}`; {names}", name.value),
        };
        Err(self.error(name, &problem))
    }

    /// Returns an error about a value in the file: `seed.yaml:12:5: PROBLEM`.
    pub(super) fn error<T>(&self, value: &Spanned<T>, problem: &str) -> SeedError {
        self.error_at(value.referenced, problem)
    }

    /// Returns the error for a part of the file that was refused. `part` is the keys that lead to it.
    pub(super) fn refused(&self, part: &'static str, failure: Failure) -> SeedError {
        SeedError::Part { file: self.file.clone(), part, failure }
    }

    /// Returns an error about a location in the file.
    pub(super) fn error_at(&self, location: Location, problem: &str) -> SeedError {
        let place = format!("{}:{}:{}", self.file, location.line(), location.column());
        SeedError::Value { place, problem: problem.to_owned() }
    }
}

/// Returns the path of a hierarchy group. `parent` is the path of its parent, which is empty at the top level.
pub(super) fn group_path(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") }
}
