//! The users who can perform an action. Each permission that means the action has a column of its own.

use std::sync::Arc;

use floorkey::condition::AttributeOwner;
use floorkey::scope::Scope;
use floorkey::search::Position;
use floorkey::{AnyPermission, Condition, Permission, Request, User};

use super::question::{Question, QuestionItem};
use super::resource_input::INSTANCE;
use super::{can_see_all_users, can_see_permissions};
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::who_has_what::combinations::{Combination, Combinations};
use floorkey_authzen::EvaluationError;

/// The users who can perform an action, with the permissions that allow it.
pub(super) struct WhoResults {
    /// The users, sorted by login name. Users whose permissions the viewer can't see are left out.
    pub(super) users: Vec<Arc<User>>,
    /// The columns, in the order of the question's items.
    pub(super) columns: Vec<WhoColumn>,
    /// The number of users who have all of their permissions only within scopes.
    pub(super) limited: usize,
}

/// The users who have one permission.
pub(super) struct WhoColumn {
    allowed: UserBits,
    /// The users who have the permission only within a scope. Always empty if the question is about a particular
    /// resource.
    limited: UserBits,
    /// The number of listed users who have the permission, with or without a scope.
    pub(super) users: usize,
}

/// How far a user has a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    None,
    /// Only within a scope.
    Limited,
    Allowed,
}

impl WhoColumn {
    fn extent(&self, position: Position) -> Extent {
        match (self.allowed.contains(position), self.limited.contains(position)) {
            (true, _) => Extent::Allowed,
            (false, true) => Extent::Limited,
            (false, false) => Extent::None,
        }
    }
}

impl WhoResults {
    /// Runs the search.
    ///
    /// # Errors
    /// Returns an error if the question can't be evaluated.
    pub(super) fn find(viewer: &CurrentUser, question: &Question) -> Result<Self, PageError> {
        let directory = &*viewer.directory;
        let is_combined = |item: &QuestionItem| item.resource.kind == INSTANCE && catalog_permission(item).is_some();
        let combined = question.items.iter().any(is_combined).then(|| UserCombinations::new(viewer, question));
        let mut columns = Vec::new();
        for item in &question.items {
            let mut column = WhoColumn { allowed: UserBits::default(), limited: UserBits::default(), users: 0 };
            let found = question.evaluate(viewer, item, |request| {
                match (&combined, catalog_permission(item).filter(|_| is_combined(item))) {
                    (Some(combined), Some(permission)) => combined.find(viewer, permission, request, &mut column),
                    _ => directory.search_subjects(request, None).for_each(|position| column.allowed.insert(position)),
                }
            });
            match found {
                // Without a permission that exists, no user is allowed.
                Ok(()) | Err(EvaluationError::Denied(_)) => columns.push(column),
                Err(EvaluationError::Invalid(problem)) => return Err(PageError::bad_request(problem)),
            }
        }
        Ok(Self::collect(viewer, columns))
    }

    /// Collects the users who are in any column and whose permissions the viewer can see.
    fn collect(viewer: &CurrentUser, mut columns: Vec<WhoColumn>) -> Self {
        let directory = &*viewer.directory;
        let sees_all = can_see_all_users(viewer);
        let (mut allowed, mut found, mut listed) = (UserBits::default(), UserBits::default(), UserBits::default());
        for column in &columns {
            allowed.add_all(&column.allowed);
            found.add_all(&column.allowed);
            found.add_all(&column.limited);
        }
        let mut users = Vec::new();
        for user in directory.users_after(None) {
            let Some(position) = directory.position(user.id).filter(|position| found.contains(*position)) else {
                continue;
            };
            if sees_all || can_see_permissions(viewer, user) {
                listed.insert(position);
                users.push(user.clone());
            }
        }
        for column in &mut columns {
            // No user is in both sets.
            column.users = column.allowed.count_in(&listed) + column.limited.count_in(&listed);
        }
        let limited = users.len() - allowed.count_in(&listed);
        Self { users, columns, limited }
    }

    /// Returns how far the user has each permission.
    pub(super) fn extents(&self, viewer: &CurrentUser, user: &User) -> Vec<Extent> {
        let position = viewer.directory.position(user.id);
        let extent = |column: &WhoColumn| position.map_or(Extent::None, |position| column.extent(position));
        self.columns.iter().map(extent).collect()
    }
}

