//! What would help a user who lacks a permission: security profiles that grant it, a new security profile with just
//! this permission, and what else is needed in practice.

use floorkey::review::capabilities::RiskLevel;
use floorkey::review::why_not::ProfileSuggestion;
use floorkey::{Action, PermissionSet, Refusal, SecurityProfileId, Target, User, catalog};

use super::current_user::CurrentUser;
use super::text;

/// The maximum number of profiles to suggest.
const SUGGESTIONS_MAX: usize = 5;

/// A profile that would grant the permission.
pub(crate) struct SuggestionRow {
    pub(crate) profile: String,
    /// What else the profile would grant or restrict.
    pub(crate) adds: String,
    /// The URL of the review page for assigning the profile.
    pub(crate) review: String,
    /// Whether the profile is the first, and does not lead to full access.
    pub(crate) is_best: bool,
    /// Whether the user could give themselves or others every permission with the profile.
    pub(crate) leads_to_full_access: bool,
}

/// Returns the first profiles that would grant the permission to the user. `all` must be sorted by rank. Leaves out
/// profiles whose permissions the viewer can't see, and profiles that no user has.
pub(crate) fn suggestions(viewer: &CurrentUser, user: &User, all: &[ProfileSuggestion]) -> Vec<SuggestionRow> {
    // A suggestion reveals permissions of the profile, so the viewer must be able to see the profile's details.
    let visibility = viewer.visibility();
    let visible = all.iter().filter(|suggestion| {
        visibility.profile(suggestion.profile).shows_details() && has_users(viewer, suggestion.profile)
    });
    let row = |(at, suggestion): (usize, &ProfileSuggestion)| {
        let leads_to_full_access = suggestion.risk == RiskLevel::FullControl;
        SuggestionRow {
            profile: text::profile(&visibility, suggestion.profile),
            adds: adds(suggestion),
            review: format!("/connect/users/{}/details?give={}", user.id, suggestion.profile),
            is_best: at == 0 && !leads_to_full_access,
            leads_to_full_access,
        }
    };
    visible.take(SUGGESTIONS_MAX).enumerate().map(row).collect()
}

/// Describes what else a profile would grant or restrict.
fn adds(suggestion: &ProfileSuggestion) -> String {
    let mut adds = match suggestion.adds.len() {
        0 => "Adds nothing else".to_owned(),
        n => format!("Adds {} more: {}", text::count_noun(n, "permission"), text::permissions(&suggestion.adds, 3)),
    };
    if suggestion.applications > 0 {
        adds.push_str(&format!("; {} in applications", text::count_noun(suggestion.applications, "permission")));
    }
    if !suggestion.restrictions.is_empty() {
        adds.push_str(&format!("; adds the restriction {}", text::permissions(&suggestion.restrictions, 3)));
    }
    adds
}

/// Whether a user has the profile, now or in the future. For a viewer who can't see all users, only users that the
/// viewer can see count, so that the result says nothing about others.
pub(crate) fn has_users(viewer: &CurrentUser, profile: SecurityProfileId) -> bool {
    let visibility = viewer.visibility();
    if visibility.sees_all_users() {
        return viewer.directory.profile_user_count_at(profile, viewer.now) > 0;
    }
    let has_profile = |user: &User| {
        user.assignments.iter().any(|assignment| assignment.profile == profile && !assignment.has_ended(viewer.now))
    };
    let mut users = viewer.directory.users_with_profile(profile);
    users.any(|user| has_profile(user) && (visibility.is_own_user(user.id) || visibility.user(user.id).shows_details()))
}

/// Returns the URL of the form for a new security profile that grants just these permissions. Returns `None` if the
/// viewer can't create security profiles.
pub(crate) fn new_profile_url(viewer: &CurrentUser, name: &str, permissions: &PermissionSet) -> Option<String> {
    let can_create = viewer.authorize(Action::CreateSecurityProfile, &Target::Instance);
    if permissions.is_empty() || matches!(can_create, Err(Refusal::NotPermitted { .. })) {
        return None;
    }
    let selected = permissions.iter().map(|permission| ("p", permission.name()));
    let fields = std::iter::once(("name", name)).filter(|(_, name)| !name.is_empty()).chain(selected);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Some(format!("/connect/security-profiles/new?{query}"))
}

/// Returns what a user with the permissions `granted` also needs for the permissions `requested` to be of use. Each
/// item names the permissions and says why.
pub(crate) fn needed_in_practice(requested: &PermissionSet, granted: &PermissionSet) -> Vec<(String, &'static str)> {
    let required = requested.iter().fold(*requested, |all, one| all.union(&catalog().requires(one)));
    let has = granted.union(&required);
    let rules = catalog().works_with().iter().filter(|rule| !rule.permissions.intersection(requested).is_empty());
    let missing = rules.map(|rule| (rule.needs.difference(&has), rule.because.as_str()));
    missing.filter(|(needs, _)| !needs.is_empty()).map(|(needs, why)| (text::permissions(&needs, 4), why)).collect()
}
