//! Properties of the filter that compare a user's whole access. Other pages link to the list of users with tokens of
//! these properties, so that the list has exactly the users that these pages count.

use floorkey::review::capabilities::{Capability, capability};
use floorkey::visibility::Viewer;
use floorkey::{HierarchyGroupId, SecurityProfileId, User};

use super::find::ViewerScope;
use crate::web::text;

/// The value of the property `profiles` for users who have no security profile.
pub(super) const NO_PROFILES: &str = "none";

/// The text of [`NO_PROFILES`].
pub(super) const NO_PROFILES_TEXT: &str = "None";

/// The test of a token.
#[derive(Clone, Debug)]
pub(super) enum AccessTest {
    /// The user has the capability, with or without a scope.
    Can {
        capability: &'static Capability,
        /// Whether the viewer can see the permissions of all users.
        sees_all: bool,
    },
    /// The user is in this hierarchy group, and not in a group below this group.
    InGroup(HierarchyGroupId),
    /// The user has exactly these security profiles at the moment. The profiles are sorted by ID.
    Profiles {
        profiles: Vec<SecurityProfileId>,
        /// Whether the viewer can see the permissions of all users.
        sees_all: bool,
    },
}

impl AccessTest {
    /// Parses the value of the property `can`, `in-group` or `profiles`. Returns `None` for other properties, if the value
    /// is invalid, or if it refers to a record whose name the viewer can't see.
    pub(super) fn parse(property: &str, value: &str, scope: &ViewerScope<'_>) -> Option<Self> {
        let visibility = scope.visibility();
        let sees_all = visibility.sees_all_permissions();
        match property {
            "can" => capability(value).map(|capability| Self::Can { capability, sees_all }),
            "in-group" => HierarchyGroupId::parse(value)
                .filter(|id| scope.directory.group(*id).is_some() && visibility.group(*id).shows_name())
                .map(Self::InGroup),
            "profiles" if value == NO_PROFILES => Some(Self::Profiles { profiles: Vec::new(), sees_all }),
            "profiles" => {
                let visible = |id: &SecurityProfileId| {
                    scope.directory.profile(*id).is_some() && visibility.profile(*id).shows_name()
                };
                let ids = value.split(',').map(|id| SecurityProfileId::parse(id).filter(visible));
                let mut profiles = ids.collect::<Option<Vec<_>>>()?;
                profiles.sort_unstable();
                profiles.dedup();
                Some(Self::Profiles { profiles, sees_all })
            }
            _ => None,
        }
    }

    /// Whether the test holds for a user, also if the viewer can't see that. See [`Self::is_visible`].
    pub(super) fn holds(&self, user: &User, scope: &ViewerScope<'_>) -> bool {
        match self {
            Self::Can { capability, .. } => {
                scope.directory.has_any_permission(user, &capability.permissions, scope.now)
            }
            Self::InGroup(group) => user.hierarchy_group == Some(*group),
            Self::Profiles { profiles, .. } => {
                let mut assigned: Vec<SecurityProfileId> = user.profiles_at(scope.now).collect();
                assigned.sort_unstable();
                assigned.dedup();
                assigned == *profiles
            }
        }
    }

    /// Whether the viewer can see whether the test holds for a user. A user whose effective permissions the viewer can't
    /// see must not match, because a match would reveal these permissions.
    pub(super) fn is_visible(&self, user: &User, scope: &ViewerScope<'_>) -> bool {
        match self {
            Self::Can { sees_all, .. } | Self::Profiles { sees_all, .. } => *sees_all || scope.can_see_access(user),
            Self::InGroup(_) => true,
        }
    }

    /// Returns the value as text.
    pub(super) fn text(&self, visibility: &Viewer<'_>) -> String {
        match self {
            Self::Can { capability, .. } => capability.phrase.to_owned(),
            Self::InGroup(id) => text::group(visibility, *id),
            Self::Profiles { profiles, .. } if profiles.is_empty() => NO_PROFILES_TEXT.to_owned(),
            Self::Profiles { profiles, .. } => {
                let names: Vec<String> = profiles.iter().map(|id| text::profile(visibility, *id)).collect();
                text::join_names(&names, names.len())
            }
        }
    }
}

/// Returns the value of the property `profiles` for users with exactly these security profiles.
pub(crate) fn exact_profiles(profiles: &[SecurityProfileId]) -> String {
    match profiles {
        [] => NO_PROFILES.to_owned(),
        profiles => profiles.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    }
}
