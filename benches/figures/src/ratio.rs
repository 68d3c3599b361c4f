//! Measures ratios between Floorkey and a rival. In each round, both sides are measured. The result is the median of
//! the ratios of all rounds.

use std::time::{Duration, Instant};

/// The number of measured rounds, in addition to one warm-up round. Each round measures both sides once.
pub(crate) const ROUNDS: usize = 7;

/// The result of a benchmark: a ratio, and the maximum or minimum that the ratio must meet.
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) ratio: f64,
    pub(crate) bound: Bound,
    /// A description of the rival.
    pub(crate) against: &'static str,
    /// The measurements of both sides, as text.
    pub(crate) detail: String,
}

/// A function that runs one benchmark.
pub(crate) type Measure = fn() -> Figure;

/// Runs the benchmarks whose names are in the arguments, or all benchmarks if there are no names. Prints the results.
/// With `--json`, prints one object per line.
pub(crate) fn run(arguments: &[String], figures: &[(&str, Measure)]) {
    let json = arguments.iter().any(|argument| argument == "--json");
    let picked: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    for (name, measure) in figures {
        if picked.is_empty() || picked.iter().any(|pick| pick == name) {
            measure().print(json);
        }
    }
}

/// The maximum or minimum value of a ratio.
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

/// Measures both sides in several rounds. Returns the median of the ratios (ours / rival), and the median time of each
/// side.
pub(crate) fn in_turn(ours: impl FnMut() -> Duration, rival: impl FnMut() -> Duration) -> (f64, Duration, Duration) {
    let (ratio, us, them) = medians(&rounds(ours, rival), Duration::as_secs_f64);
    (ratio, Duration::from_secs_f64(us), Duration::from_secs_f64(them))
}

/// Returns a pair of results for each round. In each pair, Floorkey's result comes first.
pub(crate) fn rounds<T>(mut ours: impl FnMut() -> T, mut rival: impl FnMut() -> T) -> Vec<(T, T)> {
    let mut pairs = Vec::new();
    for round in 0..=ROUNDS {
        // The two sides take turns being measured first. Otherwise, one side could benefit from a warm cache.
        let pair = if round % 2 == 0 {
            let us = ours();
            (us, rival())
        } else {
            let them = rival();
            (ours(), them)
        };
        if round > 0 {
            pairs.push(pair);
        }
    }
    pairs
}

/// Computes a number from each result. Returns the median of the ratios (ours / rival), and the median number of each
/// side.
pub(crate) fn medians<T>(pairs: &[(T, T)], number: impl Fn(&T) -> f64) -> (f64, f64, f64) {
    let median = |mut numbers: Vec<f64>| {
        numbers.sort_by(f64::total_cmp);
        numbers[numbers.len() / 2]
    };
    (
        median(pairs.iter().map(|(us, them)| number(us) / number(them)).collect()),
        median(pairs.iter().map(|(us, _)| number(us)).collect()),
        median(pairs.iter().map(|(_, them)| number(them)).collect()),
    )
}

/// Returns the time that a function takes, and the function's result.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let result = work();
    (begun.elapsed(), result)
}
