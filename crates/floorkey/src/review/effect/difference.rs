//! The difference between two sets of grants, permission by permission, and its effect on one user.

use std::collections::{BTreeMap, BTreeSet};

use super::{AccessChange, UserEffect};
use crate::condition::{AttributeOwner, Condition};
use crate::decision::id_in;
use crate::directory::Directory;
use crate::id::{HierarchyGroupId, UserId};
use crate::permission_set::PermissionSet;
use crate::review::example::examples;
use crate::scope::{Grants, HierarchyScope, Scope};
use crate::user::User;

/// The difference between the grants before and after a change. It applies to users with the same profiles before the
/// change and the same profiles after the change.
pub(super) struct Difference {
    /// All scopes that occur in the grants. The first scope is empty and includes all resources.
    scopes: Vec<Scope>,
    parts: Vec<DifferencePart>,
    restrictions_added: PermissionSet,
    restrictions_removed: PermissionSet,
    /// The user attributes on which the scopes in the parts depend.
    depends_on: UserDependencies,
}

/// Permissions that have the same scopes before the change and the same scopes after the change.
struct DifferencePart {
    before: ScopeIndexes,
    after: ScopeIndexes,
    permissions: PermissionSet,
    applications: BTreeSet<(String, String)>,
}

/// The scopes of a permission as indexes into [`Difference::scopes`]. The permission applies to their union.
type ScopeIndexes = Vec<usize>;

/// Permissions of the catalog, and permissions of applications as pairs of namespace and name.
type PermissionNames = (PermissionSet, BTreeSet<(String, String)>);

/// The user attributes that scopes depend on.
#[derive(Default)]
struct UserDependencies {
    group: bool,
    attributes: BTreeSet<String>,
    /// Users whose IDs occur in values that scopes require. This set is used only if a scope has a condition on
    /// ownership.
    ids: BTreeSet<UserId>,
    own: bool,
}

/// The values of a user's attributes that determine the effect of a change on the user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Traits {
    pub(super) group: Option<HierarchyGroupId>,
    pub(super) attributes: Vec<Option<String>>,
    pub(super) id: Option<UserId>,
}

/// A user and the directory in which the user's grants are evaluated.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) directory: &'a Directory,
    pub(super) user: &'a User,
}

impl Difference {
    /// Computes the difference between two sets of grants. `same_user` tells whether the user's record is the same
    /// before and after the change. If it is the same, equal scopes include the same resources.
    pub(super) fn between(
        (directory_before, before): (&Directory, &Grants),
        (directory_after, after): (&Directory, &Grants),
        same_user: bool,
    ) -> Self {
        let mut difference = Self {
            scopes: vec![Scope::default()],
            parts: Vec::new(),
            restrictions_added: after.restrictions.difference(&before.restrictions),
            restrictions_removed: before.restrictions.difference(&after.restrictions),
            depends_on: UserDependencies::default(),
        };
        let mut parts: BTreeMap<(ScopeIndexes, ScopeIndexes), PermissionNames> = BTreeMap::new();
        let (scoped_before, scoped_after) =
            (difference.index_scopes(&before.scoped), difference.index_scopes(&after.scoped));
        for permission in before.all_permissions().union(&after.all_permissions()).iter() {
            let indexes =
                |grants: &Grants, within: &[(usize, &PermissionSet)]| match grants.unscoped.contains(permission) {
                    true => vec![0],
                    false => matching_indexes(within, |set| set.contains(permission)),
                };
            parts
                .entry((indexes(before, &scoped_before), indexes(after, &scoped_after)))
                .or_default()
                .0
                .insert(permission);
        }
        let scoped_before = difference.index_scopes(&before.scoped_applications);
        let scoped_after = difference.index_scopes(&after.scoped_applications);
        let mut pairs = before.all_applications();
        pairs.extend(after.all_applications());
        for pair in pairs {
            let indexes = |directory: &Directory, grants: &Grants, within: &[(usize, &BTreeSet<_>)]| {
                // Permissions of an unregistered application are denied to all users.
                let is_registered =
                    directory.application(&pair.0).is_some_and(|known| known.permission(&pair.1).is_some());
                match grants.applications.contains(&pair) {
                    _ if !is_registered => Vec::new(),
                    true => vec![0],
                    false => matching_indexes(within, |set| set.contains(&pair)),
                }
            };
            let key =
                (indexes(directory_before, before, &scoped_before), indexes(directory_after, after, &scoped_after));
            parts.entry(key).or_default().1.insert(pair);
        }
        for ((before, after), (permissions, applications)) in parts {
            let scopes = || before.iter().chain(&after).filter_map(|index| difference.scopes.get(*index));
            if before != after
                || (!same_user && scopes().any(|scope| scope.hierarchy.is_some() || !scope.conditions.is_empty()))
            {
                scopes().for_each(|scope| difference.depends_on.add(scope));
                difference.parts.push(DifferencePart { before, after, permissions, applications });
            }
        }
        difference
    }

