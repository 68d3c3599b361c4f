//! Commands on registered applications and their resources.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::change_builder::{ChangeBuilder, not_found};
use super::check;
use crate::application::{ApplicationPermission, ApplicationResource, RegisteredApplication};
use crate::authorization::require_administrator;
use crate::invalid::{Invalid, invalid};
use crate::limits;
use crate::record::{Record, RecordKey};
use crate::refusal::{EntityKind, Refusal};
use crate::resource::ResourceType;
use crate::tags::Tags;
use crate::value_revisions::ValueRevisions;

/// Registers an application, or replaces its registration.
pub(super) fn register(builder: &mut ChangeBuilder<'_>, new: &RegisteredApplication) -> Result<(), Refusal> {
    require_administrator(builder.before, &builder.actor.principal, builder.action)?;
    check::length("Namespace", &new.namespace, 1, limits::NAMESPACE_CHARS_MAX)?;
    check::plain_text("Namespace", Some(&new.namespace), limits::NAMESPACE_CHARS_MAX)?;
    if new.namespace == "instance"
        || new.namespace == "user"
        || ResourceType::from_name_or_slug(&new.namespace).is_some()
    {
        let problem = format!("`{}` is one of Floorkey's own resource types: choose another namespace", new.namespace);
        return Err(invalid("Namespace", problem).into());
    }
    check::plain_text("Name", Some(&new.name), limits::NAMESPACE_CHARS_MAX)?;
    check::plain_text("Description", Some(&new.description), limits::APPLICATION_TEXT_CHARS_MAX)?;
    permissions(new)?;
    let before = builder.before.application(&new.namespace);
    if before.is_none() {
        check::count(
            "registered applications",
            builder.before.applications().count() + 1,
            limits::REGISTERED_APPLICATIONS_MAX,
        )?;
    }
    let modified = builder.modified(before.map(|before| before.modified));
    builder.put(Record::Application(Arc::new(RegisteredApplication { modified, ..new.clone() })));
    Ok(())
}

fn permissions(new: &RegisteredApplication) -> Result<(), Refusal> {
    if new.permissions.is_empty() {
        return Err(invalid("Permissions", "specify at least one permission").into());
    }
    check::count("permissions of one application", new.permissions.len(), limits::REGISTERED_PERMISSIONS_MAX)?;
    let mut names = BTreeSet::new();
    for ApplicationPermission { name, description, .. } in &new.permissions {
        check::length("Permissions.Name", name, 1, limits::NAMESPACE_CHARS_MAX)?;
        check::plain_text("Permissions.Name", Some(name), limits::NAMESPACE_CHARS_MAX)?;
        check::plain_text("Permissions.Description", Some(description), limits::APPLICATION_TEXT_CHARS_MAX)?;
        if !names.insert(name.as_str()) {
            return Err(invalid("Permissions", format!("`{name}` occurs more than once")).into());
        }
    }
    for ApplicationPermission { name, requires, .. } in &new.permissions {
        if let Some(unknown) = requires.iter().find(|required| !names.contains(required.as_str())) {
            let problem = format!("`{name}` requires `{unknown}`, which the application does not have");
            return Err(invalid("Permissions.Requires", problem).into());
        }
        if new.required_by(name).contains(name.as_str()) {
            let problem = format!("`{name}` requires itself, directly or indirectly");
            return Err(invalid("Permissions.Requires", problem).into());
        }
    }
    Ok(())
}

/// Removes an application's registration. Profiles can still contain the application's permissions, but requests for
/// these permissions are always denied.
pub(super) fn unregister(builder: &mut ChangeBuilder<'_>, namespace: &str) -> Result<(), Refusal> {
    registered(builder, namespace)?;
    builder.remove(RecordKey::Application(namespace.to_owned()));
    let resource_ids: Vec<_> =
        builder.before.application_resources(namespace, None).map(|resource| resource.id.clone()).collect();
    for id in resource_ids {
        builder.remove(RecordKey::ApplicationResource(namespace.to_owned(), id));
    }
    Ok(())
}

