//! Parsing of signatures, which are verified later.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest as _, Sha256};

use super::canonical::decoded_pairs;
use super::error::AuthError;
use super::key::SigningKey;
use super::request::RequestParts;
use super::time;

/// The only accepted algorithm.
pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The maximum length of an access key ID, in characters. AWS has the same limit.
const ACCESS_KEY_ID_CHARACTERS_MAX: usize = 128;

/// The maximum validity period of a presigned URL: one week.
const EXPIRES_SECONDS_MAX: i64 = 604_800;

/// The unverified signature of a request, with a reference to the request. [`Claim::verify`] verifies the signature.
#[derive(Clone)]
pub struct Claim<'a> {
    /// The parts of the request that a signature covers.
    pub(super) parts: RequestParts<'a>,
    /// The ID of the access key. The caller must look up the secret of this access key.
    pub access_key_id: Cow<'a, str>,
    /// The date in the credential scope: `YYYYMMDD`.
    pub date: Cow<'a, str>,
    /// The region in the credential scope.
    pub region: Cow<'a, str>,
    /// The service in the credential scope.
    pub service: Cow<'a, str>,
    /// The last part of the credential scope.
    pub(super) terminator: Cow<'a, str>,
    /// The names of the signed headers, in lowercase, sorted and without duplicates.
    pub signed_headers: Vec<Cow<'a, str>>,
    /// The signature.
    pub(super) signature: [u8; 32],
    /// The time of the signature, as written in the request, for example `20150830T123600Z`.
    pub timestamp: Cow<'a, str>,
    /// The time of the signature, in seconds since 1970.
    pub(super) signed_at: i64,
    /// The parameters of a presigned request; present only if the signature is in the query.
    pub presigned: Option<Presigned>,
    /// The session token of temporary credentials, if the request has one.
    pub security_token: Option<Cow<'a, str>>,
}

/// The additional parameters of a presigned request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presigned {
    /// The validity period in seconds, 1 to 604800.
    pub expires_seconds: i64,
}

impl<'a> Claim<'a> {
    /// Parses the signature from the header `Authorization`, or from the query if the request is presigned.
    ///
    /// # Errors
    ///
    /// Returns [`AuthError::Missing`] if there is no signature. Returns [`AuthError::Incomplete`] if the signature
    /// can't be parsed, if there are two `Authorization` headers, or if both the header and the query have a signature.
    pub fn read(parts: RequestParts<'a>) -> Result<Self, AuthError> {
        if parts.headers.iter().any(|(_, value)| value.iter().any(|b| matches!(b, b'\r' | b'\n' | 0))) {
            return Err(incomplete("A header has a line break in it."));
        }
        let query = signing_parameters(parts.raw_query)?;
        let presigned =
            ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"].iter().any(|n| query.contains_key(*n));
        let mut authorizations = parts.values("authorization");
        match (authorizations.next(), authorizations.next(), presigned) {
            (_, Some(_), _) => Err(incomplete("The request has more than one Authorization header.")),
            (Some(_), None, true) => {
                Err(incomplete("The request is signed in a header and in the query. Use one of them."))
            }
            (Some(value), None, false) => from_header(parts, value),
            (None, _, true) => from_query(parts, &query),
            (None, _, false) => Err(AuthError::Missing),
        }
    }

    /// Derives the signing key for the credential scope of this claim. `secret` is the secret of the access key.
    #[must_use]
    pub fn signing_key(&self, secret: &str) -> SigningKey {
        SigningKey::derive(secret, &self.date, &self.region, &self.service)
    }

    /// Returns the time at which the request was signed, according to the caller's clock, in seconds since 1970.
    #[must_use]
    pub const fn signed_at(&self) -> i64 {
        self.signed_at
    }

    /// Returns the SHA-256 hash of the signature. The hash identifies the signature, but can't be used to sign a
    /// request.
    #[must_use]
    pub fn signature_hash(&self) -> [u8; 32] {
        Sha256::digest(self.signature).into()
    }

    /// Whether the request's method is read-only.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        matches!(self.parts.method, "GET" | "HEAD")
    }

    /// Returns the credential scope.
    pub(super) fn scope(&self) -> String {
        format!("{}/{}/{}/{}", self.date, self.region, self.service, self.terminator)
    }
}

