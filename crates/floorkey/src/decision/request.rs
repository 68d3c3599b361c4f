//! What is asked: who, what, to what, when, and what else is said.

use crate::catalogue::Permission;
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::resource::ResourceType;
use crate::tags::Tags;
use crate::text::folded;
use crate::time::Timestamp;
use crate::user::User;

/// A question: may the subject do the action to the target, at that time?
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who would act.
    pub subject: UserId,
    /// What they would do.
    pub action: Action<'a>,
    /// To what.
    pub target: Target<'a>,
    /// When: dated assignments are decided at this time.
    pub at: Timestamp,
    /// What whoever asks says of the subject and the action, where they say anything.
    pub given: Option<&'a Given<'a>>,
}

impl<'a> Request<'a> {
    /// A question in which nothing is said of the subject and the action but who and which.
    #[inline]
    #[must_use]
    pub const fn new(subject: UserId, action: Action<'a>, target: Target<'a>, at: Timestamp) -> Self {
        Self { subject, action, target, at, given: None }
    }
}

/// What whoever asks says of the subject and the action. It wins over what is stored, name by name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// Attributes of the subject.
    pub subject: Option<&'a Tags>,
    /// Where the subject stands in the hierarchy.
    pub subject_group: Option<HierarchyGroupId>,
    /// Attributes of the action.
    pub action: Option<&'a Tags>,
}

/// Whoever holds a grant, with what is said of them in a question.
#[derive(Clone, Copy, Debug)]
pub struct Holder<'a> {
    /// Who.
    pub user: &'a User,
    /// What is said of them and of the action.
    pub given: Option<&'a Given<'a>>,
}

impl<'a> From<&'a User> for Holder<'a> {
    fn from(user: &'a User) -> Self {
        Self { user, given: None }
    }
}

impl Holder<'_> {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let said = self.given.and_then(|given| given.subject?.get(name));
        said.or_else(|| self.user.tags.get(name)).map(String::as_str)
    }

    pub(super) fn hierarchy_group(&self) -> Option<HierarchyGroupId> {
        self.given.and_then(|given| given.subject_group).or(self.user.hierarchy_group)
    }

    /// Whether a text names the holder: by id, ARN or login name.
    pub(super) fn is_named(&self, text: &str) -> bool {
        let id = text.rsplit('/').next().and_then(UserId::parse);
        id == Some(self.user.id) || folded(text) == folded(&self.user.username)
    }
}

/// What somebody would do.
#[derive(Clone, Copy, Debug)]
pub enum Action<'a> {
    /// Something the catalogue knows.
    Permission(Permission),
    /// A permission of another application.
    Application {
        /// The application.
        namespace: &'a str,
        /// Its permission.
        permission: &'a str,
    },
    /// A name that nobody knows.
    Unknown(&'a str),
}

impl<'a> Action<'a> {
    /// The action of that name in the catalogue.
    #[must_use]
    pub fn parse(name: &'a str) -> Self {
        Permission::parse(name).map_or(Self::Unknown(name), Self::Permission)
    }
}

/// What something would be done to.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// The instance as a whole: for what isn't tied to one thing.
    Instance,
    /// A user.
    User(UserId),
    /// A security profile.
    Profile(SecurityProfileId),
    /// A group of the hierarchy.
    Group(HierarchyGroupId),
    /// A routing profile, queue, hours of operation or agent status.
    Resource(ResourceId),
    /// A thing of an application; Floorkey need not know it.
    Application {
        /// The application.
        namespace: &'a str,
        /// The thing's id there.
        id: &'a str,
    },
    /// Something described by whoever asks; Floorkey need not know it.
    Described(Thing<'a>),
}

/// What scopes look at in a thing.
#[derive(Clone, Copy, Debug)]
pub struct Thing<'a> {
    /// Its type; `None` where scopes don't know it.
    pub resource_type: Option<ResourceType>,
    /// Its tags and other attributes.
    pub tags: &'a Tags,
    /// Where it stands in the hierarchy: users, and things of applications.
    pub hierarchy_group: Option<HierarchyGroupId>,
    /// Which user it is, where it is one.
    pub user: Option<UserId>,
}

/// The tags of what has none.
static NO_TAGS: Tags = Tags::new();

impl Thing<'_> {
    /// Something of which nothing is known.
    pub const UNKNOWN: Thing<'static> =
        Thing { resource_type: None, tags: &NO_TAGS, hierarchy_group: None, user: None };
}

impl<'a> Thing<'a> {
    /// Something that is no user and stands nowhere in the hierarchy.
    #[must_use]
    pub const fn new(resource_type: ResourceType, tags: &'a Tags) -> Self {
        Self { resource_type: Some(resource_type), tags, hierarchy_group: None, user: None }
    }
}
