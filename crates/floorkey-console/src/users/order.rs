//! The sort orders of the list of users.
//!
//! Names of other records are compared by their ranks among the names that the viewer can see. A name that the viewer
//! can't see has no influence on the order. Users without a value are last in both directions.

use std::collections::HashMap;
use std::hash::Hash;

use floorkey::text::folded;
use floorkey::user::{MfaMethodKind, PasswordState};
use floorkey::{ResourceType, User};
use foldhash::fast::RandomState;

use super::filter::FilterContext;
use super::find::ViewerScope;
use super::text_orders::{SortedPositions, TextOrder};
use super::user_index::UserIndex;
use crate::user_fields::FIELDS;
use crate::web::table::Sort;

/// The maximum number of profiles of a user that are compared.
const PROFILES_MAX: usize = floorkey::limits::PROFILES_A_USER_MAX;

/// Whether a sort order needs the sign-in activity of users.
pub(super) fn needs_activity(sort: Sort) -> bool {
    sort.column == "seen"
}

/// Whether a sort order needs to know which users are locked out.
pub(super) fn needs_locked(sort: Sort) -> bool {
    sort.column == "status"
}

/// The positions of found users in a sort order.
pub(super) enum OrderedPositions<'a> {
    /// All users, in the order of their login names.
    ByLogin { is_descending: bool },
    /// All users, in an order that the index contains.
    ByText { positions: &'a SortedPositions, is_descending: bool },
    /// These users.
    Listed(Vec<u32>),
}

/// Returns the positions of users in a sort order. `positions` are in ascending order of login names; `None` stands for
/// all users.
pub(super) fn sorted<'a>(
    index: &'a UserIndex,
    positions: Option<Vec<u32>>,
    sort: Sort,
    context: &FilterContext,
    scope: ViewerScope<'_>,
) -> OrderedPositions<'a> {
    let keys = Keys { index, is_descending: sort.is_descending() };
    let listed = match sort.column {
        "login" => return keys.by_login(positions),
        "name" => return keys.by_text(TextOrder::Name, positions),
        "email" => return keys.by_text(TextOrder::Email, positions),
        "tags" => return keys.by_text(TextOrder::Tags, positions),
        "profiles" => {
            let ranks = profile_ranks(&scope);
            keys.by(positions, |user| profiles_key(user, &ranks, &scope))
        }
        "routing" => {
            let ranks = routing_ranks(&scope);
            keys.by(positions, |user| ranks.get(&user.routing_profile).copied())
        }
        "hierarchy" => {
            let ranks = group_ranks(&scope);
            keys.by(positions, |user| ranks.get(&user.hierarchy_group?).copied())
        }
        "factors" => keys.by(positions, factors_key),
        "status" => keys.by(positions, |user| status_key(user, context)),
        // A user who was never active was last seen before all others.
        "seen" => {
            keys.by(positions, |user| Some(context.activity.get(&user.id).and_then(|known| known.last_active_at)))
        }
        "ends" => keys.by(positions, |user| next_end(user, &scope)),
        column => {
            let field = FIELDS.iter().find(|field| field.column == column);
            let value = |user: &User| field.map(|field| folded(&(field.get)(user)));
            keys.by(positions, |user| value(user).filter(|value| !value.is_empty()))
        }
    };
    OrderedPositions::Listed(listed)
}

struct Keys<'a> {
    index: &'a UserIndex,
    is_descending: bool,
}

