//! The agent hierarchy: its levels and its groups.

use std::sync::Arc;

use floorkey::hierarchy::{self, HierarchyGroup as Group, HierarchyStructure as Levels};
use floorkey::{
    Action, Command, Directory, HierarchyGroupId, HierarchyLevelId, Invalid, ResourceAttributes, ResourceType, Target,
};
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

use super::listing::{ListId, PAGE_SIZE, Paging, RowKey};
use super::lookup::parse_ref;
use super::members::{ArnContext, non_empty, time};
use super::row_visibility::{ListFilter, RowVisibility};
use super::search::{self, Criteria};
use super::search_filter::AttributeFilter;
use crate::caller::{ApiResult, Caller};
use floorkey_service::entropy;

pub(super) async fn create_group(
    caller: &Caller<'_>,
    input: CreateUserHierarchyGroupInput,
) -> ApiResult<CreateUserHierarchyGroupOutput> {
    let (action, operation) = (Action::CreateUserHierarchyGroup, Operation::CreateUserHierarchyGroup);
    let directory = caller.directory(&input.instance_id)?;
    let id = HierarchyGroupId::from_bits(entropy::random_id());
    let tags = input.tags.unwrap_or_default();
    let parent = non_empty(input.parent_group_id.as_deref());
    let parent = parent.map(|id| parse_ref(ResourceType::HierarchyGroup, &id, HierarchyGroupId::parse)).transpose();
    let parent = match parent {
        Ok(parent) => parent,
        Err(refusal) => {
            let thing = ResourceAttributes::new(ResourceType::HierarchyGroup, &tags);
            return Err(caller.refuse_command(&directory, action, &Target::Described(thing), refusal, operation).await);
        }
    };
    let command = Command::CreateUserHierarchyGroup { id, name: input.name, parent, tags };
    caller.execute(&directory, command, operation).await?;
    Ok(CreateUserHierarchyGroupOutput {
        hierarchy_group_id: Some(id.to_string()),
        hierarchy_group_arn: caller.arn_context(&directory).arn(ResourceKind::HierarchyGroup, id),
    })
}

pub(super) async fn rename_group(caller: &Caller<'_>, input: UpdateUserHierarchyGroupNameInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::UpdateUserHierarchyGroupName, Operation::UpdateUserHierarchyGroupName);
    let directory = caller.directory(&input.instance_id)?;
    let group = caller.group(&directory, &input.hierarchy_group_id, action, operation).await?.id;
    let command = Command::UpdateUserHierarchyGroupName { group, name: input.name };
    caller.execute(&directory, command, operation).await?;
    Ok(Empty {})
}

pub(super) async fn delete_group(caller: &Caller<'_>, input: DeleteUserHierarchyGroupInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::DeleteUserHierarchyGroup, Operation::DeleteUserHierarchyGroup);
    let directory = caller.directory(&input.instance_id)?;
    let group = caller.group(&directory, &input.hierarchy_group_id, action, operation).await?.id;
    caller.execute(&directory, Command::DeleteUserHierarchyGroup { group }, operation).await?;
    Ok(Empty {})
}

pub(super) async fn describe_group(
    caller: &Caller<'_>,
    input: DescribeUserHierarchyGroupInput,
) -> ApiResult<DescribeUserHierarchyGroupOutput> {
    let (action, operation) = (Action::DescribeUserHierarchyGroup, Operation::DescribeUserHierarchyGroup);
    let directory = caller.directory(&input.instance_id)?;
    let group = caller.group(&directory, &input.hierarchy_group_id, action, operation).await?;
    let list_filter = ListFilter::new(caller, &directory, action, ResourceType::HierarchyGroup, operation).await?;
    let hierarchy_group = Some(to_model(group, &list_filter, &directory, &caller.arn_context(&directory)));
    Ok(DescribeUserHierarchyGroupOutput { hierarchy_group })
}

