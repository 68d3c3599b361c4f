//! The filter of the list of users. It consists of search words and filter tokens. A user must match all search words
//! and all filter tokens. The URL of the page contains the whole filter.

use std::collections::{HashMap, HashSet};

use floorkey::user::{Assignment, PasswordState};
use floorkey::visibility::Viewer;
use floorkey::{
    Directory, HierarchyGroupId, Permission, PermissionSet, Reason, Request, RequestedAction, ResourceId, ResourceType,
    SecurityProfileId, Target, Timestamp, User, UserId, catalog,
};
use floorkey_store::LoginActivity;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::filter_access::{self, AccessTest};
use super::find::ViewerScope;
use super::user_index;
use crate::web::form::Fields;
use crate::web::text;

/// Search words and filter tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct UserFilter {
    /// The search text as entered.
    pub(super) search: String,
    /// The normalized words of the search text.
    pub(super) words: Vec<String>,
    /// The tokens, all of which must match.
    pub(super) tokens: Vec<FilterToken>,
}

/// A filter token: a name and a value from the URL.
#[derive(Clone, Debug)]
pub(super) struct FilterToken {
    pub(super) name: &'static str,
    pub(super) value: String,
    test: TokenTest,
}

#[derive(Clone, Debug)]
enum TokenTest {
    Profile(SecurityProfileId),
    /// The user has at least one of these permissions.
    Permission {
        permissions: PermissionSet,
        /// Whether the viewer can see the permissions of all users. If so, visibility does not have to be checked for
        /// each user.
        sees_all: bool,
    },
    /// The user has every permission that grants access, and none of these permissions is limited to a scope.
    FullAccess {
        /// Whether assignments with a start or end date are ignored.
        permanent_only: bool,
        /// Whether the viewer can see the permissions of all users.
        sees_all: bool,
    },
    /// The user is in this hierarchy group or in a group below this group.
    Group(HierarchyGroupId),
    NoGroup,
    RoutingProfile(ResourceId),
    Enabled(bool),
    Locked,
    NeverSignedIn,
    CanSignIn,
    NoSecondFactor,
    /// The user has not used a temporary password for a long time after it was set.
    TemporaryPasswordUnused,
    UnverifiedEmail,
    SeenBefore(Timestamp),
    SeenSince(Timestamp),
    Access(AccessTest),
    /// No user matches, because the value in the URL is invalid or unknown.
    MatchesNone,
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

/// The minimum age, in milliseconds, of an unused temporary password that the filter matches.
const TEMPORARY_PASSWORD_AGE_MILLIS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Data about users that is not in the directory. The data is loaded only if a filter needs it.
#[derive(Default)]
pub(super) struct FilterContext {
    pub(super) activity: HashMap<UserId, LoginActivity>,
    pub(super) locked: HashSet<UserId>,
}

impl UserFilter {
    /// Parses the fields of a URL or a form.
    pub(super) fn parse(fields: &Fields, scope: &ViewerScope<'_>) -> Self {
        let search = fields.text("q").unwrap_or_default().to_owned();
        let mut tokens: Vec<FilterToken> = Vec::new();
        for name in NAMES.into_iter().chain(filter_access::NAMES) {
            for value in fields.all(name).map(str::trim).filter(|value| !value.is_empty()) {
                if !tokens.iter().any(|token| token.name == name && token.value == value) {
                    tokens.push(FilterToken { name, value: value.to_owned(), test: token_test(name, value, scope) });
                }
            }
        }
        Self { words: user_index::search_words(&search), search, tokens }
    }

    /// Whether the filter matches all users.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.tokens.is_empty()
    }

