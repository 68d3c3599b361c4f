//! Times as the viewer wants to read them: in a time zone, and in the style of a language.

use floorkey::Timestamp;
use jiff::Zoned;
use jiff::tz::TimeZone;

/// The style of dates and times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum DateStyle {
    /// `29 Nov 2026, 14:05:09`
    #[default]
    British,
    /// `Nov 29, 2026, 2:05:09 PM`
    American,
    /// `2026-11-29 14:05:09`
    Iso,
}

impl DateStyle {
    /// All styles.
    pub(crate) const ALL: [Self; 3] = [Self::American, Self::British, Self::Iso];

    /// Returns the style with this language tag, or the one named `iso`.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.as_str() == name)
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::British => "en-GB",
            Self::American => "en-US",
            Self::Iso => "iso",
        }
    }
}

/// How times are written.
#[derive(Clone, Debug)]
pub(crate) struct TimeFormat {
    pub(crate) zone: TimeZone,
    pub(crate) style: DateStyle,
}

/// A point in time as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalTime {
    /// The date and the time with seconds, such as `29 Nov 2026, 14:05:09`.
    pub(crate) text: String,
    /// The time if the day is today, otherwise the day: `14:05`, `29 Nov`, or `29 Nov 2025` in another year.
    pub(crate) short: String,
    /// The time in UTC in ISO 8601, for the attributes `title` and `datetime`.
    pub(crate) utc: String,
}

impl TimeFormat {
    /// Formats a point in time. `now` determines which day is today.
    pub(crate) fn local(&self, at: Timestamp, now: Timestamp) -> LocalTime {
        let (Some(local), Some(today)) = (self.zoned(at), self.zoned(now)) else {
            return LocalTime { text: "at no time".to_owned(), short: "never".to_owned(), utc: String::new() };
        };
        let short = match (local.date() == today.date(), local.year() == today.year()) {
            (true, _) => self.pattern("%H:%M", "%-I:%M %p", "%H:%M"),
            (false, true) => self.pattern("%-d %b", "%b %-d", "%Y-%m-%d"),
            (false, false) => self.date_pattern(),
        };
        let long = self.pattern("%-d %b %Y, %H:%M:%S", "%b %-d, %Y, %-I:%M:%S %p", "%Y-%m-%d %H:%M:%S");
        LocalTime {
            text: local.strftime(long).to_string(),
            short: local.strftime(short).to_string(),
            utc: local.timestamp().to_string(),
        }
    }

    /// Formats the day of a point in time, such as `29 Nov 2026`.
    pub(crate) fn date(&self, at: Timestamp) -> String {
        self.zoned(at).map_or_else(|| "never".to_owned(), |local| local.strftime(self.date_pattern()).to_string())
    }

    /// Formats a point in time with minutes and its zone, for sentences: `29 Nov 2026, 14:05 CET`.
    pub(crate) fn with_zone(&self, at: Timestamp) -> String {
        let pattern = self.pattern("%-d %b %Y, %H:%M %Z", "%b %-d, %Y, %-I:%M %p %Z", "%Y-%m-%d %H:%M %Z");
        self.zoned(at).map_or_else(|| "at no time".to_owned(), |local| local.strftime(pattern).to_string())
    }

    fn zoned(&self, at: Timestamp) -> Option<Zoned> {
        Some(jiff::Timestamp::from_millisecond(at.as_millis()).ok()?.to_zoned(self.zone.clone()))
    }

    const fn date_pattern(&self) -> &'static str {
        self.pattern("%-d %b %Y", "%b %-d, %Y", "%Y-%m-%d")
    }

    const fn pattern(&self, british: &'static str, american: &'static str, iso: &'static str) -> &'static str {
        match self.style {
            DateStyle::British => british,
            DateStyle::American => american,
            DateStyle::Iso => iso,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn times_are_written_in_the_zone_and_style_of_the_viewer() {
        let (at, now) = (time("2026-11-29T23:05:09Z"), time("2026-11-30T04:00:00Z"));
        let written = |zone: &str, style| {
            let local = TimeFormat { zone: TimeZone::get(zone).unwrap(), style }.local(at, now);
            (local.text, local.short, local.utc)
        };
        let expected = |text: &str, short: &str| (text.to_owned(), short.to_owned(), "2026-11-29T23:05:09Z".to_owned());
        assert_eq!(written("UTC", DateStyle::British), expected("29 Nov 2026, 23:05:09", "29 Nov"));
        assert_eq!(written("Europe/Berlin", DateStyle::British), expected("30 Nov 2026, 00:05:09", "00:05"));
        assert_eq!(written("America/New_York", DateStyle::American), expected("Nov 29, 2026, 6:05:09 PM", "6:05 PM"));
        assert_eq!(written("Asia/Tokyo", DateStyle::Iso), expected("2026-11-30 08:05:09", "08:05"));
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let day = |zone: &str, style| {
            TimeFormat { zone: TimeZone::get(zone).unwrap(), style }.date(time("2026-11-29T23:05:09Z"))
        };
        assert_eq!(day("UTC", DateStyle::British), "29 Nov 2026");
        assert_eq!(day("Europe/Berlin", DateStyle::American), "Nov 30, 2026");
        assert_eq!(day("Europe/Berlin", DateStyle::Iso), "2026-11-30");
    }

    #[test]
    fn times_in_sentences_name_their_zone() {
        let at = time("2026-11-29T23:05:09Z");
        let written = |zone: &str, style| TimeFormat { zone: TimeZone::get(zone).unwrap(), style }.with_zone(at);
        assert_eq!(written("UTC", DateStyle::British), "29 Nov 2026, 23:05 UTC");
        assert_eq!(written("Europe/Berlin", DateStyle::Iso), "2026-11-30 00:05 CET");
        assert_eq!(written("America/New_York", DateStyle::American), "Nov 29, 2026, 6:05 PM EST");
    }

    #[test]
    fn days_of_other_years_have_their_year() {
        let format = TimeFormat { zone: TimeZone::UTC, style: DateStyle::British };
        assert_eq!(format.local(time("2025-03-01T10:00:00Z"), time("2026-03-01T10:00:00Z")).short, "1 Mar 2025");
    }

    #[test]
    fn styles_are_parsed_by_their_names() {
        for style in DateStyle::ALL {
            assert_eq!(DateStyle::parse(style.as_str()), Some(style));
        }
        assert_eq!(DateStyle::parse("de"), None);
    }
}
