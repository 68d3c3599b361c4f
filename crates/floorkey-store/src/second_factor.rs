//! Second factors (MFA). Batches create and delete second factors. This module reads second factors and records their
//! use.

use floorkey::{InstanceId, MfaMethodId, SecretBytes, UserId};

use crate::backend::{RowView, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;

/// A second factor of a user.
#[derive(Clone, Debug)]
pub struct StoredMfaMethod {
    /// The ID of the factor. A user's factors have different IDs.
    pub factor_id: MfaMethodId,
    /// The secret, which the caller has encrypted or hashed.
    pub secret: SecretBytes,
    /// A number that increases each time the factor is used; 0 for a new factor. For TOTP, it is the last time step.
    /// For a passkey, it is the counter. For recovery codes, it is the set of used codes as bits.
    pub used: i64,
}

impl Store {
    /// Returns a user's second factors, ordered by ID.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn second_factors_of(
        &self,
        instance: InstanceId,
        user: UserId,
    ) -> Result<Vec<StoredMfaMethod>, StoreError> {
        let values = [Value::id(instance), Value::id(user)];
        self.backend().read(move |snapshot| snapshot.rows(&sql::READ_SECOND_FACTORS, &values, factor_from_row)).await
    }

    /// Updates a second factor's `used` value from `expected_used` to `new_used`. If `new_secret` is given, also
    /// replaces the factor's secret. Returns whether the factor was updated. A factor is not updated if its `used`
    /// value differs from `expected_used`, or if the factor does not exist.
    ///
    /// A caller reads the `used` value, checks a code against this value, and then calls this method. The update fails
    /// if another caller has used the same code in the meantime.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn use_factor(
        &self,
        instance: InstanceId,
        user: UserId,
        factor_id: MfaMethodId,
        expected_used: i64,
        new_used: i64,
        new_secret: Option<&SecretBytes>,
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

fn factor_from_row(row: &RowView<'_>) -> Result<StoredMfaMethod, StoreError> {
    Ok(StoredMfaMethod {
        factor_id: MfaMethodId::from_bits(row.bits(2)?),
        secret: SecretBytes::new(row.bytes(3)?.to_vec()),
        used: row.integer(4)?,
    })
}
