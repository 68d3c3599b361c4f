//! Filter tokens that compare a user's whole access. Other pages link to the list of users with these tokens, so that
//! the list has exactly the users that these pages count.

use floorkey::review::capabilities::{Capability, capability};
use floorkey::visibility::Viewer;
use floorkey::{HierarchyGroupId, SecurityProfileId, User};

use super::find::ViewerScope;
use crate::web::text;

/// The names of these tokens in the URL.
pub(super) const NAMES: [&str; 3] = ["can", "in-group", "profiles"];

/// The value of `profiles` for users who have no security profile.
const NO_PROFILES: &str = "none";

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
    /// Parses a token. Returns `None` if the value is invalid, or if it refers to a record whose name the viewer can't
    /// see.
    pub(super) fn parse(name: &str, value: &str, scope: &ViewerScope<'_>) -> Option<Self> {
        let visibility = scope.visibility();
        let sees_all = visibility.sees_all_permissions();
        match name {
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

    /// Whether a user matches. A user whose effective permissions the viewer can't see does not match, because a match
    /// would reveal these permissions.
    pub(super) fn matches(&self, user: &User, scope: &ViewerScope<'_>) -> bool {
        let is_visible = |sees_all: bool| sees_all || scope.visibility().check_effective_permissions(user).is_ok();
        match self {
            Self::Can { capability, sees_all } => {
                scope.directory.has_any_permission(user, &capability.permissions, scope.now) && is_visible(*sees_all)
            }
            Self::InGroup(group) => user.hierarchy_group == Some(*group),
            Self::Profiles { profiles, sees_all } => {
                let mut assigned: Vec<SecurityProfileId> = user.profiles_at(scope.now).collect();
                assigned.sort_unstable();
                assigned.dedup();
                assigned == *profiles && is_visible(*sees_all)
            }
        }
    }

    /// Returns the label of the token.
    pub(super) fn label(&self, visibility: &Viewer<'_>) -> String {
        match self {
            Self::Can { capability, .. } => format!("Can {}", capability.phrase),
            Self::InGroup(id) => format!("Directly in {}", text::group(visibility, *id)),
            Self::Profiles { profiles, .. } if profiles.is_empty() => "No security profile".to_owned(),
            Self::Profiles { profiles, .. } => {
                let names: Vec<String> = profiles.iter().map(|id| text::profile(visibility, *id)).collect();
                format!("Exactly: {}", text::join_names(&names, names.len()))
            }
        }
    }
}

/// Returns the value of the token `profiles` for users with exactly these security profiles.
pub(crate) fn exact_profiles(profiles: &[SecurityProfileId]) -> String {
    match profiles {
        [] => NO_PROFILES.to_owned(),
        profiles => profiles.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    }
}
