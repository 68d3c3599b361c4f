//! The filter of the list: search words and tokens, all of which a user must match. The URL of the page contains the
//! whole filter.

use std::collections::{HashMap, HashSet};

use floorkey::user::{Assignment, PasswordState};
use floorkey::visibility::Viewer;
use floorkey::{
    Action, Directory, HierarchyGroupId, Permission, PermissionSet, Reason, Request, ResourceId, ResourceType,
    SecurityProfileId, Target, Timestamp, User, UserId, catalogue,
};
use floorkey_store::Activity;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::find::Eyes;
use super::roster;
use crate::web::form::Fields;
use crate::web::text;

/// Search words and filter tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// The search text as entered.
    pub(super) search: String,
    /// The normalized words of the search text.
    pub(super) words: Vec<String>,
    /// The tokens, all of which must match.
    pub(super) tokens: Vec<Token>,
}

/// A filter token: a name and a value from the URL.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) name: &'static str,
    pub(super) value: String,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Profile(SecurityProfileId),
    /// Has any of these permissions.
    Permission {
        permissions: PermissionSet,
        /// Whether the viewer can see the permissions of all users, so that no check per user is needed.
        of_all: bool,
    },
    /// Has all granting permissions without a scope.
    FullAccess {
        /// Whether assignments with dates are ignored.
        lasting: bool,
        /// Whether the viewer can see the permissions of all users.
        of_all: bool,
    },
    /// Is in the group or a group below it.
    Group(HierarchyGroupId),
    NoGroup,
    RoutingProfile(ResourceId),
    Enabled(bool),
    Locked,
    NeverSignedIn,
    CanSignIn,
    NoSecondFactor,
    /// Has had an unused temporary password for a long time.
    TemporaryPasswordWaits,
    UnverifiedEmail,
    SeenBefore(Timestamp),
    SeenSince(Timestamp),
    /// Matches no user: the value in the URL is invalid or unknown.
    Nobody,
}

/// The names of tokens in the URL.
const NAMES: [&str; 12] = [
    "profile",
    "permission",
    "access",
    "group",
    "routing",
    "status",
    "sign-in",
    "factor",
    "password",
    "email",
    "seen-before",
    "seen-since",
];

/// The age in milliseconds from which an unused temporary password matches.
const TEMPORARY_PASSWORD_WAITS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Data about users outside the directory, loaded only if a filter needs it.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) activity: HashMap<UserId, Activity>,
    pub(super) locked: HashSet<UserId>,
}

impl Filter {
    /// Parses the fields of a URL or a form.
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

    /// Whether the filter matches all users.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.tokens.is_empty()
    }

    /// Combines the tokens of several filters, to determine which data they need.
    pub(super) fn of_tokens(filters: &[Self]) -> Self {
        Self { tokens: filters.iter().flat_map(|filter| filter.tokens.clone()).collect(), ..Self::default() }
    }

    /// Returns the filter as fields of a form or URL.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let search = (!self.search.is_empty()).then(|| ("q".to_owned(), self.search.clone()));
        search.into_iter().chain(self.tokens.iter().map(|token| (token.name.to_owned(), token.value.clone()))).collect()
    }

    /// Whether the filter needs the sign-in activity of users.
    pub(super) fn needs_activity(&self) -> bool {
        let asks = |test: &Test| matches!(test, Test::NeverSignedIn | Test::SeenBefore(_) | Test::SeenSince(_));
        self.tokens.iter().any(|token| asks(&token.test))
    }

    /// Whether the filter needs the users who are locked out.
    pub(super) fn needs_locked(&self) -> bool {
        self.tokens.iter().any(|token| matches!(token.test, Test::Locked))
    }

    /// Whether a user matches all tokens.
    pub(super) fn admits(&self, user: &User, eyes: &Eyes<'_>, facts: &Facts) -> bool {
        self.tokens.iter().all(|token| token.test.admits(user, eyes, facts))
    }
}

