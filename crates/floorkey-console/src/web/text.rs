//! Formats numbers, times and names for display.

use floorkey::visibility::Viewer;
use floorkey::{HierarchyGroupId, Permission, PermissionSet, ResourceId, SecurityProfileId, Timestamp, User};
use jiff::tz::TimeZone;

pub(crate) use floorkey_service::number_format::figure;

/// The text shown instead of the name of a security profile that the viewer cannot see.
pub(crate) const HIDDEN_PROFILE: &str = "A security profile outside your scope";

/// The text shown instead of the name of a hierarchy group that the viewer cannot see.
pub(crate) const HIDDEN_GROUP: &str = "A group outside your scope";

/// The text shown instead of the name of a routing profile or another resource that the viewer cannot see.
pub(crate) const HIDDEN_RESOURCE: &str = "A resource outside your scope";

/// Returns a count with its noun, such as `1 user` or `1,204 users`.
pub(crate) fn count_noun(number: usize, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {noun}{s}", figure(number))
}

/// Returns a sentence that is appended to a message about a change. It states how many users' credentials the change
/// replaced. Returns an empty string if the change replaced no credentials.
pub(crate) fn credentials_replaced_note(users: u64) -> String {
    match usize::try_from(users).unwrap_or(usize::MAX) {
        0 => String::new(),
        users => format!(" {} can sign in again only with a new invitation or password.", count_noun(users, "user")),
    }
}

/// Returns a permission's name in the permission grid, such as `Users: Edit`.
pub(crate) fn permission(permission: Permission) -> String {
    let info = permission.info();
    format!("{}: {}", info.resource, info.action)
}

/// Returns the names of at most `names_max` permissions, as [`join_names`] does.
pub(crate) fn permissions(set: &PermissionSet, names_max: usize) -> String {
    join_names(&set.iter().map(permission).collect::<Vec<_>>(), names_max)
}

/// Formats a time in UTC, such as `22 Nov 2026, 10:15 UTC`.
pub(crate) fn utc_time(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(at) => at.to_zoned(TimeZone::UTC).strftime("%-d %b %Y, %H:%M UTC").to_string(),
        Err(_) => "at no time".to_owned(),
    }
}

/// Formats a time in ISO 8601, such as `2026-11-22T10:15:00Z`.
pub(crate) fn iso_time(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis()).map(|at| at.to_string()).unwrap_or_default()
}

/// Formats the time that has passed since `at`, such as `just now`, `5 minutes ago`, or `3 days ago`.
pub(crate) fn relative_time(at: Timestamp, now: Timestamp) -> String {
    let seconds = usize::try_from((now.as_millis() - at.as_millis()) / 1000).unwrap_or(0);
    match seconds {
        0..60 => "just now".to_owned(),
        60..3600 => format!("{} ago", count_noun(seconds / 60, "minute")),
        3600..86_400 => format!("{} ago", count_noun(seconds / 3600, "hour")),
        _ => format!("{} ago", count_noun(seconds / 86_400, "day")),
    }
}

/// Joins at most `names_max` names, as in `Agent`, `Agent and Admin`, or `Agent, Admin and 3 more`.
pub(crate) fn join_names<T: AsRef<str>>(names: &[T], names_max: usize) -> String {
    let left = names.len().saturating_sub(names_max);
    let more = (left > 0).then(|| format!("{} more", figure(left)));
    let parts = || names.iter().take(names_max).map(AsRef::as_ref).chain(more.as_deref());
    let last = parts().count().saturating_sub(1);
    let mut text = String::with_capacity(parts().map(|word| word.len() + " and ".len()).sum());
    for (at, word) in parts().enumerate() {
        match at {
            0 => {}
            _ if at == last => text.push_str(" and "),
            _ => text.push_str(", "),
        }
        text.push_str(word);
    }
    text
}

/// Returns a security profile's name, or a placeholder if the viewer cannot see the profile.
pub(crate) fn profile(visibility: &Viewer<'_>, id: SecurityProfileId) -> String {
    visibility.profile_name(id).unwrap_or(HIDDEN_PROFILE).to_owned()
}

/// Returns the name of a user, followed by the login name if it differs from the name.
pub(crate) fn user(user: &User) -> String {
    let name = user.display_name();
    if name == user.username { name } else { format!("{name} ({})", user.username) }
}

/// Returns a hierarchy group's path, or a placeholder if the viewer cannot see the group.
pub(crate) fn group(visibility: &Viewer<'_>, id: HierarchyGroupId) -> String {
    visibility.group_path(id).unwrap_or_else(|| HIDDEN_GROUP.to_owned())
}

/// Returns the name of a routing profile or another resource. Returns a placeholder if the viewer cannot see the
/// resource.
pub(crate) fn resource(visibility: &Viewer<'_>, id: ResourceId) -> String {
    visibility.resource_name(id).unwrap_or(HIDDEN_RESOURCE).to_owned()
}

/// Formats an API constant in sentence case, such as `Soft phone` for `SOFT_PHONE`.
pub(crate) fn sentence_case(word: &str) -> String {
    floorkey::text::capitalized(&word.to_lowercase().replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_are_formatted() {
        assert_eq!(figure(0), "0");
        assert_eq!(figure(1_204), "1,204");
        assert_eq!(figure(100_000), "100,000");
        assert_eq!(count_noun(1, "user"), "1 user");
        assert_eq!(join_names(&["a"], 3), "a");
        assert_eq!(join_names(&["a", "b"], 3), "a and b");
        assert_eq!(join_names(&["a", "b", "c", "d", "e"], 2), "a, b and 3 more");
        assert_eq!(join_names::<&str>(&[], 2), "");
        assert_eq!(sentence_case("SOFT_PHONE"), "Soft phone");
    }

    #[test]
    fn times_include_their_zone() {
        let at = Timestamp::from_millis(1_795_342_500_000);
        assert_eq!(
            (utc_time(at), iso_time(at)),
            ("22 Nov 2026, 10:15 UTC".to_owned(), "2026-11-22T10:15:00Z".to_owned())
        );
        assert_eq!(relative_time(at, Timestamp::from_millis(at.as_millis() + 125_000)), "2 minutes ago");
        assert_eq!(relative_time(at, at), "just now");
    }
}
