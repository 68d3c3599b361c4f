//! The operations of the management API. Each operation is identified by the method and the path of its requests.

use floorkey_aws::path::{Labels, RequestPath};

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $method:literal $template:literal;)*) => {
        /// An operation of the management API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum ManagementOperation { $($(#[$doc])* $name),* }

        /// The method and the path of every operation. Labels in paths are enclosed in braces.
        pub const ROUTES: &[(&str, &str)] = &[$(($method, $template)),*];

        const OPERATIONS: &[(ManagementOperation, &str, &str)] =
            &[$((ManagementOperation::$name, $method, $template)),*];

        impl ManagementOperation {
            /// The name of the operation in logs and metrics.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }
        }
    };
}

operations! {
    /// Returns the catalog of permissions.
    ListPermissions = "GET" "/floorkey/v1/permissions";
    /// Lists a user's access keys, without their secrets.
    ListAccessKeys = "GET" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/access-keys";
    /// Creates an access key and returns its secret once.
    CreateAccessKey = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/access-keys";
    /// Revokes an access key.
    RevokeAccessKey = "DELETE" "/floorkey/v1/instances/{InstanceId}/access-keys/{AccessKeyId}";
    /// Reinstates a suspended access key.
    ReinstateAccessKey = "POST" "/floorkey/v1/instances/{InstanceId}/access-keys/{AccessKeyId}/reinstate";
    /// Sets a temporary password.
    ResetUserPassword = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/password";
    /// Enables a disabled user.
    EnableUser = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/enable";
    /// Disables a user, who can then neither sign in nor use access keys.
    DisableUser = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/disable";
    /// Ends all sessions of a user.
    EndUserSessions = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/sessions/end";
    /// Unlocks a user who is locked out after too many failed sign-ins.
    UnlockUser = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/unlock";
    /// Removes all MFA methods of a user, who can then sign in with the password alone.
    RemoveSecondFactors = "DELETE" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/second-factors";
    /// Sends a user a link to choose a password.
    InviteUser = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/invite";
    /// Renames a user's login.
    RenameUserLogin = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/login";
    /// Returns whether and how a user can sign in.
    DescribeUserStatus = "GET" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/status";
    /// Applies the same changes to several users in one revision.
    EditUsers = "POST" "/floorkey/v1/instances/{InstanceId}/users/edit";
    /// Restores deleted users.
    RestoreUsers = "POST" "/floorkey/v1/instances/{InstanceId}/users/restore";
    /// Lists all permissions that a user has, with the sources of each permission.
    ListUserPermissions = "GET" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/permissions";
    /// Lists how often a user has used each permission.
    ListPermissionUse = "GET" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/permission-use";
    /// Returns the status of the user with the given login name.
    DescribeUserByLogin = "GET" "/floorkey/v1/instances/{InstanceId}/logins/{Username}";
    /// Returns the mode of the escalation guard.
    DescribeEscalationGuard = "GET" "/floorkey/v1/instances/{InstanceId}/guard";
    /// Sets the mode of the escalation guard.
    SetEscalationGuard = "PUT" "/floorkey/v1/instances/{InstanceId}/guard";
    /// Lists the changes that the escalation guard would have refused in `enforce` mode.
    CheckEscalationGuard = "GET" "/floorkey/v1/instances/{InstanceId}/guard/check";
    /// Lists the findings: what an administrator should look at.
    ListFindings = "GET" "/floorkey/v1/instances/{InstanceId}/findings";
    /// Dismisses a finding for a while.
    DismissFinding = "POST" "/floorkey/v1/instances/{InstanceId}/findings/{FindingId}/dismiss";
    /// Ends the dismissal of a finding.
    ReopenFinding = "POST" "/floorkey/v1/instances/{InstanceId}/findings/{FindingId}/reopen";
    /// Assigns a finding to a user.
    AssignFinding = "PUT" "/floorkey/v1/instances/{InstanceId}/findings/{FindingId}/assignee";
    /// Lists the profiles that users with a profile can assign.
    ListAssignableProfiles = "GET" "/floorkey/v1/instances/{InstanceId}/security-profiles/{SecurityProfileId}/assignable";
    /// Sets the profiles that users with a profile can assign.
    SetAssignableProfiles = "PUT" "/floorkey/v1/instances/{InstanceId}/security-profiles/{SecurityProfileId}/assignable";
    /// Renames a security profile.
    RenameSecurityProfile = "POST" "/floorkey/v1/instances/{InstanceId}/security-profiles/{SecurityProfileId}/name";
    /// Replaces a security profile with another profile for all users.
    ReplaceSecurityProfile = "POST" "/floorkey/v1/instances/{InstanceId}/security-profiles/{SecurityProfileId}/replace";
    /// Exports signed authorization data for programs that make decisions in process.
    ExportBundle = "GET" "/floorkey/v1/instances/{InstanceId}/bundle";
    /// Returns the public key for verifying bundles.
    DescribeBundleKey = "GET" "/floorkey/v1/instances/{InstanceId}/bundle-key";
    /// Undoes a change if the changed records have not been modified since then.
    Undo = "POST" "/floorkey/v1/instances/{InstanceId}/undo";
    /// Lists the registered applications.
    ListApplications = "GET" "/floorkey/v1/instances/{InstanceId}/applications";
    /// Returns a registered application with its permissions.
    DescribeApplication = "GET" "/floorkey/v1/instances/{InstanceId}/applications/{Namespace}";
    /// Registers an application, or replaces its registration.
    RegisterApplication = "PUT" "/floorkey/v1/instances/{InstanceId}/applications/{Namespace}";
    /// Unregisters an application and deletes its registered resources.
    UnregisterApplication = "DELETE" "/floorkey/v1/instances/{InstanceId}/applications/{Namespace}";
    /// Lists the registered resources of an application.
    ListApplicationResources = "GET" "/floorkey/v1/instances/{InstanceId}/applications/{Namespace}/resources";
    /// Registers or updates resources of an application.
    PutApplicationResources = "PUT" "/floorkey/v1/instances/{InstanceId}/applications/{Namespace}/resources";
    /// Deletes registered resources of an application.
    DeleteApplicationResources = "POST" "/floorkey/v1/instances/{InstanceId}/applications/{Namespace}/resources/delete";
    /// Lists the conditions under which a profile's permissions apply.
    ListGrantConditions = "GET" "/floorkey/v1/instances/{InstanceId}/security-profiles/{SecurityProfileId}/conditions";
    /// Replaces the conditions under which a profile's permissions apply.
    SetGrantConditions = "PUT" "/floorkey/v1/instances/{InstanceId}/security-profiles/{SecurityProfileId}/conditions";
    /// Lists the API tokens, but not their secret strings.
    ListApiTokens = "GET" "/floorkey/v1/instances/{InstanceId}/api-tokens";
    /// Creates an API token and returns its secret string once.
    CreateApiToken = "POST" "/floorkey/v1/instances/{InstanceId}/api-tokens";
    /// Changes how requests with an API token are interpreted and answered.
    UpdateApiToken = "POST" "/floorkey/v1/instances/{InstanceId}/api-tokens/{ApiTokenId}";
    /// Revokes an API token.
    RevokeApiToken = "DELETE" "/floorkey/v1/instances/{InstanceId}/api-tokens/{ApiTokenId}";
    /// Restores the data that a server in memory had when it started.
    Reset = "POST" "/floorkey/v1/reset";
    /// Lists audit events, newest first.
    ListAuditEvents = "GET" "/floorkey/v1/instances/{InstanceId}/audit";
    /// Returns one audit event, with one page of the event's changes.
    DescribeAuditEvent = "GET" "/floorkey/v1/instances/{InstanceId}/audit/{Sequence}";
}

