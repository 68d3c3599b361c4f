//! Commands on security profiles.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::change_builder::ChangeBuilder;
use super::check;
use crate::catalog::{Permission, catalog};
use crate::command::{NewSecurityProfile, SecurityProfileEdit};
use crate::condition::{AnyPermission, Condition};
use crate::decision::{ResourceAttributes, Target};
use crate::directory::Directory;
use crate::id::{HierarchyGroupId, SecurityProfileId};
use crate::invalid::{Invalid, invalid};
use crate::limits;
use crate::permission_set::PermissionSet;
use crate::principal::Principal;
use crate::profile::{AccessControl, ApplicationGrant, SecurityProfile};
use crate::record::RecordKey;
use crate::refusal::{EntityKind, Refusal};
use crate::resource::ResourceType;
use crate::tags::{self, Tags};
use crate::value_revisions::ValueRevisions;

pub(super) fn create(builder: &mut ChangeBuilder<'_>, new: &NewSecurityProfile) -> Result<(), Refusal> {
    builder.authorize_new(ResourceAttributes::new(ResourceType::SecurityProfile, &new.tags))?;
    check_name(builder, &new.name)?;
    tags::check("Tags", &new.tags)?;
    check_name_available(builder, new.id, &new.name)?;
    let mut profile = SecurityProfile::new(new.id, new.name.clone(), String::new(), PermissionSet::EMPTY, builder.now);
    profile.tags = new.tags.clone();
    profile.tag_revisions = ValueRevisions::default().edited(&Tags::new(), &new.tags, builder.revision);
    edit(builder, &mut profile, &new.content)?;
    builder.put_profile(profile);
    Ok(())
}

pub(super) fn update(
    builder: &mut ChangeBuilder<'_>,
    id: SecurityProfileId,
    content: &SecurityProfileEdit,
) -> Result<(), Refusal> {
    let mut profile = builder.profile(id)?;
    edit(builder, &mut profile, content)?;
    builder.put_profile(profile);
    Ok(())
}

/// Refuses an invalid name. An undo can restore names such as `Admin (restored 2026-11-29)`, so in an undo, any name is
/// accepted.
fn check_name(builder: &ChangeBuilder<'_>, name: &str) -> Result<(), Refusal> {
    if builder.is_undo { Ok(()) } else { Ok(check::profile_name(name)?) }
}

pub(super) fn rename(builder: &mut ChangeBuilder<'_>, id: SecurityProfileId, name: &str) -> Result<(), Refusal> {
    let mut profile = builder.profile(id)?;
    check_name(builder, name)?;
    check_name_available(builder, id, name)?;
    name.clone_into(&mut profile.name);
    builder.put_profile(profile);
    Ok(())
}

pub(super) fn set_assignable(
    builder: &mut ChangeBuilder<'_>,
    id: SecurityProfileId,
    assignable: &BTreeSet<SecurityProfileId>,
) -> Result<(), Refusal> {
    let mut profile = builder.profile(id)?;
    for other in assignable {
        check_linkable(builder, *other)?;
    }
    // If a full administrator makes a profile assignable, users can also assign permissions that are added to the
    // profile later. If another user makes a profile assignable, users can assign only the permissions that the profile
    // currently grants.
    let follows_growth = match builder.actor.principal {
        Principal::User { id, .. } => builder.before.has_full_access(id),
        Principal::Operator { .. } | Principal::System => true,
    };
    let is_new = |id: &&SecurityProfileId| !profile.assignable.contains(id);
    let pinned_ids: Vec<_> = assignable.iter().filter(is_new).filter(|_| !follows_growth).copied().collect();
    let is_pinning = !pinned_ids.is_empty();
    for id in pinned_ids {
        if let Some(granting) = builder.before.profile(id) {
            let applications = with_required_permissions(builder.before, &granting.applications);
            let pinned = BTreeMap::new();
            let granting = SecurityProfile { pinned, applications, ..SecurityProfile::clone(granting) };
            profile.pinned.insert(id, Arc::new(granting));
        }
    }
    profile.pinned.retain(|id, _| assignable.contains(id));
    if is_pinning {
        let what = "assignable profiles named without full access";
        check::input_count("Assignable", what, profile.pinned.len(), limits::PINNED_PROFILES_MAX)?;
    }
    profile.assignable.clone_from(assignable);
    builder.put_profile(profile);
    Ok(())
}

/// Returns application permissions together with all permissions that they currently require. If an application adds
/// requirements later, the result does not include them.
fn with_required_permissions(directory: &Directory, applications: &[ApplicationGrant]) -> Vec<ApplicationGrant> {
    let expanded = |application: &ApplicationGrant| {
        let mut permissions = application.permissions.clone();
        let registered = directory.application(&application.namespace);
        let required = application.permissions.iter().flat_map(|name| registered.map(|known| known.required_by(name)));
        for name in required.flatten() {
            if !permissions.iter().any(|known| known == name) {
                permissions.push(name.to_owned());
            }
        }
        ApplicationGrant { permissions, ..application.clone() }
    };
    applications.iter().map(expanded).collect()
}

