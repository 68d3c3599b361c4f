//! Translates AuthZEN requests into requests to the engine.
//!
//! This module resolves the names of subjects, actions and resources, and the engine makes the decision. An unknown
//! name results in a denial with a reason.

use std::borrow::Cow;

use floorkey::{
    Directory, HierarchyGroupId, Reason, Request, RequestAttributes, RequestedAction, ResourceAttributes, ResourceId,
    ResourceType, SecurityProfileId, StoredResourceType, SuppliedAttributes, Target, Timestamp, TokenSettings, UserId,
};

use super::api_error::ApiError;
use super::arn;
use super::explain;
use super::json::ParseError;
use super::parse::{ActionRef, BatchSemantics, Body, EntityRef, EvaluationParts, Options, Properties, missing};
use super::render::Rendering;
use crate::AuthZen;

/// Evaluates requests against one directory.
pub(super) struct Evaluator<'a> {
    pub(super) state: &'a AuthZen,
    pub(super) directory: &'a Directory,
    /// The settings of the caller's API token.
    pub(super) settings: &'a TokenSettings,
    pub(super) at: Timestamp,
}

/// A complete evaluation request.
#[derive(Clone, Copy, Debug)]
pub(super) struct EvaluationRequest<'q> {
    pub(super) subject: &'q EntityRef<'q>,
    pub(super) subject_id: &'q str,
    pub(super) action: &'q ActionRef<'q>,
    pub(super) resource: &'q EntityRef<'q>,
    pub(super) resource_id: &'q str,
    pub(super) options: Options,
}

/// All parts of a request except the subject's identity.
pub(super) struct EvaluationInput<'q> {
    /// The subject. Its ID is ignored; only its properties are used.
    pub(super) subject: &'q EntityRef<'q>,
    pub(super) action: &'q ActionRef<'q>,
    pub(super) resource: &'q EntityRef<'q>,
    /// The ID of the resource. The ID in `resource` is ignored.
    pub(super) resource_id: &'q str,
}

/// The result of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evaluation {
    /// A decision, with its reason.
    Decided(Reason),
    /// The request is denied because the subject type is unknown.
    UnknownSubjectType,
}

/// The resources that a resource type refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResourceKind<'a> {
    /// The instance as a whole.
    Instance,
    /// Resources of a built-in type.
    BuiltIn(ResourceType),
    /// Resources of an application.
    Application(&'a str),
}

impl<'a> ResourceKind<'a> {
    /// Returns the kind of resource that a type name refers to, given the token's settings.
    #[inline]
    pub(super) fn from_word(word: &'a str, settings: &'a TokenSettings) -> Self {
        if let Some(namespace) = settings.namespace_of(word) {
            return Self::Application(namespace);
        }
        match word {
            "instance" => Self::Instance,
            word => ResourceType::from_name_or_slug(word).map_or(Self::Application(word), Self::BuiltIn),
        }
    }

    /// Returns the action with the given name on resources of this kind.
    #[inline]
    pub(super) fn action(self, name: &'a str) -> RequestedAction<'a> {
        match self {
            Self::Instance | Self::BuiltIn(_) => RequestedAction::parse(name),
            Self::Application(namespace) => RequestedAction::Application { namespace, permission: name },
        }
    }
}

impl<'q> EvaluationRequest<'q> {
    /// Combines the parts of one evaluation with the defaults of its batch.
    ///
    /// # Errors
    /// Returns an error if a required part is missing from both.
    #[inline]
    pub(super) fn new(parts: &'q EvaluationParts<'q>, defaults: &'q EvaluationParts<'q>) -> Result<Self, ParseError> {
        let part = |name, example| missing(name, example);
        let subject = parts.subject.as_ref().or(defaults.subject.as_ref());
        let subject = subject.ok_or_else(|| part("subject", "{\"subject\": {\"type\": \"user\", \"id\": …}}"))?;
        let action = parts.action.as_ref().or(defaults.action.as_ref());
        let action = action.ok_or_else(|| part("action", "{\"action\": {\"name\": \"Users.View\"}}"))?;
        let resource = parts.resource.as_ref().or(defaults.resource.as_ref());
        let resource = resource.ok_or_else(|| part("resource", "{\"resource\": {\"type\": …, \"id\": …}}"))?;
        Ok(Self {
            subject,
            subject_id: id_of(subject, "subject")?,
            action,
            resource,
            resource_id: id_of(resource, "resource")?,
            options: parts.options.or(defaults.options).unwrap_or_default(),
        })
    }
}

/// Returns the ID of a subject or resource that must have an ID.
///
/// # Errors
/// Returns an error if the ID is missing.
#[inline]
pub(super) fn id_of<'q>(entity: &'q EntityRef<'q>, name: &str) -> Result<&'q str, ParseError> {
    let id = entity.id.as_deref();
    id.ok_or_else(|| missing("id", "{\"type\": …, \"id\": …}").within(name))
}

impl Evaluation {
    /// Whether the request is permitted.
    #[inline]
    pub(super) const fn is_allowed(self) -> bool {
        matches!(self, Self::Decided(Reason::Granted | Reason::GrantedInScope))
    }
}

impl<'a> Evaluator<'a> {
    /// Returns the response to a single evaluation.
    ///
    /// # Errors
    /// Returns an error if a required part of the evaluation is missing.
    pub(super) fn evaluate_one(&self, body: &Body<'_>) -> Result<Vec<u8>, ApiError> {
        let evaluation_request = EvaluationRequest::new(&body.parts, &body.parts)?;
        let mut rendering = Rendering::new(self.directory.revision(), 1);
        self.respond(&evaluation_request, evaluation_request.options.details_or(true), &mut rendering);
        Ok(rendering.finish())
    }

