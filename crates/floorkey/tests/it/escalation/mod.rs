//! The escalation guard against a second opinion: a naive model of who can do what, who knows which secret and who was
//! granted what, written apart from the rules of the product; and searches of small worlds with the real
//! [`floorkey::plan`], exhaustive ones and random ones.
//!
//! `FLOORKEY_ESCALATION_DEPTH` makes the exhaustive searches so many steps deeper than usual, and
//! `FLOORKEY_ESCALATION_STEPS` says how many random steps are tried.

mod access;
mod attackers;
mod cast;
mod honest;
mod invariant;
mod key;
mod kinds;
mod open;
mod random;
mod search;
mod state;
mod step;
mod ways_in;
mod worlds;

use kinds::Kind;
use search::{Found, Report};
use step::Name;
use worlds::World;

/// Random steps of an ordinary run, over all worlds.
const STEPS: usize = 20_000;

#[test]
fn edits_of_profiles_and_undone_edits_give_attackers_nothing() {
    search(&worlds::managers());
}

#[test]
fn among_several_administrators_nothing_is_taken_from_any() {
    search(&worlds::administrators());
}

#[test]
fn a_hand_on_a_users_ways_in_gives_nothing_when_the_user_gets_more() {
    search(&worlds::custody());
}

#[test]
fn a_hand_on_a_users_address_gives_nothing_when_the_user_gets_more() {
    search(&worlds::addresses());
}

#[test]
fn a_hand_outlasts_nothing_that_its_owner_has_for_a_time() {
    search(&worlds::dated_custody());
}

#[test]
fn assignable_profiles_give_what_whoever_named_them_could_give() {
    search(&worlds::assignable());
}

#[test]
fn what_attackers_name_as_assignable_does_not_follow_growth() {
    search(&worlds::named_entries());
}

#[test]
fn what_an_undone_edit_brings_back_reaches_nobody_who_came_in_between() {
    search(&worlds::undone_edits());
}

#[test]
fn scopes_by_tag_are_not_left() {
    search(&worlds::scopes());
}

#[test]
fn scopes_by_hierarchy_are_not_left() {
    search(&worlds::hierarchy());
}

#[test]
fn nothing_is_brought_into_the_scope_of_another_attacker() {
    search(&worlds::reach());
}

#[test]
fn nothing_outlasts_the_grant_it_comes_from() {
    search(&worlds::dates());
}

#[test]
fn restrictions_bind_what_is_given() {
    search(&worlds::restriction());
}

#[test]
fn nobody_comes_to_own_what_belongs_to_another() {
    search(&worlds::owners());
}

#[test]
fn freeing_another_from_a_restriction_gives_what_it_narrows() {
    search(&worlds::freed());
}

#[test]
fn two_attackers_under_a_restriction_stay_under_it() {
    search(&worlds::restricted_pair());
}

#[test]
fn two_attackers_have_no_more_than_both_together() {
    search(&worlds::pair());
}

#[test]
fn several_hands_on_one_user_give_none_of_them_anything() {
    search(&worlds::custodians());
}

#[test]
fn a_hand_under_a_restriction_stays_under_it() {
    search(&worlds::restricted_custody());
}

#[test]
fn bridges_lead_around_no_restriction() {
    search(&worlds::bridges());
}

#[test]
fn users_who_were_deleted_twice_come_back_as_they_were_last() {
    search(&worlds::deletions());
}

#[test]
fn what_stands_in_a_group_keeps_it() {
    search(&worlds::placed_resources());
}

#[test]
fn every_command_is_tried_by_attackers() {
    let report = search(&worlds::everything());
    for kind in Kind::ALL {
        let tried = report.tried.get(&(true, Name::Command(*kind)));
        assert!(tried.is_some_and(|(tried, _)| *tried > 0), "{kind:?} was not tried");
    }
}

#[test]
fn random_sequences_give_attackers_nothing() {
    let steps = number("FLOORKEY_ESCALATION_STEPS").unwrap_or(STEPS);
    let worlds = worlds::worlds();
    let mut all = Vec::new();
    for (at, world) in worlds.iter().enumerate() {
        // Other seeds for each world, and others each when more is tried.
        let seed = (at as u64) << 32;
        let report = random::run(world, seed, steps / worlds.len());
        println!("seeds from {seed}");
        all.extend(unknown(world, &report).into_iter().map(|found| format!("{}: {found}", world.name)));
    }
    assert!(all.is_empty(), "{} violations\n{}", all.len(), all.join("\n"));
}

fn search(world: &World) -> Report {
    let depth = world.depth + number("FLOORKEY_ESCALATION_DEPTH").unwrap_or(0);
    let report = search::search(world, depth);
    let unknown = unknown(world, &report);
    assert!(unknown.is_empty(), "{}: {} violations\n{}", world.name, unknown.len(), unknown.join("\n"));
    let idle = report.idle(world);
    assert!(idle.is_empty() || world.has_idle_commands, "{}: never done: {idle:?}", world.name);
    report
}

/// The shortest sequences that lead to violations which are not known.
fn unknown(world: &World, report: &Report) -> Vec<String> {
    report.print(world.name);
    let is_open = |found: &Found| open::OPEN.iter().find(|open| (open.is)(world, found));
    let (known, unknown): (Vec<_>, Vec<_>) = report.found.iter().partition(|found| is_open(found).is_some());
    for found in search::shortest(known) {
        println!("known, {}:\n{}", is_open(found).map_or("", |open| open.what), found.words());
    }
    search::shortest(unknown).into_iter().map(Found::words).collect()
}

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}
