//! Descriptions of scopes as text.

use super::Viewer;
use crate::scope::{HierarchyScope, Scope};
use crate::user::User;

impl Viewer<'_> {
    /// Returns text that describes which users or resources a user's permission applies to within a scope. The text
    /// contains only names that are visible to the principal.
    #[must_use]
    pub fn scope_text(&self, user: &User, scope: &Scope) -> String {
        let mut words = Vec::new();
        if !scope.tags.is_empty() {
            let tags: Vec<String> = scope.tags.iter().map(|(key, value)| format!("{key} = {value}")).collect();
            words.push(format!("with the tags {}", tags.join(" and ")));
        }
        if let Some(hierarchy) = scope.hierarchy {
            let own = if hierarchy == HierarchyScope::Own { ", the user's own group" } else { "" };
            words.push(match scope.top_group(user) {
                Some(group) => {
                    let path = self.group_path(group).unwrap_or_else(|| "a group outside your scope".to_owned());
                    format!("in {path}{own}, and below")
                }
                None => "no users: the user is not in a hierarchy group".to_owned(),
            });
        }
        words.extend(scope.condition_labels());
        words.join(", ")
    }
}
