//! Points in time on the monotonic clock. Delays are measured with this clock, so they do not change if the system
//! clock is set.

use std::time::Duration;

/// A point in time, in milliseconds since the start of the process. Times before the start are negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

impl Moment {
    /// Returns the time `millis` milliseconds after the start of the process.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds since the start of the process.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Returns the time that is `duration` after this time.
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// Returns the time elapsed since `earlier`, or zero if `earlier` is after this time.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Converts a duration to whole milliseconds.
pub fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plus_and_since_saturate() {
        let at = Moment::from_millis(-500);
        let later = at.plus(Duration::from_secs(2));
        assert_eq!(later.as_millis(), 1500);
        assert_eq!((later.since(at), at.since(later)), (Duration::from_secs(2), Duration::ZERO));
        assert_eq!(at.plus(Duration::MAX).as_millis(), i64::MAX - 500);
    }
}
