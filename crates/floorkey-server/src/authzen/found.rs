//! The searches, and what they find.

use std::ops::ControlFlow;

use floorkey::search::Position;
use floorkey::{Directory, HierarchyGroupId, Request, ResourceType, User, UserId};
use floorkey_connect::arn::ResourceKind;

use super::endpoint::Endpoint;
use super::judge::{Judge, Kind, Put};
use super::parse::{Doing, Entity, Parts};

/// One result.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found<'a> {
    /// A user as a subject.
    Subject { user: &'a User, arn: &'a str },
    /// A thing, with its name where it has one.
    Resource { kind: &'a str, id: &'a str, name: Option<&'a str> },
    /// A permission.
    Action { name: &'a str },
}

/// Takes results with their keys, by which they are in order, until it has enough.
pub(super) type Take<'t> = dyn FnMut(&str, Found<'_>) -> ControlFlow<()> + 't;

impl Found<'_> {
    /// Writes it as the standard has it.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Subject { user, arn } => {
                write(out, "{\"type\":\"user\",\"id\":", &user.username);
                write(out, ",\"properties\":{\"userId\":", &user.id.to_string());
                write(out, ",\"arn\":", arn);
                out.extend_from_slice(b"}}");
            }
            Self::Resource { kind, id, name } => {
                write(out, "{\"type\":", kind);
                write(out, ",\"id\":", id);
                if let Some(name) = name {
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
    /// Finds everything of what is searched for that comes after a key.
    pub(super) fn search(&self, endpoint: Endpoint, parts: &Parts<'_>, after: Option<&str>, take: &mut Take<'_>) {
        let (Some(subject), Some(resource)) = (&parts.subject, &parts.resource) else { return };
        if subject.kind != "user" {
            return;
        }
        let _ = match (endpoint, &parts.action) {
            (Endpoint::SubjectSearch, Some(action)) => self.subjects(subject, action, resource, after, take),
            (Endpoint::ResourceSearch, Some(action)) => self.resources(subject, action, resource, after, take),
            _ => self.actions(subject, resource, after, take),
        };
    }

    /// Who may, by their places in the directory.
    fn subjects(
        &self,
        subject: &Entity<'_>,
        action: &Doing<'_>,
        resource: &Entity<'_>,
        after: Option<&str>,
        take: &mut Take<'_>,
    ) -> ControlFlow<()> {
        let directory = self.directory;
        let agents = self.arns(ResourceKind::User);
        let mut arn = agents.clone();
        let put = Put { subject, action, resource, resource_id: resource.id.as_deref().unwrap_or_default() };
        let after = after.and_then(|after| after.parse().ok()).map(Position);
        let found = self.put(UserId::from_bits(0), &put, |request| {
            directory.who_can(request, after).try_for_each(|position| {
                let Some(user) = directory.user_at_position(position) else { return ControlFlow::Continue(()) };
                arn.truncate(agents.len());
                arn.push_str(&user.id.to_string());
                take(&position.0.to_string(), Found::Subject { user, arn: &arn })
            })
        });
        found.unwrap_or(ControlFlow::Continue(()))
    }

    /// On what, by id.
    fn resources(
        &self,
        subject: &Entity<'_>,
        action: &Doing<'_>,
        resource: &Entity<'_>,
        after: Option<&str>,
        take: &mut Take<'_>,
    ) -> ControlFlow<()> {
        let Some(user) = self.user(subject.id.as_deref().unwrap_or_default()) else { return ControlFlow::Continue(()) };
        let kind: &str = &resource.kind;
        let mut try_one = |id: &str, name: Option<&str>| {
            let put = Put { subject, action, resource, resource_id: id };
            match self.put(user, &put, |request| self.directory.decide(request).allowed()) {
                Ok(true) => take(id, Found::Resource { kind, id, name }),
                Ok(false) | Err(_) => ControlFlow::Continue(()),
            }
        };
        match Kind::named(kind) {
            Kind::Of(namespace) => {
                self.directory.application_resources(namespace, after).try_for_each(|thing| try_one(&thing.id, None))
            }
            Kind::Instance => {
                let id = self.directory.instance().to_string();
                if after.is_some() { ControlFlow::Continue(()) } else { try_one(&id, None) }
            }
            Kind::BuiltIn(of) => {
                let mut things = stored(self.directory, of);
                things.sort_unstable();
                let begun = things.partition_point(|(id, _)| after.is_some_and(|after| id.as_str() <= after));
                things.iter().skip(begun).try_for_each(|(id, name)| try_one(id, Some(name)))
            }
        }
    }

    /// What she may do, by name.
    fn actions(
        &self,
        subject: &Entity<'_>,
        resource: &Entity<'_>,
        after: Option<&str>,
        take: &mut Take<'_>,
    ) -> ControlFlow<()> {
        let Some(user) = self.user(subject.id.as_deref().unwrap_or_default()) else { return ControlFlow::Continue(()) };
        let kind = Kind::named(&resource.kind);
        let mut names: Vec<&str> = match kind {
            Kind::Of(namespace) => match self.directory.application(namespace) {
                Some(application) => {
                    application.permissions.iter().map(|permission| permission.name.as_str()).collect()
                }
                None => Vec::new(),
            },
            Kind::Instance | Kind::BuiltIn(_) => {
                floorkey::catalogue().permissions().map(floorkey::Permission::name).collect()
            }
        };
        names.sort_unstable();
        let begun = names.partition_point(|name| after.is_some_and(|after| *name <= after));
        let action = Doing::default();
        let resource_id = resource.id.as_deref().unwrap_or_default();
        let put = Put { subject, action: &action, resource, resource_id };
        let found = self.put(user, &put, |request| {
            names.iter().skip(begun).try_for_each(|name| {
                match self.directory.decide(&Request { action: kind.action(name), ..*request }).allowed() {
                    true => take(name, Found::Action { name }),
                    false => ControlFlow::Continue(()),
                }
            })
        });
        found.unwrap_or(ControlFlow::Continue(()))
    }

    /// The beginning of the ARNs of things of that kind.
    fn arns(&self, kind: ResourceKind) -> String {
        let (region, account, instance) = (&self.app.region, &self.app.account, self.directory.instance());
        format!("arn:aws:connect:{region}:{account}:instance/{instance}/{}/", kind.segment())
    }
}

/// The things of a built-in type that Floorkey knows: id and name.
fn stored(directory: &Directory, of: ResourceType) -> Vec<(String, &str)> {
    match of {
        ResourceType::User => {
            directory.users_after(None).map(|user| (user.id.to_string(), user.username.as_str())).collect()
        }
        ResourceType::SecurityProfile => {
            directory.profiles().map(|profile| (profile.id.to_string(), profile.name.as_str())).collect()
        }
        ResourceType::HierarchyGroup => {
            directory.groups().map(|group| (HierarchyGroupId::to_string(&group.id), group.name.as_str())).collect()
        }
        of => directory.resources(of).map(|resource| (resource.id.to_string(), resource.name.as_str())).collect(),
    }
}
