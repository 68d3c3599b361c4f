//! The catalog of all permissions, which describes what each permission allows and which other permissions it requires.
//!
//! The catalog's data is in TOML files in this crate's `data` directory. The files are parsed once, and each name in
//! the files becomes a [`Permission`]. Other code can therefore not refer to a permission that does not exist.

mod data;
mod nearest;

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use crate::action::{Action, Requirement};
use crate::permission_set::PermissionSet;
use crate::resource::ResourceType;

/// A permission in the catalog, for example `Users.Edit`.
///
/// Permissions are created only by [`Permission::parse`] and by the catalog. Permissions sort in catalog order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission(u16);

impl Permission {
    /// Parses a permission's API name. Legacy spellings (aliases) are accepted.
    ///
    /// # Errors
    /// Returns [`UnknownPermission`] if no permission has this name. The error can suggest the permission that was
    /// probably meant.
    pub fn parse(name: &str) -> Result<Self, UnknownPermission> {
        let permission = catalog().by_name.get(name).copied();
        permission.ok_or_else(|| UnknownPermission { name: name.to_owned() })
    }

    /// Returns the permission's API name.
    #[must_use]
    pub fn name(self) -> &'static str {
        &self.info().name
    }

    /// Returns the permission's catalog entry.
    #[must_use]
    pub fn info(self) -> &'static PermissionInfo {
        let catalog = catalog();
        catalog.permissions.get(self.index()).unwrap_or(&catalog.unknown_info)
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    pub(crate) const fn at(index: usize) -> Self {
        Self(index as u16)
    }
}

impl std::fmt::Debug for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is not in the catalog.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a permission{}", self.display_name(), self.suggestion().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
pub struct UnknownPermission {
    /// The name that was parsed.
    pub name: String,
}

/// Whether a permission grants an ability or removes an ability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polarity {
    /// The permission allows the user to do something.
    Grant,
    /// The permission is a restriction: it removes an ability, even if other permissions grant that ability. All
    /// interfaces display the permission as a restriction, never as an ability.
    Restriction,
}

/// A risk that comes with a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Users can give themselves or other users more permissions than they were granted.
    Escalation,
    /// Users can lock other users out.
    LockOut,
    /// Users can see personal or confidential data.
    SensitiveData,
    /// Users can copy data out of the system.
    Exfiltration,
    /// Users can destroy data that cannot be restored.
    Destructive,
    /// Users can change the experience of customers immediately.
    LiveService,
    /// Users can incur costs.
    Cost,
}

impl Risk {
    /// Returns the risk's name, which is used for display and in filters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Escalation => "escalation",
            Self::LockOut => "lock-out",
            Self::SensitiveData => "sensitive-data",
            Self::Exfiltration => "exfiltration",
            Self::Destructive => "destructive",
            Self::LiveService => "live-service",
            Self::Cost => "cost",
        }
    }
}

/// The catalog entry of a permission.
#[derive(Debug)]
pub struct PermissionInfo {
    /// The permission's unique API name, such as `Users.Edit`.
    pub name: String,
    /// The name of the permission's group, such as `Users and permissions`.
    pub group: String,
    /// The label of the permission's row in the group, such as `Users`.
    pub resource: String,
    /// The label of the permission's column, such as `Edit`.
    pub action: String,
    /// A one-sentence description of the permission.
    pub description: String,
    /// The permission's risks.
    pub risks: Vec<Risk>,
    /// Whether the permission grants an ability or is a restriction.
    pub polarity: Polarity,
    /// For a restriction, the permissions that it restricts. Without the restriction, a user who has one of these
    /// permissions has more access. The set is empty for permissions that grant abilities.
    pub narrows: PermissionSet,
    /// Other spellings of the same permission.
    pub aliases: Vec<String>,
    /// The resource type that scopes of the permission apply to; `None` if scopes have no effect on the permission.
    pub resource_type: Option<ResourceType>,
    /// For a legacy permission, the permissions that replaced it. The set is empty for all other permissions.
    pub replacements: PermissionSet,
}

impl PermissionInfo {
    /// Whether the permission is a legacy permission, which means that other permissions have replaced it.
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        !self.replacements.is_empty()
    }
}

/// How strongly one permission depends on another permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Whenever a permission is granted, the permissions that it requires are also granted. This applies to every
    /// interface.
    Required,
    /// The console selects the suggested permission by default, but users can clear the selection.
    DefaultOn,
    /// The console offers the suggested permission, but does not select it by default.
    Offered,
}

