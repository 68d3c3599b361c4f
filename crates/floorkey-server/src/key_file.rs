//! The key file of a data folder. Secrets in the data folder are encrypted with the key in this file. The key file is
//! created with a new data folder, and is checked when an existing data folder is opened. A lost key file can be
//! replaced.

use std::path::{Path, PathBuf};

use floorkey::bundle::PublicKey;
use floorkey::{AccessKeyId, Actor, Command, SecretBytes};
use floorkey_store::{OperatorKey, StoreError};
use zeroize::Zeroizing;

use floorkey_service::failure::Failure;
use floorkey_service::sealing::{KeyFileError, SealError, Sealer};
use floorkey_service::service::Service;
use floorkey_service::service::credentials::new_access_key;

/// The reason why a key file can't be used or replaced.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyFileFailure {
    /// The file can't be read or created.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The file doesn't belong to the data folder, or is missing.
    #[error(
        "the key file {} {problem}. Restore the key file of this database, or specify its path with --key-file or \
        FLOORKEY_KEY_FILE. If it is lost permanently, run `floorkey admin replace-key`, which creates a new one and \
        revokes all access keys",
        path.display()
    )]
    WrongFile {
        /// The path from the settings.
        path: PathBuf,
        /// What is wrong with the file, as the rest of a sentence.
        problem: &'static str,
    },
    /// A file can't be removed or renamed.
    #[error("can't replace the key file {}: {error}", path.display())]
    NotReplaced {
        /// The path from the settings.
        path: PathBuf,
        /// The operating system's error.
        error: std::io::Error,
    },
    /// The new secret of the operator can't be encrypted.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The store can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The encrypted secrets of an instance can't be deleted.
    #[error(transparent)]
    Service(#[from] Failure),
}

/// Loads the key file. Creates a new key file only for a new data folder. Otherwise, the new key could not decrypt
/// existing secrets, and it would be less obvious that the original key is missing.
///
/// # Errors
/// Returns an error if the key file can't be read or created, if it is missing although the data folder is not new, or
/// if it can't decrypt the secrets of access keys. The message says how to recover.
pub(crate) async fn load_or_create(service: &Service, path: &Path) -> Result<Sealer, KeyFileFailure> {
    let sealed_samples = sealed_samples(service).await?;
    let Some(sealer) = Sealer::load(path)? else {
        // Instances can have MFA that is encrypted, and bundles that were signed, although they have no access keys.
        return match sealed_samples.is_empty() && service.engine().all().is_empty() {
            true => Ok(Sealer::create(path)?),
            false => Err(wrong_file(path, "is missing, but the data folder is not new")),
        };
    };
    let opens =
        |(owner, sealed): &(AccessKeyId, SecretBytes)| sealer.open_sealed(owner.as_str(), sealed.reveal()).is_ok();
    match sealed_samples.iter().all(opens) {
        true => Ok(sealer),
        false => {
            Err(wrong_file(path, "can't decrypt the secrets in the database, which are encrypted with another one"))
        }
    }
}

fn wrong_file(path: &Path, problem: &'static str) -> KeyFileFailure {
    KeyFileFailure::WrongFile { path: path.to_owned(), problem }
}

/// Returns the operator's encrypted secret and one encrypted secret from each instance. The key file is checked by
/// decrypting these secrets.
async fn sealed_samples(service: &Service) -> Result<Vec<(AccessKeyId, SecretBytes)>, StoreError> {
    let store = service.store();
    let operator = store.operator_key().await?;
    let mut sealed_samples: Vec<_> = operator.into_iter().map(|key| (key.access_key_id, key.sealed_secret)).collect();
    for directory in service.engine().all() {
        let Some(key) = directory.access_keys().next() else { continue };
        let sealed = store.sealed_secret(&key.id).await?;
        sealed_samples.extend(sealed.map(|sealed| (key.id.clone(), sealed.sealed_secret)));
    }
    Ok(sealed_samples)
}

/// The result of replacing the key file.
pub(crate) struct ReplacedKeyFile {
    /// The ID and the secret of the operator's new access key.
    pub(crate) operator: (AccessKeyId, Zeroizing<String>),
    /// The public key that verifies the bundles of this server from now on.
    pub(crate) bundle_key: PublicKey,
    /// The number of users' access keys that were revoked.
    pub(crate) revoked: usize,
    /// The new path of the previous key file; `None` if there was no previous key file.
    pub(crate) previous: Option<PathBuf>,
}

