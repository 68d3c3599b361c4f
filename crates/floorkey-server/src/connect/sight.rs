//! Which rows of a list a caller sees, and how much of them.
//!
//! Scopes cut row by row. Where a permission only brings a list along (an inherited one), a row is its id, ARN and name.

use floorkey::{Act, Directory, Principal, Refusal, ResourceType, Target, Visibility, catalogue, review, visibility};
use floorkey_connect::operation::Operation;

use super::caller::{Caller, Refuse};

/// How much of a row is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Everything that the list has.
    Whole,
    /// Id, ARN and name.
    Name,
}

impl Sight {
    /// What only those see who see the whole row.
    pub(super) fn whole<T>(self, value: Option<T>) -> Option<T> {
        value.filter(|_| self == Self::Whole)
    }
}

/// Tells which rows of one list the caller sees.
pub(super) struct Viewer<'a> {
    caller: &'a Caller<'a>,
    directory: &'a Directory,
    /// Asked once: whoever lists everywhere is not asked again for each row.
    everywhere: bool,
}

impl<'a> Viewer<'a> {
    /// Asks what the caller sees of the list.
    ///
    /// # Errors
    /// The refusal where it is nothing at all; it is in the audit then.
    pub(super) async fn new(
        caller: &'a Caller<'a>,
        directory: &'a Directory,
        act: Act,
        resource_type: ResourceType,
        operation: Operation,
    ) -> Refuse<Self> {
        let asked = floorkey::authorize(directory, caller.principal(), act, &Target::Instance, caller.at);
        let everywhere = asked.is_ok();
        match asked {
            Ok(()) | Err(Refusal::OutOfScope { .. }) => {}
            Err(_) if inherits(caller, directory, act) => {}
            Err(refusal) => return Err(caller.record(directory, (act, Vec::new()), refusal, operation).await),
        }
        caller.app.service.usage().looked(directory, caller.principal(), act, Some(resource_type), caller.at);
        Ok(Self { caller, directory, everywhere })
    }

    /// Whether every row is seen whole.
    pub(super) fn sees_everything(&self) -> bool {
        self.everywhere
    }

    /// How much of the row is seen; `None` if nothing.
    pub(super) fn sees(&self, row: &Target<'_>) -> Option<Sight> {
        if self.everywhere {
            return Some(Sight::Whole);
        }
        let viewer = visibility::Viewer::new(self.directory, self.caller.principal(), self.caller.at);
        match viewer.target(row) {
            Visibility::Details => Some(Sight::Whole),
            Visibility::Name => Some(Sight::Name),
            Visibility::Hidden => None,
        }
    }
}

/// Whether anything the caller holds brings the list along.
fn inherits(caller: &Caller<'_>, directory: &Directory, act: Act) -> bool {
    let Principal::User { id, .. } = caller.principal() else { return false };
    let Some(user) = directory.user(*id) else { return false };
    let views = &catalogue().requirement(act).all_of;
    let listed = review::inherited::lists(&directory.grants_at(user, caller.at).anywhere());
    !views.is_empty() && views.is_subset(&listed)
}
