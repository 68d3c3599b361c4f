//! Restores the records that a change affected. An undo consists of commands. They are authorized and checked in the
//! same way as all other commands.
//!
//! A record is restored only if it has not changed since the change to undo, so that later changes are never lost. A
//! user's credentials, verified email and security epoch are exceptions. These fields keep their current values and are
//! not compared.

mod correction;
mod findings;
mod resources;
mod visibility;

use correction::Correction;
pub use visibility::{UNDO_NAMED_MAX, can_undo};

use std::collections::HashMap;

use super::change_builder::{ChangeBuilder, record};
use super::check;
use super::transaction::{Transaction, record_name};
use crate::action::Action;
use crate::command::{Command, NewSecurityProfile, SecurityProfileEdit, UndoStep};
use crate::directory::Directory;
use crate::hierarchy::HierarchyGroup;
use crate::id::UserId;
use crate::invalid::invalid;
use crate::limits;
use crate::profile::SecurityProfile;
use crate::record::{Record, RecordKey};
use crate::refusal::{EntityKind, Refusal};
use crate::resource::Resource;
use crate::revision::Revision;
use crate::time::Timestamp;
use crate::user::User;

/// Restores all records in the steps. If one of the records can't be restored, no record is restored.
pub(super) fn undo(
    transaction: &mut Transaction<'_>,
    revision: Revision,
    changed_at: Option<Timestamp>,
    steps: &[UndoStep],
) -> Result<(), Refusal> {
    let (actor, now) = transaction.actor_and_time();
    visibility::check(transaction.current(), actor, (Action::Undo, revision), steps, now)?;
    let is_history = |step: &&UndoStep| matches!(step.after.as_ref().or(step.before.as_ref()), Some(Record::Login(_)));
    check::count("records in one change", steps.len() - steps.iter().filter(is_history).count(), limits::BATCH_MAX)?;
    let mut commands: Vec<RestoreCommand<'_>> = Vec::new();
    let deletes_user = |step: &UndoStep| step.after.is_none() && matches!(step.before, Some(Record::User(_)));
    let last_releases = match steps.iter().any(deletes_user) {
        true => transaction.current().last_release_by_user(),
        false => HashMap::new(),
    };
    for (index, step) in steps.iter().enumerate() {
        // Only a user's last deletion can be undone. After an earlier deletion, the user may have been restored with
        // different access and then deleted again.
        let is_last = |id: &UserId| last_releases.get(id).is_none_or(|last| *last == revision);
        restore_commands(transaction.current(), is_last, index, step, &mut commands)?;
    }
    if commands.is_empty() {
        let problem = "nothing in this change can be undone: passwords, MFA, access keys, email verifications \
            and ended sessions can't be restored";
        return Err(invalid("Revision", problem).into());
    }
    commands.sort_by_key(|command| (command.rank, command.index));
    for RestoreCommand { index, command, correction, .. } in commands {
        let is_of_profile = steps.get(index).is_some_and(|step| matches!(step.after, Some(Record::Profile(_))));
        let adjust = |builder: &mut ChangeBuilder<'_>| {
            builder.restored_change_time = is_of_profile.then(|| changed_at.unwrap_or_default());
            correction.apply(builder);
        };
        transaction
            .plan_step_with(&command, adjust)
            .map_err(|refusal| transaction.in_batch(index, &command, refusal))?;
    }
    Ok(())
}

/// A command that is part of the undo.
struct RestoreCommand<'a> {
    /// Determines the order in which commands are executed. Records that other records refer to are created first and
    /// deleted last.
    rank: u8,
    /// The index of the step that the command belongs to.
    index: usize,
    command: Command,
    correction: Correction<'a>,
}

mod rank {
    pub(super) const CREATE_GROUP: u8 = 0;
    pub(super) const CREATE_PROFILE: u8 = 10;
    /// The depth of references is added to this rank.
    pub(super) const CREATE_RESOURCE: u8 = 15;
    pub(super) const EDIT_GROUP: u8 = 20;
    pub(super) const EDIT_PROFILE: u8 = 21;
    pub(super) const EDIT_RESOURCE: u8 = 22;
    pub(super) const CREATE_USER: u8 = 30;
    pub(super) const EDIT_USER: u8 = 31;
    pub(super) const EDIT_FINDING: u8 = 32;
    pub(super) const DELETE_USER: u8 = 40;
    pub(super) const DELETE_PROFILE: u8 = 41;
    /// The depth of references is subtracted from this rank.
    pub(super) const DELETE_RESOURCE: u8 = 50;
    /// A group's level is subtracted from this rank, so that groups at the lowest level are deleted first.
    pub(super) const DELETE_GROUP: u8 = 100;
}

