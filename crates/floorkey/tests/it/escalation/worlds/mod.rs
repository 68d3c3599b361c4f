//! The small worlds that searches begin with: what one family of attacks needs, and one world to try everything in.

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

/// Where a search begins, and what is tried.
pub(super) struct World {
    pub(super) name: &'static str,
    pub(super) start: State,
    /// Whose accounts are the attackers' own.
    pub(super) attackers: [bool; USERS],
    pub(super) attackers_try: &'static [Kind],
    pub(super) honest_do: &'static [Kind],
    pub(super) sends_links: bool,
    pub(super) time_passes: bool,
    pub(super) variants: Variants,
    /// How deep the ordinary run searches.
    pub(super) depth: usize,
    /// Whether some of the commands may always be refused.
    pub(super) has_idle_commands: bool,
}

impl World {
    /// Whether anybody tries that kind of command: what only it needs is not remembered elsewhere.
    pub(super) fn tries(&self, kind: Kind) -> bool {
        self.attackers_try.contains(&kind) || self.honest_do.contains(&kind)
    }
}

/// All worlds.
pub(super) fn worlds() -> Vec<World> {
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
pub(super) fn everything() -> World {
    World {
        attackers_try: Kind::ALL,
        honest_do: Kind::ALL,
        sends_links: true,
        time_passes: true,
        variants: Variants { scopes: true, dates: true, restrictions: true, logins: true },
        has_idle_commands: true,
        ..world("everything", 2, Start::new())
    }
}

/// A world in which nothing is tried yet.
fn world(name: &'static str, depth: usize, start: Start) -> World {
    World {
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
