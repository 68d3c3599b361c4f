//! The difference between two sets of grants by permission, and its effect on one user.

use std::collections::{BTreeMap, BTreeSet};

use super::{ReachChange, UserEffect};
use crate::condition::{Condition, Side};
use crate::decision::id_in;
use crate::directory::Directory;
use crate::id::{HierarchyGroupId, UserId};
use crate::permission_set::PermissionSet;
use crate::review::example::examples;
use crate::scope::{Grants, HierarchyScope, Scope};
use crate::user::User;

/// The difference for users who have the same profiles before and the same profiles after.
pub(super) struct Difference {
    /// All scopes that occur; the first one is empty and includes all resources.
    scopes: Vec<Scope>,
    parts: Vec<Part>,
    restricted: PermissionSet,
    freed: PermissionSet,
    /// The user attributes that the parts depend on.
    looks_at: LooksAt,
}

/// Permissions that have the same scopes before and the same scopes after.
struct Part {
    was: Reach,
    is: Reach,
    permissions: PermissionSet,
    applications: BTreeSet<(String, String)>,
}

/// The scopes of a permission as indexes into [`Difference::scopes`]. The permission applies to their union.
type Reach = Vec<usize>;

/// Permissions of the catalog and of applications, the latter by namespace and name.
type Names = (PermissionSet, BTreeSet<(String, String)>);

/// The user attributes that scopes depend on.
#[derive(Default)]
struct LooksAt {
    group: bool,
    attributes: BTreeSet<String>,
    /// Users whose ids occur in values; they matter for conditions on ownership.
    ids: BTreeSet<UserId>,
    own: bool,
}

/// The values of a user that determine the effect of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Traits {
    pub(super) group: Option<HierarchyGroupId>,
    pub(super) attributes: Vec<Option<String>>,
    pub(super) id: Option<UserId>,
}

/// A user in a directory, for evaluating grants.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) directory: &'a Directory,
    pub(super) user: &'a User,
}

impl Difference {
    /// Computes the difference between two sets of grants. `same_user` is whether the user's own record is the same
    /// before and after; if so, equal scopes include the same resources.
    pub(super) fn between(
        (before, was): (&Directory, &Grants),
        (after, is): (&Directory, &Grants),
        same_user: bool,
    ) -> Self {
        let mut difference = Self {
            scopes: vec![Scope::default()],
            parts: Vec::new(),
            restricted: is.limits.difference(&was.limits),
            freed: was.limits.difference(&is.limits),
            looks_at: LooksAt::default(),
        };
        let mut parts: BTreeMap<(Reach, Reach), Names> = BTreeMap::new();
        let (was_within, is_within) = (difference.known(&was.within), difference.known(&is.within));
        for permission in was.anywhere().union(&is.anywhere()).iter() {
            let reach =
                |grants: &Grants, within: &[(usize, &PermissionSet)]| match grants.everywhere.contains(permission) {
                    true => vec![0],
                    false => places(within, |set| set.contains(permission)),
                };
            parts.entry((reach(was, &was_within), reach(is, &is_within))).or_default().0.insert(permission);
        }
        let was_within = difference.known(&was.applications_within);
        let is_within = difference.known(&is.applications_within);
        let mut pairs = was.applications_anywhere();
        pairs.extend(is.applications_anywhere());
        for pair in pairs {
            let reach = |directory: &Directory, grants: &Grants, within: &[(usize, &BTreeSet<_>)]| {
                // Permissions of an unregistered application are denied to all users.
                let known = directory.application(&pair.0).is_some_and(|known| known.permission(&pair.1).is_some());
                match grants.applications.contains(&pair) {
                    _ if !known => Vec::new(),
                    true => vec![0],
                    false => places(within, |set| set.contains(&pair)),
                }
            };
            let reaches = (reach(before, was, &was_within), reach(after, is, &is_within));
            parts.entry(reaches).or_default().1.insert(pair);
        }
        for ((was, is), (permissions, applications)) in parts {
            let scopes = || was.iter().chain(&is).filter_map(|place| difference.scopes.get(*place));
            if was != is
                || (!same_user && scopes().any(|scope| scope.hierarchy.is_some() || !scope.conditions.is_empty()))
            {
                scopes().for_each(|scope| difference.looks_at.add(scope));
                difference.parts.push(Part { was, is, permissions, applications });
            }
        }
        difference
    }

