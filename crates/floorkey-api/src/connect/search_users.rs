//! Search of users.

use floorkey::user::Proficiency;
use floorkey::{Act, Directory, HierarchyGroupId, ResourceType, Target, User};
use floorkey_aws::exception::Exception;
use floorkey_aws::model::{
    Condition, ListCondition, NumberComparisonType, NumberCondition, SearchUsersInput, SearchUsersOutput,
    TargetListType,
};
use floorkey_aws::operation::Operation;

use super::listing::{Key, List, PAGE, Paging};
use super::search::{self, Criteria, RawLeaf, TextTest, Wrong};
use super::search_filter::{AttributeFilter, TagFilter, group_condition, stands};
use super::sight::{Sight, Viewer};
use super::users;
use crate::caller::{Caller, Refuse};

pub(super) async fn search(caller: &Caller<'_>, input: SearchUsersInput) -> Refuse<SearchUsersOutput> {
    let operation = Operation::SearchUsers;
    let directory = caller.directory(&input.instance_id)?;
    let viewer = Viewer::new(caller, &directory, Act::SearchUsers, ResourceType::User, operation).await?;
    let criteria = Criteria::read(input.search_criteria, user_leaf, operation)?;
    let filter = input.search_filter.unwrap_or_default();
    if filter.tag_filter.is_some() && filter.user_attribute_filter.is_some() {
        let message = "SearchFilter can have TagFilter or UserAttributeFilter, but not both.";
        return Err(Exception::new(operation.invalid_input(), message));
    }
    let tags = TagFilter::read(filter.tag_filter, operation)?;
    let attributes = AttributeFilter::of_users(filter.user_attribute_filter, operation)?;
    let filters = format!("{criteria:?} {tags:?} {attributes:?}");
    let list = List { instance: &directory.instance().to_string(), filters: &filters };
    let paging = Paging::read(caller, operation, &list, input.max_results, PAGE, input.next_token.as_deref())?;
    let unfiltered = tags.is_empty() && attributes.is_empty();
    let find = || -> Vec<_> {
        let fitting = directory.users_after(None).filter_map(|user| {
            let sight = viewer.sees(&Target::User(user.id))?;
            let fits = criteria.fits(&|leaf| leaf.fits(user, sight, &directory))
                && (unfiltered
                    || sight == Sight::Whole
                        && tags.fits(&user.tags)
                        && attributes.fits(&user.tags, user.hierarchy_group, &directory));
            fits.then(|| (Key::by_name(&user.username, user.id.bits()), (user, sight)))
        });
        fitting.collect()
    };
    let conditions = criteria.count() + tags.count() + attributes.count();
    let found = caller.search(directory.user_count(), conditions, find).await?;
    let approximate_total_count = search::total(found.len());
    let page = paging.page(found)?;
    let wire = caller.wire(&directory);
    let rows = page.rows.into_iter().map(|(user, sight)| users::found(user, sight, &wire)).collect();
    Ok(SearchUsersOutput { users: Some(rows), next_token: page.next, approximate_total_count })
}

/// A condition on users.
#[derive(Debug)]
enum UserTest {
    Text { field: Field, test: TextTest },
    Group { group: Option<HierarchyGroupId>, below: bool },
    Skill(Vec<SkillTest>),
}

#[derive(Clone, Copy, Debug)]
enum Field {
    Username,
    FirstName,
    LastName,
    RoutingProfile,
    SecurityProfile,
    Id,
}

fn user_leaf(raw: RawLeaf) -> Result<UserTest, Wrong> {
    match raw {
        RawLeaf::Group(condition) => group_condition(condition).map(|(group, below)| UserTest::Group { group, below }),
        RawLeaf::List(condition) => skills(condition).map(UserTest::Skill),
        text @ RawLeaf::Text(_) => {
            let fields = ["Username", "FirstName", "LastName", "RoutingProfileId", "SecurityProfileId", "resourceId"];
            let (field, test) = search::text_leaf(text, &fields)?;
            let field = match field {
                "FirstName" => Field::FirstName,
                "LastName" => Field::LastName,
                "RoutingProfileId" => Field::RoutingProfile,
                "SecurityProfileId" => Field::SecurityProfile,
                "resourceId" => Field::Id,
                _ => Field::Username,
            };
            Ok(UserTest::Text { field, test })
        }
    }
}

