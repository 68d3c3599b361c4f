//! The table of permissions: its columns, the properties that it can be filtered by, and their values.

use floorkey::{SecurityProfileId, catalog};

use super::filter::slug;
use crate::profiles::risk::PERMISSION_RISKS;
use crate::web::current_user::CurrentUser;
use crate::web::property_filter::{
    Alias, FilterValues, Operator, Property, Relation, ValueChoice, Values, contains_words,
};
use crate::web::table::{Column, Narrow, Table, Width};

/// The table of permissions.
pub(super) static PERMISSIONS: Table = Table {
    id: "permissions",
    path: super::LIST,
    noun: "permission",
    columns: || &COLUMNS,
    sorted_by: "group",
    properties: &PROPERTIES,
    aliases: &ALIASES,
    sizes: &[100],
};

static COLUMNS: [Column; 7] = [
    Column::new("name", "Permission", Width::Flexible),
    Column::new("api", "API name", Width::Large).by_default(),
    Column::new("about", "What it allows", Width::Flexible).by_default().narrow(Narrow::Below),
    Column::new("group", "Group", Width::Medium),
    Column::new("risk", "Risks", Width::Large).by_default().narrow(Narrow::Beside),
    Column::new("users", "Users", Width::Small).number().by_default(),
    Column::new("profiles", "Profiles", Width::Small).number(),
];

static PROPERTIES: [Property; 5] = [
    Property::new("group", "Group", &[Relation::Is], Values::Suggested),
    Property::options("risk", "Risk", PERMISSION_RISKS),
    Property::options("users", "Users", &[("some", "One or more"), ("none", "None")]),
    Property::options("kind", "Kind", &[("current", "Current"), ("legacy", "Legacy"), ("restriction", "Restriction")]),
    Property::new("profile", "Security profile", &[Relation::Is], Values::Suggested),
];

static ALIASES: [Alias; 2] = [
    Alias::value("held", "yes", "users", Operator::IS).with("some"),
    Alias::value("held", "no", "users", Operator::IS).with("none"),
];

/// Returns the properties that a viewer can filter by. `knows_usage` says whether the viewer sees how many users have a
/// permission.
pub(super) fn offered(viewer: &CurrentUser, knows_usage: bool) -> Vec<&'static Property> {
    let is_offered = |property: &&Property| match property.id {
        "users" => knows_usage,
        "profile" => viewer.sees_profiles(),
        _ => true,
    };
    PROPERTIES.iter().filter(is_offered).collect()
}

/// Looks up the values of the properties, as far as the viewer can see them.
pub(super) struct PermissionValues<'a>(pub(super) &'a CurrentUser);

impl FilterValues for PermissionValues<'_> {
    fn text(&self, property: &Property, value: &str) -> Option<String> {
        match property.id {
            "group" => catalog().groups().into_iter().find(|group| slug(group) == value).map(str::to_owned),
            "profile" => {
                let id = SecurityProfileId::parse(value)?;
                let is_visible = self.0.visibility().profile(id).shows_details();
                self.0.directory.profile(id).filter(|_| is_visible).map(|profile| profile.name.clone())
            }
            _ => None,
        }
    }

    fn choices(&self, property: &Property, words: &[String], max: usize) -> Vec<ValueChoice> {
        let visibility = self.0.visibility();
        let all: Vec<ValueChoice> = match property.id {
            "group" => catalog().groups().into_iter().map(|group| ValueChoice::new(slug(group), group)).collect(),
            "profile" => {
                let profiles = self.0.directory.profiles();
                let visible = profiles.filter(|profile| visibility.profile(profile.id).shows_details());
                visible.map(|profile| ValueChoice::new(profile.id.to_string(), profile.name.clone())).collect()
            }
            _ => Vec::new(),
        };
        all.into_iter().filter(|choice| contains_words(&choice.text, words)).take(max).collect()
    }
}
