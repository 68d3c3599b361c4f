//! From the standard's words to the engine's: who is asked about, what would be done, to what.
//!
//! Names are looked up here; the engine decides. What is unknown is a denial with its reason. What the caller says of a
//! thing wins over what is stored of it, name by name.

use std::borrow::Cow;

use floorkey::tags::Tags;
use floorkey::{
    Action, Directory, Given, HierarchyGroupId, Reason, Request, ResourceId, ResourceType, SecurityProfileId, Target,
    Thing, Timestamp, UserId,
};

use super::arn;
use super::explain;
use super::fault::Fault;
use super::json::Wrong;
use super::parse::{Body, Doing, Entity, Parts, Properties, Semantic, Wishes, missing};
use super::render::Rendering;
use crate::app::App;

/// A value that no condition names and nothing stored has: what a caller said is no text, number or boolean.
const MATCHES_NOTHING: &str = "\0no text\0";

/// Answers questions by one directory.
pub(super) struct Judge<'a> {
    pub(super) app: &'a App,
    pub(super) directory: &'a Directory,
    pub(super) at: Timestamp,
}

/// A question that is complete.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'q> {
    pub(super) subject: &'q Entity<'q>,
    pub(super) subject_id: &'q str,
    pub(super) action: &'q Doing<'q>,
    pub(super) resource: &'q Entity<'q>,
    pub(super) resource_id: &'q str,
    pub(super) wishes: Wishes,
}

/// What is said in a question beside who the subject is.
pub(super) struct Put<'q> {
    /// Whose properties count.
    pub(super) subject: &'q Entity<'q>,
    pub(super) action: &'q Doing<'q>,
    pub(super) resource: &'q Entity<'q>,
    /// The resource's id; that in `resource` is not looked at.
    pub(super) resource_id: &'q str,
}

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The engine decided it.
    Decided(Reason),
    /// Denied: subjects of that type are not known here.
    UnknownSubjectType,
}

/// What a type of resource names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// The instance as a whole.
    Instance,
    /// Things that Floorkey knows of itself.
    BuiltIn(ResourceType),
    /// Things of an application.
    Of(&'a str),
}

impl<'a> Kind<'a> {
    /// What the word names.
    #[inline]
    pub(super) fn named(word: &'a str) -> Self {
        match word {
            "instance" => Self::Instance,
            word => ResourceType::named(word).map_or(Self::Of(word), Self::BuiltIn),
        }
    }

    /// The action of that name on things of the kind.
    #[inline]
    pub(super) fn action(self, name: &'a str) -> Action<'a> {
        match self {
            Self::Instance | Self::BuiltIn(_) => Action::parse(name),
            Self::Of(namespace) => Action::Application { namespace, permission: name },
        }
    }
}

impl<'q> Question<'q> {
    /// Puts a question together.
    ///
    /// # Errors
    /// Which part is missing.
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

/// The id of a subject or resource that has to have one.
///
/// # Errors
/// It has none.
#[inline]
pub(super) fn id_of<'q>(entity: &'q Entity<'q>, name: &str) -> Result<&'q str, Wrong> {
    let id = entity.id.as_deref();
    id.ok_or_else(|| missing("id", "{\"type\": …, \"id\": …}").within(name))
}

impl Verdict {
    /// Whether it is a yes.
    #[inline]
    pub(super) const fn allowed(self) -> bool {
        matches!(self, Self::Decided(Reason::Granted | Reason::GrantedInScope))
    }
}

impl<'a> Judge<'a> {
    /// Answers one question.
    ///
    /// # Errors
    /// A part of it that is missing.
    pub(super) fn one(&self, body: &Body<'_>) -> Result<Vec<u8>, Fault> {
        let question = Question::new(&body.parts, &body.parts)?;
        let mut rendering = Rendering::new(self.directory.revision(), 1);
        self.answer(&question, &mut rendering);
        Ok(rendering.finish())
    }

    /// Answers a batch. A question that is not as it has to be is denied, with what is wrong with it.
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
                Ok(question) => self.answer(&question, &mut rendering),
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

    /// Answers a question, and says whether it is a yes.
    #[inline]
    fn answer(&self, question: &Question<'_>, rendering: &mut Rendering) -> bool {
        let decided = self.ask(question, |request| {
            let reason = self.directory.decide(request).reason;
            if Verdict::Decided(reason).allowed() && !question.wishes.explain {
                // Somebody who asks for reasons looks into something, and does nothing.
                let usage = self.app.service.usage();
                usage.count(self.directory.instance(), request.subject, request.action, self.at);
            }
            let explanation = question.wishes.explain.then(|| explain::of(self.directory, request));
            (reason, explanation)
        });
        let (verdict, explanation) = match decided {
            Ok((reason, explanation)) => (Verdict::Decided(reason), explanation),
            Err(verdict) => (verdict, None),
        };
        rendering.decision(verdict, explanation.as_ref());
        verdict.allowed()
    }

    /// Puts a question to the engine.
    ///
    /// # Errors
    /// The verdict where there is nothing to ask the engine.
    #[inline]
    pub(super) fn ask<T>(&self, question: &Question<'_>, ask: impl FnOnce(&Request<'_>) -> T) -> Result<T, Verdict> {
        if question.subject.kind != "user" {
            return Err(Verdict::UnknownSubjectType);
        }
        let subject = self.user(question.subject_id).ok_or(Verdict::Decided(Reason::UnknownUser))?;
        let Question { subject: said, action, resource, resource_id, .. } = *question;
        self.put(subject, &Put { subject: said, action, resource, resource_id }, ask)
    }

