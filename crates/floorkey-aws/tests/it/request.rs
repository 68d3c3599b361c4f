//! A request that tests can store, modify and verify.

use floorkey_aws::sigv4::{AuthError, Claim, PathNormalization, RequestParts, Terms};

/// The access key ID in AWS's published examples.
pub(super) const ACCESS_KEY_ID: &str = "AKIDEXAMPLE";
/// The secret access key in AWS's published examples.
pub(super) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn new(method: &str, path: &str, query: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers.collect(),
            body: body.to_vec(),
        }
    }

    /// Parses the text format of AWS's test vectors. Lines end with LF, and a line that begins with a space or tab
    /// continues the previous header.
    pub(super) fn parse(text: &[u8]) -> Self {
        let end = text.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = end.map_or((text, &b""[..]), |end| (&text[..end], &text[end + 2..]));
        let head = std::str::from_utf8(head).unwrap();
        let mut lines = head.trim_end_matches('\n').split('\n');
        let (method, rest) = lines.next().unwrap().split_once(' ').unwrap();
        let target = rest.strip_suffix(" HTTP/1.1").unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Self::new(method, path, query, &[], body);
        for line in lines {
            if line.starts_with([' ', '\t']) {
                let (_, value) = request.headers.last_mut().unwrap();
                value.push(b' ');
                value.extend_from_slice(line.trim().as_bytes());
            } else {
                let (name, value) = line.split_once(':').unwrap();
                request.headers.push((name.to_owned(), value.as_bytes().to_vec()));
            }
        }
        request
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }

    pub(super) fn with_parts<T>(&self, action: impl FnOnce(RequestParts<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        action(RequestParts { method: &self.method, raw_path: &self.path, raw_query: &self.query, headers: &headers })
    }

    /// Verifies the request in the same way as a server. Parses the signature, looks up the key, and verifies the
    /// signature.
    pub(super) fn verify(&self, now: i64, terms: &Terms<'_>) -> Result<(), AuthError> {
        self.with_parts(|parts| {
            let claim = Claim::read(parts)?;
            if claim.access_key_id != ACCESS_KEY_ID {
                return Err(AuthError::UnrecognizedClient);
            }
            claim.verify(&claim.signing_key(SECRET), &self.body, now, terms)
        })
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} {}?{}", self.method, self.path, self.query)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}:{}", value.escape_ascii())?;
        }
        writeln!(f, "\n{}", self.body.escape_ascii())
    }
}

/// Returns the credential scope and the path normalization that AWS's test vectors use.
pub(super) fn vector_terms(normalize: bool) -> Terms<'static> {
    let normalization = if normalize { PathNormalization::RemoveDotSegments } else { PathNormalization::AsReceived };
    Terms { region: "us-east-1", service: "service", normalization }
}
