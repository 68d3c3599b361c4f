//! The conditions of a profile, as form fields. Hidden fields contain the existing conditions. Visible fields contain
//! the condition that the user is adding.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::condition::AttributeOwner;
use floorkey::text::folded;
use floorkey::{AnyPermission, Condition, Permission, catalog};

use super::draft::ProfileDraft;
use crate::web::fields::InvalidInput;
use crate::web::form::Fields;
use crate::web::text;

/// Conditions, grouped by the permission that they apply to.
pub(super) type Conditions = BTreeMap<AnyPermission, BTreeSet<Condition>>;

/// A condition that the user is adding to the draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NewCondition {
    /// The name of the permission that the condition applies to.
    pub(super) on: String,
    /// The kind of condition: `own`, `hierarchy`, `same` or `one-of`.
    pub(super) kind: String,
    pub(super) attribute: String,
    pub(super) subject_attribute: String,
    /// The owner of the attribute: `resource`, `subject` or `action`.
    pub(super) side: String,
    /// The values, one per line.
    pub(super) values: String,
}

/// A condition prepared for display.
pub(super) struct ConditionRow {
    pub(super) permission: String,
    /// The text of the condition, worded to follow the word "only".
    pub(super) text: String,
    /// The value of the condition's hidden field and of the button that removes the condition.
    pub(super) value: String,
    /// Whether the profile currently grants the permission.
    pub(super) granted: bool,
}

impl NewCondition {
    pub(super) fn parse(fields: &Fields) -> Self {
        let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
        Self {
            on: text("cond-on"),
            kind: text("cond-kind"),
            attribute: text("cond-attribute"),
            subject_attribute: text("cond-user"),
            side: text("cond-whose"),
            values: text("cond-values"),
        }
    }

    /// Whether the fields for a new condition are empty.
    pub(super) fn is_blank(&self) -> bool {
        [&self.on, &self.attribute, &self.subject_attribute, &self.values].into_iter().all(String::is_empty)
    }

    /// Returns the condition and its permission.
    ///
    /// # Errors
    /// Returns a sentence that describes the problem if the condition is invalid.
    fn condition(&self, draft: &ProfileDraft) -> Result<(AnyPermission, Condition), InvalidInput> {
        let on = granted_permission(&self.on, draft)?;
        let attribute = || match self.attribute.is_empty() {
            true => Err(InvalidInput("Name the attribute that the condition looks at.".to_owned())),
            false => Ok(self.attribute.clone()),
        };
        let condition = match self.kind.as_str() {
            "hierarchy" => Condition::SameHierarchy,
            "same" => {
                let attribute = attribute()?;
                let of_subject =
                    if self.subject_attribute.is_empty() { attribute.clone() } else { self.subject_attribute.clone() };
                Condition::EqualsSubject { attribute, subject_attribute: of_subject }
            }
            "one-of" => {
                let values = self.values.lines().map(str::trim).filter(|value| !value.is_empty());
                let values: BTreeSet<String> = values.map(ToOwned::to_owned).collect();
                let of = AttributeOwner::parse(&self.side).unwrap_or(AttributeOwner::Resource);
                Condition::OneOf { owner: of, attribute: attribute()?, values }
            }
            _ => Condition::OwnedBySubject {
                attribute: if self.attribute.is_empty() { "owner".to_owned() } else { attribute()? },
            },
        };
        condition.check().map_err(|invalid| InvalidInput(floorkey::text::sentence(&invalid.problem)))?;
        Ok((on, condition))
    }
}

impl ProfileDraft {
    /// Adds the condition that the user entered, if there is one.
    ///
    /// # Errors
    /// Returns a sentence that describes the problem if the condition is invalid. The fields for the new condition then
    /// keep their values.
    pub(super) fn add_condition(&mut self) -> Result<(), InvalidInput> {
        if self.adding.is_blank() {
            return Ok(());
        }
        let (on, condition) = self.adding.condition(self)?;
        self.conditions.entry(on).or_default().insert(condition);
        self.adding = NewCondition::default();
        Ok(())
    }

