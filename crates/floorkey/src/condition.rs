//! Conditions of a grant. A condition can depend on the user, the resource and the action.
//!
//! There are four kinds of conditions, and no expression language. Therefore, every condition can be displayed as a
//! sentence, compared with other conditions, and evaluated in searches. Values are strings. If an attribute has no
//! value, no condition on it is met.

use std::collections::BTreeSet;
use std::fmt;

use crate::catalog::Permission;
use crate::invalid::{Invalid, invalid};
use crate::limits;

/// A condition of a grant. All conditions of a grant must be met.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// The user owns the resource. Users own their own records. They also own every resource whose attribute refers to
    /// them by ID, login name or ARN. A login name in a stored value refers to the user who had the name when the value
    /// was set.
    OwnedBySubject {
        /// The attribute of the resource, for example `owner`.
        attribute: String,
    },
    /// The resource is in the user's own hierarchy group or below it. If the user has no group, the condition is not
    /// met.
    SameHierarchy,
    /// An attribute of the resource has the same value as an attribute of the user.
    EqualsSubject {
        /// The attribute or tag of the resource.
        attribute: String,
        /// The attribute or tag of the user.
        subject_attribute: String,
    },
    /// The attribute has one of the given values.
    OneOf {
        /// The entity that the attribute belongs to.
        owner: AttributeOwner,
        /// The name of the attribute or tag.
        attribute: String,
        /// The values: 1 to 10 case-sensitive strings.
        values: BTreeSet<String>,
    },
}

/// The entity that has the attribute in a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttributeOwner {
    /// The user who would perform the action; the attributes are the user's tags.
    Subject,
    /// The target of the action; the attributes are the target's tags and other attributes.
    Resource,
    /// The action; the attributes are supplied by the caller.
    Action,
}

impl AttributeOwner {
    /// Returns `subject`, `resource` or `action`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Resource => "resource",
            Self::Action => "action",
        }
    }

    /// Returns the entity with the given name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Subject, Self::Resource, Self::Action].into_iter().find(|side| side.as_str() == word)
    }
}

impl Condition {
    /// Whether the result of the condition can differ between users.
    #[must_use]
    pub const fn depends_on_subject(&self) -> bool {
        match self {
            Self::OwnedBySubject { .. } | Self::SameHierarchy | Self::EqualsSubject { .. } => true,
            Self::OneOf { owner: of, .. } => matches!(of, AttributeOwner::Subject),
        }
    }

    /// Checks the attribute names and values in the condition.
    ///
    /// # Errors
    /// Returns an error if an attribute name is empty or too long, or if a value is too long. Also returns an error if
    /// there are no values or too many values.
    pub fn check(&self) -> Result<(), Invalid> {
        let check_name = |attribute: &str| match attribute.chars().count() {
            1..=limits::ATTRIBUTE_NAME_CHARS_MAX => Ok(()),
            _ => Err(invalid(
                "Conditions",
                format!("the name of an attribute must have 1 to {} characters", limits::ATTRIBUTE_NAME_CHARS_MAX),
            )),
        };
        match self {
            Self::OwnedBySubject { attribute } => check_name(attribute),
            Self::SameHierarchy => Ok(()),
            Self::EqualsSubject { attribute, subject_attribute: of_subject } => {
                check_name(attribute).and_then(|()| check_name(of_subject))
            }
            Self::OneOf { attribute, values, .. } => {
                check_name(attribute)?;
                if values.is_empty() || values.len() > limits::CONDITION_VALUES_MAX {
                    let problem = format!("`{attribute}` must have 1 to {} values", limits::CONDITION_VALUES_MAX);
                    return Err(invalid("Conditions", problem));
                }
                match values.iter().find(|value| value.chars().count() > limits::ATTRIBUTE_VALUE_CHARS_MAX) {
                    Some(_) => Err(invalid(
                        "Conditions",
                        format!("a value must have at most {} characters", limits::ATTRIBUTE_VALUE_CHARS_MAX),
                    )),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Formats the condition as a phrase for use after "if", for example `its “owner” is the user, or it is the user`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnedBySubject { attribute } => write!(f, "its “{attribute}” is the user, or it is the user"),
            Self::SameHierarchy => f.write_str("it is in the user's own hierarchy group or below"),
            Self::EqualsSubject { attribute, subject_attribute: of_subject } if attribute == of_subject => {
                write!(f, "its “{attribute}” is the same as the user's")
            }
            Self::EqualsSubject { attribute, subject_attribute: of_subject } => {
                write!(f, "its “{attribute}” is the user's “{of_subject}”")
            }
            Self::OneOf { owner: of, attribute, values } => {
                let owner = match of {
                    AttributeOwner::Subject => "the user's",
                    AttributeOwner::Resource => "its",
                    AttributeOwner::Action => "the action's",
                };
                write!(f, "{owner} “{attribute}” is ")?;
                let last = values.len().saturating_sub(1);
                for (at, value) in values.iter().enumerate() {
                    let before = if at == 0 {
                        ""
                    } else if at == last {
                        " or "
                    } else {
                        ", "
                    };
                    write!(f, "{before}“{value}”")?;
                }
                Ok(())
            }
        }
    }
}

/// A permission of the catalog or of an application.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnyPermission {
    /// A permission of the catalog.
    Catalog(Permission),
    /// A permission of an application.
    Application {
        /// The namespace of the application.
        namespace: String,
        /// The name of the permission.
        name: String,
    },
}

impl AnyPermission {
    /// Returns the name without the application's namespace, for example `Users.Edit` or `refund`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Catalog(permission) => permission.name(),
            Self::Application { name, .. } => name,
        }
    }
}

/// Formats the permission as `Users.Edit` or `orders: refund`.
impl fmt::Display for AnyPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Catalog(permission) => f.write_str(permission.name()),
            Self::Application { namespace, name } => write!(f, "{namespace}: {name}"),
        }
    }
}
