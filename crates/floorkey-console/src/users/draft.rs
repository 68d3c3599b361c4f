//! Parses a bulk edit from the fields of its form, checks the resulting profiles, and describes the changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use floorkey::limits::PROFILES_A_USER_MAX;
use floorkey::tags::Tags;
use floorkey::visibility::Viewer;
use floorkey::{Directory, HierarchyGroupId, ResourceId, SecurityProfileId, User};

use super::selection::named;
use crate::web::form::Fields;
use crate::web::text;
use floorkey_service::bulk_edit::BulkEdit;

/// Errors by field name.
pub(super) type Errors = BTreeMap<&'static str, String>;

/// Parses the form. Values that are not valid are reported as errors of their fields.
pub(super) fn parse(fields: &Fields, directory: &Directory) -> (BulkEdit, Errors) {
    let mut errors = Errors::new();
    let ids = |name| -> Vec<SecurityProfileId> {
        let mut ids: Vec<_> = fields.all(name).filter_map(SecurityProfileId::parse).collect();
        ids.retain(|id| directory.profile(*id).is_some());
        ids.dedup();
        ids
    };
    let mut draft =
        BulkEdit { add: ids("add"), remove: ids("remove"), replace: fields.has("replace"), ..BulkEdit::default() };
    if let Some(text) = fields.text("to-routing") {
        draft.routing = ResourceId::parse(text).filter(|id| directory.resource(*id).is_some());
        wrong_if(&mut errors, draft.routing.is_none(), "to-routing", "There is no such routing profile any more.");
    }
    if let Some(text) = fields.text("to-group") {
        let group = HierarchyGroupId::parse(text).filter(|id| directory.group(*id).is_some());
        draft.group = (text == "none" || group.is_some()).then_some(group);
        wrong_if(&mut errors, draft.group.is_none(), "to-group", "There is no such hierarchy group any more.");
    }
    match tags(fields.raw("tags")) {
        Ok(tags) => draft.tags = tags,
        Err(problem) => drop(errors.insert("tags", problem)),
    }
    draft.untag = fields.all("untag").map(str::to_owned).collect();
    let phone_type = fields.text("phone-type").map(str::to_owned);
    draft.phone_type = phone_type.filter(|word| word == "SOFT_PHONE" || word == "DESK_PHONE");
    draft.auto_accept = fields.text("auto-accept").map(|word| word == "yes");
    if let Some(text) = fields.text("after-work") {
        draft.after_contact_work = text.parse().ok().filter(|seconds| (0..=2_000_000).contains(seconds));
        let problem = "This takes whole seconds, 0 or more; 0 is without limit.";
        wrong_if(&mut errors, draft.after_contact_work.is_none(), "after-work", problem);
    }
    (draft, errors)
}

/// Returns the problems with the resulting profiles, with the users who would have none or too many.
pub(super) fn problems(draft: &BulkEdit, users: &[Arc<User>]) -> Vec<String> {
    if draft.replace && draft.add.is_empty() {
        return vec!["Choose the profiles that shall replace the others: nobody may end with none.".to_owned()];
    }
    let after = |user: &Arc<User>| {
        let (add, remove) = draft.profiles(user);
        (user.assignments.len() + add.len()).saturating_sub(remove.len())
    };
    let touched = |user: &Arc<User>| draft.profiles(user) != (BTreeSet::new(), BTreeSet::new());
    let who = |test: &dyn Fn(usize) -> bool| -> Vec<&Arc<User>> {
        users.iter().filter(|user| touched(user) && test(after(user))).collect()
    };
    let (none, many) = (who(&|count| count == 0), who(&|count| count > PROFILES_A_USER_MAX));
    let mut problems = Vec::new();
    if !none.is_empty() {
        let names = named(none.iter().copied());
        problems.push(format!(
            "{} would end with no security profile: {names}. Give them another one, or delete or disable them.",
            text::count_noun(none.len(), "user")
        ));
    }
    if !many.is_empty() {
        let names = named(many.iter().copied());
        let who = text::count_noun(many.len(), "user");
        problems.push(format!("{who} would hold more than {PROFILES_A_USER_MAX} security profiles: {names}."));
    }
    problems
}

/// Describes the changes other than security profiles.
pub(super) fn other_changes(draft: &BulkEdit, visibility: &Viewer<'_>) -> Vec<String> {
    let mut changes = Vec::new();
    if let Some(routing) = draft.routing {
        changes.push(format!("Routing profile: {}", text::resource(visibility, routing)));
    }
    match draft.group {
        Some(Some(group)) => changes.push(format!("Hierarchy: {}", text::group(visibility, group))),
        Some(None) => changes.push("Hierarchy: taken out of it".to_owned()),
        None => {}
    }
    changes.extend(draft.untag.iter().map(|key| format!("Tag taken off: {key}")));
    changes.extend(draft.tags.iter().map(|(key, value)| format!("Tag: {key} = {value}")));
    match draft.phone_type.as_deref() {
        Some("DESK_PHONE") => changes.push("Phone type: desk phone".to_owned()),
        Some(_) => changes.push("Phone type: softphone".to_owned()),
        None => {}
    }
    let auto = |on| format!("Auto-accept calls: {}", if on { "yes" } else { "no" });
    changes.extend(draft.auto_accept.map(auto));
    changes.extend(draft.after_contact_work.map(|seconds| format!("After-call work: {seconds} seconds")));
    changes
}

fn wrong_if(errors: &mut Errors, wrong: bool, field: &'static str, problem: &str) {
    if wrong {
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
