//! Messages of refusals in the audit log, with the names of records instead of their IDs.

use floorkey::visibility::Viewer;
use floorkey::{Directory, HierarchyGroupId, ResourceId, SecurityProfileId, UserId};

use crate::web::text;

/// The length of a hyphenated UUID.
const UUID_CHARS: usize = 36;

/// Replaces each ID in the message with the current name of its record. IDs of records whose names the viewer can't
/// see, and of deleted records, stay.
pub(super) fn with_names(visible: &Viewer<'_>, directory: &Directory, message: &str) -> String {
    replace_ids(message, |id| record_name(visible, directory, id))
}

/// Returns the name of the record with this ID, if the viewer can see the name.
fn record_name(visible: &Viewer<'_>, directory: &Directory, id: &str) -> Option<String> {
    let user = || {
        let id = UserId::parse(id)?;
        visible.user_name(id)?;
        directory.user(id).map(|user| text::user(user))
    };
    let profile = || visible.profile_name(SecurityProfileId::parse(id)?).map(str::to_owned);
    let group = || visible.group_name(HierarchyGroupId::parse(id)?).map(str::to_owned);
    let resource = || visible.resource_name(ResourceId::parse(id)?).map(str::to_owned);
    user().or_else(profile).or_else(group).or_else(resource)
}

/// Replaces each ID for which `name_of` returns a name. The name gets quotation marks instead of the ID's backticks.
fn replace_ids(message: &str, name_of: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::with_capacity(message.len());
    let mut rest = message;
    while !rest.is_empty() {
        let start = usize::from(rest.starts_with('`'));
        let end = start + UUID_CHARS;
        if let Some(name) = rest.get(start..end).and_then(&name_of) {
            text.extend(["“", name.as_str(), "”"]);
            let after = rest.get(end..).unwrap_or_default();
            rest = if start == 1 { after.strip_prefix('`').unwrap_or(after) } else { after };
        } else {
            let mut chars = rest.chars();
            text.extend(chars.next());
            rest = chars.as_str();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: &str = "0f0f0f0f-0000-4000-8000-000000000001";
    const PARTIAL: &str = "0f0f0f0f-0000-4000-8000-00000000000";
    const HIDDEN: &str = "0f0f0f0f-0000-4000-8000-000000000002";

    #[test]
    fn ids_become_names_where_the_name_is_visible() {
        let name_of = |id: &str| (id == ANN).then(|| "Ann Lee (ann)".to_owned());
        for (message, expected) in [
            (format!("it doesn't cover the user `{ANN}`"), "it doesn't cover the user “Ann Lee (ann)”".to_owned()),
            (format!("the user {ANN} (`ann`)"), "the user “Ann Lee (ann)” (`ann`)".to_owned()),
            (format!("`{HIDDEN}`, `{ANN}`"), format!("`{HIDDEN}`, “Ann Lee (ann)”")),
            (format!("“é” {PARTIAL}"), format!("“é” {PARTIAL}")),
            (String::new(), String::new()),
        ] {
            assert_eq!(replace_ids(&message, name_of), expected);
        }
    }
}
