//! Compares a draft with the user, creates commands for the differences, and collects errors by field.

use floorkey::tags::Tags;
use floorkey::user::{Assignment, Proficiency};
use floorkey::{
    Command, Directory, NewPassword, NewUser, RecordKey, ResourceId, SecurityProfileId, Timestamp, User, UserId,
};

use super::draft::{DraftProfile, UserDraft, parse_datetime_local, single_fields};
use crate::user_fields as fields;
use crate::web::edit::tag_commands;
use crate::web::fields::FieldErrors;

/// Returns the commands that change the user to match the draft. Returns no commands if nothing differs.
pub(super) fn commands(
    directory: &Directory,
    user: &User,
    draft: &UserDraft,
    errors: &mut FieldErrors,
) -> Vec<Command> {
    let id = user.id;
    let mut commands = Vec::new();
    let wanted = with_values(user.clone(), draft, errors);
    if wanted.identity != user.identity {
        commands.push(Command::UpdateUserIdentityInfo { user: id, identity: wanted.identity });
    }
    if wanted.username != user.username {
        commands.push(Command::RenameUserLogin { user: id, username: wanted.username });
    }
    if wanted.phone != user.phone {
        commands.push(Command::UpdateUserPhoneConfig { user: id, channels: wanted.phone.channels });
    }
    if wanted.routing_profile != user.routing_profile {
        commands.push(Command::UpdateUserRoutingProfile { user: id, routing_profile: wanted.routing_profile });
    }
    commands.extend(skill_commands(user, draft, errors));
    commands.extend(profile_commands(directory, user, draft, errors));
    if wanted.hierarchy_group != user.hierarchy_group {
        commands.push(Command::UpdateUserHierarchy { user: id, group: wanted.hierarchy_group });
    }
    commands.extend(tag_commands(&RecordKey::User(id), &user.tags, tags(draft, errors)));
    commands
}

/// Returns the user with the values of the draft. Values that the form doesn't show are kept.
fn with_values(mut user: User, draft: &UserDraft, errors: &mut FieldErrors) -> User {
    let before = user.clone();
    for field in single_fields() {
        fields::set(&mut user, field, draft.text(field.id), errors);
    }
    fields::remove_empty_channels(&mut user, &before);
    user
}

/// Returns the new user that the draft describes.
pub(super) fn new_user(
    draft: &UserDraft,
    id: UserId,
    password: Option<NewPassword>,
    errors: &mut FieldErrors,
) -> NewUser {
    let empty = User::new(id, "", ResourceId::from_bits(0), Timestamp::default());
    let user = with_values(empty, draft, errors);
    let profiles: Vec<_> = draft.profiles.iter().filter_map(|profile| SecurityProfileId::parse(&profile.id)).collect();
    if profiles.is_empty() {
        errors.add("profiles", "Choose at least one security profile.");
    }
    NewUser { password, profiles, tags: tags(draft, errors), ..fields::to_new_user(user) }
}

/// Returns the proficiencies in the draft. Returns `None` if a level is not a number.
pub(super) fn skills(draft: &UserDraft, errors: &mut FieldErrors) -> Option<Vec<Proficiency>> {
    let mut wanted = Vec::new();
    for [attribute, value, level] in &draft.skills {
        let level = if level.is_empty() { Some(3.0) } else { level.parse().ok() };
        let Some(level) = level else {
            errors.add("skills", format!("The level of {attribute} {value} must be a number from 1 to 5."));
            return None;
        };
        wanted.push(Proficiency { attribute: attribute.clone(), value: value.clone(), level });
    }
    Some(wanted)
}

