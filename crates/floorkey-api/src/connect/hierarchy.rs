//! The agent hierarchy: its levels and its groups.

use std::sync::Arc;

use floorkey::hierarchy::{self, HierarchyGroup as Group, HierarchyStructure as Levels};
use floorkey::{Act, Command, Directory, HierarchyGroupId, HierarchyLevelId, Invalid, ResourceType, Target, Thing};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    CreateUserHierarchyGroupInput, CreateUserHierarchyGroupOutput, DeleteUserHierarchyGroupInput,
    DescribeUserHierarchyGroupInput, DescribeUserHierarchyGroupOutput, DescribeUserHierarchyStructureInput,
    DescribeUserHierarchyStructureOutput, Empty, HierarchyGroup, HierarchyGroupSummary, HierarchyLevel, HierarchyPath,
    HierarchyStructure, HierarchyStructureUpdate, ListUserHierarchyGroupsInput, ListUserHierarchyGroupsOutput,
    SearchUserHierarchyGroupsInput, SearchUserHierarchyGroupsOutput, UpdateUserHierarchyGroupNameInput,
    UpdateUserHierarchyStructureInput,
};
use floorkey_aws::operation::Operation;

use super::listing::{Key, List, PAGE, Paging};
use super::lookup::linked;
use super::search::{self, Criteria};
use super::search_filter::AttributeFilter;
use super::sight::{Sight, Viewer};
use super::wire::{Wire, said, time};
use crate::caller::{Caller, Refuse};
use floorkey_service::outside;

pub(super) async fn create_group(
    caller: &Caller<'_>,
    input: CreateUserHierarchyGroupInput,
) -> Refuse<CreateUserHierarchyGroupOutput> {
    let (act, operation) = (Act::CreateUserHierarchyGroup, Operation::CreateUserHierarchyGroup);
    let directory = caller.directory(&input.instance_id)?;
    let id = HierarchyGroupId::from_bits(outside::id());
    let tags = input.tags.unwrap_or_default();
    let parent = said(input.parent_group_id.as_deref());
    let parent = parent.map(|id| linked(ResourceType::HierarchyGroup, &id, HierarchyGroupId::parse)).transpose();
    let parent = match parent {
        Ok(parent) => parent,
        Err(refusal) => {
            let thing = Thing::new(ResourceType::HierarchyGroup, &tags);
            return Err(caller.refuse_command(&directory, act, &Target::Described(thing), refusal, operation).await);
        }
    };
    let command = Command::CreateUserHierarchyGroup { id, name: input.name, parent, tags };
    caller.execute(&directory, command, operation).await?;
    Ok(CreateUserHierarchyGroupOutput {
        hierarchy_group_id: Some(id.to_string()),
        hierarchy_group_arn: caller.wire(&directory).arn(ResourceKind::HierarchyGroup, id),
    })
}

pub(super) async fn rename_group(caller: &Caller<'_>, input: UpdateUserHierarchyGroupNameInput) -> Refuse<Empty> {
    let (act, operation) = (Act::UpdateUserHierarchyGroupName, Operation::UpdateUserHierarchyGroupName);
    let directory = caller.directory(&input.instance_id)?;
    let group = caller.group(&directory, &input.hierarchy_group_id, act, operation).await?.id;
    let command = Command::UpdateUserHierarchyGroupName { group, name: input.name };
    caller.execute(&directory, command, operation).await?;
    Ok(Empty {})
}

pub(super) async fn delete_group(caller: &Caller<'_>, input: DeleteUserHierarchyGroupInput) -> Refuse<Empty> {
    let (act, operation) = (Act::DeleteUserHierarchyGroup, Operation::DeleteUserHierarchyGroup);
    let directory = caller.directory(&input.instance_id)?;
    let group = caller.group(&directory, &input.hierarchy_group_id, act, operation).await?.id;
    caller.execute(&directory, Command::DeleteUserHierarchyGroup { group }, operation).await?;
    Ok(Empty {})
}

