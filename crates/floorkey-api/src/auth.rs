//! Authentication of calls by their signatures.

use std::hash::BuildHasher as _;
use std::sync::{Arc, Mutex, PoisonError};

use floorkey::{AccessKeyId, Actor, Authentication, CallSignature, Directory, InstanceId, Principal, Timestamp};
use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_aws::sigv4::{AuthError, Claim, RequestParts, SigningKey, Terms};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use http::header;

use crate::Api;
use floorkey_http::FullRequest;
use floorkey_service::clock;

/// Maximum number of cached signing keys. With a cached key, an access key's secret is decrypted once a day instead of
/// once per call.
const CACHED_KEYS_MAX: usize = 10_000;

/// Maximum number of characters to record from the `User-Agent` header.
const AGENT_CHARS_MAX: usize = 256;

/// The region of STS's global endpoint. Older clients sign calls to STS for this region, regardless of their own
/// region.
const STS_GLOBAL_REGION: &str = "us-east-1";

/// Cached signing keys by access key ID and date.
#[derive(Default)]
pub struct SigningKeys {
    cached: Mutex<HashTable<CachedKey>>,
    hasher: RandomState,
}

struct CachedKey {
    id: AccessKeyId,
    date: String,
    key: Arc<SigningKey>,
}

impl SigningKeys {
    fn get(&self, id: &AccessKeyId, date: &str) -> Option<Arc<SigningKey>> {
        let hash = self.hasher.hash_one((id, date));
        let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        cached.find(hash, |entry| entry.id == *id && entry.date == date).map(|entry| entry.key.clone())
    }

    fn insert(&self, id: &AccessKeyId, date: &str, key: Arc<SigningKey>) {
        let hash = |entry: &CachedKey| self.hasher.hash_one((&entry.id, entry.date.as_str()));
        let new = CachedKey { id: id.clone(), date: date.to_owned(), key };
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.len() >= CACHED_KEYS_MAX {
            cached.clear();
        }
        match cached.entry(hash(&new), |entry| entry.id == new.id && entry.date == new.date, hash) {
            Entry::Occupied(mut entry) => *entry.get_mut() = new,
            Entry::Vacant(slot) => drop(slot.insert(new)),
        }
    }
}

/// The service that a call must be signed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignedService {
    /// Amazon Connect, in this server's region.
    Connect,
    /// The Security Token Service, in this server's region or in the region of the STS global endpoint.
    Sts,
}

impl SignedService {
    fn terms<'t>(self, api: &'t Api, claim: &Claim<'_>) -> Terms<'t> {
        match self {
            Self::Connect => Terms::connect(&api.region),
            Self::Sts if claim.region == STS_GLOBAL_REGION => Terms::sts(STS_GLOBAL_REGION),
            Self::Sts => Terms::sts(&api.region),
        }
    }
}

/// Whether a request has a SigV4 signature in its `Authorization` header or in its query string.
pub fn is_signed(parts: &http::request::Parts) -> bool {
    let in_header = parts
        .headers
        .get_all(header::AUTHORIZATION)
        .iter()
        .any(|value| value.as_bytes().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"AWS4-")));
    in_header
        || parts
            .uri
            .query()
            .is_some_and(|query| query.contains("X-Amz-Signature") || query.contains("X-Amz-Credential"))
}

/// Returns the names and values of a request's headers, as the verification of signatures takes them.
pub(crate) fn header_pairs(headers: &http::HeaderMap) -> Vec<(&str, &[u8])> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}

/// Returns the parts of a request that a signature covers, except the body.
pub(crate) fn request_parts<'a>(
    parts: &'a http::request::Parts,
    headers: &'a [(&'a str, &'a [u8])],
) -> RequestParts<'a> {
    RequestParts {
        method: parts.method.as_str(),
        raw_path: parts.uri.path(),
        raw_query: parts.uri.query().unwrap_or_default(),
        headers,
    }
}

/// Checks the credentials in a call's headers and query string before its body is read. The signature must have a valid
/// format, and the access key must exist.
///
/// # Errors
/// Returns the same kinds of errors as [`authenticate`].
pub(crate) fn check_credentials(api: &Api, parts: &http::request::Parts) -> Result<(), Exception> {
    let headers = header_pairs(&parts.headers);
    let parts = request_parts(parts, &headers);
    KeyOwner::find(api, &Claim::read(parts)?)?;
    Ok(())
}

/// The owner of the access key that a call is signed with.
enum KeyOwner {
    /// The operator.
    Operator,
    /// A user of the instance that has the directory.
    User(Arc<Directory>, AccessKeyId),
    /// Unknown. The call is carried out for the operator, and its signature is not verified.
    Unverified(AccessKeyId),
}

