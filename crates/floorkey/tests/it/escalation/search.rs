//! Exhaustive search: every sequence of steps up to a depth, each state once.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use super::cast::Side;
use super::invariant::{Violation, check};
use super::key::key;
use super::step::{Name, Step, carry_out, steps};
use super::worlds::World;

/// What a search did and found.
#[derive(Default)]
pub(super) struct Report {
    pub(super) states: usize,
    /// By side and command: how often it was tried, and how often it was done.
    pub(super) tried: BTreeMap<(bool, Name), (usize, usize)>,
    pub(super) found: Vec<Found>,
    pub(super) took: Duration,
}

/// A shortest sequence that leads to a violation.
pub(super) struct Found {
    pub(super) violation: Violation,
    pub(super) path: Vec<Step>,
}

struct Node {
    parent: Option<usize>,
    step: Option<Step>,
}

/// Searches a world; violations are found by their shortest sequences first, and nothing is tried beyond one.
pub(super) fn search(world: &World, depth: usize) -> Report {
    let start = Instant::now();
    let mut report = Report { states: 1, ..Report::default() };
    let mut nodes = vec![Node { parent: None, step: None }];
    let mut seen = HashSet::from([key(&world.start)]);
    let mut level = vec![(0, world.start.clone())];
    for at in 1..=depth {
        let mut next = Vec::new();
        for (node, state) in level {
            for step in steps(world, &state) {
                let after = carry_out(world, &state, &step);
                report.count(&step, after.is_some());
                let Some(after) = after else { continue };
                // Before it is asked whether the state is known: what is wrong may be the step.
                if let Some(violation) = check(world, &state, &step, &after) {
                    let path = path(&nodes, node, step);
                    report.found.push(Found { violation, path });
                } else if seen.insert(key(&after)) {
                    report.states += 1;
                    if at < depth {
                        nodes.push(Node { parent: Some(node), step: Some(step) });
                        next.push((nodes.len() - 1, after));
                    }
                }
            }
        }
        level = next;
    }
    report.took = start.elapsed();
    report
}

fn path(nodes: &[Node], mut at: usize, last: Step) -> Vec<Step> {
    let mut path = vec![last];
    loop {
        let node = &nodes[at];
        path.extend(node.step.clone());
        let Some(parent) = node.parent else { break };
        at = parent;
    }
    path.reverse();
    path
}

impl Report {
    pub(super) fn count(&mut self, step: &Step, done: bool) {
        let counts = self.tried.entry((step.side == Side::Attackers, step.name())).or_default();
        counts.0 += 1;
        counts.1 += usize::from(done);
    }

    /// What was found, without sequences that only add steps to shorter ones that were found too.
    pub(super) fn shortest(&self) -> Vec<&Found> {
        let mut shortest: Vec<&Found> = Vec::new();
        for found in &self.found {
            if !shortest.iter().any(|known| found.contains(known)) {
                shortest.push(found);
            }
        }
        shortest
    }

    /// The number of states, and tried and done steps by command.
    pub(super) fn print(&self, world: &str) {
        println!("{world}: {} states in {:.1} s", self.states, self.took.as_secs_f64());
        for ((attackers, name), (tried, done)) in &self.tried {
            let side = if *attackers { "attackers" } else { "honest" };
            println!("  {side:<9} {name:?}: {tried} tried, {done} done");
        }
    }
}

impl Found {
    /// Whether the sequence has all the steps of another one, in their order, which is shorter then.
    fn contains(&self, shorter: &Self) -> bool {
        let mut steps = self.path.iter().map(Step::words);
        shorter.path.iter().map(Step::words).all(|wanted| steps.any(|step| step == wanted))
    }

    pub(super) fn words(&self) -> String {
        let steps: Vec<String> = self.path.iter().map(|step| format!("    {}", step.words())).collect();
        format!("{:?} {}\n{}", self.violation.breach, self.violation.words, steps.join("\n"))
    }
}
