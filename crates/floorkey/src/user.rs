//! Users: who can be given permissions.

use crate::custody::Custody;
use crate::id::{HierarchyGroupId, ResourceId, SecondFactorId, SecurityProfileId, UserId};
use crate::set_revisions::SetRevisions;
use crate::tags::Tags;
use crate::time::Timestamp;

/// A user as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Its id, which stays whatever else changes.
    pub id: UserId,
    /// The login name, unique in the instance (see [`folded`](crate::text::folded)).
    pub username: String,
    /// Name and addresses.
    pub identity: Identity,
    /// The address that reset links may go to: the one last confirmed from itself.
    pub confirmed_email: Option<String>,
    /// When `confirmed_email` was confirmed; `None` where it is not known.
    pub email_confirmed_at: Option<Timestamp>,
    /// Whether the address in `identity` was entered by a user whose custody has ended: whoever invites this user has
    /// to confirm the address first.
    pub email_unverified: bool,
    /// The id in an outside directory, where there is one.
    pub directory_user_id: Option<String>,
    /// The profiles held: 1 to 10, each once.
    pub assignments: Vec<Assignment>,
    /// Which contacts the user gets.
    pub routing_profile: ResourceId,
    /// The place in the hierarchy.
    pub hierarchy_group: Option<HierarchyGroupId>,
    /// How contacts reach the user.
    pub phone: Phone,
    /// What the user is good at.
    pub proficiencies: Vec<Proficiency>,
    /// Tags on the user.
    pub tags: Tags,
    /// When the tags were set.
    pub tags_set: SetRevisions,
    /// A disabled user has no permission and can't sign in.
    pub enabled: bool,
    /// What the user can sign in with.
    pub password: PasswordState,
    /// When the password was set; `None` where it is not known, or there is none.
    pub password_set_at: Option<Timestamp>,
    /// The users who could have come to know what this user signs in with.
    pub custody: Custody,
    /// What is asked for after the password, up to 10; one of them will do.
    pub second_factors: Vec<SecondFactor>,
    /// Raised by whatever must end sessions and links; they carry the value they were made at.
    pub security_epoch: u64,
    /// When the user last changed.
    pub modified: Timestamp,
}

impl User {
    /// A user who holds nothing, and has nothing but a login name and a routing profile. `modified` is when they are
    /// made.
    #[must_use]
    pub fn new(id: UserId, username: impl Into<String>, routing_profile: ResourceId, modified: Timestamp) -> Self {
        Self {
            id,
            username: username.into(),
            identity: Identity::default(),
            confirmed_email: None,
            email_confirmed_at: None,
            email_unverified: false,
            directory_user_id: None,
            assignments: Vec::new(),
            routing_profile,
            hierarchy_group: None,
            phone: Phone::default(),
            proficiencies: Vec::new(),
            tags: Tags::new(),
            tags_set: SetRevisions::default(),
            enabled: true,
            password: PasswordState::None,
            password_set_at: None,
            custody: Custody::default(),
            second_factors: Vec::new(),
            security_epoch: 0,
            modified,
        }
    }

    /// The administrator that an instance is made with, or gets back: who still holds nothing.
    #[must_use]
    pub(crate) fn administrator(id: UserId, username: &str, routing_profile: ResourceId, modified: Timestamp) -> Self {
        let identity = Identity {
            first_name: Some("Floorkey".to_owned()),
            last_name: Some("Administrator".to_owned()),
            ..Identity::default()
        };
        Self { identity, ..Self::new(id, username, routing_profile, modified) }
    }

    /// The profiles held at the time.
    pub fn profiles_at(&self, at: Timestamp) -> impl Iterator<Item = SecurityProfileId> + '_ {
        self.assignments.iter().filter(move |assignment| assignment.holds_at(at)).map(|assignment| assignment.profile)
    }

    /// Whether somebody can sign in as this user.
    #[must_use]
    pub fn can_sign_in(&self) -> bool {
        self.enabled && self.password != PasswordState::None
    }

    /// The name to show: first and last name, or the login name where there is neither.
    #[must_use]
    pub fn display_name(&self) -> String {
        fn part(name: &Option<String>) -> &str {
            let name = name.as_deref().unwrap_or_default();
            // Nearly every name: to look for blanks as Unicode has them takes longer.
            let edges = [name.as_bytes().first(), name.as_bytes().last()];
            if edges.iter().flatten().all(|byte| byte.is_ascii_graphic()) { name } else { name.trim() }
        }
        match (part(&self.identity.first_name), part(&self.identity.last_name)) {
            ("", "") => self.username.clone(),
            (name, "") | ("", name) => name.to_owned(),
            (first, last) => [first, " ", last].concat(),
        }
    }

    /// The second factor of that id.
    #[must_use]
    pub fn second_factor(&self, id: SecondFactorId) -> Option<&SecondFactor> {
        self.second_factors.iter().find(|factor| factor.id == id)
    }
}

