//! Converts the lines of a CSV file to new users, and reports errors, warnings and suggestions by line.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use floorkey::audit::Flag;
use floorkey::lookalike::{differ_in_script, skeleton};
use floorkey::tags::Tags;
use floorkey::text::{folded, has_more_chars};
use floorkey::user::{ChannelSettings, Identity};
use floorkey::visibility::Viewer;
use floorkey::{
    Actor, Command, Directory, HierarchyGroupId, NewUser, ResourceId, ResourceType, SecurityProfileId, Timestamp,
    UserId,
};

use super::sheet::{Field, Line};
use crate::web::page_error::to_sentence;
use floorkey_service::failure::Failure;

/// Maximum number of characters in a name for which a similar name is searched.
const COMPARED_CHARS_MAX: usize = 128;

/// Maximum number of distinct unknown names in a file that get a suggestion. Each is compared with all known names.
const SUGGESTIONS_MAX: usize = 100;

/// The errors and warnings for a line.
pub(super) struct Report {
    pub(super) line: u64,
    pub(super) login: String,
    pub(super) problems: Vec<String>,
    pub(super) warnings: Vec<String>,
}

/// The result of reading a file.
pub(super) struct Intake {
    pub(super) new: Vec<NewUser>,
    /// The lines with errors or warnings.
    pub(super) reports: Vec<Report>,
}

impl Intake {
    /// Returns the number of lines with errors.
    pub(super) fn wrong(&self) -> usize {
        self.reports.iter().filter(|report| !report.problems.is_empty()).count()
    }
}

/// The actor, directory and time for which a file is checked.
pub(super) struct Reader<'a> {
    pub(super) directory: &'a Directory,
    pub(super) actor: &'a Actor,
    pub(super) now: Timestamp,
    /// The suggestions for unknown names so far.
    suggestions: Suggestions,
}

/// Suggestions by resource type and unknown name.
type Suggestions = RefCell<HashMap<(ResourceType, String), String>>;

impl<'a> Reader<'a> {
    pub(super) fn new(directory: &'a Directory, actor: &'a Actor, now: Timestamp) -> Self {
        Self { directory, actor, now, suggestions: Suggestions::default() }
    }
}

