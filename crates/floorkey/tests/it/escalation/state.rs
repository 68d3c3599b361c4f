//! A state of a small world: the directory, what the attackers have outside it, and what they were granted.

use std::collections::BTreeSet;
use std::sync::Arc;

use floorkey::{
    Change, Command, Directory, Record, RecordChange, RecordKey, Revision, SecurityProfile, SecurityProfileId,
    Timestamp, UndoStep, User,
};

use super::access::{Access, access, access_if_enabled, access_through, assignable};
use super::cast::{Side, TICKS, USERS, user_id, user_slot};
use super::kinds::Kind;
use super::ways_in::WaysIn;
use super::worlds::World;
use crate::world::undo_of;

/// How many changes of each side can still be undone.
const fn undoable(side: Side) -> usize {
    match side {
        Side::Attackers => 2,
        Side::Honest => 1,
    }
}

/// Everything that decides what comes next.
#[derive(Clone)]
pub(super) struct State {
    pub(super) directory: Directory,
    pub(super) tick: usize,
    pub(super) ways: WaysIn,
    /// What the attackers' own accounts were granted by people entitled to: it only grows.
    pub(super) entitled: Access,
    /// What each user can do.
    pub(super) access: [Access; USERS],
    /// What each user can give by the profiles that they can assign; what attackers named as assignable is left out.
    pub(super) gives: [Access; USERS],
    /// Users who were deleted, as they were last.
    pub(super) deleted: [Option<Arc<User>>; USERS],
    /// The last changes that can be undone.
    pub(super) undoable: Vec<Undoable>,
    /// Entries of assignable lists that the attackers made: the profile that names, and the one that is named.
    pub(super) named_by_attackers: BTreeSet<(usize, usize)>,
}

/// A change that can be undone.
#[derive(Clone)]
pub(super) struct Undoable {
    pub(super) side: Side,
    change: Revision,
    made: Timestamp,
    pub(super) steps: Arc<Vec<UndoStep>>,
}

impl Undoable {
    /// Whether it can't be undone as things are: a profile is not as it left it.
    fn is_stale(&self, directory: &Directory) -> bool {
        let is_other = |left: &SecurityProfile| {
            let found = directory.profile(left.id);
            let same = |found: &SecurityProfile| *left == SecurityProfile { modified: left.modified, ..found.clone() };
            !found.is_some_and(|found| same(found))
        };
        self.steps.iter().any(|step| matches!(&step.after, Some(Record::Profile(left)) if is_other(left)))
    }

    /// The command that undoes it.
    pub(super) fn command(&self) -> Command {
        Command::Undo { revision: self.change, made: Some(self.made), steps: self.steps.to_vec() }
    }
}

impl State {
    pub(super) fn new(directory: Directory) -> Self {
        let mut state = Self {
            directory,
            tick: 0,
            ways: WaysIn::default(),
            entitled: Access::NONE,
            access: [Access::NONE; USERS],
            gives: [Access::NONE; USERS],
            deleted: [const { None }; USERS],
            undoable: Vec::new(),
            named_by_attackers: BTreeSet::new(),
        };
        state.answer_for([true; USERS]);
        state
    }

    /// Asks anew what these users can do and give.
    pub(super) fn answer_for(&mut self, users: [bool; USERS]) {
        for slot in (0..USERS).filter(|slot| users[*slot]) {
            self.access[slot] = access(&self.directory, slot);
            self.gives[slot] = self.assignable_access(slot);
        }
    }

    /// What the user can do, or could if enabled.
    pub(super) fn access_as_if_enabled(&self, slot: usize) -> Access {
        access_if_enabled(&self.directory, slot).unwrap_or(self.access[slot])
    }

    fn assignable_access(&self, slot: usize) -> Access {
        let mut all = Access::NONE;
        for tick in 0..TICKS {
            for entry in assignable(&self.directory, slot, tick) {
                if !self.named_by_attackers.contains(&entry) {
                    all = all.union(access_through(&self.directory, slot, entry.1).only_tick(tick));
                }
            }
        }
        all
    }

    /// Drops what matters to no step that can be done now: it makes states differ from which no two steps are searched.
    pub(super) fn forget_for_last_step(&mut self) {
        self.undoable.retain(|undoable| !undoable.is_stale(&self.directory));
    }

    /// Goes on to the directory after a change by that side.
    pub(super) fn take(&mut self, world: &World, change: &Change, next: Directory, side: Side) {
        for record in change.records() {
            match record {
                RecordChange::Remove(RecordKey::User(id)) => {
                    if let Some(slot) = user_slot(*id) {
                        self.deleted[slot] = self.directory.user(*id).cloned();
                    }
                }
                RecordChange::Put(Record::User(user)) => {
                    if let Some(slot) = user_slot(user.id) {
                        self.deleted[slot] = None;
                    }
                }
                _ => {}
            }
        }
        let records = change.records();
        if world.tries(Kind::Undo) && records.iter().all(is_undoable) && !records.is_empty() {
            let steps = Arc::new(undo_of(&self.directory, change));
            self.undoable.push(Undoable { side, change: change.revision(), made: change.event().at, steps });
            if self.undoable.iter().filter(|one| one.side == side).count() > undoable(side) {
                let oldest = self.undoable.iter().position(|one| one.side == side);
                oldest.map(|oldest| self.undoable.remove(oldest));
            }
        }
        self.ways.follow(change);
        self.directory = next;
        self.ways.refresh(&self.directory);
    }
}

fn is_undoable(change: &RecordChange) -> bool {
    let key = change.key();
    matches!(key, RecordKey::User(_) | RecordKey::Profile(_) | RecordKey::Group(_) | RecordKey::Login(_))
}

/// The users about whom a change could matter to what they can do or give: it is asked anew for them alone, because
/// asking is most of the work. Random sequences compare it with asking for everybody.
pub(super) fn concerned(before: &Directory, change: &Change, after: &Directory) -> [bool; USERS] {
    let mut all = [false; USERS];
    for record in change.records() {
        match record {
            RecordChange::Put(Record::AccessKey(_)) | RecordChange::Remove(RecordKey::AccessKey(_)) => {}
            // Others reach a user by the user's tags and group.
            RecordChange::Put(Record::User(user))
                if before.user(user.id).is_some_and(|was| {
                    was.tags == user.tags
                        && was.tags_set == user.tags_set
                        && was.hierarchy_group == user.hierarchy_group
                }) =>
            {
                user_slot(user.id).into_iter().for_each(|slot| all[slot] = true);
            }
            RecordChange::Put(Record::Profile(profile))
                if before.profile(profile.id).is_some_and(|was| was.tags == profile.tags) =>
            {
                let naming = after.profiles().filter(|other| other.assignable.contains(&profile.id));
                let profiles: BTreeSet<SecurityProfileId> = naming.map(|other| other.id).chain([profile.id]).collect();
                for (slot, asked) in all.iter_mut().enumerate() {
                    let user = after.user(user_id(slot));
                    *asked |=
                        user.is_some_and(|user| user.assignments.iter().any(|held| profiles.contains(&held.profile)));
                }
            }
            _ => return [true; USERS],
        }
    }
    all
}
