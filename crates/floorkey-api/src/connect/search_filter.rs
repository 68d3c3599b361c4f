//! Search filters: by tags, and by hierarchy group.

use floorkey::tags::Tags;
use floorkey::{Directory, HierarchyGroupId};
use floorkey_aws::model::{
    AttributeAndCondition, CommonAttributeAndCondition, ControlPlaneAttributeFilter, ControlPlaneTagFilter,
    ControlPlaneUserAttributeFilter, HierarchyGroupCondition, HierarchyGroupMatchType, TagCondition,
};
use floorkey_aws::operation::Operation;

use super::search::{CONDITIONS_MAX, Wrong, refused};
use crate::caller::Refuse;

/// Maximum number of tag conditions and hierarchy conditions in one filter (the model's bounds).
const TAG_CONDITIONS_MAX: usize = 25;
const GROUP_CONDITIONS_MAX: usize = 20;

/// A filter by tags: all of its parts have to match, and the alternatives count as one part.
#[derive(Debug, Default)]
pub(super) struct TagFilter(AttributeFilter);

/// A filter by tags and hierarchy group.
#[derive(Debug, Default)]
pub(super) struct AttributeFilter {
    all: Vec<Test>,
    any: Option<Vec<Vec<Test>>>,
}

#[derive(Debug)]
enum Test {
    /// The tag exists, and has this value if there is one.
    Tag { key: String, value: Option<String> },
    /// The resource is in the group, or below it if `below` is set. `None` is an ID that no group has.
    Group { group: Option<HierarchyGroupId>, below: bool },
}

impl TagFilter {
    /// Parses a filter. Without a filter, everything matches.
    ///
    /// # Errors
    /// If a condition has no key, or if there are too many conditions.
    pub(super) fn read(filter: Option<ControlPlaneTagFilter>, operation: Operation) -> Refuse<Self> {
        let Some(filter) = filter else { return Ok(Self::default()) };
        let read = || -> Result<AttributeFilter, Wrong> {
            let all = filter.and_conditions.into_iter().flatten().chain(filter.tag_condition);
            let any = filter.or_conditions.filter(|any| !any.is_empty());
            let any = any.map(|any| any.into_iter().map(tags).collect::<Result<_, _>>()).transpose()?;
            AttributeFilter { all: tags(all)?, any }.bounded("TagFilter", CONDITIONS_MAX, CONDITIONS_MAX)
        };
        read().map(Self).map_err(|wrong| refused(wrong, operation))
    }

    /// Whether the filter has no conditions.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of conditions.
    pub(super) fn count(&self) -> usize {
        self.0.count()
    }

    /// Whether a resource with these tags matches.
    pub(super) fn fits(&self, tags: &Tags) -> bool {
        self.0.holds(&|test| match test {
            Test::Tag { key, value } => has(tags, key, value.as_deref()),
            Test::Group { .. } => false,
        })
    }
}

impl AttributeFilter {
    /// Parses a filter on resources that have tags.
    ///
    /// # Errors
    /// If a condition has no key, or if there are too many conditions.
    pub(super) fn of_tags(filter: Option<ControlPlaneAttributeFilter>, operation: Operation) -> Refuse<Self> {
        let Some(filter) = filter else { return Ok(Self::default()) };
        let conditions = |and: CommonAttributeAndCondition| tags(and.tag_conditions.into_iter().flatten());
        let read = || -> Result<Self, Wrong> {
            let mut all = tags(filter.tag_condition)?;
            all.extend(filter.and_condition.map(conditions).transpose()?.into_iter().flatten());
            let any = filter.or_conditions.filter(|any| !any.is_empty());
            let any = any.map(|any| any.into_iter().map(conditions).collect::<Result<_, _>>()).transpose()?;
            Self { all, any }.bounded("AttributeFilter", CONDITIONS_MAX, CONDITIONS_MAX)
        };
        read().map_err(|wrong| refused(wrong, operation))
    }

