//! The steps of a plan, which together become one change. Most commands have one step, but a batch or an undo can have
//! many steps.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::change_builder::{ChangeBuilder, not_found, record};
use super::{apply_command, authorize, custody, guard, logins, scope, undo};
use crate::action::Action;
use crate::audit::Flag;
use crate::command::Command;
use crate::decision::{ResourceAttributes, Target};
use crate::directory::Directory;
use crate::id::UserId;
use crate::invalid::invalid;
use crate::limits;
use crate::principal::Actor;
use crate::record::{Record, RecordChange, RecordKey};
use crate::refusal::{EntityKind, Refusal};
use crate::resource::ResourceType;
use crate::revision::Revision;
use crate::time::Timestamp;
use crate::user::User;
use crate::visibility::Viewer;

/// A plan in progress. All steps of the plan become one change.
pub(super) struct Transaction<'a> {
    /// All changes that the steps have made, relative to the directory before the first step.
    combined: ChangeBuilder<'a>,
    /// The directory after the last step.
    current: Directory,
    revision: Revision,
    steps: usize,
    /// The position of each record's change in `combined.records`.
    record_index: HashMap<RecordKey, usize>,
    /// The deleted users that a step has restored.
    restored: HashSet<UserId>,
    /// A cache of the access that custodians have or can assign.
    custodian_access: custody::CustodianAccessCache,
    /// The total size of tags in bytes. It includes the tags of all users that are targets of a batch's commands.
    tag_bytes: usize,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(before: &'a Directory, actor: &'a Actor, action: Action, now: Timestamp) -> Self {
        Self {
            combined: ChangeBuilder::new(before, actor, action, now, before.revision().next()),
            current: before.clone(),
            revision: before.revision().next(),
            steps: 0,
            record_index: HashMap::new(),
            restored: HashSet::new(),
            custodian_access: custody::CustodianAccessCache::default(),
            tag_bytes: 0,
        }
    }

    /// Carries out a command as one or more steps.
    pub(super) fn execute(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::Batch { commands, .. } => self.batch(commands),
            Command::Undo { revision, made, steps } => {
                self.combined.flags.push(Flag::UndoOf { revision: *revision });
                self.combined.is_undo = true;
                undo::undo(self, *revision, *made, steps)
            }
            Command::IfUnchanged { record, modified, command } => {
                let modified = check_unmodified(self.combined.before, record, *modified);
                let result = self.execute(command);
                prefer_permission_refusal(modified, result)
            }
            command => self.plan_step(command),
        }
    }

    /// Plans one step based on the result of the previous step. The step is checked in the same way as a single
    /// command.
    pub(super) fn plan_step(&mut self, command: &Command) -> Result<(), Refusal> {
        self.plan_step_with(command, |_| ())
    }

    /// Plans one step. `adjust` edits the step's records before the records are checked.
    pub(super) fn plan_step_with(
        &mut self,
        command: &Command,
        adjust: impl FnOnce(&mut ChangeBuilder<'_>),
    ) -> Result<(), Refusal> {
        let mut builder =
            ChangeBuilder::new(&self.current, self.combined.actor, command.action(), self.combined.now, self.revision);
        builder.is_undo = self.combined.is_undo;
        builder.targets = command.targets(&self.current);
        apply_command(&mut builder, command)?;
        adjust(&mut builder);
        if let Command::RestoreUser { user, .. } = command {
            self.restored.insert(user.id);
        }
        logins::update_histories(&mut builder, &self.restored);
        let next = builder.before.apply(self.revision, &builder.records);
        scope::check(&builder, &next)?;
        guard::check(&mut builder, &next)?;
        let next = match custody::enforce(&mut builder, &next, &mut self.custodian_access) {
            true => builder.before.apply(self.revision, &builder.records),
            false => next,
        };
        let ChangeBuilder { records, side, targets, flags, .. } = builder;
        self.current = next;
        self.steps += 1;
        for change in records {
            self.put_change(change);
        }
        self.combined.side.extend(side);
        self.combined.targets.extend(targets);
        self.combined.flags.extend(flags);
        Ok(())
    }

    /// Limits how much data a batch can write. Each changed user is stored completely, and the users' tags can be a
    /// hundred times as large as the request. Undos and replacements of credentials are exempt, so that they are never
    /// blocked by large tags.
    fn check_tag_bytes(&mut self, command: &Command) -> Result<(), Refusal> {
        let targets = command.targets(&self.current);
        let users = targets.iter().filter_map(|key| match key {
            RecordKey::User(id) => self.current.user(*id),
            _ => None,
        });
        let tags = users.flat_map(|user| user.tags.iter().map(|(key, value)| key.len() + value.len()));
        self.tag_bytes += tags.sum::<usize>();
        if self.tag_bytes <= limits::CHANGED_TAG_BYTES_MAX {
            return Ok(());
        }
        let problem = format!(
            "the users in one batch can have at most {} MiB of tags in total: change fewer users at a time",
            limits::CHANGED_TAG_BYTES_MAX >> 20
        );
        Err(Refusal::LimitExceeded { input: "", problem })
    }

    /// Returns the directory after the last step.
    pub(super) const fn current(&self) -> &Directory {
        &self.current
    }

    /// Returns all changes that the steps made, and the resulting directory.
    pub(super) fn finish(self) -> (ChangeBuilder<'a>, Directory) {
        let Self { mut combined, mut current, steps, revision, restored, .. } = self;
        if steps != 1 {
            // If the steps of the change both created and removed a record, that record is omitted.
            let before = combined.before;
            combined.records.retain(|change| match change {
                RecordChange::Upsert(_) => true,
                RecordChange::Remove(key) => record(before, key).is_some(),
            });
            current = logins::recompute_histories(&mut combined, &current, &restored);
            // Removals come first, so that another record can use the name of a removed record.
            combined.records.sort_by_key(|change| matches!(change, RecordChange::Upsert(_)));
            combined.flags = merge_flags(std::mem::take(&mut combined.flags));
        }
        let mut seen = HashSet::new();
        combined.targets.retain(|target| seen.insert(target.clone()));
        if steps == 0 {
            current = current.apply(revision, &[]);
        }
        (combined, current)
    }

    fn batch(&mut self, commands: &[Command]) -> Result<(), Refusal> {
        if commands.is_empty() {
            return Err(invalid("Commands", "a batch must have at least one command").into());
        }
        super::check::count("commands in one batch", commands.len(), limits::BATCH_MAX)?;
        for (index, command) in commands.iter().enumerate() {
            let result = match command {
                Command::IfUnchanged { record, modified, command } => {
                    // The record is checked as it was before the batch, so changes by earlier commands of the batch are
                    // ignored.
                    let modified = check_unmodified(self.combined.before, record, *modified);
                    let result = self.plan_step(command);
                    prefer_permission_refusal(modified, result)
                }
                // `RecordFormerLogins` writes login histories itself. In a batch, `finish` would replace these
                // histories with histories derived from the batch's users.
                Command::RecordFormerLogins(_) => Err(nested_command_refusal()),
                command => self.plan_step(command),
            };
            let result = result.and_then(|()| self.check_tag_bytes(command));
            result.map_err(|refusal| self.in_batch(index, command, refusal))?;
        }
        Ok(())
    }

    /// Returns the actor and the time of the change.
    pub(super) const fn actor_and_time(&self) -> (&'a Actor, Timestamp) {
        (self.combined.actor, self.combined.now)
    }

    /// Wraps the refusal of a command that is part of a batch or an undo. The wrapper names the command's record only
    /// if the actor is allowed to see the name.
    pub(super) fn in_batch(&self, index: usize, command: &Command, refusal: Refusal) -> Refusal {
        let viewer = Viewer::new(&self.current, &self.combined.actor.principal, self.combined.now);
        let subject = match command {
            Command::CreateUser(new) => new.username.clone(),
            Command::RestoreUser { user, .. } if self.can_see_deleted(user) => user.username.clone(),
            Command::RestoreUser { .. } => String::new(),
            Command::CreateSecurityProfile(new) => new.name.clone(),
            command => {
                let visible = command.main_record().filter(|key| viewer.record(key).shows_name());
                visible.and_then(|key| record_name(&self.current, &key)).unwrap_or_default()
            }
        };
        Refusal::InBatch { index, subject, refusal: Box::new(refusal) }
    }

    /// Whether the actor would be allowed to see the deleted user's last state.
    fn can_see_deleted(&self, user: &User) -> bool {
        let hierarchy_group = user.hierarchy_group.filter(|group| self.current.group(*group).is_some());
        let resource =
            ResourceAttributes { hierarchy_group, ..ResourceAttributes::new(ResourceType::User, &user.tags) };
        let (actor, target) = (&self.combined.actor.principal, Target::Described(resource));
        authorize(&self.current, actor, Action::DescribeUser, &target, self.combined.now).is_ok()
    }

    /// Adds a record's change. If there is already a change of the same record, the new change replaces it.
    fn put_change(&mut self, change: RecordChange) {
        match self.record_index.get(&change.key()).and_then(|index| self.combined.records.get_mut(*index)) {
            Some(earlier) => *earlier = change,
            None => {
                self.record_index.insert(change.key(), self.combined.records.len());
                self.combined.records.push(change);
            }
        }
    }
}

