//! The parameters of the page, which are all in the URL: a filter for users, and the kind of rows.

use std::collections::HashMap;

use floorkey::{HierarchyGroupId, SecurityProfileId, User};

use super::PLACE;
use crate::users::offers::{self, Choices};
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;

/// The parameters of the page.
pub(super) struct Question {
    pub(super) place: Option<Place>,
    pub(super) profile: Option<SecurityProfileId>,
    /// Whether each row is a combination of security profiles, even if there are few users.
    pub(super) by_profiles: bool,
    /// Whether the URL contains an id that does not exist or that the viewer can't see. Then no user matches.
    pub(super) nobody: bool,
    /// The options of the filters.
    pub(super) profiles: Choices,
    pub(super) groups: Choices,
    fields: Fields,
}

/// A filter by hierarchy group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The group and all groups below it.
    Within(HierarchyGroupId),
    /// The group without the groups below it.
    Only(HierarchyGroupId),
    /// No group.
    Nowhere,
}

/// The label of a filter, with the URL that removes it.
pub(super) struct Token {
    pub(super) text: String,
    pub(super) without: String,
}

impl Question {
    /// Parses the query of a URL.
    pub(super) fn read(viewer: &CurrentUser, fields: &Fields) -> Self {
        let (profiles, groups) = (offers::profiles(viewer), offers::groups(viewer));
        let offered = |choices: &Choices, value: &str| choices.iter().any(|(known, _)| known == value);
        let mut nobody = false;
        let place = fields.text("group").and_then(|value| match HierarchyGroupId::parse(value) {
            _ if value == "none" => Some(Place::Nowhere),
            Some(id) if offered(&groups, value) && fields.has("only") => Some(Place::Only(id)),
            Some(id) if offered(&groups, value) => Some(Place::Within(id)),
            _ => {
                nobody = true;
                None
            }
        });
        let profile = fields.text("profile").and_then(|value| {
            let found = SecurityProfileId::parse(value).filter(|_| offered(&profiles, value));
            nobody |= found.is_none();
            found
        });
        let by_profiles = fields.raw("by") == "profiles";
        Self { place, profile, by_profiles, nobody, profiles, groups, fields: fields.without_blank() }
    }

    /// Returns the hierarchy group of the filter.
    pub(super) fn group(&self) -> Option<HierarchyGroupId> {
        match self.place {
            Some(Place::Within(group) | Place::Only(group)) => Some(group),
            _ => None,
        }
    }

    /// Returns a predicate for users that match the filters.
    pub(super) fn admits<'a>(&'a self, viewer: &'a CurrentUser) -> impl FnMut(&User) -> bool + 'a {
        let mut within: HashMap<HierarchyGroupId, bool> = HashMap::new();
        move |user| {
            let is_there = match (self.place, user.hierarchy_group) {
                (None, _) | (Some(Place::Nowhere), None) => true,
                (Some(Place::Only(place)), Some(group)) => place == group,
                (Some(Place::Within(top)), Some(group)) => {
                    *within.entry(group).or_insert_with(|| viewer.directory.is_within(group, top))
                }
                _ => false,
            };
            let holds =
                |profile| user.assignments.iter().any(|held| held.profile == profile && !held.has_ended(viewer.now));
            !self.nobody && is_there && self.profile.is_none_or(holds)
        }
    }

    /// Returns the URL with another hierarchy group.
    pub(super) fn inside(&self, place: Place) -> String {
        let base = self.fields.with("only", None);
        let fields = match place {
            Place::Within(group) => base.with("group", Some(&group.to_string())),
            Place::Only(group) => base.with("group", Some(&group.to_string())).with("only", Some("1")),
            Place::Nowhere => base.with("group", Some("none")),
        };
        address(&fields)
    }

    /// Returns the URL with another kind of rows.
    pub(super) fn by(&self, profiles: bool) -> String {
        address(&self.fields.with("by", profiles.then_some("profiles")))
    }

    /// Returns the URL of the list of users with this group and these profiles.
    pub(super) fn users(&self, profiles: &[SecurityProfileId]) -> String {
        let group = match self.place {
            None => None,
            Some(Place::Nowhere) => Some("none".to_owned()),
            Some(Place::Within(group) | Place::Only(group)) => Some(group.to_string()),
        };
        let fields = Fields::default().with("group", group.as_deref());
        let pairs = profiles.iter().map(|profile| format!("profile={profile}")).collect::<Vec<_>>().join("&");
        let begin = format!("/connect/users{}", fields.query());
        match pairs.is_empty() {
            true => begin,
            false => format!("{begin}{}{pairs}", if begin.contains('?') { '&' } else { '?' }),
        }
    }

    /// Returns the labels of the filters, each with the URL that removes it.
    pub(super) fn tokens(&self) -> Vec<Token> {
        let name = |choices: &Choices, field: &str| {
            let value = self.fields.raw(field);
            choices.iter().find(|(known, _)| known == value).map(|(_, name)| name.clone())
        };
        let token = |field: &str, text: String| Token {
            text,
            without: address(&self.fields.with(field, None).with("only", None)),
        };
        let there_is_none = |what: &str| format!("{what}: there is none");
        let group = self.fields.text("group").map(|_| {
            let text = match (self.place, name(&self.groups, "group")) {
                (Some(Place::Nowhere), _) => "In no hierarchy group".to_owned(),
                (Some(Place::Only(_)), Some(name)) => format!("Directly in {name}"),
                (Some(Place::Within(_)), Some(name)) => format!("In {name} or below"),
                _ => there_is_none("Hierarchy group"),
            };
            token("group", text)
        });
        let profile = self.fields.text("profile").map(|_| {
            let name = name(&self.profiles, "profile");
            let text = name.map(|name| format!("Security profile: {name}"));
            let text = text.unwrap_or_else(|| there_is_none("Security profile"));
            Token { text, without: address(&self.fields.with("profile", None)) }
        });
        group.into_iter().chain(profile).collect()
    }
}

fn address(fields: &Fields) -> String {
    format!("{PLACE}{}", fields.query())
}
