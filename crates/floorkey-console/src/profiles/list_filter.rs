//! The filter and the sort orders of the list of security profiles.

use std::sync::Arc;

use floorkey::catalog::Risk;
use floorkey::review::default_diff::default_diff;
use floorkey::review::risks::BY_SEVERITY;
use floorkey::text::folded;
use floorkey::{
    Permission, PermissionSet, SecurityProfile, SecurityProfileId, Timestamp, catalog, countable_permissions,
};
use jiff::tz::TimeZone;

use super::properties::find_permission;
use crate::web::current_user::CurrentUser;
use crate::web::property_filter::{PropertyFilter, Relation, Token, start_of_day};
use crate::web::search_terms::search_terms;
use crate::web::table::{Sort, sort_rows};

/// A profile with what the list shows of it.
pub(super) struct ListedProfile<'a> {
    pub(super) profile: &'a Arc<SecurityProfile>,
    /// The effective permissions, with or without a scope.
    pub(super) granted: PermissionSet,
    /// The number of permissions, each counted once under its current name.
    pub(super) permissions: usize,
    pub(super) users: usize,
    /// Whether the profile is the same as its default profile. `None` if it has none.
    pub(super) is_default: Option<bool>,
}

impl<'a> ListedProfile<'a> {
    pub(super) fn new(viewer: &CurrentUser, profile: &'a Arc<SecurityProfile>) -> Self {
        let permissions = profile.permissions.permissions();
        Self {
            granted: floorkey::effective(permissions),
            permissions: countable_permissions(permissions).len(),
            users: viewer.directory.profile_user_count_at(profile.id, viewer.now),
            is_default: default_diff(profile).map(|diff| diff.is_same()),
            profile,
        }
    }

    /// Whether the profile has every permission that grants access.
    pub(super) fn is_full(&self) -> bool {
        catalog().granting().is_subset(&self.granted)
    }

    fn has_risk(&self, risk: Risk) -> bool {
        let granting = self.granted.intersection(catalog().granting());
        granting.iter().any(|permission| permission.info().risks.contains(&risk))
    }

    /// Returns the place of the most severe risk. Full access comes before all risks.
    fn severity(&self) -> Option<usize> {
        match self.is_full() {
            true => Some(0),
            false => BY_SEVERITY.iter().position(|risk| self.has_risk(*risk)).map(|at| at + 1),
        }
    }
}

/// The part of resources that a profile's access control limits its permissions to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Control {
    OwnGroup,
    Group,
    Tags,
}

/// Returns what limits the permissions of a profile. Both a hierarchy group and tags can limit them.
pub(super) fn controls(profile: &SecurityProfile) -> Vec<Control> {
    let control = &profile.access_control;
    let hierarchy = control.hierarchy_restricted.then_some(match control.hierarchy_group {
        Some(_) => Control::Group,
        None => Control::OwnGroup,
    });
    let tags = (!control.tag_restricted.is_empty()).then_some(Control::Tags);
    hierarchy.into_iter().chain(tags).collect()
}

/// The tests that the tokens of a property filter stand for.
pub(super) struct ProfileFilter {
    words: Vec<String>,
    conditions: Vec<(ProfileTest, bool)>,
}

enum ProfileTest {
    FullAccess,
    Risk(Risk),
    NoRisk,
    Unused,
    Used,
    Default(Option<bool>),
    Application(String),
    NoApplication,
    Permission(Permission),
    Control(Option<Control>),
    Assigns(SecurityProfileId),
    AssignsNone,
    ChangedBefore(Timestamp),
    ChangedSince(Timestamp),
}

impl ProfileFilter {
    /// Returns `None` if a value is invalid or unknown. No profile matches then.
    pub(super) fn new(filter: &PropertyFilter, viewer: &CurrentUser, zone: &TimeZone) -> Option<Self> {
        let condition = |token: &Token| Some((ProfileTest::new(token, viewer, zone)?, token.operator.is_negated));
        let conditions = filter.tokens.iter().map(condition).collect::<Option<Vec<_>>>()?;
        Some(Self { words: search_terms(&filter.search), conditions })
    }

    pub(super) fn matches(&self, profile: &ListedProfile<'_>) -> bool {
        let text = || folded(&format!("{} {}", profile.profile.name, profile.profile.description));
        self.conditions.iter().all(|(test, is_negated)| test.holds(profile) != *is_negated)
            && (self.words.is_empty() || contains_all(&text(), &self.words))
    }
}

fn contains_all(text: &str, words: &[String]) -> bool {
    words.iter().all(|word| text.contains(word.as_str()))
}

