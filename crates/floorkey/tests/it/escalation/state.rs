//! The state of a test setup: the directory, the attackers' secrets, and the access that attackers were granted.

use std::collections::BTreeSet;
use std::sync::Arc;

use floorkey::{
    Change, Command, Directory, Record, RecordChange, RecordKey, Revision, SecurityProfile, SecurityProfileId,
    Timestamp, UndoStep, User,
};

use super::access::{Access, access, access_if_enabled, access_through, assignable};
use super::attacker_credentials::AttackerCredentials;
use super::command_kind::CommandKind;
use super::fixtures::{Side, TICKS, USERS, user_id, user_slot};
use super::worlds::SmallWorld;
use crate::test_instance::undo_steps;

/// Returns how many of the side's latest changes can be undone.
const fn undoable(side: Side) -> usize {
    match side {
        Side::Attackers => 2,
        Side::Honest => 1,
    }
}

/// All data that determines the possible steps and their outcomes.
#[derive(Clone)]
pub(super) struct State {
    pub(super) directory: Directory,
    pub(super) tick: usize,
    pub(super) credentials: AttackerCredentials,
    /// The access that honest actors granted to the attackers' own accounts. This access never decreases.
    pub(super) granted: Access,
    /// Each user's access.
    pub(super) access: [Access; USERS],
    /// The access that each user can give through assignable profiles. Entries that attackers added to the assignable
    /// lists do not count.
    pub(super) assignable_access: [Access; USERS],
    /// The last version of each deleted user.
    pub(super) deleted: [Option<Arc<User>>; USERS],
    /// The latest changes that can be undone.
    pub(super) undoable: Vec<Undoable>,
    /// The entries that attackers added to assignable lists. Each entry contains the profile with the list and the
    /// listed profile.
    pub(super) listed_by_attackers: BTreeSet<(usize, usize)>,
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
    /// Whether a later change to a profile prevents the undo of this change.
    fn is_stale(&self, directory: &Directory) -> bool {
        let is_other = |left: &SecurityProfile| {
            let found = directory.profile(left.id);
            let same = |found: &SecurityProfile| *left == SecurityProfile { modified: left.modified, ..found.clone() };
            !found.is_some_and(|found| same(found))
        };
        self.steps.iter().any(|step| matches!(&step.after, Some(Record::Profile(left)) if is_other(left)))
    }

    /// Returns the command that undoes the change.
    pub(super) fn command(&self) -> Command {
        Command::Undo { revision: self.change, made: Some(self.made), steps: self.steps.to_vec() }
    }
}

impl State {
    pub(super) fn new(directory: Directory) -> Self {
        let mut state = Self {
            directory,
            tick: 0,
            credentials: AttackerCredentials::default(),
            granted: Access::NONE,
            access: [Access::NONE; USERS],
            assignable_access: [Access::NONE; USERS],
            deleted: [const { None }; USERS],
            undoable: Vec::new(),
            listed_by_attackers: BTreeSet::new(),
        };
        state.recompute_access([true; USERS]);
        state
    }

    /// Recomputes the access of the given users, and the access that these users can give.
    pub(super) fn recompute_access(&mut self, users: [bool; USERS]) {
        for slot in (0..USERS).filter(|slot| users[*slot]) {
            self.access[slot] = access(&self.directory, slot);
            self.assignable_access[slot] = self.compute_assignable_access(slot);
        }
    }

    /// Returns the access that the user has, or would have if enabled.
    pub(super) fn access_as_if_enabled(&self, slot: usize) -> Access {
        access_if_enabled(&self.directory, slot).unwrap_or(self.access[slot])
    }

    fn compute_assignable_access(&self, slot: usize) -> Access {
        let mut all = Access::NONE;
        for tick in 0..TICKS {
            for entry in assignable(&self.directory, slot, tick) {
                if !self.listed_by_attackers.contains(&entry) {
                    all = all.union(access_through(&self.directory, slot, entry.1).only_tick(tick));
                }
            }
        }
        all
    }

    /// Drops data that can't affect the next step. Call this method only if the search takes just one more step from
    /// the state. Otherwise, equivalent states would have different keys.
    pub(super) fn drop_unused_for_last_step(&mut self) {
        self.undoable.retain(|undoable| !undoable.is_stale(&self.directory));
    }

    /// Updates the state after a change by the given side. `next` is the directory after the change.
    pub(super) fn apply(&mut self, world: &SmallWorld, change: &Change, next: Directory, side: Side) {
        for record in change.records() {
            match record {
                RecordChange::Remove(RecordKey::User(id)) => {
                    if let Some(slot) = user_slot(*id) {
                        self.deleted[slot] = self.directory.user(*id).cloned();
                    }
                }
                RecordChange::Upsert(Record::User(user)) => {
                    if let Some(slot) = user_slot(user.id) {
                        self.deleted[slot] = None;
                    }
                }
                _ => {}
            }
        }
        let records = change.records();
        if world.includes(CommandKind::Undo) && records.iter().all(is_undoable) && !records.is_empty() {
            let steps = Arc::new(undo_steps(&self.directory, change));
            self.undoable.push(Undoable { side, change: change.revision(), made: change.event().at, steps });
            if self.undoable.iter().filter(|one| one.side == side).count() > undoable(side) {
                let oldest = self.undoable.iter().position(|one| one.side == side);
                oldest.map(|oldest| self.undoable.remove(oldest));
            }
        }
        self.credentials.apply_side_writes(change);
        self.directory = next;
        self.credentials.refresh_sessions(&self.directory);
    }
}

fn is_undoable(change: &RecordChange) -> bool {
    let key = change.key();
    matches!(key, RecordKey::User(_) | RecordKey::Profile(_) | RecordKey::Group(_) | RecordKey::Login(_))
}

/// Returns the users whose access or assignable access the change might affect. Only these users' access is recomputed,
/// because the recomputation takes most of the time. The random sequences compare the result with a recomputation for
/// all users.
pub(super) fn affected_users(before: &Directory, change: &Change, after: &Directory) -> [bool; USERS] {
    let mut all = [false; USERS];
    for record in change.records() {
        match record {
            RecordChange::Upsert(Record::AccessKey(_)) | RecordChange::Remove(RecordKey::AccessKey(_)) => {}
            // The user's tags and group determine whether other users have access to this user.
            RecordChange::Upsert(Record::User(user))
                if before.user(user.id).is_some_and(|was| {
                    was.tags == user.tags
                        && was.tag_revisions == user.tag_revisions
                        && was.hierarchy_group == user.hierarchy_group
                }) =>
            {
                user_slot(user.id).into_iter().for_each(|slot| all[slot] = true);
            }
            RecordChange::Upsert(Record::Profile(profile))
                if before.profile(profile.id).is_some_and(|was| was.tags == profile.tags) =>
            {
                let assigning = after.profiles().filter(|other| other.assignable.contains(&profile.id));
                let profiles: BTreeSet<SecurityProfileId> =
                    assigning.map(|other| other.id).chain([profile.id]).collect();
                for (slot, is_affected) in all.iter_mut().enumerate() {
                    let user = after.user(user_id(slot));
                    *is_affected |= user.is_some_and(|user| {
                        user.assignments.iter().any(|assignment| profiles.contains(&assignment.profile))
                    });
                }
            }
            _ => return [true; USERS],
        }
    }
    all
}
