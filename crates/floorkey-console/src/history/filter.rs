//! The filter of historical changes, parsed from the query string.

use floorkey::{Action, RecordKey, Reference, SecurityProfileId, Timestamp};
use floorkey_store::{AuditOrder, AuditQuery, AuditTerm};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::people::{self, Person};
use super::period::{self, Period};
use super::{LIST, sign_in_terms};
use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, FilterChip};
use crate::web::page_error::PageError;
use crate::web::text;
use floorkey_service::event_types::{Category, EventType};

/// The fields of a filter. Links and forms keep these fields.
pub(super) const FIELDS: [&str; 12] = [
    "period",
    "from",
    "to",
    "category",
    "act",
    "outcome",
    "actor",
    "user",
    "profile",
    "reference",
    "flagged",
    "sign-ins",
];

/// The outcome of the events to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OutcomeFilter {
    Changes,
    Refused,
}

impl OutcomeFilter {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "changes" => Some(Self::Changes),
            "refused" => Some(Self::Refused),
            _ => None,
        }
    }
}

/// The error of a field, with values to choose from.
pub(super) struct FilterError {
    pub(super) field: &'static str,
    pub(super) text: String,
    /// The texts of the values, and the addresses of the list with these values.
    pub(super) choices: Vec<(String, String)>,
}

/// The audit query, and what the page shows about it.
pub(super) struct EventFilter {
    pub(super) query: AuditQuery,
    pub(super) errors: Vec<FilterError>,
    /// The conditions that the page shows as tokens, each with a link that removes the condition.
    pub(super) tokens: Vec<FilterChip>,
    pub(super) period: Option<Period>,
    pub(super) category: Option<Category>,
    pub(super) outcome: Option<OutcomeFilter>,
    /// The valid fields of the filter, without the position of the page.
    pub(super) fields: Fields,
}

impl EventFilter {
    /// Parses the conditions in a query string.
    ///
    /// # Errors
    /// Returns an error if the viewer has too many searches running.
    pub(super) async fn parse(viewer: &CurrentUser, fields: &Fields) -> Result<Self, PageError> {
        let mut filter = Self {
            query: AuditQuery { none_of: sign_in_terms(), ..AuditQuery::default() },
            errors: Vec::new(),
            tokens: Vec::new(),
            period: None,
            category: None,
            outcome: fields.text("outcome").and_then(OutcomeFilter::parse),
            fields: kept_fields(fields),
        };
        filter.people(viewer).await?;
        filter.profile(viewer);
        filter.event_types();
        filter.days(viewer);
        filter.reference();
        filter.other_terms();
        let seq = |name: &str| fields.text(name).and_then(|text| text.parse().ok());
        filter.query.before = seq("before");
        if filter.query.before.is_none()
            && let Some(after) = seq("after")
        {
            (filter.query.after, filter.query.order) = (Some(after), AuditOrder::OldestFirst);
        }
        Ok(filter)
    }

    /// Returns the address of the list with the filter, and with the events before or after a sequence number.
    pub(super) fn address(&self, position: Option<(&str, u64)>) -> String {
        let fields = match position {
            Some((name, seq)) => self.fields.with(name, Some(&seq.to_string())),
            None => self.fields.clone(),
        };
        format!("{LIST}{}", fields.query())
    }

    /// Returns the address of the list with a field set, or with the field removed.
    pub(super) fn with(&self, field: &str, value: Option<&str>) -> String {
        format!("{LIST}{}", self.fields.with(field, value).query())
    }

    /// Returns the user that the filter is limited to.
    pub(super) fn user(&self) -> Option<RecordKey> {
        let mut targets = self.query.terms.iter().filter_map(|term| match term {
            AuditTerm::Target(key @ RecordKey::User(_)) => Some(key.clone()),
            _ => None,
        });
        targets.next()
    }

    async fn people(&mut self, viewer: &CurrentUser) -> Result<(), PageError> {
        for (field, word) in [("actor", "By"), ("user", "On")] {
            let Some(text) = self.fields.text(field).map(str::to_owned) else { continue };
            let person = people::find_person(viewer, &text).await?;
            match (field, text.to_lowercase().as_str(), person) {
                ("actor", "operator", Person::Unknown) => self.add(field, AuditTerm::Operator, "By: Operator"),
                ("actor", "system", Person::Unknown) => self.add(field, AuditTerm::System, "By: System"),
                (_, _, Person::Found(id)) => {
                    let name = viewer.directory.user(id).map_or_else(|| id.to_string(), |user| text::user(user));
                    let term =
                        if field == "actor" { AuditTerm::Actor(id) } else { AuditTerm::Target(RecordKey::User(id)) };
                    self.add(field, term, format!("{word}: {name}"));
                }
                (_, _, Person::Unknown) => {
                    self.error(field, format!("No user whom you can see has the name, login or ID {text}."));
                }
                (_, _, Person::Ambiguous(users, has_more)) => {
                    let more = if has_more { " These are the first." } else { "" };
                    let choice = |user: &std::sync::Arc<floorkey::User>| {
                        (text::user(user), self.with(field, Some(&user.username)))
                    };
                    let choices = users.iter().map(choice).collect();
                    let text = format!("Several users match {text}. Choose one.{more}");
                    self.errors.push(FilterError { field, text, choices });
                }
            }
        }
        Ok(())
    }