/// Finds the operation for a method and a raw path, and decodes the path's labels.
pub(super) fn find(method: &str, raw_path: &str) -> Option<(ManagementOperation, Labels)> {
    let path = RequestPath::parse(raw_path)?;
    let mut operations = OPERATIONS.iter().filter(|(_, known, _)| *known == method);
    operations.find_map(|(operation, _, template)| Some((*operation, path.labels(template)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_routed_to_its_operation() {
        for (operation, method, template) in OPERATIONS {
            let path = template.replace(['{', '}'], "");
            let (found, _) = find(method, &path).unwrap_or_else(|| panic!("{method} {path}"));
            assert_eq!(found, *operation);
        }
    }

    #[test]
    fn a_label_can_be_an_arn() {
        let path = "/floorkey/v1/instances/arn%3Aaws%3Aconnect%3Aus-east-1%3A123456789012%3Ainstance%2Fx/guard";
        let (operation, labels) = find("PUT", path).unwrap();
        assert_eq!(operation, ManagementOperation::SetEscalationGuard);
        assert_eq!(labels.get("InstanceId"), Some("arn:aws:connect:us-east-1:123456789012:instance/x"));
        assert_eq!(labels.get("UserId"), None);
    }

    #[test]
    fn other_methods_and_paths_have_no_route() {
        for (method, path) in [
            ("POST", "/floorkey/v1/permissions"),
            ("get", "/floorkey/v1/permissions"),
            ("GET", "/floorkey/v1/permissions/"),
            ("GET", "/floorkey/v1//permissions"),
            ("GET", "/floorkey/v1/%70ermissions"),
            ("GET", "/floorkey/v1/x/../permissions"),
            ("GET", "/floorkey/v1/instances/i/guard/more"),
            ("GET", "/floorkey/v1/instances//guard"),
            ("GET", "/floorkey/v2/permissions"),
        ] {
            assert_eq!(find(method, path), None, "{method} {path}");
        }
    }
}
