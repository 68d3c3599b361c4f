//! Which users are meant: what was searched for, and tokens that each narrow it further. All of it stands in the
//! address of the page.

use std::collections::{HashMap, HashSet};

use floorkey::visibility::Viewer;
use floorkey::{
    Action, HierarchyGroupId, Permission, Request, ResourceId, ResourceType, SecurityProfileId, Target, Timestamp,
    User, UserId,
};
use floorkey_store::Activity;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::super::fields::Fields;
use super::super::words;
use super::find::Eyes;
use super::roster;

/// What is searched for, and the tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// What was typed.
    pub(super) search: String,
    /// The same, word by word, as texts are searched.
    pub(super) words: Vec<String>,
    /// Narrow it further, each of them.
    pub(super) tokens: Vec<Token>,
}

/// One narrowing: as it stands in the address, and what it asks.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) name: &'static str,
    pub(super) value: String,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Profile(SecurityProfileId),
    Permission {
        permission: Permission,
        /// Whether the viewer may know it of all users, so that it isn't asked again for each.
        of_all: bool,
    },
    /// In the group or below it.
    Group(HierarchyGroupId),
    NoGroup,
    RoutingProfile(ResourceId),
    Enabled(bool),
    Locked,
    NeverSignedIn,
    NoSecondFactor,
    SeenBefore(Timestamp),
    SeenSince(Timestamp),
    /// The address asks for something that isn't there.
    Nobody,
}

/// Names that tokens have in the address.
const NAMES: [&str; 9] =
    ["profile", "permission", "group", "routing", "status", "sign-in", "factor", "seen-before", "seen-since"];

/// What is known of users beside their records, where a filter asks for it.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) activity: HashMap<UserId, Activity>,
    pub(super) locked: HashSet<UserId>,
}

impl Filter {
    /// Reads what an address or a form says.
    pub(super) fn read(fields: &Fields, eyes: &Eyes<'_>) -> Self {
        let search = fields.text("q").unwrap_or_default().to_owned();
        let mut tokens: Vec<Token> = Vec::new();
        for name in NAMES {
            for value in fields.all(name).map(str::trim).filter(|value| !value.is_empty()) {
                if !tokens.iter().any(|token| token.name == name && token.value == value) {
                    tokens.push(Token { name, value: value.to_owned(), test: test(name, value, eyes) });
                }
            }
        }
        Self { words: roster::words(&search), search, tokens }
    }

    /// Whether everybody is meant.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.tokens.is_empty()
    }

    /// As fields of a form or an address.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let search = (!self.search.is_empty()).then(|| ("q".to_owned(), self.search.clone()));
        search.into_iter().chain(self.tokens.iter().map(|token| (token.name.to_owned(), token.value.clone()))).collect()
    }

    /// Whether it asks when users were here.
    pub(super) fn needs_activity(&self) -> bool {
        let asks = |test: &Test| matches!(test, Test::NeverSignedIn | Test::SeenBefore(_) | Test::SeenSince(_));
        self.tokens.iter().any(|token| asks(&token.test))
    }

    /// Whether it asks who is locked out.
    pub(super) fn needs_locked(&self) -> bool {
        self.tokens.iter().any(|token| matches!(token.test, Test::Locked))
    }

    /// Whether a user passes all tokens.
    pub(super) fn admits(&self, user: &User, eyes: &Eyes<'_>, facts: &Facts) -> bool {
        self.tokens.iter().all(|token| token.test.admits(user, eyes, facts))
    }
}

