//! Conversion of a user's phone settings between Connect's two representations and the stored representation.
//!
//! The older representation, `PhoneConfig`, has one value per setting for all channels. The newer representation has a
//! list per setting, with an entry per channel. The stored representation has a record per channel.

use floorkey::user::{CHANNELS, ChannelSettings, Phone};
use floorkey::{Invalid, Refusal};
use floorkey_aws::Sensitive;
use floorkey_aws::model::{
    AfterContactWorkConfig, AfterContactWorkConfigPerChannel, AutoAcceptConfig, Channel, PersistentConnectionConfig,
    PhoneNumberConfig, PhoneType, UserPhoneConfig, VoiceEnhancementConfig, VoiceEnhancementMode,
};

use super::members::non_empty;

const VOICE: &str = "VOICE";

/// The newer representation: for each setting, a list with an entry per channel.
#[derive(Debug, Default)]
pub(super) struct ChannelLists {
    pub(super) auto_accept: Option<Vec<AutoAcceptConfig>>,
    pub(super) after_contact_work: Option<Vec<AfterContactWorkConfigPerChannel>>,
    pub(super) phone_numbers: Option<Vec<PhoneNumberConfig>>,
    pub(super) persistent_connection: Option<Vec<PersistentConnectionConfig>>,
    pub(super) voice_enhancement: Option<Vec<VoiceEnhancementConfig>>,
}

/// Returns the phone settings of a new user, combined from both of Connect's representations.
///
/// # Errors
/// If both representations set the same value, or if a list contains a channel twice.
pub(super) fn from_both(config: Option<UserPhoneConfig>, lists: ChannelLists) -> Result<Vec<ChannelSettings>, Refusal> {
    let config = config.unwrap_or_default();
    let clashes = [
        (config.auto_accept.is_some() && lists.auto_accept.is_some(), "AutoAccept", "AutoAcceptConfigs"),
        (
            config.after_contact_work_time_limit.is_some() && lists.after_contact_work.is_some(),
            "AfterContactWorkTimeLimit",
            "AfterContactWorkConfigs",
        ),
        (config.phone_type.is_some() && lists.phone_numbers.is_some(), "PhoneType", "PhoneNumberConfigs"),
        (config.desk_phone_number.is_some() && lists.phone_numbers.is_some(), "DeskPhoneNumber", "PhoneNumberConfigs"),
        (
            config.persistent_connection.is_some() && lists.persistent_connection.is_some(),
            "PersistentConnection",
            "PersistentConnectionConfigs",
        ),
    ];
    if let Some((_, member, list)) = clashes.into_iter().find(|(clash, ..)| *clash) {
        let problem = format!("PhoneConfig.{member} and {list} can't be set together: leave one of them out");
        return Err(Invalid { input: "PhoneConfig", problem }.into());
    }
    let mut phone = Phone { channels: from_lists(lists)? };
    set_all(&mut phone, &config);
    Ok(phone.channels)
}

/// Replaces the settings that `PhoneConfig` covers, in every channel. All other settings remain unchanged.
pub(super) fn with_config(stored: &Phone, config: &UserPhoneConfig) -> Vec<ChannelSettings> {
    let mut phone = stored.clone();
    for settings in &mut phone.channels {
        settings.auto_accept = None;
        settings.after_contact_work_seconds = None;
        if settings.channel == VOICE {
            settings.phone_type = None;
            settings.phone_number = None;
            settings.persistent_connection = None;
        }
    }
    set_all(&mut phone, config);
    phone.channels
}

/// Sets auto-accept and after-contact work in every channel, and the phone settings in the voice channel.
fn set_all(phone: &mut Phone, config: &UserPhoneConfig) {
    if config.auto_accept.is_some() || config.after_contact_work_time_limit.is_some() {
        for channel in CHANNELS {
            let Some(settings) = phone.channel_mut(channel) else { continue };
            settings.auto_accept = config.auto_accept.or(settings.auto_accept);
            let seconds = config.after_contact_work_time_limit.map(i64::from);
            settings.after_contact_work_seconds = seconds.or(settings.after_contact_work_seconds);
        }
    }
    let number = non_empty(config.desk_phone_number.as_deref());
    let has_phone = config.phone_type.is_some() || number.is_some() || config.persistent_connection.is_some();
    if let Some(settings) = has_phone.then(|| phone.channel_mut(VOICE)).flatten() {
        let phone_type = config.phone_type.map(|phone_type| phone_type.as_str().to_owned());
        settings.phone_type = phone_type.or_else(|| settings.phone_type.take());
        settings.phone_number = number.or_else(|| settings.phone_number.take());
        settings.persistent_connection = config.persistent_connection.or(settings.persistent_connection);
    }
}

