//! The course of a plan: one step for most commands, many for a batch or an undo, and one change in the end.

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

/// Steps that become one change.
pub(super) struct Course<'a> {
    /// Everything that the steps wrote, against the directory before the first.
    whole: Draft<'a>,
    /// The directory after the last step.
    tip: Directory,
    revision: Revision,
    steps: usize,
    /// Where in the whole draft each record stands.
    places: HashMap<RecordKey, usize>,
    /// Users who were brought back.
    restored: HashSet<UserId>,
    /// What custodians have or can assign, as far as the steps have asked.
    ceilings: custody::Known,
    /// Bytes of the tags of the users whom the commands of a batch are about.
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

    /// Carries a command out: as one step, or as the steps that it consists of.
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

    /// One step: everything that is asked of a single command is asked here, on the result of the step before.
    pub(super) fn step(&mut self, command: &Command) -> Result<(), Refusal> {
        self.step_with(command, |_| ())
    }

    /// A step whose records are touched up before they are looked at.
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

    /// Bounds what a batch writes: each user is written whole, with tags that may be a hundred times what the request
    /// says. An undo and a replacement of credentials are not held to it, so that nobody's tags stand in their way.
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
            "the users of one batch can have {} MiB of tags in all, and these have more: change fewer users at a time",
            limits::CHANGED_TAG_BYTES_MAX >> 20
        );
        Err(Refusal::LimitExceeded { problem })
    }

    /// The directory after the last step.
    pub(super) const fn tip(&self) -> &Directory {
        &self.tip
    }

    /// Everything that was written, and the directory that it leads to.
    pub(super) fn end(self) -> (Draft<'a>, Directory) {
        let Self { mut whole, mut tip, steps, revision, restored, .. } = self;
        if steps != 1 {
            // What came and went again within the change never was.
            let before = whole.before;
            whole.records.retain(|change| match change {
                RecordChange::Put(_) => true,
                RecordChange::Remove(key) => record(before, key).is_some(),
            });
            tip = logins::keep_histories_of_all(&mut whole, &tip, &restored);
            // What goes comes first, so that its name is free for what comes.
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
            return Err(invalid("Commands", "a batch holds at least one command").into());
        }
        super::check::count("commands at once", commands.len(), limits::BATCH_MAX)?;
        for (index, command) in commands.iter().enumerate() {
            let done = match command {
                Command::IfUnchanged { record, modified, command } => {
                    // As the batch found it: its own earlier steps don't count.
                    let unchanged = unchanged(self.whole.before, record, *modified);
                    let done = self.step(command);
                    decided_first(unchanged, done)
                }
                // It writes histories of login names by itself.
                Command::RecordFormerLogins(_) => Err(nested()),
                command => self.step(command),
            };
            let done = done.and_then(|()| self.weigh(command));
            done.map_err(|refusal| self.in_batch(index, command, refusal))?;
        }
        Ok(())
    }

    /// Who asks, and when.
    pub(super) const fn asked(&self) -> (&'a Actor, Timestamp) {
        (self.whole.actor, self.whole.now)
    }

    /// What a command of several was refused for. The record that it is about is named to those who may see it.
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

    /// Whether the actor would see the deleted user as they last were.
    fn saw(&self, user: &User) -> bool {
        let hierarchy_group = user.hierarchy_group.filter(|group| self.tip.group(*group).is_some());
        let thing = Thing { hierarchy_group, ..Thing::new(ResourceType::User, &user.tags) };
        let (actor, target) = (&self.whole.actor.principal, Target::Described(thing));
        authorize(&self.tip, actor, Act::DescribeUser, &target, self.whole.now).is_ok()
    }

    /// Takes a record over; of several versions of one record the last one counts.
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

/// The login name or the name of a record.
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

/// What a command is refused with that can't stand inside another.
pub(super) fn nested() -> Refusal {
    invalid("Commands", "a batch holds single commands: no batch, no undo, and no condition on a condition").into()
}

/// Of a command on the ground of an older version: actors without the right to it hear only that, not that there is a
/// newer version.
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

/// Refuses what was asked on the ground of an older version of the record.
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
            return Err(invalid("Record", format!("{what}: no time of change is kept to compare with")).into());
        }
    };
    match now == modified {
        true => Ok(()),
        false => Err(Refusal::Stale { what, id }),
    }
}

/// The kind of a record in words.
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

/// The flags of all steps: those of the guard as one each, others once.
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
