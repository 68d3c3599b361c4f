//! The preferences of users, such as their time zone. They are no records: authorization decisions don't use them, and
//! they have no history.

use std::collections::BTreeMap;

use floorkey::{InstanceId, Invalid, UserId};
use floorkey_store::StoreError;

use super::Service;
use crate::failure::Failure;

/// The maximum number of preferences per user.
const PREFERENCES_MAX: u64 = 100;
/// The maximum length of a preference's name, in bytes.
const NAME_BYTES_MAX: usize = 64;
/// The maximum length of a preference's value, in bytes.
const VALUE_BYTES_MAX: usize = 64 * 1024;

impl Service {
    /// Returns a user's preferences: their values by their names.
    ///
    /// # Errors
    /// Returns an error if the store can't be read.
    pub async fn preferences(
        &self,
        instance: InstanceId,
        user: UserId,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        self.store.preferences(instance, user).await
    }

    /// Sets a preference of a user, or deletes it if `value` is `None`.
    ///
    /// # Errors
    /// Returns a refusal if the name or the value is too long, or if the user would have too many preferences. Returns
    /// an error if the store fails.
    pub async fn set_preference(
        &self,
        instance: InstanceId,
        user: UserId,
        name: &str,
        value: Option<&str>,
    ) -> Result<(), Failure> {
        let Some(value) = value else { return Ok(self.store.delete_preference(instance, user, name).await?) };
        if name.is_empty() || name.len() > NAME_BYTES_MAX {
            return Err(invalid(format!("the name must have 1 to {NAME_BYTES_MAX} bytes")));
        }
        if value.len() > VALUE_BYTES_MAX {
            return Err(invalid(format!("the value must have at most {} kB", VALUE_BYTES_MAX / 1024)));
        }
        match self.store.put_preference(instance, user, name, value, PREFERENCES_MAX).await? {
            true => Ok(()),
            false => Err(invalid(format!("a user can have at most {PREFERENCES_MAX} of them"))),
        }
    }
}

fn invalid(problem: String) -> Failure {
    Invalid { input: "Preference", problem }.into()
}