fn restore_commands<'a>(
    now: &Directory,
    is_last_deletion: impl Fn(&UserId) -> bool,
    index: usize,
    step: &'a UndoStep,
    commands: &mut Vec<RestoreCommand<'a>>,
) -> Result<(), Refusal> {
    let Some(key) = step.key() else {
        return Err(invalid("Steps", "a step must be about one record: its state before, after, or both").into());
    };
    match key {
        // An undo neither restores revoked keys and tokens nor revokes new ones. New keys and tokens can be revoked
        // separately.
        RecordKey::AccessKey(_) | RecordKey::ApiToken(_) => return Ok(()),
        // Login histories are not restored. Like any other change, the undo extends the histories.
        RecordKey::Login(_) => return Ok(()),
        RecordKey::Settings | RecordKey::Structure | RecordKey::Application(_) | RecordKey::ApplicationResource(..) => {
            let problem =
                format!("{}: this change can't be undone here; change it back manually", EntityKind::from(&key));
            return Err(invalid("Steps", problem).into());
        }
        RecordKey::Finding(_)
        | RecordKey::Profile(_)
        | RecordKey::User(_)
        | RecordKey::Group(_)
        | RecordKey::Resource(_) => {}
    }
    let current = record(now, &key);
    let is_as_left = match (&current, &step.after) {
        (None, None) => match &key {
            RecordKey::User(id) => is_last_deletion(id),
            _ => true,
        },
        (Some(current), Some(after)) => is_as_left_by(current, after),
        _ => false,
    };
    if !is_as_left {
        return Err(Refusal::Stale { kind: EntityKind::from(&key), id: key.id() });
    }
    let mut add = |rank, command, correction| commands.push(RestoreCommand { rank, index, command, correction });
    if let RecordKey::Finding(id) = key {
        findings::restore(now, id, step.before.as_ref(), &mut add);
        return Ok(());
    }
    match (&step.before, &step.after, &current) {
        (None, Some(after), _) => delete(after, &mut add),
        (Some(before), None, _) => create(now, before, &mut add),
        (Some(before), _, Some(current)) => edit(current, before, &mut add),
        _ => {}
    }
    Ok(())
}

/// Whether all values that an undo would restore are still the same as directly after the change.
fn is_as_left_by(current: &Record, after: &Record) -> bool {
    match (current, after) {
        (Record::User(current), Record::User(after)) => {
            **current
                == User {
                    verified_email: current.verified_email.clone(),
                    email_verified_at: current.email_verified_at,
                    email_unverified: current.email_unverified,
                    password: current.password,
                    password_set_at: current.password_set_at,
                    custody: current.custody.clone(),
                    mfa_methods: current.mfa_methods.clone(),
                    security_epoch: current.security_epoch,
                    modified: current.modified,
                    ..User::clone(after)
                }
        }
        (Record::Profile(current), Record::Profile(after)) => {
            **current == SecurityProfile { modified: current.modified, ..SecurityProfile::clone(after) }
        }
        (Record::Group(current), Record::Group(after)) => {
            **current == HierarchyGroup { modified: current.modified, ..HierarchyGroup::clone(after) }
        }
        (Record::Resource(current), Record::Resource(after)) => {
            **current == Resource { modified: current.modified, ..Resource::clone(after) }
        }
        (Record::Finding(current), Record::Finding(after)) => findings::is_same(current, after),
        _ => false,
    }
}

fn delete<'a>(after: &Record, add: &mut impl FnMut(u8, Command, Correction<'a>)) {
    let (rank, command) = match after {
        Record::User(user) => (rank::DELETE_USER, Command::DeleteUser { user: user.id }),
        Record::Profile(profile) => (rank::DELETE_PROFILE, Command::DeleteSecurityProfile { profile: profile.id }),
        Record::Group(group) => {
            (rank::DELETE_GROUP - group.level, Command::DeleteUserHierarchyGroup { group: group.id })
        }
        Record::Resource(resource) => resources::delete(resource),
        _ => return,
    };
    add(rank, command, Correction::None);
}

fn create<'a>(now: &Directory, before: &'a Record, add: &mut impl FnMut(u8, Command, Correction<'a>)) {
    match before {
        Record::User(user) => {
            let command = Command::RestoreUser { user: Box::new(User::clone(user)), password: None };
            add(rank::CREATE_USER, command, Correction::None);
        }
        Record::Profile(profile) => {
            let (name, content, tags) =
                (profile.name.clone(), SecurityProfileEdit::from_profile(profile), profile.tags.clone());
            let new = NewSecurityProfile { id: profile.id, name, content, tags };
            let command = Command::CreateSecurityProfile(Box::new(new));
            add(rank::CREATE_PROFILE, command, Correction::Content(profile));
            let mut assignable = profile.assignable.clone();
            assignable.retain(|other| *other == profile.id || now.profile(*other).is_some());
            if !assignable.is_empty() {
                let command = Command::SetAssignableProfiles { profile: profile.id, assignable };
                add(rank::EDIT_PROFILE, command, Correction::Pinned(profile));
            }
        }
        Record::Group(group) => {
            let (name, tags) = (group.name.clone(), group.tags.clone());
            let command = Command::CreateUserHierarchyGroup { id: group.id, name, parent: group.parent, tags };
            add(rank::CREATE_GROUP + group.level, command, Correction::Tags(before));
        }
        Record::Resource(resource) => {
            let (rank, command) = resources::create(resource);
            add(rank, command, Correction::Tags(before));
        }
        _ => {}
    }
}

