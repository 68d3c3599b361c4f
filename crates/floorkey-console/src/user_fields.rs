//! The fields of a user.

use floorkey::tags::Tags;
use floorkey::user::{CHANNELS, ChannelSettings};
use floorkey::visibility::Viewer;
use floorkey::{EntityKind, HierarchyGroupId, NewUser, ResourceId, ResourceType, User};

use crate::web::fields::{Field, FieldErrors, Input, InvalidInput, YES_NO, text_of};
use crate::web::text;

/// The maximum time for work after a contact, in seconds.
const AFTER_WORK_SECONDS_MAX: i64 = 2_000_000;

/// The values of the phone type.
const PHONE_TYPES: &[(&str, &str)] = &[("", "Not set"), ("SOFT_PHONE", "Softphone"), ("DESK_PHONE", "Desk phone")];

/// The values of the voice enhancement.
const ENHANCEMENTS: &[(&str, &str)] = &[
    ("", "Not set"),
    ("VOICE_ISOLATION", "Voice isolation"),
    ("NOISE_SUPPRESSION", "Noise suppression"),
    ("NONE", "None"),
];

/// Defines a text field of the user's identity.
macro_rules! identity {
    ($member:ident, $label:literal) => {
        Field::new(stringify!($member), $label, "identity")
            .get(|user: &User| user.identity.$member.clone().unwrap_or_default())
            .set(|user, value| {
                user.identity.$member = non_empty(value);
                Ok(())
            })
    };
}

/// Defines a field of a channel's settings. `$format` and `$parse` convert the value from and to text.
macro_rules! channel {
    ($id:literal, $label:literal, $section:literal, $channel:literal . $member:ident, $format:expr, $parse:expr) => {
        Field::new($id, $label, $section)
            .get(|user: &User| {
                user.phone.channel($channel).map(|settings| ($format)(&settings.$member)).unwrap_or_default()
            })
            .set(|user, value| {
                let value = ($parse)(value)?;
                if let Some(settings) = user.phone.channel_mut($channel) {
                    settings.$member = value;
                }
                Ok(())
            })
    };
}

/// Defines the field for accepting the contacts of a channel automatically.
macro_rules! accept {
    ($channel:literal, $id:literal, $label:literal) => {
        channel!($id, $label, "channels", $channel.auto_accept, yes_or_no, parse_yes_no).input(Input::Options(YES_NO))
    };
}

/// Defines the field for the time limit of work after the contacts of a channel.
macro_rules! after_work {
    ($channel:literal, $id:literal, $label:literal) => {
        channel!($id, $label, "channels", $channel.after_contact_work_seconds, seconds, parse_seconds)
            .input(Input::Text("number"))
    };
}

