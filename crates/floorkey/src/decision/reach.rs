//! How far grants reach: whether a thing lies in a scope, and what scopes look at in it.

use super::{Holder, Request, Said, Seen, Target, Thing};
use crate::condition::{Condition, Side};
use crate::directory::Directory;
use crate::resource::ResourceType;
use crate::scope::{HierarchyScope, Scope};

impl Directory {
    /// Whether the scope of a grant of the holder's holds the thing.
    #[must_use]
    pub fn in_scope<'a>(&self, scope: &Scope, holder: impl Into<Holder<'a>>, thing: impl Into<Seen<'a>>) -> bool {
        let (holder, thing) = (holder.into(), thing.into());
        scope.tags.iter().all(|(key, value)| thing.attribute(key) == Some(value))
            && match scope.hierarchy {
                None => true,
                Some(hierarchy) => {
                    let top = match hierarchy {
                        HierarchyScope::Own => holder.hierarchy_group(),
                        HierarchyScope::Group(group) => Some(group),
                    };
                    matches!((thing.hierarchy_group(), top), (Some(group), Some(top)) if self.is_within(group, top))
                }
            }
            && scope.conditions.iter().all(|condition| self.is_met(condition, &holder, &thing))
    }

    /// Whether a condition of a grant of the holder's is true of the thing.
    fn is_met(&self, condition: &Condition, holder: &Holder<'_>, thing: &Seen<'_>) -> bool {
        match condition {
            Condition::Own { attribute } => {
                thing.thing.user == Some(holder.user.id)
                    || thing.attribute(attribute).is_some_and(|owner| holder.is_named(owner))
            }
            Condition::SameHierarchy => {
                let groups = (thing.hierarchy_group(), holder.hierarchy_group());
                matches!(groups, (Some(group), Some(top)) if self.is_within(group, top))
            }
            Condition::Same { attribute, of_subject } => {
                let is = thing.attribute(attribute);
                is.is_some() && is == holder.attribute(of_subject)
            }
            Condition::OneOf { of, attribute, values } => {
                let is = match of {
                    Side::Subject => holder.attribute(attribute),
                    Side::Resource => thing.attribute(attribute),
                    Side::Action => holder.given.and_then(|given| given.action?.get(attribute)).map(String::as_str),
                };
                is.is_some_and(|is| values.contains(is))
            }
        }
    }

    /// The thing that a question is about, with what is said of it; `None` if there is no such thing. The instance is
    /// something of which nothing is known, whatever is said.
    #[must_use]
    pub fn seen<'a>(&'a self, request: &Request<'a>) -> Option<Seen<'a>> {
        match (request.target, request.given) {
            (Target::Instance, _) => Some(Seen::from(&Thing::UNKNOWN)),
            (target, given) => {
                let said = given.map_or(Said::NOTHING, |given| given.target);
                self.thing(&target).map(|thing| Seen { thing, said })
            }
        }
    }

    /// What is stored or described of the target; `None` if there is no such thing, or it is the instance.
    #[must_use]
    pub fn thing<'a>(&'a self, target: &Target<'a>) -> Option<Thing<'a>> {
        match *target {
            Target::Instance => None,
            Target::User(id) => self.user(id).map(|user| Thing {
                hierarchy_group: user.hierarchy_group,
                user: Some(user.id),
                ..Thing::new(ResourceType::User, &user.tags)
            }),
            Target::Profile(id) => {
                self.profile(id).map(|profile| Thing::new(ResourceType::SecurityProfile, &profile.tags))
            }
            Target::Group(id) => self.group(id).map(|group| Thing::new(ResourceType::HierarchyGroup, &group.tags)),
            Target::Resource(id) => {
                self.resource(id).map(|resource| Thing::new(resource.resource_type(), &resource.tags))
            }
            Target::Application { namespace, id } => Some(match self.application_resource(namespace, id) {
                Some(resource) => Thing {
                    resource_type: None,
                    tags: &resource.attributes,
                    hierarchy_group: resource.hierarchy_group,
                    user: None,
                },
                None => Thing::UNKNOWN,
            }),
            Target::Described(thing) => Some(thing),
        }
    }

    /// The same; for the instance something of which nothing is known.
    pub(crate) fn thing_or_instance<'a>(&'a self, target: &Target<'a>) -> Option<Thing<'a>> {
        match target {
            Target::Instance => Some(Thing::UNKNOWN),
            target => self.thing(target),
        }
    }
}
