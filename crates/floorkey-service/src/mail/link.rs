//! Links in email. A link contains a token of 256 random bits, and the store contains only the token's hash. Each link
//! belongs to one user, has a limited lifetime, and can be used once. A link becomes invalid if the user's security
//! epoch increases.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use floorkey::{Directory, Timestamp, User};
use floorkey_store::{Link, LinkPurpose};
use sha2::{Digest as _, Sha256};

use super::Mailer;
use crate::failure::Failure;
use crate::{clock, entropy};

/// Returns the lifetime of links for this purpose.
const fn lifetime(purpose: LinkPurpose) -> Duration {
    const MINUTE: u64 = 60;
    const DAY: u64 = 24 * 60 * MINUTE;
    Duration::from_secs(match purpose {
        LinkPurpose::Reset => 15 * MINUTE,
        LinkPurpose::VerifyEmail => 3 * DAY,
        LinkPurpose::Invite => 7 * DAY,
    })
}

/// Returns the lifetime of links for this purpose in words: `7 days`.
pub(super) fn lifetime_text(purpose: LinkPurpose) -> String {
    const DAY_MINUTES: u64 = 24 * 60;
    let minutes = lifetime(purpose).as_secs() / 60;
    match minutes / DAY_MINUTES {
        0 => format!("{minutes} minutes"),
        days => format!("{days} days"),
    }
}

/// A new link.
pub(super) struct NewLink {
    /// The link's URL.
    pub(super) address: String,
    /// When the link expires.
    pub(super) until: Timestamp,
}

/// Creates a link for a message to this address. Invalidates the user's earlier links for the same purpose.
///
/// # Errors
/// Returns an error if the store fails.
pub(super) async fn create(
    mailer: &Mailer,
    directory: &Directory,
    user: &User,
    purpose: LinkPurpose,
    to: &str,
) -> Result<NewLink, Failure> {
    let (store, instance, now) = (mailer.service.store(), directory.instance(), clock::now());
    let token: [u8; 32] = entropy::random_bytes();
    let lifetime_millis = i64::try_from(lifetime(purpose).as_millis()).unwrap_or(0);
    let until = Timestamp::from_millis(now.as_millis().saturating_add(lifetime_millis));
    store.delete_links(instance, user.id, Some(purpose)).await?;
    let link = Link {
        token_hash: Sha256::digest(token).into(),
        instance,
        user: user.id,
        purpose,
        address: to.to_owned(),
        epoch: user.security_epoch,
        created_at: now,
        expires_at: until,
    };
    store.put_link(&link).await?;
    let token = URL_SAFE_NO_PAD.encode(token);
    Ok(NewLink { address: format!("{}/connect/link/{token}", mailer.public_url), until })
}

/// Returns the hash of a link's token, which identifies the link in the store. Returns `None` if the string is not a
/// valid token.
pub fn link_token_hash(token: &str) -> Option<[u8; 32]> {
    let token: [u8; 32] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
    Some(Sha256::digest(token).into())
}

/// Whether a link is still valid, given the user's current state.
pub fn is_link_valid(link: &Link, user: &User, now: Timestamp) -> bool {
    let address = match link.purpose {
        LinkPurpose::Reset => &user.verified_email,
        LinkPurpose::Invite | LinkPurpose::VerifyEmail => &user.identity.email,
    };
    user.enabled
        && link.epoch == user.security_epoch
        && address.as_deref() == Some(link.address.as_str())
        && link.created_at <= now
        && now < link.expires_at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_written_in_days_or_minutes() {
        assert_eq!(LinkPurpose::ALL.map(lifetime_text), ["7 days", "15 minutes", "3 days"]);
    }
}
