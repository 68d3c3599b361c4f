//! An audit event in the format of the management API.

use floorkey::{Authentication, Principal, RecordKey, ResourceType, UserId};
use floorkey_aws::EpochSeconds;
use floorkey_store::{EventPart, StoredFieldChange, StoredFlag, StoredOutcome, StoredValue, StoredValueChange};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AuditEventView {
    /// The position of the event in the audit log, starting with 0.
    sequence: u64,
    time: EpochSeconds,
    #[serde(rename = "Act")]
    action: String,
    by: ActorView,
    request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<ErasableValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<ErasableValue>,
    outcome: OutcomeView,
    targets: Vec<TargetView>,
    /// The total number of targets.
    target_count: usize,
    changes: Vec<ChangeView>,
    /// The total number of changed values. Each member of a list counts as one value.
    change_count: usize,
    flags: Vec<FlagView>,
    /// The event's leaf hash in the Merkle tree of the audit log, in hexadecimal.
    leaf: String,
}

/// The actor of an event.
#[derive(Serialize)]
#[serde(tag = "Kind")]
pub(super) enum ActorView {
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

/// A value that can be erased: either the value itself, or a marker for an erased value.
#[derive(Serialize)]
#[serde(untagged)]
enum ErasableValue {
    Present(String),
    Erased {
        #[serde(rename = "Erased")]
        erased: bool,
    },
}

#[derive(Serialize)]
#[serde(tag = "Result")]
enum OutcomeView {
    Done {
        #[serde(rename = "Revision")]
        revision: u64,
    },
    Refused {
        #[serde(rename = "Code")]
        code: String,
        #[serde(rename = "Message")]
        message: ErasableValue,
        /// The reference code that was shown to the actor. An administrator can use it to find this event.
        #[serde(rename = "Reference", skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TargetView {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ChangeView {
    of: TargetView,
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<ErasableValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<ErasableValue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    added: Vec<ErasableValue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    removed: Vec<ErasableValue>,
}

#[derive(Serialize)]
#[serde(tag = "Flag")]
enum FlagView {
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
        reason: ErasableValue,
    },
    Repeated {
        #[serde(rename = "Times")]
        times: u64,
    },
}

/// Converts part of an event to the format of the management API. Skips the first `skip` targets and includes the next
/// `take` targets.
pub(super) fn to_view(part: EventPart, skip: usize, take: usize) -> AuditEventView {
    let event = part.event;
    AuditEventView {
        sequence: event.seq,
        time: EpochSeconds::from_milliseconds(event.at.as_millis()),
        action: event.event_type,
        by: actor_view(event.principal),
        request_id: event.request_id,
        address: event.address.map(to_value),
        agent: event.user_agent.map(to_value),
        outcome: match event.outcome {
            StoredOutcome::Done { revision } => OutcomeView::Done { revision },
            StoredOutcome::Refused { code, message, reference } => {
                OutcomeView::Refused { code, message: to_value(message), reference }
            }
        },
        targets: event.targets.iter().skip(skip).take(take).map(target_view).collect(),
        target_count: event.targets.len(),
        change_count: part.lines,
        changes: event.changes.into_iter().map(change_view).collect(),
        flags: event.flags.into_iter().map(flag_view).collect(),
        leaf: hex::encode(event.leaf),
    }
}

/// Converts a principal to the format of the management API.
pub(super) fn actor_view(principal: Principal) -> ActorView {
    match principal {
        Principal::Operator { access_key } => ActorView::Operator { access_key: access_key.to_string() },
        Principal::System => ActorView::System,
        Principal::User { id, authentication: via } => ActorView::User {
            user: id.to_string(),
            access_key: match via {
                Authentication::AccessKey(key) => Some(key.to_string()),
                Authentication::Session { .. } => None,
            },
        },
    }
}

fn to_value(stored: StoredValue) -> ErasableValue {
    match stored {
        StoredValue::Value(text) => ErasableValue::Present(text),
        StoredValue::Erased => ErasableValue::Erased { erased: true },
    }
}

fn target_view(key: &RecordKey) -> TargetView {
    let (kind, id) = match key {
        RecordKey::Settings => ("Instance", None),
        RecordKey::Structure => ("HierarchyStructure", None),
        RecordKey::Group(id) => (ResourceType::HierarchyGroup.as_str(), Some(id.to_string())),
        RecordKey::Resource(id) => ("Resource", Some(id.to_string())),
        RecordKey::Profile(id) => (ResourceType::SecurityProfile.as_str(), Some(id.to_string())),
        RecordKey::User(id) => (ResourceType::User.as_str(), Some(id.to_string())),
        RecordKey::AccessKey(id) => ("AccessKey", Some(id.to_string())),
        RecordKey::Application(namespace) => ("Application", Some(namespace.clone())),
        RecordKey::ApplicationResource(namespace, id) => ("ApplicationResource", Some(format!("{namespace}/{id}"))),
        RecordKey::ApiToken(id) => ("ApiToken", Some(id.to_string())),
        RecordKey::Login(login) => ("LoginHistory", Some(login.clone())),
        RecordKey::Finding(id) => ("Finding", Some(id.to_string())),
    };
    TargetView { kind, id }
}

fn change_view(change: StoredFieldChange) -> ChangeView {
    let of = target_view(&change.record);
    let values = |list: Vec<StoredValue>| list.into_iter().map(to_value).collect();
    let (before, after, added, removed) = match change.change {
        StoredValueChange::Value { before, after } => {
            (before.map(to_value), after.map(to_value), Vec::new(), Vec::new())
        }
        StoredValueChange::Members { added, removed } => (None, None, values(added), values(removed)),
    };
    ChangeView { of, field: change.field, before, after, added, removed }
}

fn flag_view(flag: StoredFlag) -> FlagView {
    let ids = |users: &[UserId]| users.iter().map(ToString::to_string).collect();
    match flag {
        StoredFlag::GrantedBeyondActor(permissions) => FlagView::GaveMoreThanHeld { permissions },
        StoredFlag::ChangedUserWithMoreAccess(permissions) => FlagView::TouchedStrongerUser { permissions },
        StoredFlag::ReducedUsersWithMoreAccess(permissions, users) => {
            FlagView::TookFromStrongerUsers { permissions, users }
        }
        StoredFlag::ExpandedOwnAssignable => FlagView::WidenedOwnAssignable {},
        StoredFlag::AssignableProfileExpanded(profile, permissions) => {
            FlagView::AssignableProfileGrew { profile: profile.to_string(), permissions }
        }
        StoredFlag::CredentialsReplaced(users, count) => FlagView::CredentialsReplaced { users: ids(&users), count },
        StoredFlag::CredentialsKnownToCustodians(users, count) => {
            FlagView::CredentialsInOtherHands { users: ids(&users), count }
        }
        StoredFlag::LooksLike(user) => FlagView::LooksLike { user: user.to_string() },
        StoredFlag::ReusedReservedLogin(user) => FlagView::TookReservedLogin { user: user.to_string() },
        StoredFlag::UndoOf(revision) => FlagView::Undid { revision: revision.0 },
        StoredFlag::Reason(reason) => FlagView::Reason { reason: to_value(reason) },
        StoredFlag::Repeated(times) => FlagView::Repeated { times },
    }
}
