//! Points in time. This crate does not read a clock: the current time is always a parameter.

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z; negative for earlier times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Creates a timestamp from milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Returns the time that is the given number of days later, or the maximum time if the result would be later than
    /// that.
    #[must_use]
    pub const fn plus_days(self, days: u16) -> Self {
        Self(self.0.saturating_add(days as i64 * 24 * 60 * 60 * 1000))
    }

    /// Returns the time that is the given number of days earlier, or the minimum time if the result would be earlier than
    /// that.
    #[must_use]
    pub const fn minus_days(self, days: u16) -> Self {
        Self(self.0.saturating_sub(days as i64 * 24 * 60 * 60 * 1000))
    }

    /// Returns the date in UTC, for example `2026-11-29`. For times outside the years -9999 to 9999, returns the
    /// nearest date in this range.
    #[must_use]
    pub fn date(self) -> String {
        let limit = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        let time = jiff::Timestamp::from_millisecond(self.0).unwrap_or(limit);
        time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn dates_are_in_utc_and_within_the_calendar_range() {
        let day = Timestamp::from_millis(1_772_409_599_999);
        assert_eq!((day.date().as_str(), day.plus_days(90).date().as_str()), ("2026-03-01", "2026-05-30"));
        assert_eq!(Timestamp::from_millis(-1).date(), "1969-12-31");
        assert_eq!(Timestamp::from_millis(i64::MAX).plus_days(1).date(), "9999-12-30");
        assert_eq!(Timestamp::from_millis(i64::MIN).date(), "-009999-01-02");
    }
}
