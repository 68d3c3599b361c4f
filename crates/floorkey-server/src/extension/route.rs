//! The extensions, and the way from method and path to one of them.

use floorkey_connect::path::segments;

macro_rules! extensions {
    ($($(#[$doc:meta])* $name:ident = $method:literal $template:literal;)*) => {
        /// An extension of ours to Connect's API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Extension { $($(#[$doc])* $name),* }

        /// Every extension: method and path, with labels in braces.
        pub const ROUTES: &[(&str, &str)] = &[$(($method, $template)),*];

        const EXTENSIONS: &[(Extension, &str, &str)] = &[$((Extension::$name, $method, $template)),*];

        impl Extension {
            /// Its name, as logs and metrics have it.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }
        }
    };
}

extensions! {
    /// The catalogue of permissions.
    ListPermissions = "GET" "/floorkey/v1/permissions";
    /// A user's access keys, without their secrets.
    ListAccessKeys = "GET" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/access-keys";
    /// A new access key, with its secret this once.
    CreateAccessKey = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/access-keys";
    /// An access key opens nothing any more.
    RevokeAccessKey = "DELETE" "/floorkey/v1/instances/{InstanceId}/access-keys/{AccessKeyId}";
    /// Let a suspended access key sign again.
    ReinstateAccessKey = "POST" "/floorkey/v1/instances/{InstanceId}/access-keys/{AccessKeyId}/reinstate";
    /// Another password, one-time.
    ResetUserPassword = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/password";
    /// A disabled user may sign in and act again.
    EnableUser = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/enable";
    /// A user can neither sign in nor act.
    DisableUser = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/disable";
    /// All sessions of a user end.
    EndUserSessions = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/sessions/end";
    /// A user who failed to sign in too often may try again at once.
    UnlockUser = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/unlock";
    /// A user signs in with the password alone.
    RemoveSecondFactors = "DELETE" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/second-factors";
    /// A user is sent a link to choose a password with.
    InviteUser = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/invite";
    /// Another login name.
    RenameUserLogin = "POST" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/login";
    /// Whether somebody can sign in as the user, and how.
    DescribeUserStatus = "GET" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/status";
    /// Many users change in the same way, in one step.
    EditUsers = "POST" "/floorkey/v1/instances/{InstanceId}/users/edit";
    /// Deleted users come back.
    RestoreUsers = "POST" "/floorkey/v1/instances/{InstanceId}/users/restore";
    /// Everything that the user may do now, and where each permission comes from.
    ListUserPermissions = "GET" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/permissions";
    /// Which of the permissions that a user holds the user uses.
    ListPermissionUse = "GET" "/floorkey/v1/instances/{InstanceId}/users/{UserId}/permission-use";
    /// Who has that login name.
    DescribeUserByLogin = "GET" "/floorkey/v1/instances/{InstanceId}/logins/{Username}";
    /// How the escalation guard behaves.
    DescribeEscalationGuard = "GET" "/floorkey/v1/instances/{InstanceId}/guard";
    /// The escalation guard behaves otherwise.
    SetEscalationGuard = "PUT" "/floorkey/v1/instances/{InstanceId}/guard";
    /// Which profiles a profile's holders may hand out.
    ListAssignableProfiles = "GET" "/floorkey/v1/instances/{InstanceId}/security-profiles/{SecurityProfileId}/assignable";
    /// A profile's holders may hand out these.
    SetAssignableProfiles = "PUT" "/floorkey/v1/instances/{InstanceId}/security-profiles/{SecurityProfileId}/assignable";
    /// Another name for a profile.
    RenameSecurityProfile = "POST" "/floorkey/v1/instances/{InstanceId}/security-profiles/{SecurityProfileId}/name";
    /// Another profile in the place of one, for everybody who holds it.
    ReplaceSecurityProfile = "POST" "/floorkey/v1/instances/{InstanceId}/security-profiles/{SecurityProfileId}/replace";
    /// Everything that decides, signed, for programs that decide in process.
    ExportBundle = "GET" "/floorkey/v1/instances/{InstanceId}/bundle";
    /// The key that bundles are checked with.
    DescribeBundleKey = "GET" "/floorkey/v1/instances/{InstanceId}/bundle-key";
    /// A change is taken back, as far as it still is as it left things.
    Undo = "POST" "/floorkey/v1/instances/{InstanceId}/undo";
    /// The registered applications.
    ListApplications = "GET" "/floorkey/v1/instances/{InstanceId}/applications";
    /// A registered application with its permissions.
    DescribeApplication = "GET" "/floorkey/v1/instances/{InstanceId}/applications/{Namespace}";
    /// An application is registered, or registered anew.
    RegisterApplication = "PUT" "/floorkey/v1/instances/{InstanceId}/applications/{Namespace}";
    /// An application is registered no more, and its resources are forgotten.
    UnregisterApplication = "DELETE" "/floorkey/v1/instances/{InstanceId}/applications/{Namespace}";
    /// The known resources of an application.
    ListApplicationResources = "GET" "/floorkey/v1/instances/{InstanceId}/applications/{Namespace}/resources";
    /// Resources of an application are made known, or known anew.
    PutApplicationResources = "PUT" "/floorkey/v1/instances/{InstanceId}/applications/{Namespace}/resources";
    /// Resources of an application are forgotten.
    DeleteApplicationResources = "POST" "/floorkey/v1/instances/{InstanceId}/applications/{Namespace}/resources/delete";
    /// Under which conditions a profile's permissions count.
    ListGrantConditions = "GET" "/floorkey/v1/instances/{InstanceId}/security-profiles/{SecurityProfileId}/conditions";
    /// A profile's permissions count under these conditions.
    SetGrantConditions = "PUT" "/floorkey/v1/instances/{InstanceId}/security-profiles/{SecurityProfileId}/conditions";
    /// The API tokens, without their texts.
    ListApiTokens = "GET" "/floorkey/v1/instances/{InstanceId}/api-tokens";
    /// A new API token, with its text this once.
    CreateApiToken = "POST" "/floorkey/v1/instances/{InstanceId}/api-tokens";
    /// Questions with an API token are read and answered otherwise.
    UpdateApiToken = "POST" "/floorkey/v1/instances/{InstanceId}/api-tokens/{ApiTokenId}";
    /// An API token opens nothing any more.
    RevokeApiToken = "DELETE" "/floorkey/v1/instances/{InstanceId}/api-tokens/{ApiTokenId}";
    /// What was done and tried, newest first.
    ListAuditEvents = "GET" "/floorkey/v1/instances/{InstanceId}/audit";
    /// One event, with its changes page by page.
    DescribeAuditEvent = "GET" "/floorkey/v1/instances/{InstanceId}/audit/{Sequence}";
}

/// The decoded labels of a path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Labels(Vec<(&'static str, String)>);

impl Labels {
    /// The value of a label; empty if the extension's path has no such label.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(label, _)| *label == name).map_or("", |(_, value)| value.as_str())
    }
}

/// The extension at a method and a path as received, with the labels of the path. The path is split before it is
/// decoded, so that an ARN may stand in a label; fixed parts are compared as they were sent.
pub(super) fn find(method: &str, raw_path: &str) -> Option<(Extension, Labels)> {
    let decoded = segments(raw_path)?;
    let raw: Vec<&str> = raw_path.split('/').skip(1).collect();
    let matched = |template: &'static str| {
        let parts: Vec<&'static str> = template.split('/').skip(1).collect();
        if parts.len() != raw.len() || parts.len() != decoded.len() {
            return None;
        }
        let mut labels = Vec::new();
        for ((part, raw), decoded) in parts.into_iter().zip(&raw).zip(&decoded) {
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(label) => labels.push((label, decoded.to_string())),
                None if part == *raw => {}
                None => return None,
            }
        }
        Some(Labels(labels))
    };
    EXTENSIONS
        .iter()
        .filter(|(_, known, _)| *known == method)
        .find_map(|(extension, _, template)| Some((*extension, matched(template)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_leads_to_its_extension() {
        for (extension, method, template) in EXTENSIONS {
            let path = template.replace(['{', '}'], "");
            let (found, _) = find(method, &path).unwrap_or_else(|| panic!("{method} {path}"));
            assert_eq!(found, *extension);
        }
    }

    #[test]
    fn an_arn_may_stand_in_a_label() {
        let path = "/floorkey/v1/instances/arn%3Aaws%3Aconnect%3Aus-east-1%3A123456789012%3Ainstance%2Fx/guard";
        let (extension, labels) = find("PUT", path).unwrap();
        assert_eq!(extension, Extension::SetEscalationGuard);
        assert_eq!(labels.get("InstanceId"), "arn:aws:connect:us-east-1:123456789012:instance/x");
        assert_eq!(labels.get("UserId"), "");
    }

    #[test]
    fn other_methods_and_paths_lead_nowhere() {
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
