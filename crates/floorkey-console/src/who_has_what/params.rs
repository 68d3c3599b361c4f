//! The parameters of the "Who has what" page: a filter for users, the rows, the columns, and the sort order. All
//! parameters are in the URL.

use std::collections::HashMap;

use floorkey::review::capabilities::{Capability, capability};
use floorkey::{HierarchyGroupId, SecurityProfileId, User};

use super::PATH;
use crate::users::filter_access::exact_profiles;
use crate::users::filter_options::{self, Choices};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, FilterChip};

/// The parameters of the "Who has what" page.
pub(super) struct Params {
    pub(super) group_filter: Option<GroupFilter>,
    pub(super) profile: Option<SecurityProfileId>,
    /// Whether the URL contains the ID of a record that does not exist or that the viewer can't see. If so, no users
    /// match.
    pub(super) matches_none: bool,
    /// The kind of the rows; `None` if the page chooses it.
    pub(super) rows: Option<RowKind>,
    /// The level of the hierarchy by which users are grouped into teams.
    pub(super) level: Option<u8>,
    /// Whether the columns are permission groups instead of capabilities. They can be only if each row is a combination
    /// of security profiles.
    pub(super) by_permission_group: bool,
    pub(super) sort: Option<Sort>,
    /// The number of the page, from 1.
    pub(super) page: usize,
    /// The profiles to choose from.
    pub(super) profiles: Choices,
    /// The hierarchy groups to choose from.
    pub(super) groups: Choices,
    fields: Fields,
}

/// The kind of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowKind {
    Teams,
    Profiles,
    Users,
}

impl RowKind {
    pub(super) const ALL: [Self; 3] = [Self::Teams, Self::Profiles, Self::Users];

    /// Returns the value in the URL.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Teams => "team",
            Self::Profiles => "profiles",
            Self::Users => "user",
        }
    }
}

/// The order of the rows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sort {
    /// By name, ascending.
    Name,
    /// By number of users, most first.
    Users,
    /// By the number of users who have the capability, most first. If each row is a user, the worst extent comes first.
    Capability(&'static Capability),
}

impl Sort {
    fn parse(value: &str) -> Option<Self> {
        match value {
            "name" => Some(Self::Name),
            "users" => Some(Self::Users),
            id => capability(id).map(Self::Capability),
        }
    }

    /// Returns the value in the URL.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Users => "users",
            Self::Capability(capability) => capability.id,
        }
    }
}

/// A filter by hierarchy group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupFilter {
    /// Users in the hierarchy group or in a group below it.
    Subtree(HierarchyGroupId),
    /// Users in the hierarchy group itself, but not in the groups below it.
    Exact(HierarchyGroupId),
    /// Users without a hierarchy group.
    None,
}

impl Params {
    /// Parses the query string of a URL.
    pub(super) fn parse(viewer: &CurrentUser, fields: &Fields) -> Self {
        let (profiles, groups) = (filter_options::profiles(viewer), filter_options::groups(viewer));
        let offered = |choices: &Choices, value: &str| choices.iter().any(|(known, _)| known == value);
        let mut matches_none = false;
        let group_filter = fields.text("group").and_then(|value| match HierarchyGroupId::parse(value) {
            _ if value == "none" => Some(GroupFilter::None),
            Some(id) if offered(&groups, value) && fields.has("only") => Some(GroupFilter::Exact(id)),
            Some(id) if offered(&groups, value) => Some(GroupFilter::Subtree(id)),
            _ => {
                matches_none = true;
                None
            }
        });
        let profile = fields.text("profile").and_then(|value| {
            let found = SecurityProfileId::parse(value).filter(|_| offered(&profiles, value));
            matches_none |= found.is_none();
            found
        });
        let rows = RowKind::ALL.into_iter().find(|kind| kind.as_str() == fields.raw("by"));
        Self {
            group_filter,
            profile,
            matches_none,
            rows,
            level: fields.raw("level").parse().ok(),
            by_permission_group: rows == Some(RowKind::Profiles) && fields.raw("columns") == "groups",
            sort: Sort::parse(fields.raw("sort")),
            page: fields.raw("page").parse().unwrap_or(1),
            profiles,
            groups,
            fields: fields.without_blank().with("page", None),
        }
    }

    /// Returns the hierarchy group that the filter selects.
    pub(super) fn group(&self) -> Option<HierarchyGroupId> {
        match self.group_filter {
            Some(GroupFilter::Subtree(group) | GroupFilter::Exact(group)) => Some(group),
            _ => None,
        }
    }

    /// Returns a predicate for users that match the filters.
    pub(super) fn matches<'a>(&'a self, viewer: &'a CurrentUser) -> impl FnMut(&User) -> bool + 'a {
        let mut within: HashMap<HierarchyGroupId, bool> = HashMap::new();
        move |user| {
            let is_in_group = match (self.group_filter, user.hierarchy_group) {
                (None, _) | (Some(GroupFilter::None), None) => true,
                (Some(GroupFilter::Exact(group_filter)), Some(group)) => group_filter == group,
                (Some(GroupFilter::Subtree(top)), Some(group)) => {
                    *within.entry(group).or_insert_with(|| viewer.directory.is_within(group, top))
                }
                _ => false,
            };
            let has_profile = |profile| {
                user.assignments
                    .iter()
                    .any(|assignment| assignment.profile == profile && !assignment.has_ended(viewer.now))
            };
            !self.matches_none && is_in_group && self.profile.is_none_or(has_profile)
        }
    }

