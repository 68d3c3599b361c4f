//! An audit event in the format of the management API.

use floorkey::{Principal, RecordKey, ResourceType, UserId, Via};
use floorkey_aws::EpochSeconds;
use floorkey_store::{EventPart, Kept, StoredFieldChange, StoredFlag, StoredOutcome, StoredStep};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Shown {
    /// Its position in the audit log, counted from 0.
    sequence: u64,
    time: EpochSeconds,
    act: String,
    by: By,
    request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<Value>,
    outcome: Outcome,
    targets: Vec<Target>,
    /// The total number of targets.
    target_count: usize,
    changes: Vec<Change>,
    /// The total number of changed values; each member of a list counts.
    change_count: usize,
    flags: Vec<Flag>,
    /// Its leaf hash in the Merkle tree of the audit log, in hexadecimal.
    leaf: String,
}

/// The actor.
#[derive(Serialize)]
#[serde(tag = "Kind")]
enum By {
    Operator {
        #[serde(rename = "AccessKeyId")]
        access_key: String,
    },
    User {
        #[serde(rename = "UserId")]
        user: String,
        #[serde(rename = "AccessKeyId", skip_serializing_if = "Option::is_none")]
        access_key: Option<String>,
    },
    System,
}

/// A value that can be erased: either the value, or a marker that it has been erased.
#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    There(String),
    Erased {
        #[serde(rename = "Erased")]
        erased: bool,
    },
}

