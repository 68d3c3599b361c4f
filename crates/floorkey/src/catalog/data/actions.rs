//! Parses `data/actions.toml`, which contains the requirements of each operation. Unknown names and keys in the file
//! are errors.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Evidence, InvalidCatalog, PermissionNames, parse_file};
use crate::action::{Action, Circumstance, Entity, RequiredPermissions, Requirement};
use crate::catalog::{PermissionInfo, Polarity};
use crate::permission_set::PermissionSet;
use crate::resource::ResourceType;

/// Parses the requirements of all operations.
///
/// # Errors
/// Returns an error that identifies the invalid row.
pub(super) fn parse(
    text: &str,
    names: &PermissionNames<'_>,
    permissions: &[PermissionInfo],
) -> Result<BTreeMap<Action, Requirement>, InvalidCatalog> {
    let file: ActionFile = parse_file("actions.toml", text)?;
    let mut seen = BTreeSet::new();
    for row in file.action.iter().chain(&file.planned) {
        if !seen.insert(row.name.as_str()) {
            return Err(format!("actions.toml: `{}` has more than one row", row.name).into());
        }
    }
    let parser = RowParser { names, permissions };
    let mut requirements = BTreeMap::new();
    for row in &file.action {
        let requirement = parser.requirement(row).map_err(|problem| row_error(row, problem))?;
        let action = Action::parse(&row.name).ok_or_else(|| row_error(row, "this version has no such operation"))?;
        if !row.restricted_by.is_empty() || row.also.is_some() {
            return Err(row_error(row, "no operation of this version supports `restricted_by` or `also`"));
        }
        requirements.insert(action, requirement);
    }
    for row in &file.planned {
        parser.requirement(row).map_err(|problem| row_error(row, problem))?;
        if Action::parse(&row.name).is_some() {
            return Err(row_error(row, "this version has the operation, so the row must be in [[action]]"));
        }
    }
    Ok(requirements)
}

fn row_error(row: &ActionRow, problem: impl std::fmt::Display) -> InvalidCatalog {
    format!("actions.toml, `{}`: {problem}", row.name).into()
}

struct RowParser<'a> {
    names: &'a PermissionNames<'a>,
    permissions: &'a [PermissionInfo],
}

impl RowParser<'_> {
    fn requirement(&self, row: &ActionRow) -> Result<Requirement, InvalidCatalog> {
        self.check_documentation_keys(row)?;
        check_alternatives(row)?;
        let user = row.by_entity_type.get(&Entity::User);
        if !row.by_entity_type.is_empty() && (user.is_none() || !row.all_of.is_empty() || !row.any_of.is_empty()) {
            return Err(
                "`by_entity_type` requires an entry for USER, and can't be combined with `all_of` or `any_of`".into()
            );
        }
        let (all_of, any_of) = user.map_or((&row.all_of, &row.any_of), |user| (&user.all_of, &user.any_of));
        let entity = |(entity, row): (&Entity, &EntityRow)| {
            let (all_of, any_of) = (self.granting(&row.all_of)?, self.granting(&row.any_of)?);
            match all_of.is_empty() && any_of.is_empty() {
                true => Err(format!("{entity:?} in by_entity_type requires no permissions").into()),
                false => Ok((*entity, RequiredPermissions { all_of, any_of, ..RequiredPermissions::default() })),
            }
        };
        let by_type = |(word, list): (&String, &Vec<String>)| {
            let resource_type = ResourceType::from_slug(word)
                .ok_or_else(|| format!("`{word}` in by_resource_type is not a resource type"))?;
            match list.is_empty() {
                true => Err(InvalidCatalog::from(format!("`{word}` in by_resource_type requires no permissions"))),
                false => Ok((resource_type, self.granting(list)?)),
            }
        };
        let circumstances = [
            (Circumstance::Publishes, &row.publish_needs),
            (Circumstance::SwitchesOnOrOff, &row.state_change_needs),
            (Circumstance::BargesIn, &row.barge_needs),
        ];
        let when = circumstances.into_iter().filter(|(_, list)| !list.is_empty());
        Ok(Requirement {
            all_of: self.granting(all_of)?,
            any_of: self.granting(any_of)?,
            and_any_of: self.granting(&row.and_any_of)?,
            forbidden_restrictions: self.restrictions(&row.must_not_hold)?,
            by_type: row.by_resource_type.iter().map(by_type).collect::<Result<_, _>>()?,
            by_entity: row.by_entity_type.iter().map(entity).collect::<Result<_, InvalidCatalog>>()?,
            by_circumstance: when
                .map(|(when, list)| Ok((when, self.granting(list)?)))
                .collect::<Result<_, InvalidCatalog>>()?,
            view_of_target: matches!(row.plus_view_of, Some(ViewOf::Target)),
            any_valid_key: row.any_valid_key,
            owner_only: row.owner_only,
        })
    }

    /// Checks the keys that only document a row and have no effect on decisions. Mistakes in these keys could mislead
    /// people who edit the row.
    fn check_documentation_keys(&self, row: &ActionRow) -> Result<(), InvalidCatalog> {
        self.restrictions(&row.restricted_by)?;
        for list in [&row.seed_rule, &row.newest_rule, &row.inherited_from, &row.inherited_from_disputed] {
            self.granting(list)?;
        }
        match row.note.as_deref().map(str::trim) {
            Some("") => Err("`note` is empty".into()),
            _ => Ok(()),
        }
    }

    fn granting(&self, names: &[String]) -> Result<PermissionSet, InvalidCatalog> {
        self.set(names, Polarity::Grant, "is a restriction, which can't be required")
    }

    fn restrictions(&self, names: &[String]) -> Result<PermissionSet, InvalidCatalog> {
        self.set(names, Polarity::Restriction, "is not a restriction")
    }

    fn set(&self, names: &[String], polarity: Polarity, otherwise: &str) -> Result<PermissionSet, InvalidCatalog> {
        let set = self.names.set(names)?;
        let info = |permission: crate::catalog::Permission| self.permissions.get(permission.index());
        match set.iter().filter_map(info).find(|info| info.polarity != polarity) {
            Some(info) => Err(format!("`{}` {otherwise}", info.name).into()),
            None => Ok(set),
        }
    }
}

