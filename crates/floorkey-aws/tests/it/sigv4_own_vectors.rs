//! Tests of cases that AWS's test vectors do not cover: encoded paths, repeated query names, unsigned headers, unsigned
//! bodies, and clock differences.

use std::borrow::Cow;

use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_aws::sigv4::{AuthError, Claim, Terms, is_signed_for};

use crate::oracle::{presign, sign, sign_over};
use crate::request::Request;

/// The time at which the requests were signed, 2026-01-02T03:04:05Z, in seconds since 1970.
const SIGNED_AT: i64 = 1_767_323_045;
const DATE: &str = "20260102T030405Z";
const REGION: &str = "us-east-1";
const HOST: (&str, &str) = ("Host", "127.0.0.1:8080");
const ARN_PATH: &str = "/tags/arn%3Aaws%3Aconnect%3Aus-east-1%3A123456789012%3Ainstance%2F8f7d9d2e%2Fagent%2F1b2c";

fn verify(request: &Request) -> Result<(), AuthError> {
    request.verify(SIGNED_AT, &Terms::connect(REGION))
}

fn refusal(request: &Request) -> (ExceptionKind, String) {
    let exception = Exception::from(verify(request).unwrap_err());
    (exception.kind(), exception.message().to_owned())
}

fn signed(headers: &[(&str, &str)], body: &[u8]) -> Request {
    let mut request = Request::new("POST", "/users/i/u/hierarchy", "", &[&[HOST], headers].concat(), body);
    sign(&mut request, DATE, REGION);
    request
}

/// Verifies requests that were signed by botocore 1.43.11 with a fixed clock.
#[test]
fn requests_of_botocore_are_accepted() {
    let authorization = |signed_headers: &str, signature: &str| {
        format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/connect/aws4_request, \
             SignedHeaders={signed_headers}, Signature={signature}"
        )
    };
    let tags = authorization("host;x-amz-date", "59927b1ba2c1a580c5b6e4f4fa41547d8e313ed50aeb002bf29d6bb4cd6dcd60");
    let untag = authorization("host;x-amz-date", "78110eb7181e6512f447678c52b76e3a2b3f005645b0ffb71ac637a64ad849ff");
    let create = authorization(
        "content-type;host;x-amz-date",
        "e430019151687054a5d81214fbafa480f892af68e933f2718cdc0105c90e81b3",
    );
    let keys = "tagKeys=b%20c&tagKeys=a%2Bb&tagKeys=B&tagKeys=";
    let date = ("X-Amz-Date", DATE);
    let json = ("Content-Type", "application/json");
    let presigned = "maxResults=60&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Fus-east-1\
                     %2Fconnect%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host\
                     &X-Amz-Signature=528f2fb13fed3bc6e483ce568c58e83afe219f714747982fc9551dee86f1fa5f";
    for request in [
        Request::new("GET", ARN_PATH, "", &[HOST, date, ("Authorization", &tags)], b""),
        Request::new("DELETE", ARN_PATH, keys, &[HOST, date, ("Authorization", &untag)], b""),
        // This request has the same tag keys as the previous request, but in a different order. The space is encoded as
        // `+`.
        Request::new(
            "DELETE",
            ARN_PATH,
            "tagKeys&tagKeys=B&tagKeys=a%2bb&tagKeys=b+c",
            &[HOST, date, ("Authorization", &untag)],
            b"",
        ),
        Request::new(
            "PUT",
            "/users/8f7d9d2e",
            "",
            &[HOST, json, date, ("Authorization", &create)],
            "{\"Username\":\"zoë\"}".as_bytes(),
        ),
        Request::new("GET", "/users-summary/8f7d9d2e", presigned, &[HOST], b""),
    ] {
        assert_eq!(verify(&request), Ok(()), "{request:?}");
    }
    let decoded = ARN_PATH.replace("%3A", ":").replace("%2F", "/");
    let once_decoded = Request::new("GET", &decoded, "", &[HOST, date, ("Authorization", &tags)], b"");
    assert_eq!(verify(&once_decoded), Err(AuthError::Mismatch));
    let one_key_less = Request::new(
        "DELETE",
        ARN_PATH,
        "tagKeys=b%20c&tagKeys=a%2Bb&tagKeys=B",
        &[HOST, date, ("Authorization", &untag)],
        b"",
    );
    assert_eq!(verify(&one_key_less), Err(AuthError::Mismatch));
}

