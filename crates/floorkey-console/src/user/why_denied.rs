//! Explains why a user can't perform an action. Finds the permissions that match the viewer's search text, and suggests
//! profiles that would grant them.

use floorkey::catalog::Polarity;
use floorkey::review::why_not::{self, DenialReview};
use floorkey::{Action, Permission, PermissionSet, Target, User};

use super::lookup::permission_refusal_text;
use crate::web::access_rows::{PermissionRow, permission_row};
use crate::web::current_user::CurrentUser;
use crate::web::permission_search::{self, PermissionMatches};
use crate::web::suggestions::{SuggestionRow, needed_in_practice, new_profile_url, suggestions};
use crate::web::text;

/// Maximum number of matching permissions that the answer lists.
const MATCHES_MAX: usize = 12;

/// Maximum number of permissions for which a new profile with all of them is suggested.
const NEW_PROFILE_MAX: usize = 10;

/// The answer to a search.
pub(super) enum SearchResult {
    /// No permission matches the search.
    None,
    /// Several permissions match the search.
    Several(Box<SeveralAnswer>),
    /// One permission matches the search.
    One(Box<PermissionAnswer>),
}

/// The answer about several permissions, any of which is what the viewer asked about.
pub(super) struct SeveralAnswer {
    pub(super) kind: &'static str,
    pub(super) headline: String,
    pub(super) permissions: Vec<MatchingPermission>,
    /// The number of matching permissions that are not listed, as text.
    pub(super) unlisted: Option<String>,
    pub(super) help: Help,
}

/// A permission that matches the search.
pub(super) struct MatchingPermission {
    pub(super) name: String,
    pub(super) api_name: &'static str,
    pub(super) about: &'static str,
    pub(super) is_granted: bool,
}

/// The answer about a single permission: whether the user has it, and why. If the user doesn't have it, the answer
/// suggests profiles that would grant it.
pub(super) struct PermissionAnswer {
    pub(super) permission: PermissionRow,
    pub(super) kind: &'static str,
    pub(super) headline: String,
    /// The permission's prerequisites that the user does not have.
    pub(super) missing: Vec<String>,
    pub(super) help: Help,
}

