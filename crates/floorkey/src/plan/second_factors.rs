//! Commands on second factors.

use super::check;
use super::draft::{Draft, not_found};
use crate::change::SideWrite;
use crate::id::{SecondFactorId, UserId};
use crate::limits;
use crate::principal::{Principal, Via};
use crate::refusal::Refusal;
use crate::secret::Opaque;
use crate::user::{SecondFactor, SecondFactorKind};

/// Adds a second factor to the actor's own account. Ends no session, because an additional factor gives no access.
pub(super) fn add(draft: &mut Draft<'_>, id: UserId, factor: &SecondFactor, secret: &Opaque) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    draft.in_session()?;
    check::length("Label", factor.label.trim(), 1, limits::SECOND_FACTOR_LABEL_CHARS_MAX)?;
    check::plain("Label", Some(&factor.label), limits::SECOND_FACTOR_LABEL_CHARS_MAX)?;
    if user.second_factor(factor.id).is_some() {
        return Err(Refusal::Duplicate { what: "MFA device", name: factor.id.to_string() });
    }
    let replaced = |held: &SecondFactor| {
        held.kind == SecondFactorKind::RecoveryCodes && factor.kind == SecondFactorKind::RecoveryCodes
    };
    let gone = user.second_factors.extract_if(.., |held| replaced(held));
    draft.side.extend(gone.map(|held| SideWrite::ForgetSecondFactor { user: id, factor: held.id }));
    user.custody.begin_by(draft.now);
    user.second_factors.push(SecondFactor { added: draft.now, ..factor.clone() });
    check::count("MFA devices of one user", user.second_factors.len(), limits::SECOND_FACTORS_A_USER_MAX)?;
    draft.side.push(SideWrite::PutSecondFactor { user: id, factor: factor.id, secret: secret.clone() });
    draft.put_user(user);
    Ok(())
}

/// Removes second factors. Actors need a fresh sign-in to remove their own, whatever permissions they have, so that a
/// person at an unattended browser can't secure lasting access.
pub(super) fn remove(draft: &mut Draft<'_>, id: UserId, factor: Option<SecondFactorId>) -> Result<(), Refusal> {
    let mut user = draft.user_or_oneself(id)?;
    let own = draft.acting_user().is_some_and(|acting| acting.id == id);
    if own && !matches!(draft.actor.principal, Principal::User { via: Via::Session { fresh: true }, .. }) {
        return Err(Refusal::NotFresh { act: draft.act });
    }
    if let Some(wanted) = factor
        && user.second_factor(wanted).is_none()
    {
        return Err(not_found("MFA device", wanted));
    }
    let gone = user.second_factors.extract_if(.., |held| factor.is_none_or(|wanted| held.id == wanted));
    draft.side.extend(gone.map(|held| SideWrite::ForgetSecondFactor { user: id, factor: held.id }));
    if !own {
        draft.take_custody(&mut user);
        user.security_epoch += 1;
    }
    draft.put_user(user);
    Ok(())
}