impl Reader<'_> {
    /// Converts all lines. `id` generates the ids of the new users.
    pub(super) fn read(&self, lines: &[Line], id: impl Fn() -> u128) -> Intake {
        let mut intake = Intake { new: Vec::new(), reports: Vec::new() };
        let (mut logins, mut looks) = (HashMap::new(), HashMap::<String, String>::new());
        for line in lines {
            let login = line.get(Field::Login).unwrap_or_default().to_owned();
            let mut report =
                Report { line: line.number, login: login.clone(), problems: Vec::new(), warnings: Vec::new() };
            let new = self.user(line, UserId::from_bits(id()), &mut report.problems);
            if let Some(first) = logins.insert(folded(&login), line.number).filter(|_| !login.is_empty()) {
                report.problems.push(format!("The login name is already in line {first}: each must be there once."));
            } else if let Some(other) = looks.insert(skeleton(&login), login.clone()) {
                match differ_in_script(&login, &other) {
                    true => report.problems.push(format!(
                        "The login name looks like “{other}” in this file, but is written in another script."
                    )),
                    false => report.warnings.push(format!("The login name looks like “{other}” in this file.")),
                }
            }
            if report.problems.is_empty() {
                self.rules(&new, &mut report);
            }
            intake.new.push(new);
            if !(report.problems.is_empty() && report.warnings.is_empty()) {
                intake.reports.push(report);
            }
        }
        intake
    }

    /// Plans the creation of the user, and adds the refusal or the warnings to the report.
    fn rules(&self, new: &NewUser, report: &mut Report) {
        let command = Command::CreateUser(Box::new(new.clone()));
        match floorkey::plan(self.directory, self.actor, &command, self.now) {
            Err(refusal) => report.problems.push(to_sentence(&Failure::Refused(refusal))),
            Ok(planned) => {
                let alike = planned.change.event().flags.iter().filter_map(|flag| match flag {
                    Flag::LooksLike { user } => Some(*user),
                    _ => None,
                });
                let warning = |user| match self.visibility().user_name(user) {
                    Some(username) => format!("The login name looks like that of “{username}”, who is here."),
                    None => "The login name looks like that of another user.".to_owned(),
                };
                report.warnings.extend(alike.map(warning));
                let is_taken = |flag: &Flag| matches!(flag, Flag::TookReservedLogin { .. });
                if planned.change.event().flags.iter().any(is_taken) {
                    report.warnings.push("The login name is reserved for the user who had it last.".to_owned());
                }
            }
        }
    }

    fn user(&self, line: &Line, id: UserId, problems: &mut Vec<String>) -> NewUser {
        let text = |field| line.get(field).map(str::to_owned);
        if line.get(Field::Login).is_none() {
            problems.push("The login name is missing.".to_owned());
        }
        let routing = self.routing(line.get(Field::Routing));
        NewUser {
            id,
            username: text(Field::Login).unwrap_or_default(),
            password: None,
            identity: Identity {
                first_name: text(Field::FirstName),
                last_name: text(Field::LastName),
                email: text(Field::Email),
                secondary_email: text(Field::SecondaryEmail),
                mobile: text(Field::Mobile),
            },
            directory_user_id: None,
            profiles: self.profiles(line.get(Field::Profiles), problems),
            routing_profile: taken(routing, problems).unwrap_or(ResourceId::from_bits(0)),
            hierarchy_group: line.get(Field::Hierarchy).and_then(|path| taken(self.group(path), problems)),
            channels: vec![channel(line, problems)],
            tags: line.get(Field::Tags).and_then(|text| taken(tags(text), problems)).unwrap_or_default(),
        }
    }

    fn profiles(&self, text: Option<&str>, problems: &mut Vec<String>) -> Vec<SecurityProfileId> {
        let Some(text) = text else {
            problems
                .push("The security profile is missing: name one at least, several with | between them.".to_owned());
            return Vec::new();
        };
        let mut ids = Vec::new();
        for name in text.split('|').map(str::trim).filter(|name| !name.is_empty()) {
            match self.directory.profile_by_name(name).filter(|profile| self.lists_profile(profile.id)) {
                Some(profile) if ids.contains(&profile.id) => {}
                Some(profile) => ids.push(profile.id),
                None => {
                    let seen = self.directory.profiles().filter(|profile| self.lists_profile(profile.id));
                    let known = seen.map(|profile| profile.name.as_str());
                    let near = self.suggestion(ResourceType::SecurityProfile, name, known);
                    problems.push(format!("There is no security profile “{name}”{near}."));
                }
            }
        }
        ids
    }

    /// Returns the suggestion of [`nearest`] for an unknown name. Each name is compared once, and at most
    /// [`SUGGESTIONS_MAX`] names per file.
    fn suggestion<'n>(&self, kind: ResourceType, name: &str, known: impl Iterator<Item = &'n str>) -> String {
        let mut suggestions = self.suggestions.borrow_mut();
        let is_full = suggestions.len() >= SUGGESTIONS_MAX;
        match suggestions.entry((kind, name.to_owned())) {
            Entry::Occupied(suggested) => suggested.get().clone(),
            Entry::Vacant(_) if is_full => String::new(),
            Entry::Vacant(place) => place.insert(nearest(name, known)).clone(),
        }
    }

    fn visibility(&self) -> Viewer<'_> {
        Viewer::new(self.directory, &self.actor.principal, self.now)
    }

    fn lists_profile(&self, id: SecurityProfileId) -> bool {
        self.visibility().profile(id).shows_name()
    }

    fn lists_group(&self, id: HierarchyGroupId) -> bool {
        self.visibility().group(id).shows_name()
    }

    fn routing(&self, name: Option<&str>) -> Result<ResourceId, String> {
        let kind = ResourceType::RoutingProfile;
        let lists = |id| self.visibility().resource(id).shows_name();
        let name = name.ok_or_else(|| "The routing profile is missing.".to_owned())?;
        let found = self.directory.resource_by_name(kind, name).filter(|routing| lists(routing.id));
        found.map(|routing| routing.id).ok_or_else(|| {
            let seen = self.directory.resources(kind).filter(|routing| lists(routing.id));
            let near = self.suggestion(kind, name, seen.map(|routing| routing.name.as_str()));
            format!("There is no routing profile “{name}”{near}.")
        })
    }

    /// Returns the group with this path from the top level, such as `Harbourline / Lisbon / Team 4`, or with this name
    /// if it is unique.
    fn group(&self, path: &str) -> Result<HierarchyGroupId, String> {
        let mut above = None;
        for name in path.split('/').map(str::trim) {
            above = match self.directory.group_by_name(above, name).filter(|group| self.lists_group(group.id)) {
                Some(group) => Some(group.id),
                None => return self.group_by_name(path),
            };
        }
        above.ok_or_else(|| format!("There is no hierarchy group “{path}”."))
    }

    fn group_by_name(&self, name: &str) -> Result<HierarchyGroupId, String> {
        let wanted = folded(name);
        let listed = || self.directory.groups().filter(|group| self.lists_group(group.id));
        let mut named = listed().filter(|group| folded(&group.name) == wanted);
        match (named.next(), named.next()) {
            (Some(group), None) => Ok(group.id),
            (Some(_), Some(_)) => Err(format!(
                "There are several hierarchy groups “{name}”: write the path from the top, with / between the names."
            )),
            (None, _) => {
                let last = name.rsplit('/').next().unwrap_or(name).trim();
                let near =
                    self.suggestion(ResourceType::HierarchyGroup, last, listed().map(|group| group.name.as_str()));
                Err(format!("There is no hierarchy group “{name}”{near}. Write the path from the top, with / between."))
            }
        }
    }
}