/// All fields of a user, in the order of CSV files and columns.
pub(crate) static FIELDS: &[Field<User>] = &[
    identity!(first_name, "First name").wire(&["IdentityInfo.FirstName"]).csv(&["First name"], "Ann"),
    identity!(last_name, "Last name").wire(&["IdentityInfo.LastName"]).csv(&["Last name"], "Lee"),
    Field::new("username", "Login name", "login")
        .hint("Letters, digits and _ - . \\ @ +, for example an email address.")
        .edit_hint("A new login name ends the user’s sessions.")
        .required()
        .wire(&["Username"])
        .unique(EntityKind::Resource(ResourceType::User))
        .csv(&["User login", "Login", "Username"], "ann.lee")
        .column("login")
        .get(|user: &User| user.username.clone())
        .set(|user, value| {
            value.clone_into(&mut user.username);
            if value.is_empty() { Err("Enter a login name.") } else { Ok(()) }
        }),
    identity!(email, "Email address")
        .input(Input::Text("email"))
        .hint("Used after its owner follows the link that is sent there.")
        .wire(&["IdentityInfo.Email", "Email"])
        .csv(&["Email address", "Email"], "ann.lee@example.com")
        .column("email"),
    identity!(secondary_email, "Secondary email")
        .input(Input::Text("email"))
        .hint("Gets all notifications except password resets.")
        .wire(&["IdentityInfo.SecondaryEmail"])
        .csv(&["Secondary email", "Secondary email address"], ""),
    identity!(mobile, "Mobile number")
        .input(Input::Text("tel"))
        .hint("For example +4930123456.")
        .wire(&["IdentityInfo.Mobile"])
        .csv(&["Mobile number", "Mobile"], ""),
    Field::list("profiles", "Security profiles", "Security profile", "profiles")
        .required()
        .wire(&["SecurityProfileIds"])
        .refers_to(EntityKind::Resource(ResourceType::SecurityProfile))
        .history("security_profiles")
        .csv(&["Security profile name|s", "Security profile name", "Security profiles", "Security profile"], "Agent")
        .column("profiles")
        .get(|user: &User| {
            joined(user.assignments.iter().map(|one| format!("{} {:?} {:?}", one.profile, one.from, one.until)))
        }),
    Field::new("routing_profile", "Routing profile", "routing")
        .input(Input::Record("Choose …"))
        .hint("Determines which contacts the user gets.")
        .required()
        .refers_to(EntityKind::Resource(ResourceType::RoutingProfile))
        .csv(&["Routing profile name", "Routing profile"], "Basic Routing Profile")
        .column("routing")
        .bulk("to-routing")
        .get(|user: &User| user.routing_profile.to_string())
        .set(|user, value| {
            user.routing_profile = ResourceId::parse(value).ok_or("Choose a routing profile.")?;
            Ok(())
        }),
    Field::new("hierarchy_group", "Hierarchy group", "hierarchy")
        .input(Input::Record("None"))
        .hint("Users whose access is limited by hierarchy can reach users in their own group and the groups below it.")
        .refers_to(EntityKind::Resource(ResourceType::HierarchyGroup))
        .csv(&["User hierarchy", "Hierarchy", "Hierarchy group"], "")
        .column("hierarchy")
        .bulk("to-group")
        .get(|user: &User| user.hierarchy_group.map(|group| group.to_string()).unwrap_or_default())
        .set(|user, value| {
            user.hierarchy_group = HierarchyGroupId::parse(value);
            let exists = value.is_empty() || user.hierarchy_group.is_some();
            if exists { Ok(()) } else { Err("There is no such hierarchy group.") }
        }),
    channel!("phone_type", "Phone type", "phone", "VOICE".phone_type, text_or_empty, parse_text)
        .input(Input::Options(PHONE_TYPES))
        .csv(&["Phone type (soft/desk)"], "soft")
        .bulk("phone-type"),
    channel!("phone_number", "Desk phone number", "phone", "VOICE".phone_number, text_or_empty, parse_text)
        .input(Input::Text("tel"))
        .hint("For example +4930123456. Required for a desk phone.")
        .wire(&["PhoneNumber"])
        .csv(&["Phone number"], ""),
    accept!("VOICE", "accept-VOICE", "Auto-accept calls")
        .csv(&["Auto accept (yes/no)", "Softphone auto accept"], "no")
        .bulk("auto-accept"),
    after_work!("VOICE", "work-VOICE", "After-call work (seconds)")
        .wire(&["AfterContactWorkTimeLimit"])
        .csv(&["After call work (seconds)", "ACW timeout", "ACW time"], "0")
        .bulk("after-work"),
    accept!("CHAT", "accept-CHAT", "Auto-accept chats"),
    after_work!("CHAT", "work-CHAT", "After-chat work (seconds)"),
    accept!("TASK", "accept-TASK", "Auto-accept tasks"),
    after_work!("TASK", "work-TASK", "After-task work (seconds)"),
    accept!("EMAIL", "accept-EMAIL", "Auto-accept emails"),
    after_work!("EMAIL", "work-EMAIL", "After-email work (seconds)"),
    channel!(
        "callback_accept",
        "Auto-accept callbacks",
        "voice",
        "VOICE".callback_auto_accept,
        yes_or_no,
        parse_yes_no
    )
    .input(Input::Options(YES_NO)),
    channel!("persistent", "Persistent connection", "voice", "VOICE".persistent_connection, yes_or_no, parse_yes_no)
        .input(Input::Options(YES_NO))
        .hint("The line stays open between calls."),
    channel!("enhancement", "Voice enhancement", "voice", "VOICE".voice_enhancement, text_or_empty, parse_text)
        .input(Input::Options(ENHANCEMENTS)),
    Field::list("skills", "Proficiencies", "Proficiency", "skills")
        .wire(&["UserProficiencies", "AttributeName", "AttributeValue", "Level"])
        .unique(EntityKind::ProficiencyOfUser)
        .refers_to(EntityKind::Proficiency)
        .history("proficiencies")
        .get(|user: &User| {
            joined(user.proficiencies.iter().map(|one| format!("{} {} {}", one.attribute, one.value, one.level)))
        }),
    Field::list("tags", "Tags", "Tag", "tags")
        .wire(&["Tags", "tags"])
        .csv(&["Tags (key=value|…)"], "")
        .column("tags")
        .bulk("tags")
        .get(|user: &User| joined(user.tags.iter().map(|(key, value)| format!("{key}={value}")))),
    Field::read_only("verified_email", "Verified email")
        .history("confirmed_email")
        .get(|user: &User| user.verified_email.clone().unwrap_or_default()),
    Field::read_only("enabled", "Can sign in").get(|user: &User| yes_or_no(&Some(user.enabled))),
    Field::read_only("password", "Password").wire(&["Password"]).get(|user: &User| user.password.name().to_owned()),
    Field::list("second_factors", "MFA devices", "MFA device", "")
        .column("factors")
        .get(|user: &User| joined(user.mfa_methods.iter().map(|one| format!("{} {}", one.kind.as_str(), one.label)))),
    Field::read_only("security_epoch", "Security epoch").get(|user: &User| user.security_epoch.to_string()),
];

