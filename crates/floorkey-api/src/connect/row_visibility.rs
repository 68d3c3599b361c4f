//! Determines which rows of a list a caller can see, and which members of each row.
//!
//! Scopes are applied row by row. If the caller's permission for the list is only inherited, each row has only the ID,
//! the ARN and the name.

use floorkey::{Principal, Refusal, ResourceType, Target, Visibility, catalog, inherited};

use super::call::{Call, CallResult};

/// The visible part of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowVisibility {
    /// All members of the row.
    Full,
    /// Only the row's ID, ARN and name.
    Name,
}

impl RowVisibility {
    /// Returns the visible part of a row whose name is visible.
    pub(super) fn from_visibility(visibility: Visibility) -> Self {
        if visibility == Visibility::Details { Self::Full } else { Self::Name }
    }

    /// Returns a value only if the whole row is visible.
    pub(super) fn if_full<T>(self, value: Option<T>) -> Option<T> {
        value.filter(|_| self == Self::Full)
    }
}

/// Determines which rows of a list the caller can see.
pub(super) struct ListFilter<'a> {
    call: &'a Call<'a>,
    /// Whether the caller's permission is unscoped. The permission is evaluated once, not for each row.
    is_unscoped: bool,
}

impl<'a> ListFilter<'a> {
    /// Determines which rows of the list the caller can see.
    ///
    /// # Errors
    /// Returns the refusal if the caller can't see any part of the list. The refusal is recorded in the audit log.
    pub(super) async fn new(call: &'a Call<'a>, resource_type: ResourceType) -> CallResult<Self> {
        let Call { caller, directory, action, .. } = call;
        let unscoped = floorkey::authorize(directory, caller.principal(), *action, &Target::Instance, caller.now);
        let is_unscoped = unscoped.is_ok();
        match unscoped {
            Ok(()) | Err(Refusal::OutOfScope { .. }) => {}
            Err(_) if inherits_list(call) => {}
            Err(refusal) => return Err(call.refuse(Vec::new(), refusal).await),
        }
        call.count_read(Some(resource_type));
        Ok(Self { call, is_unscoped })
    }

    /// Whether every row is fully visible.
    pub(super) fn shows_everything(&self) -> bool {
        self.is_unscoped
    }

    /// Returns the visible part of the row, or `None` if the row is hidden.
    pub(super) fn visibility_of(&self, row: &Target<'_>) -> Option<RowVisibility> {
        if self.is_unscoped {
            return Some(RowVisibility::Full);
        }
        match self.call.viewer().target(row) {
            Visibility::Details => Some(RowVisibility::Full),
            Visibility::Name => Some(RowVisibility::Name),
            Visibility::Hidden => None,
        }
    }
}

/// Whether the caller has an inherited permission for the list.
fn inherits_list(call: &Call<'_>) -> bool {
    let Call { caller, directory, action, .. } = call;
    let Principal::User { id, .. } = caller.principal() else { return false };
    let Some(user) = directory.user(*id) else { return false };
    let views = &catalog().requirement(*action).all_of;
    let listed = inherited::inherited_views(&directory.grants_at(user, caller.now).all_permissions());
    !views.is_empty() && views.is_subset(&listed)
}
