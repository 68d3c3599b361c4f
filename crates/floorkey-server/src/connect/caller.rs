//! The one who calls, and what handlers do in their name.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use floorkey::{Act, Actor, Command, Directory, InstanceId, NewPassword, Principal, RecordKey, Target, Timestamp};
use floorkey_connect::arn::{Arn, InstanceRef};
use floorkey_connect::exception::{Exception, ExceptionKind};
use floorkey_connect::operation::Operation;

use super::refusal::exception;
use crate::app::App;
use crate::failure::Failure;
use crate::outside;
use crate::passwords::Password;
use crate::search_budget::{self, TooManySearches};
use crate::service::Done;

/// The one who calls: who it is, and the only instance there is for them.
pub(crate) struct Caller<'a> {
    pub(crate) app: &'a App,
    pub(crate) actor: Actor,
    /// A user's instance; `None` for the operator, who sees all.
    home: Option<InstanceId>,
    /// When the call came: everything in it is decided at this time.
    pub(crate) at: Timestamp,
    /// How many users have to set up their credentials anew after the call.
    replaced: &'a AtomicU64,
}

/// The result of a handler.
pub(crate) type Refuse<T> = Result<T, Exception>;

impl<'a> Caller<'a> {
    pub(super) fn new(app: &'a App, actor: Actor, home: Option<InstanceId>, replaced: &'a AtomicU64) -> Self {
        Self { app, actor, home, at: outside::now(), replaced }
    }

    /// Has the answer say whose credentials a change replaced.
    pub(crate) fn carried_out(&self, done: Done) -> Done {
        self.replaced.fetch_add(done.credentials_replaced, Ordering::Relaxed);
        done
    }

    /// The principal who calls.
    pub(crate) fn principal(&self) -> &Principal {
        &self.actor.principal
    }

    /// Whether the operator calls.
    pub(crate) fn is_operator(&self) -> bool {
        matches!(self.actor.principal, Principal::Operator { .. })
    }

    /// The instances that the caller may know of.
    pub(crate) fn instances(&self) -> Vec<Arc<Directory>> {
        let all = self.app.service.engine().all();
        all.into_iter().filter(|directory| self.home.is_none_or(|home| home == directory.instance())).collect()
    }

    /// The directory of the instance that an id or ARN names.
    ///
    /// # Errors
    /// 404 where there is none, or none that the caller may know of.
    pub(crate) fn directory(&self, id_or_arn: &str) -> Refuse<Arc<Directory>> {
        let gone = || {
            let is_name = InstanceId::parse(id_or_arn).is_none() && !id_or_arn.starts_with("arn:");
            let hint = if is_name { ": an id or an ARN is wanted here, not an alias" } else { "" };
            Exception::new(ExceptionKind::ResourceNotFound, format!("There is no instance `{id_or_arn}`{hint}."))
        };
        let named = InstanceRef::parse(id_or_arn).map_err(|_| gone())?;
        if !named.is_at(&self.app.region, &self.app.account) {
            return Err(gone());
        }
        let id =
            InstanceId::parse(named.id()).filter(|id| self.home.is_none_or(|home| home == *id)).ok_or_else(gone)?;
        self.app.service.engine().current(id).ok_or_else(gone)
    }

    /// Asks whether the caller may read what the operation reads.
    ///
    /// # Errors
    /// The refusal, which is in the audit then.
    pub(crate) async fn may(
        &self,
        directory: &Directory,
        act: Act,
        target: &Target<'_>,
        operation: Operation,
    ) -> Refuse<()> {
        match floorkey::authorize(directory, self.principal(), act, target, self.at) {
            Ok(()) => {
                let about = directory.thing(target).and_then(|thing| thing.resource_type);
                self.app.service.usage().looked(directory, self.principal(), act, about, self.at);
                Ok(())
            }
            Err(refusal) => {
                let failure = self
                    .app
                    .service
                    .refuse(directory.instance(), self.actor.clone(), act, named(target), refusal)
                    .await;
                Err(exception(failure, operation))
            }
        }
    }

    /// Carries out a command.
    ///
    /// # Errors
    /// Whatever keeps it from being done, as the operation says it.
    pub(crate) async fn execute(&self, directory: &Directory, command: Command, operation: Operation) -> Refuse<Done> {
        let done = self.app.service.execute(directory.instance(), self.actor.clone(), command).await;
        done.map(|done| self.carried_out(done)).map_err(|failure| exception(failure, operation))
    }

    /// Carries out a command with a password in it, which is hashed on the way.
    ///
    /// # Errors
    /// As [`Caller::execute`].
    pub(crate) async fn execute_with_password(
        &self,
        directory: &Directory,
        password: &Password,
        one_time: bool,
        command: impl Fn(NewPassword) -> Command,
        operation: Operation,
    ) -> Refuse<Done> {
        let (instance, actor) = (directory.instance(), self.actor.clone());
        let done = self.app.service.execute_with_password(instance, actor, password, one_time, command).await;
        done.map(|done| self.carried_out(done)).map_err(|failure| exception(failure, operation))
    }

    /// Runs a search over so many rows with so many conditions. One that takes long runs apart, in the caller's share of
    /// the room for these.
    ///
    /// # Errors
    /// Too many searches of the caller at a time.
    pub(crate) async fn search<T>(&self, rows: usize, conditions: usize, find: impl FnOnce() -> T) -> Refuse<T> {
        let caller = match self.principal() {
            Principal::User { id, .. } => id.bits(),
            Principal::Operator { .. } | Principal::System => 0,
        };
        search_budget::run(caller, rows, conditions, find).await.map_err(|TooManySearches| {
            let message = "Too many searches of yours are under way: wait until they end, and try again.";
            Exception::new(ExceptionKind::Throttling, message)
        })
    }

    /// Renders a failure as the operation says it.
    pub(crate) fn refuse(&self, failure: Failure, operation: Operation) -> Exception {
        exception(failure, operation)
    }

    /// The ARN of an instance.
    pub(crate) fn instance_arn(&self, directory: &Directory) -> Arn {
        Arn::of_instance(&self.app.region, &self.app.account, &directory.instance().to_string())
    }
}

/// What a question is about, for the audit.
pub(crate) fn named(target: &Target<'_>) -> Vec<RecordKey> {
    match *target {
        Target::User(id) => vec![RecordKey::User(id)],
        Target::Profile(id) => vec![RecordKey::Profile(id)],
        Target::Group(id) => vec![RecordKey::Group(id)],
        Target::Resource(id) => vec![RecordKey::Resource(id)],
        Target::Application { namespace, .. } => vec![RecordKey::Application(namespace.to_owned())],
        Target::Instance | Target::Described(_) => Vec::new(),
    }
}