/// Returns a short text that identifies a record in messages, such as a login name, a name or a label.
pub(super) fn record_name(directory: &Directory, key: &RecordKey) -> Option<String> {
    Some(match key {
        RecordKey::User(id) => directory.user(*id)?.username.clone(),
        RecordKey::Profile(id) => directory.profile(*id)?.name.clone(),
        RecordKey::Group(id) => directory.group(*id)?.name.clone(),
        RecordKey::Resource(id) => directory.resource(*id)?.name.clone(),
        RecordKey::AccessKey(id) => directory.access_key(id)?.label.clone(),
        RecordKey::Application(namespace) => namespace.clone(),
        RecordKey::ApplicationResource(_, id) => id.clone(),
        RecordKey::ApiToken(id) => directory.api_token(*id)?.label.clone(),
        RecordKey::Login(login) => login.clone(),
        RecordKey::Finding(id) => id.title().to_owned(),
        RecordKey::Settings | RecordKey::Structure => return None,
    })
}

/// Returns the refusal for a command that can't be nested in another command.
pub(super) fn nested_command_refusal() -> Refusal {
    invalid("Commands", "a batch can't contain a batch, an undo, or a condition on a condition").into()
}

/// Combines the result of the version check and the result of the inner command for a [`Command::IfUnchanged`]. If
/// actors lack permission, they get only the refusal for the missing permission. They therefore can't find out that a
/// newer version of the record exists.
fn prefer_permission_refusal(modified: Result<(), Refusal>, result: Result<(), Refusal>) -> Result<(), Refusal> {
    match (modified, result) {
        (Err(stale), Err(refusal)) => match refusal.root() {
            Refusal::NotPermitted { .. }
            | Refusal::NotAdministrator { .. }
            | Refusal::NotRecentlyAuthenticated { .. }
            | Refusal::CredentialsEnded
            | Refusal::OutOfScope { .. }
            | Refusal::Restricted { .. } => Err(refusal),
            _ => Err(stale),
        },
        (Err(stale), Ok(())) => Err(stale),
        (Ok(()), result) => result,
    }
}