    /// Removes a condition.
    pub(super) fn remove_condition(&mut self, value: &str) {
        let Some((on, condition)) = decode(value) else { return };
        if let Some(all) = self.conditions.get_mut(&on) {
            all.remove(&condition);
        }
        self.conditions.retain(|_, all| !all.is_empty());
    }

    /// Returns the conditions, prepared for display.
    pub(super) fn condition_rows(&self) -> Vec<ConditionRow> {
        let granted = self.granted();
        let rows = self.conditions.iter().flat_map(|(on, all)| all.iter().map(move |condition| (on, condition)));
        let row = |(on, condition): (&AnyPermission, &Condition)| ConditionRow {
            permission: display_name(on),
            text: format!("if {condition}"),
            value: encode(on, condition),
            granted: match on {
                AnyPermission::Catalog(permission) => granted.contains(*permission),
                AnyPermission::Application { namespace, .. } => {
                    self.applications.iter().any(|row| row.namespace == *namespace)
                }
            },
        };
        rows.map(row).collect()
    }

    /// Returns the names of the permissions that the draft grants. Conditions can apply only to these permissions.
    pub(super) fn conditionable(&self) -> Vec<String> {
        let granted = self.granted().intersection(catalog().granting());
        let of_catalog = granted.iter().filter(|permission| !permission.info().is_legacy()).map(text::permission);
        let applications = self.applications();
        let of_applications = applications.iter().flat_map(|application| {
            application.permissions.iter().map(|name| format!("{}: {name}", application.namespace))
        });
        of_catalog.chain(of_applications).collect()
    }
}

/// Returns the name that the form shows for a permission.
fn display_name(on: &AnyPermission) -> String {
    match on {
        AnyPermission::Catalog(permission) => text::permission(*permission),
        application => application.to_string(),
    }
}

/// Finds the granted permission with this name.
fn granted_permission(text: &str, draft: &ProfileDraft) -> Result<AnyPermission, InvalidInput> {
    if text.is_empty() {
        return Err(InvalidInput("Name the permission that the condition is for.".to_owned()));
    }
    for application in draft.applications() {
        for name in application.permissions {
            let any = AnyPermission::Application { namespace: application.namespace.clone(), name };
            if any.to_string() == text {
                return Ok(any);
            }
        }
    }
    let wanted = folded(text);
    let matches = |permission: &Permission| {
        folded(permission.name()) == wanted || folded(&text::permission(*permission)) == wanted
    };
    let found = catalog().permissions().find(matches);
    match found {
        Some(found) if draft.granted().contains(found) => Ok(AnyPermission::Catalog(found)),
        Some(found) => {
            Err(InvalidInput(format!("{} is not granted by this profile. Select it first.", text::permission(found))))
        }
        None => Err(InvalidInput(format!("This profile grants no permission called “{text}”."))),
    }
}

