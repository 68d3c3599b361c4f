//! The conditions of searches for security profiles, hierarchy groups and stored resources.

use floorkey::hierarchy::HierarchyGroup;
use floorkey::{Directory, Resource, SecurityProfile};
use floorkey_aws::model::SearchableQueueType;

use super::row_visibility::RowVisibility;
use super::search::{CriteriaError, RawLeaf, TextTest, parse_text_test};

/// A condition on security profiles. The only supported field is the name.
#[derive(Debug)]
pub(super) struct ProfileTest(TextTest);

/// Parses a condition on security profiles.
///
/// # Errors
/// If the field is not `name`.
pub(super) fn parse_profile_test(raw: RawLeaf) -> Result<ProfileTest, CriteriaError> {
    let (_, test) = parse_text_test(raw, &["name"])?;
    Ok(ProfileTest(test))
}

impl ProfileTest {
    pub(super) fn matches(&self, profile: &SecurityProfile) -> bool {
        self.matches_name(&profile.name)
    }

    /// Whether a profile with this name satisfies the condition.
    pub(super) fn matches_name(&self, name: &str) -> bool {
        self.0.matches(name)
    }
}

/// A condition on hierarchy groups.
#[derive(Debug)]
pub(super) struct GroupTest {
    field: GroupField,
    test: TextTest,
}

#[derive(Clone, Copy, Debug)]
enum GroupField {
    Name,
    Parent,
    Level,
    Id,
}

/// Parses a condition on hierarchy groups.
///
/// # Errors
/// If the field is not a field of hierarchy groups.
pub(super) fn parse_group_test(raw: RawLeaf) -> Result<GroupTest, CriteriaError> {
    let (field, test) = parse_text_test(raw, &["name", "parentId", "levelId", "resourceId"])?;
    let field = match field {
        "parentId" => GroupField::Parent,
        "levelId" => GroupField::Level,
        "resourceId" => GroupField::Id,
        _ => GroupField::Name,
    };
    Ok(GroupTest { field, test })
}

impl GroupTest {
    /// Whether the group matches. If the caller can see only the group's name, conditions on other fields never match.
    /// A search therefore can't reveal these fields.
    pub(super) fn matches(&self, group: &HierarchyGroup, visibility: RowVisibility, directory: &Directory) -> bool {
        match self.field {
            GroupField::Name => self.test.matches(&group.name),
            GroupField::Id => self.test.matches(&group.id.to_string()),
            GroupField::Parent => {
                visibility == RowVisibility::Full
                    && group.parent.is_some_and(|parent| self.test.matches(&parent.to_string()))
            }
            GroupField::Level => {
                let level = directory.hierarchy_structure().levels.get(usize::from(group.level).saturating_sub(1));
                visibility == RowVisibility::Full && level.is_some_and(|level| self.test.matches(&level.id.to_string()))
            }
        }
    }
}

/// A condition on a stored resource.
#[derive(Debug)]
pub(super) enum ResourceTest {
    Name(TextTest),
    Description(TextTest),
    Id(TextTest),
    /// A condition that every resource of the type satisfies.
    Always,
}

/// Parses a condition on a stored resource. String conditions can test the name, the description and the ID.
///
/// # Errors
/// Returns an error if the condition is of another kind or tests another field.
pub(super) fn parse_resource_test(raw: RawLeaf) -> Result<ResourceTest, CriteriaError> {
    // All queues in Floorkey are standard queues, which is the only type that can be searched for.
    if let RawLeaf::QueueType(SearchableQueueType::Standard) = raw {
        return Ok(ResourceTest::Always);
    }
    let (field, test) = parse_text_test(raw, &["name", "description", "resourceID"])?;
    Ok(match field {
        "description" => ResourceTest::Description(test),
        "resourceID" => ResourceTest::Id(test),
        _ => ResourceTest::Name(test),
    })
}

impl ResourceTest {
    /// Whether the resource satisfies the condition. A resource of which the caller can see only the name satisfies no
    /// condition on the description.
    pub(super) fn matches(&self, resource: &Resource, visibility: RowVisibility) -> bool {
        match self {
            Self::Name(test) => test.matches(&resource.name),
            Self::Id(test) => test.matches(&resource.id.to_string()),
            Self::Description(test) => {
                visibility == RowVisibility::Full && test.matches(resource.description.as_deref().unwrap_or_default())
            }
            Self::Always => true,
        }
    }
}
