//! Operations on the conditions under which a security profile's permissions apply.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::condition::AttributeOwner;
use floorkey::{Action, AnyPermission, Command, Condition, Permission, Refusal, SecurityProfileEdit};
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::invalid;
use super::{CallContext, body, json, revision_response};
use crate::refusal::unmodelled_exception;
use floorkey_service::failure::Failure;

const INPUT: &str = "Conditions";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct GrantConditions {
    conditions: Vec<PermissionConditions>,
}

/// The conditions on one permission.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct PermissionConditions {
    /// The namespace of the application. Absent for a permission in the catalog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    permission: String,
    /// The conditions on the permission. All of them must be met.
    all: Vec<ConditionView>,
}

/// A condition. Its kind determines its members.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct ConditionView {
    /// The kind of condition: `Own`, `SameHierarchy`, `Same` or `OneOf`.
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attribute: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of_subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values: Option<BTreeSet<String>>,
    /// A description for display. Requests can contain it, but it is ignored. A client can therefore send back a
    /// condition unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<String>,
}

/// Lists a profile's conditions.
pub(super) async fn list(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let profile = context.profile(&directory, Action::DescribeGrantConditions).await?;
    let conditions = profile.conditions.iter().map(|(permission, all)| {
        let (namespace, permission) = match permission {
            AnyPermission::Catalog(permission) => (None, permission.name().to_owned()),
            AnyPermission::Application { namespace, name } => (Some(namespace.clone()), name.clone()),
        };
        PermissionConditions { namespace, permission, all: all.iter().map(to_view).collect() }
    });
    json(&GrantConditions { conditions: conditions.collect() })
}

/// Replaces a profile's conditions.
pub(super) async fn set(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let profile = context.profile_id(&directory, Action::UpdateSecurityProfile)?;
    let GrantConditions { conditions } = body::parse(context.body)?;
    let edit =
        SecurityProfileEdit { conditions: Some(parse_conditions(conditions)?), ..SecurityProfileEdit::default() };
    revision_response(
        context.execute(&directory, Command::UpdateSecurityProfile { profile, edit: Box::new(edit) }).await?,
    )
}

fn parse_conditions(
    conditions: Vec<PermissionConditions>,
) -> Result<BTreeMap<AnyPermission, BTreeSet<Condition>>, Exception> {
    let mut parsed = BTreeMap::new();
    for PermissionConditions { namespace, permission, all } in conditions {
        let permission = match namespace {
            Some(namespace) => AnyPermission::Application { namespace, name: permission },
            None => AnyPermission::Catalog(Permission::parse(&permission).map_err(|unknown| {
                unmodelled_exception(&Failure::Refused(Refusal::UnknownPermissions(vec![unknown])))
            })?),
        };
        let all = all.into_iter().map(parse_condition).collect::<Result<BTreeSet<_>, _>>()?;
        let duplicate = format!("`{permission}` occurs more than once: put all its conditions into one `All`");
        if parsed.insert(permission, all).is_some() {
            return Err(invalid(INPUT, duplicate));
        }
    }
    Ok(parsed)
}

/// Parses a condition. Refuses members that conditions of the given kind don't have.
fn parse_condition(view: ConditionView) -> Result<Condition, Exception> {
    let ConditionView { kind, of, attribute, of_subject, values, words: _ } = view;
    let missing = |member: &str| invalid(INPUT, format!("`{kind}` requires the member {member}"));
    let unexpected = |member: &str| Err(invalid(INPUT, format!("`{kind}` can't have the member {member}")));
    match kind.as_str() {
        "OneOf" if of_subject.is_some() => return unexpected("OfSubject"),
        "OneOf" => {}
        _ if of.is_some() => return unexpected("Of"),
        _ if values.is_some() => return unexpected("Values"),
        "Own" | "SameHierarchy" if of_subject.is_some() => return unexpected("OfSubject"),
        "SameHierarchy" if attribute.is_some() => return unexpected("Attribute"),
        _ => {}
    }
    Ok(match kind.as_str() {
        "Own" => Condition::OwnedBySubject { attribute: attribute.ok_or_else(|| missing("Attribute"))? },
        "SameHierarchy" => Condition::SameHierarchy,
        "Same" => {
            let attribute = attribute.ok_or_else(|| missing("Attribute"))?;
            Condition::EqualsSubject { subject_attribute: of_subject.unwrap_or_else(|| attribute.clone()), attribute }
        }
        "OneOf" => {
            let of = of.ok_or_else(|| missing("Of"))?;
            let unknown_side =
                || invalid(INPUT, format!("`Of` must be subject, resource or action, not `{}`", of.escape_debug()));
            Condition::OneOf {
                owner: AttributeOwner::parse(&of).ok_or_else(unknown_side)?,
                attribute: attribute.ok_or_else(|| missing("Attribute"))?,
                values: values.ok_or_else(|| missing("Values"))?,
            }
        }
        other => {
            let problem = format!("`Kind` must be Own, SameHierarchy, Same or OneOf, not `{}`", other.escape_debug());
            return Err(invalid(INPUT, problem));
        }
    })
}