/// Returns the settings in the lists as one record per channel.
///
/// # Errors
/// If a list contains a channel twice.
pub(super) fn from_lists(lists: ChannelLists) -> Result<Vec<ChannelSettings>, Refusal> {
    let mut phone = Phone::default();
    apply_list(
        "AutoAcceptConfigs",
        lists.auto_accept,
        |entry| entry.channel,
        &mut phone,
        |settings, entry| {
            settings.auto_accept = Some(entry.auto_accept);
            settings.callback_auto_accept = entry.agent_first_callback_auto_accept;
        },
    )?;
    apply_list(
        "AfterContactWorkConfigs",
        lists.after_contact_work,
        |entry| entry.channel,
        &mut phone,
        |settings, entry| {
            let limit = entry.after_contact_work_config.after_contact_work_time_limit;
            settings.after_contact_work_seconds = limit.map(i64::from);
            let callback = entry.agent_first_callback_after_contact_work_config;
            let limit = callback.and_then(|callback| callback.after_contact_work_time_limit);
            settings.callback_after_contact_work_seconds = limit.map(i64::from);
        },
    )?;
    apply_list(
        "PhoneNumberConfigs",
        lists.phone_numbers,
        |entry| entry.channel,
        &mut phone,
        |settings, entry| {
            settings.phone_type = Some(entry.phone_type.as_str().to_owned());
            settings.phone_number = non_empty(entry.phone_number.as_deref());
        },
    )?;
    let lines = lists.persistent_connection;
    apply_list(
        "PersistentConnectionConfigs",
        lines,
        |entry| entry.channel,
        &mut phone,
        |settings, entry| {
            settings.persistent_connection = Some(entry.persistent_connection);
        },
    )?;
    let voices = lists.voice_enhancement;
    apply_list(
        "VoiceEnhancementConfigs",
        voices,
        |entry| entry.channel,
        &mut phone,
        |settings, entry| {
            settings.voice_enhancement = Some(entry.voice_enhancement_mode.as_str().to_owned());
        },
    )?;
    Ok(phone.channels)
}

fn apply_list<T>(
    input: &'static str,
    list: Option<Vec<T>>,
    channel_of: impl Fn(&T) -> Channel,
    phone: &mut Phone,
    set: impl Fn(&mut ChannelSettings, T),
) -> Result<(), Refusal> {
    let mut seen_channels = Vec::new();
    for entry in list.unwrap_or_default() {
        let channel = channel_of(&entry);
        if seen_channels.contains(&channel) {
            return Err(Invalid {
                input,
                problem: format!("{channel} occurs more than once: specify one entry per channel"),
            }
            .into());
        }
        seen_channels.push(channel);
        if let Some(settings) = phone.channel_mut(channel.as_str()) {
            set(settings, entry);
        }
    }
    Ok(())
}

/// Returns the older representation, with the voice channel's settings. Unset values get the defaults of a new phone.
pub(super) fn config(phone: &Phone, unit: Unit) -> UserPhoneConfig {
    let voice = phone.channel(VOICE).cloned().unwrap_or_default();
    UserPhoneConfig {
        after_contact_work_time_limit: Some(unit.convert(voice.after_contact_work_seconds.unwrap_or(0))),
        auto_accept: Some(voice.auto_accept.unwrap_or(false)),
        desk_phone_number: voice.phone_number.map(Sensitive::from),
        persistent_connection: voice.persistent_connection,
        phone_type: voice.phone_type.as_deref().and_then(PhoneType::from_name).or(Some(PhoneType::SoftPhone)),
    }
}

