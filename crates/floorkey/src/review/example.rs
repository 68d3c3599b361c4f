//! Example requests for scopes. An example is within a scope and has only the attributes that the scope requires.
//!
//! Scopes have only positive requirements: a tag, a group or an attribute. Therefore the following test is exact. A set
//! of scopes includes all resources of another scope if and only if each example of the other scope is within a scope
//! of the set.
//!
//! An example does not contradict stored attributes of the user. If the scope requires an attribute that the user does
//! not have, the request in the example supplies it.

use std::collections::{BTreeMap, BTreeSet};

use crate::condition::{AttributeOwner, Condition};
use crate::decision::{Grantee, RequestAttributes, ResourceAttributes, SuppliedAttributes, id_in};
use crate::directory::Directory;
use crate::id::{HierarchyGroupId, UserId};
use crate::scope::{HierarchyScope, Scope};
use crate::tags::Tags;
use crate::user::User;
use crate::value_revisions::ValueRevisions;

/// The maximum number of examples for one scope. If its conditions allow more combinations of values, some differences
/// between scopes are not detected.
const EXAMPLES_MAX: usize = 4096;

/// An example of a request that is within a scope: the resource, and the attributes supplied with the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    tags: Tags,
    tags_set: ValueRevisions,
    group: Option<HierarchyGroupId>,
    user: Option<UserId>,
    subject: Tags,
    action: Tags,
}

impl Example {
    /// Returns the resource of the request.
    #[must_use]
    pub const fn resource(&self) -> ResourceAttributes<'_> {
        ResourceAttributes {
            resource_type: None,
            tags: &self.tags,
            tag_revisions: Some(&self.tags_set),
            hierarchy_group: self.group,
            user: self.user,
        }
    }

    /// Returns the attributes supplied with the request.
    #[must_use]
    pub const fn supplied_attributes(&self) -> RequestAttributes<'_> {
        RequestAttributes {
            subject: SuppliedAttributes { attributes: &self.subject, ..SuppliedAttributes::NONE },
            action: Some(&self.action),
            target: SuppliedAttributes::NONE,
        }
    }

    /// Whether the request is within the scope. The scope belongs to one of the user's grants.
    pub(super) fn is_within(&self, directory: &Directory, scope: &Scope, user: &User) -> bool {
        let given = self.supplied_attributes();
        directory.in_scope(scope, Grantee { user, given: Some(&given) }, &self.resource())
    }
}

/// Returns the examples for the scope of one of the user's grants; empty if no request can be within the scope.
pub(super) fn examples(directory: &Directory, scope: &Scope, user: &User) -> Vec<Example> {
    let Ok(group) = group(directory, scope, user) else { return Vec::new() };
    let has_owner = scope.conditions.iter().any(|condition| matches!(condition, Condition::OwnedBySubject { .. }));
    let mut examples = attribute_examples(scope, user, group, true);
    if has_owner {
        // Users own their own user record, regardless of the record's attributes.
        let own_record = attribute_examples(scope, user, group, false);
        examples.extend(own_record.into_iter().map(|example| Example { user: Some(user.id), ..example }));
    }
    examples
}

/// The error for a scope that includes no request.
struct EmptyScope;

/// Returns the topmost group in the scope; `None` if the scope does not depend on the hierarchy.
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
type Attribute = (AttributeOwner, String);

/// Attributes that must have the same value.
#[derive(Default)]
struct EqualAttributes {
    attributes: BTreeSet<Attribute>,
    /// The allowed values; `None` if all values are allowed.
    values: Option<BTreeSet<String>>,
    /// Whether the common value of the attributes must refer to the user.
    names_user: bool,
}

impl EqualAttributes {
    fn allow_only(&mut self, values: BTreeSet<String>) {
        self.values = Some(match self.values.take() {
            None => values,
            Some(known) => known.intersection(&values).cloned().collect(),
        });
    }

    /// Returns the values to use in examples. If every value is allowed, returns one value that occurs nowhere else.
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

/// Returns one example for each combination of attribute values. `by_owner` tells whether an attribute determines the
/// owner.
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
        // In owner attributes, a login name refers to the user. In all other attributes, a login name refers to no
        // user.
        let users = owners.iter().map(|attribute| ((*attribute).clone(), user.id));
        example.tags_set = ValueRevisions::from_users(users.collect());
    }
    examples
}

fn owner_attributes(scope: &Scope) -> impl Iterator<Item = &String> {
    scope.conditions.iter().filter_map(|condition| match condition {
        Condition::OwnedBySubject { attribute } => Some(attribute),
        _ => None,
    })
}

fn set_attribute(example: &mut Example, (side, name): &Attribute, value: &str, user: &User) {
    let attributes = match side {
        AttributeOwner::Resource => &mut example.tags,
        AttributeOwner::Action => &mut example.action,
        AttributeOwner::Subject if user.tags.contains_key(name) => return,
        AttributeOwner::Subject => &mut example.subject,
    };
    attributes.insert(name.clone(), value.to_owned());
}

/// Returns the attributes that the scope requires, in groups of attributes that must have the same value.
fn equality_classes(scope: &Scope, user: &User, by_owner: bool) -> Vec<EqualAttributes> {
    let mut equality_classes = Classes::default();
    for (key, value) in &scope.tags {
        equality_classes.get_or_insert((AttributeOwner::Resource, key.clone())).allow_only([value.clone()].into());
    }
    for condition in &scope.conditions {
        match condition {
            Condition::SameHierarchy => {}
            Condition::OwnedBySubject { attribute } if by_owner => {
                equality_classes.get_or_insert((AttributeOwner::Resource, attribute.clone())).names_user = true;
            }
            Condition::OwnedBySubject { .. } => {}
            Condition::EqualsSubject { attribute, subject_attribute: of_subject } => {
                equality_classes
                    .join((AttributeOwner::Resource, attribute.clone()), (AttributeOwner::Subject, of_subject.clone()));
            }
            Condition::OneOf { owner: of, attribute, values } => {
                equality_classes.get_or_insert((*of, attribute.clone())).allow_only(values.clone());
            }
        }
    }
    let mut equality_classes = equality_classes.0.into_values().collect::<Vec<_>>();
    for class in &mut equality_classes {
        let stored: Vec<String> = class
            .attributes
            .iter()
            .filter(|(side, _)| *side == AttributeOwner::Subject)
            .filter_map(|(_, name)| user.tags.get(name).cloned())
            .collect();
        stored.into_iter().for_each(|value| class.allow_only([value].into()));
    }
    equality_classes
}

/// Classes of attributes that must have the same value. Each class has a number.
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
