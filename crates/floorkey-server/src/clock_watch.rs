//! Detects when the wall clock is set to a different time. Such a step affects signatures, links and sessions, and no
//! other component reports it.

use std::time::Duration;

use floorkey::Timestamp;

use floorkey_service::clock;
use floorkey_service::moment::{Moment, millis};

/// The interval between comparisons of the wall clock and the monotonic clock.
const INTERVAL: Duration = Duration::from_secs(1);

/// The length, in milliseconds, above which a step of the clock is reported.
const STEP_MIN: i64 = 5_000;

/// The times of the wall clock and the monotonic clock at the last comparison.
struct ClockWatch {
    wall: Timestamp,
    monotonic: Moment,
}

impl ClockWatch {
    const fn new(wall: Timestamp, monotonic: Moment) -> Self {
        Self { wall, monotonic }
    }

    /// Returns by how many milliseconds the wall clock was set forward since the last call. The number is negative if
    /// the clock was set back. Returns `None` for a step of at most five seconds.
    fn step(&mut self, wall: Timestamp, monotonic: Moment) -> Option<i64> {
        let expected = millis(monotonic.since(self.monotonic));
        let step = wall.as_millis().saturating_sub(self.wall.as_millis()).saturating_sub(expected);
        *self = Self { wall, monotonic };
        (step.abs() > STEP_MIN).then_some(step)
    }
}

/// Watches the wall clock while the server runs, and logs one warning for each step.
pub(crate) async fn watch() {
    let mut watch = ClockWatch::new(clock::now(), clock::monotonic_now());
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Some(step) = watch.step(clock::now(), clock::monotonic_now()) {
            tracing::warn!("{}", warning(step));
        }
    }
}

fn warning(step: i64) -> String {
    let seconds = step.unsigned_abs() / 1000;
    let direction = if step < 0 { "back" } else { "forward" };
    format!(
        "the system clock jumped {direction} by {seconds} s. This affects signatures, sessions, links and the \
        times in the history"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch_from(wall: i64) -> ClockWatch {
        ClockWatch::new(Timestamp::from_millis(wall), Moment::from_millis(0))
    }

    #[test]
    fn a_jump_of_more_than_five_seconds_is_reported_once_in_both_directions() {
        let mut watch = watch_from(1_000_000);
        let mut look = |wall, monotonic| watch.step(Timestamp::from_millis(wall), Moment::from_millis(monotonic));
        assert_eq!(look(1_001_000, 1_000), None);
        // A comparison that takes place late is not mistaken for a step of the clock.
        assert_eq!(look(1_061_000, 61_000), None);
        assert_eq!(look(1_068_000, 63_000), None, "five seconds are no jump");
        assert_eq!(look(1_074_002, 64_001), Some(5_001));
        assert_eq!(look(1_075_002, 65_001), None, "told once");
        assert_eq!(look(1_000_000, 66_001), Some(-76_002));
        assert_eq!(look(1_001_000, 67_001), None, "told once");
    }

    #[test]
    fn drift_and_slewing_are_not_jumps() {
        let mut watch = watch_from(0);
        for second in 1..=3600 {
            let wall = Timestamp::from_millis(second * 1_100);
            assert_eq!(watch.step(wall, Moment::from_millis(second * 1_000)), None);
        }
    }

    #[test]
    fn the_warning_names_the_direction() {
        assert!(warning(-76_002).contains("back by 76 s"));
        assert!(warning(3_600_000).contains("forward by 3600 s"));
    }
}