pub(super) async fn list_groups(
    caller: &Caller<'_>,
    input: ListUserHierarchyGroupsInput,
) -> ApiResult<ListUserHierarchyGroupsOutput> {
    let (action, operation) = (Action::ListUserHierarchyGroups, Operation::ListUserHierarchyGroups);
    let directory = caller.directory(&input.instance_id)?;
    let list_filter = ListFilter::new(caller, &directory, action, ResourceType::HierarchyGroup, operation).await?;
    let list = ListId { instance: &directory.instance().to_string(), filters: "" };
    let paging = Paging::parse(caller, operation, &list, input.max_results, PAGE_SIZE, input.next_token.as_deref())?;
    let arns = caller.arn_context(&directory);
    let page = paging.page(directory.groups().filter_map(|group| {
        let visibility = list_filter.visibility_of(&Target::Group(group.id))?;
        Some((RowKey::by_name(&group.name, group.id.bits()), summary(group, visibility, &arns)))
    }))?;
    Ok(ListUserHierarchyGroupsOutput { user_hierarchy_group_summary_list: Some(page.rows), next_token: page.next })
}

pub(super) async fn search_groups(
    caller: &Caller<'_>,
    input: SearchUserHierarchyGroupsInput,
) -> ApiResult<SearchUserHierarchyGroupsOutput> {
    let (action, operation) = (Action::SearchUserHierarchyGroups, Operation::SearchUserHierarchyGroups);
    let directory = caller.directory(&input.instance_id)?;
    let list_filter = ListFilter::new(caller, &directory, action, ResourceType::HierarchyGroup, operation).await?;
    let criteria = Criteria::parse(input.search_criteria, search::parse_group_test, operation)?;
    let attributes = input.search_filter.and_then(|filter| filter.attribute_filter);
    let filter = AttributeFilter::for_tags(attributes, operation)?;
    let filters = format!("{criteria:?} {filter:?}");
    let list = ListId { instance: &directory.instance().to_string(), filters: &filters };
    let paging = Paging::parse(caller, operation, &list, input.max_results, PAGE_SIZE, input.next_token.as_deref())?;
    let arns = caller.arn_context(&directory);
    let find = || -> Vec<_> {
        let matching = directory.groups().filter_map(|group| {
            let visibility = list_filter.visibility_of(&Target::Group(group.id))?;
            let is_match = criteria.matches(&|test| test.matches(group, visibility, &directory))
                && (filter.is_empty()
                    || visibility == RowVisibility::Full && filter.matches(&group.tags, None, &directory));
            is_match.then(|| {
                let row = match visibility {
                    RowVisibility::Full => to_model(group, &list_filter, &directory, &arns),
                    RowVisibility::Name => name_only(group, &arns),
                };
                (RowKey::by_name(&group.name, group.id.bits()), row)
            })
        });
        matching.collect()
    };
    let conditions = criteria.count() + filter.count();
    let rows = caller.search(directory.group_count(), conditions, find).await?;
    let approximate_total_count = search::total(rows.len());
    let page = paging.page(rows)?;
    let (user_hierarchy_groups, next_token) = (Some(page.rows), page.next);
    Ok(SearchUserHierarchyGroupsOutput { user_hierarchy_groups, next_token, approximate_total_count })
}

pub(super) async fn describe_structure(
    caller: &Caller<'_>,
    input: DescribeUserHierarchyStructureInput,
) -> ApiResult<DescribeUserHierarchyStructureOutput> {
    let (action, operation) = (Action::DescribeUserHierarchyStructure, Operation::DescribeUserHierarchyStructure);
    let directory = caller.directory(&input.instance_id)?;
    caller.authorize(&directory, action, &Target::Instance, operation).await?;
    // The response contains the structure even if it has no levels, because Terraform treats a missing structure as an
    // error.
    let hierarchy_structure = Some(structure(directory.hierarchy_structure(), &caller.arn_context(&directory)));
    Ok(DescribeUserHierarchyStructureOutput { hierarchy_structure })
}

