//! The command that replaces one profile with another profile.

use super::change_builder::ChangeBuilder;
use super::check;
use super::profiles::{self, check_linkable};
use crate::action::Action;
use crate::decision::Target;
use crate::id::SecurityProfileId;
use crate::invalid::invalid;
use crate::limits;
use crate::refusal::Refusal;
use crate::user::{Assignment, User};

/// Replaces the profile for all users who have it. The actor must be allowed to assign profiles to each of these users.
/// If `delete` is true, the actor must also be allowed to delete the replaced profile.
pub(super) fn replace(
    builder: &mut ChangeBuilder<'_>,
    id: SecurityProfileId,
    replacement: SecurityProfileId,
    delete: bool,
) -> Result<(), Refusal> {
    match builder.authorize(&Target::Instance) {
        Ok(()) | Err(Refusal::OutOfScope { .. }) => {}
        Err(refusal) => return Err(refusal),
    }
    check_linkable(builder, id)?;
    check_linkable(builder, replacement)?;
    if id == replacement {
        return Err(invalid("ReplaceWith", "a profile can't replace itself: specify another one").into());
    }
    let before = builder.before;
    check::count("users with the profile", before.profile_user_count(id), limits::BATCH_MAX)?;
    if before.profile_user_count(id) == 0 {
        builder.authorize(&Target::Instance)?;
    }
    for user in before.users_with_profile(id) {
        builder.authorize(&Target::User(user.id)).map_err(|refusal| hide_user(refusal, user))?;
        let assignments = replaced_assignments(builder, &user.assignments, id, replacement);
        builder.put_user(User { assignments, ..User::clone(user) });
    }
    if delete {
        builder.authorize_as(Action::DeleteSecurityProfile, &Target::Profile(id))?;
        profiles::remove(builder, id);
    }
    Ok(())
}

/// Hides which user a refusal is about. The returned refusal reveals only that some users with the profile are out of
/// scope.
fn hide_user(refusal: Refusal, user: &User) -> Refusal {
    match refusal {
        Refusal::OutOfScope { action, .. } => {
            let details = format!("{} (`{}`)", refusal.details(), user.username);
            Refusal::OutOfScope { action, what: "some users who have the security profile".to_owned() }
                .withholding(details)
        }
        refusal => refusal,
    }
}

fn replaced_assignments(
    builder: &ChangeBuilder<'_>,
    assignments: &[Assignment],
    id: SecurityProfileId,
    replacement: SecurityProfileId,
) -> Vec<Assignment> {
    let has_replacement =
        assignments.iter().any(|assignment| assignment.profile == replacement && !assignment.has_ended(builder.now));
    assignments
        .iter()
        .filter(|assignment| if has_replacement { assignment.profile != id } else { assignment.profile != replacement })
        .map(
            |assignment| {
                if assignment.profile == id { Assignment { profile: replacement, ..*assignment } } else { *assignment }
            },
        )
        .collect()
}
