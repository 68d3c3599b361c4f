//! The conditions under which the permissions of a security profile apply.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::condition::Side;
use floorkey::{Act, AnyPermission, Command, Condition, Permission, Refusal, SecurityProfileEdit};
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::invalid;
use super::{Asked, body, changed, json};
use crate::refusal::plain_exception;
use floorkey_service::failure::Failure;

const INPUT: &str = "Conditions";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Conditions {
    conditions: Vec<OfPermission>,
}

/// The conditions of one permission.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct OfPermission {
    /// The namespace of the application, or absent for a permission of the catalog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    permission: String,
    /// All of these have to be true.
    all: Vec<Shown>,
}

/// A condition. Its kind determines its members.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Shown {
    /// `Own`, `SameHierarchy`, `Same` or `OneOf`.
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attribute: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of_subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values: Option<BTreeSet<String>>,
    /// A description for display. Ignored in requests, so that clients can send back a condition as they received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<String>,
}

/// Lists a profile's conditions.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let profile = asked.profile(&directory, Act::DescribeGrantConditions).await?;
    let conditions = profile.conditions.iter().map(|(permission, all)| {
        let (namespace, permission) = match permission {
            AnyPermission::Catalogue(permission) => (None, permission.name().to_owned()),
            AnyPermission::Application { namespace, name } => (Some(namespace.clone()), name.clone()),
        };
        OfPermission { namespace, permission, all: all.iter().map(shown).collect() }
    });
    json(&Conditions { conditions: conditions.collect() })
}

/// Replaces a profile's conditions.
pub(super) async fn set(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let profile = asked.profile_id(&directory, Act::UpdateSecurityProfile)?;
    let Conditions { conditions } = body::read(asked.body)?;
    let edit = SecurityProfileEdit { conditions: Some(read(conditions)?), ..SecurityProfileEdit::default() };
    changed(asked.execute(&directory, Command::UpdateSecurityProfile { profile, edit: Box::new(edit) }).await?)
}

fn read(conditions: Vec<OfPermission>) -> Result<BTreeMap<AnyPermission, BTreeSet<Condition>>, Exception> {
    let mut read = BTreeMap::new();
    for OfPermission { namespace, permission, all } in conditions {
        let permission =
            match namespace {
                Some(namespace) => AnyPermission::Application { namespace, name: permission },
                None => AnyPermission::Catalogue(Permission::parse(&permission).map_err(|unknown| {
                    plain_exception(&Failure::Refused(Refusal::UnknownPermissions(vec![unknown])))
                })?),
            };
        let all = all.into_iter().map(condition).collect::<Result<BTreeSet<_>, _>>()?;
        let twice = format!("`{permission}` occurs more than once: put all its conditions into one `All`");
        if read.insert(permission, all).is_some() {
            return Err(invalid(INPUT, twice));
        }
    }
    Ok(read)
}

/// Parses a condition, and refuses members that its kind doesn't have.
fn condition(shown: Shown) -> Result<Condition, Exception> {
    let Shown { kind, of, attribute, of_subject, values, words: _ } = shown;
    let missing = |member: &str| invalid(INPUT, format!("`{kind}` requires the member {member}"));
    let unfit = |member: &str| Err(invalid(INPUT, format!("`{kind}` can't have the member {member}")));
    match kind.as_str() {
        "OneOf" if of_subject.is_some() => return unfit("OfSubject"),
        "OneOf" => {}
        _ if of.is_some() => return unfit("Of"),
        _ if values.is_some() => return unfit("Values"),
        "Own" | "SameHierarchy" if of_subject.is_some() => return unfit("OfSubject"),
        "SameHierarchy" if attribute.is_some() => return unfit("Attribute"),
        _ => {}
    }
    Ok(match kind.as_str() {
        "Own" => Condition::Own { attribute: attribute.ok_or_else(|| missing("Attribute"))? },
        "SameHierarchy" => Condition::SameHierarchy,
        "Same" => {
            let attribute = attribute.ok_or_else(|| missing("Attribute"))?;
            Condition::Same { of_subject: of_subject.unwrap_or_else(|| attribute.clone()), attribute }
        }
        "OneOf" => {
            let of = of.ok_or_else(|| missing("Of"))?;
            let wrong =
                || invalid(INPUT, format!("`Of` must be subject, resource or action, not `{}`", of.escape_debug()));
            Condition::OneOf {
                of: Side::parse(&of).ok_or_else(wrong)?,
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

fn shown(condition: &Condition) -> Shown {
    let kind = |kind: &str| Shown { kind: kind.to_owned(), words: Some(condition.to_string()), ..Shown::default() };
    match condition.clone() {
        Condition::Own { attribute } => Shown { attribute: Some(attribute), ..kind("Own") },
        Condition::SameHierarchy => kind("SameHierarchy"),
        Condition::Same { attribute, of_subject } => {
            Shown { attribute: Some(attribute), of_subject: Some(of_subject), ..kind("Same") }
        }
        Condition::OneOf { of, attribute, values } => {
            Shown { of: Some(of.word().to_owned()), attribute: Some(attribute), values: Some(values), ..kind("OneOf") }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Result<Condition, String> {
        condition(serde_json::from_str(json).unwrap()).map_err(|exception| exception.message().to_owned())
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
            let read = of(json).unwrap();
            let again = serde_json::to_string(&shown(&read)).unwrap();
            assert_eq!(of(&again), Ok(read), "{again}");
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
            .map(|json| of(json).unwrap_err())
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
