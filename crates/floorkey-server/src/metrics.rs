//! What is counted, for Prometheus at `/metrics`. No label names a person or an instance's content.

use std::sync::atomic::AtomicI64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::engine::Engine;

/// What tells calls apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct CallLabels {
    /// The surface: `connect`, `extension` or `program`.
    pub(crate) surface: &'static str,
    /// The operation, or `none`.
    pub(crate) operation: &'static str,
    /// The status of the answer.
    pub(crate) status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InstanceLabels {
    instance: String,
}

/// The counters.
pub(crate) struct Metrics {
    registry: Registry,
    calls: Family<CallLabels, Counter>,
    seconds: Histogram,
    revision: Family<InstanceLabels, Gauge<i64, AtomicI64>>,
    users: Family<InstanceLabels, Gauge<i64, AtomicI64>>,
    administrators: Family<InstanceLabels, Gauge<i64, AtomicI64>>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("floorkey");
        let calls = Family::<CallLabels, Counter>::default();
        let buckets = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0];
        let seconds = Histogram::new(buckets);
        let (revision, users, administrators) = (Family::default(), Family::default(), Family::default());
        registry.register("calls", "Calls by surface, operation and status", calls.clone());
        registry.register_with_unit("call_duration", "Time to answer a call", Unit::Seconds, seconds.clone());
        registry.register("revision", "The revision that answers", Family::clone(&revision));
        registry.register("users", "Users of an instance", Family::clone(&users));
        registry.register("administrators", "Full administrators who can sign in", Family::clone(&administrators));
        Self { registry, calls, seconds, revision, users, administrators }
    }

    /// Counts an answered call.
    pub(crate) fn count(&self, labels: &CallLabels, elapsed: std::time::Duration) {
        self.calls.get_or_create(labels).inc();
        self.seconds.observe(elapsed.as_secs_f64());
    }

    /// Everything in the text format of OpenMetrics.
    pub(crate) fn render(&self, engine: &Engine) -> String {
        for family in [&self.revision, &self.users, &self.administrators] {
            family.clear();
        }
        for directory in engine.all() {
            let labels = InstanceLabels { instance: directory.instance().to_string() };
            let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
            self.revision.get_or_create(&labels).set(number(directory.revision().0));
            self.users.get_or_create(&labels).set(number(directory.user_count() as u64));
            self.administrators.get_or_create(&labels).set(number(directory.administrator_count()));
        }
        let mut text = String::new();
        match prometheus_client::encoding::text::encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(_) => String::new(),
        }
    }
}