/// Returns the hidden fields that preserve the conditions.
pub(super) fn hidden_fields(conditions: &Conditions) -> impl Iterator<Item = (&'static str, String)> + '_ {
    let all = conditions.iter().flat_map(|(on, all)| all.iter().map(move |condition| (on, condition)));
    all.map(|(on, condition)| ("cond", encode(on, condition)))
}

/// Parses the conditions in hidden fields. Ignores invalid values, because the console's pages never send them.
pub(super) fn parse(fields: &Fields) -> Conditions {
    let mut conditions = Conditions::new();
    for (on, condition) in fields.all("cond").filter_map(decode) {
        conditions.entry(on).or_default().insert(condition);
    }
    conditions
}

/// Encodes a condition as the value of a single field. The value is a nested query string.
fn encode(on: &AnyPermission, condition: &Condition) -> String {
    let mut fields: Vec<(&str, &str)> = match on {
        AnyPermission::Catalog(permission) => vec![("on", permission.name())],
        AnyPermission::Application { namespace, name } => vec![("in", namespace), ("on", name)],
    };
    match condition {
        Condition::OwnedBySubject { attribute } => fields.extend([("kind", "own"), ("attribute", attribute.as_str())]),
        Condition::SameHierarchy => fields.push(("kind", "hierarchy")),
        Condition::EqualsSubject { attribute, subject_attribute: of_subject } => {
            fields.extend([("kind", "same"), ("attribute", attribute), ("user", of_subject)]);
        }
        Condition::OneOf { owner: of, attribute, values } => {
            fields.extend([("kind", "one-of"), ("whose", of.as_str()), ("attribute", attribute)]);
            fields.extend(values.iter().map(|value| ("value", value.as_str())));
        }
    }
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn decode(value: &str) -> Option<(AnyPermission, Condition)> {
    let fields = Fields::parse(value.as_bytes());
    let name = fields.raw("on").to_owned();
    let on = match fields.has("in") {
        true => AnyPermission::Application { namespace: fields.raw("in").to_owned(), name },
        false => AnyPermission::Catalog(Permission::parse(&name).ok()?),
    };
    let attribute = fields.raw("attribute").to_owned();
    let condition = match fields.raw("kind") {
        "own" => Condition::OwnedBySubject { attribute },
        "hierarchy" => Condition::SameHierarchy,
        "same" => Condition::EqualsSubject { attribute, subject_attribute: fields.raw("user").to_owned() },
        "one-of" => Condition::OneOf {
            owner: AttributeOwner::parse(fields.raw("whose"))?,
            attribute,
            values: fields.all("value").map(ToOwned::to_owned).collect(),
        },
        _ => return None,
    };
    Some((on, condition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_condition_survives_a_round_trip() {
        let edit = AnyPermission::Catalog(Permission::parse("Users.Edit").unwrap());
        let refund = AnyPermission::Application { namespace: "a=b&c".to_owned(), name: "re: fund".to_owned() };
        let values = BTreeSet::from(["x&y".to_owned(), String::new(), "ü=".to_owned()]);
        let all = [
            Condition::OwnedBySubject { attribute: "owner".to_owned() },
            Condition::SameHierarchy,
            Condition::EqualsSubject { attribute: "a".to_owned(), subject_attribute: "b".to_owned() },
            Condition::OneOf { owner: AttributeOwner::Action, attribute: "soft".to_owned(), values },
        ];
        for condition in all {
            for on in [&edit, &refund] {
                assert_eq!(decode(&encode(on, &condition)), Some((on.clone(), condition.clone())));
            }
        }
        assert_eq!(decode("on=Users.Edit&kind=magic"), None);
        assert_eq!(decode("on=No.Such&kind=own"), None);
    }

    #[test]
    fn new_conditions_must_be_complete_and_on_granted_permissions() {
        let draft = |text: &str| ProfileDraft::parse(&Fields::parse(text.as_bytes()));
        let error = |text: &str| draft(text).add_condition().unwrap_err().0;
        assert!(error("cond-on=Users:+Edit&cond-kind=own").contains("Select it first"));
        assert!(error("p=Users.Edit&cond-on=Users:+Edit&cond-kind=same").contains("attribute"));
        assert!(error("p=Users.Edit&cond-on=nonsense&cond-kind=own").contains("“nonsense”"));
        assert!(error("p=Users.Edit&cond-on=Users.Edit&cond-kind=one-of&cond-attribute=a").contains("values"));
        assert!(error("cond-attribute=a&cond-kind=own").contains("Name the permission"));
        let mut draft = draft("p=Users.Edit&cond-on=users:+view&cond-kind=hierarchy");
        draft.add_condition().unwrap();
        assert!(draft.adding.is_blank());
        let rows = draft.condition_rows();
        assert_eq!((rows.len(), rows[0].permission.as_str(), rows[0].granted), (1, "Users: View", true));
        draft.remove_condition(&rows[0].value);
        assert!(draft.conditions.is_empty());
    }
}
