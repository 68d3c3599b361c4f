//! A call of an operation on an instance: who calls, on which directory, and how handlers act on the caller's behalf.
//!
//! A caller without permission for the operation gets the same refusal whether or not an ID exists. A caller with a
//! scoped permission gets the same refusal for a resource outside the scope as for a resource that doesn't exist. Both
//! callers get 403 and never 404, so they can't find out which IDs exist. All other callers get 404 for a resource that
//! doesn't exist.

use std::sync::Arc;

use floorkey::hierarchy::HierarchyGroup;
use floorkey::visibility::Viewer;
use floorkey::{
    Action, Command, Directory, HierarchyGroupId, Invalid, NewPassword, RecordKey, Refusal, Resource, ResourceId,
    ResourceType, SecurityProfile, SecurityProfileId, StoredResourceType, Target, User, UserId,
};
use floorkey_aws::exception::Exception;
use floorkey_aws::operation::Operation;
use floorkey_service::failure::Failure;
use floorkey_service::passwords::Password;
use floorkey_service::service::CommandResult;

use super::listing::PageRequest;
use super::members::ArnContext;
use crate::caller::{Caller, record_keys};
use crate::refusal::exception;

/// A call of an operation on an instance.
pub(super) struct Call<'a> {
    pub(super) caller: &'a Caller<'a>,
    /// The instance's directory at the start of the call. All checks of the call use this directory.
    pub(super) directory: Arc<Directory>,
    pub(super) operation: Operation,
    /// The action of the operation. It has the same name.
    pub(super) action: Action,
    /// The call's paging parameters. Without parameters, the first page.
    pub(super) page: PageRequest,
}

/// The result of a handler.
pub(super) type CallResult<T> = Result<T, CallError>;

/// The reason why a handler fails. The dispatcher converts the reason to an exception of the operation.
#[derive(Debug)]
pub(super) enum CallError {
    /// The service failed or refused the call. A refusal is already recorded in the audit log.
    Failure(Failure),
    /// A parameter that only determines the response, such as a page token or a search condition, is invalid. The
    /// string is a full sentence.
    InvalidInput(String),
    /// An exception that all operations return in the same form.
    Exception(Exception),
}

impl CallError {
    /// Converts the error to an exception that the operation can return.
    pub(super) fn into_exception(self, operation: Operation) -> Exception {
        match self {
            Self::Failure(failure) => exception(failure, operation),
            Self::InvalidInput(message) => Exception::new(operation.invalid_input(), message),
            Self::Exception(exception) => exception,
        }
    }

