//! The frozen table: a hash table from user IDs to ordinals and combinations.
//!
//! Every access check reads the table and few changes write to it, so its layout is optimized for reads. A bucket has
//! space for three users and fits in one CPU cache line, and nearly all users are in their home bucket. A
//! general-purpose hash map would first have to load another cache line to find the position of the entry.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use foldhash::fast::FixedState;

/// The combination value that marks an empty slot.
const EMPTY_SLOT: u32 = u32::MAX;

const SLOTS: usize = 3;

/// The number of buckets at which a table is considered large. Smaller tables have one bucket per user, and one in 40
/// users is outside the home bucket. Large tables save memory with one bucket per two users, and one in nine users is
/// outside the home bucket.
const SPARSE_BUCKETS_MAX: usize = 1 << 16;

/// A bucket. Slots are filled in order. If the home bucket of a user is full, the user is added to the next bucket with
/// an empty slot.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Bucket {
    users: [u128; SLOTS],
    combinations: [u32; SLOTS],
}

const EMPTY_BUCKET: Bucket = Bucket { users: [0; SLOTS], combinations: [EMPTY_SLOT; SLOTS] };

/// A table with one entry per user. Entries can't be removed; instead, a new table must be built without them.
#[derive(Clone)]
pub(super) struct FrozenTable {
    buckets: Arc<[Bucket]>,
    /// The ordinals by bucket and slot. Access checks don't read the ordinals.
    ordinals: Arc<[[u32; SLOTS]]>,
    len: usize,
}

/// The entry of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) ordinal: u32,
    pub(super) combination: u32,
}

impl FrozenTable {
    /// Creates a table with space for the given number of users.
    pub(super) fn with_capacity(users: usize) -> Self {
        let buckets = if users < SPARSE_BUCKETS_MAX { users } else { users.div_ceil(2).max(SPARSE_BUCKETS_MAX) };
        Self {
            buckets: std::iter::repeat_n(EMPTY_BUCKET, buckets).collect(),
            ordinals: std::iter::repeat_n([0; SLOTS], buckets).collect(),
            len: 0,
        }
    }

    /// Returns the number of users.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Returns the number of users that the table has space for.
    pub(super) fn capacity(&self) -> usize {
        let buckets = self.buckets.len();
        if buckets < SPARSE_BUCKETS_MAX { buckets } else { 2 * buckets }
    }

    /// Whether no other directory shares the table. If so, a user can be added without copying the table.
    pub(super) fn is_unshared(&mut self) -> bool {
        Arc::get_mut(&mut self.buckets).is_some()
    }

    /// Returns the home bucket of the user ID, whether or not the user is in the table.
    #[inline]
    pub(super) fn home_bucket(&self, user: u128) -> usize {
        // The upper half of the product is distributed as evenly as the remainder of a division. It also preserves the
        // order of the hashes.
        ((u128::from(hash(user)) * self.buckets.len() as u128) >> 64) as usize
    }

    /// Returns the combination of the user. `bucket` must be the user's home bucket. For the all-zero ID, the result
    /// can be [`EMPTY_SLOT`].
    #[inline]
    pub(super) fn combination(&self, user: u128, bucket: usize) -> Option<u32> {
        match self.find_in(bucket, user) {
            Some(slot) => self.buckets.get(bucket)?.combinations.get(slot).copied(),
            None => self.combination_slow(user, bucket),
        }
    }

    /// Returns the entry of the user.
    pub(super) fn get(&self, user: u128) -> Option<Entry> {
        let (at, slot) = self.find(user)?;
        let combination = *self.buckets.get(at)?.combinations.get(slot)?;
        let ordinal = *self.ordinals.get(at)?.get(slot)?;
        Some(Entry { ordinal, combination })
    }

    /// Returns the slot of the user in the bucket. For the all-zero ID, the result can be an empty slot.
    #[inline]
    fn find_in(&self, bucket: usize, user: u128) -> Option<usize> {
        let [first, second, third] = self.buckets.get(bucket)?.users;
        // The slot is computed without a branch, because the CPU can't predict which of the three slots matches.
        let matching = u32::from(first == user) | u32::from(second == user) << 1 | u32::from(third == user) << 2;
        (matching != 0).then_some(matching.trailing_zeros() as usize)
    }

    /// Adds or replaces the entry of the user.
    pub(super) fn insert(&mut self, user: u128, entry: Entry) {
        if self.len >= self.capacity() {
            *self = self.resized(2 * (self.len + 1));
        }
        self.set(user, entry);
    }

    /// Returns a table with the same entries and space for the given number of users.
    pub(super) fn resized(&self, users: usize) -> Self {
        let mut other = Self::with_capacity(users.max(self.len));
        self.iter().for_each(|(user, entry)| other.set(user, entry));
        other
    }

