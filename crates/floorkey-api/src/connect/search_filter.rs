//! Search filters by tags and by hierarchy group.

use floorkey::tags::Tags;
use floorkey::{Directory, HierarchyGroupId};
use floorkey_aws::model::{
    AttributeAndCondition, CommonAttributeAndCondition, ControlPlaneAttributeFilter, ControlPlaneTagFilter,
    ControlPlaneUserAttributeFilter, HierarchyGroupCondition, HierarchyGroupMatchType, TagCondition,
};

use super::call::{CallError, CallResult};
use super::search::{CONDITIONS_MAX, CriteriaError};

/// Maximum numbers of tag conditions and hierarchy conditions in one filter, from the AWS service model.
const TAG_CONDITIONS_MAX: usize = 25;
const GROUP_CONDITIONS_MAX: usize = 20;

/// A filter by tags. All AND conditions have to match. If there are OR conditions, at least one of them has to match.
#[derive(Debug, Default)]
pub(super) struct TagFilter(AttributeFilter);

/// A filter by tags and hierarchy group.
#[derive(Debug, Default)]
pub(super) struct AttributeFilter {
    all: Vec<FilterTest>,
    any: Option<Vec<Vec<FilterTest>>>,
}

#[derive(Debug)]
enum FilterTest {
    /// Matches a resource that has a tag with this key. If `value` is set, the tag must also have this value.
    Tag { key: String, value: Option<String> },
    /// Matches a resource in this group or, if `below` is set, in a group below it. `group` is `None` if the requested
    /// ID is invalid, and then no resource matches.
    Group { group: Option<HierarchyGroupId>, below: bool },
}

impl TagFilter {
    /// Parses a filter. If `filter` is `None`, every resource matches.
    ///
    /// # Errors
    /// If a condition has no key, or if there are too many conditions.
    pub(super) fn parse(filter: Option<ControlPlaneTagFilter>) -> CallResult<Self> {
        let Some(filter) = filter else { return Ok(Self::default()) };
        let parse = || -> Result<AttributeFilter, CriteriaError> {
            let all = filter.and_conditions.into_iter().flatten().chain(filter.tag_condition);
            let any = filter.or_conditions.filter(|any| !any.is_empty());
            let any = any.map(|any| any.into_iter().map(parse_tag_tests).collect::<Result<_, _>>()).transpose()?;
            AttributeFilter { all: parse_tag_tests(all)?, any }.check_bounds(
                "TagFilter",
                CONDITIONS_MAX,
                CONDITIONS_MAX,
            )
        };
        parse().map(Self).map_err(CallError::InvalidInput)
    }

    /// Whether the filter has no conditions.
    /// Creates a filter from tests that are all on tags.
    pub(super) fn from_attributes(filter: AttributeFilter) -> Self {
        Self(filter)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of conditions in the filter.
    pub(super) fn count(&self) -> usize {
        self.0.count()
    }

    /// Whether a resource with these tags matches.
    pub(super) fn matches(&self, tags: &Tags) -> bool {
        self.0.matches_tests(&|test| match test {
            FilterTest::Tag { key, value } => has_tag(tags, key, value.as_deref()),
            FilterTest::Group { .. } => false,
        })
    }
}

impl AttributeFilter {
    /// Parses a filter on resources that have tags.
    ///
    /// # Errors
    /// If a condition has no key, or if there are too many conditions.
    pub(super) fn for_tags(filter: Option<ControlPlaneAttributeFilter>) -> CallResult<Self> {
        let Some(filter) = filter else { return Ok(Self::default()) };
        let conditions = |and: CommonAttributeAndCondition| parse_tag_tests(and.tag_conditions.into_iter().flatten());
        let parse = || -> Result<Self, CriteriaError> {
            let mut all = parse_tag_tests(filter.tag_condition)?;
            all.extend(filter.and_condition.map(conditions).transpose()?.into_iter().flatten());
            let any = filter.or_conditions.filter(|any| !any.is_empty());
            let any = any.map(|any| any.into_iter().map(conditions).collect::<Result<_, _>>()).transpose()?;
            Self { all, any }.check_bounds("AttributeFilter", CONDITIONS_MAX, CONDITIONS_MAX)
        };
        parse().map_err(CallError::InvalidInput)
    }

    /// Parses a filter on users.
    ///
    /// # Errors
    /// If a condition is incomplete, or if there are too many conditions.
    pub(super) fn for_users(filter: Option<ControlPlaneUserAttributeFilter>) -> CallResult<Self> {
        let Some(filter) = filter else { return Ok(Self::default()) };
        let conditions = |and: AttributeAndCondition| -> Result<Vec<FilterTest>, CriteriaError> {
            let mut all = parse_tag_tests(and.tag_conditions.into_iter().flatten())?;
            all.extend(and.hierarchy_group_condition.map(parse_group_test).transpose()?);
            Ok(all)
        };
        let parse = || -> Result<Self, CriteriaError> {
            let mut all = parse_tag_tests(filter.tag_condition)?;
            all.extend(filter.hierarchy_group_condition.map(parse_group_test).transpose()?);
            all.extend(filter.and_condition.map(conditions).transpose()?.into_iter().flatten());
            let any = filter.or_conditions.filter(|any| !any.is_empty());
            let any = any.map(|any| any.into_iter().map(conditions).collect::<Result<_, _>>()).transpose()?;
            Self { all, any }.check_bounds("UserAttributeFilter", TAG_CONDITIONS_MAX, GROUP_CONDITIONS_MAX)
        };
        parse().map_err(CallError::InvalidInput)
    }

