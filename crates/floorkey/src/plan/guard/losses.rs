//! Losses: access that a change removes from users whom the actor is not allowed to manage.
//!
//! Removing access from a user who has more access than the actor is the first step of an account takeover. Once the
//! user has less access, the actor is allowed to manage the account. Therefore losses are checked just like gains.

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

/// The access that users with more access than the actor would lose.
#[derive(Default)]
pub(super) struct Losses {
    /// The users, without duplicates.
    pub(super) users: BTreeSet<UserId>,
    /// The permissions that the users would lose and the restrictions that would apply to them. If their profile is
    /// only renamed, these are the permissions that they have and the actor does not.
    pub(super) permissions: PermissionSet,
    applications: BTreeSet<(String, String)>,
}

impl Losses {
    pub(super) fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// Returns the permissions in applications that the users would lose, as namespace and name.
    pub(super) fn applications(&self) -> Vec<(String, String)> {
        self.applications.iter().cloned().collect()
    }

    pub(super) fn add(&mut self, user: UserId, lost: &Grants) {
        self.users.insert(user);
        self.permissions = self.permissions.union(&lost.all_permissions()).union(&lost.restrictions);
        self.applications.extend(lost.all_applications());
    }

    /// Adds the users who lose access because of a change of the profile. They can lose permissions, resources in the
    /// scope of a permission, or profiles that they can assign. They can also get a restriction. Renaming counts as a
    /// loss too, because people and programs choose profiles by name.
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
        // Users with the same profiles in the same group lose the same access, and there are few such combinations.
        let mut cache: HashMap<(ProfileSets, Option<HierarchyGroupId>), Option<Grants>> = HashMap::new();
        let assigning = builder.before.profiles().filter(|other| other.assignable.contains(&id)).map(|other| other.id);
        let profiles: BTreeSet<_> = assigning.chain([id]).collect();
        let users = profiles.iter().flat_map(|profile| builder.before.users_with_profile(*profile));
        for user in users.filter(|user| user.id != grantable.actor) {
            let profile_sets = profile_sets(user, builder.now);
            // The name matters to users who have the profile, but not to users who can only assign it.
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

/// Returns the access that the user loses; `None` if the user loses none, or if the actor is allowed to manage the
/// user. A profile that is assigned later does not compensate for access that is lost before then.
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
        let restrictions = lost.restrictions.union(&after.restrictions.difference(&before.restrictions));
        // If the user does not have the access after the change, it is lost, even if the user can still assign it.
        lost.add(&has(builder.before).not_covered_by(&has(next)));
        lost.add(&before.not_covered_by(&after));
        lost.restrictions = restrictions;
    }
    if lost.is_empty() && lost.restrictions.is_empty() {
        return is_renamed.then_some(excess);
    }
    Some(lost)
}
