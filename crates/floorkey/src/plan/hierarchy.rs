//! Commands on the agent hierarchy.

use std::sync::Arc;

use super::change_builder::ChangeBuilder;
use super::check;
use crate::decision::{ResourceAttributes, Target};
use crate::hierarchy::{HierarchyGroup, HierarchyLevel, HierarchyStructure};
use crate::id::{HierarchyGroupId, HierarchyLevelId};
use crate::invalid::invalid;
use crate::limits;
use crate::record::{Record, RecordKey};
use crate::refusal::{EntityKind, Refusal};
use crate::resource::ResourceType;
use crate::tags::{self, Tags};
use crate::value_revisions::ValueRevisions;

pub(super) fn create(
    builder: &mut ChangeBuilder<'_>,
    id: HierarchyGroupId,
    name: &str,
    parent: Option<HierarchyGroupId>,
    group_tags: &Tags,
) -> Result<(), Refusal> {
    builder.authorize_new(ResourceAttributes::new(ResourceType::HierarchyGroup, group_tags))?;
    group_name(name)?;
    tags::check("Tags", group_tags)?;
    let level = match parent {
        None => 1,
        Some(parent) => {
            let parent_group = builder
                .before
                .group(parent)
                .ok_or_else(|| builder.link_not_found_or_denied(ResourceType::HierarchyGroup, parent))?;
            builder.check_linkable(ResourceType::HierarchyGroup, &Target::Group(parent), parent)?;
            parent_group.level + 1
        }
    };
    let levels = builder.before.hierarchy_structure().levels.len();
    if usize::from(level) > levels {
        let problem = format!(
            "the group would be at level {level}, but the hierarchy has {levels}: add that level first \
            (UpdateUserHierarchyStructure)"
        );
        return Err(invalid("ParentGroupId", problem).into());
    }
    check_name_available(builder, id, parent, name)?;
    builder.put_group(HierarchyGroup {
        id,
        name: name.to_owned(),
        parent,
        level,
        tags: group_tags.clone(),
        tag_revisions: ValueRevisions::default().edited(&Tags::new(), group_tags, builder.revision),
        modified: builder.now,
    });
    Ok(())
}

pub(super) fn rename(builder: &mut ChangeBuilder<'_>, id: HierarchyGroupId, name: &str) -> Result<(), Refusal> {
    let group = builder.group(id)?;
    group_name(name)?;
    check_name_available(builder, id, group.parent, name)?;
    builder.put_group(HierarchyGroup { name: name.to_owned(), ..group });
    Ok(())
}

pub(super) fn delete(builder: &mut ChangeBuilder<'_>, id: HierarchyGroupId) -> Result<(), Refusal> {
    builder.group(id)?;
    let in_use = |by: String| {
        Err(Refusal::InUse { kind: EntityKind::Resource(ResourceType::HierarchyGroup), id: id.to_string(), by })
    };
    let users = builder.before.group_user_count(id);
    if users > 0 {
        return in_use(format!("{users} users are in it: move them first"));
    }
    let children = builder.before.child_groups(id).count();
    if children > 0 {
        return in_use(format!("it has {children} child groups: delete them first"));
    }
    if let Some(profile) = builder.before.profiles().find(|profile| profile.access_control.hierarchy_group == Some(id))
    {
        let names = (profile.name.as_str(), builder.viewer().profile_name(profile.id));
        return Err(builder.needed_by_refusal(ResourceType::HierarchyGroup, id, names, |name| {
            format!("the access control of the security profile{name} refers to it: change the profile first")
        }));
    }
    if let Some(resource) = builder.before.application_resource_in(id) {
        let shows_name = builder.viewer().application_resources(&resource.namespace).shows_name();
        let names = (resource.id.as_str(), shows_name.then_some(resource.id.as_str()));
        return Err(builder.needed_by_refusal(ResourceType::HierarchyGroup, id, names, |name| {
            format!("the resource{name} of an application is in it: move or delete the resource first")
        }));
    }
    builder.remove(RecordKey::Group(id));
    Ok(())
}

pub(super) fn set_levels(
    builder: &mut ChangeBuilder<'_>,
    levels: &[(String, HierarchyLevelId)],
) -> Result<(), Refusal> {
    builder.authorize(&Target::Instance)?;
    check::count("levels of the hierarchy", levels.len(), limits::HIERARCHY_LEVELS_MAX)?;
    let before = builder.before.hierarchy_structure().clone();
    let deepest = builder.before.groups().map(|group| usize::from(group.level)).max().unwrap_or(0);
    if levels.len() < deepest {
        let name = before.levels.get(deepest - 1).map(|level| level.name.clone()).unwrap_or_default();
        let by = format!("it has groups: delete the groups of the level `{name}` first");
        return Err(Refusal::InUse { kind: EntityKind::HierarchyLevel, id: deepest.to_string(), by });
    }
    let mut after = Vec::new();
    for (at, (name, new_id)) in levels.iter().enumerate() {
        check::plain_text("Name", Some(name), limits::HIERARCHY_NAME_CHARS_MAX)?;
        check::length("Name", name, 1, limits::HIERARCHY_NAME_CHARS_MAX)?;
        after.push(match before.levels.get(at) {
            Some(level) if level.name == *name => level.clone(),
            Some(level) => HierarchyLevel { id: level.id, name: name.clone(), modified: builder.now },
            None => HierarchyLevel { id: *new_id, name: name.clone(), modified: builder.now },
        });
    }
    builder.put(Record::Structure(Arc::new(HierarchyStructure { levels: after })));
    Ok(())
}

fn group_name(name: &str) -> Result<(), Refusal> {
    check::length("Name", name, 1, limits::HIERARCHY_NAME_CHARS_MAX)?;
    check::plain_text("Name", Some(name), limits::HIERARCHY_NAME_CHARS_MAX)?;
    Ok(())
}

fn check_name_available(
    builder: &ChangeBuilder<'_>,
    id: HierarchyGroupId,
    parent: Option<HierarchyGroupId>,
    name: &str,
) -> Result<(), Refusal> {
    match builder.before.group_by_name(parent, name) {
        Some(other) if other.id != id => {
            let name = builder.viewer().group_name(other.id).unwrap_or(name).to_owned();
            Err(Refusal::Duplicate { kind: EntityKind::GroupOfParent, name })
        }
        _ => Ok(()),
    }
}