pub(super) fn delete(builder: &mut ChangeBuilder<'_>, id: SecurityProfileId) -> Result<(), Refusal> {
    let profile = builder.profile(id)?;
    if builder.before.profile_user_count(id) > 0 {
        return Err(builder.profile_in_use(id, &profile.name));
    }
    remove(builder, id);
    Ok(())
}

/// Removes a profile that no user has after the change. Also removes it from the assignable profiles of other profiles.
pub(super) fn remove(builder: &mut ChangeBuilder<'_>, id: SecurityProfileId) {
    builder.remove(RecordKey::Profile(id));
    let dependents: Vec<_> =
        builder.before.profiles().filter(|other| other.id != id && other.assignable.contains(&id)).cloned().collect();
    for other in dependents {
        let mut other = SecurityProfile::clone(&other);
        other.assignable.remove(&id);
        other.pinned.remove(&id);
        builder.put_profile(other);
    }
}

/// Checks that the actor can see the profile. This is required for assigning a profile, and for making a profile
/// assignable.
pub(super) fn check_linkable(builder: &ChangeBuilder<'_>, id: SecurityProfileId) -> Result<(), Refusal> {
    if builder.before.profile(id).is_none() {
        return Err(builder.link_not_found_or_denied(ResourceType::SecurityProfile, id));
    }
    builder.check_linkable(ResourceType::SecurityProfile, &Target::Profile(id), id)
}

fn check_name_available(builder: &ChangeBuilder<'_>, id: SecurityProfileId, name: &str) -> Result<(), Refusal> {
    match builder.before.profile_by_name(name) {
        Some(other) if other.id != id => {
            let name = builder.viewer().profile_name(other.id).unwrap_or(name).to_owned();
            Err(Refusal::Duplicate { kind: EntityKind::Resource(ResourceType::SecurityProfile), name })
        }
        _ => Ok(()),
    }
}

fn edit(builder: &ChangeBuilder<'_>, profile: &mut SecurityProfile, edit: &SecurityProfileEdit) -> Result<(), Refusal> {
    if let Some(description) = &edit.description {
        check::plain_text("Description", Some(description), limits::DESCRIPTION_CHARS_MAX)?;
        profile.description.clone_from(description);
    }
    if let Some(names) = &edit.permissions {
        check::input_count("Permissions", "permissions", names.len(), limits::PERMISSIONS_MAX)?;
        profile.select(permissions(names)?);
        profile.unedited_default = None;
    }
    if let Some(conditions) = &edit.conditions {
        check_conditions(conditions)?;
        if profile.conditions != *conditions {
            profile.conditions.clone_from(conditions);
            profile.unedited_default = None;
        }
    }
    if let Some(applications) = &edit.applications {
        check_applications(applications)?;
        profile.applications.clone_from(applications);
    }
    if let Some(modules) = &edit.flow_modules {
        check::count("flow modules", modules.len(), limits::FLOW_MODULES_MAX)?;
        profile.flow_modules.clone_from(modules);
    }
    if let Some(agents) = &edit.ai_agents {
        check::count("AI agents", agents.len(), limits::AI_AGENTS_MAX)?;
        profile.ai_agents.clone_from(agents);
    }
    if let Some(values) = &edit.data_table_values {
        profile.data_table_values.clone_from(values);
    }
    profile.access_control = access_control(builder, &profile.access_control, edit)?;
    Ok(())
}

/// Parses permission names.
///
/// # Errors
/// Returns an error that lists all unknown names, so that users can correct all mistakes in a long list at once.
fn permissions(names: &[String]) -> Result<PermissionSet, Refusal> {
    let (mut permissions, mut unknown) = (PermissionSet::EMPTY, Vec::new());
    for name in names {
        match Permission::parse(name) {
            Ok(permission) => permissions.insert(permission),
            Err(error) => unknown.push(error),
        }
    }
    if unknown.is_empty() { Ok(permissions) } else { Err(Refusal::UnknownPermissions(unknown)) }
}

