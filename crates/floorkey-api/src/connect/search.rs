//! Search criteria: trees of conditions that are parsed once and evaluated for each row.
//!
//! A node has one of three forms: AND conditions, OR conditions, or a single condition. A node that combines these
//! forms is refused, because the meaning of the combination is not defined. An empty node matches every row. The number
//! of conditions and their nesting depth are limited, because each condition is evaluated for each row.

use floorkey::text::{folded, has_more_chars};
use floorkey_aws::model::{
    AgentStatusSearchCriteria, HierarchyGroupCondition, HoursOfOperationSearchCriteria, ListCondition,
    PromptSearchCriteria, QueueSearchCriteria, QuickConnectSearchCriteria, RoutingProfileSearchCriteria,
    SearchableQueueType, SecurityProfileSearchCriteria, StringComparisonType, StringCondition,
    UserHierarchyGroupSearchCriteria, UserSearchCriteria,
};

use super::call::{CallError, CallResult};

/// Maximum number of conditions in a search; empty nodes count as conditions.
pub(super) const CONDITIONS_MAX: usize = 100;

/// Maximum nesting depth of lists of conditions.
const DEPTH_MAX: usize = 3;

/// Maximum length of a search string, in characters. Names are never longer than this.
const VALUE_CHARS_MAX: usize = 512;

/// A tree of conditions.
#[derive(Debug)]
pub(super) enum Criteria<L> {
    /// All of these conditions have to match. An empty list matches every row.
    All(Vec<Self>),
    /// At least one of these conditions has to match.
    Any(Vec<Self>),
    /// A single condition.
    Leaf(L),
}

/// An unparsed node. All three types of search criteria are converted to this type.
pub(super) struct Node<N> {
    and: Option<Vec<N>>,
    or: Option<Vec<N>>,
    leaves: Vec<RawLeaf>,
}

/// An unparsed condition.
pub(super) enum RawLeaf {
    Text(StringCondition),
    Group(HierarchyGroupCondition),
    List(ListCondition),
    QueueType(SearchableQueueType),
}

impl RawLeaf {
    /// The number that this condition adds to the count of conditions. A list condition adds the number of its entries.
    fn conditions(&self) -> usize {
        match self {
            Self::Text(_) | Self::Group(_) | Self::QueueType(_) => 1,
            Self::List(list) => list.conditions.as_ref().map_or(1, |conditions| conditions.len().max(1)),
        }
    }
}

/// The error in a condition, as a full sentence.
pub(super) type CriteriaError = String;

impl<L> Criteria<L> {
    /// Parses a tree of conditions.
    ///
    /// # Errors
    /// If a condition is invalid, if there are too many conditions, or if the conditions are nested too deeply.
    pub(super) fn parse<N: Into<Node<N>>>(
        node: Option<N>,
        leaf: fn(RawLeaf) -> Result<L, CriteriaError>,
    ) -> CallResult<Self> {
        let tree = node.map_or(Ok(Self::All(Vec::new())), |node| Self::parse_node(node, leaf, 0, &mut 0));
        tree.map_err(CallError::InvalidInput)
    }

    fn parse_node<N: Into<Node<N>>>(
        node: N,
        leaf: fn(RawLeaf) -> Result<L, CriteriaError>,
        depth: usize,
        conditions: &mut usize,
    ) -> Result<Self, CriteriaError> {
        let Node { and, or, mut leaves } = node.into();
        let and = and.filter(|nodes| !nodes.is_empty());
        let or = or.filter(|nodes| !nodes.is_empty());
        if usize::from(and.is_some()) + usize::from(or.is_some()) + leaves.len() > 1 {
            return Err("Each node of SearchCriteria must have one of AndConditions, OrConditions and a single \
                condition. Put several conditions into AndConditions."
                .to_owned());
        }
        if and.is_none() && or.is_none() {
            *conditions = conditions.saturating_add(leaves.first().map_or(1, RawLeaf::conditions));
        } else if depth == DEPTH_MAX {
            return Err(format!("AndConditions and OrConditions can be nested {DEPTH_MAX} levels deep."));
        }
        if *conditions > CONDITIONS_MAX {
            return Err(format!("A search can have up to {CONDITIONS_MAX} conditions."));
        }
        let mut below = |nodes: Vec<N>| {
            nodes
                .into_iter()
                .map(|node| Self::parse_node(node, leaf, depth + 1, conditions))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match (and, or, leaves.pop()) {
            (Some(nodes), ..) => Self::All(below(nodes)?),
            (None, Some(nodes), _) => Self::Any(below(nodes)?),
            (None, None, Some(raw)) => Self::Leaf(leaf(raw)?),
            (None, None, None) => Self::All(Vec::new()),
        })
    }

