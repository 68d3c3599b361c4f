//! Commands on second factors.

use super::change_builder::{ChangeBuilder, not_found};
use super::check;
use crate::change::AuxiliaryWrite;
use crate::id::{MfaMethodId, UserId};
use crate::limits;
use crate::principal::{Authentication, Principal};
use crate::refusal::{EntityKind, Refusal};
use crate::secret::SecretBytes;
use crate::user::{MfaMethod, MfaMethodKind};

/// Adds a second factor to the actor's own account. Sessions do not end, because an additional factor grants no access.
pub(super) fn add(
    builder: &mut ChangeBuilder<'_>,
    id: UserId,
    factor: &MfaMethod,
    secret: &SecretBytes,
) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    builder.require_session()?;
    check::length("Label", factor.label.trim(), 1, limits::SECOND_FACTOR_LABEL_CHARS_MAX)?;
    check::plain_text("Label", Some(&factor.label), limits::SECOND_FACTOR_LABEL_CHARS_MAX)?;
    if user.second_factor(factor.id).is_some() {
        return Err(Refusal::Duplicate { kind: EntityKind::MfaDevice, name: factor.id.to_string() });
    }
    let is_replaced = |existing: &MfaMethod| {
        existing.kind == MfaMethodKind::RecoveryCodes && factor.kind == MfaMethodKind::RecoveryCodes
    };
    let removed = user.mfa_methods.extract_if(.., |existing| is_replaced(existing));
    builder.side.extend(removed.map(|existing| AuxiliaryWrite::DeleteSecondFactor { user: id, factor: existing.id }));
    user.custody.start_no_later_than(builder.now);
    user.mfa_methods.push(MfaMethod { added: builder.now, ..factor.clone() });
    check::count("MFA devices of one user", user.mfa_methods.len(), limits::SECOND_FACTORS_A_USER_MAX)?;
    builder.side.push(AuxiliaryWrite::PutSecondFactor { user: id, factor: factor.id, secret: secret.clone() });
    builder.put_user(user);
    Ok(())
}

/// Removes second factors. Actors who remove their own second factors need a fresh sign-in, regardless of their
/// permissions. Otherwise, a person who finds an unattended browser could gain permanent access.
pub(super) fn remove(builder: &mut ChangeBuilder<'_>, id: UserId, factor: Option<MfaMethodId>) -> Result<(), Refusal> {
    let mut user = builder.user_or_self(id)?;
    let is_own = builder.acting_user().is_some_and(|acting| acting.id == id);
    if is_own
        && !matches!(
            builder.actor.principal,
            Principal::User { authentication: Authentication::Session { recently_authenticated: true }, .. }
        )
    {
        return Err(Refusal::NotRecentlyAuthenticated { action: builder.action });
    }
    if let Some(id_to_remove) = factor
        && user.second_factor(id_to_remove).is_none()
    {
        return Err(not_found(EntityKind::MfaDevice, id_to_remove));
    }
    let removed =
        user.mfa_methods.extract_if(.., |existing| factor.is_none_or(|id_to_remove| existing.id == id_to_remove));
    builder.side.extend(removed.map(|existing| AuxiliaryWrite::DeleteSecondFactor { user: id, factor: existing.id }));
    if !is_own {
        builder.add_actor_as_custodian(&mut user);
        user.security_epoch += 1;
    }
    builder.put_user(user);
    Ok(())
}
