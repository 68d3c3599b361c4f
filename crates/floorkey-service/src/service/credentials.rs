//! Credentials that the server generates.

use floorkey::AccessKeyId;
use zeroize::Zeroizing;

use crate::entropy;

/// Generates an access key in the AWS format. The ID is `AKIA` followed by 16 letters and digits, and the secret has 40
/// characters.
pub fn new_access_key() -> (AccessKeyId, Zeroizing<String>) {
    use base64::Engine as _;
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let secret = Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(entropy::random_bytes::<30>()));
    loop {
        let bytes: [u8; 16] = entropy::random_bytes();
        let letter = |byte: u8| ALPHABET.get(usize::from(byte % 32)).copied().map(char::from);
        let tail: String = bytes.into_iter().filter_map(letter).collect();
        if let Some(id) = AccessKeyId::parse(&format!("AKIA{tail}")) {
            return (id, secret);
        }
    }
}
