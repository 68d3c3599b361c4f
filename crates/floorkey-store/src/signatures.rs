//! The signatures that changes used up lately: so that a start knows them.
//!
//! Each stands in the event of its change. It stands in the index of the audit too, under a term that begins with the
//! time: so a start reads those of the last minutes, however long the audit is and whichever way the clock went.

use floorkey::{AuditEvent, InstanceId, Timestamp};

use crate::audit_row::used_signature;
use crate::backend::Value;
use crate::error::StoreError;
use crate::store::Store;
use crate::{hex, sql};

/// The time that one beginning of a term stands for, in milliseconds.
const SPAN: i64 = 60_000;

/// A signature that made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedSignature {
    /// SHA-256 of the signature.
    pub hash: [u8; 32],
    /// When the change was made.
    pub at: Timestamp,
}

impl Store {
    /// The signatures that made changes of an instance at that time or later, and some of the minute before.
    ///
    /// # Errors
    /// If the database can't be read, or an entry of the index is unsound.
    pub async fn used_signatures(
        &self,
        instance: InstanceId,
        since: Timestamp,
    ) -> Result<Vec<UsedSignature>, StoreError> {
        let values = [Value::id(instance), Value::Text(beginning(since)), Value::Word(END)];
        let read = self.backend().read(move |snapshot| {
            snapshot.all(&sql::READ_TERMS, &values, |row| {
                let term = row.text(1)?;
                let hash = term.rsplit_once(':').and_then(|(_, hash)| hex::decode(hash)?.try_into().ok());
                let hash = hash.ok_or_else(|| row.unreadable(1, "it does not end with the hash of a signature"))?;
                Ok(UsedSignature { hash, at: row.time(3)? })
            })
        });
        read.await
    }
}

/// What every term of a signature begins with, and the first text after all of them.
const PREFIX: &str = "signed:";
const END: &str = "signed;";

/// The term under which the event's signature is found.
pub(crate) fn term(event: &AuditEvent) -> Option<String> {
    let signature = used_signature(event)?;
    Some(format!("{}:{}", beginning(event.at), hex::encode(&signature.hash)))
}

/// What terms of that time begin with: in the order of time, for times after 1970.
fn beginning(at: Timestamp) -> String {
    format!("{PREFIX}{:013}", at.as_millis().div_euclid(SPAN).max(0))
}