impl<'a> Keys<'a> {
    fn by_login(&self, positions: Option<Vec<u32>>) -> OrderedPositions<'a> {
        let Some(mut positions) = positions else {
            return OrderedPositions::ByLogin { is_descending: self.is_descending };
        };
        if self.is_descending {
            positions.reverse();
        }
        OrderedPositions::Listed(positions)
    }

    /// Sorts positions by a key. Users with the same key are sorted by login name.
    fn by<K: Ord>(&self, positions: Option<Vec<u32>>, key: impl Fn(&User) -> Option<K>) -> Vec<u32> {
        let positions = positions.unwrap_or_else(|| (0_u32..).zip(&self.index.users).map(|(at, _)| at).collect());
        let (mut keyed, mut blank) = (Vec::with_capacity(positions.len()), Vec::new());
        for at in positions {
            match self.index.user(at).and_then(|user| key(user)) {
                Some(key) => keyed.push((key, at)),
                None => blank.push(at),
            }
        }
        keyed.sort_unstable();
        if self.is_descending {
            keyed.reverse();
        }
        keyed.into_iter().map(|(_, at)| at).chain(blank).collect()
    }

    fn by_text(&self, order: TextOrder, positions: Option<Vec<u32>>) -> OrderedPositions<'a> {
        let order = self.index.order(order);
        let Some(positions) = positions else {
            return OrderedPositions::ByText { positions: order, is_descending: self.is_descending };
        };
        let mut is_found = vec![false; self.index.users.len()];
        for at in positions {
            if let Some(found) = is_found.get_mut(at as usize) {
                *found = true;
            }
        }
        let is_found = |at: u32| is_found.get(at as usize).copied().unwrap_or_default();
        OrderedPositions::Listed(order.filtered(self.is_descending, is_found))
    }
}

/// The rank of each record among the names that the viewer can see.
type Ranks<Id> = HashMap<Id, u32, RandomState>;

fn ranks<Id: Eq + Hash>(sorted: impl Iterator<Item = Id>) -> Ranks<Id> {
    sorted.zip(0_u32..).collect()
}

fn profile_ranks(scope: &ViewerScope<'_>) -> Ranks<floorkey::SecurityProfileId> {
    let visibility = scope.visibility();
    // Profiles are sorted by name.
    ranks(scope.directory.profiles().map(|profile| profile.id).filter(|id| visibility.profile_name(*id).is_some()))
}

fn routing_ranks(scope: &ViewerScope<'_>) -> Ranks<floorkey::ResourceId> {
    let visibility = scope.visibility();
    let all = scope.directory.resources(ResourceType::RoutingProfile).map(|routing| routing.id);
    ranks(all.filter(|id| visibility.resource_name(*id).is_some()))
}

fn group_ranks(scope: &ViewerScope<'_>) -> Ranks<floorkey::HierarchyGroupId> {
    let visibility = scope.visibility();
    let path = |id| Some(visibility.group_path(id)?.split(" / ").map(folded).collect::<Vec<_>>());
    let mut groups: Vec<_> = scope.directory.groups().filter_map(|group| Some((path(group.id)?, group.id))).collect();
    groups.sort_unstable();
    ranks(groups.into_iter().map(|(_, id)| id))
}

/// Returns the ranks of a user's current and future profiles, in ascending order.
fn profiles_key(
    user: &User,
    ranks: &Ranks<floorkey::SecurityProfileId>,
    scope: &ViewerScope<'_>,
) -> Option<[u32; PROFILES_MAX]> {
    const UNUSED: u32 = u32::MAX;
    let mut key = [UNUSED; PROFILES_MAX];
    let assignments = user.assignments.iter().filter(|assignment| !assignment.has_ended(scope.now));
    for (place, rank) in key.iter_mut().zip(assignments.filter_map(|assignment| ranks.get(&assignment.profile))) {
        *place = *rank;
    }
    key.sort_unstable();
    // An unused place becomes 0. A user with fewer profiles is therefore sorted before one with more.
    key.first().is_some_and(|first| *first != UNUSED).then(|| key.map(|rank| rank.wrapping_add(1)))
}

fn factors_key(user: &User) -> Option<Vec<MfaMethodKind>> {
    let mut kinds: Vec<MfaMethodKind> = user.mfa_methods.iter().map(|method| method.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    (!kinds.is_empty()).then_some(kinds)
}

/// Returns the severity of a user's status, the most severe first. Returns `None` for a user who can sign in.
fn status_key(user: &User, context: &FilterContext) -> Option<u8> {
    match (user.enabled, user.password) {
        (false, _) => Some(0),
        (true, _) if context.locked.contains(&user.id) => Some(1),
        (true, PasswordState::None) => Some(2),
        (true, PasswordState::Temporary) => Some(3),
        (true, PasswordState::Set) => None,
    }
}

/// Returns when the next of a user's assignments ends.
pub(super) fn next_end(user: &User, scope: &ViewerScope<'_>) -> Option<floorkey::Timestamp> {
    user.assignments.iter().filter_map(|assignment| assignment.until).filter(|until| *until > scope.now).min()
}
