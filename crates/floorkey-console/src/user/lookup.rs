//! Looks up the user that a page is about, and checks whether the viewer can run commands on this user.

use std::sync::Arc;

use floorkey::{Action, Command, Refusal, Target, User, UserId};

use crate::web::current_user::CurrentUser;
use crate::web::granting_profiles::granting_profiles;
use crate::web::page_error::{PageError, to_sentence};
use crate::web::text;
use floorkey_service::failure::Failure;

/// Returns the user with this ID. A user outside the viewer's scope is reported as not found.
///
/// # Errors
/// Returns an error if the user does not exist or is out of scope. Returns an error if the viewer has no permission to
/// view users.
pub(super) fn visible_user(viewer: &CurrentUser, id: &str) -> Result<Arc<User>, PageError> {
    let not_found = || PageError::NotFound("user".to_owned());
    if !viewer.sees_users() {
        viewer.authorize(Action::DescribeUser, &Target::Instance)?;
    }
    let user = UserId::parse(id).and_then(|id| viewer.directory.user(id)).ok_or_else(not_found)?;
    match viewer.authorize(Action::DescribeUser, &Target::User(user.id)) {
        Ok(()) => Ok(user.clone()),
        Err(Refusal::OutOfScope { .. }) => Err(not_found()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Returns the reason why the command would be refused, such as a missing permission. Returns `None` if the command
/// would succeed.
pub(super) fn refusal_text(viewer: &CurrentUser, command: &Command) -> Option<String> {
    viewer.plan(command).err().map(|refusal| describe_refusal(viewer, &refusal))
}

/// Returns the reason why the viewer doesn't have permission for the operation on the target. Returns `None` if the
/// viewer has permission.
pub(super) fn permission_refusal_text(viewer: &CurrentUser, action: Action, target: &Target<'_>) -> Option<String> {
    viewer.authorize(action, target).err().map(|refusal| describe_refusal(viewer, &refusal))
}

/// Describes a refusal. The description names either the missing permission and the profiles that grant it, or the
/// violated rule.
pub(super) fn describe_refusal(viewer: &CurrentUser, refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotPermitted { all_of, any_of, .. } if !(all_of.is_empty() && any_of.is_empty()) => {
            let (set, conjunction) = if all_of.is_empty() { (any_of, " or ") } else { (all_of, " and ") };
            let names: Vec<String> = set.iter().map(text::permission).collect();
            let granting = granting_profiles(viewer, all_of, any_of);
            let names = names.join(conjunction);
            match (granting.names.as_slice(), granting.complete) {
                ([], true) => format!("This requires the permission {names}. No user has a security profile with it."),
                ([], false) => format!("This requires the permission {names}."),
                (profiles, _) => {
                    format!("This requires the permission {names}. {} can do this.", users_with_profiles_text(profiles))
                }
            }
        }
        Refusal::OutOfScope { .. } => "Your permission for this applies to other users only.".to_owned(),
        Refusal::InBatch { refusal, .. } if !refusal.withholds_details() => describe_refusal(viewer, refusal),
        refusal => to_sentence(&Failure::Refused(refusal.clone())),
    }
}

fn users_with_profiles_text(profiles: &[&str]) -> String {
    format!("Users with {}", text::join_names(profiles, 3).replacen(" and ", " or ", 1))
}