    /// Returns the response to a batch. For an invalid evaluation, the result is a denial that contains the error.
    pub(super) fn evaluate_batch(&self, body: &Body<'_>) -> Vec<u8> {
        let mut rendering = Rendering::new(self.directory.revision(), body.items.len());
        rendering.begin_batch();
        for (at, item) in body.items.iter().enumerate() {
            rendering.separator(at);
            let evaluation_request = match item {
                Ok(parts) => EvaluationRequest::new(parts, &body.parts)
                    .map_err(|error| Cow::Owned(error.within(&format!("evaluations[{at}]")))),
                Err(error) => Err(Cow::Borrowed(error)),
            };
            let allowed = match evaluation_request {
                Ok(evaluation_request) => self.respond(
                    &evaluation_request,
                    evaluation_request.options.details_or(self.settings.details),
                    &mut rendering,
                ),
                Err(error) => {
                    rendering.invalid(&error);
                    false
                }
            };
            match (body.semantics, allowed) {
                (BatchSemantics::DenyOnFirstDeny, false) | (BatchSemantics::PermitOnFirstPermit, true) => break,
                _ => {}
            }
        }
        rendering.end_batch();
        rendering.finish()
    }

    /// Writes the decision on an evaluation. Includes the reason if `details` is set. Returns whether the request is
    /// permitted.
    #[inline]
    fn respond(&self, evaluation_request: &EvaluationRequest<'_>, details: bool, rendering: &mut Rendering) -> bool {
        let outcome = self.evaluate(evaluation_request, |request| {
            let reason = self.directory.decide(request).reason;
            if Evaluation::Decided(reason).is_allowed() && !evaluation_request.options.explain {
                // A use of the permission is counted only if the request does not ask for an explanation.
                let usage = self.state.service.usage();
                usage.count(self.directory.instance(), request.subject, request.action, self.at);
            }
            let explanation = evaluation_request.options.explain.then(|| explain::explain(self.directory, request));
            (reason, explanation)
        });
        let (evaluation, explanation) = match outcome {
            Ok((reason, explanation)) => (Evaluation::Decided(reason), explanation),
            Err(evaluation) => (evaluation, None),
        };
        match details {
            true => rendering.decision(evaluation, explanation.as_ref()),
            false => rendering.decision_only(evaluation),
        }
        evaluation.is_allowed()
    }

