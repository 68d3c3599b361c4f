//! Visibility: how much of a record a principal can see. There is one function for each kind of record, and all
//! interfaces use it.
//!
//! If an API operation refuses to return data, then pages, files, suggestions, messages and emails must not disclose
//! the data either. Therefore each function in this module combines the requirements of the operations that return the
//! record, as decided by [`authorize`]. An interface that displays data calls this function and has no requirements of
//! its own.
//!
//! The operator and the system see everything. Users always see their own name and the names of their own security
//! profiles. They also see the names of the permissions that these profiles grant.

mod access;
mod names;
mod scope_text;

use crate::action::Action;
use crate::authorization::{authorize, can_list};
use crate::decision::{ResourceAttributes, Target};
use crate::directory::Directory;
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::principal::Principal;
use crate::record::RecordKey;
use crate::resource::{ResourceType, StoredResourceType};
use crate::time::Timestamp;
use crate::user::User;

/// How much of a record is visible. A higher level includes all lower levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visibility {
    /// Nothing is visible, not even the record's existence.
    Hidden,
    /// Only the ID and the name are visible. For example, an inherited permission makes names visible in lists.
    Name,
    /// The record is visible with everything that its Describe operation returns.
    Details,
}

impl Visibility {
    /// Whether the ID and the name are visible.
    #[must_use]
    pub const fn shows_name(self) -> bool {
        !matches!(self, Self::Hidden)
    }

    /// Whether all details of the record are visible.
    #[must_use]
    pub const fn shows_details(self) -> bool {
        matches!(self, Self::Details)
    }
}

/// A principal who views a directory at a given time.
#[derive(Clone, Copy, Debug)]
pub struct Viewer<'a> {
    directory: &'a Directory,
    principal: &'a Principal,
    at: Timestamp,
}

impl<'a> Viewer<'a> {
    /// Creates a viewer from a principal.
    #[must_use]
    pub const fn new(directory: &'a Directory, principal: &'a Principal, at: Timestamp) -> Self {
        Self { directory, principal, at }
    }

    /// Returns the visibility of a user. A deleted user is visible only to principals who see all users.
    #[must_use]
    pub fn user(&self, id: UserId) -> Visibility {
        self.visibility_under(
            Action::DescribeUser,
            ResourceType::User,
            self.directory.user(id).map(|_| Target::User(id)),
        )
    }

    /// Returns the visibility of a deleted user who can be restored. It is the same as for an existing user with the
    /// same tags and hierarchy group.
    #[must_use]
    pub fn deleted_user(&self, user: &User) -> Visibility {
        let group = user.hierarchy_group.filter(|group| self.directory.group(*group).is_some());
        let thing =
            ResourceAttributes { hierarchy_group: group, ..ResourceAttributes::new(ResourceType::User, &user.tags) };
        self.full_or_hidden(self.is_allowed(Action::DescribeUser, &Target::Described(thing)))
    }

    /// Returns the visibility of a security profile. Its permissions are part of the details.
    #[must_use]
    pub fn profile(&self, id: SecurityProfileId) -> Visibility {
        let target = self.directory.profile(id).map(|_| Target::Profile(id));
        self.visibility_under(Action::DescribeSecurityProfile, ResourceType::SecurityProfile, target)
    }

    /// Returns the visibility of a hierarchy group.
    #[must_use]
    pub fn group(&self, id: HierarchyGroupId) -> Visibility {
        let target = self.directory.group(id).map(|_| Target::Group(id));
        self.visibility_under(Action::DescribeUserHierarchyGroup, ResourceType::HierarchyGroup, target)
    }

    /// Returns the visibility of a stored resource. The type of a deleted resource is unknown, so a deleted resource is
    /// visible only to principals who see all resources of all stored types.
    #[must_use]
    pub fn resource(&self, id: ResourceId) -> Visibility {
        match self.directory.resource(id) {
            Some(resource) => self.resource_of(resource.details.stored_type(), Some(Target::Resource(id))),
            None => {
                let least =
                    StoredResourceType::ALL.iter().map(|stored_type| self.resource_of(*stored_type, None)).min();
                least.unwrap_or(Visibility::Hidden)
            }
        }
    }

