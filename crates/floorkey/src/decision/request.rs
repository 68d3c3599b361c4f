//! What is asked: who, what, to what, when, and what else is said.

use crate::catalogue::Permission;
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::resource::ResourceType;
use crate::set_revisions::{SetAt, SetRevisions};
use crate::tags::Tags;
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
    /// What whoever asks says of the subject, the action and the target, where they say anything.
    pub given: Option<&'a Given<'a>>,
}

impl<'a> Request<'a> {
    /// A question in which nothing is said but who, what and to what.
    #[inline]
    #[must_use]
    pub const fn new(subject: UserId, action: Action<'a>, target: Target<'a>, at: Timestamp) -> Self {
        Self { subject, action, target, at, given: None }
    }
}

/// What whoever asks says of the subject, the action and the target. It wins over what is stored, name by name.
///
/// It says nothing of who and which they are: a search puts in one subject, action or target after the other, and what
/// is given stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// Of the subject.
    pub subject: Said<'a>,
    /// Attributes of the action.
    pub action: Option<&'a Tags>,
    /// Of the target. Of the instance as a whole nothing can be said.
    pub target: Said<'a>,
}

/// What is said of somebody or something.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// Tags and other attributes that it has.
    pub attributes: &'a Tags,
    /// Attributes that are said to be no text, which meet no condition: what is stored by these names doesn't count.
    pub blank: &'a [String],
    /// Where it stands in the hierarchy.
    pub hierarchy_group: Option<HierarchyGroupId>,
}

impl Said<'_> {
    /// Nothing at all.
    pub const NOTHING: Said<'static> = Said { attributes: &NO_TAGS, blank: &[], hierarchy_group: None };
}

impl Default for Said<'_> {
    fn default() -> Self {
        Self::NOTHING
    }
}

impl<'a> Said<'a> {
    /// An attribute of what is stored with those tags.
    fn attribute(&self, name: &str, stored: &'a Tags) -> Option<&'a str> {
        let said = self.attributes.get(name);
        let counts = said.is_some() || !self.blank.iter().any(|blank| blank == name);
        said.or_else(|| stored.get(name).filter(|_| counts)).map(String::as_str)
    }
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
        self.said().attribute(name, &self.user.tags)
    }

    pub(super) fn hierarchy_group(&self) -> Option<HierarchyGroupId> {
        self.said().hierarchy_group.or(self.user.hierarchy_group)
    }

    fn said(&self) -> Said<'_> {
        self.given.map_or(Said::NOTHING, |given| given.subject)
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
    /// When they were set, where they are stored. Login names in those of a described thing mean who has them now.
    pub tags_set: Option<&'a SetRevisions>,
    /// Where it stands in the hierarchy: users, and things of applications.
    pub hierarchy_group: Option<HierarchyGroupId>,
    /// Which user it is, where it is one.
    pub user: Option<UserId>,
}

/// A thing, with what is said of it in a question.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The thing as it is stored or described.
    pub thing: Thing<'a>,
    /// What is said of it besides.
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

    /// What the value of an attribute names a user by, besides its text; `None` where it is supplied with the question.
    pub(super) fn set_at(&self, name: &str) -> Option<SetAt> {
        match self.said.attributes.contains_key(name) {
            true => None,
            false => self.thing.tags_set.map(|set| set.set_at(self.thing.tags, name)),
        }
    }

    pub(super) fn hierarchy_group(&self) -> Option<HierarchyGroupId> {
        self.said.hierarchy_group.or(self.thing.hierarchy_group)
    }
}

/// The tags of what has none.
static NO_TAGS: Tags = Tags::new();

impl Thing<'_> {
    /// Something of which nothing is known.
    pub const UNKNOWN: Thing<'static> =
        Thing { resource_type: None, tags: &NO_TAGS, tags_set: None, hierarchy_group: None, user: None };
}

impl<'a> Thing<'a> {
    /// Something that is no user and stands nowhere in the hierarchy.
    #[must_use]
    pub const fn new(resource_type: ResourceType, tags: &'a Tags) -> Self {
        Self { resource_type: Some(resource_type), tags, tags_set: None, hierarchy_group: None, user: None }
    }
}