/// Returns the test for a token. Records whose names the viewer can't see are treated as nonexistent.
fn test(name: &str, value: &str, eyes: &Eyes<'_>) -> Test {
    let visibility = eyes.visibility();
    let is_routing = |id: &ResourceId| eyes.directory.resource_of(ResourceType::RoutingProfile, *id).is_some();
    let found = match name {
        "profile" => SecurityProfileId::parse(value)
            .filter(|id| eyes.directory.profile(*id).is_some() && visibility.profile(*id).shows_name())
            .map(Test::Profile),
        "permission" => {
            let of_all = visibility.sees_all_permissions();
            let permissions: Result<PermissionSet, _> = value.split(',').map(Permission::parse).collect();
            permissions.ok().map(|permissions| Test::Permission { permissions, of_all })
        }
        "access" => {
            let of_all = visibility.sees_all_permissions();
            let lasting = match value {
                "full" => Some(false),
                "lasting" => Some(true),
                _ => None,
            };
            lasting.map(|lasting| Test::FullAccess { lasting, of_all })
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
        "sign-in" => match value {
            "never" => Some(Test::NeverSignedIn),
            "possible" => Some(Test::CanSignIn),
            _ => None,
        },
        "password" => (value == "waiting").then_some(Test::TemporaryPasswordWaits),
        "email" => (value == "unverified").then_some(Test::UnverifiedEmail),
        "factor" => (value == "none").then_some(Test::NoSecondFactor),
        "seen-before" => day(value).map(Test::SeenBefore),
        "seen-since" => day(value).map(Test::SeenSince),
        _ => None,
    };
    found.unwrap_or(Test::Nobody)
}

/// Returns the start of a day in UTC.
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
            Self::Permission { permissions, of_all } => {
                permissions.iter().any(|permission| has(directory, user, permission, now))
                    && shows_access(user, eyes, *of_all)
            }
            Self::FullAccess { lasting, of_all } => {
                let for_now = || {
                    let grants = directory.grants_at(user, now);
                    catalogue().granting().is_subset(&grants.everywhere)
                };
                (directory.has_full_access(user.id)
                    || (!lasting && user.assignments.iter().any(Assignment::is_dated) && for_now()))
                    && shows_access(user, eyes, *of_all)
            }
            Self::Group(top) => user.hierarchy_group.is_some_and(|group| directory.is_within(group, *top)),
            Self::NoGroup => user.hierarchy_group.is_none(),
            Self::RoutingProfile(routing) => user.routing_profile == *routing,
            Self::Enabled(enabled) => user.enabled == *enabled,
            Self::Locked => facts.locked.contains(&user.id),
            Self::NeverSignedIn => facts.activity.get(&user.id).is_none_or(|known| known.signed_in_at.is_none()),
            Self::CanSignIn => user.can_sign_in(),
            Self::NoSecondFactor => user.second_factors.is_empty(),
            Self::TemporaryPasswordWaits => {
                let set = user.password_set_at.unwrap_or(user.modified);
                user.enabled
                    && user.password == PasswordState::OneTime
                    && now.as_millis() - set.as_millis() > TEMPORARY_PASSWORD_WAITS
            }
            Self::UnverifiedEmail => {
                user.identity.email.is_some() && user.identity.email != user.confirmed_email && user.can_sign_in()
            }
            Self::SeenBefore(day) => seen().is_none_or(|seen| seen < *day),
            Self::SeenSince(day) => seen().is_some_and(|seen| seen >= *day),
            Self::Nobody => false,
        }
    }
}

/// Whether the viewer can see the effective permissions of the user. Filtering by permission would reveal them.
fn shows_access(user: &User, eyes: &Eyes<'_>, of_all: bool) -> bool {
    of_all || eyes.visibility().effective_permissions(user).is_ok()
}

/// Whether the user has the permission, scoped or not.
fn has(directory: &Directory, user: &User, permission: Permission, now: Timestamp) -> bool {
    let request = Request::new(user.id, Action::Permission(permission), Target::Instance, now);
    match directory.decide(&request).reason {
        Reason::Granted | Reason::GrantedInScope | Reason::OutOfScope => true,
        // A restriction is never allowed as an action, but applies to the user.
        Reason::Limit => directory.grants_at(user, now).limits.contains(permission),
        _ => false,
    }
}

impl Token {
    /// Returns the label of the token.
    pub(super) fn words(&self, visibility: &Viewer<'_>) -> String {
        match &self.test {
            Test::Profile(id) => format!("Security profile: {}", text::profile(visibility, *id)),
            Test::Permission { permissions, .. } => {
                let names: Vec<String> = permissions.iter().map(text::permission).collect();
                format!("Permission: {}", names.join(" or "))
            }
            Test::FullAccess { lasting: false, .. } => "Full access".to_owned(),
            Test::FullAccess { lasting: true, .. } => "Full access that does not end".to_owned(),
            Test::Group(id) => format!("In {} or below", text::group(visibility, *id)),
            Test::NoGroup => "In no hierarchy group".to_owned(),
            Test::RoutingProfile(id) => format!("Routing profile: {}", text::resource(visibility, *id)),
            Test::Enabled(true) => "Enabled".to_owned(),
            Test::Enabled(false) => "Disabled".to_owned(),
            Test::Locked => "Locked out".to_owned(),
            Test::NeverSignedIn => "Never signed in".to_owned(),
            Test::CanSignIn => "Can sign in".to_owned(),
            Test::NoSecondFactor => "No MFA".to_owned(),
            Test::TemporaryPasswordWaits => "Temporary password unused for a week".to_owned(),
            Test::UnverifiedEmail => "Email not verified".to_owned(),
            Test::SeenBefore(_) => format!("Not seen since {}", self.value),
            Test::SeenSince(_) => format!("Seen since {}", self.value),
            Test::Nobody => format!("{}: {} (there is none)", self.name, self.value),
        }
    }
}
