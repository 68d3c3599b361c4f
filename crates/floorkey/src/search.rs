//! Searches: who may, on what, and what may somebody do. Each answers exactly what [`Directory::decide`] answers for
//! every candidate, in an order that stays the same at a revision. What is said in the request of the subject, the
//! action and the target is said of every candidate.

mod who_can;

use std::sync::Arc;

use crate::application::ApplicationResource;
use crate::catalogue::{Permission, catalogue};
use crate::condition::AnyPermission;
use crate::decision::{Action, Reason, Request, Target};
use crate::directory::Directory;
use crate::hierarchy::HierarchyGroup;
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::profile::SecurityProfile;
use crate::resource::{Resource, ResourceType};
use crate::user::User;

pub(crate) use who_can::Kept;
pub use who_can::WhoCan;

/// A user's place in searches at one revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u32);

/// The things that a search looks through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among<'a> {
    /// The instance alone.
    Instance,
    /// Everything stored of a type. Of types that are not stored there is nothing.
    Type(ResourceType),
    /// The known things of an application.
    Application(&'a str),
}

/// A thing that a search found.
#[derive(Clone, Debug)]
pub enum Found<'a> {
    /// The instance.
    Instance,
    /// A user.
    User(&'a Arc<User>),
    /// A security profile.
    Profile(&'a Arc<SecurityProfile>),
    /// A group of the hierarchy.
    Group(&'a Arc<HierarchyGroup>),
    /// A routing profile, queue, hours of operation or agent status.
    Resource(&'a Arc<Resource>),
    /// A thing of an application.
    Application(&'a Arc<ApplicationResource>),
}

impl<'a> Found<'a> {
    /// The thing's id; empty for the instance. Searches are in the order of it, as text.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Instance => String::new(),
            Self::User(user) => user.id.to_string(),
            Self::Profile(profile) => profile.id.to_string(),
            Self::Group(group) => group.id.to_string(),
            Self::Resource(resource) => resource.id.to_string(),
            Self::Application(resource) => resource.id.clone(),
        }
    }

    /// What the thing is called: a user's login name; `None` for the instance and things of applications.
    #[must_use]
    pub fn name(&self) -> Option<&'a str> {
        match *self {
            Self::Instance | Self::Application(_) => None,
            Self::User(user) => Some(&user.username),
            Self::Profile(profile) => Some(&profile.name),
            Self::Group(group) => Some(&group.name),
            Self::Resource(resource) => Some(&resource.name),
        }
    }

    /// The thing as the target of a question.
    #[must_use]
    pub fn target(&self) -> Target<'a> {
        match *self {
            Self::Instance => Target::Instance,
            Self::User(user) => Target::User(user.id),
            Self::Profile(profile) => Target::Profile(profile.id),
            Self::Group(group) => Target::Group(group.id),
            Self::Resource(resource) => Target::Resource(resource.id),
            Self::Application(resource) => Target::Application { namespace: &resource.namespace, id: &resource.id },
        }
    }
}

impl Directory {
    /// The users who may, beginning after a position. The request's subject is not looked at.
    #[must_use]
    pub fn who_can<'a>(&'a self, request: &Request<'a>, after: Option<Position>) -> WhoCan<'a> {
        WhoCan::new(self, *request, after)
    }

    /// The user at a position, at the revision that the position is of.
    #[must_use]
    pub fn user_at_position(&self, position: Position) -> Option<&Arc<User>> {
        self.user_at(position.0)
    }

    /// The position of a user.
    #[must_use]
    pub fn position(&self, user: UserId) -> Option<Position> {
        self.ordinal(user).map(Position)
    }

    /// The things to which the subject may do the action, beginning after the thing of that id. The request's target is
    /// not looked at.
    pub fn on_what<'a>(
        &'a self,
        request: &Request<'a>,
        among: Among<'a>,
        after: Option<&str>,
    ) -> impl Iterator<Item = Found<'a>> + 'a {
        let request = *request;
        self.things(among, after)
            .filter(move |found| self.decide(&Request { target: found.target(), ..request }).allowed())
    }

    /// What the subject may do to the target: permissions of the application where it is an application's thing, else of
    /// the catalogue, in its order. The request's action is not looked at.
    #[must_use]
    pub fn what_can(&self, request: &Request<'_>) -> Vec<AnyPermission> {
        let may = |action: Action<'_>| self.decide(&Request { action, ..*request }).allowed();
        match request.target {
            Target::Application { namespace, .. } => self
                .application(namespace)
                .into_iter()
                .flat_map(|application| &application.permissions)
                .filter(|permission| may(Action::Application { namespace, permission: &permission.name }))
                .map(|permission| AnyPermission::Application {
                    namespace: namespace.to_owned(),
                    name: permission.name.clone(),
                })
                .collect(),
            _ => catalogue()
                .permissions()
                .filter(|permission| may(Action::Permission(*permission)))
                .map(AnyPermission::Catalogue)
                .collect(),
        }
    }

    fn things<'a>(&'a self, among: Among<'a>, after: Option<&str>) -> Box<dyn Iterator<Item = Found<'a>> + 'a> {
        match among {
            Among::Instance => Box::new(after.is_none().then_some(Found::Instance).into_iter()),
            Among::Application(namespace) => {
                Box::new(self.application_resources(namespace, after).map(Found::Application))
            }
            Among::Type(ResourceType::User) => {
                let after = after.and_then(UserId::parse);
                let mut users: Vec<&Arc<User>> =
                    self.all_users().filter(|user| after.is_none_or(|after| user.id > after)).collect();
                users.sort_unstable_by_key(|user| user.id);
                Box::new(users.into_iter().map(Found::User))
            }
            Among::Type(ResourceType::SecurityProfile) => {
                Box::new(self.profiles_from(after.and_then(SecurityProfileId::parse)).map(Found::Profile))
            }
            Among::Type(ResourceType::HierarchyGroup) => {
                Box::new(self.groups_from(after.and_then(HierarchyGroupId::parse)).map(Found::Group))
            }
            Among::Type(resource_type) => Box::new(
                self.resources_from(after.and_then(ResourceId::parse))
                    .filter(move |resource| resource.resource_type() == resource_type)
                    .map(Found::Resource),
            ),
        }
    }
}

impl Directory {
    /// Whether the target is there, and the permission about things of its type.
    pub(crate) fn is_about(&self, permission: Permission, target: &Target<'_>) -> Result<(), Reason> {
        let thing = self.thing_or_instance(target).ok_or(Reason::UnknownTarget)?;
        match (permission.info().resource_type, thing.resource_type) {
            (Some(of), Some(is)) if of != is => Err(Reason::NotAbout),
            _ => Ok(()),
        }
    }
}
