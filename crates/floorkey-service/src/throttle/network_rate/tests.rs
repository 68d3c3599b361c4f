//! Tests the rate limit of a network against a naive model. A simulation tests the limit at the start of a shift in a
//! contact center.

use proptest::prelude::*;

use super::*;

const RULES: RateRules = RateRules { slow_threshold: 4, turn_every: Duration::from_secs(2), queue: 3 };

fn at(seconds: i64) -> Moment {
    Moment::from_millis(seconds * 1000)
}

#[test]
fn many_failures_at_few_logins_do_not_slow_a_network_down() {
    let mut network_rate = NetworkRate::new(at(0));
    for second in 0..50 {
        network_rate.record_failure(RULES, ["ann", "bob", "eve"][second as usize % 3], at(second));
        assert_eq!(network_rate.start(RULES, at(second)), StartTime::Now);
    }
}

#[test]
fn a_slow_network_takes_turns_and_is_never_blocked() {
    let mut network_rate = NetworkRate::new(at(0));
    for login in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] {
        network_rate.record_failure(RULES, login, at(0));
    }
    let starts: Vec<_> = (0..6).map(|_| network_rate.start(RULES, at(1))).collect();
    let turns = [
        StartTime::Now,
        StartTime::At(at(3)),
        StartTime::At(at(5)),
        StartTime::At(at(7)),
        StartTime::Full,
        StartTime::Full,
    ];
    assert_eq!(starts, turns);
    // The refused attempts did not reserve a start time.
    assert_eq!(network_rate.start(RULES, at(3)), StartTime::At(at(9)));
    assert_eq!(network_rate.start(RULES, at(3)), StartTime::Full);
    // The number of counted logins is limited to eight, although ten logins have failures. Each minute, one login is
    // dropped.
    assert_eq!(network_rate.failed.len(), 8);
    assert!(
        network_rate.start(RULES, at(299)) == StartTime::Now && network_rate.start(RULES, at(299)) != StartTime::Now
    );
    assert!((0..9).all(|_| network_rate.start(RULES, at(301)) == StartTime::Now));
    assert!(!network_rate.is_empty(at(479)) && network_rate.is_empty(at(480)));
}

#[test]
fn a_login_that_succeeds_within_ten_minutes_does_not_count() {
    let rules = RateRules { slow_threshold: 40, ..RULES };
    let mut network_rate = NetworkRate::new(at(0));
    for number in 0..20 {
        network_rate.record_failure(rules, &number.to_string(), at(0));
    }
    network_rate.record_success("15", at(10));
    assert_eq!(network_rate.failed.len(), 19);
    network_rate.record_failure(rules, "16", at(500));
    network_rate.record_success("17", at(600));
    network_rate.record_success("16", at(650));
    assert!(network_rate.failed.iter().any(|(login, _)| login == "17"), "ten minutes were over");
    assert!(network_rate.failed.iter().all(|(login, _)| login != "16"), "the ten minutes began with its last failure");
}

/// In this test, 1,500 people behind one IP address start work within ten minutes. One in twelve mistypes the password,
/// some of them twice. One in a hundred has forgotten the password and gives up after three tries.
#[test]
fn a_shift_of_1500_behind_one_address_signs_in_without_a_wait() {
    let rules = super::super::SIGN_IN_RATE;
    let mut tries: Vec<(i64, u32, bool)> = Vec::new();
    for agent in 0..1_500_u32 {
        let begins = i64::from(agent) * 600 / 1_500;
        let (mistypes, gives_up) = match agent {
            agent if agent % 100 == 7 => (3, true),
            agent if agent % 24 == 5 => (2, false),
            agent if agent % 12 == 5 => (1, false),
            _ => (0, false),
        };
        tries.extend((0..mistypes).map(|again| (begins + again * 12, agent, false)));
        if !gives_up {
            tries.push((begins + mistypes * 12, agent, true));
        }
    }
    tries.sort();
    let (mut network_rate, mut inside) = (NetworkRate::new(at(0)), 0);
    for (second, agent, right) in tries {
        assert_eq!(network_rate.start(rules, at(second)), StartTime::Now, "agent {agent} at second {second}");
        match right {
            true => network_rate.record_success(&agent.to_string(), at(second)),
            false => network_rate.record_failure(rules, &agent.to_string(), at(second)),
        }
        inside += u32::from(right);
    }
    assert_eq!(inside, 1_485);
}

#[derive(Clone, Debug)]
enum Move {
    StartTime,
    Fail(u8),
    Succeed(u8),
    Pass(i64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let times = vec![1, 1_999, 2_000, 59_999, 60_000, 599_999, 600_000];
    let one = prop_oneof![
        4 => Just(Move::StartTime),
        6 => (0..12_u8).prop_map(Move::Fail),
        2 => (0..12_u8).prop_map(Move::Succeed),
        3 => proptest::sample::select(times).prop_map(Move::Pass),
    ];
    proptest::collection::vec(one, 1..100)
}

/// A naive model of the rate limit. It computes the counted logins by stepping through all relevant points in time.
#[derive(Default)]
struct Model {
    /// The counted logins, each with the time of its last failure.
    counted: Vec<(u8, i64)>,
    /// When the count will decrease next.
    falls: i64,
    /// The start times of attempts while the network is slow.
    turns: Vec<i64>,
}

impl Model {
    fn walk(&mut self, now: i64) {
        while !self.counted.is_empty() && self.falls <= now {
            self.counted.remove(0);
            self.falls += 60_000;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_rate_agrees_with_the_whole_history(moves in moves()) {
        let (mut network_rate, mut model, mut now) = (NetworkRate::new(at(0)), Model::default(), 0_i64);
        for step in moves {
            let moment = Moment::from_millis(now);
            model.walk(now);
            match step {
                Move::Pass(millis) => now += millis,
                Move::Fail(login) => {
                    network_rate.record_failure(RULES, &login.to_string(), moment);
                    let is_full = model.counted.len() == 8;
                    match model.counted.iter_mut().find(|(known, _)| *known == login) {
                        Some(known) => known.1 = now,
                        None if is_full => {}
                        None => {
                            if model.counted.is_empty() {
                                model.falls = now + 60_000;
                            }
                            model.counted.push((login, now));
                        }
                    }
                }
                Move::Succeed(login) => {
                    network_rate.record_success(&login.to_string(), moment);
                    model.counted.retain(|(known, failed)| *known != login || now - failed >= 600_000);
                }
                Move::StartTime => {
                    let start = network_rate.start(RULES, moment);
                    if model.counted.len() < 4 {
                        prop_assert_eq!(start, StartTime::Now);
                        continue;
                    }
                    let waiting = model.turns.iter().filter(|turn| **turn > now).count();
                    match start {
                        StartTime::Full => prop_assert_eq!(waiting, 3, "the queue has room"),
                        StartTime::Now => model.turns.push(now),
                        StartTime::At(turn) => {
                            prop_assert!(waiting < 3 && turn.as_millis() > now);
                            model.turns.push(turn.as_millis());
                        }
                    }
                    let between = model.turns.windows(2).map(|pair| pair[1] - pair[0]);
                    prop_assert!(between.min().is_none_or(|least| least >= 2_000), "{:?}", model.turns);
                }
            }
        }
    }
}
