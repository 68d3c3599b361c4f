//! Compares a profile with the default profile that it was created from, or with the default profile of the same name.

use crate::catalog::{DefaultProfile, catalog};
use crate::closure::{effective, with_requirements};
use crate::permission_set::PermissionSet;
use crate::profile::SecurityProfile;
use crate::text::folded;

/// The differences between a profile and its default profile.
#[derive(Clone, Debug)]
pub struct DefaultDiff {
    /// The default profile.
    pub default: &'static DefaultProfile,
    /// Permissions that only the profile has. A legacy permission and its replacements are treated as equal.
    pub added: PermissionSet,
    /// Permissions that only the default profile has.
    pub missing: PermissionSet,
    /// Whether the profile has scopes or conditions, which no default profile has.
    pub scoped: bool,
    /// Whether the profile has application permissions, which no default profile has.
    pub applications: bool,
}

impl DefaultDiff {
    /// Whether the profile grants the same access as the default profile.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.added.is_empty() && self.missing.is_empty() && !self.scoped && !self.applications
    }
}

/// Compares a profile with its default profile. Returns `None` if the profile has no default profile.
#[must_use]
pub fn default_diff(profile: &SecurityProfile) -> Option<DefaultDiff> {
    let default_name = profile.unedited_default.as_deref().unwrap_or(&profile.name);
    let default = catalog().default_profiles().iter().find(|default| folded(&default.name) == folded(default_name))?;
    let legacy: PermissionSet = catalog().legacy().iter().map(|(legacy, _)| *legacy).collect();
    let permissions = effective(profile.permissions.permissions()).difference(&legacy);
    let default_permissions = effective(with_requirements(&default.permissions).permissions()).difference(&legacy);
    let control = &profile.access_control;
    Some(DefaultDiff {
        default,
        added: permissions.difference(&default_permissions),
        missing: default_permissions.difference(&permissions),
        scoped: control.hierarchy_restricted || !control.tag_restricted.is_empty() || !profile.conditions.is_empty(),
        applications: !profile.applications.is_empty(),
    })
}
