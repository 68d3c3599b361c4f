//! Tests with AWS's own test suite. The suite has 38 requests. Each request is signed once in a header and once in the
//! query.

use std::fs;
use std::path::{Path, PathBuf};

use floorkey_aws::sigv4::{AuthError, Claim};
use serde_json::Value;

use crate::oracle;
use crate::request::{Request, vector_terms};

/// The time at which all test vectors were signed, 2015-08-30T12:36:00Z, in seconds since 1970.
pub(super) const SIGNED_AT: i64 = 1_440_938_160;

pub(super) struct Vector {
    pub(super) name: String,
    /// Whether the path is normalized before it is signed.
    pub(super) normalize: bool,
    pub(super) request: Request,
    /// Whether the session token was added after signing, so that the signature does not cover the token.
    pub(super) has_unsigned_token: bool,
    canonical_request: Vec<u8>,
    string_to_sign: String,
    signature: String,
}

/// Returns all test vectors. There are two vectors for each request: one is signed in a header, the other in the query.
pub(super) fn vectors() -> Vec<Vector> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sigv4-vectors/v4");
    let mut folders: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let read = |folder: &Path, form: &str| {
        let file = |name: &str| fs::read(folder.join(format!("{form}-{name}.txt"))).unwrap();
        let line = |name: &str| String::from_utf8(file(name)).unwrap().trim_end().to_owned();
        let context: Value = serde_json::from_slice(&fs::read(folder.join("context.json")).unwrap()).unwrap();
        Vector {
            name: format!("{} ({form})", folder.file_name().unwrap().to_str().unwrap()),
            normalize: context["normalize"] == true,
            request: Request::parse(&file("signed-request")),
            has_unsigned_token: context["omit_session_token"] == true,
            canonical_request: line("canonical-request").into_bytes(),
            string_to_sign: line("string-to-sign"),
            signature: line("signature"),
        }
    };
    folders.iter().flat_map(|folder| [read(folder, "header"), read(folder, "query")]).collect()
}

/// Returns the request as it was signed. If the session token was added after signing, the token is removed.
fn as_signed(vector: &Vector) -> Request {
    let mut request = vector.request.clone();
    if vector.has_unsigned_token {
        request.headers.retain(|(name, _)| name != "X-Amz-Security-Token");
        let pairs: Vec<&str> =
            request.query.split('&').filter(|pair| !pair.starts_with("X-Amz-Security-Token=")).collect();
        request.query = pairs.join("&");
    }
    request
}

#[test]
fn every_step_is_that_of_the_vector() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 76);
    for vector in &vectors {
        let (request, terms) = (as_signed(vector), vector_terms(vector.normalize));
        request.with_parts(|parts| {
            let claim = Claim::read(parts).unwrap();
            let canonical = claim.canonical_request(&request.body, terms.normalization);
            assert_eq!(
                String::from_utf8_lossy(&canonical),
                String::from_utf8_lossy(&vector.canonical_request),
                "{}",
                vector.name
            );
            assert_eq!(claim.string_to_sign(&canonical), vector.string_to_sign, "{}", vector.name);
        });
        let stated = format!("{}{}", request.query, request.header("authorization").unwrap_or_default());
        assert!(stated.ends_with(&format!("Signature={}", vector.signature)), "{}", vector.name);
        assert_eq!(request.verify(SIGNED_AT, &terms), Ok(()), "{}", vector.name);
        assert!(oracle::accepts(&request, vector.normalize), "{}: the oracle is wrong", vector.name);
    }
}

#[test]
fn a_token_that_was_put_in_after_signing_is_refused() {
    let unsigned: Vec<Vector> = vectors().into_iter().filter(|vector| vector.has_unsigned_token).collect();
    assert_eq!(unsigned.len(), 2);
    for vector in unsigned {
        let error = vector.request.verify(SIGNED_AT, &vector_terms(vector.normalize)).unwrap_err();
        let expected = if vector.request.header("authorization").is_some() {
            AuthError::UnsignedHeader("x-amz-security-token".to_owned())
        } else {
            AuthError::Mismatch
        };
        assert_eq!(error, expected, "{}", vector.name);
    }
}

#[test]
fn all_other_vectors_are_accepted_as_they_came() {
    for vector in vectors().iter().filter(|vector| !vector.has_unsigned_token) {
        assert_eq!(vector.request.verify(SIGNED_AT, &vector_terms(vector.normalize)), Ok(()), "{}", vector.name);
    }
}
