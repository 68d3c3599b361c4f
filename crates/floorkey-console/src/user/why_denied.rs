//! Explains why a user can't perform an action. Finds the permission that matches the viewer's search text, and
//! suggests profiles that would grant this permission.

use floorkey::catalog::Polarity;
use floorkey::review::why_not::{self, DenialReview, ProfileSuggestion};
use floorkey::text::folded;
use floorkey::{Permission, Target, User, catalog};

use super::header::user_path;
use super::lookup::permission_refusal_text;
use crate::web::access_rows::{PermissionRow, permission_row};
use crate::web::current_user::CurrentUser;
use crate::web::search_terms::search_terms;
use crate::web::text;

/// Maximum number of matching permissions that the answer lists.
const MATCHES_MAX: usize = 12;
/// Maximum number of profiles that the answer suggests.
const SUGGESTIONS_MAX: usize = 5;

/// The answer to a search.
pub(super) enum SearchResult {
    /// No permission matches the search.
    None,
    /// Several permissions match the search.
    Several(Vec<MatchingPermission>),
    /// One permission matches the search.
    One(Box<PermissionAnswer>),
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
    pub(super) suggestions: Vec<SuggestionRow>,
    /// The reason why the viewer can't assign profiles to the user. `None` if the viewer can assign profiles.
    pub(super) refused: Option<String>,
    pub(super) hints: Vec<String>,
}

/// A profile that would grant the permission.
pub(crate) struct SuggestionRow {
    pub(crate) profile: String,
    /// What else the profile would grant or restrict.
    pub(crate) adds: String,
    /// The URL of the review page for assigning the profile.
    pub(crate) review: String,
    pub(crate) is_smallest: bool,
}

/// Returns the answer to a search. Returns `None` if the text is empty.
pub(super) fn search(viewer: &CurrentUser, user: &User, query: &str) -> Option<SearchResult> {
    let query = folded(query);
    if query.is_empty() {
        return None;
    }
    let matching = matching_permissions(&query);
    Some(match matching.as_slice() {
        [] => SearchResult::None,
        [only] => answer(viewer, user, *only).map_or(SearchResult::None, |answer| SearchResult::One(Box::new(answer))),
        several => {
            let granted = viewer.directory.grants_at(user, viewer.now).all_permissions();
            let visible = several.iter().take(MATCHES_MAX).map(|permission| MatchingPermission {
                name: text::permission(*permission),
                api_name: permission.name(),
                about: &permission.info().description,
                is_granted: granted.contains(*permission),
            });
            SearchResult::Several(visible.collect())
        }
    })
}

