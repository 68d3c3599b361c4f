//! The content of the user form, as the submitted strings. `changes` compares the content with the user and creates
//! commands for the differences.

use std::collections::BTreeMap;

use floorkey::user::{Assignment, Proficiency};
use floorkey::{SecurityProfileId, Timestamp, User};
use jiff::tz::TimeZone;

use crate::user_fields::FIELDS;
use crate::web::fields::Field;
use crate::web::form::Fields;

/// The content of the user form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UserDraft {
    /// The values of fields that have a single value, by field name.
    pub(super) texts: BTreeMap<&'static str, String>,
    pub(super) profiles: Vec<DraftProfile>,
    /// The attribute, value and level of each proficiency.
    pub(super) skills: Vec<[String; 3]>,
    /// The key and value of each tag.
    pub(super) tags: Vec<[String; 2]>,
}

/// A profile with the start and end of its assignment. Each time is in UTC, in the format `2026-11-22T10:15`. An empty
/// string means that there is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DraftProfile {
    pub(super) id: String,
    pub(super) from: String,
    pub(super) until: String,
}

/// The form fields of a proficiency: its attribute, value and level.
const SKILL_FIELDS: [&str; 3] = ["skill-attribute", "skill-value", "skill-level"];

/// The form fields of a tag.
const TAG_FIELDS: [&str; 2] = ["tag-key", "tag-value"];

/// Sections of the form. A section is submitted as a whole. A section that the actor can't change is not submitted.
pub(super) const SECTIONS: [&str; 8] =
    ["identity", "login", "profiles", "routing", "hierarchy", "phone", "skills", "tags"];

/// Returns the fields that have a single value.
pub(super) fn single_fields() -> impl Iterator<Item = &'static Field<User>> {
    FIELDS.iter().filter(|field| field.has_single_value())
}

/// Returns the section with which the fields of a part of the form are submitted.
fn submitted_section(section: &'static str) -> &'static str {
    if matches!(section, "channels" | "voice") { "phone" } else { section }
}

impl UserDraft {
    /// Returns a draft with the user's current values.
    pub(super) fn from_user(user: &User) -> Self {
        let skill = |skill: &Proficiency| [skill.attribute.clone(), skill.value.clone(), skill.level.to_string()];
        Self {
            texts: single_fields().map(|field| (field.id, (field.get)(user))).collect(),
            profiles: user.assignments.iter().map(DraftProfile::from_assignment).collect(),
            skills: user.proficiencies.iter().map(skill).collect(),
            tags: user.tags.iter().map(|(key, value)| [key.clone(), value.clone()]).collect(),
        }
    }

    /// Returns a copy of `before` in which the submitted sections have their submitted values.
    pub(super) fn from_fields(fields: &Fields, before: Self) -> Self {
        let mut draft = before;
        let sent = |section: &str| fields.all("section").any(|name| name == section);
        let submitted = single_fields().filter(|field| sent(submitted_section(field.section)) && fields.has(field.id));
        for field in submitted {
            draft.texts.insert(field.id, fields.raw(field.id).trim().to_owned());
        }
        if sent("profiles") {
            draft.profiles = Vec::new();
            for id in fields.all("profile").chain(fields.all("add").filter(|id| !id.is_empty())) {
                let date = |word: &str| fields.raw(&format!("{word}-{id}")).trim().to_owned();
                if !draft.profiles.iter().any(|profile| profile.id == id) && fields.raw("drop") != id {
                    draft.profiles.push(DraftProfile { id: id.to_owned(), from: date("from"), until: date("until") });
                }
            }
        }
        if sent("skills") {
            draft.skills = fields.rows(SKILL_FIELDS);
        }
        if sent("tags") {
            draft.tags = fields.rows(TAG_FIELDS);
        }
        draft
    }

    /// Returns the draft as form fields, for a page that submits the draft again.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut fields: Vec<_> = SECTIONS.iter().map(|section| pair("section", section)).collect();
        fields.extend(self.texts.iter().map(|(name, value)| pair(name, value)));
        for profile in &self.profiles {
            fields.push(pair("profile", &profile.id));
            fields.push(pair(&format!("from-{}", profile.id), &profile.from));
            fields.push(pair(&format!("until-{}", profile.id), &profile.until));
        }
        let skills = self.skills.iter().flat_map(|row| SKILL_FIELDS.into_iter().zip(row));
        let tags = self.tags.iter().flat_map(|row| TAG_FIELDS.into_iter().zip(row));
        fields.extend(skills.chain(tags).map(|(name, value)| pair(name, value)));
        fields
    }

    /// Returns the value of a field with a single value. Returns an empty string if the value is not set.
    pub(super) fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// Adds a profile without dates, unless it is already in the draft.
    pub(super) fn add(&mut self, profile: SecurityProfileId) {
        let id = profile.to_string();
        if !self.profiles.iter().any(|profile| profile.id == id) {
            self.profiles.push(DraftProfile { id, ..DraftProfile::default() });
        }
    }

    /// Copies the active profiles (without dates), the routing profile and the hierarchy group of another user.
    pub(super) fn copy_access_from(&mut self, other: &User, at: Timestamp) {
        self.profiles.clear();
        for profile in other.profiles_at(at) {
            self.add(profile);
        }
        self.texts.insert("routing_profile", other.routing_profile.to_string());
        let group = other.hierarchy_group.map(|group| group.to_string()).unwrap_or_default();
        self.texts.insert("hierarchy_group", group);
    }

    /// Merges two drafts that are both based on `base`. Values that differ between `base` and this draft come from this
    /// draft. All other values come from `theirs`.
    pub(super) fn merge(&self, base: &Self, theirs: &Self) -> Self {
        fn pick<T: Clone + PartialEq>(mine: &T, base: &T, theirs: &T) -> T {
            if mine == base { theirs.clone() } else { mine.clone() }
        }
        let text = |(name, mine): (&&'static str, &String)| {
            (*name, pick(mine, &base.text(name).to_owned(), &theirs.text(name).to_owned()))
        };
        Self {
            texts: self.texts.iter().map(text).collect(),
            profiles: pick(&self.profiles, &base.profiles, &theirs.profiles),
            skills: pick(&self.skills, &base.skills, &theirs.skills),
            tags: pick(&self.tags, &base.tags, &theirs.tags),
        }
    }
}

