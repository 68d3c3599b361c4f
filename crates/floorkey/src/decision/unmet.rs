//! Explains why a resource is not in a scope: which requirements are not met, and which values do not meet them.

use super::{Grantee, ResourceView};
use crate::condition::{AttributeOwner, Condition};
use crate::directory::Directory;
use crate::id::HierarchyGroupId;
use crate::scope::{HierarchyScope, Scope};

/// A requirement of a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScopeRequirement {
    /// The resource must have the given tag with the given value.
    Tag {
        /// The key of the tag.
        key: String,
        /// The required value of the tag.
        value: String,
    },
    /// The resource must be in the given part of the hierarchy.
    Hierarchy(HierarchyScope),
    /// The given condition of the grant must be met.
    Condition(Condition),
}

/// A value that was compared with a requirement. It belongs to the user, the resource or the action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComparedValue {
    /// The value of an attribute.
    Attribute {
        /// The entity that the attribute belongs to.
        owner: AttributeOwner,
        /// The name of the attribute.
        name: String,
        /// The value of the attribute; `None` if the entity does not have the attribute.
        value: Option<String>,
    },
    /// The hierarchy group of a user or resource.
    Group {
        /// The user or resource.
        of: AttributeOwner,
        /// The hierarchy group; `None` if the user or resource is in no group.
        group: Option<HierarchyGroupId>,
    },
}

/// An unmet requirement of a scope, and the values that it was compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// The requirement that was not met.
    pub requirement: ScopeRequirement,
    /// The values that the requirement was compared with. They have the same order as in the requirement.
    pub known: Vec<ComparedValue>,
}

impl Directory {
    /// Returns the requirements of the scope that the resource does not meet. The result is empty if and only if the
    /// resource is in the scope.
    pub(super) fn unmet(&self, scope: &Scope, grantee: Grantee<'_>, resource: &ResourceView<'_>) -> Vec<Unmet> {
        let is_unmet = |part: Scope| !self.in_scope(&part, grantee, resource);
        let resource_value = |name: &str| ComparedValue::Attribute {
            owner: AttributeOwner::Resource,
            name: name.to_owned(),
            value: resource.attribute(name).map(str::to_owned),
        };
        let subject_value = |name: &str| ComparedValue::Attribute {
            owner: AttributeOwner::Subject,
            name: name.to_owned(),
            value: grantee.attribute(name).map(str::to_owned),
        };
        let resource_group = ComparedValue::Group { of: AttributeOwner::Resource, group: resource.hierarchy_group() };
        let subject_group = ComparedValue::Group { of: AttributeOwner::Subject, group: grantee.hierarchy_group() };
        let mut unmet = Vec::new();
        for (key, value) in &scope.tags {
            if is_unmet(Scope { tags: [(key.clone(), value.clone())].into(), ..Scope::default() }) {
                let requirement = ScopeRequirement::Tag { key: key.clone(), value: value.clone() };
                unmet.push(Unmet { requirement, known: vec![resource_value(key)] });
            }
        }
        if let Some(hierarchy) = scope.hierarchy
            && is_unmet(Scope { hierarchy: Some(hierarchy), ..Scope::default() })
        {
            let mut known = vec![resource_group.clone()];
            known.extend((hierarchy == HierarchyScope::Own).then(|| subject_group.clone()));
            unmet.push(Unmet { requirement: ScopeRequirement::Hierarchy(hierarchy), known });
        }
        for condition in &scope.conditions {
            if is_unmet(Scope { conditions: [condition.clone()].into(), ..Scope::default() }) {
                let known = match condition {
                    Condition::OwnedBySubject { attribute } => vec![resource_value(attribute)],
                    Condition::SameHierarchy => vec![resource_group.clone(), subject_group.clone()],
                    Condition::EqualsSubject { attribute, subject_attribute: of_subject } => {
                        vec![resource_value(attribute), subject_value(of_subject)]
                    }
                    Condition::OneOf { owner: AttributeOwner::Resource, attribute, .. } => {
                        vec![resource_value(attribute)]
                    }
                    Condition::OneOf { owner: AttributeOwner::Subject, attribute, .. } => {
                        vec![subject_value(attribute)]
                    }
                    Condition::OneOf { owner: AttributeOwner::Action, attribute, .. } => {
                        let action = grantee.given.and_then(|given| given.action);
                        let value = action.and_then(|action| action.get(attribute)).cloned();
                        vec![ComparedValue::Attribute { owner: AttributeOwner::Action, name: attribute.clone(), value }]
                    }
                };
                unmet.push(Unmet { requirement: ScopeRequirement::Condition(condition.clone()), known });
            }
        }
        unmet
    }
}
