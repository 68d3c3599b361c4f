//! The rows of a list that a caller can see, and how much of each.
//!
//! Scopes are applied row by row. If the caller's permission for the list is only an inherited one, a row consists of
//! ID, ARN and name.

use floorkey::{
    Act, Directory, Principal, Refusal, ResourceType, Target, Visibility, catalogue, inherited, visibility,
};
use floorkey_aws::operation::Operation;

use crate::caller::{Caller, Refuse};

/// How much of a row is visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// All members of the row.
    Whole,
    /// ID, ARN and name.
    Name,
}

impl Sight {
    /// Returns a value only if the whole row is visible.
    pub(super) fn whole<T>(self, value: Option<T>) -> Option<T> {
        value.filter(|_| self == Self::Whole)
    }
}

/// Determines the rows of a list that the caller can see.
pub(super) struct Viewer<'a> {
    caller: &'a Caller<'a>,
    directory: &'a Directory,
    /// Whether the caller's permission is unscoped, evaluated once instead of for each row.
    everywhere: bool,
}

impl<'a> Viewer<'a> {
    /// Determines what the caller can see of the list.
    ///
    /// # Errors
    /// If the caller can't see any part of it. The refusal is recorded in the audit log.
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
        caller.api.service.usage().looked(directory, caller.principal(), act, Some(resource_type), caller.at);
        Ok(Self { caller, directory, everywhere })
    }

    /// Whether every row is fully visible.
    pub(super) fn sees_everything(&self) -> bool {
        self.everywhere
    }

    /// How much of the row is visible, or `None` if it is hidden.
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

/// Whether the caller has an inherited permission for the list.
fn inherits(caller: &Caller<'_>, directory: &Directory, act: Act) -> bool {
    let Principal::User { id, .. } = caller.principal() else { return false };
    let Some(user) = directory.user(*id) else { return false };
    let views = &catalogue().requirement(act).all_of;
    let listed = inherited::lists(&directory.grants_at(user, caller.at).anywhere());
    !views.is_empty() && views.is_subset(&listed)
}
