//! Why something does not lie in a scope: what the scope asks for, and what was known instead.

use super::{Holder, Seen};
use crate::condition::{Condition, Side};
use crate::directory::Directory;
use crate::id::HierarchyGroupId;
use crate::scope::{HierarchyScope, Scope};

/// Something that a scope asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The resource has this tag with this value.
    Tag {
        /// The tag's key.
        key: String,
        /// The value that it must have.
        value: String,
    },
    /// The resource stands there in the hierarchy.
    Hierarchy(HierarchyScope),
    /// A condition of the grant.
    Condition(Condition),
}

/// What was known of the user, the resource or the action when the question was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// The value of an attribute; `None` where there is none.
    Attribute {
        /// Whose attribute.
        of: Side,
        /// Its name.
        name: String,
        /// Its value.
        value: Option<String>,
    },
    /// The place in the hierarchy; `None` where there is none.
    Group {
        /// Whose place.
        of: Side,
        /// The group.
        group: Option<HierarchyGroupId>,
    },
}

/// A requirement of a scope that was not met, and what was known of what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// What the scope asks for.
    pub requirement: Requirement,
    /// What was known, in the order that the requirement speaks of it.
    pub known: Vec<Known>,
}

impl Directory {
    /// The requirements of a scope of the holder's grant that the resource does not meet: none exactly if it lies in the
    /// scope.
    pub(super) fn unmet(&self, scope: &Scope, holder: Holder<'_>, thing: &Seen<'_>) -> Vec<Unmet> {
        let only = |part: Scope| !self.in_scope(&part, holder, thing);
        let of_thing = |name: &str| Known::Attribute {
            of: Side::Resource,
            name: name.to_owned(),
            value: thing.attribute(name).map(str::to_owned),
        };
        let of_holder = |name: &str| Known::Attribute {
            of: Side::Subject,
            name: name.to_owned(),
            value: holder.attribute(name).map(str::to_owned),
        };
        let thing_group = Known::Group { of: Side::Resource, group: thing.hierarchy_group() };
        let holder_group = Known::Group { of: Side::Subject, group: holder.hierarchy_group() };
        let mut unmet = Vec::new();
        for (key, value) in &scope.tags {
            if only(Scope { tags: [(key.clone(), value.clone())].into(), ..Scope::default() }) {
                let requirement = Requirement::Tag { key: key.clone(), value: value.clone() };
                unmet.push(Unmet { requirement, known: vec![of_thing(key)] });
            }
        }
        if let Some(hierarchy) = scope.hierarchy
            && only(Scope { hierarchy: Some(hierarchy), ..Scope::default() })
        {
            let mut known = vec![thing_group.clone()];
            known.extend((hierarchy == HierarchyScope::Own).then(|| holder_group.clone()));
            unmet.push(Unmet { requirement: Requirement::Hierarchy(hierarchy), known });
        }
        for condition in &scope.conditions {
            if only(Scope { conditions: [condition.clone()].into(), ..Scope::default() }) {
                let known = match condition {
                    Condition::Own { attribute } => vec![of_thing(attribute)],
                    Condition::SameHierarchy => vec![thing_group.clone(), holder_group.clone()],
                    Condition::Same { attribute, of_subject } => vec![of_thing(attribute), of_holder(of_subject)],
                    Condition::OneOf { of: Side::Resource, attribute, .. } => vec![of_thing(attribute)],
                    Condition::OneOf { of: Side::Subject, attribute, .. } => vec![of_holder(attribute)],
                    Condition::OneOf { of: Side::Action, attribute, .. } => {
                        let action = holder.given.and_then(|given| given.action);
                        let value = action.and_then(|action| action.get(attribute)).cloned();
                        vec![Known::Attribute { of: Side::Action, name: attribute.clone(), value }]
                    }
                };
                unmet.push(Unmet { requirement: Requirement::Condition(condition.clone()), known });
            }
        }
        unmet
    }
}
