//! Tests the rules against a naive model. The model keeps the complete history and computes each result from it.

use proptest::prelude::*;

use super::*;

const LOGIN: Rules = Rules { attempts_before_wait: 5, network_verifications: true };
const FACTOR: Rules = Rules { attempts_before_wait: 10, network_verifications: false };

fn network(number: u8) -> Network {
    Network::V4([192, 0, number])
}

fn at(seconds: i64) -> Moment {
    Moment::from_millis(seconds * 1000)
}

fn fail(failures: &mut Failures, from: Network, now: Moment) -> bool {
    let Some(scope) = failures.begin(LOGIN, Some(from), now) else { return false };
    failures.end(scope, Some(from), AttemptOutcome::Failure, now);
    true
}

#[test]
fn from_the_fifth_failure_on_the_wait_doubles_each_time() {
    let waits = |count, seconds| Failures::from_stored(count, at(0)).wait_until(LOGIN, at(seconds)).is_some();
    assert!(!waits(4, 0));
    assert!(waits(5, 4) && !waits(5, 5));
    assert!(waits(6, 9) && !waits(6, 10));
    assert!(waits(1000, 899) && !waits(1000, 900));
}

#[test]
fn an_attempt_during_a_wait_neither_counts_nor_prolongs_it() {
    let mut failures = Failures::from_stored(30, at(0));
    let mut guesser = Failures::from_stored(30, at(0));
    // The network already has a failure during this wait. Further attempts from this network are refused and change
    // nothing.
    assert!(fail(&mut guesser, network(1), at(1)));
    for seconds in 2..900 {
        assert!(!fail(&mut guesser, network(1), at(seconds)));
    }
    assert_eq!(guesser.stored_values(), failures.stored_values());
    assert_eq!(failures.begin(LOGIN, None, at(899)), None);
    assert_eq!(failures.begin(LOGIN, None, at(900)), Some(AttemptScope::Shared));
}

#[test]
fn attempts_from_another_network_never_lock_a_user_out() {
    let mut failures = Failures::default();
    let (mut verified, day) = (0, 24 * 60 * 60);
    for second in 0..day {
        verified += u32::from(fail(&mut failures, network(1), at(second)));
        if second % 60 == 0 {
            assert!(failures.attempt_scope(LOGIN, Some(network(2)), at(second)).is_some(), "second {second}");
        }
    }
    assert!((90..=120).contains(&verified), "{verified} guesses a day");
}

#[test]
fn attempts_in_progress_count_and_unverified_ones_do_not() {
    let mut failures = Failures::default();
    let open: Vec<_> = (0..7).filter_map(|_| failures.begin(LOGIN, Some(network(1)), at(0))).collect();
    assert_eq!(open, vec![AttemptScope::Shared; 5]);
    // The attempts in progress from one network do not delay other networks.
    assert_eq!(failures.begin(LOGIN, Some(network(2)), at(0)), Some(AttemptScope::Network));
    for scope in open {
        failures.end(scope, Some(network(1)), AttemptOutcome::Unverified, at(1));
    }
    failures.end(AttemptScope::Network, Some(network(2)), AttemptOutcome::Unverified, at(1));
    assert_eq!(failures, Failures::default());
}

#[test]
fn a_thousand_networks_have_no_more_attempts_than_networks_are_remembered() {
    let mut failures = Failures::from_stored(30, at(0));
    let networks = (0..4).flat_map(|high| (0..=255).map(move |low| Network::V4([10, high, low])));
    let verified = networks.filter(|network| fail(&mut failures, *network, at(1))).count();
    assert_eq!(verified, NETWORKS_MAX);
}

/// An attempt that has ended.
#[derive(Clone, Copy, Debug)]
struct Ended {
    scope: AttemptScope,
    network: u8,
    outcome: AttemptOutcome,
    at: Moment,
}

/// A login's history.
#[derive(Default)]
struct Model {
    ended: Vec<Ended>,
    open: Vec<(AttemptScope, u8)>,
}

