//! Visibility: how much of a record a principal may be shown. One function per noun, asked by every interface.
//!
//! What an API operation refuses, no page, file, suggestion, message or mail shows either. So each function here is
//! made of the requirements of the operations that show the noun ([`authorize`] decides them), and an interface that
//! shows something asks the function instead of a requirement of its own.
//!
//! The operator and the system see everything. Users always see the names of what is theirs: of themselves, of their
//! own security profiles, and of what those grant.

mod access;
mod names;

use crate::act::Act;
use crate::decision::{Target, Thing};
use crate::directory::Directory;
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::plan::{authorize, can_list};
use crate::principal::Principal;
use crate::record::RecordKey;
use crate::resource::ResourceType;
use crate::time::Timestamp;
use crate::user::User;

/// How much of a record may be shown. A greater one includes the lesser ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visibility {
    /// Nothing, not even whether it exists.
    Hidden,
    /// Its id and name: it comes along in lists by an inherited permission.
    Name,
    /// Everything that the operation that describes it answers.
    Details,
}

impl Visibility {
    /// Whether the id and the name may be shown.
    #[must_use]
    pub const fn shows_name(self) -> bool {
        !matches!(self, Self::Hidden)
    }

    /// Whether everything that describes the record may be shown.
    #[must_use]
    pub const fn shows_details(self) -> bool {
        matches!(self, Self::Details)
    }
}

/// A principal who looks at a directory at a time.
#[derive(Clone, Copy, Debug)]
pub struct Viewer<'a> {
    directory: &'a Directory,
    principal: &'a Principal,
    at: Timestamp,
}

impl<'a> Viewer<'a> {
    /// The principal as a viewer of the directory.
    #[must_use]
    pub const fn new(directory: &'a Directory, principal: &'a Principal, at: Timestamp) -> Self {
        Self { directory, principal, at }
    }

    /// How much of a user is shown. Only those who see all users learn anything of one who is deleted.
    #[must_use]
    pub fn user(&self, id: UserId) -> Visibility {
        self.described(Act::DescribeUser, ResourceType::User, self.directory.user(id).map(|_| Target::User(id)))
    }

    /// How much is shown of a deleted user who can be restored: as much as of a user with the same tags in the same group.
    #[must_use]
    pub fn deleted_user(&self, user: &User) -> Visibility {
        let group = user.hierarchy_group.filter(|group| self.directory.group(*group).is_some());
        let thing = Thing { hierarchy_group: group, ..Thing::new(ResourceType::User, &user.tags) };
        self.all_or_nothing(self.is_allowed(Act::DescribeUser, &Target::Described(thing)))
    }

    /// How much of a security profile is shown. What it grants is part of the details.
    #[must_use]
    pub fn profile(&self, id: SecurityProfileId) -> Visibility {
        let target = self.directory.profile(id).map(|_| Target::Profile(id));
        self.described(Act::DescribeSecurityProfile, ResourceType::SecurityProfile, target)
    }

    /// How much of a hierarchy group is shown.
    #[must_use]
    pub fn group(&self, id: HierarchyGroupId) -> Visibility {
        let target = self.directory.group(id).map(|_| Target::Group(id));
        self.described(Act::DescribeUserHierarchyGroup, ResourceType::HierarchyGroup, target)
    }

    /// How much of a routing profile, queue, hours of operation or agent status is shown. Of one that is deleted, whose
    /// type is not known anymore, only those who see all four types learn anything.
    #[must_use]
    pub fn resource(&self, id: ResourceId) -> Visibility {
        const TYPES: [ResourceType; 4] = [
            ResourceType::RoutingProfile,
            ResourceType::Queue,
            ResourceType::HoursOfOperation,
            ResourceType::AgentStatus,
        ];
        match self.directory.resource(id) {
            Some(resource) => self.resource_of(resource.resource_type(), Some(Target::Resource(id))),
            None => {
                let least = TYPES.into_iter().map(|resource_type| self.resource_of(resource_type, None)).min();
                least.unwrap_or(Visibility::Hidden)
            }
        }
    }

