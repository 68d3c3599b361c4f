//! Exhaustive search: tries every sequence of steps up to a given depth, and visits each state once.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::command_kind::CommandKind;
use super::fixtures::Side;
use super::invariant::{Violation, check};
use super::state::State;
use super::state_key::state_key;
use super::step::{Step, StepName, apply_step, steps};
use super::worlds::SmallWorld;

/// The number of states that all threads together process in one batch.
const BATCH: usize = 1_024;

/// The results of a search.
#[derive(Default)]
pub(super) struct Report {
    /// The number of states that the search has continued from. Each state is counted once.
    pub(super) states: usize,
    /// For each command, the number of attempts and the number of successes. The key contains the command's name and
    /// whether attackers ran the command.
    pub(super) tried: BTreeMap<(bool, StepName), (usize, usize)>,
    pub(super) found: Vec<FoundViolation>,
    pub(super) duration: Duration,
}

/// A violation, with a shortest sequence of steps that leads to it.
pub(super) struct FoundViolation {
    pub(super) violation: Violation,
    pub(super) path: Vec<Step>,
}

struct SearchNode {
    parent: Option<usize>,
    step: Option<Step>,
}

/// What the search needs to know about the states that the next steps lead to.
#[derive(Clone, Copy)]
struct NextLevel<'a> {
    seen: &'a HashSet<u64>,
    /// Whether the search takes only one more step from these states.
    is_last: bool,
}

/// The results of all steps from a state.
#[derive(Default)]
struct Outcome {
    report: Report,
    violations: Vec<(Step, Violation)>,
    /// The states that were not known when the batch began, each with its key and the step that led to it.
    next: Vec<(u64, Step, State)>,
}

/// Searches a test setup up to the given depth. Tries shorter sequences first, and does not continue a sequence after a
/// violation.
///
/// Several threads process states in parallel. The results are merged in a fixed order, so searches are reproducible.
pub(super) fn search(world: &SmallWorld, depth: usize) -> Report {
    let start = Instant::now();
    let mut report = Report::default();
    let mut nodes = vec![SearchNode { parent: None, step: None }];
    let mut seen_keys = HashSet::from([state_key(world, &world.start)]);
    let mut level = vec![(0, world.start.clone())];
    for at in 1..=depth {
        let mut next = Vec::new();
        let mut states = level.into_iter();
        loop {
            let batch: Vec<(usize, State)> = states.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                break;
            }
            let known = (at < depth).then_some(NextLevel { seen: &seen_keys, is_last: at + 1 == depth });
            for (node, outcome) in in_parallel(world, &batch, known) {
                report.add(&outcome.report);
                for (step, violation) in outcome.violations {
                    let path = path(&nodes, node, step);
                    report.found.push(FoundViolation { violation, path });
                }
                for (key, step, state) in outcome.next {
                    if seen_keys.insert(key) {
                        nodes.push(SearchNode { parent: Some(node), step: Some(step) });
                        next.push((nodes.len() - 1, state));
                    }
                }
            }
        }
        level = next;
    }
    report.duration = start.elapsed();
    report
}

/// Tries all steps from each of the given states, on all CPU cores.
fn in_parallel(world: &SmallWorld, batch: &[(usize, State)], next: Option<NextLevel<'_>>) -> Vec<(usize, Outcome)> {
    let (next_index, threads) = (AtomicUsize::new(0), std::thread::available_parallelism().map_or(1, usize::from));
    let work = || {
        let mut outcomes = Vec::new();
        while let Some((node, state)) = batch.get(next_index.fetch_add(1, Ordering::Relaxed)) {
            outcomes.push((*node, try_all(world, state, next)));
        }
        outcomes
    };
    let mut outcomes: Vec<(usize, Outcome)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    outcomes.sort_by_key(|(node, _)| *node);
    outcomes
}

/// Tries all steps from a state. At the last level, `next` is `None`, and the search does not continue from the
/// resulting states.
fn try_all(world: &SmallWorld, state: &State, next: Option<NextLevel<'_>>) -> Outcome {
    let mut outcome = Outcome { report: Report { states: 1, ..Report::default() }, ..Outcome::default() };
    for step in steps(world, state) {
        let after = apply_step(world, state, &step);
        outcome.report.count(&step, after.is_some());
        let Some(mut after) = after else { continue };
        // A step that leads to a known state can be a violation, so the check comes before the lookup.
        if let Some(violation) = check(world, state, &step, &after) {
            outcome.violations.push((step, violation));
        } else if let Some(NextLevel { seen, is_last }) = next {
            if is_last {
                after.drop_unused_for_last_step();
            }
            let key = state_key(world, &after);
            if !seen.contains(&key) {
                outcome.next.push((key, step, after));
            }
        }
    }
    outcome
}

fn path(nodes: &[SearchNode], mut at: usize, last: Step) -> Vec<Step> {
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

    /// Adds another report's counts.
    fn add(&mut self, other: &Self) {
        self.states += other.states;
        for (name, (tried, done)) in &other.tried {
            let counts = self.tried.entry(*name).or_default();
            counts.0 += tried;
            counts.1 += done;
        }
    }

    /// Returns the steps of the test setup that never succeeded. The search does not test the effects of these steps.
    pub(super) fn never_succeeded(&self, world: &SmallWorld) -> Vec<(bool, StepName)> {
        let commands = |command_kinds: &'static [CommandKind], by| {
            command_kinds.iter().map(move |kind| (by, StepName::Command(*kind))).collect::<Vec<_>>()
        };
        let links = world.sends_links.then_some((true, StepName::SendLink));
        let ticks = world.time_passes.then_some((false, StepName::Tick));
        let wanted = commands(world.attacker_commands, true).into_iter().chain(commands(world.honest_commands, false));
        let is_done = |name: &(bool, StepName)| self.tried.get(name).is_some_and(|(_, done)| *done > 0);
        wanted.chain(links).chain(ticks).filter(|name| !is_done(name)).collect()
    }

    /// Prints the number of states and, for each command, the number of attempts and successes.
    pub(super) fn print(&self, world: &str) {
        let (tried, done) = self.tried.values().fold((0, 0), |all, counts| (all.0 + counts.0, all.1 + counts.1));
        let duration = self.duration.as_secs_f64();
        println!("{world}: {} states, {tried} moves tried, {done} done, in {duration:.1} s", self.states);
        for ((attackers, name), (tried, done)) in &self.tried {
            let side = if *attackers { "attackers" } else { "honest" };
            println!("  {side:<9} {name:?}: {tried} tried, {done} done");
        }
    }
}

/// Returns the shortest violations. Omits a violation if its sequence contains all steps of a sequence that is already
/// returned.
pub(super) fn shortest(all: Vec<&FoundViolation>) -> Vec<&FoundViolation> {
    let mut shortest: Vec<&FoundViolation> = Vec::new();
    for found in all {
        if !shortest.iter().any(|known| found.contains(known)) {
            shortest.push(found);
        }
    }
    shortest
}

impl FoundViolation {
    /// Whether this violation's sequence contains all steps of the shorter sequence, in the same order.
    fn contains(&self, shorter: &Self) -> bool {
        let mut steps = self.path.iter().map(Step::describe);
        shorter.path.iter().map(Step::describe).all(|shorter_step| steps.any(|step| step == shorter_step))
    }

    pub(super) fn describe(&self) -> String {
        let steps: Vec<String> = self.path.iter().map(|step| format!("    {}", step.describe())).collect();
        format!("{}\n{}", self.violation.describe(), steps.join("\n"))
    }
}
