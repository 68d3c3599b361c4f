//! Users. Security profiles are assigned to users.

use crate::custody::Custody;
use crate::id::{HierarchyGroupId, MfaMethodId, ResourceId, SecurityProfileId, UserId};
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::value_revisions::ValueRevisions;

/// A stored user.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// The ID, which never changes.
    pub id: UserId,
    /// The login name, unique in the instance (see [`folded`](crate::text::folded)).
    pub username: String,
    /// The user's name, email addresses and mobile number.
    pub identity: Identity,
    /// The last email address that the user has verified by following a link sent to it. Password reset links are sent
    /// only to this address.
    pub verified_email: Option<String>,
    /// When `verified_email` was verified; `None` if the time is unknown.
    pub email_verified_at: Option<Timestamp>,
    /// Whether the address in `identity` was entered by a user whose custody has ended. If so, an actor must confirm
    /// the address before inviting this user.
    pub email_unverified: bool,
    /// The user's ID in an external directory, if there is one.
    pub directory_user_id: Option<String>,
    /// The assigned profiles: 1 to 10, without duplicates.
    pub assignments: Vec<Assignment>,
    /// The routing profile, which determines the contacts that the user receives.
    pub routing_profile: ResourceId,
    /// The hierarchy group.
    pub hierarchy_group: Option<HierarchyGroupId>,
    /// How contacts reach the user, by channel.
    pub phone: Phone,
    /// The proficiencies of the user.
    pub proficiencies: Vec<Proficiency>,
    /// The tags on the user.
    pub tags: Tags,
    /// The revisions in which the tags were set.
    pub tag_revisions: ValueRevisions,
    /// Whether the user is enabled. A disabled user has no permissions and can't sign in.
    pub enabled: bool,
    /// Whether the user has a password, and who set it.
    pub password: PasswordState,
    /// When the password was set; `None` if unknown or if there is no password.
    pub password_set_at: Option<Timestamp>,
    /// The users who could know the credentials of this user.
    pub custody: Custody,
    /// The MFA methods, up to 10. If the user has any MFA methods, one of them is required at sign-in in addition to
    /// the password.
    pub mfa_methods: Vec<MfaMethod>,
    /// A counter that is increased by every event that must end sessions and invalidate links. Each session or link
    /// contains the counter's value at the time of its creation.
    pub security_epoch: u64,
    /// When the user last changed.
    pub modified: Timestamp,
}

impl User {
    /// Creates a user who has only a login name and a routing profile. `modified` is the time of creation.
    #[must_use]
    pub fn new(id: UserId, username: impl Into<String>, routing_profile: ResourceId, modified: Timestamp) -> Self {
        Self {
            id,
            username: username.into(),
            identity: Identity::default(),
            verified_email: None,
            email_verified_at: None,
            email_unverified: false,
            directory_user_id: None,
            assignments: Vec::new(),
            routing_profile,
            hierarchy_group: None,
            phone: Phone::default(),
            proficiencies: Vec::new(),
            tags: Tags::new(),
            tag_revisions: ValueRevisions::default(),
            enabled: true,
            password: PasswordState::None,
            password_set_at: None,
            custody: Custody::default(),
            mfa_methods: Vec::new(),
            security_epoch: 0,
            modified,
        }
    }

    /// Creates the administrator of a new or restored instance, without any profiles.
    #[must_use]
    pub(crate) fn administrator(id: UserId, username: &str, routing_profile: ResourceId, modified: Timestamp) -> Self {
        let identity = Identity {
            first_name: Some("Floorkey".to_owned()),
            last_name: Some("Administrator".to_owned()),
            ..Identity::default()
        };
        Self { identity, ..Self::new(id, username, routing_profile, modified) }
    }

    /// Iterates over the profiles that are assigned at the given time.
    pub fn profiles_at(&self, at: Timestamp) -> impl Iterator<Item = SecurityProfileId> + '_ {
        self.assignments
            .iter()
            .filter(move |assignment| assignment.is_active_at(at))
            .map(|assignment| assignment.profile)
    }

    /// Whether it is possible to sign in as this user.
    #[must_use]
    pub fn can_sign_in(&self) -> bool {
        self.enabled && self.password != PasswordState::None
    }

    /// Returns the display name: the first and last name, or the login name if both are missing.
    #[must_use]
    pub fn display_name(&self) -> String {
        fn part(name: &Option<String>) -> &str {
            let name = name.as_deref().unwrap_or_default();
            // This is a fast path for the usual case, because a search for Unicode whitespace takes longer.
            let edges = [name.as_bytes().first(), name.as_bytes().last()];
            if edges.iter().flatten().all(|byte| byte.is_ascii_graphic()) { name } else { name.trim() }
        }
        match (part(&self.identity.first_name), part(&self.identity.last_name)) {
            ("", "") => self.username.clone(),
            (name, "") | ("", name) => name.to_owned(),
            (first, last) => [first, " ", last].concat(),
        }
    }

    /// Returns the MFA method with the given ID.
    #[must_use]
    pub fn second_factor(&self, id: MfaMethodId) -> Option<&MfaMethod> {
        self.mfa_methods.iter().find(|factor| factor.id == id)
    }
}

