//! Parses `data/*.toml` into a [`Catalog`].

mod actions;

use std::collections::HashMap;

use foldhash::fast::FixedState;
use serde::Deserialize;

use super::{
    Catalog, DefaultProfile, Dependency, InheritanceRule, Permission, PermissionInfo, Polarity, Risk, Strength,
    WorksWith,
};
use crate::closure::CyclicRequirement;
use crate::permission_set::{CAPACITY, PermissionSet};
use crate::resource::ResourceType;

const PERMISSIONS: &str = include_str!("../../data/permissions.toml");
const DEPENDENCIES: &str = include_str!("../../data/dependencies.toml");
const INHERITED: &str = include_str!("../../data/inherited.toml");
const DEFAULT_PROFILES: &str = include_str!("../../data/default_profiles.toml");
const REFUSED_NAMES: &str = include_str!("../../data/refused_names.toml");
const ACTS: &str = include_str!("../../data/actions.toml");

/// An error in the catalog's data. The message names the file or the entry, and describes the problem.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct InvalidCatalog(String);

impl From<String> for InvalidCatalog {
    fn from(problem: String) -> Self {
        Self(problem)
    }
}

impl From<&str> for InvalidCatalog {
    fn from(problem: &str) -> Self {
        Self(problem.to_owned())
    }
}

/// Parses the complete catalog.
///
/// # Errors
/// Returns an error if a file is malformed, or if an entry is invalid.
pub(super) fn parse() -> Result<Catalog, InvalidCatalog> {
    let file: PermissionFile = parse_file("permissions.toml", PERMISSIONS)?;
    if file.permission.len() > CAPACITY {
        return Err(format!(
            "permissions.toml has {} permissions, but a set can have {CAPACITY} at most",
            file.permission.len()
        )
        .into());
    }
    let mut by_name = HashMap::default();
    for (at, row) in file.permission.iter().enumerate() {
        for name in row.aliases.iter().chain([&row.name]) {
            if by_name.insert(name.clone(), Permission::at(at)).is_some() {
                return Err(format!("permissions.toml has `{name}` more than once").into());
            }
        }
    }
    let names = PermissionNames(&by_name);
    let edges: DependencyFile = parse_file("dependencies.toml", DEPENDENCIES)?;
    let marked: PermissionSet = marked_legacy(&file.permission).collect();
    let narrows = file
        .permission
        .iter()
        .map(|row| names.set(&row.narrows))
        .collect::<Result<Vec<PermissionSet>, InvalidCatalog>>()?;
    let mut permissions = file.permission.into_iter().map(PermissionRow::parse).collect::<Result<Vec<_>, _>>()?;
    for (info, narrows) in permissions.iter_mut().zip(narrows) {
        if info.polarity == Polarity::Grant && !narrows.is_empty() {
            return Err(format!(
                "permissions.toml: `{}` is not a restriction, so it can't narrow other permissions",
                info.name
            )
            .into());
        }
        info.narrows = narrows;
    }
    let mut legacy = Vec::new();
    for row in &edges.legacy {
        let (old, newer) = (names.permission(&row.name)?, names.set(&row.becomes)?);
        legacy.push((old, newer));
        if let Some(info) = permissions.get_mut(old.index()) {
            info.replacements = newer;
        }
    }
    if marked != legacy.iter().map(|(old, _)| *old).collect() {
        return Err("permissions.toml and dependencies.toml must have the same legacy permissions".into());
    }
    let granting: PermissionSet = (0..permissions.len())
        .filter(|at| permissions.get(*at).is_some_and(|info| info.polarity == Polarity::Grant))
        .map(Permission::at)
        .collect();
    let dependencies = edges
        .dependency
        .into_iter()
        .map(|row| {
            Ok(Dependency {
                permission: names.permission(&row.permission)?,
                requires: names.permission(&row.requires)?,
                strength: row.strength,
                because: row.because,
            })
        })
        .collect::<Result<Vec<_>, InvalidCatalog>>()?;
    let direct_requirements = direct_requirements(&dependencies, permissions.len());
    let works_with = edges
        .works_with
        .into_iter()
        .map(|row| {
            Ok(WorksWith {
                permissions: names.set(&row.permissions)?,
                needs: names.set(&row.needs)?,
                because: row.because,
            })
        })
        .collect::<Result<_, InvalidCatalog>>()?;
    Ok(Catalog {
        all_requirements: crate::closure::transitive(&direct_requirements)
            .map_err(|CyclicRequirement(cyclic)| requires_itself(&permissions, cyclic))?,
        direct_requirements,
        inherited: inherited(&names)?,
        defaults: defaults(&names, granting)?,
        requirements: actions::parse(ACTS, &names, &permissions)?,
        known_mistakes: known_mistakes()?,
        permissions,
        legacy,
        by_name,
        granting,
        dependencies,
        works_with,
        unknown_info: PermissionRow::default().parse()?,
    })
}

fn requires_itself(permissions: &[PermissionInfo], cyclic: Permission) -> String {
    let name = permissions.get(cyclic.index()).map_or("", |info| info.name.as_str());
    format!("dependencies.toml: `{name}` requires itself, directly or indirectly")
}

/// Iterates over the permissions that are marked as `legacy` in their rows.
fn marked_legacy(rows: &[PermissionRow]) -> impl Iterator<Item = Permission> {
    rows.iter().enumerate().filter(|(_, row)| row.legacy).map(|(at, _)| Permission::at(at))
}

