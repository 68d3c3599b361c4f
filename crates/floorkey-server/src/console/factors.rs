//! Second factors: what is asked for after the password, and how an answer is checked.
//!
//! The directory knows which factors a user has; what they are checked with is sealed in the store, beside how far it
//! is used up. An answer counts only if the store moves on from where it was read: of two that bring the same code at
//! the same time one is let in, and later ones are not.

pub(super) mod passkey;
pub(super) mod recovery;
pub(super) mod totp;

use floorkey::user::SecondFactorKind;
use floorkey::{InstanceId, SecondFactorId, Timestamp, User};
use floorkey_store::StoredFactor;

use super::problem::Problem;
use crate::app::App;
use crate::failure::Failure;

/// Whether signing in as the user takes more than a password. Recovery codes stand in for a factor, and are none.
pub(super) fn are_asked_for(user: &User) -> bool {
    user.second_factors.iter().any(|factor| factor.kind != SecondFactorKind::RecoveryCodes)
}

/// Whom a factor's secret is sealed for: it opens for this user's factor only.
pub(super) fn owner(instance: InstanceId, user: &User, factor: SecondFactorId) -> String {
    format!("second factor {instance} {} {factor}", user.id)
}

/// Whether the code is right: one of an authenticator app, or a recovery code. It is used up with that.
///
/// # Errors
/// What the store can't do.
pub(super) async fn takes_code(
    app: &App,
    instance: InstanceId,
    user: &User,
    typed: &str,
    now: Timestamp,
) -> Result<bool, Problem> {
    let code: String = typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let is_totp = code.len() == totp::DIGITS && code.bytes().all(|byte| byte.is_ascii_digit());
    let wanted = if is_totp { SecondFactorKind::Totp } else { SecondFactorKind::RecoveryCodes };
    for stored in of_kind(app, instance, user, wanted).await? {
        let secret = open(app, instance, user, &stored)?;
        let moved = match wanted {
            SecondFactorKind::Totp => {
                totp::Secret::parse(&secret).and_then(|secret| secret.step_of(&code, now)).filter(|s| *s > stored.used)
            }
            _ => recovery::Kept::parse(&secret).and_then(|kept| kept.used_with(&code, stored.used)),
        };
        if let Some(used) = moved {
            let store = app.service.store();
            return Ok(store.use_factor(instance, user.id, stored.factor_id, stored.used, used, None).await?);
        }
    }
    Ok(false)
}

/// The stored factors of one kind; none that the directory doesn't know.
pub(super) async fn of_kind(
    app: &App,
    instance: InstanceId,
    user: &User,
    kind: SecondFactorKind,
) -> Result<Vec<StoredFactor>, Problem> {
    let mut stored = app.service.store().second_factors_of(instance, user.id).await?;
    stored.retain(|stored| user.second_factor(stored.factor_id).is_some_and(|factor| factor.kind == kind));
    Ok(stored)
}

/// Opens what a factor is checked with.
pub(super) fn open(
    app: &App,
    instance: InstanceId,
    user: &User,
    stored: &StoredFactor,
) -> Result<zeroize::Zeroizing<String>, Problem> {
    let owner = owner(instance, user, stored.factor_id);
    app.sealer.open_sealed(&owner, stored.secret.reveal()).map_err(|problem| Failure::Internal(problem).into())
}
