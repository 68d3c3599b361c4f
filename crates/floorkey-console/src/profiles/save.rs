//! Builds the command that saves a draft. The command contains only the differences between the draft and the profile,
//! and applies them as one change.

use std::collections::BTreeSet;

use floorkey::profile::SecurityProfile;
use floorkey::tags::Tags;
use floorkey::{
    Action, Command, NewSecurityProfile, Permission, PermissionSet, RecordKey, SecurityProfileEdit, SecurityProfileId,
    Timestamp,
};

use super::applications;
use super::draft::{Hierarchy, ProfileDraft};
use crate::web::edit;
use crate::web::text;

/// The maximum number of permissions that a message names.
pub(super) const PERMISSIONS_NAMED: usize = 4;

/// Returns the command that creates a profile. If the profile is a copy, properties that the form does not contain are
/// taken from the original.
pub(super) fn create(draft: &ProfileDraft, id: SecurityProfileId, from: Option<&SecurityProfile>) -> Command {
    let edit = all_values(draft);
    let content = SecurityProfileEdit {
        flow_modules: from.map(|from| from.flow_modules.clone()),
        ai_agents: from.map(|from| from.ai_agents.clone()),
        data_table_values: from.map(|from| from.data_table_values.clone()),
        ..edit
    };
    let new = NewSecurityProfile { id, name: draft.name.clone(), content, tags: tags(&draft.tags) };
    let create = Command::CreateSecurityProfile(Box::new(new));
    if draft.assignable.is_empty() {
        return create;
    }
    let assign = Command::SetAssignableProfiles { profile: id, assignable: draft.assignable.clone() };
    Command::Batch { action: Action::CreateSecurityProfile, commands: vec![create, assign] }
}

/// Returns the command that updates a profile if the profile has not changed since `modified`. Returns `None` if the
/// draft does not differ from the profile.
pub(super) fn update(draft: &ProfileDraft, profile: &SecurityProfile, modified: Timestamp) -> Option<Command> {
    let mut commands = Vec::new();
    if draft.name != profile.name {
        commands.push(Command::RenameSecurityProfile { profile: profile.id, name: draft.name.clone() });
    }
    if let Some(edit) = differing(all_values(draft), profile) {
        commands.push(Command::UpdateSecurityProfile { profile: profile.id, edit: Box::new(edit) });
    }
    if draft.assignable != profile.assignable {
        let assignable = draft.assignable.clone();
        commands.push(Command::SetAssignableProfiles { profile: profile.id, assignable });
    }
    let key = RecordKey::Profile(profile.id);
    commands.extend(edit::tag_commands(&key, &profile.tags, tags(&draft.tags)));
    Some(edit::if_unchanged(key, modified, edit::batch(Action::UpdateSecurityProfile, commands)?))
}

/// Extends the command so that it also replaces the credentials of users who have the profile. Only credentials that
/// another user with less access could know are replaced.
pub(super) fn replacing(command: Command, profile: SecurityProfileId) -> Command {
    let replace = Command::ReplaceCredentials(Some(profile));
    match command {
        Command::IfUnchanged { record, modified, command } => {
            Command::IfUnchanged { record, modified, command: Box::new(replacing(*command, profile)) }
        }
        Command::Batch { action, mut commands } => {
            commands.push(replace);
            Command::Batch { action, commands }
        }
        command => Command::Batch { action: Action::UpdateSecurityProfile, commands: vec![command, replace] },
    }
}

/// Returns all values of the form as an edit.
fn all_values(draft: &ProfileDraft) -> SecurityProfileEdit {
    let chosen = draft.chosen();
    SecurityProfileEdit {
        description: Some(draft.description.clone()),
        permissions: Some(chosen.iter().map(|permission| Permission::name(permission).to_owned()).collect()),
        applications: Some(draft.applications()),
        access_control_tags: Some(tags(&draft.control_tags)),
        tag_restricted: Some(draft.restricted.iter().cloned().collect()),
        hierarchy_restricted: Some(match draft.hierarchy {
            Hierarchy::AllUsers => Vec::new(),
            Hierarchy::Own | Hierarchy::Group(_) => vec!["User".to_owned()],
        }),
        hierarchy_group: Some(match &draft.hierarchy {
            Hierarchy::AllUsers | Hierarchy::Own => String::new(),
            Hierarchy::Group(id) => id.clone(),
        }),
        conditions: Some(draft.conditions.clone()),
        flow_modules: None,
        ai_agents: None,
        data_table_values: None,
    }
}

/// Limits an edit to the differences from the profile. Otherwise, an edit with the same permissions would mark an
/// unedited default profile as edited.
fn differing(edit: SecurityProfileEdit, profile: &SecurityProfile) -> Option<SecurityProfileEdit> {
    fn if_different<T: PartialEq>(wanted: Option<T>, present: Option<&T>) -> Option<T> {
        wanted.filter(|wanted| Some(wanted) != present)
    }
    let current = SecurityProfileEdit::from_profile(profile);
    let sorted = |words: &Option<Vec<String>>| words.clone().map(BTreeSet::from_iter);
    let access_control = |edit: &SecurityProfileEdit| {
        let types = (sorted(&edit.tag_restricted), sorted(&edit.hierarchy_restricted));
        (edit.access_control_tags.clone(), types, edit.hierarchy_group.clone())
    };
    let access_control_differs = access_control(&edit) != access_control(&current);
    let differing = SecurityProfileEdit {
        description: if_different(edit.description, current.description.as_ref()),
        permissions: if_different(edit.permissions, current.permissions.as_ref()),
        applications: edit
            .applications
            .filter(|wanted| !applications::is_equal_unordered(wanted, &profile.applications)),
        conditions: if_different(edit.conditions, current.conditions.as_ref()),
        access_control_tags: edit.access_control_tags.filter(|_| access_control_differs),
        tag_restricted: edit.tag_restricted.filter(|_| access_control_differs),
        hierarchy_restricted: edit.hierarchy_restricted.filter(|_| access_control_differs),
        hierarchy_group: edit.hierarchy_group.filter(|_| access_control_differs),
        ..SecurityProfileEdit::default()
    };
    let SecurityProfileEdit { description, permissions, applications, access_control_tags, .. } = &differing;
    let changes = description.is_some() || permissions.is_some() || applications.is_some();
    let changes = changes || differing.conditions.is_some();
    (changes || access_control_tags.is_some()).then_some(differing)
}

fn tags(pairs: &[(String, String)]) -> Tags {
    pairs.iter().cloned().collect()
}

/// Returns the message that confirms that a profile was saved. It names the permissions that were added because other
/// permissions require them.
pub(super) fn saved_message(name: &str, is_new: bool, added_required: &PermissionSet) -> String {
    let mut text = match is_new {
        true => format!("The security profile “{name}” is created. No users have it yet."),
        false => format!("The security profile “{name}” is saved."),
    };
    if !added_required.is_empty() {
        let was = if added_required.len() == 1 { "was" } else { "were" };
        let names = text::permissions(added_required, PERMISSIONS_NAMED);
        text.push_str(&format!(" {names} {was} added, because a permission that you selected requires it."));
    }
    text
}