/// Omits the signature and the session token, because they must not be logged.
impl fmt::Debug for Claim<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("parts", &self.parts)
            .field("access_key_id", &self.access_key_id)
            .field("scope", &self.scope())
            .field("timestamp", &self.timestamp)
            .field("signed_headers", &self.signed_headers)
            .field("presigned", &self.presigned)
            .finish_non_exhaustive()
    }
}

/// Whether the signature of a request names this service, even if the signature can't be parsed. The named service
/// responds to the request, so that errors about the signature have that service's format.
#[must_use]
pub fn is_signed_for(service: &str, parts: &RequestParts<'_>) -> bool {
    let names_service =
        |credential: &str| credential.split('/').nth(3).is_some_and(|stated| stated.eq_ignore_ascii_case(service));
    let in_header = parts.values("authorization").filter_map(|value| std::str::from_utf8(value).ok()).any(|value| {
        let credential = value.split_once("Credential=").map_or("", |(_, rest)| rest);
        value.trim_start().starts_with("AWS4-")
            && names_service(credential.split([',', ' ']).next().unwrap_or_default())
    });
    in_header
        || decoded_pairs(parts.raw_query)
            .filter(|(name, _)| **name == *b"X-Amz-Credential")
            .any(|(_, value)| std::str::from_utf8(&value).is_ok_and(names_service))
}

fn incomplete(sentence: impl Into<String>) -> AuthError {
    AuthError::Incomplete(sentence.into())
}

fn from_header<'a>(parts: RequestParts<'a>, value: &'a [u8]) -> Result<Claim<'a>, AuthError> {
    let text = std::str::from_utf8(value).map_err(|_| incomplete("The Authorization header is not valid text."))?;
    let (scheme, fields) = text.trim().split_once([' ', '\t']).unwrap_or((text.trim(), ""));
    if !scheme.starts_with("AWS4-") {
        // Other credentials, such as a bearer token, are not treated as a signature.
        return Err(AuthError::Missing);
    }
    check_algorithm(scheme)?;
    let (mut credential, mut signed_headers, mut signature) = (None, None, None);
    for field in fields.split(',') {
        let (name, value) = field.trim().split_once('=').unwrap_or((field.trim(), ""));
        let found = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => return Err(incomplete(FIELDS)),
        };
        if found.replace(value).is_some() {
            return Err(incomplete(FIELDS));
        }
    }
    let field = |name: &str, found: Option<&'a str>| {
        found.ok_or_else(|| incomplete(format!("The Authorization header has no {name}.")))
    };
    let date =
        single_header(parts, "x-amz-date")?.ok_or_else(|| incomplete("The request has no header X-Amz-Date."))?;
    let stated = Stated {
        credential: field("Credential", credential)?,
        signed_headers: field("SignedHeaders", signed_headers)?,
        signature: field("Signature", signature)?,
        date,
        security_token: single_header(parts, "x-amz-security-token")?,
        presigned: None,
    };
    stated.into_claim(parts, Cow::Borrowed)
}

/// The error message for an `Authorization` header with missing, repeated or unknown fields.
const FIELDS: &str =
    "The Authorization header must have Credential, SignedHeaders and Signature, each once, and nothing else.";

fn single_header<'a>(parts: RequestParts<'a>, name: &str) -> Result<Option<&'a str>, AuthError> {
    let mut values = parts.values(name);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => match std::str::from_utf8(value) {
            Ok(text) => Ok(Some(text.trim())),
            Err(_) => Err(incomplete(format!("The header {name} is not valid text."))),
        },
        (Some(_), Some(_)) => Err(incomplete(format!("The request has more than one header {name}."))),
    }
}

/// Collects the query parameters that belong to the signature. Duplicate names are rejected.
fn signing_parameters(raw_query: &str) -> Result<BTreeMap<String, String>, AuthError> {
    let mut found = BTreeMap::new();
    for (name, value) in decoded_pairs(raw_query).filter(|(name, _)| name.starts_with(b"X-Amz-")) {
        let text = |bytes: Cow<'_, [u8]>| {
            String::from_utf8(bytes.into_owned()).map_err(|_| incomplete("A parameter X-Amz-* is not valid text."))
        };
        let (name, value) = (text(name)?, text(value)?);
        if found.contains_key(&name) {
            return Err(incomplete(format!(
                "The query parameter {} occurs more than once.",
                crate::json::shown(&name)
            )));
        }
        found.insert(name, value);
    }
    Ok(found)
}

