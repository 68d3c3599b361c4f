//! Growth of profiles, and the users for whom it counts like a promotion.
//!
//! A profile can have a million users, few of whom its growth promotes. So it counts only for users who can pass on
//! what they get: those with a profile that allows escalation, whether by the growth itself, by what the profile
//! granted before, or by another profile of the user.
//!
//! An undo that restores a profile's content is growth that no one reviewed: the user who weakened the profile could
//! have created users with it in the meantime. So it also counts for all users that have changed since.

use std::collections::{BTreeMap, BTreeSet};

use super::super::draft::Draft;
use super::super::guard::{combinations, freed};
use super::ceilings::is_full;
use crate::catalogue::Risk;
use crate::directory::Directory;
use crate::id::SecurityProfileId;
use crate::permission_set::PermissionSet;
use crate::review::access::{assignable_access, assignable_grants};
use crate::scope::Grants;
use crate::user::User;

/// Whether one of the permissions allows its users to get more permissions.
pub(super) fn leads_further(permissions: &PermissionSet) -> bool {
    permissions.iter().any(|permission| permission.info().risks.contains(&Risk::Escalation))
}

/// Returns the users with custodians for whom the growth of the profile counts like a promotion, among those who have
/// the profile or can assign it.
pub(super) fn users_of_grown<'a>(draft: &Draft<'_>, next: &'a Directory, id: SecurityProfileId) -> Vec<&'a User> {
    if !next.has_custodians() {
        return Vec::new();
    }
    let grants = gives(next, id);
    let mut grown = grants.beyond(&gives(draft.before, id));
    if let (Some(had), Some(has)) = (draft.before.grants(id), next.grants(id)) {
        grown.add(&freed(had, has));
    }
    if grown.is_empty() {
        return Vec::new();
    }
    let naming = next.profiles().filter(|other| other.assignable.contains(&id)).map(|other| other.id);
    let concerned: BTreeSet<_> = naming.chain([id]).collect();
    if leads_further(&grown.anywhere()) || leads_further(&grants.anywhere()) {
        return users(next, &concerned).collect();
    }
    let mut counted = users_who_escalate(draft, next, id, &concerned);
    if let Some(since) = draft.brings_back {
        // Modification times of records that change in quick succession are ahead of the clock, never behind it.
        counted.extend(users(next, &concerned).filter(|user| user.modified >= since));
    }
    counted
}

/// Returns the same for growth that only users with another profile that allows escalation can pass on.
fn users_who_escalate<'a>(
    draft: &Draft<'_>,
    next: &'a Directory,
    id: SecurityProfileId,
    concerned: &BTreeSet<SecurityProfileId>,
) -> Vec<&'a User> {
    let other = next.profiles().map(|other| other.id).filter(|other| leads_further(&gives(next, *other).anywhere()));
    let mut completing = BTreeMap::new();
    let mut counts = |user: &User| {
        let combinations = combinations(user, draft.now);
        if combinations.iter().flatten().any(|held| *held == id) {
            return true;
        }
        combinations
            .into_iter()
            .filter(|held| held.iter().any(|held| concerned.contains(held)))
            .any(|held| *completing.entry(held).or_insert_with_key(|held| completes(draft, next, user, held)))
    };
    let can_escalate: BTreeSet<_> = other.collect();
    users(next, &can_escalate).filter(|user| counts(user)).collect()
}

/// Returns the users with custodians who have one of the profiles, without duplicates.
fn users<'a>(next: &'a Directory, profiles: &BTreeSet<SecurityProfileId>) -> impl Iterator<Item = &'a User> {
    let mut seen = BTreeSet::new();
    let profiles: Vec<_> = profiles.iter().copied().collect();
    let users = profiles.into_iter().flat_map(move |id| next.users_of_profile_with_custodians(id));
    users.map(|user| &**user).filter(move |user| seen.insert(user.id))
}

/// What a profile grants and allows its users to assign.
fn gives(directory: &Directory, id: SecurityProfileId) -> Grants {
    let (Some(profile), Some(grants)) = (directory.profile(id), directory.grants(id)) else { return Grants::default() };
    let mut all = grants.clone();
    for named in profile.assignable.iter().filter_map(|named| assignable_grants(directory, profile, *named)) {
        all.add(&named);
    }
    all
}

/// Whether users with these profiles can have or assign everything after the change, and could not before.
fn completes(draft: &Draft<'_>, next: &Directory, user: &User, profiles: &[SecurityProfileId]) -> bool {
    let gives = |directory: &Directory| is_full(&assignable_access(directory, user, profiles.iter().copied()));
    gives(next) && !gives(draft.before)
}
