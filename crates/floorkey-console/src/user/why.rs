//! Answers why a user can't do something: finds permissions by free text, and suggests profiles that would help.

use floorkey::catalogue::Polarity;
use floorkey::review::why_not::{self, Way, WhyNot};
use floorkey::text::folded;
use floorkey::{Permission, Target, User, catalogue};

use super::access::{PermissionRow, row};
use super::found::unpermitted;
use super::head::address;
use crate::web::current_user::CurrentUser;
use crate::web::search_terms::search_terms;
use crate::web::text;

/// Maximum number of matching permissions that are shown.
const OFFERED: usize = 12;
/// Maximum number of profiles that are suggested.
const WAYS: usize = 3;

/// The answer to a search.
pub(super) enum Answer {
    /// No permission matches.
    Nothing,
    /// Several permissions match.
    Which(Vec<Fitting>),
    /// One permission matches.
    This(Box<Verdict>),
}

/// A permission that matches the search.
pub(super) struct Fitting {
    pub(super) name: String,
    pub(super) api: &'static str,
    pub(super) about: &'static str,
    pub(super) held: bool,
}

/// Whether and why the user has a permission, and what would help if not.
pub(super) struct Verdict {
    pub(super) permission: PermissionRow,
    pub(super) kind: &'static str,
    pub(super) headline: String,
    /// The other permissions that the user lacks for it.
    pub(super) missing: Vec<String>,
    pub(super) ways: Vec<WayRow>,
    /// Why the viewer can't assign profiles to the user; `None` if they can.
    pub(super) refused: Option<String>,
    pub(super) hints: Vec<String>,
}

/// A profile that would grant the permission.
pub(super) struct WayRow {
    pub(super) profile: String,
    pub(super) adds: String,
    /// The URL of the review for assigning it.
    pub(super) review: String,
    pub(super) least: bool,
}

/// Returns the answer to a search; `None` if the text is empty.
pub(super) fn answer(viewer: &CurrentUser, user: &User, asked: &str) -> Option<Answer> {
    let asked = folded(asked);
    if asked.is_empty() {
        return None;
    }
    let fitting = fitting(&asked);
    Some(match fitting.as_slice() {
        [] => Answer::Nothing,
        [only] => verdict(viewer, user, *only).map_or(Answer::Nothing, |verdict| Answer::This(Box::new(verdict))),
        several => {
            let held = viewer.directory.grants_at(user, viewer.now).anywhere();
            let shown = several.iter().take(OFFERED).map(|permission| Fitting {
                name: text::permission(*permission),
                api: permission.name(),
                about: &permission.info().about,
                held: held.contains(*permission),
            });
            Answer::Which(shown.collect())
        }
    })
}

/// Returns the permissions that match the text, best match first. An exact name matches only that permission.
pub(crate) fn fitting(asked: &str) -> Vec<Permission> {
    let named =
        |permission: &Permission| folded(permission.name()) == asked || folded(&text::permission(*permission)) == asked;
    if let Some(exact) = catalogue().permissions().find(named) {
        return vec![exact];
    }
    let split = |text: &str| -> Vec<String> {
        folded(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let wanted: Vec<String> =
        split(&search_terms(asked).join(" ")).into_iter().filter(|word| !FILLING.contains(&word.as_str())).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut scored: Vec<(usize, Permission)> = Vec::new();
    for permission in catalogue().permissions() {
        let info = permission.info();
        let name = split(&format!("{} {} {}", info.name, info.resource, info.action));
        let about = split(&info.about);
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

/// Words that are ignored in a search.
const FILLING: [&str; 22] = [
    "a", "an", "the", "to", "of", "in", "on", "and", "or", "for", "their", "own", "can", "can't", "t", "why", "this",
    "user", "see", "do", "any", "other",
];

/// Returns a word without its plural or *-ing* ending.
fn stem(word: &str) -> &str {
    let cut = ["ings", "ing", "es", "s"].into_iter().find_map(|end| word.strip_suffix(end));
    cut.filter(|cut| cut.chars().count() >= 4).unwrap_or(word)
}

fn verdict(viewer: &CurrentUser, user: &User, permission: Permission) -> Option<Verdict> {
    let why = why_not::permission(&viewer.directory, user.id, permission, &Target::Instance, viewer.now)?;
    let row = row(viewer, user, permission);
    let name = user.display_name();
    let limit = permission.info().polarity == Polarity::Limit;
    let limited = limit && viewer.directory.grants_at(user, viewer.now).limits.contains(permission);
    let (kind, headline) = match (why.allowed, row.reasons.is_empty()) {
        _ if limit && limited => ("warn", format!("{} is a limit, and {name} is under it.", row.name)),
        _ if limit => ("info", format!("{} is a limit, and {name} is not under it.", row.name)),
        (true, _) => ("good", format!("Yes: {name} holds {}.", row.name)),
        (false, false) => ("warn", format!("In part: {name} holds {}, but not for everything.", row.name)),
        (false, true) if why.disabled => ("bad", format!("No: {name} is disabled, and can do nothing.")),
        (false, true) => ("bad", format!("No: {name} does not hold {}.", row.name)),
    };
    let missing = why.missing.iter().filter(|missing| *missing != permission).map(text::permission).collect();
    Some(Verdict {
        kind,
        headline,
        missing,
        ways: if limit { Vec::new() } else { ways(viewer, user, &why) },
        refused: unpermitted(viewer, floorkey::Act::UpdateUserSecurityProfiles, &Target::User(user.id)),
        hints: if limit { Vec::new() } else { hints(viewer, user, permission, &why) },
        permission: row,
    })
}

fn ways(viewer: &CurrentUser, user: &User, why: &WhyNot) -> Vec<WayRow> {
    let adds = |way: &Way| match way.adds.len() {
        0 => "adds nothing else".to_owned(),
        n => {
            let names: Vec<String> = way.adds.iter().map(text::permission).collect();
            format!("adds {} more: {}", text::count_noun(n, "permission"), text::join_names(&names, 3))
        }
    };
    // The permissions that a profile would add are part of its details.
    let visibility = viewer.visibility();
    let ways = why.ways.iter().filter(|way| visibility.profile(way.profile).shows_details());
    let shown = ways.take(WAYS).enumerate().map(|(at, way)| WayRow {
        profile: text::profile(&visibility, way.profile),
        adds: adds(way),
        review: format!("{}/details?give={}", address(user), way.profile),
        least: at == 0,
    });
    shown.collect()
}

/// Returns what else is needed or possible.
fn hints(viewer: &CurrentUser, user: &User, permission: Permission, why: &WhyNot) -> Vec<String> {
    let mut hints = Vec::new();
    if why.disabled {
        hints.push("The user has to be enabled first.".to_owned());
    }
    if why.full && !why.allowed {
        hints.push("The user holds ten security profiles already: one of them has to go first.".to_owned());
    }
    if !why.allowed && why.ways.is_empty() && viewer.visibility().sees_all_profiles() {
        hints.push("No security profile here has it. Add it to one, or make one with it.".to_owned());
    }
    let later = user.assignments.iter().filter(|held| held.from.is_some_and(|from| from > viewer.now));
    for held in later {
        let grants = viewer.directory.grants(held.profile);
        if let (Some(from), true) = (held.from, grants.is_some_and(|grants| grants.anywhere().contains(permission))) {
            hints.push(format!("It comes with a security profile that is held from {}.", text::utc_time(from)));
        }
    }
    hints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(asked: &str) -> Vec<&'static str> {
        fitting(&folded(asked)).into_iter().map(Permission::name).collect()
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
