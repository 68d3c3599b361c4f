//! Example requests: each is within a scope and has only the attributes that the scope requires.
//!
//! Scopes only have positive requirements: a tag, a group, an attribute. So the union of some scopes includes a scope
//! if and only if each example of that scope is in one of them. An example does not contradict stored attributes of the
//! user. Attributes that the scope requires and the user does not have are supplied with the request.

use std::collections::{BTreeMap, BTreeSet};

use crate::condition::{Condition, Side};
use crate::decision::{Given, Grantee, Said, Thing, id_in};
use crate::directory::Directory;
use crate::id::{HierarchyGroupId, UserId};
use crate::scope::{HierarchyScope, Scope};
use crate::set_revisions::SetRevisions;
use crate::tags::Tags;
use crate::user::User;

/// The maximum number of examples of one scope. If the conditions have more combinations of values, some differences
/// between scopes are not detected.
const EXAMPLES_MAX: usize = 4096;

/// A request that is within a scope: the resource, and the attributes supplied with the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    tags: Tags,
    tags_set: SetRevisions,
    group: Option<HierarchyGroupId>,
    user: Option<UserId>,
    subject: Tags,
    action: Tags,
}

impl Example {
    /// Returns the resource of the request.
    #[must_use]
    pub const fn thing(&self) -> Thing<'_> {
        Thing {
            resource_type: None,
            tags: &self.tags,
            tags_set: Some(&self.tags_set),
            hierarchy_group: self.group,
            user: self.user,
        }
    }

    /// Returns the attributes supplied with the request.
    #[must_use]
    pub const fn given(&self) -> Given<'_> {
        Given {
            subject: Said { attributes: &self.subject, ..Said::NOTHING },
            action: Some(&self.action),
            target: Said::NOTHING,
        }
    }

    /// Whether the request is within the scope of a grant of the user.
    pub(super) fn is_within(&self, directory: &Directory, scope: &Scope, user: &User) -> bool {
        let given = self.given();
        directory.in_scope(scope, Grantee { user, given: Some(&given) }, &self.thing())
    }
}

/// Returns the examples of the scope of a grant of the user; none if no request can be within the scope.
pub(super) fn examples(directory: &Directory, scope: &Scope, user: &User) -> Vec<Example> {
    let Ok(group) = group(directory, scope, user) else { return Vec::new() };
    let has_owner = scope.conditions.iter().any(|condition| matches!(condition, Condition::Own { .. }));
    let mut examples = attribute_examples(scope, user, group, true);
    if has_owner {
        // A user owns their own user record, regardless of its attributes.
        let own_record = attribute_examples(scope, user, group, false);
        examples.extend(own_record.into_iter().map(|example| Example { user: Some(user.id), ..example }));
    }
    examples
}

/// No request can be within the scope.
struct EmptyScope;

/// Returns the group that all resources in the scope are in or below; `None` if the scope does not depend on the
/// hierarchy.
fn group(directory: &Directory, scope: &Scope, user: &User) -> Result<Option<HierarchyGroupId>, EmptyScope> {
    let own = || user.hierarchy_group.ok_or(EmptyScope);
    let mut deepest = None;
    let by_scope = match scope.hierarchy {
        None => None,
        Some(HierarchyScope::Own) => Some(own()?),
        Some(HierarchyScope::Group(group)) => Some(group),
    };
    let by_condition = match scope.conditions.contains(&Condition::SameHierarchy) {
        true => Some(own()?),
        false => None,
    };
    for top in [by_scope, by_condition].into_iter().flatten() {
        deepest = match deepest {
            None if directory.is_within(top, top) => Some(top),
            Some(group) if directory.is_within(top, group) => Some(top),
            Some(group) if directory.is_within(group, top) => Some(group),
            _ => return Err(EmptyScope),
        };
    }
    Ok(deepest)
}

/// An attribute and the entity that it belongs to.
type Attribute = (Side, String);

/// Attributes that must have the same value.
#[derive(Default)]
struct EqualAttributes {
    attributes: BTreeSet<Attribute>,
    /// The allowed values; `None` for any.
    values: Option<BTreeSet<String>>,
    /// Whether the value must refer to the user.
    names_user: bool,
}

impl EqualAttributes {
    fn allow_only(&mut self, values: BTreeSet<String>) {
        self.values = Some(match self.values.take() {
            None => values,
            Some(known) => known.intersection(&values).cloned().collect(),
        });
    }

