//! Commands on findings: dismissing, reopening and assigning them.

use std::sync::Arc;

use super::change_builder::{ChangeBuilder, not_found};
use super::{authorize, check};
use crate::action::Action;
use crate::decision::Target;
use crate::finding::{Dismissal, FindingEdit, FindingId, FindingState};
use crate::id::UserId;
use crate::invalid::invalid;
use crate::limits;
use crate::principal::{Authentication, Principal};
use crate::record::{Record, RecordKey};
use crate::refusal::{EntityKind, Refusal};
use crate::resource::ResourceType;
use crate::review::findings;
use crate::time::Timestamp;

pub(super) fn update(builder: &mut ChangeBuilder<'_>, id: FindingId, edit: &FindingEdit) -> Result<(), Refusal> {
    builder.authorize(&Target::Instance)?;
    let before = builder.before.finding_state(id).cloned();
    let empty = FindingState { id, dismissal: None, assignee: None, modified: builder.now };
    let mut state = before.as_ref().map_or(empty, |state| FindingState::clone(state));
    match edit {
        FindingEdit::Dismiss { reason, until } => state.dismissal = Some(dismiss(builder, id, reason, *until)?),
        FindingEdit::Reopen => {
            state.dismissal.take().ok_or_else(|| invalid("FindingId", "this finding is not dismissed"))?;
        }
        FindingEdit::Assign(user) => {
            user.map_or(Ok(()), |user| check_assignee(builder, id, user))?;
            state.assignee = *user;
        }
    }
    match (state.dismissal.is_none() && state.assignee.is_none(), before) {
        (true, None) => {}
        (true, Some(_)) => builder.remove(RecordKey::Finding(id)),
        (false, before) => {
            state.modified = builder.modified(before.map(|before| before.modified));
            builder.put(Record::Finding(Arc::new(state)));
        }
    }
    Ok(())
}

/// Returns the dismissal of a finding. Users can't dismiss findings about themselves, because a dismissed finding is no
/// longer shown to the users who would act on it.
fn dismiss(builder: &ChangeBuilder<'_>, id: FindingId, reason: &str, until: Timestamp) -> Result<Dismissal, Refusal> {
    let finding = existing(builder, id)?;
    let actor = builder.acting_user().map(|user| user.id);
    if actor.is_some_and(|actor| findings::is_about(builder.before, id, actor, builder.now)) {
        return Err(Refusal::OwnFinding);
    }
    check::plain_text("Reason", Some(reason), limits::REASON_CHARS_MAX)?;
    if reason.trim().is_empty() {
        return Err(invalid("Reason", "a dismissal requires a reason, which other users can read").into());
    }
    if until <= builder.now {
        return Err(invalid("Until", "must be in the future").into());
    }
    let latest = builder.now.plus_days(limits::DISMISSAL_DAYS_MAX);
    if until > latest {
        let problem = format!("a finding can be dismissed for a year: until {} at the latest", latest.date());
        return Err(invalid("Until", problem).into());
    }
    let (reason, count) = (reason.trim().to_owned(), finding.count as u64);
    Ok(Dismissal { reason, until, count, by: actor, at: builder.now })
}

/// Checks that the user exists and can view findings. Otherwise, the finding would be assigned to a user who doesn't
/// notice.
fn check_assignee(builder: &ChangeBuilder<'_>, id: FindingId, user: UserId) -> Result<(), Refusal> {
    existing(builder, id)?;
    let known = builder.before.user(user).ok_or_else(|| not_found(ResourceType::User, user))?;
    let principal =
        Principal::User { id: user, authentication: Authentication::Session { recently_authenticated: false } };
    match authorize(builder.before, &principal, Action::ListFindings, &Target::Instance, builder.now) {
        Ok(()) | Err(Refusal::OutOfScope { .. }) => Ok(()),
        Err(_) => {
            let problem = format!("`{}` can't view findings: choose a user who can view users", known.username);
            Err(invalid("UserId", problem).into())
        }
    }
}

fn existing(builder: &ChangeBuilder<'_>, id: FindingId) -> Result<findings::InstanceFinding, Refusal> {
    findings::find(builder.before, id, builder.now).ok_or_else(|| not_found(EntityKind::Finding, id))
}
