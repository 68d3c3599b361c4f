//! Passkeys and security keys (WebAuthn). A passkey or security key works only at the address for which it was created.

use floorkey::user::MfaMethodKind;
use floorkey::{InstanceId, SecretBytes, User};
use serde::{Deserialize, Serialize};
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::{open, sealing_context, stored_factors};
use crate::ConsoleState;
use crate::web::page_error::PageError;
use floorkey_service::clock;
use floorkey_service::digest::short_digest;
use floorkey_service::failure::Failure;
use floorkey_service::single_use;

/// A WebAuthn challenge: the options for the browser, and the sealed state for verifying the response.
pub(crate) struct Challenge {
    /// The options for the browser, as JSON.
    pub(crate) options: String,
    /// The value of a hidden form field.
    pub(crate) state: String,
}

/// The sealed state of a challenge.
#[derive(Serialize, Deserialize)]
struct SealedState<State> {
    /// The expiry time, in milliseconds.
    until: i64,
    /// Identifies the user and their security epoch.
    owner_key: String,
    state: State,
}

const VALID_FOR_MS: i64 = 5 * 60 * 1000;
const REGISTERING: &str = "console passkey registration";
const AUTHENTICATING: &str = "console passkey authentication";

/// Starts the registration of a passkey. Returns `None` if the console's address does not support passkeys.
pub(crate) fn start_registration(app: &ConsoleState, instance: InstanceId, user: &User) -> Option<Challenge> {
    let webauthn = webauthn(&app.public_url)?;
    // The user handle is the same for every passkey of the user, and does not reveal who the user is.
    let handle = <sha2::Sha256 as sha2::Digest>::digest(format!("{instance} {}", user.id));
    let handle = Uuid::from_bytes(handle.first_chunk().copied()?);
    let registration = webauthn.start_passkey_registration(handle, &user.username, &user.display_name(), None);
    let (options, state) = registration.ok()?;
    challenge(app, REGISTERING, instance, user, &options, &state)
}

/// Completes a registration and returns the passkey as a string, which the caller seals. Returns `None` if the response
/// does not match the challenge.
pub(crate) fn finish_registration(
    app: &ConsoleState,
    instance: InstanceId,
    user: &User,
    response: &str,
    state: &str,
) -> Option<String> {
    let state: PasskeyRegistration = open_state(app, REGISTERING, instance, user, state)?;
    let response: RegisterPublicKeyCredential = serde_json::from_str(response).ok()?;
    let passkey = webauthn(&app.public_url)?.finish_passkey_registration(&response, &state).ok()?;
    serde_json::to_string(&passkey).ok()
}

/// Starts an authentication with one of the user's passkeys. Returns `None` if the user has no passkey, or if the
/// console's address does not support passkeys.
///
/// # Errors
/// Returns an error if the store fails, or if a secret can't be unsealed.
pub(crate) async fn start_authentication(
    app: &ConsoleState,
    instance: InstanceId,
    user: &User,
) -> Result<Option<Challenge>, PageError> {
    let Some(webauthn) = webauthn(&app.public_url) else { return Ok(None) };
    let mut passkeys: Vec<Passkey> = Vec::new();
    for stored in stored_factors(app, instance, user, MfaMethodKind::Passkey).await? {
        passkeys.extend(serde_json::from_str::<Passkey>(&open(app, instance, user, &stored)?).ok());
    }
    let Ok((options, state)) = webauthn.start_passkey_authentication(&passkeys) else { return Ok(None) };
    Ok(challenge(app, AUTHENTICATING, instance, user, &options, &state))
}

