//! Lookup by ID of the resources that the caller can see.
//!
//! A caller without permission for the operation gets the same refusal whether or not the ID exists. A caller with a
//! scoped permission gets the same refusal for a resource outside the scope as for a resource that doesn't exist. Both
//! callers get 403 and never 404, so they can't find out which IDs exist. All other callers get 404 for a resource that
//! doesn't exist.

use std::sync::Arc;

use floorkey::hierarchy::HierarchyGroup;
use floorkey::{
    Action, Directory, HierarchyGroupId, RecordKey, Refusal, Resource, ResourceId, ResourceType, SecurityProfile,
    SecurityProfileId, Target, User, UserId,
};
use floorkey_aws::exception::Exception;
use floorkey_aws::operation::Operation;

use crate::caller::{ApiResult, Caller, record_keys};
use crate::refusal::exception;

impl Caller<'_> {
    /// Returns the user with this ID if the caller is permitted to perform the operation on the user.
    pub(super) async fn user<'d>(
        &self,
        directory: &'d Directory,
        id: &str,
        action: Action,
        operation: Operation,
    ) -> ApiResult<&'d Arc<User>> {
        match UserId::parse(id).and_then(|id| directory.user(id)) {
            Some(user) => self.authorize(directory, action, &Target::User(user.id), operation).await.map(|()| user),
            None => Err(self.not_found_or_denied(directory, action, ResourceType::User, id, operation).await),
        }
    }

    /// Returns the security profile with this ID if the caller is permitted to perform the operation on the profile.
    pub(super) async fn profile<'d>(
        &self,
        directory: &'d Directory,
        id: &str,
        action: Action,
        operation: Operation,
    ) -> ApiResult<&'d Arc<SecurityProfile>> {
        match SecurityProfileId::parse(id).and_then(|id| directory.profile(id)) {
            Some(profile) => {
                self.authorize(directory, action, &Target::Profile(profile.id), operation).await.map(|()| profile)
            }
            None => {
                Err(self.not_found_or_denied(directory, action, ResourceType::SecurityProfile, id, operation).await)
            }
        }
    }

    /// Returns the hierarchy group with this ID if the caller is permitted to perform the operation on the group.
    pub(super) async fn group<'d>(
        &self,
        directory: &'d Directory,
        id: &str,
        action: Action,
        operation: Operation,
    ) -> ApiResult<&'d Arc<HierarchyGroup>> {
        match HierarchyGroupId::parse(id).and_then(|id| directory.group(id)) {
            Some(group) => self.authorize(directory, action, &Target::Group(group.id), operation).await.map(|()| group),
            None => Err(self.not_found_or_denied(directory, action, ResourceType::HierarchyGroup, id, operation).await),
        }
    }

    /// Returns the resource with this type and ID if the caller is permitted to perform the operation on the resource.
    pub(super) async fn resource<'d>(
        &self,
        directory: &'d Directory,
        resource_type: ResourceType,
        id: &str,
        action: Action,
        operation: Operation,
    ) -> ApiResult<&'d Arc<Resource>> {
        match ResourceId::parse(id).and_then(|id| directory.resource_with_type(resource_type, id)) {
            Some(resource) => {
                self.authorize(directory, action, &Target::Resource(resource.id), operation).await.map(|()| resource)
            }
            None => Err(self.not_found_or_denied(directory, action, resource_type, id, operation).await),
        }
    }

    /// Returns the exception for a resource that doesn't exist or that the caller can't see.
    pub(super) async fn not_found_or_denied(
        &self,
        directory: &Directory,
        action: Action,
        resource_type: ResourceType,
        id: &str,
        operation: Operation,
    ) -> Exception {
        let targets = record_key(resource_type, id).into_iter().collect();
        match floorkey::not_found_or_denied(
            directory,
            self.principal(),
            action,
            resource_type,
            canonical_id(id),
            self.now,
        ) {
            refusal @ Refusal::NotFound { .. } => {
                self.refuse_if_command(directory, (action, targets), refusal, operation).await
            }
            refusal => self.record_refusal(directory, (action, targets), refusal, operation).await,
        }
    }

    /// Returns the exception for a command that can't be built from its input. If the caller lacks permission for the
    /// operation on the target, the exception says that the caller lacks permission.
    pub(super) async fn refuse_command(
        &self,
        directory: &Directory,
        action: Action,
        target: &Target<'_>,
        refusal: Refusal,
        operation: Operation,
    ) -> Exception {
        match self.authorize(directory, action, target, operation).await {
            Ok(()) => self.record_refusal(directory, (action, record_keys(target)), refusal, operation).await,
            Err(exception) => exception,
        }
    }

    /// Records a refusal in the audit log, with the event type and the targets, and returns the exception. Without
    /// targets, the refusal is about the whole instance.
    pub(super) async fn record_refusal(
        &self,
        directory: &Directory,
        (action, targets): (Action, Vec<RecordKey>),
        refusal: Refusal,
        operation: Operation,
    ) -> Exception {
        let actor = self.actor.clone();
        let failure = self.api.service.record_refusal(directory.instance(), actor, action, targets, refusal).await;
        exception(failure, operation)
    }

    /// Records a refusal only if the operation is a command. A failed attempt to read a nonexistent resource is not
    /// recorded, because the attempt changes nothing and reveals nothing.
    async fn refuse_if_command(
        &self,
        directory: &Directory,
        attempt: (Action, Vec<RecordKey>),
        refusal: Refusal,
        operation: Operation,
    ) -> Exception {
        let name = operation.name();
        match name.starts_with("Describe") || name.starts_with("List") || name.starts_with("Search") {
            true => exception(refusal.into(), operation),
            false => self.record_refusal(directory, attempt, refusal, operation).await,
        }
    }
}

/// Returns the refusal for a resource that doesn't exist.
pub(super) fn not_found(resource_type: ResourceType, id: &str) -> Refusal {
    Refusal::NotFound { what: resource_type.noun(), id: sanitized(id) }
}

/// Parses the ID of a resource that a command references in addition to its target.
///
/// # Errors
/// If the string is not a valid ID. The error says that the resource does not exist.
pub(super) fn parse_ref<T>(resource_type: ResourceType, id: &str, parse: fn(&str) -> Option<T>) -> Result<T, Refusal> {
    parse(id).ok_or_else(|| not_found(resource_type, id))
}

/// Returns the key of the record with this ID. Returns `None` if the ID is invalid or if resources of this type aren't
/// stored as records.
fn record_key(resource_type: ResourceType, id: &str) -> Option<RecordKey> {
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

/// Returns an ID in the canonical form that the domain crate uses in messages. A string that is not an ID is only
/// sanitized.
fn canonical_id(text: &str) -> String {
    UserId::parse(text).map_or_else(|| sanitized(text), |id| id.to_string())
}

/// Sanitizes an ID from a request for use in messages. The ID is truncated, and control characters are replaced because
/// they would corrupt logs.
fn sanitized(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(128).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_in_canonical_form() {
        assert_eq!(canonical_id("00112233-4455-6677-8899-AABBCCDDEEFF"), "00112233-4455-6677-8899-aabbccddeeff");
        assert_eq!(canonical_id("no id\n"), "no id\u{fffd}");
        assert_eq!(sanitized(&"x".repeat(1000)).len(), 128);
    }
}
