//! The filter and the sort orders of the catalog.

use floorkey::catalog::{Polarity, Risk};
use floorkey::review::risks::BY_SEVERITY;
use floorkey::text::folded;
use floorkey::{Permission, PermissionSet, SecurityProfileId, catalog};

use super::usage::PermissionUsage;
use crate::web::current_user::CurrentUser;
use crate::web::property_filter::{PropertyFilter, Token};
use crate::web::search_terms::search_terms;
use crate::web::table::{Sort, sort_rows};
use crate::web::text;

/// The tests that the tokens of a property filter stand for.
pub(super) struct PermissionFilter {
    /// The words of the search text, in lowercase.
    words: Vec<String>,
    conditions: Vec<(PermissionTest, bool)>,
}

enum PermissionTest {
    Group(&'static str),
    Risk(Risk),
    NoRisk,
    /// Whether at least one user has the permission.
    IsUsed(bool),
    Current,
    Legacy,
    Restriction,
    /// The permissions of a security profile.
    In(Box<PermissionSet>),
}

impl PermissionFilter {
    /// Returns `None` if a value is invalid or unknown. No permission matches then. Which users have a permission is
    /// unknown to viewers without `usage`.
    pub(super) fn new(filter: &PropertyFilter, viewer: &CurrentUser, knows_usage: bool) -> Option<Self> {
        let condition = |token: &Token| match token.property.id {
            "profile" => {
                let id = SecurityProfileId::parse(&token.value)?;
                let profile = viewer.directory.profile(id)?;
                let is_visible = viewer.visibility().profile(id).shows_details();
                let granted = floorkey::effective(profile.permissions.permissions());
                is_visible.then(|| (PermissionTest::In(Box::new(granted)), token.operator.is_negated))
            }
            _ => Some((PermissionTest::option(token, knows_usage)?, token.operator.is_negated)),
        };
        let conditions = filter.tokens.iter().map(condition).collect::<Option<Vec<_>>>()?;
        Some(Self { words: search_terms(&filter.search), conditions })
    }

    /// Whether the permission matches the filter.
    pub(super) fn matches(&self, permission: Permission, usage: Option<&PermissionUsage>) -> bool {
        self.conditions.iter().all(|(test, is_negated)| test.holds(permission, usage) != *is_negated)
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
}

impl PermissionTest {
    fn option(token: &Token, knows_usage: bool) -> Option<Self> {
        Some(match (token.property.id, token.value.as_str()) {
            ("group", value) => Self::Group(catalog().groups().into_iter().find(|group| slug(group) == value)?),
            ("risk", "none") => Self::NoRisk,
            ("risk", value) => Self::Risk(BY_SEVERITY.into_iter().find(|risk| risk.as_str() == value)?),
            ("users", "some") if knows_usage => Self::IsUsed(true),
            ("users", "none") if knows_usage => Self::IsUsed(false),
            ("kind", "current") => Self::Current,
            ("kind", "legacy") => Self::Legacy,
            ("kind", "restriction") => Self::Restriction,
            _ => return None,
        })
    }

    fn holds(&self, permission: Permission, usage: Option<&PermissionUsage>) -> bool {
        let info = permission.info();
        match self {
            Self::Group(group) => info.group == *group,
            Self::Risk(risk) => info.risks.contains(risk),
            Self::NoRisk => info.risks.is_empty(),
            Self::IsUsed(is_used) => usage.is_some_and(|usage| (usage.get(permission).users > 0) == *is_used),
            Self::Current => !info.is_legacy() && info.polarity != Polarity::Restriction,
            Self::Legacy => info.is_legacy(),
            Self::Restriction => info.polarity == Polarity::Restriction,
            Self::In(granted) => granted.contains(permission),
        }
    }
}

/// Sorts permissions, which are in the order of the catalog's groups.
pub(super) fn sorted(found: Vec<Permission>, sort: Sort, usage: Option<&PermissionUsage>) -> Vec<Permission> {
    let severity = |permission: &Permission| BY_SEVERITY.iter().position(|risk| permission.info().risks.contains(risk));
    let count = |permission: &Permission| usage.map(|usage| usage.get(*permission));
    match sort.column {
        "name" => sort_rows(found, sort, |permission| Some(folded(&text::permission(*permission)))),
        "api" => sort_rows(found, sort, |permission| Some(permission.name())),
        "about" => sort_rows(found, sort, |permission| Some(folded(&permission.info().description))),
        "risk" => sort_rows(found, sort, severity),
        "users" => sort_rows(found, sort, |permission| count(permission).map(|count| count.users)),
        "profiles" => sort_rows(found, sort, |permission| count(permission).map(|count| count.profiles)),
        _ if sort.is_descending() => found.into_iter().rev().collect(),
        _ => found,
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
    use crate::permissions::properties::PERMISSIONS;
    use crate::web::form::Fields;
    use crate::web::property_filter::Values;

    fn found(query: &str) -> Vec<&'static str> {
        let fields = Fields::parse(query.as_bytes());
        let filter = PropertyFilter::parse(&fields, PERMISSIONS.properties, PERMISSIONS.aliases);
        let condition = |token: &Token| Some((PermissionTest::option(token, false)?, token.operator.is_negated));
        let Some(conditions) = filter.tokens.iter().map(condition).collect() else { return Vec::new() };
        let filter = PermissionFilter { words: search_terms(&filter.search), conditions };
        catalog().permissions().filter(|one| filter.matches(*one, None)).map(Permission::name).collect()
    }

    #[test]
    fn search_covers_names_aliases_and_descriptions() {
        assert_eq!(found("q=users.edit"), ["Users.Edit", "Users.EditPermission"]);
        assert!(found("q=reset+PASSWORD").contains(&"Users.Edit"));
        assert_eq!(found("q=realtimemetrics.access"), ["AccessMetrics.RealTimeMetrics.Access"]);
        assert!(found("q=users+edit").contains(&"Users.Edit"));
        assert!(found("q=no+such+thing+anywhere").is_empty());
    }

    #[test]
    fn properties_filter_and_their_negations_are_the_rest() {
        let all = catalog().permissions().len();
        assert_eq!(found("").len(), all);
        assert!(found("group=users-and-permissions&risk=escalation").contains(&"Users.Edit"));
        assert!(found("group=routing&risk=escalation").is_empty());
        let Values::Options(risks) = PERMISSIONS.properties[1].values else { panic!("risks are options") };
        let options = risks
            .iter()
            .map(|(risk, _)| ("risk", *risk))
            .chain(["current", "legacy", "restriction"].map(|kind| ("kind", kind)));
        for (property, value) in options {
            let (is, is_not) = (found(&format!("{property}={value}")), found(&format!("{property}.not={value}")));
            assert!(!is.is_empty(), "{property}={value}");
            assert_eq!(is.len() + is_not.len(), all, "{property}={value}");
        }
    }

    #[test]
    fn unknown_values_and_unknown_numbers_match_nothing() {
        for query in ["group=nothing", "risk.not=nothing", "users=none", "held=no", "users.not=none"] {
            assert!(found(query).is_empty(), "{query}");
        }
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
