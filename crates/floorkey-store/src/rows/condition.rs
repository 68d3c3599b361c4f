//! The stored form of the conditions on a profile's permissions.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use floorkey::condition::AttributeOwner;
use floorkey::{AnyPermission, Condition, Permission};
use serde::{Deserialize, Serialize};

use crate::error::UnreadableValue;

/// The conditions on one permission.
#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionsRow<'a> {
    /// The application's namespace; absent for permissions in the catalog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    namespace: Option<Cow<'a, str>>,
    permission: Cow<'a, str>,
    all: Vec<ConditionRow<'a>>,
}

/// One condition on a permission.
#[derive(PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum ConditionRow<'a> {
    Own { attribute: Cow<'a, str> },
    SameHierarchy {},
    Same { attribute: Cow<'a, str>, of_subject: Cow<'a, str> },
    OneOf { of: Cow<'a, str>, attribute: Cow<'a, str>, values: Cow<'a, BTreeSet<String>> },
}

type Conditions = BTreeMap<AnyPermission, BTreeSet<Condition>>;

impl<'a> ConditionsRow<'a> {
    pub(super) fn from_conditions(conditions: &'a Conditions) -> Vec<Self> {
        let row = |(permission, all): (&'a AnyPermission, &'a BTreeSet<Condition>)| {
            let (namespace, permission) = match permission {
                AnyPermission::Catalog(permission) => (None, permission.name()),
                AnyPermission::Application { namespace, name } => (Some(Cow::Borrowed(namespace.as_str())), &**name),
            };
            let all = all.iter().map(ConditionRow::from_condition).collect();
            Self { namespace, permission: Cow::Borrowed(permission), all }
        };
        conditions.iter().map(row).collect()
    }

    pub(super) fn into_conditions(rows: Vec<Self>) -> Result<Conditions, UnreadableValue> {
        let decode = |row: Self| {
            let permission = match row.namespace {
                Some(namespace) => {
                    AnyPermission::Application { namespace: namespace.into_owned(), name: row.permission.into_owned() }
                }
                None => {
                    let unknown = |_| format!("`{}` is not a permission", row.permission);
                    AnyPermission::Catalog(Permission::parse(&row.permission).map_err(unknown)?)
                }
            };
            let all = row.all.into_iter().map(ConditionRow::into_condition).collect::<Result<_, _>>()?;
            Ok((permission, all))
        };
        rows.into_iter().map(decode).collect()
    }
}

impl<'a> ConditionRow<'a> {
    fn from_condition(condition: &'a Condition) -> Self {
        match condition {
            Condition::OwnedBySubject { attribute } => Self::Own { attribute: Cow::Borrowed(attribute) },
            Condition::SameHierarchy => Self::SameHierarchy {},
            Condition::EqualsSubject { attribute, subject_attribute: of_subject } => {
                Self::Same { attribute: Cow::Borrowed(attribute), of_subject: Cow::Borrowed(of_subject) }
            }
            Condition::OneOf { owner: of, attribute, values } => Self::OneOf {
                of: Cow::Borrowed(of.as_str()),
                attribute: Cow::Borrowed(attribute),
                values: Cow::Borrowed(values),
            },
        }
    }

    fn into_condition(self) -> Result<Condition, UnreadableValue> {
        Ok(match self {
            Self::Own { attribute } => Condition::OwnedBySubject { attribute: attribute.into_owned() },
            Self::SameHierarchy {} => Condition::SameHierarchy,
            Self::Same { attribute, of_subject } => Condition::EqualsSubject {
                attribute: attribute.into_owned(),
                subject_attribute: of_subject.into_owned(),
            },
            Self::OneOf { of, attribute, values } => Condition::OneOf {
                owner: AttributeOwner::parse(&of)
                    .ok_or_else(|| format!("`{of}` must be subject, resource or action"))?,
                attribute: attribute.into_owned(),
                values: values.into_owned(),
            },
        })
    }
}
