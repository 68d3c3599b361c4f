//! Limits on numbers and lengths, from the API model of Amazon Connect. These limits always apply.
//!
//! In contrast, quotas are configured in the server and are off by default. Examples are profiles or users per
//! instance, and calls per second.

/// Maximum number of profiles per user; the minimum is 1.
pub const PROFILES_A_USER_MAX: usize = 10;
/// Maximum number of characters in the name of a profile; the minimum is 1.
pub const PROFILE_NAME_CHARS_MAX: usize = 127;
/// Maximum number of characters in a description.
pub const DESCRIPTION_CHARS_MAX: usize = 250;
/// Maximum number of permissions in one call.
pub const PERMISSIONS_MAX: usize = 500;
/// Maximum number of access control tags per profile.
pub const ACCESS_CONTROL_TAGS_MAX: usize = 4;
/// Maximum number of resource types to which one profile restricts access by tags.
pub const RESTRICTED_TYPES_MAX: usize = 10;
/// Maximum number of applications in which one profile grants permissions.
pub const APPLICATIONS_MAX: usize = 10;
/// Maximum number of permissions that a profile grants in one application; the minimum is 1.
pub const APPLICATION_PERMISSIONS_MAX: usize = 50;
/// Maximum number of characters in a namespace or in the name of an application's permission.
pub const NAMESPACE_CHARS_MAX: usize = 128;
/// Maximum number of flow modules that a profile allows.
pub const FLOW_MODULES_MAX: usize = 10;
/// Maximum number of AI agents that a profile allows.
pub const AI_AGENTS_MAX: usize = 100;
/// Maximum number of tags per resource.
pub const TAGS_MAX: usize = 50;
/// Maximum number of characters in the key of a tag; the minimum is 1.
pub const TAG_KEY_CHARS_MAX: usize = 128;
/// Maximum number of characters in the value of a tag.
pub const TAG_VALUE_CHARS_MAX: usize = 256;
/// Maximum number of characters in a login name; the minimum is 1.
pub const USERNAME_CHARS_MAX: usize = 100;
/// Number of days for which a login name stays reserved after its user gave it up. A deleted user can be restored for
/// the same number of days.
pub const LOGIN_RESERVED_DAYS: u16 = 90;
/// Maximum number of periods in the history of a login name. If there are more, the earliest periods are deleted.
pub const LOGIN_TENURES_MAX: usize = 100;
/// Maximum number of characters in a first name.
pub const FIRST_NAME_CHARS_MAX: usize = 255;
/// Maximum number of characters in a last name.
pub const LAST_NAME_CHARS_MAX: usize = 300;
/// Maximum number of characters in an email address. This is the maximum length of a path in RFC 5321, without the
/// angle brackets.
pub const EMAIL_CHARS_MAX: usize = 254;
/// The allowed numbers of characters in a password.
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=64;
/// The position of an agent status in the agents' list.
pub const AGENT_STATUS_ORDER: std::ops::RangeInclusive<i64> = 1..=50;
/// Maximum number of levels in the hierarchy.
pub const HIERARCHY_LEVELS_MAX: usize = 5;
/// Maximum number of characters in the name of a hierarchy level or group; the minimum is 1.
pub const HIERARCHY_NAME_CHARS_MAX: usize = 50;
/// Maximum number of characters in the name of a routing profile, queue, hours of operation or agent status; the
/// minimum is 1.
pub const RESOURCE_NAME_CHARS_MAX: usize = 127;
/// Maximum number of proficiencies per user.
pub const PROFICIENCIES_MAX: usize = 50;
/// Maximum number of access keys per user. With two keys, a user can replace a key without downtime.
pub const ACCESS_KEYS_A_USER_MAX: usize = 2;
/// Maximum number of characters in the label of an access key.
pub const ACCESS_KEY_LABEL_CHARS_MAX: usize = 127;
/// Maximum number of characters in the reason for dismissing a finding, or for changing the escalation guard to a less
/// strict mode; the minimum is 1.
pub const REASON_CHARS_MAX: usize = 500;
/// Maximum number of queues that one call links to a routing profile.
pub const QUEUES_A_CALL_MAX: usize = 10;
/// Maximum number of queues in each of the two lists of a routing profile.
pub const QUEUES_A_ROUTING_PROFILE_MAX: usize = 500;
/// Maximum number of quick connects that one call adds to a queue.
pub const QUICK_CONNECTS_A_CALL_MAX: usize = 50;
/// Maximum number of quick connects of a queue.
pub const QUICK_CONNECTS_A_QUEUE_MAX: usize = 700;
/// Maximum number of MFA methods per user.
pub const SECOND_FACTORS_A_USER_MAX: usize = 10;
/// Maximum number of characters in the label of an MFA method.
pub const SECOND_FACTOR_LABEL_CHARS_MAX: usize = 127;
/// Maximum number of characters in the name of an attribute in a condition; the minimum is 1.
pub const ATTRIBUTE_NAME_CHARS_MAX: usize = 128;
/// Maximum number of characters in the value of an attribute.
pub const ATTRIBUTE_VALUE_CHARS_MAX: usize = 256;
/// Maximum number of values that a condition compares an attribute with; the minimum is 1.
pub const CONDITION_VALUES_MAX: usize = 10;
/// Maximum number of conditions on one permission of a profile.
pub const CONDITIONS_A_GRANT_MAX: usize = 10;
/// Maximum total number of conditions in one profile. This limits the size of profiles, because lists of assignable
/// profiles contain copies of profiles.
pub const CONDITIONS_A_PROFILE_MAX: usize = 1_000;
/// Maximum number of registered applications per instance.
pub const REGISTERED_APPLICATIONS_MAX: usize = 100;
/// Maximum number of permissions per registered application; the minimum is 1.
pub const REGISTERED_PERMISSIONS_MAX: usize = 500;
/// Maximum number of characters in the description of an application or of an application's permission.
pub const APPLICATION_TEXT_CHARS_MAX: usize = 500;
/// Maximum number of characters in the ID of an application's resource; the minimum is 1.
pub const APPLICATION_RESOURCE_ID_CHARS_MAX: usize = 256;
/// Maximum number of attributes per application resource.
pub const ATTRIBUTES_MAX: usize = 50;
/// Maximum number of registered resources per application.
pub const APPLICATION_RESOURCES_MAX: usize = 100_000;
/// Maximum number of API tokens per instance.
pub const API_TOKENS_MAX: usize = 1_000;
/// Maximum number of characters in the label of an API token; the minimum is 1.
pub const API_TOKEN_LABEL_CHARS_MAX: usize = 127;
/// Maximum number of subject types that represent users in the settings of one API token.
pub const TOKEN_SUBJECT_TYPES_MAX: usize = 20;
/// Maximum number of resource types that the settings of one API token map to namespaces.
pub const TOKEN_RESOURCE_TYPES_MAX: usize = 100;
/// Maximum number of days for which a finding is dismissed: a year, which can be a leap year.
pub const DISMISSAL_DAYS_MAX: u16 = 366;
/// Number of milliseconds during which a suspended access key can be reinstated: 24 hours.
pub const KEY_SUSPENSION_MILLIS: i64 = 24 * 60 * 60 * 1_000;
/// Maximum number of commands in a batch. The same maximum applies to the steps of an undo, and to the users for whom
/// one command replaces a profile.
pub const BATCH_MAX: usize = 10_000;
/// Maximum total size, in bytes, of the tags of all users that a batch changes: 4 MiB. The limit includes unchanged
/// tags, because all tags of a user are written even if only one tag changes.
pub const CHANGED_TAG_BYTES_MAX: usize = 4 << 20;
/// Maximum number of pinned profiles in a list of assignable profiles. A profile is pinned if a user without full
/// access adds it to the list. For a pinned profile, the list contains a copy of the profile from that time.
pub const PINNED_PROFILES_MAX: usize = 100;

/// Maximum number of records that are listed in the audit event of a refused command.
pub const REFUSED_TARGETS_MAX: usize = 1_000;
