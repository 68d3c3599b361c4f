//! The stored form of a user. The user's password hash is in the table `password`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use floorkey::custody::{Custodian, Custody};
use floorkey::user::{
    Assignment, ChannelSettings, Identity, MfaMethod, MfaMethodKind, PasswordState, Phone, Proficiency,
};
use floorkey::{HierarchyGroupId, MfaMethodId, ResourceId, SecurityProfileId, Timestamp, User, UserId};
use serde::{Deserialize, Serialize};

use super::set_revisions::SetRevisionsRow;
use super::{Id, borrowed, is_default, owned};
use crate::error::UnreadableValue;

/// The body of a record of the kind `user`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserRow<'a> {
    username: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_name: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_name: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secondary_email: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mobile: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed_email: Option<Cow<'a, str>>,
    /// The time when the email address was confirmed. Absent if the time is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email_confirmed_at: Option<i64>,
    #[serde(default, skip_serializing_if = "is_default")]
    email_unverified: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    directory_user_id: Option<Cow<'a, str>>,
    profiles: Vec<AssignmentRow>,
    routing_profile: Id<ResourceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hierarchy_group: Option<Id<HierarchyGroupId>>,
    #[serde(default, skip_serializing_if = "is_default")]
    channels: Vec<ChannelRow<'a>>,
    #[serde(default, skip_serializing_if = "is_default")]
    proficiencies: Vec<ProficiencyRow<'a>>,
    #[serde(default, skip_serializing_if = "is_default")]
    tags: Cow<'a, BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "is_default")]
    tags_set: SetRevisionsRow,
    enabled: bool,
    /// The state of the password: `none`, `one-time` or `chosen`.
    password: Cow<'a, str>,
    /// The time when the password was set. Absent if the time is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password_set_at: Option<i64>,
    #[serde(default, skip_serializing_if = "is_default")]
    custody: CustodyRow,
    /// The user's second factors (MFA). Absent in rows from versions without second factors.
    #[serde(default, skip_serializing_if = "is_default")]
    second_factors: Vec<FactorRow<'a>>,
    epoch: u64,
    modified: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssignmentRow {
    profile: Id<SecurityProfileId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
}