/// A dependency between two permissions.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The permission that was selected.
    pub permission: Permission,
    /// The permission that is required or suggested when `permission` is selected.
    pub requires: Permission,
    /// The strength of the dependency.
    pub strength: Strength,
    /// A description of the reason for the dependency.
    pub because: String,
}

/// A rule that lets users see the names of resources in drop-downs, based on their other permissions.
#[derive(Clone, Debug)]
pub struct InheritanceRule {
    /// The rule applies to users who have at least one of these permissions.
    pub permissions: PermissionSet,
    /// The `View` permissions for the types of resources whose names the users can see.
    pub views: PermissionSet,
    /// A description of where the names are displayed.
    pub shown_in: String,
}

/// Permissions that have an effect only together with other permissions. The other permissions are not granted
/// automatically.
#[derive(Clone, Debug)]
pub struct WorksWith {
    /// The permissions that have no effect on their own.
    pub permissions: PermissionSet,
    /// The additional permissions that users need.
    pub needs: PermissionSet,
    /// A description of why the additional permissions are needed.
    pub because: String,
}

/// A profile that every new instance has.
#[derive(Clone, Debug)]
pub struct DefaultProfile {
    /// The profile's name.
    pub name: String,
    /// A description of the profile.
    pub description: String,
    /// The permissions that the profile grants, before required permissions are added.
    pub permissions: PermissionSet,
    /// The names of the default profiles that users with this profile can assign while the guard is in `enforce` mode.
    pub assignable: Vec<String>,
}

/// The catalog of permissions.
#[derive(Debug)]
pub struct Catalog {
    permissions: Vec<PermissionInfo>,
    by_name: HashMap<String, Permission, FixedState>,
    known_mistakes: HashMap<String, Option<String>>,
    granting: PermissionSet,
    legacy: Vec<(Permission, PermissionSet)>,
    pub(crate) direct_requirements: Vec<PermissionSet>,
    /// For each permission, all other permissions that it requires, directly or indirectly.
    pub(crate) all_requirements: Vec<PermissionSet>,
    dependencies: Vec<Dependency>,
    inherited: Vec<InheritanceRule>,
    works_with: Vec<WorksWith>,
    defaults: Vec<DefaultProfile>,
    requirements: BTreeMap<Action, Requirement>,
    unknown_info: PermissionInfo,
}

/// Returns the catalog of this version of Floorkey.
#[must_use]
pub fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the data is part of the program, and a test parses it")]
        data::parse().expect("the catalog's data is sound")
    });
    &CATALOG
}

impl Catalog {
    /// Iterates over all permissions in catalog order, which means by group, and by row within each group.
    pub fn permissions(&self) -> impl ExactSizeIterator<Item = Permission> + '_ {
        (0..self.permissions.len()).map(Permission::at)
    }

    /// Returns all permissions that grant an ability. Full administrators have all of these permissions.
    #[must_use]
    pub fn granting(&self) -> &PermissionSet {
        &self.granting
    }

    /// Returns the legacy permissions, each with its replacements.
    #[must_use]
    pub fn legacy(&self) -> &[(Permission, PermissionSet)] {
        &self.legacy
    }

    /// Returns all dependencies between permissions.
    #[must_use]
    pub fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    /// Returns all other permissions that the permission requires, directly or indirectly.
    #[must_use]
    pub fn requires(&self, permission: Permission) -> PermissionSet {
        self.all_requirements.get(permission.index()).copied().unwrap_or_default()
    }

    /// Returns the inheritance rules, which let users see the names of some resources without the `View` permission.
    #[must_use]
    pub fn inherited(&self) -> &[InheritanceRule] {
        &self.inherited
    }

    /// Returns the permissions that have an effect only together with other permissions.
    #[must_use]
    pub fn works_with(&self) -> &[WorksWith] {
        &self.works_with
    }

    /// Returns the profiles of a new instance.
    #[must_use]
    pub fn default_profiles(&self) -> &[DefaultProfile] {
        &self.defaults
    }

    /// Returns the requirements for performing the operation. If an operation is not in the catalog, only the operator
    /// can perform it.
    #[must_use]
    pub fn requirement(&self, action: Action) -> &Requirement {
        static OPERATOR: Requirement = Requirement::OPERATOR;
        self.requirements.get(&action).unwrap_or(&OPERATOR)
    }

    /// Returns the names of the permission groups in display order.
    #[must_use]
    pub fn groups(&self) -> Vec<&str> {
        let mut groups: Vec<&str> = self.permissions.iter().map(|info| info.group.as_str()).collect();
        groups.dedup();
        groups
    }
}

#[cfg(test)]
mod tests;
