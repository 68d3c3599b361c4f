//! Audit events that have been read from the store.

use std::borrow::Cow;
use std::collections::HashMap;

use floorkey::{AccessKeyId, Authentication, Principal, RecordKey, Revision, SecurityProfileId, Timestamp, UserId};

use crate::audit_row::{self, ActorRow, Body, ChangeRow, FlagRow, Hashed, OutcomeRow, PersonalValue, Text};
use crate::backend::RowView;
use crate::error::{StoreError, UnreadableValue};
use crate::{packed, rows};
use floorkey_audit::{Hash, commitment, leaf_hash};

/// An audit event that has been read from the store, with the personal values that have not been erased.
///
/// The names of event types, fields and permissions are strings, because another version may have written the event.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// The event's sequence number in the audit log of the instance, counted from 0.
    pub seq: u64,
    /// The time of the event.
    pub at: Timestamp,
    /// The name of the event type.
    pub event_type: String,
    /// The actor's principal.
    pub principal: Principal,
    /// The ID of the API request that caused the event; empty if there was no request ID.
    pub request_id: String,
    /// The network address that the request came from.
    pub address: Option<StoredValue>,
    /// The user agent that sent the request.
    pub user_agent: Option<StoredValue>,
    /// The SHA-256 hash, in hex, of the signature of the API request that made the change. `None` if the request had no
    /// signature, or if the event was written by a version that did not record signatures.
    pub signature: Option<String>,
    /// The outcome of the command.
    pub outcome: StoredOutcome,
    /// The records that the command targeted.
    pub targets: Vec<RecordKey>,
    /// The fields that the event changed.
    pub changes: Vec<StoredFieldChange>,
    /// Reasons to review the event.
    pub flags: Vec<StoredFlag>,
    /// The text of the event's body, as written.
    pub body: String,
    /// The event's leaf hash in the Merkle tree, recomputed from `body`.
    pub leaf: Hash,
}

/// A value that can be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredValue {
    /// The value, which has been checked against its hash.
    Value(String),
    /// The value was erased, or the stored value doesn't match its hash.
    Erased,
}

/// The outcome of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredOutcome {
    /// The command succeeded and created a revision.
    Done {
        /// The revision that the command created.
        revision: u64,
    },
    /// The command was refused and changed nothing.
    Refused {
        /// The reason for the refusal, as a short code.
        code: String,
        /// The reason for the refusal, in words. The message may contain names that were hidden from the actor.
        message: StoredValue,
        /// A reference code that the actor can give to an administrator, who can use it to find the event.
        reference: Option<String>,
    },
}

/// A changed field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFieldChange {
    /// The record that was changed.
    pub record: RecordKey,
    /// The name of the changed field.
    pub field: String,
    /// The change of the field's value.
    pub change: StoredValueChange,
}

/// The change of a field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredValueChange {
    /// A single value changed.
    Value {
        /// The old value; `None` if there was no old value.
        before: Option<StoredValue>,
        /// The new value; `None` if there is no new value.
        after: Option<StoredValue>,
    },
    /// Members of a list changed.
    Members {
        /// The members that were added.
        added: Vec<StoredValue>,
        /// The members that were removed.
        removed: Vec<StoredValue>,
    },
}

impl StoredValueChange {
    /// Returns the number of lines that describe the change. A changed value is one line. Each member that was added or
    /// removed is one line. A change between no value and an empty value has no lines.
    #[must_use]
    pub fn lines(&self) -> usize {
        let is_filled = |value: &StoredValue| !matches!(value, StoredValue::Value(value) if value.is_empty());
        match self {
            Self::Value { before, after } => usize::from([before, after].into_iter().flatten().any(is_filled)),
            Self::Members { added, removed } => added.len() + removed.len(),
        }
    }
}

/// A reason to review an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredFlag {
    /// The event granted these permissions to a user although the actor does not have them.
    GrantedBeyondActor(Vec<String>),
    /// The event changed the account of a user who has these permissions. The actor does not have them.
    ChangedUserWithMoreAccess(Vec<String>),
    /// The event removed these permissions from users who have more access than the actor, or renamed a profile that
    /// these users have. The second value is the number of these users.
    ReducedUsersWithMoreAccess(Vec<String>, u64),
    /// The event made more profiles assignable by the actor, or by users whom the actor can change.
    ExpandedOwnAssignable,
    /// The event added these permissions to this profile, which users with other profiles can assign.
    AssignableProfileExpanded(SecurityProfileId, Vec<String>),
    /// The event replaced the credentials of these users, because other users might know these credentials. The second
    /// value is the total number of users.
    CredentialsReplaced(Vec<UserId>, u64),
    /// Other users might know the credentials of these users, but the event did not replace these credentials. The
    /// second value is the total number of users.
    CredentialsKnownToCustodians(Vec<UserId>, u64),
    /// The new login name looks like the login name of this user.
    LooksLike(UserId),
    /// The new login name was reserved for this user.
    ReusedReservedLogin(UserId),
    /// The event undid the change with this revision.
    UndoOf(Revision),
    /// The reason that the actor gave for changing the escalation guard.
    Reason(StoredValue),
    /// The event represents this number of refusals with the same event type and actor. It describes the last refusal.
    /// The earlier refusals have no events of their own.
    Repeated(u64),
}