#[test]
fn a_signature_counts_for_300_seconds_either_way() {
    let request = signed(&[], b"{}");
    let at = |now| request.verify(now, &Terms::connect(REGION));
    for seconds in [0, 299, 300] {
        assert_eq!(at(SIGNED_AT + seconds), Ok(()));
        assert_eq!(at(SIGNED_AT - seconds), Ok(()));
    }
    let late = at(SIGNED_AT + 301).unwrap_err();
    assert_eq!(late.kind(), ExceptionKind::InvalidSignature);
    assert_eq!(
        late.to_string(),
        "Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z (20260102T030906Z - 300 s)."
    );
    let early = at(SIGNED_AT - 301).unwrap_err();
    assert_eq!(early.kind(), ExceptionKind::InvalidSignature);
    assert_eq!(
        early.to_string(),
        "Signature not yet current: 20260102T030405Z is still later than 20260102T030404Z (20260102T025904Z + 300 s)."
    );
    assert!(at(i64::MAX).is_err() && at(i64::MIN).is_err());
}

#[test]
fn a_presigned_request_counts_until_it_expires() {
    let presigned = |expires: &str| {
        let mut request = Request::new("GET", "/users-summary/i", "maxResults=1", &[HOST], b"");
        presign(&mut request, DATE, REGION, expires);
        request
    };
    let at = |expires: &str, now| presigned(expires).verify(now, &Terms::connect(REGION));
    assert_eq!(at("900", SIGNED_AT + 900), Ok(()));
    assert!(matches!(at("900", SIGNED_AT + 901), Err(AuthError::Expired { .. })));
    assert_eq!(at("1", SIGNED_AT - 300), Ok(()));
    assert!(matches!(at("1", SIGNED_AT - 301), Err(AuthError::NotYetCurrent { .. })));
    assert_eq!(at("604800", SIGNED_AT + 604_800), Ok(()));
    for expires in ["0", "604801", "-1", "+9", "", "1.5", "99999999999999999999"] {
        assert!(matches!(at(expires, SIGNED_AT), Err(AuthError::Incomplete(_))), "{expires}");
    }
    let mut with_body = presigned("900");
    with_body.body = b"{}".to_vec();
    assert_eq!(verify(&with_body), Err(AuthError::Mismatch));
}

#[test]
fn a_presigned_change_counts_for_300_seconds_at_most_whatever_it_says() {
    for (method, counts) in [("GET", 604_800), ("HEAD", 604_800), ("DELETE", 300), ("POST", 300), ("PUT", 300)] {
        let mut request = Request::new(method, "/users/i/u", "", &[HOST], b"");
        presign(&mut request, DATE, REGION, "604800");
        let at = |now| request.verify(now, &Terms::connect(REGION));
        assert_eq!(at(SIGNED_AT + counts), Ok(()), "{method}");
        assert!(matches!(at(SIGNED_AT + counts + 1), Err(AuthError::Expired { .. })), "{method}");
    }
    let mut request = Request::new("DELETE", "/users/i/u", "", &[HOST], b"");
    presign(&mut request, DATE, REGION, "20");
    let at = |now| request.verify(now, &Terms::connect(REGION));
    assert!(at(SIGNED_AT + 20).is_ok() && at(SIGNED_AT + 21).is_err());
}

#[test]
fn the_scope_is_this_server_s_and_today_s() {
    let mut elsewhere = Request::new("GET", "/instance", "", &[HOST], b"");
    sign(&mut elsewhere, DATE, "eu-west-2");
    let (kind, message) = refusal(&elsewhere);
    assert_eq!(kind, ExceptionKind::InvalidSignature);
    assert_eq!(
        message,
        "Credential should be scoped to region 'us-east-1', not 'eu-west-2': set AWS_REGION=us-east-1."
    );
    for (from, to, field) in [
        ("/connect/", "/iam/", "service"),
        ("/aws4_request", "/aws5_request", "terminator"),
        ("/20260102/", "/20260103/", "date"),
        ("/us-east-1/", "//", "region"),
    ] {
        let mut request = signed(&[], b"");
        let (_, value) = request.headers.last_mut().unwrap();
        *value = String::from_utf8(value.clone()).unwrap().replace(from, to).into_bytes();
        assert!(matches!(verify(&request), Err(AuthError::Scope { field: found, .. }) if found == field), "{field}");
    }
}

