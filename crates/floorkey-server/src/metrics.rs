//! What is counted, for Prometheus at `/metrics`. No label names a person or an instance's content.

mod durations;

use std::sync::atomic::AtomicI64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::authzen::Endpoint;
use crate::engine::Engine;
use durations::Shared;

/// What tells calls apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct CallLabels {
    /// The surface: `authzen`, `connect`, `console`, `extension` or `program`.
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
    /// Those of `calls` that count answered questions, by endpoint: to look them up costs more than to count.
    answered: [Counter; Endpoint::ALL.len()],
    seconds: Shared,
    revision: Family<InstanceLabels, Gauge<i64, AtomicI64>>,
    users: Family<InstanceLabels, Gauge<i64, AtomicI64>>,
    administrators: Family<InstanceLabels, Gauge<i64, AtomicI64>>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("floorkey");
        let calls = Family::<CallLabels, Counter>::default();
        let seconds = Shared::default();
        let answered = Endpoint::ALL.map(|endpoint| {
            let labels = CallLabels { surface: crate::authzen::SURFACE, operation: endpoint.name(), status: 200 };
            calls.get_or_create(&labels).clone()
        });
        let (revision, users, administrators) = (Family::default(), Family::default(), Family::default());
        registry.register("calls", "Calls by surface, operation and status", calls.clone());
        registry.register_with_unit("call_duration", "Time to answer a call", Unit::Seconds, seconds.clone());
        registry.register("revision", "The revision that answers", Family::clone(&revision));
        registry.register("users", "Users of an instance", Family::clone(&users));
        registry.register("administrators", "Full administrators who can sign in", Family::clone(&administrators));
        Self { registry, calls, answered, seconds, revision, users, administrators }
    }

    /// Counts an answered call.
    pub(crate) fn count(&self, labels: &CallLabels, elapsed: Duration) {
        self.calls.get_or_create(labels).inc();
        self.seconds.0.observe(elapsed);
    }

    /// Counts an answered question, without a lock.
    #[inline]
    pub(crate) fn count_answered(&self, endpoint: Endpoint, elapsed: Duration) {
        if let Some(counter) = self.answered.get(endpoint as usize) {
            counter.inc();
        }
        self.seconds.0.observe(elapsed);
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