    /// The number of conditions in the tree.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().map(Self::count).sum::<usize>().max(1),
            Self::Leaf(_) => 1,
        }
    }

    /// Whether a row matches the tree. `leaf` evaluates a single condition for the row.
    pub(super) fn matches(&self, leaf: &impl Fn(&L) -> bool) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.matches(leaf)),
            Self::Any(nodes) => nodes.iter().any(|node| node.matches(leaf)),
            Self::Leaf(test) => leaf(test),
        }
    }
}

/// Implements the conversion of criteria whose only single conditions are string conditions.
macro_rules! string_criteria {
    ($($criteria:ident),*) => {$(
        impl From<$criteria> for Node<$criteria> {
            fn from(node: $criteria) -> Self {
                let leaves = node.string_condition.map(RawLeaf::Text).into_iter().collect();
                Self { and: node.and_conditions, or: node.or_conditions, leaves }
            }
        }
    )*};
}

string_criteria!(
    AgentStatusSearchCriteria,
    HoursOfOperationSearchCriteria,
    PromptSearchCriteria,
    QuickConnectSearchCriteria,
    RoutingProfileSearchCriteria,
    SecurityProfileSearchCriteria,
    UserHierarchyGroupSearchCriteria
);

impl From<QueueSearchCriteria> for Node<QueueSearchCriteria> {
    fn from(node: QueueSearchCriteria) -> Self {
        let text = node.string_condition.map(RawLeaf::Text);
        let queue_type = node.queue_type_condition.map(RawLeaf::QueueType);
        let leaves = text.into_iter().chain(queue_type).collect();
        Self { and: node.and_conditions, or: node.or_conditions, leaves }
    }
}

impl From<UserSearchCriteria> for Node<UserSearchCriteria> {
    fn from(node: UserSearchCriteria) -> Self {
        let text = node.string_condition.map(RawLeaf::Text);
        let group = node.hierarchy_group_condition.map(RawLeaf::Group);
        let list = node.list_condition.map(RawLeaf::List);
        let leaves = text.into_iter().chain(group).chain(list).collect();
        Self { and: node.and_conditions, or: node.or_conditions, leaves }
    }
}

/// A case-insensitive comparison of strings.
#[derive(Debug)]
pub(super) struct TextTest {
    comparison: StringComparisonType,
    value: String,
}

impl TextTest {
    /// Parses a condition into its field name and its comparison.
    ///
    /// # Errors
    /// If a member is missing, or if the value is too long.
    pub(super) fn parse(condition: StringCondition) -> Result<(String, Self), CriteriaError> {
        let missing = |member: &str| {
            format!("A StringCondition must have FieldName, Value and ComparisonType; {member} is missing.")
        };
        let field = condition.field_name.filter(|field| !field.is_empty()).ok_or_else(|| missing("FieldName"))?;
        let value = condition.value.ok_or_else(|| missing("Value"))?;
        if has_more_chars(&value, VALUE_CHARS_MAX) {
            return Err(format!("The Value of a StringCondition can have up to {VALUE_CHARS_MAX} characters."));
        }
        let comparison = condition.comparison_type.ok_or_else(|| missing("ComparisonType"))?;
        Ok((field, Self { comparison, value: folded(&value) }))
    }

    /// Whether the string matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text = folded(text);
        match self.comparison {
            StringComparisonType::StartsWith => text.starts_with(&self.value),
            StringComparisonType::Contains => text.contains(&self.value),
            StringComparisonType::Exact => text == self.value,
        }
    }
}

