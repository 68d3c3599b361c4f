//! The steps of a plan: one for most commands, many for a batch or an undo. Together they become one change.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::draft::{Draft, not_found, record};
use super::{authorize, custody, fill, guard, logins, scope, undo};
use crate::act::Act;
use crate::audit::Flag;
use crate::command::Command;
use crate::decision::{Target, Thing};
use crate::directory::{Directory, Revision};
use crate::id::UserId;
use crate::limits;
use crate::principal::Actor;
use crate::record::{Record, RecordChange, RecordKey};
use crate::refusal::{Refusal, invalid};
use crate::resource::ResourceType;
use crate::time::Timestamp;
use crate::user::User;
use crate::visibility::Viewer;

/// The steps of a plan, which become one change.
pub(super) struct Course<'a> {
    /// Everything that the steps have written, relative to the directory before the first step.
    whole: Draft<'a>,
    /// The directory after the last step.
    tip: Directory,
    revision: Revision,
    steps: usize,
    /// The index of each record's change in `whole.records`.
    places: HashMap<RecordKey, usize>,
    /// Users restored after their deletion.
    restored: HashSet<UserId>,
    /// What custodians have or can assign, as far as the steps have computed it.
    ceilings: custody::Known,
    /// Total size of the tags of the users that the commands of a batch target, in bytes.
    tag_bytes: usize,
}

impl<'a> Course<'a> {
    pub(super) fn new(before: &'a Directory, actor: &'a Actor, act: Act, now: Timestamp) -> Self {
        Self {
            whole: Draft::new(before, actor, act, now, before.revision().next()),
            tip: before.clone(),
            revision: before.revision().next(),
            steps: 0,
            places: HashMap::new(),
            restored: HashSet::new(),
            ceilings: custody::Known::default(),
            tag_bytes: 0,
        }
    }

