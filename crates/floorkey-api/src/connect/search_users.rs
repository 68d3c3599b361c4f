//! Search of users.

use floorkey::user::Proficiency;
use floorkey::{Directory, HierarchyGroupId, ResourceType, Target, User};
use floorkey_aws::model::{
    Condition, ListCondition, NumberComparisonType, NumberCondition, SearchUsersInput, SearchUsersOutput,
    TargetListType,
};

use super::call::{Call, CallError, CallResult};
use super::listing::RowKey;
use super::row_visibility::{ListFilter, RowVisibility};
use super::search::{self, Criteria, CriteriaError, RawLeaf, TextTest};
use super::search_filter::{AttributeFilter, TagFilter, group_condition, is_in_group};
use super::users;

pub(super) async fn search(call: &Call<'_>, input: SearchUsersInput) -> CallResult<SearchUsersOutput> {
    let list_filter = ListFilter::new(call, ResourceType::User).await?;
    let criteria = Criteria::parse(input.search_criteria, parse_user_test)?;
    let filter = input.search_filter.unwrap_or_default();
    if filter.tag_filter.is_some() && filter.user_attribute_filter.is_some() {
        let message = "SearchFilter can have TagFilter or UserAttributeFilter, but not both.";
        return Err(CallError::InvalidInput(message.to_owned()));
    }
    let tags = TagFilter::parse(filter.tag_filter)?;
    let attributes = AttributeFilter::for_users(filter.user_attribute_filter)?;
    let filters = format!("{criteria:?} {tags:?} {attributes:?}");
    let is_unfiltered = tags.is_empty() && attributes.is_empty();
    let find = || -> Vec<_> {
        let matching = call.directory.users_after(None).filter_map(|user| {
            let visibility = list_filter.visibility_of(&Target::User(user.id))?;
            let is_match = criteria.matches(&|test| test.matches(user, visibility, &call.directory))
                && (is_unfiltered
                    || visibility == RowVisibility::Full
                        && tags.matches(&user.tags)
                        && attributes.matches(&user.tags, user.hierarchy_group, &call.directory));
            is_match.then(|| (RowKey::by_name(&user.username, user.id.bits()), (user, visibility)))
        });
        matching.collect()
    };
    let cost = (call.directory.user_count(), criteria.count() + tags.count() + attributes.count());
    let (page, approximate_total_count) = call.search(&filters, cost, find).await?;
    let arns = call.arns();
    let rows = page.rows.into_iter().map(|(user, visibility)| users::search_summary(user, visibility, &arns)).collect();
    Ok(SearchUsersOutput { users: Some(rows), next_token: page.next, approximate_total_count })
}

/// A condition on users.
#[derive(Debug)]
enum UserTest {
    Text { field: UserField, test: TextTest },
    Group { group: Option<HierarchyGroupId>, below: bool },
    Proficiency(Vec<ProficiencyTest>),
}

#[derive(Clone, Copy, Debug)]
enum UserField {
    Username,
    FirstName,
    LastName,
    RoutingProfile,
    SecurityProfile,
    Id,
}

fn parse_user_test(raw: RawLeaf) -> Result<UserTest, CriteriaError> {
    match raw {
        RawLeaf::Group(condition) => group_condition(condition).map(|(group, below)| UserTest::Group { group, below }),
        RawLeaf::List(condition) => parse_proficiency_tests(condition).map(UserTest::Proficiency),
        text @ (RawLeaf::Text(_) | RawLeaf::QueueType(_)) => {
            let fields = ["Username", "FirstName", "LastName", "RoutingProfileId", "SecurityProfileId", "resourceId"];
            let (field, test) = search::parse_text_test(text, &fields)?;
            let field = match field {
                "FirstName" => UserField::FirstName,
                "LastName" => UserField::LastName,
                "RoutingProfileId" => UserField::RoutingProfile,
                "SecurityProfileId" => UserField::SecurityProfile,
                "resourceId" => UserField::Id,
                _ => UserField::Username,
            };
            Ok(UserTest::Text { field, test })
        }
    }
}

impl UserTest {
    /// Whether the user matches. If the caller can see only the username, conditions on other fields never match. A
    /// search therefore can't reveal these fields.
    fn matches(&self, user: &User, visibility: RowVisibility, directory: &Directory) -> bool {
        let is_public = matches!(self, Self::Text { field: UserField::Username | UserField::Id, .. });
        if visibility == RowVisibility::Name && !is_public {
            return false;
        }
        match self {
            Self::Group { group, below } => is_in_group(user.hierarchy_group, *group, *below, directory),
            // All conditions have to match on the same proficiency.
            Self::Proficiency(tests) => {
                user.proficiencies.iter().any(|proficiency| tests.iter().all(|test| test.matches(proficiency)))
            }
            Self::Text { field, test } => {
                let is_match = |text: Option<&str>| text.is_some_and(|text| test.matches(text));
                match field {
                    UserField::Username => test.matches(&user.username),
                    UserField::FirstName => is_match(user.identity.first_name.as_deref()),
                    UserField::LastName => is_match(user.identity.last_name.as_deref()),
                    UserField::RoutingProfile => test.matches(&user.routing_profile.to_string()),
                    UserField::SecurityProfile => {
                        user.assignments.iter().any(|assignment| test.matches(&assignment.profile.to_string()))
                    }
                    UserField::Id => test.matches(&user.id.to_string()),
                }
            }
        }
    }
}

