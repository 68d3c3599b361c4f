//! What handlers do in the caller's name, with refusals that no operation's model narrows.

use std::sync::Arc;

use floorkey::visibility::Viewer;
use floorkey::{
    Act, Command, Directory, Principal, RecordKey, Refusal, ResourceType, SecurityProfile, SecurityProfileId, Target,
    User, UserId,
};
use floorkey_connect::exception::Exception;

use super::Asked;
use crate::connect::{named, plain_exception};
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
    /// For what is no id: as for the id of nobody, to whom the caller does the act.
    pub(super) fn user_id(&self, directory: &Directory, act: Act) -> Result<UserId, Exception> {
        let id = self.labels.get("UserId");
        UserId::parse(id).ok_or_else(|| self.missing(directory, act, ResourceType::User, id))
    }

    /// The id of the profile in the path; whether there is one shows later.
    ///
    /// # Errors
    /// For what is no id: as for the id of no profile, to which the caller does the act.
    pub(super) fn profile_id(&self, directory: &Directory, act: Act) -> Result<SecurityProfileId, Exception> {
        let id = self.labels.get("SecurityProfileId");
        SecurityProfileId::parse(id).ok_or_else(|| self.missing(directory, act, ResourceType::SecurityProfile, id))
    }

    /// The user in the path, if the caller may do the act to them.
    ///
    /// # Errors
    /// The refusal, which is the same for a user who isn't there where the caller may not learn of that.
    pub(super) async fn user(&self, directory: &Directory, act: Act) -> Result<Arc<User>, Exception> {
        let user = self.found_user(directory, act).await?;
        self.may(directory, act, &Target::User(user.id)).await.map(|()| user)
    }

    /// The user in the path, of whom the act is still to be asked.
    ///
    /// # Errors
    /// What the caller is told who does the act to a user who isn't there.
    pub(super) async fn found_user(&self, directory: &Directory, act: Act) -> Result<Arc<User>, Exception> {
        let id = self.user_id(directory, act)?;
        match directory.user(id).cloned() {
            Some(user) => Ok(user),
            None => Err(self.refuse_missing(directory, act, ResourceType::User, RecordKey::User(id)).await),
        }
    }

    /// The user in the path, if the caller is that user or may do the act to them.
    ///
    /// # Errors
    /// As [`Asked::user`].
    pub(super) async fn oneself_or(&self, directory: &Directory, act: Act) -> Result<Arc<User>, Exception> {
        let id = self.user_id(directory, act)?;
        match directory.user(id).filter(|_| self.is_oneself(id)) {
            Some(oneself) => Ok(oneself.clone()),
            None => self.user(directory, act).await,
        }
    }

    /// The security profile in the path, if the caller may do the act to it.
    ///
    /// # Errors
    /// As [`Asked::user`].
    pub(super) async fn profile(&self, directory: &Directory, act: Act) -> Result<Arc<SecurityProfile>, Exception> {
        let id = self.profile_id(directory, act)?;
        match directory.profile(id).cloned() {
            Some(profile) => self.may(directory, act, &Target::Profile(id)).await.map(|()| profile),
            None => {
                let key = RecordKey::Profile(id);
                Err(self.refuse_missing(directory, act, ResourceType::SecurityProfile, key).await)
            }
        }
    }

    /// The answer where there is no such record, or none that the caller may learn of.
    pub(super) fn missing(&self, directory: &Directory, act: Act, resource_type: ResourceType, id: &str) -> Exception {
        let caller = self.caller;
        let refusal = floorkey::missing(directory, caller.principal(), act, resource_type, id, caller.at);
        plain_exception(&Failure::Refused(refusal))
    }

    /// The same, which is in the audit where it is more than that there is no such record.
    pub(super) async fn refuse_missing(
        &self,
        directory: &Directory,
        act: Act,
        resource_type: ResourceType,
        key: RecordKey,
    ) -> Exception {
        let (caller, id) = (self.caller, key.id());
        match floorkey::missing(directory, caller.principal(), act, resource_type, id, caller.at) {
            refusal @ Refusal::NotFound { .. } => plain_exception(&Failure::Refused(refusal)),
            refusal => self.refuse(directory, act, vec![key], refusal).await,
        }
    }

    /// Refuses, and says so in the audit: what was tried, and on what. On nothing is on the instance as a whole.
    pub(super) async fn refuse(
        &self,
        directory: &Directory,
        act: Act,
        targets: Vec<RecordKey>,
        refusal: Refusal,
    ) -> Exception {
        let caller = self.caller;
        let refused = caller.app.service.refuse(directory.instance(), caller.actor.clone(), act, targets, refusal);
        plain_exception(&refused.await)
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
        Err(self.refuse(directory, act, named(target), refusal).await)
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
        Err(self.refuse(directory, act, vec![RecordKey::User(user.id)], refusal).await)
    }

    /// Asks whether the caller may administer the instance: the operator, or a full administrator.
    ///
    /// # Errors
    /// The refusal, which is in the audit then.
    pub(super) async fn may_administer(&self, directory: &Directory, act: Act) -> Result<(), Exception> {
        let caller = self.caller;
        let Err(refusal) = floorkey::administrate(directory, caller.principal(), act) else { return Ok(()) };
        Err(self.refuse(directory, act, Vec::new(), refusal).await)
    }

    /// Carries out a command.
    ///
    /// # Errors
    /// Whatever keeps it from being done.
    pub(super) async fn execute(&self, directory: &Directory, command: Command) -> Result<Done, Exception> {
        let service = &self.caller.app.service;
        let done = service.execute(directory.instance(), self.caller.actor.clone(), command).await;
        done.map(|done| self.caller.carried_out(done)).map_err(|failure| plain_exception(&failure))
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
