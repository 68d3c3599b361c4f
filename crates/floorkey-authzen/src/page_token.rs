//! Page tokens of searches. A page token contains the revision at which the search began, and the position of the next
//! page.
//!
//! A page token can continue only the search that returned the token. The token is authenticated. It is bound to the
//! endpoint, the instance, the API token's settings, and the whole request except its `page`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use floorkey::{InstanceId, Revision, Timestamp, TokenSettings};
use floorkey_service::page_token::PageTokens;

use super::api_error::ApiError;
use super::endpoint::Endpoint;
use super::json::{ParseError, Reader, ValueKind};
use floorkey_service::engine::RETENTION;
use floorkey_service::entropy;

/// A random ID of this run of the server. A restart can change the positions of users in the directory. Therefore page
/// tokens with positions of users are valid only during one run.
static RUN_ID: LazyLock<[u8; 8]> = LazyLock::new(entropy::random_bytes);

/// A position in the results of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SearchPosition {
    /// The revision that all pages of the search are based on.
    pub(super) revision: Revision,
    /// The time at which the search began. All pages use this time to determine which time-limited assignments are in
    /// effect.
    pub(super) at: Timestamp,
    /// Maximum number of results per page.
    pub(super) limit: u64,
    /// The key of the last result that was returned; `None` if no results have been returned.
    pub(super) after: Option<String>,
}

/// The search that a page token belongs to.
pub(super) struct SearchIdentity<'a> {
    endpoint: Endpoint,
    tokens: PageTokens<'a>,
}

impl<'a> SearchIdentity<'a> {
    /// Returns the identity of the search in a request.
    ///
    /// # Errors
    /// Returns an error if the body is not JSON.
    pub(super) fn new(
        key: &'a [u8; 32],
        endpoint: Endpoint,
        instance: InstanceId,
        settings: &TokenSettings,
        body: &str,
    ) -> Result<Self, ParseError> {
        let mut query = String::with_capacity(body.len());
        canonical(&mut Reader::new(body), &mut query, true)?;
        if settings != TokenSettings::DEFAULT {
            // The meaning of a request depends on the token's settings, so the settings are part of the search's
            // identity.
            let TokenSettings { subject_types, resource_types, details } = settings;
            let _ = write!(query, "{subject_types:?}{resource_types:?}{details}");
        }
        Ok(Self { endpoint, tokens: PageTokens::new(key, endpoint.path(), instance.to_string(), &query) })
    }

    /// Returns the page token for the page that begins at the given position.
    pub(super) fn seal(&self, position: &SearchPosition) -> Result<String, ApiError> {
        let mut bytes = Vec::with_capacity(64);
        bytes.extend_from_slice(&self.run_id());
        bytes.extend_from_slice(&position.revision.0.to_be_bytes());
        bytes.extend_from_slice(&position.at.as_millis().to_be_bytes());
        bytes.extend_from_slice(&position.limit.to_be_bytes());
        if let Some(after) = &position.after {
            bytes.push(1);
            bytes.extend_from_slice(after.as_bytes());
        }
        self.tokens.seal(&bytes).map_err(|_| ApiError::internal())
    }

    /// Returns the position in a page token of this search.
    ///
    /// # Errors
    /// Returns an error if the page token belongs to another search, is not authentic, or has expired.
    pub(super) fn open(&self, token: &str, now: Timestamp) -> Result<SearchPosition, ApiError> {
        let bytes = self.tokens.open(token).map_err(|error| {
            ApiError::bad_request(format!(
                "`page.token` is invalid: {error}. Send the token of the last response unchanged, with \
                everything else as in the first request, or leave it out to start again."
            ))
        })?;
        let (run_id, bytes) = bytes.split_first_chunk().ok_or_else(ApiError::internal)?;
        let position = decode(bytes).ok_or_else(ApiError::internal)?;
        match has_expired(position.at, now) || *run_id != self.run_id() {
            true => Err(Self::expired()),
            false => Ok(position),
        }
    }

    /// Returns the error for a page token that has expired.
    pub(super) fn expired() -> ApiError {
        let minutes = RETENTION.as_secs() / 60;
        ApiError::bad_request(format!(
            "`page.token` has expired: a search is available for at most {minutes} minutes. Leave the token out \
            to start again."
        ))
    }

    /// Returns the ID of the run of the server during which positions of the search are valid. Returns zeros if they
    /// are valid in every run.
    fn run_id(&self) -> [u8; 8] {
        match self.endpoint {
            Endpoint::SubjectSearch => *RUN_ID,
            _ => [0; 8],
        }
    }
}

fn has_expired(started_at: Timestamp, now: Timestamp) -> bool {
    let age = now.as_millis().saturating_sub(started_at.as_millis());
    // If the clock was set back to a time before the search began, the age is negative, and the search has expired too.
    !u64::try_from(age).is_ok_and(|age| Duration::from_millis(age) < RETENTION)
}