    /// How much is shown of what a question can be about. Of the instance as a whole everybody sees the name.
    #[must_use]
    pub fn target(&self, target: &Target<'_>) -> Visibility {
        match *target {
            Target::Instance => Visibility::Name,
            Target::User(id) => self.user(id),
            Target::Profile(id) => self.profile(id),
            Target::Group(id) => self.group(id),
            Target::Resource(id) => self.resource(id),
            Target::Application { namespace, .. } => self.application_resources(namespace),
            // The description comes from the one who asks.
            Target::Described(_) => Visibility::Details,
        }
    }

    /// How much is shown of a record that an event or a refusal names.
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
            // No event and no refusal names one: the records of users tell who has which login name.
            RecordKey::Login(_) => Visibility::Hidden,
        }
    }

    /// How much of the hierarchy's levels is shown.
    #[must_use]
    pub fn structure(&self) -> Visibility {
        self.all_or_nothing(self.is_allowed(Act::DescribeUserHierarchyStructure, &Target::Instance))
    }

    /// Whether all users are shown with their details, so that lists of users need not be cut one by one and a count
    /// of all users tells nothing new.
    #[must_use]
    pub fn sees_all_users(&self) -> bool {
        self.is_allowed(Act::DescribeUser, &Target::Instance)
    }

    /// Whether all security profiles are shown with their details.
    #[must_use]
    pub fn sees_all_profiles(&self) -> bool {
        self.is_allowed(Act::DescribeSecurityProfile, &Target::Instance)
    }

    /// Whether the principal may be told that more records of a kind exist than are shown: for counts over everything.
    /// A count of users by security profile is one over users and over profiles.
    #[must_use]
    pub fn sees_all_assignments(&self) -> bool {
        self.sees_all_users() && self.sees_all_profiles()
    }

    /// Whether it is the principal's own user.
    #[must_use]
    pub fn is_oneself(&self, id: UserId) -> bool {
        matches!(self.principal, Principal::User { id: own, .. } if *own == id)
    }

    /// The principal's own user, if it is a user of the directory.
    fn oneself(&self) -> Option<&'a User> {
        match self.principal {
            Principal::User { id, .. } => self.directory.user(*id).map(AsRef::as_ref),
            Principal::Operator { .. } | Principal::System => None,
        }
    }

    fn resource_of(&self, resource_type: ResourceType, target: Option<Target<'_>>) -> Visibility {
        let act = match resource_type {
            ResourceType::RoutingProfile => Act::DescribeRoutingProfile,
            ResourceType::Queue => Act::DescribeQueue,
            ResourceType::HoursOfOperation => Act::DescribeHoursOfOperation,
            ResourceType::AgentStatus => Act::DescribeAgentStatus,
            // No other type is stored as a resource.
            _ => return self.all_or_nothing(false),
        };
        self.described(act, resource_type, target)
    }

    /// How much is shown of something that the act describes; `None` is a record that is deleted.
    fn described(&self, act: Act, resource_type: ResourceType, target: Option<Target<'_>>) -> Visibility {
        let Some(target) = target else { return self.all_or_nothing(self.is_allowed(act, &Target::Instance)) };
        if self.is_allowed(act, &target) {
            return Visibility::Details;
        }
        match can_list(self.directory, self.principal, resource_type, &target, self.at) {
            true => Visibility::Name,
            false => Visibility::Hidden,
        }
    }

    /// Everything where something is allowed, and always to the operator and the system.
    fn all_or_nothing(&self, allowed: bool) -> Visibility {
        match allowed || !matches!(self.principal, Principal::User { .. }) {
            true => Visibility::Details,
            false => Visibility::Hidden,
        }
    }

    fn is_allowed(&self, act: Act, target: &Target<'_>) -> bool {
        authorize(self.directory, self.principal, act, target, self.at).is_ok()
    }
}
