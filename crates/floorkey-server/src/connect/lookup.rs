//! Things by their ids, as the caller may find them.
//!
//! Whoever may not do the act at all hears only that, whether the id exists or not. A caller whose permission is scoped
//! gets the same refusal for what lies outside the scope and for what does not exist: 403, never 404, so that ids can't
//! be told apart by asking. Everybody else gets 404 for what does not exist.

use std::sync::Arc;

use floorkey::hierarchy::HierarchyGroup;
use floorkey::{
    Act, Directory, HierarchyGroupId, RecordKey, Refusal, Resource, ResourceId, ResourceType, SecurityProfile,
    SecurityProfileId, Target, User, UserId,
};
use floorkey_connect::exception::Exception;
use floorkey_connect::operation::Operation;

use super::caller::{Caller, Refuse, named};
use super::refusal::exception;

impl Caller<'_> {
    /// The user of that id, to whom the caller may do the act.
    pub(super) async fn user<'d>(
        &self,
        directory: &'d Directory,
        id: &str,
        act: Act,
        operation: Operation,
    ) -> Refuse<&'d Arc<User>> {
        match UserId::parse(id).and_then(|id| directory.user(id)) {
            Some(user) => self.may(directory, act, &Target::User(user.id), operation).await.map(|()| user),
            None => Err(self.absent(directory, act, ResourceType::User, id, operation).await),
        }
    }

    /// The security profile of that id, to which the caller may do the act.
    pub(super) async fn profile<'d>(
        &self,
        directory: &'d Directory,
        id: &str,
        act: Act,
        operation: Operation,
    ) -> Refuse<&'d Arc<SecurityProfile>> {
        match SecurityProfileId::parse(id).and_then(|id| directory.profile(id)) {
            Some(profile) => self.may(directory, act, &Target::Profile(profile.id), operation).await.map(|()| profile),
            None => Err(self.absent(directory, act, ResourceType::SecurityProfile, id, operation).await),
        }
    }

    /// The hierarchy group of that id, to which the caller may do the act.
    pub(super) async fn group<'d>(
        &self,
        directory: &'d Directory,
        id: &str,
        act: Act,
        operation: Operation,
    ) -> Refuse<&'d Arc<HierarchyGroup>> {
        match HierarchyGroupId::parse(id).and_then(|id| directory.group(id)) {
            Some(group) => self.may(directory, act, &Target::Group(group.id), operation).await.map(|()| group),
            None => Err(self.absent(directory, act, ResourceType::HierarchyGroup, id, operation).await),
        }
    }

    /// The resource of that type and id, to which the caller may do the act.
    pub(super) async fn resource<'d>(
        &self,
        directory: &'d Directory,
        resource_type: ResourceType,
        id: &str,
        act: Act,
        operation: Operation,
    ) -> Refuse<&'d Arc<Resource>> {
        match ResourceId::parse(id).and_then(|id| directory.resource_of(resource_type, id)) {
            Some(found) => self.may(directory, act, &Target::Resource(found.id), operation).await.map(|()| found),
            None => Err(self.absent(directory, act, resource_type, id, operation).await),
        }
    }

    /// The answer where there is no such thing, or none that the caller may learn of.
    pub(super) async fn absent(
        &self,
        directory: &Directory,
        act: Act,
        resource_type: ResourceType,
        id: &str,
        operation: Operation,
    ) -> Exception {
        let targets = key(resource_type, id).into_iter().collect();
        match floorkey::missing(directory, self.principal(), act, resource_type, as_id(id), self.at) {
            refusal @ Refusal::NotFound { .. } => {
                self.refuse_if_command(directory, (act, targets), refusal, operation).await
            }
            refusal => self.record(directory, (act, targets), refusal, operation).await,
        }
    }

    /// Refuses a command that can't be put together. Whoever may not do the act to the target hears only that.
    pub(super) async fn refuse_command(
        &self,
        directory: &Directory,
        act: Act,
        target: &Target<'_>,
        refusal: Refusal,
        operation: Operation,
    ) -> Exception {
        match self.may(directory, act, target, operation).await {
            Ok(()) => self.record(directory, (act, named(target)), refusal, operation).await,
            Err(exception) => exception,
        }
    }

    /// Refuses, and says so in the audit: what was tried, and on what. On nothing is on the instance as a whole.
    pub(super) async fn record(
        &self,
        directory: &Directory,
        (act, targets): (Act, Vec<RecordKey>),
        refusal: Refusal,
        operation: Operation,
    ) -> Exception {
        let actor = self.actor.clone();
        let failure = self.app.service.refuse(directory.instance(), actor, act, targets, refusal).await;
        exception(failure, operation)
    }

    /// Only a refused command is an event: reading what isn't there changes nothing and tells nothing.
    async fn refuse_if_command(
        &self,
        directory: &Directory,
        tried: (Act, Vec<RecordKey>),
        refusal: Refusal,
        operation: Operation,
    ) -> Exception {
        let name = operation.name();
        match name.starts_with("Describe") || name.starts_with("List") || name.starts_with("Search") {
            true => exception(refusal.into(), operation),
            false => self.record(directory, tried, refusal, operation).await,
        }
    }
}

/// There is no such thing.
pub(super) fn not_found(resource_type: ResourceType, id: &str) -> Refusal {
    Refusal::NotFound { what: resource_type.noun(), id: shortened(id) }
}

/// The id of something that a command names besides what it is about.
///
/// # Errors
/// A text that can't be an id: there is no such thing then.
pub(super) fn linked<T>(resource_type: ResourceType, id: &str, parse: fn(&str) -> Option<T>) -> Result<T, Refusal> {
    parse(id).ok_or_else(|| not_found(resource_type, id))
}

/// The record that would have that id; `None` for what is no id, and for what is stored elsewhere.
fn key(resource_type: ResourceType, id: &str) -> Option<RecordKey> {
    match resource_type {
        ResourceType::User => UserId::parse(id).map(RecordKey::User),
        ResourceType::SecurityProfile => SecurityProfileId::parse(id).map(RecordKey::Profile),
        ResourceType::HierarchyGroup => HierarchyGroupId::parse(id).map(RecordKey::Group),
        ResourceType::RoutingProfile
        | ResourceType::Queue
        | ResourceType::HoursOfOperation
        | ResourceType::AgentStatus => ResourceId::parse(id).map(RecordKey::Resource),
        ResourceType::QuickConnect
        | ResourceType::ContactFlow
        | ResourceType::ContactFlowModule
        | ResourceType::Prompt
        | ResourceType::PhoneNumber
        | ResourceType::PredefinedAttribute
        | ResourceType::TaskTemplate
        | ResourceType::View
        | ResourceType::EvaluationForm => None,
    }
}

/// An id in the one form in which the rules write it.
fn as_id(text: &str) -> String {
    UserId::parse(text).map_or_else(|| shortened(text), |id| id.to_string())
}

/// What somebody sent as an id, not longer than a message can bear, and without what messes up a log.
fn shortened(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(128).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_in_one_form() {
        assert_eq!(as_id("00112233-4455-6677-8899-AABBCCDDEEFF"), "00112233-4455-6677-8899-aabbccddeeff");
        assert_eq!(as_id("no id\n"), "no id\u{fffd}");
        assert_eq!(shortened(&"x".repeat(1000)).len(), 128);
    }
}
