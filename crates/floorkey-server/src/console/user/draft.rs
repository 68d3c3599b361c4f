//! What the form of a user holds: text as it was typed, until `commands` makes of it what differs from the user.

use std::collections::BTreeMap;

use floorkey::user::{Assignment, CHANNELS, ChannelSettings};
use floorkey::{SecurityProfileId, Timestamp, User};
use jiff::tz::TimeZone;

use super::super::fields::Fields;

/// The form's content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    /// Single values by the name of their field.
    pub(super) texts: BTreeMap<&'static str, String>,
    pub(super) profiles: Vec<DraftProfile>,
    /// One for each of [`CHANNELS`], in their order.
    pub(super) channels: Vec<DraftChannel>,
    pub(super) skills: Vec<DraftSkill>,
    pub(super) tags: Vec<(String, String)>,
}

/// A profile with the time it is held for, as `2026-11-22T10:15` in UTC; empty for always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DraftProfile {
    pub(super) id: String,
    pub(super) from: String,
    pub(super) until: String,
}

/// What every channel has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DraftChannel {
    /// `yes`, `no` or nothing.
    pub(super) auto_accept: String,
    /// Seconds.
    pub(super) work: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DraftSkill {
    pub(super) attribute: String,
    pub(super) value: String,
    pub(super) level: String,
}

/// Parts of the form that are sent or left out as a whole: whoever may not change a part doesn't send it.
pub(super) const SECTIONS: [&str; 8] =
    ["identity", "login", "profiles", "routing", "hierarchy", "phone", "skills", "tags"];

/// The single values, with the part each belongs to.
pub(super) const TEXTS: [(&str, &str); 13] = [
    ("first_name", "identity"),
    ("last_name", "identity"),
    ("email", "identity"),
    ("secondary_email", "identity"),
    ("mobile", "identity"),
    ("username", "login"),
    ("routing_profile", "routing"),
    ("hierarchy_group", "hierarchy"),
    ("phone_type", "phone"),
    ("phone_number", "phone"),
    ("persistent", "phone"),
    ("enhancement", "phone"),
    ("callback_accept", "phone"),
];

impl Draft {
    /// The form of a user as they are.
    pub(super) fn of(user: &User) -> Self {
        let said = |text: &Option<String>| text.clone().unwrap_or_default();
        let voice = user.phone.channel("VOICE").cloned().unwrap_or_default();
        let identity = &user.identity;
        let texts = [
            ("first_name", said(&identity.first_name)),
            ("last_name", said(&identity.last_name)),
            ("email", said(&identity.email)),
            ("secondary_email", said(&identity.secondary_email)),
            ("mobile", said(&identity.mobile)),
            ("username", user.username.clone()),
            ("routing_profile", user.routing_profile.to_string()),
            ("hierarchy_group", user.hierarchy_group.map(|group| group.to_string()).unwrap_or_default()),
            ("phone_type", said(&voice.phone_type)),
            ("phone_number", said(&voice.phone_number)),
            ("persistent", yes_or_no(voice.persistent_connection)),
            ("enhancement", said(&voice.voice_enhancement)),
            ("callback_accept", yes_or_no(voice.callback_auto_accept)),
        ];
        let channel = |name: &&str| user.phone.channel(name).map(DraftChannel::of).unwrap_or_default();
        let skill = |skill: &floorkey::user::Proficiency| DraftSkill {
            attribute: skill.attribute.clone(),
            value: skill.value.clone(),
            level: skill.level.to_string(),
        };
        Self {
            texts: texts.into(),
            profiles: user.assignments.iter().map(DraftProfile::of).collect(),
            channels: CHANNELS.iter().map(channel).collect(),
            skills: user.proficiencies.iter().map(skill).collect(),
            tags: user.tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        }
    }