    fn profile(&mut self, viewer: &CurrentUser) {
        let Some(text) = self.fields.text("profile").map(str::to_owned) else { return };
        let by_name = viewer.directory.profile_by_name(&text).map(|profile| profile.id);
        let found = SecurityProfileId::parse(&text).or(by_name);
        match found.filter(|id| viewer.visibility().profile(*id).shows_details()) {
            Some(id) => {
                let name = viewer.directory.profile(id).map_or_else(|| id.to_string(), |profile| profile.name.clone());
                self.add("profile", AuditTerm::Target(RecordKey::Profile(id)), format!("On: {name}"));
            }
            None => self.error("profile", format!("No security profile that you can see is {text}.")),
        }
    }

    /// Filters by category, or by the event type that a link asks for. The field `act` contains the name of an operation
    /// with this event type. If this version of Floorkey does not know the operation, only events with exactly this name
    /// match.
    fn event_types(&mut self) {
        let term = |action: Action| AuditTerm::EventType(action.name().to_owned());
        self.category = self.fields.text("category").and_then(Category::parse);
        if let Some(category) = self.category {
            self.query.any_of = category.actions().map(term).collect();
        } else if let Some(name) = self.fields.text("act").map(str::to_owned) {
            let event_type = Action::parse(&name).map(EventType::from_action);
            self.query.any_of = match event_type {
                Some(event_type) => event_type.actions().map(term).collect(),
                None => vec![AuditTerm::EventType(name.clone())],
            };
            self.token("act", format!("Type: {}", event_type.map_or(name.as_str(), |event_type| event_type.title)));
        }
        if self.fields.has("sign-ins") {
            self.token("sign-ins", "With sign-ins and sign-outs".to_owned());
        }
        if self.fields.has("sign-ins") || !self.query.any_of.is_empty() {
            self.query.none_of.clear();
        }
    }

    /// Filters by the days of a period, or by a first and a last day.
    fn days(&mut self, viewer: &CurrentUser) {
        let zone = viewer.zone().clone();
        self.period = self.fields.text("period").and_then(Period::parse);
        if let Some(period) = self.period {
            let days = period::day_of(&zone, viewer.now).and_then(|today| period.days(today));
            self.query.from = days.and_then(|(first, _)| period::start_of_day(&zone, first));
            self.query.to = days.and_then(|(_, last)| period::end_of_day(&zone, last));
            return;
        }
        self.query.from = self.day(&zone, "from", period::start_of_day);
        self.query.to = self.day(&zone, "to", period::end_of_day);
        if let (Some(from), Some(to)) = (self.query.from, self.query.to)
            && from >= to
        {
            self.error("to", "The last day must not be before the first day.".to_owned());
        }
    }

    fn day(
        &mut self,
        zone: &TimeZone,
        field: &'static str,
        moment: fn(&TimeZone, Date) -> Option<Timestamp>,
    ) -> Option<Timestamp> {
        let found = self.fields.text(field)?.parse::<Date>().ok().and_then(|day| moment(zone, day));
        if found.is_none() {
            self.error(field, "Enter a date as 2026-11-22.".to_owned());
        }
        found
    }

    /// Filters by the reference code of a refusal. The user whose request was refused was asked to give this code to an
    /// administrator. Several events can have the same code.
    fn reference(&mut self) {
        let Some(text) = self.fields.text("reference") else { return };
        match Reference::parse(text) {
            Some(reference) => {
                self.add("reference", AuditTerm::Reference(reference), format!("Reference: {reference}"));
            }
            None => self.error("reference", "A reference is written as R-7F3KW.".to_owned()),
        }
    }

    fn other_terms(&mut self) {
        match self.outcome {
            Some(OutcomeFilter::Refused) => self.query.terms.push(AuditTerm::Refused),
            Some(OutcomeFilter::Changes) => self.query.none_of.push(AuditTerm::Refused),
            None => {}
        }
        if self.fields.has("flagged") {
            self.add("flagged", AuditTerm::Flagged, "Flagged");
        }
    }

    fn add(&mut self, field: &str, term: AuditTerm, text: impl Into<String>) {
        self.query.terms.push(term);
        self.token(field, text.into());
    }

    fn token(&mut self, field: &str, text: String) {
        self.tokens.push(FilterChip { text, without: self.with(field, None) });
    }

    fn error(&mut self, field: &'static str, text: String) {
        self.errors.push(FilterError { field, text, choices: Vec::new() });
    }
}

/// Returns the fields of the filter. Leaves out fields that others replace.
fn kept_fields(fields: &Fields) -> Fields {
    let has_days = fields.text("from").is_some() || fields.text("to").is_some();
    let category = fields.text("category").and_then(Category::parse);
    let is_replaced = |name: &str| match name {
        // A category replaces the event type that a link asked for.
        "act" => category.is_some(),
        "category" => category.is_none(),
        "period" => has_days || fields.text("period").and_then(Period::parse).is_none(),
        "outcome" => fields.text("outcome").and_then(OutcomeFilter::parse).is_none(),
        _ => false,
    };
    FIELDS.iter().filter(|name| !is_replaced(name)).fold(Fields::default(), |kept, name| match fields.text(name) {
        Some(value) => kept.with(name, Some(value)),
        None => kept,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_the_fields_of_the_filter_only() {
        let kept = |query: &str| kept_fields(&Fields::parse(query.as_bytes())).query();
        assert_eq!(kept("actor=ann&before=7&x=1&flagged=on"), "?actor=ann&flagged=on");
        assert_eq!(kept("category=users&act=CreateUser"), "?category=users");
        assert_eq!(kept("category=nothing&act=CreateUser&outcome=maybe"), "?act=CreateUser");
        assert_eq!(kept("period=7d&from=2026-11-22&to="), "?from=2026-11-22");
        assert_eq!(kept("period=7d&outcome=refused&from="), "?period=7d&outcome=refused");
        assert_eq!(kept("period=never"), "");
    }
}
