//! Commands: one for each kind of change that can be made to an instance.
//!
//! [`plan`](crate::plan()) carries them out. They contain new ids and secrets. `None` leaves a value unchanged.

use std::collections::BTreeSet;

use crate::tags::Tags;
use crate::user::{Assignment, ChannelSettings, Identity, MfaMethod, Proficiency, User};
use crate::{
    AccessKeyId, Action, ApiToken, ApiTokenId, ApplicationResource, GuardMode, HierarchyGroupId, HierarchyLevelId,
    MfaMethodId, RecordKey, RegisteredApplication, ResourceEdit, ResourceId, Revision, SecretBytes, SecurityProfileId,
    StoredResourceType, Timestamp, TokenSettingsEdit, UserId,
};

mod about;
mod parts;
mod targets;
pub use parts::{FormerLogin, NewPassword, NewResource, NewSecurityProfile, NewUser, SecurityProfileEdit, UndoStep};

/// A change to make in an instance.
#[derive(Clone, Debug)]
pub enum Command {
    /// Creates a security profile.
    CreateSecurityProfile(Box<NewSecurityProfile>),
    /// Changes a security profile.
    UpdateSecurityProfile {
        /// The profile.
        profile: SecurityProfileId,
        /// The changes to make.
        edit: Box<SecurityProfileEdit>,
    },
    /// Renames a security profile.
    RenameSecurityProfile {
        /// The profile.
        profile: SecurityProfileId,
        /// The new name.
        name: String,
    },
    /// Sets which profiles the users with a profile can assign under the guard's `enforce` mode.
    SetAssignableProfiles {
        /// The profile.
        profile: SecurityProfileId,
        /// The profiles that they can assign, besides access that they have themselves.
        assignable: BTreeSet<SecurityProfileId>,
    },
    /// Deletes a security profile that no user has.
    DeleteSecurityProfile {
        /// The profile.
        profile: SecurityProfileId,
    },
    /// Replaces one profile with another for all users who have it.
    ReplaceSecurityProfile {
        /// The profile to remove; at most 10,000 users can have it.
        profile: SecurityProfileId,
        /// The profile to assign instead, with the same dates. Existing assignments of it stay unchanged.
        with: SecurityProfileId,
        /// Whether to delete the removed profile afterwards.
        delete: bool,
    },
    /// Creates a user.
    CreateUser(Box<NewUser>),
    /// Restores a deleted user without credentials and verified email. Deleted profiles and groups are left out.
    RestoreUser {
        /// The user before its deletion.
        user: Box<User>,
        /// A new password; `None` if the user can't sign in yet.
        password: Option<NewPassword>,
    },
    /// Replaces a user's name and addresses as a whole.
    UpdateUserIdentityInfo {
        /// The user.
        user: UserId,
        /// The new values; values that are `None` are cleared.
        identity: Identity,
    },
    /// Changes a user's login name.
    RenameUserLogin {
        /// The user.
        user: UserId,
        /// The new login name.
        username: String,
    },
    /// Replaces a user's phone settings for all channels.
    UpdateUserPhoneConfig {
        /// The user.
        user: UserId,
        /// The settings by channel; channels that are absent are cleared.
        channels: Vec<ChannelSettings>,
    },
    /// Changes a user's phone settings for some channels.
    UpdateUserConfig {
        /// The user.
        user: UserId,
        /// The settings by channel; `None` leaves a value unchanged.
        channels: Vec<ChannelSettings>,
    },
    /// Assigns another routing profile to a user.
    UpdateUserRoutingProfile {
        /// The user.
        user: UserId,
        /// The routing profile.
        routing_profile: ResourceId,
    },
    /// Moves a user to another hierarchy group.
    UpdateUserHierarchy {
        /// The user.
        user: UserId,
        /// The group; `None` removes the user from the hierarchy.
        group: Option<HierarchyGroupId>,
    },
    /// Replaces the profiles of a user.
    UpdateUserSecurityProfiles {
        /// The user.
        user: UserId,
        /// 1 to 10 assignments. If one has no dates and the user already has its profile, the existing dates stay.
        assignments: Vec<Assignment>,
    },
    /// Assigns more profiles to a user.
    AssociateSecurityProfiles {
        /// The user.
        user: UserId,
        /// The profiles.
        profiles: Vec<SecurityProfileId>,
    },
    /// Removes profiles from a user.
    DisassociateSecurityProfiles {
        /// The user.
        user: UserId,
        /// The profiles; profiles that the user doesn't have are skipped.
        profiles: Vec<SecurityProfileId>,
    },
    /// Assigns some profiles to a user and removes others. All other profiles of the user stay.
    ChangeSecurityProfiles {
        /// The user.
        user: UserId,
        /// The profiles to assign; profiles that the user already has are skipped.
        add: BTreeSet<SecurityProfileId>,
        /// The profiles to remove; profiles that the user doesn't have are skipped.
        remove: BTreeSet<SecurityProfileId>,
    },
    /// Adds proficiencies that the user does not have yet.
    AssociateUserProficiencies {
        /// The user.
        user: UserId,
        /// The new proficiencies.
        proficiencies: Vec<Proficiency>,
    },
    /// Changes the level of proficiencies that the user has.
    UpdateUserProficiencies {
        /// The user.
        user: UserId,
        /// The proficiencies with their new levels.
        proficiencies: Vec<Proficiency>,
    },
    /// Removes proficiencies from a user.
    DisassociateUserProficiencies {
        /// The user.
        user: UserId,
        /// Attribute and value of each proficiency.
        proficiencies: Vec<(String, String)>,
    },
    /// Enables or disables a user.
    SetUserEnabled {
        /// The user.
        user: UserId,
        /// Whether the user is enabled.
        enabled: bool,
    },
    /// Resets a user's password.
    ResetUserPassword {
        /// The user.
        user: UserId,
        /// The new password.
        password: NewPassword,
        /// Whether to revoke the user's access keys as well.
        revoke_access_keys: bool,
    },
    /// Changes the actor's own password.
    ChangeOwnPassword {
        /// The actor.
        user: UserId,
        /// The new password. It is treated as chosen by the user, regardless of `one_time`.
        password: NewPassword,
    },
    /// Ends all sessions of a user.
    EndUserSessions {
        /// The user.
        user: UserId,
    },
    /// Lifts the lockout of a user after failed sign-ins. No record changes: the failures are counted by the server.
    UnlockUser {
        /// The user.
        user: UserId,
    },
    /// Sets up a second factor for the actor's own account.
    AddSecondFactor {
        /// The actor.
        user: UserId,
        /// The factor; recovery codes replace earlier ones. `added` is set to the time of the command.
        factor: MfaMethod,
        /// The sealed secret that verifies the factor.
        secret: SecretBytes,
    },
    /// Removes second factors from a user.
    RemoveSecondFactor {
        /// The user.
        user: UserId,
        /// The factor; all of the user's factors if `None`.
        factor: Option<MfaMethodId>,
    },
    /// Records that the user has proven that they receive email at the address.
    VerifyEmail {
        /// The user.
        user: UserId,
        /// The address, which must still be the user's.
        email: String,
    },
    /// Records the actor's confirmation that an address entered by an earlier custodian belongs to the user.
    VerifyEmailOfUser {
        /// The user.
        user: UserId,
        /// The address, which must still be the user's.
        email: String,
    },
    /// Records that a user is invited. If the user has not verified the address, the actor becomes a custodian.
    InviteUser {
        /// The user.
        user: UserId,
        /// The address, which must still be the user's.
        email: String,
    },
    /// Replaces credentials of users (all, or all with the profile) who have more access than one of their custodians.
    ReplaceCredentials(Option<SecurityProfileId>),
    /// Deletes a user.
    DeleteUser {
        /// The user.
        user: UserId,
    },
    /// Creates an access key.
    CreateAccessKey {
        /// The user on whose behalf the key signs requests.
        owner: UserId,
        /// The key's id, unique in the whole server.
        id: AccessKeyId,
        /// The key's purpose.
        label: String,
        /// The sealed secret.
        sealed_secret: SecretBytes,
    },
    /// Revokes an access key.
    RevokeAccessKey {
        /// The key.
        id: AccessKeyId,
    },
    /// Reinstates a suspended access key.
    ReinstateAccessKey {
        /// The key.
        id: AccessKeyId,
    },
    /// Deletes access keys and authenticator apps sealed with a lost key file. Only possible on the server's machine.
    DeleteSealed,
    /// Registers an application, or replaces its registration as a whole.
    RegisterApplication(Box<RegisteredApplication>),
    /// Removes the registration of an application and its registered resources.
    UnregisterApplication {
        /// The application.
        namespace: String,
    },
    /// Registers resources of an application, or replaces their registrations.
    PutApplicationResources {
        /// The application.
        namespace: String,
        /// The resources, up to 10,000; their namespaces and times are filled in.
        resources: Vec<ApplicationResource>,
    },
    /// Deletes registered resources of an application.
    DeleteApplicationResources {
        /// The application.
        namespace: String,
        /// The ids of the resources, up to 10,000; unknown ids are skipped.
        ids: BTreeSet<String>,
    },
    /// Creates an API token.
    CreateApiToken(Box<ApiToken>),
    /// Changes how requests with an API token are interpreted and answered.
    UpdateApiToken(ApiTokenId, TokenSettingsEdit),
    /// Revokes an API token.
    RevokeApiToken {
        /// The token.
        id: ApiTokenId,
    },
    /// Creates a hierarchy group.
    CreateUserHierarchyGroup {
        /// The group's id.
        id: HierarchyGroupId,
        /// The group's name.
        name: String,
        /// The parent group; `None` on the first level.
        parent: Option<HierarchyGroupId>,
        /// The group's tags.
        tags: Tags,
    },
    /// Renames a hierarchy group.
    UpdateUserHierarchyGroupName {
        /// The group.
        group: HierarchyGroupId,
        /// The new name.
        name: String,
    },
    /// Deletes a hierarchy group that has no users and no groups below it, and that nothing else refers to.
    DeleteUserHierarchyGroup {
        /// The group.
        group: HierarchyGroupId,
    },
    /// Sets the levels of the hierarchy.
    UpdateUserHierarchyStructure {
        /// The names, topmost first, each with the id to use if the level is new. Levels below these are removed.
        levels: Vec<(String, HierarchyLevelId)>,
    },
    /// Adds tags to a record.
    TagResource {
        /// The record.
        target: RecordKey,
        /// The tags; an existing key gets the new value.
        tags: Tags,
    },
    /// Removes tags from a record.
    UntagResource {
        /// The record.
        target: RecordKey,
        /// The keys of the tags; keys that the record doesn't have are skipped.
        keys: BTreeSet<String>,
    },
    /// Creates a routing profile, queue or hours of operation. Agent statuses can't be created.
    CreateResource(Box<NewResource>),
    /// Changes a routing profile, queue or hours of operation.
    UpdateResource(Box<ResourceEdit>),
    /// Deletes a routing profile, queue or hours of operation that is not in use.
    DeleteResource {
        /// The type of the resource.
        kind: StoredResourceType,
        /// The resource.
        id: ResourceId,
    },
    /// Sets an attribute of the instance.
    UpdateInstanceAttribute {
        /// The attribute's name.
        name: String,
        /// The attribute's value, as text.
        value: String,
    },
    /// Sets the mode of the escalation guard.
    SetEscalationGuard {
        /// The mode.
        mode: GuardMode,
        /// The reason. Required if the new mode is less strict.
        reason: String,
    },
    /// Assigns a profile that grants everything to a user. Only possible on the server's machine.
    RestoreAdministrator {
        /// The id for a new profile, used if no existing profile is suitable.
        profile: SecurityProfileId,
        /// The id for a new user, used if no user has the login name.
        user: UserId,
        /// The login name.
        username: String,
        /// The user's new password.
        password: NewPassword,
    },
    /// Adds the permissions that are new in this version's catalog to every unedited Admin profile.
    UpgradeCatalog,
    /// Records login names that users gave up before login histories were stored, in any order. The system issues this
    /// command once.
    RecordFormerLogins(Vec<FormerLogin>),
    /// Carries out several commands as one change: all or none. Each is applied to the result of the previous command.
    Batch {
        /// The event type in the audit log.
        action: Action,
        /// 1 to 10,000 commands, none of which is a batch or an undo.
        commands: Vec<Self>,
    },
    /// Restores records to their state before a change unless they have changed since. Credentials are not restored.
    Undo {
        /// The revision of the change.
        revision: Revision,
        /// The time of the change; `None` if unknown. All users then count as changed since.
        made: Option<Timestamp>,
        /// The records that the change affected, before and after it.
        steps: Vec<UndoStep>,
    },
    /// Carries out a command only if a record has not changed since the caller read it.
    IfUnchanged {
        /// The record: a user, profile, group, resource, application or application resource.
        record: RecordKey,
        /// The modification time that the caller read. In a batch it is compared with the record before the batch.
        modified: Timestamp,
        /// The command.
        command: Box<Self>,
    },
}
