//! Commands on access keys.

use std::sync::Arc;

use super::change_builder::{ChangeBuilder, not_found};
use super::check;
use crate::access_key::{AccessKey, AccessKeyId};
use crate::change::AuxiliaryWrite;
use crate::custody::Custody;
use crate::decision::Target;
use crate::id::UserId;
use crate::invalid::invalid;
use crate::limits;
use crate::record::{Record, RecordKey};
use crate::refusal::{EntityKind, Refusal};
use crate::resource::ResourceType;
use crate::secret::SecretBytes;
use crate::user::User;

pub(super) fn create(
    builder: &mut ChangeBuilder<'_>,
    owner: UserId,
    id: &AccessKeyId,
    label: &str,
    sealed_secret: &SecretBytes,
) -> Result<(), Refusal> {
    let user = builder.before.user(owner).ok_or_else(|| builder.not_found_or_denied(ResourceType::User, owner))?;
    builder.authorize(&Target::User(owner))?;
    // Requests signed with an access key can't create keys. Otherwise, a leaked key could be used to keep access even
    // after it is revoked.
    builder.require_session()?;
    if !user.enabled {
        return Err(invalid(
            "UserId",
            "the user is disabled, and access keys of a disabled user don't work: enable the user first",
        )
        .into());
    }
    check::plain_text("Label", Some(label), limits::ACCESS_KEY_LABEL_CHARS_MAX)?;
    if builder.before.access_key(id).is_some() {
        return Err(Refusal::Duplicate { kind: EntityKind::AccessKey, name: id.to_string() });
    }
    let key_count = builder.before.access_keys_of(owner).count();
    check::count("access keys of one user", key_count + 1, limits::ACCESS_KEYS_A_USER_MAX)?;
    let (label, created, known_to) = (label.to_owned(), builder.now, Custody::default());
    let key = AccessKey { id: id.clone(), owner, label, created, suspended_until: None, known_to };
    let mut custody = user.custody.clone();
    custody.start_no_later_than(builder.now);
    if custody != user.custody {
        builder.put_user(User { custody, ..User::clone(user) });
    }
    builder.put(Record::AccessKey(Arc::new(key)));
    builder.side.push(AuxiliaryWrite::PutAccessKey { id: id.clone(), sealed_secret: sealed_secret.clone() });
    Ok(())
}

/// Revokes an access key. The owner is always allowed to revoke the key; other actors need permission for the
/// operation.
pub(super) fn revoke(builder: &mut ChangeBuilder<'_>, id: &AccessKeyId) -> Result<(), Refusal> {
    let authorized = match builder.before.access_key(id) {
        Some(key) => builder.authorize_unless_owner(key.owner),
        None => Err(builder.not_found_or_denied(ResourceType::User, id)),
    };
    authorized.map_err(|refusal| hide_owner(refusal, id))?;
    builder.remove(RecordKey::AccessKey(id.clone()));
    builder.side.push(AuxiliaryWrite::DeleteAccessKey { id: id.clone() });
    Ok(())
}

/// Reinstates a suspended access key. Owners are not allowed to reinstate their own keys, because another user could
/// know the key's secret. Owners can create a new key instead.
///
/// The guard checks that the owner does not have more access than the actor. Users who could know the key's secret
/// become custodians of the owner again. If the owner later gets more access than these users have, the key is
/// suspended again.
pub(super) fn reinstate(builder: &mut ChangeBuilder<'_>, id: &AccessKeyId) -> Result<(), Refusal> {
    let missing = || hide_owner(builder.not_found_or_denied(ResourceType::User, id), id);
    let key = builder.before.access_key(id).ok_or_else(missing)?;
    builder.authorize(&Target::User(key.owner)).map_err(|refusal| hide_owner(refusal, id))?;
    if builder.acting_user().is_some_and(|user| user.id == key.owner) {
        let problem = "you can't reinstate your own access key if another user could know it: create a new one";
        return Err(invalid("AccessKeyId", problem).into());
    }
    match key.suspended_until {
        None => return Err(invalid("AccessKeyId", "the access key is not suspended").into()),
        Some(until) if until <= builder.now => {
            let problem =
                "a suspended access key can be reinstated within 24 hours only: revoke it, and create a new one";
            return Err(invalid("AccessKeyId", problem).into());
        }
        Some(_) => {}
    }
    if let Some(user) = builder.before.user(key.owner) {
        let mut custody = user.custody.clone();
        custody.add_custodians_of(user.id, &key.known_to, key.created);
        if key.known_to.is_empty() {
            custody.add_others(key.created);
        }
        builder.put_user(User { custody, ..User::clone(user) });
    }
    let key = AccessKey { suspended_until: None, known_to: Custody::default(), ..AccessKey::clone(key) };
    builder.put(Record::AccessKey(Arc::new(key)));
    Ok(())
}

/// Replaces a refusal about a key's owner with a refusal about the key. The returned refusal does not reveal the owner.
fn hide_owner(refusal: Refusal, id: &AccessKeyId) -> Refusal {
    match refusal {
        Refusal::OutOfScope { action, .. } => Refusal::OutOfScope { action, what: EntityKind::AccessKey.with_id(id) },
        Refusal::NotFound { .. } => not_found(EntityKind::AccessKey, id),
        refusal => refusal,
    }
}
