//! The template data of the user form: the draft with labels, choices and errors, and the reasons why the viewer can't
//! change some sections.

use floorkey::user::CHANNELS;
use floorkey::{Action, SecurityProfileId, Target, User};

use super::changes::UserFormErrors;
use super::choices::{self, FormChoice};
use super::draft::UserDraft;
use super::lookup::permission_refusal_text;
use crate::web::current_user::CurrentUser;
use crate::web::text;

/// Number of empty rows for adding proficiencies or tags.
const EMPTY_ROWS: usize = 2;

/// The template data of the user form.
pub(super) struct FormView {
    pub(super) names: TextSection,
    pub(super) login: TextSection,
    pub(super) profiles: ProfilesSection,
    pub(super) routing: SelectSection,
    pub(super) groups: SelectSection,
    pub(super) phone: PhoneSection,
    pub(super) skills: RowsSection,
    pub(super) tags: RowsSection,
    /// The error of the form as a whole.
    pub(super) error: Option<String>,
    /// The errors of fields, each with the ID of the field.
    pub(super) field_errors: Vec<(&'static str, String)>,
}

/// A group of text fields.
pub(super) struct TextSection {
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

pub(super) struct ProfilesSection {
    pub(super) refused: Option<String>,
    pub(super) tokens: Vec<ProfileToken>,
    pub(super) choices: Vec<FormChoice>,
    pub(super) error: Option<String>,
    /// Whether assignments can have dates. Dates can be set only for existing users.
    pub(super) dated: bool,
    pub(super) any_date: bool,
}

/// An assigned profile, shown as a removable token.
pub(super) struct ProfileToken {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) from: String,
    pub(super) until: String,
}

pub(super) struct SelectSection {
    pub(super) refused: Option<String>,
    pub(super) choices: Vec<FormChoice>,
    pub(super) error: Option<String>,
}

pub(super) struct PhoneSection {
    pub(super) refused: Option<String>,
    pub(super) phone_type: Vec<FormChoice>,
    pub(super) number: TextField,
    pub(super) persistent: Vec<FormChoice>,
    pub(super) enhancement: Vec<FormChoice>,
    pub(super) callback: Vec<FormChoice>,
    pub(super) channels: Vec<ChannelRow>,
    pub(super) error: Option<String>,
}

pub(super) struct ChannelRow {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) accept: Vec<FormChoice>,
    pub(super) after_contact_work: String,
}

pub(super) struct RowsSection {
    pub(super) refused: Option<String>,
    pub(super) rows: Vec<TextRow>,
    pub(super) error: Option<String>,
}

/// A row of text fields. `number` distinguishes the HTML IDs of the rows.
pub(super) struct TextRow {
    pub(super) number: usize,
    pub(super) first: String,
    pub(super) second: String,
    pub(super) third: String,
}

/// Returns the form for the viewer. If `user` is `None`, the form is for a new user.
pub(super) fn view(viewer: &CurrentUser, user: Option<&User>, draft: &UserDraft, errors: &UserFormErrors) -> FormView {
    // Permission to create users is sufficient for all fields, except fields that can be set only for an existing user.
    let refused = |action| user.and_then(|user| permission_refusal_text(viewer, action, &Target::User(user.id)));
    let select = |action, choices, name| SelectSection { refused: refused(action), choices, error: errors.get(name) };
    FormView {
        names: TextSection { refused: refused(Action::UpdateUserIdentityInfo), fields: names(viewer, draft, errors) },
        login: TextSection { refused: refused(Action::RenameUserLogin), fields: vec![login(user, draft, errors)] },
        profiles: profiles(viewer, user, draft, errors, refused(Action::UpdateUserSecurityProfiles)),
        routing: select(
            Action::UpdateUserRoutingProfile,
            choices::routing(viewer, draft.text("routing_profile")),
            "routing_profile",
        ),
        groups: select(
            Action::UpdateUserHierarchy,
            choices::groups(viewer, draft.text("hierarchy_group")),
            "hierarchy_group",
        ),
        phone: phone(draft, errors, refused(Action::UpdateUserPhoneConfig)),
        skills: skills(draft, errors, proficiency_refusal(viewer, user)),
        tags: tags(draft, errors, refused(Action::TagResource)),
        error: errors.get(""),
        field_errors: errors.by_field(),
    }
}