/// The numbers of the columns in statements that read events.
pub(crate) const SEQ: usize = 1;
pub(crate) const FORMAT: usize = 3;
pub(crate) const BODY: usize = 4;
pub(crate) const PERSONAL: usize = 5;
pub(crate) const LEAF: usize = 6;

/// Reads a row of [`READ_EVENTS`](crate::sql::READ_EVENTS).
///
/// # Errors
/// Returns [`StoreError::UnreadableRow`] if a column can't be read, or if the stored leaf hash doesn't match the body.
pub(crate) fn from_row(row: &RowView<'_>) -> Result<StoredEvent, StoreError> {
    let format = row.integer(FORMAT)?;
    if format != i64::from(audit_row::FORMAT) {
        return Err(row.unreadable(FORMAT, format!("this version does not support the format {format}")));
    }
    let text = unpack_column(row, BODY)?;
    let leaf = leaf_hash(audit_row::FORMAT, text.as_bytes());
    if row.bytes(LEAF)? != leaf {
        return Err(
            row.unreadable(LEAF, "the hash does not match the body: one of them was changed after it was written")
        );
    }
    let body: Body<'_> = serde_json::from_str(&text).map_err(|error| row.unreadable(BODY, error))?;
    let personal = unpack_column(row, PERSONAL)?;
    let personal: Vec<PersonalValue<'_>> =
        serde_json::from_str(&personal).map_err(|error| row.unreadable(PERSONAL, error))?;
    let personal_values = PersonalValuesByHash::new(personal);
    personal_values.to_event(row.count(SEQ)?, &text, leaf, body).map_err(|problem| row.unreadable(BODY, problem))
}

/// Unpacks a packed column and returns its text.
///
/// # Errors
/// Returns [`StoreError::UnreadableRow`] if the column can't be read or unpacked.
pub(crate) fn unpack_column(row: &RowView<'_>, column: usize) -> Result<String, StoreError> {
    packed::unpack(row.bytes(column)?).map_err(|problem| row.unreadable(column, problem))
}

/// Personal values, by their hashes in hex.
pub(crate) struct PersonalValuesByHash(HashMap<String, String>);