fn edit<'a>(current: &Record, before: &'a Record, add: &mut impl FnMut(u8, Command, Correction<'a>)) {
    let tags = |tags: &crate::tags::Tags| Command::TagResource { target: before.key(), tags: tags.clone() };
    match (current, before) {
        (Record::User(current), Record::User(user)) => {
            edit_user(current, user, &mut |command, correction| add(rank::EDIT_USER, command, correction));
            if (&current.tags, &current.tag_revisions) != (&user.tags, &user.tag_revisions) {
                add(rank::EDIT_USER, tags(&user.tags), Correction::Tags(before));
            }
        }
        (Record::Profile(current), Record::Profile(profile)) => {
            edit_profile(current, profile, &mut |command, correction| add(rank::EDIT_PROFILE, command, correction));
            if (&current.tags, &current.tag_revisions) != (&profile.tags, &profile.tag_revisions) {
                add(rank::EDIT_PROFILE, tags(&profile.tags), Correction::Tags(before));
            }
        }
        (Record::Group(current), Record::Group(group)) => {
            if current.name != group.name {
                let command = Command::UpdateUserHierarchyGroupName { group: group.id, name: group.name.clone() };
                add(rank::EDIT_GROUP, command, Correction::None);
            }
            if (&current.tags, &current.tag_revisions) != (&group.tags, &group.tag_revisions) {
                add(rank::EDIT_GROUP, tags(&group.tags), Correction::Tags(before));
            }
        }
        (Record::Resource(current), Record::Resource(resource)) => {
            let mut edit = |command, correction| add(rank::EDIT_RESOURCE, command, correction);
            resources::edit(current, resource, &mut edit);
            if (&current.tags, &current.tag_revisions) != (&resource.tags, &resource.tag_revisions) {
                add(rank::EDIT_RESOURCE, tags(&resource.tags), Correction::Tags(before));
            }
        }
        _ => {}
    }
}

fn edit_user<'a>(current: &User, before: &'a User, add: &mut impl FnMut(Command, Correction<'a>)) {
    let user = before.id;
    if current.username != before.username {
        add(Command::RenameUserLogin { user, username: before.username.clone() }, Correction::None);
    }
    if current.identity != before.identity {
        add(Command::UpdateUserIdentityInfo { user, identity: before.identity.clone() }, Correction::None);
    }
    if current.phone != before.phone {
        let channels = before.phone.channels.clone();
        add(Command::UpdateUserPhoneConfig { user, channels }, Correction::None);
    }
    if current.routing_profile != before.routing_profile {
        let routing_profile = before.routing_profile;
        add(Command::UpdateUserRoutingProfile { user, routing_profile }, Correction::None);
    }
    if current.proficiencies != before.proficiencies {
        let command = Command::UpdateUserProficiencies { user, proficiencies: Vec::new() };
        add(command, Correction::Proficiencies(before));
    }
    if current.assignments != before.assignments {
        let assignments = before.assignments.clone();
        add(Command::UpdateUserSecurityProfiles { user, assignments }, Correction::Assignments(before));
    }
    if current.hierarchy_group != before.hierarchy_group {
        add(Command::UpdateUserHierarchy { user, group: before.hierarchy_group }, Correction::None);
    }
    if current.enabled != before.enabled {
        add(Command::SetUserEnabled { user, enabled: before.enabled }, Correction::None);
    }
}

fn edit_profile<'a>(
    current: &SecurityProfile,
    before: &'a SecurityProfile,
    add: &mut impl FnMut(Command, Correction<'a>),
) {
    let profile = before.id;
    if current.name != before.name {
        add(Command::RenameSecurityProfile { profile, name: before.name.clone() }, Correction::None);
    }
    if current.assignable != before.assignable || current.pinned != before.pinned {
        let assignable = before.assignable.clone();
        add(Command::SetAssignableProfiles { profile, assignable }, Correction::Pinned(before));
    }
    // All remaining fields are part of the profile's content, which `UpdateSecurityProfile` can change.
    let content_only = SecurityProfile {
        name: before.name.clone(),
        assignable: before.assignable.clone(),
        pinned: before.pinned.clone(),
        tags: before.tags.clone(),
        tag_revisions: before.tag_revisions.clone(),
        modified: before.modified,
        ..current.clone()
    };
    if content_only != *before {
        let edit = Box::new(SecurityProfileEdit::from_profile(before));
        add(Command::UpdateSecurityProfile { profile, edit }, Correction::Content(before));
    }
}
