//! Profiles that grow: for whom that counts like a promotion.
//!
//! A profile may have a million users, and few of them were promoted by its growth. So it counts for those alone who can
//! hand on what they get: where the growth itself lets users escalate, or its users can escalate already.
//!
//! An undo that brings a profile's content back is no growth that anybody reviewed: whoever weakened the profile could
//! have made users with it in between. So it counts for all users who were changed since then as well.

use std::collections::{BTreeMap, BTreeSet};

use super::super::draft::Draft;
use super::super::guard::{combinations, freed};
use super::ceilings::is_full;
use crate::catalogue::Risk;
use crate::directory::Directory;
use crate::id::SecurityProfileId;
use crate::permission_set::PermissionSet;
use crate::review::power::{assignable_grants, giving};
use crate::scope::Grants;
use crate::user::User;

/// Whether one of the permissions lets users come to more permissions.
pub(super) fn leads_further(permissions: &PermissionSet) -> bool {
    permissions.iter().any(|permission| permission.info().risks.contains(&Risk::Escalation))
}

/// The users with custodians for whom the profile's growth counts like a promotion, among those who have it or can
/// assign it.
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
        // Records that change quickly one after another are dated ahead of the clock, never behind it.
        counted.extend(users(next, &concerned).filter(|user| user.modified >= since));
    }
    counted
}

/// The same where the growth is handed on by those alone who can escalate by another profile.
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

/// The users with custodians who have one of the profiles, each once.
fn users<'a>(next: &'a Directory, profiles: &BTreeSet<SecurityProfileId>) -> impl Iterator<Item = &'a User> {
    let mut seen = BTreeSet::new();
    let profiles: Vec<_> = profiles.iter().copied().collect();
    let users = profiles.into_iter().flat_map(move |id| next.holders_with_custodians(id));
    users.map(|user| &**user).filter(move |user| seen.insert(user.id))
}

/// What a profile grants and lets users assign.
fn gives(directory: &Directory, id: SecurityProfileId) -> Grants {
    let (Some(profile), Some(grants)) = (directory.profile(id), directory.grants(id)) else { return Grants::default() };
    let mut all = grants.clone();
    for named in profile.assignable.iter().filter_map(|named| assignable_grants(directory, profile, *named)) {
        all.add(&named);
    }
    all
}

/// Whether users with these profiles can have or assign everything now, and could not before.
fn completes(draft: &Draft<'_>, next: &Directory, user: &User, profiles: &[SecurityProfileId]) -> bool {
    let gives = |directory: &Directory| is_full(&giving(directory, user, profiles.iter().copied()));
    gives(next) && !gives(draft.before)
}
