//! A state of a small world: the directory, what the attackers have outside it, and what they were granted.

use std::collections::BTreeSet;
use std::sync::Arc;

use floorkey::{Change, Directory, Record, RecordChange, RecordKey, Revision, UndoStep, User};

use super::access::{Access, access, access_through, assignable};
use super::cast::{Side, TICKS, USERS, user_slot};
use super::ways_in::WaysIn;
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
    pub(super) change: Revision,
    pub(super) steps: Arc<Vec<UndoStep>>,
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
        state.answer();
        state
    }

    /// Asks anew what each user can do and give.
    pub(super) fn answer(&mut self) {
        self.access = std::array::from_fn(|slot| access(&self.directory, slot));
        self.gives = std::array::from_fn(|slot| self.assignable_access(slot));
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

    /// Goes on to the directory after a change by that side.
    pub(super) fn take(&mut self, change: &Change, next: Directory, side: Side) {
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
        if change.records().iter().all(is_undoable) && !change.records().is_empty() {
            let steps = Arc::new(undo_of(&self.directory, change));
            self.undoable.push(Undoable { side, change: change.revision(), steps });
            if self.undoable.iter().filter(|one| one.side == side).count() > undoable(side) {
                let oldest = self.undoable.iter().position(|one| one.side == side);
                oldest.map(|oldest| self.undoable.remove(oldest));
            }
        }
        self.ways.follow(&self.directory, change);
        self.directory = next;
        self.ways.refresh(&self.directory);
    }
}

fn is_undoable(change: &RecordChange) -> bool {
    let key = change.key();
    matches!(key, RecordKey::User(_) | RecordKey::Profile(_) | RecordKey::Group(_) | RecordKey::Login(_))
}