    /// What a form sent, over what stood there before: parts that were not sent stay.
    pub(super) fn read(fields: &Fields, before: Self) -> Self {
        let mut draft = before;
        let sent = |section: &str| fields.all("section").any(|name| name == section);
        for (name, _) in TEXTS.iter().filter(|(name, section)| sent(section) && fields.has(name)) {
            draft.texts.insert(name, fields.raw(name).trim().to_owned());
        }
        if sent("profiles") {
            draft.profiles = Vec::new();
            for id in fields.all("profile").chain(fields.all("add").filter(|id| !id.is_empty())) {
                let date = |word: &str| fields.raw(&format!("{word}-{id}")).trim().to_owned();
                if !draft.profiles.iter().any(|held| held.id == id) && fields.raw("drop") != id {
                    draft.profiles.push(DraftProfile { id: id.to_owned(), from: date("from"), until: date("until") });
                }
            }
        }
        if sent("phone") {
            let channel = |name: &&str| DraftChannel {
                auto_accept: fields.raw(&format!("accept-{name}")).to_owned(),
                work: fields.raw(&format!("work-{name}")).trim().to_owned(),
            };
            draft.channels = CHANNELS.iter().map(channel).collect();
        }
        if sent("skills") {
            let names = fields.all("skill-attribute").zip(fields.all("skill-value")).zip(fields.all("skill-level"));
            let skills = names.map(|((attribute, value), level)| DraftSkill {
                attribute: attribute.trim().to_owned(),
                value: value.trim().to_owned(),
                level: level.trim().to_owned(),
            });
            draft.skills = skills.filter(|skill| !(skill.attribute.is_empty() && skill.value.is_empty())).collect();
        }
        if sent("tags") {
            let pairs = fields.all("tag-key").zip(fields.all("tag-value"));
            let pairs = pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
            draft.tags = pairs.filter(|(key, value)| !(key.is_empty() && value.is_empty())).collect();
        }
        draft
    }

    /// The same content as fields of a form, for a page that carries it on.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut fields: Vec<_> = SECTIONS.iter().map(|section| pair("section", section)).collect();
        fields.extend(self.texts.iter().map(|(name, value)| pair(name, value)));
        for held in &self.profiles {
            fields.push(pair("profile", &held.id));
            fields.push(pair(&format!("from-{}", held.id), &held.from));
            fields.push(pair(&format!("until-{}", held.id), &held.until));
        }
        for (name, channel) in CHANNELS.iter().zip(&self.channels) {
            fields.push(pair(&format!("accept-{name}"), &channel.auto_accept));
            fields.push(pair(&format!("work-{name}"), &channel.work));
        }
        for skill in &self.skills {
            fields.push(pair("skill-attribute", &skill.attribute));
            fields.push(pair("skill-value", &skill.value));
            fields.push(pair("skill-level", &skill.level));
        }
        for (key, value) in &self.tags {
            fields.push(pair("tag-key", key));
            fields.push(pair("tag-value", value));
        }
        fields
    }

    /// A single value; empty where there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// A single value; `None` where it is empty.
    pub(super) fn said(&self, name: &str) -> Option<String> {
        Some(self.text(name).to_owned()).filter(|text| !text.is_empty())
    }

    /// Adds a profile, held always, unless it is there.
    pub(super) fn add(&mut self, profile: SecurityProfileId) {
        let id = profile.to_string();
        if !self.profiles.iter().any(|held| held.id == id) {
            self.profiles.push(DraftProfile { id, ..DraftProfile::default() });
        }
    }

    /// Takes over profiles, routing profile and group of another user, held always.
    pub(super) fn like(&mut self, other: &User, at: Timestamp) {
        self.profiles.clear();
        for profile in other.profiles_at(at) {
            self.add(profile);
        }
        self.texts.insert("routing_profile", other.routing_profile.to_string());
        let group = other.hierarchy_group.map(|group| group.to_string()).unwrap_or_default();
        self.texts.insert("hierarchy_group", group);
    }

    /// What this draft changes from `base`, done to `theirs`: what I did not touch stays as they left it.
    pub(super) fn onto(&self, base: &Self, theirs: &Self) -> Self {
        fn pick<T: Clone + PartialEq>(mine: &T, base: &T, theirs: &T) -> T {
            if mine == base { theirs.clone() } else { mine.clone() }
        }
        let text = |(name, mine): (&&'static str, &String)| {
            (*name, pick(mine, &base.text(name).to_owned(), &theirs.text(name).to_owned()))
        };
        Self {
            texts: self.texts.iter().map(text).collect(),
            profiles: pick(&self.profiles, &base.profiles, &theirs.profiles),
            channels: pick(&self.channels, &base.channels, &theirs.channels),
            skills: pick(&self.skills, &base.skills, &theirs.skills),
            tags: pick(&self.tags, &base.tags, &theirs.tags),
        }
    }
}

