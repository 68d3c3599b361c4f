//! The template data of the form: the draft with labels, choices, errors and reasons why parts can't be changed.

use floorkey::user::CHANNELS;
use floorkey::{Act, SecurityProfileId, Target, User};

use super::changes::Errors;
use super::choices::{self, Choice};
use super::draft::Draft;
use super::found::unpermitted;
use crate::web::current_user::CurrentUser;
use crate::web::text;

/// Number of empty rows for additional proficiencies and tags.
const BLANK: usize = 2;

/// The template data of the form.
pub(super) struct FormView {
    pub(super) names: Part,
    pub(super) login: Part,
    pub(super) profiles: ProfilesPart,
    pub(super) routing: SelectPart,
    pub(super) groups: SelectPart,
    pub(super) phone: PhonePart,
    pub(super) skills: RowsPart,
    pub(super) tags: RowsPart,
    /// The error of the form as a whole.
    pub(super) error: Option<String>,
    /// The errors of fields, each with the id of the field.
    pub(super) problems: Vec<(&'static str, String)>,
}

/// A group of text fields.
pub(super) struct Part {
    pub(super) refused: Option<String>,
    pub(super) fields: Vec<TextField>,
}

pub(super) struct TextField {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) kind: &'static str,
    pub(super) value: String,
    pub(super) hint: &'static str,
    pub(super) required: bool,
    pub(super) error: Option<String>,
}

pub(super) struct ProfilesPart {
    pub(super) refused: Option<String>,
    pub(super) tokens: Vec<Token>,
    pub(super) choices: Vec<Choice>,
    pub(super) error: Option<String>,
    /// Whether dates can be set, which is only possible for existing users.
    pub(super) dated: bool,
    pub(super) any_date: bool,
}

/// An assigned profile, shown as a removable token.
pub(super) struct Token {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) from: String,
    pub(super) until: String,
}

pub(super) struct SelectPart {
    pub(super) refused: Option<String>,
    pub(super) choices: Vec<Choice>,
    pub(super) error: Option<String>,
}

pub(super) struct PhonePart {
    pub(super) refused: Option<String>,
    pub(super) phone_type: Vec<Choice>,
    pub(super) number: TextField,
    pub(super) persistent: Vec<Choice>,
    pub(super) enhancement: Vec<Choice>,
    pub(super) callback: Vec<Choice>,
    pub(super) channels: Vec<ChannelRow>,
    pub(super) error: Option<String>,
}

pub(super) struct ChannelRow {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) accept: Vec<Choice>,
    pub(super) work: String,
}

pub(super) struct RowsPart {
    pub(super) refused: Option<String>,
    pub(super) rows: Vec<Row>,
    pub(super) error: Option<String>,
}

/// A row of text fields, with a number for the ids of its labels.
pub(super) struct Row {
    pub(super) number: usize,
    pub(super) a: String,
    pub(super) b: String,
    pub(super) c: String,
}

/// Returns the form for the viewer; for a new user if `user` is `None`.
pub(super) fn view(viewer: &CurrentUser, user: Option<&User>, draft: &Draft, errors: &Errors) -> FormView {
    // The permission to create users covers all fields, except those that can only be set for an existing user.
    let refused = |act| user.and_then(|user| unpermitted(viewer, act, &Target::User(user.id)));
    let select = |act, choices, name| SelectPart { refused: refused(act), choices, error: errors.of(name) };
    FormView {
        names: Part { refused: refused(Act::UpdateUserIdentityInfo), fields: names(viewer, draft, errors) },
        login: Part { refused: refused(Act::RenameUserLogin), fields: vec![login(user, draft, errors)] },
        profiles: profiles(viewer, user, draft, errors, refused(Act::UpdateUserSecurityProfiles)),
        routing: select(
            Act::UpdateUserRoutingProfile,
            choices::routing(viewer, draft.text("routing_profile")),
            "routing_profile",
        ),
        groups: select(
            Act::UpdateUserHierarchy,
            choices::groups(viewer, draft.text("hierarchy_group")),
            "hierarchy_group",
        ),
        phone: phone(draft, errors, refused(Act::UpdateUserPhoneConfig)),
        skills: skills(draft, errors, unskilled(viewer, user)),
        tags: tags(draft, errors, refused(Act::TagResource)),
        error: errors.of(""),
        problems: errors.all(),
    }
}

/// Returns why the viewer can't set proficiencies; `None` if they can.
fn unskilled(viewer: &CurrentUser, user: Option<&User>) -> Option<String> {
    let act = Act::AssociateUserProficiencies;
    match user {
        Some(user) => unpermitted(viewer, act, &Target::User(user.id)),
        // Whether the scope of the permission covers the new user is checked when it is saved.
        None if viewer.has_permission("Users.Edit") => None,
        None => unpermitted(viewer, act, &Target::Instance),
    }
}