fn access_control(
    builder: &ChangeBuilder<'_>,
    before: &AccessControl,
    edit: &SecurityProfileEdit,
) -> Result<AccessControl, Refusal> {
    let mut control = before.clone();
    if let Some(tags) = &edit.access_control_tags {
        tags::check("AllowedAccessControlTags", tags)?;
        check::input_count(
            "AllowedAccessControlTags",
            "access-control tags",
            tags.len(),
            limits::ACCESS_CONTROL_TAGS_MAX,
        )?;
        control.tags.clone_from(tags);
    }
    if let Some(names) = &edit.tag_restricted {
        check::input_count(
            "TagRestrictedResources",
            "tag-restricted resource types",
            names.len(),
            limits::RESTRICTED_TYPES_MAX,
        )?;
        control.tag_restricted = names.iter().map(|name| restricted_type(name)).collect::<Result<_, _>>()?;
    }
    if control.tags.is_empty() != control.tag_restricted.is_empty() {
        let problem = "tags and the resource types that they restrict require each other: specify both, or neither";
        return Err(invalid("AllowedAccessControlTags, TagRestrictedResources", problem).into());
    }
    if let Some(names) = &edit.hierarchy_restricted {
        if let Some(name) = names.iter().find(|name| *name != "User") {
            return Err(invalid(
                "HierarchyRestrictedResources",
                format!("`{name}` can't be restricted by hierarchy; only `User` can"),
            )
            .into());
        }
        control.hierarchy_restricted = !names.is_empty();
        if !control.hierarchy_restricted && edit.hierarchy_group.is_none() {
            control.hierarchy_group = None;
        }
    }
    if let Some(text) = edit.hierarchy_group.as_deref() {
        control.hierarchy_group = match text {
            "" => None,
            text => {
                let id = HierarchyGroupId::parse(text).filter(|id| builder.before.group(*id).is_some());
                let id = id.ok_or_else(|| builder.link_not_found_or_denied(ResourceType::HierarchyGroup, text))?;
                if before.hierarchy_group != Some(id) {
                    super::user_fields::check_group(builder, Some(id))?;
                }
                Some(id)
            }
        };
    }
    if control.hierarchy_group.is_some() && !control.hierarchy_restricted {
        let problem = "a hierarchy group requires `User` in HierarchyRestrictedResources";
        return Err(invalid("AllowedAccessControlHierarchyGroupId", problem).into());
    }
    Ok(control)
}

fn restricted_type(name: &str) -> Result<ResourceType, Invalid> {
    ResourceType::parse(name).ok_or_else(|| {
        let names: Vec<&str> = ResourceType::ALL.iter().map(|known| known.as_str()).collect();
        invalid(
            "TagRestrictedResources",
            format!("`{name}` is not a resource type. The resource types are: {}", names.join(", ")),
        )
    })
}

/// Checks a profile's conditions. The profile need not grant the permissions that the conditions are for. If a
/// permission is removed and added again, its condition is therefore not lost.
fn check_conditions(conditions: &BTreeMap<AnyPermission, BTreeSet<Condition>>) -> Result<(), Refusal> {
    check::input_count("Conditions", "permissions with conditions", conditions.len(), limits::PERMISSIONS_MAX)?;
    let all = conditions.values().map(BTreeSet::len).sum();
    check::input_count("Conditions", "conditions of one profile", all, limits::CONDITIONS_A_PROFILE_MAX)?;
    for (permission, all) in conditions {
        check::input_count("Conditions", "conditions of one permission", all.len(), limits::CONDITIONS_A_GRANT_MAX)?;
        if all.is_empty() {
            return Err(invalid(
                "Conditions",
                format!("`{permission}` has no conditions: specify at least one, or leave the permission out"),
            )
            .into());
        }
        if let AnyPermission::Catalog(permission) = permission {
            let info = permission.info();
            if !catalog().granting().contains(*permission) {
                let problem = format!("`{}` is a restriction, which can't have conditions", permission.name());
                return Err(invalid("Conditions", problem).into());
            }
            if let Some(newer) = info.replacements.iter().next() {
                let problem = format!(
                    "`{}` is a legacy permission: set the condition on `{}` and the other permissions that replace it",
                    permission.name(),
                    newer.name()
                );
                return Err(invalid("Conditions", problem).into());
            }
        }
        all.iter().try_for_each(Condition::check)?;
    }
    Ok(())
}

fn check_applications(applications: &[ApplicationGrant]) -> Result<(), Refusal> {
    check::input_count("Applications", "applications", applications.len(), limits::APPLICATIONS_MAX)?;
    for (at, application) in applications.iter().enumerate() {
        check::length("Namespace", &application.namespace, 1, limits::NAMESPACE_CHARS_MAX)?;
        if applications.iter().take(at).any(|other| other.namespace == application.namespace) {
            return Err(invalid(
                "Applications",
                format!("the namespace `{}` occurs more than once", application.namespace),
            )
            .into());
        }
        if application.permissions.is_empty() {
            return Err(invalid(
                "ApplicationPermissions",
                format!("`{}` has no permissions: specify at least one", application.namespace),
            )
            .into());
        }
        check::input_count(
            "ApplicationPermissions",
            "permissions of one application",
            application.permissions.len(),
            limits::APPLICATION_PERMISSIONS_MAX,
        )?;
        for permission in &application.permissions {
            check::length("ApplicationPermissions", permission, 1, limits::NAMESPACE_CHARS_MAX)?;
        }
    }
    Ok(())
}