/// A condition on a proficiency.
#[derive(Debug)]
enum ProficiencyTest {
    Text { field: ProficiencyField, test: TextTest },
    Level { field: ProficiencyField, test: LevelTest },
}

/// The part of a proficiency that a condition tests. The AWS service model does not define the values of `FieldName`
/// for proficiencies. Floorkey treats the name of a structure member as that member, and any other name as the name of
/// an attribute.
#[derive(Debug)]
enum ProficiencyField {
    Name,
    Value,
    Level,
    Attribute(String),
}

impl ProficiencyField {
    fn parse(field: String) -> Self {
        match field.to_ascii_lowercase().as_str() {
            "attributename" => Self::Name,
            "attributevalue" => Self::Value,
            "level" => Self::Level,
            _ => Self::Attribute(field),
        }
    }
}

impl ProficiencyTest {
    fn matches(&self, proficiency: &Proficiency) -> bool {
        match self {
            Self::Text { field: ProficiencyField::Name, test } => test.matches(&proficiency.attribute),
            Self::Text { field: ProficiencyField::Attribute(name), test } => {
                *name == proficiency.attribute && test.matches(&proficiency.value)
            }
            Self::Text { field: ProficiencyField::Value | ProficiencyField::Level, test } => {
                test.matches(&proficiency.value)
            }
            Self::Level { field: ProficiencyField::Attribute(name), test } => {
                *name == proficiency.attribute && test.matches(proficiency.level)
            }
            Self::Level { test, .. } => test.matches(proficiency.level),
        }
    }
}

fn parse_proficiency_tests(condition: ListCondition) -> Result<Vec<ProficiencyTest>, CriteriaError> {
    if condition.target_list_type != Some(TargetListType::Proficiencies) {
        return Err("The TargetListType of a ListCondition must be PROFICIENCIES.".to_owned());
    }
    let conditions = condition.conditions.unwrap_or_default();
    if conditions.is_empty() {
        return Err("A ListCondition must have at least one entry in Conditions.".to_owned());
    }
    let tests = conditions.into_iter().map(parse_proficiency_condition).collect::<Result<Vec<_>, _>>()?;
    Ok(tests.into_iter().flatten().collect())
}

fn parse_proficiency_condition(condition: Condition) -> Result<Vec<ProficiencyTest>, CriteriaError> {
    let text = condition.string_condition.map(|condition| {
        let (field, test) = TextTest::parse(condition)?;
        Ok::<_, CriteriaError>(ProficiencyTest::Text { field: ProficiencyField::parse(field), test })
    });
    let number = condition.number_condition.map(|condition| {
        let field = ProficiencyField::parse(condition.field_name.clone().unwrap_or_else(|| "Level".to_owned()));
        Ok::<_, CriteriaError>(ProficiencyTest::Level { field, test: LevelTest::parse(&condition)? })
    });
    text.into_iter().chain(number).collect()
}

/// A comparison of a proficiency's level with one or two bounds.
#[derive(Debug)]
struct LevelTest {
    comparison: NumberComparisonType,
    min: f64,
    max: f64,
}

impl LevelTest {
    /// Parses the comparison. If the comparison needs only one bound, either `MinValue` or `MaxValue` can contain the
    /// bound.
    fn parse(condition: &NumberCondition) -> Result<Self, CriteriaError> {
        let missing =
            |what: &str| format!("A NumberCondition must have a ComparisonType and its bounds; {what} is missing.");
        let comparison = condition.comparison_type.ok_or_else(|| missing("ComparisonType"))?;
        let (min, max) = match comparison {
            NumberComparisonType::Range => (condition.min_value, condition.max_value),
            NumberComparisonType::Lesser | NumberComparisonType::LesserOrEqual => {
                let max = condition.max_value.or(condition.min_value);
                (max, max)
            }
            _ => {
                let min = condition.min_value.or(condition.max_value);
                (min, min)
            }
        };
        let min = min.ok_or_else(|| missing("MinValue"))?;
        let max = max.ok_or_else(|| missing("MaxValue"))?;
        Ok(Self { comparison, min: f64::from(min), max: f64::from(max) })
    }

    fn matches(&self, level: f32) -> bool {
        let level = f64::from(level);
        match self.comparison {
            NumberComparisonType::GreaterOrEqual => level >= self.min,
            NumberComparisonType::Greater => level > self.min,
            NumberComparisonType::LesserOrEqual => level <= self.max,
            NumberComparisonType::Lesser => level < self.max,
            NumberComparisonType::Equal => (level - self.min).abs() < f64::EPSILON,
            NumberComparisonType::NotEqual => (level - self.min).abs() >= f64::EPSILON,
            NumberComparisonType::Range => (self.min..=self.max).contains(&level),
        }
    }
}
