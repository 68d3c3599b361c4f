//! Provides MFA without hardware: a virtual authenticator in the browser.

use serde_json::json;

use super::page::Page;

/// A virtual authenticator. It confirms requests by itself, like a fingerprint reader that recognizes the user's
/// finger.
pub(crate) struct Authenticator<'a> {
    page: &'a Page,
    id: String,
}

impl Page {
    /// Adds a virtual authenticator to the browser. The authenticator stores passkeys and verifies its user.
    #[track_caller]
    pub(crate) fn authenticator(&self) -> Authenticator<'_> {
        self.devtools("WebAuthn.enable", json!({ "enableUI": false }));
        let options = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserVerified": true, "automaticPresenceSimulation": true,
        });
        let made = self.devtools("WebAuthn.addVirtualAuthenticator", json!({ "options": options }));
        Authenticator { page: self, id: made["authenticatorId"].as_str().unwrap().to_owned() }
    }
}

impl Authenticator<'_> {
    /// Returns the number of passkeys that the authenticator stores.
    #[track_caller]
    pub(crate) fn passkeys(&self) -> usize {
        let kept = self.page.devtools("WebAuthn.getCredentials", json!({ "authenticatorId": self.id }));
        kept["credentials"].as_array().unwrap().len()
    }

    /// Makes all further user verifications fail, as if the user had the wrong fingerprint.
    #[track_caller]
    pub(crate) fn refuse(&self) {
        let verified = json!({ "authenticatorId": self.id, "isUserVerified": false });
        self.page.devtools("WebAuthn.setUserVerified", verified);
    }
}
