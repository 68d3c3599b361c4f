//! The small test setups that searches start from. There is one setup for each family of attacks, and one setup that
//! tries every command.

mod accounts;
mod past_attacks;
mod profiles;
mod scopes;
mod start_state;

pub(super) use accounts::{addresses, custody, dated_custody, owned_resources};
pub(super) use past_attacks::{assignable_chains, custodians, deletions, grouped_resources, restricted_custody};
pub(super) use profiles::{
    administrators, assignable, dates, named_entries, profile_edits, removed_restriction, restricted_pair, restriction,
    two_attackers, undone_edits,
};
pub(super) use scopes::{hierarchy, moved_into_scope, scopes};

use super::attackers::Variants;
use super::command_kind::CommandKind;
use super::fixtures::USERS;
use super::state::State;
use start_state::{StartRecords, attackers, start_state};

/// The start state of a search, and the commands that the search tries.
pub(super) struct SmallWorld {
    pub(super) name: &'static str,
    pub(super) start: State,
    /// For each account, whether it is one of the attackers' own accounts.
    pub(super) attackers: [bool; USERS],
    pub(super) attacker_commands: &'static [CommandKind],
    pub(super) honest_commands: &'static [CommandKind],
    pub(super) sends_links: bool,
    pub(super) time_passes: bool,
    pub(super) variants: Variants,
    /// The search depth in a normal run.
    pub(super) depth: usize,
    /// Whether the test accepts that some of the commands are refused in every state.
    pub(super) allows_unused_commands: bool,
}

impl SmallWorld {
    /// Whether one of the sides tries this kind of command. If not, the state omits data that only this kind of command
    /// needs.
    pub(super) fn includes(&self, kind: CommandKind) -> bool {
        self.attacker_commands.contains(&kind) || self.honest_commands.contains(&kind)
    }
}

/// Returns all test setups.
pub(super) fn worlds() -> Vec<SmallWorld> {
    vec![
        profile_edits(),
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
        owned_resources(),
        removed_restriction(),
        two_attackers(),
        restricted_pair(),
        moved_into_scope(),
        custodians(),
        restricted_custody(),
        assignable_chains(),
        deletions(),
        grouped_resources(),
        everything(),
    ]
}

/// A test setup with every command in every variant. In a normal run, the search is only two steps deep. The third step
/// takes as long as all other setups together, so only the long run includes it.
pub(super) fn everything() -> SmallWorld {
    SmallWorld {
        attacker_commands: CommandKind::ALL,
        honest_commands: CommandKind::ALL,
        sends_links: true,
        time_passes: true,
        variants: Variants { scopes: true, dates: true, restrictions: true, logins: true },
        allows_unused_commands: true,
        ..world("everything", 2, StartRecords::new())
    }
}

/// Returns a test setup that tries no commands.
fn world(name: &'static str, depth: usize, start: StartRecords) -> SmallWorld {
    SmallWorld {
        name,
        attackers: attackers(&start),
        start: start_state(start),
        attacker_commands: &[],
        honest_commands: &[],
        sends_links: false,
        time_passes: false,
        variants: Variants::default(),
        depth,
        allows_unused_commands: false,
    }
}
