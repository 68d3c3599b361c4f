//! The parameters of the "Who has what" page: a filter for users, and the kind of rows. All parameters are in the URL.

use std::collections::HashMap;

use floorkey::{HierarchyGroupId, SecurityProfileId, User};

use super::PATH;
use crate::users::filter_options::{self, Choices};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, FilterChip};

/// The parameters of the "Who has what" page.
pub(super) struct Params {
    pub(super) group_filter: Option<GroupFilter>,
    pub(super) profile: Option<SecurityProfileId>,
    /// Whether each row is a combination of security profiles, even if there are few users.
    pub(super) by_profiles: bool,
    /// Whether the URL contains the ID of a record that does not exist or that the viewer can't see. If so, no users
    /// match.
    pub(super) matches_none: bool,
    /// The profiles to choose from.
    pub(super) profiles: Choices,
    /// The hierarchy groups to choose from.
    pub(super) groups: Choices,
    fields: Fields,
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
        let by_profiles = fields.raw("by") == "profiles";
        Self { group_filter, profile, by_profiles, matches_none, profiles, groups, fields: fields.without_blank() }
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
        let base = self.fields.with("only", None);
        let fields = match group_filter {
            GroupFilter::Subtree(group) => base.with("group", Some(&group.to_string())),
            GroupFilter::Exact(group) => base.with("group", Some(&group.to_string())).with("only", Some("1")),
            GroupFilter::None => base.with("group", Some("none")),
        };
        address(&fields)
    }

    /// Returns the URL of the page with rows for users and teams, or with rows for combinations of profiles.
    pub(super) fn url_by(&self, profiles: bool) -> String {
        address(&self.fields.with("by", profiles.then_some("profiles")))
    }

    /// Returns the URL of the list of users in the filter's hierarchy group who have these profiles.
    pub(super) fn users_url(&self, profiles: &[SecurityProfileId]) -> String {
        let group = match self.group_filter {
            None => None,
            Some(GroupFilter::None) => Some("none".to_owned()),
            Some(GroupFilter::Subtree(group) | GroupFilter::Exact(group)) => Some(group.to_string()),
        };
        let fields = Fields::default().with("group", group.as_deref());
        let pairs = profiles.iter().map(|profile| format!("profile={profile}")).collect::<Vec<_>>().join("&");
        let begin = format!("/connect/users{}", fields.query());
        match pairs.is_empty() {
            true => begin,
            false => format!("{begin}{}{pairs}", if begin.contains('?') { '&' } else { '?' }),
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
            without: address(&self.fields.with(field, None).with("only", None)),
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
}

fn address(fields: &Fields) -> String {
    format!("{PATH}{}", fields.query())
}
