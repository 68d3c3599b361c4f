//! Periods of days in the viewer's time zone. A day can have 23 or 25 hours, and can begin later than at midnight.

use floorkey::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A period that pages offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    Today,
    Yesterday,
    /// Today and the six days before.
    Last7Days,
    /// Today and the 29 days before.
    Last30Days,
}

impl Period {
    pub(super) const ALL: [Self; 4] = [Self::Today, Self::Yesterday, Self::Last7Days, Self::Last30Days];

    /// Returns the name of the period on pages.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Yesterday => "Yesterday",
            Self::Last7Days => "Last 7 days",
            Self::Last30Days => "Last 30 days",
        }
    }

    /// Returns the name of the period in addresses.
    pub(super) const fn slug(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::Last7Days => "7d",
            Self::Last30Days => "30d",
        }
    }

    pub(super) fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.slug() == slug)
    }

    /// Returns the first and the last day of the period. `None` if they are out of the calendar's range.
    pub(super) fn days(self, today: Date) -> Option<(Date, Date)> {
        let earlier = |days: i64| today.checked_sub(jiff::Span::new().days(days)).ok();
        match self {
            Self::Today => Some((today, today)),
            Self::Yesterday => earlier(1).map(|yesterday| (yesterday, yesterday)),
            Self::Last7Days => earlier(6).map(|first| (first, today)),
            Self::Last30Days => earlier(29).map(|first| (first, today)),
        }
    }
}

/// Returns the day in the time zone.
pub(super) fn day_of(zone: &TimeZone, at: Timestamp) -> Option<Date> {
    Some(jiff::Timestamp::from_millisecond(at.as_millis()).ok()?.to_zoned(zone.clone()).date())
}

/// Returns the first moment of the day in the time zone. If the time zone skips the day, this is the first moment of the
/// next day.
pub(super) fn start_of_day(zone: &TimeZone, day: Date) -> Option<Timestamp> {
    let start = day.to_zoned(zone.clone()).ok()?.start_of_day().ok()?;
    Some(Timestamp::from_millis(start.timestamp().as_millisecond()))
}

/// Returns the first moment after the day in the time zone.
pub(super) fn end_of_day(zone: &TimeZone, day: Date) -> Option<Timestamp> {
    start_of_day(zone, day.tomorrow().ok()?)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 60 * 60 * 1000;

    /// Time zones with changes of the clock at midnight, by half an hour, by a whole day, and without any.
    const ZONES: [&str; 16] = [
        "UTC",
        "Europe/Lisbon",
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",
        "America/Havana",
        "America/St_Johns",
        "America/Asuncion",
        "America/Nuuk",
        "Africa/Cairo",
        "Asia/Beirut",
        "Asia/Kathmandu",
        "Asia/Pyongyang",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Auckland",
    ];

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn hours(name: &str, day: Date) -> i64 {
        let zone = zone(name);
        (end_of_day(&zone, day).unwrap().as_millis() - start_of_day(&zone, day).unwrap().as_millis()) / HOUR
    }

    fn start(name: &str, day: Date) -> String {
        let start = start_of_day(&zone(name), day).unwrap();
        jiff::Timestamp::from_millisecond(start.as_millis()).unwrap().to_string()
    }

    #[test]
    fn days_with_a_change_of_the_clock_have_23_or_25_hours() {
        assert_eq!(hours("Europe/Lisbon", date(2026, 3, 29)), 23);
        assert_eq!(hours("Europe/Lisbon", date(2026, 10, 25)), 25);
        assert_eq!(hours("Europe/Lisbon", date(2026, 10, 26)), 24);
        // At midnight, the clock was set to one o'clock. The day began then.
        assert_eq!(hours("America/Sao_Paulo", date(2018, 11, 4)), 23);
        assert_eq!(start("America/Sao_Paulo", date(2018, 11, 4)), "2018-11-04T03:00:00Z");
        // At one o'clock, the clock is set back to midnight. The day begins with the first midnight.
        assert_eq!(hours("America/Havana", date(2026, 11, 1)), 25);
        assert_eq!(start("America/Havana", date(2026, 11, 1)), "2026-11-01T04:00:00Z");
        // Samoa crossed the date line, and had no 30 December.
        assert_eq!(hours("Pacific/Apia", date(2011, 12, 30)), 0);
        assert_eq!(start("Pacific/Apia", date(2011, 12, 30)), start("Pacific/Apia", date(2011, 12, 31)));
    }

    #[test]
    fn periods_are_days_of_the_time_zone() {
        // It is already Tuesday in Auckland, and still Monday in New York.
        let now = Timestamp::from_millis(1_796_086_800_000);
        assert_eq!(jiff::Timestamp::from_millisecond(now.as_millis()).unwrap().to_string(), "2026-12-01T01:00:00Z");
        assert_eq!(day_of(&zone("Pacific/Auckland"), now), Some(date(2026, 12, 1)));
        assert_eq!(day_of(&zone("America/New_York"), now), Some(date(2026, 11, 30)));
        let today = date(2026, 3, 1);
        let days = |period: Period| period.days(today).unwrap();
        assert_eq!(days(Period::Today), (today, today));
        assert_eq!(days(Period::Yesterday), (date(2026, 2, 28), date(2026, 2, 28)));
        assert_eq!(days(Period::Last7Days), (date(2026, 2, 23), today));
        assert_eq!(days(Period::Last30Days), (date(2026, 1, 31), today));
        assert_eq!(Period::Today.days(Date::MIN), Some((Date::MIN, Date::MIN)));
        assert_eq!(Period::Yesterday.days(Date::MIN), None);
        for period in Period::ALL {
            assert_eq!(Period::parse(period.slug()), Some(period));
        }
    }

    proptest! {
        #[test]
        fn every_moment_belongs_to_the_day_that_the_clock_shows(
            name in prop::sample::select(&ZONES[..]),
            days in 0..14_600_i64,
            share in 0.0..1.0_f64,
        ) {
            let zone = zone(name);
            let day = date(2000, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let (start, end) = (start_of_day(&zone, day).unwrap(), end_of_day(&zone, day).unwrap());
            let shown = |millis: i64| day_of(&zone, Timestamp::from_millis(millis)).unwrap();
            prop_assert!(start <= end && end.as_millis() - start.as_millis() <= 26 * HOUR);
            prop_assert!(shown(start.as_millis()) >= day && shown(start.as_millis() - 1) < day);
            // The next day begins where this day ends.
            prop_assert_eq!(start_of_day(&zone, day.tomorrow().unwrap()), Some(end));
            let length = end.as_millis() - start.as_millis();
            let at = start.as_millis() + (length as f64 * share) as i64;
            if length > 0 {
                // If the clock is set back over midnight, it shows the day before again for a while.
                let is_repeated = at < start.as_millis() + 2 * HOUR && shown(at) == day.yesterday().unwrap();
                prop_assert!(shown(at) == day || is_repeated, "{} shows {}", at, shown(at));
            }
        }
    }
}
