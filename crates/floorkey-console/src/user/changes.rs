//! Compares a draft with the user, creates commands for the differences, and collects errors by field.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::tags::Tags;
use floorkey::user::{Assignment, CHANNELS, ChannelSettings, Identity, Proficiency};
use floorkey::{
    Action, Command, Directory, HierarchyGroupId, NewPassword, NewUser, RecordKey, Refusal, ResourceId,
    SecurityProfileId, Timestamp, User, UserId,
};

use super::draft::{DraftProfile, UserDraft, parse_datetime_local};
use crate::web::page_error::to_sentence;
use floorkey_service::failure::Failure;

/// Errors by form field. The key `""` represents the form as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UserFormErrors(BTreeMap<&'static str, String>);

impl UserFormErrors {
    /// Returns the error of a field.
    pub(super) fn get(&self, field: &str) -> Option<String> {
        self.0.get(field).cloned()
    }

    /// Returns all errors with their fields, except the error of the form as a whole.
    pub(super) fn by_field(&self) -> Vec<(&'static str, String)> {
        self.0.iter().filter(|(field, _)| !field.is_empty()).map(|(field, text)| (*field, text.clone())).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, field: &'static str, sentence: impl Into<String>) {
        self.0.entry(field).or_insert_with(|| sentence.into());
    }

    /// Adds a refusal as an error of the field that caused it.
    pub(super) fn add_refusal(&mut self, refusal: &Refusal) {
        match refusal {
            Refusal::InBatch { refusal, .. } if !refusal.withholds_details() => self.add_refusal(refusal),
            Refusal::Invalid(invalid) => {
                let field = form_field(invalid.input);
                self.add(field, floorkey::text::sentence(&invalid.problem));
            }
            Refusal::Duplicate { name, .. } => {
                self.add("username", format!("There is already a user with the login name {name}."));
            }
            reserved @ Refusal::Reserved { .. } => {
                self.add("username", to_sentence(&Failure::Refused(reserved.clone())))
            }
            Refusal::LimitExceeded { problem } if problem.contains("security profiles") => {
                self.add("profiles", floorkey::text::sentence(problem));
            }
            Refusal::LimitExceeded { problem } if problem.contains("proficiencies") => {
                self.add("skills", floorkey::text::sentence(problem));
            }
            refusal => self.add("", to_sentence(&Failure::Refused(refusal.clone()))),
        }
    }
}

/// Returns the form field that corresponds to an input parameter of the Amazon Connect API.
fn form_field(input: &str) -> &'static str {
    match input {
        "IdentityInfo.FirstName" => "first_name",
        "IdentityInfo.LastName" => "last_name",
        "IdentityInfo.Email" => "email",
        "IdentityInfo.SecondaryEmail" => "secondary_email",
        "IdentityInfo.Mobile" => "mobile",
        "Username" => "username",
        "SecurityProfileIds" => "profiles",
        "PhoneNumber" => "phone_number",
        "Channel" | "AfterContactWorkTimeLimit" => "channels",
        "AttributeName" | "AttributeValue" | "Level" | "UserProficiencies" => "skills",
        "Tags" | "tags" => "tags",
        "Password" => "password",
        _ => "",
    }
}

/// Returns the commands that change the user to match the draft. Returns no commands if nothing differs.
pub(super) fn commands(
    directory: &Directory,
    user: &User,
    draft: &UserDraft,
    errors: &mut UserFormErrors,
) -> Vec<Command> {
    let id = user.id;
    let mut commands = Vec::new();
    let identity = identity(draft);
    if identity != user.identity {
        commands.push(Command::UpdateUserIdentityInfo { user: id, identity });
    }
    if draft.text("username") != user.username {
        commands.push(Command::RenameUserLogin { user: id, username: draft.text("username").to_owned() });
    }
    let channels = channels(draft, user, errors);
    if channels != user.phone.channels {
        commands.push(Command::UpdateUserPhoneConfig { user: id, channels });
    }
    match ResourceId::parse(draft.text("routing_profile")) {
        Some(routing_profile) if routing_profile != user.routing_profile => {
            commands.push(Command::UpdateUserRoutingProfile { user: id, routing_profile });
        }
        Some(_) => {}
        None => errors.add("routing_profile", "Choose a routing profile."),
    }
    commands.extend(skill_commands(user, draft, errors));
    commands.extend(profile_commands(directory, user, draft, errors));
    let group = group(draft, errors);
    if group != user.hierarchy_group {
        commands.push(Command::UpdateUserHierarchy { user: id, group });
    }
    commands.extend(tag_commands(user, draft, errors));
    commands
}

/// Combines the commands into one command, so that either all of them take effect or none.
pub(super) fn batch(mut commands: Vec<Command>) -> Option<Command> {
    match commands.len() {
        0 => None,
        1 => commands.pop(),
        _ => Some(Command::Batch { action: Action::EditUsers, commands }),
    }
}

/// Wraps the command so that it is refused if the user was modified after the page was created.
pub(super) fn unless_modified(user: UserId, modified: Timestamp, command: Command) -> Command {
    Command::IfUnchanged { record: RecordKey::User(user), modified, command: Box::new(command) }
}

