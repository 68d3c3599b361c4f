//! The form of a bulk edit: its inputs, the edit that it describes, and checks of the resulting profiles.

use std::collections::BTreeSet;
use std::sync::Arc;

use floorkey::limits::PROFILES_A_USER_MAX;
use floorkey::visibility::Viewer;
use floorkey::{Directory, ResourceId, SecurityProfileId, Timestamp, User, UserId};

use super::filter_options::record_choices;
use super::selection::list_names;
use crate::user_fields::{self as fields, FIELDS};
use crate::web::current_user::CurrentUser;
use crate::web::fields::{Field, FieldErrors, FormInput, Input, InvalidInput};
use crate::web::form::Fields;
use crate::web::text;
use floorkey_service::bulk_edit::BulkEdit;

/// The value that stands for no record. An empty value leaves the users' values unchanged.
const NO_RECORD: &str = "none";

/// Returns the fields that have an input in the form, each with the submitted value.
fn single_fields(submitted: &Fields) -> impl Iterator<Item = (&'static Field<User>, &str)> {
    let offered = FIELDS.iter().filter(|field| field.has_single_value() && !field.bulk.is_empty());
    offered.map(|field| (field, submitted.raw(field.bulk).trim()))
}

/// Returns the inputs of the form, except those for profiles and tags.
pub(super) fn inputs(viewer: &CurrentUser, submitted: &Fields, errors: &FieldErrors) -> Vec<FormInput> {
    let input = |(field, value): (&Field<User>, &str)| {
        let mut choices = record_choices(viewer, field.id, "");
        if let Input::Record(none) = field.input
            && !field.required
        {
            choices.insert(0, (NO_RECORD.to_owned(), none.to_owned()));
        }
        let mut input = field.form_input(value, choices, errors);
        let hint = if input.options.is_empty() { "Leave this empty to change nothing. 0 means no limit." } else { "" };
        (input.name, input.hint, input.required) = (field.bulk, hint.to_owned(), false);
        if let Some(unchanged) = input.options.first_mut() {
            "Leave as it is".clone_into(&mut unchanged.text);
        }
        input
    };
    single_fields(submitted).map(input).collect()
}

/// Parses the form. Reports an invalid value as an error of the value's field.
pub(super) fn parse(submitted: &Fields, directory: &Directory) -> (BulkEdit, FieldErrors) {
    let mut errors = FieldErrors::default();
    let ids = |name| -> Vec<SecurityProfileId> {
        let mut ids: Vec<_> = submitted.all(name).filter_map(SecurityProfileId::parse).collect();
        ids.retain(|id| directory.profile(*id).is_some());
        ids.dedup();
        ids
    };
    // The values are set on a sample user, because all users get the same values.
    let mut sample = User::new(UserId::from_bits(0), "", ResourceId::from_bits(0), Timestamp::default());
    let mut submitted_ids = Vec::new();
    for (field, value) in single_fields(submitted).filter(|(_, value)| !value.is_empty()) {
        fields::set(&mut sample, field, if value == NO_RECORD { "" } else { value }, &mut errors);
        submitted_ids.push(field.id);
    }
    let voice = sample.phone.channel("VOICE").cloned().unwrap_or_default();
    let tags = fields::parse_tags(submitted.raw("tags").lines()).and_then(|tags| {
        let checked = floorkey::tags::check("Tags", &tags);
        checked.map_or_else(|invalid| Err(InvalidInput(floorkey::text::sentence(&invalid.problem))), |()| Ok(tags))
    });
    let tags = errors.record("tags", tags).unwrap_or_default();
    let edit = BulkEdit {
        add: ids("add"),
        remove: ids("remove"),
        replace: submitted.has("replace"),
        routing: submitted_ids.contains(&"routing_profile").then_some(sample.routing_profile),
        group: submitted_ids.contains(&"hierarchy_group").then_some(sample.hierarchy_group),
        tags,
        untag: submitted.all("untag").map(str::to_owned).collect(),
        phone_type: voice.phone_type,
        auto_accept: voice.auto_accept,
        after_contact_work: voice.after_contact_work_seconds,
    };
    (edit, errors)
}

/// Returns sentences about users who would have no profiles or too many profiles after the edit.
pub(super) fn profile_count_problems(edit: &BulkEdit, users: &[Arc<User>]) -> Vec<String> {
    if edit.replace && edit.add.is_empty() {
        return vec!["Add the profiles that replace the others. Every user must have at least one profile.".to_owned()];
    }
    let after = |user: &Arc<User>| {
        let (add, remove) = edit.profiles(user);
        (user.assignments.len() + add.len()).saturating_sub(remove.len())
    };
    let is_changed = |user: &Arc<User>| edit.profiles(user) != (BTreeSet::new(), BTreeSet::new());
    let who = |test: &dyn Fn(usize) -> bool| -> Vec<&Arc<User>> {
        users.iter().filter(|user| is_changed(user) && test(after(user))).collect()
    };
    let (none, many) = (who(&|count| count == 0), who(&|count| count > PROFILES_A_USER_MAX));
    let mut problems = Vec::new();
    if !none.is_empty() {
        let names = list_names(none.iter().copied());
        problems.push(format!(
            "{} would have no security profile: {names}. Assign another one, or delete or disable them.",
            text::count_noun(none.len(), "user")
        ));
    }
    if !many.is_empty() {
        let names = list_names(many.iter().copied());
        let who = text::count_noun(many.len(), "user");
        problems.push(format!("{who} would have more than {PROFILES_A_USER_MAX} security profiles: {names}."));
    }
    problems
}

/// Describes the changes other than security profiles.
pub(super) fn other_changes(submitted: &Fields, edit: &BulkEdit, visibility: &Viewer<'_>) -> Vec<String> {
    let changed = single_fields(submitted).filter(|(_, value)| !value.is_empty());
    let changed = changed.map(|(field, value)| {
        let value = if value == NO_RECORD { "none".to_owned() } else { fields::display(visibility, field, value) };
        format!("{}: {value}", field.label)
    });
    let removed = edit.untag.iter().map(|key| format!("Tag removed: {key}"));
    let tags = edit.tags.iter().map(|(key, value)| format!("{}: {key} = {value}", fields::singular("tags")));
    changed.chain(removed).chain(tags).collect()
}