/// Verifies an authentication response from one of the user's passkeys. A challenge can be used only once.
///
/// # Errors
/// Returns an error if the store fails, or if a secret can't be unsealed.
pub(crate) async fn verify_authentication(
    app: &ConsoleState,
    instance: InstanceId,
    user: &User,
    response: &str,
    sealed: &str,
) -> Result<bool, PageError> {
    let state: Option<PasskeyAuthentication> = open_state(app, AUTHENTICATING, instance, user, sealed);
    let response: Option<PublicKeyCredential> = serde_json::from_str(response).ok();
    let (Some(state), Some(response), Some(webauthn)) = (state, response, webauthn(&app.public_url)) else {
        return Ok(false);
    };
    let Ok(result) = webauthn.finish_passkey_authentication(&response, &state) else { return Ok(false) };
    let store = app.service.store();
    // Synced passkeys have no signature counter, so the server must ensure that each challenge is used only once.
    let hash = short_digest(sealed, 16);
    if single_use::count_use(store, instance, user.id, &format!("question:{hash}")).await? > 1 {
        return Ok(false);
    }
    for stored in stored_factors(app, instance, user, MfaMethodKind::Passkey).await? {
        let Ok(mut passkey) = serde_json::from_str::<Passkey>(&open(app, instance, user, &stored)?) else { continue };
        let Some(changed) = passkey.update_credential(&result) else { continue };
        if !changed {
            return Ok(true);
        }
        let text = serde_json::to_string(&passkey).map_err(|error| Failure::Internal(error.to_string()))?;
        let sealed: SecretBytes =
            app.sealer.seal(&sealing_context(instance, user, stored.factor_id), &text).map_err(Failure::from)?;
        let used = i64::from(result.counter());
        let moved = store.use_factor(instance, user.id, stored.factor_id, stored.used, used, Some(&sealed)).await?;
        return Ok(moved);
    }
    Ok(false)
}

/// Whether the console's address supports passkeys.
pub(crate) fn is_supported(public_url: &str) -> bool {
    relying_party(public_url).is_some()
}

/// Returns the address where passkeys work, if this address differs from the console's own address. Passkeys do not
/// work at a loopback IP address, so the returned address uses `localhost` instead.
pub(crate) fn alternative_origin(public_url: &str) -> Option<String> {
    let (_, origin) = relying_party(public_url)?;
    let origin = origin.as_str().trim_end_matches('/');
    (origin != public_url).then(|| origin.to_owned())
}

/// Returns the relying party ID and origin. Passkeys require a host name, so the result is `None` for an IP address.
/// Loopback addresses are replaced with `localhost`.
fn relying_party(public_url: &str) -> Option<(String, Url)> {
    let url = Url::parse(public_url).ok()?;
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    match host.parse::<std::net::IpAddr>() {
        Ok(ip) if ip.is_loopback() => {
            let mut origin = url;
            origin.set_host(Some("localhost")).ok()?;
            Some(("localhost".to_owned(), origin))
        }
        Ok(_) => None,
        Err(_) => (url.scheme() == "https" || host == "localhost").then_some((host, url)),
    }
}

fn webauthn(public_url: &str) -> Option<Webauthn> {
    let (id, origin) = relying_party(public_url)?;
    WebauthnBuilder::new(&id, &origin).ok()?.rp_name("Floorkey").build().ok()
}

fn challenge<State: Serialize>(
    app: &ConsoleState,
    purpose: &str,
    instance: InstanceId,
    user: &User,
    options: &impl Serialize,
    state: &State,
) -> Option<Challenge> {
    let until = clock::now().as_millis().saturating_add(VALID_FOR_MS);
    let sealed_state = SealedState { until, owner_key: owner_key(instance, user), state };
    let state = app.sealer.seal_text(purpose, &serde_json::to_string(&sealed_state).ok()?)?;
    Some(Challenge { options: serde_json::to_string(options).ok()?, state })
}

fn open_state<State: for<'a> Deserialize<'a>>(
    app: &ConsoleState,
    purpose: &str,
    instance: InstanceId,
    user: &User,
    state: &str,
) -> Option<State> {
    let sealed_state: SealedState<State> = serde_json::from_str(&app.sealer.open_text(purpose, state)?).ok()?;
    (sealed_state.owner_key == owner_key(instance, user) && clock::now().as_millis() < sealed_state.until)
        .then_some(sealed_state.state)
}

fn owner_key(instance: InstanceId, user: &User) -> String {
    format!("{instance} {} {}", user.id, user.security_epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_require_a_host_name() {
        let id = |url| relying_party(url).map(|(id, _)| id);
        assert_eq!(id("https://floorkey.example:8443").as_deref(), Some("floorkey.example"));
        assert_eq!(id("http://localhost:8080").as_deref(), Some("localhost"));
        assert_eq!(id("http://127.0.0.1:8080").as_deref(), Some("localhost"));
        assert_eq!((id("http://10.0.0.1:8080"), id("http://floorkey.example")), (None, None));
        assert_eq!(alternative_origin("http://127.0.0.1:8080").as_deref(), Some("http://localhost:8080"));
        assert_eq!(alternative_origin("https://floorkey.example"), None);
        assert!(webauthn("http://127.0.0.1:8080").is_some() && webauthn("https://floorkey.example:8443").is_some());
    }
}
