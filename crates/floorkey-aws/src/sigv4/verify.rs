//! Verification of signatures.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use super::canonical::{PathNormalization, canonical_request, decoded_pairs};
use super::claim::{ALGORITHM, Claim};
use super::error::AuthError;
use super::key::{SigningKey, TERMINATOR};
use super::time;

/// The maximum number of seconds that the client's clock may be ahead of or behind the server's clock. AWS has the same
/// maximum.
pub const SKEW_SECONDS_MAX: i64 = 300;

/// Headers that may occur only once. If one of them occurred twice, other software might use a different value than
/// this server.
const SINGLETONS: [&str; 7] =
    ["authorization", "content-encoding", "content-length", "content-type", "date", "host", "transfer-encoding"];

/// The credential scope and path normalization that the server requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms<'a> {
    /// The only accepted region.
    pub region: &'a str,
    /// The only accepted service.
    pub service: &'a str,
    /// The normalization of signed paths.
    pub normalization: PathNormalization,
}

impl<'a> Terms<'a> {
    /// Returns the requirements for signed Amazon Connect requests in `region`: the service must be `connect`, and
    /// paths are used as received.
    #[must_use]
    pub fn connect(region: &'a str) -> Self {
        Self { region, service: "connect", normalization: PathNormalization::AsReceived }
    }

    /// Returns the requirements for signed Security Token Service requests in `region`: the service must be `sts`, and
    /// paths are used as received.
    #[must_use]
    pub fn sts(region: &'a str) -> Self {
        Self { region, service: "sts", normalization: PathNormalization::AsReceived }
    }
}

