//! The viewer's preferences: how pages look, and what pages remember.
//!
//! Values are JSON. A value that can't be read counts as absent, because a preference must never prevent a page.

use std::collections::BTreeMap;

use floorkey::{InstanceId, Timestamp, UserId};
use floorkey_store::StoreError;
use jiff::tz::TimeZone;

use super::current_user::CurrentUser;
use super::page_error::PageError;
use super::time_format::{DateStyle, LocalTime, TimeFormat};
use crate::ConsoleState;

/// The names of the preferences that determine how all pages look. Sections have preferences of their own.
pub(crate) const ZONE: &str = "zone";
pub(crate) const DATES: &str = "dates";
pub(crate) const DENSITY: &str = "density";
pub(crate) const SHORTCUTS: &str = "shortcuts";

/// The height of rows and controls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Density {
    #[default]
    Comfortable,
    Compact,
}

impl Density {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "comfortable" => Some(Self::Comfortable),
            "compact" => Some(Self::Compact),
            _ => None,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
    }
}

/// The preferences of a user, read once for each request.
#[derive(Clone, Debug)]
pub(crate) struct Preferences {
    values: BTreeMap<String, String>,
    pub(crate) times: TimeFormat,
    /// Whether the user chose a time zone. Otherwise, times are in UTC.
    pub(crate) has_zone: bool,
    pub(crate) density: Density,
    /// Whether single keys are shortcuts. People who use speech input turn them off, because spoken words are typed as
    /// single keys.
    pub(crate) has_shortcuts: bool,
}

impl Preferences {
    /// Reads the preferences of a user.
    ///
    /// # Errors
    /// Returns an error if the store can't be read.
    pub(super) async fn load(app: &ConsoleState, instance: InstanceId, user: UserId) -> Result<Self, StoreError> {
        app.service.preferences(instance, user).await.map(Self::from_values)
    }

    fn from_values(values: BTreeMap<String, String>) -> Self {
        let text = |name: &str| serde_json::from_str::<String>(values.get(name)?).ok();
        let zone = text(ZONE).and_then(|name| TimeZone::get(&name).ok());
        Self {
            has_zone: zone.is_some(),
            times: TimeFormat {
                zone: zone.unwrap_or(TimeZone::UTC),
                style: text(DATES).and_then(|name| DateStyle::parse(&name)).unwrap_or_default(),
            },
            density: text(DENSITY).and_then(|name| Density::parse(&name)).unwrap_or_default(),
            has_shortcuts: values.get(SHORTCUTS).is_none_or(|value| value != "false"),
            values,
        }
    }
}

impl CurrentUser {
    /// Returns the JSON of the viewer's preference with this name. `None` if it is not set.
    pub(crate) fn preference(&self, name: &str) -> Option<String> {
        self.preferences.values.get(name).cloned()
    }

    /// Sets the viewer's preference with this name to some JSON, or deletes it. The context of this request keeps the
    /// previous value.
    ///
    /// # Errors
    /// Returns an error if the value is longer than 64 kB, if the viewer would have more than 100 preferences, or if
    /// the store fails.
    pub(crate) async fn set_preference(&self, name: &str, value: Option<&str>) -> Result<(), PageError> {
        Ok(self.app().service.set_preference(self.instance(), self.user.id, name, value).await?)
    }

    /// Returns the viewer's time zone. UTC if the viewer chose none.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.preferences.times.zone
    }

    /// Formats a time for a sentence in the viewer's time zone and style, such as `29 Nov 2026, 14:05 CET`.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        self.preferences.times.with_zone(at)
    }

    /// Formats a time in the viewer's time zone and style.
    pub(crate) fn local_time(&self, at: Timestamp) -> LocalTime {
        self.preferences.times.local(at, self.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preferences(values: &[(&str, &str)]) -> Preferences {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Preferences::from_values(values.collect())
    }

    #[test]
    fn values_that_can_not_be_read_count_as_absent() {
        let broken = preferences(&[("zone", "\"Europe/Atlantis\""), ("dates", "{"), ("density", "\"wide\"")]);
        assert!(!broken.has_zone);
        assert_eq!(broken.times.zone, TimeZone::UTC);
        assert_eq!((broken.times.style, broken.density), (DateStyle::British, Density::Comfortable));
    }

    #[test]
    fn values_are_json() {
        let read = preferences(&[("zone", "\"Europe/Berlin\""), ("dates", "\"iso\""), ("density", "\"compact\"")]);
        assert_eq!(read.times.zone.iana_name(), Some("Europe/Berlin"));
        assert_eq!((read.times.style, read.density), (DateStyle::Iso, Density::Compact));
    }
}