/// Creates a new key file and a new access key for the operator. Deletes all secrets that were encrypted with the
/// previous key file.
///
/// The new key file is moved to `path` last. If the replacement is interrupted, the key file may be missing or may not
/// match the store. The server then refuses to start until the key file has been replaced again.
///
/// # Errors
/// Returns an error if a file or the store can't be written.
pub(crate) async fn replace(service: &Service, path: &Path) -> Result<ReplacedKeyFile, KeyFileFailure> {
    let new_file = sibling(path, "new");
    let failed = |error: std::io::Error| KeyFileFailure::NotReplaced { path: path.to_owned(), error };
    if new_file.exists() {
        std::fs::remove_file(&new_file).map_err(failed)?;
    }
    let sealer = Sealer::create(&new_file)?;
    let mut revoked = 0;
    for directory in service.engine().all() {
        revoked += directory.access_keys().count();
        service.execute(directory.instance(), Actor::system(), Command::DeleteSealed).await?;
    }
    let (id, secret) = new_access_key();
    let sealed_secret = sealer.seal(id.as_str(), &secret)?;
    service.store().put_operator_key(&OperatorKey { access_key_id: id.clone(), sealed_secret }).await?;
    let previous = path.exists().then(|| {
        let unused =
            (1..).map(|number: u32| sibling(path, &format!("old-{number}"))).find(|previous| !previous.exists());
        unused.unwrap_or_else(|| sibling(path, "old"))
    });
    if let Some(previous) = &previous {
        std::fs::rename(path, previous).map_err(failed)?;
    }
    std::fs::rename(&new_file, path).map_err(failed)?;
    let bundle_key = sealer.bundle_key().public();
    Ok(ReplacedKeyFile { operator: (id, secret), bundle_key, revoked, previous })
}

/// Returns the path with a dot and `ending` appended to the file name.
fn sibling(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use floorkey::{InstanceId, NewInstance};
    use floorkey_store::{Store, StoreSettings};

    use super::*;

    async fn service(folder: &Path) -> Arc<Service> {
        Service::start(Store::open(&StoreSettings { folder: folder.to_owned() }).unwrap()).await.unwrap()
    }

    async fn put_operator(service: &Service, sealer: &Sealer) {
        let (access_key_id, secret) = new_access_key();
        let sealed_secret = sealer.seal(access_key_id.as_str(), &secret).unwrap();
        service.store().put_operator_key(&OperatorKey { access_key_id, sealed_secret }).await.unwrap();
    }

    #[tokio::test]
    async fn a_key_file_is_created_only_if_nothing_is_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let (service, path) = (service(folder.path()).await, folder.path().join("floorkey.key"));
        let sealer = load_or_create(&service, &path).await.unwrap();
        put_operator(&service, &sealer).await;
        assert!(load_or_create(&service, &path).await.is_ok());

        std::fs::remove_file(&path).unwrap();
        let missing = load_or_create(&service, &path).await.map(drop).unwrap_err().to_string();
        assert!(missing.contains("floorkey.key is missing") && missing.contains("admin replace-key"), "{missing}");
        assert!(!path.exists());

        Sealer::create(&path).unwrap();
        let other = load_or_create(&service, &path).await.map(drop).unwrap_err().to_string();
        assert!(other.contains("floorkey.key can't decrypt"), "{other}");
    }

    #[tokio::test]
    async fn a_key_file_is_created_only_for_a_new_data_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (service, path) = (service(folder.path()).await, folder.path().join("floorkey.key"));
        let new = NewInstance {
            id: InstanceId::from_bits(7),
            alias: None,
            identity_management: "SAML".to_owned(),
            directory_id: None,
            attributes: Default::default(),
            tags: Default::default(),
            guard: None,
            administrator: None,
        };
        service.create_instance(&Actor::system(), &new).await.unwrap();
        let missing = load_or_create(&service, &path).await.map(drop).unwrap_err().to_string();
        assert!(missing.contains("floorkey.key is missing, but the data folder is not new"), "{missing}");
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_replaced_key_file_fits_and_the_previous_one_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (service, path) = (service(folder.path()).await, folder.path().join("floorkey.key"));
        put_operator(&service, &Sealer::new(&[7; 32])).await;
        for previous in [None, Some("floorkey.key.old-1"), Some("floorkey.key.old-2")] {
            // This file simulates an interrupted replacement. The next replacement overwrites the file.
            std::fs::write(sibling(&path, "new"), "half").unwrap();
            let replaced = replace(&service, &path).await.unwrap();
            assert_eq!(replaced.previous, previous.map(|name| folder.path().join(name)));
            let sealer = load_or_create(&service, &path).await.unwrap();
            let stored = service.store().operator_key().await.unwrap().unwrap();
            let (id, secret) = &replaced.operator;
            assert_eq!(&stored.access_key_id, id);
            assert_eq!(replaced.bundle_key, sealer.bundle_key().public());
            assert_eq!(sealer.open_sealed(id.as_str(), stored.sealed_secret.reveal()).unwrap(), *secret);
        }
    }
}