/// Replaces all levels of the hierarchy. A level that is not in the request is removed.
pub(super) async fn update_structure(
    caller: &Caller<'_>,
    input: UpdateUserHierarchyStructureInput,
) -> ApiResult<Empty> {
    let (action, operation) = (Action::UpdateUserHierarchyStructure, Operation::UpdateUserHierarchyStructure);
    let directory = caller.directory(&input.instance_id)?;
    let HierarchyStructureUpdate { level_one, level_two, level_three, level_four, level_five } =
        input.hierarchy_structure;
    let mut level_names: Vec<Option<String>> =
        [level_one, level_two, level_three, level_four, level_five].map(|level| level.map(|level| level.name)).into();
    while level_names.last().is_some_and(Option::is_none) {
        level_names.pop();
    }
    if level_names.contains(&None) {
        let problem = "levels must be consecutive, beginning with LevelOne";
        let refusal = Invalid { input: "HierarchyStructure", problem: problem.to_owned() }.into();
        return Err(caller.refuse_command(&directory, action, &Target::Instance, refusal, operation).await);
    }
    let levels = level_names
        .into_iter()
        .flatten()
        .map(|name| (name, HierarchyLevelId::from_bits(entropy::random_id())))
        .collect();
    caller.execute(&directory, Command::UpdateUserHierarchyStructure { levels }, operation).await?;
    Ok(Empty {})
}

fn to_model(
    group: &Group,
    list_filter: &ListFilter<'_>,
    directory: &Directory,
    arns: &ArnContext<'_>,
) -> HierarchyGroup {
    let level = directory.hierarchy_structure().levels.get(usize::from(group.level).saturating_sub(1));
    HierarchyGroup {
        arn: arns.arn(ResourceKind::HierarchyGroup, group.id),
        hierarchy_path: Some(path(group.id, list_filter, directory, arns)),
        id: Some(group.id.to_string()),
        last_modified_region: arns.region(),
        last_modified_time: time(group.modified),
        level_id: level.map(|level| level.id.to_string()),
        name: Some(group.name.clone()),
        tags: Some(group.tags.clone()),
    }
}

/// Returns the representation of a group for a caller who can see only the group's name.
fn name_only(group: &Group, arns: &ArnContext<'_>) -> HierarchyGroup {
    HierarchyGroup {
        arn: arns.arn(ResourceKind::HierarchyGroup, group.id),
        id: Some(group.id.to_string()),
        name: Some(group.name.clone()),
        ..HierarchyGroup::default()
    }
}

/// Returns the groups from the top level down to the given group. Leaves out groups that the caller can't see.
fn path(
    id: HierarchyGroupId,
    list_filter: &ListFilter<'_>,
    directory: &Directory,
    arns: &ArnContext<'_>,
) -> HierarchyPath {
    let path = directory.group_path(id);
    let at = |level: usize| {
        let group: &Arc<Group> = path.get(level)?;
        list_filter.visibility_of(&Target::Group(group.id)).map(|visibility| summary(group, visibility, arns))
    };
    HierarchyPath { level_one: at(0), level_two: at(1), level_three: at(2), level_four: at(3), level_five: at(4) }
}

fn summary(group: &Group, visibility: RowVisibility, arns: &ArnContext<'_>) -> HierarchyGroupSummary {
    HierarchyGroupSummary {
        arn: arns.arn(ResourceKind::HierarchyGroup, group.id),
        id: Some(group.id.to_string()),
        last_modified_region: visibility.if_full(arns.region()),
        last_modified_time: visibility.if_full(time(group.modified)),
        name: Some(group.name.clone()),
    }
}

fn structure(levels: &Levels, arns: &ArnContext<'_>) -> HierarchyStructure {
    let at = |index: usize| {
        let level: &hierarchy::HierarchyLevel = levels.levels.get(index)?;
        Some(HierarchyLevel {
            // A level's ARN ends with the level's number, not with its ID.
            arn: arns.arn(ResourceKind::HierarchyLevel, index + 1),
            id: Some(level.id.to_string()),
            last_modified_region: arns.region(),
            last_modified_time: time(level.modified),
            name: Some(level.name.clone()),
        })
    };
    HierarchyStructure { level_one: at(0), level_two: at(1), level_three: at(2), level_four: at(3), level_five: at(4) }
}
