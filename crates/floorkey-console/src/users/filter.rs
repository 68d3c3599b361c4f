//! The filter of the list of users: the tests that the tokens of a property filter stand for.

use std::collections::{HashMap, HashSet};

use floorkey::text::folded;
use floorkey::user::{Assignment, MfaMethodKind, PasswordState};
use floorkey::{
    Directory, HierarchyGroupId, Permission, PermissionSet, Reason, Request, RequestedAction, ResourceId, ResourceType,
    SecurityProfileId, Target, Timestamp, User, UserId, catalog,
};
use floorkey_store::LoginActivity;

use super::filter_access::AccessTest;
use super::find::ViewerScope;
use super::user_index;
use crate::web::property_filter::{PropertyFilter, Relation, Token, start_of_day};

/// A property filter with what it takes to apply it to users.
#[derive(Clone, Debug, Default)]
pub(super) struct UserFilter {
    pub(super) filter: PropertyFilter,
    /// The normalized words of the search text.
    pub(super) words: Vec<String>,
    conditions: Vec<Condition>,
}

/// A test of a user, possibly negated.
#[derive(Clone, Debug)]
struct Condition {
    test: UserTest,
    is_negated: bool,
}

#[derive(Clone, Debug)]
enum UserTest {
    Profile(SecurityProfileId),
    /// The user has at least one of these permissions.
    Permission(PermissionSet),
    /// The user has every permission that grants access, and none of these permissions is limited to a scope.
    FullAccess {
        /// Whether assignments with a start or end date are ignored.
        permanent_only: bool,
    },
    /// The user is in this hierarchy group or in a group below this group.
    Group(HierarchyGroupId),
    NoGroup,
    RoutingProfile(ResourceId),
    Enabled(bool),
    Locked,
    NeverSignedIn,
    CanSignIn,
    NoMfa,
    Mfa(MfaMethodKind),
    Password(PasswordState),
    /// The user has not used a temporary password for a long time after it was set.
    TemporaryPasswordUnused,
    NoEmail,
    VerifiedEmail,
    UnverifiedEmail,
    /// The user has a tag with this key, or with this key and value (`key=value`).
    Tag(String),
    NoTags,
    /// An assignment that has not ended yet ends before this time.
    EndsBefore(Timestamp),
    EndsAfter(Timestamp),
    NoEnd,
    SeenBefore(Timestamp),
    SeenSince(Timestamp),
    NeverSeen,
    AdministratorWithoutMfa,
    AnyFinding,
    LoginIs(String),
    LoginContains(String),
    NameIs(String),
    NameContains(String),
    Access(AccessTest),
    /// The value in the URL is invalid or unknown. No user matches, also if the condition is negated.
    Unknown,
}

/// The minimum age, in milliseconds, of an unused temporary password that the filter matches.
const TEMPORARY_PASSWORD_AGE_MILLIS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Data about users that is not in the directory. The data is loaded only if a filter needs it.
#[derive(Default)]
pub(super) struct FilterContext {
    pub(super) activity: HashMap<UserId, LoginActivity>,
    pub(super) locked: HashSet<UserId>,
}

impl UserFilter {
    /// Looks up the values of a filter's tokens.
    pub(super) fn new(filter: PropertyFilter, scope: &ViewerScope<'_>) -> Self {
        let condition = |token: &Token| Condition {
            test: UserTest::new(token, scope).unwrap_or(UserTest::Unknown),
            is_negated: token.operator.is_negated,
        };
        let conditions = filter.tokens.iter().map(condition).collect();
        Self { words: user_index::search_words(&filter.search), conditions, filter }
    }

    /// Whether the filter matches all users.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.conditions.is_empty()
    }

    /// The number of words and conditions, which determines the cost of a search.
    pub(super) fn len(&self) -> usize {
        self.words.len() + self.conditions.len()
    }

    /// Whether there are conditions besides the search text.
    pub(super) fn has_conditions(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// Whether the filter needs the sign-in activity of users.
    pub(super) fn needs_activity(&self) -> bool {
        self.conditions.iter().any(|condition| {
            matches!(
                condition.test,
                UserTest::NeverSignedIn | UserTest::SeenBefore(_) | UserTest::SeenSince(_) | UserTest::NeverSeen
            )
        })
    }

    /// Whether the filter needs to know which users are locked out.
    pub(super) fn needs_locked(&self) -> bool {
        self.conditions.iter().any(|condition| matches!(condition.test, UserTest::Locked))
    }

    /// Whether a user matches all conditions.
    pub(super) fn matches(&self, user: &User, scope: &ViewerScope<'_>, context: &FilterContext) -> bool {
        self.conditions.iter().all(|condition| {
            condition.test.holds(user, scope, context) != condition.is_negated && condition.test.is_visible(user, scope)
        })
    }
}