    /// Iterates over all entries.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u128, Entry)> {
        self.buckets.iter().zip(self.ordinals.iter()).flat_map(|(bucket, ordinals)| {
            let entries = bucket.users.iter().zip(ordinals).zip(&bucket.combinations);
            entries
                .map(|((user, ordinal), combination)| (*user, Entry { ordinal: *ordinal, combination: *combination }))
                .filter(|(_, entry)| entry.combination != EMPTY_SLOT)
        })
    }

    /// Returns the combination of a user who is not in the home bucket. This slow path is for unknown users, and for
    /// the few users whose home bucket was full.
    #[inline(never)]
    fn combination_slow(&self, user: u128, bucket: usize) -> Option<u32> {
        let (bucket, slot) = self.find_slot(user, bucket)?;
        self.buckets.get(bucket)?.combinations.get(slot).copied().filter(|combination| *combination != EMPTY_SLOT)
    }

    /// Returns the bucket and the slot of the user.
    fn find(&self, user: u128) -> Option<(usize, usize)> {
        let (bucket, slot) = self.find_slot(user, self.home_bucket(user))?;
        let is_empty = self.buckets.get(bucket)?.combinations.get(slot) == Some(&EMPTY_SLOT);
        (!is_empty).then_some((bucket, slot))
    }

    /// Returns the bucket and the slot of the user. For a user who is not in the table, returns the slot where the user
    /// would be added. There is always an empty slot, because the table has more slots than users.
    fn find_slot(&self, user: u128, home: usize) -> Option<(usize, usize)> {
        let mut at = home;
        loop {
            let bucket = self.buckets.get(at)?;
            let mut entries = bucket.users.iter().zip(&bucket.combinations);
            if let Some(slot) =
                entries.position(|(occupant, combination)| *occupant == user || *combination == EMPTY_SLOT)
            {
                return Some((at, slot));
            }
            at = if at + 1 == self.buckets.len() { 0 } else { at + 1 };
        }
    }

    fn set(&mut self, user: u128, entry: Entry) {
        if let Some((at, slot)) = self.find_slot(user, self.home_bucket(user))
            && let Some(bucket) = Arc::make_mut(&mut self.buckets).get_mut(at)
            && let Some(user_slot) = bucket.users.get_mut(slot)
            && let Some(combination_slot) = bucket.combinations.get_mut(slot)
            && let Some(ordinal_slot) =
                Arc::make_mut(&mut self.ordinals).get_mut(at).and_then(|bucket| bucket.get_mut(slot))
        {
            self.len += usize::from(*combination_slot == EMPTY_SLOT);
            (*user_slot, *combination_slot, *ordinal_slot) = (user, entry.combination, entry.ordinal);
        }
    }
}

#[inline]
fn hash(user: u128) -> u64 {
    FixedState::default().hash_one(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of users, which is large enough for some buckets to overflow into the next bucket. The last bucket
    /// overflows into the first bucket. One user has the ID zero.
    const USERS: u32 = 4096;

    fn id(number: u32) -> u128 {
        u128::from(number) << 64 | u128::from(number)
    }

    fn entry(ordinal: u32, combination: u32) -> Entry {
        Entry { ordinal, combination }
    }

    fn combination(table: &FrozenTable, user: u128) -> Option<u32> {
        table.combination(user, table.home_bucket(user))
    }

    #[test]
    fn finds_every_user_and_no_others() {
        let mut table = FrozenTable::with_capacity(0);
        for number in 0..USERS {
            assert_eq!(table.get(id(number)), None, "{number} before it is put in");
            table.insert(id(number), entry(number, number + 1));
        }
        table.insert(id(7), entry(7, 70_000));
        for table in [&table, &table.resized(0), &table.resized(3 * USERS as usize)] {
            assert_eq!(table.len(), USERS as usize);
            assert_eq!(table.iter().count(), USERS as usize);
            for number in 0..USERS {
                let expected = if number == 7 { 70_000 } else { number + 1 };
                assert_eq!(table.get(id(number)), Some(entry(number, expected)));
                assert_eq!(combination(table, id(number)), Some(expected));
                assert_eq!(combination(table, id(number + USERS)), None, "a stranger");
            }
        }
        let mut full =
            FrozenTable { buckets: Arc::new([EMPTY_BUCKET; 1500]), ordinals: Arc::new([[0; SLOTS]; 1500]), len: 0 };
        table.iter().for_each(|(user, entry)| full.set(user, entry));
        for number in 0..USERS {
            assert_eq!(full.get(id(number)), table.get(id(number)));
            assert_eq!(combination(&full, id(number)), combination(&table, id(number)));
        }
        let outside = (0..USERS)
            .filter(|number| full.find(id(*number)).is_some_and(|(at, _)| at != full.home_bucket(id(*number))));
        assert_ne!(outside.count(), 0, "some buckets overflow");
    }

    #[test]
    fn copies_change_independently() {
        let mut table = FrozenTable::with_capacity(2);
        table.insert(id(1), entry(10, 0));
        assert!(table.is_unshared());
        let before = table.clone();
        assert!(!table.is_unshared());
        table.insert(id(1), entry(10, 15));
        assert_eq!((combination(&before, id(1)), combination(&table, id(1))), (Some(0), Some(15)));
    }

    #[test]
    fn the_id_zero_is_absent_until_inserted() {
        let mut table = FrozenTable::with_capacity(4);
        assert_eq!(table.get(0), None);
        assert!(combination(&table, 0).is_none_or(|combination| combination == EMPTY_SLOT));
        table.insert(0, entry(3, 4));
        assert_eq!((table.get(0), combination(&table, 0)), (Some(entry(3, 4)), Some(4)));
    }
}
