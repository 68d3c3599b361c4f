//! Validates the inputs of commands.

use crate::invalid::{Invalid, invalid};
use crate::limits;
use crate::lookalike::mixed_scripts;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::user::{CHANNELS, ChannelSettings, Identity, Proficiency};

/// Checks a security profile's name, which must have 1 to 127 letters, digits, spaces, underscores, at signs and
/// hyphens, as in Amazon Connect.
pub(super) fn profile_name(name: &str) -> Result<(), Invalid> {
    length("SecurityProfileName", name, 1, limits::PROFILE_NAME_CHARS_MAX)?;
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || " _@-".contains(c);
    match name.chars().find(|c| !is_allowed(*c)) {
        Some(c) => Err(invalid(
            "SecurityProfileName",
            format!(
                "`{name}` contains {c:?}; use the letters a to z, digits, spaces, underscores, at signs and hyphens"
            ),
        )),
        None if name.trim().is_empty() => Err(invalid("SecurityProfileName", "must not be blank")),
        None => Ok(()),
    }
}

/// Checks a login name, which must have 1 to 100 letters, digits, underscores, hyphens, dots, backslashes, at signs and
/// plus signs.
pub(super) fn username(name: &str) -> Result<(), Invalid> {
    length("Username", name, 1, limits::USERNAME_CHARS_MAX)?;
    match name.chars().find(|c| !c.is_alphanumeric() && !"_-.\\@+".contains(*c)) {
        Some(c) => Err(invalid(
            "Username",
            format!("a login name can have letters, digits and _ - . \\ @ +, but this one contains {c:?}"),
        )),
        None => Ok(()),
    }
}

/// Checks a new login name. Punctuation marks divide the name into parts. Within each part, all letters must be from
/// the same script, because a name with mixed scripts could look like another name.
pub(super) fn new_username(name: &str) -> Result<(), Invalid> {
    username(name)?;
    match mixed_scripts(name) {
        Some(mixed) => Err(invalid(
            "Username",
            format!("{mixed}: all letters between \\ @ . - _ and + in a login name must be from one script"),
        )),
        None => Ok(()),
    }
}

/// Checks that a user's names and addresses are valid and meet the requirements of the instance's identity management.
pub(super) fn identity(identity: &Identity, settings: &Settings) -> Result<(), Invalid> {
    if settings.requires_names() {
        for (input, name) in
            [("IdentityInfo.FirstName", &identity.first_name), ("IdentityInfo.LastName", &identity.last_name)]
        {
            if name.as_deref().is_none_or(|name| name.trim().is_empty()) {
                return Err(invalid(input, "every user in this instance must have a first and a last name"));
            }
        }
    }
    if settings.identity_management == "SAML" && identity.email.is_some() {
        return Err(invalid("IdentityInfo.Email", "leave this out: with SAML, the login name is the email address"));
    }
    plain_text("IdentityInfo.FirstName", identity.first_name.as_deref(), limits::FIRST_NAME_CHARS_MAX)?;
    plain_text("IdentityInfo.LastName", identity.last_name.as_deref(), limits::LAST_NAME_CHARS_MAX)?;
    email("IdentityInfo.Email", identity.email.as_deref())?;
    email("IdentityInfo.SecondaryEmail", identity.secondary_email.as_deref())?;
    phone_number("IdentityInfo.Mobile", identity.mobile.as_deref())
}

/// Checks an email address, which must have exactly one at sign, text on both sides of the at sign, and no white space.
/// The error message never contains the address.
fn email(input: &'static str, address: Option<&str>) -> Result<(), Invalid> {
    let Some(address) = address else { return Ok(()) };
    plain_text(input, Some(address), limits::EMAIL_CHARS_MAX)?;
    let is_valid = address
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
    match is_valid && !address.contains(char::is_whitespace) {
        true => Ok(()),
        false => Err(invalid(input, "must be an email address like name@example.com")),
    }
}

