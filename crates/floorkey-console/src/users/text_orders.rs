//! The sort orders of the list of users that depend on texts. Comparing texts is slow, so an order is computed only when
//! the list is first shown in it. The index of the next revision then only moves the users who have changed.

use std::ops::Range;
use std::sync::OnceLock;

use floorkey::tags::Tags;

use super::user_index::UserIndex;

/// If more than one in this many users has changed, an order is computed again when it is needed.
const CHANGED_SHARE: usize = 8;

/// An order that depends on texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextOrder {
    Name,
    Email,
    Tags,
}

impl TextOrder {
    #[cfg(test)]
    pub(super) const ALL: [Self; 3] = [Self::Name, Self::Email, Self::Tags];
}

/// The positions of all users in an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SortedPositions {
    /// The users with a text. Users with the same text are sorted by login name.
    sorted: Vec<u32>,
    /// The users without a text, sorted by login name.
    blank: Vec<u32>,
}

/// The orders that have been computed.
#[derive(Default)]
pub(super) struct TextOrders {
    by_name: OnceLock<SortedPositions>,
    by_email: OnceLock<SortedPositions>,
    by_tags: OnceLock<SortedPositions>,
}

impl TextOrders {
    /// Returns the positions in an order. Computes them first if necessary.
    pub(super) fn get(&self, order: TextOrder, index: &UserIndex) -> &SortedPositions {
        match order {
            TextOrder::Name => self.by_name.get_or_init(|| SortedPositions::new(index, |at| index.name(at))),
            TextOrder::Email => self.by_email.get_or_init(|| SortedPositions::new(index, |at| index.email(at))),
            TextOrder::Tags => self.by_tags.get_or_init(|| SortedPositions::new(index, |at| tags(index, at))),
        }
    }

    /// Returns the same orders for the next index. `moved` contains the new positions of the users who have not changed.
    pub(super) fn carry_over(&self, moved: &[Option<u32>], index: &UserIndex) -> Self {
        let mut is_new = vec![true; index.users.len()];
        for at in moved.iter().flatten() {
            if let Some(is_new) = is_new.get_mut(*at as usize) {
                *is_new = false;
            }
        }
        let changed: Vec<u32> = (0_u32..).zip(&is_new).filter(|(_, is_new)| **is_new).map(|(at, _)| at).collect();
        if changed.len() > index.users.len() / CHANGED_SHARE {
            return Self::default();
        }
        let cell = |positions: Option<SortedPositions>| positions.map(OnceLock::from).unwrap_or_default();
        let (by_name, by_email, by_tags) = (self.by_name.get(), self.by_email.get(), self.by_tags.get());
        Self {
            by_name: cell(by_name.map(|previous| previous.carry_over(moved, &changed, |at| index.name(at)))),
            by_email: cell(by_email.map(|previous| previous.carry_over(moved, &changed, |at| index.email(at)))),
            by_tags: cell(by_tags.map(|previous| previous.carry_over(moved, &changed, |at| tags(index, at)))),
        }
    }
}

fn tags(index: &UserIndex, at: u32) -> Option<&Tags> {
    index.user(at).map(|user| &user.tags).filter(|tags| !tags.is_empty())
}

impl SortedPositions {
    fn new<K: Ord>(index: &UserIndex, key: impl Fn(u32) -> Option<K>) -> Self {
        Self::from_positions((0_u32..).zip(&index.users).map(|(at, _)| at), key)
    }

    fn from_positions<K: Ord>(positions: impl Iterator<Item = u32>, key: impl Fn(u32) -> Option<K>) -> Self {
        let (mut keyed, mut blank) = (Vec::new(), Vec::new());
        for at in positions {
            match key(at) {
                Some(key) => keyed.push((key, at)),
                None => blank.push(at),
            }
        }
        keyed.sort_unstable();
        Self { sorted: keyed.into_iter().map(|(_, at)| at).collect(), blank }
    }

    fn carry_over<K: Ord>(&self, moved: &[Option<u32>], changed: &[u32], key: impl Fn(u32) -> Option<K>) -> Self {
        let new = |at: &u32| moved.get(*at as usize).copied().flatten();
        let kept: Vec<u32> = self.sorted.iter().filter_map(new).collect();
        let inserted = Self::from_positions(changed.iter().copied(), &key);
        let mut blank: Vec<u32> = self.blank.iter().filter_map(new).chain(inserted.blank).collect();
        blank.sort_unstable();
        let mut sorted = Vec::with_capacity(kept.len() + inserted.sorted.len());
        let mut rest = kept.as_slice();
        for at in inserted.sorted {
            let before = (key(at), at);
            let (smaller, larger) = rest.split_at(rest.partition_point(|other| (key(*other), *other) < before));
            sorted.extend_from_slice(smaller);
            sorted.push(at);
            rest = larger;
        }
        sorted.extend_from_slice(rest);
        Self { sorted, blank }
    }

    /// Returns a range of all positions. Positions without a text are last in both directions.
    pub(super) fn slice(&self, range: Range<usize>, is_descending: bool) -> Vec<u32> {
        let at = |place: usize| match place.checked_sub(self.sorted.len()) {
            Some(place) => self.blank.get(place),
            None if is_descending => self.sorted.get(self.sorted.len() - 1 - place),
            None => self.sorted.get(place),
        };
        range.filter_map(at).copied().collect()
    }

    /// Returns the positions for which `is_found` is true. Positions without a text are last in both directions.
    pub(super) fn filtered(&self, is_descending: bool, is_found: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut found: Vec<u32> = self.sorted.iter().copied().filter(|at| is_found(*at)).collect();
        if is_descending {
            found.reverse();
        }
        found.extend(self.blank.iter().copied().filter(|at| is_found(*at)));
        found
    }
}
