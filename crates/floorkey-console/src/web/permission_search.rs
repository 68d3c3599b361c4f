//! Finds permissions by name, and by what they allow. A phrase such as `download recordings` finds a capability, which
//! stands for all permissions that mean it.

use floorkey::review::capabilities::{Capability, capabilities};
use floorkey::text::folded;
use floorkey::{Permission, PermissionSet, catalog};

use super::search_terms::search_terms;

/// The permissions that a search found.
#[derive(Debug, Default)]
pub(crate) struct PermissionMatches {
    /// The capability that the search names.
    pub(crate) capability: Option<&'static Capability>,
    /// The permissions that match best, in the order of the catalog. Unless the search names a legacy permission
    /// exactly, legacy permissions are left out, because they count as the permissions that replaced them.
    pub(crate) best: Vec<Permission>,
    /// Permissions that match less well, best match first.
    pub(crate) others: Vec<Permission>,
}

/// Returns the permissions that match the search text. An exact name matches only the permission with this name.
pub(crate) fn search(query: &str) -> PermissionMatches {
    let query = folded(query);
    if let Some(exact) = exact_match(&query) {
        return PermissionMatches { best: vec![exact], ..PermissionMatches::default() };
    }
    let wanted = significant_words(&query);
    let scored = scored_matches(&wanted);
    if let Some(capability) = matching_capability(&query, &wanted) {
        let best = capability.current_permissions();
        let others = scored.into_iter().map(|(_, permission)| permission).filter(|other| !best.contains(*other));
        return PermissionMatches {
            capability: Some(capability),
            others: current(others.collect()),
            best: best.iter().collect(),
        };
    }
    let most = scored.first().map(|(points, _)| *points);
    let (best, others): (Vec<_>, Vec<_>) = scored.into_iter().partition(|(points, _)| Some(*points) == most);
    let [best, others] =
        [best, others].map(|all| all.into_iter().map(|(_, permission)| permission).collect::<Vec<_>>());
    PermissionMatches { capability: None, best: current(best), others: current(others) }
}

/// Returns the permission with exactly this API name or display name. The text must be folded.
pub(crate) fn exact_match(query: &str) -> Option<Permission> {
    let is_named = |permission: &Permission| {
        let info = permission.info();
        let names = [": ", " – ", " - "].map(|separator| format!("{}{separator}{}", info.resource, info.action));
        folded(&info.name) == query || names.iter().any(|name| folded(name) == query)
    };
    catalog().permissions().find(is_named)
}

/// Returns the capabilities whose phrases contain all words of the text, for suggestions while the user types. Returns
/// all capabilities if the text is empty.
pub(crate) fn suggested_capabilities(query: &str) -> impl Iterator<Item = &'static Capability> {
    let words = search_terms(&folded(query));
    let is_match = move |capability: &&Capability| words.iter().all(|word| capability.phrase.contains(word.as_str()));
    capabilities().iter().filter(is_match)
}

/// Replaces legacy permissions with the permissions that replaced them. Keeps the order otherwise.
fn current(permissions: Vec<Permission>) -> Vec<Permission> {
    let all: PermissionSet = permissions.iter().copied().collect();
    let is_replaced = |permission: &Permission| {
        let replacements = permission.info().replacements;
        permission.info().is_legacy() && !replacements.intersection(&all).is_empty()
    };
    let kept = permissions.iter().copied().filter(|permission| !is_replaced(permission));
    let named = kept.flat_map(|permission| match permission.info().is_legacy() {
        true => permission.info().replacements.iter().collect(),
        false => vec![permission],
    });
    let mut seen = PermissionSet::EMPTY;
    let is_new = |permission: &Permission| {
        let is_new = !seen.contains(*permission);
        seen.insert(*permission);
        is_new
    };
    named.filter(is_new).collect()
}

/// Returns the permissions that match all words, with points, best match first. A word in a name counts more than a
/// word in a description.
fn scored_matches(wanted: &[String]) -> Vec<(usize, Permission)> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut scored: Vec<(usize, Permission)> = Vec::new();
    for permission in catalog().permissions() {
        let info = permission.info();
        let name = words(&format!("{} {} {}", info.name, info.resource, info.action));
        let about = words(&info.description);
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
    scored
}

/// Returns the capability whose name, phrase or other wording has the same words as the search.
fn matching_capability(query: &str, wanted: &[String]) -> Option<&'static Capability> {
    let has_same_words = |wording: &str| {
        let known = significant_words(wording);
        let contains = |all: &[String], word: &String| all.iter().any(|other| is_same_word(word, other));
        !wanted.is_empty()
            && wanted.iter().all(|word| contains(&known, word))
            && known.iter().all(|word| contains(wanted, word))
    };
    let is_match = |capability: &&Capability| {
        let others = OTHER_WORDINGS.iter().filter(|(id, _)| *id == capability.id).map(|(_, wording)| *wording);
        capability.id == query || std::iter::once(capability.phrase).chain(others).any(has_same_words)
    };
    capabilities().iter().find(is_match)
}

