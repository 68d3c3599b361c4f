//! The fields of a user.

use floorkey::user::{CHANNELS, ChannelSettings};
use floorkey::visibility::Viewer;
use floorkey::{HierarchyGroupId, ResourceId, User};

use crate::web::fields::{Field, FieldErrors, Input, YES_NO};
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
        .hint("Letters, digits and _ - . \\ @ +, for example an email address. A new login name ends the user’s sessions.")
        .required()
        .wire(&["Username"])
        .unique("user")
        .csv(&["User login", "Login", "Username"], "ann.lee")
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
        .refers_to("security profile")
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
        .refers_to("routing profile")
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
        .refers_to("hierarchy group")
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
    channel!("callback_accept", "Auto-accept callbacks", "voice", "VOICE".callback_auto_accept, yes_or_no, parse_yes_no)
        .input(Input::Options(YES_NO)),
    channel!("persistent", "Persistent connection", "voice", "VOICE".persistent_connection, yes_or_no, parse_yes_no)
        .input(Input::Options(YES_NO))
        .hint("The line stays open between calls."),
    channel!("enhancement", "Voice enhancement", "voice", "VOICE".voice_enhancement, text_or_empty, parse_text)
        .input(Input::Options(ENHANCEMENTS)),
    Field::list("skills", "Proficiencies", "Proficiency", "skills")
        .wire(&["UserProficiencies", "AttributeName", "AttributeValue", "Level"])
        .unique("proficiency of this user")
        .refers_to("proficiency")
        .history("proficiencies")
        .get(|user: &User| joined(user.proficiencies.iter().map(|one| format!("{} {} {}", one.attribute, one.value, one.level)))),
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
    Field::read_only("password", "Password")
        .wire(&["Password"])
        .get(|user: &User| user.password.name().to_owned()),
    Field::list("second_factors", "MFA devices", "MFA device", "")
        .column("factors")
        .get(|user: &User| joined(user.mfa_methods.iter().map(|one| format!("{} {}", one.kind.as_str(), one.label)))),
    Field::read_only("security_epoch", "Security epoch")
        .get(|user: &User| user.security_epoch.to_string()),
];

/// Returns the label of a field, or an empty string if there is no such field.
pub(crate) fn label(id: &str) -> &'static str {
    FIELDS.iter().find(|field| field.id == id).map_or("", |field| field.label)
}

/// Returns the label of a single value of a field, or an empty string if there is no such field.
pub(crate) fn singular(id: &str) -> &'static str {
    FIELDS.iter().find(|field| field.id == id).map_or("", |field| field.singular)
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

#[cfg(test)]
mod tests {
    use floorkey::tags::Tags;
    use floorkey::user::{Assignment, Identity, MfaMethod, MfaMethodKind, PasswordState, Phone, Proficiency};
    use floorkey::{MfaMethodId, SecurityProfileId, Timestamp, UserId};

    use super::*;
    use crate::web::fields::{assert_one_field_each, assert_unambiguous};

    fn empty() -> User {
        User::new(UserId::from_bits(1), "ann", ResourceId::from_bits(1), Timestamp::default())
    }

