//! Authorization requests: subject, action, target, time and supplied attributes.

use crate::catalog::Permission;
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::resource::ResourceType;
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::user::User;
use crate::value_revisions::{LoginResolution, ValueRevisions};

/// An authorization request, which asks whether the subject can perform the action on the target at the given time.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The user who would perform the action.
    pub subject: UserId,
    /// The action.
    pub action: RequestedAction<'a>,
    /// The target of the action.
    pub target: Target<'a>,
    /// The time of the request. It determines which time-limited assignments are in effect.
    pub at: Timestamp,
    /// The attributes that the caller supplied for the subject, action and target, if any.
    pub attributes: Option<&'a RequestAttributes<'a>>,
}

impl<'a> Request<'a> {
    /// Creates a request without supplied attributes.
    #[inline]
    #[must_use]
    pub const fn new(subject: UserId, action: RequestedAction<'a>, target: Target<'a>, at: Timestamp) -> Self {
        Self { subject, action, target, at, attributes: None }
    }
}

/// Attributes that the caller supplied for the subject, action and target. They override stored attributes of the same
/// name.
///
/// Supplied attributes don't identify the subject, action or target. Therefore a search can use the same attributes for
/// every candidate.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestAttributes<'a> {
    /// Attributes of the subject.
    pub subject: SuppliedAttributes<'a>,
    /// Attributes of the action.
    pub action: Option<&'a Tags>,
    /// Attributes of the target. They are ignored if the target is the instance as a whole.
    pub target: SuppliedAttributes<'a>,
}

/// Supplied attributes of a subject or a target.
#[derive(Clone, Copy, Debug)]
pub struct SuppliedAttributes<'a> {
    /// Tags and other attributes.
    pub attributes: &'a Tags,
    /// Names of attributes that were supplied with a value that is not a string. Such a value meets no condition, and
    /// overrides a stored value of the same name.
    pub non_strings: &'a [String],
    /// The hierarchy group.
    pub hierarchy_group: Option<HierarchyGroupId>,
}

impl SuppliedAttributes<'_> {
    /// An empty set of supplied attributes.
    pub const NONE: SuppliedAttributes<'static> =
        SuppliedAttributes { attributes: &NO_TAGS, non_strings: &[], hierarchy_group: None };
}

impl Default for SuppliedAttributes<'_> {
    fn default() -> Self {
        Self::NONE
    }
}

impl<'a> SuppliedAttributes<'a> {
    /// Returns the value of an attribute: the supplied value, or the stored value if the attribute was not supplied.
    fn attribute(&self, name: &str, stored: &'a Tags) -> Option<&'a str> {
        let supplied = self.attributes.get(name);
        let uses_stored = supplied.is_some() || !self.non_strings.iter().any(|blank| blank == name);
        supplied.or_else(|| stored.get(name).filter(|_| uses_stored)).map(String::as_str)
    }
}

/// The user who has a grant, with attributes supplied by the caller.
#[derive(Clone, Copy, Debug)]
pub struct Grantee<'a> {
    /// The user.
    pub user: &'a User,
    /// The attributes that the caller supplied for the user and the action.
    pub given: Option<&'a RequestAttributes<'a>>,
}

impl<'a> From<&'a User> for Grantee<'a> {
    fn from(user: &'a User) -> Self {
        Self { user, given: None }
    }
}

impl Grantee<'_> {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.supplied().attribute(name, &self.user.tags)
    }

    pub(super) fn hierarchy_group(&self) -> Option<HierarchyGroupId> {
        self.supplied().hierarchy_group.or(self.user.hierarchy_group)
    }

    fn supplied(&self) -> SuppliedAttributes<'_> {
        self.given.map_or(SuppliedAttributes::NONE, |given| given.subject)
    }
}

/// The action of a request.
#[derive(Clone, Copy, Debug)]
pub enum RequestedAction<'a> {
    /// A permission in the catalog.
    Permission(Permission),
    /// A permission of an application.
    Application {
        /// The namespace of the application.
        namespace: &'a str,
        /// The name of the permission.
        permission: &'a str,
    },
    /// An unknown name.
    Unknown(&'a str),
}

