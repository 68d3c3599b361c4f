//! The table: every act with its noun, its title and its phrases.
//!
//! A phrase has places for what the event is about. `{the user}` reads "the user Ann", "the users Ann and Bob" or
//! "12 users (Ann, …)"; `{user}` reads "Ann", "Ann and Bob" or "12 users (Ann, …)"; without a user, both read "a user".
//! `{record}` takes records of every kind. What stands in brackets is left out where its place would be empty.

use floorkey::Act;

use super::EventType;
use super::noun::Noun::{
    self, AccessKeys, AgentStatuses, ApiTokens, Applications, Hierarchy, History, Hours, Instance, Queues,
    RoutingProfiles, SecurityProfiles, SignIn, Tags, Users,
};

const fn row(noun: Noun, title: &'static str, did: &'static str, infinitive: &'static str) -> EventType {
    EventType { noun, title, did, infinitive }
}

/// What is said of an act. The match has no wildcard, so that no act can be without words.
#[rustfmt::skip]
pub(super) const fn words(act: Act) -> EventType {
    match act {
        Act::AddSecondFactor => row(SignIn, "MFA device added", "added an MFA device for {user}", "add an MFA device for {user}"),
        Act::AssociateSecurityProfiles => row(Users, "Security profiles assigned", "assigned security profiles to {user}", "assign security profiles to {user}"),
        Act::AssociateUserProficiencies => row(Users, "Proficiencies added", "added proficiencies to {user}", "add proficiencies to {user}"),
        Act::ChangeOwnPassword => row(SignIn, "Password changed", "changed their password", "change their password"),
        Act::ChangeSecurityProfiles | Act::UpdateUserSecurityProfiles => row(Users, "Security profiles of a user changed", "changed the security profiles of {user}", "change the security profiles of {user}"),
        Act::CheckAccess => row(Users, "Access checked", "checked access[ of {user}]", "check access[ of {user}]"),
        Act::ConfirmEmail => row(SignIn, "Email verified", "verified their email", "verify their email"),
        Act::CreateAccessKey => row(AccessKeys, "Access key created", "created {the access key}[ for {user}]", "create {the access key}[ for {user}]"),
        Act::CreateAgentStatus => row(AgentStatuses, "Agent status created", "created {the agent status}", "create {the agent status}"),
        Act::CreateApiToken => row(ApiTokens, "API token created", "created {the API token}", "create {the API token}"),
        Act::CreateHoursOfOperation => row(Hours, "Hours of operation created", "created {the hours of operation}", "create {the hours of operation}"),
        Act::CreateInstance => row(Instance, "Instance created", "created the instance", "create the instance"),
        Act::CreateQueue => row(Queues, "Queue created", "created {the queue}", "create {the queue}"),
        Act::CreateRoutingProfile => row(RoutingProfiles, "Routing profile created", "created {the routing profile}", "create {the routing profile}"),
        Act::CreateSecurityProfile => row(SecurityProfiles, "Security profile created", "created {the security profile}", "create {the security profile}"),
        Act::CreateUser => row(Users, "User created", "created {the user}", "create {the user}"),
        Act::CreateUserHierarchyGroup => row(Hierarchy, "Hierarchy group created", "created {the hierarchy group}", "create {the hierarchy group}"),
        Act::DeleteAgentStatus => row(AgentStatuses, "Agent status deleted", "deleted {the agent status}", "delete {the agent status}"),
        Act::DeleteApplicationResources => row(Applications, "Resources deleted", "deleted {the resource}[ of {application}]", "delete {the resource}[ of {application}]"),
        Act::DeleteHoursOfOperation => row(Hours, "Hours of operation deleted", "deleted {the hours of operation}", "delete {the hours of operation}"),
        Act::DeleteInstance => row(Instance, "Instance deleted", "deleted the instance", "delete the instance"),
        Act::DeleteQueue => row(Queues, "Queue deleted", "deleted {the queue}", "delete {the queue}"),
        Act::DeleteRoutingProfile => row(RoutingProfiles, "Routing profile deleted", "deleted {the routing profile}", "delete {the routing profile}"),
        Act::DeleteSecurityProfile => row(SecurityProfiles, "Security profile deleted", "deleted {the security profile}", "delete {the security profile}"),
        Act::DeleteUser | Act::DeleteUsers => row(Users, "User deleted", "deleted {the user}", "delete {the user}"),
        Act::DeleteUserHierarchyGroup => row(Hierarchy, "Hierarchy group deleted", "deleted {the hierarchy group}", "delete {the hierarchy group}"),
        Act::DescribeAgentStatus => row(AgentStatuses, "Agent statuses viewed", "viewed {the agent status}", "view {the agent status}"),
        Act::DescribeGrantConditions => row(SecurityProfiles, "Security profiles viewed", "viewed the conditions of {the security profile}", "view the conditions of {the security profile}"),
        Act::DescribeHoursOfOperation => row(Hours, "Hours of operation viewed", "viewed {the hours of operation}", "view {the hours of operation}"),
        Act::DescribeInstance => row(Instance, "Instance viewed", "viewed the instance", "view the instance"),
        Act::DescribeInstanceAttribute => row(Instance, "Instance viewed", "viewed an attribute of the instance", "view an attribute of the instance"),
        Act::DescribeQueue => row(Queues, "Queues viewed", "viewed {the queue}", "view {the queue}"),
        Act::DescribeRoutingProfile => row(RoutingProfiles, "Routing profiles viewed", "viewed {the routing profile}", "view {the routing profile}"),
        Act::DescribeSecurityProfile => row(SecurityProfiles, "Security profiles viewed", "viewed {the security profile}", "view {the security profile}"),
        Act::DescribeUser => row(Users, "Users viewed", "viewed {the user}", "view {the user}"),
        Act::DescribeUserHierarchyGroup => row(Hierarchy, "Hierarchy viewed", "viewed {the hierarchy group}", "view {the hierarchy group}"),
        Act::DescribeUserHierarchyStructure => row(Hierarchy, "Hierarchy viewed", "viewed the hierarchy levels", "view the hierarchy levels"),
        Act::DisableUser => row(Users, "User disabled", "disabled {the user}", "disable {the user}"),
        Act::DisassociateSecurityProfiles => row(Users, "Security profiles removed", "removed security profiles from {user}", "remove security profiles from {user}"),
        Act::DisassociateUserProficiencies => row(Users, "Proficiencies removed", "removed proficiencies from {user}", "remove proficiencies from {user}"),
        Act::DownloadUsers => row(Users, "User list downloaded", "downloaded the list of users", "download the list of users"),
        Act::EditUsers => row(Users, "Users edited", "edited {the user}", "edit {the user}"),
        Act::EnableUser => row(Users, "User enabled", "enabled {the user}", "enable {the user}"),
        Act::EndUserSessions => row(SignIn, "Sessions ended", "ended sessions of {user}", "end sessions of {user}"),
        Act::ExportBundle => row(Instance, "Bundle exported", "exported a bundle of the instance", "export a bundle of the instance"),
        Act::FailedSignIn => row(SignIn, "Sign-in failed", "failed to sign in as {user}", "sign in as {user}"),
        Act::ForgetSealed => row(Instance, "Key file replaced", "replaced the key file, which revoked every access key and authenticator app", "replace the key file"),
        Act::ImportUsers => row(Users, "Users imported", "imported {the user}", "import {the user}"),
        Act::InviteUser => row(Users, "User invited", "invited {the user}", "invite {the user}"),
        Act::ListAccessKeys => row(AccessKeys, "Access keys viewed", "listed the access keys of {user}", "list the access keys of {user}"),
        Act::ListAgentStatuses => row(AgentStatuses, "Agent statuses viewed", "listed the agent statuses", "list the agent statuses"),
        Act::ListApiTokens => row(ApiTokens, "API tokens viewed", "listed the API tokens", "list the API tokens"),
        Act::ListApplications => row(Applications, "Applications viewed", "listed the applications", "list the applications"),
        Act::ListEntitySecurityProfiles => row(Users, "Users viewed", "listed the security profiles of {user}", "list the security profiles of {user}"),
        Act::ListHoursOfOperations => row(Hours, "Hours of operation viewed", "listed the hours of operation", "list the hours of operation"),
        Act::ListInstanceAttributes => row(Instance, "Instance viewed", "listed the attributes of the instance", "list the attributes of the instance"),
        Act::ListInstances => row(Instance, "Instance viewed", "listed the instances", "list the instances"),
        Act::ListPermissionUse => row(Users, "Permission use viewed", "viewed the use of permissions[ by {user}]", "view the use of permissions[ by {user}]"),
        Act::ListQueues => row(Queues, "Queues viewed", "listed the queues", "list the queues"),
        Act::ListRoutingProfiles => row(RoutingProfiles, "Routing profiles viewed", "listed the routing profiles", "list the routing profiles"),
        Act::ListSecurityProfileAIAgents => row(SecurityProfiles, "Security profiles viewed", "listed the AI agents of {the security profile}", "list the AI agents of {the security profile}"),
        Act::ListSecurityProfileApplications => row(SecurityProfiles, "Security profiles viewed", "listed the applications of {the security profile}", "list the applications of {the security profile}"),
        Act::ListSecurityProfileFlowModules => row(SecurityProfiles, "Security profiles viewed", "listed the flow modules of {the security profile}", "list the flow modules of {the security profile}"),
        Act::ListSecurityProfilePermissions => row(SecurityProfiles, "Security profiles viewed", "listed the permissions of {the security profile}", "list the permissions of {the security profile}"),
        Act::ListSecurityProfiles => row(SecurityProfiles, "Security profiles viewed", "listed the security profiles", "list the security profiles"),
        Act::ListTagsForResource => row(Tags, "Tags viewed", "listed the tags of {record}", "list the tags of {record}"),
        Act::ListUserHierarchyGroups => row(Hierarchy, "Hierarchy viewed", "listed the hierarchy groups", "list the hierarchy groups"),
        Act::ListUserProficiencies => row(Users, "Users viewed", "listed the proficiencies of {user}", "list the proficiencies of {user}"),
        Act::ListUsers => row(Users, "Users viewed", "listed the users", "list the users"),
        Act::PutApplicationResources => row(Applications, "Resources imported", "imported {the resource}[ for {application}]", "import {the resource}[ for {application}]"),
        Act::RecordFormerLogins => row(Instance, "Former logins recorded", "recorded the former logins of users", "record the former logins of users"),
        Act::RegisterApplication => row(Applications, "Application registered", "registered {the application}", "register {the application}"),
        Act::ReinstateAccessKey => row(AccessKeys, "Access key reinstated", "reinstated {the access key}[ of {user}]", "reinstate {the access key}[ of {user}]"),
        Act::RemoveSecondFactor => row(SignIn, "MFA device removed", "removed an MFA device of {user}", "remove an MFA device of {user}"),
        Act::RenameSecurityProfile => row(SecurityProfiles, "Security profile renamed", "renamed {the security profile}", "rename {the security profile}"),
        Act::RenameUserLogin => row(Users, "Login changed", "changed the login of {user}", "change the login of {user}"),
        Act::ReplaceCredentials => row(SignIn, "Credentials replaced", "replaced credentials of {user} that other users could know", "replace credentials of {user} that other users could know"),
        Act::ReplaceSecurityProfile => row(SecurityProfiles, "Security profile replaced", "replaced {the security profile}[ for {user}]", "replace {the security profile}[ for {user}]"),
        Act::ResetUserPassword => row(SignIn, "Password reset", "reset the password of {user}", "reset the password of {user}"),
        Act::ResetUserPasswords => row(SignIn, "Password reset", "reset the passwords of {user}", "reset the passwords of {user}"),
        Act::RestoreAdministrator => row(Users, "Administrator restored", "restored {user} as an administrator", "restore {user} as an administrator"),
        Act::RestoreUser => row(Users, "User restored", "restored {the user}", "restore {the user}"),
        Act::RevokeAccessKey => row(AccessKeys, "Access key revoked", "revoked {the access key}[ of {user}]", "revoke {the access key}[ of {user}]"),
        Act::RevokeApiToken => row(ApiTokens, "API token revoked", "revoked {the API token}", "revoke {the API token}"),
        Act::SearchSecurityProfiles => row(SecurityProfiles, "Security profiles viewed", "searched the security profiles", "search the security profiles"),
        Act::SearchUserHierarchyGroups => row(Hierarchy, "Hierarchy viewed", "searched the hierarchy groups", "search the hierarchy groups"),
        Act::SearchUsers => row(Users, "Users viewed", "searched the users", "search the users"),
        Act::SendPasswordLink => row(SignIn, "Password link sent", "sent a password link to {user}", "send a password link to {user}"),
        Act::SetAssignableProfiles => row(SecurityProfiles, "Assignable profiles changed", "changed what users with {the security profile} can assign", "change what users with {the security profile} can assign"),
        Act::SetEscalationGuard => row(Instance, "Escalation guard set", "set the escalation guard", "set the escalation guard"),
        Act::SignIn => row(SignIn, "User signed in", "signed in", "sign in"),
        Act::SignOut => row(SignIn, "User signed out", "signed out", "sign out"),
        Act::TagResource => row(Tags, "Tags added", "added tags to {record}", "add tags to {record}"),
        Act::Undo => row(History, "Change undone", "undid a change to {record}", "undo a change to {record}"),
        Act::UnlockUser => row(SignIn, "User unlocked", "unlocked {the user}", "unlock {the user}"),
        Act::UnregisterApplication => row(Applications, "Application unregistered", "unregistered {the application}", "unregister {the application}"),
        Act::UntagResource => row(Tags, "Tags removed", "removed tags from {record}", "remove tags from {record}"),
        Act::UpdateApiToken => row(ApiTokens, "API token changed", "changed the settings of {the API token}", "change the settings of {the API token}"),
        Act::UpdateInstanceAttribute => row(Instance, "Instance attribute changed", "changed an attribute of the instance", "change an attribute of the instance"),
        Act::UpdateSecurityProfile => row(SecurityProfiles, "Security profile edited", "edited {the security profile}", "edit {the security profile}"),
        Act::UpdateUserConfig | Act::UpdateUserPhoneConfig => row(Users, "Phone settings changed", "changed the phone settings of {user}", "change the phone settings of {user}"),
        Act::UpdateUserHierarchy => row(Users, "User moved to another group", "moved {the user} to another group", "move {the user} to another group"),
        Act::UpdateUserHierarchyGroupName => row(Hierarchy, "Hierarchy group renamed", "renamed {the hierarchy group}", "rename {the hierarchy group}"),
        Act::UpdateUserHierarchyStructure => row(Hierarchy, "Hierarchy levels changed", "changed the hierarchy levels", "change the hierarchy levels"),
        Act::UpdateUserIdentityInfo => row(Users, "Name or email changed", "changed the name or email of {user}", "change the name or email of {user}"),
        Act::UpdateUserNotificationStatus => row(Users, "Notification settings changed", "changed the notification settings of {user}", "change the notification settings of {user}"),
        Act::UpdateUserProficiencies => row(Users, "Proficiencies changed", "changed the proficiencies of {user}", "change the proficiencies of {user}"),
        Act::UpdateUserRoutingProfile => row(Users, "Routing profile of a user changed", "changed the routing profile of {user}", "change the routing profile of {user}"),
        Act::UpgradeCatalogue => row(Instance, "New permissions added", "added the new permissions of this version", "add the new permissions of this version"),
        Act::ViewHistoricalChanges => row(History, "Historical changes viewed", "viewed the historical changes", "view the historical changes"),
        Act::VouchForEmail => row(SignIn, "Email marked as verified", "marked the email of {user} as verified", "mark the email of {user} as verified"),
    }
}

/// The act of the same type that is done to one user, where there is one: `DeleteUsers` with one user reads like
/// `DeleteUser`.
pub(super) const fn for_one(act: Act) -> Act {
    match act {
        Act::ResetUserPasswords => Act::ResetUserPassword,
        act => act,
    }
}