/// What would help a user who lacks the permission.
#[derive(Default)]
pub(super) struct Help {
    pub(super) suggestions: Vec<SuggestionRow>,
    /// The URL of the form for a new profile with just the permission, if the viewer can create profiles.
    pub(super) new_profile: Option<String>,
    /// Permissions that are needed in practice too, each with the reason.
    pub(super) needed: Vec<(String, &'static str)>,
    /// The reason why the viewer can't assign profiles to the user. `None` if the viewer can assign profiles.
    pub(super) refused: Option<String>,
    pub(super) hints: Vec<String>,
}

/// Returns the answer to a search. Returns `None` if the text is empty.
pub(super) fn search(viewer: &CurrentUser, user: &User, query: &str) -> Option<SearchResult> {
    if query.trim().is_empty() {
        return None;
    }
    let found = permission_search::search(query);
    Some(match found.best.as_slice() {
        [] => SearchResult::None,
        [only] => answer(viewer, user, *only).map_or(SearchResult::None, |answer| SearchResult::One(Box::new(answer))),
        several => SearchResult::Several(Box::new(several_answer(viewer, user, &found, several))),
    })
}

fn several_answer(
    viewer: &CurrentUser,
    user: &User,
    found: &PermissionMatches,
    permissions: &[Permission],
) -> SeveralAnswer {
    let granted = viewer.directory.grants_at(user, viewer.now).all_permissions();
    let (count, total) = (permissions.iter().filter(|one| granted.contains(**one)).count(), permissions.len());
    let name = user.display_name();
    let (kind, headline) = match (count, found.capability) {
        (0, Some(capability)) => {
            ("bad", format!("No: {name} can’t {}. Any of these permissions allows it.", capability.phrase))
        }
        (0, None) => ("info", format!("{name} has none of the {total} permissions that match.")),
        (count, Some(capability)) if count == total => ("good", format!("Yes: {name} can {}.", capability.phrase)),
        (count, Some(capability)) => {
            ("good", format!("Yes: {name} can {}, with {count} of {total} permissions.", capability.phrase))
        }
        (count, None) => ("info", format!("{name} has {count} of the {total} permissions that match.")),
    };
    let set: PermissionSet = permissions.iter().copied().collect();
    let why = why_not::any_permission(&viewer.directory, user.id, &set, &Target::Instance, viewer.now);
    let help = why.filter(|_| count == 0).map(|why| {
        let name = found.capability.map(|capability| capability.phrase);
        Help::new(viewer, user, &set, name.filter(|_| total <= NEW_PROFILE_MAX), &why)
    });
    let row = |permission: &Permission| MatchingPermission {
        name: text::permission(*permission),
        api_name: permission.name(),
        about: &permission.info().description,
        is_granted: granted.contains(*permission),
    };
    let unlisted = total.saturating_sub(MATCHES_MAX);
    SeveralAnswer {
        kind,
        headline,
        permissions: permissions.iter().take(MATCHES_MAX).map(row).collect(),
        unlisted: (unlisted > 0).then(|| text::figure(unlisted)),
        help: help.unwrap_or_default(),
    }
}

fn answer(viewer: &CurrentUser, user: &User, permission: Permission) -> Option<PermissionAnswer> {
    let why = why_not::permission(&viewer.directory, user.id, permission, &Target::Instance, viewer.now)?;
    let row = permission_row(viewer, user, permission);
    let name = user.display_name();
    let is_restriction = permission.info().polarity == Polarity::Restriction;
    let applies = is_restriction && viewer.directory.grants_at(user, viewer.now).restrictions.contains(permission);
    let (kind, headline) = match (why.allowed, row.reasons.is_empty()) {
        _ if is_restriction && applies => ("warn", format!("{} is a restriction, and it applies to {name}.", row.name)),
        _ if is_restriction => ("info", format!("{} is a restriction, and it does not apply to {name}.", row.name)),
        (true, _) => ("good", format!("Yes: {name} has {}.", row.name)),
        (false, false) => ("warn", format!("In part: {name} has {}, but only for some users or resources.", row.name)),
        (false, true) if why.disabled => ("bad", format!("No: {name} is disabled and can’t do anything.")),
        (false, true) => ("bad", format!("No: {name} does not have {}.", row.name)),
    };
    let missing =
        why.missing_permissions.iter().filter(|missing| *missing != permission).map(text::permission).collect();
    let help = match is_restriction {
        true => Help::default(),
        false => {
            let mut help = Help::new(viewer, user, &PermissionSet::from_iter([permission]), Some(&row.name), &why);
            help.hints.extend(future_assignments(viewer, user, permission));
            help
        }
    };
    Some(PermissionAnswer { kind, headline, missing, help, permission: row })
}

impl Help {
    /// Returns what would help with the requested permissions, any of which is enough. `name` is the name for a new
    /// profile with all of them; without a name, a new profile is not suggested.
    fn new(
        viewer: &CurrentUser,
        user: &User,
        requested: &PermissionSet,
        name: Option<&str>,
        why: &DenialReview,
    ) -> Self {
        let granted = viewer.directory.grants_at(user, viewer.now).all_permissions();
        let suggestions = suggestions(viewer, user, &why.suggestions);
        let mut hints = Vec::new();
        if why.disabled {
            hints.push("Enable the user first.".to_owned());
        }
        if why.has_max_profiles && !why.allowed {
            hints.push("The user already has ten security profiles. Remove one of them first.".to_owned());
        }
        if !why.allowed && suggestions.is_empty() && viewer.visibility().sees_all_profiles() {
            hints.push(
                "No security profile that users have grants it. Add it to a profile, or create a profile with it."
                    .to_owned(),
            );
        }
        Self {
            new_profile: name.filter(|_| !why.allowed).and_then(|name| new_profile_url(viewer, name, requested)),
            needed: needed_in_practice(requested, &granted),
            refused: permission_refusal_text(viewer, Action::UpdateUserSecurityProfiles, &Target::User(user.id)),
            suggestions,
            hints,
        }
    }
}

/// Returns hints about profiles that grant the permission and that are assigned from a later time on.
fn future_assignments(viewer: &CurrentUser, user: &User, permission: Permission) -> Vec<String> {
    let later = user.assignments.iter().filter(|granted| granted.from.is_some_and(|from| from > viewer.now));
    let with_permission = later.filter(|granted| {
        let grants = viewer.directory.grants(granted.profile);
        grants.is_some_and(|grants| grants.all_permissions().contains(permission))
    });
    let from = with_permission.filter_map(|granted| granted.from);
    from.map(|from| format!("It comes with a security profile that is assigned from {}.", viewer.time(from))).collect()
}
