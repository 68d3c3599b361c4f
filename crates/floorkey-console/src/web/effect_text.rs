//! Text for the effects of a change on users, and for the scope of grants.

use floorkey::PermissionSet;
use floorkey::review::effect::{Effect, ReachChange, UserEffect};
use floorkey::scope::{HierarchyScope, Scope};
use floorkey::visibility::Viewer;

use super::text;

/// A phrase about an effect: its CSS class (`added`, `removed` or `changed`) and its text.
pub(crate) type Phrase = (&'static str, String);

/// Describes the effect on a user, with at most `shown` permission names in each phrase; the remainder is a count.
pub(crate) fn phrases(effect: &UserEffect, shown: usize) -> Vec<Phrase> {
    [gained_and_lost(effect, shown), besides(effect, shown)].concat()
}

fn gained_and_lost(effect: &UserEffect, shown: usize) -> Vec<Phrase> {
    let sets = [("added", "New permissions", &effect.gained), ("removed", "Removed permissions", &effect.lost)];
    sets.into_iter().filter_map(|(look, lead, set)| phrase(look, lead, set, shown)).collect()
}

/// Like [`phrases`], without gained and lost permissions.
pub(crate) fn besides(effect: &UserEffect, shown: usize) -> Vec<Phrase> {
    let sets = [
        ("added", "Cover more users or resources than before", &effect.wider),
        ("removed", "Cover fewer users or resources than before", &effect.narrower),
        ("changed", "Cover different users or resources than before", &effect.elsewhere),
        ("removed", "New restrictions", &effect.limits_on),
        ("added", "Restrictions that no longer apply", &effect.limits_off),
    ];
    let applications = [
        (ReachChange::Gained, "added", "New in applications"),
        (ReachChange::Lost, "removed", "Removed in applications"),
        (ReachChange::Wider, "added", "Cover more in applications than before"),
        (ReachChange::Narrower, "removed", "Cover less in applications than before"),
        (ReachChange::Elsewhere, "changed", "Cover something else in applications than before"),
    ];
    let applications = applications.into_iter().filter_map(|(change, look, lead)| {
        let names: Vec<_> =
            effect.applications_with(change).map(|(namespace, name)| format!("{name} in {namespace}")).collect();
        (!names.is_empty()).then(|| (look, format!("{lead}: {}", text::list(&names, shown))))
    });
    sets.into_iter().filter_map(|(look, lead, set)| phrase(look, lead, set, shown)).chain(applications).collect()
}

fn phrase(look: &'static str, lead: &str, set: &PermissionSet, shown: usize) -> Option<Phrase> {
    let names: Vec<String> = set.iter().map(text::permission).collect();
    (!names.is_empty()).then(|| (look, format!("{lead}: {}", text::list(&names, shown))))
}

/// The numbers of users who can do more, less, both, or the same as before, without zeros: `12 users` and the text that
/// follows.
pub(crate) fn figures(effect: &Effect) -> Vec<(String, &'static str)> {
    let figures = [
        (effect.more, " can do more"),
        (effect.less, " can do less"),
        (effect.both, " can do more in one respect and less in another"),
        (effect.unchanged, ": no change"),
    ];
    let figures = figures.into_iter().filter(|(count, _)| *count > 0);
    figures.map(|(count, text)| (text::count(count, "user"), text)).collect()
}

/// Describes a scope, beginning with a noun: `users in their own hierarchy group or below`.
pub(crate) fn within(visibility: &Viewer<'_>, scope: &Scope, noun: &str) -> String {
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
    parts.extend(scope.conditions_in_words());
    parts.join(" ")
}