fn skill_commands(user: &User, draft: &UserDraft, errors: &mut FieldErrors) -> Vec<Command> {
    let Some(wanted) = skills(draft, errors) else { return Vec::new() };
    let same = |a: &Proficiency, b: &Proficiency| a.attribute == b.attribute && a.value == b.value;
    let existing = |skill: &Proficiency| user.proficiencies.iter().find(|existing| same(existing, skill));
    let removed = user.proficiencies.iter().filter(|existing| !wanted.iter().any(|skill| same(existing, skill)));
    let removed: Vec<_> = removed.map(|existing| (existing.attribute.clone(), existing.value.clone())).collect();
    let added: Vec<_> = wanted.iter().filter(|skill| existing(skill).is_none()).cloned().collect();
    let changed = wanted.iter().filter(|skill| existing(skill).is_some_and(|existing| existing.level != skill.level));
    let changed: Vec<_> = changed.cloned().collect();
    let id = user.id;
    let commands = [
        (!removed.is_empty()).then_some(Command::DisassociateUserProficiencies { user: id, proficiencies: removed }),
        (!changed.is_empty()).then_some(Command::UpdateUserProficiencies { user: id, proficiencies: changed }),
        (!added.is_empty()).then_some(Command::AssociateUserProficiencies { user: id, proficiencies: added }),
    ];
    commands.into_iter().flatten().collect()
}

fn profile_commands(directory: &Directory, user: &User, draft: &UserDraft, errors: &mut FieldErrors) -> Vec<Command> {
    let mut wanted = Vec::new();
    for chosen in &draft.profiles {
        let Some(profile) = SecurityProfileId::parse(&chosen.id).filter(|id| directory.profile(*id).is_some()) else {
            errors.add("profiles", "One of the security profiles no longer exists. Remove it and try again.");
            continue;
        };
        match assignment(user, profile, chosen) {
            Ok(assignment) => wanted.push(assignment),
            Err(problem) => errors.add("profiles", problem),
        }
    }
    if wanted == user.assignments || !errors.is_empty() {
        return Vec::new();
    }
    // Assigning a profile without dates would keep the dates of an existing assignment. To remove the dates, one
    // command ends the assignment, and a second command assigns the profile again. Both commands are part of the same
    // change.
    let ended = Timestamp::from_millis(0);
    let undated = |new: &Assignment| {
        !new.is_dated()
            && user.assignments.iter().any(|existing| existing.profile == new.profile && existing.is_dated())
    };
    let first: Vec<_> = wanted
        .iter()
        .map(
            |new| if undated(new) { Assignment { profile: new.profile, from: None, until: Some(ended) } } else { *new },
        )
        .collect();
    let update = |assignments| Command::UpdateUserSecurityProfiles { user: user.id, assignments };
    match first == wanted {
        true => vec![update(wanted)],
        false => vec![update(first), update(wanted)],
    }
}

/// Returns the assignment of a profile. If the actor didn't edit a date, its seconds and milliseconds are kept.
fn assignment(user: &User, profile: SecurityProfileId, typed: &DraftProfile) -> Result<Assignment, &'static str> {
    let existing = user.assignments.iter().find(|existing| existing.profile == profile);
    let date = |text: &str, before: Option<Timestamp>| match before {
        _ if text.is_empty() => Ok(None),
        Some(at) if super::draft::format_datetime_local(at) == text => Ok(Some(at)),
        _ => parse_datetime_local(text).map(Some).ok_or("Enter a date like 2026-11-22T10:15, in UTC."),
    };
    let from = date(&typed.from, existing.and_then(|existing| existing.from))?;
    let until = date(&typed.until, existing.and_then(|existing| existing.until))?;
    match (from, until) {
        (Some(from), Some(until)) if until <= from => Err("A security profile would end before it begins."),
        _ => Ok(Assignment { profile, from, until }),
    }
}

fn tags(draft: &UserDraft, errors: &mut FieldErrors) -> Tags {
    let mut tags = Tags::new();
    for [key, value] in &draft.tags {
        if tags.insert(key.clone(), value.clone()).is_some() {
            errors.add("tags", format!("The tag key {key} occurs twice."));
        }
    }
    tags
}
