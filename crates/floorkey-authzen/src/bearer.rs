//! Authentication by bearer token (RFC 6750). The token also identifies the instance.
//!
//! Only hashes of tokens are stored and compared, so response times reveal nothing about a token. Each request looks up
//! the hash in the current directory without a cache. Therefore a token stops working immediately when it is revoked.

use std::sync::Arc;

use floorkey::{ApiToken, Directory, Timestamp, TokenSettings};
use http::{HeaderMap, header};
use sha2::{Digest as _, Sha256};

use super::api_error::ApiError;
use super::endpoint::Endpoint;
use floorkey_service::engine::Engine;

/// The hash of the token in a request.
pub(super) struct BearerToken([u8; 32]);

impl BearerToken {
    /// Returns the hash of the token in the request headers.
    ///
    /// # Errors
    /// Returns an error if the request does not have exactly one bearer token.
    pub(super) fn from_headers(headers: &HeaderMap) -> Result<Self, ApiError> {
        bearer_token(headers).map(|token| Self(Sha256::digest(token).into())).ok_or_else(ApiError::no_token)
    }

    /// Returns the current directory of the token's instance, and the token's settings.
    ///
    /// # Errors
    /// Returns an error if the token is not valid at the given time, or lacks the scope required by the endpoint.
    pub(super) fn authorize(
        &self,
        engine: &Engine,
        endpoint: Endpoint,
        at: Timestamp,
    ) -> Result<(Arc<Directory>, ActiveTokenSettings), ApiError> {
        let mut token_settings = None;
        let directory = engine.find(|directory| {
            let token = directory.api_token_by_hash(&self.0).filter(|token| !token.has_expired(at));
            token_settings = token
                .map(|token| token.scopes.contains(&endpoint.scope()).then(|| ActiveTokenSettings::from_token(token)));
            token_settings.is_some()
        });
        match (directory, token_settings) {
            (Some(directory), Some(Some(settings))) => Ok((directory, settings)),
            (Some(_), Some(None)) => Err(ApiError::out_of_scope(endpoint.scope())),
            _ => Err(ApiError::invalid_token()),
        }
    }
}

/// The settings of a token. `None` stands for the default settings, which most tokens have.
#[derive(Clone)]
pub(super) struct ActiveTokenSettings(Option<Arc<ApiToken>>);

impl ActiveTokenSettings {
    fn from_token(token: &Arc<ApiToken>) -> Self {
        Self((token.settings != *TokenSettings::DEFAULT).then(|| token.clone()))
    }
}

impl std::ops::Deref for ActiveTokenSettings {
    type Target = TokenSettings;

    fn deref(&self) -> &TokenSettings {
        self.0.as_ref().map_or(TokenSettings::DEFAULT, |token| &token.settings)
    }
}

/// Returns the bearer token in the `Authorization` header. Returns `None` if there is no token, or if the header occurs
/// more than once.
fn bearer_token(headers: &HeaderMap) -> Option<&[u8]> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (all.next()?, all.next()) else { return None };
    let (scheme, token) = value.as_bytes().split_at_checked(7)?;
    let token = token.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"Bearer ") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn one_bearer_token_is_accepted_and_nothing_else() {
        let token_in = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
            }
            bearer_token(&headers).map(|token| String::from_utf8_lossy(token).into_owned())
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
