//! Removal of everything that is sealed under the server's key file, for when that file is lost.

use std::sync::Arc;

use super::draft::Draft;
use crate::change::SideWrite;
use crate::decision::Target;
use crate::record::RecordKey;
use crate::refusal::Refusal;
use crate::user::{SecondFactorKind, User};

/// Removes all access keys and all authenticator apps, and the recovery codes of users who have no other second factor
/// left. Records one event, even if there is nothing to remove.
pub(super) fn forget(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    draft.authorize(&Target::Instance)?;
    for key in draft.before.access_keys() {
        draft.targets.push(RecordKey::AccessKey(key.id.clone()));
        draft.remove(RecordKey::AccessKey(key.id.clone()));
        draft.side.push(SideWrite::ForgetAccessKey { id: key.id.clone() });
    }
    let sealed = |user: &&Arc<User>| user.second_factors.iter().any(|held| held.kind == SecondFactorKind::Totp);
    for user in draft.before.users_after(None).filter(sealed) {
        let mut user = User::clone(user);
        let has_passkey = user.second_factors.iter().any(|held| held.kind == SecondFactorKind::Passkey);
        let gone = user.second_factors.extract_if(.., |held| held.kind == SecondFactorKind::Totp || !has_passkey);
        draft.side.extend(gone.map(|held| SideWrite::ForgetSecondFactor { user: user.id, factor: held.id }));
        user.security_epoch += 1;
        draft.targets.push(RecordKey::User(user.id));
        draft.put_user(user);
    }
    Ok(())
}
