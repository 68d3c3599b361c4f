//! The caller of the API, and the actions that handlers perform on the caller's behalf.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use floorkey::{Actor, Directory, InstanceId, Principal, RecordKey, Target, Timestamp};
use floorkey_aws::arn::{Arn, InstanceRef};
use floorkey_aws::exception::{Exception, ExceptionKind};

use crate::Api;
use floorkey_service::clock;
use floorkey_service::search_budget::{self, TooManySearches};
use floorkey_service::service::CommandResult;

/// The authenticated caller of the API. A user can see only their own instance. Other instances appear not to exist.
pub(crate) struct Caller<'a> {
    pub(crate) api: &'a Api,
    pub(crate) actor: Actor,
    /// The user's instance, or `None` for the operator, who sees all instances.
    own_instance: Option<InstanceId>,
    /// The time of the call. All decisions about the call use this time.
    pub(crate) now: Timestamp,
    /// Number of users who must set up new credentials after the call.
    replaced: &'a AtomicU64,
}

/// The result of an API handler.
pub(crate) type ApiResult<T> = Result<T, Exception>;

impl<'a> Caller<'a> {
    pub(super) fn new(api: &'a Api, actor: Actor, own_instance: Option<InstanceId>, replaced: &'a AtomicU64) -> Self {
        Self { api, actor, own_instance, now: clock::now(), replaced }
    }

    /// If a command replaced users' credentials, adds the number of these users to the call's total.
    pub(crate) fn count_replaced(&self, result: CommandResult) -> CommandResult {
        self.replaced.fetch_add(result.credentials_replaced, Ordering::Relaxed);
        result
    }

    /// The principal that makes the call.
    pub(crate) fn principal(&self) -> &Principal {
        &self.actor.principal
    }

    /// Whether the caller is the operator.
    pub(crate) fn is_operator(&self) -> bool {
        matches!(self.actor.principal, Principal::Operator { .. })
    }

    /// The instances that the caller can see.
    pub(crate) fn instances(&self) -> Vec<Arc<Directory>> {
        let all = self.api.service.engine().all();
        all.into_iter()
            .filter(|directory| self.own_instance.is_none_or(|own_instance| own_instance == directory.instance()))
            .collect()
    }

    /// Returns the directory of the instance with the given ID or ARN.
    ///
    /// # Errors
    /// 404 if the instance doesn't exist or the caller can't see it.
    pub(crate) fn directory(&self, id_or_arn: &str) -> ApiResult<Arc<Directory>> {
        let not_found = || {
            let is_name = InstanceId::parse(id_or_arn).is_none() && !id_or_arn.starts_with("arn:");
            let hint = if is_name { ": specify an ID or an ARN, not an alias" } else { "" };
            Exception::new(ExceptionKind::ResourceNotFound, format!("There is no instance `{id_or_arn}`{hint}."))
        };
        let instance_ref = InstanceRef::parse(id_or_arn).map_err(|_| not_found())?;
        if !instance_ref.is_at(&self.api.region, &self.api.account) {
            return Err(not_found());
        }
        let id = InstanceId::parse(instance_ref.id())
            .filter(|id| self.own_instance.is_none_or(|own_instance| own_instance == *id))
            .ok_or_else(not_found)?;
        self.api.service.engine().current(id).ok_or_else(not_found)
    }

    /// Runs a search that evaluates the given number of conditions for the given number of rows. An expensive search
    /// waits for capacity in the search budget, which all callers share. Waiting does not block other tasks.
    ///
    /// # Errors
    /// Returns an error if the caller is already running too many searches.
    pub(crate) async fn search<T>(&self, rows: usize, conditions: usize, search: impl FnOnce() -> T) -> ApiResult<T> {
        let caller = match self.principal() {
            Principal::User { id, .. } => id.bits(),
            Principal::Operator { .. } | Principal::System => 0,
        };
        search_budget::run(caller, rows, conditions, search).await.map_err(|TooManySearches| {
            let message = "Too many of your searches are running. Wait until they finish, and try again.";
            Exception::new(ExceptionKind::Throttling, message)
        })
    }

    /// The ARN of an instance.
    pub(crate) fn instance_arn(&self, directory: &Directory) -> Arn {
        Arn::of_instance(&self.api.region, &self.api.account, &directory.instance().to_string())
    }
}

/// Returns the keys of the records that a target refers to, for use in the audit log.
pub(crate) fn record_keys(target: &Target<'_>) -> Vec<RecordKey> {
    match *target {
        Target::User(id) => vec![RecordKey::User(id)],
        Target::Profile(id) => vec![RecordKey::Profile(id)],
        Target::Group(id) => vec![RecordKey::Group(id)],
        Target::Resource(id) => vec![RecordKey::Resource(id)],
        Target::Application { namespace, .. } => vec![RecordKey::Application(namespace.to_owned())],
        Target::Instance | Target::Described(_) => Vec::new(),
    }
}