/// Returns the label of a field, or an empty string if there is no such field.
pub(crate) fn label(id: &str) -> &'static str {
    text_of(FIELDS, id, |field| field.label)
}

/// Returns the label of a single value of a field, or an empty string if there is no such field.
pub(crate) fn singular(id: &str) -> &'static str {
    text_of(FIELDS, id, |field| field.singular)
}

/// Sets the value of a field, and adds an error if the value is not valid.
pub(crate) fn set(user: &mut User, field: &Field<User>, value: &str, errors: &mut FieldErrors) {
    if let Err(problem) = (field.set)(user, value) {
        errors.add(field.id, problem);
    }
}

/// Removes channels without settings, except those that `before` has.
pub(crate) fn remove_empty_channels(user: &mut User, before: &User) {
    user.phone.channels.retain(|settings| {
        let empty = ChannelSettings { channel: settings.channel.clone(), ..ChannelSettings::default() };
        *settings != empty || before.phone.channel(&settings.channel) == Some(settings)
    });
}

/// Parses tags, each written as `key=value`. Ignores empty texts.
///
/// # Errors
/// Returns a sentence about the first text that is not a tag.
pub(crate) fn parse_tags<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Tags, InvalidInput> {
    let tag = |text: &str| {
        let tag = text.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
        tag.ok_or_else(|| InvalidInput(format!("“{text}” is not a tag: write key = value.")))
    };
    texts.map(str::trim).filter(|text| !text.is_empty()).map(tag).collect()
}

/// Returns the channels, each with the label for its contacts.
pub(crate) fn channels() -> impl Iterator<Item = (&'static str, &'static str)> {
    CHANNELS.into_iter().zip(["Calls", "Chats", "Tasks", "Emails"])
}

/// Returns the value of a field as people read it, with names instead of IDs.
pub(crate) fn display(visibility: &Viewer<'_>, field: &Field<User>, value: &str) -> String {
    match field.input {
        Input::Options(options) if !value.is_empty() => {
            let option = options.iter().find(|(known, _)| *known == value);
            option.map_or_else(|| text::sentence_case(value), |(_, text)| (*text).to_owned())
        }
        Input::Record(_) => match (ResourceId::parse(value), HierarchyGroupId::parse(value)) {
            (Some(id), _) if field.id == "routing_profile" => text::resource(visibility, id),
            (_, Some(id)) => text::group(visibility, id),
            _ => value.to_owned(),
        },
        _ => value.to_owned(),
    }
}

fn joined(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join("|")
}

fn non_empty(value: &str) -> Option<String> {
    Some(value.to_owned()).filter(|value| !value.is_empty())
}

fn text_or_empty(value: &Option<String>) -> String {
    value.clone().unwrap_or_default()
}

fn parse_text(value: &str) -> Result<Option<String>, &'static str> {
    Ok(non_empty(value))
}

fn yes_or_no(value: &Option<bool>) -> String {
    value.map_or("", |is_on| if is_on { "yes" } else { "no" }).to_owned()
}

fn parse_yes_no(value: &str) -> Result<Option<bool>, &'static str> {
    Ok(match value {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    })
}

fn seconds(value: &Option<i64>) -> String {
    value.map(|seconds| seconds.to_string()).unwrap_or_default()
}

fn parse_seconds(value: &str) -> Result<Option<i64>, &'static str> {
    let seconds = value.parse().ok().filter(|seconds| (0..=AFTER_WORK_SECONDS_MAX).contains(seconds));
    match value.is_empty() || seconds.is_some() {
        true => Ok(seconds),
        false => Err("Enter whole seconds: 0 (no limit) to 2000000."),
    }
}

/// Returns the new user with the values of a record, without profiles, tags and a password.
pub(crate) fn to_new_user(user: User) -> NewUser {
    NewUser {
        id: user.id,
        username: user.username,
        password: None,
        identity: user.identity,
        directory_user_id: None,
        profiles: Vec::new(),
        routing_profile: user.routing_profile,
        hierarchy_group: user.hierarchy_group,
        channels: user.phone.channels,
        tags: Tags::new(),
    }
}

#[cfg(test)]
mod tests;
