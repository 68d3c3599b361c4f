//! What an action asks of the actor.

use std::collections::BTreeMap;

use crate::catalogue::Permission;
use crate::permission_set::PermissionSet;
use crate::resource::ResourceType;

/// What an action asks of the actor. Where no field says anything, only the operator's key can do it.
#[derive(Clone, Debug, Default)]
pub struct Requirement {
    /// All of these. Where it depends on the kind of entity: what is asked about users.
    pub all_of: PermissionSet,
    /// At least one of these, where there are any. Where it depends on the kind of entity: what is asked about users.
    pub any_of: PermissionSet,
    /// At least one of these too, where there are any.
    pub and_any_of: PermissionSet,
    /// None of these restrictions, through any profile of the actor.
    pub must_not_hold: PermissionSet,
    /// All of the set of the target's type; a type that is not listed is the operator's. Empty where the type makes no
    /// difference.
    pub by_type: BTreeMap<ResourceType, PermissionSet>,
    /// What is asked about each kind of entity. Empty where the kind makes no difference.
    pub by_entity: BTreeMap<Entity, Needs>,
    /// All of the set of each circumstance that the request may be in.
    pub when: BTreeMap<Circumstance, PermissionSet>,
    /// Whether the `View` permission of the target's type is asked for too.
    pub view_of_target: bool,
    /// Whether every user with a valid key can do it.
    pub any_valid_key: bool,
    /// Whether only the target user and the operator can do it.
    pub owner_only: bool,
}

/// Permissions that are asked for together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// All of these.
    pub all_of: PermissionSet,
    /// At least one of these, where there are any.
    pub any_of: PermissionSet,
    /// At least one of these too, where there are any.
    pub and_any_of: PermissionSet,
    /// None of these restrictions.
    pub must_not_hold: PermissionSet,
}

/// A kind of entity that can have security profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Entity {
    /// A user.
    User,
    /// An AI agent.
    AiAgent,
}

/// What a request does besides what its name says, for which more is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Circumstance {
    /// It publishes what it saves.
    Publishes,
    /// It switches something on or off.
    SwitchesOnOrOff,
    /// It joins a conversation rather than listening to it.
    BargesIn,
}

impl Requirement {
    /// Only the operator's key.
    pub const OPERATOR: Self = Self {
        all_of: PermissionSet::EMPTY,
        any_of: PermissionSet::EMPTY,
        and_any_of: PermissionSet::EMPTY,
        must_not_hold: PermissionSet::EMPTY,
        by_type: BTreeMap::new(),
        by_entity: BTreeMap::new(),
        when: BTreeMap::new(),
        view_of_target: false,
        any_valid_key: false,
        owner_only: false,
    };

    /// The permissions with which a user can do it to a target of that type; `None` for the instance as a whole.
    ///
    /// A request does not say which circumstances it is in, so what is asked in any of them is always asked.
    /// `None` is returned where no permission opens it for that target.
    #[must_use]
    pub fn needs(&self, target: Option<ResourceType>) -> Option<Needs> {
        let Self { all_of, any_of, and_any_of, must_not_hold, .. } = *self;
        let mut needs = Needs { all_of, any_of, and_any_of, must_not_hold };
        if !self.by_entity.is_empty() && !matches!(target, None | Some(ResourceType::User)) {
            return None;
        }
        if let Some(target) = target.filter(|_| !self.by_type.is_empty()) {
            needs.all_of = needs.all_of.union(self.by_type.get(&target)?);
        }
        if needs.all_of.is_empty() && needs.any_of.is_empty() && needs.and_any_of.is_empty() {
            return None;
        }
        for more in self.when.values() {
            needs.all_of = needs.all_of.union(more);
        }
        if let Some(target) = target.filter(|_| self.view_of_target) {
            needs.all_of.insert(target.view()?);
        }
        Some(needs)
    }

    /// Whether no user can meet it.
    #[must_use]
    pub fn is_operator_only(&self) -> bool {
        self.all_of.is_empty()
            && self.any_of.is_empty()
            && self.and_any_of.is_empty()
            && self.by_type.is_empty()
            && !self.any_valid_key
            && !self.owner_only
    }
}

impl Needs {
    /// Every permission that is named, restrictions left out.
    #[must_use]
    pub fn names(&self) -> PermissionSet {
        self.all_of.union(&self.any_of).union(&self.and_any_of)
    }

    /// Whether somebody with these permissions, and under these restrictions, meets them.
    #[must_use]
    pub fn are_met(&self, has: impl Fn(Permission) -> bool, restrictions: &PermissionSet) -> bool {
        let one_of = |set: &PermissionSet| set.is_empty() || set.iter().any(&has);
        self.must_not_hold.intersection(restrictions).is_empty()
            && self.all_of.iter().all(&has)
            && one_of(&self.any_of)
            && one_of(&self.and_any_of)
    }
}
