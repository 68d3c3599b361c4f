//! The stored form of audit events.
//!
//! An event is stored in two parts. The *body* is hashed into the Merkle tree and never changes. The body identifies
//! users only by ID. In place of each personal value, the body contains SHA-256(salt ‖ value), where the salt is 32
//! random bytes. The *personal* part contains the salts and the personal values. Each entry in the personal part lists
//! users. When one of these users is erased, the entry must be deleted. Without its salt, a hash reveals nothing about
//! the value. Deleting the personal part therefore erases the personal data and leaves the tree unchanged.
//!
//! The following values are personal: the fields of a change that are marked as personal, the message of a refusal, the
//! network address and the user agent of a call, and the text of a reason. The message of a refusal is personal because
//! it may contain names.
//!
//! Both parts are JSON. Absent and empty values are left out. The format number of the body is not part of the body's
//! text, but it is hashed into the leaf.

use std::borrow::Cow;

use floorkey::audit::{FieldChange, Flag, Outcome, ValueChange};
use floorkey::{AuditEvent, Authentication, CallSignature, Permission, PermissionSet, Principal, RecordKey, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::rows;
use floorkey_audit::{Hash, commitment, leaf_hash};

/// The format number of event bodies. This version of Floorkey writes and reads only this format.
pub(crate) const FORMAT: u8 = 1;

/// The stored form of an event.
pub(crate) struct AuditRow {
    /// The [`Body`] in JSON.
    pub(crate) body: String,
    /// The [`PersonalValue`]s in JSON.
    pub(crate) personal: String,
    /// The leaf hash, which is SHA-256(0x00 ‖ format ‖ body).
    pub(crate) leaf: Hash,
}

/// The part of an event that is hashed into the Merkle tree.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body<'a> {
    /// The name of the event type.
    #[serde(rename = "act")]
    pub(crate) event_type: Cow<'a, str>,
    #[serde(rename = "by")]
    pub(crate) actor: ActorRow<'a>,
    /// The ID of the API request that caused the event.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub(crate) request: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<Hashed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<Hashed>,
    /// The SHA-256 hash, in hex, of the signature of the API request that made the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signature: Option<Cow<'a, str>>,
    /// The time of the event, in milliseconds since 1970-01-01T00:00:00Z.
    pub(crate) at: i64,
    pub(crate) outcome: OutcomeRow<'a>,
    /// The kind and ID of each target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) targets: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) changes: Vec<ChangeRow<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) flags: Vec<FlagRow<'a>>,
}

