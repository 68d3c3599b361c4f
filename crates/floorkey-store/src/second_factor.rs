//! Second factors (MFA). They are created and deleted by changes of the instance; this module reads and uses them.

use floorkey::{InstanceId, Opaque, SecondFactorId, UserId};

use crate::backend::{RowView, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;

/// A second factor of a user.
#[derive(Clone, Debug)]
pub struct StoredFactor {
    /// The id of the factor; unique for the user.
    pub factor_id: SecondFactorId,
    /// The secret, sealed or hashed by its creator.
    pub secret: Opaque,
    /// The progress of its use, in a unit of the factor: the last step of a TOTP, the counter of a passkey, the used
    /// recovery codes as bits. 0 for a new factor.
    pub used: i64,
}

impl Store {
    /// Returns the second factors of a user, ordered by id.
    ///
    /// # Errors
    /// If the database can't be read.
    pub async fn second_factors_of(&self, instance: InstanceId, user: UserId) -> Result<Vec<StoredFactor>, StoreError> {
        let values = [Value::id(instance), Value::id(user)];
        self.backend().read(move |snapshot| snapshot.rows(&sql::READ_SECOND_FACTORS, &values, factor_from_row)).await
    }

    /// Updates a second factor from `expected_used` to `new_used`, with a new secret if one is given, and returns
    /// whether it did: it does not if the stored value differs from `expected_used`, or the factor does not exist. So a
    /// caller that checks a code against the value it read and then calls this can't accept a code that another caller
    /// has used.
    ///
    /// # Errors
    /// If the write fails.
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

fn factor_from_row(row: &RowView<'_>) -> Result<StoredFactor, StoreError> {
    Ok(StoredFactor {
        factor_id: SecondFactorId::from_bits(row.bits(2)?),
        secret: Opaque::new(row.bytes(3)?.to_vec()),
        used: row.integer(4)?,
    })
}