    /// Returns the index of each scope, paired with the permissions that are granted within the scope. Adds new scopes
    /// to `scopes`.
    fn index_scopes<'a, T>(&mut self, within: &'a [(Scope, T)]) -> Vec<(usize, &'a T)> {
        let with_index = |(scope, granted): &'a (Scope, T)| {
            let index = self.scopes.iter().position(|known| known == scope).unwrap_or_else(|| {
                self.scopes.push(scope.clone());
                self.scopes.len() - 1
            });
            (index, granted)
        };
        within.iter().map(with_index).collect()
    }

    /// Returns the user's traits on which the difference depends; `None` if it depends on no traits.
    pub(super) fn traits(&self, user: &User) -> Option<Traits> {
        self.depends_on.traits(user)
    }

    /// Returns the effect of the difference on a user.
    pub(super) fn effect(&self, before: Subject<'_>, after: Subject<'_>) -> UserEffect {
        let mut effect = UserEffect {
            restrictions_added: self.restrictions_added,
            restrictions_removed: self.restrictions_removed,
            ..UserEffect::default()
        };
        for part in &self.parts {
            if let Some(change) = self.change(part, before, after) {
                let set = effect.set_mut(change);
                *set = set.union(&part.permissions);
                effect.applications.extend(part.applications.iter().map(|pair| (pair.clone(), change)));
            }
        }
        effect.without_legacy_names()
    }

    fn change(&self, part: &DifferencePart, before: Subject<'_>, after: Subject<'_>) -> Option<AccessChange> {
        let gains = !self.covers((&part.before, before), (&part.after, after));
        let loses = !self.covers((&part.after, after), (&part.before, before));
        let covers_nothing = |indexes: &ScopeIndexes, subject: Subject<'_>| {
            let scopes = indexes.iter().filter_map(|index| self.scopes.get(*index));
            scopes.into_iter().all(|scope| examples(subject.directory, scope, subject.user).is_empty())
        };
        Some(match (gains, loses) {
            (false, false) => return None,
            (true, true) => AccessChange::Moved,
            (true, false) if covers_nothing(&part.before, before) => AccessChange::Gained,
            (true, false) => AccessChange::Widened,
            (false, true) if covers_nothing(&part.after, after) => AccessChange::Lost,
            (false, true) => AccessChange::Narrowed,
        })
    }

    /// Whether every resource in the second set of scopes is also in the first set of scopes.
    fn covers(
        &self,
        (covering_indexes, covering): (&ScopeIndexes, Subject<'_>),
        (covered_indexes, covered): (&ScopeIndexes, Subject<'_>),
    ) -> bool {
        let scopes =
            |indexes: &ScopeIndexes| indexes.iter().filter_map(|index| self.scopes.get(*index)).collect::<Vec<_>>();
        let covering_scopes = scopes(covering_indexes);
        scopes(covered_indexes).into_iter().all(|scope| {
            let mut examples = examples(covered.directory, scope, covered.user).into_iter();
            examples.all(|example| {
                covering_scopes.iter().any(|scope| example.is_within(covering.directory, scope, covering.user))
            })
        })
    }
}

/// Returns the indexes of the scopes that are granted together with matching permissions, in ascending order.
fn matching_indexes<T>(within: &[(usize, &T)], grants: impl Fn(&T) -> bool) -> Vec<usize> {
    let mut indexes: Vec<usize> =
        within.iter().filter(|(_, granted)| grants(granted)).map(|(index, _)| *index).collect();
    indexes.sort_unstable();
    indexes
}

impl UserDependencies {
    fn add(&mut self, scope: &Scope) {
        self.group |= scope.hierarchy == Some(HierarchyScope::Own);
        self.ids.extend(scope.tags.values().filter_map(|value| id_in(value)));
        for condition in &scope.conditions {
            match condition {
                Condition::SameHierarchy => self.group = true,
                Condition::OwnedBySubject { .. } => self.own = true,
                Condition::EqualsSubject { subject_attribute: of_subject, .. } => {
                    self.attributes.insert(of_subject.clone());
                }
                Condition::OneOf { owner: of, attribute, values } => {
                    if *of == AttributeOwner::Subject {
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
        let is_relevant = self.own && (self.ids.contains(&user.id) || attributes.iter().flatten().any(names_user));
        let group = user.hierarchy_group.filter(|_| self.group);
        Some(Traits { group, attributes, id: is_relevant.then_some(user.id) })
    }
}