impl<'a> RequestedAction<'a> {
    /// Returns the action with the given name in the catalog, or [`RequestedAction::Unknown`].
    #[must_use]
    pub fn parse(name: &'a str) -> Self {
        Permission::parse(name).map_or(Self::Unknown(name), Self::Permission)
    }
}

/// The target of a request.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// The instance as a whole, for actions without a specific resource.
    Instance,
    /// A user.
    User(UserId),
    /// A security profile.
    Profile(SecurityProfileId),
    /// A hierarchy group.
    Group(HierarchyGroupId),
    /// A routing profile, queue, hours of operation or agent status.
    Resource(ResourceId),
    /// A resource of an application. The resource need not be registered.
    Application {
        /// The namespace of the application.
        namespace: &'a str,
        /// The ID of the resource in the application.
        id: &'a str,
    },
    /// A resource described by the caller. The resource need not be stored.
    Described(ResourceAttributes<'a>),
}

/// Those attributes of a resource that scopes depend on.
#[derive(Clone, Copy, Debug)]
pub struct ResourceAttributes<'a> {
    /// The resource type; `None` if scopes do not apply to the type.
    pub resource_type: Option<ResourceType>,
    /// Tags and other attributes.
    pub tags: &'a Tags,
    /// The revisions in which stored attributes were set; `None` for a resource described by the caller. A login name
    /// in the attributes of a described resource refers to the user who has the name at the current revision.
    pub tag_revisions: Option<&'a ValueRevisions>,
    /// The hierarchy group of a user or of an application's resource.
    pub hierarchy_group: Option<HierarchyGroupId>,
    /// The ID of the user if the resource is a user.
    pub user: Option<UserId>,
}

/// A resource, together with attributes supplied by the caller.
#[derive(Clone, Copy, Debug)]
pub struct ResourceView<'a> {
    /// The stored or described attributes.
    pub resource: ResourceAttributes<'a>,
    /// Attributes that the caller supplied for the resource.
    pub supplied: SuppliedAttributes<'a>,
}

impl<'a> From<&ResourceAttributes<'a>> for ResourceView<'a> {
    fn from(thing: &ResourceAttributes<'a>) -> Self {
        Self { resource: *thing, supplied: SuppliedAttributes::NONE }
    }
}

impl<'a> From<&Self> for ResourceView<'a> {
    fn from(seen: &Self) -> Self {
        *seen
    }
}

impl ResourceView<'_> {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.supplied.attribute(name, self.resource.tags)
    }

    /// Returns how the login name in an attribute is resolved to a user; `None` if the caller supplied the attribute.
    pub(super) fn login_resolution(&self, name: &str) -> Option<LoginResolution> {
        match self.supplied.attributes.contains_key(name) {
            true => None,
            false => self.resource.tag_revisions.map(|revisions| revisions.login_resolution(self.resource.tags, name)),
        }
    }

    pub(super) fn hierarchy_group(&self) -> Option<HierarchyGroupId> {
        self.supplied.hierarchy_group.or(self.resource.hierarchy_group)
    }
}

/// An empty set of tags.
static NO_TAGS: Tags = Tags::new();

impl ResourceAttributes<'_> {
    /// A resource without known attributes.
    pub const UNKNOWN: ResourceAttributes<'static> = ResourceAttributes {
        resource_type: None,
        tags: &NO_TAGS,
        tag_revisions: None,
        hierarchy_group: None,
        user: None,
    };
}

impl<'a> ResourceAttributes<'a> {
    /// Creates a resource that is not a user and has no hierarchy group.
    #[must_use]
    pub const fn new(resource_type: ResourceType, tags: &'a Tags) -> Self {
        Self { resource_type: Some(resource_type), tags, tag_revisions: None, hierarchy_group: None, user: None }
    }
}
