//! Determines which rows of a list a caller can see, and which members of each row.
//!
//! Scopes are applied row by row. If the caller's permission for the list is only inherited, each row has only the ID,
//! the ARN and the name.

use floorkey::{
    Action, Directory, Principal, Refusal, ResourceType, Target, Visibility, catalog, inherited, visibility,
};
use floorkey_aws::operation::Operation;

use crate::caller::{ApiResult, Caller};

/// The visible part of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowVisibility {
    /// All members of the row.
    Full,
    /// Only the row's ID, ARN and name.
    Name,
}

impl RowVisibility {
    /// Returns a value only if the whole row is visible.
    pub(super) fn if_full<T>(self, value: Option<T>) -> Option<T> {
        value.filter(|_| self == Self::Full)
    }
}

/// Determines which rows of a list the caller can see.
pub(super) struct ListFilter<'a> {
    caller: &'a Caller<'a>,
    directory: &'a Directory,
    /// Whether the caller's permission is unscoped. The permission is evaluated once, not for each row.
    is_unscoped: bool,
}

impl<'a> ListFilter<'a> {
    /// Determines which rows of the list the caller can see.
    ///
    /// # Errors
    /// If the caller can't see any part of the list. The refusal is recorded in the audit log.
    pub(super) async fn new(
        caller: &'a Caller<'a>,
        directory: &'a Directory,
        action: Action,
        resource_type: ResourceType,
        operation: Operation,
    ) -> ApiResult<Self> {
        let unscoped = floorkey::authorize(directory, caller.principal(), action, &Target::Instance, caller.now);
        let is_unscoped = unscoped.is_ok();
        match unscoped {
            Ok(()) | Err(Refusal::OutOfScope { .. }) => {}
            Err(_) if inherits_list(caller, directory, action) => {}
            Err(refusal) => {
                return Err(caller.record_refusal(directory, (action, Vec::new()), refusal, operation).await);
            }
        }
        caller.api.service.usage().count_read(directory, caller.principal(), action, Some(resource_type), caller.now);
        Ok(Self { caller, directory, is_unscoped })
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
        let viewer = visibility::Viewer::new(self.directory, self.caller.principal(), self.caller.now);
        match viewer.target(row) {
            Visibility::Details => Some(RowVisibility::Full),
            Visibility::Name => Some(RowVisibility::Name),
            Visibility::Hidden => None,
        }
    }
}

/// Whether the caller has an inherited permission for the list.
fn inherits_list(caller: &Caller<'_>, directory: &Directory, action: Action) -> bool {
    let Principal::User { id, .. } = caller.principal() else { return false };
    let Some(user) = directory.user(*id) else { return false };
    let views = &catalog().requirement(action).all_of;
    let listed = inherited::inherited_views(&directory.grants_at(user, caller.now).all_permissions());
    !views.is_empty() && views.is_subset(&listed)
}
