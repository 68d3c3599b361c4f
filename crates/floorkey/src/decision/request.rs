//! Authorization requests: subject, action, target, time and supplied attributes.

use crate::catalogue::Permission;
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::resource::ResourceType;
use crate::set_revisions::{LoginResolution, SetRevisions};
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::user::User;

/// An authorization request, which asks whether the subject can perform the action on the target at the given time.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The user who would perform the action.
    pub subject: UserId,
    /// The action.
    pub action: Action<'a>,
    /// The target of the action.
    pub target: Target<'a>,
    /// The time of the request. It determines which time-limited assignments are in effect.
    pub at: Timestamp,
    /// Attributes of the subject, action and target supplied by the caller, if any.
    pub given: Option<&'a Given<'a>>,
}

impl<'a> Request<'a> {
    /// Creates a request without supplied attributes.
    #[inline]
    #[must_use]
    pub const fn new(subject: UserId, action: Action<'a>, target: Target<'a>, at: Timestamp) -> Self {
        Self { subject, action, target, at, given: None }
    }
}

/// Attributes of the subject, action and target supplied by the caller. Supplied attributes override stored attributes
/// of the same name.
///
/// Supplied attributes don't identify the subject, action or target. Therefore a search can use the same attributes for
/// every candidate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// Attributes of the subject.
    pub subject: Said<'a>,
    /// Attributes of the action.
    pub action: Option<&'a Tags>,
    /// Attributes of the target. Ignored if the target is the instance as a whole.
    pub target: Said<'a>,
}

/// Supplied attributes of a subject or a target.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// Tags and other attributes.
    pub attributes: &'a Tags,
    /// Names of attributes that were supplied with a value that is not a string. Such an attribute meets no condition,
    /// and overrides a stored value of the same name.
    pub blank: &'a [String],
    /// The hierarchy group.
    pub hierarchy_group: Option<HierarchyGroupId>,
}

impl Said<'_> {
    /// An empty set of supplied attributes.
    pub const NOTHING: Said<'static> = Said { attributes: &NO_TAGS, blank: &[], hierarchy_group: None };
}

impl Default for Said<'_> {
    fn default() -> Self {
        Self::NOTHING
    }
}

impl<'a> Said<'a> {
    /// Returns the value of an attribute: the supplied value, or the stored value if the attribute was not supplied.
    fn attribute(&self, name: &str, stored: &'a Tags) -> Option<&'a str> {
        let supplied = self.attributes.get(name);
        let uses_stored = supplied.is_some() || !self.blank.iter().any(|blank| blank == name);
        supplied.or_else(|| stored.get(name).filter(|_| uses_stored)).map(String::as_str)
    }
}

/// The user who has a grant, with attributes supplied by the caller.
#[derive(Clone, Copy, Debug)]
pub struct Grantee<'a> {
    /// The user.
    pub user: &'a User,
    /// Attributes of the user and the action supplied by the caller.
    pub given: Option<&'a Given<'a>>,
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

    fn supplied(&self) -> Said<'_> {
        self.given.map_or(Said::NOTHING, |given| given.subject)
    }
}

/// The action of a request.
#[derive(Clone, Copy, Debug)]
pub enum Action<'a> {
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

impl<'a> Action<'a> {
    /// Returns the action with the given name in the catalog, or [`Action::Unknown`].
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
    Described(Thing<'a>),
}

/// The attributes of a resource that scopes depend on.
#[derive(Clone, Copy, Debug)]
pub struct Thing<'a> {
    /// The resource type; `None` if scopes do not apply to the type.
    pub resource_type: Option<ResourceType>,
    /// Tags and other attributes.
    pub tags: &'a Tags,
    /// The revisions in which stored attributes were set; `None` for a resource described by the caller. A login name
    /// in such a resource refers to the user who has the name at the current revision.
    pub tags_set: Option<&'a SetRevisions>,
    /// The hierarchy group of a user or of an application's resource.
    pub hierarchy_group: Option<HierarchyGroupId>,
    /// The ID of the user if the resource is a user.
    pub user: Option<UserId>,
}

/// A resource, together with attributes supplied by the caller.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The stored or described attributes.
    pub thing: Thing<'a>,
    /// The attributes supplied by the caller.
    pub said: Said<'a>,
}

impl<'a> From<&Thing<'a>> for Seen<'a> {
    fn from(thing: &Thing<'a>) -> Self {
        Self { thing: *thing, said: Said::NOTHING }
    }
}

impl<'a> From<&Self> for Seen<'a> {
    fn from(seen: &Self) -> Self {
        *seen
    }
}

impl Seen<'_> {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.said.attribute(name, self.thing.tags)
    }

    /// Returns how a login name in the value of an attribute is resolved; `None` if the value was supplied by the
    /// caller.
    pub(super) fn login_resolution(&self, name: &str) -> Option<LoginResolution> {
        match self.said.attributes.contains_key(name) {
            true => None,
            false => self.thing.tags_set.map(|revisions| revisions.login_resolution(self.thing.tags, name)),
        }
    }

    pub(super) fn hierarchy_group(&self) -> Option<HierarchyGroupId> {
        self.said.hierarchy_group.or(self.thing.hierarchy_group)
    }
}

/// An empty set of tags.
static NO_TAGS: Tags = Tags::new();

impl Thing<'_> {
    /// A resource without known attributes.
    pub const UNKNOWN: Thing<'static> =
        Thing { resource_type: None, tags: &NO_TAGS, tags_set: None, hierarchy_group: None, user: None };
}

impl<'a> Thing<'a> {
    /// Creates a resource that is not a user and has no hierarchy group.
    #[must_use]
    pub const fn new(resource_type: ResourceType, tags: &'a Tags) -> Self {
        Self { resource_type: Some(resource_type), tags, tags_set: None, hierarchy_group: None, user: None }
    }
}
