//! Refusals for records that don't exist. If actors are not allowed to see a record, the refusal does not reveal
//! whether the record exists.

use super::change_builder::ChangeBuilder;
use super::{authorize, can_list};
use crate::action::Action;
use crate::decision::{ResourceAttributes, Target};
use crate::directory::Directory;
use crate::principal::Principal;
use crate::refusal::{EntityKind, Refusal};
use crate::resource::ResourceType;
use crate::tags::Tags;
use crate::time::Timestamp;

/// Returns the refusal for an operation on a record that does not exist.
///
/// If the principal has no permission for the operation, or only a scoped permission, the refusal is the same as for a
/// record that is out of scope. Such principals therefore can't find out which ids exist. All other principals get
/// [`Refusal::NotFound`].
#[must_use]
pub fn not_found_or_denied(
    directory: &Directory,
    principal: &Principal,
    action: Action,
    resource_type: ResourceType,
    id: impl ToString,
    at: Timestamp,
) -> Refusal {
    let nothing = Tags::new();
    let target = Target::Described(ResourceAttributes::new(resource_type, &nothing));
    match authorize(directory, principal, action, &target, at) {
        Ok(()) => Refusal::NotFound { kind: resource_type.into(), id: id.to_string() },
        Err(Refusal::OutOfScope { action, .. }) => {
            Refusal::OutOfScope { action, what: EntityKind::from(resource_type).with_id(id.to_string()) }
        }
        Err(refusal) => refusal,
    }
}

impl ChangeBuilder<'_> {
    /// Returns the refusal for the operation on a record that does not exist (see [`not_found_or_denied`]).
    pub(super) fn not_found_or_denied(&self, resource_type: ResourceType, id: impl ToString) -> Refusal {
        not_found_or_denied(self.before, &self.actor.principal, self.action, resource_type, id, self.now)
    }

    /// Returns the refusal for a link to a record that does not exist. If the actor can't see all records of the type,
    /// the refusal is the same as for a record that the actor can't see.
    pub(super) fn link_not_found_or_denied(&self, resource_type: ResourceType, id: impl ToString) -> Refusal {
        let nothing = Tags::new();
        let target = Target::Described(ResourceAttributes::new(resource_type, &nothing));
        let (kind, id) = (EntityKind::from(resource_type), id.to_string());
        match can_list(self.before, &self.actor.principal, resource_type, &target, self.now) {
            true => Refusal::NotFound { kind, id },
            false => Refusal::OutOfScope { action: self.action, what: kind.with_id(id) },
        }
    }
}
