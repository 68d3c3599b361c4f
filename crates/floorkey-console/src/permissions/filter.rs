//! The filter of the catalog, parsed from the query string.

use floorkey::catalog::Risk;
use floorkey::review::risks::BY_SEVERITY;
use floorkey::{Permission, catalog};

use super::usage::PermissionUsage;
use crate::profiles::risk;
use crate::web::form::{Fields, FilterChip};
use crate::web::search_terms::search_terms;
use crate::web::text;

/// The conditions of the filter.
#[derive(Default)]
pub(super) struct PermissionFilter {
    /// The search text as typed.
    pub(super) search: String,
    /// The words of the search text, in lowercase.
    words: Vec<String>,
    pub(super) group: Option<&'static str>,
    pub(super) risk: Option<Risk>,
    /// `Some(true)` matches permissions that at least one user has. `Some(false)` matches permissions that no user has.
    pub(super) is_used: Option<bool>,
}

impl PermissionFilter {
    /// Parses a query string. Ignores unknown values. If the viewer cannot see which users have a permission, also
    /// ignores the condition about users.
    pub(super) fn parse(fields: &Fields, knows_usage: bool) -> Self {
        let search = fields.text("q").unwrap_or_default().to_owned();
        let risk = fields.raw("risk");
        let is_used = match fields.raw("held") {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        Self {
            words: search_terms(&search),
            search,
            group: catalog().groups().into_iter().find(|group| slug(group) == fields.raw("group")),
            risk: BY_SEVERITY.into_iter().find(|known| known.as_str() == risk),
            is_used: is_used.filter(|_| knows_usage),
        }
    }

    /// Whether any condition is set.
    pub(super) fn is_set(&self) -> bool {
        !self.words.is_empty() || self.group.is_some() || self.risk.is_some() || self.is_used.is_some()
    }

    /// Whether the permission matches the filter.
    pub(super) fn matches(&self, permission: Permission, usage: Option<&PermissionUsage>) -> bool {
        let info = permission.info();
        self.group.is_none_or(|group| info.group == group)
            && self.risk.is_none_or(|risk| info.risks.contains(&risk))
            && self.is_used.is_none_or(|is_used| usage.is_none_or(|usage| (usage.get(permission).users > 0) == is_used))
            && self.is_found_in(permission)
    }

    /// Whether every search word occurs in one of the permission's names or in its description.
    fn is_found_in(&self, permission: Permission) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let info = permission.info();
        let display_name = text::permission(permission);
        let text =
            [&display_name, &info.name, &info.group, &info.description].map(|text| text.to_lowercase()).join("\n");
        self.words
            .iter()
            .all(|word| text.contains(word) || info.aliases.iter().any(|name| name.to_lowercase() == *word))
    }

    /// Returns the conditions as text, each with a link that removes the condition.
    pub(super) fn chips(&self, fields: &Fields) -> Vec<FilterChip> {
        let chip = |name: &str, text: String| {
            let without = format!("{}{}", super::LIST, fields.without_blank().with(name, None).query());
            FilterChip { text, without }
        };
        let search = (!self.search.is_empty()).then(|| chip("q", format!("“{}”", self.search)));
        let group = self.group.map(|group| chip("group", group.to_owned()));
        let risk = self.risk.map(|risk| chip("risk", floorkey::text::capitalized(risk::badge(risk).text)));
        let is_used = self.is_used.map(|is_used| match is_used {
            true => chip("held", "Granted to users".to_owned()),
            false => chip("held", "Granted to no users".to_owned()),
        });
        [search, group, risk, is_used].into_iter().flatten().collect()
    }
}

/// Converts a group's name for use in an address, such as `users-and-permissions`.
pub(super) fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str) -> Vec<&'static str> {
        let filter = PermissionFilter::parse(&Fields::parse(query.as_bytes()), true);
        catalog().permissions().filter(|one| filter.matches(*one, None)).map(Permission::name).collect()
    }

    #[test]
    fn search_covers_names_aliases_and_descriptions() {
        assert_eq!(found("q=users.edit"), ["Users.Edit", "Users.EditPermission"]);
        assert!(found("q=reset+PASSWORD").contains(&"Users.Edit"));
        assert_eq!(found("q=realtimemetrics.access"), ["AccessMetrics.RealTimeMetrics.Access"]);
        assert!(found("q=users%3A+edit").contains(&"Users.Edit"));
        assert!(found("q=no+such+thing+anywhere").is_empty());
    }

    #[test]
    fn groups_and_risks_filter_and_unknown_values_are_ignored() {
        let all = catalog().permissions().len();
        assert_eq!(found("").len(), all);
        assert_eq!(found("group=nothing&risk=none&held=perhaps").len(), all);
        assert!(found("group=users-and-permissions&risk=escalation").contains(&"Users.Edit"));
        assert!(found("group=routing&risk=escalation").is_empty());
    }

    #[test]
    fn group_slugs_are_unique() {
        let mut slugs: Vec<_> = catalog().groups().into_iter().map(slug).collect();
        let all = slugs.len();
        slugs.sort();
        slugs.dedup();
        assert_eq!(slugs.len(), all);
    }
}
