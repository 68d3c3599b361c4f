//! Multi-factor authentication (MFA): lists a user's factors and verifies codes.
//!
//! The directory lists a user's factors. The store contains the sealed secret of each factor, and a value `used` that
//! records which codes were used. To accept a code, the server updates `used` only if `used` is unchanged since the
//! server read it. If two requests present the same code at the same time, only one request succeeds. Later requests
//! with the same code fail.

pub(super) mod passkey;
pub(super) mod recovery;
pub(super) mod totp;

use floorkey::user::MfaMethodKind;
use floorkey::{InstanceId, MfaMethodId, Timestamp, User};
use floorkey_store::StoredMfaMethod;

use crate::ConsoleState;
use crate::web::page_error::PageError;
use floorkey_service::failure::Failure;

/// Whether the user must present a second factor to sign in. Recovery codes are only a substitute for another factor,
/// so they do not count as a factor.
pub(super) fn is_mfa_required(user: &User) -> bool {
    user.mfa_methods.iter().any(|factor| factor.kind != MfaMethodKind::RecoveryCodes)
}

/// Returns the context string used to seal a factor's secret. The secret can be unsealed only for the same factor of
/// the same user.
pub(super) fn sealing_context(instance: InstanceId, user: &User, factor: MfaMethodId) -> String {
    format!("second factor {instance} {} {factor}", user.id)
}

/// Checks an authenticator code or a recovery code. If the code is correct, marks the code as used.
///
/// # Errors
/// Returns an error if the store fails, or if a secret can't be unsealed.
pub(super) async fn verify_code(
    app: &ConsoleState,
    instance: InstanceId,
    user: &User,
    typed: &str,
    now: Timestamp,
) -> Result<bool, PageError> {
    let code: String = typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let is_totp = code.len() == totp::DIGITS && code.bytes().all(|byte| byte.is_ascii_digit());
    let kind = if is_totp { MfaMethodKind::Totp } else { MfaMethodKind::RecoveryCodes };
    for stored in stored_factors(app, instance, user, kind).await? {
        let secret = open(app, instance, user, &stored)?;
        let advanced = match kind {
            MfaMethodKind::Totp => totp::Secret::parse(&secret)
                .and_then(|secret| secret.matching_step(&code, now))
                .filter(|s| *s > stored.used),
            _ => recovery::StoredCodes::parse(&secret).and_then(|codes| codes.use_code(&code, stored.used)),
        };
        if let Some(used) = advanced {
            let store = app.service.store();
            return Ok(store.use_factor(instance, user.id, stored.factor_id, stored.used, used, None).await?);
        }
    }
    Ok(false)
}

/// Returns the stored factors of one kind. Leaves out factors that are not in the directory.
pub(super) async fn stored_factors(
    app: &ConsoleState,
    instance: InstanceId,
    user: &User,
    kind: MfaMethodKind,
) -> Result<Vec<StoredMfaMethod>, PageError> {
    let mut stored = app.service.store().second_factors_of(instance, user.id).await?;
    stored.retain(|stored| user.second_factor(stored.factor_id).is_some_and(|factor| factor.kind == kind));
    Ok(stored)
}

/// Unseals the secret of a factor.
pub(super) fn open(
    app: &ConsoleState,
    instance: InstanceId,
    user: &User,
    stored: &StoredMfaMethod,
) -> Result<zeroize::Zeroizing<String>, PageError> {
    let sealing_context = sealing_context(instance, user, stored.factor_id);
    Ok(app.sealer.open_sealed(&sealing_context, stored.secret.reveal()).map_err(Failure::from)?)
}
