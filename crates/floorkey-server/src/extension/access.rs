//! What handlers do in the caller's name, with refusals that no operation's model narrows.

use std::sync::Arc;

use floorkey::visibility::Viewer;
use floorkey::{Act, Command, Directory, Principal, Refusal, SecurityProfileId, Target, User, UserId};
use floorkey_connect::exception::Exception;

use super::Asked;
use crate::connect::plain_exception;
use crate::failure::Failure;
use crate::service::Done;

impl Asked<'_> {
    /// The directory of the instance in the path.
    ///
    /// # Errors
    /// 404 where there is none, or none that the caller may know of.
    pub(super) fn directory(&self) -> Result<Arc<Directory>, Exception> {
        self.caller.directory(self.labels.get("InstanceId"))
    }

    /// The id of the user in the path; whether there is one shows later.
    ///
    /// # Errors
    /// 404 for what is no id.
    pub(super) fn user_id(&self) -> Result<UserId, Exception> {
        let id = self.labels.get("UserId");
        UserId::parse(id).ok_or_else(|| not_found("user", id))
    }

    /// The id of the profile in the path; whether there is one shows later.
    ///
    /// # Errors
    /// 404 for what is no id.
    pub(super) fn profile_id(&self) -> Result<SecurityProfileId, Exception> {
        let id = self.labels.get("SecurityProfileId");
        SecurityProfileId::parse(id).ok_or_else(|| not_found("security profile", id))
    }

    /// The user in the path, if the caller may do the act to them.
    ///
    /// # Errors
    /// 404 where there is none, else the refusal.
    pub(super) async fn user(&self, directory: &Directory, act: Act) -> Result<Arc<User>, Exception> {
        let id = self.user_id()?;
        let user = directory.user(id).cloned().ok_or_else(|| not_found("user", id))?;
        self.may(directory, act, &Target::User(id)).await?;
        Ok(user)
    }

    /// Asks whether the caller may do the act.
    ///
    /// # Errors
    /// The refusal, which is in the audit then.
    pub(super) async fn may(&self, directory: &Directory, act: Act, target: &Target<'_>) -> Result<(), Exception> {
        let caller = self.caller;
        let Err(refusal) = floorkey::authorize(directory, caller.principal(), act, target, caller.at) else {
            let about = directory.thing(target).and_then(|thing| thing.resource_type);
            caller.app.service.usage().looked(directory, caller.principal(), act, about, caller.at);
            return Ok(());
        };
        let service = &caller.app.service;
        let failure = service.refuse(directory.instance(), caller.actor.clone(), act, Vec::new(), refusal).await;
        Err(plain_exception(&failure))
    }

    /// What the caller may be shown of each record.
    pub(super) fn visibility<'d>(&'d self, directory: &'d Directory) -> Viewer<'d> {
        Viewer::new(directory, self.caller.principal(), self.caller.at)
    }

    /// Refuses what the domain says is not shown of a user's permissions.
    ///
    /// # Errors
    /// The refusal, which is in the audit then.
    pub(super) async fn may_see(
        &self,
        directory: &Directory,
        act: Act,
        user: &User,
        visible: Result<(), Refusal>,
    ) -> Result<(), Exception> {
        let caller = self.caller;
        let Err(refusal) = visible else {
            if !self.is_oneself(user.id) {
                for act in [act, Act::ListSecurityProfilePermissions] {
                    caller.app.service.usage().looked(directory, caller.principal(), act, None, caller.at);
                }
            }
            return Ok(());
        };
        let service = &caller.app.service;
        let failure = service.refuse(directory.instance(), caller.actor.clone(), act, Vec::new(), refusal).await;
        Err(plain_exception(&failure))
    }

    /// Asks whether the caller may administer the instance: the operator, or a full administrator.
    ///
    /// # Errors
    /// The refusal, which is in the audit then.
    pub(super) async fn may_administer(&self, directory: &Directory, act: Act) -> Result<(), Exception> {
        let caller = self.caller;
        let Err(refusal) = floorkey::administrate(directory, caller.principal(), act) else { return Ok(()) };
        let service = &caller.app.service;
        let failure = service.refuse(directory.instance(), caller.actor.clone(), act, Vec::new(), refusal).await;
        Err(plain_exception(&failure))
    }

    /// Carries out a command.
    ///
    /// # Errors
    /// Whatever keeps it from being done.
    pub(super) async fn execute(&self, directory: &Directory, command: Command) -> Result<Done, Exception> {
        let service = &self.caller.app.service;
        let done = service.execute(directory.instance(), self.caller.actor.clone(), command).await;
        done.map_err(|failure| plain_exception(&failure))
    }

    /// Whether it is the caller whom it is about.
    pub(super) fn is_oneself(&self, user: UserId) -> bool {
        matches!(self.caller.principal(), Principal::User { id, .. } if *id == user)
    }
}

/// 404 for a thing of the instance.
pub(super) fn not_found(what: &'static str, id: impl ToString) -> Exception {
    plain_exception(&Failure::Refused(Refusal::NotFound { what, id: id.to_string() }))
}

/// 400 for an input.
pub(super) fn invalid(input: &'static str, problem: impl Into<String>) -> Exception {
    plain_exception(&floorkey::Invalid { input, problem: problem.into() }.into())
}