pub(super) async fn describe_group(
    caller: &Caller<'_>,
    input: DescribeUserHierarchyGroupInput,
) -> Refuse<DescribeUserHierarchyGroupOutput> {
    let (act, operation) = (Act::DescribeUserHierarchyGroup, Operation::DescribeUserHierarchyGroup);
    let directory = caller.directory(&input.instance_id)?;
    let group = caller.group(&directory, &input.hierarchy_group_id, act, operation).await?;
    let viewer = Viewer::new(caller, &directory, act, ResourceType::HierarchyGroup, operation).await?;
    let hierarchy_group = Some(described(group, &viewer, &directory, &caller.wire(&directory)));
    Ok(DescribeUserHierarchyGroupOutput { hierarchy_group })
}

pub(super) async fn list_groups(
    caller: &Caller<'_>,
    input: ListUserHierarchyGroupsInput,
) -> Refuse<ListUserHierarchyGroupsOutput> {
    let (act, operation) = (Act::ListUserHierarchyGroups, Operation::ListUserHierarchyGroups);
    let directory = caller.directory(&input.instance_id)?;
    let viewer = Viewer::new(caller, &directory, act, ResourceType::HierarchyGroup, operation).await?;
    let list = List { instance: &directory.instance().to_string(), filters: "" };
    let paging = Paging::read(caller, operation, &list, input.max_results, PAGE, input.next_token.as_deref())?;
    let wire = caller.wire(&directory);
    let page = paging.page(directory.groups().filter_map(|group| {
        let sight = viewer.sees(&Target::Group(group.id))?;
        Some((Key::by_name(&group.name, group.id.bits()), summary(group, sight, &wire)))
    }))?;
    Ok(ListUserHierarchyGroupsOutput { user_hierarchy_group_summary_list: Some(page.rows), next_token: page.next })
}

pub(super) async fn search_groups(
    caller: &Caller<'_>,
    input: SearchUserHierarchyGroupsInput,
) -> Refuse<SearchUserHierarchyGroupsOutput> {
    let (act, operation) = (Act::SearchUserHierarchyGroups, Operation::SearchUserHierarchyGroups);
    let directory = caller.directory(&input.instance_id)?;
    let viewer = Viewer::new(caller, &directory, act, ResourceType::HierarchyGroup, operation).await?;
    let criteria = Criteria::read(input.search_criteria, search::group_leaf, operation)?;
    let attributes = input.search_filter.and_then(|filter| filter.attribute_filter);
    let filter = AttributeFilter::of_tags(attributes, operation)?;
    let filters = format!("{criteria:?} {filter:?}");
    let list = List { instance: &directory.instance().to_string(), filters: &filters };
    let paging = Paging::read(caller, operation, &list, input.max_results, PAGE, input.next_token.as_deref())?;
    let wire = caller.wire(&directory);
    let find = || -> Vec<_> {
        let fitting = directory.groups().filter_map(|group| {
            let sight = viewer.sees(&Target::Group(group.id))?;
            let fits = criteria.fits(&|leaf| leaf.fits(group, sight, &directory))
                && (filter.is_empty() || sight == Sight::Whole && filter.fits(&group.tags, None, &directory));
            fits.then(|| {
                let row = match sight {
                    Sight::Whole => described(group, &viewer, &directory, &wire),
                    Sight::Name => named(group, &wire),
                };
                (Key::by_name(&group.name, group.id.bits()), row)
            })
        });
        fitting.collect()
    };
    let conditions = criteria.count() + filter.count();
    let found = caller.search(directory.group_count(), conditions, find).await?;
    let approximate_total_count = search::total(found.len());
    let page = paging.page(found)?;
    let (user_hierarchy_groups, next_token) = (Some(page.rows), page.next);
    Ok(SearchUserHierarchyGroupsOutput { user_hierarchy_groups, next_token, approximate_total_count })
}

pub(super) async fn describe_structure(
    caller: &Caller<'_>,
    input: DescribeUserHierarchyStructureInput,
) -> Refuse<DescribeUserHierarchyStructureOutput> {
    let (act, operation) = (Act::DescribeUserHierarchyStructure, Operation::DescribeUserHierarchyStructure);
    let directory = caller.directory(&input.instance_id)?;
    caller.may(&directory, act, &Target::Instance, operation).await?;
    // Present even without levels, because Terraform treats a missing structure as an error.
    let hierarchy_structure = Some(structure(directory.structure(), &caller.wire(&directory)));
    Ok(DescribeUserHierarchyStructureOutput { hierarchy_structure })
}

