//! Passwords: the password policy, hashing, and the generation of temporary passwords.
//!
//! Argon2id takes tens of milliseconds and 19 MiB per hash, so only a few hashes run at a time. Further requests wait
//! in a queue (see `hashing_queue`). A flood of sign-ins or resets therefore does not slow down the rest of the server.

use std::sync::Arc;

use argon2::Params;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use floorkey::{Invalid, NewPassword, SecretBytes, limits};
use zeroize::Zeroizing;

use crate::argon2_memory::PooledArgon2;
use crate::entropy;
use crate::failure::Failure;
use crate::hashing_queue::{HashingQueue, Party, QueueFull, RequestClass};

/// The maximum number of concurrent hashes.
const RUNNING_MAX: usize = 2;

/// The cost of hashing a password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordCost {
    /// 19 MiB and two passes. OWASP lists this combination among its recommended settings.
    #[default]
    Secure,
    /// The lowest cost that Argon2id allows. Guessing a password from such a hash is easy, so this cost is only for
    /// servers that tests use.
    Lowest,
}

impl PasswordCost {
    /// Argon2id's memory in KiB.
    const fn memory_kib(self) -> u32 {
        match self {
            Self::Secure => 19_456,
            Self::Lowest => Params::MIN_M_COST,
        }
    }

    /// The number of Argon2id's passes.
    const fn passes(self) -> u32 {
        match self {
            Self::Secure => 2,
            Self::Lowest => Params::MIN_T_COST,
        }
    }
}

/// The characters of temporary passwords. Characters that look alike are left out.
const ALPHABETS: [&[u8]; 3] = [b"abcdefghijkmnpqrstuvwxyz", b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"23456789"];

/// The password policy, as a message for users.
pub const RULE: &str = "must have 8 to 64 characters without spaces, including a lowercase letter, an uppercase \
    letter and a digit";

/// The number of characters in a temporary password.
const ONE_TIME_CHARS: usize = 16;

/// A plaintext password. The password is wiped from memory when dropped, and `Debug` redacts it.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Parses a password. It must have 8 to 64 characters without whitespace, including a lowercase letter, an
    /// uppercase letter and a digit. Amazon Connect has the same policy.
    ///
    /// # Errors
    /// Returns an error if the password violates the policy. The error message never contains the password.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let has = |test: fn(&char) -> bool| text.chars().any(|c| test(&c));
        let is_valid = limits::PASSWORD_CHARS.contains(&text.chars().count())
            && !text.chars().any(char::is_whitespace)
            && has(char::is_ascii_lowercase)
            && has(char::is_ascii_uppercase)
            && has(char::is_ascii_digit);
        match is_valid {
            true => Ok(Self(Zeroizing::new(text.to_owned()))),
            // The message states the whole policy, so that the user can fix all problems in the next attempt.
            false => Err(Invalid { input: "Password", problem: RULE.to_owned() }),
        }
    }

    /// Generates a temporary password. It has 16 characters that are easy to read aloud, with about 90 bits of entropy.
    pub fn one_time() -> Self {
        let all = ALPHABETS.concat();
        loop {
            let text: String = (0..ONE_TIME_CHARS).map(|_| random_char(&all)).collect();
            // The first password nearly always satisfies the policy. If it does not, a completely new password keeps
            // the characters uniformly distributed.
            if let Ok(password) = Self::parse(&text) {
                return password;
            }
        }
    }

    /// Returns the plaintext password.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(redacted)")
    }
}

/// Hashes and verifies passwords, a limited number at a time.
pub struct Hashing {
    cost: PasswordCost,
    queue: Arc<HashingQueue>,
    /// A hash that no password matches. If a user has no stored hash, the password is compared with this hash instead.
    dummy_hash: SecretBytes,
}

impl Hashing {
    /// Creates a pool in which no requests are waiting.
    pub(crate) fn new(cost: PasswordCost) -> Self {
        let part = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
        let (salt, output) = (part(&entropy::random_bytes::<16>()), part(&entropy::random_bytes::<32>()));
        let (memory, passes) = (cost.memory_kib(), cost.passes());
        let dummy_hash = format!("$argon2id$v=19$m={memory},t={passes},p=1${salt}${output}");
        Self { cost, queue: HashingQueue::new(RUNNING_MAX), dummy_hash: SecretBytes::new(dummy_hash.into_bytes()) }
    }

    /// Hashes a password on behalf of a party. `one_time` marks the password as temporary: the user must change the
    /// password at the first sign-in.
    ///
    /// # Errors
    /// Returns [`Failure::Busy`] if too many requests are waiting.
    pub async fn hash(&self, party: Party, password: &Password, one_time: bool) -> Result<NewPassword, Failure> {
        let permit = self.queue.acquire(RequestClass::Callers, party).await?;
        let (password, cost) = (password.clone(), self.cost);
        let salt: [u8; 16] = entropy::random_bytes();
        // The task owns the permit. If the caller disconnects, the permit is therefore released only when the hash is
        // complete.
        let hash = tokio::task::spawn_blocking(move || (hash(&password, &salt, cost), permit).0).await;
        let hash = hash.map_err(|error| Failure::Internal(error.to_string()))??;
        Ok(NewPassword { hash: SecretBytes::new(hash.into_bytes()), temporary: one_time })
    }

