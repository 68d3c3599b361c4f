//! Metrics for Prometheus at `/metrics`. The labels never identify people or reveal the content of an instance.

use std::sync::atomic::AtomicI64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use floorkey_service::engine::Engine;

/// The upper bounds of the buckets for the durations of calls, in seconds.
const DURATION_BUCKETS: [f64; 14] =
    [0.000_01, 0.000_025, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0];

/// The labels of a call in the metrics.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct CallLabels {
    /// The interface: `authzen`, `connect`, `console`, `extension`, `program` or `sts`.
    pub(crate) surface: &'static str,
    /// The operation; `none` if the request matches no operation.
    pub(crate) operation: &'static str,
    /// The HTTP status of the response.
    pub(crate) status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InstanceLabels {
    instance: String,
}

/// The metrics of the server.
pub(crate) struct Metrics {
    registry: Registry,
    calls: Family<CallLabels, Counter>,
    seconds: Histogram,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("floorkey");
        let calls = Family::<CallLabels, Counter>::default();
        let seconds = Histogram::new(DURATION_BUCKETS);
        registry.register("calls", "Calls by surface, operation and status", calls.clone());
        registry.register_with_unit("call_duration", "Time to respond to a call", Unit::Seconds, seconds.clone());
        Self { registry, calls, seconds }
    }

    /// Counts a call and records its duration.
    pub(crate) fn count(&self, labels: &CallLabels, elapsed: Duration) {
        self.calls.get_or_create(labels).inc();
        self.seconds.observe(elapsed.as_secs_f64());
    }

    /// Renders all metrics in the OpenMetrics text format.
    pub(crate) fn render(&self, engine: &Engine, health: Health) -> String {
        let mut text = String::new();
        let encoded = encode_registry(&mut text, &self.registry)
            .and_then(|()| encode_registry(&mut text, &current(engine, health)))
            .and_then(|()| encode_eof(&mut text));
        match encoded {
            Ok(()) => text,
            Err(_) => String::new(),
        }
    }
}

/// The state of the server at the time of a request for metrics.
#[derive(Clone, Copy)]
pub(crate) struct Health {
    /// Whether the server can read and write.
    pub(crate) is_ready: bool,
    /// The number of emails that have been neither delivered nor discarded.
    pub(crate) emails_waiting: usize,
}

/// Returns a registry with the current metrics of the server and of all instances. Each request for metrics creates a
/// new registry. In a shared registry, one request could clear the values while another request reads them.
fn current(engine: &Engine, health: Health) -> Registry {
    let gauges = [(); 3].map(|()| Family::<InstanceLabels, Gauge<i64, AtomicI64>>::default());
    let [revision, users, administrators] = &gauges;
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    for directory in engine.all() {
        let labels = InstanceLabels { instance: directory.instance().to_string() };
        revision.get_or_create(&labels).set(number(directory.revision().0));
        users.get_or_create(&labels).set(number(directory.user_count() as u64));
        administrators.get_or_create(&labels).set(number(directory.administrator_count()));
    }
    let mut registry = Registry::with_prefix("floorkey");
    registry.register("revision", "The revision of the data that decisions use", revision.clone());
    registry.register("users", "Users in an instance", users.clone());
    registry.register("administrators", "Full administrators who can sign in", administrators.clone());
    let [ready, emails] = [u64::from(health.is_ready), health.emails_waiting as u64].map(|value| {
        let gauge = Gauge::<i64, AtomicI64>::default();
        gauge.set(number(value));
        gauge
    });
    registry.register("ready", "Whether the server can read and write: 1 or 0", ready);
    registry.register("emails_waiting", "Emails that the mail server has not accepted yet", emails);
    registry
}

#[cfg(test)]
mod tests {
    use floorkey::{Directory, InstanceId, Revision};

    use super::*;

    #[test]
    fn concurrent_scrapes_see_every_series() {
        const INSTANCES: u128 = 50;
        let empty = |number| Directory::from_records(InstanceId::from_bits(number), Revision(7), Vec::new());
        let engine = Engine::new((1..=INSTANCES).map(empty).collect());
        let metrics = Metrics::new();
        let scrape = || {
            for _ in 0..200 {
                let text = metrics.render(&engine, Health { is_ready: true, emails_waiting: 3 });
                for series in ["floorkey_revision{", "floorkey_users{", "floorkey_administrators{"] {
                    assert_eq!(text.matches(series).count(), 50, "{series}");
                }
                assert!(
                    text.contains("\nfloorkey_ready 1\n") && text.contains("\nfloorkey_emails_waiting 3\n"),
                    "{text}"
                );
                assert_eq!((text.matches("# EOF").count(), text.ends_with("# EOF\n")), (1, true));
            }
        };
        std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(scrape))));
    }
}