/// Returns the newer representation: a list for each setting. The list contains the channels that have a value for the
/// setting.
pub(super) fn lists(phone: &Phone, unit: Unit) -> ChannelLists {
    fn entries_by_channel<T>(phone: &Phone, entry: impl Fn(&ChannelSettings, Channel) -> Option<T>) -> Option<Vec<T>> {
        let entries =
            phone.channels.iter().filter_map(|settings| entry(settings, Channel::from_name(&settings.channel)?));
        Some(entries.collect::<Vec<_>>()).filter(|entries| !entries.is_empty())
    }
    let limit = |seconds: i64| AfterContactWorkConfig { after_contact_work_time_limit: Some(unit.convert(seconds)) };
    ChannelLists {
        auto_accept: entries_by_channel(phone, |settings, channel| {
            Some(AutoAcceptConfig {
                agent_first_callback_auto_accept: settings.callback_auto_accept,
                auto_accept: settings.auto_accept?,
                channel,
            })
        }),
        after_contact_work: entries_by_channel(phone, |settings, channel| {
            Some(AfterContactWorkConfigPerChannel {
                after_contact_work_config: limit(settings.after_contact_work_seconds?),
                agent_first_callback_after_contact_work_config: settings.callback_after_contact_work_seconds.map(limit),
                channel,
            })
        }),
        phone_numbers: entries_by_channel(phone, |settings, channel| {
            Some(PhoneNumberConfig {
                channel,
                phone_number: settings.phone_number.clone().map(Sensitive::from),
                phone_type: PhoneType::from_name(settings.phone_type.as_deref()?)?,
            })
        }),
        persistent_connection: entries_by_channel(phone, |settings, channel| {
            let persistent_connection = settings.persistent_connection?;
            Some(PersistentConnectionConfig { channel, persistent_connection })
        }),
        voice_enhancement: entries_by_channel(phone, |settings, channel| {
            let voice_enhancement_mode = VoiceEnhancementMode::from_name(settings.voice_enhancement.as_deref()?)?;
            Some(VoiceEnhancementConfig { channel, voice_enhancement_mode })
        }),
    }
}

/// The unit of the after-contact work time in a response. SearchUsers returns milliseconds, and DescribeUser returns
/// seconds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unit {
    Seconds,
    Milliseconds,
}

impl Unit {
    /// Converts a time in seconds to this unit. The time is at most 2,000,000 seconds, so the milliseconds fit in an
    /// `i32`.
    fn convert(self, seconds: i64) -> i32 {
        let time = match self {
            Self::Seconds => seconds,
            Self::Milliseconds => seconds.saturating_mul(1000),
        };
        i32::try_from(time).unwrap_or(i32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soft(auto_accept: bool, seconds: i32) -> UserPhoneConfig {
        UserPhoneConfig {
            auto_accept: Some(auto_accept),
            after_contact_work_time_limit: Some(seconds),
            phone_type: Some(PhoneType::SoftPhone),
            ..UserPhoneConfig::default()
        }
    }

    #[test]
    fn the_older_form_sets_every_channel_and_keeps_other_settings() {
        let voice = VoiceEnhancementConfig {
            channel: Channel::Voice,
            voice_enhancement_mode: VoiceEnhancementMode::VoiceIsolation,
        };
        let lists = ChannelLists { voice_enhancement: Some(vec![voice]), ..ChannelLists::default() };
        let phone = Phone { channels: from_both(Some(soft(true, 20)), lists).unwrap() };
        assert_eq!(phone.channels.len(), 4);
        assert!(phone.channels.iter().all(|settings| settings.after_contact_work_seconds == Some(20)));
        let again = Phone { channels: with_config(&phone, &soft(false, 0)) };
        assert_eq!(again.channel(VOICE).unwrap().voice_enhancement.as_deref(), Some("VOICE_ISOLATION"));
        assert_eq!(config(&again, Unit::Seconds), soft(false, 0));
        assert_eq!(config(&phone, Unit::Milliseconds).after_contact_work_time_limit, Some(20_000));
    }

    #[test]
    fn a_setting_in_both_forms_is_refused() {
        let entry =
            AutoAcceptConfig { agent_first_callback_auto_accept: None, auto_accept: true, channel: Channel::Chat };
        let lists = |entries| ChannelLists { auto_accept: Some(entries), ..ChannelLists::default() };
        let refusal = from_both(Some(soft(true, 0)), lists(vec![entry.clone()])).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "PhoneConfig: PhoneConfig.AutoAccept and AutoAcceptConfigs can't be set together: leave one of them out"
        );
        assert!(from_both(None, lists(vec![entry.clone()])).is_ok());
        assert!(from_lists(lists(vec![entry.clone(), entry])).unwrap_err().to_string().contains("more than once"));
    }
}
