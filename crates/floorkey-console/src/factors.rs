//! MFA: which factors a user has, and how codes are checked.
//!
//! The directory lists the factors of a user; their secrets are sealed in the store, together with the last used
//! position (`used`). A code is accepted only if the store can advance `used` from the value that was read. If two
//! requests present the same code at the same time, one of them succeeds, and later ones fail.

pub(super) mod passkey;
pub(super) mod recovery;
pub(super) mod totp;

use floorkey::user::SecondFactorKind;
use floorkey::{InstanceId, SecondFactorId, Timestamp, User};
use floorkey_store::StoredFactor;

use crate::ConsoleState;
use crate::web::page_error::PageError;
use floorkey_service::failure::Failure;

/// Whether the user must present a second factor to sign in. Recovery codes replace a factor and do not count as one.
pub(super) fn is_mfa_required(user: &User) -> bool {
    user.second_factors.iter().any(|factor| factor.kind != SecondFactorKind::RecoveryCodes)
}

/// The context that a factor's secret is sealed for, so that it can be opened for this factor of this user only.
pub(super) fn sealing_context(instance: InstanceId, user: &User, factor: SecondFactorId) -> String {
    format!("second factor {instance} {} {factor}", user.id)
}

/// Checks a code from an authenticator app, or a recovery code, and marks it as used if it is correct.
///
/// # Errors
/// A store failure, or a secret that can't be opened.
pub(super) async fn verify_code(
    app: &ConsoleState,
    instance: InstanceId,
    user: &User,
    typed: &str,
    now: Timestamp,
) -> Result<bool, PageError> {
    let code: String = typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let is_totp = code.len() == totp::DIGITS && code.bytes().all(|byte| byte.is_ascii_digit());
    let kind = if is_totp { SecondFactorKind::Totp } else { SecondFactorKind::RecoveryCodes };
    for stored in stored_factors(app, instance, user, kind).await? {
        let secret = open(app, instance, user, &stored)?;
        let advanced = match kind {
            SecondFactorKind::Totp => totp::Secret::parse(&secret)
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

/// Returns the stored factors of one kind. Factors that are not in the directory are left out.
pub(super) async fn stored_factors(
    app: &ConsoleState,
    instance: InstanceId,
    user: &User,
    kind: SecondFactorKind,
) -> Result<Vec<StoredFactor>, PageError> {
    let mut stored = app.service.store().second_factors_of(instance, user.id).await?;
    stored.retain(|stored| user.second_factor(stored.factor_id).is_some_and(|factor| factor.kind == kind));
    Ok(stored)
}

/// Opens the secret of a factor.
pub(super) fn open(
    app: &ConsoleState,
    instance: InstanceId,
    user: &User,
    stored: &StoredFactor,
) -> Result<zeroize::Zeroizing<String>, PageError> {
    let sealing_context = sealing_context(instance, user, stored.factor_id);
    app.sealer
        .open_sealed(&sealing_context, stored.secret.reveal())
        .map_err(|problem| Failure::Internal(problem).into())
}
