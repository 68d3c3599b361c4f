//! The catalog of all permissions: what each allows and what it requires.
//!
//! The data is in the directory `data` of this crate, in TOML files for people to read and edit. It is parsed once.
//! Names are parsed into [`Permission`]s at the same time, so other code cannot refer to a name that does not exist.

mod data;
mod nearest;

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use crate::action::{Action, Requirement};
use crate::permission_set::PermissionSet;
use crate::resource::ResourceType;

/// A permission of the catalog, for example `Users.Edit`.
///
/// A value comes from [`Permission::parse`] or from the catalog. Permissions are ordered as in the catalog.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission(u16);

impl Permission {
    /// Parses an API name, including legacy spellings (aliases).
    ///
    /// # Errors
    /// [`UnknownPermission`], which can suggest the permission that was probably meant.
    pub fn parse(name: &str) -> Result<Self, UnknownPermission> {
        let permission = catalog().by_name.get(name).copied();
        permission.ok_or_else(|| UnknownPermission { name: name.to_owned() })
    }

    /// Returns the API name.
    #[must_use]
    pub fn name(self) -> &'static str {
        &self.info().name
    }

    /// Returns the catalog entry.
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

/// Whether a permission grants an ability or removes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polarity {
    /// Allows the user to do something.
    Grant,
    /// A restriction: it removes an ability, even if other permissions grant it. Always displayed as a restriction,
    /// never as an ability.
    Restriction,
}

/// A risk of a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Users can get more permissions than they were given.
    Escalation,
    /// Users can lock others out.
    LockOut,
    /// Users see personal or confidential data.
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
    /// Returns the word for display and filters.
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
    /// The API name, unique: `Users.Edit`.
    pub name: String,
    /// The permission group in which it is displayed: `Users and permissions`.
    pub group: String,
    /// The row in the group: `Users`.
    pub resource: String,
    /// The column: `Edit`.
    pub action: String,
    /// One sentence that describes what it allows.
    pub description: String,
    /// Its risks.
    pub risks: Vec<Risk>,
    /// Whether it grants an ability or is a restriction.
    pub polarity: Polarity,
    /// For a restriction, the permissions that it narrows. If a user with the restriction is granted one of them
    /// without the restriction, the user gains access. Empty for permissions that grant abilities.
    pub narrows: PermissionSet,
    /// Other spellings of the same permission.
    pub aliases: Vec<String>,
    /// The resource type that scopes apply to; `None` if scopes have no effect.
    pub resource_type: Option<ResourceType>,
    /// The permissions that replace a legacy permission; empty for all others.
    pub replacements: PermissionSet,
}

impl PermissionInfo {
    /// Whether the permission is a legacy permission that others have replaced.
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        !self.replacements.is_empty()
    }
}

/// The strength of a dependency between two permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Always granted with the permission, in every interface.
    Required,
    /// Selected with the permission in the console; can be cleared.
    DefaultOn,
    /// Offered with the permission in the console, but not selected.
    Offered,
}

/// A dependency between two permissions.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The permission that was selected.
    pub permission: Permission,
    /// The permission that it requires or suggests.
    pub requires: Permission,
    /// The strength of the dependency.
    pub strength: Strength,
    /// The reason, as text.
    pub because: String,
}

/// A rule by which permissions let users see the names of other resources in drop-downs.
#[derive(Clone, Debug)]
pub struct InheritanceRule {
    /// Any one of these permissions…
    pub permissions: PermissionSet,
    /// …lists the resources of these `View` permissions.
    pub views: PermissionSet,
    /// Where the names are displayed, as text.
    pub shown_in: String,
}

/// Permissions that have an effect only together with other permissions, which are not granted automatically.
#[derive(Clone, Debug)]
pub struct WorksWith {
    /// The permissions that need others.
    pub permissions: PermissionSet,
    /// The permissions that they need.
    pub needs: PermissionSet,
    /// The reason, as text.
    pub because: String,
}

/// A profile that every new instance has.
#[derive(Clone, Debug)]
pub struct DefaultProfile {
    /// The name.
    pub name: String,
    /// A description.
    pub description: String,
    /// The permissions it grants, before required permissions are added.
    pub permissions: PermissionSet,
    /// The names of the default profiles that users with this profile can assign in the guard's `enforce` mode.
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
    /// For each permission, everything that it requires, directly or indirectly.
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
    static CATALOGUE: LazyLock<Catalog> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the data is part of the program, and a test parses it")]
        data::parse().expect("the catalogue's data is sound")
    });
    &CATALOGUE
}

impl Catalog {
    /// Iterates over all permissions by group and row.
    pub fn permissions(&self) -> impl ExactSizeIterator<Item = Permission> + '_ {
        (0..self.permissions.len()).map(Permission::at)
    }

    /// Returns all permissions that grant an ability. A full administrator has all of them.
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

    /// Returns everything that the permission requires, directly or indirectly, except itself.
    #[must_use]
    pub fn requires(&self, permission: Permission) -> PermissionSet {
        self.all_requirements.get(permission.index()).copied().unwrap_or_default()
    }

    /// Returns the inheritance rules: which lists users with a permission can see without the `View` permission.
    #[must_use]
    pub fn inherited(&self) -> &[InheritanceRule] {
        &self.inherited
    }

    /// Returns the permissions that have an effect only together with others.
    #[must_use]
    pub fn works_with(&self) -> &[WorksWith] {
        &self.works_with
    }

    /// Returns the profiles of a new instance.
    #[must_use]
    pub fn default_profiles(&self) -> &[DefaultProfile] {
        &self.defaults
    }

    /// Returns the requirements for performing the operation. An operation that is not in the catalog requires the
    /// operator's key.
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