impl Model {
    fn since_success(&self) -> &[Ended] {
        let last = self.ended.iter().rposition(|one| one.outcome == AttemptOutcome::Success);
        &self.ended[last.map_or(0, |index| index + 1)..]
    }

    fn counted(&self, now: Moment) -> Vec<Moment> {
        let mut counted: Vec<Moment> = Vec::new();
        let failures = self.since_success().iter().filter(|one| one.outcome == AttemptOutcome::Failure);
        for failure in failures.filter(|one| one.scope == AttemptScope::Shared) {
            if counted.last().is_some_and(|last| failure.at.since(*last) >= MEMORY) {
                counted.clear();
            }
            counted.push(failure.at);
        }
        if counted.last().is_some_and(|last| now.since(*last) >= MEMORY) { Vec::new() } else { counted }
    }

    fn attempt_scope(&self, rules: Rules, from: u8, now: Moment) -> Option<AttemptScope> {
        let counted = self.counted(now);
        let attempts_before_wait = rules.attempts_before_wait as usize;
        let mut wait = Duration::from_secs(5);
        for _ in attempts_before_wait..counted.len() {
            wait = (wait * 2).min(Duration::from_secs(900));
        }
        let waits = counted.len() >= attempts_before_wait && counted.last().is_some_and(|last| now.since(*last) < wait);
        let shared = self.open.iter().filter(|(scope, _)| *scope == AttemptScope::Shared).count();
        let room = if counted.len() < attempts_before_wait { attempts_before_wait - counted.len() } else { 1 };
        if !waits && shared < room {
            return Some(AttemptScope::Shared);
        }
        let recently =
            |one: &&Ended| one.outcome == AttemptOutcome::Failure && now.since(one.at) < Duration::from_secs(900);
        let has_failed = self.since_success().iter().filter(recently).any(|one| one.network == from);
        let busy = self.open.iter().any(|(_, network)| *network == from);
        (rules.network_verifications && !has_failed && !busy).then_some(AttemptScope::Network)
    }
}

#[derive(Clone, Debug)]
enum Move {
    Begin(u8),
    End(usize, AttemptOutcome),
    Pass(i64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let outcome = prop_oneof![
        6 => Just(AttemptOutcome::Failure),
        1 => Just(AttemptOutcome::Success),
        1 => Just(AttemptOutcome::Unverified),
    ];
    let times = vec![1, 4_999, 5_000, 60_000, 899_999, 900_000, 3_599_999, 3_600_000];
    let one = prop_oneof![
        5 => (0..4_u8).prop_map(Move::Begin),
        5 => (0..8_usize, outcome).prop_map(|(index, outcome)| Move::End(index, outcome)),
        2 => proptest::sample::select(times).prop_map(Move::Pass),
    ];
    proptest::collection::vec(one, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_count_agrees_with_the_whole_history(moves in moves(), factor: bool) {
        let rules = if factor { FACTOR } else { LOGIN };
        let (mut failures, mut model, mut now) = (Failures::default(), Model::default(), at(0));
        for step in moves {
            match step {
                Move::Pass(millis) => now = Moment::from_millis(now.as_millis() + millis),
                Move::Begin(from) => {
                    let before = failures.clone();
                    let scope = failures.begin(rules, Some(network(from)), now);
                    prop_assert_eq!(scope, model.attempt_scope(rules, from, now));
                    match scope {
                        Some(scope) => model.open.push((scope, from)),
                        None => prop_assert_eq!(&failures, &before, "a refused attempt leaves a trace"),
                    }
                }
                Move::End(index, outcome) if index < model.open.len() => {
                    let (scope, from) = model.open.swap_remove(index);
                    failures.end(scope, Some(network(from)), outcome, now);
                    model.ended.push(Ended { scope, network: from, outcome, at: now });
                }
                Move::End(..) => {}
            }
            // If a network has had no attempts for this login, its first attempt is never delayed, regardless of other
            // networks.
            if rules.network_verifications {
                prop_assert!(failures.attempt_scope(rules, Some(network(9)), now).is_some());
            }
        }
    }
}