/// Registers resources of an application, or replaces their registrations.
pub(super) fn put_resources(
    builder: &mut ChangeBuilder<'_>,
    namespace: &str,
    resources: &[ApplicationResource],
) -> Result<(), Refusal> {
    registered(builder, namespace)?;
    check::count("resources at once", resources.len(), limits::BATCH_MAX)?;
    let mut ids = BTreeSet::new();
    for resource in resources {
        sound(resource)?;
        if let Some(group) = resource.hierarchy_group.filter(|group| builder.before.group(*group).is_none()) {
            return Err(not_found(ResourceType::HierarchyGroup, group));
        }
        if !ids.insert(resource.id.as_str()) {
            return Err(invalid("Resources", format!("`{}` occurs more than once", resource.id)).into());
        }
    }
    let new_count = ids.iter().filter(|id| builder.before.application_resource(namespace, id).is_none()).count();
    let current_count = builder.before.application_resources(namespace, None).count();
    check::count("resources of one application", current_count + new_count, limits::APPLICATION_RESOURCES_MAX)?;
    for resource in resources {
        let before = builder.before.application_resource(namespace, &resource.id);
        let modified = builder.modified(before.map(|before| before.modified));
        let new = &resource.attributes;
        let attributes_set = match before {
            Some(before) => before.attribute_revisions.edited(&before.attributes, new, builder.revision),
            None => ValueRevisions::default().edited(&Tags::new(), new, builder.revision),
        };
        let namespace = namespace.to_owned();
        let next = ApplicationResource { namespace, attribute_revisions: attributes_set, modified, ..resource.clone() };
        builder.put(Record::ApplicationResource(Arc::new(next)));
    }
    Ok(())
}

fn sound(resource: &ApplicationResource) -> Result<(), Invalid> {
    check::length("Resources.Id", &resource.id, 1, limits::APPLICATION_RESOURCE_ID_CHARS_MAX)?;
    check::plain_text("Resources.Id", Some(&resource.id), limits::APPLICATION_RESOURCE_ID_CHARS_MAX)?;
    if resource.attributes.len() > limits::ATTRIBUTES_MAX {
        let problem = format!("`{}` exceeds the maximum of {} attributes", resource.id, limits::ATTRIBUTES_MAX);
        return Err(invalid("Resources.Attributes", problem));
    }
    for (name, value) in &resource.attributes {
        check::length("Resources.Attributes", name, 1, limits::ATTRIBUTE_NAME_CHARS_MAX)?;
        check::plain_text("Resources.Attributes", Some(name), limits::ATTRIBUTE_NAME_CHARS_MAX)?;
        check::plain_text("Resources.Attributes", Some(value), limits::ATTRIBUTE_VALUE_CHARS_MAX)?;
    }
    Ok(())
}

/// Deletes registered resources. Unknown ids are skipped.
pub(super) fn delete_resources(
    builder: &mut ChangeBuilder<'_>,
    namespace: &str,
    ids: &BTreeSet<String>,
) -> Result<(), Refusal> {
    registered(builder, namespace)?;
    check::count("resources at once", ids.len(), limits::BATCH_MAX)?;
    for id in ids.iter().filter(|id| builder.before.application_resource(namespace, id).is_some()) {
        let key = RecordKey::ApplicationResource(namespace.to_owned(), id.clone());
        builder.remove(key);
    }
    Ok(())
}

fn registered(builder: &mut ChangeBuilder<'_>, namespace: &str) -> Result<(), Refusal> {
    require_administrator(builder.before, &builder.actor.principal, builder.action)?;
    match builder.before.application(namespace) {
        Some(_) => Ok(()),
        None => Err(not_found(EntityKind::Application, namespace)),
    }
}