/// Parses a condition on one of the given fields. Field names are not case-sensitive, because the AWS service model
/// itself uses `resourceId`, `ResourceId` and `resourceID`.
///
/// # Errors
/// If the condition is on any other field, or if it is not a string condition.
pub(super) fn parse_text_test(
    raw: RawLeaf,
    fields: &[&'static str],
) -> Result<(&'static str, TextTest), CriteriaError> {
    let RawLeaf::Text(condition) = raw else {
        return Err("Only a StringCondition is supported here.".to_owned());
    };
    let (field, test) = TextTest::parse(condition)?;
    let known = fields.iter().find(|known| known.eq_ignore_ascii_case(&field));
    let unknown = || {
        let field: String = field.chars().filter(|c| !c.is_control()).take(64).collect();
        format!("`{field}` is not a FieldName of this search. Supported names: {}.", fields.join(", "))
    };
    Ok((known.ok_or_else(unknown)?, test))
}

#[cfg(test)]
mod tests {
    use super::super::search_conditions::{ProfileTest, parse_profile_test};
    use super::*;

    fn text(value: &str, comparison: StringComparisonType) -> SecurityProfileSearchCriteria {
        SecurityProfileSearchCriteria {
            string_condition: Some(StringCondition {
                field_name: Some("Name".to_owned()),
                value: Some(value.to_owned()),
                comparison_type: Some(comparison),
            }),
            ..SecurityProfileSearchCriteria::default()
        }
    }

    fn read(node: SecurityProfileSearchCriteria) -> Result<Criteria<ProfileTest>, String> {
        Criteria::parse(Some(node), parse_profile_test).map_err(CallError::into_message)
    }

    fn matches(node: SecurityProfileSearchCriteria, name: &str) -> bool {
        read(node).unwrap().matches(&|leaf| leaf.matches_name(name))
    }

    #[test]
    fn texts_are_compared_case_insensitively() {
        use StringComparisonType::{Contains, Exact, StartsWith};
        for (value, comparison, name, fit) in [
            ("ag", StartsWith, "Agent", true),
            ("gent", StartsWith, "Agent", false),
            ("GEN", Contains, "Agent", true),
            ("agent", Exact, "Agent", true),
            ("agen", Exact, "Agent", false),
        ] {
            assert_eq!(matches(text(value, comparison), name), fit, "{value} {comparison} {name}");
        }
    }

    #[test]
    fn trees_are_evaluated() {
        use StringComparisonType::{Contains, StartsWith};
        let any = SecurityProfileSearchCriteria {
            or_conditions: Some(vec![text("x", StartsWith), text("b", Contains)]),
            ..SecurityProfileSearchCriteria::default()
        };
        let all = SecurityProfileSearchCriteria {
            and_conditions: Some(vec![any.clone(), text("a", StartsWith)]),
            ..SecurityProfileSearchCriteria::default()
        };
        assert!(matches(any.clone(), "xyz") && matches(any, "abc"));
        assert!(matches(all.clone(), "abc") && !matches(all, "xyz"));
        assert!(matches(SecurityProfileSearchCriteria::default(), "whatever"));
    }

    #[test]
    fn a_tree_has_a_bounded_number_of_conditions_and_a_bounded_depth() {
        let any = |nodes| SecurityProfileSearchCriteria {
            or_conditions: Some(nodes),
            ..SecurityProfileSearchCriteria::default()
        };
        let one = || text("a", StringComparisonType::Exact);
        assert_eq!(read(any(vec![one(); CONDITIONS_MAX])).unwrap().count(), CONDITIONS_MAX);
        let many = read(any(vec![any(vec![one(); CONDITIONS_MAX / 2]), any(vec![one(); CONDITIONS_MAX / 2 + 1])]));
        assert_eq!(many.unwrap_err(), "A search can have up to 100 conditions.");
        assert!(read(any(vec![SecurityProfileSearchCriteria::default(); CONDITIONS_MAX + 1])).is_err(), "empty ones");
        let nested = |depth: usize| (0..depth).fold(one(), |inner, _| any(vec![inner]));
        assert!(read(nested(DEPTH_MAX)).is_ok());
        assert_eq!(
            read(nested(DEPTH_MAX + 1)).unwrap_err(),
            "AndConditions and OrConditions can be nested 3 levels deep."
        );
        assert!(read(text(&"\u{fdfa}".repeat(VALUE_CHARS_MAX), StringComparisonType::Exact)).is_ok());
        assert!(read(text(&"a".repeat(VALUE_CHARS_MAX + 1), StringComparisonType::Exact)).is_err());
    }

    #[test]
    fn invalid_conditions_are_refused_with_the_valid_values() {
        let two = SecurityProfileSearchCriteria {
            or_conditions: Some(vec![SecurityProfileSearchCriteria::default()]),
            ..text("a", StringComparisonType::Exact)
        };
        assert!(read(two).unwrap_err().contains("must have one of"));
        let mut other = text("a", StringComparisonType::Exact);
        other.string_condition.as_mut().unwrap().field_name = Some("Colour".to_owned());
        assert_eq!(read(other).unwrap_err(), "`Colour` is not a FieldName of this search. Supported names: name.");
        let mut none = text("a", StringComparisonType::Exact);
        none.string_condition.as_mut().unwrap().value = None;
        assert!(read(none).unwrap_err().contains("Value is missing"));
    }
}
