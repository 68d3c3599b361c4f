//! Describes how a change affects users, and describes the scope of grants.

use floorkey::PermissionSet;
use floorkey::review::effect::{AccessChange, Effect, UserEffect};
use floorkey::scope::{HierarchyScope, Scope};
use floorkey::visibility::Viewer;

use super::text;

/// A phrase about an effect. It consists of a CSS class (`added`, `removed` or `changed`) and a text.
pub(crate) type Phrase = (&'static str, String);

/// Describes the effect on a user. Each phrase names at most `names_max` permissions, and only states how many more
/// permissions there are.
pub(crate) fn phrases(effect: &UserEffect, names_max: usize) -> Vec<Phrase> {
    [gained_and_lost(effect, names_max), scope_phrases(effect, names_max)].concat()
}

fn gained_and_lost(effect: &UserEffect, names_max: usize) -> Vec<Phrase> {
    let sets = [("added", "New permissions", &effect.gained), ("removed", "Removed permissions", &effect.lost)];
    sets.into_iter().filter_map(|(class, label, set)| phrase(class, label, set, names_max)).collect()
}

/// Returns the same phrases as [`phrases`], except those about gained and lost permissions.
pub(crate) fn scope_phrases(effect: &UserEffect, names_max: usize) -> Vec<Phrase> {
    let sets = [
        ("added", "Cover more users or resources than before", &effect.widened),
        ("removed", "Cover fewer users or resources than before", &effect.narrowed),
        ("changed", "Cover different users or resources than before", &effect.moved),
        ("removed", "New restrictions", &effect.restrictions_added),
        ("added", "Restrictions that no longer apply", &effect.restrictions_removed),
    ];
    let applications = [
        (AccessChange::Gained, "added", "New in applications"),
        (AccessChange::Lost, "removed", "Removed in applications"),
        (AccessChange::Widened, "added", "Cover more in applications than before"),
        (AccessChange::Narrowed, "removed", "Cover less in applications than before"),
        (AccessChange::Moved, "changed", "Cover something else in applications than before"),
    ];
    let applications = applications.into_iter().filter_map(|(change, class, label)| {
        let names: Vec<_> =
            effect.applications_with(change).map(|(namespace, name)| format!("{name} in {namespace}")).collect();
        (!names.is_empty()).then(|| (class, format!("{label}: {}", text::join_names(&names, names_max))))
    });
    sets.into_iter()
        .filter_map(|(class, label, set)| phrase(class, label, set, names_max))
        .chain(applications)
        .collect()
}

fn phrase(class: &'static str, label: &str, set: &PermissionSet, names_max: usize) -> Option<Phrase> {
    (!set.is_empty()).then(|| (class, format!("{label}: {}", text::permissions(set, names_max))))
}

/// Returns the numbers of users who can do more, less, both more and less, or the same as before. Leaves out zeros.
/// Each number is a string such as `12 users`, followed by a second string that completes the sentence.
pub(crate) fn user_counts(effect: &Effect) -> Vec<(String, &'static str)> {
    let counts = [
        (effect.users_with_more, " can do more"),
        (effect.users_with_less, " can do less"),
        (effect.users_with_both, " can do more in one respect and less in another"),
        (effect.unchanged, ": no change"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    counts.map(|(count, text)| (text::count_noun(count, "user"), text)).collect()
}

/// Describes a scope. The description starts with `noun`, as in `users in their own hierarchy group or below`.
pub(crate) fn scope_text(visibility: &Viewer<'_>, scope: &Scope, noun: &str) -> String {
    let mut parts = vec![noun.to_owned()];
    match scope.hierarchy {
        Some(HierarchyScope::Own) => parts.push("in their own hierarchy group or below".to_owned()),
        Some(HierarchyScope::Group(id)) => parts.push(format!("in {} or below", text::group(visibility, id))),
        None => {}
    }
    if !scope.tags.is_empty() {
        let tags: Vec<String> = scope.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
        parts.push(format!("tagged {}", tags.join(" and ")));
    }
    parts.extend(scope.condition_labels());
    parts.join(" ")
}
