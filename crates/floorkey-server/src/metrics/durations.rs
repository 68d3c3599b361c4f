//! A histogram of request durations. It is lock-free, because every request updates it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;

/// The upper bounds of the buckets, in nanoseconds.
const BOUNDS: [u64; 14] = [
    10_000,
    25_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    1_000_000_000,
];

/// A histogram of durations.
#[derive(Debug, Default)]
pub(super) struct Durations {
    /// The number of calls in each bucket. Each call is counted in the first bucket whose upper bound it does not
    /// exceed. The last bucket contains the calls that exceed all bounds.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

impl Durations {
    /// Adds the duration of a call.
    #[inline]
    pub(super) fn observe(&self, duration: Duration) {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let index = BOUNDS.iter().take_while(|bound| nanoseconds > **bound).count();
        if let Some(bucket) = self.buckets.get(index) {
            bucket.fetch_add(1, Relaxed);
        }
        self.nanoseconds.fetch_add(nanoseconds, Relaxed);
    }

    /// Returns the upper bound of each bucket in seconds, with the number of calls in the bucket.
    fn counts(&self) -> Vec<(f64, u64)> {
        let bounds = BOUNDS.iter().map(|bound| Duration::from_nanos(*bound).as_secs_f64()).chain([f64::INFINITY]);
        bounds.zip(&self.buckets).map(|(bound, bucket)| (bound, bucket.load(Relaxed))).collect()
    }
}

/// A shared handle to the histogram, for the metrics registry.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedHistogram(pub(super) std::sync::Arc<Durations>);

impl EncodeMetric for SharedHistogram {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let counts = self.0.counts();
        let sum = Duration::from_nanos(self.0.nanoseconds.load(Relaxed)).as_secs_f64();
        let count = counts.iter().map(|(_, count)| count).sum();
        encoder.encode_histogram::<NoLabelSet>(sum, count, &counts, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_counted_in_its_bucket() {
        let durations = Durations::default();
        for micros in [1, 10, 11, 3_000_000] {
            durations.observe(Duration::from_micros(micros));
        }
        let counts = durations.counts();
        assert_eq!(counts.first(), Some(&(0.000_01, 2)));
        assert_eq!(counts.get(1), Some(&(0.000_025, 1)));
        assert_eq!(counts.last(), Some(&(f64::INFINITY, 1)));
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 4);
    }
}
