//! Security profiles: named sets of permissions that users are given.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::closure::{ClosedSet, close};
use crate::condition::{AnyPermission, Condition};
use crate::id::{HierarchyGroupId, SecurityProfileId};
use crate::permission_set::PermissionSet;
use crate::resource::ResourceType;
use crate::set_revisions::SetRevisions;
use crate::tags::Tags;
use crate::time::Timestamp;

/// A security profile as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityProfile {
    /// Its id.
    pub id: SecurityProfileId,
    /// Its name, unique in the instance (see [`folded`](crate::text::folded)).
    pub name: String,
    /// What it is for; empty when nobody said.
    pub description: String,
    /// The permissions that were chosen.
    pub chosen: PermissionSet,
    /// The chosen permissions and everything they require.
    pub permissions: ClosedSet,
    /// Permissions in other applications.
    pub applications: Vec<Application>,
    /// Which resources the permissions reach.
    pub access_control: AccessControl,
    /// What must be true for a permission to count, all of it; permissions that are not named count always.
    pub conditions: BTreeMap<AnyPermission, BTreeSet<Condition>>,
    /// The profiles that holders may hand out under the guard's `enforce` mode, besides what they hold.
    pub assignable: BTreeSet<SecurityProfileId>,
    /// Of these assignable profiles, users can assign only what each granted when it was named, as it was then: a user
    /// without full access named them. The others follow what the named profile grants now.
    pub pinned: BTreeMap<SecurityProfileId, Arc<SecurityProfile>>,
    /// Flow modules that holders' applications may run.
    pub flow_modules: Vec<FlowModule>,
    /// Agents of artificial intelligence that holders may use.
    pub ai_agents: Vec<AiAgent>,
    /// Values of the primary attribute that narrow access to data tables; `None` where nothing is narrowed.
    pub data_table_values: Option<Vec<PrimaryAttributeValue>>,
    /// The tags on the profile itself.
    pub tags: Tags,
    /// When the tags were set.
    pub tags_set: SetRevisions,
    /// The default profile that it was made as, by name; cleared by the first edit of its permissions.
    pub unedited_default: Option<String>,
    /// When it last changed.
    pub modified: Timestamp,
}

impl SecurityProfile {
    /// A profile that grants the chosen permissions and what they require, everywhere.
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
            chosen,
            permissions: close(&chosen),
            applications: Vec::new(),
            access_control: AccessControl::default(),
            conditions: BTreeMap::new(),
            assignable: BTreeSet::new(),
            pinned: BTreeMap::new(),
            flow_modules: Vec::new(),
            ai_agents: Vec::new(),
            data_table_values: None,
            tags: Tags::new(),
            tags_set: SetRevisions::default(),
            unedited_default: None,
            modified: now,
        }
    }

    /// Chooses other permissions; what they require comes along.
    pub fn choose(&mut self, chosen: PermissionSet) {
        self.chosen = chosen;
        self.permissions = close(&chosen);
    }
}

/// Permissions in one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// The application's name, 1 to 128 characters.
    pub namespace: String,
    /// What the profile grants there: 1 to 50 names.
    pub permissions: Vec<String>,
    /// `MCP` or `THIRD_PARTY_APPLICATION`, where it was said.
    pub kind: Option<String>,
}

/// A flow module that applications may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowModule {
    /// Its id.
    pub id: String,
    /// `MCP`, the only kind.
    pub kind: Option<String>,
}

/// An agent of artificial intelligence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AiAgent {
    /// Its ARN.
    pub arn: String,
    /// `THIRD_PARTY`, the only kind.
    pub kind: Option<String>,
}

/// A value of a data table's primary attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrimaryAttributeValue {
    /// `ALLOW`, the only kind of access.
    pub access: Option<String>,
    /// The attribute.
    pub attribute: Option<String>,
    /// Its values.
    pub values: Vec<String>,
}

/// Which resources a profile's permissions reach; everything where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessControl {
    /// Tags that resources of the restricted types must have, all of them.
    pub tags: Tags,
    /// The types that the tags restrict.
    pub tag_restricted: BTreeSet<ResourceType>,
    /// Whether users are reached only inside a part of the hierarchy.
    pub hierarchy_restricted: bool,
    /// That part's topmost group; `None` is the holder's own group.
    pub hierarchy_group: Option<HierarchyGroupId>,
}
