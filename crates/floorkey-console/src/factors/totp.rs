//! Codes from an authenticator app: six digits that change every 30 seconds (RFC 6238). The previous code and the next
//! code are also accepted.

use floorkey::Timestamp;
use qrcode::{Color, EcLevel, QrCode};
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use floorkey_service::entropy;

/// The number of digits in a code.
pub(crate) const DIGITS: usize = 6;

const SECONDS: u64 = 30;

/// The secret shared by the app and the server: 160 bits.
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    /// Generates a secret.
    pub(crate) fn new() -> Self {
        let bytes: [u8; 20] = entropy::random_bytes();
        Self(Zeroizing::new(totp_rs::Secret::new_stack(bytes).to_base32()))
    }

    /// Parses the output of [`Secret::as_base32`].
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = totp_rs::Secret::try_from_base32(text).ok()?;
        (bytes.as_bytes().len() == 20).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// Returns the secret in Base32, for typing into an app.
    pub(crate) fn as_base32(&self) -> &str {
        &self.0
    }

    /// Returns the secret in Base32, in groups of four characters.
    pub(crate) fn to_grouped_base32(&self) -> String {
        let letters: Vec<char> = self.0.chars().collect();
        letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// Returns the time step of the code. Returns `None` if the code is not the current, previous or next code.
    pub(crate) fn matching_step(&self, code: &str, now: Timestamp) -> Option<i64> {
        let seconds = u64::try_from(now.as_millis() / 1000).ok()?;
        i64::try_from(self.totp("floorkey", "floorkey")?.check(code, seconds)?).ok()
    }

    /// Returns the URI for the QR code.
    pub(crate) fn otpauth_uri(&self, login: &str, issuer: &str) -> Option<String> {
        // The URI separates the issuer from the account name with a colon, so neither name can contain a colon.
        let plain = |text: &str| text.replace(':', " ");
        self.totp(&plain(login), &plain(issuer))?.to_url().ok()
    }

    fn totp(&self, login: &str, issuer: &str) -> Option<Totp> {
        let secret = totp_rs::Secret::try_from_base32(self.0.as_str()).ok()?;
        let builder = Builder::new().with_secret(secret).with_skew(1).with_step_duration(SECONDS);
        builder.with_account_name(login).with_issuer(Some(issuer)).build().ok()
    }
}

/// A QR code: its width in modules, and the dark modules as an SVG path.
pub(crate) struct QrPath {
    pub(crate) modules: usize,
    pub(crate) path: String,
}

impl QrPath {
    /// Encodes a string as a QR code. Returns `None` if the string is too long.
    pub(crate) fn encode(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let modules = code.width();
        let colors = code.to_colors();
        let mut path = String::new();
        for (y, row) in colors.chunks(modules).enumerate() {
            let mut x = 0;
            // Each run of dark modules is drawn as one rectangle.
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&Color::Dark) {
                    path.push_str(&format!("M{x} {y}h{}v1h-{}z", run.len(), run.len()));
                }
                x += run.len();
            }
        }
        Some(Self { modules, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_accepted_one_step_early_or_late() {
        // The secret and the times are from RFC 6238, appendix B. The codes are the last six digits of the eight-digit
        // codes in that appendix.
        let secret = Secret::parse("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        let step = |code, seconds: i64| secret.matching_step(code, Timestamp::from_millis(seconds * 1000));
        assert_eq!(step("287082", 59), Some(1));
        assert_eq!(step("287082", 89), Some(1));
        assert_eq!(step("287082", 29), Some(1));
        assert_eq!(step("287082", 90), None);
        assert_eq!(step("081804", 1_111_111_109), Some(37_037_036));
        assert_eq!(step("81804", 1_111_111_109), None);
        assert_eq!(step("+81804", 1_111_111_109), None);
    }

    #[test]
    fn the_uri_names_the_account_and_fits_a_qr_code() {
        let secret = Secret::new();
        let otpauth_uri = secret.otpauth_uri("ann:lee", "Floorkey: demo").unwrap();
        assert!(otpauth_uri.starts_with("otpauth://totp/"), "{otpauth_uri}");
        assert!(otpauth_uri.contains(secret.as_base32()) && otpauth_uri.contains("ann%20lee"), "{otpauth_uri}");
        let qr_path = QrPath::encode(&otpauth_uri).unwrap();
        assert!(qr_path.modules > 20 && qr_path.path.starts_with("M0 0h7v1h-7z"));
        assert_eq!(secret.to_grouped_base32().replace(' ', ""), secret.as_base32());
    }
}