/// Checks that the record still has the given modification time.
fn check_unmodified(directory: &Directory, key: &RecordKey, modified: Timestamp) -> Result<(), Refusal> {
    let kind = EntityKind::from(key);
    let id = key.id();
    let current = record(directory, key).ok_or_else(|| not_found(kind, &id))?;
    let current_time = match &current {
        Record::User(user) => user.modified,
        Record::Profile(profile) => profile.modified,
        Record::Group(group) => group.modified,
        Record::Resource(resource) => resource.modified,
        Record::Application(application) => application.modified,
        Record::ApplicationResource(resource) => resource.modified,
        Record::Finding(state) => state.modified,
        Record::Settings(_) | Record::Structure(_) | Record::AccessKey(_) | Record::ApiToken(_) | Record::Login(_) => {
            return Err(invalid(
                "Record",
                format!("{kind}: this kind of record has no modification time to compare with"),
            )
            .into());
        }
    };
    match current_time == modified {
        true => Ok(()),
        false => Err(Refusal::Stale { kind, id }),
    }
}

/// Merges the flags of all steps. Flags that can be joined are merged into one flag per kind. Duplicates of all other
/// flags are removed.
fn merge_flags(flags: Vec<Flag>) -> Vec<Flag> {
    let mut joined: Vec<Flag> = Vec::new();
    let mut separate: BTreeMap<String, Flag> = BTreeMap::new();
    for flag in flags {
        match joined.iter_mut().find(|known| std::mem::discriminant(*known) == std::mem::discriminant(&flag)) {
            Some(known) if flag.is_joined() => known.join(flag),
            None if flag.is_joined() => joined.push(flag),
            _ => {
                separate.insert(format!("{flag:?}"), flag);
            }
        }
    }
    joined.into_iter().chain(separate.into_values()).collect()
}
