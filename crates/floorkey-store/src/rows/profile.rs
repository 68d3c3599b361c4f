//! The stored form of a security profile.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use floorkey::profile::{AccessControl, AiAgent, ApplicationGrant, FlowModule, PrimaryAttributeValue};
use floorkey::{
    HierarchyGroupId, PermissionSet, ResourceType, SecurityProfile, SecurityProfileId, Timestamp, with_requirements,
};
use serde::{Deserialize, Serialize};

use super::condition::ConditionsRow;
use super::set_revisions::SetRevisionsRow;
use super::{Id, NameList, borrowed, is_default, owned};
use crate::error::UnreadableValue;

/// The body of a record of the kind `profile`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileRow<'a> {
    name: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    description: Cow<'a, str>,
    /// The names of the selected permissions.
    #[serde(default, skip_serializing_if = "is_default")]
    chosen: NameList<PermissionSet>,
    /// The names of the permissions that were added as prerequisites of the selected permissions. They are stored so
    /// that the profile still grants them if a later version of the catalog does not require them.
    #[serde(default, skip_serializing_if = "is_default")]
    required: NameList<PermissionSet>,
    #[serde(default, skip_serializing_if = "is_default")]
    applications: Vec<ApplicationGrantRow<'a>>,
    #[serde(default, skip_serializing_if = "is_default")]
    conditions: Vec<ConditionsRow<'a>>,
    #[serde(default, skip_serializing_if = "is_default")]
    access_control: AccessControlRow<'a>,
    /// The IDs of the profiles that users with this profile can assign.
    #[serde(default, skip_serializing_if = "is_default")]
    assignable: Vec<Id<SecurityProfileId>>,
    /// The pinned assignable profiles. By assigning a pinned profile, users can give at most the access that the
    /// profile granted when it was pinned. Each profile is stored as it was at that time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pinned: Vec<PinnedRow<'a>>,
    #[serde(default, skip_serializing_if = "is_default")]
    flow_modules: Vec<FlowModuleRow<'a>>,
    #[serde(default, skip_serializing_if = "is_default")]
    ai_agents: Vec<AiAgentRow<'a>>,
    /// The values in data tables that users can access. Absent if access is not restricted; empty if users can't access
    /// any values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data_table_values: Option<Vec<AttributeValueRow<'a>>>,
    #[serde(default, skip_serializing_if = "is_default")]
    tags: Cow<'a, BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "is_default")]
    tags_set: SetRevisionsRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unedited_default: Option<Cow<'a, str>>,
    modified: i64,
}

/// An assignable profile as it was when it was pinned.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PinnedRow<'a> {
    id: Id<SecurityProfileId>,
    profile: ProfileRow<'a>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApplicationGrantRow<'a> {
    namespace: Cow<'a, str>,
    permissions: Cow<'a, [String]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<Cow<'a, str>>,
}

#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccessControlRow<'a> {
    #[serde(default, skip_serializing_if = "is_default")]
    tags: Cow<'a, BTreeMap<String, String>>,
    /// The names of the resource types that are restricted by tags.
    #[serde(default, skip_serializing_if = "is_default")]
    tag_restricted: NameList<std::collections::BTreeSet<ResourceType>>,
    #[serde(default, skip_serializing_if = "is_default")]
    hierarchy_restricted: bool,
    /// The hierarchy group that access is restricted to. Absent for the user's own hierarchy group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hierarchy_group: Option<Id<HierarchyGroupId>>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlowModuleRow<'a> {
    id: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<Cow<'a, str>>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AiAgentRow<'a> {
    arn: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<Cow<'a, str>>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttributeValueRow<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    access: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attribute: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "is_default")]
    values: Cow<'a, [String]>,
}

impl<'a> ProfileRow<'a> {
    pub(super) fn from_profile(profile: &'a SecurityProfile) -> Self {
        Self {
            name: Cow::Borrowed(&profile.name),
            description: Cow::Borrowed(&profile.description),
            chosen: NameList(profile.selected),
            required: NameList(profile.permissions.permissions().difference(&profile.selected)),
            applications: profile.applications.iter().map(ApplicationGrantRow::from_application).collect(),
            conditions: ConditionsRow::from_conditions(&profile.conditions),
            access_control: AccessControlRow::from_access_control(&profile.access_control),
            assignable: profile.assignable.iter().copied().map(Id).collect(),
            pinned: profile
                .pinned
                .iter()
                .map(|(id, profile)| PinnedRow { id: Id(*id), profile: ProfileRow::from_profile(profile) })
                .collect(),
            flow_modules: profile.flow_modules.iter().map(FlowModuleRow::from_flow_module).collect(),
            ai_agents: profile.ai_agents.iter().map(AiAgentRow::from_ai_agent).collect(),
            data_table_values: profile
                .data_table_values
                .as_ref()
                .map(|values| values.iter().map(AttributeValueRow::from_value).collect()),
            tags: Cow::Borrowed(&profile.tags),
            tags_set: SetRevisionsRow::from_revisions(&profile.tags, &profile.tag_revisions),
            unedited_default: borrowed(&profile.unedited_default),
            modified: profile.modified.as_millis(),
        }
    }

