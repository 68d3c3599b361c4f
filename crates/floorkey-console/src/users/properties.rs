//! The properties that the list of users can be filtered by, and their values.

use std::collections::HashMap;

use floorkey::review::capabilities::capabilities;
use floorkey::text::folded;
use floorkey::{HierarchyGroupId, Permission, ResourceId, ResourceType, SecurityProfileId, catalog};
use foldhash::fast::RandomState;

use super::filter_access::{AccessTest, NO_PROFILES, NO_PROFILES_TEXT};
use super::find::ViewerScope;
use crate::web::property_filter::{
    Alias, FilterValues, Operator, Property, Relation, ValueChoice, Values, contains_words,
};
use crate::web::text;

/// The maximum number of different tags that are counted for suggestions.
const TAGS_MAX: usize = 10_000;

pub(super) static PROPERTIES: [Property; 19] = [
    Property::new("profile", "Security profile", &[Relation::Is], Values::Suggested),
    Property::new("permission", "Permission", &[Relation::Is], Values::Suggested),
    Property::options("access", "Access", &[("full", "Full access"), ("lasting", "Full access that does not end")]),
    Property::new("group", "Hierarchy group", &[Relation::Is, Relation::Empty], Values::Suggested)
        .with_is_words("is in", "is not in"),
    Property::new("routing", "Routing profile", &[Relation::Is], Values::Suggested),
    Property::options(
        "status",
        "Status",
        &[("enabled", "Enabled"), ("disabled", "Disabled"), ("locked", "Locked out")],
    ),
    Property::options("sign-in", "Sign-in", &[("possible", "Can sign in"), ("never", "Never signed in")]),
    Property::options(
        "factor",
        "MFA",
        &[
            ("none", "None"),
            ("totp", "Authenticator app"),
            ("passkey", "Passkey"),
            ("recovery-codes", "Recovery codes"),
        ],
    ),
    Property::options(
        "password",
        "Password",
        &[
            ("none", "None"),
            ("temporary", "Temporary"),
            ("waiting", "Temporary and unused for a week"),
            ("set", "Chosen by the user"),
        ],
    ),
    Property::options(
        "email",
        "Email",
        &[("verified", "Verified"), ("unverified", "Not verified"), ("none", "No address")],
    ),
    Property::new("tag", "Tag", &[Relation::Is, Relation::Empty], Values::Suggested),
    Property::new(
        "ends",
        "Assignment ends",
        &[Relation::Before, Relation::After, Relation::Empty],
        Values::Date { is_future: true },
    ),
    Property::new(
        "seen",
        "Last seen",
        &[Relation::Before, Relation::After, Relation::Empty],
        Values::Date { is_future: false },
    ),
    Property::options(
        "finding",
        "Finding",
        &[
            ("any", "Any finding"),
            ("mfa", "Administrator without MFA"),
            ("password", "Temporary password unused for a week"),
            ("email", "Email not verified"),
        ],
    ),
    Property::new("login", "Login name", &[Relation::Contains, Relation::Is], Values::Text),
    Property::new("name", "Name", &[Relation::Contains, Relation::Is], Values::Text),
    Property::new("can", "Capability", &[Relation::Is], Values::Suggested),
    Property::new("in-group", "Direct hierarchy group", &[Relation::Is], Values::Suggested),
    Property::new("profiles", "Exact security profiles", &[Relation::Is], Values::Suggested)
        .with_is_words("are", "are not"),
];

/// The fields of older URLs.
pub(super) static ALIASES: [Alias; 3] = [
    Alias::value("group", "none", "group", Operator::EMPTY),
    Alias::name("seen-before", "seen", Operator::BEFORE),
    Alias::name("seen-since", "seen", Operator::AFTER),
];

/// Returns the properties that a viewer can filter by. A filter by permission matches only users whose effective
/// permissions the viewer can see. To see effective permissions, the viewer must be able to see profiles.
pub(super) fn offered(sees_profiles: bool) -> Vec<&'static Property> {
    const BY_ACCESS: [&str; 4] = ["permission", "access", "can", "profiles"];
    let is_offered = |property: &&Property| sees_profiles || !BY_ACCESS.contains(&property.id);
    PROPERTIES.iter().filter(is_offered).collect()
}

/// Looks up the values of the properties, as far as the viewer can see them.
pub(super) struct UserValues<'a> {
    pub(super) scope: ViewerScope<'a>,
}