/// Returns the new user that the draft describes.
pub(super) fn new_user(
    draft: &UserDraft,
    id: UserId,
    password: Option<NewPassword>,
    errors: &mut UserFormErrors,
) -> NewUser {
    if draft.text("username").is_empty() {
        errors.add("username", "Give a login name.");
    }
    let profiles: Vec<_> = draft.profiles.iter().filter_map(|profile| SecurityProfileId::parse(&profile.id)).collect();
    if profiles.is_empty() {
        errors.add("profiles", "Choose at least one security profile.");
    }
    let routing = ResourceId::parse(draft.text("routing_profile"));
    if routing.is_none() {
        errors.add("routing_profile", "Choose a routing profile.");
    }
    let placeholder_user = User::new(id, "", ResourceId::from_bits(0), Timestamp::default());
    NewUser {
        id,
        username: draft.text("username").to_owned(),
        password,
        identity: identity(draft),
        directory_user_id: None,
        profiles,
        routing_profile: routing.unwrap_or(ResourceId::from_bits(0)),
        hierarchy_group: group(draft, errors),
        channels: channels(draft, &placeholder_user, errors),
        tags: tags(draft, errors),
    }
}

fn identity(draft: &UserDraft) -> Identity {
    Identity {
        first_name: draft.non_empty("first_name"),
        last_name: draft.non_empty("last_name"),
        email: draft.non_empty("email"),
        secondary_email: draft.non_empty("secondary_email"),
        mobile: draft.non_empty("mobile"),
    }
}

fn group(draft: &UserDraft, errors: &mut UserFormErrors) -> Option<HierarchyGroupId> {
    let text = draft.text("hierarchy_group");
    let group = HierarchyGroupId::parse(text);
    if group.is_none() && !text.is_empty() {
        errors.add("hierarchy_group", "There is no such group.");
    }
    group
}

/// Returns the channel settings of the draft. Settings that the form doesn't show keep their values.
fn channels(draft: &UserDraft, user: &User, errors: &mut UserFormErrors) -> Vec<ChannelSettings> {
    let mut channels = Vec::new();
    for (name, settings_draft) in CHANNELS.iter().zip(&draft.channels) {
        let before = user.phone.channel(name).cloned().unwrap_or_default();
        let mut settings = ChannelSettings { channel: (*name).to_owned(), ..before };
        settings.auto_accept = parse_yes_no(&settings_draft.auto_accept);
        settings.after_contact_work_seconds = match settings_draft.after_contact_work.as_str() {
            "" => None,
            text => text.parse().map_err(|_| errors.add("channels", "Seconds are a whole number, or nothing.")).ok(),
        };
        if *name == "VOICE" {
            settings.phone_type = draft.non_empty("phone_type");
            settings.phone_number = draft.non_empty("phone_number");
            settings.persistent_connection = parse_yes_no(draft.text("persistent"));
            settings.voice_enhancement = draft.non_empty("enhancement");
            settings.callback_auto_accept = parse_yes_no(draft.text("callback_accept"));
        }
        let no_settings = ChannelSettings { channel: settings.channel.clone(), ..ChannelSettings::default() };
        if settings != no_settings || user.phone.channel(name).is_some_and(|before| *before == no_settings) {
            channels.push(settings);
        }
    }
    channels
}

fn parse_yes_no(word: &str) -> Option<bool> {
    match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// Returns the proficiencies in the draft. Returns `None` if a level is not a number.
pub(super) fn skills(draft: &UserDraft, errors: &mut UserFormErrors) -> Option<Vec<Proficiency>> {
    let mut wanted = Vec::new();
    for skill in &draft.skills {
        let level = if skill.level.is_empty() { Some(3.0) } else { skill.level.parse().ok() };
        let Some(level) = level else {
            errors.add("skills", format!("The level of {} {} is a number from 1 to 5.", skill.attribute, skill.value));
            return None;
        };
        wanted.push(Proficiency { attribute: skill.attribute.clone(), value: skill.value.clone(), level });
    }
    Some(wanted)
}

fn skill_commands(user: &User, draft: &UserDraft, errors: &mut UserFormErrors) -> Vec<Command> {
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

fn profile_commands(
    directory: &Directory,
    user: &User,
    draft: &UserDraft,
    errors: &mut UserFormErrors,
) -> Vec<Command> {
    let mut wanted = Vec::new();
    for chosen in &draft.profiles {
        let Some(profile) = SecurityProfileId::parse(&chosen.id).filter(|id| directory.profile(*id).is_some()) else {
            errors.add("profiles", "One of the security profiles is gone. Take it out and try again.");
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
        _ => parse_datetime_local(text).map(Some).ok_or("A date is written like 2026-11-22T10:15, in UTC."),
    };
    let from = date(&typed.from, existing.and_then(|existing| existing.from))?;
    let until = date(&typed.until, existing.and_then(|existing| existing.until))?;
    match (from, until) {
        (Some(from), Some(until)) if until <= from => Err("A security profile would end before it begins."),
        _ => Ok(Assignment { profile, from, until }),
    }
}

fn tags(draft: &UserDraft, errors: &mut UserFormErrors) -> Tags {
    let mut tags = Tags::new();
    for (key, value) in &draft.tags {
        if tags.insert(key.clone(), value.clone()).is_some() {
            errors.add("tags", format!("The tag {key} is there twice."));
        }
    }
    tags
}

fn tag_commands(user: &User, draft: &UserDraft, errors: &mut UserFormErrors) -> Vec<Command> {
    let wanted = tags(draft, errors);
    let target = RecordKey::User(user.id);
    let removed: BTreeSet<String> = user.tags.keys().filter(|key| !wanted.contains_key(*key)).cloned().collect();
    let new: Tags = wanted.into_iter().filter(|(key, value)| user.tags.get(key) != Some(value)).collect();
    let commands = [
        (!removed.is_empty()).then_some(Command::UntagResource { target: target.clone(), keys: removed }),
        (!new.is_empty()).then(|| Command::TagResource { target: target.clone(), tags: new }),
    ];
    commands.into_iter().flatten().collect()
}
