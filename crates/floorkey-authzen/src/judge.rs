//! Translates AuthZEN requests into requests of the engine: subject, action and resource.
//!
//! This module resolves the names; the engine decides. An unknown name results in a denial with its reason.

use std::borrow::Cow;

use floorkey::{
    Action, Directory, Given, HierarchyGroupId, Reason, Request, ResourceId, ResourceType, Said, SecurityProfileId,
    Target, Thing, Timestamp, TokenSettings, UserId,
};

use super::arn;
use super::explain;
use super::fault::Fault;
use super::json::Wrong;
use super::parse::{Body, Doing, Entity, Parts, Properties, Semantic, Wishes, missing};
use super::render::Rendering;
use crate::AuthZen;

/// Evaluates requests with one directory.
pub(super) struct Judge<'a> {
    pub(super) state: &'a AuthZen,
    pub(super) directory: &'a Directory,
    /// The settings of the token in the request.
    pub(super) settings: &'a TokenSettings,
    pub(super) at: Timestamp,
}

/// A complete evaluation request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'q> {
    pub(super) subject: &'q Entity<'q>,
    pub(super) subject_id: &'q str,
    pub(super) action: &'q Doing<'q>,
    pub(super) resource: &'q Entity<'q>,
    pub(super) resource_id: &'q str,
    pub(super) wishes: Wishes,
}

/// The parts of a request except for the identity of the subject.
pub(super) struct Put<'q> {
    /// The entity whose properties are used.
    pub(super) subject: &'q Entity<'q>,
    pub(super) action: &'q Doing<'q>,
    pub(super) resource: &'q Entity<'q>,
    /// The ID of the resource; the one in `resource` is ignored.
    pub(super) resource_id: &'q str,
}

/// The result of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Decided by the engine.
    Decided(Reason),
    /// Denied, because the subject type is unknown.
    UnknownSubjectType,
}

/// The meaning of a resource type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// The instance as a whole.
    Instance,
    /// Resources of a type that Floorkey has itself.
    BuiltIn(ResourceType),
    /// Resources of an application.
    Of(&'a str),
}

impl<'a> Kind<'a> {
    /// The meaning of a resource type for a token with these settings.
    #[inline]
    pub(super) fn named(word: &'a str, settings: &'a TokenSettings) -> Self {
        if let Some(namespace) = settings.namespace_of(word) {
            return Self::Of(namespace);
        }
        match word {
            "instance" => Self::Instance,
            word => ResourceType::named(word).map_or(Self::Of(word), Self::BuiltIn),
        }
    }

    /// The action of this name on resources of this kind.
    #[inline]
    pub(super) fn action(self, name: &'a str) -> Action<'a> {
        match self {
            Self::Instance | Self::BuiltIn(_) => Action::parse(name),
            Self::Of(namespace) => Action::Application { namespace, permission: name },
        }
    }
}

impl<'q> Question<'q> {
    /// Combines the parts of a request with the defaults of its batch.
    ///
    /// # Errors
    /// If a part is missing.
    #[inline]
    pub(super) fn new(own: &'q Parts<'q>, defaults: &'q Parts<'q>) -> Result<Self, Wrong> {
        let part = |name, example| missing(name, example);
        let subject = own.subject.as_ref().or(defaults.subject.as_ref());
        let subject = subject.ok_or_else(|| part("subject", "{\"subject\": {\"type\": \"user\", \"id\": …}}"))?;
        let action = own.action.as_ref().or(defaults.action.as_ref());
        let action = action.ok_or_else(|| part("action", "{\"action\": {\"name\": \"Users.View\"}}"))?;
        let resource = own.resource.as_ref().or(defaults.resource.as_ref());
        let resource = resource.ok_or_else(|| part("resource", "{\"resource\": {\"type\": …, \"id\": …}}"))?;
        Ok(Self {
            subject,
            subject_id: id_of(subject, "subject")?,
            action,
            resource,
            resource_id: id_of(resource, "resource")?,
            wishes: own.wishes.or(defaults.wishes).unwrap_or_default(),
        })
    }
}

/// The ID of a subject or resource that requires one.
///
/// # Errors
/// If it has none.
#[inline]
pub(super) fn id_of<'q>(entity: &'q Entity<'q>, name: &str) -> Result<&'q str, Wrong> {
    let id = entity.id.as_deref();
    id.ok_or_else(|| missing("id", "{\"type\": …, \"id\": …}").within(name))
}

impl Verdict {
    /// Whether it is a permit.
    #[inline]
    pub(super) const fn allowed(self) -> bool {
        matches!(self, Self::Decided(Reason::Granted | Reason::GrantedInScope))
    }
}

impl<'a> Judge<'a> {
    /// Answers one evaluation.
    ///
    /// # Errors
    /// If a part of it is missing.
    pub(super) fn one(&self, body: &Body<'_>) -> Result<Vec<u8>, Fault> {
        let question = Question::new(&body.parts, &body.parts)?;
        let mut rendering = Rendering::new(self.directory.revision(), 1);
        self.answer(&question, question.wishes.details_or(true), &mut rendering);
        Ok(rendering.finish())
    }