/// Checks a phone number in E.164 format: a plus sign followed by 2 to 15 digits that do not start with 0.
fn phone_number(input: &'static str, number: Option<&str>) -> Result<(), Invalid> {
    let Some(number) = number else { return Ok(()) };
    let digits = number.strip_prefix('+').unwrap_or_default();
    let is_valid = (2..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    match is_valid {
        true => Ok(()),
        false => Err(invalid(input, "a phone number must be a plus sign and up to 15 digits, as in +4930123456")),
    }
}

/// Checks the phone settings for each channel.
pub(super) fn channels(channels: &[ChannelSettings]) -> Result<(), Invalid> {
    for (at, settings) in channels.iter().enumerate() {
        if !CHANNELS.contains(&settings.channel.as_str()) {
            return Err(invalid("Channel", format!("`{}` must be VOICE, CHAT, TASK or EMAIL", settings.channel)));
        }
        if channels.iter().take(at).any(|other| other.channel == settings.channel) {
            return Err(invalid("Channel", format!("{} occurs more than once", settings.channel)));
        }
        let seconds = [settings.after_contact_work_seconds, settings.callback_after_contact_work_seconds];
        if seconds.into_iter().flatten().any(|seconds| !(0..=2_000_000).contains(&seconds)) {
            return Err(invalid("AfterContactWorkTimeLimit", "must be 0 (no limit) to 2000000 seconds"));
        }
        phone_number("PhoneNumber", settings.phone_number.as_deref())?;
        if settings.phone_type.as_deref() == Some("DESK_PHONE") && settings.phone_number.is_none() {
            return Err(invalid("PhoneNumber", "a desk phone requires a phone number"));
        }
    }
    Ok(())
}

/// Checks proficiencies. Attributes and values must have 1 to 100 characters, levels must be 1 to 5, and there must be
/// no duplicates.
pub(super) fn proficiencies(proficiencies: &[Proficiency]) -> Result<(), Invalid> {
    for (at, proficiency) in proficiencies.iter().enumerate() {
        length("AttributeName", &proficiency.attribute, 1, 100)?;
        length("AttributeValue", &proficiency.value, 1, 100)?;
        if !(1.0..=5.0).contains(&proficiency.level) {
            return Err(invalid("Level", format!("a level must be 1 to 5; it is {}", proficiency.level)));
        }
        if proficiencies
            .iter()
            .take(at)
            .any(|other| other.attribute == proficiency.attribute && other.value == proficiency.value)
        {
            return Err(invalid(
                "UserProficiencies",
                format!("{} {} occurs more than once", proficiency.attribute, proficiency.value),
            ));
        }
    }
    Ok(())
}

/// Checks that the text has at most `max` characters and no control characters.
pub(super) fn plain_text(input: &'static str, text: Option<&str>, max: usize) -> Result<(), Invalid> {
    let Some(text) = text else { return Ok(()) };
    length(input, text, 0, max)?;
    match text.chars().any(char::is_control) {
        true => Err(invalid(input, "must not contain control characters")),
        false => Ok(()),
    }
}

/// Checks that the text has `min` to `max` characters.
pub(super) fn length(input: &'static str, text: &str, min: usize, max: usize) -> Result<(), Invalid> {
    let length = text.chars().count();
    match (min..=max).contains(&length) {
        true => Ok(()),
        false => Err(invalid(input, format!("must have {min} to {max} characters; it has {length}"))),
    }
}

/// Checks that `count` does not exceed `max`.
pub(super) fn count(what: &str, count: usize, max: usize) -> Result<(), Refusal> {
    input_count("", what, count, max)
}

/// Checks that `count` does not exceed `max`. A refusal names the input in Amazon Connect's API that is too large.
pub(super) fn input_count(input: &'static str, what: &str, count: usize, max: usize) -> Result<(), Refusal> {
    match count <= max {
        true => Ok(()),
        false => Err(Refusal::LimitExceeded { input, problem: format!("{count} {what} exceed the maximum of {max}") }),
    }
}
