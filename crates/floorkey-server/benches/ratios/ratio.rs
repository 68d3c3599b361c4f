//! Taking a ratio: two sides in turn, and the median of the pairs.

use std::time::{Duration, Instant};

/// Rounds of each side; one more is run first and not counted.
pub(crate) const ROUNDS: usize = 7;

/// A ratio and what it is held to.
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) ratio: f64,
    pub(crate) bound: Bound,
    /// What it is measured against, in words.
    pub(crate) against: &'static str,
    /// What both sides took, in words.
    pub(crate) detail: String,
}

/// What a ratio is held to.
pub(crate) enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Figure {
    pub(crate) fn print(&self, json: bool) {
        let (sign, bound, holds) = match self.bound {
            Bound::AtMost(bound) => ("<=", bound, self.ratio <= bound),
            Bound::AtLeast(bound) => (">=", bound, self.ratio >= bound),
        };
        if json {
            let line = serde_json::json!({
                "name": self.name, "ratio": (self.ratio * 1000.0).round() / 1000.0, "bound": format!("{sign} {bound}"),
                "holds": holds, "against": self.against, "detail": self.detail,
            });
            println!("{line}");
        } else {
            let verdict = if holds { "holds" } else { "FALLS" };
            println!(
                "{:<16} {:>7.3}  {sign} {bound:<5} {verdict}  against {}\n{:18}{}",
                self.name, self.ratio, self.against, "", self.detail
            );
        }
    }
}

/// Runs both sides in turn and gives the median ratio of the pairs (ours / rival), and the median time of each.
pub(crate) fn in_turn(
    mut ours: impl FnMut() -> Duration,
    mut rival: impl FnMut() -> Duration,
) -> (f64, Duration, Duration) {
    let (mut ratios, mut us, mut them) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        // Each side goes first in every other round, so that neither profits from a warm cache.
        let (a, b) = if round % 2 == 0 {
            let a = ours();
            (a, rival())
        } else {
            let b = rival();
            (ours(), b)
        };
        if round > 0 {
            ratios.push(a.as_secs_f64() / b.as_secs_f64());
            us.push(a);
            them.push(b);
        }
    }
    ratios.sort_by(f64::total_cmp);
    us.sort();
    them.sort();
    (ratios[ROUNDS / 2], us[ROUNDS / 2], them[ROUNDS / 2])
}

/// How long something takes.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let result = work();
    (begun.elapsed(), result)
}