#[derive(Serialize)]
#[serde(tag = "Result")]
enum Outcome {
    Done {
        #[serde(rename = "Revision")]
        revision: u64,
    },
    Refused {
        #[serde(rename = "Code")]
        code: String,
        #[serde(rename = "Message")]
        message: Value,
        /// The reference that the actor received to give to an administrator.
        #[serde(rename = "Reference", skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    of: Target,
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    added: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    removed: Vec<Value>,
}

#[derive(Serialize)]
#[serde(tag = "Flag")]
enum Flag {
    GaveMoreThanHeld {
        #[serde(rename = "Permissions")]
        permissions: Vec<String>,
    },
    TouchedStrongerUser {
        #[serde(rename = "Permissions")]
        permissions: Vec<String>,
    },
    TookFromStrongerUsers {
        #[serde(rename = "Permissions")]
        permissions: Vec<String>,
        #[serde(rename = "Users")]
        users: u64,
    },
    WidenedOwnAssignable {},
    AssignableProfileGrew {
        #[serde(rename = "SecurityProfileId")]
        profile: String,
        #[serde(rename = "Permissions")]
        permissions: Vec<String>,
    },
    CredentialsReplaced {
        #[serde(rename = "UserIds")]
        users: Vec<String>,
        #[serde(rename = "Count")]
        count: u64,
    },
    CredentialsInOtherHands {
        #[serde(rename = "UserIds")]
        users: Vec<String>,
        #[serde(rename = "Count")]
        count: u64,
    },
    LooksLike {
        #[serde(rename = "UserId")]
        user: String,
    },
    TookReservedLogin {
        #[serde(rename = "UserId")]
        user: String,
    },
    Undid {
        #[serde(rename = "Revision")]
        revision: u64,
    },
    Reason {
        #[serde(rename = "Reason")]
        reason: Value,
    },
    Repeated {
        #[serde(rename = "Times")]
        times: u64,
    },
}

/// Converts a part of an event, with `take` of its targets after the first `skip`.
pub(super) fn shown(part: EventPart, skip: usize, take: usize) -> Shown {
    let event = part.event;
    Shown {
        sequence: event.seq,
        time: EpochSeconds::from_milliseconds(event.at.as_millis()),
        act: event.act,
        by: by(event.principal),
        request_id: event.request_id,
        address: event.address.map(value),
        agent: event.agent.map(value),
        outcome: match event.outcome {
            StoredOutcome::Done { revision } => Outcome::Done { revision },
            StoredOutcome::Refused { code, message, reference } => {
                Outcome::Refused { code, message: value(message), reference }
            }
        },
        targets: event.targets.iter().skip(skip).take(take).map(target).collect(),
        target_count: event.targets.len(),
        change_count: part.lines,
        changes: event.changes.into_iter().map(change).collect(),
        flags: event.flags.into_iter().map(flag).collect(),
        leaf: event.leaf.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn by(principal: Principal) -> By {
    match principal {
        Principal::Operator { access_key } => By::Operator { access_key: access_key.to_string() },
        Principal::System => By::System,
        Principal::User { id, via } => By::User {
            user: id.to_string(),
            access_key: match via {
                Via::AccessKey(key) => Some(key.to_string()),
                Via::Session { .. } => None,
            },
        },
    }
}

fn value(kept: Kept) -> Value {
    match kept {
        Kept::Value(text) => Value::There(text),
        Kept::Erased => Value::Erased { erased: true },
    }
}

fn target(key: &RecordKey) -> Target {
    let (kind, id) = match key {
        RecordKey::Settings => ("Instance", None),
        RecordKey::Structure => ("HierarchyStructure", None),
        RecordKey::Group(id) => (ResourceType::HierarchyGroup.word(), Some(id.to_string())),
        RecordKey::Resource(id) => ("Resource", Some(id.to_string())),
        RecordKey::Profile(id) => (ResourceType::SecurityProfile.word(), Some(id.to_string())),
        RecordKey::User(id) => (ResourceType::User.word(), Some(id.to_string())),
        RecordKey::AccessKey(id) => ("AccessKey", Some(id.to_string())),
        RecordKey::Application(namespace) => ("Application", Some(namespace.clone())),
        RecordKey::ApplicationResource(namespace, id) => ("ApplicationResource", Some(format!("{namespace}/{id}"))),
        RecordKey::ApiToken(id) => ("ApiToken", Some(id.to_string())),
        RecordKey::Login(login) => ("LoginHistory", Some(login.clone())),
    };
    Target { kind, id }
}

fn change(change: StoredFieldChange) -> Change {
    let of = target(&change.record);
    let values = |list: Vec<Kept>| list.into_iter().map(value).collect();
    let (before, after, added, removed) = match change.step {
        StoredStep::Value { before, after } => (before.map(value), after.map(value), Vec::new(), Vec::new()),
        StoredStep::Members { added, removed } => (None, None, values(added), values(removed)),
    };
    Change { of, field: change.field, before, after, added, removed }
}

fn flag(flag: StoredFlag) -> Flag {
    let ids = |users: &[UserId]| users.iter().map(ToString::to_string).collect();
    match flag {
        StoredFlag::GaveMoreThanHeld(permissions) => Flag::GaveMoreThanHeld { permissions },
        StoredFlag::TouchedStrongerUser(permissions) => Flag::TouchedStrongerUser { permissions },
        StoredFlag::TookFromStrongerUsers(permissions, users) => Flag::TookFromStrongerUsers { permissions, users },
        StoredFlag::WidenedOwnAssignable => Flag::WidenedOwnAssignable {},
        StoredFlag::AssignableProfileGrew(profile, permissions) => {
            Flag::AssignableProfileGrew { profile: profile.to_string(), permissions }
        }
        StoredFlag::CredentialsReplaced(users, count) => Flag::CredentialsReplaced { users: ids(&users), count },
        StoredFlag::CredentialsInOtherHands(users, count) => {
            Flag::CredentialsInOtherHands { users: ids(&users), count }
        }
        StoredFlag::LooksLike(user) => Flag::LooksLike { user: user.to_string() },
        StoredFlag::TookReservedLogin(user) => Flag::TookReservedLogin { user: user.to_string() },
        StoredFlag::Undid(revision) => Flag::Undid { revision: revision.0 },
        StoredFlag::Reason(reason) => Flag::Reason { reason: value(reason) },
        StoredFlag::Repeated(times) => Flag::Repeated { times },
    }
}
