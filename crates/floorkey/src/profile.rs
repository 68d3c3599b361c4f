//! Security profiles: named sets of permissions that are assigned to users.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::closure::{ClosedSet, with_requirements};
use crate::condition::{AnyPermission, Condition};
use crate::id::{HierarchyGroupId, SecurityProfileId};
use crate::permission_set::PermissionSet;
use crate::resource::ResourceType;
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::value_revisions::ValueRevisions;

/// A stored security profile.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityProfile {
    /// The ID of the profile.
    pub id: SecurityProfileId,
    /// The name, unique in the instance (see [`folded`](crate::text::folded)).
    pub name: String,
    /// The description; empty if there is none.
    pub description: String,
    /// The permissions that were selected.
    pub selected: PermissionSet,
    /// The selected permissions and all permissions that they require.
    pub permissions: ClosedSet,
    /// The profile's permissions in applications.
    pub applications: Vec<ApplicationGrant>,
    /// The resources that the permissions apply to.
    pub access_control: AccessControl,
    /// The conditions of each permission. All conditions of a permission must be met. Permissions without an entry have
    /// no conditions.
    pub conditions: BTreeMap<AnyPermission, BTreeSet<Condition>>,
    /// The profiles that users with this profile can assign if the escalation guard is in `enforce` mode. These users
    /// can also assign access that they have themselves.
    pub assignable: BTreeSet<SecurityProfileId>,
    /// Copies of the assignable profiles that were added by users without full access. Each copy was made when its
    /// profile was added, and only the access in the copy can be assigned. All other assignable profiles can be
    /// assigned with all access that they currently grant.
    pub pinned: BTreeMap<SecurityProfileId, Arc<SecurityProfile>>,
    /// Flow modules that applications can run for users with this profile.
    pub flow_modules: Vec<FlowModule>,
    /// AI agents that users with this profile can use.
    pub ai_agents: Vec<AiAgent>,
    /// Values of the primary attribute to which access to data tables is restricted; `None` if access is not
    /// restricted.
    pub data_table_values: Option<Vec<PrimaryAttributeValue>>,
    /// The tags on the profile itself.
    pub tags: Tags,
    /// The revisions in which the tags were set.
    pub tag_revisions: ValueRevisions,
    /// The name of the default profile that this profile was created from. It is removed when the permissions are
    /// edited for the first time.
    pub unedited_default: Option<String>,
    /// When the profile last changed.
    pub modified: Timestamp,
}

impl SecurityProfile {
    /// Creates a profile that grants the selected permissions and the permissions that they require, without a scope.
    #[must_use]
    pub fn new(
        id: SecurityProfileId,
        name: String,
        description: String,
        chosen: PermissionSet,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            name,
            description,
            selected: chosen,
            permissions: with_requirements(&chosen),
            applications: Vec::new(),
            access_control: AccessControl::default(),
            conditions: BTreeMap::new(),
            assignable: BTreeSet::new(),
            pinned: BTreeMap::new(),
            flow_modules: Vec::new(),
            ai_agents: Vec::new(),
            data_table_values: None,
            tags: Tags::new(),
            tag_revisions: ValueRevisions::default(),
            unedited_default: None,
            modified: now,
        }
    }

    /// Replaces the selected permissions and recomputes the permissions that they require.
    pub fn select(&mut self, selected: PermissionSet) {
        self.selected = selected;
        self.permissions = with_requirements(&selected);
    }
}

/// Permissions in one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationGrant {
    /// The namespace of the application, 1 to 128 characters.
    pub namespace: String,
    /// The names of the granted permissions, 1 to 50.
    pub permissions: Vec<String>,
    /// The kind of application: `MCP` or `THIRD_PARTY_APPLICATION`, if specified.
    pub kind: Option<String>,
}

/// A flow module that applications can run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowModule {
    /// The ID of the flow module.
    pub id: String,
    /// The kind of flow module. `MCP` is the only kind.
    pub kind: Option<String>,
}

/// An AI agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AiAgent {
    /// The ARN of the agent.
    pub arn: String,
    /// The kind of AI agent. `THIRD_PARTY` is the only kind.
    pub kind: Option<String>,
}

/// A value of the primary attribute of a data table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrimaryAttributeValue {
    /// The kind of access. `ALLOW` is the only kind.
    pub access: Option<String>,
    /// The name of the attribute.
    pub attribute: Option<String>,
    /// The values of the attribute.
    pub values: Vec<String>,
}

/// The resources that a profile's permissions apply to; all resources by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessControl {
    /// Tags that resources of the restricted types must have. A resource must have all of these tags.
    pub tags: Tags,
    /// The types of resources that must have the tags.
    pub tag_restricted: BTreeSet<ResourceType>,
    /// Whether access to users is restricted to a part of the hierarchy.
    pub hierarchy_restricted: bool,
    /// The topmost group of the accessible part of the hierarchy. `None` represents the user's own group.
    pub hierarchy_group: Option<HierarchyGroupId>,
}
