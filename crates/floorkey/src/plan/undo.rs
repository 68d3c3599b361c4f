//! Undo: restores the records that a change affected, by commands that are authorized and checked like any others.
//!
//! A record is restored only if it is still as the change left it, so that later changes are never lost. Credentials,
//! the verified email and the security epoch of users keep their current values, and are not compared either.

mod sight;

pub use sight::{UNDO_NAMED, can_undo};

use std::collections::HashMap;
use std::sync::Arc;

use super::check;
use super::course::{Course, kind, name};
use super::draft::{Draft, record};
use crate::act::Act;
use crate::command::{Command, NewSecurityProfile, SecurityProfileEdit, UndoStep};
use crate::directory::{Directory, Revision};
use crate::hierarchy::HierarchyGroup;
use crate::id::UserId;
use crate::limits;
use crate::profile::SecurityProfile;
use crate::record::{Record, RecordChange, RecordKey};
use crate::refusal::{Refusal, invalid};
use crate::time::Timestamp;
use crate::user::User;

/// Restores all records, or none.
pub(super) fn undo(
    course: &mut Course<'_>,
    revision: Revision,
    made: Option<Timestamp>,
    steps: &[UndoStep],
) -> Result<(), Refusal> {
    let (actor, now) = course.asked();
    sight::check(course.tip(), actor, (Act::Undo, revision), steps, now)?;
    let is_history = |step: &&UndoStep| matches!(step.after.as_ref().or(step.before.as_ref()), Some(Record::Login(_)));
    check::count("records in one change", steps.len() - steps.iter().filter(is_history).count(), limits::BATCH_MAX)?;
    let mut ways: Vec<Way<'_>> = Vec::new();
    let deletes_user = |step: &UndoStep| step.after.is_none() && matches!(step.before, Some(Record::User(_)));
    let given_up = match steps.iter().any(deletes_user) {
        true => course.tip().logins_given_up(),
        false => HashMap::new(),
    };
    for (index, step) in steps.iter().enumerate() {
        // A deleted user can have been restored and deleted again since, with other access. This must be the last
        // deletion.
        let is_last = |id: &UserId| given_up.get(id).is_none_or(|last| *last == revision);
        ways_back(course.tip(), is_last, index, step, &mut ways)?;
    }
    if ways.is_empty() {
        let problem = "nothing in this change can be undone: passwords, MFA, access keys, email verifications \
            and ended sessions can't be restored";
        return Err(invalid("Revision", problem).into());
    }
    ways.sort_by_key(|way| (way.rank, way.index));
    for Way { index, command, exactly, .. } in ways {
        let is_of_profile = steps.get(index).is_some_and(|step| matches!(step.after, Some(Record::Profile(_))));
        let touch = |draft: &mut Draft<'_>| {
            draft.brings_back = is_of_profile.then(|| made.unwrap_or_default());
            exactly.touch(draft);
        };
        course.step_with(&command, touch).map_err(|refusal| course.in_batch(index, &command, refusal))?;
    }
    Ok(())
}

/// One command of the undo.
struct Way<'a> {
    /// The order of execution: records that others refer to are created first and deleted last.
    rank: u8,
    /// The index of the step that the command belongs to.
    index: usize,
    command: Command,
    exactly: Exactly<'a>,
}

