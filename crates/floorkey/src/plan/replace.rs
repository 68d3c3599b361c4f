//! Replacement of one profile with another.

use super::change_builder::ChangeBuilder;
use super::check;
use super::profiles::{self, check_linkable};
use crate::act::Act;
use crate::decision::Target;
use crate::id::SecurityProfileId;
use crate::invalid::invalid;
use crate::limits;
use crate::refusal::Refusal;
use crate::user::{Assignment, User};

/// Replaces the profile for all users who have it. Requires permission to assign profiles to each of them, and
/// permission to delete the profile if it is to be deleted.
pub(super) fn replace(
    builder: &mut ChangeBuilder<'_>,
    id: SecurityProfileId,
    with: SecurityProfileId,
    delete: bool,
) -> Result<(), Refusal> {
    match builder.authorize(&Target::Instance) {
        Ok(()) | Err(Refusal::OutOfScope { .. }) => {}
        Err(refusal) => return Err(refusal),
    }
    check_linkable(builder, id)?;
    check_linkable(builder, with)?;
    if id == with {
        return Err(invalid("ReplaceWith", "a profile can't replace itself: specify another one").into());
    }
    let before = builder.before;
    check::count("users with the profile", before.holder_count(id), limits::BATCH_MAX)?;
    if before.holder_count(id) == 0 {
        builder.authorize(&Target::Instance)?;
    }
    for user in before.holders(id) {
        builder.authorize(&Target::User(user.id)).map_err(|refusal| of_holder(refusal, user))?;
        let assignments = replaced(builder, &user.assignments, id, with);
        builder.put_user(User { assignments, ..User::clone(user) });
    }
    if delete {
        builder.authorize_as(Act::DeleteSecurityProfile, &Target::Profile(id))?;
        profiles::remove(builder, id);
    }
    Ok(())
}

/// Turns a refusal about a user with the profile into one that does not reveal the user.
fn of_holder(refusal: Refusal, user: &User) -> Refusal {
    match refusal {
        Refusal::OutOfScope { act, what } => {
            let details = format!(
                "{} is allowed only within a scope that does not include {what} (`{}`)",
                act.name(),
                user.username
            );
            Refusal::OutOfScope { act, what: "some users who have the security profile".to_owned() }
                .withholding(details)
        }
        refusal => refusal,
    }
}

fn replaced(
    builder: &ChangeBuilder<'_>,
    held: &[Assignment],
    id: SecurityProfileId,
    with: SecurityProfileId,
) -> Vec<Assignment> {
    let keeps = held.iter().any(|held| held.profile == with && !held.has_ended(builder.now));
    held.iter()
        .filter(|held| if keeps { held.profile != id } else { held.profile != with })
        .map(|held| if held.profile == id { Assignment { profile: with, ..*held } } else { *held })
        .collect()
}
