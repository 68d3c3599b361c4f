//! Deletes all secrets that are encrypted with the server's key file. This is necessary if the key file is lost.

use std::sync::Arc;

use super::change_builder::ChangeBuilder;
use crate::change::AuxiliaryWrite;
use crate::decision::Target;
use crate::record::RecordKey;
use crate::refusal::Refusal;
use crate::user::{MfaMethodKind, User};

/// Removes all access keys and all authenticator apps. If a user then has only recovery codes as second factors, they
/// are also removed. The command records one event, even if there is nothing to remove.
pub(super) fn delete_all(builder: &mut ChangeBuilder<'_>) -> Result<(), Refusal> {
    builder.authorize(&Target::Instance)?;
    for key in builder.before.access_keys() {
        builder.targets.push(RecordKey::AccessKey(key.id.clone()));
        builder.remove(RecordKey::AccessKey(key.id.clone()));
        builder.side.push(AuxiliaryWrite::DeleteAccessKey { id: key.id.clone() });
    }
    let has_authenticator =
        |user: &&Arc<User>| user.mfa_methods.iter().any(|factor| factor.kind == MfaMethodKind::Totp);
    for user in builder.before.users_after(None).filter(has_authenticator) {
        let mut user = User::clone(user);
        let has_passkey = user.mfa_methods.iter().any(|factor| factor.kind == MfaMethodKind::Passkey);
        let removed = user.mfa_methods.extract_if(.., |factor| factor.kind == MfaMethodKind::Totp || !has_passkey);
        builder
            .side
            .extend(removed.map(|factor| AuxiliaryWrite::DeleteSecondFactor { user: user.id, factor: factor.id }));
        user.security_epoch += 1;
        builder.targets.push(RecordKey::User(user.id));
        builder.put_user(user);
    }
    Ok(())
}
