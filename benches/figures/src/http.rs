//! Compares Floorkey's evaluations over HTTP with a bare hyper server. The hyper server parses the same requests and
//! returns responses of about the same size.
//!
//! Both servers are pinned to the first processor. The load generator wrk is pinned to the second processor. It sends
//! the same requests to each server in turn, over the same number of connections. Unlike the hyper server, Floorkey
//! checks the token, makes the decision, and counts the decision and the request. Both servers are restarted for each
//! run, because a different memory layout can change the result by 10 percent.

mod bare_hyper;
mod floorkey;
mod moto;
mod process;
pub(crate) mod rival;
pub(crate) mod signed;
pub(crate) mod signed_hyper;
mod wrk;

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::ratio::{Bound, Figure, medians, rounds};
use floorkey::Floorkey;
use rival::Rival;
use wrk::{Load, Run};

/// The number of evaluations in a batch.
const BATCH: usize = 100;

/// The number of concurrent connections for single evaluations, and the number for batches.
const CONNECTIONS: usize = 64;
const BATCH_CONNECTIONS: usize = 16;

/// The number of different requests that are sent in rotation.
const REQUESTS: usize = 500;

/// A permission that agents have, and a permission that agents do not have.
const ACTIONS: [&str; 2] = [bare_hyper::GRANTED, "Users.View"];

/// The results of each pair of runs: one run of Floorkey and one run of the rival server.
type Pairs = Vec<(Run, Run)>;

pub(crate) fn single() -> Figure {
    let (ratio, us, them) = medians(singles(), |run| run.per_second);
    let (_, our_cost, their_cost) = medians(singles(), |run| run.micros);
    Figure {
        name: "http_single",
        ratio,
        bound: Bound::AtLeast(0.85),
        against: "a bare hyper server that parses and answers the same JSON with serde",
        detail: format!(
            "{us:.0} requests/s, {them:.0} the rival; {our_cost:.2} us of processor a request, {their_cost:.2} the rival"
        ),
    }
}

pub(crate) fn p99() -> Figure {
    let (ratio, us, them) = medians(singles(), |run| run.p99);
    Figure {
        name: "http_p99",
        ratio,
        bound: Bound::AtMost(1.5),
        against: "the same, in the same runs",
        detail: format!("99 of 100 within {us:.0} us, {them:.0} us the rival, {CONNECTIONS} connections at full load"),
    }
}

pub(crate) fn batch() -> Figure {
    let pairs = measure(true);
    let (ratio, us, them) = medians(&pairs, |run| run.per_second * BATCH as f64);
    let (_, our_cost, their_cost) = medians(&pairs, |run| run.micros);
    Figure {
        name: "http_batch",
        ratio,
        bound: Bound::AtLeast(0.70),
        against: "a bare hyper server that parses and answers the same batches of 100 with sonic-rs, borrowed",
        detail: format!(
            "{us:.0} decisions/s, {them:.0} the rival; {our_cost:.1} us of processor a batch, {their_cost:.1} the rival"
        ),
    }
}

/// Returns the results of runs whose requests each contain one evaluation. Two benchmarks use these results.
fn singles() -> &'static Pairs {
    static PAIRS: OnceLock<Pairs> = OnceLock::new();
    PAIRS.get_or_init(|| measure(false))
}

fn measure(batch: bool) -> Pairs {
    let folder = crate::folder();
    let data = floorkey::prepare(folder.path());
    let bodies: Vec<String> =
        (0..REQUESTS).map(|at| if batch { questions(at) } else { question(at) }.to_string()).collect();
    let path = if batch { "/access/v1/evaluations" } else { "/access/v1/evaluation" };
    let load = Load {
        path,
        token: floorkey::TOKEN,
        connections: if batch { BATCH_CONNECTIONS } else { CONNECTIONS },
        bodies: &bodies,
        folder: folder.path(),
    };
    compare(&load, &Floorkey::start(&data).address, &Rival::start(batch).address);
    let ours = || {
        let floorkey = Floorkey::start(&data);
        load.run(&floorkey.address, floorkey.process())
    };
    let theirs = || {
        let rival = Rival::start(batch);
        load.run(&rival.address, rival.process())
    };
    rounds(ours, theirs)
}

fn question(at: usize) -> Value {
    json!({
        "subject": { "type": "user", "id": format!("agent{}", at * 7 % floorkey::USERS) },
        "action": { "name": ACTIONS[at % 2] },
        "resource": { "type": "instance", "id": "this" },
    })
}

fn questions(at: usize) -> Value {
    let questions: Vec<Value> = (at * BATCH..(at + 1) * BATCH).map(question).collect();
    // The member `floorkey` makes Floorkey return reasons, because the rival server also returns reasons.
    json!({ "context": { "floorkey": {} }, "evaluations": questions })
}

/// Checks that Floorkey's responses are correct, and that the rival's responses have about the same size.
fn compare(load: &Load<'_>, ours: &str, rival: &str) {
    for (at, body) in load.bodies.iter().take(20).enumerate() {
        let (us, them) = (load.ask(ours, body), load.ask(rival, body));
        let answer: Value = serde_json::from_str(&us).expect("JSON");
        match answer["evaluations"].as_array() {
            Some(answers) => {
                assert_eq!(answers.len(), BATCH);
                for (at, answer) in answers.iter().enumerate() {
                    assert_eq!(answer["decision"], at % 2 == 0, "{us}");
                }
            }
            None => assert_eq!(answer["decision"], at % 2 == 0, "{us}"),
        }
        assert!(us.len().abs_diff(them.len()) <= us.len() / 50, "both answer with about the same bytes: {us} {them}");
    }
}