impl Claim<'_> {
    /// Checks that the request, including the received `body`, was signed with `key`, and that the signature meets
    /// `terms`. The time of the signature may differ from `now_unix_seconds` by at most [`SKEW_SECONDS_MAX`]. A
    /// presigned GET or HEAD request is valid until it expires. A presigned request with any other method is valid for
    /// at most [`SKEW_SECONDS_MAX`].
    ///
    /// Does not check session tokens. The caller must decide whether to accept a request with a session token.
    ///
    /// # Errors
    ///
    /// Returns the error of the first check that fails. The checks run in this order: the scope, the signed headers,
    /// the time, the hash of the body in the request, and the signature.
    pub fn verify(
        &self,
        key: &SigningKey,
        body: &[u8],
        now_unix_seconds: i64,
        terms: &Terms<'_>,
    ) -> Result<(), AuthError> {
        self.check_scope(terms)?;
        self.check_headers()?;
        self.check_time(now_unix_seconds)?;
        let body_hash = Hex::sha256(body);
        self.check_payload(body_hash.as_str())?;
        let canonical = canonical_request(&self.parts, terms.normalization, &self.signed_headers, body_hash.as_str());
        if key.verifies(self.string_to_sign(&canonical).as_bytes(), &self.signature) {
            Ok(())
        } else {
            Err(AuthError::Mismatch)
        }
    }

    /// Returns the canonical request that the client should have signed. It helps to find out why a signature does not
    /// match.
    #[must_use]
    pub fn canonical_request(&self, body: &[u8], normalization: PathNormalization) -> Vec<u8> {
        canonical_request(&self.parts, normalization, &self.signed_headers, Hex::sha256(body).as_str())
    }

    /// Returns the string to sign for a canonical request.
    #[must_use]
    pub fn string_to_sign(&self, canonical_request: &[u8]) -> String {
        let hash = Hex::sha256(canonical_request);
        let parts = [
            ALGORITHM,
            "\n",
            &self.timestamp,
            "\n",
            &self.date,
            "/",
            &self.region,
            "/",
            &self.service,
            "/",
            &self.terminator,
            "\n",
            hash.as_str(),
        ];
        parts.concat()
    }

    fn check_scope(&self, terms: &Terms<'_>) -> Result<(), AuthError> {
        let day = self.timestamp.split('T').next().unwrap_or_default();
        for (field, found, wanted) in [
            ("date", &self.date, day),
            ("region", &self.region, terms.region),
            ("service", &self.service, terms.service),
            ("terminator", &self.terminator, TERMINATOR),
        ] {
            if found != wanted {
                return Err(AuthError::Scope { field, found: found.clone().into_owned(), wanted: wanted.to_owned() });
            }
        }
        Ok(())
    }

    /// Checks that `host` and all `x-amz-*` headers are signed. Also checks that every signed header is present, and
    /// that headers that may occur only once are not repeated.
    fn check_headers(&self) -> Result<(), AuthError> {
        let is_signed = |name: &str| self.signed_headers.binary_search_by(|signed| (**signed).cmp(name)).is_ok();
        for (name, _) in self.parts.headers.iter().filter(|(name, _)| has_amz_prefix(name)) {
            let name = lower(name);
            if !is_signed(&name) {
                return Err(AuthError::UnsignedHeader(name.into_owned()));
            }
        }
        if !is_signed("host") {
            return Err(AuthError::UnsignedHeader("host".to_owned()));
        }
        for name in &self.signed_headers {
            let found = self.parts.values(name).count();
            let is_singleton = name.starts_with("x-amz-") || SINGLETONS.contains(&&**name);
            if found == 0 || (is_singleton && found > 1) {
                return Err(AuthError::HeaderCount { name: name.clone().into_owned(), found });
            }
        }
        Ok(())
    }

    fn check_time(&self, now: i64) -> Result<(), AuthError> {
        let counts_seconds = match self.presigned {
            Some(presigned) if self.is_read_only() => presigned.expires_seconds,
            Some(presigned) => presigned.expires_seconds.min(SKEW_SECONDS_MAX),
            None => SKEW_SECONDS_MAX,
        };
        let (earliest, latest) = (now.saturating_sub(counts_seconds), now.saturating_add(SKEW_SECONDS_MAX));
        if self.signed_at < earliest {
            return Err(AuthError::Expired {
                signed_at: self.timestamp.clone().into_owned(),
                earliest: time::format(earliest),
                now: time::format(now),
                seconds: counts_seconds,
            });
        }
        if self.signed_at > latest {
            return Err(AuthError::NotYetCurrent {
                signed_at: self.timestamp.clone().into_owned(),
                latest: time::format(latest),
                now: time::format(now),
                seconds: SKEW_SECONDS_MAX,
            });
        }
        Ok(())
    }

    /// Checks all hashes of the body that the request's headers or query contain.
    fn check_payload(&self, body_hash: &str) -> Result<(), AuthError> {
        const NAME: &str = "X-Amz-Content-Sha256";
        let in_headers = self.parts.values(NAME).map(Cow::Borrowed);
        let in_query = decoded_pairs(self.parts.raw_query).filter(|(name, _)| **name == *NAME.as_bytes());
        for stated in in_headers.chain(in_query.map(|(_, value)| value)) {
            let stated = stated.trim_ascii();
            if stated == b"UNSIGNED-PAYLOAD" || stated.starts_with(b"STREAMING-") {
                return Err(AuthError::UnsignedPayload);
            }
            if stated != body_hash.as_bytes() {
                return Err(AuthError::PayloadHash);
            }
        }
        Ok(())
    }
}

/// Whether a header's name begins with `x-amz-`, in any letter case.
fn has_amz_prefix(name: &str) -> bool {
    name.as_bytes().get(..6).is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"x-amz-"))
}

/// Returns a header's name in lowercase. HTTP libraries already return most names in lowercase.
fn lower(name: &str) -> Cow<'_, str> {
    match name.bytes().any(|b| b.is_ascii_uppercase()) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Borrowed(name),
    }
}

/// A SHA-256 hash as hexadecimal digits.
struct Hex([u8; 64]);

impl Hex {
    fn sha256(bytes: &[u8]) -> Self {
        let mut digits = [0; 64];
        let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + (value - 10) };
        for ([high, low], byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(Sha256::digest(bytes)) {
            (*high, *low) = (digit(byte >> 4), digit(byte & 15));
        }
        Self(digits)
    }

    /// Returns the digits, which are ASCII.
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}