/// Replaces all levels: a level that is left out is removed.
pub(super) async fn update_structure(caller: &Caller<'_>, input: UpdateUserHierarchyStructureInput) -> Refuse<Empty> {
    let (act, operation) = (Act::UpdateUserHierarchyStructure, Operation::UpdateUserHierarchyStructure);
    let directory = caller.directory(&input.instance_id)?;
    let HierarchyStructureUpdate { level_one, level_two, level_three, level_four, level_five } =
        input.hierarchy_structure;
    let mut named: Vec<Option<String>> =
        [level_one, level_two, level_three, level_four, level_five].map(|level| level.map(|level| level.name)).into();
    while named.last().is_some_and(Option::is_none) {
        named.pop();
    }
    if named.contains(&None) {
        let problem = "levels must be consecutive, beginning with LevelOne";
        let refusal = Invalid { input: "HierarchyStructure", problem: problem.to_owned() }.into();
        return Err(caller.refuse_command(&directory, act, &Target::Instance, refusal, operation).await);
    }
    let levels = named.into_iter().flatten().map(|name| (name, HierarchyLevelId::from_bits(outside::id()))).collect();
    caller.execute(&directory, Command::UpdateUserHierarchyStructure { levels }, operation).await?;
    Ok(Empty {})
}

fn described(group: &Group, viewer: &Viewer<'_>, directory: &Directory, wire: &Wire<'_>) -> HierarchyGroup {
    let level = directory.structure().levels.get(usize::from(group.level).saturating_sub(1));
    HierarchyGroup {
        arn: wire.arn(ResourceKind::HierarchyGroup, group.id),
        hierarchy_path: Some(path(group.id, viewer, directory, wire)),
        id: Some(group.id.to_string()),
        last_modified_region: wire.region(),
        last_modified_time: time(group.modified),
        level_id: level.map(|level| level.id.to_string()),
        name: Some(group.name.clone()),
        tags: Some(group.tags.clone()),
    }
}

/// A group of which the caller sees only the name.
fn named(group: &Group, wire: &Wire<'_>) -> HierarchyGroup {
    HierarchyGroup {
        arn: wire.arn(ResourceKind::HierarchyGroup, group.id),
        id: Some(group.id.to_string()),
        name: Some(group.name.clone()),
        ..HierarchyGroup::default()
    }
}

/// The groups from the first level down to this one, without those that the caller can't see.
fn path(id: HierarchyGroupId, viewer: &Viewer<'_>, directory: &Directory, wire: &Wire<'_>) -> HierarchyPath {
    let path = directory.group_path(id);
    let at = |level: usize| {
        let group: &Arc<Group> = path.get(level)?;
        viewer.sees(&Target::Group(group.id)).map(|sight| summary(group, sight, wire))
    };
    HierarchyPath { level_one: at(0), level_two: at(1), level_three: at(2), level_four: at(3), level_five: at(4) }
}

fn summary(group: &Group, sight: Sight, wire: &Wire<'_>) -> HierarchyGroupSummary {
    HierarchyGroupSummary {
        arn: wire.arn(ResourceKind::HierarchyGroup, group.id),
        id: Some(group.id.to_string()),
        last_modified_region: sight.whole(wire.region()),
        last_modified_time: sight.whole(time(group.modified)),
        name: Some(group.name.clone()),
    }
}

fn structure(levels: &Levels, wire: &Wire<'_>) -> HierarchyStructure {
    let at = |place: usize| {
        let level: &hierarchy::HierarchyLevel = levels.levels.get(place)?;
        Some(HierarchyLevel {
            // The ARN of a level ends in its number, not in its ID.
            arn: wire.arn(ResourceKind::HierarchyLevel, place + 1),
            id: Some(level.id.to_string()),
            last_modified_region: wire.region(),
            last_modified_time: time(level.modified),
            name: Some(level.name.clone()),
        })
    };
    HierarchyStructure { level_one: at(0), level_two: at(1), level_three: at(2), level_four: at(3), level_five: at(4) }
}
