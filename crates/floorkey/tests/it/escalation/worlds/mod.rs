//! The small worlds that searches start from: one per family of attacks, and one in which everything is tried.

mod accounts;
mod attacked;
mod profiles;
mod scopes;
mod start;

pub(super) use accounts::{addresses, custody, dated_custody, owners};
pub(super) use attacked::{bridges, custodians, deletions, placed_resources, restricted_custody};
pub(super) use profiles::{
    administrators, assignable, dates, freed, managers, named_entries, pair, restricted_pair, restriction, undone_edits,
};
pub(super) use scopes::{hierarchy, reach, scopes};

use super::attackers::Variants;
use super::cast::USERS;
use super::kinds::Kind;
use super::state::State;
use start::{Start, attackers, begin};

/// The start state of a search, and the steps that are tried.
pub(super) struct SmallWorld {
    pub(super) name: &'static str,
    pub(super) start: State,
    /// Whether each account is one of the attackers' own.
    pub(super) attackers: [bool; USERS],
    pub(super) attackers_try: &'static [Kind],
    pub(super) honest_do: &'static [Kind],
    pub(super) sends_links: bool,
    pub(super) time_passes: bool,
    pub(super) variants: Variants,
    /// The depth of the search in an ordinary run.
    pub(super) depth: usize,
    /// Whether some of the commands can be refused in every state.
    pub(super) has_idle_commands: bool,
}

impl SmallWorld {
    /// Whether either side tries this kind of command. If not, data that only this kind needs is not kept.
    pub(super) fn tries(&self, kind: Kind) -> bool {
        self.attackers_try.contains(&kind) || self.honest_do.contains(&kind)
    }
}

/// Returns all worlds.
pub(super) fn worlds() -> Vec<SmallWorld> {
    vec![
        managers(),
        administrators(),
        custody(),
        addresses(),
        dated_custody(),
        assignable(),
        named_entries(),
        undone_edits(),
        scopes(),
        hierarchy(),
        dates(),
        restriction(),
        owners(),
        freed(),
        pair(),
        restricted_pair(),
        reach(),
        custodians(),
        restricted_custody(),
        bridges(),
        deletions(),
        placed_resources(),
        everything(),
    ]
}

/// Every command, in every variant. Two steps deep in the ordinary run: the third takes as long as all other worlds
/// together, and is searched in the long run.
pub(super) fn everything() -> SmallWorld {
    SmallWorld {
        attackers_try: Kind::ALL,
        honest_do: Kind::ALL,
        sends_links: true,
        time_passes: true,
        variants: Variants { scopes: true, dates: true, restrictions: true, logins: true },
        has_idle_commands: true,
        ..world("everything", 2, Start::new())
    }
}

/// Returns a world without any steps to try.
fn world(name: &'static str, depth: usize, start: Start) -> SmallWorld {
    SmallWorld {
        name,
        attackers: attackers(&start),
        start: begin(start),
        attackers_try: &[],
        honest_do: &[],
        sends_links: false,
        time_passes: false,
        variants: Variants::default(),
        depth,
        has_idle_commands: false,
    }
}