/// Returns the permission of the catalog that an item is about.
const fn catalog_permission(item: &QuestionItem) -> Option<Permission> {
    match &item.permission {
        Some(AnyPermission::Catalog(permission)) => Some(*permission),
        _ => None,
    }
}

/// The combination of security profiles of each user. Users with the same profiles have the same permissions, so a
/// question about no particular resource needs few decisions.
struct UserCombinations<'a> {
    combinations: Combinations<'a>,
    /// The enabled users, each with their position and the index of their combination.
    users: Vec<(Position, &'a Arc<User>, usize)>,
}

/// How a combination grants a permission.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Granted {
    No,
    WithinScopes,
    /// Within scopes, whose conditions each user may or may not meet even if the question is about no resource.
    Decided,
    Everywhere,
}

impl<'a> UserCombinations<'a> {
    fn new(viewer: &'a CurrentUser, question: &Question) -> Self {
        let directory = &*viewer.directory;
        let mut combinations = Combinations::new(directory, question.at);
        let users = directory.users_after(None).filter_map(|user| {
            let combination = combinations.add(user)?;
            Some((directory.position(user.id)?, user, combination))
        });
        let users = users.collect();
        Self { combinations, users }
    }

    /// Adds the users with the permission to a column.
    fn find(&self, viewer: &CurrentUser, permission: Permission, request: &Request<'_>, column: &mut WhoColumn) {
        let granted = |combination: &Combination| granted(combination, permission);
        let by_combination: Vec<Granted> = self.combinations.combinations().iter().map(granted).collect();
        for (position, user, combination) in &self.users {
            let is_allowed = match by_combination.get(*combination).copied().unwrap_or(Granted::No) {
                Granted::No => continue,
                Granted::Everywhere => true,
                Granted::WithinScopes => false,
                Granted::Decided => viewer.directory.decide(&Request { subject: user.id, ..*request }).allowed(),
            };
            if is_allowed { column.allowed.insert(*position) } else { column.limited.insert(*position) }
        }
    }
}

fn granted(combination: &Combination, permission: Permission) -> Granted {
    let grants = &combination.grants;
    if grants.unscoped.contains(permission) {
        return Granted::Everywhere;
    }
    let mut scopes =
        grants.scoped.iter().filter(|(_, set)| set.contains(permission)).map(|(scope, _)| scope).peekable();
    match (scopes.peek().is_some(), scopes.any(can_be_met_without_resource)) {
        (false, _) => Granted::No,
        (true, false) => Granted::WithinScopes,
        (true, true) => Granted::Decided,
    }
}

/// Whether a user can meet all requirements of the scope even if a request is about no particular resource.
fn can_be_met_without_resource(scope: &Scope) -> bool {
    let is_about_resource = |condition: &Condition| match condition {
        Condition::OneOf { owner, .. } => *owner == AttributeOwner::Resource,
        _ => true,
    };
    scope.tags.is_empty() && scope.hierarchy.is_none() && !scope.conditions.iter().any(is_about_resource)
}

/// A set of users, by position.
#[derive(Default)]
struct UserBits(Vec<u64>);

impl UserBits {
    fn insert(&mut self, Position(position): Position) {
        let at = position as usize / 64;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        if let Some(word) = self.0.get_mut(at) {
            *word |= 1 << (position % 64);
        }
    }

    /// Adds all users of another set.
    fn add_all(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
    }

    /// Returns the number of users who are also in another set.
    fn count_in(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).map(|(word, other)| (word & other).count_ones() as usize).sum()
    }

    fn contains(&self, Position(position): Position) -> bool {
        self.0.get(position as usize / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_set_one_by_one() {
        let mut bits = UserBits::default();
        for position in [0, 63, 64, 1_000] {
            bits.insert(Position(position));
        }
        let found: Vec<u32> = (0..2_000).filter(|at| bits.contains(Position(*at))).collect();
        assert_eq!(found, [0, 63, 64, 1_000]);
        let mut others = UserBits::default();
        others.insert(Position(64));
        others.insert(Position(2_000));
        assert_eq!((bits.count_in(&others), others.count_in(&bits)), (1, 1));
        bits.add_all(&others);
        assert_eq!((bits.count_in(&others), bits.count_in(&bits)), (2, 5));
    }
}
