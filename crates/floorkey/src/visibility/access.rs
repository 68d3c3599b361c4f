//! Visibility of access and credentials: permissions of users, applications, access keys and API tokens.

use super::{Viewer, Visibility};
use crate::access_key::AccessKeyId;
use crate::action::Action;
use crate::authorization::{authorize, require_administrator};
use crate::decision::Target;
use crate::id::UserId;
use crate::refusal::Refusal;
use crate::user::User;

impl Viewer<'_> {
    /// Checks that a user's effective permissions and their origins are visible. Users can see their own effective
    /// permissions. Other principals can see them if the user and the permissions of each of the user's security
    /// profiles are visible. These principals could derive the effective permissions themselves.
    ///
    /// The same requirement applies to everything that is derived from effective permissions. Examples are which users
    /// have a permission, whether a user can perform an action, and which security profile would allow the action.
    ///
    /// # Errors
    /// Returns a refusal that names the unmet requirement if the permissions are not visible.
    pub fn check_effective_permissions(&self, user: &User) -> Result<(), Refusal> {
        self.check_permissions_under(Action::DescribeUser, user)
    }

    /// Checks that the usage of a user's permissions is visible.
    ///
    /// # Errors
    /// Returns a refusal that names the unmet requirement if the usage is not visible.
    pub fn check_permission_usage(&self, user: &User) -> Result<(), Refusal> {
        self.check_permissions_under(Action::ListPermissionUse, user)
    }

    /// Whether the effective permissions of all users are visible. If so, lists and counts need not be filtered.
    #[must_use]
    pub fn sees_all_permissions(&self) -> bool {
        self.sees_all_users() && self.is_allowed(Action::ListSecurityProfilePermissions, &Target::Instance)
    }

    /// Returns the visibility of a registered application: its names, its permissions and its number of resources.
    ///
    /// If the details of a security profile are visible, the names of the applications in which it grants permissions
    /// are visible too.
    #[must_use]
    pub fn application(&self, namespace: &str) -> Visibility {
        if self.sees_applications() {
            return Visibility::Details;
        }
        let grants_in_application = |profile: &&std::sync::Arc<crate::profile::SecurityProfile>| {
            profile.applications.iter().any(|granted| granted.namespace == namespace)
                && self.profile(profile.id).shows_details()
        };
        let is_own = self.own_user().is_some_and(|user| {
            let grants = self.directory.grants_at(user, self.at);
            grants.all_applications().iter().any(|(granted, _)| granted == namespace)
        });
        match is_own || self.directory.profiles().any(|profile| grants_in_application(&profile)) {
            true => Visibility::Name,
            false => Visibility::Hidden,
        }
    }

    /// Returns the visibility of an application's permission. The description is part of the details. Users see the
    /// details of permissions that they have. They also see the names of permissions in a security profile if its
    /// details are visible to them.
    #[must_use]
    pub fn application_permission(&self, namespace: &str, name: &str) -> Visibility {
        if self.sees_applications() {
            return Visibility::Details;
        }
        let is_same = |granted: &(String, String)| granted.0 == namespace && granted.1 == name;
        let own_grants = self.own_user().map(|user| self.directory.grants_at(user, self.at).all_applications());
        if own_grants.is_some_and(|own_grants| own_grants.iter().any(is_same)) {
            return Visibility::Details;
        }
        let granted =
            self.directory.profiles().any(|profile| {
                profile.applications.iter().any(|granted| {
                    granted.namespace == namespace && granted.permissions.iter().any(|known| known == name)
                }) && self.profile(profile.id).shows_details()
            });
        if granted { Visibility::Name } else { Visibility::Hidden }
    }

    /// Returns the visibility of an application's registered resources: either all details or nothing.
    #[must_use]
    pub fn application_resources(&self, _namespace: &str) -> Visibility {
        if self.sees_applications() { Visibility::Details } else { Visibility::Hidden }
    }

    /// Whether all applications are visible.
    #[must_use]
    pub fn sees_applications(&self) -> bool {
        self.is_allowed(Action::ListApplications, &Target::Instance)
    }

    /// Returns the visibility of a user's access keys. The number of access keys is part of the user's details instead.
    #[must_use]
    pub fn access_keys_of(&self, owner: UserId) -> Visibility {
        let is_visible = self.is_own_user(owner) || self.is_allowed(Action::ListAccessKeys, &Target::User(owner));
        if is_visible { Visibility::Details } else { Visibility::Hidden }
    }

    /// Returns the visibility of an access key. A revoked access key is visible only to principals who see all access
    /// keys.
    #[must_use]
    pub fn access_key(&self, id: &AccessKeyId) -> Visibility {
        match self.directory.access_key(id) {
            Some(key) => self.access_keys_of(key.owner),
            None if self.is_allowed(Action::ListAccessKeys, &Target::Instance) => Visibility::Details,
            None => Visibility::Hidden,
        }
    }

    /// Returns the visibility of API tokens. Full administrators see everything, and other users see nothing.
    #[must_use]
    pub fn api_tokens(&self) -> Visibility {
        match require_administrator(self.directory, self.principal, Action::ListApiTokens) {
            Ok(()) => Visibility::Details,
            Err(_) => Visibility::Hidden,
        }
    }

    /// Whether the details of at least some users are visible.
    #[must_use]
    pub fn sees_users(&self) -> bool {
        self.is_allowed_in_part(Action::DescribeUser)
    }

    /// Whether the details of at least some security profiles are visible.
    #[must_use]
    pub fn sees_profiles(&self) -> bool {
        self.is_allowed_in_part(Action::DescribeSecurityProfile)
    }

    /// Returns the visibility of what users decided about findings. A decision counts users, so it is visible only to
    /// principals who see the permissions of all users.
    #[must_use]
    pub fn finding_states(&self) -> Visibility {
        if self.sees_all_permissions() { Visibility::Details } else { Visibility::Hidden }
    }

    /// Whether the principal is allowed to perform the operation on some targets.
    fn is_allowed_in_part(&self, action: Action) -> bool {
        let result = authorize(self.directory, self.principal, action, &Target::Instance, self.at);
        matches!(result, Ok(()) | Err(Refusal::OutOfScope { .. }))
    }

    fn check_permissions_under(&self, action: Action, user: &User) -> Result<(), Refusal> {
        if self.is_own_user(user.id) {
            return Ok(());
        }
        let check = |action, target: &Target<'_>| authorize(self.directory, self.principal, action, target, self.at);
        check(action, &Target::User(user.id))?;
        let list_permissions = Action::ListSecurityProfilePermissions;
        // The permission for the whole instance is checked first. If the principal has it without a scope, the profiles
        // need not be checked one by one.
        if check(list_permissions, &Target::Instance).is_ok() {
            return Ok(());
        }
        user.assignments.iter().try_for_each(|assigned| check(list_permissions, &Target::Profile(assigned.profile)))
    }
}