    /// Returns whether the password matches the stored hash. Without a stored hash, returns `false` after the same
    /// amount of work. The timing therefore does not reveal which logins exist. A password that is longer than the
    /// policy allows is rejected without hashing.
    ///
    /// # Errors
    /// Returns [`Failure::Busy`] if too many requests are waiting.
    pub async fn verify(
        &self,
        class: RequestClass,
        party: Party,
        password: &str,
        stored: Option<SecretBytes>,
    ) -> Result<bool, Failure> {
        if is_too_long(password) {
            return Ok(false);
        }
        let permit = self.queue.acquire(class, party).await?;
        let password = Zeroizing::new(password.to_owned());
        let stored = stored.unwrap_or_else(|| self.dummy_hash.clone());
        let verified = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            matches_hash(&password, std::str::from_utf8(stored.reveal())?)
        });
        Ok(verified.await.map_err(|error| Failure::Internal(error.to_string()))??)
    }
}

/// The reason why a password can't be hashed or verified.
#[derive(Debug, thiserror::Error)]
enum HashError {
    #[error(transparent)]
    NotUtf8(#[from] std::str::Utf8Error),
    #[error("can't parse a stored password hash: {0}")]
    Malformed(argon2::password_hash::phc::Error),
    #[error("can't verify a password: {0}")]
    NotVerified(argon2::password_hash::Error),
    #[error(transparent)]
    Parameters(#[from] argon2::Error),
    #[error("can't hash a password: {0}")]
    NotHashed(argon2::password_hash::Error),
}

impl From<HashError> for Failure {
    fn from(error: HashError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<QueueFull> for Failure {
    fn from(QueueFull: QueueFull) -> Self {
        Self::Busy
    }
}

/// Whether the password is longer than the policy allows.
fn is_too_long(password: &str) -> bool {
    password.chars().nth(*limits::PASSWORD_CHARS.end()).is_some()
}

/// Whether the password matches the hash.
fn matches_hash(password: &str, hash: &str) -> Result<bool, HashError> {
    let hash = PasswordHash::new(hash).map_err(HashError::Malformed)?;
    match PooledArgon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(HashError::NotVerified(error)),
    }
}

/// Hashes the password and returns the hash as a PHC string.
fn hash(password: &Password, salt: &[u8; 16], cost: PasswordCost) -> Result<String, HashError> {
    let params = Params::new(cost.memory_kib(), cost.passes(), 1, None)?;
    let argon2 = PooledArgon2::new(params);
    let hash = argon2.hash_password_with_salt(password.reveal().as_bytes(), salt).map_err(HashError::NotHashed)?;
    Ok(hash.to_string())
}

fn random_char(alphabet: &[u8]) -> char {
    // Rejection sampling avoids modulo bias. Bytes that are not below the largest multiple of the alphabet's length are
    // drawn again.
    let largest_multiple = 256 / alphabet.len() * alphabet.len();
    loop {
        let [byte] = entropy::random_bytes::<1>();
        if usize::from(byte) < largest_multiple {
            return alphabet.get(usize::from(byte) % alphabet.len()).copied().map_or('a', char::from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_policy() {
        for good in ["Passw0rd", "aB3456789012345678901234567890123456789012345678901234567890123x", "Grüße-1x"] {
            assert!(Password::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "Passw0r", "passw0rd", "PASSW0RD", "Password", "Passw0rd with blanks", "a", &"aB3".repeat(22)] {
            assert_eq!(Password::parse(bad).unwrap_err().problem, RULE, "{bad}");
        }
    }

    #[test]
    fn one_time_passwords_satisfy_the_policy_and_differ() {
        let (a, b) = (Password::one_time(), Password::one_time());
        assert_eq!(a.reveal().len(), ONE_TIME_CHARS);
        assert_ne!(a.reveal(), b.reveal());
        assert_eq!(format!("{a:?}"), "Password(redacted)");
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_and_only_its_password_matches() {
        let hashing = Hashing::new(PasswordCost::Secure);
        let password = Password::one_time();
        let new = hashing.hash(Party::Operator, &password, true).await.unwrap();
        assert!(new.hash.reveal().starts_with(b"$argon2id$v=19$m=19456,t=2,p=1$"));
        let verify = |text: &str, stored| {
            let (hashing, text) = (&hashing, text.to_owned());
            async move { hashing.verify(RequestClass::Strangers, Party::Operator, &text, stored).await.unwrap() }
        };
        assert!(verify(password.reveal(), Some(new.hash.clone())).await);
        assert!(!verify("Wr0ng-password", Some(new.hash.clone())).await);
        // The dummy hash has the same parameters as a real hash, so that verification takes the same time with both
        // hashes.
        assert!(!verify(password.reveal(), None).await);
        let parts = |hash: &SecretBytes| {
            let text = String::from_utf8(hash.reveal().to_vec()).unwrap();
            text.split('$').map(str::len).collect::<Vec<_>>()
        };
        assert_eq!(parts(&hashing.dummy_hash), parts(&new.hash));
    }

    #[tokio::test]
    async fn a_password_longer_than_the_policy_allows_is_not_hashed() {
        let hashing = Hashing::new(PasswordCost::Secure);
        // The test has acquired all permits, so every further hash has to wait.
        let mut turns = Vec::new();
        for _ in 0..RUNNING_MAX {
            turns.push(hashing.queue.acquire(RequestClass::Callers, Party::Operator).await.unwrap());
        }
        let too_long = "aB3ü".repeat(16) + "x";
        for (password, waits) in
            [(too_long.as_str(), false), (&"aB3".repeat(300_000), false), (&"aB3ü".repeat(16), true)]
        {
            let verified = hashing.verify(RequestClass::Strangers, Party::Operator, password, None);
            let verified = tokio::time::timeout(std::time::Duration::from_millis(200), verified).await;
            assert_eq!(verified.is_err(), waits, "{} characters", password.chars().count());
            assert!(verified.is_err() || matches!(verified, Ok(Ok(false))));
        }
    }
}