    /// Answers a batch. An invalid evaluation is denied, and its response contains the error.
    pub(super) fn batch(&self, body: &Body<'_>) -> Vec<u8> {
        let mut rendering = Rendering::new(self.directory.revision(), body.items.len());
        rendering.begin_batch();
        for (at, item) in body.items.iter().enumerate() {
            rendering.separate(at);
            let question = match item {
                Ok(own) => Question::new(own, &body.parts)
                    .map_err(|wrong| Cow::Owned(wrong.within(&format!("evaluations[{at}]")))),
                Err(wrong) => Err(Cow::Borrowed(wrong)),
            };
            let allowed = match question {
                Ok(question) => {
                    self.answer(&question, question.wishes.details_or(self.settings.details), &mut rendering)
                }
                Err(wrong) => {
                    rendering.wrong(&wrong);
                    false
                }
            };
            match (body.semantic, allowed) {
                (Semantic::DenyOnFirstDeny, false) | (Semantic::PermitOnFirstPermit, true) => break,
                _ => {}
            }
        }
        rendering.end_batch();
        rendering.finish()
    }

    /// Answers an evaluation, with its reason if `details` is set. Returns whether it is a permit.
    #[inline]
    fn answer(&self, question: &Question<'_>, details: bool, rendering: &mut Rendering) -> bool {
        let decided = self.ask(question, |request| {
            let reason = self.directory.decide(request).reason;
            if Verdict::Decided(reason).allowed() && !question.wishes.explain {
                // A caller who requests an explanation examines a permission, but doesn't use it.
                let usage = self.state.service.usage();
                usage.count(self.directory.instance(), request.subject, request.action, self.at);
            }
            let explanation = question.wishes.explain.then(|| explain::of(self.directory, request));
            (reason, explanation)
        });
        let (verdict, explanation) = match decided {
            Ok((reason, explanation)) => (Verdict::Decided(reason), explanation),
            Err(verdict) => (verdict, None),
        };
        match details {
            true => rendering.decision(verdict, explanation.as_ref()),
            false => rendering.bare_decision(verdict),
        }
        verdict.allowed()
    }

    /// Passes an evaluation to the engine.
    ///
    /// # Errors
    /// The verdict, if it can be determined without the engine.
    #[inline]
    pub(super) fn ask<T>(&self, question: &Question<'_>, ask: impl FnOnce(&Request<'_>) -> T) -> Result<T, Verdict> {
        if !self.settings.is_user(&question.subject.kind) {
            return Err(Verdict::UnknownSubjectType);
        }
        let subject = self.user(question.subject_id).ok_or(Verdict::Decided(Reason::UnknownUser))?;
        let Question { subject: said, action, resource, resource_id, .. } = *question;
        self.put(subject, &Put { subject: said, action, resource, resource_id }, ask)
    }

