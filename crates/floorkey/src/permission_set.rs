//! Sets of permissions as bits: membership is one test, a union a handful of instructions.

use crate::catalogue::Permission;

const WORDS: usize = 8;

/// How many permissions a set can tell apart; the catalogue may not grow beyond it. The last bit is no permission's:
/// the hot half marks rows with it.
pub(crate) const CAPACITY: usize = WORDS * 64 - 1;

/// A set of permissions of the catalogue.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PermissionSet([u64; WORDS]);

impl PermissionSet {
    /// The set without any permission.
    pub const EMPTY: Self = Self([0; WORDS]);

    /// Whether the permission is in the set.
    #[inline]
    #[must_use]
    pub fn contains(&self, permission: Permission) -> bool {
        let index = permission.index();
        self.0.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// Adds a permission.
    pub fn insert(&mut self, permission: Permission) {
        let index = permission.index();
        if let Some(word) = self.0.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }

    /// Takes a permission out.
    pub fn remove(&mut self, permission: Permission) {
        let index = permission.index();
        if let Some(word) = self.0.get_mut(index / 64) {
            *word &= !(1 << (index % 64));
        }
    }

    /// What is in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    /// What is in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    /// Whether everything of this set is in the other.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.difference(other).is_empty()
    }

    /// Whether the set holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// How many permissions the set holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The permissions of the set, in the order of the catalogue.
    pub fn iter(&self) -> impl Iterator<Item = Permission> + '_ {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(Permission::at(at * 64 + bit))
            })
        })
    }

    fn zip(&self, other: &Self, join: impl Fn(u64, u64) -> u64) -> Self {
        let mut joined = [0; WORDS];
        for ((out, a), b) in joined.iter_mut().zip(&self.0).zip(&other.0) {
            *out = join(*a, *b);
        }
        Self(joined)
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        let mut set = Self::EMPTY;
        for permission in permissions {
            set.insert(permission);
        }
        set
    }
}

impl std::fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter().map(Permission::name)).finish()
    }
}
