//! The ceiling of an actor: the access that the actor can grant to others, now and later.

use std::collections::{BTreeMap, BTreeSet};

use super::gains::stretches;
use crate::catalogue::{Permission, catalogue};
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::plan::draft::Draft;
use crate::principal::Principal;
use crate::profile::SecurityProfile;
use crate::review::access::{
    self, access_free_of, assignable_access, current_and_future_profiles, granted_access, named_by_administrators,
};
use crate::scope::Grants;
use crate::time::Timestamp;
use crate::user::User;

/// The access that an actor can grant to others.
pub(in crate::plan) struct Ceiling<'a> {
    before: &'a Directory,
    /// The actor's user.
    pub(super) actor: UserId,
    /// What the actor has or can assign now.
    pub(super) now: Grants,
    /// The same without access that ends at a date: access that is given permanently must not outlast the actor's own.
    lasting: Grants,
    /// Profiles that the actor can assign by name because a full administrator made them assignable, with their
    /// permissions.
    by_name: BTreeMap<SecurityProfileId, PermissionSet>,
    /// For each restriction that applies to the actor, what the actor can grant to others free of it.
    free: Vec<(Permission, Grants)>,
}

impl<'a> Ceiling<'a> {
    /// Returns the ceiling of the actor; `None` for the operator and the system, to whom the guard does not apply.
    pub(in crate::plan) fn of(draft: &Draft<'a>) -> Option<Self> {
        let principal = &draft.actor.principal;
        let Principal::User { id: actor, .. } = *principal else { return None };
        let before = draft.before;
        let user = before.user(actor).filter(|user| user.enabled);
        let profiles: Vec<_> = user.into_iter().flat_map(|user| user.profiles_at(draft.now)).collect();
        let now = access::grantable_access(before, principal, draft.now).unwrap_or_default();
        let free = |restriction| Some((restriction, access_free_of(before, user?, &profiles, restriction)));
        let named = named_by_administrators(before, profiles.iter().copied());
        Some(Self {
            before,
            actor,
            lasting: user
                .map(|user| assignable_access(before, user, access::permanent_profiles(user, draft.now)))
                .unwrap_or_default(),
            by_name: named.map(|(id, grants)| (id, grants.anywhere())).collect(),
            free: now.limits.iter().filter_map(free).collect(),
            now,
        })
    }

    /// Returns the part of the grants that is beyond the ceiling if they are granted permanently.
    pub(super) fn beyond(&self, grants: &Grants) -> Grants {
        let mut beyond = exceeding(grants, &self.now);
        beyond.add(&exceeding(grants, &self.lasting));
        beyond
    }

    /// Returns the part of the grants that is beyond the ceiling if they are granted now for a period from `at` on.
    pub(super) fn beyond_at(&self, grants: &Grants, at: Timestamp) -> Grants {
        let mut beyond = exceeding(grants, &self.now);
        if let Some(user) = self.before.user(self.actor).filter(|user| user.enabled) {
            beyond.add(&exceeding(grants, &assignable_access(self.before, user, user.profiles_at(at))));
        }
        beyond
    }

