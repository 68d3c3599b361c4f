//! A second, simpler implementation of Signature Version 4. Tests compare its results with those of the crate.
//!
//! This implementation shares no code with the crate. It is short rather than fast.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::request::{ACCESS_KEY_ID, Request, SECRET};

/// Whether a server should accept the request. There must be exactly one signature, the signature must be correct, and
/// `host` and all `x-amz-*` headers must be signed. Times and scopes are not checked separately, because a changed time
/// or scope invalidates the signature.
pub(super) fn accepts(request: &Request, normalize: bool) -> bool {
    stated(request).is_some_and(|stated| {
        let must_be_signed = |name: &String| name == "host" || name.starts_with("x-amz-");
        let lower: Vec<String> = request.headers.iter().map(|(name, _)| name.to_lowercase()).collect();
        let signatures = pairs(&request.query).iter().filter(|(name, _)| name == "X-Amz-Signature").count()
            + lower.iter().filter(|name| *name == "authorization").count();
        lower.iter().filter(|name| must_be_signed(name)).all(|name| stated.signed_headers.contains(name))
            && signatures == 1
            && stated.credential.split('/').next() == Some(ACCESS_KEY_ID)
            && stated.signature == signature(request, &stated, normalize)
    })
}

/// Adds an `Authorization` header. The signature covers all headers of the request.
pub(super) fn sign(request: &mut Request, date: &str, region: &str) {
    request.headers.push(("X-Amz-Date".to_owned(), date.as_bytes().to_vec()));
    let mut names: Vec<String> = request.headers.iter().map(|(name, _)| name.to_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    sign_over(request, date, region, names);
}

/// Adds an `Authorization` header. The signature covers the given headers. The request must already have a date header.
pub(super) fn sign_over(request: &mut Request, date: &str, region: &str, signed_headers: Vec<String>) {
    let mut stated = Stated {
        credential: format!("{ACCESS_KEY_ID}/{}/{region}/connect/aws4_request", day(date)),
        signed_headers,
        date: date.to_owned(),
        signature: String::new(),
    };
    stated.signature = signature(request, &stated, false);
    let value = format!(
        "AWS4-HMAC-SHA256 Credential={}, SignedHeaders={}, Signature={}",
        stated.credential,
        stated.signed_headers.join(";"),
        stated.signature
    );
    request.headers.push(("Authorization".to_owned(), value.into_bytes()));
}

/// Adds a signature to the query of the request.
pub(super) fn presign(request: &mut Request, date: &str, region: &str, expires: &str) {
    let credential = format!("{ACCESS_KEY_ID}/{}/{region}/connect/aws4_request", day(date));
    let separator = if request.query.is_empty() { "" } else { "&" };
    request.query += &format!(
        "{separator}X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={date}&X-Amz-Expires={expires}\
         &X-Amz-SignedHeaders=host",
        encode(credential.as_bytes())
    );
    let stated =
        Stated { credential, signed_headers: vec!["host".to_owned()], date: date.to_owned(), signature: String::new() };
    request.query += &format!("&X-Amz-Signature={}", signature(request, &stated, false));
}

fn day(date: &str) -> &str {
    date.split('T').next().unwrap()
}

struct Stated {
    credential: String,
    signed_headers: Vec<String>,
    date: String,
    signature: String,
}

fn stated(request: &Request) -> Option<Stated> {
    let query: Vec<(String, String)> = pairs(&request.query);
    let query: BTreeMap<&str, &str> = query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (algorithm, credential, signed, signature, date) = if let Some(value) = request.header("authorization") {
        let (algorithm, rest) = value.split_once(' ')?;
        let mut fields = rest.splitn(3, ", ");
        let mut field = |name: &str| fields.next()?.strip_prefix(name)?.strip_prefix('=');
        let (credential, signed, signature) = (field("Credential")?, field("SignedHeaders")?, field("Signature")?);
        (algorithm, credential, signed, signature, request.header("x-amz-date")?.trim())
    } else {
        let field = |name: &str| query.get(name).copied();
        let (credential, signed) = (field("X-Amz-Credential")?, field("X-Amz-SignedHeaders")?);
        field("X-Amz-Expires")?;
        (field("X-Amz-Algorithm")?, credential, signed, field("X-Amz-Signature")?, field("X-Amz-Date")?)
    };
    (algorithm == "AWS4-HMAC-SHA256").then(|| Stated {
        credential: credential.to_owned(),
        signed_headers: signed.split(';').map(str::to_owned).collect(),
        date: date.to_owned(),
        signature: signature.to_owned(),
    })
}

fn signature(request: &Request, stated: &Stated, normalize: bool) -> String {
    let scope: Vec<&str> = stated.credential.split('/').skip(1).collect();
    let canonical = sha256(&canonical(request, &stated.signed_headers, normalize));
    let text = format!("AWS4-HMAC-SHA256\n{}\n{}\n{canonical}", stated.date, scope.join("/"));
    let first = format!("AWS4{SECRET}").into_bytes();
    let key = scope.iter().fold(first, |key, part| hmac(&key, part.as_bytes()));
    hex(&hmac(&key, text.as_bytes()))
}

fn canonical(request: &Request, signed_headers: &[String], normalize: bool) -> Vec<u8> {
    let mut segments: Vec<&str> = Vec::new();
    for segment in request.path.split('/').skip(1) {
        match segment {
            "" | "." if normalize => {}
            ".." if normalize => drop(segments.pop()),
            other => segments.push(other),
        }
    }
    if normalize && (segments.is_empty() || request.path.ends_with('/')) {
        segments.push("");
    }
    let path: String = segments.iter().map(|segment| format!("/{}", encode(segment.as_bytes()))).collect();
    let mut query: Vec<String> = request
        .query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| decode(name) != b"X-Amz-Signature")
        // U+0001 sorts before every character of an encoded name, so names are compared before values.
        .map(|(name, value)| format!("{}\u{1}{}", encode(&decode(name)), encode(&decode(value))))
        .collect();
    query.sort_unstable();
    let query = query.join("&").replace('\u{1}', "=");
    let mut text = format!("{}\n{path}\n{query}\n", request.method).into_bytes();
    for name in signed_headers {
        text.extend(format!("{name}:").into_bytes());
        let values = request.headers.iter().filter(|(key, _)| key.to_lowercase() == *name);
        for (index, (_, value)) in values.enumerate() {
            if index > 0 {
                text.push(b',');
            }
            let mut blank = true;
            for &byte in value.trim_ascii() {
                let is_blank = byte == b' ' || byte == b'\t';
                if !(is_blank && blank) {
                    text.push(if is_blank { b' ' } else { byte });
                }
                blank = is_blank;
            }
        }
        text.push(b'\n');
    }
    text.extend(format!("\n{}\n{}", signed_headers.join(";"), sha256(&request.body)).into_bytes());
    text
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let text = |raw: &str| String::from_utf8_lossy(&decode(raw)).into_owned();
    query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (text(name), text(value))).collect()
}

fn decode(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escape = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = escape.filter(|digits| !digits.contains('+')).and_then(|d| u8::from_str_radix(d, 16).ok());
        let byte;
        (byte, rest) = match (first, escaped) {
            (b'%', Some(byte)) => (byte, &after[2..]),
            (b'+', _) => (b' ', after),
            (other, _) => (other, after),
        };
        out.push(byte);
    }
    out
}

pub(super) fn encode(bytes: &[u8]) -> String {
    let encoded = bytes.iter().map(|&byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    });
    encoded.collect()
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(text).finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