    /// Parses a filter on users.
    ///
    /// # Errors
    /// If a condition is incomplete, or if there are too many conditions.
    pub(super) fn of_users(filter: Option<ControlPlaneUserAttributeFilter>, operation: Operation) -> Refuse<Self> {
        let Some(filter) = filter else { return Ok(Self::default()) };
        let conditions = |and: AttributeAndCondition| -> Result<Vec<Test>, Wrong> {
            let mut all = tags(and.tag_conditions.into_iter().flatten())?;
            all.extend(and.hierarchy_group_condition.map(group).transpose()?);
            Ok(all)
        };
        let read = || -> Result<Self, Wrong> {
            let mut all = tags(filter.tag_condition)?;
            all.extend(filter.hierarchy_group_condition.map(group).transpose()?);
            all.extend(filter.and_condition.map(conditions).transpose()?.into_iter().flatten());
            let any = filter.or_conditions.filter(|any| !any.is_empty());
            let any = any.map(|any| any.into_iter().map(conditions).collect::<Result<_, _>>()).transpose()?;
            Self { all, any }.bounded("UserAttributeFilter", TAG_CONDITIONS_MAX, GROUP_CONDITIONS_MAX)
        };
        read().map_err(|wrong| refused(wrong, operation))
    }

    fn bounded(self, name: &str, tags_max: usize, groups_max: usize) -> Result<Self, Wrong> {
        let tests = || self.all.iter().chain(self.any.iter().flatten().flatten());
        let tags = tests().filter(|test| matches!(test, Test::Tag { .. })).count();
        let groups = tests().count() - tags;
        if tags > tags_max || groups > groups_max {
            return Err(format!(
                "{name} can have up to {tags_max} tag conditions and {groups_max} hierarchy conditions; it has \
                {tags} and {groups}."
            ));
        }
        match self.any.as_ref().map_or(0, Vec::len) {
            alternatives if alternatives > CONDITIONS_MAX => {
                Err(format!("{name} can have up to {CONDITIONS_MAX} alternatives; it has {alternatives}."))
            }
            _ => Ok(self),
        }
    }

    /// The number of conditions.
    pub(super) fn count(&self) -> usize {
        self.all.len() + self.any.iter().flatten().map(|all| all.len().max(1)).sum::<usize>()
    }

    /// Whether the filter has no conditions.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_none()
    }

    /// Whether a resource with these tags, in this hierarchy group, matches.
    pub(super) fn fits(&self, tags: &Tags, at: Option<HierarchyGroupId>, directory: &Directory) -> bool {
        self.holds(&|test| match test {
            Test::Tag { key, value } => has(tags, key, value.as_deref()),
            Test::Group { group, below } => stands(at, *group, *below, directory),
        })
    }

    fn holds(&self, test: &impl Fn(&Test) -> bool) -> bool {
        let one = |any: &Vec<Vec<Test>>| any.iter().any(|all| all.iter().all(test));
        self.all.iter().all(test) && self.any.as_ref().is_none_or(one)
    }
}

/// Whether `at` is the group, or is below it if `below` is set.
pub(super) fn stands(
    at: Option<HierarchyGroupId>,
    group: Option<HierarchyGroupId>,
    below: bool,
    directory: &Directory,
) -> bool {
    match (at, group) {
        (Some(at), Some(group)) => at == group || below && directory.is_within(at, group),
        _ => false,
    }
}

/// Parses a hierarchy condition into the group and whether its child groups match too.
///
/// # Errors
/// If the condition has no group.
pub(super) fn group_condition(condition: HierarchyGroupCondition) -> Result<(Option<HierarchyGroupId>, bool), Wrong> {
    let missing = || "A HierarchyGroupCondition must have a Value: the ID of a group.".to_owned();
    let value = condition.value.ok_or_else(missing)?;
    let below = condition.hierarchy_group_match_type == Some(HierarchyGroupMatchType::WithChildGroups);
    Ok((HierarchyGroupId::parse(&value), below))
}

