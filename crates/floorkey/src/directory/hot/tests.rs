use std::collections::BTreeMap;

use super::*;

/// Enough users for the frozen hash table to be rebuilt several times, with and without removals.
const USERS: u32 = 6_000;

fn user(number: u32) -> UserId {
    UserId::from_bits(u128::from(number) << 64 | u128::from(number % 7))
}

fn place_of(number: u32) -> Place {
    let profiles = (0..number % 4).map(|at| SecurityProfileId::from_bits(u128::from(number / 5 % 11 + at))).collect();
    Place { profiles: (!number.is_multiple_of(9)).then_some(profiles), dated: number.is_multiple_of(6), signs_in: true }
}

fn granted(profiles: &[SecurityProfileId]) -> Granted {
    let everywhere = profiles.iter().map(|profile| Permission::at(profile.bits() as usize)).collect();
    Granted { everywhere, scoped: false }
}

/// Inserts, updates and removes users, each time while a previous copy is still alive.
#[test]
fn changes_override_frozen_entries() {
    let (mut hot, mut plain) = (Hot::new(), BTreeMap::<u32, (u32, Place)>::new());
    let mut published = hot.clone();
    for step in 0..4 * USERS {
        let number = step * 7 % USERS;
        match plain.remove(&number) {
            Some((_, before)) if step % 5 == 0 => hot.remove_user(user(number), &before),
            Some((ordinal, before)) => {
                let place = place_of(number + step);
                hot.place(user(number), ordinal, Some(&before), &place, granted);
                plain.insert(number, (ordinal, place));
            }
            None => {
                let (ordinal, place) = (hot.new_ordinal(), place_of(number));
                hot.place(user(number), ordinal, None, &place, granted);
                plain.insert(number, (ordinal, place));
            }
        }
        if step % 1000 == 0 {
            check(&hot, &plain);
        }
        published = hot.clone();
    }
    check(&published, &plain);
    assert!(!hot.delta.is_empty() && hot.delta.len() < plain.len(), "both halves are in use");
}

fn check(hot: &Hot, plain: &BTreeMap<u32, (u32, Place)>) {
    for number in 0..USERS {
        let known = plain.get(&number);
        assert_eq!(hot.ordinal(user(number)), known.map(|(ordinal, _)| *ordinal), "{number}");
        let held = hot.held(user(number));
        assert_eq!(held.is_some(), known.is_some(), "{number}");
        let (Some(held), Some((_, place))) = (held, known) else { continue };
        assert_eq!(held.disabled, place.profiles.is_none(), "{number}");
        assert_eq!(held.more, place.dated || place.profiles.is_none(), "{number}");
        let expected = granted(&place.profiles.clone().unwrap_or_default()).everywhere;
        assert_eq!(*held.everywhere, expected.intersection(&hot.granting), "{number}");
    }
    let mut combinations: Vec<_> = plain.values().filter_map(|(_, place)| place.profiles.as_ref()).collect();
    combinations.sort();
    combinations.dedup();
    assert_eq!(hot.combinations(), combinations.len());
}