    /// Returns the filter as fields of a form or URL.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let search = (!self.search.is_empty()).then(|| ("q".to_owned(), self.search.clone()));
        search.into_iter().chain(self.tokens.iter().map(|token| (token.name.to_owned(), token.value.clone()))).collect()
    }

    /// Whether the filter needs the sign-in activity of users.
    pub(super) fn needs_activity(&self) -> bool {
        let is_by_activity = |test: &TokenTest| {
            matches!(test, TokenTest::NeverSignedIn | TokenTest::SeenBefore(_) | TokenTest::SeenSince(_))
        };
        self.tokens.iter().any(|token| is_by_activity(&token.test))
    }

    /// Whether the filter needs to know which users are locked out.
    pub(super) fn needs_locked(&self) -> bool {
        self.tokens.iter().any(|token| matches!(token.test, TokenTest::Locked))
    }

    /// Whether a user matches all tokens.
    pub(super) fn matches(&self, user: &User, scope: &ViewerScope<'_>, context: &FilterContext) -> bool {
        self.tokens.iter().all(|token| token.test.matches(user, scope, context))
    }
}

/// Returns the test for a token. Treats a record as nonexistent if the viewer can't see the record's name.
fn token_test(name: &str, value: &str, scope: &ViewerScope<'_>) -> TokenTest {
    let visibility = scope.visibility();
    let is_routing = |id: &ResourceId| scope.directory.resource_with_type(ResourceType::RoutingProfile, *id).is_some();
    let found = match name {
        "profile" => SecurityProfileId::parse(value)
            .filter(|id| scope.directory.profile(*id).is_some() && visibility.profile(*id).shows_name())
            .map(TokenTest::Profile),
        "permission" => {
            let sees_all = visibility.sees_all_permissions();
            let permissions: Result<PermissionSet, _> = value.split(',').map(Permission::parse).collect();
            permissions.ok().map(|permissions| TokenTest::Permission { permissions, sees_all })
        }
        "access" => {
            let sees_all = visibility.sees_all_permissions();
            let permanent_only = match value {
                "full" => Some(false),
                "lasting" => Some(true),
                _ => None,
            };
            permanent_only.map(|permanent_only| TokenTest::FullAccess { permanent_only, sees_all })
        }
        "group" if value == "none" => Some(TokenTest::NoGroup),
        "group" => HierarchyGroupId::parse(value)
            .filter(|id| scope.directory.group(*id).is_some() && visibility.group(*id).shows_name())
            .map(TokenTest::Group),
        "routing" => ResourceId::parse(value)
            .filter(|id| is_routing(id) && visibility.resource(*id).shows_name())
            .map(TokenTest::RoutingProfile),
        "status" => match value {
            "enabled" => Some(TokenTest::Enabled(true)),
            "disabled" => Some(TokenTest::Enabled(false)),
            "locked" => Some(TokenTest::Locked),
            _ => None,
        },
        "sign-in" => match value {
            "never" => Some(TokenTest::NeverSignedIn),
            "possible" => Some(TokenTest::CanSignIn),
            _ => None,
        },
        "password" => (value == "waiting").then_some(TokenTest::TemporaryPasswordUnused),
        "email" => (value == "unverified").then_some(TokenTest::UnverifiedEmail),
        "factor" => (value == "none").then_some(TokenTest::NoSecondFactor),
        "seen-before" => day(value).map(TokenTest::SeenBefore),
        "seen-since" => day(value).map(TokenTest::SeenSince),
        name => AccessTest::parse(name, value, scope).map(TokenTest::Access),
    };
    found.unwrap_or(TokenTest::MatchesNone)
}

/// Returns the start of a day in UTC.
fn day(text: &str) -> Option<Timestamp> {
    let begins = text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp::from_millis(begins.timestamp().as_millisecond()))
}