impl Body<'_> {
    /// Returns the hashes of all personal values in the body, except for values in the changes.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = &str> {
        let message = match &self.outcome {
            OutcomeRow::Done(_) => None,
            OutcomeRow::Refused { message, .. } => Some(message),
        };
        let reasons = self.flags.iter().filter_map(|flag| match flag {
            FlagRow::Reason(reason) => Some(reason),
            _ => None,
        });
        let hashed = self.address.iter().chain(&self.agent).chain(message).chain(reasons);
        hashed.map(|hashed| hashed.sha256.as_str())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActorRow<'a> {
    /// The operator, identified by access key ID.
    Operator(Cow<'a, str>),
    /// A user in a console session, identified by user ID.
    User { id: Cow<'a, str>, fresh: bool },
    /// A user who uses an access key, identified by user ID.
    UserKey { id: Cow<'a, str>, access_key: Cow<'a, str> },
    /// Floorkey itself.
    System,
}

impl ActorRow<'_> {
    /// Returns the ID of the acting user, or `None` for the operator and the system.
    pub(crate) fn user(&self) -> Option<&str> {
        match self {
            Self::User { id, .. } | Self::UserKey { id, .. } => Some(id),
            Self::Operator(_) | Self::System => None,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutcomeRow<'a> {
    /// The command succeeded and created this revision.
    Done(u64),
    /// The command was refused and changed nothing.
    Refused {
        code: Cow<'a, str>,
        message: Hashed,
        /// A reference code that the actor can give to an administrator.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Cow<'a, str>>,
    },
}

/// A changed field. It has either `before` and `after`, or `added` and `removed`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeRow<'a> {
    /// The kind and ID of the changed record.
    #[serde(rename = "of")]
    pub(crate) record: (Cow<'a, str>, Cow<'a, str>),
    pub(crate) field: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<Text<'a>>,
    /// Present if the field is a list; absent if the field is a single value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) added: Option<Vec<Text<'a>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) removed: Option<Vec<Text<'a>>>,
}

/// A reason to review the event.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FlagRow<'a> {
    /// Contains the names of permissions.
    GaveMoreThanHeld(Vec<Cow<'a, str>>),
    /// Contains the names of permissions.
    TouchedStrongerUser(Vec<Cow<'a, str>>),
    /// Contains the names of permissions, and the number of users.
    TookFromStrongerUsers(Vec<Cow<'a, str>>, u64),
    WidenedOwnAssignable,
    /// Contains the ID of a profile, and the names of permissions.
    AssignableProfileGrew(Cow<'a, str>, Vec<Cow<'a, str>>),
    /// Contains the IDs of users, and the total number of users.
    CredentialsReplaced(Vec<Cow<'a, str>>, u64),
    /// Contains the IDs of users, and the total number of users.
    CredentialsInOtherHands(Vec<Cow<'a, str>>, u64),
    /// Contains the ID of a user.
    LooksLike(Cow<'a, str>),
    /// Contains the ID of a user.
    TookReservedLogin(Cow<'a, str>),
    /// The revision that was undone.
    Undid(u64),
    Reason(Hashed),
    /// The number of refusals that the event represents.
    Repeated(u64),
}

/// A value, stored either as plain text or as its hash.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Text<'a> {
    Plain(Cow<'a, str>),
    Hashed(Hashed),
}

/// The hash of a value. The value itself is stored in the personal part.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hashed {
    /// SHA-256(salt ‖ value) in hex.
    pub(crate) sha256: String,
}

/// An entry in the personal part of an event.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonalValue<'a> {
    /// The IDs of the users. When one of these users is erased, the entry is deleted.
    #[serde(rename = "of", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) users: Vec<Cow<'a, str>>,
    /// The 32-byte salt, in hex.
    pub(crate) salt: Cow<'a, str>,
    pub(crate) value: Cow<'a, str>,
}

/// Returns the stored form of an event. The salts are derived from `seed`, which must be fresh random bytes.
pub(crate) fn encode(event: &AuditEvent, seed: [u8; 32]) -> Result<AuditRow, serde_json::Error> {
    let mut personal = PersonalValues { seed, values: Vec::new() };
    let actor_user: Vec<UserId> = acting_user(&event.actor.principal).into_iter().collect();
    let actor = &event.actor;
    let body = Body {
        event_type: Cow::Borrowed(event.action.name()),
        actor: actor_row(&actor.principal),
        request: Cow::Borrowed(&actor.request_id),
        address: actor.address.as_deref().map(|address| personal.hash_value(&actor_user, address)),
        agent: actor.user_agent.as_deref().map(|agent| personal.hash_value(&actor_user, agent)),
        signature: used_signature(event).map(|signature| Cow::Owned(hex::encode(signature.hash))),
        at: event.at.as_millis(),
        outcome: match &event.outcome {
            Outcome::Done { revision } => OutcomeRow::Done(revision.0),
            Outcome::Refused { code, message, reference } => {
                let affected: Vec<UserId> =
                    event.targets.iter().filter_map(target_user).chain(actor_user.iter().copied()).collect();
                let reference = reference.map(|reference| Cow::Owned(reference.to_string()));
                OutcomeRow::Refused {
                    code: Cow::Borrowed(code),
                    message: personal.hash_value(&affected, message),
                    reference,
                }
            }
        },
        targets: event.targets.iter().map(kind_and_id).collect(),
        changes: event.changes.iter().map(|change| change_row(change, &mut personal)).collect(),
        flags: event.flags.iter().map(|flag| flag_row(flag, &actor_user, &mut personal)).collect(),
    };
    let body = serde_json::to_string(&body)?;
    let leaf = leaf_hash(FORMAT, body.as_bytes());
    Ok(AuditRow { personal: serde_json::to_string(&personal.values)?, leaf, body })
}

/// Returns the signature of the request if the event's command succeeded. The signature can't be used again. Returns
/// `None` if the command was refused.
pub(crate) fn used_signature(event: &AuditEvent) -> Option<CallSignature> {
    match event.outcome {
        Outcome::Done { .. } => event.actor.signature,
        Outcome::Refused { .. } => None,
    }
}

/// Collects the personal values of an event while the event's body is built.
struct PersonalValues<'a> {
    seed: [u8; 32],
    values: Vec<PersonalValue<'a>>,
}

impl<'a> PersonalValues<'a> {
    fn hash_value(&mut self, users: &[UserId], value: &'a str) -> Hashed {
        let count = u64::try_from(self.values.len()).unwrap_or(u64::MAX);
        let salt: Hash = Sha256::new().chain_update(self.seed).chain_update(count.to_be_bytes()).finalize().into();
        let mut users: Vec<_> = users.iter().map(|user| Cow::Owned(user.to_string())).collect();
        users.sort_unstable();
        users.dedup();
        self.values.push(PersonalValue { users, salt: Cow::Owned(hex::encode(salt)), value: Cow::Borrowed(value) });
        Hashed { sha256: hex::encode(commitment(&salt, value)) }
    }

    fn text_value(&mut self, user: Option<UserId>, value: &'a str) -> Text<'a> {
        match user {
            Some(user) => Text::Hashed(self.hash_value(&[user], value)),
            None => Text::Plain(Cow::Borrowed(value)),
        }
    }

    fn text_values(&mut self, user: Option<UserId>, values: &'a [String]) -> Vec<Text<'a>> {
        values.iter().map(|value| self.text_value(user, value)).collect()
    }
}

fn actor_row(principal: &Principal) -> ActorRow<'_> {
    match principal {
        Principal::Operator { access_key } => ActorRow::Operator(Cow::Borrowed(access_key.as_str())),
        Principal::User { id, authentication: via } => {
            let id = Cow::Owned(id.to_string());
            match via {
                Authentication::AccessKey(key) => ActorRow::UserKey { id, access_key: Cow::Borrowed(key.as_str()) },
                Authentication::Session { recently_authenticated: fresh } => ActorRow::User { id, fresh: *fresh },
            }
        }
        Principal::System => ActorRow::System,
    }
}

fn acting_user(principal: &Principal) -> Option<UserId> {
    match principal {
        Principal::User { id, .. } => Some(*id),
        Principal::Operator { .. } | Principal::System => None,
    }
}

fn target_user(target: &RecordKey) -> Option<UserId> {
    match target {
        RecordKey::User(id) => Some(*id),
        _ => None,
    }
}

fn kind_and_id(key: &RecordKey) -> (Cow<'static, str>, Cow<'static, str>) {
    let (kind, id) = rows::columns(key);
    (Cow::Borrowed(kind), Cow::Owned(id))
}

fn change_row<'a>(change: &'a FieldChange, personal: &mut PersonalValues<'a>) -> ChangeRow<'a> {
    let user = change.personal;
    let mut row = ChangeRow {
        record: kind_and_id(&change.record),
        field: Cow::Borrowed(change.field),
        before: None,
        after: None,
        added: None,
        removed: None,
    };
    match &change.change {
        ValueChange::Value { before, after } => {
            row.before = before.as_deref().map(|value| personal.text_value(user, value));
            row.after = after.as_deref().map(|value| personal.text_value(user, value));
        }
        ValueChange::Members { added, removed } => {
            row.added = Some(personal.text_values(user, added));
            row.removed = Some(personal.text_values(user, removed));
        }
    }
    row
}

fn flag_row<'a>(flag: &'a Flag, actor_user: &[UserId], personal: &mut PersonalValues<'a>) -> FlagRow<'a> {
    let names = |set: &PermissionSet| set.iter().map(Permission::name).map(Cow::Borrowed).collect();
    let ids = |users: &[UserId]| users.iter().map(|user| Cow::Owned(user.to_string())).collect();
    match flag {
        Flag::GrantedBeyondActor { permissions } => FlagRow::GaveMoreThanHeld(names(permissions)),
        Flag::ChangedUserWithMoreAccess { permissions } => FlagRow::TouchedStrongerUser(names(permissions)),
        Flag::ReducedUsersWithMoreAccess { permissions, users } => {
            FlagRow::TookFromStrongerUsers(names(permissions), *users)
        }
        Flag::ExpandedOwnAssignable => FlagRow::WidenedOwnAssignable,
        Flag::AssignableProfileExpanded { profile, permissions } => {
            FlagRow::AssignableProfileGrew(Cow::Owned(profile.to_string()), names(permissions))
        }
        Flag::CredentialsReplaced { users, count } => FlagRow::CredentialsReplaced(ids(users), *count),
        Flag::CredentialsKnownToCustodians { users, count } => FlagRow::CredentialsInOtherHands(ids(users), *count),
        Flag::LooksLike { user } => FlagRow::LooksLike(Cow::Owned(user.to_string())),
        Flag::ReusedReservedLogin { user } => FlagRow::TookReservedLogin(Cow::Owned(user.to_string())),
        Flag::UndoOf { revision } => FlagRow::Undid(revision.0),
        Flag::Reason(reason) => FlagRow::Reason(personal.hash_value(actor_user, reason)),
        Flag::Repeated { times } => FlagRow::Repeated(*times),
    }
}
