//! The rules of decisions once more, as plainly as can be: loops over records, nothing worked out ahead but the names
//! that each profile holds.

use std::collections::{BTreeSet, HashMap};

use floorkey::catalogue::{Polarity, Strength};
use floorkey::profile::AccessControl;
use floorkey::user::Assignment;
use floorkey::{
    Action, HierarchyGroupId, Permission, Reason, Record, RecordKey, Request, ResourceType, SecurityProfileId, Target,
    Thing, Timestamp, User, UserId, catalogue,
};

/// The names that a profile holds, and which things they reach.
type Held<'a> = (BTreeSet<Permission>, &'a AccessControl);
type Kind = Option<ResourceType>;

#[derive(Default)]
pub(crate) struct Oracle<'a> {
    pub(crate) users: HashMap<UserId, &'a User>,
    pub(crate) profiles: HashMap<SecurityProfileId, Held<'a>>,
    groups: HashMap<HierarchyGroupId, Option<HierarchyGroupId>>,
    things: HashMap<RecordKey, Thing<'a>>,
}

impl<'a> Oracle<'a> {
    pub(crate) fn new(records: &'a [Record]) -> Self {
        let mut oracle = Self::default();
        for record in records {
            let (of, tags, hierarchy_group) = match record {
                Record::User(user) => {
                    oracle.users.insert(user.id, &**user);
                    (ResourceType::User, &user.tags, user.hierarchy_group)
                }
                Record::Profile(profile) => {
                    let names = held_with(profile.chosen.iter().collect());
                    oracle.profiles.insert(profile.id, (names, &profile.access_control));
                    (ResourceType::SecurityProfile, &profile.tags, None)
                }
                Record::Group(group) => {
                    oracle.groups.insert(group.id, group.parent);
                    (ResourceType::HierarchyGroup, &group.tags, None)
                }
                Record::Resource(resource) => (resource.resource_type(), &resource.tags, None),
                Record::Settings(_) | Record::Structure(_) | Record::AccessKey(_) => continue,
            };
            oracle.things.insert(record.key(), Thing { resource_type: Some(of), tags, hierarchy_group });
        }
        oracle
    }

    pub(crate) fn decide(&self, request: &Request<'a>) -> Reason {
        let name = match request.action {
            Action::Unknown(_) => return Reason::UnknownPermission,
            Action::Application { .. } => None,
            Action::Permission(name) => Some(name),
        };
        let Some(user) = self.users.get(&request.subject) else { return Reason::UnknownUser };
        let Some(name) = name else { return Reason::NamespaceNotRegistered };
        if name.info().polarity == Polarity::Limit {
            return Reason::Limit;
        }
        if !user.enabled {
            return Reason::Disabled;
        }
        // Each way in which the name is held: everywhere, or within what a profile's access control says.
        let of = name.info().resource_type;
        let holding = self.profiles_of(user, request.at).filter(|(names, _)| names.contains(&name));
        let mut ways: Vec<_> = holding.map(|(_, control)| restricts(control, of).then_some(*control)).collect();
        // An old name is held by whoever holds all the newer ones, through whichever profiles.
        let newer: Vec<Permission> = name.info().becomes.iter().collect();
        let held = |newer| self.profiles_of(user, request.at).any(|(names, _)| names.contains(&newer));
        if !newer.is_empty() && newer.into_iter().all(held) {
            ways.push(None);
        }
        let thing = self.thing(&request.target);
        let inside = |control| thing.is_some_and(|thing| self.inside(control, of, user, &thing));
        match () {
            () if ways.is_empty() => Reason::NotHeld,
            () if thing.is_none() && !matches!(request.target, Target::Instance) => Reason::UnknownTarget,
            () if ways.contains(&None) => Reason::Granted,
            () if ways.into_iter().flatten().any(inside) => Reason::GrantedInScope,
            () => Reason::OutOfScope,
        }
    }

    pub(crate) fn profiles_of(&self, user: &User, at: Timestamp) -> impl Iterator<Item = &Held<'a>> {
        let begun = move |held: &&Assignment| held.from.is_none_or(|from| at >= from);
        let ended = move |held: &&Assignment| held.until.is_some_and(|until| at >= until);
        let now = user.assignments.iter().filter(begun).filter(move |held| !ended(held));
        now.filter_map(|held| self.profiles.get(&held.profile))
    }

    pub(crate) fn inside(&self, control: &AccessControl, of: Kind, user: &User, thing: &Thing<'_>) -> bool {
        let by_tags = of.is_some_and(|of| control.tag_restricted.contains(&of));
        if by_tags && control.tags.iter().any(|(key, value)| thing.tags.get(key) != Some(value)) {
            return false;
        }
        if !(control.hierarchy_restricted && of == Some(ResourceType::User)) {
            return true;
        }
        let top = control.hierarchy_group.or(user.hierarchy_group);
        let mut here = thing.hierarchy_group.filter(|id| self.groups.contains_key(id));
        while here.is_some() && here != top {
            here = here.and_then(|id| self.groups[&id]);
        }
        here.is_some()
    }

    pub(crate) fn thing(&self, target: &Target<'a>) -> Option<Thing<'a>> {
        let key = match *target {
            Target::Instance => return None,
            Target::Described(thing) => return Some(thing),
            Target::User(id) => RecordKey::User(id),
            Target::Profile(id) => RecordKey::Profile(id),
            Target::Group(id) => RecordKey::Group(id),
            Target::Resource(id) => RecordKey::Resource(id),
        };
        self.things.get(&key).copied()
    }
}

/// Whether the profile narrows what is about things of that kind.
pub(crate) fn restricts(control: &AccessControl, of: Kind) -> bool {
    of.is_some_and(|of| control.tag_restricted.contains(&of))
        || control.hierarchy_restricted && of == Some(ResourceType::User)
}

/// What is held with the chosen names: what they require, and old names for newer ones and the reverse.
fn held_with(mut names: BTreeSet<Permission>) -> BTreeSet<Permission> {
    loop {
        let before = names.len();
        for edge in catalogue().dependencies().iter().filter(|edge| edge.strength == Strength::Required) {
            if names.contains(&edge.permission) {
                names.insert(edge.requires);
            }
        }
        for (old, newer) in catalogue().legacy() {
            if names.contains(old) {
                names.extend(newer.iter());
            } else if newer.iter().all(|name| names.contains(&name)) {
                names.insert(*old);
            }
        }
        if names.len() == before {
            return names;
        }
    }
}