impl UserTest {
    /// Returns the test that a token stands for. Treats a record as nonexistent if the viewer can't see the record's
    /// name.
    fn new(token: &Token, scope: &ViewerScope<'_>) -> Option<Self> {
        let visibility = scope.visibility();
        let value = token.value.as_str();
        let relation = token.operator.relation;
        let day = || start_of_day(value, &scope.times.zone);
        match (token.property.id, relation) {
            ("profile", _) => SecurityProfileId::parse(value)
                .filter(|id| scope.directory.profile(*id).is_some() && visibility.profile(*id).shows_name())
                .map(Self::Profile),
            ("permission", _) => {
                let permissions: Result<PermissionSet, _> = value.split(',').map(Permission::parse).collect();
                permissions.ok().map(Self::Permission)
            }
            ("group", Relation::Empty) => Some(Self::NoGroup),
            ("group", _) => HierarchyGroupId::parse(value)
                .filter(|id| scope.directory.group(*id).is_some() && visibility.group(*id).shows_name())
                .map(Self::Group),
            ("routing", _) => ResourceId::parse(value)
                .filter(|id| scope.directory.resource_with_type(ResourceType::RoutingProfile, *id).is_some())
                .filter(|id| visibility.resource(*id).shows_name())
                .map(Self::RoutingProfile),
            ("tag", Relation::Empty) => Some(Self::NoTags),
            ("tag", _) => Some(Self::Tag(value.to_owned())),
            ("ends", Relation::Empty) => Some(Self::NoEnd),
            ("ends", Relation::After) => day().map(Self::EndsAfter),
            ("ends", _) => day().map(Self::EndsBefore),
            ("seen", Relation::Empty) => Some(Self::NeverSeen),
            ("seen", Relation::After) => day().map(Self::SeenSince),
            ("seen", _) => day().map(Self::SeenBefore),
            ("login", Relation::Contains) => Some(Self::LoginContains(folded(value))),
            ("login", _) => Some(Self::LoginIs(folded(value))),
            ("name", Relation::Contains) => Some(Self::NameContains(folded(value))),
            ("name", _) => Some(Self::NameIs(folded(value))),
            (property, _) => {
                Self::option(property, value).or_else(|| AccessTest::parse(property, value, scope).map(Self::Access))
            }
        }
    }

    /// Returns the test for one of the options of a property.
    fn option(property: &str, value: &str) -> Option<Self> {
        Some(match (property, value) {
            ("access", "full") => Self::FullAccess { permanent_only: false },
            ("access", "lasting") => Self::FullAccess { permanent_only: true },
            ("status", "enabled") => Self::Enabled(true),
            ("status", "disabled") => Self::Enabled(false),
            ("status", "locked") => Self::Locked,
            ("sign-in", "never") => Self::NeverSignedIn,
            ("sign-in", "possible") => Self::CanSignIn,
            ("factor", "none") => Self::NoMfa,
            ("factor", kind) => Self::Mfa(MfaMethodKind::parse(kind)?),
            ("password", "none") => Self::Password(PasswordState::None),
            ("password", "temporary") => Self::Password(PasswordState::Temporary),
            ("password", "set") => Self::Password(PasswordState::Set),
            ("password", "waiting") | ("finding", "password") => Self::TemporaryPasswordUnused,
            ("email", "verified") => Self::VerifiedEmail,
            ("email", "unverified") | ("finding", "email") => Self::UnverifiedEmail,
            ("email", "none") => Self::NoEmail,
            ("finding", "mfa") => Self::AdministratorWithoutMfa,
            ("finding", "any") => Self::AnyFinding,
            _ => return None,
        })
    }

    /// Whether the viewer can see whether the test holds for the user. Filtering by permission would otherwise reveal
    /// permissions.
    fn is_visible(&self, user: &User, scope: &ViewerScope<'_>) -> bool {
        match self {
            Self::Permission(_) | Self::FullAccess { .. } | Self::AdministratorWithoutMfa => scope.can_see_access(user),
            Self::Access(test) => test.is_visible(user, scope),
            Self::Unknown => false,
            _ => true,
        }
    }

