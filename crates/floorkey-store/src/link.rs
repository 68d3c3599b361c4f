//! Single-use links that are sent by email.

use floorkey::{InstanceId, Timestamp, UserId};

use crate::backend::{RowView, Value};
use crate::error::StoreError;
use crate::sql;
use crate::store::Store;
use floorkey_audit::Hash;

/// A link that was sent by email. The store receives only the hash of the link's token, never the token itself.
///
/// A link is valid only while its epoch is equal to the user's `security_epoch` in memory. The store does not compare
/// these epochs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The SHA-256 hash of the token, which has 256 random bits.
    pub token_hash: Hash,
    /// The instance that the user belongs to.
    pub instance: InstanceId,
    /// The user that the link is for.
    pub user: UserId,
    /// The purpose of the link.
    pub purpose: LinkPurpose,
    /// The email address that the link was sent to.
    pub address: String,
    /// The user's `security_epoch` when the link was created.
    pub epoch: u64,
    /// The time at which the link was created.
    pub created_at: Timestamp,
    /// The time at which the link becomes invalid.
    pub expires_at: Timestamp,
}

/// The purpose of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkPurpose {
    /// The user chooses a password and signs in for the first time.
    Invite,
    /// The user chooses a new password.
    Reset,
    /// The user verifies an email address.
    VerifyEmail,
}

impl LinkPurpose {
    /// All purposes that a link can have.
    pub const ALL: [Self; 3] = [Self::Invite, Self::Reset, Self::VerifyEmail];

    /// The stored name of the purpose.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Reset => "reset",
            Self::VerifyEmail => "confirm-email",
        }
    }
}

impl Store {
    /// Stores a new link, and returns whether it was stored. A link is not stored if the user does not exist.
    ///
    /// # Errors
    /// Returns [`StoreError::DuplicateKey`] if a link with the same token already exists. Returns another error if the
    /// write fails.
    pub async fn put_link(&self, link: &Link) -> Result<bool, StoreError> {
        let values = vec![
            Value::Bytes(link.token_hash.to_vec()),
            Value::id(link.instance),
            Value::id(link.user),
            Value::Word(link.purpose.as_str()),
            Value::Text(link.address.clone()),
            Value::count(link.epoch),
            Value::time(link.created_at),
            Value::time(link.expires_at),
        ];
        self.backend().write_one(&sql::ADD_LINK, values).await
    }

    /// Returns the link with the given token hash, without using up the link. Lets callers show what the link does
    /// before the user confirms. The link may have expired.
    ///
    /// # Errors
    /// Returns an error if the database can't be read.
    pub async fn link(&self, token_hash: &Hash) -> Result<Option<Link>, StoreError> {
        let values = [Value::Bytes(token_hash.to_vec())];
        self.backend().read(move |snapshot| snapshot.first_row(&sql::READ_LINK, &values, link_from_row)).await
    }

    /// Uses up a link and returns it. If several callers try to use the same link, only one caller receives the link.
    /// An expired link is never returned.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn consume_link(&self, token_hash: &Hash, now: Timestamp) -> Result<Option<Link>, StoreError> {
        // A link never changes after it is created. The link that is deleted below is therefore identical to the link
        // that is read here.
        let Some(link) = self.link(token_hash).await? else { return Ok(None) };
        let values = vec![Value::Bytes(token_hash.to_vec()), Value::time(now)];
        let is_consumed = self.backend().write_one(&sql::CONSUME_LINK, values).await?;
        Ok(is_consumed.then_some(link))
    }

    /// Deletes a user's links for one purpose, or for all purposes. Returns the number of deleted links.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn delete_links(
        &self,
        instance: InstanceId,
        user: UserId,
        purpose: Option<LinkPurpose>,
    ) -> Result<usize, StoreError> {
        let purpose = purpose.map_or("", LinkPurpose::as_str);
        let values = vec![Value::id(instance), Value::id(user), Value::Word(purpose)];
        self.backend().write_counted(&sql::DELETE_LINKS_FOR_PURPOSE, values).await
    }

    /// Deletes the links that have expired by `now`, and returns the number of deleted links.
    ///
    /// # Errors
    /// Returns an error if the write fails.
    pub async fn purge_links(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.backend().write_counted(&sql::PURGE_LINKS, vec![Value::time(now)]).await
    }
}

fn link_from_row(row: &RowView<'_>) -> Result<Link, StoreError> {
    let name = row.text(3)?;
    let purpose = LinkPurpose::ALL.into_iter().find(|purpose| purpose.as_str() == name);
    let unknown = || row.unreadable(3, format!("`{name}` is not a link purpose; a newer version may have written it"));
    Ok(Link {
        token_hash: row.hash(0)?,
        instance: row.instance(1)?,
        user: row.user(2)?,
        purpose: purpose.ok_or_else(unknown)?,
        address: row.text(4)?.to_owned(),
        epoch: row.count(5)?,
        created_at: row.time(6)?,
        expires_at: row.time(7)?,
    })
}
