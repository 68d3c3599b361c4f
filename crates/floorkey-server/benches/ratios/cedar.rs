//! A check in process against Cedar in its best shape: entities loaded once, the permissions of a profile as a group of
//! actions, and the few policies of a user's profiles kept ready.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request as Asking,
};
use floorkey::{Action, Permission, Request, SecurityProfileId, Target, Timestamp, UserId, catalogue};

use crate::ratio::{Bound, Figure, in_turn, time};
use crate::world::{Dice, world};

const USERS: usize = 1_000;
const QUESTIONS: usize = 20_000;

pub(crate) fn cedar() -> Figure {
    let (directory, ids) = world(USERS);
    let at = Timestamp::from_millis(0);
    let permissions: Vec<Permission> = catalogue().granting().iter().collect();
    let held = |id: UserId| -> Vec<SecurityProfileId> {
        let mut held: Vec<_> = directory.user(id).expect("a user of the world").profiles_at(at).collect();
        held.sort();
        held
    };
    let groups = |permission: Permission| {
        let granting = directory.profiles().filter(|profile| profile.permissions.permissions().contains(permission));
        granting.map(|profile| uid("Group", &profile.id.to_string())).collect::<HashSet<_>>()
    };
    let actions = permissions.iter().map(|it| Entity::new_no_attrs(uid("Action", it.name()), groups(*it)));
    let users = ids.iter().map(|id| {
        let profiles = held(*id).iter().map(|profile| uid("Profile", &profile.to_string())).collect();
        Entity::new_no_attrs(uid("User", &id.to_string()), profiles)
    });
    let entities = Entities::from_entities(actions.chain(users), None).expect("sound entities");
    let mut slices: HashMap<Vec<SecurityProfileId>, PolicySet> = HashMap::new();
    for id in &ids {
        slices.entry(held(*id)).or_insert_with_key(|profiles| {
            let policy = |id: &SecurityProfileId| {
                format!("permit(principal in Profile::\"{id}\", action in Group::\"{id}\", resource);\n")
            };
            profiles.iter().map(policy).collect::<String>().parse().expect("sound policies")
        });
    }
    let slices: HashMap<UserId, &PolicySet> = ids.iter().map(|id| (*id, &slices[&held(*id)])).collect();
    let names: HashMap<UserId, EntityUid> = ids.iter().map(|id| (*id, uid("User", &id.to_string()))).collect();
    let acts: HashMap<Permission, EntityUid> = permissions.iter().map(|it| (*it, uid("Action", it.name()))).collect();
    let (instance, authorizer) = (uid("Instance", "it"), Authorizer::new());

    let mut dice = Dice(7);
    let questions: Vec<(UserId, Permission)> =
        (0..QUESTIONS).map(|_| (ids[dice.below(ids.len())], permissions[dice.below(permissions.len())])).collect();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let (ratio, us, them) = in_turn(
        || {
            let ask = |&(subject, permission): &(UserId, Permission)| {
                directory.decide(&Request::new(subject, Action::Permission(permission), Target::Instance, at)).allowed()
            };
            let (elapsed, answers) = time(|| questions.iter().map(ask).collect());
            ours = answers;
            elapsed
        },
        || {
            let ask = |(subject, permission): &(UserId, Permission)| {
                let (principal, action) = (names[subject].clone(), acts[permission].clone());
                let asking = Asking::new(principal, action, instance.clone(), Context::empty(), None).expect("sound");
                authorizer.is_authorized(&asking, slices[subject], &entities).decision() == Decision::Allow
            };
            let (elapsed, answers) = time(|| questions.iter().map(ask).collect());
            theirs = answers;
            elapsed
        },
    );
    assert_eq!(ours, theirs, "both sides answer alike");
    let nanos = |elapsed: std::time::Duration| elapsed.as_secs_f64() * 1e9 / QUESTIONS as f64;
    Figure {
        name: "cedar",
        ratio: 1.0 / ratio,
        bound: Bound::AtLeast(40.0),
        against: "Cedar: entities loaded once, action groups, cached policy slice",
        detail: format!("{:.1} ns a check, {:.0} ns Cedar; {QUESTIONS} answers compared", nanos(us), nanos(them)),
    }
}

fn uid(kind: &str, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.parse::<EntityTypeName>().expect("a name"), EntityId::new(id))
}