impl ProfileTest {
    /// Returns the test that a token stands for. How many users a profile has is unknown to viewers who don't see all
    /// users.
    fn new(token: &Token, viewer: &CurrentUser, zone: &TimeZone) -> Option<Self> {
        let value = token.value.as_str();
        let visibility = viewer.visibility();
        Some(match (token.property.id, token.operator.relation, value) {
            ("risk", _, "full") => Self::FullAccess,
            ("risk", _, "none") => Self::NoRisk,
            ("risk", ..) => Self::Risk(BY_SEVERITY.into_iter().find(|risk| risk.as_str() == value)?),
            ("users", ..) if !visibility.sees_all_users() => return None,
            ("users", _, "none") => Self::Unused,
            ("users", _, "some") => Self::Used,
            ("default", _, "same") => Self::Default(Some(true)),
            ("default", _, "changed") => Self::Default(Some(false)),
            ("default", _, "none") => Self::Default(None),
            ("application", Relation::Empty, _) => Self::NoApplication,
            ("application", ..) => Self::Application(value.to_owned()),
            ("permission", ..) => Self::Permission(find_permission(value)?),
            ("control", _, "none") => Self::Control(None),
            ("control", _, "own") => Self::Control(Some(Control::OwnGroup)),
            ("control", _, "group") => Self::Control(Some(Control::Group)),
            ("control", _, "tags") => Self::Control(Some(Control::Tags)),
            ("assigns", Relation::Empty, _) => Self::AssignsNone,
            ("assigns", ..) => {
                let id = SecurityProfileId::parse(value)?;
                Self::Assigns(id).only_if(visibility.profile(id).shows_name())?
            }
            ("changed", Relation::After, _) => Self::ChangedSince(start_of_day(value, zone)?),
            ("changed", ..) => Self::ChangedBefore(start_of_day(value, zone)?),
            _ => return None,
        })
    }

    fn only_if(self, is_visible: bool) -> Option<Self> {
        is_visible.then_some(self)
    }

    fn holds(&self, listed: &ListedProfile<'_>) -> bool {
        let profile = listed.profile;
        match self {
            Self::FullAccess => listed.is_full(),
            Self::Risk(risk) => listed.has_risk(*risk),
            Self::NoRisk => listed.severity().is_none(),
            Self::Unused => listed.users == 0,
            Self::Used => listed.users > 0,
            Self::Default(is_default) => listed.is_default == *is_default,
            Self::Application(name) => profile.applications.iter().any(|granted| granted.namespace == *name),
            Self::NoApplication => profile.applications.is_empty(),
            Self::Permission(permission) => listed.granted.contains(*permission),
            Self::Control(None) => controls(profile).is_empty(),
            Self::Control(Some(control)) => controls(profile).contains(control),
            Self::Assigns(id) => profile.assignable.contains(id),
            Self::AssignsNone => profile.assignable.is_empty(),
            Self::ChangedBefore(day) => profile.modified < *day,
            Self::ChangedSince(day) => profile.modified >= *day,
        }
    }
}

/// Sorts profiles, which are in the order of their names.
pub(super) fn sorted<'a>(profiles: Vec<ListedProfile<'a>>, sort: Sort) -> Vec<ListedProfile<'a>> {
    let positive = |number: usize| Some(number).filter(|number| *number > 0);
    match sort.column {
        "description" => sort_rows(profiles, sort, |listed| {
            Some(folded(&listed.profile.description)).filter(|description| !description.is_empty())
        }),
        "users" => sort_rows(profiles, sort, |listed| Some(listed.users)),
        "permissions" => sort_rows(profiles, sort, |listed| Some(listed.permissions)),
        "risk" => sort_rows(profiles, sort, ListedProfile::severity),
        "control" => {
            sort_rows(profiles, sort, |listed| Some(controls(listed.profile)).filter(|controls| !controls.is_empty()))
        }
        "default" => sort_rows(profiles, sort, |listed| listed.is_default),
        "assigns" => sort_rows(profiles, sort, |listed| positive(listed.profile.assignable.len())),
        "applications" => sort_rows(profiles, sort, |listed| {
            let names: Vec<_> = listed.profile.applications.iter().map(|one| folded(&one.namespace)).collect();
            Some(names).filter(|names| !names.is_empty())
        }),
        "changed" => sort_rows(profiles, sort, |listed| Some(listed.profile.modified)),
        _ if sort.is_descending() => profiles.into_iter().rev().collect(),
        _ => profiles,
    }
}
