//! A second implementation of Signature Version 4, written from the AWS documentation. With this implementation, the
//! tests do not check the server against itself.

use std::sync::atomic::{AtomicU64, Ordering};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// An access key ID with its secret.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// The region, service and time of a signature.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub(crate) region: String,
    pub(crate) service: String,
    /// The time of the signature in seconds since 1970.
    pub(crate) at: i64,
}

impl Scope {
    /// Returns the server's region and service with the current time.
    pub(crate) fn now() -> Self {
        Self { region: "us-east-1".to_owned(), service: "connect".to_owned(), at: seconds() }
    }
}

/// A request that has not been signed yet.
pub(crate) struct Unsigned<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) host: &'a str,
    pub(crate) body: &'a [u8],
}

/// Returns the headers with a request's signature. Each call returns a different signature.
pub(crate) fn sign(request: &Unsigned<'_>, key: &Key, scope: &Scope) -> Vec<(String, String)> {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let invocation = format!("{}-{}", std::process::id(), CALLS.fetch_add(1, Ordering::Relaxed));
    signed(request, key, scope, Some(&invocation))
}

/// Signs a request like [`sign`], but as the AWS CLI and boto3 do: equal calls within one second have the same
/// signature.
pub(crate) fn sign_as_boto3(request: &Unsigned<'_>, key: &Key, scope: &Scope) -> Vec<(String, String)> {
    signed(request, key, scope, None)
}

fn signed(request: &Unsigned<'_>, key: &Key, scope: &Scope, invocation: Option<&str>) -> Vec<(String, String)> {
    let time = stamp(scope.at);
    let (invoked, names) = match invocation {
        Some(id) => (format!("amz-sdk-invocation-id:{id}\n"), "amz-sdk-invocation-id;host;x-amz-date"),
        None => (String::new(), "host;x-amz-date"),
    };
    let (date, _) = time.split_once('T').unwrap();
    let canonical = format!(
        "{}\n{}\n{}\n{invoked}host:{}\nx-amz-date:{time}\n\n{names}\n{}",
        request.method,
        canonical_path(request.path),
        canonical_query(request.query),
        request.host,
        hex(&Sha256::digest(request.body)),
    );
    let credential = format!("{date}/{}/{}/aws4_request", scope.region, scope.service);
    let signature = signature(key, scope, &time, &canonical);
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={}/{credential}, SignedHeaders={names}, Signature={signature}", key.id,);
    let mut headers = vec![("X-Amz-Date".to_owned(), time), ("Authorization".to_owned(), authorization)];
    headers.extend(invocation.map(|id| ("Amz-Sdk-Invocation-Id".to_owned(), id.to_owned())));
    headers
}

/// Returns the query of a presigned request that is valid for `expires` seconds.
pub(crate) fn presign(request: &Unsigned<'_>, key: &Key, scope: &Scope, expires: u32) -> String {
    let time = stamp(scope.at);
    let (date, _) = time.split_once('T').unwrap();
    let credential = format!("{}/{date}/{}/{}/aws4_request", key.id, scope.region, scope.service);
    let query = format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={time}&X-Amz-Expires={expires}&X-Amz-SignedHeaders=host",
        crate::client::encode(&credential)
    );
    let canonical = format!(
        "{}\n{}\n{}\nhost:{}\n\nhost\n{}",
        request.method,
        canonical_path(request.path),
        canonical_query(&query),
        request.host,
        hex(&Sha256::digest(request.body)),
    );
    format!("{query}&X-Amz-Signature={}", signature(key, scope, &time, &canonical))
}

/// Returns the signature of a canonical request.
fn signature(key: &Key, scope: &Scope, time: &str, canonical: &str) -> String {
    let (date, _) = time.split_once('T').unwrap();
    let credential = format!("{date}/{}/{}/aws4_request", scope.region, scope.service);
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{credential}\n{}", hex(&Sha256::digest(canonical)));
    let mut signing = format!("AWS4{}", key.secret).into_bytes();
    for part in [date, &scope.region, &scope.service, "aws4_request", &to_sign] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&signing).unwrap();
        mac.update(part.as_bytes());
        signing = mac.finalize().into_bytes().to_vec();
    }
    hex(&signing)
}

/// Returns the current time in seconds since 1970.
pub(crate) fn seconds() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "a client signs with the real time")]
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    since.as_secs() as i64
}

/// Returns the given path with every segment encoded a second time.
fn canonical_path(path: &str) -> String {
    path.split('/').map(crate::client::encode).collect::<Vec<_>>().join("/")
}

/// Returns the query with its pairs sorted by name and then by value. The tests' queries are already encoded.
fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(&str, &str)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    pairs.sort_unstable();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn stamp(at: i64) -> String {
    jiff::Timestamp::from_second(at).unwrap().strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