fn from_query<'a>(parts: RequestParts<'a>, query: &BTreeMap<String, String>) -> Result<Claim<'a>, AuthError> {
    let field = |name: &str| {
        query.get(name).map(String::as_str).ok_or_else(|| incomplete(format!("The presigned request has no {name}.")))
    };
    check_algorithm(field("X-Amz-Algorithm")?)?;
    let expires = field("X-Amz-Expires")?;
    let digits = !expires.is_empty() && expires.bytes().all(|b| b.is_ascii_digit());
    let expires_seconds = expires.parse().ok().filter(|seconds| digits && (1..=EXPIRES_SECONDS_MAX).contains(seconds));
    let header_token = single_header(parts, "x-amz-security-token")?;
    let stated = Stated {
        credential: field("X-Amz-Credential")?,
        signed_headers: field("X-Amz-SignedHeaders")?,
        signature: field("X-Amz-Signature")?,
        date: field("X-Amz-Date")?,
        security_token: query.get("X-Amz-Security-Token").map(String::as_str).or(header_token),
        presigned: Some(Presigned {
            expires_seconds: expires_seconds
                .ok_or_else(|| incomplete(format!("X-Amz-Expires must be 1 to {EXPIRES_SECONDS_MAX} seconds.")))?,
        }),
    };
    stated.into_claim(parts, |text| Cow::Owned(text.to_owned()))
}

fn check_algorithm(name: &str) -> Result<(), AuthError> {
    if name == ALGORITHM { Ok(()) } else { Err(incomplete(format!("Only the algorithm {ALGORITHM} is supported."))) }
}

/// The fields of a signature before they are parsed. They come from a header or the query.
struct Stated<'s> {
    credential: &'s str,
    signed_headers: &'s str,
    signature: &'s str,
    date: &'s str,
    security_token: Option<&'s str>,
    presigned: Option<Presigned>,
}

impl<'s> Stated<'s> {
    /// Parses the fields. `keep` converts each string to the type that [`Claim`] uses.
    fn into_claim<'a>(
        self,
        parts: RequestParts<'a>,
        keep: impl Fn(&'s str) -> Cow<'a, str>,
    ) -> Result<Claim<'a>, AuthError> {
        let mut fields = self.credential.split('/');
        let five: [Option<&str>; 5] = std::array::from_fn(|_| fields.next());
        let ([Some(access_key_id), Some(date), Some(region), Some(service), Some(terminator)], None) =
            (five, fields.next())
        else {
            return Err(incomplete("Credential must be ACCESS-KEY-ID/YYYYMMDD/REGION/SERVICE/aws4_request."));
        };
        let is_id = |id: &str| {
            (1..=ACCESS_KEY_ID_CHARACTERS_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic())
        };
        if !is_id(access_key_id) {
            return Err(incomplete("Credential must begin with an access key ID of 1 to 128 characters."));
        }
        let signed_at = time::parse(self.date)
            .ok_or_else(|| incomplete("X-Amz-Date must be a time in UTC like 20150830T123600Z."))?;
        check_signed_headers(self.signed_headers)?;
        Ok(Claim {
            parts,
            access_key_id: keep(access_key_id),
            date: keep(date),
            region: keep(region),
            service: keep(service),
            terminator: keep(terminator),
            signed_headers: self.signed_headers.split(';').map(&keep).collect(),
            signature: signature(self.signature)
                .ok_or_else(|| incomplete("Signature must be 64 lowercase hexadecimal digits."))?,
            timestamp: keep(self.date),
            signed_at,
            presigned: self.presigned,
            security_token: self.security_token.map(&keep),
        })
    }
}

/// Checks the list of signed headers. The names must be in lowercase, sorted and without duplicates, because the list
/// is part of the signed text.
fn check_signed_headers(list: &str) -> Result<(), AuthError> {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase() && b != b':')
    };
    if list.split(';').all(is_name) && list.split(';').is_sorted_by(|a, b| a < b) {
        Ok(())
    } else {
        Err(incomplete("SignedHeaders must be lowercase names, sorted, each once, separated by `;`."))
    }
}

fn signature(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != bytes.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? * 16 + digit(*low)?;
    }
    Some(bytes)
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}
