//! The requirements for performing an operation.

use std::collections::BTreeMap;

use crate::catalog::Permission;
use crate::permission_set::PermissionSet;
use crate::resource::ResourceType;

/// The requirements for performing an operation. If all fields have their default values, only the operator can perform
/// the operation.
#[derive(Clone, Debug, Default)]
pub struct Requirement {
    /// The user needs all of these permissions. If the requirement depends on the kind of entity, this field applies
    /// only to users.
    pub all_of: PermissionSet,
    /// The user needs at least one of these permissions, unless the set is empty. If the requirement depends on the
    /// kind of entity, this field applies only to users.
    pub any_of: PermissionSet,
    /// The user also needs at least one of these permissions, unless the set is empty.
    pub and_any_of: PermissionSet,
    /// Restrictions that must not apply to the actor, regardless of the profile that imposes them.
    pub forbidden_restrictions: PermissionSet,
    /// Maps each resource type to the permissions that are needed for a target of that type; all of them are needed.
    /// Only the operator can act on targets whose type is not in the map. The map is empty if the requirement does not
    /// depend on the target's type.
    pub by_type: BTreeMap<ResourceType, PermissionSet>,
    /// Maps each kind of entity to the permissions that it needs. The map is empty if the requirement does not depend
    /// on the kind of entity.
    pub by_entity: BTreeMap<Entity, RequiredPermissions>,
    /// Maps each circumstance to the permissions that are needed if the circumstance applies to the request; all of
    /// them are needed.
    pub by_circumstance: BTreeMap<Circumstance, PermissionSet>,
    /// Whether the `View` permission for the target's type is also required.
    pub view_of_target: bool,
    /// Whether every user with a valid key can perform the operation.
    pub any_valid_key: bool,
    /// Whether only the target user and the operator can perform the operation.
    pub owner_only: bool,
}

/// The permissions that an operation requires, and the restrictions that forbid the operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequiredPermissions {
    /// The user needs all of these permissions.
    pub all_of: PermissionSet,
    /// The user needs at least one of these permissions, unless the set is empty.
    pub any_of: PermissionSet,
    /// The user also needs at least one of these permissions, unless the set is empty.
    pub and_any_of: PermissionSet,
    /// Restrictions that must not apply to the actor.
    pub forbidden_restrictions: PermissionSet,
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

/// A circumstance of a request for which additional permissions are required.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Circumstance {
    /// The request publishes the content that it saves.
    Publishes,
    /// The request enables or disables its target.
    SwitchesOnOrOff,
    /// The request joins a conversation instead of only listening to it.
    BargesIn,
}

impl Requirement {
    /// A requirement that only the operator can meet.
    pub const OPERATOR: Self = Self {
        all_of: PermissionSet::EMPTY,
        any_of: PermissionSet::EMPTY,
        and_any_of: PermissionSet::EMPTY,
        forbidden_restrictions: PermissionSet::EMPTY,
        by_type: BTreeMap::new(),
        by_entity: BTreeMap::new(),
        by_circumstance: BTreeMap::new(),
        view_of_target: false,
        any_valid_key: false,
        owner_only: false,
    };

    /// Returns the permissions that a user needs to perform the operation on a target of the given type. If the target
    /// is the instance as a whole, pass `None`.
    ///
    /// The circumstances of the request are unknown, so the result includes the permissions for all circumstances.
    /// Returns `None` if no permission allows the operation on a target of the given type.
    #[must_use]
    pub fn required_permissions(&self, target: Option<ResourceType>) -> Option<RequiredPermissions> {
        let Self { all_of, any_of, and_any_of, forbidden_restrictions, .. } = *self;
        let mut required = RequiredPermissions { all_of, any_of, and_any_of, forbidden_restrictions };
        if !self.by_entity.is_empty() && !matches!(target, None | Some(ResourceType::User)) {
            return None;
        }
        if let Some(target) = target.filter(|_| !self.by_type.is_empty()) {
            required.all_of = required.all_of.union(self.by_type.get(&target)?);
        }
        if required.all_of.is_empty() && required.any_of.is_empty() && required.and_any_of.is_empty() {
            return None;
        }
        for more in self.by_circumstance.values() {
            required.all_of = required.all_of.union(more);
        }
        if let Some(target) = target.filter(|_| self.view_of_target) {
            required.all_of.insert(target.view()?);
        }
        Some(required)
    }

    /// Whether no user can meet the requirement.
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

impl RequiredPermissions {
    /// Returns all permissions that the requirement mentions, except restrictions.
    #[must_use]
    pub fn names(&self) -> PermissionSet {
        self.all_of.union(&self.any_of).union(&self.and_any_of)
    }

    /// Whether a user with the given permissions and restrictions meets the requirement.
    #[must_use]
    pub fn are_granted(&self, has: impl Fn(Permission) -> bool, restrictions: &PermissionSet) -> bool {
        let one_of = |set: &PermissionSet| set.is_empty() || set.iter().any(&has);
        self.forbidden_restrictions.intersection(restrictions).is_empty()
            && self.all_of.iter().all(&has)
            && one_of(&self.any_of)
            && one_of(&self.and_any_of)
    }
}