/// What is asked. Something that the viewer may not see the name of is as good as not there.
fn test(name: &str, value: &str, eyes: &Eyes<'_>) -> Test {
    let visibility = eyes.visibility();
    let is_routing = |id: &ResourceId| eyes.directory.resource_of(ResourceType::RoutingProfile, *id).is_some();
    let found = match name {
        "profile" => SecurityProfileId::parse(value)
            .filter(|id| eyes.directory.profile(*id).is_some() && visibility.profile(*id).shows_name())
            .map(Test::Profile),
        "permission" => {
            let of_all = visibility.sees_all_permissions();
            Permission::parse(value).ok().map(|permission| Test::Permission { permission, of_all })
        }
        "group" if value == "none" => Some(Test::NoGroup),
        "group" => HierarchyGroupId::parse(value)
            .filter(|id| eyes.directory.group(*id).is_some() && visibility.group(*id).shows_name())
            .map(Test::Group),
        "routing" => ResourceId::parse(value)
            .filter(|id| is_routing(id) && visibility.resource(*id).shows_name())
            .map(Test::RoutingProfile),
        "status" => match value {
            "enabled" => Some(Test::Enabled(true)),
            "disabled" => Some(Test::Enabled(false)),
            "locked" => Some(Test::Locked),
            _ => None,
        },
        "sign-in" => (value == "never").then_some(Test::NeverSignedIn),
        "factor" => (value == "none").then_some(Test::NoSecondFactor),
        "seen-before" => day(value).map(Test::SeenBefore),
        "seen-since" => day(value).map(Test::SeenSince),
        _ => None,
    };
    found.unwrap_or(Test::Nobody)
}

/// The beginning of a day, in UTC as all times here.
fn day(text: &str) -> Option<Timestamp> {
    let begins = text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp::from_millis(begins.timestamp().as_millisecond()))
}

impl Test {
    fn admits(&self, user: &User, eyes: &Eyes<'_>, facts: &Facts) -> bool {
        let Eyes { directory, now, .. } = *eyes;
        let seen = || facts.activity.get(&user.id).and_then(|activity| activity.seen_at);
        match self {
            Self::Profile(profile) => {
                user.assignments.iter().any(|held| held.profile == *profile && !held.has_ended(now))
            }
            Self::Permission { permission, of_all } => {
                // Who has a permission follows from effective permissions, and is shown like those.
                if !of_all && eyes.visibility().effective_permissions(user).is_err() {
                    return false;
                }
                let action = Action::Permission(*permission);
                let plain = Request::new(user.id, action, Target::Instance, now);
                // Within a scope counts as held: the page of the user says how far it reaches. What takes away answers
                // no question, and is held all the same.
                directory.decide(&plain).allowed() || {
                    let grants = directory.grants_at(user, now);
                    grants.anywhere().union(&grants.limits).contains(*permission)
                }
            }
            Self::Group(top) => user.hierarchy_group.is_some_and(|group| directory.is_within(group, *top)),
            Self::NoGroup => user.hierarchy_group.is_none(),
            Self::RoutingProfile(routing) => user.routing_profile == *routing,
            Self::Enabled(enabled) => user.enabled == *enabled,
            Self::Locked => facts.locked.contains(&user.id),
            Self::NeverSignedIn => facts.activity.get(&user.id).is_none_or(|known| known.signed_in_at.is_none()),
            Self::NoSecondFactor => user.second_factors.is_empty(),
            Self::SeenBefore(day) => seen().is_none_or(|seen| seen < *day),
            Self::SeenSince(day) => seen().is_some_and(|seen| seen >= *day),
            Self::Nobody => false,
        }
    }
}

impl Token {
    /// What it asks, in words.
    pub(super) fn words(&self, visibility: &Viewer<'_>) -> String {
        match &self.test {
            Test::Profile(id) => format!("Security profile: {}", words::profile(visibility, *id)),
            Test::Permission { permission, .. } => format!("Permission held: {}", words::permission(*permission)),
            Test::Group(id) => format!("In {} or below", words::group(visibility, *id)),
            Test::NoGroup => "In no hierarchy group".to_owned(),
            Test::RoutingProfile(id) => format!("Routing profile: {}", words::resource(visibility, *id)),
            Test::Enabled(true) => "Enabled".to_owned(),
            Test::Enabled(false) => "Disabled".to_owned(),
            Test::Locked => "Locked out".to_owned(),
            Test::NeverSignedIn => "Never signed in".to_owned(),
            Test::NoSecondFactor => "No second factor".to_owned(),
            Test::SeenBefore(_) => format!("Not seen since {}", self.value),
            Test::SeenSince(_) => format!("Seen since {}", self.value),
            Test::Nobody => format!("{}: {} (there is none)", self.name, self.value),
        }
    }
}
