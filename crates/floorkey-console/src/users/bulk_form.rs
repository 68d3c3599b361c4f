//! Parses a bulk edit from the form's fields, checks the resulting profiles, and describes the changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use floorkey::limits::PROFILES_A_USER_MAX;
use floorkey::tags::Tags;
use floorkey::visibility::Viewer;
use floorkey::{Directory, HierarchyGroupId, ResourceId, SecurityProfileId, User};

use super::selection::list_names;
use crate::web::form::Fields;
use crate::web::text;
use floorkey_service::bulk_edit::BulkEdit;

/// Errors by field name.
pub(super) type BulkFormErrors = BTreeMap<&'static str, String>;

/// Parses the form. Reports an invalid value as an error of the value's field.
pub(super) fn parse(fields: &Fields, directory: &Directory) -> (BulkEdit, BulkFormErrors) {
    let mut errors = BulkFormErrors::new();
    let ids = |name| -> Vec<SecurityProfileId> {
        let mut ids: Vec<_> = fields.all(name).filter_map(SecurityProfileId::parse).collect();
        ids.retain(|id| directory.profile(*id).is_some());
        ids.dedup();
        ids
    };
    let mut edit =
        BulkEdit { add: ids("add"), remove: ids("remove"), replace: fields.has("replace"), ..BulkEdit::default() };
    if let Some(text) = fields.text("to-routing") {
        edit.routing = ResourceId::parse(text).filter(|id| directory.resource(*id).is_some());
        add_error_if(&mut errors, edit.routing.is_none(), "to-routing", "There is no such routing profile any more.");
    }
    if let Some(text) = fields.text("to-group") {
        let group = HierarchyGroupId::parse(text).filter(|id| directory.group(*id).is_some());
        edit.group = (text == "none" || group.is_some()).then_some(group);
        add_error_if(&mut errors, edit.group.is_none(), "to-group", "There is no such hierarchy group any more.");
    }
    match tags(fields.raw("tags")) {
        Ok(tags) => edit.tags = tags,
        Err(problem) => drop(errors.insert("tags", problem)),
    }
    edit.untag = fields.all("untag").map(str::to_owned).collect();
    let phone_type = fields.text("phone-type").map(str::to_owned);
    edit.phone_type = phone_type.filter(|word| word == "SOFT_PHONE" || word == "DESK_PHONE");
    edit.auto_accept = fields.text("auto-accept").map(|word| word == "yes");
    if let Some(text) = fields.text("after-work") {
        edit.after_contact_work = text.parse().ok().filter(|seconds| (0..=2_000_000).contains(seconds));
        let problem = "This takes whole seconds, 0 or more; 0 is without limit.";
        add_error_if(&mut errors, edit.after_contact_work.is_none(), "after-work", problem);
    }
    (edit, errors)
}

/// Returns sentences about users who would have no profiles or too many profiles after the edit.
pub(super) fn profile_count_problems(edit: &BulkEdit, users: &[Arc<User>]) -> Vec<String> {
    if edit.replace && edit.add.is_empty() {
        return vec!["Choose the profiles that shall replace the others: nobody may end with none.".to_owned()];
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
            "{} would end with no security profile: {names}. Give them another one, or delete or disable them.",
            text::count_noun(none.len(), "user")
        ));
    }
    if !many.is_empty() {
        let names = list_names(many.iter().copied());
        let who = text::count_noun(many.len(), "user");
        problems.push(format!("{who} would hold more than {PROFILES_A_USER_MAX} security profiles: {names}."));
    }
    problems
}

/// Describes the changes other than security profiles.
pub(super) fn other_changes(edit: &BulkEdit, visibility: &Viewer<'_>) -> Vec<String> {
    let mut changes = Vec::new();
    if let Some(routing) = edit.routing {
        changes.push(format!("Routing profile: {}", text::resource(visibility, routing)));
    }
    match edit.group {
        Some(Some(group)) => changes.push(format!("Hierarchy: {}", text::group(visibility, group))),
        Some(None) => changes.push("Hierarchy: taken out of it".to_owned()),
        None => {}
    }
    changes.extend(edit.untag.iter().map(|key| format!("Tag taken off: {key}")));
    changes.extend(edit.tags.iter().map(|(key, value)| format!("Tag: {key} = {value}")));
    match edit.phone_type.as_deref() {
        Some("DESK_PHONE") => changes.push("Phone type: desk phone".to_owned()),
        Some(_) => changes.push("Phone type: softphone".to_owned()),
        None => {}
    }
    let auto = |on| format!("Auto-accept calls: {}", if on { "yes" } else { "no" });
    changes.extend(edit.auto_accept.map(auto));
    changes.extend(edit.after_contact_work.map(|seconds| format!("After-call work: {seconds} seconds")));
    changes
}

fn add_error_if(errors: &mut BulkFormErrors, is_invalid: bool, field: &'static str, problem: &str) {
    if is_invalid {
        errors.insert(field, problem.to_owned());
    }
}

/// Parses tags, one per line: `key = value`.
fn tags(text: &str) -> Result<Tags, String> {
    let mut tags = Tags::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Some((key, value)) = line.split_once('=') else {
            return Err(format!("“{line}” is no tag: write one a line, as key = value."));
        };
        tags.insert(key.trim().to_owned(), value.trim().to_owned());
    }
    match floorkey::tags::check("Tags", &tags) {
        Ok(()) => Ok(tags),
        Err(invalid) => Err(format!("This is not possible: {}.", invalid.problem)),
    }
}
