//! The security profiles of a seed.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::condition::AttributeOwner;
use floorkey::profile::ApplicationGrant;
use floorkey::{
    AnyPermission, Command, Condition, HierarchyGroupId, NewSecurityProfile, Permission, Refusal, SecurityProfileEdit,
    SecurityProfileId,
};

use super::error::SeedError;
use super::format::{AccessControlEntry, ApplicationGrantEntry, ConditionEntry, Name, ProfileEntry};
use super::ids::Kind;
use super::names::Names;
use super::steps::Steps;

/// The value of `hierarchy_group` that means the user's own group.
const OWN_GROUP: &str = "OWN";

/// Returns the commands that create the profiles, or change default profiles with the same name.
pub(super) fn profiles(names: &Names, entries: &[ProfileEntry]) -> Result<Steps, SeedError> {
    let defaults = floorkey::catalog().default_profiles();
    let mut steps = Steps::default();
    for entry in entries {
        let id = SecurityProfileId::from_bits(Kind::SecurityProfile.id(&entry.name.value));
        let content = content(names, entry)?;
        let is_default = defaults.iter().any(|default| default.name == entry.name.value);
        let command = match is_default {
            true => Command::UpdateSecurityProfile { profile: id, edit: Box::new(content) },
            false => {
                let (name, tags) = (entry.name.value.clone(), entry.tags.clone());
                Command::CreateSecurityProfile(Box::new(NewSecurityProfile { id, name, content, tags }))
            }
        };
        steps.push(Kind::SecurityProfile, &entry.name, command);
    }
    Ok(steps)
}

/// Returns the commands that set which profiles the users with each profile can assign.
pub(super) fn assignable(names: &Names, entries: &[ProfileEntry]) -> Result<Steps, SeedError> {
    let mut steps = Steps::default();
    for entry in entries {
        let Some(assignable) = &entry.assignable else { continue };
        let id = |name: &Name| names.id(Kind::SecurityProfile, name).map(SecurityProfileId::from_bits);
        let assignable = assignable.iter().map(id).collect::<Result<_, _>>()?;
        let profile = SecurityProfileId::from_bits(Kind::SecurityProfile.id(&entry.name.value));
        steps.push(Kind::SecurityProfile, &entry.name, Command::SetAssignableProfiles { profile, assignable });
    }
    Ok(steps)
}

fn content(names: &Names, entry: &ProfileEntry) -> Result<SecurityProfileEdit, SeedError> {
    let permissions = entry.permissions.as_ref().map(|permissions| {
        permissions.iter().map(|name| catalog_permission(names, name).map(|_| name.value.clone())).collect()
    });
    let grants = |grants: &Vec<ApplicationGrantEntry>| grants.iter().map(application_grant).collect();
    let mut content = SecurityProfileEdit {
        description: entry.description.clone(),
        permissions: permissions.transpose()?,
        applications: entry.applications.as_ref().map(grants),
        conditions: entry.conditions.as_ref().map(|conditions| parse_conditions(names, conditions)).transpose()?,
        ..SecurityProfileEdit::default()
    };
    if let Some(AccessControlEntry { tags, tag_restricted, hierarchy_group }) = &entry.access_control {
        content.access_control_tags = Some(tags.clone());
        content.tag_restricted = Some(tag_restricted.clone());
        if let Some(group) = hierarchy_group {
            content.hierarchy_restricted = Some(vec!["User".to_owned()]);
            content.hierarchy_group = Some(match group.value == OWN_GROUP {
                true => String::new(),
                false => HierarchyGroupId::from_bits(names.id(Kind::HierarchyGroup, group)?).to_string(),
            });
        }
    }
    Ok(content)
}

fn application_grant(entry: &ApplicationGrantEntry) -> ApplicationGrant {
    let ApplicationGrantEntry { namespace, permissions } = entry;
    ApplicationGrant { namespace: namespace.value.clone(), permissions: permissions.clone(), kind: None }
}

/// Returns the permission of Amazon Connect with this name.
fn catalog_permission(names: &Names, name: &Name) -> Result<Permission, SeedError> {
    Permission::parse(&name.value)
        .map_err(|unknown| names.error(name, &Refusal::UnknownPermissions(vec![unknown]).to_string()))
}

fn parse_conditions(
    names: &Names,
    entries: &[ConditionEntry],
) -> Result<BTreeMap<AnyPermission, BTreeSet<Condition>>, SeedError> {
    let mut parsed: BTreeMap<AnyPermission, BTreeSet<Condition>> = BTreeMap::new();
    for entry in entries {
        let name = &entry.permission;
        let permission = match &entry.application {
            None => AnyPermission::Catalog(catalog_permission(names, name)?),
            Some(namespace) => {
                AnyPermission::Application { namespace: namespace.value.clone(), name: name.value.clone() }
            }
        };
        let conditions = conditions_of(entry);
        if conditions.is_empty() {
            let problem =
                format!("the conditions on `{}` need at least one of own, same_hierarchy, same and one_of", name.value);
            return Err(names.error(name, &problem));
        }
        parsed.entry(permission).or_default().extend(conditions);
    }
    Ok(parsed)
}

fn conditions_of(entry: &ConditionEntry) -> Vec<Condition> {
    let own = entry.own.iter().map(|attribute| Condition::OwnedBySubject { attribute: attribute.clone() });
    let same = entry.same.iter().map(|attribute| Condition::EqualsSubject {
        attribute: attribute.clone(),
        subject_attribute: attribute.clone(),
    });
    let one_of = entry.one_of.iter().map(|(attribute, values)| Condition::OneOf {
        owner: AttributeOwner::Resource,
        attribute: attribute.clone(),
        values: values.iter().cloned().collect(),
    });
    let hierarchy = entry.same_hierarchy.then_some(Condition::SameHierarchy);
    own.chain(same).chain(one_of).chain(hierarchy).collect()
}