/// Other wordings of capabilities.
const OTHER_WORDINGS: [(&str, &str); 19] = [
    ("assign-profiles", "assign profiles"),
    ("edit-profiles", "edit profiles"),
    ("edit-profiles", "change security profiles"),
    ("listen-in", "listen in"),
    ("listen-in", "listen in on calls"),
    ("listen-in", "listen in on live calls"),
    ("listen-in", "monitor live contacts"),
    ("listen-in", "monitor live calls"),
    ("play-recordings", "play call recordings"),
    ("play-recordings", "listen to recordings"),
    ("play-recordings", "hear recordings"),
    ("download-recordings", "download call recordings"),
    ("delete-recordings", "delete call recordings"),
    ("delete-recordings", "remove recordings"),
    ("change-live-flows", "publish flows"),
    ("change-live-flows", "publish contact flows"),
    ("change-live-flows", "edit live flows"),
    ("see-personal-data", "view personal data"),
    ("see-personal-data", "see customer data"),
];

/// Words that a search ignores.
const STOP_WORDS: [&str; 23] = [
    "a", "an", "the", "to", "of", "in", "on", "and", "or", "for", "their", "own", "can", "can't", "t", "why", "this",
    "user", "see", "do", "any", "other", "who",
];

/// Returns the distinct words of a search, without the words that a search ignores.
fn significant_words(query: &str) -> Vec<String> {
    let all = words(&search_terms(query).join(" "));
    all.into_iter().filter(|word| !STOP_WORDS.contains(&word.as_str())).collect()
}

/// Splits text into folded words of letters and digits.
fn words(text: &str) -> Vec<String> {
    folded(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether two words differ at most in their plural or *-ing* endings.
fn is_same_word(one: &str, other: &str) -> bool {
    let (one, other) = (stem(one), stem(other));
    let is_prefix = |part: &str, whole: &str| whole.starts_with(part) && part.chars().count() >= 4;
    one == other || is_prefix(one, other) || is_prefix(other, one)
}

/// Returns a word without its plural or *-ing* ending.
fn stem(word: &str) -> &str {
    let cut = ["ings", "ing", "es", "s"].into_iter().find_map(|end| word.strip_suffix(end));
    cut.filter(|cut| cut.chars().count() >= 4).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(query: &str) -> Vec<&'static str> {
        search(query).best.into_iter().map(Permission::name).collect()
    }

    fn found_capability(query: &str) -> Option<&'static str> {
        search(query).capability.map(|capability| capability.id)
    }

    #[test]
    fn exact_names_match_one_permission() {
        for query in ["Users.Edit", "users: edit", "Users – Edit", "users - edit"] {
            assert_eq!(best(query), ["Users.Edit"], "{query}");
        }
        assert_eq!(best("DownloadCallRecordings"), ["DownloadCallRecordings"]);
        assert!(best("xyzzy").is_empty() && best("the").is_empty());
    }

    #[test]
    fn words_match_names_before_descriptions() {
        let found = search("queues edit");
        assert_eq!(found.best.first().map(|permission| permission.name()), Some("Queues.Edit"));
        assert_eq!(found.capability.map(|capability| capability.id), None);
        assert!(search("why can't this user reset passwords").best.iter().any(|one| one.name() == "Users.Edit"));
    }

    #[test]
    fn phrases_match_capabilities_in_any_inflection_and_legacy_names_are_folded() {
        for capability in capabilities() {
            let asked =
                [capability.phrase.to_owned(), capability.id.to_owned(), format!("Who can {}?", capability.phrase)];
            for query in asked {
                assert_eq!(found_capability(&query), Some(capability.id), "{query}");
            }
        }
        assert_eq!(found_capability("downloading recordings"), Some("download-recordings"));
        assert_eq!(found_capability("reset the password"), Some("reset-passwords"));
        assert_eq!(found_capability("listen in"), Some("listen-in"));
        assert_eq!((found_capability("recordings"), found_capability("edit users")), (None, None));
        for query in ["download recordings", "recordings", "recorded conversations"] {
            let found = search(query);
            assert!(!found.best.is_empty(), "{query}");
            assert!(found.best.iter().chain(&found.others).all(|permission| !permission.info().is_legacy()), "{query}");
        }
        assert_eq!(best("download recordings").len(), 6);
    }

    #[test]
    fn suggestions_contain_all_words() {
        let suggested = |query| suggested_capabilities(query).map(|one| one.id).collect::<Vec<_>>();
        assert_eq!(suggested("recordings"), ["play-recordings", "download-recordings", "delete-recordings"]);
        assert_eq!(suggested("Down"), ["download-recordings"]);
        assert_eq!(suggested("").len(), capabilities().len());
    }
}
