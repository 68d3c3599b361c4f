//! The catalogue: every permission there is, what it lets one do, and what follows from it.
//!
//! The data stands in `data/*.toml` beside this crate, for people to read and edit; it is parsed once.
//! Names are parsed into [`Permission`]s once too, so that nothing later can hold a name that does not exist.

mod data;
mod nearest;

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use crate::act::{Act, Requirement};
use crate::permission_set::PermissionSet;
use crate::resource::ResourceType;

/// A permission of the catalogue, `Users.Edit` for example.
///
/// Made only by [`Permission::parse`] or read out of the catalogue; ordered as the catalogue is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission(u16);

impl Permission {
    /// Parses an API name, old spellings (aliases) included.
    ///
    /// # Errors
    /// [`UnknownPermission`], which can say what was probably meant.
    pub fn parse(name: &str) -> Result<Self, UnknownPermission> {
        let known = catalogue().by_name.get(name).copied();
        known.ok_or_else(|| UnknownPermission { name: name.to_owned() })
    }

    /// Its API name.
    #[must_use]
    pub fn name(self) -> &'static str {
        &self.info().name
    }

    /// What the catalogue says about it.
    #[must_use]
    pub fn info(self) -> &'static PermissionInfo {
        let catalogue = catalogue();
        catalogue.permissions.get(self.index()).unwrap_or(&catalogue.nothing)
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

/// A name that is not in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a permission{}", self.shown(), self.instead().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
pub struct UnknownPermission {
    /// The name as given.
    pub name: String,
}

/// Whether a permission gives an ability or takes one away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polarity {
    /// The holder may do something.
    Grant,
    /// The holder may no longer do something, whatever else is held: shown as a limit, never as an ability.
    Limit,
}

/// What can go wrong when a permission is in the wrong hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// The holder can come to more permissions than were given.
    Escalation,
    /// The holder can keep others out.
    LockOut,
    /// The holder sees personal or confidential data.
    SensitiveData,
    /// The holder can carry data away.
    Exfiltration,
    /// The holder can destroy what can't be brought back.
    Destructive,
    /// The holder changes what callers meet at once.
    LiveService,
    /// The holder can cause costs.
    Cost,
}

impl Risk {
    /// The word that is shown and filtered by.
    #[must_use]
    pub const fn word(self) -> &'static str {
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

/// One permission as the catalogue describes it.
#[derive(Debug)]
pub struct PermissionInfo {
    /// The API name, unique: `Users.Edit`.
    pub name: String,
    /// The permission group it is shown in: `Users and permissions`.
    pub group: String,
    /// The row of the group: `Users`.
    pub resource: String,
    /// The column: `Edit`.
    pub action: String,
    /// One plain sentence on what it lets one do.
    pub about: String,
    /// What can go wrong with it.
    pub risks: Vec<Risk>,
    /// Gives or takes away.
    pub polarity: Polarity,
    /// Of a restriction: the permissions that it narrows. To grant one of these free of the restriction is a gain for
    /// users under it. Empty for everything that grants.
    pub narrows: PermissionSet,
    /// Other spellings that mean the same permission.
    pub aliases: Vec<String>,
    /// The type of resource that scopes narrow it to; `None` if no scope touches it.
    pub resource_type: Option<ResourceType>,
    /// The newer permissions that an old name stands for; empty for all others.
    pub becomes: PermissionSet,
}

impl PermissionInfo {
    /// Whether newer permissions have taken its place.
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        !self.becomes.is_empty()
    }
}

/// How strongly one permission draws in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Granted with it, always, on every door.
    Required,
    /// Ticked with it in the console, and may be unticked.
    DefaultOn,
    /// Shown beside it in the console, unticked.
    Offered,
}

/// One edge between two permissions.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The permission that was chosen.
    pub permission: Permission,
    /// The permission that it draws in.
    pub requires: Permission,
    /// How strongly.
    pub strength: Strength,
    /// Why, in words.
    pub because: String,
}