    /// Returns the URL of the page with its hierarchy group filter replaced by this filter.
    pub(super) fn url_for_group(&self, group_filter: GroupFilter) -> String {
        let base = self.fields.with("only", None).with("level", None).with("by", None);
        let fields = match group_filter {
            GroupFilter::Subtree(group) => base.with("group", Some(&group.to_string())),
            GroupFilter::Exact(group) => base.with("group", Some(&group.to_string())).with("only", Some("1")),
            GroupFilter::None => base.with("group", Some("none")),
        };
        address(&fields)
    }

    /// Returns the URL of the page with rows of this kind.
    pub(super) fn url_by(&self, rows: RowKind) -> String {
        address(
            &self.fields.with("by", Some(rows.as_str())).with("columns", None).with("sort", None).with("level", None),
        )
    }

    /// Returns the URL of the page with teams of this level of the hierarchy.
    pub(super) fn url_for_level(&self, level: u8) -> String {
        address(&self.fields.with("by", Some(RowKind::Teams.as_str())).with("level", Some(&level.to_string())))
    }

    /// Returns the URL of the page with permission groups or capabilities as columns.
    pub(super) fn url_for_columns(&self, by_permission_group: bool) -> String {
        let base = self.fields.with("by", Some(RowKind::Profiles.as_str())).with("sort", None);
        address(&base.with("columns", by_permission_group.then_some("groups")))
    }

    /// Returns the URL of the page with this order of the rows.
    pub(super) fn url_sorted(&self, sort: Sort) -> String {
        address(&self.fields.with("sort", Some(sort.as_str())))
    }

    /// Returns the URL of another page of the rows.
    pub(super) fn url_for_page(&self, page: usize) -> String {
        address(&self.fields.with("page", (page > 1).then(|| page.to_string()).as_deref()))
    }

    /// Returns the fields of the list of users for the users that this page counts, except disabled users.
    pub(super) fn list_fields(&self) -> Fields {
        let profile = self.profile.map(|profile| profile.to_string());
        let fields = Fields::default().with("profile", profile.as_deref());
        match self.group_filter {
            Some(group_filter) => in_group(&fields, group_filter),
            None => fields,
        }
    }

    /// Returns the labels of the active filters, each with the URL that removes the filter.
    pub(super) fn chips(&self) -> Vec<FilterChip> {
        let name = |choices: &Choices, field: &str| {
            let value = self.fields.raw(field);
            choices.iter().find(|(known, _)| known == value).map(|(_, name)| name.clone())
        };
        let chip = |field: &str, text: String| FilterChip {
            text,
            without: address(&self.fields.with(field, None).with("only", None).with("level", None)),
        };
        let there_is_none = |what: &str| format!("{what}: there is none");
        let group = self.fields.text("group").map(|_| {
            let text = match (self.group_filter, name(&self.groups, "group")) {
                (Some(GroupFilter::None), _) => "In no hierarchy group".to_owned(),
                (Some(GroupFilter::Exact(_)), Some(name)) => format!("Directly in {name}"),
                (Some(GroupFilter::Subtree(_)), Some(name)) => format!("In {name} or below"),
                _ => there_is_none("Hierarchy group"),
            };
            chip("group", text)
        });
        let profile = self.fields.text("profile").map(|_| {
            let name = name(&self.profiles, "profile");
            let text = name.map(|name| format!("Security profile: {name}"));
            let text = text.unwrap_or_else(|| there_is_none("Security profile"));
            FilterChip { text, without: address(&self.fields.with("profile", None)) }
        });
        group.into_iter().chain(profile).collect()
    }

    /// Returns the fields other than the filters, for hidden fields of the filter form.
    pub(super) fn view_fields(&self) -> Vec<(String, String)> {
        let views = ["by", "columns", "sort"];
        let fields = self.fields.iter().filter(|(name, _)| views.contains(name));
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// Returns the fields of the list of users with the users of this part of the hierarchy.
pub(super) fn in_group(fields: &Fields, group_filter: GroupFilter) -> Fields {
    let base = fields.with("group", None).with("in-group", None);
    match group_filter {
        GroupFilter::Subtree(group) => base.with("group", Some(&group.to_string())),
        GroupFilter::Exact(group) => base.with("in-group", Some(&group.to_string())),
        GroupFilter::None => base.with("group", Some("none")),
    }
}

/// Returns the fields of the list of users with the users who have exactly these profiles.
pub(super) fn with_profiles(fields: &Fields, profiles: &[SecurityProfileId]) -> Fields {
    fields.with("profiles", Some(&exact_profiles(profiles)))
}

fn address(fields: &Fields) -> String {
    format!("{PATH}{}", fields.query())
}