    /// The times at which access of the actor begins or ends.
    pub(super) fn turns(&self) -> impl Iterator<Item = Timestamp> + '_ {
        let assignments = self.before.user(self.actor).into_iter().flat_map(|user| &user.assignments);
        assignments.flat_map(|held| [held.from, held.until]).flatten()
    }

    /// Returns what a user has or can assign, now or later, and the actor does not. Empty for users whom the actor is
    /// allowed to manage.
    pub(in crate::plan) fn stronger(&self, user: &User, now: Timestamp) -> Grants {
        self.stronger_but_for(user, now, &self.granted_by_name(current_and_future_profiles(user, now)))
    }

    /// Returns the same, without regard to the profiles that the actor can assign by name: an actor who can assign a
    /// profile may still not be allowed to change it.
    pub(super) fn stronger_by_content(&self, user: &User, now: Timestamp) -> Grants {
        self.stronger_but_for(user, now, &PermissionSet::EMPTY)
    }

    fn stronger_but_for(&self, user: &User, now: Timestamp, by_name: &PermissionSet) -> Grants {
        let mut beyond =
            exceeding(&assignable_access(self.before, user, current_and_future_profiles(user, now)), &self.now);
        if self.free.is_empty() {
            return beyond;
        }
        // What the user has, or can grant, free of a restriction that applies to the actor, at any time from `now` on.
        for at in stretches(None, user, std::iter::empty(), now) {
            let profiles: Vec<_> = user.profiles_at(at).collect();
            let has = granted_access(self.before, user, profiles.iter().copied());
            for restriction in self.lifted(&Grants::default(), &has, by_name).iter() {
                beyond.add(&has.only(&restriction.info().narrows.difference(by_name)));
            }
            for (restriction, free) in &self.free {
                let gives = access_free_of(self.before, user, &profiles, *restriction);
                beyond.add(&gives.beyond(free).only(&restriction.info().narrows.difference(by_name)));
            }
        }
        beyond
    }

    /// Whether the actor can assign the profile at that time without widening what its new user can assign. True if the
    /// profile makes no profiles assignable, if the actor has full access or the same profile, or if full
    /// administrators made the profile, or all of its assignable profiles, assignable by the actor.
    pub(super) fn passes_on(&self, profile: &SecurityProfile, at: Timestamp) -> bool {
        if profile.assignable.is_empty() || self.before.has_full_access(self.actor) {
            return true;
        }
        let Some(user) = self.before.user(self.actor).filter(|user| user.enabled) else { return false };
        let named = named_by_administrators(self.before, user.profiles_at(at));
        let named: BTreeSet<_> = named.map(|(id, _)| id).collect();
        user.profiles_at(at).any(|held| held == profile.id)
            || named.contains(&profile.id)
            || (profile.pinned.is_empty() && profile.assignable.is_subset(&named))
    }

    /// Whether no user can have more access than the actor.
    pub(super) fn is_full(&self) -> bool {
        catalogue().granting().is_subset(&self.now.everywhere)
    }

    /// Returns the restrictions of the actor that replacing `before` with `after` lifts or bypasses: a restriction is
    /// removed, or a permission that it narrows is added without it. Permissions in `by_name` don't count: they come
    /// from a profile that the actor can assign by name, which is meant to be assigned.
    pub(super) fn lifted(&self, before: &Grants, after: &Grants, by_name: &PermissionSet) -> PermissionSet {
        let none = Grants::default();
        let lifts = |restriction: &Permission| {
            if after.limits.contains(*restriction) {
                return false;
            }
            let was_under = before.limits.contains(*restriction);
            let free_before = if was_under { &none } else { before };
            let newly_free = after.beyond(free_before).anywhere().intersection(&restriction.info().narrows);
            was_under || !newly_free.difference(by_name).is_empty()
        };
        self.now.limits.iter().filter(lifts).collect()
    }

    /// Returns what the profiles grant, considering only those that the actor can assign by name.
    pub(super) fn granted_by_name(&self, profiles: impl Iterator<Item = SecurityProfileId>) -> PermissionSet {
        let named = profiles.filter_map(|id| self.by_name.get(&id));
        named.fold(PermissionSet::EMPTY, |all, permissions| all.union(permissions))
    }
}

/// Returns the part of the grants that the ceiling does not cover. The ceiling of full administrators covers the
/// permissions of all applications.
pub(in crate::plan) fn exceeding(grants: &Grants, ceiling: &Grants) -> Grants {
    let mut exceeding = grants.beyond(ceiling);
    if catalogue().granting().is_subset(&ceiling.everywhere) {
        exceeding.applications.clear();
        exceeding.applications_within.clear();
    }
    exceeding
}