    /// Returns the indexes of the scopes, each with what is granted within, and adds new scopes to the list.
    fn known<'a, T>(&mut self, within: &'a [(Scope, T)]) -> Vec<(usize, &'a T)> {
        let place = |(scope, granted): &'a (Scope, T)| {
            let place = self.scopes.iter().position(|known| known == scope).unwrap_or_else(|| {
                self.scopes.push(scope.clone());
                self.scopes.len() - 1
            });
            (place, granted)
        };
        within.iter().map(place).collect()
    }

    /// Returns the traits of the user that the difference depends on; `None` if there are none.
    pub(super) fn traits(&self, user: &User) -> Option<Traits> {
        self.looks_at.traits(user)
    }

    /// Returns the effect on a user.
    pub(super) fn effect(&self, was: Subject<'_>, is: Subject<'_>) -> UserEffect {
        let mut effect = UserEffect { limits_on: self.restricted, limits_off: self.freed, ..UserEffect::default() };
        for part in &self.parts {
            if let Some(change) = self.change(part, was, is) {
                let set = effect.set_mut(change);
                *set = set.union(&part.permissions);
                effect.applications.extend(part.applications.iter().map(|pair| (pair.clone(), change)));
            }
        }
        effect.without_old_names()
    }

    fn change(&self, part: &Part, was: Subject<'_>, is: Subject<'_>) -> Option<ReachChange> {
        let gains = !self.covers((&part.was, was), (&part.is, is));
        let loses = !self.covers((&part.is, is), (&part.was, was));
        let reaches_nothing = |reach: &Reach, subject: Subject<'_>| {
            let scopes = reach.iter().filter_map(|place| self.scopes.get(*place));
            scopes.into_iter().all(|scope| examples(subject.directory, scope, subject.user).is_empty())
        };
        Some(match (gains, loses) {
            (false, false) => return None,
            (true, true) => ReachChange::Elsewhere,
            (true, false) if reaches_nothing(&part.was, was) => ReachChange::Gained,
            (true, false) => ReachChange::Wider,
            (false, true) if reaches_nothing(&part.is, is) => ReachChange::Lost,
            (false, true) => ReachChange::Narrower,
        })
    }

    /// Whether the first scopes include everything that the second scopes include.
    fn covers(&self, (by, covering): (&Reach, Subject<'_>), (of, covered): (&Reach, Subject<'_>)) -> bool {
        let scopes = |reach: &Reach| reach.iter().filter_map(|place| self.scopes.get(*place)).collect::<Vec<_>>();
        let by = scopes(by);
        scopes(of).into_iter().all(|scope| {
            let mut examples = examples(covered.directory, scope, covered.user).into_iter();
            examples.all(|example| by.iter().any(|scope| example.is_within(covering.directory, scope, covering.user)))
        })
    }
}

/// Returns the indexes of the scopes within which something is granted, in ascending order.
fn places<T>(within: &[(usize, &T)], grants: impl Fn(&T) -> bool) -> Vec<usize> {
    let mut places: Vec<usize> =
        within.iter().filter(|(_, granted)| grants(granted)).map(|(place, _)| *place).collect();
    places.sort_unstable();
    places
}

impl LooksAt {
    fn add(&mut self, scope: &Scope) {
        self.group |= scope.hierarchy == Some(HierarchyScope::Own);
        self.ids.extend(scope.tags.values().filter_map(|value| id_in(value)));
        for condition in &scope.conditions {
            match condition {
                Condition::SameHierarchy => self.group = true,
                Condition::Own { .. } => self.own = true,
                Condition::Same { of_subject, .. } => {
                    self.attributes.insert(of_subject.clone());
                }
                Condition::OneOf { of, attribute, values } => {
                    if *of == Side::Subject {
                        self.attributes.insert(attribute.clone());
                    }
                    self.ids.extend(values.iter().filter_map(|value| id_in(value)));
                }
            }
        }
    }

    fn traits(&self, user: &User) -> Option<Traits> {
        if !self.group && !self.own && self.attributes.is_empty() {
            return None;
        }
        let attributes: Vec<_> = self.attributes.iter().map(|name| user.tags.get(name).cloned()).collect();
        let names_user = |value: &String| id_in(value) == Some(user.id);
        let named = self.own && (self.ids.contains(&user.id) || attributes.iter().flatten().any(names_user));
        let group = user.hierarchy_group.filter(|_| self.group);
        Some(Traits { group, attributes, id: named.then_some(user.id) })
    }
}