fn group(condition: HierarchyGroupCondition) -> Result<Test, Wrong> {
    group_condition(condition).map(|(group, below)| Test::Group { group, below })
}

fn tags(conditions: impl IntoIterator<Item = TagCondition>) -> Result<Vec<Test>, Wrong> {
    let test = |condition: TagCondition| match condition.tag_key {
        Some(key) => Ok(Test::Tag { key, value: condition.tag_value }),
        None => Err("A TagCondition must have a TagKey.".to_owned()),
    };
    conditions.into_iter().map(test).collect()
}

fn has(tags: &Tags, key: &str, value: Option<&str>) -> bool {
    tags.get(key).is_some_and(|held| value.is_none_or(|value| held == value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: Option<&str>) -> TagCondition {
        TagCondition { tag_key: Some(key.to_owned()), tag_value: value.map(str::to_owned) }
    }

    fn held() -> Tags {
        [("site", "lyon"), ("team", "red")].map(|(key, value)| (key.to_owned(), value.to_owned())).into()
    }

    fn fits(filter: ControlPlaneTagFilter) -> bool {
        TagFilter::read(Some(filter), Operation::SearchUsers).unwrap().fits(&held())
    }

    #[test]
    fn conditions_are_combined_as_in_the_model() {
        let none = ControlPlaneTagFilter::default;
        assert!(fits(none()));
        assert!(fits(ControlPlaneTagFilter { tag_condition: Some(tag("site", None)), ..none() }));
        assert!(!fits(ControlPlaneTagFilter { tag_condition: Some(tag("site", Some("Lyon"))), ..none() }));
        let and = |second| ControlPlaneTagFilter {
            and_conditions: Some(vec![tag("site", Some("lyon")), tag("team", Some(second))]),
            ..none()
        };
        assert!(fits(and("red")) && !fits(and("blue")));
        let or = |second| ControlPlaneTagFilter {
            or_conditions: Some(vec![vec![tag("site", Some("graz"))], vec![tag("team", Some(second))]]),
            ..none()
        };
        assert!(fits(or("red")) && !fits(or("blue")));
        let many = |count| ControlPlaneTagFilter { or_conditions: Some(vec![Vec::new(); count]), ..none() };
        let read = |filter| TagFilter::read(Some(filter), Operation::SearchUsers);
        assert!(read(many(CONDITIONS_MAX)).is_ok() && read(many(CONDITIONS_MAX + 1)).is_err());
        let many = |count| ControlPlaneTagFilter { and_conditions: Some(vec![tag("a", None); count]), ..none() };
        assert!(read(many(CONDITIONS_MAX)).is_ok() && read(many(CONDITIONS_MAX + 1)).is_err());
    }

    #[test]
    fn a_filter_has_no_more_conditions_than_the_model_allows() {
        let filter = |tags: usize, groups: usize| {
            let group = HierarchyGroupCondition { value: Some("x".to_owned()), hierarchy_group_match_type: None };
            let tags = AttributeAndCondition {
                tag_conditions: Some(vec![tag("a", None); tags]),
                hierarchy_group_condition: None,
            };
            let group = AttributeAndCondition { tag_conditions: None, hierarchy_group_condition: Some(group) };
            let any = std::iter::once(tags).chain(std::iter::repeat_n(group, groups)).collect();
            ControlPlaneUserAttributeFilter { or_conditions: Some(any), ..Default::default() }
        };
        let read = |filter| AttributeFilter::of_users(Some(filter), Operation::SearchUsers);
        assert!(read(filter(25, 20)).is_ok());
        assert!(read(filter(26, 0)).is_err());
        assert!(read(filter(0, 21)).unwrap_err().message().contains("20 hierarchy conditions"));
    }
}
