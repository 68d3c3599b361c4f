//! The format of a security profile in a bundle, including the conditions of its grants.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::BundleError;
use super::owners::{self, Owners};
use super::rows::{id, names, permission, permissions};
use crate::closure::with_requirements;
use crate::condition::{AnyPermission, AttributeOwner, Condition};
use crate::directory::Directory;
use crate::id::{HierarchyGroupId, SecurityProfileId};
use crate::profile::{AccessControl, ApplicationGrant, SecurityProfile};
use crate::resource::ResourceType;
use crate::tags::Tags;
use crate::time::Timestamp;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileRow {
    id: String,
    name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    chosen: Vec<String>,
    /// Permissions that were not selected, but were added when the profile was saved because the selected permissions
    /// require them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    required: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    applications: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<ConditionsRow>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    access_control_tags: Tags,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tag_restricted: Vec<String>,
    #[serde(default)]
    hierarchy_restricted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hierarchy_group: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tags: Tags,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owners: Owners,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionsRow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    permission: String,
    all: Vec<ConditionRow>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum ConditionRow {
    Own { attribute: String },
    SameHierarchy {},
    Same { attribute: String, of_subject: String },
    OneOf { of: String, attribute: String, values: BTreeSet<String> },
}

impl ProfileRow {
    pub(super) fn from_profile(directory: &Directory, profile: &SecurityProfile) -> Self {
        let control = &profile.access_control;
        let applications = profile.applications.iter();
        let conditions = |(permission, all): (&AnyPermission, &BTreeSet<Condition>)| {
            let (namespace, permission) = match permission {
                AnyPermission::Catalog(permission) => (None, permission.name().to_owned()),
                AnyPermission::Application { namespace, name } => (Some(namespace.clone()), name.clone()),
            };
            ConditionsRow { namespace, permission, all: all.iter().map(ConditionRow::from_condition).collect() }
        };
        Self {
            id: profile.id.to_string(),
            name: profile.name.clone(),
            chosen: names(&profile.selected),
            required: names(&profile.permissions.permissions().difference(&profile.selected)),
            applications: applications
                .map(|granted| (granted.namespace.clone(), granted.permissions.clone()))
                .collect(),
            conditions: profile.conditions.iter().map(conditions).collect(),
            access_control_tags: control.tags.clone(),
            tag_restricted: control.tag_restricted.iter().map(|restricted| restricted.as_str().to_owned()).collect(),
            hierarchy_restricted: control.hierarchy_restricted,
            hierarchy_group: control.hierarchy_group.map(|group| group.to_string()),
            owners: owners::from_values(directory, &profile.tags, &profile.tag_revisions),
            tags: profile.tags.clone(),
        }
    }

    pub(super) fn into_record(self) -> Result<SecurityProfile, BundleError> {
        let chosen = permissions(&self.chosen)?;
        let profile = id(&self.id, SecurityProfileId::parse)?;
        let mut profile = SecurityProfile::new(profile, self.name, String::new(), chosen, Timestamp::default());
        profile.permissions = with_requirements(&chosen.union(&permissions(&self.required)?));
        let application = |(namespace, permissions)| ApplicationGrant { namespace, permissions, kind: None };
        profile.applications = self.applications.into_iter().map(application).collect();
        for row in self.conditions {
            let name = match row.namespace {
                Some(namespace) => AnyPermission::Application { namespace, name: row.permission },
                None => AnyPermission::Catalog(permission(&row.permission)?),
            };
            let all = row.all.into_iter().map(ConditionRow::into_condition).collect::<Result<_, _>>()?;
            profile.conditions.insert(name, all);
        }
        let unknown = |word: &String| BundleError::Content(format!("`{word}` is not a resource type"));
        let restricted = |word: &String| ResourceType::parse(word).ok_or_else(|| unknown(word));
        profile.access_control = AccessControl {
            tags: self.access_control_tags,
            tag_restricted: self.tag_restricted.iter().map(restricted).collect::<Result<_, _>>()?,
            hierarchy_restricted: self.hierarchy_restricted,
            hierarchy_group: self.hierarchy_group.map(|group| id(&group, HierarchyGroupId::parse)).transpose()?,
        };
        profile.tags = self.tags;
        profile.tag_revisions = owners::to_revisions(self.owners)?;
        Ok(profile)
    }
}

impl ConditionRow {
    fn from_condition(condition: &Condition) -> Self {
        match condition.clone() {
            Condition::OwnedBySubject { attribute } => Self::Own { attribute },
            Condition::SameHierarchy => Self::SameHierarchy {},
            Condition::EqualsSubject { attribute, subject_attribute: of_subject } => {
                Self::Same { attribute, of_subject }
            }
            Condition::OneOf { owner: of, attribute, values } => {
                Self::OneOf { of: of.as_str().to_owned(), attribute, values }
            }
        }
    }

    fn into_condition(self) -> Result<Condition, BundleError> {
        Ok(match self {
            Self::Own { attribute } => Condition::OwnedBySubject { attribute },
            Self::SameHierarchy {} => Condition::SameHierarchy,
            Self::Same { attribute, of_subject } => {
                Condition::EqualsSubject { attribute, subject_attribute: of_subject }
            }
            Self::OneOf { of, attribute, values } => {
                let unknown = || BundleError::Content(format!("`{of}` must be subject, resource or action"));
                let of = AttributeOwner::parse(&of).ok_or_else(unknown)?;
                Condition::OneOf { owner: of, attribute, values }
            }
        })
    }
}
