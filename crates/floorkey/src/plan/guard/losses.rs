//! Losses: access that a change removes from users whom the actor is not allowed to manage.
//!
//! Removing access from a user who has more is the first half of taking over their account: once
//! the user has less access, the actor is allowed to manage the account. So a loss counts like a gain.

use std::collections::{BTreeSet, HashMap};

use super::gains::profile_sets;
use super::grantable_access::GrantableAccess;
use crate::directory::Directory;
use crate::id::{HierarchyGroupId, SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::plan::change_builder::ChangeBuilder;
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
        builder: &ChangeBuilder<'_>,
        next: &Directory,
        id: SecurityProfileId,
        is_renamed: bool,
        grantable: &GrantableAccess<'_>,
    ) {
        if grantable.is_full() {
            return;
        }
        // Users with the same profiles in the same group lose the same, and few combinations are in use.
        let mut cache: HashMap<(ProfileSets, Option<HierarchyGroupId>), Option<Grants>> = HashMap::new();
        let assigning = builder.before.profiles().filter(|other| other.assignable.contains(&id)).map(|other| other.id);
        let profiles: BTreeSet<_> = assigning.chain([id]).collect();
        let users = profiles.iter().flat_map(|profile| builder.before.holders(*profile));
        for user in users.filter(|user| user.id != grantable.actor) {
            let profile_sets = profile_sets(user, builder.now);
            // A name matters to users who have the profile, not to those who can assign it.
            let is_renamed = is_renamed && profile_sets.iter().any(|profiles| profiles.contains(&id));
            let lost = cache
                .entry((profile_sets, user.hierarchy_group))
                .or_insert_with_key(|(profile_sets, _)| lost(builder, next, user, profile_sets, is_renamed, grantable));
            if let Some(lost) = lost {
                self.add(user.id, lost);
            }
        }
    }
}

/// The sets of profiles that a user has at the same time.
type ProfileSets = BTreeSet<Vec<SecurityProfileId>>;

/// Returns what the user loses; `None` if it is nothing, or if the actor is allowed to manage the user. Profiles that
/// begin later don't make up for anything before then.
fn lost(
    builder: &ChangeBuilder<'_>,
    next: &Directory,
    user: &User,
    profile_sets: &ProfileSets,
    is_renamed: bool,
    grantable: &GrantableAccess<'_>,
) -> Option<Grants> {
    let excess = grantable.excess_access_by_content(user, builder.now);
    if excess.is_empty() {
        return None;
    }
    let mut lost = Grants::default();
    for profiles in profile_sets {
        let can = |directory: &Directory| assignable_access(directory, user, profiles.iter().copied());
        let has = |directory: &Directory| granted_access(directory, user, profiles.iter().copied());
        let (before, after) = (can(builder.before), can(next));
        let restrictions = lost.limits.union(&after.limits.difference(&before.limits));
        // Access that the user does not have after the change is lost, even if the user can still assign it.
        lost.add(&has(builder.before).beyond(&has(next)));
        lost.add(&before.beyond(&after));
        lost.limits = restrictions;
    }
    if lost.is_empty() && lost.limits.is_empty() {
        return is_renamed.then_some(excess);
    }
    Some(lost)
}
