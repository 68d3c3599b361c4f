//! Determines the access that a change removes from users whom the actor is not allowed to manage.
//!
//! Removing access from a user who has more access than the actor can be the first step of an account takeover. After
//! the user has lost this access, the actor would be allowed to manage the user's account. The guard therefore checks
//! both lost and gained access.

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

/// The access that a change removes from users who have more access than the actor.
#[derive(Default)]
pub(super) struct Losses {
    /// The affected users, without duplicates.
    pub(super) users: BTreeSet<UserId>,
    /// The permissions that the users would lose, and the restrictions that would newly apply to them. If a profile is
    /// only renamed, these are the permissions that the profile's users have but the actor does not.
    pub(super) permissions: PermissionSet,
    applications: BTreeSet<(String, String)>,
}

impl Losses {
    pub(super) fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// Returns the application permissions that the users would lose. Each permission consists of a namespace and a
    /// name.
    pub(super) fn applications(&self) -> Vec<(String, String)> {
        self.applications.iter().cloned().collect()
    }

    pub(super) fn add(&mut self, user: UserId, lost: &Grants) {
        self.users.insert(user);
        self.permissions = self.permissions.union(&lost.all_permissions()).union(&lost.restrictions);
        self.applications.extend(lost.all_applications());
    }

    /// Adds the users who lose access because of a change to the profile. Users can lose permissions, resources in a
    /// permission's scope, or assignable profiles. A new restriction also counts as lost access. So does a new name for
    /// a profile, because people and programs select profiles by name.
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
        // Users with the same profiles in the same hierarchy group lose the same access, so the result is cached. There
        // are only a few combinations of profiles and groups.
        let mut cache: HashMap<(ProfileSets, Option<HierarchyGroupId>), Option<Grants>> = HashMap::new();
        let assigning = builder.before.profiles().filter(|other| other.assignable.contains(&id)).map(|other| other.id);
        let profiles: BTreeSet<_> = assigning.chain([id]).collect();
        let users = profiles.iter().flat_map(|profile| builder.before.users_with_profile(*profile));
        for user in users.filter(|user| user.id != grantable.actor) {
            let profile_sets = profile_sets(user, builder.now);
            // Renaming a profile affects users who have the profile, but not users who can only assign the profile.
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

/// Sets of profiles. Each set contains the profiles that a user has during one period.
type ProfileSets = BTreeSet<Vec<SecurityProfileId>>;

/// Returns the access that the user loses. Returns `None` if the user loses no access, or if the actor is allowed to
/// manage the user. Access in a later period does not make up for access that is lost in an earlier period.
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
        // Access is also lost if the user no longer has it, but can still assign it.
        lost.add(&has(builder.before).not_covered_by(&has(next)));
        lost.add(&before.not_covered_by(&after));
        lost.restrictions = restrictions;
    }
    if lost.is_empty() && lost.restrictions.is_empty() {
        return is_renamed.then_some(excess);
    }
    Some(lost)
}
