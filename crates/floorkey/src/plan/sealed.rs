//! Deletes all secrets that are encrypted with the server's key file. This is necessary if the key file is lost.

use super::change_builder::ChangeBuilder;
use crate::change::AuxiliaryWrite;
use crate::decision::Target;
use crate::record::RecordKey;
use crate::refusal::Refusal;
use crate::user::User;

/// Removes all access keys and all MFA: the console encrypts authenticator apps, passkeys and recovery codes alike. The
/// command records one event, even if there is nothing to remove.
pub(super) fn delete_all(builder: &mut ChangeBuilder<'_>) -> Result<(), Refusal> {
    builder.authorize(&Target::Instance)?;
    for key in builder.before.access_keys() {
        builder.targets.push(RecordKey::AccessKey(key.id.clone()));
        builder.remove(RecordKey::AccessKey(key.id.clone()));
        builder.side.push(AuxiliaryWrite::DeleteAccessKey { id: key.id.clone() });
    }
    for user in builder.before.users_after(None).filter(|user| !user.mfa_methods.is_empty()) {
        let mut user = User::clone(user);
        let removed = std::mem::take(&mut user.mfa_methods);
        builder.side.extend(
            removed.iter().map(|factor| AuxiliaryWrite::DeleteSecondFactor { user: user.id, factor: factor.id }),
        );
        user.security_epoch += 1;
        builder.targets.push(RecordKey::User(user.id));
        builder.put_user(user);
    }
    Ok(())
}
