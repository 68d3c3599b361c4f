//! Links that are sent by mail and may be used once.

use floorkey::{InstanceId, Timestamp, UserId};

use crate::backend::{RowView, Value};
use crate::error::StoreError;
use crate::merkle::Hash;
use crate::sql;
use crate::store::Store;

/// A link that was sent to somebody. The store never sees its token, only the hash.
///
/// A link is good while its epoch is that of the user in memory too; the store doesn't know that one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// SHA-256 of the token, which has 256 random bits.
    pub token_hash: Hash,
    /// The instance.
    pub instance: InstanceId,
    /// Whom it is for.
    pub user: UserId,
    /// What it is good for.
    pub purpose: LinkPurpose,
    /// The e-mail address it was sent to.
    pub detail: String,
    /// The user's `security_epoch` when it was made.
    pub epoch: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// From this time on it is good for nothing.
    pub expires_at: Timestamp,
}

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkPurpose {
    /// To sign in for the first time and choose a password.
    Invite,
    /// To choose a new password.
    Reset,
    /// To confirm that the address is the user's.
    ConfirmEmail,
}

impl LinkPurpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Invite, Self::Reset, Self::ConfirmEmail];

    /// The word that stands for it in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Reset => "reset",
            Self::ConfirmEmail => "confirm-email",
        }
    }
}

impl Store {
    /// Keeps a new link, and says whether it did: for a user who isn't there any more it doesn't.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if there is a link of that token; others if the disk doesn't take it.
    pub async fn put_link(&self, link: &Link) -> Result<bool, StoreError> {
        let values = vec![
            Value::Bytes(link.token_hash.to_vec()),
            Value::id(link.instance),
            Value::id(link.user),
            Value::Word(link.purpose.word()),
            Value::Text(link.detail.clone()),
            Value::count(link.epoch),
            Value::time(link.created_at),
            Value::time(link.expires_at),
        ];
        self.backend().write_one(&sql::ADD_LINK, values).await
    }

    /// The link of a token, by the token's hash, without using it up: what to show before the user says yes. It may
    /// have expired.
    ///
    /// # Errors
    /// If the database can't be read.
    pub async fn link(&self, token_hash: &Hash) -> Result<Option<Link>, StoreError> {
        let values = [Value::Bytes(token_hash.to_vec())];
        self.backend().read(move |snapshot| snapshot.first(&sql::READ_LINK, &values, read)).await
    }

    /// Uses a link up. Of all who try, at the same time or later, one gets it; nobody does who comes when it has
    /// expired.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn consume_link(&self, token_hash: &Hash, now: Timestamp) -> Result<Option<Link>, StoreError> {
        // A link never changes between being made and being dropped, so what is read here is what is dropped below.
        let Some(link) = self.link(token_hash).await? else { return Ok(None) };
        let values = vec![Value::Bytes(token_hash.to_vec()), Value::time(now)];
        let won = self.backend().write_one(&sql::CONSUME_LINK, values).await?;
        Ok(won.then_some(link))
    }

    /// Drops the links of a user, those for one purpose or all, and says how many.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn void_links(
        &self,
        instance: InstanceId,
        user: UserId,
        purpose: Option<LinkPurpose>,
    ) -> Result<usize, StoreError> {
        let purpose = purpose.map_or("", LinkPurpose::word);
        let values = vec![Value::id(instance), Value::id(user), Value::Word(purpose)];
        self.backend().write_counted(&sql::VOID_LINKS, values).await
    }

    /// Drops the links that have expired at `now`, and says how many.
    ///
    /// # Errors
    /// If the disk doesn't take it.
    pub async fn purge_links(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.backend().write_counted(&sql::PURGE_LINKS, vec![Value::time(now)]).await
    }
}

fn read(row: &RowView<'_>) -> Result<Link, StoreError> {
    let word = row.text(3)?;
    let purpose = LinkPurpose::ALL.into_iter().find(|purpose| purpose.word() == word);
    let unknown = || row.unreadable(3, format!("`{word}` is not a purpose; a newer version may have written it"));
    Ok(Link {
        token_hash: row.hash(0)?,
        instance: row.instance(1)?,
        user: row.user(2)?,
        purpose: purpose.ok_or_else(unknown)?,
        detail: row.text(4)?.to_owned(),
        epoch: row.count(5)?,
        created_at: row.time(6)?,
        expires_at: row.time(7)?,
    })
}
