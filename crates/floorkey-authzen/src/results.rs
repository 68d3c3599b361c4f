//! Searches for subjects, resources and actions, and their results.

use std::ops::ControlFlow;

use floorkey::search::{self, Candidates, Position};
use floorkey::{AnyPermission, Request, Target, User, UserId};

use super::endpoint::Endpoint;
use super::evaluator::{EvaluationInput, Evaluator, ResourceKind};
use super::parse::{ActionRef, EvaluationParts};

/// One search result.
#[derive(Clone, Copy, Debug)]
pub(super) enum SearchResult<'a> {
    /// A user, in the form of a subject of the requested type.
    Subject { kind: &'a str, user: &'a User, arn: &'a str },
    /// A resource. The name is `None` if the resource has no name.
    Resource { kind: &'a str, id: &'a str, name: Option<&'a str> },
    /// An action, identified by the name of its permission.
    Action { name: &'a str },
}

/// A function that receives search results and their keys, sorted by key. The search ends when the function returns
/// [`ControlFlow::Break`].
pub(super) type ResultSink<'t> = dyn FnMut(&str, SearchResult<'_>) -> ControlFlow<()> + 't;

impl SearchResult<'_> {
    /// Writes the result in the AuthZEN format. The result's `properties` are included only if `details` is set.
    pub(super) fn write(&self, details: bool, out: &mut Vec<u8>) {
        match *self {
            Self::Subject { kind, user, arn } => {
                write(out, "{\"type\":", kind);
                write(out, ",\"id\":", &user.username);
                if details {
                    write(out, ",\"properties\":{\"userId\":", &user.id.to_string());
                    write(out, ",\"arn\":", arn);
                    out.push(b'}');
                }
                out.push(b'}');
            }
            Self::Resource { kind, id, name } => {
                write(out, "{\"type\":", kind);
                write(out, ",\"id\":", id);
                if let Some(name) = name.filter(|_| details) {
                    write(out, ",\"properties\":{\"name\":", name);
                    out.push(b'}');
                }
                out.push(b'}');
            }
            Self::Action { name } => {
                write(out, "{\"name\":", name);
                out.push(b'}');
            }
        }
    }
}

fn write(out: &mut Vec<u8>, before: &str, text: &str) {
    out.extend_from_slice(before.as_bytes());
    let start = out.len();
    if serde_json::to_writer(&mut *out, text).is_err() {
        out.truncate(start);
        out.extend_from_slice(b"\"\"");
    }
}

impl Evaluator<'_> {
    /// Passes each search result whose key is greater than `after` to the function `sink`.
    pub(super) fn search(
        &self,
        endpoint: Endpoint,
        parts: &EvaluationParts<'_>,
        after: Option<&str>,
        sink: &mut ResultSink<'_>,
    ) {
        let (Some(subject), Some(resource)) = (&parts.subject, &parts.resource) else { return };
        if !self.settings.is_user(&subject.kind) {
            return;
        }
        // A request to search for actions contains no action.
        let no_action = ActionRef::default();
        let action = parts.action.as_ref().unwrap_or(&no_action);
        let input =
            EvaluationInput { subject, action, resource, resource_id: resource.id.as_deref().unwrap_or_default() };
        let _ = match (endpoint, subject.id.as_deref().and_then(|id| self.user(id))) {
            (Endpoint::SubjectSearch, _) => self.subjects(&input, after, sink),
            (_, None) => ControlFlow::Continue(()),
            (Endpoint::ResourceSearch, Some(user)) => self.resources(user, &input, after, sink),
            (_, Some(user)) => self.actions(user, &input, after, sink),
        };
    }

    /// Finds subjects. The key of a result is the user's position in the directory.
    fn subjects(&self, input: &EvaluationInput<'_>, after: Option<&str>, sink: &mut ResultSink<'_>) -> ControlFlow<()> {
        let directory = self.directory;
        let prefix = self.user_arn_prefix();
        let mut arn = prefix.clone();
        let after = after.and_then(|after| after.parse().ok()).map(Position);
        let outcome = self.evaluate_for(UserId::from_bits(0), input, |request| {
            directory.search_subjects(request, after).try_for_each(|position| {
                let Some(user) = directory.user_at_position(position) else { return ControlFlow::Continue(()) };
                arn.truncate(prefix.len());
                arn.push_str(&user.id.to_string());
                sink(&position.0.to_string(), SearchResult::Subject { kind: &input.subject.kind, user, arn: &arn })
            })
        });
        outcome.unwrap_or(ControlFlow::Continue(()))
    }

    /// Finds resources. The key of a result is the resource's ID.
    fn resources(
        &self,
        user: UserId,
        input: &EvaluationInput<'_>,
        after: Option<&str>,
        sink: &mut ResultSink<'_>,
    ) -> ControlFlow<()> {
        let (kind, attributes): (&str, _) = (&input.resource.kind, input.attributes());
        let resource_kind = ResourceKind::from_word(kind, self.settings);
        let candidates = match resource_kind {
            ResourceKind::Instance => Candidates::Instance,
            ResourceKind::BuiltIn(resource_type) => Candidates::Type(resource_type),
            ResourceKind::Application(namespace) => Candidates::Application(namespace),
        };
        let action = resource_kind.action(&input.action.name);
        let request =
            Request { attributes: attributes.as_ref(), ..Request::new(user, action, Target::Instance, self.at) };
        self.directory.search_resources(&request, candidates, after).try_for_each(|resource| {
            let id = match &resource {
                search::FoundResource::Instance => self.directory.instance().to_string(),
                thing => thing.id(),
            };
            sink(&id, SearchResult::Resource { kind, id: &id, name: resource.name() })
        })
    }

    /// Finds actions. The key of a result is the action's name.
    fn actions(
        &self,
        user: UserId,
        input: &EvaluationInput<'_>,
        after: Option<&str>,
        sink: &mut ResultSink<'_>,
    ) -> ControlFlow<()> {
        let outcome =
            self.evaluate_for(user, input, |request| self.directory.search_actions(request)).unwrap_or_default();
        let mut names: Vec<&str> = outcome.iter().map(AnyPermission::name).collect();
        names.sort_unstable();
        let start = names.partition_point(|name| after.is_some_and(|after| *name <= after));
        names.iter().skip(start).try_for_each(|name| sink(name, SearchResult::Action { name }))
    }

    /// Returns the prefix that is common to the ARNs of all users in the instance.
    fn user_arn_prefix(&self) -> String {
        let (region, account, instance) = (&self.state.region, &self.state.account, self.directory.instance());
        format!("arn:aws:connect:{region}:{account}:instance/{instance}/agent/")
    }
}