impl UserTest {
    /// Whether the user matches. If the caller sees only the username, conditions on other fields never match, so that
    /// a search can't reveal them.
    fn fits(&self, user: &User, sight: Sight, directory: &Directory) -> bool {
        let public = matches!(self, Self::Text { field: Field::Username | Field::Id, .. });
        if sight == Sight::Name && !public {
            return false;
        }
        match self {
            Self::Group { group, below } => stands(user.hierarchy_group, *group, *below, directory),
            // All conditions have to match the same proficiency.
            Self::Skill(tests) => user.proficiencies.iter().any(|skill| tests.iter().all(|test| test.fits(skill))),
            Self::Text { field, test } => {
                let fits = |text: Option<&str>| text.is_some_and(|text| test.fits(text));
                match field {
                    Field::Username => test.fits(&user.username),
                    Field::FirstName => fits(user.identity.first_name.as_deref()),
                    Field::LastName => fits(user.identity.last_name.as_deref()),
                    Field::RoutingProfile => test.fits(&user.routing_profile.to_string()),
                    Field::SecurityProfile => user.assignments.iter().any(|held| test.fits(&held.profile.to_string())),
                    Field::Id => test.fits(&user.id.to_string()),
                }
            }
        }
    }
}

/// A condition on a proficiency.
#[derive(Debug)]
enum SkillTest {
    Text { about: About, test: TextTest },
    Level { about: About, test: LevelTest },
}

/// The part of a proficiency that a condition is about. The model does not define the values of `FieldName` here: the
/// names of the structure's members mean these members, and any other name means the attribute with that name.
#[derive(Debug)]
enum About {
    Name,
    Value,
    Level,
    Attribute(String),
}

impl About {
    fn read(field: String) -> Self {
        match field.to_ascii_lowercase().as_str() {
            "attributename" => Self::Name,
            "attributevalue" => Self::Value,
            "level" => Self::Level,
            _ => Self::Attribute(field),
        }
    }
}

impl SkillTest {
    fn fits(&self, skill: &Proficiency) -> bool {
        match self {
            Self::Text { about: About::Name, test } => test.fits(&skill.attribute),
            Self::Text { about: About::Attribute(name), test } => *name == skill.attribute && test.fits(&skill.value),
            Self::Text { about: About::Value | About::Level, test } => test.fits(&skill.value),
            Self::Level { about: About::Attribute(name), test } => *name == skill.attribute && test.fits(skill.level),
            Self::Level { test, .. } => test.fits(skill.level),
        }
    }
}

fn skills(condition: ListCondition) -> Result<Vec<SkillTest>, Wrong> {
    if condition.target_list_type != Some(TargetListType::Proficiencies) {
        return Err("The TargetListType of a ListCondition must be PROFICIENCIES.".to_owned());
    }
    let conditions = condition.conditions.unwrap_or_default();
    if conditions.is_empty() {
        return Err("A ListCondition must have at least one entry in Conditions.".to_owned());
    }
    let tests = conditions.into_iter().map(skill).collect::<Result<Vec<_>, _>>()?;
    Ok(tests.into_iter().flatten().collect())
}

fn skill(condition: Condition) -> Result<Vec<SkillTest>, Wrong> {
    let text = condition.string_condition.map(|condition| {
        let (field, test) = TextTest::read(condition)?;
        Ok::<_, Wrong>(SkillTest::Text { about: About::read(field), test })
    });
    let number = condition.number_condition.map(|condition| {
        let about = About::read(condition.field_name.clone().unwrap_or_else(|| "Level".to_owned()));
        Ok::<_, Wrong>(SkillTest::Level { about, test: LevelTest::read(&condition)? })
    });
    text.into_iter().chain(number).collect()
}

/// A comparison of a level.
#[derive(Debug)]
struct LevelTest {
    how: NumberComparisonType,
    least: f64,
    most: f64,
}

impl LevelTest {
    /// Parses the comparison. If it needs only one bound, either member can contain it.
    fn read(condition: &NumberCondition) -> Result<Self, Wrong> {
        let missing =
            |what: &str| format!("A NumberCondition must have a ComparisonType and its bounds; {what} is missing.");
        let how = condition.comparison_type.ok_or_else(|| missing("ComparisonType"))?;
        let (least, most) = match how {
            NumberComparisonType::Range => (condition.min_value, condition.max_value),
            NumberComparisonType::Lesser | NumberComparisonType::LesserOrEqual => {
                let most = condition.max_value.or(condition.min_value);
                (most, most)
            }
            _ => {
                let least = condition.min_value.or(condition.max_value);
                (least, least)
            }
        };
        let least = least.ok_or_else(|| missing("MinValue"))?;
        let most = most.ok_or_else(|| missing("MaxValue"))?;
        Ok(Self { how, least: f64::from(least), most: f64::from(most) })
    }

    fn fits(&self, level: f32) -> bool {
        let level = f64::from(level);
        match self.how {
            NumberComparisonType::GreaterOrEqual => level >= self.least,
            NumberComparisonType::Greater => level > self.least,
            NumberComparisonType::LesserOrEqual => level <= self.most,
            NumberComparisonType::Lesser => level < self.most,
            NumberComparisonType::Equal => (level - self.least).abs() < f64::EPSILON,
            NumberComparisonType::NotEqual => (level - self.least).abs() >= f64::EPSILON,
            NumberComparisonType::Range => (self.least..=self.most).contains(&level),
        }
    }
}