#[test]
fn what_the_server_acts_on_has_to_be_signed() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let over = |signed_headers: &[&str]| {
        let headers = [HOST, ("X-Amz-Date", DATE), ("X-Amz-Target", "x")];
        let mut request = Request::new("GET", "/instance", "", &headers, b"");
        sign_over(&mut request, DATE, REGION, names(signed_headers));
        verify(&request)
    };
    assert_eq!(over(&["host", "x-amz-date", "x-amz-target"]), Ok(()));
    assert_eq!(over(&["host", "x-amz-date"]), Err(AuthError::UnsignedHeader("x-amz-target".to_owned())));
    assert_eq!(over(&["host", "x-amz-target"]), Err(AuthError::UnsignedHeader("x-amz-date".to_owned())));
    assert_eq!(over(&["x-amz-date", "x-amz-target"]), Err(AuthError::UnsignedHeader("host".to_owned())));
    assert_eq!(
        over(&["host", "x-absent", "x-amz-date", "x-amz-target"]),
        Err(AuthError::HeaderCount { name: "x-absent".to_owned(), found: 0 })
    );
    for unordered in [["x-amz-date", "host"], ["Host", "x-amz-date"], ["host", "host"], ["", "host"]] {
        assert!(matches!(over(&unordered), Err(AuthError::Incomplete(_))), "{unordered:?}");
    }
}

#[test]
fn a_header_that_means_one_thing_comes_once() {
    for name in ["Host", "Content-Type", "X-Amz-Target"] {
        let found = verify(&signed(&[(name, "a"), (name, "a")], b""));
        let count = if name == "Host" { 3 } else { 2 };
        assert_eq!(found, Err(AuthError::HeaderCount { name: name.to_lowercase(), found: count }));
    }
    assert_eq!(verify(&signed(&[("X-Other", "a"), ("X-Other", "b")], b"")), Ok(()));
    for name in ["Authorization", "X-Amz-Date"] {
        let mut twice = signed(&[], b"");
        let again = twice.headers.iter().find(|(key, _)| key == name).unwrap().clone();
        twice.headers.push(again);
        assert!(matches!(verify(&twice), Err(AuthError::Incomplete(_))), "{name}");
    }
}

#[test]
fn the_body_is_always_signed() {
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(verify(&signed(&[("X-Amz-Content-Sha256", EMPTY)], b"")), Ok(()));
    assert_eq!(verify(&signed(&[("X-Amz-Content-Sha256", EMPTY)], b"{}")), Err(AuthError::PayloadHash));
    assert_eq!(verify(&signed(&[("X-Amz-Content-Sha256", &EMPTY.to_uppercase())], b"")), Err(AuthError::PayloadHash));
    for promise in ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"] {
        assert_eq!(verify(&signed(&[("X-Amz-Content-Sha256", promise)], b"")), Err(AuthError::UnsignedPayload));
        let mut presigned = Request::new("GET", "/instance", &format!("X-Amz-Content-Sha256={promise}"), &[HOST], b"");
        presign(&mut presigned, DATE, REGION, "900");
        assert_eq!(verify(&presigned), Err(AuthError::UnsignedPayload));
    }
    let mut swapped = signed(&[], b"{\"HierarchyGroupId\":\"a\"}");
    swapped.body = b"{\"HierarchyGroupId\":\"b\"}".to_vec();
    assert_eq!(verify(&swapped), Err(AuthError::Mismatch));
}

#[test]
fn without_a_signature_the_answer_says_so() {
    for headers in [&[HOST][..], &[HOST, ("Authorization", "Bearer x")], &[HOST, ("Authorization", "AWS id:sig")]] {
        let (kind, _) = refusal(&Request::new("GET", "/instance", "", headers, b""));
        assert_eq!(kind, ExceptionKind::MissingAuthenticationToken);
    }
}