impl TokenTest {
    fn matches(&self, user: &User, scope: &ViewerScope<'_>, context: &FilterContext) -> bool {
        let ViewerScope { directory, now, .. } = *scope;
        let seen = || context.activity.get(&user.id).and_then(|activity| activity.last_active_at);
        match self {
            Self::Profile(profile) => {
                user.assignments.iter().any(|assignment| assignment.profile == *profile && !assignment.has_ended(now))
            }
            Self::Permission { permissions, sees_all } => {
                permissions.iter().any(|permission| has(directory, user, permission, now))
                    && can_see_access(user, scope, *sees_all)
            }
            Self::FullAccess { permanent_only, sees_all } => {
                let for_now = || {
                    let grants = directory.grants_at(user, now);
                    catalog().granting().is_subset(&grants.unscoped)
                };
                (directory.has_full_access(user.id)
                    || (!permanent_only && user.assignments.iter().any(Assignment::is_dated) && for_now()))
                    && can_see_access(user, scope, *sees_all)
            }
            Self::Group(top) => user.hierarchy_group.is_some_and(|group| directory.is_within(group, *top)),
            Self::NoGroup => user.hierarchy_group.is_none(),
            Self::RoutingProfile(routing) => user.routing_profile == *routing,
            Self::Enabled(enabled) => user.enabled == *enabled,
            Self::Locked => context.locked.contains(&user.id),
            Self::NeverSignedIn => context.activity.get(&user.id).is_none_or(|known| known.signed_in_at.is_none()),
            Self::CanSignIn => user.can_sign_in(),
            Self::NoSecondFactor => user.mfa_methods.is_empty(),
            Self::TemporaryPasswordUnused => {
                let set = user.password_set_at.unwrap_or(user.modified);
                user.enabled
                    && user.password == PasswordState::Temporary
                    && now.as_millis() - set.as_millis() > TEMPORARY_PASSWORD_AGE_MILLIS
            }
            Self::UnverifiedEmail => {
                user.identity.email.is_some() && user.identity.email != user.verified_email && user.can_sign_in()
            }
            Self::SeenBefore(day) => seen().is_none_or(|seen| seen < *day),
            Self::SeenSince(day) => seen().is_some_and(|seen| seen >= *day),
            Self::Access(test) => test.matches(user, scope),
            Self::MatchesNone => false,
        }
    }
}

/// Whether the viewer can see the user's effective permissions. If not, the user must not match, because filtering by
/// permission would reveal these permissions.
fn can_see_access(user: &User, scope: &ViewerScope<'_>, sees_all: bool) -> bool {
    sees_all || scope.visibility().check_effective_permissions(user).is_ok()
}

/// Whether the user has the permission, with or without a scope.
fn has(directory: &Directory, user: &User, permission: Permission, now: Timestamp) -> bool {
    let request = Request::new(user.id, RequestedAction::Permission(permission), Target::Instance, now);
    match directory.decide(&request).reason {
        Reason::Granted | Reason::GrantedInScope | Reason::OutOfScope => true,
        // A restriction never allows an action. A user matches if the restriction applies to the user.
        Reason::IsRestriction => directory.grants_at(user, now).restrictions.contains(permission),
        _ => false,
    }
}

impl FilterToken {
    /// Returns the label of the token.
    pub(super) fn label(&self, visibility: &Viewer<'_>) -> String {
        match &self.test {
            TokenTest::Profile(id) => format!("Security profile: {}", text::profile(visibility, *id)),
            TokenTest::Permission { permissions, .. } => {
                let names: Vec<String> = permissions.iter().map(text::permission).collect();
                format!("Permission: {}", names.join(" or "))
            }
            TokenTest::FullAccess { permanent_only: false, .. } => "Full access".to_owned(),
            TokenTest::FullAccess { permanent_only: true, .. } => "Full access that does not end".to_owned(),
            TokenTest::Group(id) => format!("In {} or below", text::group(visibility, *id)),
            TokenTest::NoGroup => "In no hierarchy group".to_owned(),
            TokenTest::RoutingProfile(id) => format!("Routing profile: {}", text::resource(visibility, *id)),
            TokenTest::Enabled(true) => "Enabled".to_owned(),
            TokenTest::Enabled(false) => "Disabled".to_owned(),
            TokenTest::Locked => "Locked out".to_owned(),
            TokenTest::NeverSignedIn => "Never signed in".to_owned(),
            TokenTest::CanSignIn => "Can sign in".to_owned(),
            TokenTest::NoSecondFactor => "No MFA".to_owned(),
            TokenTest::TemporaryPasswordUnused => "Temporary password unused for a week".to_owned(),
            TokenTest::UnverifiedEmail => "Email not verified".to_owned(),
            TokenTest::SeenBefore(_) => format!("Not seen since {}", self.value),
            TokenTest::SeenSince(_) => format!("Seen since {}", self.value),
            TokenTest::Access(test) => test.label(visibility),
            TokenTest::MatchesNone => format!("{}: {} (there is none)", self.name, self.value),
        }
    }
}