/// Permissions whose holders see the names of other resources in drop-downs.
#[derive(Clone, Debug)]
pub struct Inherited {
    /// Holding any of these…
    pub permissions: PermissionSet,
    /// …lists the resources that these `View` permissions are about.
    pub lists: PermissionSet,
    /// Where the names turn up, in words.
    pub place: String,
}

/// A permission that is of use only together with others, which are not granted with it.
#[derive(Clone, Debug)]
pub struct WorksWith {
    /// The permissions that need company.
    pub permissions: PermissionSet,
    /// What they need.
    pub needs: PermissionSet,
    /// Why, in words.
    pub because: String,
}

/// A profile that every new instance starts with.
#[derive(Clone, Debug)]
pub struct DefaultProfile {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it grants, before the closure.
    pub permissions: PermissionSet,
    /// The default profiles, by name, that its holders may hand out under the guard's `enforce` mode.
    pub assignable: Vec<String>,
}

/// Everything that is known about permissions.
#[derive(Debug)]
pub struct Catalogue {
    permissions: Vec<PermissionInfo>,
    by_name: HashMap<String, Permission, FixedState>,
    refused: HashMap<String, Option<String>>,
    granting: PermissionSet,
    legacy: Vec<(Permission, PermissionSet)>,
    pub(crate) direct: Vec<PermissionSet>,
    /// Everything of before, everything of a required step.
    pub(crate) required: Vec<PermissionSet>,
    dependencies: Vec<Dependency>,
    inherited: Vec<Inherited>,
    works_with: Vec<WorksWith>,
    defaults: Vec<DefaultProfile>,
    acts: BTreeMap<Act, Requirement>,
    nothing: PermissionInfo,
}

/// The catalogue of this version of Floorkey.
#[must_use]
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the data is part of the program, and a test parses it")]
        data::parse().expect("the catalogue's data is sound")
    });
    &CATALOGUE
}

impl Catalogue {
    /// All permissions, group by group and row by row.
    pub fn permissions(&self) -> impl ExactSizeIterator<Item = Permission> + '_ {
        (0..self.permissions.len()).map(Permission::at)
    }

    /// Every permission that gives an ability: what a full administrator holds.
    #[must_use]
    pub fn granting(&self) -> &PermissionSet {
        &self.granting
    }

    /// The old names, each with the newer ones that it stands for.
    #[must_use]
    pub fn legacy(&self) -> &[(Permission, PermissionSet)] {
        &self.legacy
    }

    /// All edges between permissions.
    #[must_use]
    pub fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    /// Everything that the permission requires, directly or through others, itself left out.
    #[must_use]
    pub fn requires(&self, permission: Permission) -> PermissionSet {
        self.required.get(permission.index()).copied().unwrap_or_default()
    }

    /// The lists that come along with permissions without being permissions.
    #[must_use]
    pub fn inherited(&self) -> &[Inherited] {
        &self.inherited
    }

    /// The permissions that are of use only together with others.
    #[must_use]
    pub fn works_with(&self) -> &[WorksWith] {
        &self.works_with
    }

    /// The profiles of a new instance.
    #[must_use]
    pub fn default_profiles(&self) -> &[DefaultProfile] {
        &self.defaults
    }

    /// What the act asks of the one who does it; the operator's key only where nothing is known.
    #[must_use]
    pub fn requirement(&self, act: Act) -> &Requirement {
        static OPERATOR: Requirement = Requirement::OPERATOR;
        self.acts.get(&act).unwrap_or(&OPERATOR)
    }

    /// The names of the permission groups, in the order in which they are shown.
    #[must_use]
    pub fn groups(&self) -> Vec<&str> {
        let mut groups: Vec<&str> = self.permissions.iter().map(|info| info.group.as_str()).collect();
        groups.dedup();
        groups
    }
}

#[cfg(test)]
mod tests;
