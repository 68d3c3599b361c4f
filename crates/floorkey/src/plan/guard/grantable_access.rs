//! An actor's grantable access: the access that the actor can grant to other users, now and later.

use std::collections::{BTreeMap, BTreeSet};

use super::gains::period_starts;
use crate::catalog::{Permission, catalog};
use crate::directory::Directory;
use crate::id::{SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::plan::change_builder::ChangeBuilder;
use crate::principal::Principal;
use crate::profile::SecurityProfile;
use crate::review::access::{
    self, access_free_of, assignable_access, current_and_future_profiles, granted_access, named_by_administrators,
};
use crate::scope::Grants;
use crate::time::Timestamp;
use crate::user::User;

/// The access that an actor can grant to other users.
pub(in crate::plan) struct GrantableAccess<'a> {
    before: &'a Directory,
    /// The user who is the actor.
    pub(super) actor: UserId,
    /// The access that the actor has or can assign now.
    pub(super) now: Grants,
    /// Like `now`, but without access that has an end date. Access that actors have only temporarily must not be
    /// granted permanently.
    permanent: Grants,
    /// The profiles that a full administrator made assignable for the actor. Each profile is mapped to its permissions.
    /// The actor can assign these profiles by name, even without having their permissions.
    by_name: BTreeMap<SecurityProfileId, PermissionSet>,
    /// For each restriction that applies to the actor, the access that the actor can grant other users without this
    /// restriction.
    unrestricted: Vec<(Permission, Grants)>,
}

impl<'a> GrantableAccess<'a> {
    /// Returns the actor's grantable access. Returns `None` for the operator and the system, because they are exempt
    /// from the guard.
    pub(in crate::plan) fn for_actor(builder: &ChangeBuilder<'a>) -> Option<Self> {
        let principal = &builder.actor.principal;
        let Principal::User { id: actor, .. } = *principal else { return None };
        let before = builder.before;
        let user = before.user(actor).filter(|user| user.enabled);
        let profiles: Vec<_> = user.into_iter().flat_map(|user| user.profiles_at(builder.now)).collect();
        let now = access::grantable_access(before, principal, builder.now).unwrap_or_default();
        let unrestricted = |restriction| Some((restriction, access_free_of(before, user?, &profiles, restriction)));
        let assignable = named_by_administrators(before, profiles.iter().copied());
        Some(Self {
            before,
            actor,
            permanent: user
                .map(|user| assignable_access(before, user, access::permanent_profiles(user, builder.now)))
                .unwrap_or_default(),
            by_name: assignable.map(|(id, grants)| (id, grants.all_permissions())).collect(),
            unrestricted: now.restrictions.iter().filter_map(unrestricted).collect(),
            now,
        })
    }

    /// Returns the part of the grants that the actor is not allowed to grant permanently.
    pub(super) fn excess(&self, grants: &Grants) -> Grants {
        let mut beyond = excess(grants, &self.now);
        beyond.add(&excess(grants, &self.permanent));
        beyond
    }

    /// Returns the part of the grants that the actor is not allowed to grant now for a period that starts at `at`.
    pub(super) fn excess_at(&self, grants: &Grants, at: Timestamp) -> Grants {
        let mut beyond = excess(grants, &self.now);
        if let Some(user) = self.before.user(self.actor).filter(|user| user.enabled) {
            beyond.add(&excess(grants, &assignable_access(self.before, user, user.profiles_at(at))));
        }
        beyond
    }