impl KeyOwner {
    /// Finds the owner of the access key in a claim.
    ///
    /// # Errors
    /// Returns an error if the access key is unknown, or if the credentials were issued by another service.
    fn find(api: &Api, claim: &Claim<'_>) -> Result<Self, AuthError> {
        let id = AccessKeyId::parse(&claim.access_key_id);
        let is_operator = id.as_ref() == Some(&api.operator.id);
        let known = id.as_ref().filter(|_| !is_operator);
        let directory = known.and_then(|id| api.service.engine().directory_by_access_key(id));
        if !is_operator && directory.is_none() && api.unknown_keys.act_as_operator(id.as_ref()) {
            return Ok(Self::Unverified(id.unwrap_or_else(|| api.operator.id.clone())));
        }
        // This server issues only long-term keys, so credentials with a session token were issued by another service.
        if claim.security_token.is_some() {
            return Err(AuthError::SessionToken);
        }
        match (is_operator, directory, id) {
            (true, ..) => Ok(Self::Operator),
            (false, Some(directory), Some(id)) => Ok(Self::User(directory, id)),
            _ => Err(AuthError::UnrecognizedClient),
        }
    }
}

/// Verifies a call's signature. Returns the actor and the actor's instance. The instance is `None` if the actor is the
/// operator.
///
/// # Errors
/// Returns a SigV4 exception if the signature is not valid. The checks run in the same order as in AWS.
pub(crate) async fn authenticate(
    api: &Api,
    call: &FullRequest,
    body: &[u8],
    request_id: &str,
    service: SignedService,
) -> Result<(Actor, Option<InstanceId>), Exception> {
    let headers = header_pairs(&call.parts.headers);
    let parts = request_parts(&call.parts, &headers);
    let claim = Claim::read(parts)?;
    let (principal, instance) = match KeyOwner::find(api, &claim)? {
        KeyOwner::Unverified(access_key) => (Principal::Operator { access_key }, None),
        KeyOwner::Operator => {
            let id = &api.operator.id;
            verify(api, &claim, body, (id, None), service).await?;
            (Principal::Operator { access_key: id.clone() }, None)
        }
        KeyOwner::User(directory, id) => {
            verify(api, &claim, body, (&id, Some(&directory)), service).await?;
            (user_principal(&directory, id)?, Some(directory.instance()))
        }
    };
    let actor = Actor {
        principal,
        request_id: request_id.to_owned(),
        address: Some(call.client.to_string()),
        user_agent: call.parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).map(truncated),
        // Sessions are revoked by a new security epoch. An access key has no epoch, so the planner looks up the key
        // again.
        security_epoch: None,
        // Read-only calls may repeat a signature, so only the signatures of other calls are recorded.
        signature: (!claim.is_read_only()).then(|| call_signature(&claim)),
    };
    Ok((actor, instance))
}

/// Verifies a signature with the secret of the access key. `directory` is `None` for the operator's key.
async fn verify(
    api: &Api,
    claim: &Claim<'_>,
    body: &[u8],
    (id, directory): (&AccessKeyId, Option<&Directory>),
    service: SignedService,
) -> Result<(), Exception> {
    let key = signing_key(api, claim, id, directory).await?;
    let now = clock::now().as_millis().div_euclid(1000);
    Ok(claim.verify(&key, body, now, &service.terms(api, claim))?)
}

fn call_signature(claim: &Claim<'_>) -> CallSignature {
    let signed_at = Timestamp::from_millis(claim.signed_at().saturating_mul(1000));
    CallSignature { hash: claim.signature_hash(), signed_at }
}

fn user_principal(directory: &Directory, id: AccessKeyId) -> Result<Principal, AuthError> {
    // A disabled user's access keys don't work until the user is enabled again.
    let key = directory.access_key(&id).ok_or(AuthError::UnrecognizedClient)?;
    if key.suspended_until.is_some() {
        return Err(AuthError::UnrecognizedClient);
    }
    let owner = directory.user(key.owner).filter(|owner| owner.enabled).ok_or(AuthError::UnrecognizedClient)?;
    Ok(Principal::User { id: owner.id, authentication: Authentication::AccessKey(id) })
}

async fn signing_key(
    api: &Api,
    claim: &Claim<'_>,
    id: &AccessKeyId,
    directory: Option<&Directory>,
) -> Result<Arc<SigningKey>, Exception> {
    // Only signing keys for Connect in this server's region are cached. Keys for other services or regions must not
    // fill the cache.
    let is_own_scope = claim.region == api.region && claim.service == "connect";
    if is_own_scope && let Some(cached) = api.signing_keys.get(id, &claim.date) {
        return Ok(cached);
    }
    let key = match directory {
        None => claim.signing_key(&api.operator.secret),
        Some(_) => {
            let sealed = api.service.store().sealed_secret(id).await.map_err(|error| {
                tracing::error!(%error, "can't read the secret of an access key");
                Exception::new(
                    ExceptionKind::ServiceUnavailable,
                    "The access key can't be verified at the moment. Try again later.",
                )
            })?;
            let sealed = sealed.ok_or(AuthError::UnrecognizedClient)?;
            let secret = api.sealer.open_sealed(id.as_str(), sealed.sealed_secret.reveal()).map_err(|problem| {
                tracing::error!(%problem, "can't decrypt the secret of an access key");
                Exception::new(ExceptionKind::InternalService, "The access key can't be verified.")
            })?;
            claim.signing_key(&secret)
        }
    };
    let key = Arc::new(key);
    if is_own_scope {
        api.signing_keys.insert(id, &claim.date, key.clone());
    }
    Ok(key)
}

fn truncated(agent: &str) -> String {
    let end = agent.char_indices().nth(AGENT_CHARS_MAX).map_or(agent.len(), |(end, _)| end);
    agent.get(..end).unwrap_or_default().to_owned()
}
