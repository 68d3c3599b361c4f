//! Random sequences of steps. They are longer than the sequences that an exhaustive search can try.

use super::fixtures::USERS;
use super::invariant::{Violation, check};
use super::search::{FoundViolation, Report};
use super::step::{Step, any_step, apply_step};
use super::worlds::SmallWorld;
use crate::rng::TestRng;

/// The number of steps per sequence.
const LENGTH: usize = 40;

/// Tries `steps` steps in total, in sequences that begin at the start state of the test setup. The first sequence uses
/// `seed`, and each further sequence uses the next higher seed.
pub(super) fn run(world: &SmallWorld, seed: u64, steps: usize) -> Report {
    let mut report = Report::default();
    for sequence in 0..steps.div_ceil(LENGTH) {
        let mut rng = TestRng::new(seed + sequence as u64);
        let (mut state, mut path) = (world.start.clone(), Vec::new());
        for _ in 0..LENGTH {
            let Some(step) = any_step(world, &state, &mut rng) else { continue };
            let after = apply_step(world, &state, &step);
            report.count(&step, after.is_some());
            let Some(after) = after else { continue };
            path.push(step.clone());
            if let Some(violation) = check(world, &state, &step, &after) {
                let path = shorten(world, path, &violation);
                report.found.push(FoundViolation { violation, path });
                break;
            }
            let mut asked = after.clone();
            asked.recompute_access([true; USERS]);
            assert_eq!(
                (asked.access, asked.assignable_access),
                (after.access, after.assignable_access),
                "after {}",
                step.describe()
            );
            report.states += 1;
            state = after;
        }
    }
    report
}

/// Removes every step that is not needed to cause the same kind of violation.
fn shorten(world: &SmallWorld, mut path: Vec<Step>, violation: &Violation) -> Vec<Step> {
    let mut at = 0;
    while at < path.len() {
        let mut shorter = path.clone();
        shorter.remove(at);
        match ends_in(world, &shorter, violation) {
            true => path = shorter,
            false => at += 1,
        }
    }
    path
}

/// Whether the sequence's last step violates the invariant in the same way as `wanted`, and no earlier step violates
/// the invariant.
fn ends_in(world: &SmallWorld, path: &[Step], wanted: &Violation) -> bool {
    let mut state = world.start.clone();
    for (at, step) in path.iter().enumerate() {
        let Some(after) = apply_step(world, &state, step) else { continue };
        if let Some(found) = check(world, &state, step, &after) {
            return at + 1 == path.len() && found.breach == wanted.breach && found.user == wanted.user;
        }
        state = after;
    }
    false
}
