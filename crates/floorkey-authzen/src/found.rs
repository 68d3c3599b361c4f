//! The searches and their results.

use std::ops::ControlFlow;

use floorkey::search::{self, Among, Position};
use floorkey::{AnyPermission, Request, Target, User, UserId};

use super::endpoint::Endpoint;
use super::judge::{Judge, Kind, Put};
use super::parse::{Doing, Parts};

/// One result.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found<'a> {
    /// A user, as a subject of the requested type.
    Subject { kind: &'a str, user: &'a User, arn: &'a str },
    /// A resource, with its name if it has one.
    Resource { kind: &'a str, id: &'a str, name: Option<&'a str> },
    /// A permission.
    Action { name: &'a str },
}

/// Receives results with their keys, in order of the keys, until it breaks.
pub(super) type Take<'t> = dyn FnMut(&str, Found<'_>) -> ControlFlow<()> + 't;

impl Found<'_> {
    /// Writes the result in the format of the standard, without its `properties` unless `details` is set.
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
    let begun = out.len();
    if serde_json::to_writer(&mut *out, text).is_err() {
        out.truncate(begun);
        out.extend_from_slice(b"\"\"");
    }
}

impl Judge<'_> {
    /// Passes all results after the key `after` to `take`.
    pub(super) fn search(&self, endpoint: Endpoint, parts: &Parts<'_>, after: Option<&str>, take: &mut Take<'_>) {
        let (Some(subject), Some(resource)) = (&parts.subject, &parts.resource) else { return };
        if !self.settings.is_user(&subject.kind) {
            return;
        }
        // A search for actions has no action.
        let any = Doing::default();
        let action = parts.action.as_ref().unwrap_or(&any);
        let put = Put { subject, action, resource, resource_id: resource.id.as_deref().unwrap_or_default() };
        let _ = match (endpoint, subject.id.as_deref().and_then(|id| self.user(id))) {
            (Endpoint::SubjectSearch, _) => self.subjects(&put, after, take),
            (_, None) => ControlFlow::Continue(()),
            (Endpoint::ResourceSearch, Some(user)) => self.resources(user, &put, after, take),
            (_, Some(user)) => self.actions(user, &put, after, take),
        };
    }

    /// Finds subjects, by their positions in the directory.
    fn subjects(&self, put: &Put<'_>, after: Option<&str>, take: &mut Take<'_>) -> ControlFlow<()> {
        let directory = self.directory;
        let agents = self.user_arn_prefix();
        let mut arn = agents.clone();
        let after = after.and_then(|after| after.parse().ok()).map(Position);
        let found = self.put(UserId::from_bits(0), put, |request| {
            directory.who_can(request, after).try_for_each(|position| {
                let Some(user) = directory.user_at_position(position) else { return ControlFlow::Continue(()) };
                arn.truncate(agents.len());
                arn.push_str(&user.id.to_string());
                take(&position.0.to_string(), Found::Subject { kind: &put.subject.kind, user, arn: &arn })
            })
        });
        found.unwrap_or(ControlFlow::Continue(()))
    }

    /// Finds resources, by ID.
    fn resources(&self, user: UserId, put: &Put<'_>, after: Option<&str>, take: &mut Take<'_>) -> ControlFlow<()> {
        let (kind, given): (&str, _) = (&put.resource.kind, put.given());
        let named = Kind::named(kind, self.settings);
        let among = match named {
            Kind::Instance => Among::Instance,
            Kind::BuiltIn(of) => Among::Type(of),
            Kind::Of(namespace) => Among::Application(namespace),
        };
        let action = named.action(&put.action.name);
        let request = Request { given: given.as_ref(), ..Request::new(user, action, Target::Instance, self.at) };
        self.directory.on_what(&request, among, after).try_for_each(|found| {
            let id = match &found {
                search::Found::Instance => self.directory.instance().to_string(),
                thing => thing.id(),
            };
            take(&id, Found::Resource { kind, id: &id, name: found.name() })
        })
    }

    /// Finds actions, by name.
    fn actions(&self, user: UserId, put: &Put<'_>, after: Option<&str>, take: &mut Take<'_>) -> ControlFlow<()> {
        let found = self.put(user, put, |request| self.directory.what_can(request)).unwrap_or_default();
        let mut names: Vec<&str> = found.iter().map(AnyPermission::name).collect();
        names.sort_unstable();
        let begun = names.partition_point(|name| after.is_some_and(|after| *name <= after));
        names.iter().skip(begun).try_for_each(|name| take(name, Found::Action { name }))
    }

    /// The common prefix of the ARNs of users.
    fn user_arn_prefix(&self) -> String {
        let (region, account, instance) = (&self.state.region, &self.state.account, self.directory.instance());
        format!("arn:aws:connect:{region}:{account}:instance/{instance}/agent/")
    }
}
