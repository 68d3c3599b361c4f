//! Structs that are used in commands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::action::Action;
use crate::command::Command;
use crate::condition::{AnyPermission, Condition};
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::profile::{AiAgent, ApplicationGrant, FlowModule, PrimaryAttributeValue, SecurityProfile};
use crate::record::{Record, RecordKey};
use crate::resource::{ResourceDetails, ResourceType};
use crate::revision::Revision;
use crate::secret::SecretBytes;
use crate::settings::GuardMode;
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::user::{ChannelSettings, Identity, User};

/// A security profile to create.
#[derive(Clone, Debug)]
pub struct NewSecurityProfile {
    /// The profile's id.
    pub id: SecurityProfileId,
    /// The profile's name: 1 to 127 letters, digits, spaces, underscores, at signs and hyphens.
    pub name: String,
    /// The profile's remaining content. If a field is `None`, the profile has no content for that field.
    pub content: SecurityProfileEdit,
    /// The profile's tags.
    pub tags: Tags,
}

/// The changes to make to a security profile. A field that is `None` leaves the profile's value unchanged.
#[derive(Clone, Debug, Default)]
pub struct SecurityProfileEdit {
    /// The description, up to 250 characters.
    pub description: Option<String>,
    /// The API names of the permissions (up to 500), which replace the profile's permissions.
    pub permissions: Option<Vec<String>>,
    /// The permissions in applications, which replace the profile's application permissions.
    pub applications: Option<Vec<ApplicationGrant>>,
    /// The conditions under which permissions apply, which replace the profile's conditions.
    pub conditions: Option<BTreeMap<AnyPermission, BTreeSet<Condition>>>,
    /// The tags that a resource must have if its type is listed in `tag_restricted`.
    pub access_control_tags: Option<Tags>,
    /// The names of the resource types that `access_control_tags` applies to.
    pub tag_restricted: Option<Vec<String>>,
    /// The names of the resource types that are restricted by hierarchy. The list is empty or contains only `User`.
    pub hierarchy_restricted: Option<Vec<String>>,
    /// The id of the hierarchy group to which access to users is restricted. An empty string represents the user's own
    /// group.
    pub hierarchy_group: Option<String>,
    /// The flow modules that applications can run on behalf of the profile's users.
    pub flow_modules: Option<Vec<FlowModule>>,
    /// The AI agents that users with the profile can use.
    pub ai_agents: Option<Vec<AiAgent>>,
    /// Values that restrict access to data tables; `Some(None)` removes the restriction.
    pub data_table_values: Option<Option<Vec<PrimaryAttributeValue>>>,
}

impl SecurityProfileEdit {
    /// Returns an edit that contains the profile's entire content. The edit can be used to copy the content to another
    /// profile, or to fill in an editor.
    #[must_use]
    pub fn from_profile(profile: &SecurityProfile) -> Self {
        let control = &profile.access_control;
        let names =
            |types: &BTreeSet<ResourceType>| types.iter().map(|restricted| restricted.as_str().to_owned()).collect();
        Self {
            description: Some(profile.description.clone()),
            permissions: Some(profile.selected.iter().map(|permission| permission.name().to_owned()).collect()),
            applications: Some(profile.applications.clone()),
            conditions: Some(profile.conditions.clone()),
            access_control_tags: Some(control.tags.clone()),
            tag_restricted: Some(names(&control.tag_restricted)),
            hierarchy_restricted: Some(if control.hierarchy_restricted { vec!["User".to_owned()] } else { Vec::new() }),
            hierarchy_group: Some(control.hierarchy_group.map(|group| group.to_string()).unwrap_or_default()),
            flow_modules: Some(profile.flow_modules.clone()),
            ai_agents: Some(profile.ai_agents.clone()),
            data_table_values: Some(profile.data_table_values.clone()),
        }
    }
}

/// A user to create.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The user's id.
    pub id: UserId,
    /// The login name.
    pub username: String,
    /// The password; `None` if the user can't sign in yet, or if an external directory checks the password.
    pub password: Option<NewPassword>,
    /// The user's names and addresses.
    pub identity: Identity,
    /// The user's id in an external directory.
    pub directory_user_id: Option<String>,
    /// The profiles to assign.
    pub profiles: Vec<SecurityProfileId>,
    /// The routing profile, which determines which contacts the user receives.
    pub routing_profile: ResourceId,
    /// The user's hierarchy group.
    pub hierarchy_group: Option<HierarchyGroupId>,
    /// The phone settings for each channel.
    pub channels: Vec<ChannelSettings>,
    /// The user's tags.
    pub tags: Tags,
}

/// A login name that a user previously had.
#[derive(Clone, Debug)]
pub struct FormerLogin {
    /// The user's last state with this login name.
    pub user: Arc<User>,
    /// The revision in which the user was deleted or renamed.
    pub until: Revision,
    /// When the user was deleted or renamed. `None` if the login name is no longer reserved.
    pub at: Option<Timestamp>,
}

/// A routing profile, queue or hours of operation to create.
#[derive(Clone, Debug)]
pub struct NewResource {
    /// The resource's id.
    pub id: ResourceId,
    /// The resource's name.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// The resource's tags.
    pub tags: Tags,
    /// The content that is specific to the resource type.
    pub details: ResourceDetails,
}

/// A password, validated and hashed outside this crate.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// The hash, which this crate never inspects.
    pub hash: SecretBytes,
    /// Whether the password is temporary. A temporary password must be changed at the first sign-in.
    pub temporary: bool,
}

/// A record to restore to its state before a change.
#[derive(Clone, Debug)]
pub struct UndoStep {
    /// The record before the change; `None` if the change created the record.
    pub before: Option<Record>,
    /// The record after the change; `None` if the change removed the record.
    pub after: Option<Record>,
}

impl UndoStep {
    /// Returns the key of the record. Returns `None` if the step has no record, or if `before` and `after` have
    /// different keys.
    #[must_use]
    pub fn key(&self) -> Option<RecordKey> {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) if before.key() == after.key() => Some(before.key()),
            (Some(record), None) | (None, Some(record)) => Some(record.key()),
            _ => None,
        }
    }
}

impl Command {
    /// Returns a command that sets the escalation guard's mode. If `replace_credentials` is true, the command also
    /// replaces credentials for all users (see [`Command::ReplaceCredentials`]).
    #[must_use]
    pub fn set_escalation_guard(mode: GuardMode, reason: String, replace_credentials: bool) -> Self {
        let set = Self::SetEscalationGuard { mode, reason };
        match replace_credentials {
            true => {
                Self::Batch { action: Action::SetEscalationGuard, commands: vec![set, Self::ReplaceCredentials(None)] }
            }
            false => set,
        }
    }
}
