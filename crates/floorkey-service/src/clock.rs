//! The system clock and the monotonic clock. Only this module reads the clocks. Other code calls this module or
//! receives the time as an argument.

#![expect(clippy::disallowed_methods, reason = "this is the place that the ban leads to")]

use std::sync::OnceLock;
use std::time::Instant;

use floorkey::Timestamp;

use crate::moment::Moment;

/// The current time of the system clock.
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The current time of the monotonic clock.
pub fn monotonic_now() -> Moment {
    static START: OnceLock<Instant> = OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed();
    Moment::from_millis(0).plus(elapsed)
}
