//! The commands that restore what users decided about a finding.

use super::{Correction, rank};
use crate::command::Command;
use crate::directory::Directory;
use crate::finding::{FindingEdit, FindingId, FindingState};
use crate::record::Record;

/// Whether two versions of a decision are the same, apart from the time of the change.
pub(super) fn is_same(one: &FindingState, other: &FindingState) -> bool {
    (one.id, &one.dismissal, one.assignee) == (other.id, &other.dismissal, other.assignee)
}

/// Adds the commands that restore the decision about a finding. A dismissal is restored by a command that dismisses the
/// finding, so the rules for dismissals apply to the undo too.
pub(super) fn restore<'a>(
    now: &Directory,
    id: FindingId,
    before: Option<&'a Record>,
    add: &mut impl FnMut(u8, Command, Correction<'a>),
) {
    let before = match before {
        Some(Record::Finding(state)) => Some(&**state),
        _ => None,
    };
    let current = now.finding_state(id).map(AsRef::as_ref);
    let dismissal = |state: Option<&'a FindingState>| state.and_then(|state| state.dismissal.as_ref());
    let current_dismissal = current.and_then(|state| state.dismissal.as_ref());
    let mut edit = |edit, correction| add(rank::EDIT_FINDING, Command::UpdateFinding(id, edit), correction);
    if dismissal(before) != current_dismissal {
        match (before, dismissal(before)) {
            (Some(state), Some(old)) => {
                let dismiss = FindingEdit::Dismiss { reason: old.reason.clone(), until: old.until };
                edit(dismiss, Correction::Dismissal(state));
            }
            _ => edit(FindingEdit::Reopen, Correction::None),
        }
    }
    let assignee = |state: Option<&FindingState>| state.and_then(|state| state.assignee);
    if assignee(before) != assignee(current) {
        edit(FindingEdit::Assign(assignee(before)), Correction::None);
    }
}
