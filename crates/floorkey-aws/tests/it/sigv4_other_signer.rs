//! Tests with random requests that are signed by the crate `aws-sigv4`, which the AWS SDK for Rust uses.

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use floorkey_aws::sigv4::Terms;
use proptest::prelude::*;

use crate::oracle::{self, encode};
use crate::request::{ACCESS_KEY_ID, Request, SECRET};

const HOST: &str = "connect.example:8443";

/// Signs a request with the settings that the SDK uses for Amazon Connect: the path is normalized and encoded twice.
fn signed(mut request: Request, location: SignatureLocation, at: u64) -> Request {
    let identity = Credentials::new(ACCESS_KEY_ID, SECRET, None, None, "test").into();
    let mut settings = SigningSettings::default();
    settings.signature_location = location;
    settings.expires_in = (location == SignatureLocation::QueryParams).then_some(Duration::from_secs(900));
    let params = SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("connect")
        .time(UNIX_EPOCH + Duration::from_secs(at))
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let separator = if request.query.is_empty() { "" } else { "?" };
    let uri = format!("http://{HOST}{}{separator}{}", request.path, request.query);
    let headers = request.headers.clone();
    let headers = headers.iter().map(|(name, value)| (name.as_str(), std::str::from_utf8(value).unwrap()));
    let signable = SignableRequest::new(&request.method, &uri, headers, SignableBody::Bytes(&request.body)).unwrap();
    let mut message = http::Request::builder().method(request.method.as_str()).uri(&uri).body(()).unwrap();
    sign(signable, &params).unwrap().into_parts().0.apply_to_request_http1x(&mut message);
    request.query = message.uri().query().unwrap_or_default().to_owned();
    for (name, value) in message.headers() {
        request.headers.push((name.to_string(), value.as_bytes().to_vec()));
    }
    request
}

fn any_request() -> impl Strategy<Value = Request> {
    let segment = "\\PC{1,12}".prop_filter("a dot segment leads nowhere", |text| text != "." && text != "..");
    let pair = ("\\PC{0,6}", "\\PC{0,10}")
        .prop_map(|(name, value)| format!("{}={}", encode(name.as_bytes()), encode(value.as_bytes())));
    let header = ("x-(other|amz-other)-[a-z]{1,6}", "[!-~]{0,4}( {1,3}[!-~]{1,4}){0,2}");
    (
        proptest::sample::select(vec!["GET", "PUT", "POST", "DELETE"]),
        proptest::collection::vec(segment, 0..5),
        proptest::collection::vec(pair, 0..5),
        proptest::collection::btree_map(header.0, header.1, 0..4),
        proptest::collection::vec(any::<u8>(), 0..80),
    )
        .prop_map(|(method, segments, pairs, headers, body)| {
            let path: Vec<String> = segments.iter().map(|segment| encode(segment.as_bytes())).collect();
            let mut headers: Vec<(&str, &str)> =
                headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            headers.push(("host", HOST));
            Request::new(method, &format!("/{}", path.join("/")), &pairs.join("&"), &headers, &body)
        })
}

/// Returns the request with the lowest bit of one byte flipped; `None` if the result is not a valid request.
fn flipped(request: &Request, place: &prop::sample::Index) -> Option<Request> {
    let mut flipped = request.clone();
    let lengths = [request.path.len(), request.query.len(), request.body.len()];
    let in_headers: usize = request.headers.iter().map(|(_, value)| value.len()).sum();
    let mut at = place.index(lengths.iter().sum::<usize>() + in_headers);
    let flip = |text: &str, at: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] ^= 1;
        String::from_utf8(bytes).ok()
    };
    if at < lengths[0] {
        flipped.path = flip(&request.path, at).filter(|path| path.starts_with('/'))?;
        return Some(flipped);
    }
    at -= lengths[0];
    if at < lengths[1] {
        flipped.query = flip(&request.query, at)?;
        return Some(flipped);
    }
    at -= lengths[1];
    if at < lengths[2] {
        flipped.body[at] ^= 1;
        return Some(flipped);
    }
    at -= lengths[2];
    for (_, value) in &mut flipped.headers {
        if at < value.len() {
            value[at] ^= 1;
            return Some(flipped);
        }
        at -= value.len();
    }
    None
}

proptest! {
    #[test]
    fn what_the_sdk_signs_is_accepted_and_with_a_flipped_byte_refused(
        request in any_request(),
        in_query in any::<bool>(),
        at in 1_500_000_000..2_000_000_000_u64,
        late in -300..=300_i64,
        place in any::<prop::sample::Index>(),
    ) {
        let location = if in_query { SignatureLocation::QueryParams } else { SignatureLocation::Headers };
        let request = signed(request, location, at);
        let now = at as i64 + late;
        let terms = Terms::connect("us-east-1");
        prop_assert_eq!(request.verify(now, &terms), Ok(()));
        prop_assert!(oracle::accepts(&request, false), "the oracle is wrong");
        if let Some(flipped) = flipped(&request, &place) {
            // Some flipped bits, such as from `%4A` to `%4a`, do not change the signed text. Such a request is still
            // accepted.
            prop_assert_eq!(flipped.verify(now, &terms).is_ok(), oracle::accepts(&flipped, false), "{:?}", flipped);
        }
    }
}
