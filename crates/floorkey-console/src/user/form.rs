//! The template data of the user form: the draft with labels, choices and errors, and the reasons why the viewer can't
//! change some sections.

use floorkey::{Action, SecurityProfileId, Target, User};

use super::draft::{UserDraft, single_fields};
use super::lookup::permission_refusal_text;
use crate::user_fields as fields;
use crate::users::filter_options::{self, record_choices};
use crate::web::current_user::CurrentUser;
use crate::web::fields::{FieldErrors, FormInput, SelectOption};
use crate::web::text;

/// Number of empty rows for adding proficiencies or tags.
const EMPTY_ROWS: usize = 2;

/// The template data of the user form.
pub(super) struct FormView {
    pub(super) identity: FormSection,
    pub(super) profiles: FormSection,
    /// The assigned profiles, shown as removable tokens.
    pub(super) tokens: Vec<ProfileToken>,
    /// The profiles that can be assigned. Those that are assigned already are selected.
    pub(super) profile_choices: Vec<SelectOption>,
    /// Whether assignments can have dates. Dates can be set only for existing users.
    pub(super) dated: bool,
    pub(super) any_date: bool,
    /// The sections for the routing profile and the hierarchy group.
    pub(super) records: [FormSection; 2],
    pub(super) phone: FormSection,
    pub(super) channels: Vec<ChannelRow>,
    /// The settings of voice contacts that are rarely used.
    pub(super) voice: Vec<FormInput>,
    pub(super) skills: FormSection,
    pub(super) skill_rows: Vec<[String; 3]>,
    pub(super) tags: FormSection,
    pub(super) tag_rows: Vec<[String; 2]>,
    /// The error of the form as a whole.
    pub(super) error: Option<String>,
    /// The errors of fields, each with the ID of the field.
    pub(super) field_errors: Vec<(&'static str, String)>,
}

/// A section of the form.
pub(super) struct FormSection {
    /// The HTML ID, which is also the ID of the error of a section without inputs.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// The reason why the viewer can't change the section. `None` if the viewer can change it.
    pub(super) refused: Option<String>,
    pub(super) inputs: Vec<FormInput>,
    /// The error of a section that has several values instead of inputs.
    pub(super) error: Option<String>,
}

/// An assigned profile.
pub(super) struct ProfileToken {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) from: String,
    pub(super) until: String,
}

/// The settings of a channel.
pub(super) struct ChannelRow {
    pub(super) label: &'static str,
    pub(super) inputs: Vec<FormInput>,
}

/// Returns the form for the viewer. If `user` is `None`, the form is for a new user.
pub(super) fn view(viewer: &CurrentUser, user: Option<&User>, draft: &UserDraft, errors: &FieldErrors) -> FormView {
    // Permission to create users is sufficient for all fields, except fields that can be set only for an existing user.
    let refused = |action| user.and_then(|user| permission_refusal_text(viewer, action, &Target::User(user.id)));
    let section = |id: &'static str, title, parts: &[&str], refused| FormSection {
        id,
        title,
        refused,
        inputs: inputs(viewer, parts, user, draft, errors),
        error: errors.get(id),
    };
    let tokens = tokens(viewer, draft);
    let is_assigned = |id: &str| draft.profiles.iter().any(|profile| profile.id == id);
    let mut channel_inputs = inputs(viewer, &["channels"], user, draft, errors).into_iter();
    FormView {
        identity: section("identity", "Identity", &["identity", "login"], refused(Action::UpdateUserIdentityInfo)),
        profiles: section("profiles", fields::label("profiles"), &[], refused(Action::UpdateUserSecurityProfiles)),
        any_date: tokens.iter().any(|token| !(token.from.is_empty() && token.until.is_empty())),
        tokens,
        profile_choices: SelectOption::all(filter_options::profiles(viewer), is_assigned),
        dated: user.is_some(),
        records: [
            section("routing", "Routing", &["routing"], refused(Action::UpdateUserRoutingProfile)),
            section("hierarchy", "Hierarchy", &["hierarchy"], refused(Action::UpdateUserHierarchy)),
        ],
        phone: section("phone", "Phone and channels", &["phone"], refused(Action::UpdateUserPhoneConfig)),
        channels: fields::channels()
            .map(|(_, label)| ChannelRow { label, inputs: channel_inputs.by_ref().take(2).collect() })
            .collect(),
        voice: inputs(viewer, &["voice"], user, draft, errors),
        skills: section("skills", fields::label("skills"), &[], proficiency_refusal(viewer, user)),
        skill_rows: with_empty(&draft.skills),
        tags: section("tags", fields::label("tags"), &[], refused(Action::TagResource)),
        tag_rows: with_empty(&draft.tags),
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

/// Returns the inputs of some parts of the form. If `user` is `None`, the form is for a new user.
fn inputs(
    viewer: &CurrentUser,
    parts: &[&str],
    user: Option<&User>,
    draft: &UserDraft,
    errors: &FieldErrors,
) -> Vec<FormInput> {
    let needs_names = viewer.directory.settings().requires_names();
    let input = |field: &crate::web::fields::Field<User>| {
        let value = draft.text(field.id);
        let mut input = field.form_input(value, record_choices(viewer, field.id, value), errors);
        input.required |= needs_names && matches!(field.id, "first_name" | "last_name");
        if user.is_some() && !field.edit_hint.is_empty() {
            input.hint = format!("{} {}", input.hint, field.edit_hint);
        }
        input
    };
    single_fields().filter(|field| parts.contains(&field.section)).map(input).collect()
}

fn tokens(viewer: &CurrentUser, draft: &UserDraft) -> Vec<ProfileToken> {
    let token = |profile: &super::draft::DraftProfile| {
        let id = SecurityProfileId::parse(&profile.id).filter(|id| viewer.directory.profile(*id).is_some());
        let name = id.map(|id| text::profile(&viewer.visibility(), id));
        ProfileToken {
            id: profile.id.clone(),
            name: name.unwrap_or_else(|| "a deleted profile".to_owned()),
            from: profile.from.clone(),
            until: profile.until.clone(),
        }
    };
    draft.profiles.iter().map(token).collect()
}

/// Returns the rows, followed by empty rows.
fn with_empty<const N: usize>(rows: &[[String; N]]) -> Vec<[String; N]> {
    rows.iter().cloned().chain(std::iter::repeat_n([const { String::new() }; N], EMPTY_ROWS)).collect()
}
