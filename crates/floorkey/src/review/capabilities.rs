//! Capabilities: what reviewers of access ask about, such as who can download recordings. A capability is a phrase
//! together with all permissions that mean it, whatever the permissions are called.

use std::sync::LazyLock;

use crate::catalog::{Permission, Risk, catalog};
use crate::permission_set::PermissionSet;
use crate::scope::Grants;

/// The severity of what users can do with permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RiskLevel {
    /// None of the permissions has a risk.
    #[default]
    None,
    /// Users can see, export or destroy data, change the live service, lock others out, or cause costs.
    Sensitive,
    /// Users can get full control: they can give themselves or others every permission.
    FullControl,
}

impl RiskLevel {
    /// Returns the level of the worst risk of the permissions.
    #[must_use]
    pub fn of(permissions: &PermissionSet) -> Self {
        let level = |risk: &Risk| if *risk == Risk::Escalation { Self::FullControl } else { Self::Sensitive };
        let risks = permissions.iter().flat_map(|permission| &permission.info().risks);
        risks.map(level).max().unwrap_or_default()
    }
}

/// What users can do with any of several permissions.
#[derive(Clone, Debug)]
pub struct Capability {
    /// The name in URLs, such as `download-recordings`.
    pub id: &'static str,
    /// A phrase that follows "can", such as `download recordings`.
    pub phrase: &'static str,
    /// The permissions that mean it. Users with any of these permissions have the capability. Legacy permissions are
    /// included.
    pub permissions: PermissionSet,
}

/// How far a user has a capability. Greater values are worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CapabilityExtent {
    /// The worst risk of the user's permissions that mean the capability.
    pub risk: RiskLevel,
    /// Whether a permission with this risk applies to all users or resources. Otherwise, the permissions apply only
    /// within scopes, or a restriction narrows them.
    pub unlimited: bool,
}

/// The permissions that mean a capability.
enum Meaning {
    /// The permissions with these names.
    Names(&'static [&'static str]),
    /// All permissions with this risk.
    Risk(Risk),
}

/// Returns all capabilities, in display order.
#[must_use]
pub fn capabilities() -> &'static [Capability] {
    static CAPABILITIES: LazyLock<Vec<Capability>> = LazyLock::new(|| TABLE.iter().map(Capability::from_row).collect());
    &CAPABILITIES
}

/// Returns the capability with the given name in URLs.
#[must_use]
pub fn capability(id: &str) -> Option<&'static Capability> {
    capabilities().iter().find(|capability| capability.id == id)
}

impl Capability {
    fn from_row((id, phrase, meaning): &(&'static str, &'static str, Meaning)) -> Self {
        let permissions = match meaning {
            Meaning::Names(names) => names.iter().filter_map(|name| Permission::parse(name).ok()).collect(),
            Meaning::Risk(risk) => {
                catalog().granting().iter().filter(|permission| permission.info().risks.contains(risk)).collect()
            }
        };
        Self { id, phrase, permissions }
    }

    /// Returns the permissions without legacy permissions. A legacy permission counts as the permissions that replaced
    /// it, so a user with any of `permissions` also has one of these.
    #[must_use]
    pub fn current_permissions(&self) -> PermissionSet {
        without_legacy(&self.permissions)
    }

    /// Returns how far grants include the capability; `None` if they don't.
    #[must_use]
    pub fn extent(&self, grants: &Grants) -> Option<CapabilityExtent> {
        let granted = grants.all_permissions().intersection(&self.permissions);
        if granted.is_empty() {
            return None;
        }
        let narrowed = grants.restrictions.iter().fold(PermissionSet::EMPTY, |all, one| all.union(&one.info().narrows));
        let everywhere = grants.unscoped.intersection(&self.permissions).difference(&narrowed);
        let risk = RiskLevel::of(&granted);
        Some(CapabilityExtent { risk, unlimited: !everywhere.is_empty() && RiskLevel::of(&everywhere) == risk })
    }
}

/// Returns the permissions without legacy permissions.
#[must_use]
pub fn without_legacy(permissions: &PermissionSet) -> PermissionSet {
    catalog().legacy().iter().fold(*permissions, |mut set, (legacy, _)| {
        set.remove(*legacy);
        set
    })
}