    /// Passes a request about a user to the engine, whatever the ID of its subject.
    ///
    /// # Errors
    /// The verdict, if it can be determined without the engine.
    #[inline]
    pub(super) fn put<T>(
        &self,
        subject: UserId,
        put: &Put<'_>,
        ask: impl FnOnce(&Request<'_>) -> T,
    ) -> Result<T, Verdict> {
        let kind = Kind::named(&put.resource.kind, self.settings);
        let target = self.target(kind, put.resource_id, put.resource.properties.is_some())?;
        let request = Request::new(subject, kind.action(&put.action.name), target, self.at);
        Ok(match put.given() {
            None => ask(&request),
            Some(given) => ask(&Request { given: Some(&given), ..request }),
        })
    }

    /// The user with this ID, ARN or login name.
    #[inline]
    pub(super) fn user(&self, name: &str) -> Option<UserId> {
        if let Some(id) = UserId::parse(name) {
            return self.directory.user(id).map(|user| user.id);
        }
        match self.in_arn(name, "agent") {
            Some(id) => UserId::parse(id).filter(|id| self.directory.user(*id).is_some()),
            None => self.directory.user_id_by_login(name),
        }
    }

    /// The target of a request.
    ///
    /// # Errors
    /// If Floorkey would have the resource but doesn't, and the request has no properties for it.
    #[inline]
    fn target<'q>(&self, kind: Kind<'q>, id: &'q str, is_described: bool) -> Result<Target<'q>, Verdict> {
        let unknown = Verdict::Decided(Reason::UnknownTarget);
        match kind {
            Kind::Instance if self.is_instance(id) => Ok(Target::Instance),
            Kind::Instance => Err(unknown),
            Kind::Of(namespace) => Ok(Target::Application { namespace, id }),
            Kind::BuiltIn(of) => match self.stored(of, id) {
                Some(target) => Ok(target),
                None if is_described => Ok(Target::Described(Thing { resource_type: Some(of), ..Thing::UNKNOWN })),
                None => Err(unknown),
            },
        }
    }

    /// The resource of a built-in type with this ID or ARN, or for users with this login name. `None` if there is none.
    #[inline]
    fn stored<'q>(&self, of: ResourceType, id: &str) -> Option<Target<'q>> {
        let directory = self.directory;
        let local = |segment| self.in_arn(id, segment).unwrap_or(id);
        let resource = |segment| {
            let id = ResourceId::parse(local(segment))?;
            directory.resource_of(of, id).map(|_| Target::Resource(id))
        };
        match of {
            ResourceType::User => self.user(id).map(Target::User),
            ResourceType::SecurityProfile => SecurityProfileId::parse(local("security-profile"))
                .filter(|id| directory.profile(*id).is_some())
                .map(Target::Profile),
            ResourceType::HierarchyGroup => {
                let id = HierarchyGroupId::parse(local("agent-group"))?;
                directory.group(id).map(|_| Target::Group(id))
            }
            ResourceType::RoutingProfile => resource("routing-profile"),
            ResourceType::Queue => resource("queue"),
            ResourceType::HoursOfOperation => resource("operating-hours"),
            ResourceType::AgentStatus => resource("agent-state"),
            // Not stored by Floorkey, so the resource exists if the request says so.
            _ => Some(Target::Described(Thing { resource_type: Some(of), ..Thing::UNKNOWN })),
        }
    }

    /// Whether a text identifies the instance of the request: by ID, ARN or alias, or as `this`, since the token
    /// identifies it.
    #[inline]
    fn is_instance(&self, name: &str) -> bool {
        let id = self.directory.instance();
        let is_alias = |alias: &String| alias.eq_ignore_ascii_case(name);
        name == "this"
            || floorkey::InstanceId::parse(name) == Some(id)
            || self.directory.settings().alias.as_ref().is_some_and(is_alias)
            || arn::of_instance(name, self.state, id).is_some_and(str::is_empty)
    }

    /// The ID in the ARN of a resource of this kind in this instance; `None` for any other text.
    #[inline]
    fn in_arn<'q>(&self, name: &'q str, segment: &str) -> Option<&'q str> {
        let rest = arn::of_instance(name, self.state, self.directory.instance())?;
        rest.strip_prefix('/')?.strip_prefix(segment)?.strip_prefix('/')
    }
}

impl Put<'_> {
    /// The supplied attributes of the subject, the action and the resource; `None` if there are none.
    #[inline]
    pub(super) fn given(&self) -> Option<Given<'_>> {
        let (subject, target) = (&self.subject.properties, &self.resource.properties);
        let action = &self.action.properties;
        if subject.is_none() && action.is_none() && target.is_none() {
            return None;
        }
        Some(Given {
            subject: subject.as_deref().map_or(Said::NOTHING, said),
            action: action.as_deref().map(|said| &said.tags),
            target: target.as_deref().map_or(Said::NOTHING, said),
        })
    }
}

#[inline]
fn said(properties: &Properties) -> Said<'_> {
    let Properties { tags, unmatched, hierarchy_group } = properties;
    Said { attributes: tags, blank: unmatched, hierarchy_group: *hierarchy_group }
}