    /// Returns the values to try. If any value is allowed, this is a text that occurs nowhere else.
    fn candidates(&self, number: usize, user: UserId) -> Vec<String> {
        match &self.values {
            None if self.names_user => vec![format!("\u{1}{number}/{user}")],
            None => vec![format!("\u{1}{number}")],
            Some(values) => {
                let is_possible = |value: &&String| !self.names_user || id_in(value).is_none_or(|id| id == user);
                values.iter().filter(is_possible).cloned().collect()
            }
        }
    }
}

/// Returns the examples by combinations of attribute values; `by_owner` if ownership is determined by an attribute.
fn attribute_examples(scope: &Scope, user: &User, group: Option<HierarchyGroupId>, by_owner: bool) -> Vec<Example> {
    let mut examples = vec![Example { group, ..Example::default() }];
    for (number, class) in equality_classes(scope, user, by_owner).iter().enumerate() {
        let values = class.candidates(number, user.id);
        let with = |example: &Example| {
            let with_value = |value: &String| {
                let mut example = example.clone();
                class.attributes.iter().for_each(|attribute| set_attribute(&mut example, attribute, value, user));
                example
            };
            values.iter().map(with_value).collect::<Vec<_>>()
        };
        examples = examples.iter().flat_map(with).take(EXAMPLES_MAX).collect();
    }
    let owners: BTreeSet<&String> = owner_attributes(scope).filter(|_| by_owner).collect();
    for example in &mut examples {
        // A login name refers to the user in these attributes, and to no user in other attributes.
        let users = owners.iter().map(|attribute| ((*attribute).clone(), user.id));
        example.tags_set = SetRevisions::named(users.collect());
    }
    examples
}

fn owner_attributes(scope: &Scope) -> impl Iterator<Item = &String> {
    scope.conditions.iter().filter_map(|condition| match condition {
        Condition::Own { attribute } => Some(attribute),
        _ => None,
    })
}

fn set_attribute(example: &mut Example, (side, name): &Attribute, value: &str, user: &User) {
    let attributes = match side {
        Side::Resource => &mut example.tags,
        Side::Action => &mut example.action,
        Side::Subject if user.tags.contains_key(name) => return,
        Side::Subject => &mut example.subject,
    };
    attributes.insert(name.clone(), value.to_owned());
}

/// Returns the attributes that the scope requires, grouped by those that must have the same value.
fn equality_classes(scope: &Scope, user: &User, by_owner: bool) -> Vec<EqualAttributes> {
    let mut equality_classes = Classes::default();
    for (key, value) in &scope.tags {
        equality_classes.get_or_insert((Side::Resource, key.clone())).allow_only([value.clone()].into());
    }
    for condition in &scope.conditions {
        match condition {
            Condition::SameHierarchy => {}
            Condition::Own { attribute } if by_owner => {
                equality_classes.get_or_insert((Side::Resource, attribute.clone())).names_user = true;
            }
            Condition::Own { .. } => {}
            Condition::Same { attribute, of_subject } => {
                equality_classes.join((Side::Resource, attribute.clone()), (Side::Subject, of_subject.clone()));
            }
            Condition::OneOf { of, attribute, values } => {
                equality_classes.get_or_insert((*of, attribute.clone())).allow_only(values.clone());
            }
        }
    }
    let mut equality_classes = equality_classes.0.into_values().collect::<Vec<_>>();
    for class in &mut equality_classes {
        let stored: Vec<String> = class
            .attributes
            .iter()
            .filter(|(side, _)| *side == Side::Subject)
            .filter_map(|(_, name)| user.tags.get(name).cloned())
            .collect();
        stored.into_iter().for_each(|value| class.allow_only([value].into()));
    }
    equality_classes
}

/// Classes by number.
#[derive(Default)]
struct Classes(BTreeMap<usize, EqualAttributes>);

impl Classes {
    fn number(&mut self, attribute: Attribute) -> usize {
        if let Some((number, _)) = self.0.iter().find(|(_, class)| class.attributes.contains(&attribute)) {
            return *number;
        }
        let number = self.0.last_key_value().map_or(0, |(last, _)| last + 1);
        self.0.insert(number, EqualAttributes { attributes: [attribute].into(), ..EqualAttributes::default() });
        number
    }

    fn get_or_insert(&mut self, attribute: Attribute) -> &mut EqualAttributes {
        let number = self.number(attribute);
        self.0.entry(number).or_default()
    }

    fn join(&mut self, one: Attribute, other: Attribute) {
        let (one, other) = (self.number(one), self.number(other));
        if one == other {
            return;
        }
        let Some(other) = self.0.remove(&other) else { return };
        let class = self.0.entry(one).or_default();
        class.attributes.extend(other.attributes);
        class.names_user |= other.names_user;
        if let Some(values) = other.values {
            class.allow_only(values);
        }
    }
}
