//! Losses: access that a change removes from users whom the actor is not allowed to manage.
//!
//! Removing access from a user who has more is the first half of taking over their account: once
//! the user has less access, the actor is allowed to manage the account. So a loss counts like a gain.

use std::collections::{BTreeSet, HashMap};

use super::ceiling::Ceiling;
use super::gains::combinations;
use crate::directory::Directory;
use crate::id::{HierarchyGroupId, SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::plan::draft::Draft;
use crate::review::access::{assignable_access, granted_access};
use crate::scope::Grants;
use crate::user::User;

/// What users with more access than the actor would lose.
#[derive(Default)]
pub(super) struct Losses {
    /// The users, without duplicates.
    pub(super) users: BTreeSet<UserId>,
    /// The permissions that they would lose and the restrictions that they would get. If their profile is only renamed:
    /// the permissions that they have beyond the actor.
    pub(super) permissions: PermissionSet,
    applications: BTreeSet<(String, String)>,
}

impl Losses {
    pub(super) fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// The permissions in applications that they would lose: namespace and name.
    pub(super) fn applications(&self) -> Vec<(String, String)> {
        self.applications.iter().cloned().collect()
    }

    pub(super) fn add(&mut self, user: UserId, lost: &Grants) {
        self.users.insert(user);
        self.permissions = self.permissions.union(&lost.anywhere()).union(&lost.limits);
        self.applications.extend(lost.applications_anywhere());
    }

    /// Adds the users who lose by a change of the profile: permissions, scope, freedom from a restriction, or profiles
    /// that they can assign. Renaming counts as a loss too, because people and programs choose profiles by name.
    pub(super) fn add_profile(
        &mut self,
        draft: &Draft<'_>,
        next: &Directory,
        id: SecurityProfileId,
        is_renamed: bool,
        ceiling: &Ceiling<'_>,
    ) {
        if ceiling.is_full() {
            return;
        }
        // Users with the same profiles in the same group lose the same, and few combinations are in use.
        let mut known: HashMap<(Combinations, Option<HierarchyGroupId>), Option<Grants>> = HashMap::new();
        let naming = draft.before.profiles().filter(|other| other.assignable.contains(&id)).map(|other| other.id);
        let profiles: BTreeSet<_> = naming.chain([id]).collect();
        let users = profiles.iter().flat_map(|profile| draft.before.holders(*profile));
        for user in users.filter(|user| user.id != ceiling.actor) {
            let combinations = combinations(user, draft.now);
            // A name matters to users who have the profile, not to those who can assign it.
            let is_renamed = is_renamed && combinations.iter().any(|profiles| profiles.contains(&id));
            let lost = known
                .entry((combinations, user.hierarchy_group))
                .or_insert_with_key(|(combinations, _)| lost(draft, next, user, combinations, is_renamed, ceiling));
            if let Some(lost) = lost {
                self.add(user.id, lost);
            }
        }
    }
}

/// The sets of profiles that a user has at the same time.
type Combinations = BTreeSet<Vec<SecurityProfileId>>;

/// Returns what the user loses; `None` if it is nothing, or if the actor is allowed to manage the user. Profiles that
/// begin later don't make up for anything before then.
fn lost(
    draft: &Draft<'_>,
    next: &Directory,
    user: &User,
    combinations: &Combinations,
    is_renamed: bool,
    ceiling: &Ceiling<'_>,
) -> Option<Grants> {
    let stronger = ceiling.stronger_by_content(user, draft.now);
    if stronger.is_empty() {
        return None;
    }
    let mut lost = Grants::default();
    for profiles in combinations {
        let can = |directory: &Directory| assignable_access(directory, user, profiles.iter().copied());
        let has = |directory: &Directory| granted_access(directory, user, profiles.iter().copied());
        let (before, after) = (can(draft.before), can(next));
        let limits = lost.limits.union(&after.limits.difference(&before.limits));
        // Access that the user does not have after the change is lost, even if the user can still assign it.
        lost.add(&has(draft.before).beyond(&has(next)));
        lost.add(&before.beyond(&after));
        lost.limits = limits;
    }
    if lost.is_empty() && lost.limits.is_empty() {
        return is_renamed.then_some(stronger);
    }
    Some(lost)
}