/// Name and addresses of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Given name, up to 255 characters.
    pub first_name: Option<String>,
    /// Family name, up to 300 characters.
    pub last_name: Option<String>,
    /// E-mail address as last set; reset links go only to [`User::confirmed_email`].
    pub email: Option<String>,
    /// Gets every notification but password resets.
    pub secondary_email: Option<String>,
    /// Mobile number, E.164.
    pub mobile: Option<String>,
}

/// A profile held by a user, always or for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The profile.
    pub profile: SecurityProfileId,
    /// Held from this time on.
    pub from: Option<Timestamp>,
    /// Held until just before this time.
    pub until: Option<Timestamp>,
}

impl Assignment {
    /// Held always.
    #[must_use]
    pub const fn always(profile: SecurityProfileId) -> Self {
        Self { profile, from: None, until: None }
    }

    /// Whether it has a beginning or an end.
    #[must_use]
    pub const fn is_dated(&self) -> bool {
        self.from.is_some() || self.until.is_some()
    }

    /// Whether it is over at the time.
    #[must_use]
    pub fn has_ended(&self, at: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= at)
    }

    /// Whether it holds at the time.
    #[must_use]
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && !self.has_ended(at)
    }
}

/// Whether there is a password, and whose choice it was. The hash stands outside the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordState {
    /// None: nobody can sign in as this user.
    None,
    /// Set by somebody else; to be changed at the first sign-in.
    OneTime,
    /// The user's own, or one preset for an unattended start.
    Chosen,
}

/// Something that a user shows at sign-in beside the password. What it is checked with stands outside the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// Its id.
    pub id: SecondFactorId,
    /// What it is.
    pub kind: SecondFactorKind,
    /// What the user calls it, up to 127 characters: `Phone`.
    pub label: String,
    /// When it was set up.
    pub added: Timestamp,
}

/// What a second factor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecondFactorKind {
    /// Six digits from an app, new every 30 seconds (RFC 6238).
    Totp,
    /// A passkey or security key (WebAuthn).
    Passkey,
    /// Codes on paper, each good once: the way in when the others are lost.
    RecoveryCodes,
}

impl SecondFactorKind {
    /// The word for it in storage and audit.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::RecoveryCodes => "recovery-codes",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Totp, Self::Passkey, Self::RecoveryCodes].into_iter().find(|kind| kind.word() == word)
    }
}

/// How contacts reach a user, by channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Phone {
    /// At most one entry a channel, in the order of [`CHANNELS`].
    pub channels: Vec<ChannelSettings>,
}

/// The channels that contacts come by.
pub const CHANNELS: [&str; 4] = ["VOICE", "CHAT", "TASK", "EMAIL"];

impl Phone {
    /// The settings of a channel, where anything is set for it.
    #[must_use]
    pub fn channel(&self, channel: &str) -> Option<&ChannelSettings> {
        self.channels.iter().find(|settings| settings.channel == channel)
    }

    /// The settings of a channel to change; made where nothing was set before. `None` if there is no such channel.
    pub fn channel_mut(&mut self, channel: &str) -> Option<&mut ChannelSettings> {
        let place = |name: &str| CHANNELS.iter().position(|known| *known == name);
        let wanted = place(channel)?;
        let at = match self.channels.iter().position(|settings| place(&settings.channel) >= Some(wanted)) {
            Some(at) => at,
            None => self.channels.len(),
        };
        if self.channels.get(at).is_none_or(|settings| settings.channel != channel) {
            self.channels.insert(at, ChannelSettings { channel: channel.to_owned(), ..ChannelSettings::default() });
        }
        self.channels.get_mut(at)
    }
}

/// How contacts of one channel reach a user. `None` where nothing was ever said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelSettings {
    /// `VOICE`, `CHAT`, `TASK` or `EMAIL`.
    pub channel: String,
    /// Whether contacts are taken without a click.
    pub auto_accept: Option<bool>,
    /// Whether agent-first callbacks are taken without a click.
    pub callback_auto_accept: Option<bool>,
    /// Seconds to finish the work after a contact; 0 is without limit.
    pub after_contact_work_seconds: Option<i64>,
    /// Seconds to finish the work after an agent-first callback; 0 is without limit.
    pub callback_after_contact_work_seconds: Option<i64>,
    /// `SOFT_PHONE` or `DESK_PHONE`.
    pub phone_type: Option<String>,
    /// The desk phone's number, E.164.
    pub phone_number: Option<String>,
    /// Whether the line to the softphone stays open between calls.
    pub persistent_connection: Option<bool>,
    /// `VOICE_ISOLATION`, `NOISE_SUPPRESSION` or `NONE`.
    pub voice_enhancement: Option<String>,
}

/// What a user is good at, and how good.
#[derive(Clone, Debug, PartialEq)]
pub struct Proficiency {
    /// The name of the attribute.
    pub attribute: String,
    /// Its value.
    pub value: String,
    /// How good, 1 to 5.
    pub level: f32,
}