    /// Returns a user in which each member of the record differs from [`empty`], with the name of the member.
    fn changed() -> Vec<(&'static str, User)> {
        // A new member of the record doesn't compile here until it is either changed below or left out with a reason.
        let User {
            id: _, // shown as the address of the page
            username: _,
            identity: Identity { first_name: _, last_name: _, email: _, secondary_email: _, mobile: _ },
            verified_email: _,
            email_verified_at: _, // shown beside the verified email
            email_unverified: _,  // shown beside the email
            directory_user_id: _, // set through the API only
            assignments: _,
            routing_profile: _,
            hierarchy_group: _,
            phone: Phone { channels: _ },
            proficiencies: _,
            tags: _,
            tag_revisions: _, // bookkeeping of the tags
            enabled: _,
            password: _,
            password_set_at: _, // shown beside the password
            custody: _,         // bookkeeping of the escalation guard
            mfa_methods: _,
            security_epoch: _,
            modified: _, // the version of the record
        } = empty();
        let ChannelSettings {
            channel: _,
            auto_accept: _,
            callback_auto_accept: _,
            after_contact_work_seconds: _,
            callback_after_contact_work_seconds: _, // set through the API only
            phone_type: _,
            phone_number: _,
            persistent_connection: _,
            voice_enhancement: _,
        } = ChannelSettings::default();
        let text = || Some("x".to_owned());
        let with = |member: &'static str, change: &dyn Fn(&mut User)| {
            let mut user = empty();
            change(&mut user);
            (member, user)
        };
        let mut all = vec![
            with("username", &|user| user.username.push('x')),
            with("first_name", &|user| user.identity.first_name = text()),
            with("last_name", &|user| user.identity.last_name = text()),
            with("email", &|user| user.identity.email = text()),
            with("secondary_email", &|user| user.identity.secondary_email = text()),
            with("mobile", &|user| user.identity.mobile = text()),
            with("verified_email", &|user| user.verified_email = text()),
            with("assignments", &|user| user.assignments.push(Assignment::always(SecurityProfileId::from_bits(1)))),
            with("routing_profile", &|user| user.routing_profile = ResourceId::from_bits(2)),
            with("hierarchy_group", &|user| user.hierarchy_group = Some(HierarchyGroupId::from_bits(1))),
            with("proficiencies", &|user| {
                user.proficiencies.push(Proficiency { attribute: "a".to_owned(), value: "b".to_owned(), level: 1.0 });
            }),
            with("tags", &|user| user.tags = Tags::from([("a".to_owned(), "b".to_owned())])),
            with("enabled", &|user| user.enabled = false),
            with("password", &|user| user.password = PasswordState::Set),
            with("mfa_methods", &|user| {
                let (id, kind) = (MfaMethodId::from_bits(1), MfaMethodKind::Totp);
                user.mfa_methods.push(MfaMethod { id, kind, label: "x".to_owned(), added: Timestamp::default() });
            }),
            with("security_epoch", &|user| user.security_epoch += 1),
        ];
        let set = |channel: &str, change: &dyn Fn(&mut ChannelSettings)| {
            let mut user = empty();
            change(user.phone.channel_mut(channel).unwrap());
            user
        };
        for channel in CHANNELS {
            all.push(("auto_accept", set(channel, &|settings| settings.auto_accept = Some(true))));
            all.push(("after_contact_work_seconds", set(channel, &|new| new.after_contact_work_seconds = Some(1))));
        }
        all.push(("callback_auto_accept", set("VOICE", &|settings| settings.callback_auto_accept = Some(true))));
        all.push(("phone_type", set("VOICE", &|settings| settings.phone_type = text())));
        all.push(("phone_number", set("VOICE", &|settings| settings.phone_number = text())));
        all.push(("persistent_connection", set("VOICE", &|settings| settings.persistent_connection = Some(true))));
        all.push(("voice_enhancement", set("VOICE", &|settings| settings.voice_enhancement = text())));
        all
    }

    #[test]
    fn each_member_of_a_user_is_in_exactly_one_field() {
        assert_unambiguous(FIELDS);
        let changed = changed();
        assert_one_field_each(FIELDS, &empty(), &changed);
        assert_eq!(FIELDS.len(), changed.len(), "a field of the table is not in the record");
    }

    #[test]
    fn a_value_that_a_field_returns_can_be_set() {
        for (member, user) in changed() {
            let mut copy = empty();
            let mut errors = FieldErrors::default();
            for field in FIELDS.iter().filter(|field| field.has_single_value()) {
                set(&mut copy, field, &(field.get)(&user), &mut errors);
            }
            remove_empty_channels(&mut copy, &user);
            assert!(errors.is_empty(), "{member}: {errors:?}");
            for field in FIELDS.iter().filter(|field| field.has_single_value()) {
                assert_eq!((field.get)(&copy), (field.get)(&user), "{member}");
            }
        }
    }

    #[test]
    fn refusals_are_placed_at_the_field_that_caused_them() {
        let mut user = empty();
        let mut errors = FieldErrors::default();
        for (id, value) in [("work-TASK", "-3"), ("routing_profile", ""), ("username", ""), ("work-CHAT", "soon")] {
            let field = FIELDS.iter().find(|field| field.id == id).unwrap();
            set(&mut user, field, value, &mut errors);
        }
        assert_eq!(errors.by_field().len(), 4);
        for (refusal, id) in [
            (floorkey::Refusal::NotFound { what: "hierarchy group", id: "x".to_owned() }, "hierarchy_group"),
            (floorkey::Refusal::Duplicate { what: "user", name: "x".to_owned() }, "username"),
            (floorkey::Refusal::LimitExceeded { input: "SecurityProfileIds", problem: "x".to_owned() }, "profiles"),
            (floorkey::Refusal::LimitExceeded { input: "", problem: "security profiles".to_owned() }, ""),
        ] {
            let mut errors = FieldErrors::default();
            errors.add_refusal(FIELDS, &refusal);
            assert!(errors.has(&[id]), "{id}: {errors:?}");
        }
    }
}
