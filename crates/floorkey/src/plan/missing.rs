//! Records that aren't there: whoever may not see whether a record exists is told the same as of one that does.

use super::draft::Draft;
use super::{authorize, can_list};
use crate::act::Act;
use crate::decision::{Target, Thing};
use crate::directory::Directory;
use crate::principal::Principal;
use crate::refusal::Refusal;
use crate::resource::ResourceType;
use crate::tags::Tags;
use crate::time::Timestamp;

/// What a principal is told who does the act to a record of that type and id that isn't there.
///
/// Principals without any right to the act hear that, and those whose right is scoped hear what they hear of a record
/// out of their scope, so that neither learn which ids exist. Everybody else hears that there is no such record.
#[must_use]
pub fn missing(
    directory: &Directory,
    principal: &Principal,
    act: Act,
    resource_type: ResourceType,
    id: impl ToString,
    at: Timestamp,
) -> Refusal {
    let nothing = Tags::new();
    let target = Target::Described(Thing::new(resource_type, &nothing));
    match authorize(directory, principal, act, &target, at) {
        Ok(()) => Refusal::NotFound { what: resource_type.noun(), id: id.to_string() },
        Err(Refusal::OutOfScope { act, .. }) => {
            let what = format!("the {} {}", scoped_noun(resource_type), id.to_string());
            Refusal::OutOfScope { act, what }
        }
        Err(refusal) => refusal,
    }
}

impl Draft<'_> {
    /// Why the act can't be done to a record that isn't there: [`missing`].
    pub(super) fn missing(&self, resource_type: ResourceType, id: impl ToString) -> Refusal {
        missing(self.before, &self.actor.principal, self.act, resource_type, id, self.now)
    }

    /// Why a record that isn't there can't be linked to: what an actor hears of one that they don't see, unless they
    /// see all of its type.
    pub(super) fn missing_link(&self, resource_type: ResourceType, id: impl ToString) -> Refusal {
        let nothing = Tags::new();
        let target = Target::Described(Thing::new(resource_type, &nothing));
        let (what, id) = (resource_type.noun(), id.to_string());
        match can_list(self.before, &self.actor.principal, resource_type, &target, self.now) {
            true => Refusal::NotFound { what, id },
            false => Refusal::OutOfScope { act: self.act, what: format!("the {what} {id}") },
        }
    }
}

/// The type as [`authorize()`] writes it where an existing record is out of scope.
const fn scoped_noun(resource_type: ResourceType) -> &'static str {
    match resource_type {
        ResourceType::User | ResourceType::SecurityProfile | ResourceType::HierarchyGroup => resource_type.noun(),
        other => other.word(),
    }
}
