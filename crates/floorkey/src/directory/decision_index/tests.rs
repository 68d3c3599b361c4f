use std::collections::BTreeMap;

use super::*;

/// The number of users, which is large enough for the frozen table to be rebuilt several times, with and without
/// removals.
const USERS: u32 = 6_000;

fn user(number: u32) -> UserId {
    UserId::from_bits(u128::from(number) << 64 | u128::from(number % 7))
}

fn state_of(number: u32) -> IndexedState {
    let profiles = (0..number % 4).map(|at| SecurityProfileId::from_bits(u128::from(number / 5 % 11 + at))).collect();
    IndexedState {
        profiles: (!number.is_multiple_of(9)).then_some(profiles),
        dated: number.is_multiple_of(6),
        can_sign_in: true,
    }
}

fn grants_of(profiles: &[SecurityProfileId]) -> CombinationGrants {
    let everywhere = profiles.iter().map(|profile| Permission::at(profile.bits() as usize)).collect();
    CombinationGrants { everywhere, scoped: false }
}

/// Inserts, updates and removes users while a copy of the previous index is still in use.
#[test]
fn changes_override_frozen_entries() {
    let (mut index, mut expected_states) = (DecisionIndex::new(), BTreeMap::<u32, (u32, IndexedState)>::new());
    let mut published = index.clone();
    for step in 0..4 * USERS {
        let number = step * 7 % USERS;
        match expected_states.remove(&number) {
            Some((_, before)) if step % 5 == 0 => index.remove_user(user(number), &before),
            Some((ordinal, before)) => {
                let state = state_of(number + step);
                index.assign_combination(user(number), ordinal, Some(&before), &state, grants_of);
                expected_states.insert(number, (ordinal, state));
            }
            None => {
                let (ordinal, state) = (index.new_ordinal(), state_of(number));
                index.assign_combination(user(number), ordinal, None, &state, grants_of);
                expected_states.insert(number, (ordinal, state));
            }
        }
        if step % 1000 == 0 {
            check(&index, &expected_states);
        }
        published = index.clone();
    }
    check(&published, &expected_states);
    assert!(!index.delta.is_empty() && index.delta.len() < expected_states.len(), "both parts are in use");
}

fn check(index: &DecisionIndex, expected_states: &BTreeMap<u32, (u32, IndexedState)>) {
    for number in 0..USERS {
        let known = expected_states.get(&number);
        assert_eq!(index.ordinal(user(number)), known.map(|(ordinal, _)| *ordinal), "{number}");
        let user_grants = index.user_grants(user(number));
        assert_eq!(user_grants.is_some(), known.is_some(), "{number}");
        let (Some(user_grants), Some((_, state))) = (user_grants, known) else { continue };
        assert_eq!(user_grants.is_disabled, state.profiles.is_none(), "{number}");
        assert_eq!(user_grants.has_other_grants, state.dated || state.profiles.is_none(), "{number}");
        let expected = grants_of(&state.profiles.clone().unwrap_or_default()).everywhere;
        assert_eq!(*user_grants.everywhere, expected.intersection(&index.granting), "{number}");
    }
    let mut combinations: Vec<_> = expected_states.values().filter_map(|(_, state)| state.profiles.as_ref()).collect();
    combinations.sort();
    combinations.dedup();
    assert_eq!(index.combinations(), combinations.len());
}
