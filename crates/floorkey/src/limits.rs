//! How many and how long: the shape limits of Amazon Connect's model, which always hold.
//!
//! Quotas (profiles or users an instance, calls a second) are the server's to configure and off by default.

/// Profiles one user may hold; at least one is held.
pub const PROFILES_A_USER_MAX: usize = 10;
/// Characters of a profile's name, at least one.
pub const PROFILE_NAME_CHARS_MAX: usize = 127;
/// Characters of a description.
pub const DESCRIPTION_CHARS_MAX: usize = 250;
/// Permissions in one call.
pub const PERMISSIONS_MAX: usize = 500;
/// Access-control tags a profile.
pub const ACCESS_CONTROL_TAGS_MAX: usize = 4;
/// Resource types that a profile restricts by tags.
pub const RESTRICTED_TYPES_MAX: usize = 10;
/// Applications a profile.
pub const APPLICATIONS_MAX: usize = 10;
/// Permissions of one application in a profile, at least one.
pub const APPLICATION_PERMISSIONS_MAX: usize = 50;
/// Characters of a namespace or of an application's permission.
pub const NAMESPACE_CHARS_MAX: usize = 128;
/// Flow modules that a profile lets run.
pub const FLOW_MODULES_MAX: usize = 10;
/// Agents of artificial intelligence that a profile lets run.
pub const AI_AGENTS_MAX: usize = 100;
/// Tags on one thing.
pub const TAGS_MAX: usize = 50;
/// Characters of a tag's key, at least one.
pub const TAG_KEY_CHARS_MAX: usize = 128;
/// Characters of a tag's value.
pub const TAG_VALUE_CHARS_MAX: usize = 256;
/// Characters of a login name, at least one.
pub const USERNAME_CHARS_MAX: usize = 100;
/// Days for which a login name that was given up stays reserved, and a deleted user can be restored.
pub const LOGIN_RESERVED_DAYS: u16 = 90;
/// Users of one login name, one after the other, that are kept.
pub const LOGIN_TENURES_MAX: usize = 100;
/// Characters of a first name.
pub const FIRST_NAME_CHARS_MAX: usize = 255;
/// Characters of a last name.
pub const LAST_NAME_CHARS_MAX: usize = 300;
/// Characters of an e-mail address (RFC 5321's path, without its brackets).
pub const EMAIL_CHARS_MAX: usize = 254;
/// Characters of a password.
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=64;
/// Levels of the hierarchy.
pub const HIERARCHY_LEVELS_MAX: usize = 5;
/// Characters of the name of a hierarchy level or group, at least one.
pub const HIERARCHY_NAME_CHARS_MAX: usize = 50;
/// Characters of the name of a routing profile, queue, hours of operation or agent status, at least one.
pub const RESOURCE_NAME_CHARS_MAX: usize = 127;
/// Proficiencies a user.
pub const PROFICIENCIES_MAX: usize = 50;
/// Access keys a user: two, so that one can take over from the other.
pub const ACCESS_KEYS_A_USER_MAX: usize = 2;
/// Characters of an access key's label.
pub const ACCESS_KEY_LABEL_CHARS_MAX: usize = 127;
/// Characters of the reason for loosening the escalation guard, at least one.
pub const REASON_CHARS_MAX: usize = 500;
/// Queues that one call links to a routing profile.
pub const QUEUES_A_CALL_MAX: usize = 10;
/// Links to queues of a routing profile, of each of its two lists.
pub const QUEUES_A_ROUTING_PROFILE_MAX: usize = 500;
/// Second factors a user.
pub const SECOND_FACTORS_A_USER_MAX: usize = 10;
/// Characters of a second factor's label.
pub const SECOND_FACTOR_LABEL_CHARS_MAX: usize = 127;
/// Characters of the name of an attribute that conditions look at, at least one.
pub const ATTRIBUTE_NAME_CHARS_MAX: usize = 128;
/// Characters of an attribute's value.
pub const ATTRIBUTE_VALUE_CHARS_MAX: usize = 256;
/// Values that a condition compares an attribute with, at least one.
pub const CONDITION_VALUES_MAX: usize = 10;
/// Conditions of one grant.
pub const CONDITIONS_A_GRANT_MAX: usize = 10;
/// Conditions of one profile, over all its permissions. It keeps a profile within a few megabytes, which every list of
/// assignable profiles may keep a copy of.
pub const CONDITIONS_A_PROFILE_MAX: usize = 1_000;
/// Applications registered in an instance.
pub const REGISTERED_APPLICATIONS_MAX: usize = 100;
/// Permissions of a registered application, at least one.
pub const REGISTERED_PERMISSIONS_MAX: usize = 500;
/// Characters of an application's description and of a permission's sentence.
pub const APPLICATION_TEXT_CHARS_MAX: usize = 500;
/// Characters of the id of an application's resource, at least one.
pub const APPLICATION_RESOURCE_ID_CHARS_MAX: usize = 256;
/// Attributes of an application's resource.
pub const ATTRIBUTES_MAX: usize = 50;
/// Resources that are known of one application.
pub const APPLICATION_RESOURCES_MAX: usize = 100_000;
/// API tokens in an instance.
pub const API_TOKENS_MAX: usize = 1_000;
/// Characters of an API token's label, at least one.
pub const API_TOKEN_LABEL_CHARS_MAX: usize = 127;
/// Types of subjects that mean users to an API token.
pub const TOKEN_SUBJECT_TYPES_MAX: usize = 20;
/// Types of resources that an API token leads to namespaces.
pub const TOKEN_RESOURCE_TYPES_MAX: usize = 100;
/// For so many milliseconds a suspended access key can be reinstated: 24 hours.
pub const KEY_SUSPENSION_MILLIS: i64 = 24 * 60 * 60 * 1_000;
/// Commands in a batch, steps of an undo, and users whose profile is replaced at once.
pub const BATCH_MAX: usize = 10_000;
/// Bytes of the tags of all users whom one batch writes: 4 MiB. Each is written whole, and its event has what changed.
pub const CHANGED_TAG_BYTES_MAX: usize = 4 << 20;
/// Profiles that a list of assignable profiles keeps as they were when a user without full access named them.
pub const PINNED_PROFILES_MAX: usize = 100;

/// Records that the audit event of a refused command names, at most.
pub const REFUSED_TARGETS_MAX: usize = 1_000;
