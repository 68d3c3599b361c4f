//! The agent hierarchy: its levels and its groups.

use std::sync::Arc;

use floorkey::hierarchy::{self, HierarchyGroup as Group, HierarchyStructure as Levels};
use floorkey::{Command, Directory, HierarchyGroupId, HierarchyLevelId, ResourceAttributes, ResourceType, Target};
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    CreateUserHierarchyGroupInput, CreateUserHierarchyGroupOutput, DeleteUserHierarchyGroupInput,
    DescribeUserHierarchyGroupInput, DescribeUserHierarchyGroupOutput, DescribeUserHierarchyStructureInput,
    DescribeUserHierarchyStructureOutput, Empty, HierarchyGroup, HierarchyGroupSummary, HierarchyLevel, HierarchyPath,
    HierarchyStructure, HierarchyStructureUpdate, ListUserHierarchyGroupsInput, ListUserHierarchyGroupsOutput,
    SearchUserHierarchyGroupsInput, SearchUserHierarchyGroupsOutput, UpdateUserHierarchyGroupNameInput,
    UpdateUserHierarchyStructureInput,
};

use super::call::{Call, CallResult, invalid, parse_ref};
use super::listing::NamedRow;
use super::members::{ArnContext, non_empty, time};
use super::row_visibility::{ListFilter, RowVisibility};
use super::search::Criteria;
use super::search_conditions;
use super::search_filter::AttributeFilter;
use floorkey_service::entropy;

pub(super) async fn create_group(
    call: &Call<'_>,
    input: CreateUserHierarchyGroupInput,
) -> CallResult<CreateUserHierarchyGroupOutput> {
    let id = HierarchyGroupId::from_bits(entropy::random_id());
    let tags = input.tags.unwrap_or_default();
    let parent = non_empty(input.parent_group_id.as_deref());
    let parent = parent.map(|id| parse_ref(ResourceType::HierarchyGroup, &id, HierarchyGroupId::parse)).transpose();
    let parent =
        call.valid(&Target::Described(ResourceAttributes::new(ResourceType::HierarchyGroup, &tags)), parent).await?;
    let command = Command::CreateUserHierarchyGroup { id, name: input.name, parent, tags };
    call.execute(command).await?;
    Ok(CreateUserHierarchyGroupOutput {
        hierarchy_group_id: Some(id.to_string()),
        hierarchy_group_arn: call.arns().arn(ResourceKind::HierarchyGroup, id),
    })
}

pub(super) async fn rename_group(call: &Call<'_>, input: UpdateUserHierarchyGroupNameInput) -> CallResult<Empty> {
    let group = call.group(&input.hierarchy_group_id).await?.id;
    let command = Command::UpdateUserHierarchyGroupName { group, name: input.name };
    call.execute(command).await?;
    Ok(Empty {})
}

pub(super) async fn delete_group(call: &Call<'_>, input: DeleteUserHierarchyGroupInput) -> CallResult<Empty> {
    let group = call.group(&input.hierarchy_group_id).await?.id;
    call.execute(Command::DeleteUserHierarchyGroup { group }).await?;
    Ok(Empty {})
}

pub(super) async fn describe_group(
    call: &Call<'_>,
    input: DescribeUserHierarchyGroupInput,
) -> CallResult<DescribeUserHierarchyGroupOutput> {
    let group = call.group(&input.hierarchy_group_id).await?;
    let list_filter = ListFilter::new(call, ResourceType::HierarchyGroup).await?;
    let hierarchy_group = Some(to_model(group, &list_filter, &call.directory, &call.arns()));
    Ok(DescribeUserHierarchyGroupOutput { hierarchy_group })
}

pub(super) async fn list_groups(
    call: &Call<'_>,
    _: ListUserHierarchyGroupsInput,
) -> CallResult<ListUserHierarchyGroupsOutput> {
    let arns = call.arns();
    let to_row = |group: &Group, visibility| Some(summary(group, visibility, &arns));
    let page = call.list(ResourceType::HierarchyGroup, "", call.directory.groups(), to_row).await?;
    Ok(ListUserHierarchyGroupsOutput { user_hierarchy_group_summary_list: Some(page.rows), next_token: page.next })
}

pub(super) async fn search_groups(
    call: &Call<'_>,
    input: SearchUserHierarchyGroupsInput,
) -> CallResult<SearchUserHierarchyGroupsOutput> {
    let list_filter = ListFilter::new(call, ResourceType::HierarchyGroup).await?;
    let criteria = Criteria::parse(input.search_criteria, search_conditions::parse_group_test)?;
    let attributes = input.search_filter.and_then(|filter| filter.attribute_filter);
    let filter = AttributeFilter::for_tags(attributes)?;
    let filters = format!("{criteria:?} {filter:?}");
    let arns = call.arns();
    let find = || -> Vec<_> {
        let matching = call.directory.groups().filter_map(|group| {
            let visibility = list_filter.visibility_of(&Target::Group(group.id))?;
            let is_match = criteria.matches(&|test| test.matches(group, visibility, &call.directory))
                && (filter.is_empty()
                    || visibility == RowVisibility::Full && filter.matches(&group.tags, None, &call.directory));
            is_match.then(|| {
                let row = match visibility {
                    RowVisibility::Full => to_model(group, &list_filter, &call.directory, &arns),
                    RowVisibility::Name => name_only(group, &arns),
                };
                (group.key(), row)
            })
        });
        matching.collect()
    };
    let cost = (call.directory.group_count(), criteria.count() + filter.count());
    let (page, approximate_total_count) = call.search(&filters, cost, find).await?;
    let (user_hierarchy_groups, next_token) = (Some(page.rows), page.next);
    Ok(SearchUserHierarchyGroupsOutput { user_hierarchy_groups, next_token, approximate_total_count })
}

pub(super) async fn describe_structure(
    call: &Call<'_>,
    _: DescribeUserHierarchyStructureInput,
) -> CallResult<DescribeUserHierarchyStructureOutput> {
    call.authorize(&Target::Instance).await?;
    // The response contains the structure even if it has no levels, because Terraform treats a missing structure as an
    // error.
    let hierarchy_structure = Some(structure(call.directory.hierarchy_structure(), &call.arns()));
    Ok(DescribeUserHierarchyStructureOutput { hierarchy_structure })
}

/// Replaces all levels of the hierarchy. A level that is not in the request is removed.
pub(super) async fn update_structure(call: &Call<'_>, input: UpdateUserHierarchyStructureInput) -> CallResult<Empty> {
    let HierarchyStructureUpdate { level_one, level_two, level_three, level_four, level_five } =
        input.hierarchy_structure;
    let mut level_names: Vec<Option<String>> =
        [level_one, level_two, level_three, level_four, level_five].map(|level| level.map(|level| level.name)).into();
    while level_names.last().is_some_and(Option::is_none) {
        level_names.pop();
    }
    if level_names.contains(&None) {
        let error = invalid("HierarchyStructure", "levels must be consecutive, beginning with LevelOne");
        return call.valid(&Target::Instance, Err(error)).await;
    }
    let levels = level_names
        .into_iter()
        .flatten()
        .map(|name| (name, HierarchyLevelId::from_bits(entropy::random_id())))
        .collect();
    call.execute(Command::UpdateUserHierarchyStructure { levels }).await?;
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
