//! Helpers that handlers use to act on the caller's behalf. An operation of the management API can return any
//! exception, because no AWS service model restricts it.

use std::sync::Arc;

use floorkey::visibility::Viewer;
use floorkey::{
    Action, Command, Directory, EntityKind, Principal, RecordKey, Refusal, ResourceType, SecurityProfile,
    SecurityProfileId, Target, User, UserId,
};
use floorkey_aws::exception::Exception;

use super::CallContext;
use crate::caller::record_keys;
use crate::refusal::unmodelled_exception;
use floorkey_service::failure::Failure;
use floorkey_service::service::CommandResult;

impl CallContext<'_> {
    /// Returns the directory of the instance in the path.
    ///
    /// # Errors
    /// Returns a 404 exception if the instance doesn't exist or the caller can't see it.
    pub(super) fn directory(&self) -> Result<Arc<Directory>, Exception> {
        self.caller.directory(self.label("InstanceId"))
    }

    /// Returns the user ID in the path. The user doesn't have to exist.
    ///
    /// # Errors
    /// Returns the exception for a nonexistent user if the ID is invalid.
    pub(super) fn user_id(&self, directory: &Directory, action: Action) -> Result<UserId, Exception> {
        let id = self.label("UserId");
        UserId::parse(id).ok_or_else(|| self.missing(directory, action, ResourceType::User, id))
    }

    /// Returns the profile ID in the path. The profile doesn't have to exist.
    ///
    /// # Errors
    /// Returns the exception for a nonexistent profile if the ID is invalid.
    pub(super) fn profile_id(&self, directory: &Directory, action: Action) -> Result<SecurityProfileId, Exception> {
        let id = self.label("SecurityProfileId");
        SecurityProfileId::parse(id).ok_or_else(|| self.missing(directory, action, ResourceType::SecurityProfile, id))
    }

    /// Returns the user in the path if the caller is permitted to perform the operation on the user.
    ///
    /// # Errors
    /// Returns an exception if the user doesn't exist or the caller is not permitted. The exception is the same in both
    /// cases if the caller must not learn whether the user exists.
    pub(super) async fn user(&self, directory: &Directory, action: Action) -> Result<Arc<User>, Exception> {
        let user = self.existing_user(directory, action).await?;
        self.authorize(directory, action, &Target::User(user.id)).await.map(|()| user)
    }

    /// Returns the user in the path, without checking whether the caller is permitted to act on the user.
    ///
    /// # Errors
    /// Returns the exception that the caller gets for a nonexistent user if the user doesn't exist.
    pub(super) async fn existing_user(&self, directory: &Directory, action: Action) -> Result<Arc<User>, Exception> {
        let id = self.user_id(directory, action)?;
        match directory.user(id).cloned() {
            Some(user) => Ok(user),
            None => Err(self.record_missing(directory, action, ResourceType::User, RecordKey::User(id)).await),
        }
    }

    /// Returns the user in the path if the user is the caller, or if the caller is permitted to perform the operation
    /// on the user.
    ///
    /// # Errors
    /// Returns the same errors as [`CallContext::user`].
    pub(super) async fn self_or_authorized(
        &self,
        directory: &Directory,
        action: Action,
    ) -> Result<Arc<User>, Exception> {
        let id = self.user_id(directory, action)?;
        match directory.user(id).filter(|_| self.is_caller(id)) {
            Some(user) => Ok(user.clone()),
            None => self.user(directory, action).await,
        }
    }

    /// Returns the security profile in the path if the caller is permitted to perform the operation on the profile.
    ///
    /// # Errors
    /// Returns the same kinds of errors as [`CallContext::user`].
    pub(super) async fn profile(
        &self,
        directory: &Directory,
        action: Action,
    ) -> Result<Arc<SecurityProfile>, Exception> {
        let id = self.profile_id(directory, action)?;
        match directory.profile(id).cloned() {
            Some(profile) => self.authorize(directory, action, &Target::Profile(id)).await.map(|()| profile),
            None => {
                let key = RecordKey::Profile(id);
                Err(self.record_missing(directory, action, ResourceType::SecurityProfile, key).await)
            }
        }
    }

    /// Returns the exception for a record that doesn't exist or that the caller can't see.
    pub(super) fn missing(
        &self,
        directory: &Directory,
        action: Action,
        resource_type: ResourceType,
        id: &str,
    ) -> Exception {
        let caller = self.caller;
        let refusal =
            floorkey::not_found_or_denied(directory, caller.principal(), action, resource_type, id, caller.now);
        unmodelled_exception(&Failure::Refused(refusal))
    }

    /// Returns the same exception as [`CallContext::missing`]. Also records the refusal in the audit log, unless the
    /// refusal only says that the record doesn't exist.
    pub(super) async fn record_missing(
        &self,
        directory: &Directory,
        action: Action,
        resource_type: ResourceType,
        key: RecordKey,
    ) -> Exception {
        let (caller, id) = (self.caller, key.id());
        let refusal =
            floorkey::not_found_or_denied(directory, caller.principal(), action, resource_type, id, caller.now);
        self.record_refusal(directory, action, vec![key], refusal).await
    }

    /// Records a refusal in the audit log, with the event type and the targets, if refusals of its kind are recorded.
    /// Returns the exception. If there are no targets, the refusal applies to the instance as a whole.
    pub(super) async fn record_refusal(
        &self,
        directory: &Directory,
        action: Action,
        targets: Vec<RecordKey>,
        refusal: Refusal,
    ) -> Exception {
        let caller = self.caller;
        let refused =
            caller.api.service.record_refusal(directory.instance(), caller.actor.clone(), action, targets, refusal);
        unmodelled_exception(&refused.await)
    }

    /// Checks that the caller is permitted to perform the operation.
    ///
    /// # Errors
    /// Returns an exception if the caller is not permitted. The refusal is also recorded in the audit log.
    pub(super) async fn authorize(
        &self,
        directory: &Directory,
        action: Action,
        target: &Target<'_>,
    ) -> Result<(), Exception> {
        let caller = self.caller;
        let Err(refusal) = floorkey::authorize(directory, caller.principal(), action, target, caller.now) else {
            let about = directory.resource_attributes(target).and_then(|thing| thing.resource_type);
            caller.api.service.usage().count_read(directory, caller.principal(), action, about, caller.now);
            return Ok(());
        };
        Err(self.record_refusal(directory, action, record_keys(target), refusal).await)
    }

    /// Returns the viewer that determines which parts of each record the caller can see.
    pub(super) fn visibility<'d>(&'d self, directory: &'d Directory) -> Viewer<'d> {
        Viewer::new(directory, self.caller.principal(), self.caller.now)
    }

    /// Checks that the caller can see the requested part of a user's permissions. `visible` is the result of the
    /// visibility check in the domain crate.
    ///
    /// # Errors
    /// Returns an exception if `visible` is a refusal. The refusal is also recorded in the audit log.
    pub(super) async fn authorize_view(
        &self,
        directory: &Directory,
        action: Action,
        user: &User,
        visible: Result<(), Refusal>,
    ) -> Result<(), Exception> {
        let caller = self.caller;
        let Err(refusal) = visible else {
            if !self.is_caller(user.id) {
                for action in [action, Action::ListSecurityProfilePermissions] {
                    caller.api.service.usage().count_read(directory, caller.principal(), action, None, caller.now);
                }
            }
            return Ok(());
        };
        Err(self.record_refusal(directory, action, vec![RecordKey::User(user.id)], refusal).await)
    }

    /// Checks that the caller is the operator or a full administrator.
    ///
    /// # Errors
    /// Returns an exception if the caller is neither. The refusal is also recorded in the audit log.
    pub(super) async fn authorize_administrator(&self, directory: &Directory, action: Action) -> Result<(), Exception> {
        let caller = self.caller;
        let Err(refusal) = floorkey::require_administrator(directory, caller.principal(), action) else {
            return Ok(());
        };
        Err(self.record_refusal(directory, action, Vec::new(), refusal).await)
    }

    /// Executes a command.
    ///
    /// # Errors
    /// Returns an error if the command is refused or fails.
    pub(super) async fn execute(&self, directory: &Directory, command: Command) -> Result<CommandResult, Exception> {
        let service = &self.caller.api.service;
        let result = service.execute(directory.instance(), self.caller.actor.clone(), command).await;
        result.map(|result| self.caller.count_replaced(result)).map_err(|failure| unmodelled_exception(&failure))
    }

    /// Whether the user is the caller.
    pub(super) fn is_caller(&self, user: UserId) -> bool {
        matches!(self.caller.principal(), Principal::User { id, .. } if *id == user)
    }
}

/// Returns the 404 exception for a resource that the instance doesn't contain.
pub(super) fn not_found(kind: impl Into<EntityKind>, id: impl ToString) -> Exception {
    unmodelled_exception(&Failure::Refused(Refusal::NotFound { kind: kind.into(), id: id.to_string() }))
}

/// Returns the 400 exception for an invalid input.
pub(super) fn invalid(input: &'static str, problem: impl Into<String>) -> Exception {
    unmodelled_exception(&floorkey::Invalid { input, problem: problem.into() }.into())
}