impl PersonalValuesByHash {
    pub(crate) fn new(personal: Vec<PersonalValue<'_>>) -> Self {
        let by_hash = |entry: PersonalValue<'_>| {
            let salt = hex::decode(&*entry.salt).ok()?;
            Some((hex::encode(commitment(&salt, &entry.value)), entry.value.into_owned()))
        };
        Self(personal.into_iter().filter_map(by_hash).collect())
    }

    /// Whether the personal value with this hash is present.
    pub(crate) fn contains(&self, sha256: &str) -> bool {
        self.0.contains_key(sha256)
    }

    pub(crate) fn to_event(
        &self,
        seq: u64,
        text: &str,
        leaf: Hash,
        body: Body<'_>,
    ) -> Result<StoredEvent, UnreadableValue> {
        Ok(StoredEvent {
            seq,
            at: Timestamp::from_millis(body.at),
            event_type: body.event_type.into_owned(),
            principal: principal(&body.actor)?,
            request_id: body.request.into_owned(),
            address: body.address.map(|address| self.resolve(&address)),
            user_agent: body.agent.map(|agent| self.resolve(&agent)),
            signature: body.signature.map(Cow::into_owned),
            outcome: match body.outcome {
                OutcomeRow::Done(revision) => StoredOutcome::Done { revision },
                OutcomeRow::Refused { code, message, reference } => StoredOutcome::Refused {
                    code: code.into_owned(),
                    message: self.resolve(&message),
                    reference: reference.map(Cow::into_owned),
                },
            },
            targets: body.targets.iter().map(|(kind, id)| rows::key(kind, id)).collect::<Result<_, _>>()?,
            changes: body.changes.into_iter().map(|change| self.to_change(change)).collect::<Result<_, _>>()?,
            flags: body.flags.into_iter().map(|flag| self.to_flag(flag)).collect::<Result<_, _>>()?,
            body: text.to_owned(),
            leaf,
        })
    }

    fn resolve(&self, hashed: &Hashed) -> StoredValue {
        self.0.get(&hashed.sha256).map_or(StoredValue::Erased, |value| StoredValue::Value(value.clone()))
    }

    fn resolve_text(&self, text: Text<'_>) -> StoredValue {
        match text {
            Text::Plain(value) => StoredValue::Value(value.into_owned()),
            Text::Hashed(hashed) => self.resolve(&hashed),
        }
    }

    pub(crate) fn to_change(&self, row: ChangeRow<'_>) -> Result<StoredFieldChange, UnreadableValue> {
        let texts =
            |texts: Option<Vec<Text<'_>>>| texts.into_iter().flatten().map(|text| self.resolve_text(text)).collect();
        let (kind, id) = &row.record;
        let record = rows::key(kind, id)?;
        let step = if row.added.is_some() || row.removed.is_some() {
            StoredValueChange::Members { added: texts(row.added), removed: texts(row.removed) }
        } else {
            let value = |text: Option<Text<'_>>| text.map(|text| self.resolve_text(text));
            StoredValueChange::Value { before: value(row.before), after: value(row.after) }
        };
        Ok(StoredFieldChange { record, field: row.field.into_owned(), change: step })
    }

    fn to_flag(&self, row: FlagRow<'_>) -> Result<StoredFlag, UnreadableValue> {
        let owned = |names: Vec<Cow<'_, str>>| names.into_iter().map(Cow::into_owned).collect();
        Ok(match row {
            FlagRow::GaveMoreThanHeld(names) => StoredFlag::GrantedBeyondActor(owned(names)),
            FlagRow::TouchedStrongerUser(names) => StoredFlag::ChangedUserWithMoreAccess(owned(names)),
            FlagRow::TookFromStrongerUsers(names, users) => StoredFlag::ReducedUsersWithMoreAccess(owned(names), users),
            FlagRow::WidenedOwnAssignable => StoredFlag::ExpandedOwnAssignable,
            FlagRow::AssignableProfileGrew(profile, names) => {
                StoredFlag::AssignableProfileExpanded(profile_id(&profile)?, owned(names))
            }
            FlagRow::CredentialsReplaced(users, count) => StoredFlag::CredentialsReplaced(user_ids(&users)?, count),
            FlagRow::CredentialsInOtherHands(users, count) => {
                StoredFlag::CredentialsKnownToCustodians(user_ids(&users)?, count)
            }
            FlagRow::LooksLike(user) => StoredFlag::LooksLike(user_id(&user)?),
            FlagRow::TookReservedLogin(user) => StoredFlag::ReusedReservedLogin(user_id(&user)?),
            FlagRow::Undid(revision) => StoredFlag::UndoOf(Revision(revision)),
            FlagRow::Reason(reason) => StoredFlag::Reason(self.resolve(&reason)),
            FlagRow::Repeated(times) => StoredFlag::Repeated(times),
        })
    }
}

fn principal(actor: &ActorRow<'_>) -> Result<Principal, UnreadableValue> {
    Ok(match actor {
        ActorRow::Operator(key) => Principal::Operator { access_key: access_key_id(key)? },
        ActorRow::User { id, fresh } => Principal::User {
            id: user_id(id)?,
            authentication: Authentication::Session { recently_authenticated: *fresh },
        },
        ActorRow::UserKey { id, access_key: key } => {
            Principal::User { id: user_id(id)?, authentication: Authentication::AccessKey(access_key_id(key)?) }
        }
        ActorRow::System => Principal::System,
    })
}

fn user_ids(texts: &[Cow<'_, str>]) -> Result<Vec<UserId>, UnreadableValue> {
    texts.iter().map(|text| user_id(text)).collect()
}

fn profile_id(text: &str) -> Result<SecurityProfileId, UnreadableValue> {
    SecurityProfileId::parse(text).ok_or_else(|| format!("`{text}` is not the id of a security profile").into())
}

fn user_id(text: &str) -> Result<UserId, UnreadableValue> {
    UserId::parse(text).ok_or_else(|| format!("`{text}` is not the id of a user").into())
}

fn access_key_id(text: &str) -> Result<AccessKeyId, UnreadableValue> {
    AccessKeyId::parse(text).ok_or_else(|| format!("`{text}` is not the id of an access key").into())
}