/// Returns the permissions that match the search text, best match first. An exact name matches only the permission with
/// this name.
pub(crate) fn matching_permissions(query: &str) -> Vec<Permission> {
    let is_named =
        |permission: &Permission| folded(permission.name()) == query || folded(&text::permission(*permission)) == query;
    if let Some(exact) = catalog().permissions().find(is_named) {
        return vec![exact];
    }
    let split = |text: &str| -> Vec<String> {
        folded(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let wanted: Vec<String> =
        split(&search_terms(query).join(" ")).into_iter().filter(|word| !STOP_WORDS.contains(&word.as_str())).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut scored: Vec<(usize, Permission)> = Vec::new();
    for permission in catalog().permissions() {
        let info = permission.info();
        let name = split(&format!("{} {} {}", info.name, info.resource, info.action));
        let about = split(&info.description);
        let points = |word: &String| {
            let begins = |other: &String| other.starts_with(stem(word));
            if name.iter().any(begins) { 3 } else { usize::from(about.iter().any(begins)) }
        };
        let points: Vec<usize> = wanted.iter().map(points).collect();
        if points.iter().all(|points| *points > 0) {
            scored.push((points.iter().sum(), permission));
        }
    }
    scored.sort_by_key(|(points, permission)| (std::cmp::Reverse(*points), *permission));
    scored.into_iter().map(|(_, permission)| permission).collect()
}

/// Words that a search ignores.
const STOP_WORDS: [&str; 22] = [
    "a", "an", "the", "to", "of", "in", "on", "and", "or", "for", "their", "own", "can", "can't", "t", "why", "this",
    "user", "see", "do", "any", "other",
];

/// Returns a word without its plural or *-ing* ending.
fn stem(word: &str) -> &str {
    let cut = ["ings", "ing", "es", "s"].into_iter().find_map(|end| word.strip_suffix(end));
    cut.filter(|cut| cut.chars().count() >= 4).unwrap_or(word)
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
    Some(PermissionAnswer {
        kind,
        headline,
        missing,
        suggestions: if is_restriction { Vec::new() } else { suggestions(viewer, user, &why.suggestions) },
        refused: permission_refusal_text(viewer, floorkey::Action::UpdateUserSecurityProfiles, &Target::User(user.id)),
        hints: if is_restriction { Vec::new() } else { hints(viewer, user, permission, &why) },
        permission: row,
    })
}

/// Returns the first profiles that would grant the permission, smallest first.
pub(crate) fn suggestions(viewer: &CurrentUser, user: &User, all: &[ProfileSuggestion]) -> Vec<SuggestionRow> {
    let adds = |suggestion: &ProfileSuggestion| {
        let mut adds = match suggestion.adds.len() {
            0 => "adds nothing else".to_owned(),
            n => format!("adds {} more: {}", text::count_noun(n, "permission"), text::permissions(&suggestion.adds, 3)),
        };
        if suggestion.applications > 0 {
            adds.push_str(&format!("; {} in applications", text::count_noun(suggestion.applications, "permission")));
        }
        if !suggestion.restrictions.is_empty() {
            adds.push_str(&format!("; adds the restriction {}", text::permissions(&suggestion.restrictions, 3)));
        }
        adds
    };
    // A suggestion reveals permissions of the profile, so the viewer must be able to see the profile's details.
    let visibility = viewer.visibility();
    let visible = all.iter().filter(|suggestion| visibility.profile(suggestion.profile).shows_details());
    let row = |(at, suggestion): (usize, &ProfileSuggestion)| SuggestionRow {
        profile: text::profile(&visibility, suggestion.profile),
        adds: adds(suggestion),
        review: format!("{}/details?give={}", user_path(user), suggestion.profile),
        is_smallest: at == 0,
    };
    visible.take(SUGGESTIONS_MAX).enumerate().map(row).collect()
}

/// Returns hints about other steps that are necessary or possible.
fn hints(viewer: &CurrentUser, user: &User, permission: Permission, why: &DenialReview) -> Vec<String> {
    let mut hints = Vec::new();
    if why.disabled {
        hints.push("Enable the user first.".to_owned());
    }
    if why.has_max_profiles && !why.allowed {
        hints.push("The user already has ten security profiles. Remove one of them first.".to_owned());
    }
    if !why.allowed && why.suggestions.is_empty() && viewer.visibility().sees_all_profiles() {
        hints.push("No security profile grants it. Add it to a profile, or create a profile with it.".to_owned());
    }
    let later = user.assignments.iter().filter(|granted| granted.from.is_some_and(|from| from > viewer.now));
    for granted in later {
        let grants = viewer.directory.grants(granted.profile);
        if let (Some(from), true) =
            (granted.from, grants.is_some_and(|grants| grants.all_permissions().contains(permission)))
        {
            hints.push(format!("It comes with a security profile that is assigned from {}.", viewer.time(from)));
        }
    }
    hints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(query: &str) -> Vec<&'static str> {
        matching_permissions(&folded(query)).into_iter().map(Permission::name).collect()
    }

    #[test]
    fn fitting_matches_exact_names_and_descriptions() {
        assert_eq!(names("Users.Edit"), ["Users.Edit"]);
        assert_eq!(names("users: edit"), ["Users.Edit"]);
        assert!(names("why can't this user reset passwords").contains(&"Users.Edit"));
        assert!(names("downloading recordings").contains(&"CallRecordings.Unredacted.DownloadButton"));
        assert_eq!(names("queues edit").first(), Some(&"Queues.Edit"));
        assert!(names("xyzzy").is_empty() && names("the").is_empty());
    }
}