    /// Passes an evaluation request to the engine.
    ///
    /// # Errors
    /// Returns an error if the result can be determined without the engine. The error contains the result.
    #[inline]
    pub(super) fn evaluate<T>(
        &self,
        evaluation_request: &EvaluationRequest<'_>,
        evaluate: impl FnOnce(&Request<'_>) -> T,
    ) -> Result<T, Evaluation> {
        if !self.settings.is_user(&evaluation_request.subject.kind) {
            return Err(Evaluation::UnknownSubjectType);
        }
        let subject = self.user(evaluation_request.subject_id).ok_or(Evaluation::Decided(Reason::UnknownUser))?;
        let EvaluationRequest { subject: entity, action, resource, resource_id, .. } = *evaluation_request;
        self.evaluate_for(subject, &EvaluationInput { subject: entity, action, resource, resource_id }, evaluate)
    }

    /// Passes a request about the user `subject` to the engine. The subject's ID in `input` is ignored.
    ///
    /// # Errors
    /// Returns an error if the result can be determined without the engine. The error contains the result.
    #[inline]
    pub(super) fn evaluate_for<T>(
        &self,
        subject: UserId,
        input: &EvaluationInput<'_>,
        evaluate: impl FnOnce(&Request<'_>) -> T,
    ) -> Result<T, Evaluation> {
        let kind = ResourceKind::from_word(&input.resource.kind, self.settings);
        let target = self.target(kind, input.resource_id, input.resource.properties.is_some())?;
        let request = Request::new(subject, kind.action(&input.action.name), target, self.at);
        Ok(match input.attributes() {
            None => evaluate(&request),
            Some(given) => evaluate(&Request { attributes: Some(&given), ..request }),
        })
    }

    /// Returns the user with the given ID, ARN or login name.
    #[inline]
    pub(super) fn user(&self, name: &str) -> Option<UserId> {
        if let Some(id) = UserId::parse(name) {
            return self.directory.user(id).map(|user| user.id);
        }
        match self.id_in_arn(name, "agent") {
            Some(id) => UserId::parse(id).filter(|id| self.directory.user(*id).is_some()),
            None => self.directory.user_id_by_login(name),
        }
    }

    /// Returns the target of a request. A target of a built-in type need not be stored if the request contains
    /// properties of the resource.
    ///
    /// # Errors
    /// Returns an error if the target does not exist.
    #[inline]
    fn target<'q>(&self, kind: ResourceKind<'q>, id: &'q str, has_properties: bool) -> Result<Target<'q>, Evaluation> {
        let unknown = Evaluation::Decided(Reason::TargetNotFound);
        match kind {
            ResourceKind::Instance if self.is_instance(id) => Ok(Target::Instance),
            ResourceKind::Instance => Err(unknown),
            ResourceKind::Application(namespace) => Ok(Target::Application { namespace, id }),
            ResourceKind::BuiltIn(resource_type) => match self.find_stored(resource_type, id) {
                Some(target) => Ok(target),
                None if has_properties => Ok(Target::Described(ResourceAttributes {
                    resource_type: Some(resource_type),
                    ..ResourceAttributes::UNKNOWN
                })),
                None => Err(unknown),
            },
        }
    }

    /// Returns the resource of a built-in type with the given ID or ARN. Users can also be identified by login name.
    /// Returns `None` if there is no such resource.
    #[inline]
    fn find_stored<'q>(&self, resource_type: ResourceType, id: &str) -> Option<Target<'q>> {
        let directory = self.directory;
        let local_id = |segment| self.id_in_arn(id, segment).unwrap_or(id);
        match resource_type {
            ResourceType::User => self.user(id).map(Target::User),
            ResourceType::SecurityProfile => SecurityProfileId::parse(local_id(resource_type.arn_segment()))
                .filter(|id| directory.profile(*id).is_some())
                .map(Target::Profile),
            ResourceType::HierarchyGroup => {
                let id = HierarchyGroupId::parse(local_id(resource_type.arn_segment()))?;
                directory.group(id).map(|_| Target::Group(id))
            }
            stored if StoredResourceType::of(stored).is_some() => {
                let id = ResourceId::parse(local_id(stored.arn_segment()))?;
                directory.resource_with_type(stored, id).map(|_| Target::Resource(id))
            }
            // Floorkey doesn't store resources of the remaining types, so any ID is accepted.
            _ => Some(Target::Described(ResourceAttributes {
                resource_type: Some(resource_type),
                ..ResourceAttributes::UNKNOWN
            })),
        }
    }

    /// Whether the name refers to the token's instance by ID, ARN, alias or `this`.
    #[inline]
    fn is_instance(&self, name: &str) -> bool {
        let id = self.directory.instance();
        let is_alias = |alias: &String| alias.eq_ignore_ascii_case(name);
        name == "this"
            || floorkey::InstanceId::parse(name) == Some(id)
            || self.directory.settings().alias.as_ref().is_some_and(is_alias)
            || arn::after_instance(name, self.state, id).is_some_and(str::is_empty)
    }

    /// Returns the resource ID in an ARN that belongs to this instance and has the given segment before the resource
    /// ID. Returns `None` for any other string.
    #[inline]
    fn id_in_arn<'q>(&self, name: &'q str, segment: &str) -> Option<&'q str> {
        let rest = arn::after_instance(name, self.state, self.directory.instance())?;
        rest.strip_prefix('/')?.strip_prefix(segment)?.strip_prefix('/')
    }
}

impl EvaluationInput<'_> {
    /// Returns the attributes that the caller supplied for the subject, action and resource. Returns `None` if the
    /// caller supplied no attributes.
    #[inline]
    pub(super) fn attributes(&self) -> Option<RequestAttributes<'_>> {
        let (subject, target) = (&self.subject.properties, &self.resource.properties);
        let action = &self.action.properties;
        if subject.is_none() && action.is_none() && target.is_none() {
            return None;
        }
        Some(RequestAttributes {
            subject: subject.as_deref().map_or(SuppliedAttributes::NONE, to_supplied),
            action: action.as_deref().map(|properties| &properties.tags),
            target: target.as_deref().map_or(SuppliedAttributes::NONE, to_supplied),
        })
    }
}

#[inline]
fn to_supplied(properties: &Properties) -> SuppliedAttributes<'_> {
    let Properties { tags, unmatched, hierarchy_group } = properties;
    SuppliedAttributes { attributes: tags, non_strings: unmatched, hierarchy_group: *hierarchy_group }
}
