//! Argon2 that uses the same memory for many hashes.
//!
//! Argon2 needs aligned memory. The GNU C library before version 2.38 does not use such memory again after it was freed,
//! so a server that allocated 19 MiB for each hash would grow to more than half a gigabyte.

use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::password_hash::{CustomizedPasswordHasher, PasswordHasher, Result, Version};
use argon2::{Algorithm, Argon2, Block, Params};

/// The memory of hashes that are complete. It never contains more than the memory of the hashes that ran at the same
/// time.
static FREE: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// Argon2id with the given parameters.
#[derive(Default)]
pub(crate) struct PooledArgon2(Argon2<'static>);

impl PooledArgon2 {
    /// Creates a hasher for new passwords.
    pub(crate) fn new(params: Params) -> Self {
        Self(Argon2::new(Algorithm::Argon2id, argon2::Version::V0x13, params))
    }
}

impl PasswordHasher<PasswordHash> for PooledArgon2 {
    fn hash_password_with_salt(&self, password: &[u8], salt: &[u8]) -> Result<PasswordHash> {
        let (params, salt) = (self.0.params(), Salt::new(salt)?);
        let mut output = vec![0; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
        let mut memory = take(params.block_count());
        let hashed = self.0.hash_password_into_with_memory(password, &salt, &mut output, memory.as_mut_slice());
        lock().push(memory);
        hashed?;
        Ok(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(argon2::Version::V0x13.into()),
            params: params.try_into()?,
            salt: Some(salt),
            hash: Some(Output::new(&output)?),
        })
    }
}

/// Lets a password be compared with a stored hash that has other parameters.
impl CustomizedPasswordHasher<PasswordHash> for PooledArgon2 {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<Version>,
        params: Params,
    ) -> Result<PasswordHash> {
        let algorithm = algorithm.map(Algorithm::try_from).transpose()?.unwrap_or_default();
        let version = version.map(argon2::Version::try_from).transpose()?.unwrap_or_default();
        Self(Argon2::new(algorithm, version, params)).hash_password_with_salt(password, salt)
    }
}

/// Returns memory with exactly this number of blocks. The content does not matter, because Argon2 overwrites it.
fn take(blocks: usize) -> Vec<Block> {
    let mut memory = lock().pop().unwrap_or_default();
    memory.resize(blocks, Block::new());
    memory
}

fn lock() -> std::sync::MutexGuard<'static, Vec<Vec<Block>>> {
    FREE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier as _;

    use super::*;

    #[test]
    fn hashes_equal_those_of_the_crate_whatever_the_memory_was_used_for_before() {
        let salt = [7; 16];
        for (memory_kib, passes) in [(256, 2), (64, 1), (512, 3), (256, 2)] {
            let params = Params::new(memory_kib, passes, 1, None).unwrap();
            let theirs = Argon2::new(Algorithm::Argon2id, argon2::Version::V0x13, params.clone());
            let theirs: PasswordHash = theirs.hash_password_with_salt(b"Passw0rd", &salt).unwrap();
            let ours = PooledArgon2::new(params).hash_password_with_salt(b"Passw0rd", &salt).unwrap();
            assert_eq!(ours.to_string(), theirs.to_string());
            assert!(PooledArgon2::default().verify_password(b"Passw0rd", &theirs).is_ok());
            assert!(PooledArgon2::default().verify_password(b"Passw0rd!", &theirs).is_err());
        }
    }
}
