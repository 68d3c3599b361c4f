//! What larger commands are made of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::condition::{AnyPermission, Condition};
use crate::directory::Revision;
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::profile::{AiAgent, Application, FlowModule, PrimaryAttributeValue, SecurityProfile};
use crate::record::{Record, RecordKey};
use crate::resource::{ResourceDetails, ResourceType};
use crate::secret::Opaque;
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::user::{ChannelSettings, Identity, User};

/// A security profile to make.
#[derive(Clone, Debug)]
pub struct NewSecurityProfile {
    /// Its id.
    pub id: SecurityProfileId,
    /// Its name: 1 to 127 letters, digits, spaces, underscores, at signs and hyphens.
    pub name: String,
    /// Everything else; what is `None` is empty.
    pub content: SecurityProfileEdit,
    /// Its tags.
    pub tags: Tags,
}

/// What changes in a security profile.
#[derive(Clone, Debug, Default)]
pub struct SecurityProfileEdit {
    /// What it is for, up to 250 characters.
    pub description: Option<String>,
    /// The API names of the permissions, up to 500; they replace the present ones.
    pub permissions: Option<Vec<String>>,
    /// Permissions in other applications.
    pub applications: Option<Vec<Application>>,
    /// What must be true for permissions to count; they replace the present conditions.
    pub conditions: Option<BTreeMap<AnyPermission, BTreeSet<Condition>>>,
    /// Tags that resources of the restricted types must have.
    pub access_control_tags: Option<Tags>,
    /// The types that those tags restrict, in words.
    pub tag_restricted: Option<Vec<String>>,
    /// The types that the hierarchy restricts, in words: `User` or nothing.
    pub hierarchy_restricted: Option<Vec<String>>,
    /// The group whose users are reached, as text; empty means the holder's own.
    pub hierarchy_group: Option<String>,
    /// Flow modules that applications may run.
    pub flow_modules: Option<Vec<FlowModule>>,
    /// Agents of artificial intelligence.
    pub ai_agents: Option<Vec<AiAgent>>,
    /// Values that narrow access to data tables; `Some(None)` lifts the limit.
    pub data_table_values: Option<Option<Vec<PrimaryAttributeValue>>>,
}

impl SecurityProfileEdit {
    /// The edit that gives another profile everything that this one has, and what the edit of an editor begins with.
    #[must_use]
    pub fn of(profile: &SecurityProfile) -> Self {
        let control = &profile.access_control;
        let words =
            |types: &BTreeSet<ResourceType>| types.iter().map(|restricted| restricted.word().to_owned()).collect();
        Self {
            description: Some(profile.description.clone()),
            permissions: Some(profile.chosen.iter().map(|permission| permission.name().to_owned()).collect()),
            applications: Some(profile.applications.clone()),
            conditions: Some(profile.conditions.clone()),
            access_control_tags: Some(control.tags.clone()),
            tag_restricted: Some(words(&control.tag_restricted)),
            hierarchy_restricted: Some(if control.hierarchy_restricted { vec!["User".to_owned()] } else { Vec::new() }),
            hierarchy_group: Some(control.hierarchy_group.map(|group| group.to_string()).unwrap_or_default()),
            flow_modules: Some(profile.flow_modules.clone()),
            ai_agents: Some(profile.ai_agents.clone()),
            data_table_values: Some(profile.data_table_values.clone()),
        }
    }
}

/// A user to make.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The user's id.
    pub id: UserId,
    /// The login name.
    pub username: String,
    /// The password; `None` where nobody is to sign in yet, or an outside directory asks for it.
    pub password: Option<NewPassword>,
    /// Name and addresses.
    pub identity: Identity,
    /// The id in an outside directory.
    pub directory_user_id: Option<String>,
    /// The profiles held.
    pub profiles: Vec<SecurityProfileId>,
    /// Which contacts the user gets.
    pub routing_profile: ResourceId,
    /// The place in the hierarchy.
    pub hierarchy_group: Option<HierarchyGroupId>,
    /// Phone settings by channel.
    pub channels: Vec<ChannelSettings>,
    /// Tags.
    pub tags: Tags,
}

/// A login name that a user once gave up.
#[derive(Clone, Debug)]
pub struct FormerLogin {
    /// The user as they last had it.
    pub user: Arc<User>,
    /// The revision that deleted or renamed the user.
    pub until: Revision,
    /// When that was; `None` if it was long ago, so that the login name is not reserved any more.
    pub at: Option<Timestamp>,
}

/// A routing profile, queue or hours of operation to make.
#[derive(Clone, Debug)]
pub struct NewResource {
    /// Its id.
    pub id: ResourceId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Tags.
    pub tags: Tags,
    /// What it is.
    pub details: ResourceDetails,
}

/// A password that was checked and hashed outside.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// The hash; this crate never looks into it.
    pub hash: Opaque,
    /// Whether it must be changed at the first sign-in.
    pub one_time: bool,
}

/// A record that a change changed, to be put back.
#[derive(Clone, Debug)]
pub struct UndoStep {
    /// As it was before the change; `None` if the change made it.
    pub before: Option<Record>,
    /// As the change left it; `None` if the change removed it.
    pub after: Option<Record>,
}

impl UndoStep {
    /// The record that the step is about; `None` if it is about none or about two.
    #[must_use]
    pub fn key(&self) -> Option<RecordKey> {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) if before.key() == after.key() => Some(before.key()),
            (Some(record), None) | (None, Some(record)) => Some(record.key()),
            _ => None,
        }
    }
}
