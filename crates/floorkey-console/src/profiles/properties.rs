//! The table of security profiles: its columns, the properties that it can be filtered by, and their values.

use floorkey::{Permission, SecurityProfileId, catalog};

use super::can_see;
use super::risk::PROFILE_RISKS;
use crate::web::current_user::CurrentUser;
use crate::web::property_filter::{FilterValues, Property, Relation, ValueChoice, Values, contains_words};
use crate::web::table::{Column, Narrow, Table, Width};
use crate::web::text;

/// The table of security profiles.
pub(super) static PROFILES: Table = Table {
    id: "profiles",
    path: super::LIST,
    noun: "security profile",
    columns: || &COLUMNS,
    sorted_by: "name",
    properties: &PROPERTIES,
    aliases: &[],
    sizes: &[100],
};

static COLUMNS: [Column; 10] = [
    Column::new("name", "Name", Width::Flexible),
    Column::new("description", "Description", Width::Flexible),
    Column::new("users", "Users", Width::Small).number().by_default().narrow(Narrow::Beside),
    Column::new("permissions", "Permissions", Width::Small).number().by_default(),
    Column::new("risk", "Risks", Width::Large).by_default().narrow(Narrow::Below),
    Column::new("control", "Access control", Width::Medium).by_default(),
    Column::new("default", "Default", Width::Small).by_default(),
    Column::new("assigns", "Can assign", Width::Small).number().by_default(),
    Column::new("applications", "Applications", Width::Medium),
    Column::new("changed", "Last change", Width::Small).descending().by_default(),
];

pub(super) static PROPERTIES: [Property; 8] = [
    Property::options("risk", "Risk", PROFILE_RISKS),
    Property::options("users", "Users", &[("none", "None"), ("some", "One or more")]),
    Property::options(
        "default",
        "Default profile",
        &[("same", "Unchanged"), ("changed", "Changed"), ("none", "Not a default profile")],
    ),
    Property::new("application", "Application", &[Relation::Is, Relation::Empty], Values::Suggested),
    Property::new("permission", "Permission", &[Relation::Is], Values::Suggested),
    Property::options(
        "control",
        "Access control",
        &[("none", "Not limited"), ("own", "Own hierarchy group"), ("group", "A hierarchy group"), ("tags", "Tags")],
    ),
    Property::new("assigns", "Can assign", &[Relation::Is, Relation::Empty], Values::Suggested),
    Property::new("changed", "Last change", &[Relation::Before, Relation::After], Values::Date { is_future: false }),
];

/// Returns the properties that a viewer can filter by. `counts_users` says whether the viewer sees how many users a
/// profile has.
pub(super) fn offered(counts_users: bool) -> Vec<&'static Property> {
    PROPERTIES.iter().filter(|property| counts_users || property.id != "users").collect()
}

/// Looks up the values of the properties, as far as the viewer can see them.
pub(super) struct ProfileValues<'a>(pub(super) &'a CurrentUser);

impl FilterValues for ProfileValues<'_> {
    fn text(&self, property: &Property, value: &str) -> Option<String> {
        match property.id {
            "application" => self.applications().any(|name| name == value).then(|| value.to_owned()),
            "permission" => find_permission(value).map(text::permission),
            "assigns" => {
                let id = SecurityProfileId::parse(value)?;
                self.0.visibility().profile(id).shows_name().then(|| text::profile(&self.0.visibility(), id))
            }
            _ => None,
        }
    }

    fn choices(&self, property: &Property, words: &[String], max: usize) -> Vec<ValueChoice> {
        let all: Box<dyn Iterator<Item = ValueChoice> + '_> = match property.id {
            "application" => {
                let mut names: Vec<_> = self.applications().collect();
                names.sort_unstable();
                names.dedup();
                Box::new(names.into_iter().map(|name| ValueChoice::new(name, name)))
            }
            "permission" => Box::new(catalog().permissions().map(|permission| ValueChoice {
                detail: permission.name().to_owned(),
                ..ValueChoice::new(permission.name(), text::permission(permission))
            })),
            "assigns" => {
                let visibility = self.0.visibility();
                let visible = self.0.directory.profiles().filter(move |one| visibility.profile(one.id).shows_name());
                Box::new(visible.map(|one| ValueChoice::new(one.id.to_string(), one.name.clone())))
            }
            _ => Box::new(std::iter::empty()),
        };
        let fits = |choice: &ValueChoice| contains_words(&format!("{} {}", choice.text, choice.detail), words);
        all.filter(fits).take(max).collect()
    }
}

impl ProfileValues<'_> {
    /// Returns the namespaces of the applications in which visible profiles grant permissions. They can be repeated.
    fn applications(&self) -> impl Iterator<Item = &str> {
        let visible = self.0.directory.profiles().filter(|profile| can_see(self.0, profile.id));
        visible.flat_map(|profile| profile.applications.iter().map(|granted| granted.namespace.as_str()))
    }
}

/// Finds a permission by its API name or its display name.
pub(super) fn find_permission(text: &str) -> Option<Permission> {
    let found = Permission::parse(text).ok();
    found.or_else(|| {
        let display_name = text.to_lowercase();
        catalog().permissions().find(|permission| {
            text::permission(*permission).to_lowercase() == display_name
                || permission.name().to_lowercase() == display_name
        })
    })
}

#[cfg(test)]
mod tests {
    use floorkey::review::risks::BY_SEVERITY;

    use super::*;
    use crate::profiles::risk;

    #[test]
    fn every_risk_can_be_filtered_by_under_its_name() {
        let Values::Options(options) = PROPERTIES[0].values else { panic!("risks are options") };
        for risk in BY_SEVERITY {
            let text = floorkey::text::capitalized(risk::badge(risk).text);
            assert!(options.contains(&(risk.as_str(), text.as_str())), "{risk:?}");
        }
    }
}
