//! Signing of calls with AWS Signature Version 4.

use floorkey_aws::sigv4::{AuthError, Claim, PathNormalization, RequestParts};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The credentials for signing a call.
pub(super) struct Signer<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) secret_access_key: &'a str,
    pub(super) region: &'a str,
}

/// A call to sign. The path and the query must be exactly as they are sent.
pub(super) struct Unsigned<'a> {
    pub(super) method: &'a str,
    pub(super) raw_path: &'a str,
    pub(super) raw_query: &'a str,
    /// The value of the header `Host`.
    pub(super) host: &'a str,
    /// The value of the header `X-Amz-Date`: `20150830T123600Z`.
    pub(super) time: &'a str,
    /// The value of the header `Amz-Sdk-Invocation-Id`. The value distinguishes identical calls within the same second.
    pub(super) invocation: &'a str,
    pub(super) body: &'a [u8],
}

impl Signer<'_> {
    /// Returns the value of the header `Authorization` for a call. The signature covers the headers `Host`,
    /// `X-Amz-Date` and `Amz-Sdk-Invocation-Id`.
    ///
    /// The string to sign is built by the server's verification code. This code parses an `Authorization` header in
    /// which a placeholder replaces the signature.
    ///
    /// # Errors
    /// Returns an error if the access key ID, the region or the path is not allowed in a signature.
    pub(super) fn authorization(&self, call: &Unsigned<'_>) -> Result<String, AuthError> {
        let date = call.time.split('T').next().unwrap_or_default();
        let unsigned = format!(
            "AWS4-HMAC-SHA256 Credential={}/{date}/{}/connect/aws4_request, SignedHeaders=amz-sdk-invocation-id;host;x-amz-date, Signature=",
            self.access_key_id, self.region
        );
        let draft = format!("{unsigned}{}", "0".repeat(64));
        let headers = [
            ("authorization", draft.as_bytes()),
            ("amz-sdk-invocation-id", call.invocation.as_bytes()),
            ("host", call.host.as_bytes()),
            ("x-amz-date", call.time.as_bytes()),
        ];
        let parts =
            RequestParts { method: call.method, raw_path: call.raw_path, raw_query: call.raw_query, headers: &headers };
        let claim = Claim::read(parts)?;
        let canonical = claim.canonical_request(call.body, PathNormalization::AsReceived);
        let text = claim.string_to_sign(&canonical);
        let first = format!("AWS4{}", self.secret_access_key);
        let steps = [date, self.region, "connect", "aws4_request", &text];
        let signature = steps.iter().fold(first.into_bytes(), |key, step| mac(&key, step.as_bytes()));
        Ok(unsigned + hex::encode(signature).as_str())
    }
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "HMAC accepts keys of any length")]
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use floorkey_aws::sigv4::Terms;

    use super::*;

    /// Checks that the server accepts all calls that the client signs, and rejects calls that are signed with another
    /// secret.
    #[test]
    fn the_verifier_accepts_only_signatures_of_the_signer() {
        let signer =
            Signer { access_key_id: "AKIAIOSFODNN7EXAMPLE", secret_access_key: "wJalrXUtnFEMI", region: "us-east-1" };
        for (method, raw_path, raw_query, body) in [
            ("GET", "/instance", "", &b""[..]),
            ("GET", "/floorkey/v1/instances/arn%3Aaws%3Ax%2Fy/audit", "maxResults=5&nextToken=a%2Bb", b""),
            ("POST", "/floorkey/v1/instances/i/users/u/password", "", b"{\"Password\":\"Gr\xc3\xbc\xc3\x9fe-1x\"}"),
        ] {
            let time = "20150830T123600Z";
            let call =
                Unsigned { method, raw_path, raw_query, host: "127.0.0.1:8080", time, invocation: "some-id", body };
            let authorization = signer.authorization(&call).unwrap();
            let headers = [
                ("Authorization", authorization.as_bytes()),
                ("Amz-Sdk-Invocation-Id", b"some-id"),
                ("Host", b"127.0.0.1:8080"),
                ("X-Amz-Date", time.as_bytes()),
            ];
            let claim = Claim::read(RequestParts { method, raw_path, raw_query, headers: &headers }).unwrap();
            let verify =
                |secret| claim.verify(&claim.signing_key(secret), body, 1_440_938_160, &Terms::connect("us-east-1"));
            assert_eq!(verify("wJalrXUtnFEMI"), Ok(()));
            assert_eq!(verify("another"), Err(AuthError::Mismatch));
        }
    }
}
