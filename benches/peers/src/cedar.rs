//! The engine Cedar. The entities are loaded once. The permissions of each profile are a group of actions. The few
//! policies that apply to each user are prepared in advance.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
};
use floorkey::{Permission, SecurityProfileId, UserId};

use super::{Peer, World};

pub(super) struct Cedar {
    authorizer: Authorizer,
    entities: Entities,
    instance: EntityUid,
    names: HashMap<UserId, EntityUid>,
    actions: HashMap<Permission, EntityUid>,
    slices: HashMap<Vec<SecurityProfileId>, PolicySet>,
    held: HashMap<UserId, Vec<SecurityProfileId>>,
}

impl Peer for Cedar {
    const AGAINST: &'static str = "Cedar: entities loaded once, action groups, cached policy slice";
    const QUESTIONS: usize = super::QUESTIONS;
    const TIMES: f64 = 40.0;

    fn new(world: &World) -> Self {
        let (users, permissions) = (&world.users, &world.permissions);
        let held: HashMap<UserId, _> = users.iter().map(|id| (*id, world.held(*id))).collect();
        let groups_of = |permission: Permission| {
            let granting = world.profiles().filter(|(_, granted)| granted.contains(permission));
            granting.map(|(id, _)| group(id)).collect::<HashSet<_>>()
        };
        let actions = permissions.iter().map(|it| Entity::new_no_attrs(uid("Action", it.name()), groups_of(*it)));
        let people = users.iter().map(|id| {
            let profiles = held[id].iter().map(|profile| uid("Profile", &profile.to_string())).collect();
            Entity::new_no_attrs(uid("User", &id.to_string()), profiles)
        });
        let mut slices: HashMap<Vec<SecurityProfileId>, PolicySet> = HashMap::new();
        for profiles in held.values() {
            slices.entry(profiles.clone()).or_insert_with_key(|profiles| {
                let policy = |id: &SecurityProfileId| {
                    format!("permit(principal in Profile::\"{id}\", action in {}, resource);\n", group(*id))
                };
                profiles.iter().map(policy).collect::<String>().parse().expect("sound policies")
            });
        }
        Self {
            authorizer: Authorizer::new(),
            entities: Entities::from_entities(actions.chain(people), None).expect("sound entities"),
            instance: uid("Instance", "it"),
            names: users.iter().map(|id| (*id, uid("User", &id.to_string()))).collect(),
            actions: permissions.iter().map(|it| (*it, uid("Action", it.name()))).collect(),
            slices,
            held,
        }
    }

    fn allows(&mut self, user: UserId, permission: Permission) -> bool {
        let (principal, action) = (self.names[&user].clone(), self.actions[&permission].clone());
        let request = Request::new(principal, action, self.instance.clone(), Context::empty(), None).expect("sound");
        let slice = &self.slices[&self.held[&user]];
        self.authorizer.is_authorized(&request, slice, &self.entities).decision() == Decision::Allow
    }
}

/// Returns the action group that contains all permissions of a profile.
fn group(profile: SecurityProfileId) -> EntityUid {
    uid("Action", &format!("those of {profile}"))
}

fn uid(kind: &str, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.parse::<EntityTypeName>().expect("a name"), EntityId::new(id))
}
