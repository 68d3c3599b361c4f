//! Bundles: everything that decides in one instance, as one signed file for programs that decide in process.
//!
//! A bundle holds what decisions look at and nothing else: no passwords, names of people, addresses, keys or tokens.
//! Login names are in it, because questions and conditions name people by them. Whom the stored values of attributes and
//! tags name is in it by id.
//!
//! It is three lines of UTF-8: `floorkey-bundle 1`; the Ed25519 signature of the third line in URL-safe Base64; and one
//! JSON object. Whoever loads one must trust the key that it is signed with. A bundle says at which revision it was
//! made: whoever reloads refuses a lower one, or an old bundle would bring back what was taken away since.

mod owners;
mod profile_row;
mod rows;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::directory::{Directory, Revision};
use crate::time::Timestamp;

/// The first line.
const FORMAT: &str = "floorkey-bundle 1";

/// What the text of a public key begins with.
const KEY_PREFIX: &str = "fkpub_";

/// A bundle that was loaded: it is whole, and signed with the trusted key.
#[derive(Debug)]
pub struct Bundle {
    /// Decides as the instance did at that revision.
    pub directory: Directory,
    /// When the bundle was made.
    pub made: Timestamp,
}

/// The public key that bundles are checked with. Its text is `fkpub_` and 43 characters of URL-safe Base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// The key that a server signs bundles with.
pub struct BundleKey(SigningKey);

/// Why a bundle is not loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The text of the key is none.
    #[error("a public key is `fkpub_` and 43 letters, digits, hyphens and underscores")]
    Key,
    /// The first line is another.
    #[error("this is no bundle, or one of another version: its first line is not `floorkey-bundle 1`")]
    Format,
    /// It was changed, or signed with another key.
    #[error("the bundle was not signed with the trusted key, or was changed since")]
    Signature,
    /// The signed part can't be read: the server knows more than this program.
    #[error("the bundle can't be read; was it made by a newer version? {0}")]
    Content(String),
    /// It is older than what the program has already.
    #[error("the bundle is of revision {found}, and revision {held} is loaded already")]
    Older {
        /// The bundle's revision.
        found: Revision,
        /// The revision at hand.
        held: Revision,
    },
}

impl BundleKey {
    /// The key of these 32 secret bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The key that others check with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Makes a bundle of a directory.
    ///
    /// # Errors
    /// Says what can't be written.
    pub fn sign(&self, directory: &Directory, now: Timestamp) -> Result<String, String> {
        let content = rows::write(directory, now)?;
        let signature = URL_SAFE_NO_PAD.encode(self.0.sign(content.as_bytes()).to_bytes());
        Ok(format!("{FORMAT}\n{signature}\n{content}\n"))
    }
}

impl PublicKey {
    /// The key of that text.
    ///
    /// # Errors
    /// [`BundleError::Key`].
    pub fn parse(text: &str) -> Result<Self, BundleError> {
        let bytes = text.trim().strip_prefix(KEY_PREFIX).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let bytes: [u8; 32] = bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(BundleError::Key)?;
        VerifyingKey::from_bytes(&bytes).map(Self).map_err(|_| BundleError::Key)
    }

    /// Loads a bundle that is signed with this key.
    ///
    /// # Errors
    /// A text that is no bundle, was changed, is signed with another key, or says what this version can't read.
    pub fn load(&self, text: &str) -> Result<Bundle, BundleError> {
        let (format, rest) = text.split_once('\n').ok_or(BundleError::Format)?;
        let (signature, content) = rest.split_once('\n').ok_or(BundleError::Format)?;
        if format != FORMAT {
            return Err(BundleError::Format);
        }
        let content = content.strip_suffix('\n').unwrap_or(content);
        let signature = URL_SAFE_NO_PAD.decode(signature).ok().and_then(|bytes| Signature::from_slice(&bytes).ok());
        let signature = signature.ok_or(BundleError::Signature)?;
        self.0.verify_strict(content.as_bytes(), &signature).map_err(|_| BundleError::Signature)?;
        rows::read(content).map_err(BundleError::Content)
    }

    /// Loads a bundle that is to take the place of another.
    ///
    /// # Errors
    /// Those of [`PublicKey::load`], and [`BundleError::Older`].
    pub fn load_after(&self, text: &str, held: &Directory) -> Result<Bundle, BundleError> {
        let bundle = self.load(text)?;
        let (found, held) = (bundle.directory.revision(), held.revision());
        if found < held { Err(BundleError::Older { found, held }) } else { Ok(bundle) }
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(self.0.as_bytes()))
    }
}

impl std::fmt::Debug for BundleKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BundleKey(…)")
    }
}
