//! Tests of the rules against a naive model that keeps the whole history and computes each answer from it.

use proptest::prelude::*;

use super::*;

const LOGIN: Rules = Rules { free: 5, own_verifications: true };
const FACTOR: Rules = Rules { free: 10, own_verifications: false };

fn network(number: u8) -> Network {
    Network::V4([192, 0, number])
}

fn at(seconds: i64) -> Moment {
    Moment::from_millis(seconds * 1000)
}

fn fail(failures: &mut Failures, from: Network, now: Moment) -> bool {
    let Some(turn) = failures.begin(LOGIN, Some(from), now) else { return false };
    failures.end(turn, Some(from), Outcome::Failure, now);
    true
}

#[test]
fn from_the_fifth_failure_on_the_wait_doubles_each_time() {
    let waits = |count, seconds| Failures::recorded(count, at(0)).wait_until(LOGIN, at(seconds)).is_some();
    assert!(!waits(4, 0));
    assert!(waits(5, 4) && !waits(5, 5));
    assert!(waits(6, 9) && !waits(6, 10));
    assert!(waits(1000, 899) && !waits(1000, 900));
}

#[test]
fn an_attempt_during_a_wait_neither_counts_nor_prolongs_it() {
    let mut failures = Failures::recorded(30, at(0));
    let mut guesser = Failures::recorded(30, at(0));
    // The network has failed during this wait: further attempts are refused and change nothing.
    assert!(fail(&mut guesser, network(1), at(1)));
    for seconds in 2..900 {
        assert!(!fail(&mut guesser, network(1), at(seconds)));
    }
    assert_eq!(guesser.record(), failures.record());
    assert_eq!(failures.begin(LOGIN, None, at(899)), None);
    assert_eq!(failures.begin(LOGIN, None, at(900)), Some(Turn::Shared));
}

#[test]
fn attempts_from_another_network_never_lock_a_user_out() {
    let mut failures = Failures::default();
    let (mut verified, day) = (0, 24 * 60 * 60);
    for second in 0..day {
        verified += u32::from(fail(&mut failures, network(1), at(second)));
        if second % 60 == 0 {
            assert!(failures.turn(LOGIN, Some(network(2)), at(second)).is_some(), "second {second}");
        }
    }
    assert!((90..=120).contains(&verified), "{verified} guesses a day");
}

#[test]
fn attempts_in_progress_count_and_unverified_ones_do_not() {
    let mut failures = Failures::default();
    let open: Vec<_> = (0..7).filter_map(|_| failures.begin(LOGIN, Some(network(1)), at(0))).collect();
    assert_eq!(open, vec![Turn::Shared; 5]);
    // Other networks are not delayed by it.
    assert_eq!(failures.begin(LOGIN, Some(network(2)), at(0)), Some(Turn::Own));
    for turn in open {
        failures.end(turn, Some(network(1)), Outcome::Unverified, at(1));
    }
    failures.end(Turn::Own, Some(network(2)), Outcome::Unverified, at(1));
    assert_eq!(failures, Failures::default());
}

#[test]
fn a_thousand_networks_have_no_more_attempts_than_networks_are_remembered() {
    let mut failures = Failures::recorded(30, at(0));
    let networks = (0..4).flat_map(|high| (0..=255).map(move |low| Network::V4([10, high, low])));
    let verified = networks.filter(|network| fail(&mut failures, *network, at(1))).count();
    assert_eq!(verified, NETWORKS_MAX);
}

/// A verification that has ended.
#[derive(Clone, Copy, Debug)]
struct Ended {
    turn: Turn,
    network: u8,
    outcome: Outcome,
    at: Moment,
}

/// The history of a login.
#[derive(Default)]
struct Model {
    ended: Vec<Ended>,
    open: Vec<(Turn, u8)>,
}

impl Model {
    fn since_success(&self) -> &[Ended] {
        let last = self.ended.iter().rposition(|one| one.outcome == Outcome::Success);
        &self.ended[last.map_or(0, |place| place + 1)..]
    }

    fn counted(&self, now: Moment) -> Vec<Moment> {
        let mut counted: Vec<Moment> = Vec::new();
        let failures = self.since_success().iter().filter(|one| one.outcome == Outcome::Failure);
        for failure in failures.filter(|one| one.turn == Turn::Shared) {
            if counted.last().is_some_and(|last| failure.at.since(*last) >= MEMORY) {
                counted.clear();
            }
            counted.push(failure.at);
        }
        if counted.last().is_some_and(|last| now.since(*last) >= MEMORY) { Vec::new() } else { counted }
    }

    fn turn(&self, rules: Rules, from: u8, now: Moment) -> Option<Turn> {
        let counted = self.counted(now);
        let free = rules.free as usize;
        let mut wait = Duration::from_secs(5);
        for _ in free..counted.len() {
            wait = (wait * 2).min(Duration::from_secs(900));
        }
        let waits = counted.len() >= free && counted.last().is_some_and(|last| now.since(*last) < wait);
        let shared = self.open.iter().filter(|(turn, _)| *turn == Turn::Shared).count();
        let room = if counted.len() < free { free - counted.len() } else { 1 };
        if !waits && shared < room {
            return Some(Turn::Shared);
        }
        let recently = |one: &&Ended| one.outcome == Outcome::Failure && now.since(one.at) < Duration::from_secs(900);
        let has_failed = self.since_success().iter().filter(recently).any(|one| one.network == from);
        let busy = self.open.iter().any(|(_, network)| *network == from);
        (rules.own_verifications && !has_failed && !busy).then_some(Turn::Own)
    }
}

#[derive(Clone, Debug)]
enum Move {
    Begin(u8),
    End(usize, Outcome),
    Pass(i64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let outcome = prop_oneof![
        6 => Just(Outcome::Failure),
        1 => Just(Outcome::Success),
        1 => Just(Outcome::Unverified),
    ];
    let times = vec![1, 4_999, 5_000, 60_000, 899_999, 900_000, 3_599_999, 3_600_000];
    let one = prop_oneof![
        5 => (0..4_u8).prop_map(Move::Begin),
        5 => (0..8_usize, outcome).prop_map(|(place, outcome)| Move::End(place, outcome)),
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
                    let turn = failures.begin(rules, Some(network(from)), now);
                    prop_assert_eq!(turn, model.turn(rules, from, now));
                    match turn {
                        Some(turn) => model.open.push((turn, from)),
                        None => prop_assert_eq!(&failures, &before, "a refused attempt leaves a trace"),
                    }
                }
                Move::End(place, outcome) if place < model.open.len() => {
                    let (turn, from) = model.open.swap_remove(place);
                    failures.end(turn, Some(network(from)), outcome, now);
                    model.ended.push(Ended { turn, network: from, outcome, at: now });
                }
                Move::End(..) => {}
            }
            // A network without attempts here is never delayed, whatever other networks do.
            if rules.own_verifications {
                prop_assert!(failures.turn(rules, Some(network(9)), now).is_some());
            }
        }
    }
}
