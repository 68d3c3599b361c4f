//! Commands, which represent the changes that can be made to an instance. [`plan`](crate::plan()) carries them out. A
//! command contains the ids and secrets of the records that it creates.

use std::collections::BTreeSet;

use crate::tags::Tags;
use crate::user::{Assignment, ChannelSettings, Identity, MfaMethod, Proficiency, User};
use crate::{
    AccessKeyId, Action, ApiToken, ApiTokenId, ApplicationResource, FindingEdit, FindingId, GuardMode,
    HierarchyGroupId, HierarchyLevelId, MfaMethodId, RecordKey, RegisteredApplication, ResourceEdit, ResourceId,
    Revision, SecretBytes, SecurityProfileId, StoredResourceType, Timestamp, TokenSettingsEdit, UserId,
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
    /// Sets which profiles the users with a given profile can assign in the guard's `enforce` mode.
    SetAssignableProfiles {
        /// The profile.
        profile: SecurityProfileId,
        /// The profiles that these users can assign. They can also grant the access that they have themselves.
        assignable: BTreeSet<SecurityProfileId>,
    },
    /// Deletes a security profile that no user has.
    DeleteSecurityProfile {
        /// The profile.
        profile: SecurityProfileId,
    },
    /// Removes one profile from all users who have it, and assigns another profile to the same users.
    ReplaceSecurityProfile {
        /// The profile to remove. At most 10,000 users can have this profile.
        profile: SecurityProfileId,
        /// The profile to assign instead, with the same dates. Users who already have this profile keep their dates.
        with: SecurityProfileId,
        /// Whether to delete the removed profile afterwards.
        delete: bool,
    },
    /// Creates a user.
    CreateUser(Box<NewUser>),
    /// Restores a deleted user without credentials and verified email. Deleted profiles and groups are omitted.
    RestoreUser {
        /// The user's state before the deletion.
        user: Box<User>,
        /// A new password; `None` if the user can't sign in yet.
        password: Option<NewPassword>,
    },
    /// Replaces all of a user's names and addresses.
    UpdateUserIdentityInfo {
        /// The user.
        user: UserId,
        /// The new names and addresses; a field that is `None` clears the user's value.
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
        /// The settings for each channel. If a channel is not listed, its settings are cleared.
        channels: Vec<ChannelSettings>,
    },
    /// Changes a user's phone settings for some channels.
    UpdateUserConfig {
        /// The user.
        user: UserId,
        /// The settings for each channel; a field that is `None` leaves the setting unchanged.
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
        /// The assignments (1 to 10). If an assignment has no dates, the user's existing dates are kept.
        assignments: Vec<Assignment>,
    },
    /// Assigns additional profiles to a user.
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
    /// Assigns some profiles to a user and removes others. The user keeps all remaining profiles.
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
        /// The attribute and the value of each proficiency.
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
        /// The new password. Floorkey treats the password as chosen by the user, regardless of `one_time`.
        password: NewPassword,
    },
    /// Ends all sessions of a user.
    EndUserSessions {
        /// The user.
        user: UserId,
    },
    /// Unlocks a user after failed sign-ins. No record changes, because failures are counted outside the records.
    UnlockUser {
        /// The user.
        user: UserId,
    },
    /// Sets up a second factor for the actor's own account.
    AddSecondFactor {
        /// The actor.
        user: UserId,
        /// The factor. New recovery codes replace existing codes. `added` is set to the time of the command.
        factor: MfaMethod,
        /// The encrypted secret that verifies the factor.
        secret: SecretBytes,
    },
    /// Removes second factors from a user.
    RemoveSecondFactor {
        /// The user.
        user: UserId,
        /// The factor; `None` removes all of the user's factors.
        factor: Option<MfaMethodId>,
    },
    /// Records proof that the user receives email at the given address.
    VerifyEmail {
        /// The user.
        user: UserId,
        /// The address, which must still be the user's current email address.
        email: String,
    },
    /// Records that the actor confirms a user's email address. An earlier custodian entered this address.
    VerifyEmailOfUser {
        /// The user.
        user: UserId,
        /// The address, which must still be the user's current email address.
        email: String,
    },
    /// Records that a user is invited. If the user has not verified the address, the actor becomes a custodian.
    InviteUser {
        /// The user.
        user: UserId,
        /// The address, which must still be the user's current email address.
        email: String,
    },
    /// Replaces the credentials of users with more access than a custodian. Checks only the users of a given profile.
    ReplaceCredentials(Option<SecurityProfileId>),
    /// Deletes a user.
    DeleteUser {
        /// The user.
        user: UserId,
    },
    /// Creates an access key.
    CreateAccessKey {
        /// The key's owner, who is the actor of requests that are signed with the key.
        owner: UserId,
        /// The key's id, unique across the whole server.
        id: AccessKeyId,
        /// The key's purpose.
        label: String,
        /// The encrypted secret.
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
    /// Deletes all access keys and MFA if the key file is lost. Works only on the server's machine.
    DeleteSealed,
    /// Registers an application, or replaces its registration as a whole.
    RegisterApplication(Box<RegisteredApplication>),
    /// Removes an application's registration and the application's registered resources.
    UnregisterApplication {
        /// The application.
        namespace: String,
    },
    /// Registers resources of an application, or replaces their registrations.
    PutApplicationResources {
        /// The application.
        namespace: String,
        /// The resources (up to 10,000). The command sets the resources' namespaces and modification times.
        resources: Vec<ApplicationResource>,
    },
    /// Deletes registered resources of an application.
    DeleteApplicationResources {
        /// The application.
        namespace: String,
        /// The resources' ids (up to 10,000). Unknown ids are skipped.
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
        /// The parent group; `None` at the top level.
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
    /// Deletes a hierarchy group. The group must have no users or child groups, and no other record may refer to it.
    DeleteUserHierarchyGroup {
        /// The group.
        group: HierarchyGroupId,
    },
    /// Sets the levels of the hierarchy.
    UpdateUserHierarchyStructure {
        /// The names, from the top level down. The ids are for new levels. Levels that are not listed are removed.
        levels: Vec<(String, HierarchyLevelId)>,
    },
    /// Adds tags to a record.
    TagResource {
        /// The record.
        target: RecordKey,
        /// The tags; a tag replaces an existing tag with the same key.
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
        /// The attribute's value, as a string.
        value: String,
    },
    /// Sets the mode of the escalation guard.
    SetEscalationGuard {
        /// The mode.
        mode: GuardMode,
        /// The reason, which is required if the new mode is less strict.
        reason: String,
    },
    /// Dismisses, reopens or assigns a finding.
    UpdateFinding(FindingId, FindingEdit),
    /// Assigns a user a profile that grants all permissions. Works only on the server's machine.
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
    /// Adds the permissions that are new in this version's catalog to every Admin profile that was not edited.
    UpgradeCatalog,
    /// Records login names that users lost before login histories existed. The system issues this command once.
    RecordFormerLogins(Vec<FormerLogin>),
    /// Carries out several commands as one atomic change. Each command applies to the previous command's result.
    Batch {
        /// The event type in the audit log.
        action: Action,
        /// The commands (1 to 10,000), which must not be batches or undos.
        commands: Vec<Self>,
    },
    /// Restores records to their state before a change, without credentials. Refused if a record changed again.
    Undo {
        /// The revision of the change.
        revision: Revision,
        /// The time of the change to undo. If it is `None`, all users are assumed to have changed since then.
        made: Option<Timestamp>,
        /// The records that the change affected, with their states before and after the change.
        steps: Vec<UndoStep>,
    },
    /// Carries out a command only if a record has not changed since the caller read the record.
    IfUnchanged {
        /// The record: a user, profile, group, resource, application, application resource or finding.
        record: RecordKey,
        /// The modification time that the caller read. In a batch, it is compared with the record before the batch.
        modified: Timestamp,
        /// The command.
        command: Box<Self>,
    },
}
