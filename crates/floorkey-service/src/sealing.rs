//! Encryption of stored secrets, and the key file.
//!
//! Secrets are encrypted rather than hashed, because verifying a SigV4 signature requires the secret access key itself.
//! The key file is stored outside the database, so a copy of the database alone is not enough to decrypt the secrets.
//!
//! The keys for page tokens and for signed bundles are also derived from the key file. All nodes with the same database
//! use the same key file.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use floorkey::SecretBytes;
use floorkey::bundle::BundleSigningKey;
use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

use crate::entropy;

/// The reason why a key file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file exists, but can't be read.
    #[error("can't read the key file {}: {error}", path.display())]
    Unreadable {
        /// The path of the key file.
        path: PathBuf,
        /// The operating system's error.
        error: std::io::Error,
    },
    /// The file has other content.
    #[error("{} is not a key file: a key file must have 64 hexadecimal digits and nothing else", .0.display())]
    Malformed(PathBuf),
    /// The file already exists or can't be created.
    #[error("can't create the key file {}: {error}", path.display())]
    NotCreated {
        /// The path of the key file.
        path: PathBuf,
        /// The operating system's error.
        error: std::io::Error,
    },
}

/// The reason why a secret can't be encrypted or decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The secret is larger than the cipher supports, which is many gigabytes.
    #[error("can't encrypt the secret")]
    TooLarge,
    /// The data was not encrypted with this key and for this owner.
    #[error("can't decrypt a secret; the key file may have been replaced")]
    WrongKey,
}

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

/// Encrypts and authenticates secrets, authenticates page tokens, and signs bundles.
pub struct Sealer {
    cipher: Aes256Gcm,
    page_tokens: [u8; KEY_BYTES],
    bundles: BundleSigningKey,
}

impl Sealer {
    /// Reads the key file. Returns `None` if it does not exist.
    ///
    /// # Errors
    /// Returns an error if the file can't be read or is not a key file.
    pub fn load(path: &Path) -> Result<Option<Self>, KeyFileError> {
        let mut text = Zeroizing::new(String::new());
        let read = std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text));
        match read {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(KeyFileError::Unreadable { path: path.to_owned(), error }),
        }
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        hex::decode_to_slice(text.trim(), key.as_mut_slice()).map_err(|_| KeyFileError::Malformed(path.to_owned()))?;
        Ok(Some(Self::new(&key)))
    }

    /// Creates a key file that only its owner can read.
    ///
    /// # Errors
    /// Returns an error if the file already exists or can't be created.
    pub fn create(path: &Path) -> Result<Self, KeyFileError> {
        let key = Zeroizing::new(entropy::random_bytes::<KEY_BYTES>());
        create(path, &Zeroizing::new(hex::encode(key.as_slice())))
            .map_err(|error| KeyFileError::NotCreated { path: path.to_owned(), error })?;
        Ok(Self::new(&key))
    }

    /// Creates a sealer from a 32-byte key.
    pub fn new(key: &[u8; KEY_BYTES]) -> Self {
        let mut sealing = derive(key, b"floorkey access-key secrets 1");
        let cipher = Aes256Gcm::new(&sealing.into());
        sealing.zeroize();
        let mut signing = derive(key, b"floorkey bundles 1");
        let bundles = BundleSigningKey::from_seed(&signing);
        signing.zeroize();
        Self { cipher, page_tokens: derive(key, b"floorkey page tokens 1"), bundles }
    }

    /// Returns the key that authenticates page tokens.
    pub fn page_token_key(&self) -> &[u8; KEY_BYTES] {
        &self.page_tokens
    }

    /// Returns the key that signs bundles. All nodes with the same key file have the same bundle key.
    pub fn bundle_key(&self) -> &BundleSigningKey {
        &self.bundles
    }

    /// Encrypts a secret for one owner. Decryption requires the same `owner`.
    ///
    /// # Errors
    /// Returns an error if the secret is larger than the cipher supports, which is many gigabytes.
    pub fn seal(&self, owner: &str, secret: &str) -> Result<SecretBytes, SealError> {
        let nonce: [u8; NONCE_BYTES] = entropy::random_bytes();
        let payload = Payload { msg: secret.as_bytes(), aad: owner.as_bytes() };
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| SealError::TooLarge)?;
        Ok(SecretBytes::new([&nonce, sealed.as_slice()].concat()))
    }

    /// Encrypts text for a cookie or a hidden form field. Decryption requires the same purpose.
    pub fn seal_text(&self, purpose: &str, text: &str) -> Option<String> {
        Some(URL_SAFE_NO_PAD.encode(self.seal(purpose, text).ok()?.reveal()))
    }

    /// Decrypts text that [`Sealer::seal_text`] encrypted for the same purpose. Returns `None` if the input was not
    /// created by that function, or if its purpose differs.
    pub fn open_text(&self, purpose: &str, sealed: &str) -> Option<Zeroizing<String>> {
        self.open_sealed(purpose, &URL_SAFE_NO_PAD.decode(sealed).ok()?).ok()
    }

    /// Decrypts a secret that was encrypted for the given owner.
    ///
    /// # Errors
    /// Returns an error if the data was not encrypted with this key and for this owner.
    pub fn open_sealed(&self, owner: &str, sealed: &[u8]) -> Result<Zeroizing<String>, SealError> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::WrongKey)?;
        let payload = Payload { msg: rest, aad: owner.as_bytes() };
        let secret = self.cipher.decrypt(&Nonce::from(*nonce), payload).map_err(|_| SealError::WrongKey)?;
        String::from_utf8(secret).map(Zeroizing::new).map_err(|_| SealError::WrongKey)
    }
}

fn create(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

fn derive(key: &[u8; KEY_BYTES], purpose: &[u8]) -> [u8; KEY_BYTES] {
    let mut mac = hmac(key);
    mac.update(purpose);
    mac.finalize().into_bytes().into()
}

/// Creates an HMAC-SHA-256 with the given key.
#[expect(clippy::expect_used, reason = "HMAC accepts keys of any length")]
pub(crate) fn hmac(key: &[u8; KEY_BYTES]) -> Hmac<Sha256> {
    <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_only_for_its_owner_and_under_its_key() {
        let sealer = Sealer::new(&[7; KEY_BYTES]);
        let sealed = sealer.seal("AKIAEXAMPLE", "wJalrXUtnFEMI").unwrap();
        assert_eq!(sealer.open_sealed("AKIAEXAMPLE", sealed.reveal()).unwrap().as_str(), "wJalrXUtnFEMI");
        assert!(sealer.open_sealed("AKIAOTHER", sealed.reveal()).is_err());
        assert!(Sealer::new(&[8; KEY_BYTES]).open_sealed("AKIAEXAMPLE", sealed.reveal()).is_err());
        assert!(sealer.open_sealed("AKIAEXAMPLE", &[]).is_err());
    }

    #[test]
    fn the_key_file_is_created_once_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/floorkey.key");
        assert!(Sealer::load(&path).unwrap().is_none());
        let first = Sealer::create(&path).unwrap();
        let again = Sealer::load(&path).unwrap().unwrap();
        assert!(Sealer::create(&path).is_err(), "a key file is never replaced");
        assert_eq!(first.page_token_key(), again.page_token_key());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "no key").unwrap();
        assert!(Sealer::load(&path).is_err());
    }
}
