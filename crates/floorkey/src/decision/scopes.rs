//! Evaluates the scopes of grants: which attributes a resource has, and whether the resource is in a scope.

use super::{Grantee, Request, ResourceAttributes, ResourceView, SuppliedAttributes, Target};
use crate::condition::{AttributeOwner, Condition};
use crate::directory::Directory;
use crate::id::UserId;
use crate::resource::ResourceType;
use crate::scope::{HierarchyScope, Scope};
use crate::value_revisions::LoginResolution;

impl Directory {
    /// Whether the resource is in the scope of a grant. The grant belongs to the given user.
    #[must_use]
    pub fn in_scope<'a>(
        &self,
        scope: &Scope,
        grantee: impl Into<Grantee<'a>>,
        resource: impl Into<ResourceView<'a>>,
    ) -> bool {
        let (grantee, resource) = (grantee.into(), resource.into());
        scope.tags.iter().all(|(key, value)| resource.attribute(key) == Some(value))
            && match scope.hierarchy {
                None => true,
                Some(hierarchy) => {
                    let top = match hierarchy {
                        HierarchyScope::Own => grantee.hierarchy_group(),
                        HierarchyScope::Group(group) => Some(group),
                    };
                    matches!((resource.hierarchy_group(), top), (Some(group), Some(top)) if self.is_within(group, top))
                }
            }
            && scope.conditions.iter().all(|condition| self.is_met(condition, &grantee, &resource))
    }

    /// Whether the resource meets a condition of a grant. The grant belongs to the given user.
    fn is_met(&self, condition: &Condition, grantee: &Grantee<'_>, resource: &ResourceView<'_>) -> bool {
        match condition {
            Condition::OwnedBySubject { attribute } => {
                resource.resource.user == Some(grantee.user.id)
                    || self.owner(attribute, resource) == Some(grantee.user.id)
            }
            Condition::SameHierarchy => {
                let groups = (resource.hierarchy_group(), grantee.hierarchy_group());
                matches!(groups, (Some(group), Some(top)) if self.is_within(group, top))
            }
            Condition::EqualsSubject { attribute, subject_attribute: of_subject } => {
                let value = resource.attribute(attribute);
                value.is_some() && value == grantee.attribute(of_subject)
            }
            Condition::OneOf { owner: of, attribute, values } => {
                let value = match of {
                    AttributeOwner::Subject => grantee.attribute(attribute),
                    AttributeOwner::Resource => resource.attribute(attribute),
                    AttributeOwner::Action => {
                        grantee.given.and_then(|given| given.action?.get(attribute)).map(String::as_str)
                    }
                };
                value.is_some_and(|value| values.contains(value))
            }
        }
    }

    /// Returns the user that an attribute refers to by ID, ARN or login name. A value that parses as an ID is never
    /// treated as a login name.
    ///
    /// A login name in a stored value refers to the user who had the name when the value was set. A rename therefore
    /// does not transfer ownership. If the caller supplied the value, a login name refers to the user who has the name
    /// at the current revision.
    pub(crate) fn owner(&self, attribute: &str, resource: &ResourceView<'_>) -> Option<UserId> {
        resource.attribute(attribute).and_then(id_in).or_else(|| self.owner_by_login(attribute, resource))
    }

    /// Returns the user that an attribute refers to by login name. Returns `None` if the attribute's value is an ID or
    /// an ARN.
    pub(crate) fn owner_by_login(&self, attribute: &str, resource: &ResourceView<'_>) -> Option<UserId> {
        let text = resource.attribute(attribute).filter(|text| id_in(text).is_none())?;
        match resource.login_resolution(attribute) {
            None => self.user_id_by_login(text),
            Some(LoginResolution::Revision(revision)) => self.user_id_by_login_at(text, revision),
            Some(LoginResolution::User(user)) => user,
        }
    }

    /// Returns the target of a request together with the attributes that the caller supplied. Returns `None` if the
    /// target does not exist. If the target is the instance, supplied attributes are ignored.
    #[must_use]
    pub fn resource_view<'a>(&'a self, request: &Request<'a>) -> Option<ResourceView<'a>> {
        match (request.target, request.attributes) {
            (Target::Instance, _) => Some(ResourceView::from(&ResourceAttributes::UNKNOWN)),
            (target, given) => {
                let supplied = given.map_or(SuppliedAttributes::NONE, |given| given.target);
                self.resource_attributes(&target).map(|thing| ResourceView { resource: thing, supplied })
            }
        }
    }

    /// Returns the stored or described attributes of the target; `None` if the target does not exist or is the
    /// instance.
    #[must_use]
    pub fn resource_attributes<'a>(&'a self, target: &Target<'a>) -> Option<ResourceAttributes<'a>> {
        match *target {
            Target::Instance => None,
            Target::User(id) => self.user(id).map(|user| ResourceAttributes {
                tag_revisions: Some(&user.tag_revisions),
                hierarchy_group: user.hierarchy_group,
                user: Some(user.id),
                ..ResourceAttributes::new(ResourceType::User, &user.tags)
            }),
            Target::Profile(id) => self.profile(id).map(|profile| ResourceAttributes {
                tag_revisions: Some(&profile.tag_revisions),
                ..ResourceAttributes::new(ResourceType::SecurityProfile, &profile.tags)
            }),
            Target::Group(id) => self.group(id).map(|group| ResourceAttributes {
                tag_revisions: Some(&group.tag_revisions),
                ..ResourceAttributes::new(ResourceType::HierarchyGroup, &group.tags)
            }),
            Target::Resource(id) => self.resource(id).map(|resource| ResourceAttributes {
                tag_revisions: Some(&resource.tag_revisions),
                ..ResourceAttributes::new(resource.resource_type(), &resource.tags)
            }),
            Target::Application { namespace, id } => Some(match self.application_resource(namespace, id) {
                Some(resource) => ResourceAttributes {
                    resource_type: None,
                    tags: &resource.attributes,
                    tag_revisions: Some(&resource.attribute_revisions),
                    hierarchy_group: resource.hierarchy_group,
                    user: None,
                },
                None => ResourceAttributes::UNKNOWN,
            }),
            Target::Described(thing) => Some(thing),
        }
    }

    /// Returns the target's attributes as [`Directory::resource_attributes`] does. For the instance, returns a resource
    /// without known attributes.
    pub(crate) fn thing_or_unknown<'a>(&'a self, target: &Target<'a>) -> Option<ResourceAttributes<'a>> {
        match target {
            Target::Instance => Some(ResourceAttributes::UNKNOWN),
            target => self.resource_attributes(target),
        }
    }
}

/// Parses a user ID, or an ARN that ends with a slash and a user ID.
pub(crate) fn id_in(text: &str) -> Option<UserId> {
    text.rsplit('/').next().and_then(UserId::parse)
}
