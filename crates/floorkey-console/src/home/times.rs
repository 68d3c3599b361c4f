//! Dates on the pages of this section.

use floorkey::Timestamp;
use jiff::tz::TimeZone;

use crate::web::current_user::CurrentUser;
use crate::web::time_format::TimeFormat;

/// Formats the day of a point in time, in the viewer's time zone.
pub(super) fn date(viewer: &CurrentUser, at: Timestamp) -> String {
    viewer.preferences.times.date(at)
}

/// Formats a day of the review of earlier days, which begins at midnight UTC.
pub(super) fn utc_date(viewer: &CurrentUser, at: Timestamp) -> String {
    TimeFormat { zone: TimeZone::UTC, style: viewer.preferences.times.style }.date(at)
}
