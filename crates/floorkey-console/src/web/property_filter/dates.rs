//! Days in filters: the start of a day in the viewer's time zone, and days to choose from.

use floorkey::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The days that are suggested for times in the past, as numbers of days before today.
const PAST: [(i64, &str); 5] =
    [(0, "today"), (7, "7 days ago"), (30, "30 days ago"), (90, "90 days ago"), (365, "a year ago")];

/// The days that are suggested for times in the future, as numbers of days after today.
const FUTURE: [(i64, &str); 5] =
    [(1, "tomorrow"), (7, "in 7 days"), (14, "in 14 days"), (30, "in 30 days"), (90, "in 90 days")];

/// Returns the start of a day in the time zone. Returns `None` if the text is not a date such as `2026-11-29`.
pub(crate) fn start_of_day(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let start = text.trim().parse::<Date>().ok()?.to_zoned(zone.clone()).ok()?;
    Some(Timestamp::from_millis(start.timestamp().as_millisecond()))
}

/// Returns the day of a time in the time zone.
pub(crate) fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    at.to_zoned(zone.clone()).date()
}

/// Returns the days to choose from, each with a text such as `7 days ago`.
pub(super) fn suggested_days(today: Date, is_future: bool) -> Vec<(Date, &'static str)> {
    let (days, sign) = if is_future { (FUTURE, 1) } else { (PAST, -1) };
    days.into_iter().filter_map(|(days, text)| Some((today.checked_add((sign * days).days()).ok()?, text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_start_at_midnight_in_the_time_zone() {
        let zone = TimeZone::get("Europe/Lisbon").unwrap();
        let at = |text: &str, zone: &TimeZone| start_of_day(text, zone).map(|at| at.as_millis() / 3_600_000);
        let (utc, lisbon) = (at("2026-07-01", &TimeZone::UTC).unwrap(), at("2026-07-01", &zone).unwrap());
        assert_eq!(utc - lisbon, 1, "summer time in Lisbon is an hour ahead of UTC");
        assert_eq!(at("2026-02-30", &zone), None);
        let today = day_of(start_of_day("2026-07-01", &zone).unwrap(), &zone);
        assert_eq!(today.to_string(), "2026-07-01");
        assert_eq!(suggested_days(today, false)[1].0.to_string(), "2026-06-24");
        assert_eq!(suggested_days(today, true)[0].0.to_string(), "2026-07-02");
    }
}