    /// Puts a question about a user to the engine, whatever the id of the question's subject.
    ///
    /// # Errors
    /// The verdict where there is nothing to ask the engine.
    #[inline]
    pub(super) fn put<T>(
        &self,
        subject: UserId,
        put: &Put<'_>,
        ask: impl FnOnce(&Request<'_>) -> T,
    ) -> Result<T, Verdict> {
        let kind = Kind::named(&put.resource.kind);
        let mut merged = Tags::new();
        let target = self.target(kind, put.resource_id, put.resource.properties.as_deref(), &mut merged)?;
        let request = Request::new(subject, kind.action(&put.action.name), target, self.at);
        let of_subject = put.subject.properties.as_deref();
        let of_action = put.action.properties.as_deref();
        if of_subject.is_none() && of_action.is_none() {
            return Ok(ask(&request));
        }
        let said = of_subject.map(given);
        let given = Given {
            subject: said.as_deref(),
            subject_group: of_subject.and_then(|said| said.hierarchy_group),
            action: of_action.map(|said| &said.tags),
        };
        Ok(ask(&Request { given: Some(&given), ..request }))
    }

    /// The user of that id, ARN or login name.
    #[inline]
    pub(super) fn user(&self, name: &str) -> Option<UserId> {
        if let Some(id) = UserId::parse(name) {
            return self.directory.user(id).map(|user| user.id);
        }
        match self.in_arn(name, "agent") {
            Some(id) => UserId::parse(id).filter(|id| self.directory.user(*id).is_some()),
            None => self.directory.user_by_login(name).map(|user| user.id),
        }
    }

    /// What the resource is, with what is said of it.
    ///
    /// # Errors
    /// A thing that Floorkey would know if it were there, and of which nothing is said.
    #[inline]
    fn target<'q>(
        &self,
        kind: Kind<'q>,
        id: &'q str,
        said: Option<&Properties>,
        merged: &'q mut Tags,
    ) -> Result<Target<'q>, Verdict> {
        let stored = match kind {
            Kind::Instance if self.is_instance(id) => return Ok(Target::Instance),
            Kind::Instance => None,
            Kind::BuiltIn(of) => self.stored(of, id),
            Kind::Of(namespace) => Some(Target::Application { namespace, id }),
        };
        match (said, stored) {
            (None, Some(target)) => Ok(target),
            (None, None) => Err(Verdict::Decided(Reason::UnknownTarget)),
            (Some(_), None) if kind == Kind::Instance => Err(Verdict::Decided(Reason::UnknownTarget)),
            (Some(said), stored) => Ok(Target::Described(self.described(kind, id, stored, said, merged))),
        }
    }

    /// A thing as it is stored, with what is said of it.
    fn described<'q>(
        &self,
        kind: Kind<'_>,
        id: &str,
        stored: Option<Target<'_>>,
        said: &Properties,
        merged: &'q mut Tags,
    ) -> Thing<'q> {
        let stored = stored.and_then(|target| self.directory.thing(&target));
        if let Some(stored) = &stored {
            merged.clone_from(stored.tags);
        }
        for name in &said.unmatched {
            merged.remove(name);
        }
        merged.extend(said.tags.iter().map(|(name, value)| (name.clone(), value.clone())));
        let resource_type = match kind {
            Kind::BuiltIn(of) => Some(of),
            Kind::Instance | Kind::Of(_) => None,
        };
        let user = (resource_type == Some(ResourceType::User)).then(|| self.user(id)).flatten();
        let hierarchy_group = said.hierarchy_group.or(stored.and_then(|stored| stored.hierarchy_group));
        Thing { resource_type, tags: merged, hierarchy_group, user }
    }

    /// The thing of a built-in type by its id or ARN, a user by login name too; `None` where there is none.
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
            // Not stored: there is such a thing if somebody says so.
            _ => Some(Target::Described(Thing { resource_type: Some(of), ..Thing::UNKNOWN })),
        }
    }

    /// Whether a text names the instance that is asked: by id, ARN or alias, or as `this`, since the token has named it.
    #[inline]
    fn is_instance(&self, name: &str) -> bool {
        let id = self.directory.instance();
        let is_alias = |alias: &String| alias.eq_ignore_ascii_case(name);
        name == "this"
            || floorkey::InstanceId::parse(name) == Some(id)
            || self.directory.settings().alias.as_ref().is_some_and(is_alias)
            || arn::of_instance(name, self.app, id).is_some_and(str::is_empty)
    }

    /// The id in the ARN of a thing of that kind in this instance; `None` for everything else.
    #[inline]
    fn in_arn<'q>(&self, name: &'q str, segment: &str) -> Option<&'q str> {
        let rest = arn::of_instance(name, self.app, self.directory.instance())?;
        rest.strip_prefix('/')?.strip_prefix(segment)?.strip_prefix('/')
    }
}

/// What is said of a subject, so that what is said to be no text hides what is stored.
fn given(said: &Properties) -> Cow<'_, Tags> {
    if said.unmatched.is_empty() {
        return Cow::Borrowed(&said.tags);
    }
    let mut tags = said.tags.clone();
    tags.extend(said.unmatched.iter().map(|name| (name.clone(), MATCHES_NOTHING.to_owned())));
    Cow::Owned(tags)
}