/// The custodians of a user: other users who might know the user's credentials.
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CustodyRow {
    /// The custodians, each with the time when the user became a custodian.
    #[serde(default, skip_serializing_if = "is_default")]
    custodians: Vec<(Id<UserId>, i64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    others_since: Option<i64>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelRow<'a> {
    channel: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auto_accept: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    callback_auto_accept: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after_contact_work_seconds: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    callback_after_contact_work_seconds: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone_type: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone_number: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    persistent_connection: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    voice_enhancement: Option<Cow<'a, str>>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProficiencyRow<'a> {
    attribute: Cow<'a, str>,
    value: Cow<'a, str>,
    level: f32,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FactorRow<'a> {
    id: Id<MfaMethodId>,
    /// The kind of second factor: `totp`, `passkey` or `recovery-codes`.
    kind: Cow<'a, str>,
    label: Cow<'a, str>,
    added: i64,
}

impl CustodyRow {
    pub(super) fn from_custody(custody: &Custody) -> Self {
        let row = |custodian: &Custodian| (Id(custodian.user), custodian.since.as_millis());
        Self {
            custodians: custody.custodians.iter().map(row).collect(),
            others_since: custody.others_since.map(Timestamp::as_millis),
        }
    }

    pub(super) fn into_custody(self) -> Custody {
        let mut custody = Custody { others_since: self.others_since.map(Timestamp::from_millis), ..Custody::default() };
        for (user, since) in self.custodians {
            custody.add(user.0, Timestamp::from_millis(since));
        }
        custody
    }
}

impl<'a> UserRow<'a> {
    pub(super) fn from_user(user: &'a User) -> Self {
        Self {
            username: Cow::Borrowed(&user.username),
            first_name: borrowed(&user.identity.first_name),
            last_name: borrowed(&user.identity.last_name),
            email: borrowed(&user.identity.email),
            secondary_email: borrowed(&user.identity.secondary_email),
            mobile: borrowed(&user.identity.mobile),
            confirmed_email: borrowed(&user.verified_email),
            email_confirmed_at: user.email_verified_at.map(Timestamp::as_millis),
            email_unverified: user.email_unverified,
            directory_user_id: borrowed(&user.directory_user_id),
            profiles: user.assignments.iter().map(AssignmentRow::from_assignment).collect(),
            routing_profile: Id(user.routing_profile),
            hierarchy_group: user.hierarchy_group.map(Id),
            channels: user.phone.channels.iter().map(ChannelRow::from_channel).collect(),
            proficiencies: user.proficiencies.iter().map(ProficiencyRow::from_proficiency).collect(),
            tags: Cow::Borrowed(&user.tags),
            tags_set: SetRevisionsRow::from_revisions(&user.tags, &user.tag_revisions),
            enabled: user.enabled,
            password: Cow::Borrowed(password_name(user.password)),
            password_set_at: user.password_set_at.map(Timestamp::as_millis),
            custody: CustodyRow::from_custody(&user.custody),
            second_factors: user.mfa_methods.iter().map(FactorRow::from_factor).collect(),
            epoch: user.security_epoch,
            modified: user.modified.as_millis(),
        }
    }

    pub(super) fn into_user(self, id: UserId) -> Result<User, UnreadableValue> {
        Ok(User {
            id,
            username: self.username.into_owned(),
            identity: Identity {
                first_name: owned(self.first_name),
                last_name: owned(self.last_name),
                email: owned(self.email),
                secondary_email: owned(self.secondary_email),
                mobile: owned(self.mobile),
            },
            verified_email: owned(self.confirmed_email),
            email_verified_at: self.email_confirmed_at.map(Timestamp::from_millis),
            email_unverified: self.email_unverified,
            directory_user_id: owned(self.directory_user_id),
            assignments: self.profiles.iter().map(AssignmentRow::to_assignment).collect(),
            routing_profile: self.routing_profile.0,
            hierarchy_group: self.hierarchy_group.map(|group| group.0),
            phone: Phone { channels: self.channels.into_iter().map(ChannelRow::into_channel).collect() },
            proficiencies: self.proficiencies.into_iter().map(ProficiencyRow::into_proficiency).collect(),
            tag_revisions: self.tags_set.into_revisions(&self.tags),
            tags: self.tags.into_owned(),
            enabled: self.enabled,
            password: password_state(&self.password)?,
            password_set_at: self.password_set_at.map(Timestamp::from_millis),
            custody: self.custody.into_custody(),
            mfa_methods: self.second_factors.into_iter().map(FactorRow::into_factor).collect::<Result<_, _>>()?,
            security_epoch: self.epoch,
            modified: Timestamp::from_millis(self.modified),
        })
    }
}

const fn password_name(state: PasswordState) -> &'static str {
    match state {
        PasswordState::None => "none",
        PasswordState::Temporary => "one-time",
        PasswordState::Set => "chosen",
    }
}

fn password_state(word: &str) -> Result<PasswordState, UnreadableValue> {
    match word {
        "none" => Ok(PasswordState::None),
        "one-time" => Ok(PasswordState::Temporary),
        "chosen" => Ok(PasswordState::Set),
        _ => Err(format!("password: `{word}` must be `none`, `one-time` or `chosen`").into()),
    }
}

impl AssignmentRow {
    pub(super) fn from_assignment(assignment: &Assignment) -> Self {
        Self {
            profile: Id(assignment.profile),
            from: assignment.from.map(Timestamp::as_millis),
            until: assignment.until.map(Timestamp::as_millis),
        }
    }

    pub(super) fn to_assignment(&self) -> Assignment {
        Assignment {
            profile: self.profile.0,
            from: self.from.map(Timestamp::from_millis),
            until: self.until.map(Timestamp::from_millis),
        }
    }
}

impl<'a> ChannelRow<'a> {
    fn from_channel(settings: &'a ChannelSettings) -> Self {
        Self {
            channel: Cow::Borrowed(&settings.channel),
            auto_accept: settings.auto_accept,
            callback_auto_accept: settings.callback_auto_accept,
            after_contact_work_seconds: settings.after_contact_work_seconds,
            callback_after_contact_work_seconds: settings.callback_after_contact_work_seconds,
            phone_type: borrowed(&settings.phone_type),
            phone_number: borrowed(&settings.phone_number),
            persistent_connection: settings.persistent_connection,
            voice_enhancement: borrowed(&settings.voice_enhancement),
        }
    }

    fn into_channel(self) -> ChannelSettings {
        ChannelSettings {
            channel: self.channel.into_owned(),
            auto_accept: self.auto_accept,
            callback_auto_accept: self.callback_auto_accept,
            after_contact_work_seconds: self.after_contact_work_seconds,
            callback_after_contact_work_seconds: self.callback_after_contact_work_seconds,
            phone_type: owned(self.phone_type),
            phone_number: owned(self.phone_number),
            persistent_connection: self.persistent_connection,
            voice_enhancement: owned(self.voice_enhancement),
        }
    }
}

impl<'a> ProficiencyRow<'a> {
    fn from_proficiency(proficiency: &'a Proficiency) -> Self {
        Self {
            attribute: Cow::Borrowed(&proficiency.attribute),
            value: Cow::Borrowed(&proficiency.value),
            level: proficiency.level,
        }
    }

    fn into_proficiency(self) -> Proficiency {
        Proficiency { attribute: self.attribute.into_owned(), value: self.value.into_owned(), level: self.level }
    }
}

impl<'a> FactorRow<'a> {
    fn from_factor(factor: &'a MfaMethod) -> Self {
        Self {
            id: Id(factor.id),
            kind: Cow::Borrowed(factor.kind.as_str()),
            label: Cow::Borrowed(&factor.label),
            added: factor.added.as_millis(),
        }
    }

    fn into_factor(self) -> Result<MfaMethod, UnreadableValue> {
        let kind = MfaMethodKind::parse(&self.kind)
            .ok_or_else(|| format!("second_factors: `{}` must be `totp`, `passkey` or `recovery-codes`", self.kind))?;
        let (label, added) = (self.label.into_owned(), Timestamp::from_millis(self.added));
        Ok(MfaMethod { id: self.id.0, kind, label, added })
    }
}