/// A correction where the command alone would restore a record only approximately.
enum Exactly<'a> {
    Nothing,
    /// The command would let an undated assignment keep the dates of the current one.
    Assignments(&'a User),
    Proficiencies(&'a User),
    Tags(&'a Record),
    /// The command would pin assignable profiles to their current content.
    Pinned(&'a SecurityProfile),
    /// The command would clear the mark of an unedited default profile.
    Content(&'a SecurityProfile),
}

mod rank {
    pub(super) const MAKE_GROUP: u8 = 0;
    pub(super) const MAKE_PROFILE: u8 = 10;
    pub(super) const EDIT_GROUP: u8 = 20;
    pub(super) const EDIT_PROFILE: u8 = 21;
    pub(super) const MAKE_USER: u8 = 30;
    pub(super) const EDIT_USER: u8 = 31;
    pub(super) const DELETE_USER: u8 = 40;
    pub(super) const DELETE_PROFILE: u8 = 41;
    /// Minus the level, so that the deepest group is deleted first.
    pub(super) const DELETE_GROUP: u8 = 100;
}

fn ways_back<'a>(
    now: &Directory,
    is_last_deletion: impl Fn(&UserId) -> bool,
    index: usize,
    step: &'a UndoStep,
    ways: &mut Vec<Way<'a>>,
) -> Result<(), Refusal> {
    let Some(key) = step.key() else {
        return Err(invalid("Steps", "a step must be about one record: its state before, after, or both").into());
    };
    match key {
        // Revoked keys stay revoked, and owners can revoke new ones themselves.
        RecordKey::AccessKey(_) | RecordKey::ApiToken(_) => return Ok(()),
        // Login histories continue, and the undo becomes a part of them.
        RecordKey::Login(_) => return Ok(()),
        RecordKey::Settings
        | RecordKey::Structure
        | RecordKey::Resource(_)
        | RecordKey::Application(_)
        | RecordKey::ApplicationResource(..) => {
            let problem = format!("{}: this change can't be undone here; change it back manually", kind(&key));
            return Err(invalid("Steps", problem).into());
        }
        RecordKey::Profile(_) | RecordKey::User(_) | RecordKey::Group(_) => {}
    }
    let found = record(now, &key);
    let as_left = match (&found, &step.after) {
        (None, None) => match &key {
            RecordKey::User(id) => is_last_deletion(id),
            _ => true,
        },
        (Some(found), Some(after)) => same(found, after),
        _ => false,
    };
    if !as_left {
        return Err(Refusal::Stale { what: kind(&key), id: key.id() });
    }
    let mut add = |rank, command, exactly| ways.push(Way { rank, index, command, exactly });
    match (&step.before, &step.after, &found) {
        (None, Some(after), _) => delete(after, &mut add),
        (Some(before), None, _) => make(now, before, &mut add),
        (Some(before), _, Some(found)) => edit(found, before, &mut add),
        _ => {}
    }
    Ok(())
}

/// Whether the record is still as the change left it, in everything that an undo restores.
fn same(found: &Record, left: &Record) -> bool {
    match (found, left) {
        (Record::User(found), Record::User(left)) => {
            **found
                == User {
                    confirmed_email: found.confirmed_email.clone(),
                    email_confirmed_at: found.email_confirmed_at,
                    email_unverified: found.email_unverified,
                    password: found.password,
                    password_set_at: found.password_set_at,
                    custody: found.custody.clone(),
                    second_factors: found.second_factors.clone(),
                    security_epoch: found.security_epoch,
                    modified: found.modified,
                    ..User::clone(left)
                }
        }
        (Record::Profile(found), Record::Profile(left)) => {
            **found == SecurityProfile { modified: found.modified, ..SecurityProfile::clone(left) }
        }
        (Record::Group(found), Record::Group(left)) => {
            **found == HierarchyGroup { modified: found.modified, ..HierarchyGroup::clone(left) }
        }
        _ => false,
    }
}

fn delete<'a>(after: &Record, add: &mut impl FnMut(u8, Command, Exactly<'a>)) {
    let (rank, command) = match after {
        Record::User(user) => (rank::DELETE_USER, Command::DeleteUser { user: user.id }),
        Record::Profile(profile) => (rank::DELETE_PROFILE, Command::DeleteSecurityProfile { profile: profile.id }),
        Record::Group(group) => {
            (rank::DELETE_GROUP - group.level, Command::DeleteUserHierarchyGroup { group: group.id })
        }
        _ => return,
    };
    add(rank, command, Exactly::Nothing);
}

fn make<'a>(now: &Directory, before: &'a Record, add: &mut impl FnMut(u8, Command, Exactly<'a>)) {
    match before {
        Record::User(user) => {
            let command = Command::RestoreUser { user: Box::new(User::clone(user)), password: None };
            add(rank::MAKE_USER, command, Exactly::Nothing);
        }
        Record::Profile(profile) => {
            let (name, content, tags) = (profile.name.clone(), SecurityProfileEdit::of(profile), profile.tags.clone());
            let new = NewSecurityProfile { id: profile.id, name, content, tags };
            let command = Command::CreateSecurityProfile(Box::new(new));
            add(rank::MAKE_PROFILE, command, Exactly::Content(profile));
            let mut assignable = profile.assignable.clone();
            assignable.retain(|other| *other == profile.id || now.profile(*other).is_some());
            if !assignable.is_empty() {
                let command = Command::SetAssignableProfiles { profile: profile.id, assignable };
                add(rank::EDIT_PROFILE, command, Exactly::Pinned(profile));
            }
        }
        Record::Group(group) => {
            let (name, tags) = (group.name.clone(), group.tags.clone());
            let command = Command::CreateUserHierarchyGroup { id: group.id, name, parent: group.parent, tags };
            add(rank::MAKE_GROUP + group.level, command, Exactly::Tags(before));
        }
        _ => {}
    }
}

fn edit<'a>(found: &Record, before: &'a Record, add: &mut impl FnMut(u8, Command, Exactly<'a>)) {
    let tags = |held: &crate::tags::Tags| Command::TagResource { target: before.key(), tags: held.clone() };
    match (found, before) {
        (Record::User(found), Record::User(user)) => {
            edit_user(found, user, &mut |command, exactly| add(rank::EDIT_USER, command, exactly));
            if (&found.tags, &found.tags_set) != (&user.tags, &user.tags_set) {
                add(rank::EDIT_USER, tags(&user.tags), Exactly::Tags(before));
            }
        }
        (Record::Profile(found), Record::Profile(profile)) => {
            edit_profile(found, profile, &mut |command, exactly| add(rank::EDIT_PROFILE, command, exactly));
            if (&found.tags, &found.tags_set) != (&profile.tags, &profile.tags_set) {
                add(rank::EDIT_PROFILE, tags(&profile.tags), Exactly::Tags(before));
            }
        }
        (Record::Group(found), Record::Group(group)) => {
            if found.name != group.name {
                let command = Command::UpdateUserHierarchyGroupName { group: group.id, name: group.name.clone() };
                add(rank::EDIT_GROUP, command, Exactly::Nothing);
            }
            if (&found.tags, &found.tags_set) != (&group.tags, &group.tags_set) {
                add(rank::EDIT_GROUP, tags(&group.tags), Exactly::Tags(before));
            }
        }
        _ => {}
    }
}

fn edit_user<'a>(found: &User, before: &'a User, add: &mut impl FnMut(Command, Exactly<'a>)) {
    let user = before.id;
    if found.username != before.username {
        add(Command::RenameUserLogin { user, username: before.username.clone() }, Exactly::Nothing);
    }
    if found.identity != before.identity {
        add(Command::UpdateUserIdentityInfo { user, identity: before.identity.clone() }, Exactly::Nothing);
    }
    if found.phone != before.phone {
        let channels = before.phone.channels.clone();
        add(Command::UpdateUserPhoneConfig { user, channels }, Exactly::Nothing);
    }
    if found.routing_profile != before.routing_profile {
        let routing_profile = before.routing_profile;
        add(Command::UpdateUserRoutingProfile { user, routing_profile }, Exactly::Nothing);
    }
    if found.proficiencies != before.proficiencies {
        let command = Command::UpdateUserProficiencies { user, proficiencies: Vec::new() };
        add(command, Exactly::Proficiencies(before));
    }
    if found.assignments != before.assignments {
        let assignments = before.assignments.clone();
        add(Command::UpdateUserSecurityProfiles { user, assignments }, Exactly::Assignments(before));
    }
    if found.hierarchy_group != before.hierarchy_group {
        add(Command::UpdateUserHierarchy { user, group: before.hierarchy_group }, Exactly::Nothing);
    }
    if found.enabled != before.enabled {
        add(Command::SetUserEnabled { user, enabled: before.enabled }, Exactly::Nothing);
    }
}

fn edit_profile<'a>(found: &SecurityProfile, before: &'a SecurityProfile, add: &mut impl FnMut(Command, Exactly<'a>)) {
    let profile = before.id;
    if found.name != before.name {
        add(Command::RenameSecurityProfile { profile, name: before.name.clone() }, Exactly::Nothing);
    }
    if found.assignable != before.assignable || found.pinned != before.pinned {
        let assignable = before.assignable.clone();
        add(Command::SetAssignableProfiles { profile, assignable }, Exactly::Pinned(before));
    }
    // The rest is the content: everything that an edit can change.
    let but_content = SecurityProfile {
        name: before.name.clone(),
        assignable: before.assignable.clone(),
        pinned: before.pinned.clone(),
        tags: before.tags.clone(),
        tags_set: before.tags_set.clone(),
        modified: before.modified,
        ..found.clone()
    };
    if but_content != *before {
        let edit = Box::new(SecurityProfileEdit::of(before));
        add(Command::UpdateSecurityProfile { profile, edit }, Exactly::Content(before));
    }
}

impl Exactly<'_> {
    fn touch(&self, draft: &mut Draft<'_>) {
        for change in &mut draft.records {
            let RecordChange::Put(put) = change else { continue };
            match (self, put) {
                (Self::Assignments(before), Record::User(user)) if user.id == before.id => {
                    Arc::make_mut(user).assignments.clone_from(&before.assignments);
                }
                (Self::Proficiencies(before), Record::User(user)) if user.id == before.id => {
                    Arc::make_mut(user).proficiencies.clone_from(&before.proficiencies);
                }
                (Self::Pinned(before), Record::Profile(profile)) if profile.id == before.id => {
                    let profile = Arc::make_mut(profile);
                    for (id, pinned) in before.pinned.iter().filter(|(id, _)| profile.assignable.contains(id)) {
                        profile.pinned.insert(*id, pinned.clone());
                    }
                }
                (Self::Content(before), Record::Profile(profile)) if profile.id == before.id => {
                    let profile = Arc::make_mut(profile);
                    profile.unedited_default.clone_from(&before.unedited_default);
                    if profile.tags == before.tags {
                        profile.tags_set.clone_from(&before.tags_set);
                    }
                }
                (Self::Tags(Record::User(before)), Record::User(user)) if user.id == before.id => {
                    let user = Arc::make_mut(user);
                    user.tags.clone_from(&before.tags);
                    user.tags_set.clone_from(&before.tags_set);
                }
                (Self::Tags(Record::Profile(before)), Record::Profile(profile)) if profile.id == before.id => {
                    let profile = Arc::make_mut(profile);
                    profile.tags.clone_from(&before.tags);
                    profile.tags_set.clone_from(&before.tags_set);
                }
                (Self::Tags(Record::Group(before)), Record::Group(group)) if group.id == before.id => {
                    let group = Arc::make_mut(group);
                    group.tags.clone_from(&before.tags);
                    group.tags_set.clone_from(&before.tags_set);
                }
                _ => {}
            }
        }
    }
}