fn direct_requirements(dependencies: &[Dependency], count: usize) -> Vec<PermissionSet> {
    let mut direct = vec![PermissionSet::EMPTY; count];
    for edge in dependencies.iter().filter(|edge| edge.strength == Strength::Required) {
        if let Some(set) = direct.get_mut(edge.permission.index()) {
            set.insert(edge.requires);
        }
    }
    direct
}

fn inherited(names: &PermissionNames<'_>) -> Result<Vec<InheritanceRule>, InvalidCatalog> {
    let file: InheritedFile = parse_file("inherited.toml", INHERITED)?;
    file.inherited
        .into_iter()
        .map(|row| {
            Ok(InheritanceRule {
                permissions: names.set(&row.permissions)?,
                views: names.set(&row.lists)?,
                shown_in: row.place,
            })
        })
        .collect()
}

fn defaults(names: &PermissionNames<'_>, granting: PermissionSet) -> Result<Vec<DefaultProfile>, InvalidCatalog> {
    let file: DefaultFile = parse_file("default_profiles.toml", DEFAULT_PROFILES)?;
    file.profile
        .into_iter()
        .map(|row| {
            let permissions = match &row.permissions {
                DefaultPermissions::Keyword(word) if word == "all" => granting,
                DefaultPermissions::Keyword(word) => {
                    return Err(format!("default_profiles.toml: `{word}` must be `all` or a list").into());
                }
                DefaultPermissions::PermissionNames(list) => names.set(list)?,
            };
            Ok(DefaultProfile { name: row.name, description: row.description, permissions, assignable: row.assignable })
        })
        .collect()
}

fn known_mistakes() -> Result<HashMap<String, Option<String>>, InvalidCatalog> {
    let file: RefusedFile = parse_file("refused_names.toml", REFUSED_NAMES)?;
    Ok(file.refused.into_iter().map(|row| (row.name, row.instead)).collect())
}

fn parse_file<T: for<'de> Deserialize<'de>>(file: &str, text: &str) -> Result<T, InvalidCatalog> {
    toml::from_str(text).map_err(|error| InvalidCatalog(format!("{file}: {error}")))
}

struct PermissionNames<'a>(&'a HashMap<String, Permission, FixedState>);

impl PermissionNames<'_> {
    fn permission(&self, name: &str) -> Result<Permission, InvalidCatalog> {
        self.0
            .get(name)
            .copied()
            .ok_or_else(|| format!("`{name}` is used in the catalog's data but not listed in permissions.toml").into())
    }

    fn set(&self, names: &[String]) -> Result<PermissionSet, InvalidCatalog> {
        names.iter().map(|name| self.permission(name)).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PermissionFile {
    permission: Vec<PermissionRow>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PermissionRow {
    name: String,
    group: String,
    resource: String,
    action: String,
    about: String,
    #[serde(default)]
    risks: Vec<Risk>,
    #[serde(default)]
    limit: bool,
    /// The permissions that are restricted, if this permission is a restriction.
    #[serde(default)]
    narrows: Vec<String>,
    #[serde(default)]
    legacy: bool,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(rename = "type")]
    resource_type: Option<String>,
    /// Whether the original guide from 2020 mentions the permission. The program ignores this key.
    #[serde(default, rename = "seed")]
    _seed: bool,
    /// The kind of evidence for the row. The program ignores this key.
    #[serde(default, rename = "evidence")]
    _evidence: Option<Evidence>,
}

/// The kind of evidence that supports a row.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Evidence {
    Documented,
    Observed,
    Inferred,
    Decided,
}

impl PermissionRow {
    fn parse(self) -> Result<PermissionInfo, InvalidCatalog> {
        let resource_type = match self.resource_type {
            None => None,
            Some(name) => Some(
                ResourceType::parse(&name)
                    .ok_or_else(|| format!("permissions.toml: `{name}` is not a resource type"))?,
            ),
        };
        Ok(PermissionInfo {
            name: self.name,
            group: self.group,
            resource: self.resource,
            action: self.action,
            description: self.about,
            risks: self.risks,
            polarity: if self.limit { Polarity::Restriction } else { Polarity::Grant },
            aliases: self.aliases,
            resource_type,
            replacements: PermissionSet::EMPTY,
            narrows: PermissionSet::EMPTY,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DependencyFile {
    dependency: Vec<DependencyRow>,
    legacy: Vec<LegacyRow>,
    works_with: Vec<WorksWithRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DependencyRow {
    permission: String,
    requires: String,
    strength: Strength,
    because: String,
    /// The kind of evidence for the row. The program ignores this key.
    #[serde(rename = "evidence")]
    _evidence: Evidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LegacyRow {
    name: String,
    becomes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorksWithRow {
    permissions: Vec<String>,
    needs: Vec<String>,
    because: String,
    /// The kind of evidence for the row. The program ignores this key.
    #[serde(rename = "evidence")]
    _evidence: Evidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InheritedFile {
    inherited: Vec<InheritedRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InheritedRow {
    permissions: Vec<String>,
    lists: Vec<String>,
    #[serde(rename = "where")]
    place: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefaultFile {
    profile: Vec<DefaultRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefaultRow {
    name: String,
    description: String,
    permissions: DefaultPermissions,
    #[serde(default)]
    assignable: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum DefaultPermissions {
    Keyword(String),
    PermissionNames(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedFile {
    refused: Vec<RefusedRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedRow {
    name: String,
    instead: Option<String>,
}