/// The name, email addresses and mobile number of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The first name, up to 255 characters.
    pub first_name: Option<String>,
    /// The last name, up to 300 characters.
    pub last_name: Option<String>,
    /// The email address that was last entered. Password reset links are sent only to [`User::verified_email`].
    pub email: Option<String>,
    /// The secondary email address. It receives all notifications except password resets.
    pub secondary_email: Option<String>,
    /// The mobile number in E.164 format.
    pub mobile: Option<String>,
}

/// The assignment of a profile to a user, optionally with a start and an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The ID of the profile.
    pub profile: SecurityProfileId,
    /// The start of the assignment, inclusive.
    pub from: Option<Timestamp>,
    /// The end of the assignment, exclusive.
    pub until: Option<Timestamp>,
}

impl Assignment {
    /// Creates an assignment without a start or an end.
    #[must_use]
    pub const fn always(profile: SecurityProfileId) -> Self {
        Self { profile, from: None, until: None }
    }

    /// Whether the assignment has a start or an end.
    #[must_use]
    pub const fn is_dated(&self) -> bool {
        self.from.is_some() || self.until.is_some()
    }

    /// Whether the assignment has ended at the given time.
    #[must_use]
    pub fn has_ended(&self, at: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= at)
    }

    /// Whether the assignment is in effect at the given time.
    #[must_use]
    pub fn is_active_at(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && !self.has_ended(at)
    }
}

/// Whether a user has a password, and who set it. The password hash is stored outside the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordState {
    /// No password. It is not possible to sign in as this user.
    None,
    /// A temporary password set by another user. The password must be changed at the first sign-in.
    Temporary,
    /// A password that the user chose, or a password from the configuration of a server that starts unattended.
    Set,
}

impl PasswordState {
    /// Returns the name in the management API and in audit events.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Temporary => "OneTime",
            Self::Set => "Chosen",
        }
    }
}

/// An MFA method, used at sign-in in addition to the password. The method's secret is stored outside the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MfaMethod {
    /// The ID of the method.
    pub id: MfaMethodId,
    /// The kind of method.
    pub kind: MfaMethodKind,
    /// The user's label for the method, up to 127 characters, for example `Phone`.
    pub label: String,
    /// When the method was added.
    pub added: Timestamp,
}

/// The kind of an MFA method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MfaMethodKind {
    /// A six-digit code from an authenticator app, which changes every 30 seconds (RFC 6238).
    Totp,
    /// A passkey or security key (WebAuthn).
    Passkey,
    /// Single-use recovery codes, for users who lose their other MFA methods.
    RecoveryCodes,
}

impl MfaMethodKind {
    /// Returns the kind's name in the store and the audit log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::RecoveryCodes => "recovery-codes",
        }
    }

    /// Returns the kind of MFA method with the given name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Totp, Self::Passkey, Self::RecoveryCodes].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// How contacts reach a user, by channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Phone {
    /// The settings of each channel: at most one entry per channel, in the order of [`CHANNELS`].
    pub channels: Vec<ChannelSettings>,
}

/// The channels of contacts.
pub const CHANNELS: [&str; 4] = ["VOICE", "CHAT", "TASK", "EMAIL"];

impl Phone {
    /// Returns the settings of a channel if there are any.
    #[must_use]
    pub fn channel(&self, channel: &str) -> Option<&ChannelSettings> {
        self.channels.iter().find(|settings| settings.channel == channel)
    }

    /// Returns the settings of a channel, which the caller can change. Adds default settings if the channel has none.
    /// Returns `None` if the channel does not exist.
    pub fn channel_mut(&mut self, channel: &str) -> Option<&mut ChannelSettings> {
        let channel_order = |name: &str| CHANNELS.iter().position(|known| *known == name);
        let order = channel_order(channel)?;
        let at = match self.channels.iter().position(|settings| channel_order(&settings.channel) >= Some(order)) {
            Some(at) => at,
            None => self.channels.len(),
        };
        if self.channels.get(at).is_none_or(|settings| settings.channel != channel) {
            self.channels.insert(at, ChannelSettings { channel: channel.to_owned(), ..ChannelSettings::default() });
        }
        self.channels.get_mut(at)
    }
}

/// How contacts of one channel reach a user. A setting is `None` if it was never set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelSettings {
    /// `VOICE`, `CHAT`, `TASK` or `EMAIL`.
    pub channel: String,
    /// Whether contacts are accepted automatically.
    pub auto_accept: Option<bool>,
    /// Whether agent-first callbacks are accepted automatically.
    pub callback_auto_accept: Option<bool>,
    /// The time limit for after-contact work, in seconds. 0 means no limit.
    pub after_contact_work_seconds: Option<i64>,
    /// The time limit for work after an agent-first callback, in seconds. 0 means no limit.
    pub callback_after_contact_work_seconds: Option<i64>,
    /// `SOFT_PHONE` or `DESK_PHONE`.
    pub phone_type: Option<String>,
    /// The number of the desk phone in E.164 format.
    pub phone_number: Option<String>,
    /// Whether the connection to the softphone stays open between calls.
    pub persistent_connection: Option<bool>,
    /// `VOICE_ISOLATION`, `NOISE_SUPPRESSION` or `NONE`.
    pub voice_enhancement: Option<String>,
}

/// A proficiency of a user.
#[derive(Clone, Debug, PartialEq)]
pub struct Proficiency {
    /// The name of the attribute.
    pub attribute: String,
    /// The value of the attribute.
    pub value: String,
    /// The level, 1 to 5.
    pub level: f32,
}