impl DraftProfile {
    fn from_assignment(assignment: &Assignment) -> Self {
        let date = |at: Option<Timestamp>| at.map(format_datetime_local).unwrap_or_default();
        Self { id: assignment.profile.to_string(), from: date(assignment.from), until: date(assignment.until) }
    }
}

/// Formats a time for a `datetime-local` field, in UTC: `2026-11-22T10:15`.
pub(crate) fn format_datetime_local(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(at) => at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M").to_string(),
        Err(_) => String::new(),
    }
}

/// Parses the value of a `datetime-local` field. Returns `None` if the value is not valid.
pub(crate) fn parse_datetime_local(text: &str) -> Option<Timestamp> {
    let at: jiff::civil::DateTime = text.parse().ok()?;
    let at = at.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp::from_millis(at.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(pairs: &[(&'static str, &str)], tags: &[(&str, &str)]) -> UserDraft {
        UserDraft {
            texts: pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            tags: tags.iter().map(|(key, value)| [(*key).to_owned(), (*value).to_owned()]).collect(),
            ..UserDraft::default()
        }
    }

    #[test]
    fn unedited_values_are_taken_from_the_other_draft() {
        let base = draft(&[("email", "a@x"), ("mobile", "1"), ("last_name", "Old")], &[("site", "cork")]);
        let mine = draft(&[("email", "b@x"), ("mobile", "1"), ("last_name", "Mine")], &[("site", "cork")]);
        let theirs = draft(&[("email", "a@x"), ("mobile", "2"), ("last_name", "Theirs")], &[("site", "lisbon")]);
        let both = draft(&[("email", "b@x"), ("mobile", "2"), ("last_name", "Mine")], &[("site", "lisbon")]);
        assert_eq!(mine.merge(&base, &theirs), both);
    }

    #[test]
    fn a_draft_round_trips_through_form_fields() {
        let mut original = draft(&[("email", "a&b@x"), ("username", "ann")], &[("site", "cork")]);
        original.profiles.push(DraftProfile {
            id: "p".to_owned(),
            from: "2026-11-22T10:15".to_owned(),
            until: String::new(),
        });
        original.texts.extend([("accept-CHAT", "yes".to_owned()), ("work-VOICE", "30".to_owned())]);
        original.skills.push(["Language", "German", "4"].map(str::to_owned));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(original.fields()).finish();
        assert_eq!(UserDraft::from_fields(&Fields::parse(body.as_bytes()), UserDraft::default()), original);
        // A section that is not marked as submitted keeps its values.
        assert_eq!(UserDraft::from_fields(&Fields::parse(b"email=forged"), original.clone()), original);
    }

    #[test]
    fn times_are_parsed_and_formatted_in_utc() {
        let at = parse_datetime_local("2026-11-22T10:15").unwrap();
        assert_eq!((at.as_millis(), format_datetime_local(at)), (1_795_342_500_000, "2026-11-22T10:15".to_owned()));
        assert_eq!((parse_datetime_local(""), parse_datetime_local("tomorrow")), (None, None));
    }
}
