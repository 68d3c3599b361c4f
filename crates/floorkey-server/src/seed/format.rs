//! The format of a seed file. `docs/testing.md` describes it. An unknown key is an error.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::Spanned;

/// A name, with its location in the file.
pub(super) type Name = Spanned<String>;

/// The content of a seed file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedFile {
    pub(super) instance: InstanceEntry,
    pub(super) hierarchy: HierarchyEntry,
    pub(super) hours_of_operation: Vec<HoursEntry>,
    pub(super) queues: Vec<QueueEntry>,
    pub(super) prompts: Vec<PromptEntry>,
    pub(super) quick_connects: Vec<QuickConnectEntry>,
    pub(super) routing_profiles: Vec<RoutingProfileEntry>,
    pub(super) agent_statuses: Vec<AgentStatusEntry>,
    pub(super) applications: Vec<ApplicationEntry>,
    pub(super) profiles: Vec<ProfileEntry>,
    pub(super) users: Vec<UserEntry>,
    pub(super) api_tokens: Option<Vec<ApiTokenEntry>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct InstanceEntry {
    pub(super) alias: Option<Name>,
    /// The mode of the escalation guard.
    pub(super) guard: Option<Name>,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HierarchyEntry {
    /// The names of the levels, from the top down.
    pub(super) levels: Vec<String>,
    pub(super) groups: Vec<GroupEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupEntry {
    pub(super) name: Name,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    /// The groups below this group.
    #[serde(default)]
    pub(super) groups: Vec<Self>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoursEntry {
    pub(super) name: Name,
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    pub(super) time_zone: Option<String>,
    /// The opening periods; by default, every day from 00:00 to 23:59.
    pub(super) periods: Option<Vec<PeriodEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PeriodEntry {
    pub(super) days: Vec<String>,
    /// The opening time, such as `08:00`.
    pub(super) open: Name,
    /// The closing time.
    pub(super) close: Name,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QueueEntry {
    pub(super) name: Name,
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    pub(super) hours_of_operation: Option<Name>,
    pub(super) max_contacts: Option<i64>,
    pub(super) enabled: Option<bool>,
    pub(super) caller_id_name: Option<String>,
    #[serde(default)]
    pub(super) quick_connects: Vec<Name>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PromptEntry {
    pub(super) name: Name,
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    pub(super) s3_uri: String,
}

/// An agent status that the instance has besides `Available` and `Offline`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentStatusEntry {
    pub(super) name: Name,
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    /// The position in the agents' list.
    pub(super) display_order: Option<i64>,
    pub(super) enabled: Option<bool>,
}

/// A quick connect to exactly one destination: a telephone number, a queue or a user.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuickConnectEntry {
    pub(super) name: Name,
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    pub(super) phone_number: Option<String>,
    pub(super) queue: Option<Name>,
    pub(super) user: Option<Name>,
    /// The ID of the flow that transfers contacts to a queue or a user.
    pub(super) flow: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoutingProfileEntry {
    pub(super) name: Name,
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    /// The queue for outbound calls; by default, the first queue.
    pub(super) default_outbound_queue: Option<Name>,
    /// The maximum number of simultaneous contacts by channel; by default, 1 for each channel of the queues.
    #[serde(default)]
    pub(super) channels: BTreeMap<String, i64>,
    #[serde(default)]
    pub(super) queues: Vec<QueueLinkEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QueueLinkEntry {
    pub(super) queue: Name,
    pub(super) channel: Option<String>,
    pub(super) priority: Option<i64>,
    pub(super) delay_seconds: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApplicationEntry {
    pub(super) namespace: Name,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) permissions: Vec<ApplicationPermissionEntry>,
    #[serde(default)]
    pub(super) resources: Vec<ApplicationResourceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApplicationPermissionEntry {
    pub(super) name: String,
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) requires: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApplicationResourceEntry {
    pub(super) id: String,
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) hierarchy_group: Option<Name>,
}

/// A security profile. If a default profile has the same name, the given fields replace its fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileEntry {
    pub(super) name: Name,
    pub(super) description: Option<String>,
    pub(super) permissions: Option<Vec<Name>>,
    pub(super) applications: Option<Vec<ApplicationGrantEntry>>,
    pub(super) access_control: Option<AccessControlEntry>,
    pub(super) conditions: Option<Vec<ConditionEntry>>,
    /// The profiles that users with this profile can assign.
    pub(super) assignable: Option<Vec<Name>>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApplicationGrantEntry {
    pub(super) namespace: Name,
    pub(super) permissions: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AccessControlEntry {
    /// The tags that resources of the types in `tag_restricted` must have.
    pub(super) tags: BTreeMap<String, String>,
    pub(super) tag_restricted: Vec<String>,
    /// The hierarchy group whose users can be accessed; `OWN` means the user's own group.
    pub(super) hierarchy_group: Option<Name>,
}

/// The conditions on one permission. All of them must be met.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionEntry {
    pub(super) permission: Name,
    /// The namespace of the permission's application; absent for a permission of Amazon Connect.
    pub(super) application: Option<Name>,
    /// The attribute of the resource that must name the user.
    pub(super) own: Option<String>,
    #[serde(default)]
    pub(super) same_hierarchy: bool,
    /// The attributes that the resource and the user must have in common.
    #[serde(default)]
    pub(super) same: Vec<String>,
    /// The possible values of attributes of the resource.
    #[serde(default)]
    pub(super) one_of: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserEntry {
    pub(super) username: Name,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) secondary_email: Option<String>,
    pub(super) mobile: Option<String>,
    /// The password, which the user need not change at the first sign-in.
    pub(super) password: Option<Name>,
    pub(super) profiles: Vec<Name>,
    pub(super) routing_profile: Option<Name>,
    pub(super) hierarchy_group: Option<Name>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    pub(super) enabled: Option<bool>,
    #[serde(default)]
    pub(super) proficiencies: Vec<ProficiencyEntry>,
    #[serde(default)]
    pub(super) access_keys: Vec<AccessKeyEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProficiencyEntry {
    pub(super) attribute: String,
    pub(super) value: String,
    pub(super) level: f32,
}

/// An access key. An ID or a secret that is absent is derived from the login name and the label.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessKeyEntry {
    pub(super) label: Name,
    pub(super) id: Option<Name>,
    pub(super) secret: Option<String>,
}

/// An API token. A text that is absent is derived from the label.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiTokenEntry {
    pub(super) label: Name,
    pub(super) token: Option<String>,
    /// The scopes; by default, all.
    pub(super) scopes: Option<Vec<Name>>,
    #[serde(default)]
    pub(super) subject_types: Vec<String>,
    #[serde(default)]
    pub(super) resource_types: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) details: bool,
}