    /// Iterates over the times at which the actor's assignments begin or end.
    pub(super) fn change_times(&self) -> impl Iterator<Item = Timestamp> + '_ {
        let assignments = self.before.user(self.actor).into_iter().flat_map(|user| &user.assignments);
        assignments.flat_map(|assignment| [assignment.from, assignment.until]).flatten()
    }

    /// Returns the access that a user has or can assign, now or later, but that the actor neither has nor can assign.
    /// If the actor is allowed to manage the user, the result is empty.
    pub(in crate::plan) fn excess_access(&self, user: &User, now: Timestamp) -> Grants {
        self.excess_access_except(user, now, &self.granted_by_name(current_and_future_profiles(user, now)))
    }

    /// Returns the same access as [`Self::excess_access`], but also includes access from profiles that the actor can
    /// assign by name. An actor who can assign a profile is not necessarily allowed to change it.
    pub(super) fn excess_access_by_content(&self, user: &User, now: Timestamp) -> Grants {
        self.excess_access_except(user, now, &PermissionSet::EMPTY)
    }

    fn excess_access_except(&self, user: &User, now: Timestamp, by_name: &PermissionSet) -> Grants {
        let mut beyond =
            excess(&assignable_access(self.before, user, current_and_future_profiles(user, now)), &self.now);
        if self.unrestricted.is_empty() {
            return beyond;
        }
        // The user can also have or grant access, now or later, without a restriction that applies to the actor. Such
        // access is added to the result.
        for at in period_starts(None, user, std::iter::empty(), now) {
            let profiles: Vec<_> = user.profiles_at(at).collect();
            let has = granted_access(self.before, user, profiles.iter().copied());
            for restriction in self.lifted_restrictions(&Grants::default(), &has, by_name).iter() {
                beyond.add(&has.restricted_to(&restriction.info().narrows.difference(by_name)));
            }
            for (restriction, unrestricted) in &self.unrestricted {
                let without_restriction = access_free_of(self.before, user, &profiles, *restriction);
                beyond.add(
                    &without_restriction
                        .not_covered_by(unrestricted)
                        .restricted_to(&restriction.info().narrows.difference(by_name)),
                );
            }
        }
        beyond
    }

    /// Whether the actor can assign the profile at the given time without letting the recipient assign profiles that
    /// the actor can't assign.
    ///
    /// Returns true if the profile makes no profiles assignable, if the actor has full access, or if the actor has the
    /// profile. Also returns true if full administrators allowed the actor to assign this profile, or to assign every
    /// profile that this profile makes assignable.
    pub(super) fn can_assign_without_widening(&self, profile: &SecurityProfile, at: Timestamp) -> bool {
        if profile.assignable.is_empty() || self.before.has_full_access(self.actor) {
            return true;
        }
        let Some(user) = self.before.user(self.actor).filter(|user| user.enabled) else { return false };
        let named_profiles = named_by_administrators(self.before, user.profiles_at(at));
        let named_profiles: BTreeSet<_> = named_profiles.map(|(id, _)| id).collect();
        user.profiles_at(at).any(|id| id == profile.id)
            || named_profiles.contains(&profile.id)
            || (profile.pinned.is_empty() && profile.assignable.is_subset(&named_profiles))
    }

    /// Whether the actor has full access.
    pub(super) fn is_full(&self) -> bool {
        catalog().granting().is_subset(&self.now.unscoped)
    }

    /// Returns the restrictions on the actor that are lifted or bypassed if `after` replaces `before`.
    ///
    /// A restriction is lifted if only `before` contains it. A restriction is bypassed if `after` adds a permission
    /// that it restricts, but does not contain the restriction. Permissions in `by_name` are ignored, because they come
    /// from profiles that full administrators made assignable for the actor.
    pub(super) fn lifted_restrictions(
        &self,
        before: &Grants,
        after: &Grants,
        by_name: &PermissionSet,
    ) -> PermissionSet {
        let none = Grants::default();
        let lifts = |restriction: &Permission| {
            if after.restrictions.contains(*restriction) {
                return false;
            }
            let applied_before = before.restrictions.contains(*restriction);
            let unrestricted_before = if applied_before { &none } else { before };
            let lifted_grants =
                after.not_covered_by(unrestricted_before).all_permissions().intersection(&restriction.info().narrows);
            applied_before || !lifted_grants.difference(by_name).is_empty()
        };
        self.now.restrictions.iter().filter(lifts).collect()
    }

    /// Returns the permissions of those given profiles that the actor can assign by name.
    pub(super) fn granted_by_name(&self, profiles: impl Iterator<Item = SecurityProfileId>) -> PermissionSet {
        let permissions = profiles.filter_map(|id| self.by_name.get(&id));
        permissions.fold(PermissionSet::EMPTY, |all, more| all.union(more))
    }
}

/// Returns the part of the grants that is not included in the grantable access. The grantable access of full
/// administrators includes the permissions of all applications.
pub(in crate::plan) fn excess(grants: &Grants, grantable: &Grants) -> Grants {
    let mut beyond = grants.not_covered_by(grantable);
    if catalog().granting().is_subset(&grantable.unscoped) {
        beyond.applications.clear();
        beyond.scoped_applications.clear();
    }
    beyond
}