    /// Carries out a command, as one step or as the steps that it consists of.
    pub(super) fn carry_out(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::Batch { commands, .. } => self.batch(commands),
            Command::Undo { revision, made, steps } => {
                self.whole.flags.push(Flag::Undid { revision: *revision });
                self.whole.undoing = true;
                undo::undo(self, *revision, *made, steps)
            }
            Command::IfUnchanged { record, modified, command } => {
                let unchanged = unchanged(self.whole.before, record, *modified);
                let done = self.carry_out(command);
                decided_first(unchanged, done)
            }
            command => self.step(command),
        }
    }

    /// Plans one step on the result of the previous one, with every check that applies to a single command.
    pub(super) fn step(&mut self, command: &Command) -> Result<(), Refusal> {
        self.step_with(command, |_| ())
    }

    /// Plans one step. `touch` adjusts its records before they are checked.
    pub(super) fn step_with(&mut self, command: &Command, touch: impl FnOnce(&mut Draft<'_>)) -> Result<(), Refusal> {
        let mut draft = Draft::new(&self.tip, self.whole.actor, command.act(), self.whole.now, self.revision);
        draft.undoing = self.whole.undoing;
        draft.targets = command.targets(&self.tip);
        fill(&mut draft, command)?;
        touch(&mut draft);
        if let Command::RestoreUser { user, .. } = command {
            self.restored.insert(user.id);
        }
        logins::keep_histories(&mut draft, &self.restored);
        let next = draft.before.apply(self.revision, &draft.records);
        scope::check(&draft, &next)?;
        guard::check(&mut draft, &next)?;
        let next = match custody::enforce(&mut draft, &next, &mut self.ceilings) {
            true => draft.before.apply(self.revision, &draft.records),
            false => next,
        };
        let Draft { records, side, targets, flags, .. } = draft;
        self.tip = next;
        self.steps += 1;
        for change in records {
            self.take(change);
        }
        self.whole.side.extend(side);
        self.whole.targets.extend(targets);
        self.whole.flags.extend(flags);
        Ok(())
    }

    /// Limits how much a batch writes: each user is stored whole, with tags that can be a hundred times the size of the
    /// request. An undo and a replacement of credentials are exempt, so that large tags never block them.
    fn weigh(&mut self, command: &Command) -> Result<(), Refusal> {
        let targets = command.targets(&self.tip);
        let users = targets.iter().filter_map(|key| match key {
            RecordKey::User(id) => self.tip.user(*id),
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
        Err(Refusal::LimitExceeded { problem })
    }

    /// The directory after the last step.
    pub(super) const fn tip(&self) -> &Directory {
        &self.tip
    }

    /// Returns everything that was written and the directory that results from it.
    pub(super) fn end(self) -> (Draft<'a>, Directory) {
        let Self { mut whole, mut tip, steps, revision, restored, .. } = self;
        if steps != 1 {
            // A record that was created and removed within the change is left out.
            let before = whole.before;
            whole.records.retain(|change| match change {
                RecordChange::Put(_) => true,
                RecordChange::Remove(key) => record(before, key).is_some(),
            });
            tip = logins::keep_histories_of_all(&mut whole, &tip, &restored);
            // Removals come first, so that the name of a removed record is free for a record that takes it.
            whole.records.sort_by_key(|change| matches!(change, RecordChange::Put(_)));
            whole.flags = together(std::mem::take(&mut whole.flags));
        }
        let mut seen = HashSet::new();
        whole.targets.retain(|target| seen.insert(target.clone()));
        if steps == 0 {
            tip = tip.apply(revision, &[]);
        }
        (whole, tip)
    }

    fn batch(&mut self, commands: &[Command]) -> Result<(), Refusal> {
        if commands.is_empty() {
            return Err(invalid("Commands", "a batch must have at least one command").into());
        }
        super::check::count("commands in one batch", commands.len(), limits::BATCH_MAX)?;
        for (index, command) in commands.iter().enumerate() {
            let done = match command {
                Command::IfUnchanged { record, modified, command } => {
                    // Compared with the directory before the batch: earlier steps of the batch don't count as changes.
                    let unchanged = unchanged(self.whole.before, record, *modified);
                    let done = self.step(command);
                    decided_first(unchanged, done)
                }
                // It writes login histories itself, which `end` would replace by those derived from the batch's users.
                Command::RecordFormerLogins(_) => Err(nested()),
                command => self.step(command),
            };
            let done = done.and_then(|()| self.weigh(command));
            done.map_err(|refusal| self.in_batch(index, command, refusal))?;
        }
        Ok(())
    }

    /// The actor and the time of the change.
    pub(super) const fn asked(&self) -> (&'a Actor, Timestamp) {
        (self.whole.actor, self.whole.now)
    }

    /// Wraps the refusal of one command of several. Names the record that the command is about only if the actor is
    /// allowed to see its name.
    pub(super) fn in_batch(&self, index: usize, command: &Command, refusal: Refusal) -> Refusal {
        let viewer = Viewer::new(&self.tip, &self.whole.actor.principal, self.whole.now);
        let named = match command {
            Command::CreateUser(new) => new.username.clone(),
            Command::RestoreUser { user, .. } if self.saw(user) => user.username.clone(),
            Command::RestoreUser { .. } => String::new(),
            Command::CreateSecurityProfile(new) => new.name.clone(),
            command => {
                let seen = command.about().filter(|key| viewer.record(key).shows_name());
                seen.and_then(|key| name(&self.tip, &key)).unwrap_or_default()
            }
        };
        Refusal::InBatch { index, subject: named, refusal: Box::new(refusal) }
    }

    /// Whether the actor would be allowed to see the deleted user in its last state.
    fn saw(&self, user: &User) -> bool {
        let hierarchy_group = user.hierarchy_group.filter(|group| self.tip.group(*group).is_some());
        let thing = Thing { hierarchy_group, ..Thing::new(ResourceType::User, &user.tags) };
        let (actor, target) = (&self.whole.actor.principal, Target::Described(thing));
        authorize(&self.tip, actor, Act::DescribeUser, &target, self.whole.now).is_ok()
    }

    /// Adds a change of a record; a later version of a record replaces an earlier one.
    fn take(&mut self, change: RecordChange) {
        match self.places.get(&change.key()).and_then(|place| self.whole.records.get_mut(*place)) {
            Some(held) => *held = change,
            None => {
                self.places.insert(change.key(), self.whole.records.len());
                self.whole.records.push(change);
            }
        }
    }
}

/// The login name, name, label or other short text that identifies a record in messages.
pub(super) fn name(directory: &Directory, key: &RecordKey) -> Option<String> {
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
        RecordKey::Settings | RecordKey::Structure => return None,
    })
}