    /// Returns the message of an invalid input. Panics for other errors.
    #[cfg(test)]
    pub(super) fn into_message(self) -> String {
        match self {
            Self::InvalidInput(message) => message,
            other => panic!("not an invalid input: {other:?}"),
        }
    }
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Exception> for CallError {
    fn from(exception: Exception) -> Self {
        Self::Exception(exception)
    }
}

impl Call<'_> {
    /// Returns a formatter for ARNs and the region of the instance.
    pub(super) fn arns(&self) -> ArnContext<'_> {
        self.caller.arn_context(&self.directory)
    }

    /// Returns what the caller can see in the instance.
    pub(super) fn viewer(&self) -> Viewer<'_> {
        Viewer::new(&self.directory, self.caller.principal(), self.caller.now)
    }

    /// Checks that the caller is permitted to perform the action on the target.
    ///
    /// # Errors
    /// Returns the refusal, which is also recorded in the audit log.
    pub(super) async fn authorize(&self, target: &Target<'_>) -> CallResult<()> {
        let Self { caller, directory, action, .. } = self;
        match floorkey::authorize(directory, caller.principal(), *action, target, caller.now) {
            Ok(()) => {
                let about = directory.resource_attributes(target).and_then(|attributes| attributes.resource_type);
                self.count_read(about);
                Ok(())
            }
            Err(refusal) => Err(self.refuse(record_keys(target), refusal).await),
        }
    }

    /// Counts a read in the usage of the caller's permissions. Commands are counted when they are executed.
    pub(super) fn count_read(&self, resource_type: Option<ResourceType>) {
        let Self { caller, directory, action, .. } = self;
        caller.api.service.usage().count_read(directory, caller.principal(), *action, resource_type, caller.now);
    }

    /// Returns the user with this ID if the caller is permitted to perform the action on the user.
    ///
    /// # Errors
    /// Returns the refusal, or [`Refusal::NotFound`] if the caller may know that no user has this ID.
    pub(super) async fn user(&self, id: &str) -> CallResult<&Arc<User>> {
        match UserId::parse(id).and_then(|id| self.directory.user(id)) {
            Some(user) => self.authorize(&Target::User(user.id)).await.map(|()| user),
            None => Err(self.not_found_or_denied(ResourceType::User, id).await),
        }
    }

    /// Returns the security profile with this ID if the caller is permitted to perform the action on the profile.
    ///
    /// # Errors
    /// As [`Call::user`].
    pub(super) async fn profile(&self, id: &str) -> CallResult<&Arc<SecurityProfile>> {
        match SecurityProfileId::parse(id).and_then(|id| self.directory.profile(id)) {
            Some(profile) => self.authorize(&Target::Profile(profile.id)).await.map(|()| profile),
            None => Err(self.not_found_or_denied(ResourceType::SecurityProfile, id).await),
        }
    }

    /// Returns the hierarchy group with this ID if the caller is permitted to perform the action on the group.
    ///
    /// # Errors
    /// As [`Call::user`].
    pub(super) async fn group(&self, id: &str) -> CallResult<&Arc<HierarchyGroup>> {
        match HierarchyGroupId::parse(id).and_then(|id| self.directory.group(id)) {
            Some(group) => self.authorize(&Target::Group(group.id)).await.map(|()| group),
            None => Err(self.not_found_or_denied(ResourceType::HierarchyGroup, id).await),
        }
    }

    /// Returns the resource with this type and ID if the caller is permitted to perform the action on the resource.
    ///
    /// # Errors
    /// As [`Call::user`].
    pub(super) async fn resource(&self, resource_type: ResourceType, id: &str) -> CallResult<&Arc<Resource>> {
        match ResourceId::parse(id).and_then(|id| self.directory.resource_with_type(resource_type, id)) {
            Some(resource) => self.authorize(&Target::Resource(resource.id)).await.map(|()| resource),
            None => Err(self.not_found_or_denied(resource_type, id).await),
        }
    }

    /// Returns the error for a resource that doesn't exist or that the caller can't see. The refusal is recorded in the
    /// audit log unless it only says that the resource doesn't exist.
    pub(super) async fn not_found_or_denied(&self, resource_type: ResourceType, id: &str) -> CallError {
        let Self { caller, directory, action, .. } = self;
        let id_text = canonical_id(id);
        let refusal =
            floorkey::not_found_or_denied(directory, caller.principal(), *action, resource_type, id_text, caller.now);
        self.refuse(record_key(resource_type, id).into_iter().collect(), refusal).await
    }

    /// Returns the value that was parsed from the input of a command on the target.
    ///
    /// # Errors
    /// If the input is invalid, returns that refusal to callers who are permitted to perform the action on the target.
    /// Other callers learn only that they lack permission, and this refusal is recorded in the audit log.
    pub(super) async fn valid<T, R: Into<Refusal>>(&self, target: &Target<'_>, parsed: Result<T, R>) -> CallResult<T> {
        match parsed {
            Ok(value) => Ok(value),
            Err(refusal) => {
                self.authorize(target).await?;
                Err(self.refuse(record_keys(target), refusal.into()).await)
            }
        }
    }

    /// Records a refusal in the audit log if refusals of its kind are recorded, and returns the error. Without targets,
    /// the refusal is about the whole instance.
    pub(super) async fn refuse(&self, targets: Vec<RecordKey>, refusal: Refusal) -> CallError {
        let (instance, actor) = (self.directory.instance(), self.caller.actor.clone());
        self.caller.api.service.record_refusal(instance, actor, self.action, targets, refusal).await.into()
    }

    /// Executes a command.
    ///
    /// # Errors
    /// Returns an error if the command is refused or fails.
    pub(super) async fn execute(&self, command: Command) -> CallResult<CommandResult> {
        let (instance, actor) = (self.directory.instance(), self.caller.actor.clone());
        Ok(self.caller.count_replaced(self.caller.api.service.execute(instance, actor, command).await?))
    }

    /// Executes a command that contains a temporary password. The password is hashed first.
    ///
    /// # Errors
    /// As [`Call::execute`].
    pub(super) async fn execute_with_password(
        &self,
        password: &Password,
        command: impl Fn(NewPassword) -> Command,
    ) -> CallResult<CommandResult> {
        let (instance, actor) = (self.directory.instance(), self.caller.actor.clone());
        let service = &self.caller.api.service;
        let result = service.execute_with_password(instance, actor, password, true, command).await?;
        Ok(self.caller.count_replaced(result))
    }
}

/// Returns the refusal for a resource that doesn't exist.
pub(super) fn not_found(resource_type: ResourceType, id: &str) -> Refusal {
    Refusal::NotFound { kind: resource_type.into(), id: sanitized(id) }
}

/// Parses the ID of a resource that a command references in addition to its target.
///
/// # Errors
/// If the string is not a valid ID, returns the refusal for a resource that doesn't exist.
pub(super) fn parse_ref<T>(resource_type: ResourceType, id: &str, parse: fn(&str) -> Option<T>) -> Result<T, Refusal> {
    parse(id).ok_or_else(|| not_found(resource_type, id))
}

/// Returns an error for an input member with this problem.
pub(super) fn invalid(input: &'static str, problem: impl Into<String>) -> Invalid {
    Invalid { input, problem: problem.into() }
}

/// Returns the key of the record with this ID. Returns `None` if the ID is invalid or if resources of this type aren't
/// stored as records.
fn record_key(resource_type: ResourceType, id: &str) -> Option<RecordKey> {
    match resource_type {
        ResourceType::User => UserId::parse(id).map(RecordKey::User),
        ResourceType::SecurityProfile => SecurityProfileId::parse(id).map(RecordKey::Profile),
        ResourceType::HierarchyGroup => HierarchyGroupId::parse(id).map(RecordKey::Group),
        other => {
            StoredResourceType::of(other)?;
            ResourceId::parse(id).map(RecordKey::Resource)
        }
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
