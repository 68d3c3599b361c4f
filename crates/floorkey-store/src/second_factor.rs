//! Second factors: what a user signs in with beside the password. They are made and dropped by changes of the
//! instance; here they are read and used.

use floorkey::{InstanceId, Opaque, SecondFactorId, UserId};

use crate::backend::{RowView, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;

/// A second factor of a user.
#[derive(Clone, Debug)]
pub struct StoredFactor {
    /// Which of the user's.
    pub factor_id: SecondFactorId,
    /// Its secret, sealed or hashed by whoever made it.
    pub secret: Opaque,
    /// How far it is used up, in its own count: the last step of a TOTP, the counter of a passkey, the recovery codes
    /// that are gone as bits. 0 for a new one.
    pub used: i64,
}

impl Store {
    /// The second factors of a user, by their ids.
    ///
    /// # Errors
    /// If the database can't be read.
    pub async fn second_factors_of(&self, instance: InstanceId, user: UserId) -> Result<Vec<StoredFactor>, StoreError> {
        let values = [Value::id(instance), Value::id(user)];
        self.backend().read(move |snapshot| snapshot.all(&sql::READ_SECOND_FACTORS, &values, read)).await
    }

    /// Moves a second factor on from `expected_used` to `new_used`, with a new secret where one is given, and says
    /// whether it did: not if it stands elsewhere by now, or is gone. So whoever checks a code against what was read
    /// and then moves on can't be the second to use that code.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn use_factor(
        &self,
        instance: InstanceId,
        user: UserId,
        factor_id: SecondFactorId,
        expected_used: i64,
        new_used: i64,
        new_secret: Option<&Opaque>,
    ) -> Result<bool, StoreError> {
        let values = vec![
            Value::id(instance),
            Value::id(user),
            Value::id(factor_id),
            Value::Integer(expected_used),
            Value::Integer(new_used),
            new_secret.map_or(Value::Null, Value::secret),
        ];
        self.backend().write_one(&sql::USE_SECOND_FACTOR, values).await
    }
}

fn read(row: &RowView<'_>) -> Result<StoredFactor, StoreError> {
    Ok(StoredFactor {
        factor_id: SecondFactorId::from_bits(row.bits(2)?),
        secret: Opaque::new(row.bytes(3)?.to_vec()),
        used: row.integer(4)?,
    })
}