/// The refusal of a command that can't be nested in another one.
pub(super) fn nested() -> Refusal {
    invalid("Commands", "a batch can't contain a batch, an undo, or a condition on a condition").into()
}

/// Combines the check of an [`Command::IfUnchanged`] with the result of its command. An actor without permission gets
/// only that refusal, and doesn't learn that there is a newer version.
fn decided_first(unchanged: Result<(), Refusal>, done: Result<(), Refusal>) -> Result<(), Refusal> {
    match (unchanged, done) {
        (Err(stale), Err(refusal)) => match refusal.root() {
            Refusal::NotPermitted { .. }
            | Refusal::NotAdministrator { .. }
            | Refusal::NotFresh { .. }
            | Refusal::CredentialsEnded
            | Refusal::OutOfScope { .. }
            | Refusal::Restricted { .. } => Err(refusal),
            _ => Err(stale),
        },
        (Err(stale), Ok(())) => Err(stale),
        (Ok(()), done) => done,
    }
}

/// Refuses a command that is based on an older version of the record.
fn unchanged(directory: &Directory, key: &RecordKey, modified: Timestamp) -> Result<(), Refusal> {
    let what = kind(key);
    let id = key.id();
    let found = record(directory, key).ok_or_else(|| not_found(what, &id))?;
    let now = match &found {
        Record::User(user) => user.modified,
        Record::Profile(profile) => profile.modified,
        Record::Group(group) => group.modified,
        Record::Resource(resource) => resource.modified,
        Record::Application(application) => application.modified,
        Record::ApplicationResource(resource) => resource.modified,
        Record::Settings(_) | Record::Structure(_) | Record::AccessKey(_) | Record::ApiToken(_) | Record::Login(_) => {
            return Err(invalid(
                "Record",
                format!("{what}: this kind of record has no modification time to compare with"),
            )
            .into());
        }
    };
    match now == modified {
        true => Ok(()),
        false => Err(Refusal::Stale { what, id }),
    }
}

/// The kind of a record, for messages.
pub(super) const fn kind(key: &RecordKey) -> &'static str {
    match key {
        RecordKey::User(_) => "user",
        RecordKey::Profile(_) => "security profile",
        RecordKey::Group(_) => "hierarchy group",
        RecordKey::Resource(_) => "resource",
        RecordKey::AccessKey(_) => "access key",
        RecordKey::Application(_) => "application",
        RecordKey::ApplicationResource(..) => "resource of an application",
        RecordKey::ApiToken(_) => "API token",
        RecordKey::Login(_) => "history of a login name",
        RecordKey::Settings => "the instance's settings",
        RecordKey::Structure => "the levels of the hierarchy",
    }
}

/// Merges the flags of all steps: flags that can be joined become one per kind, and duplicates of the others are
/// dropped.
fn together(flags: Vec<Flag>) -> Vec<Flag> {
    let mut joined: Vec<Flag> = Vec::new();
    let mut others: BTreeMap<String, Flag> = BTreeMap::new();
    for flag in flags {
        match joined.iter_mut().find(|known| std::mem::discriminant(*known) == std::mem::discriminant(&flag)) {
            Some(known) if flag.is_joined() => known.join(flag),
            None if flag.is_joined() => joined.push(flag),
            _ => {
                others.insert(format!("{flag:?}"), flag);
            }
        }
    }
    joined.into_iter().chain(others.into_values()).collect()
}