/// Checks that a row specifies exactly one of the following: permissions, the owner, any valid key, or only the
/// operator's key.
fn check_alternatives(row: &ActionRow) -> Result<(), InvalidCatalog> {
    let permissions = [!row.all_of.is_empty(), !row.any_of.is_empty(), !row.by_resource_type.is_empty()];
    let has_permissions = permissions.contains(&true) || !row.by_entity_type.is_empty();
    let alternatives = [has_permissions, row.any_valid_key, row.owner_only, row.operator_only];
    if alternatives.into_iter().filter(|is_given| *is_given).count() != 1 {
        return Err("exactly one of permissions, `any_valid_key`, `owner_only` and `operator_only` is required".into());
    }
    let further = [&row.and_any_of, &row.must_not_hold, &row.publish_needs, &row.state_change_needs, &row.barge_needs];
    let has_further =
        further.into_iter().any(|list| !list.is_empty()) || row.plus_view_of.is_some() || row.also.is_some();
    match has_further && !has_permissions {
        true => Err("further conditions require `all_of` or `any_of`".into()),
        false => Ok(()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionFile {
    action: Vec<ActionRow>,
    #[serde(default)]
    planned: Vec<ActionRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionRow {
    name: String,
    #[serde(default)]
    all_of: Vec<String>,
    #[serde(default)]
    any_of: Vec<String>,
    #[serde(default)]
    and_any_of: Vec<String>,
    #[serde(default)]
    must_not_hold: Vec<String>,
    #[serde(default)]
    publish_needs: Vec<String>,
    #[serde(default)]
    state_change_needs: Vec<String>,
    #[serde(default)]
    barge_needs: Vec<String>,
    plus_view_of: Option<ViewOf>,
    also: Option<Also>,
    #[serde(default)]
    any_valid_key: bool,
    #[serde(default)]
    owner_only: bool,
    #[serde(default)]
    operator_only: bool,
    #[serde(default)]
    by_resource_type: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    by_entity_type: BTreeMap<Entity, EntityRow>,
    #[serde(default)]
    restricted_by: Vec<String>,
    #[serde(default)]
    seed_rule: Vec<String>,
    #[serde(default)]
    newest_rule: Vec<String>,
    #[serde(default)]
    inherited_from: Vec<String>,
    #[serde(default)]
    inherited_from_disputed: Vec<String>,
    note: Option<String>,
    /// The kind of evidence for the row. The program ignores this key.
    #[serde(rename = "evidence")]
    _evidence: Evidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityRow {
    #[serde(default)]
    all_of: Vec<String>,
    #[serde(default)]
    any_of: Vec<String>,
}

/// The kind of record whose `View` permission is also required.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ViewOf {
    Target,
}

/// An additional requirement, which is checked by the code that returns the data.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Also {
    AccessOfTheSameKind,
}

#[cfg(test)]
mod tests;