impl DraftProfile {
    fn of(held: &Assignment) -> Self {
        let date = |at: Option<Timestamp>| at.map(minute).unwrap_or_default();
        Self { id: held.profile.to_string(), from: date(held.from), until: date(held.until) }
    }
}

impl DraftChannel {
    fn of(settings: &ChannelSettings) -> Self {
        Self {
            auto_accept: yes_or_no(settings.auto_accept),
            work: settings.after_contact_work_seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
        }
    }
}

/// A moment as a field for date and time takes it, in UTC: `2026-11-22T10:15`.
pub(in crate::console) fn minute(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(at) => at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M").to_string(),
        Err(_) => String::new(),
    }
}

/// The moment of such a field; `None` for anything else.
pub(in crate::console) fn moment(text: &str) -> Option<Timestamp> {
    let at: jiff::civil::DateTime = text.parse().ok()?;
    let at = at.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp::from_millis(at.timestamp().as_millisecond()))
}

fn yes_or_no(said: Option<bool>) -> String {
    match said {
        Some(true) => "yes".to_owned(),
        Some(false) => "no".to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(pairs: &[(&'static str, &str)], tags: &[(&str, &str)]) -> Draft {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        Draft {
            texts: pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            tags: tags.iter().map(owned).collect(),
            ..Draft::default()
        }
    }

    #[test]
    fn what_i_did_not_touch_stays_as_they_left_it() {
        let base = draft(&[("email", "a@x"), ("mobile", "1"), ("last_name", "Old")], &[("site", "cork")]);
        let mine = draft(&[("email", "b@x"), ("mobile", "1"), ("last_name", "Mine")], &[("site", "cork")]);
        let theirs = draft(&[("email", "a@x"), ("mobile", "2"), ("last_name", "Theirs")], &[("site", "lisbon")]);
        let both = draft(&[("email", "b@x"), ("mobile", "2"), ("last_name", "Mine")], &[("site", "lisbon")]);
        assert_eq!(mine.onto(&base, &theirs), both);
    }

    #[test]
    fn a_draft_survives_the_way_through_a_form() {
        let mut held = draft(&[("email", "a&b@x"), ("username", "ann")], &[("site", "cork")]);
        held.profiles.push(DraftProfile {
            id: "p".to_owned(),
            from: "2026-11-22T10:15".to_owned(),
            until: String::new(),
        });
        held.channels = vec![DraftChannel { auto_accept: "yes".to_owned(), work: "30".to_owned() }; CHANNELS.len()];
        let level = "4".to_owned();
        held.skills.push(DraftSkill { attribute: "Language".to_owned(), value: "German".to_owned(), level });
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(held.fields()).finish();
        assert_eq!(Draft::read(&Fields::parse(body.as_bytes()), Draft::default()), held);
        // Without the word that a part was sent, the part stays.
        assert_eq!(Draft::read(&Fields::parse(b"email=forged"), held.clone()), held);
    }

    #[test]
    fn moments_are_typed_in_utc() {
        let at = moment("2026-11-22T10:15").unwrap();
        assert_eq!((at.as_millis(), minute(at)), (1_795_342_500_000, "2026-11-22T10:15".to_owned()));
        assert_eq!((moment(""), moment("tomorrow")), (None, None));
    }
}
