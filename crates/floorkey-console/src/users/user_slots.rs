//! A bounded store for temporary values of users, such as an uploaded file that the user has not confirmed yet. The
//! number of values per user is limited. When a user reaches the limit, a new value replaces the user's oldest value.
//! The number of values per instance is also limited, so that no single instance can exhaust the server's memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use floorkey::{InstanceId, UserId};

use floorkey_service::entropy;
use floorkey_service::failure::Failure;

/// The owner of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) instance: InstanceId,
    pub(super) user: UserId,
}

/// Temporary values. The key of each value is an ID that can't be guessed.
pub(super) struct UserSlots<T> {
    max_per_user: usize,
    max_per_instance: usize,
    slots: Mutex<Slots<T>>,
}

struct Slots<T> {
    by_id: HashMap<String, Slot<T>>,
    /// The sequence number for the next value. Values with lower sequence numbers are older.
    sequence: u64,
}

struct Slot<T> {
    owner: Owner,
    sequence: u64,
    value: T,
}

impl<T> UserSlots<T> {
    /// Creates a store with the maximum number of values per user and per instance.
    pub(super) fn new(max_per_user: usize, max_per_instance: usize) -> Self {
        let slots = Mutex::new(Slots { by_id: HashMap::new(), sequence: 0 });
        Self { max_per_user, max_per_instance, slots }
    }

    /// Stores a value and returns the value's ID. First removes all expired values. If the owner still has too many
    /// values, also removes the owner's oldest value for which `can_evict` returns `true`.
    ///
    /// # Errors
    /// Returns [`Failure::Busy`] if no value of the owner can be removed, or if the instance has too many values.
    pub(super) fn insert(
        &self,
        owner: Owner,
        value: T,
        is_expired: impl Fn(&T) -> bool,
        can_evict: impl Fn(&T) -> bool,
    ) -> Result<String, Failure> {
        let mut slots = self.lock();
        slots.by_id.retain(|_, slot| !is_expired(&slot.value));
        let mut own: Vec<_> = slots.by_id.iter().filter(|(_, slot)| slot.owner == owner).collect();
        if own.len() >= self.max_per_user {
            own.sort_unstable_by_key(|(_, slot)| slot.sequence);
            let oldest = own.into_iter().find(|(_, slot)| can_evict(&slot.value)).map(|(id, _)| id.clone());
            slots.by_id.remove(&oldest.ok_or(Failure::Busy)?);
        }
        let of_instance = slots.by_id.values().filter(|slot| slot.owner.instance == owner.instance).count();
        if of_instance >= self.max_per_instance {
            return Err(Failure::Busy);
        }
        let id = uuid::Uuid::from_u128(entropy::random_id()).simple().to_string();
        let sequence = slots.sequence;
        slots.sequence += 1;
        slots.by_id.insert(id.clone(), Slot { owner, sequence, value });
        Ok(id)
    }

    /// Returns the owner's value with this ID.
    pub(super) fn get(&self, owner: Owner, id: &str, is_expired: impl Fn(&T) -> bool) -> Option<T>
    where
        T: Clone,
    {
        let slots = self.lock();
        let slot = slots.by_id.get(id).filter(|slot| slot.owner == owner && !is_expired(&slot.value))?;
        Some(slot.value.clone())
    }

    /// Removes a value.
    pub(super) fn remove(&self, id: &str) {
        self.lock().by_id.remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, Slots<T>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(instance: u128, user: u128) -> Owner {
        Owner { instance: InstanceId::from_bits(instance), user: UserId::from_bits(user) }
    }

    #[test]
    fn a_new_value_replaces_only_the_oldest_of_its_owner() {
        let slots = UserSlots::new(2, 3);
        let insert = |owner, value: u32| slots.insert(owner, value, |_| false, |_| true);
        let get = |owner, id: &str| slots.get(owner, id, |_| false);
        let (ann, ben, cem) = (owner(1, 1), owner(1, 2), owner(1, 3));
        let of_ben = insert(ben, 0).unwrap();
        let of_ann: Vec<_> = (1..=20).map(|value| insert(ann, value).unwrap()).collect();
        assert_eq!(get(ann, &of_ann[17]), None);
        assert_eq!((get(ann, &of_ann[18]), get(ann, &of_ann[19])), (Some(19), Some(20)));
        assert_eq!((get(ben, &of_ben), get(ann, &of_ben)), (Some(0), None));

        assert!(matches!(insert(cem, 30), Err(Failure::Busy)), "the instance has no room");
        assert_eq!(get(ann, &of_ann[18]), Some(19), "nothing is given up for others");
        assert!(insert(owner(2, 9), 40).is_ok(), "another instance has room of its own");
        slots.remove(&of_ann[19]);
        assert!(insert(cem, 30).is_ok());
    }

    #[test]
    fn values_in_use_are_kept_and_expired_ones_are_removed() {
        let slots = UserSlots::new(2, 9);
        let ann = owner(1, 1);
        let insert = |value: u32| slots.insert(ann, value, |value| *value == 0, |value| *value > 10);
        let first = insert(1).unwrap();
        let second = insert(11).unwrap();
        insert(2).expect("the second can be given up");
        assert_eq!((slots.get(ann, &first, |_| false), slots.get(ann, &second, |_| false)), (Some(1), None));
        assert!(matches!(insert(3), Err(Failure::Busy)));
        assert_eq!(slots.get(ann, &first, |value| *value == 1), None, "it is over");

        let slots = UserSlots::new(1, 1);
        slots.insert(ann, 0, |_| false, |_| false).unwrap();
        assert!(slots.insert(owner(1, 2), 5, |value| *value == 0, |_| false).is_ok());
    }
}