/// Each capability with its name in URLs, its phrase, and the permissions that mean it.
const TABLE: [(&str, &str, Meaning); 9] = [
    ("reset-passwords", "reset passwords", Meaning::Names(&["Users.Edit"])),
    (
        "assign-profiles",
        "assign security profiles",
        Meaning::Names(&["Users.Edit", "Users.EditPermission", "Users.Create"]),
    ),
    ("edit-profiles", "edit security profiles", Meaning::Names(&["SecurityProfiles.Edit"])),
    ("listen-in", "listen in on live contacts", Meaning::Names(&["ManagerListenIn"])),
    (
        "play-recordings",
        "play recordings",
        Meaning::Names(&[
            "CallRecordings.Unredacted.Access",
            "CallRecordings.Redacted.Access",
            "ScreenRecording.Access",
            "ScreenRecording.Redacted.Access",
            "AutomatedVoiceInteraction.Recordings.Unredacted.Access",
            "AutomatedVoiceInteraction.Recordings.Redacted.Access",
            "Audio.View",
            "ContactRecording.Access",
            "ListenCallRecordings",
            "RedactedData.View",
        ]),
    ),
    (
        "download-recordings",
        "download recordings",
        Meaning::Names(&[
            "CallRecordings.Unredacted.DownloadButton",
            "CallRecordings.Redacted.DownloadButton",
            "ScreenRecording.Download",
            "ScreenRecording.Redacted.Download",
            "AutomatedVoiceInteraction.Recordings.Unredacted.DownloadButton",
            "AutomatedVoiceInteraction.Recordings.Redacted.DownloadButton",
            "DownloadCallRecordings",
        ]),
    ),
    ("delete-recordings", "delete recordings", Meaning::Names(&["DeleteCallRecordings", "ScreenRecording.Delete"])),
    // Editing a flow saves a draft. Customers notice it only after it is published.
    ("change-live-flows", "change live flows", Meaning::Names(&["ContactFlows.Publish", "ContactFlowModules.Publish"])),
    ("see-personal-data", "see personal data", Meaning::Risk(Risk::SensitiveData)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::{HierarchyScope, Scope};

    fn set(names: &[&str]) -> PermissionSet {
        names.iter().map(|name| Permission::parse(name).unwrap()).collect()
    }

    fn extent(id: &str, grants: &Grants) -> Option<(RiskLevel, bool)> {
        capability(id).unwrap().extent(grants).map(|extent| (extent.risk, extent.unlimited))
    }

    #[test]
    fn every_named_permission_is_in_the_catalog_and_grants_something() {
        for (id, phrase, meaning) in &TABLE {
            let found = capability(id).unwrap();
            assert_eq!(found.phrase, *phrase);
            assert!(!found.permissions.is_empty() && found.permissions.is_subset(catalog().granting()), "{id}");
            if let Meaning::Names(names) = meaning {
                for name in *names {
                    assert!(found.permissions.contains(Permission::parse(name).unwrap()), "{id}: {name}");
                }
                assert_eq!(found.permissions.len(), names.len(), "{id}");
            }
        }
        let ids: std::collections::BTreeSet<_> = capabilities().iter().map(|capability| capability.id).collect();
        assert_eq!(ids.len(), capabilities().len());
    }

    #[test]
    fn a_legacy_permission_counts_through_its_replacements() {
        for capability in capabilities() {
            for (legacy, replacements) in catalog().legacy() {
                if capability.permissions.contains(*legacy) {
                    let current = capability.current_permissions();
                    assert!(!current.contains(*legacy));
                    assert!(!replacements.intersection(&current).is_empty(), "{}: {legacy:?}", capability.id);
                }
            }
        }
    }

    #[test]
    fn the_extent_is_the_worst_risk_and_whether_anything_limits_it() {
        let everywhere = |names: &[&str]| Grants { unscoped: set(names), ..Grants::default() };
        assert_eq!(extent("reset-passwords", &everywhere(&["Users.View"])), None);
        let edit = everywhere(&["Users.View", "Users.Edit"]);
        assert_eq!(extent("reset-passwords", &edit), Some((RiskLevel::FullControl, true)));
        assert_eq!(extent("see-personal-data", &edit), Some((RiskLevel::Sensitive, true)));
        let own = Scope { hierarchy: Some(HierarchyScope::Own), ..Scope::default() };
        let team = Grants { scoped: vec![(own, set(&["Users.Edit"]))], ..everywhere(&["ManagerListenIn"]) };
        assert_eq!(extent("reset-passwords", &team), Some((RiskLevel::FullControl, false)));
        assert_eq!(extent("listen-in", &team), Some((RiskLevel::Sensitive, true)));
        let restricted = Grants {
            restrictions: set(&["RestrictContactAccessByHierarchy.View"]),
            ..everywhere(&["CallRecordings.Redacted.Access"])
        };
        assert_eq!(extent("play-recordings", &restricted), Some((RiskLevel::Sensitive, false)));
    }

    #[test]
    fn personal_data_is_what_the_catalog_marks_as_such() {
        let permissions = capability("see-personal-data").unwrap().permissions;
        for permission in catalog().granting().iter() {
            let is_marked = permission.info().risks.contains(&Risk::SensitiveData);
            assert_eq!(permissions.contains(permission), is_marked, "{permission:?}");
        }
    }
}
