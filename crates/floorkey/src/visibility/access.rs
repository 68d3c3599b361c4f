//! What people can do and with which credentials: permissions of users, applications, access keys, API tokens.

use super::{Viewer, Visibility};
use crate::access_key::AccessKeyId;
use crate::act::Act;
use crate::decision::Target;
use crate::id::UserId;
use crate::plan::{administrate, authorize};
use crate::refusal::Refusal;
use crate::user::User;

impl Viewer<'_> {
    /// Asks whether a user's effective permissions and the reasons for each are shown: to the user, and to those who
    /// see the user and what each of the user's security profiles grants. Together those say the same.
    ///
    /// Everything that follows from effective permissions is shown under the same requirement: who has a permission,
    /// whether a user can do something, and which security profile would help.
    ///
    /// # Errors
    /// What is missing.
    pub fn effective_permissions(&self, user: &User) -> Result<(), Refusal> {
        self.permissions_under(Act::DescribeUser, user)
    }

    /// Asks whether it is shown which of their permissions a user uses.
    ///
    /// # Errors
    /// What is missing.
    pub fn permission_use(&self, user: &User) -> Result<(), Refusal> {
        self.permissions_under(Act::ListPermissionUse, user)
    }

    /// Whether effective permissions are shown of every user: then nothing has to be left out of lists and counts.
    #[must_use]
    pub fn sees_all_permissions(&self) -> bool {
        self.sees_all_users() && self.is_allowed(Act::ListSecurityProfilePermissions, &Target::Instance)
    }

    /// How much of a registered application is shown: its names, its permissions and how many resources it has.
    ///
    /// Those who see a security profile see the name of every application in which it grants something.
    #[must_use]
    pub fn application(&self, namespace: &str) -> Visibility {
        if self.sees_applications() {
            return Visibility::Details;
        }
        let names = |profile: &&std::sync::Arc<crate::profile::SecurityProfile>| {
            profile.applications.iter().any(|granted| granted.namespace == namespace)
                && self.profile(profile.id).shows_details()
        };
        let granted_to_oneself = self.oneself().is_some_and(|user| {
            let grants = self.directory.grants_at(user, self.at);
            grants.applications_anywhere().iter().any(|(granted, _)| granted == namespace)
        });
        match granted_to_oneself || self.directory.profiles().any(|profile| names(&profile)) {
            true => Visibility::Name,
            false => Visibility::Hidden,
        }
    }

    /// How much of an application's permission is shown: its description belongs to the details. The name is shown to
    /// those who have the permission and to those who see a security profile that grants it.
    #[must_use]
    pub fn application_permission(&self, namespace: &str, name: &str) -> Visibility {
        if self.sees_applications() {
            return Visibility::Details;
        }
        let is_it = |granted: &(String, String)| granted.0 == namespace && granted.1 == name;
        let own = self.oneself().map(|user| self.directory.grants_at(user, self.at).applications_anywhere());
        if own.is_some_and(|own| own.iter().any(is_it)) {
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

    /// How much of an application's registered resources is shown. None has a name without its details.
    #[must_use]
    pub fn application_resources(&self, _namespace: &str) -> Visibility {
        if self.sees_applications() { Visibility::Details } else { Visibility::Hidden }
    }

    /// Whether all applications are shown.
    #[must_use]
    pub fn sees_applications(&self) -> bool {
        self.is_allowed(Act::ListApplications, &Target::Instance)
    }

    /// How much of a user's access keys is shown, their number left out: it is part of the user's details.
    #[must_use]
    pub fn access_keys_of(&self, owner: UserId) -> Visibility {
        let shown = self.is_oneself(owner) || self.is_allowed(Act::ListAccessKeys, &Target::User(owner));
        if shown { Visibility::Details } else { Visibility::Hidden }
    }

    /// How much of an access key is shown. Only those who see all access keys learn anything of a revoked one.
    #[must_use]
    pub fn access_key(&self, id: &AccessKeyId) -> Visibility {
        match self.directory.access_key(id) {
            Some(key) => self.access_keys_of(key.owner),
            None if self.is_allowed(Act::ListAccessKeys, &Target::Instance) => Visibility::Details,
            None => Visibility::Hidden,
        }
    }

    /// How much of the API tokens is shown: everything to full administrators, nothing to other users.
    #[must_use]
    pub fn api_tokens(&self) -> Visibility {
        match administrate(self.directory, self.principal, Act::ListApiTokens) {
            Ok(()) => Visibility::Details,
            Err(_) => Visibility::Hidden,
        }
    }

    fn permissions_under(&self, act: Act, user: &User) -> Result<(), Refusal> {
        if self.is_oneself(user.id) {
            return Ok(());
        }
        let ask = |act, target: &Target<'_>| authorize(self.directory, self.principal, act, target, self.at);
        ask(act, &Target::User(user.id))?;
        let of_profile = Act::ListSecurityProfilePermissions;
        // Asked first of everything: a principal without a scope is not asked again for each profile.
        if ask(of_profile, &Target::Instance).is_ok() {
            return Ok(());
        }
        user.assignments.iter().try_for_each(|assigned| ask(of_profile, &Target::Profile(assigned.profile)))
    }
}
