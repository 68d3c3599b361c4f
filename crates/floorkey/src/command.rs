//! Commands: everything that can be asked to change in an instance.
//!
//! [`plan`](crate::plan()) decides on them. Ids, times and secrets come in with them; what is `None` stays as it is.

use std::collections::BTreeSet;

use crate::tags::Tags;
use crate::user::{Assignment, ChannelSettings, Identity, Proficiency, SecondFactor, User};
use crate::{
    AccessKeyId, Act, ApiToken, ApiTokenId, ApplicationResource, GuardMode, HierarchyGroupId, HierarchyLevelId, Opaque,
    RecordKey, RegisteredApplication, ResourceEdit, ResourceId, Revision, SecondFactorId, SecurityProfileId,
    StoredResourceType, Timestamp, TokenSettingsEdit, UserId,
};

mod about;
mod parts;
mod targets;
pub use parts::{FormerLogin, NewPassword, NewResource, NewSecurityProfile, NewUser, SecurityProfileEdit, UndoStep};

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
    /// Put one profile in the place of another, for everybody who holds it.
    ReplaceSecurityProfile {
        /// The profile that its holders lose; at most 10,000 hold it.
        profile: SecurityProfileId,
        /// What they get instead, for the same time. Who holds it already keeps it as it is.
        with: SecurityProfileId,
        /// Whether the profile that nobody holds then is deleted.
        delete: bool,
    },
    /// Make a user.
    CreateUser(Box<NewUser>),
    /// Bring a deleted user back as it was, but for profiles and groups that are gone, credentials and verified email.
    RestoreUser {
        /// As it was last.
        user: Box<User>,
        /// A new password, where the user is to sign in at once.
        password: Option<NewPassword>,
    },
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
    /// Give a user some profiles and take others, and leave the rest alone.
    ChangeSecurityProfiles {
        /// Whose.
        user: UserId,
        /// Given; ones that are held already are passed over.
        add: BTreeSet<SecurityProfileId>,
        /// Taken; ones that are not held are passed over.
        remove: BTreeSet<SecurityProfileId>,
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
    /// Choose another password for oneself.
    ChangeOwnPassword {
        /// Oneself.
        user: UserId,
        /// The new password, the user's own choice whatever it says of one-time.
        password: NewPassword,
    },
    /// End all sessions of a user.
    EndUserSessions {
        /// Whose.
        user: UserId,
    },
    /// Let a user who was locked out by failed sign-ins try again. Changes no record: the server counts failures.
    UnlockUser {
        /// Whom.
        user: UserId,
    },
    /// Set up a second factor for oneself.
    AddSecondFactor {
        /// Oneself.
        user: UserId,
        /// The factor; recovery codes take the place of earlier ones. `added` becomes the time of the command.
        factor: SecondFactor,
        /// What the factor is checked with, sealed.
        secret: Opaque,
    },
    /// Remove a second factor.
    RemoveSecondFactor {
        /// Whose.
        user: UserId,
        /// Which; all of them if `None`.
        factor: Option<SecondFactorId>,
    },
    /// Note that the user has shown to receive mail at the address.
    ConfirmEmail {
        /// Whose.
        user: UserId,
        /// The address, which must still be the user's.
        email: String,
    },
    /// Confirm that an address which an earlier custodian entered belongs to the user.
    VouchForEmail {
        /// Whose.
        user: UserId,
        /// The address, which must still be the user's.
        email: String,
    },
    /// Record that a user is invited. Where the user has not confirmed the address, the actor becomes a custodian.
    InviteUser {
        /// Whom.
        user: UserId,
        /// The address, which must still be the user's.
        email: String,
    },
    /// Replace the credentials of users, with this profile or any, who can do more than others who could know them.
    ReplaceCredentials(Option<SecurityProfileId>),
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
    /// Let a suspended access key sign again.
    ReinstateAccessKey {
        /// Which.
        id: AccessKeyId,
    },
    /// Forget what is sealed, access keys and apps as second factors, when the key file is lost. On the server only.
    ForgetSealed,
    /// Register an application, or register it anew: what it was before is replaced as a whole.
    RegisterApplication(Box<RegisteredApplication>),
    /// Take an application out of the register, with what is known of its things.
    UnregisterApplication {
        /// Which.
        namespace: String,
    },
    /// Tell of things of an application, or tell of them anew.
    PutApplicationResources {
        /// The application.
        namespace: String,
        /// The things, up to 10,000; their namespaces and times are filled in.
        resources: Vec<ApplicationResource>,
    },
    /// Forget things of an application.
    DeleteApplicationResources {
        /// The application.
        namespace: String,
        /// Their ids, up to 10,000; unknown ones are passed over.
        ids: BTreeSet<String>,
    },
    /// Make an API token.
    CreateApiToken(Box<ApiToken>),
    /// Change how questions with an API token are read and answered.
    UpdateApiToken(ApiTokenId, TokenSettingsEdit),
    /// Revoke an API token.
    RevokeApiToken {
        /// Which.
        id: ApiTokenId,
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
    /// Make a routing profile, a queue, hours of operation or an agent status.
    CreateResource(Box<NewResource>),
    /// Change a routing profile, queue or hours of operation.
    UpdateResource(Box<ResourceEdit>),
    /// Delete a routing profile, queue or hours of operation that nothing needs.
    DeleteResource {
        /// Of which kind.
        kind: StoredResourceType,
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
    /// Give a user a whole profile that only full administrators have, or a new one. Only on the server's machine.
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
    /// Record the login names that users had before histories of login names were kept: the users as they were when they
    /// gave them up, in any order. Once, by the system.
    RecordFormerLogins(Vec<FormerLogin>),
    /// Carry out several commands, each on the result of the last, as one change; or none of them.
    Batch {
        /// What it is called in the audit.
        act: Act,
        /// 1 to 10,000; none is a batch or an undo.
        commands: Vec<Self>,
    },
    /// Put records back as they were before a change, if they still are as it left them. Credentials stay as they are.
    Undo {
        /// The revision that the change made.
        revision: Revision,
        /// When it was made; `None` where that is not known, and everything counts as changed since.
        made: Option<Timestamp>,
        /// The records that it changed, as they were and as it left them.
        steps: Vec<UndoStep>,
    },
    /// Carry out a command only if a record is as whoever asks saw it.
    IfUnchanged {
        /// The record: a user, a profile, a group or a resource.
        record: RecordKey,
        /// When it had last changed then. Inside a batch: before the batch.
        modified: Timestamp,
        /// What to do.
        command: Box<Self>,
    },
}
