//! Conditions of a grant: what must be true of the one who asks, of the thing and of the action.
//!
//! They are data, of four kinds, and no language: whatever they say can be shown in one sentence, compared, and answered
//! in every search. Values are texts. What is absent meets no condition.

use std::collections::BTreeSet;
use std::fmt;

use crate::catalogue::Permission;
use crate::limits;
use crate::refusal::{Invalid, invalid};

/// Something that must be true for a grant to count. A grant's conditions must all be true.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// The thing is the holder's own: it is the holder, or its attribute names the holder by id, login name or ARN.
    /// A login name in a stored value means the user who had it when the value was set.
    Own {
        /// The thing's attribute: `owner`.
        attribute: String,
    },
    /// The thing stands in the holder's own hierarchy group or below it. Met by nobody who has no group.
    SameHierarchy,
    /// The thing's attribute has the value of the holder's.
    Same {
        /// The thing's attribute or tag.
        attribute: String,
        /// The holder's attribute or tag.
        of_subject: String,
    },
    /// An attribute has one of these values.
    OneOf {
        /// Whose attribute.
        of: Side,
        /// The attribute or tag.
        attribute: String,
        /// 1 to 10 texts; letter case counts.
        values: BTreeSet<String>,
    },
}

/// Whose attribute a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The one who would act: the user's tags.
    Subject,
    /// What would be acted on: its tags and attributes.
    Resource,
    /// The act: what whoever asks says of it.
    Action,
}

impl Side {
    /// `subject`, `resource` or `action`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Resource => "resource",
            Self::Action => "action",
        }
    }

    /// The side of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Subject, Self::Resource, Self::Action].into_iter().find(|side| side.word() == word)
    }
}

impl Condition {
    /// Whether it means something else for each holder.
    #[must_use]
    pub const fn looks_at_holder(&self) -> bool {
        match self {
            Self::Own { .. } | Self::SameHierarchy | Self::Same { .. } => true,
            Self::OneOf { of, .. } => matches!(of, Side::Subject),
        }
    }

    /// Checks the names and values that somebody entered.
    ///
    /// # Errors
    /// The first attribute or value that is empty or too long, or that there are none or too many values.
    pub fn check(&self) -> Result<(), Invalid> {
        let named = |attribute: &str| match attribute.chars().count() {
            1..=limits::ATTRIBUTE_NAME_CHARS_MAX => Ok(()),
            _ => Err(invalid(
                "Conditions",
                format!("an attribute's name has 1 to {} characters", limits::ATTRIBUTE_NAME_CHARS_MAX),
            )),
        };
        match self {
            Self::Own { attribute } => named(attribute),
            Self::SameHierarchy => Ok(()),
            Self::Same { attribute, of_subject } => named(attribute).and_then(|()| named(of_subject)),
            Self::OneOf { attribute, values, .. } => {
                named(attribute)?;
                if values.is_empty() || values.len() > limits::CONDITION_VALUES_MAX {
                    let problem =
                        format!("`{attribute}` is compared with 1 to {} values", limits::CONDITION_VALUES_MAX);
                    return Err(invalid("Conditions", problem));
                }
                match values.iter().find(|value| value.chars().count() > limits::ATTRIBUTE_VALUE_CHARS_MAX) {
                    Some(_) => Err(invalid(
                        "Conditions",
                        format!("a value has at most {} characters", limits::ATTRIBUTE_VALUE_CHARS_MAX),
                    )),
                    None => Ok(()),
                }
            }
        }
    }
}

/// In words, to go on after "if": `its “owner” is the user`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own { attribute } => write!(f, "its “{attribute}” is the user, or it is the user"),
            Self::SameHierarchy => f.write_str("it stands in the user's own hierarchy group or below"),
            Self::Same { attribute, of_subject } if attribute == of_subject => {
                write!(f, "its “{attribute}” is the same as the user's")
            }
            Self::Same { attribute, of_subject } => write!(f, "its “{attribute}” is the user's “{of_subject}”"),
            Self::OneOf { of, attribute, values } => {
                let whose = match of {
                    Side::Subject => "the user's",
                    Side::Resource => "its",
                    Side::Action => "the action's",
                };
                write!(f, "{whose} “{attribute}” is ")?;
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

/// A permission of the catalogue, or of an application.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnyPermission {
    /// One of the catalogue's.
    Catalogue(Permission),
    /// An application's.
    Application {
        /// The application.
        namespace: String,
        /// Its permission.
        name: String,
    },
}

impl AnyPermission {
    /// Its name, without the application: `Users.Edit`; `refund`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Catalogue(permission) => permission.name(),
            Self::Application { name, .. } => name,
        }
    }
}

/// `Users.Edit`; `orders: refund`.
impl fmt::Display for AnyPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Catalogue(permission) => f.write_str(permission.name()),
            Self::Application { namespace, name } => write!(f, "{namespace}: {name}"),
        }
    }
}
