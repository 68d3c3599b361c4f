//! How a profile differs from the default profile of its name, or of the name that it was made as.

use crate::catalogue::{DefaultProfile, catalogue};
use crate::closure::{close, effective};
use crate::permission_set::PermissionSet;
use crate::profile::SecurityProfile;
use crate::text::folded;

/// The differences from a default profile.
#[derive(Clone, Debug)]
pub struct DefaultDiff {
    /// The default profile.
    pub default: &'static DefaultProfile,
    /// Held beyond what the default holds. Old and newer names of the same count as one.
    pub added: PermissionSet,
    /// In the default and not held.
    pub missing: PermissionSet,
    /// Whether the profile reaches less than everything, which no default does.
    pub scoped: bool,
    /// Whether it grants anything in other applications, which no default does.
    pub applications: bool,
}

impl DefaultDiff {
    /// Whether the profile is still as it was made.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.added.is_empty() && self.missing.is_empty() && !self.scoped && !self.applications
    }
}

/// Compares a profile with the default profile of its name; `None` if there is none of that name.
#[must_use]
pub fn default_diff(profile: &SecurityProfile) -> Option<DefaultDiff> {
    let named = profile.unedited_default.as_deref().unwrap_or(&profile.name);
    let default = catalogue().default_profiles().iter().find(|default| folded(&default.name) == folded(named))?;
    let old: PermissionSet = catalogue().legacy().iter().map(|(old, _)| *old).collect();
    let held = effective(profile.permissions.permissions()).difference(&old);
    let usual = effective(close(&default.permissions).permissions()).difference(&old);
    let control = &profile.access_control;
    Some(DefaultDiff {
        default,
        added: held.difference(&usual),
        missing: usual.difference(&held),
        scoped: control.hierarchy_restricted || !control.tag_restricted.is_empty() || !profile.conditions.is_empty(),
        applications: !profile.applications.is_empty(),
    })
}