impl FilterValues for UserValues<'_> {
    fn text(&self, property: &Property, value: &str) -> Option<String> {
        let visibility = self.scope.visibility();
        match property.id {
            "profile" => {
                let id = SecurityProfileId::parse(value).filter(|id| visibility.profile(*id).shows_name())?;
                visibility.profile_name(id).map(str::to_owned)
            }
            "permission" => {
                let names: Result<Vec<String>, _> =
                    value.split(',').map(|name| Permission::parse(name).map(text::permission)).collect();
                names.ok().map(|names| names.join(" or "))
            }
            "group" => {
                let id = HierarchyGroupId::parse(value).filter(|id| visibility.group(*id).shows_name())?;
                self.scope.directory.group(id)?;
                Some(text::group(&visibility, id))
            }
            "routing" => {
                let id = ResourceId::parse(value)?;
                self.scope.directory.resource_with_type(ResourceType::RoutingProfile, id)?;
                visibility.resource_name(id).map(str::to_owned)
            }
            "tag" => Some(value.to_owned()),
            id => AccessTest::parse(id, value, &self.scope).map(|test| test.text(&visibility)),
        }
    }

    fn choices(&self, property: &Property, words: &[String], max: usize) -> Vec<ValueChoice> {
        match property.id {
            "profile" => self.profiles(words).take(max).collect(),
            "permission" => permissions(words).take(max).collect(),
            "can" => can(words).take(max).collect(),
            "profiles" => {
                let none = ValueChoice::new(NO_PROFILES, NO_PROFILES_TEXT);
                let none = Some(none).filter(|none| contains_words(&none.text, words));
                none.into_iter().chain(self.profiles(words)).take(max).collect()
            }
            "group" | "in-group" => {
                let mut groups = self.groups(words);
                groups.truncate(max);
                groups
            }
            "routing" => self.routing_profiles(words).take(max).collect(),
            "tag" => self.tags(words, max),
            _ => Vec::new(),
        }
    }
}

impl<'a> UserValues<'a> {
    fn profiles(&self, words: &[String]) -> impl Iterator<Item = ValueChoice> {
        let visibility = self.scope.visibility();
        let visible = self.scope.directory.profiles().filter(move |one| visibility.profile(one.id).shows_name());
        let matching = visible.filter(|profile| contains_words(&profile.name, words));
        matching.map(|profile| ValueChoice::new(profile.id.to_string(), profile.name.clone()))
    }

    fn routing_profiles(&self, words: &[String]) -> impl Iterator<Item = ValueChoice> {
        let visibility = self.scope.visibility();
        let all = self.scope.directory.resources(ResourceType::RoutingProfile);
        let visible = all.filter(move |routing| visibility.resource(routing.id).shows_name());
        let matching = visible.filter(|routing| contains_words(&routing.name, words));
        matching.map(|routing| ValueChoice::new(routing.id.to_string(), routing.name.clone()))
    }

    /// Returns the matching groups. Each group comes before the groups below it.
    fn groups(&self, words: &[String]) -> Vec<ValueChoice> {
        let visibility = self.scope.visibility();
        let visible = self.scope.directory.groups().filter(|group| visibility.group(group.id).shows_name());
        let path = |id: HierarchyGroupId, name: &str| visibility.group_path(id).unwrap_or_else(|| name.to_owned());
        let mut groups: Vec<ValueChoice> = visible
            .map(|group| ValueChoice::new(group.id.to_string(), path(group.id, &group.name)))
            .filter(|group| contains_words(&group.text, words))
            .collect();
        groups.sort_by_cached_key(|group| group.text.split(" / ").map(folded).collect::<Vec<_>>());
        groups
    }

    /// Returns the keys and the keys with values of visible users' tags, the most frequent first.
    fn tags(&self, words: &[String], max: usize) -> Vec<ValueChoice> {
        let sees_all = self.scope.can_see_all();
        let mut counts: HashMap<(&str, Option<&str>), usize, RandomState> = HashMap::default();
        let users = self.scope.directory.users_after(None).filter(|user| !user.tags.is_empty());
        for user in users.filter(|user| sees_all || self.scope.can_see(user)) {
            for (key, value) in &user.tags {
                for tag in [(key.as_str(), None), (key.as_str(), Some(value.as_str()))] {
                    if counts.len() < TAGS_MAX || counts.contains_key(&tag) {
                        *counts.entry(tag).or_default() += 1;
                    }
                }
            }
        }
        let text = |(key, value): (&str, Option<&str>)| match value {
            Some(value) => format!("{key}={value}"),
            None => key.to_owned(),
        };
        let tags = counts.into_iter().map(|(tag, count)| (text(tag), count));
        let mut tags: Vec<_> = tags.filter(|(tag, _)| contains_words(tag, words)).collect();
        tags.sort_by(|(a, more), (b, less)| less.cmp(more).then_with(|| a.cmp(b)));
        let choice = |(tag, count): (String, usize)| ValueChoice {
            detail: text::count_noun(count, "user"),
            ..ValueChoice::new(tag.clone(), tag)
        };
        tags.into_iter().take(max).map(choice).collect()
    }
}

/// Returns the capabilities whose phrase contains the words.
fn can(words: &[String]) -> impl Iterator<Item = ValueChoice> {
    let choices = capabilities().iter().map(|capability| ValueChoice::new(capability.id, capability.phrase));
    choices.filter(|choice| contains_words(&choice.text, words))
}

/// Returns the permissions whose name, or whose name in the API, contains the words.
fn permissions(words: &[String]) -> impl Iterator<Item = ValueChoice> {
    let choice = |permission: Permission| ValueChoice {
        detail: permission.name().to_owned(),
        ..ValueChoice::new(permission.name(), text::permission(permission))
    };
    let fits = |choice: &ValueChoice| contains_words(&format!("{} {}", choice.text, choice.detail), words);
    catalog().permissions().map(choice).filter(fits)
}