    fn check_bounds(self, name: &str, tags_max: usize, groups_max: usize) -> Result<Self, CriteriaError> {
        let tests = || self.all.iter().chain(self.any.iter().flatten().flatten());
        let tags = tests().filter(|test| matches!(test, FilterTest::Tag { .. })).count();
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

    /// The number of conditions in the filter.
    pub(super) fn count(&self) -> usize {
        self.all.len() + self.any.iter().flatten().map(|all| all.len().max(1)).sum::<usize>()
    }

    /// Whether the filter has no conditions.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_none()
    }

    /// Whether a resource with these tags and in this hierarchy group matches.
    pub(super) fn matches(&self, tags: &Tags, at: Option<HierarchyGroupId>, directory: &Directory) -> bool {
        self.matches_tests(&|test| match test {
            FilterTest::Tag { key, value } => has_tag(tags, key, value.as_deref()),
            FilterTest::Group { group, below } => is_in_group(at, *group, *below, directory),
        })
    }

    fn matches_tests(&self, test: &impl Fn(&FilterTest) -> bool) -> bool {
        let has_alternative = |any: &Vec<Vec<FilterTest>>| any.iter().any(|all| all.iter().all(test));
        self.all.iter().all(test) && self.any.as_ref().is_none_or(has_alternative)
    }
}

/// Whether `at` is the same group as `group` or, if `below` is set, a group below it.
pub(super) fn is_in_group(
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

/// Parses a hierarchy condition. Returns the condition's group, and whether the child groups of this group match too.
///
/// # Errors
/// If the condition has no group.
pub(super) fn group_condition(
    condition: HierarchyGroupCondition,
) -> Result<(Option<HierarchyGroupId>, bool), CriteriaError> {
    let missing = || "A HierarchyGroupCondition must have a Value: the ID of a group.".to_owned();
    let value = condition.value.ok_or_else(missing)?;
    let below = condition.hierarchy_group_match_type == Some(HierarchyGroupMatchType::WithChildGroups);
    Ok((HierarchyGroupId::parse(&value), below))
}

fn parse_group_test(condition: HierarchyGroupCondition) -> Result<FilterTest, CriteriaError> {
    group_condition(condition).map(|(group, below)| FilterTest::Group { group, below })
}

fn parse_tag_tests(conditions: impl IntoIterator<Item = TagCondition>) -> Result<Vec<FilterTest>, CriteriaError> {
    let test = |condition: TagCondition| match condition.tag_key {
        Some(key) => Ok(FilterTest::Tag { key, value: condition.tag_value }),
        None => Err("A TagCondition must have a TagKey.".to_owned()),
    };
    conditions.into_iter().map(test).collect()
}

fn has_tag(tags: &Tags, key: &str, value: Option<&str>) -> bool {
    tags.get(key).is_some_and(|actual| value.is_none_or(|value| actual == value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: Option<&str>) -> TagCondition {
        TagCondition { tag_key: Some(key.to_owned()), tag_value: value.map(str::to_owned) }
    }

    fn sample_tags() -> Tags {
        [("site", "lyon"), ("team", "red")].map(|(key, value)| (key.to_owned(), value.to_owned())).into()
    }

    fn matches(filter: ControlPlaneTagFilter) -> bool {
        TagFilter::parse(Some(filter)).unwrap().matches(&sample_tags())
    }

    #[test]
    fn conditions_are_combined_as_in_the_model() {
        let none = ControlPlaneTagFilter::default;
        assert!(matches(none()));
        assert!(matches(ControlPlaneTagFilter { tag_condition: Some(tag("site", None)), ..none() }));
        assert!(!matches(ControlPlaneTagFilter { tag_condition: Some(tag("site", Some("Lyon"))), ..none() }));
        let and = |second| ControlPlaneTagFilter {
            and_conditions: Some(vec![tag("site", Some("lyon")), tag("team", Some(second))]),
            ..none()
        };
        assert!(matches(and("red")) && !matches(and("blue")));
        let or = |second| ControlPlaneTagFilter {
            or_conditions: Some(vec![vec![tag("site", Some("graz"))], vec![tag("team", Some(second))]]),
            ..none()
        };
        assert!(matches(or("red")) && !matches(or("blue")));
        let many = |count| ControlPlaneTagFilter { or_conditions: Some(vec![Vec::new(); count]), ..none() };
        let parse = |filter| TagFilter::parse(Some(filter));
        assert!(parse(many(CONDITIONS_MAX)).is_ok() && parse(many(CONDITIONS_MAX + 1)).is_err());
        let many = |count| ControlPlaneTagFilter { and_conditions: Some(vec![tag("a", None); count]), ..none() };
        assert!(parse(many(CONDITIONS_MAX)).is_ok() && parse(many(CONDITIONS_MAX + 1)).is_err());
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
        let parse = |filter| AttributeFilter::for_users(Some(filter));
        assert!(parse(filter(25, 20)).is_ok());
        assert!(parse(filter(26, 0)).is_err());
        assert!(parse(filter(0, 21)).unwrap_err().into_message().contains("20 hierarchy conditions"));
    }
}