fn to_view(condition: &Condition) -> ConditionView {
    let kind = |kind: &str| ConditionView {
        kind: kind.to_owned(),
        words: Some(condition.to_string()),
        ..ConditionView::default()
    };
    match condition.clone() {
        Condition::OwnedBySubject { attribute } => ConditionView { attribute: Some(attribute), ..kind("Own") },
        Condition::SameHierarchy => kind("SameHierarchy"),
        Condition::EqualsSubject { attribute, subject_attribute: of_subject } => {
            ConditionView { attribute: Some(attribute), of_subject: Some(of_subject), ..kind("Same") }
        }
        Condition::OneOf { owner: of, attribute, values } => ConditionView {
            of: Some(of.as_str().to_owned()),
            attribute: Some(attribute),
            values: Some(values),
            ..kind("OneOf")
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Condition, String> {
        parse_condition(serde_json::from_str(json).unwrap()).map_err(|exception| exception.message().to_owned())
    }

    #[test]
    fn every_condition_survives_a_round_trip() {
        for json in [
            r#"{"Kind":"Own","Attribute":"owner"}"#,
            r#"{"Kind":"SameHierarchy"}"#,
            r#"{"Kind":"Same","Attribute":"team","OfSubject":"department"}"#,
            r#"{"Kind":"Same","Attribute":"team"}"#,
            r#"{"Kind":"OneOf","Of":"action","Attribute":"soft","Values":["true"]}"#,
        ] {
            let parsed = parse(json).unwrap();
            let again = serde_json::to_string(&to_view(&parsed)).unwrap();
            assert_eq!(parse(&again), Ok(parsed), "{again}");
            assert!(again.contains("\"Words\":"), "{again}");
        }
    }

    #[test]
    fn members_of_other_kinds_are_refused_by_name() {
        insta::assert_snapshot!(
            [
                r#"{"Kind":"own","Attribute":"owner"}"#,
                r#"{"Kind":"Own"}"#,
                r#"{"Kind":"Own","Attribute":"a","Values":["b"]}"#,
                r#"{"Kind":"SameHierarchy","Attribute":"a"}"#,
                r#"{"Kind":"Same","Attribute":"a","Of":"subject"}"#,
                r#"{"Kind":"OneOf","Attribute":"a","Values":["b"]}"#,
                r#"{"Kind":"OneOf","Of":"thing","Attribute":"a","Values":["b"]}"#,
                r#"{"Kind":"OneOf","Of":"action","Attribute":"a","OfSubject":"b","Values":["b"]}"#,
            ]
            .map(|json| parse(json).unwrap_err())
            .join("\n"),
            @"
            Conditions: `Kind` must be Own, SameHierarchy, Same or OneOf, not `own`.
            Conditions: `Own` requires the member Attribute.
            Conditions: `Own` can't have the member Values.
            Conditions: `SameHierarchy` can't have the member Attribute.
            Conditions: `Same` can't have the member Of.
            Conditions: `OneOf` requires the member Of.
            Conditions: `Of` must be subject, resource or action, not `thing`.
            Conditions: `OneOf` can't have the member OfSubject.
            "
        );
    }
}