/// Returns the reason why the viewer can't set proficiencies. Returns `None` if the viewer can set proficiencies.
fn proficiency_refusal(viewer: &CurrentUser, user: Option<&User>) -> Option<String> {
    let action = Action::AssociateUserProficiencies;
    match user {
        Some(user) => permission_refusal_text(viewer, action, &Target::User(user.id)),
        // The scope of the permission is checked when the new user is saved.
        None if viewer.has_permission("Users.Edit") => None,
        None => permission_refusal_text(viewer, action, &Target::Instance),
    }
}

fn names(viewer: &CurrentUser, draft: &UserDraft, errors: &UserFormErrors) -> Vec<TextField> {
    let field = |name, label, kind, hint, required| TextField {
        name,
        label,
        kind,
        value: draft.text(name).to_owned(),
        hint,
        required,
        error: errors.get(name),
    };
    let needs_names = viewer.directory.settings().requires_names();
    vec![
        field("first_name", "First name", "text", "", needs_names),
        field("last_name", "Last name", "text", "", needs_names),
        field("email", "E-mail", "email", "Counts once its owner follows the link that is sent there.", false),
        field("secondary_email", "Secondary e-mail", "email", "Gets every notice but password resets.", false),
        field("mobile", "Mobile number", "tel", "Like +4930123456.", false),
    ]
}

fn login(user: Option<&User>, draft: &UserDraft, errors: &UserFormErrors) -> TextField {
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
        error: errors.get("username"),
    }
}

fn profiles(
    viewer: &CurrentUser,
    user: Option<&User>,
    draft: &UserDraft,
    errors: &UserFormErrors,
    refused: Option<String>,
) -> ProfilesSection {
    let tokens: Vec<ProfileToken> = draft
        .profiles
        .iter()
        .map(|profile| {
            let id = SecurityProfileId::parse(&profile.id).filter(|id| viewer.directory.profile(*id).is_some());
            let name = id.map(|id| text::profile(&viewer.visibility(), id));
            ProfileToken {
                id: profile.id.clone(),
                name: name.unwrap_or_else(|| "a profile that is gone".to_owned()),
                from: profile.from.clone(),
                until: profile.until.clone(),
            }
        })
        .collect();
    let chosen: Vec<String> = draft.profiles.iter().map(|profile| profile.id.clone()).collect();
    ProfilesSection {
        refused,
        any_date: tokens.iter().any(|token| !(token.from.is_empty() && token.until.is_empty())),
        tokens,
        choices: choices::profiles(viewer, &chosen),
        error: errors.get("profiles"),
        dated: user.is_some(),
    }
}

fn phone(draft: &UserDraft, errors: &UserFormErrors, refused: Option<String>) -> PhoneSection {
    let yes_no = |value: &str| options(value, &[("", "Not set"), ("yes", "Yes"), ("no", "No")]);
    let labels = ["Voice", "Chat", "Tasks", "E-mail"];
    let channels = CHANNELS.iter().zip(labels).zip(&draft.channels).map(|((name, label), channel)| ChannelRow {
        name,
        label,
        accept: yes_no(&channel.auto_accept),
        after_contact_work: channel.after_contact_work.clone(),
    });
    PhoneSection {
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
            error: errors.get("phone_number"),
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
        error: errors.get("channels"),
    }
}

fn options(value: &str, all: &[(&str, &str)]) -> Vec<FormChoice> {
    let mut choices: Vec<FormChoice> = all
        .iter()
        .map(|(id, text)| FormChoice { id: (*id).to_owned(), text: (*text).to_owned(), chosen: *id == value })
        .collect();
    if !choices.iter().any(|choice| choice.chosen) {
        choices.push(FormChoice { id: value.to_owned(), text: value.to_owned(), chosen: true });
    }
    choices
}

fn skills(draft: &UserDraft, errors: &UserFormErrors, refused: Option<String>) -> RowsSection {
    let rows = draft.skills.iter().map(|skill| (skill.attribute.clone(), skill.value.clone(), skill.level.clone()));
    RowsSection { refused, rows: with_numbers(rows), error: errors.get("skills") }
}

fn tags(draft: &UserDraft, errors: &UserFormErrors, refused: Option<String>) -> RowsSection {
    let rows = draft.tags.iter().map(|(key, value)| (key.clone(), value.clone(), String::new()));
    RowsSection { refused, rows: with_numbers(rows), error: errors.get("tags") }
}

fn with_numbers(rows: impl Iterator<Item = (String, String, String)>) -> Vec<TextRow> {
    let blank = std::iter::repeat_n((String::new(), String::new(), String::new()), EMPTY_ROWS);
    rows.chain(blank)
        .zip(1..)
        .map(|((first, second, third), number)| TextRow { number, first, second, third })
        .collect()
}