fn names(viewer: &CurrentUser, draft: &Draft, errors: &Errors) -> Vec<TextField> {
    let field = |name, label, kind, hint, required| TextField {
        name,
        label,
        kind,
        value: draft.text(name).to_owned(),
        hint,
        required,
        error: errors.of(name),
    };
    let named = viewer.directory.settings().needs_names();
    vec![
        field("first_name", "First name", "text", "", named),
        field("last_name", "Last name", "text", "", named),
        field("email", "E-mail", "email", "Counts once its owner follows the link that is sent there.", false),
        field("secondary_email", "Secondary e-mail", "email", "Gets every notice but password resets.", false),
        field("mobile", "Mobile number", "tel", "Like +4930123456.", false),
    ]
}

fn login(user: Option<&User>, draft: &Draft, errors: &Errors) -> TextField {
    let hint = match user {
        Some(_) => "Another login name signs the user out everywhere.",
        None => "Letters, digits and _ - . \\ @ +; an e-mail address will do.",
    };
    TextField {
        name: "username",
        label: "Login name",
        kind: "text",
        value: draft.text("username").to_owned(),
        hint,
        required: true,
        error: errors.of("username"),
    }
}

fn profiles(
    viewer: &CurrentUser,
    user: Option<&User>,
    draft: &Draft,
    errors: &Errors,
    refused: Option<String>,
) -> ProfilesPart {
    let tokens: Vec<Token> = draft
        .profiles
        .iter()
        .map(|held| {
            let id = SecurityProfileId::parse(&held.id).filter(|id| viewer.directory.profile(*id).is_some());
            let name = id.map(|id| text::profile(&viewer.visibility(), id));
            Token {
                id: held.id.clone(),
                name: name.unwrap_or_else(|| "a profile that is gone".to_owned()),
                from: held.from.clone(),
                until: held.until.clone(),
            }
        })
        .collect();
    let chosen: Vec<String> = draft.profiles.iter().map(|held| held.id.clone()).collect();
    ProfilesPart {
        refused,
        any_date: tokens.iter().any(|token| !(token.from.is_empty() && token.until.is_empty())),
        tokens,
        choices: choices::profiles(viewer, &chosen),
        error: errors.of("profiles"),
        dated: user.is_some(),
    }
}

fn phone(draft: &Draft, errors: &Errors, refused: Option<String>) -> PhonePart {
    let yes_no = |value: &str| options(value, &[("", "Not set"), ("yes", "Yes"), ("no", "No")]);
    let labels = ["Voice", "Chat", "Tasks", "E-mail"];
    let channels = CHANNELS.iter().zip(labels).zip(&draft.channels).map(|((name, label), channel)| ChannelRow {
        name,
        label,
        accept: yes_no(&channel.auto_accept),
        work: channel.work.clone(),
    });
    PhonePart {
        refused,
        phone_type: options(
            draft.text("phone_type"),
            &[("", "Not set"), ("SOFT_PHONE", "Softphone"), ("DESK_PHONE", "Desk phone")],
        ),
        number: TextField {
            name: "phone_number",
            label: "Desk phone number",
            kind: "tel",
            value: draft.text("phone_number").to_owned(),
            hint: "Like +4930123456; needed for a desk phone.",
            required: false,
            error: errors.of("phone_number"),
        },
        persistent: yes_no(draft.text("persistent")),
        enhancement: options(
            draft.text("enhancement"),
            &[
                ("", "Not set"),
                ("VOICE_ISOLATION", "Voice isolation"),
                ("NOISE_SUPPRESSION", "Noise suppression"),
                ("NONE", "None"),
            ],
        ),
        callback: yes_no(draft.text("callback_accept")),
        channels: channels.collect(),
        error: errors.of("channels"),
    }
}

fn options(value: &str, all: &[(&str, &str)]) -> Vec<Choice> {
    let mut choices: Vec<Choice> = all
        .iter()
        .map(|(id, text)| Choice { id: (*id).to_owned(), text: (*text).to_owned(), chosen: *id == value })
        .collect();
    if !choices.iter().any(|choice| choice.chosen) {
        choices.push(Choice { id: value.to_owned(), text: value.to_owned(), chosen: true });
    }
    choices
}

fn skills(draft: &Draft, errors: &Errors, refused: Option<String>) -> RowsPart {
    let rows = draft.skills.iter().map(|skill| (skill.attribute.clone(), skill.value.clone(), skill.level.clone()));
    RowsPart { refused, rows: numbered(rows), error: errors.of("skills") }
}

fn tags(draft: &Draft, errors: &Errors, refused: Option<String>) -> RowsPart {
    let rows = draft.tags.iter().map(|(key, value)| (key.clone(), value.clone(), String::new()));
    RowsPart { refused, rows: numbered(rows), error: errors.of("tags") }
}

fn numbered(rows: impl Iterator<Item = (String, String, String)>) -> Vec<Row> {
    let blank = std::iter::repeat_n((String::new(), String::new(), String::new()), BLANK);
    rows.chain(blank).zip(1..).map(|((a, b, c), number)| Row { number, a, b, c }).collect()
}
