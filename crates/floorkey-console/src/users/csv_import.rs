//! Converts each line of a CSV file to a new user, and reports errors, warnings and suggestions for each line.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use floorkey::audit::Flag;
use floorkey::lookalike::{differ_in_script, skeleton};
use floorkey::text::{folded, has_more_chars};
use floorkey::user::ChannelSettings;
use floorkey::visibility::Viewer;
use floorkey::{
    Actor, Command, Directory, HierarchyGroupId, NewUser, ResourceId, ResourceType, SecurityProfileId, Timestamp, User,
    UserId,
};

use super::user_csv::{CsvRow, csv_fields, heading};
use crate::user_fields::{parse_tags, to_new_user};
use crate::web::fields::{Field, Input, InvalidInput, YES_NO};
use crate::web::page_error::to_sentence;
use floorkey_service::failure::Failure;

/// Maximum length of an unknown name, in characters. No similar name is suggested for a longer name.
const COMPARED_CHARS_MAX: usize = 128;

/// Maximum number of distinct unknown names in a file that are compared with all known names. No similar names are
/// suggested for any further unknown names.
const SUGGESTIONS_MAX: usize = 100;

/// The errors and warnings for a line.
pub(super) struct Report {
    pub(super) line: u64,
    pub(super) login: String,
    pub(super) problems: Vec<String>,
    pub(super) warnings: Vec<String>,
}

/// The result of reading a file.
pub(super) struct CsvImport {
    pub(super) new: Vec<NewUser>,
    /// The lines with errors or warnings.
    pub(super) reports: Vec<Report>,
}

impl CsvImport {
    /// Returns the number of lines with errors.
    pub(super) fn error_count(&self) -> usize {
        self.reports.iter().filter(|report| !report.problems.is_empty()).count()
    }
}

/// Converts the lines of a file to users, and checks them for the given directory, actor and time.
pub(super) struct UserConverter<'a> {
    pub(super) directory: &'a Directory,
    pub(super) actor: &'a Actor,
    pub(super) now: Timestamp,
    /// The suggestions found so far for unknown names.
    suggestions: Suggestions,
}

/// Suggestions, by resource type and unknown name.
type Suggestions = RefCell<HashMap<(ResourceType, String), String>>;

impl<'a> UserConverter<'a> {
    pub(super) fn new(directory: &'a Directory, actor: &'a Actor, now: Timestamp) -> Self {
        Self { directory, actor, now, suggestions: Suggestions::default() }
    }
}

