//! The filter of historical changes, parsed from the query string.

use floorkey::visibility::Viewer;
use floorkey::{Action, RecordKey, Reference, SecurityProfileId, Timestamp, UserId};
use floorkey_store::{AuditQuery, AuditTerm};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::web::current_user::CurrentUser;
use crate::web::form::{Fields, FilterChip};
use floorkey_service::event_types::EventType;

/// The audit query, and the errors of fields that could not be parsed.
pub(super) struct EventFilter {
    pub(super) query: AuditQuery,
    /// Error messages by field name.
    pub(super) errors: Vec<(&'static str, String)>,
    /// The filter's conditions as text, each with a link that removes the condition.
    pub(super) chips: Vec<FilterChip>,
}

impl EventFilter {
    /// Parses the conditions in a query string.
    pub(super) fn parse(viewer: &CurrentUser, fields: &Fields) -> Self {
        let mut filter = Self { query: AuditQuery::default(), errors: Vec::new(), chips: Vec::new() };
        filter.users(viewer, fields);
        filter.profile(viewer, fields);
        filter.event_type(fields);
        if fields.has("refused") {
            filter.add(fields, "refused", AuditTerm::Refused, "Refused");
        }
        if fields.has("flagged") {
            filter.add(fields, "flagged", AuditTerm::Flagged, "Flagged");
        }
        filter.reference(fields);
        filter.query.from = filter.day(fields, "from", "From", 0);
        filter.query.to = filter.day(fields, "to", "To", 1);
        filter.query.before = fields.text("before").and_then(|text| text.parse().ok());
        filter
    }

    fn users(&mut self, viewer: &CurrentUser, fields: &Fields) {
        let principal = viewer.principal();
        let visible = Viewer::new(&viewer.directory, &principal, viewer.now);
        for (field, word) in [("user", "About"), ("actor", "By")] {
            let Some(text) = fields.text(field) else { continue };
            // Users outside the viewer's scope are treated as nonexistent.
            let found = UserId::parse(text).or_else(|| viewer.directory.user_by_login(text).map(|user| user.id));
            let found = found.filter(|id| visible.is_own_user(*id) || visible.user(*id).shows_details());
            let term =
                |id| if field == "actor" { AuditTerm::Actor(id) } else { AuditTerm::Target(RecordKey::User(id)) };
            match (field, text, found) {
                ("actor", "operator", None) => self.add(fields, field, AuditTerm::Operator, "By the operator"),
                ("actor", "system", None) => self.add(fields, field, AuditTerm::System, "By the system"),
                (_, _, Some(id)) => {
                    let name = viewer.directory.user(id).map_or_else(|| id.to_string(), |user| user.display_name());
                    self.add(fields, field, term(id), format!("{word} {name}"));
                }
                (_, _, None) => {
                    self.errors
                        .push((field, format!("None of the users whom you can see has the login name or ID {text}.")));
                }
            }
        }
    }

    fn profile(&mut self, viewer: &CurrentUser, fields: &Fields) {
        let Some(text) = fields.text("profile") else { return };
        let principal = viewer.principal();
        let visible = Viewer::new(&viewer.directory, &principal, viewer.now);
        let by_name = viewer.directory.profile_by_name(text).map(|profile| profile.id);
        let found = SecurityProfileId::parse(text).or(by_name);
        match found.filter(|id| visible.profile(*id).shows_details()) {
            Some(id) => {
                let name = viewer.directory.profile(id).map_or_else(|| id.to_string(), |profile| profile.name.clone());
                self.add(fields, "profile", AuditTerm::Target(RecordKey::Profile(id)), format!("About {name}"));
            }
            None => {
                let text = format!("None of the security profiles that you can see is {text}.");
                self.errors.push(("profile", text));
            }
        }
    }

    /// Filters by event type. The field contains the name of an operation with this event type. If this version of
    /// Floorkey does not know the operation, only events with exactly this name match.
    fn event_type(&mut self, fields: &Fields) {
        let Some(name) = fields.text("act") else { return };
        match Action::parse(name).map(EventType::from_action) {
            Some(event_type) => {
                self.query.any_of =
                    event_type.actions().map(|action| AuditTerm::EventType(action.name().to_owned())).collect();
                self.add_chip(fields, "act", event_type.title.to_owned());
            }
            None => self.add(fields, "act", AuditTerm::EventType(name.to_owned()), name),
        }
    }

    /// Filters by the reference code of a refusal. The user whose request was refused was asked to give this code to an
    /// administrator. Several events can have the same code.
    fn reference(&mut self, fields: &Fields) {
        let Some(text) = fields.text("reference") else { return };
        match Reference::parse(text) {
            Some(reference) => {
                let text = format!("Reference {reference}");
                self.add(fields, "reference", AuditTerm::Reference(reference), text);
            }
            None => self.errors.push(("reference", "A reference is written as R-7F3KW.".to_owned())),
        }
    }

    /// Returns the start of a day in UTC. The day is `days_later` days after the day in the field.
    fn day(&mut self, fields: &Fields, field: &'static str, word: &str, days_later: i64) -> Option<Timestamp> {
        let text = fields.text(field)?;
        let start = text.parse::<Date>().ok().and_then(|date| {
            let date = date.checked_add(jiff::Span::new().days(days_later)).ok()?;
            Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
        });
        match start {
            Some(millis) => {
                self.add_chip(fields, field, format!("{word} {text}"));
                Some(Timestamp::from_millis(millis))
            }
            None => {
                self.errors.push((field, "A date is written as 2026-11-22.".to_owned()));
                None
            }
        }
    }

    fn add(&mut self, fields: &Fields, field: &str, term: AuditTerm, text: impl Into<String>) {
        self.query.terms.push(term);
        self.add_chip(fields, field, text.into());
    }

    fn add_chip(&mut self, fields: &Fields, field: &str, text: String) {
        let without = fields.with(field, None).with("before", None).query();
        self.chips.push(FilterChip { text, without: format!("/connect/history{without}") });
    }

    /// Returns the user that the filter is limited to.
    pub(super) fn user(&self) -> Option<RecordKey> {
        let mut targets = self.query.terms.iter().filter_map(|term| match term {
            AuditTerm::Target(key @ RecordKey::User(_)) => Some(key.clone()),
            _ => None,
        });
        targets.next()
    }

    /// Returns the error message of a field.
    pub(super) fn error(&self, field: &str) -> Option<String> {
        self.errors.iter().find(|(name, _)| *name == field).map(|(_, text)| text.clone())
    }
}