fn channel(line: &Line, problems: &mut Vec<String>) -> ChannelSettings {
    let phone_type = match line.get(Field::PhoneType).map(str::to_lowercase).as_deref() {
        None | Some("soft" | "softphone" | "soft phone" | "soft_phone") => "SOFT_PHONE",
        Some("desk" | "deskphone" | "desk phone" | "desk_phone") => "DESK_PHONE",
        Some(other) => {
            problems.push(format!("The phone type “{other}” is not known: write soft or desk."));
            "SOFT_PHONE"
        }
    };
    let auto_accept = line.get(Field::AutoAccept).and_then(|text| match text.to_lowercase().as_str() {
        "yes" | "true" | "1" | "y" => Some(true),
        "no" | "false" | "0" | "n" => Some(false),
        _ => {
            problems.push(format!("Auto accept “{text}” is not known: write yes or no."));
            None
        }
    });
    let after_work = line.get(Field::AfterWork).and_then(|text| {
        let seconds = text.parse::<i64>().ok();
        if seconds.is_none() {
            problems.push(format!("After call work “{text}” is no number: write seconds, 0 for no limit."));
        }
        seconds
    });
    ChannelSettings {
        channel: "VOICE".to_owned(),
        auto_accept,
        after_contact_work_seconds: after_work,
        phone_type: Some(phone_type.to_owned()),
        phone_number: line.get(Field::PhoneNumber).map(str::to_owned),
        ..ChannelSettings::default()
    }
}

fn tags(text: &str) -> Result<Tags, String> {
    let parts = text.split('|').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (key, value) =
                part.split_once('=').ok_or_else(|| format!("“{part}” is no tag: write key=value, several with |."))?;
            Ok((key.trim().to_owned(), value.trim().to_owned()))
        })
        .collect()
}

fn taken<T>(result: Result<T, String>, problems: &mut Vec<String>) -> Option<T> {
    result.map_err(|problem| problems.push(problem)).ok()
}

/// Returns ` (did you mean “Agent”?)` if a known name is similar, otherwise nothing.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    // The time for a comparison is the product of the two lengths.
    if has_more_chars(name, COMPARED_CHARS_MAX) {
        return String::new();
    }
    let name = folded(name);
    let near = known.map(|other| (distance(&name, &folded(other)), other)).min_by_key(|(distance, _)| *distance);
    match near.filter(|(distance, other)| *distance <= 1 + other.len() / 4) {
        Some((_, other)) => format!(" (did you mean “{other}”?)"),
        None => String::new(),
    }
}

/// Returns the Levenshtein distance of two names.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut corner = at;
        let mut left = at + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, against) in row.iter_mut().skip(1).zip(&other) {
            let changed = corner + usize::from(letter != *against);
            corner = *cell;
            left = changed.min(left + 1).min(corner + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_suggests_a_name_with_a_small_edit_distance() {
        for (one, other, expected) in
            [("", "", 0), ("agent", "agnet", 2), ("agent", "agents", 1), ("", "abc", 3), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
        assert_eq!(nearest("Agnet", ["Admin", "Agent"].into_iter()), " (did you mean “Agent”?)");
        assert_eq!(nearest("Chief", ["Admin", "Agent"].into_iter()), "");
        let long = "Agent".repeat(100);
        assert_eq!(nearest(&long, [long.as_str()].into_iter()), "", "it is too long to be compared");
    }
}
