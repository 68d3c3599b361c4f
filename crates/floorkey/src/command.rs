//! Commands: everything that can be asked to change in an instance.
//!
//! Whatever a surface changes is one of these; [`plan`](crate::plan()) decides on it. Ids, times and secrets come in
//! with the command, because this crate draws none. Optional inputs that are `None` leave things as they are.

use std::collections::BTreeSet;

use crate::access_key::AccessKeyId;
use crate::act::Act;
use crate::id::{HierarchyGroupId, HierarchyLevelId, ResourceId, SecurityProfileId, UserId};
use crate::profile::{AiAgent, Application, FlowModule, PrimaryAttributeValue};
use crate::record::RecordKey;
use crate::resource::{ResourceDetails, ResourceType};
use crate::secret::Opaque;
use crate::settings::GuardMode;
use crate::tags::Tags;
use crate::user::{Assignment, ChannelSettings, Identity, Proficiency};

/// Something to change.
#[derive(Clone, Debug)]
pub enum Command {
    /// Make a security profile.
    CreateSecurityProfile(Box<NewSecurityProfile>),
    /// Change a security profile.
    UpdateSecurityProfile {
        /// Which.
        profile: SecurityProfileId,
        /// What.
        edit: Box<SecurityProfileEdit>,
    },
    /// Rename a security profile.
    RenameSecurityProfile {
        /// Which.
        profile: SecurityProfileId,
        /// Its new name.
        name: String,
    },
    /// Say which profiles a profile's holders may hand out under the guard's `enforce` mode.
    SetAssignableProfiles {
        /// The profile.
        profile: SecurityProfileId,
        /// What its holders may hand out, besides what they hold.
        assignable: BTreeSet<SecurityProfileId>,
    },
    /// Delete a security profile that nobody holds.
    DeleteSecurityProfile {
        /// Which.
        profile: SecurityProfileId,
    },
    /// Make a user.
    CreateUser(Box<NewUser>),
    /// Replace a user's name and addresses as a whole.
    UpdateUserIdentityInfo {
        /// Whose.
        user: UserId,
        /// The new ones; what is absent is cleared.
        identity: Identity,
    },
    /// Change a user's login name.
    RenameUserLogin {
        /// Whose.
        user: UserId,
        /// The new login name.
        username: String,
    },
    /// Set every channel's phone settings of a user at once.
    UpdateUserPhoneConfig {
        /// Whose.
        user: UserId,
        /// By channel; channels that are absent are cleared.
        channels: Vec<ChannelSettings>,
    },
    /// Change some channels' phone settings of a user.
    UpdateUserConfig {
        /// Whose.
        user: UserId,
        /// By channel: what is set is changed, what is `None` stays.
        channels: Vec<ChannelSettings>,
    },
    /// Give a user another routing profile.
    UpdateUserRoutingProfile {
        /// Whose.
        user: UserId,
        /// The routing profile.
        routing_profile: ResourceId,
    },
    /// Move a user in the hierarchy.
    UpdateUserHierarchy {
        /// Whom.
        user: UserId,
        /// To where; `None` takes the user out of the hierarchy.
        group: Option<HierarchyGroupId>,
    },
    /// Replace the profiles that a user holds.
    UpdateUserSecurityProfiles {
        /// Whose.
        user: UserId,
        /// 1 to 10 profiles. An undated one that is held already keeps the dates it is held for.
        assignments: Vec<Assignment>,
    },
    /// Give a user more profiles.
    AssociateSecurityProfiles {
        /// Whom.
        user: UserId,
        /// Which.
        profiles: Vec<SecurityProfileId>,
    },
    /// Take profiles from a user.
    DisassociateSecurityProfiles {
        /// From whom.
        user: UserId,
        /// Which; ones that are not held are passed over.
        profiles: Vec<SecurityProfileId>,
    },
    /// Add proficiencies that the user must not have yet.
    AssociateUserProficiencies {
        /// Whose.
        user: UserId,
        /// The new ones.
        proficiencies: Vec<Proficiency>,
    },
    /// Change the level of proficiencies that the user has.
    UpdateUserProficiencies {
        /// Whose.
        user: UserId,
        /// With the new levels.
        proficiencies: Vec<Proficiency>,
    },
    /// Take proficiencies away.
    DisassociateUserProficiencies {
        /// Whose.
        user: UserId,
        /// Attribute and value.
        proficiencies: Vec<(String, String)>,
    },
    /// Enable or disable a user.
    SetUserEnabled {
        /// Whom.
        user: UserId,
        /// Whether the user is enabled from now on.
        enabled: bool,
    },
    /// Give a user another password.
    ResetUserPassword {
        /// Whose.
        user: UserId,
        /// The new password.
        password: NewPassword,
        /// Whether the user's access keys are revoked as well.
        revoke_access_keys: bool,
    },
    /// Delete a user.
    DeleteUser {
        /// Whom.
        user: UserId,
    },
    /// Make an access key.
    CreateAccessKey {
        /// In whose name it signs.
        owner: UserId,
        /// Its id, new in the whole server.
        id: AccessKeyId,
        /// What it is for.
        label: String,
        /// Its secret, sealed.
        sealed_secret: Opaque,
    },
    /// Revoke an access key.
    RevokeAccessKey {
        /// Which.
        id: AccessKeyId,
    },
    /// Make a group of the hierarchy.
    CreateUserHierarchyGroup {
        /// Its id.
        id: HierarchyGroupId,
        /// Its name.
        name: String,
        /// The group above; `None` on the first level.
        parent: Option<HierarchyGroupId>,
        /// Its tags.
        tags: Tags,
    },
    /// Rename a group of the hierarchy.
    UpdateUserHierarchyGroupName {
        /// Which.
        group: HierarchyGroupId,
        /// Its new name.
        name: String,
    },
    /// Delete a group of the hierarchy in which nothing stands.
    DeleteUserHierarchyGroup {
        /// Which.
        group: HierarchyGroupId,
    },
    /// Name the levels of the hierarchy.
    UpdateUserHierarchyStructure {
        /// The names, topmost first, each with the id it gets if its level is new; levels beyond are removed.
        levels: Vec<(String, HierarchyLevelId)>,
    },
    /// Put tags on something.
    TagResource {
        /// On what.
        target: RecordKey,
        /// Which; known keys get the new value.
        tags: Tags,
    },
    /// Take tags off something.
    UntagResource {
        /// Off what.
        target: RecordKey,
        /// Which keys; absent ones are passed over.
        keys: BTreeSet<String>,
    },
    /// Make a routing profile, queue or hours of operation.
    CreateResource(Box<NewResource>),
    /// Delete a routing profile, queue or hours of operation that nothing needs.
    DeleteResource {
        /// Of which type.
        resource_type: ResourceType,
        /// Which.
        id: ResourceId,
    },
    /// Set an attribute of the instance.
    UpdateInstanceAttribute {
        /// Its name.
        name: String,
        /// Its value, as text.
        value: String,
    },
    /// Set the escalation guard.
    SetEscalationGuard {
        /// How it behaves.
        mode: GuardMode,
        /// Why: needed for loosening.
        reason: String,
    },
    /// Make the Admin profile whole again and give it to a user who can sign in: the way back when nobody can
    /// administer the instance. Only on the server's machine.
    RestoreAdministrator {
        /// The profile's id, if it has to be made.
        profile: SecurityProfileId,
        /// The user's id, if `username` has to be made.
        user: UserId,
        /// The login name; made if nobody has it.
        username: String,
        /// The user's new password.
        password: NewPassword,
    },
    /// Add the permissions that this version's catalogue newly has to an Admin that nobody edited.
    UpgradeCatalogue,
}

