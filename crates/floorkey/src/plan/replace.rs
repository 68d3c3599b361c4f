//! One profile in the place of another.

use super::check;
use super::draft::{Draft, not_found};
use super::profiles::{self, link};
use crate::act::Act;
use crate::decision::Target;
use crate::id::SecurityProfileId;
use crate::limits;
use crate::record::RecordKey;
use crate::refusal::{Refusal, invalid};
use crate::user::{Assignment, User};

/// Asks for what assigning asks for, of each holder, and for deleting where that is asked for too.
pub(super) fn replace(
    draft: &mut Draft<'_>,
    id: SecurityProfileId,
    with: SecurityProfileId,
    delete: bool,
) -> Result<(), Refusal> {
    for profile in [id, with] {
        if draft.before.profile(profile).is_none() {
            return Err(not_found("security profile", profile));
        }
    }
    if id == with {
        return Err(invalid("ReplaceWith", "a profile can't take its own place: name another one").into());
    }
    let before = draft.before;
    check::count("holders at once", before.holder_count(id), limits::BATCH_MAX)?;
    draft.targets.push(RecordKey::Profile(id));
    if before.holder_count(id) == 0 {
        draft.authorize(&Target::Instance)?;
    }
    for user in before.holders(id) {
        draft.targets.push(RecordKey::User(user.id));
        draft.authorize(&Target::User(user.id))?;
        let assignments = replaced(draft, &user.assignments, id, with);
        draft.put_user(User { assignments, ..User::clone(user) });
    }
    link(draft, id)?;
    link(draft, with)?;
    if delete {
        draft.authorize_as(Act::DeleteSecurityProfile, &Target::Profile(id))?;
        profiles::remove(draft, id);
    }
    Ok(())
}

fn replaced(draft: &Draft<'_>, held: &[Assignment], id: SecurityProfileId, with: SecurityProfileId) -> Vec<Assignment> {
    let keeps = held.iter().any(|held| held.profile == with && !held.has_ended(draft.now));
    held.iter()
        .filter(|held| if keeps { held.profile != id } else { held.profile != with })
        .map(|held| if held.profile == id { Assignment { profile: with, ..*held } } else { *held })
        .collect()
}
