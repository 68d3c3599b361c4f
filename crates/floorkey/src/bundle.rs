//! Bundles, which are signed files for programs that embed the decision engine. A bundle contains the authorization
//! state of one instance.
//!
//! A bundle contains only the data that decisions depend on. It contains no passwords, personal names, addresses, keys
//! or tokens. It does contain login names, because requests and conditions can refer to users by login name. In
//! attributes and tags, a bundle identifies users by id.
//!
//! A bundle has three lines of UTF-8: `floorkey-bundle 1`; the Ed25519 signature of the third line in URL-safe Base64;
//! and a JSON object. A program that loads a bundle must trust the key that signed it.
//!
//! A bundle contains the revision of the instance at the time of its creation. A program must not replace a bundle with
//! a bundle that has a lower revision. Otherwise, access that has since been removed would be restored.

mod owners;
mod profile_row;
mod rows;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::directory::Directory;
use crate::revision::Revision;
use crate::time::Timestamp;

/// The first line of every bundle.
const FORMAT: &str = "floorkey-bundle 1";

/// The prefix of public keys in text form.
const KEY_PREFIX: &str = "fkpub_";

/// A bundle that has been loaded. It is complete and was signed with the trusted key.
#[derive(Debug)]
pub struct Bundle {
    /// The bundle's directory. It makes the same decisions as the instance made at the bundle's revision.
    pub directory: Directory,
    /// When the bundle was created.
    pub created: Timestamp,
}

/// The public key that verifies bundles. Its text form is `fkpub_` and 43 characters of URL-safe Base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// The key that a server uses to sign bundles.
pub struct BundleSigningKey(SigningKey);

/// An error that can occur when a bundle is created or loaded, or when a public key is parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The text is not a public key.
    #[error("a public key must be `fkpub_` followed by 43 letters, digits, hyphens and underscores")]
    Key,
    /// The bundle does not have the expected first line.
    #[error("this is not a bundle, or it has an unsupported version: its first line is not `floorkey-bundle 1`")]
    Format,
    /// The bundle was modified after it was signed, or it was signed with a key that is not trusted.
    #[error("the bundle is not signed with the trusted key, or was modified after it was signed")]
    Signature,
    /// The signed JSON object cannot be parsed. The server that created the bundle may have a newer version than this
    /// program.
    #[error("the bundle can't be read. It may have been created by a newer version: {0}")]
    Content(String),
    /// The directory cannot be written as JSON, which is a bug.
    #[error("the bundle can't be written: {0}")]
    Unwritable(String),
    /// The bundle is older than the bundle that is already loaded.
    #[error("the bundle has revision {found}, but revision {current} is already loaded")]
    Older {
        /// The revision of the older bundle.
        found: Revision,
        /// The revision of the bundle that is already loaded.
        current: Revision,
    },
}

impl BundleSigningKey {
    /// Creates a key from 32 secret bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Returns the public key that verifies bundles signed with this key.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Creates a signed bundle from a directory.
    ///
    /// # Errors
    /// Returns [`BundleError::Unwritable`] if the directory cannot be written.
    pub fn sign(&self, directory: &Directory, now: Timestamp) -> Result<String, BundleError> {
        let content = rows::to_json(directory, now)?;
        let signature = URL_SAFE_NO_PAD.encode(self.0.sign(content.as_bytes()).to_bytes());
        Ok(format!("{FORMAT}\n{signature}\n{content}\n"))
    }
}

impl PublicKey {
    /// Parses the text form of a public key.
    ///
    /// # Errors
    /// Returns [`BundleError::Key`] if the text is not a public key.
    pub fn parse(text: &str) -> Result<Self, BundleError> {
        let bytes = text.trim().strip_prefix(KEY_PREFIX).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let bytes: [u8; 32] = bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(BundleError::Key)?;
        VerifyingKey::from_bytes(&bytes).map(Self).map_err(|_| BundleError::Key)
    }

    /// Loads a bundle that is signed with this key.
    ///
    /// # Errors
    /// Returns an error if the text is not a bundle, was modified, is signed with another key, or has content that this
    /// version cannot parse.
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
        rows::from_json(content)
    }

    /// Loads a bundle that replaces an earlier bundle. `current` is the earlier bundle's directory.
    ///
    /// # Errors
    /// Returns the same errors as [`PublicKey::load`]. Also returns [`BundleError::Older`] if the bundle has a lower
    /// revision than `current`.
    pub fn load_newer(&self, text: &str, current: &Directory) -> Result<Bundle, BundleError> {
        let bundle = self.load(text)?;
        let (found, current) = (bundle.directory.revision(), current.revision());
        if found < current { Err(BundleError::Older { found, current }) } else { Ok(bundle) }
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(self.0.as_bytes()))
    }
}

impl std::fmt::Debug for BundleSigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BundleKey(…)")
    }
}
