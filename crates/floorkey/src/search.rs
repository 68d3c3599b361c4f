//! Searches for subjects, resources and actions.
//!
//! A search for subjects finds the users who can perform an action on a resource. A search for resources finds the
//! resources on which a user can perform an action. A search for actions finds the actions that a user can perform on a
//! resource. Every search returns exactly the candidates that [`Directory::decide`] allows. The order of the results is
//! stable within a revision. Attributes in the request apply to every candidate.

mod subjects;

use std::sync::Arc;

use crate::application::ApplicationResource;
use crate::catalog::{Permission, catalog};
use crate::condition::AnyPermission;
use crate::decision::{Reason, Request, RequestedAction, Target};
use crate::directory::Directory;
use crate::hierarchy::HierarchyGroup;
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::profile::SecurityProfile;
use crate::resource::{Resource, ResourceType};
use crate::user::User;

pub use subjects::SubjectSearch;

/// The position of a user in the results of searches at one revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u32);

/// The resources to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Candidates<'a> {
    /// The instance only.
    Instance,
    /// All stored resources of a type. If resources of the type are not stored, none are found.
    Type(ResourceType),
    /// The registered resources of an application.
    Application(&'a str),
}

/// A resource found by a search.
#[derive(Clone, Debug)]
pub enum FoundResource<'a> {
    /// The instance.
    Instance,
    /// A user.
    User(&'a Arc<User>),
    /// A security profile.
    Profile(&'a Arc<SecurityProfile>),
    /// A hierarchy group.
    Group(&'a Arc<HierarchyGroup>),
    /// A routing profile, queue, hours of operation or agent status.
    Resource(&'a Arc<Resource>),
    /// A resource of an application.
    Application(&'a Arc<ApplicationResource>),
}

impl<'a> FoundResource<'a> {
    /// Returns the ID as text, by which search results are sorted. Empty for the instance.
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

    /// Returns the name; for a user, this is the login name. Returns `None` for the instance and for resources of
    /// applications.
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

    /// Returns the resource as the target of a request.
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
    /// Iterates over the users who can perform the action on the target, starting after the given position. The subject
    /// in the request is ignored.
    #[must_use]
    pub fn search_subjects<'a>(&'a self, request: &Request<'a>, after: Option<Position>) -> SubjectSearch<'a> {
        SubjectSearch::new(self, *request, after)
    }

    /// Returns the user at a position. The position is valid only at the revision that it was returned for.
    #[must_use]
    pub fn user_at_position(&self, position: Position) -> Option<&Arc<User>> {
        self.user_at(position.0)
    }

    /// Returns the position of a user.
    #[must_use]
    pub fn position(&self, user: UserId) -> Option<Position> {
        self.ordinal(user).map(Position)
    }

    /// Iterates over the resources on which the subject can perform the action, starting after the given ID. The target
    /// in the request is ignored.
    pub fn search_resources<'a>(
        &'a self,
        request: &Request<'a>,
        among: Candidates<'a>,
        after: Option<&str>,
    ) -> impl Iterator<Item = FoundResource<'a>> + 'a {
        let request = *request;
        self.candidates(among, after)
            .filter(move |candidate| self.decide(&Request { target: candidate.target(), ..request }).allowed())
    }

    /// Returns the permissions that the subject has for the target. If the target is a resource of an application,
    /// these are permissions of the application. For any other target, these are catalog permissions, in the order of
    /// the catalog. The action in the request is ignored.
    #[must_use]
    pub fn search_actions(&self, request: &Request<'_>) -> Vec<AnyPermission> {
        let is_allowed = |action: RequestedAction<'_>| self.decide(&Request { action, ..*request }).allowed();
        match request.target {
            Target::Application { namespace, .. } => self
                .application(namespace)
                .into_iter()
                .flat_map(|application| &application.permissions)
                .filter(|permission| {
                    is_allowed(RequestedAction::Application { namespace, permission: &permission.name })
                })
                .map(|permission| AnyPermission::Application {
                    namespace: namespace.to_owned(),
                    name: permission.name.clone(),
                })
                .collect(),
            _ => catalog()
                .permissions()
                .filter(|permission| is_allowed(RequestedAction::Permission(*permission)))
                .map(AnyPermission::Catalog)
                .collect(),
        }
    }

    fn candidates<'a>(
        &'a self,
        among: Candidates<'a>,
        after: Option<&str>,
    ) -> Box<dyn Iterator<Item = FoundResource<'a>> + 'a> {
        match among {
            Candidates::Instance => Box::new(after.is_none().then_some(FoundResource::Instance).into_iter()),
            Candidates::Application(namespace) => {
                Box::new(self.application_resources(namespace, after).map(FoundResource::Application))
            }
            Candidates::Type(ResourceType::User) => {
                let after = after.and_then(UserId::parse);
                let mut users: Vec<&Arc<User>> =
                    self.all_users().filter(|user| after.is_none_or(|after| user.id > after)).collect();
                users.sort_unstable_by_key(|user| user.id);
                Box::new(users.into_iter().map(FoundResource::User))
            }
            Candidates::Type(ResourceType::SecurityProfile) => {
                Box::new(self.profiles_from(after.and_then(SecurityProfileId::parse)).map(FoundResource::Profile))
            }
            Candidates::Type(ResourceType::HierarchyGroup) => {
                Box::new(self.groups_from(after.and_then(HierarchyGroupId::parse)).map(FoundResource::Group))
            }
            Candidates::Type(resource_type) => Box::new(
                self.resources_from(after.and_then(ResourceId::parse))
                    .filter(move |resource| resource.resource_type() == resource_type)
                    .map(FoundResource::Resource),
            ),
        }
    }
}

impl Directory {
    /// Checks that the target exists and that the permission applies to resources of the target's type.
    pub(crate) fn check_resource_type(&self, permission: Permission, target: &Target<'_>) -> Result<(), Reason> {
        let resource = self.thing_or_unknown(target).ok_or(Reason::TargetNotFound)?;
        match (permission.info().resource_type, resource.resource_type) {
            (Some(required), Some(found)) if required != found => Err(Reason::WrongResourceType),
            _ => Ok(()),
        }
    }
}