impl Command {
    /// Which act it is.
    #[must_use]
    pub const fn act(&self) -> Act {
        match self {
            Self::CreateSecurityProfile(_) => Act::CreateSecurityProfile,
            Self::UpdateSecurityProfile { .. } => Act::UpdateSecurityProfile,
            Self::RenameSecurityProfile { .. } => Act::RenameSecurityProfile,
            Self::SetAssignableProfiles { .. } => Act::SetAssignableProfiles,
            Self::DeleteSecurityProfile { .. } => Act::DeleteSecurityProfile,
            Self::CreateUser(_) => Act::CreateUser,
            Self::UpdateUserIdentityInfo { .. } => Act::UpdateUserIdentityInfo,
            Self::RenameUserLogin { .. } => Act::RenameUserLogin,
            Self::UpdateUserPhoneConfig { .. } => Act::UpdateUserPhoneConfig,
            Self::UpdateUserConfig { .. } => Act::UpdateUserConfig,
            Self::UpdateUserRoutingProfile { .. } => Act::UpdateUserRoutingProfile,
            Self::UpdateUserHierarchy { .. } => Act::UpdateUserHierarchy,
            Self::UpdateUserSecurityProfiles { .. } => Act::UpdateUserSecurityProfiles,
            Self::AssociateSecurityProfiles { .. } => Act::AssociateSecurityProfiles,
            Self::DisassociateSecurityProfiles { .. } => Act::DisassociateSecurityProfiles,
            Self::AssociateUserProficiencies { .. } => Act::AssociateUserProficiencies,
            Self::UpdateUserProficiencies { .. } => Act::UpdateUserProficiencies,
            Self::DisassociateUserProficiencies { .. } => Act::DisassociateUserProficiencies,
            Self::SetUserEnabled { enabled: true, .. } => Act::EnableUser,
            Self::SetUserEnabled { enabled: false, .. } => Act::DisableUser,
            Self::ResetUserPassword { .. } => Act::ResetUserPassword,
            Self::DeleteUser { .. } => Act::DeleteUser,
            Self::CreateAccessKey { .. } => Act::CreateAccessKey,
            Self::RevokeAccessKey { .. } => Act::RevokeAccessKey,
            Self::CreateUserHierarchyGroup { .. } => Act::CreateUserHierarchyGroup,
            Self::UpdateUserHierarchyGroupName { .. } => Act::UpdateUserHierarchyGroupName,
            Self::DeleteUserHierarchyGroup { .. } => Act::DeleteUserHierarchyGroup,
            Self::UpdateUserHierarchyStructure { .. } => Act::UpdateUserHierarchyStructure,
            Self::TagResource { .. } => Act::TagResource,
            Self::UntagResource { .. } => Act::UntagResource,
            Self::CreateResource(new) => match new.details {
                ResourceDetails::RoutingProfile(_) => Act::CreateRoutingProfile,
                ResourceDetails::Queue(_) => Act::CreateQueue,
                ResourceDetails::HoursOfOperation(_) | ResourceDetails::AgentStatus(_) => Act::CreateHoursOfOperation,
            },
            Self::DeleteResource { resource_type, .. } => match resource_type {
                ResourceType::RoutingProfile => Act::DeleteRoutingProfile,
                ResourceType::Queue => Act::DeleteQueue,
                _ => Act::DeleteHoursOfOperation,
            },
            Self::UpdateInstanceAttribute { .. } => Act::UpdateInstanceAttribute,
            Self::SetEscalationGuard { .. } => Act::SetEscalationGuard,
            Self::RestoreAdministrator { .. } => Act::RestoreAdministrator,
            Self::UpgradeCatalogue => Act::UpgradeCatalogue,
        }
    }
}

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