    /// Returns the visibility of the target of a request. The name of the instance as a whole is visible to all
    /// principals.
    #[must_use]
    pub fn target(&self, target: &Target<'_>) -> Visibility {
        match *target {
            Target::Instance => Visibility::Name,
            Target::User(id) => self.user(id),
            Target::Profile(id) => self.profile(id),
            Target::Group(id) => self.group(id),
            Target::Resource(id) => self.resource(id),
            Target::Application { namespace, .. } => self.application_resources(namespace),
            // The caller supplied this description, so the response discloses nothing new.
            Target::Described(_) => Visibility::Details,
        }
    }

    /// Returns the visibility of a record that an event or a refusal refers to.
    #[must_use]
    pub fn record(&self, key: &RecordKey) -> Visibility {
        match key {
            RecordKey::Settings => Visibility::Name,
            RecordKey::Structure => self.structure(),
            RecordKey::Group(id) => self.group(*id),
            RecordKey::Resource(id) => self.resource(*id),
            RecordKey::Profile(id) => self.profile(*id),
            RecordKey::User(id) => self.user(*id),
            RecordKey::AccessKey(id) => self.access_key(id),
            RecordKey::Application(namespace) => self.application(namespace),
            RecordKey::ApplicationResource(namespace, _) => self.application_resources(namespace),
            RecordKey::ApiToken(_) => self.api_tokens(),
            // No event or refusal refers to a login history. Login names are visible in the records of users.
            RecordKey::Login(_) => Visibility::Hidden,
            RecordKey::Finding(_) => self.finding_states(),
        }
    }

    /// Returns the directory that the principal views.
    pub(crate) const fn directory(&self) -> &'a Directory {
        self.directory
    }

    /// Returns the time for which visibility is evaluated.
    pub(crate) const fn at(&self) -> Timestamp {
        self.at
    }

    /// Returns the visibility of the levels of the hierarchy.
    #[must_use]
    pub fn structure(&self) -> Visibility {
        self.full_or_hidden(self.is_allowed(Action::DescribeUserHierarchyStructure, &Target::Instance))
    }

    /// Whether the details of all users are visible. If so, lists of users need not be filtered. A count of all users
    /// discloses nothing new.
    #[must_use]
    pub fn sees_all_users(&self) -> bool {
        self.is_allowed(Action::DescribeUser, &Target::Instance)
    }

    /// Whether the details of all security profiles are visible.
    #[must_use]
    pub fn sees_all_profiles(&self) -> bool {
        self.is_allowed(Action::DescribeSecurityProfile, &Target::Instance)
    }

    /// Whether the details of all users and all profiles are visible. Counts of users by security profile require this,
    /// because they disclose that records exist.
    #[must_use]
    pub fn sees_all_assignments(&self) -> bool {
        self.sees_all_users() && self.sees_all_profiles()
    }

    /// Whether the given user is the principal's own user.
    #[must_use]
    pub fn is_own_user(&self, id: UserId) -> bool {
        matches!(self.principal, Principal::User { id: own, .. } if *own == id)
    }

    /// Returns the principal's own user; `None` if the principal is not a user in the directory.
    pub(crate) fn own_user(&self) -> Option<&'a User> {
        match self.principal {
            Principal::User { id, .. } => self.directory.user(*id).map(AsRef::as_ref),
            Principal::Operator { .. } | Principal::System => None,
        }
    }

    fn resource_of(&self, stored_type: StoredResourceType, target: Option<Target<'_>>) -> Visibility {
        self.visibility_under(stored_type.describe_action(), stored_type.resource_type(), target)
    }

    /// Returns the visibility of a record that the operation `action` returns. `target` is `None` for a deleted record.
    fn visibility_under(&self, action: Action, resource_type: ResourceType, target: Option<Target<'_>>) -> Visibility {
        let Some(target) = target else { return self.full_or_hidden(self.is_allowed(action, &Target::Instance)) };
        if self.is_allowed(action, &target) {
            return Visibility::Details;
        }
        match can_list(self.directory, self.principal, resource_type, &target, self.at) {
            true => Visibility::Name,
            false => Visibility::Hidden,
        }
    }

    /// Returns [`Visibility::Details`] if `allowed` is true, or if the principal is the operator or the system.
    /// Otherwise, returns [`Visibility::Hidden`].
    fn full_or_hidden(&self, allowed: bool) -> Visibility {
        match allowed || !matches!(self.principal, Principal::User { .. }) {
            true => Visibility::Details,
            false => Visibility::Hidden,
        }
    }

    fn is_allowed(&self, action: Action, target: &Target<'_>) -> bool {
        authorize(self.directory, self.principal, action, target, self.at).is_ok()
    }
}
