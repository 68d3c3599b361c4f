//! The ceiling: what an actor may give to others, now and later.

use std::collections::{BTreeMap, BTreeSet};

use super::gains::stretches;
use crate::catalogue::{Permission, catalogue};
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::plan::draft::Draft;
use crate::principal::Principal;
use crate::profile::SecurityProfile;
use crate::review::power::{self, free_of, giving, holding, named_by_administrators, not_ended};
use crate::scope::Grants;
use crate::time::Timestamp;
use crate::user::User;

/// What an actor may give to others.
pub(in crate::plan) struct Ceiling<'a> {
    before: &'a Directory,
    /// The acting user.
    pub(super) actor: UserId,
    /// What the actor has or can assign now.
    pub(super) now: Grants,
    /// The same, without what ends at a date: what is given for good may not outlast it.
    lasting: Grants,
    /// Profiles that the actor can assign by name because a full administrator named them, each with what it grants.
    by_name: BTreeMap<SecurityProfileId, PermissionSet>,
    /// What the actor can give free of each restriction that the actor is under.
    free: Vec<(Permission, Grants)>,
}

impl<'a> Ceiling<'a> {
    /// The ceiling of the actor; `None` for the operator and the system, who are under no guard.
    pub(in crate::plan) fn of(draft: &Draft<'a>) -> Option<Self> {
        let principal = &draft.actor.principal;
        let Principal::User { id: actor, .. } = *principal else { return None };
        let before = draft.before;
        let user = before.user(actor).filter(|user| user.enabled);
        let profiles: Vec<_> = user.into_iter().flat_map(|user| user.profiles_at(draft.now)).collect();
        let now = power::ceiling(before, principal, draft.now).unwrap_or_default();
        let free = |restriction| Some((restriction, free_of(before, user?, &profiles, restriction)));
        let named = named_by_administrators(before, profiles.iter().copied());
        Some(Self {
            before,
            actor,
            lasting: user.map(|user| giving(before, user, power::lasting(user, draft.now))).unwrap_or_default(),
            by_name: named.map(|(id, grants)| (id, grants.anywhere())).collect(),
            free: now.limits.iter().filter_map(free).collect(),
            now,
        })
    }

    /// What of the grants is beyond the ceiling, if they are given for good.
    pub(super) fn beyond(&self, grants: &Grants) -> Grants {
        let mut beyond = exceeding(grants, &self.now);
        beyond.add(&exceeding(grants, &self.lasting));
        beyond
    }

    /// What of the grants is beyond the ceiling, if they are given now for that time on.
    pub(super) fn beyond_at(&self, grants: &Grants, at: Timestamp) -> Grants {
        let mut beyond = exceeding(grants, &self.now);
        if let Some(user) = self.before.user(self.actor).filter(|user| user.enabled) {
            beyond.add(&exceeding(grants, &giving(self.before, user, user.profiles_at(at))));
        }
        beyond
    }

    /// When what the actor has begins or ends.
    pub(super) fn turns(&self) -> impl Iterator<Item = Timestamp> + '_ {
        let assignments = self.before.user(self.actor).into_iter().flat_map(|user| &user.assignments);
        assignments.flat_map(|held| [held.from, held.until]).flatten()
    }

    /// What a user has or can assign, now or later, that the actor does not: empty for users whom the actor may touch.
    pub(in crate::plan) fn stronger(&self, user: &User, now: Timestamp) -> Grants {
        self.stronger_but_for(user, now, &self.granted_by_name(not_ended(user, now)))
    }

    /// The same, where it does not matter that the actor can assign the user's profiles by name: to change such a
    /// profile is another matter than to assign it.
    pub(super) fn stronger_by_content(&self, user: &User, now: Timestamp) -> Grants {
        self.stronger_but_for(user, now, &PermissionSet::EMPTY)
    }

    fn stronger_but_for(&self, user: &User, now: Timestamp, by_name: &PermissionSet) -> Grants {
        let mut beyond = exceeding(&giving(self.before, user, not_ended(user, now)), &self.now);
        if self.free.is_empty() {
            return beyond;
        }
        // What the user has, or can give, free of a restriction that the actor is under, at any time from now on.
        for at in stretches(None, user, std::iter::empty(), now) {
            let profiles: Vec<_> = user.profiles_at(at).collect();
            let has = holding(self.before, user, profiles.iter().copied());
            for restriction in self.lifted(&Grants::default(), &has, by_name).iter() {
                beyond.add(&has.only(&restriction.info().narrows.difference(by_name)));
            }
            for (restriction, free) in &self.free {
                let gives = free_of(self.before, user, &profiles, *restriction);
                beyond.add(&gives.beyond(free).only(&restriction.info().narrows.difference(by_name)));
            }
        }
        beyond
    }

    /// Whether the actor may assign the profile at that time without widening what its new user can assign: the profile
    /// names nothing, or the actor has it too, or can assign it or all that it names because full administrators say so.
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

    /// Whether nobody can be stronger.
    pub(super) fn is_full(&self) -> bool {
        catalogue().granting().is_subset(&self.now.everywhere)
    }

    /// The restrictions that the actor is under and that taking `after` instead of `before` lifts or goes around: one
    /// is taken off, or a permission that it narrows comes without it. `by_name` says which of the permissions come
    /// through a profile that the actor can assign by name, which is meant to be assigned.
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

    /// What those of the profiles grant that the actor can assign by name.
    pub(super) fn granted_by_name(&self, profiles: impl Iterator<Item = SecurityProfileId>) -> PermissionSet {
        let named = profiles.filter_map(|id| self.by_name.get(&id));
        named.fold(PermissionSet::EMPTY, |all, permissions| all.union(permissions))
    }
}

/// What is not within the ceiling. Full administrators have all applications' permissions in theirs.
pub(in crate::plan) fn exceeding(grants: &Grants, ceiling: &Grants) -> Grants {
    let mut exceeding = grants.beyond(ceiling);
    if catalogue().granting().is_subset(&ceiling.everywhere) {
        exceeding.applications.clear();
        exceeding.applications_within.clear();
    }
    exceeding
}
