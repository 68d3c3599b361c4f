//! Who asks: the bearer token (RFC 6750), which leads to its instance.
//!
//! Only the hash of a token is kept, and only the hash is looked for, so that how long a search takes tells nothing of
//! a token. It is looked up in the directory that answers now at every request: a revoked token opens nothing from then
//! on, and there is nothing to invalidate.

use std::sync::Arc;

use floorkey::{Directory, Timestamp};
use http::{HeaderMap, header};
use sha2::{Digest as _, Sha256};

use super::endpoint::Endpoint;
use super::fault::Fault;
use crate::engine::Engine;
use crate::outside;

/// The directory to ask, of the instance that the token belongs to.
///
/// # Errors
/// No token, one that opens nothing, or one that does not open this endpoint.
pub(super) fn admit(engine: &Engine, headers: &HeaderMap, endpoint: Endpoint) -> Result<Arc<Directory>, Fault> {
    let token = token(headers).ok_or_else(Fault::no_token)?;
    let hash: [u8; 32] = Sha256::digest(token).into();
    let directory = engine.find(|directory| directory.api_token_by_hash(&hash).is_some());
    let directory = directory.ok_or_else(Fault::token_unknown)?;
    check(&directory, &hash, endpoint, outside::now()).map(|()| directory)
}

fn check(directory: &Directory, hash: &[u8; 32], endpoint: Endpoint, at: Timestamp) -> Result<(), Fault> {
    let token = directory.api_token_by_hash(hash).filter(|token| !token.has_expired(at));
    let token = token.ok_or_else(Fault::token_unknown)?;
    match token.scopes.contains(&endpoint.scope()) {
        true => Ok(()),
        false => Err(Fault::out_of_scope(endpoint.scope())),
    }
}

/// The token of the one `Authorization` header.
fn token(headers: &HeaderMap) -> Option<&[u8]> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (only, None) = (all.next()?, all.next()) else { return None };
    let (scheme, token) = only.as_bytes().split_at_checked(7)?;
    let token = token.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"Bearer ") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn one_bearer_token_is_taken_and_nothing_else() {
        let token_in = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
            }
            token(&headers).map(|token| String::from_utf8_lossy(token).into_owned())
        };
        for taken in ["Bearer fk_abc", "bearer fk_abc", "BEARER  fk_abc "] {
            assert_eq!(token_in(&[taken]).as_deref(), Some("fk_abc"), "{taken}");
        }
        for refused in ["", "Bearer", "Bearer ", "Bearer   ", "Basic fk_abc", "fk_abc", "Bearerfk_abc"] {
            assert_eq!(token_in(&[refused]), None, "{refused}");
        }
        assert_eq!(token_in(&[]), None);
        assert_eq!(token_in(&["Bearer fk_abc", "Bearer fk_abc"]), None);
    }
}