    fn holds(&self, user: &User, scope: &ViewerScope<'_>, context: &FilterContext) -> bool {
        let ViewerScope { directory, now, .. } = *scope;
        let seen = || context.activity.get(&user.id).and_then(|activity| activity.last_active_at);
        let has_assignment = |test: &dyn Fn(&Assignment) -> bool| {
            user.assignments.iter().any(|assignment| !assignment.has_ended(now) && test(assignment))
        };
        let email = &user.identity.email;
        match self {
            Self::Profile(profile) => has_assignment(&|assignment| assignment.profile == *profile),
            Self::Permission(permissions) => {
                permissions.iter().any(|permission| has_permission(directory, user, permission, now))
            }
            Self::FullAccess { permanent_only } => has_full_access(directory, user, *permanent_only, now),
            Self::Group(top) => user.hierarchy_group.is_some_and(|group| directory.is_within(group, *top)),
            Self::NoGroup => user.hierarchy_group.is_none(),
            Self::RoutingProfile(routing) => user.routing_profile == *routing,
            Self::Enabled(enabled) => user.enabled == *enabled,
            Self::Locked => context.locked.contains(&user.id),
            Self::NeverSignedIn => context.activity.get(&user.id).is_none_or(|known| known.signed_in_at.is_none()),
            Self::CanSignIn => user.can_sign_in(),
            Self::NoMfa => user.mfa_methods.is_empty(),
            Self::Mfa(kind) => user.mfa_methods.iter().any(|method| method.kind == *kind),
            Self::Password(state) => user.password == *state,
            Self::TemporaryPasswordUnused => {
                let set = user.password_set_at.unwrap_or(user.modified);
                user.enabled
                    && user.password == PasswordState::Temporary
                    && now.as_millis() - set.as_millis() > TEMPORARY_PASSWORD_AGE_MILLIS
            }
            Self::NoEmail => email.is_none(),
            Self::VerifiedEmail => email.is_some() && *email == user.verified_email,
            Self::UnverifiedEmail => email.is_some() && *email != user.verified_email && user.can_sign_in(),
            Self::Tag(tag) => user.tags.iter().any(|(key, value)| is_tag(tag, key, value)),
            Self::NoTags => user.tags.is_empty(),
            Self::EndsBefore(day) => has_assignment(&|assignment| assignment.until.is_some_and(|until| until < *day)),
            Self::EndsAfter(day) => has_assignment(&|assignment| assignment.until.is_some_and(|until| until >= *day)),
            Self::NoEnd => !has_assignment(&|assignment| assignment.until.is_some()),
            Self::SeenBefore(day) => seen().is_none_or(|seen| seen < *day),
            Self::SeenSince(day) => seen().is_some_and(|seen| seen >= *day),
            Self::NeverSeen => seen().is_none(),
            Self::AdministratorWithoutMfa => {
                user.mfa_methods.is_empty() && user.can_sign_in() && has_full_access(directory, user, false, now)
            }
            Self::AnyFinding => {
                let visible = |test: Self| test.holds(user, scope, context) && test.is_visible(user, scope);
                visible(Self::TemporaryPasswordUnused)
                    || visible(Self::UnverifiedEmail)
                    || visible(Self::AdministratorWithoutMfa)
            }
            Self::LoginIs(login) => folded(&user.username) == *login,
            Self::LoginContains(part) => folded(&user.username).contains(part.as_str()),
            Self::NameIs(name) => folded(&user.display_name()) == *name,
            Self::NameContains(part) => folded(&user.display_name()).contains(part.as_str()),
            Self::Access(test) => test.holds(user, scope),
            Self::Unknown => false,
        }
    }
}

/// Whether the tag is `key`, or `key=value`. Keys can contain `=`.
fn is_tag(tag: &str, key: &str, value: &str) -> bool {
    let rest = tag.strip_prefix(key);
    rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('=') == Some(value))
}

/// Whether the user currently has every permission that grants access, without a scope.
fn has_full_access(directory: &Directory, user: &User, permanent_only: bool, now: Timestamp) -> bool {
    let has_now = || catalog().granting().is_subset(&directory.grants_at(user, now).unscoped);
    directory.has_full_access(user.id)
        || (!permanent_only && user.assignments.iter().any(Assignment::is_dated) && has_now())
}

/// Whether the user has the permission, with or without a scope.
fn has_permission(directory: &Directory, user: &User, permission: Permission, now: Timestamp) -> bool {
    let request = Request::new(user.id, RequestedAction::Permission(permission), Target::Instance, now);
    match directory.decide(&request).reason {
        Reason::Granted | Reason::GrantedInScope | Reason::OutOfScope => true,
        // A restriction never allows an action. A user matches if the restriction applies to the user.
        Reason::IsRestriction => directory.grants_at(user, now).restrictions.contains(permission),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