#[test]
fn a_signature_that_cannot_be_read_is_incomplete() {
    let good = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/connect/aws4_request, SignedHeaders=host;\
                x-amz-date, Signature=59927b1ba2c1a580c5b6e4f4fa41547d8e313ed50aeb002bf29d6bb4cd6dcd60";
    let read = |authorization: &str, date: &str| {
        let headers = [HOST, ("X-Amz-Date", date), ("Authorization", authorization)];
        Request::new("GET", ARN_PATH, "", &headers, b"").with_parts(|parts| Claim::read(parts).map(|_| ()))
    };
    assert_eq!(read(good, DATE), Ok(()));
    assert_eq!(read(&good.replace(", ", ","), DATE), Ok(()));
    for (from, to) in [
        ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        ("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256"),
        (", SignedHeaders=host;x-amz-date", ""),
        ("Credential=", "Credentials="),
        ("Signature=59", "Signature=5"),
        ("Signature=59", "Signature=5F"),
        ("Signature=59", "Signature=59,Signature=59"),
        ("Signature=59", "Extra=1, Signature=59"),
        ("AKIDEXAMPLE/", ""),
        ("AKIDEXAMPLE", ""),
        ("AKIDEXAMPLE", "AKID EXAMPLE"),
        ("connect/", "connect/x/"),
    ] {
        assert!(matches!(read(&good.replace(from, to), DATE), Err(AuthError::Incomplete(_))), "{from} -> {to}");
    }
    for date in ["", "2026-01-02T03:04:05Z", "20260102", "20261302T030405Z", "Fri, 02 Jan 2026 03:04:05 GMT"] {
        assert!(matches!(read(good, date), Err(AuthError::Incomplete(_))), "{date}");
    }
    let both = Request::new(
        "GET",
        "/instance",
        "X-Amz-Signature=0",
        &[HOST, ("X-Amz-Date", DATE), ("Authorization", good)],
        b"",
    );
    assert_eq!(refusal(&both).0, ExceptionKind::IncompleteSignature);
    let folded = signed(&[("X-Other", "a\r\n b")], b"");
    assert_eq!(refusal(&folded).0, ExceptionKind::IncompleteSignature);
}

#[test]
fn a_session_token_is_told_to_the_caller() {
    let header = signed(&[("X-Amz-Security-Token", "abc")], b"");
    let mut query = Request::new("GET", "/instance", "X-Amz-Security-Token=abc", &[HOST], b"");
    presign(&mut query, DATE, REGION, "900");
    for request in [header, query] {
        let token = request.with_parts(|parts| Claim::read(parts).unwrap().security_token.map(Cow::into_owned));
        assert_eq!(token.as_deref(), Some("abc"));
    }
    let none = signed(&[], b"").with_parts(|parts| Claim::read(parts).unwrap().security_token.map(Cow::into_owned));
    assert_eq!(none, None);
}

#[test]
fn the_service_of_a_signature_is_told_whether_the_rest_can_be_read_or_not() {
    let is_sts = |headers: &[(&str, &str)], query: &str| {
        Request::new("GET", "/", query, headers, b"").with_parts(|parts| is_signed_for("sts", &parts))
    };
    let scope = |service: &str| format!("Credential=AKIDEXAMPLE/20260102/us-east-1/{service}/aws4_request");
    for (text, expected) in [
        (format!("AWS4-HMAC-SHA256 {}, SignedHeaders=host, Signature=0", scope("sts")), true),
        (format!("AWS4-HMAC-SHA256 SignedHeaders=host,{}", scope("sts")), true),
        (format!("AWS4-OTHER {}", scope("STS")), true),
        (format!("AWS4-HMAC-SHA256 {}", scope("connect")), false),
        (format!("Bearer {}", scope("sts")), false),
        ("AWS4-HMAC-SHA256 Credential=a/b/c".to_owned(), false),
        (String::new(), false),
    ] {
        assert_eq!(is_sts(&[("Authorization", &text)], ""), expected, "{text}");
    }
    assert!(is_sts(&[], "X-Amz-Credential=a%2F20260102%2Fus-east-1%2Fsts%2Faws4_request"));
    assert!(!is_sts(&[], "X-Amz-Credential=a%2F20260102%2Fus-east-1%2Fconnect%2Faws4_request"));
    assert!(!is_sts(&[], ""));
}

#[test]
fn debug_shows_neither_signature_nor_token() {
    let request = signed(&[("X-Amz-Security-Token", "canary-token")], b"");
    let shown = request.with_parts(|parts| format!("{:?} {parts:?}", Claim::read(parts).unwrap()));
    let signature = request.header("authorization").unwrap().rsplit('=').next().unwrap();
    assert!(shown.contains("AKIDEXAMPLE") && !shown.contains("canary") && !shown.contains(signature), "{shown}");
}
