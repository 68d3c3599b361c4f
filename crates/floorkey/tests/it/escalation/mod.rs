//! Compares the escalation guard with an independent, naive model. The model tracks the users' access, the secrets that
//! attackers know, and the access that attackers were granted. The tests start from small setups and search sequences
//! of steps for violations, both exhaustively and at random. Each step calls the real [`floorkey::plan`].
//!
//! `FLOORKEY_ESCALATION_DEPTH` sets the number of additional steps in exhaustive searches. `FLOORKEY_ESCALATION_STEPS`
//! sets the number of random steps.

mod access;
mod attacker_credentials;
mod attackers;
mod command_kind;
mod fixtures;
mod honest_steps;
mod invariant;
mod known_violations;
mod random;
mod search;
mod state;
mod state_key;
mod step;
mod worlds;

use command_kind::CommandKind;
use search::{FoundViolation, Report};
use step::StepName;
use worlds::SmallWorld;

/// The total number of random steps for all test setups in a normal run.
const STEPS: usize = 20_000;

#[test]
fn edits_of_profiles_and_undone_edits_give_attackers_nothing() {
    search(&worlds::profile_edits());
}

#[test]
fn attackers_take_nothing_from_several_administrators() {
    search(&worlds::administrators());
}

#[test]
fn custody_of_credentials_gives_nothing_when_the_user_gets_more() {
    search(&worlds::custody());
}

#[test]
fn custody_of_an_email_gives_nothing_when_the_user_gets_more() {
    search(&worlds::addresses());
}

#[test]
fn custody_gives_nothing_beyond_the_time_of_the_custodians_access() {
    search(&worlds::dated_custody());
}

#[test]
fn assignable_profiles_give_only_what_the_actor_who_listed_them_could_give() {
    search(&worlds::assignable());
}

#[test]
fn entries_that_attackers_make_assignable_do_not_follow_growth() {
    search(&worlds::named_entries());
}

#[test]
fn an_undone_edit_gives_nothing_to_users_who_were_created_in_between() {
    search(&worlds::undone_edits());
}

#[test]
fn attackers_stay_within_scopes_by_tag() {
    search(&worlds::scopes());
}

#[test]
fn attackers_stay_within_scopes_by_hierarchy() {
    search(&worlds::hierarchy());
}

#[test]
fn attackers_cannot_move_records_into_the_scope_of_another_attacker() {
    search(&worlds::moved_into_scope());
}

#[test]
fn given_access_does_not_outlast_the_grant_that_it_comes_from() {
    search(&worlds::dates());
}

#[test]
fn restrictions_limit_what_attackers_can_give() {
    search(&worlds::restriction());
}

#[test]
fn attackers_cannot_take_over_resources_of_other_owners() {
    search(&worlds::owned_resources());
}

#[test]
fn removing_a_restriction_of_another_user_counts_as_giving_access() {
    search(&worlds::removed_restriction());
}

#[test]
fn two_attackers_under_a_restriction_stay_under_it() {
    search(&worlds::restricted_pair());
}

#[test]
fn two_attackers_gain_no_more_than_they_have_together() {
    search(&worlds::two_attackers());
}

#[test]
fn several_custodians_of_one_user_gain_nothing() {
    search(&worlds::custodians());
}

#[test]
fn a_custodian_under_a_restriction_stays_under_it() {
    search(&worlds::restricted_custody());
}

#[test]
fn bridges_do_not_bypass_restrictions() {
    search(&worlds::assignable_chains());
}

#[test]
fn users_who_were_deleted_twice_are_restored_as_they_were_last() {
    search(&worlds::deletions());
}

#[test]
fn a_group_with_resources_cannot_be_deleted_by_attackers() {
    search(&worlds::grouped_resources());
}

#[test]
fn attackers_try_every_command() {
    let report = search(&worlds::everything());
    for kind in CommandKind::ALL {
        let tried = report.tried.get(&(true, StepName::Command(*kind)));
        assert!(tried.is_some_and(|(tried, _)| *tried > 0), "{kind:?} was not tried");
    }
}

#[test]
fn random_sequences_give_attackers_nothing() {
    let steps = number("FLOORKEY_ESCALATION_STEPS").unwrap_or(STEPS);
    let worlds = worlds::worlds();
    let mut all = Vec::new();
    for (at, world) in worlds.iter().enumerate() {
        // Each test setup has its own range of seeds. If the number of steps is increased, additional seeds are used.
        let seed = (at as u64) << 32;
        let report = random::run(world, seed, steps / worlds.len());
        println!("seeds from {seed}");
        all.extend(unknown(world, &report).into_iter().map(|found| format!("{}: {found}", world.name)));
    }
    assert!(all.is_empty(), "{} violations\n{}", all.len(), all.join("\n"));
}

fn search(world: &SmallWorld) -> Report {
    let depth = world.depth + number("FLOORKEY_ESCALATION_DEPTH").unwrap_or(0);
    let report = search::search(world, depth);
    let unknown = unknown(world, &report);
    assert!(unknown.is_empty(), "{}: {} violations\n{}", world.name, unknown.len(), unknown.join("\n"));
    let never_succeeded = report.never_succeeded(world);
    assert!(
        never_succeeded.is_empty() || world.allows_unused_commands,
        "{}: never done: {never_succeeded:?}",
        world.name
    );
    report
}

/// Describes the shortest sequences of steps that lead to unknown violations.
fn unknown(world: &SmallWorld, report: &Report) -> Vec<String> {
    report.print(world.name);
    let known_violation =
        |found: &FoundViolation| known_violations::KNOWN_VIOLATIONS.iter().find(|known| (known.matches)(world, found));
    let (known, unknown): (Vec<_>, Vec<_>) = report.found.iter().partition(|found| known_violation(found).is_some());
    for found in search::shortest(known) {
        println!("known, {}:\n{}", known_violation(found).map_or("", |known| known.description), found.describe());
    }
    search::shortest(unknown).into_iter().map(FoundViolation::describe).collect()
}

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}