fn decode(bytes: &[u8]) -> Option<SearchPosition> {
    let (revision, rest) = bytes.split_first_chunk()?;
    let (at, rest) = rest.split_first_chunk()?;
    let (limit, rest) = rest.split_first_chunk()?;
    let after = match rest.split_first() {
        None => None,
        Some((_, after)) => Some(String::from_utf8(after.to_vec()).ok()?),
    };
    Some(SearchPosition {
        revision: Revision(u64::from_be_bytes(*revision)),
        at: Timestamp::from_millis(i64::from_be_bytes(*at)),
        limit: u64::from_be_bytes(*limit),
        after,
    })
}

/// Writes a value in canonical form. Values that differ only in whitespace or in the order of members have the same
/// canonical form. The top-level member `page` is omitted.
fn canonical(reader: &mut Reader<'_>, out: &mut String, is_top: bool) -> Result<(), ParseError> {
    match reader.kind()? {
        ValueKind::Object => {
            let mut members = BTreeMap::new();
            reader.object(|reader, name| {
                if is_top && name == "page" {
                    return reader.skip();
                }
                let mut value = String::new();
                canonical(reader, &mut value, false)?;
                members.insert(name, value);
                Ok(())
            })?;
            for (name, value) in members {
                let _ = write!(out, "{name:?}:{value};");
            }
            out.push('}');
        }
        ValueKind::Array => {
            reader.array(|reader| {
                canonical(reader, out, false)?;
                out.push(',');
                Ok(())
            })?;
            out.push(']');
        }
        ValueKind::String => {
            let _ = write!(out, "{:?}", reader.string()?);
        }
        ValueKind::Number => out.push_str(reader.number()?),
        ValueKind::Bool => out.push_str(if reader.boolean()? { "true" } else { "false" }),
        ValueKind::Null => {
            reader.skip_null()?;
            out.push_str("null");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];
    const BODY: &str = r#"{"subject":{"type":"user"},"context":{"a":[1,"x",{"b":null,"c":true}]},"page":{"limit":2}}"#;

    fn search(body: &str) -> SearchIdentity<'static> {
        SearchIdentity::new(&KEY, Endpoint::SubjectSearch, InstanceId::from_bits(1), TokenSettings::DEFAULT, body)
            .unwrap()
    }

    fn started_at() -> SearchPosition {
        let at = Timestamp::from_millis(1_000_000);
        SearchPosition { revision: Revision(7), at, limit: 2, after: Some("ann".to_owned()) }
    }

    #[test]
    fn a_token_is_valid_for_its_own_search_only() {
        let first = search(BODY);
        for after in [None, Some(String::new()), Some("ann".to_owned())] {
            let position = SearchPosition { after, ..started_at() };
            let token = first.seal(&position).unwrap();
            assert_eq!(first.open(&token, position.at).unwrap(), position);
        }
        let token = first.seal(&started_at()).unwrap();
        let opens = |search: &SearchIdentity<'_>| search.open(&token, started_at().at).is_ok();
        // A page token stays valid if the next request differs only in its `page`, in whitespace, or in the order of
        // members.
        let next =
            r#"{ "context":{"a":[1,"x",{"c":true,"b":null}]}, "page":{"token":"t"}, "subject":{"type":"user"} }"#;
        assert!(opens(&search(next)));
        for other in [
            BODY.replace("user", "User"),
            BODY.replace("\"b\":null", "\"b\":\"null\""),
            BODY.replace("[1,", "[1.0,"),
            BODY.replace("\"page\"", "\"more\""),
        ] {
            assert!(!opens(&search(&other)), "{other}");
        }
        assert!(!opens(
            &SearchIdentity::new(
                &KEY,
                Endpoint::ResourceSearch,
                InstanceId::from_bits(1),
                TokenSettings::DEFAULT,
                BODY
            )
            .unwrap()
        ));
        assert!(!opens(
            &SearchIdentity::new(&KEY, Endpoint::SubjectSearch, InstanceId::from_bits(2), TokenSettings::DEFAULT, BODY)
                .unwrap()
        ));
        let subject_types = std::collections::BTreeSet::from(["identity".to_owned()]);
        let settings = TokenSettings { subject_types, ..TokenSettings::default() };
        assert!(!opens(
            &SearchIdentity::new(&KEY, Endpoint::SubjectSearch, InstanceId::from_bits(1), &settings, BODY).unwrap()
        ));
        let other_key = SearchIdentity::new(
            &[8; 32],
            Endpoint::SubjectSearch,
            InstanceId::from_bits(1),
            TokenSettings::DEFAULT,
            BODY,
        );
        assert!(!opens(&other_key.unwrap()));
        assert!(first.open("", started_at().at).is_err());
    }

    #[test]
    fn a_token_expires() {
        let (search, position) = (search(BODY), started_at());
        let token = search.seal(&position).unwrap();
        let open = |after: i64| search.open(&token, Timestamp::from_millis(position.at.as_millis() + after));
        let whole = i64::try_from(RETENTION.as_millis()).unwrap();
        assert!(open(whole - 1).is_ok());
        assert!(open(whole).is_err());
        assert!(open(-1).is_err(), "a token from the future");
    }
}