impl UserConverter<'_> {
    /// Converts all lines. `id` generates the IDs of the new users.
    pub(super) fn convert(&self, lines: &[CsvRow], id: impl Fn() -> u128) -> CsvImport {
        let mut csv_import = CsvImport { new: Vec::new(), reports: Vec::new() };
        let (mut logins, mut skeletons) = (HashMap::new(), HashMap::<String, String>::new());
        for line in lines {
            let login = line.get("username").unwrap_or_default().to_owned();
            let mut report =
                Report { line: line.number, login: login.clone(), problems: Vec::new(), warnings: Vec::new() };
            let new = self.user(line, UserId::from_bits(id()), &mut report.problems);
            if let Some(first) = logins.insert(folded(&login), line.number).filter(|_| !login.is_empty()) {
                report
                    .problems
                    .push(format!("The login name is already in line {first}. Each login name can occur only once."));
            } else if let Some(other) = skeletons.insert(skeleton(&login), login.clone()) {
                match differ_in_script(&login, &other) {
                    true => report.problems.push(format!(
                        "The login name looks like “{other}” in this file, but is written in another script."
                    )),
                    false => report.warnings.push(format!("The login name looks like “{other}” in this file.")),
                }
            }
            if report.problems.is_empty() {
                self.check_plan(&new, &mut report);
            }
            csv_import.new.push(new);
            if !(report.problems.is_empty() && report.warnings.is_empty()) {
                csv_import.reports.push(report);
            }
        }
        csv_import
    }

    /// Plans the creation of the user, and adds the refusal or the warnings to the report.
    fn check_plan(&self, new: &NewUser, report: &mut Report) {
        let command = Command::CreateUser(Box::new(new.clone()));
        match floorkey::plan(self.directory, self.actor, &command, self.now) {
            Err(refusal) => report.problems.push(to_sentence(&Failure::Refused(refusal))),
            Ok(planned) => {
                let lookalikes = planned.change.event().flags.iter().filter_map(|flag| match flag {
                    Flag::LooksLike { user } => Some(*user),
                    _ => None,
                });
                let warning = |user| match self.visibility().user_name(user) {
                    Some(username) => format!("The login name looks like that of “{username}”, who is here."),
                    None => "The login name looks like that of another user.".to_owned(),
                };
                report.warnings.extend(lookalikes.map(warning));
                let is_taken = |flag: &Flag| matches!(flag, Flag::ReusedReservedLogin { .. });
                if planned.change.event().flags.iter().any(is_taken) {
                    report.warnings.push("The login name is reserved for the user who had it last.".to_owned());
                }
            }
        }
    }

    fn user(&self, line: &CsvRow, id: UserId, problems: &mut Vec<String>) -> NewUser {
        let mut user = User::new(id, "", ResourceId::from_bits(0), Timestamp::default());
        // Unlike in the form, users without a phone type have a softphone.
        user.phone.channels.push(ChannelSettings {
            channel: "VOICE".to_owned(),
            phone_type: Some("SOFT_PHONE".to_owned()),
            ..ChannelSettings::default()
        });
        for field in csv_fields() {
            let Some(text) = line.get(field.id) else {
                if field.required {
                    problems.push(format!("The column “{}” is empty.", heading(field)));
                }
                continue;
            };
            let set = self.value(field, text).map(|value| (field.set)(&mut user, &value));
            match set {
                Ok(Ok(())) => {}
                Ok(Err(problem)) => problems.push(format!("{}: {problem}", field.label)),
                Err(InvalidInput(problem)) => problems.push(problem),
            }
        }
        NewUser {
            profiles: line.get("profiles").map(|text| self.profiles(text, problems)).unwrap_or_default(),
            tags: line
                .get("tags")
                .and_then(|text| ok_or_report(parse_tags(text.split('|')), problems))
                .unwrap_or_default(),
            ..to_new_user(user)
        }
    }

    /// Returns the value of a field for the text of a cell: IDs for names, and the constants of the API for words.
    fn value(&self, field: &Field<User>, text: &str) -> Result<String, InvalidInput> {
        match field.input {
            Input::Record(_) if field.id == "routing_profile" => self.routing(text).map(|id| id.to_string()),
            Input::Record(_) => self.group(text).map(|id| id.to_string()),
            Input::Options(YES_NO) => match text.to_lowercase().as_str() {
                "yes" | "true" | "1" | "y" => Ok("yes".to_owned()),
                "no" | "false" | "0" | "n" => Ok("no".to_owned()),
                _ => Err(InvalidInput(format!("“{text}” is not a value of “{}”: write yes or no.", field.label))),
            },
            Input::Options(_) => match text.to_lowercase().replace(['_', ' '], "").trim_end_matches("phone") {
                "soft" => Ok("SOFT_PHONE".to_owned()),
                "desk" => Ok("DESK_PHONE".to_owned()),
                _ => Err(InvalidInput(format!("“{text}” is not a value of “{}”: write soft or desk.", field.label))),
            },
            Input::Text(_) | Input::List | Input::ReadOnly => Ok(text.to_owned()),
        }
    }

    fn profiles(&self, text: &str, problems: &mut Vec<String>) -> Vec<SecurityProfileId> {
        let mut ids = Vec::new();
        for name in text.split('|').map(str::trim).filter(|name| !name.is_empty()) {
            match self.directory.profile_by_name(name).filter(|profile| self.sees_profile(profile.id)) {
                Some(profile) if ids.contains(&profile.id) => {}
                Some(profile) => ids.push(profile.id),
                None => {
                    let seen = self.directory.profiles().filter(|profile| self.sees_profile(profile.id));
                    let known = seen.map(|profile| profile.name.as_str());
                    let suggestion = self.suggestion(ResourceType::SecurityProfile, name, known);
                    problems.push(format!("There is no security profile “{name}”{suggestion}."));
                }
            }
        }
        ids
    }

    /// Returns the suggestion of [`suggestion_text`] for an unknown name. Compares each unknown name only once, and
    /// compares at most [`SUGGESTIONS_MAX`] names of a file.
    fn suggestion<'n>(&self, kind: ResourceType, name: &str, known: impl Iterator<Item = &'n str>) -> String {
        let mut suggestions = self.suggestions.borrow_mut();
        let is_full = suggestions.len() >= SUGGESTIONS_MAX;
        match suggestions.entry((kind, name.to_owned())) {
            Entry::Occupied(suggested) => suggested.get().clone(),
            Entry::Vacant(_) if is_full => String::new(),
            Entry::Vacant(slot) => slot.insert(suggestion_text(name, known)).clone(),
        }
    }

    fn visibility(&self) -> Viewer<'_> {
        Viewer::new(self.directory, &self.actor.principal, self.now)
    }

    fn sees_profile(&self, id: SecurityProfileId) -> bool {
        self.visibility().profile(id).shows_name()
    }

    fn sees_group(&self, id: HierarchyGroupId) -> bool {
        self.visibility().group(id).shows_name()
    }

    fn routing(&self, name: &str) -> Result<ResourceId, InvalidInput> {
        let kind = ResourceType::RoutingProfile;
        let lists = |id| self.visibility().resource(id).shows_name();
        let found = self.directory.resource_by_name(kind, name).filter(|routing| lists(routing.id));
        found.map(|routing| routing.id).ok_or_else(|| {
            let seen = self.directory.resources(kind).filter(|routing| lists(routing.id));
            let suggestion = self.suggestion(kind, name, seen.map(|routing| routing.name.as_str()));
            InvalidInput(format!("There is no routing profile “{name}”{suggestion}."))
        })
    }

    /// Returns the group with this path from the top level, such as `Harbourline / Lisbon / Team 4`. Also accepts a
    /// group's name without the path if no other group has the same name.
    fn group(&self, path: &str) -> Result<HierarchyGroupId, InvalidInput> {
        let mut parent = None;
        for name in path.split('/').map(str::trim) {
            parent = match self.directory.group_by_name(parent, name).filter(|group| self.sees_group(group.id)) {
                Some(group) => Some(group.id),
                None => return self.group_by_name(path),
            };
        }
        parent.ok_or_else(|| InvalidInput(format!("There is no hierarchy group “{path}”.")))
    }

    fn group_by_name(&self, name: &str) -> Result<HierarchyGroupId, InvalidInput> {
        let wanted = folded(name);
        let listed = || self.directory.groups().filter(|group| self.sees_group(group.id));
        let mut named = listed().filter(|group| folded(&group.name) == wanted);
        match (named.next(), named.next()) {
            (Some(group), None) => Ok(group.id),
            (Some(_), Some(_)) => Err(InvalidInput(format!(
                "There are several hierarchy groups “{name}”: write the path from the top, with / between the names."
            ))),
            (None, _) => {
                let last = name.rsplit('/').next().unwrap_or(name).trim();
                let suggestion =
                    self.suggestion(ResourceType::HierarchyGroup, last, listed().map(|group| group.name.as_str()));
                Err(InvalidInput(format!(
                    "There is no hierarchy group “{name}”{suggestion}. Write the path from the top, with / between."
                )))
            }
        }
    }
}

fn ok_or_report<T>(result: Result<T, InvalidInput>, problems: &mut Vec<String>) -> Option<T> {
    result.map_err(|InvalidInput(problem)| problems.push(problem)).ok()
}

/// Returns ` (did you mean “Agent”?)` if a known name is similar. Otherwise, returns an empty string.
fn suggestion_text<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    // The time that a comparison takes is proportional to the product of the lengths of the two names.
    if has_more_chars(name, COMPARED_CHARS_MAX) {
        return String::new();
    }
    let name = folded(name);
    let suggestion = known.map(|other| (distance(&name, &folded(other)), other)).min_by_key(|(distance, _)| *distance);
    match suggestion.filter(|(distance, other)| *distance <= 1 + other.len() / 4) {
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
        assert_eq!(suggestion_text("Agnet", ["Admin", "Agent"].into_iter()), " (did you mean “Agent”?)");
        assert_eq!(suggestion_text("Chief", ["Admin", "Agent"].into_iter()), "");
        let long = "Agent".repeat(100);
        assert_eq!(suggestion_text(&long, [long.as_str()].into_iter()), "", "it is too long to be compared");
    }
}