    pub(super) fn into_profile(self, id: SecurityProfileId) -> Result<SecurityProfile, UnreadableValue> {
        Ok(SecurityProfile {
            id,
            name: self.name.into_owned(),
            description: self.description.into_owned(),
            selected: self.chosen.0,
            permissions: with_requirements(&self.chosen.0.union(&self.required.0)),
            applications: self.applications.into_iter().map(ApplicationGrantRow::into_application).collect(),
            conditions: ConditionsRow::into_conditions(self.conditions)?,
            access_control: self.access_control.into_access_control(),
            assignable: self.assignable.into_iter().map(|profile| profile.0).collect(),
            pinned: self
                .pinned
                .into_iter()
                .map(|row| Ok((row.id.0, Arc::new(row.profile.into_profile(row.id.0)?))))
                .collect::<Result<_, UnreadableValue>>()?,
            flow_modules: self.flow_modules.into_iter().map(FlowModuleRow::into_flow_module).collect(),
            ai_agents: self.ai_agents.into_iter().map(AiAgentRow::into_ai_agent).collect(),
            data_table_values: self
                .data_table_values
                .map(|rows| rows.into_iter().map(AttributeValueRow::into_value).collect()),
            tag_revisions: self.tags_set.into_revisions(&self.tags),
            tags: self.tags.into_owned(),
            unedited_default: owned(self.unedited_default),
            modified: Timestamp::from_millis(self.modified),
        })
    }
}

impl<'a> ApplicationGrantRow<'a> {
    fn from_application(application: &'a ApplicationGrant) -> Self {
        Self {
            namespace: Cow::Borrowed(&application.namespace),
            permissions: Cow::Borrowed(&application.permissions),
            kind: borrowed(&application.kind),
        }
    }

    fn into_application(self) -> ApplicationGrant {
        ApplicationGrant {
            namespace: self.namespace.into_owned(),
            permissions: self.permissions.into_owned(),
            kind: owned(self.kind),
        }
    }
}

impl<'a> AccessControlRow<'a> {
    fn from_access_control(control: &'a AccessControl) -> Self {
        Self {
            tags: Cow::Borrowed(&control.tags),
            tag_restricted: NameList(control.tag_restricted.clone()),
            hierarchy_restricted: control.hierarchy_restricted,
            hierarchy_group: control.hierarchy_group.map(Id),
        }
    }

    fn into_access_control(self) -> AccessControl {
        AccessControl {
            tags: self.tags.into_owned(),
            tag_restricted: self.tag_restricted.0,
            hierarchy_restricted: self.hierarchy_restricted,
            hierarchy_group: self.hierarchy_group.map(|group| group.0),
        }
    }
}

impl<'a> FlowModuleRow<'a> {
    fn from_flow_module(module: &'a FlowModule) -> Self {
        Self { id: Cow::Borrowed(&module.id), kind: borrowed(&module.kind) }
    }

    fn into_flow_module(self) -> FlowModule {
        FlowModule { id: self.id.into_owned(), kind: owned(self.kind) }
    }
}

impl<'a> AiAgentRow<'a> {
    fn from_ai_agent(agent: &'a AiAgent) -> Self {
        Self { arn: Cow::Borrowed(&agent.arn), kind: borrowed(&agent.kind) }
    }

    fn into_ai_agent(self) -> AiAgent {
        AiAgent { arn: self.arn.into_owned(), kind: owned(self.kind) }
    }
}

impl<'a> AttributeValueRow<'a> {
    fn from_value(value: &'a PrimaryAttributeValue) -> Self {
        Self {
            access: borrowed(&value.access),
            attribute: borrowed(&value.attribute),
            values: Cow::Borrowed(&value.values),
        }
    }

    fn into_value(self) -> PrimaryAttributeValue {
        PrimaryAttributeValue {
            access: owned(self.access),
            attribute: owned(self.attribute),
            values: self.values.into_owned(),
        }
    }
}
