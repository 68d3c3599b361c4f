//! A step has an actor and an action, and leads to a new state.

use floorkey::{Actor, Authentication, Change, Command, Principal, RecordKey, Target, plan};

use super::access::Access;
use super::attackers::AttackerTurn;
use super::command_kind::CommandKind;
use super::fixtures::{
    MIA, PROFILE_NAMES, PROFILES, Side, TICKS, USER_NAMES, USERS, fresh_actor, profile_id, profile_slot, time, user_id,
};
use super::honest_steps::{HonestSide, Intent};
use super::state::{State, affected_users};
use super::worlds::SmallWorld;
use crate::rng::TestRng;
use crate::test_instance::actor;

/// A step that one of the sides takes.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) side: Side,
    /// The account that the attackers are using. Honest steps ignore this field.
    pub(super) account: usize,
    actor: Actor,
    pub(super) action: StepAction,
    intent: Intent,
}

/// The action of a step.
#[derive(Clone)]
pub(super) enum StepAction {
    Command(Box<Command>),
    /// Sends a user a link for choosing a password.
    SendLink(usize),
    /// Advances the clock.
    Tick,
}

/// The name of a step, under which attempts and successes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StepName {
    Command(CommandKind),
    SendLink,
    Tick,
}

impl Step {
    pub(super) fn name(&self) -> StepName {
        match &self.action {
            StepAction::Command(command) => StepName::Command(CommandKind::of(command)),
            StepAction::SendLink(_) => StepName::SendLink,
            StepAction::Tick => StepName::Tick,
        }
    }

    /// Describes the step's actor and command.
    pub(super) fn describe(&self) -> String {
        let who = match (&self.action, self.side) {
            (StepAction::Tick, _) => return "time passes".to_owned(),
            (_, Side::Attackers) => USER_NAMES[self.account],
            (_, Side::Honest) => "honest",
        };
        let description = match &self.action {
            StepAction::Command(command) => format!("{command:?}"),
            StepAction::SendLink(slot) => format!("SendLink({})", USER_NAMES[*slot]),
            StepAction::Tick => String::new(),
        };
        // Omits fields without a value.
        let parts: Vec<&str> = description.split(", ").filter(|part| !part.ends_with(": None")).collect();
        let mut description = format!("{who}: {}", parts.join(", "));
        for (slot, name) in USER_NAMES.iter().enumerate() {
            description = description.replace(&format!("{:?}", user_id(slot)), name);
        }
        for (slot, name) in PROFILE_NAMES.iter().enumerate() {
            description = description.replace(&format!("{:?}", profile_id(slot)), name);
        }
        description
    }
}

/// Returns all steps that can be tried in a state.
pub(super) fn steps(world: &SmallWorld, state: &State) -> Vec<Step> {
    let mut all = Vec::new();
    if world.attacker_commands.contains(&CommandKind::VerifyEmail) {
        let accounts = accounts(world, state);
        let others = (0..USERS).filter(|slot| !accounts.contains(slot));
        // The attackers have only the link, not a session of the user.
        let by_link = |slot| {
            actor(Principal::User {
                id: user_id(slot),
                authentication: Authentication::Session { recently_authenticated: false },
            })
        };
        all.extend(others.flat_map(|slot| {
            let steps = attackers_steps(world, state, slot, StepName::Command(CommandKind::VerifyEmail)).into_iter();
            steps.map(move |step| Step { actor: by_link(slot), ..step })
        }));
    }
    for account in accounts(world, state) {
        let names = world.attacker_commands.iter().map(|kind| StepName::Command(*kind));
        for name in names.chain(world.sends_links.then_some(StepName::SendLink)) {
            all.extend(attackers_steps(world, state, account, name));
        }
    }
    all.extend(world.honest_commands.iter().flat_map(|kind| honest_steps(world, state, *kind)));
    all.extend(tick(world, state));
    all
}

/// Returns a random step. Picks the actor and the command first, and then a variant of the command.
pub(super) fn any_step(world: &SmallWorld, state: &State, rng: &mut TestRng) -> Option<Step> {
    let steps = match rng.below(20) {
        0..12 => {
            let accounts = accounts(world, state);
            let account = if accounts.is_empty() { return None } else { *rng.choose(&accounts) };
            let name = match rng.below(world.attacker_commands.len() + 1) {
                0 if world.sends_links => StepName::SendLink,
                at => StepName::Command(world.attacker_commands[at.saturating_sub(1)]),
            };
            attackers_steps(world, state, account, name)
        }
        12..19 => honest_steps(world, state, *rng.choose(world.honest_commands)),
        _ => tick(world, state).into_iter().collect(),
    };
    (!steps.is_empty()).then(|| rng.choose(&steps).clone())
}

fn attackers_steps(world: &SmallWorld, state: &State, account: usize, name: StepName) -> Vec<Step> {
    let step =
        |action| Step { side: Side::Attackers, account, actor: fresh_actor(account), action, intent: Intent::None };
    // If an account has no access beyond the access of the attacker's own account, only commands on the account itself
    // are useful.
    let own = account != MIA && state.access[account].difference(state.access[MIA]).is_empty();
    match name {
        StepName::Command(kind) if !own || is_owner_command(kind) => {
            let turn = AttackerTurn { state, actor: account, variants: world.variants };
            turn.commands(kind).into_iter().map(|command| step(StepAction::Command(Box::new(command)))).collect()
        }
        StepName::SendLink if !own => (0..USERS).map(|slot| step(StepAction::SendLink(slot))).collect(),
        StepName::Command(_) | StepName::SendLink | StepName::Tick => Vec::new(),
    }
}

fn honest_steps(world: &SmallWorld, state: &State, kind: CommandKind) -> Vec<Step> {
    let steps = HonestSide { state, attackers: &world.attackers }.steps(kind).into_iter();
    let step = |(actor, command, intent)| {
        let action = StepAction::Command(Box::new(command));
        Step { side: Side::Honest, account: 0, actor, action, intent }
    };
    steps.map(step).collect()
}

fn tick(world: &SmallWorld, state: &State) -> Option<Step> {
    let (actor, intent) = (Actor::system(), Intent::None);
    let step = Step { side: Side::Honest, account: 0, actor, action: StepAction::Tick, intent };
    (world.time_passes && state.tick + 1 < TICKS).then_some(step)
}

/// Returns the accounts that the attackers can act as.
fn accounts(world: &SmallWorld, state: &State) -> Vec<usize> {
    let can_act_as = |slot: &usize| {
        let enabled = state.directory.user(user_id(*slot)).is_some_and(|user| user.enabled);
        enabled && (world.attackers[*slot] || state.credentials.can_act_as(&state.directory, *slot))
    };
    (0..USERS).filter(can_act_as).collect()
}

const fn is_owner_command(kind: CommandKind) -> bool {
    matches!(
        kind,
        CommandKind::ChangeOwnPassword
            | CommandKind::AddSecondFactor
            | CommandKind::VerifyEmail
            | CommandKind::CreateAccessKey
    )
}

/// Applies a step. Returns `None` if the step is refused.
pub(super) fn apply_step(world: &SmallWorld, before: &State, step: &Step) -> Option<State> {
    match &step.action {
        StepAction::Tick => Some(State { tick: before.tick + 1, ..before.clone() }),
        StepAction::SendLink(slot) => {
            let mut after = before.clone();
            after.directory = after.credentials.send_link(&before.directory, &step.actor, *slot, before.tick)?;
            after.credentials.refresh_sessions(&after.directory);
            Some(after)
        }
        StepAction::Command(command) => {
            let planned = plan(&before.directory, &step.actor, command, time(before.tick)).ok()?;
            let mut after = before.clone();
            // A change without effect makes no new step possible. Such a change can't even be undone.
            if planned.changes_nothing(&before.directory) {
                return Some(after);
            }
            after.apply(world, &planned.change, planned.next, step.side);
            record_assignable(before, &mut after, step.side, command, &planned.change);
            after.recompute_access(affected_users(&before.directory, &planned.change, &after.directory));
            record_created(world, before, &mut after, step.side);
            if step.side == Side::Honest {
                record_granted(world, before, &mut after, command, step.intent);
            }
            Some(after)
        }
    }
}

/// Adds the access that the attackers have at the start to the granted access.
pub(super) fn record_start_access(attackers: &[bool; USERS], state: &mut State) {
    for slot in (0..USERS).filter(|slot| attackers[*slot]) {
        state.granted = state.granted.union(rightful_access(state, slot));
    }
}

/// Adds the access that an honest step was intended to give to the attackers' own accounts.
fn record_granted(world: &SmallWorld, before: &State, after: &mut State, command: &Command, intent: Intent) {
    let is_meant = |slot: usize| match intent {
        Intent::All => true,
        Intent::Only(user) => user_id(slot) == user,
        Intent::None => false,
    };
    for slot in (0..USERS).filter(|slot| world.attackers[*slot] && is_meant(*slot)) {
        after.granted = after.granted.union(rightful_access(after, slot));
    }
    // Moving a record into a scope also gives other accounts access to the record. This access counts as granted for
    // accounts that attackers can act as. It does not count for the account of the moved user.
    let moved = match command {
        Command::TagResource { target, .. } | Command::UntagResource { target, .. } => Some(target.clone()),
        Command::UpdateUserHierarchy { user, .. } => Some(RecordKey::User(*user)),
        Command::PutApplicationResources { .. } => Some(RecordKey::Structure),
        _ => None,
    };
    if let Some(moved) = moved {
        for slot in (0..USERS).filter(|slot| before.credentials.can_act_as(&before.directory, *slot)) {
            if RecordKey::User(user_id(slot)) != moved {
                after.granted = after.granted.union(after.access[slot].difference(before.access[slot]));
                after.granted =
                    after.granted.union(after.assignable_access[slot].difference(before.assignable_access[slot]));
            }
        }
    }
    // Permissions that users can't escalate with can be added to a profile. Accounts with custodians get this access
    // too, because the review shows the number of these accounts and the administrator decides.
    //
    // Users who can escalate are excluded, because they could give this access to others.
    if let Command::UpdateSecurityProfile { .. } = command {
        for slot in (0..USERS).filter(|slot| before.credentials.is_custodian_of(&before.directory, *slot)) {
            // Disabled users get this access when they are enabled.
            let has = after.access_as_if_enabled(slot);
            let grown =
                if has.can_escalate() { Access::NONE } else { has.difference(before.access_as_if_enabled(slot)) };
            let gives = after.assignable_access[slot].difference(before.assignable_access[slot]);
            after.granted = after.granted.union(grown.union(gives).without_escalation());
        }
    }
}

/// Returns the access of an attacker's own account, and the access that this account can give. The account can give
/// access through profiles that honest users made assignable.
fn rightful_access(state: &State, slot: usize) -> Access {
    state.access_as_if_enabled(slot).union(state.assignable_access[slot])
}

/// Grants access to newly created records. If attackers created a record, they get the permissions that they have for
/// any record of the same kind. If the honest side created it, they get only the permissions whose scope includes the
/// record.
fn record_created(world: &SmallWorld, before: &State, after: &mut State, side: Side) {
    let users = (0..USERS).map(|slot| Target::User(user_id(slot)));
    let profiles = (0..PROFILES).map(|slot| Target::Profile(profile_id(slot)));
    let exists = |state: &State, target: &Target<'_>| state.directory.resource_attributes(target).is_some();
    let is_new = |target: &Target<'_>| !exists(before, target) && exists(after, target);
    for created in users.chain(profiles).filter(is_new).collect::<Vec<_>>() {
        let theirs =
            (0..USERS).filter(|slot| world.attackers[*slot] || before.credentials.can_act_as(&before.directory, *slot));
        // A disabled account can manage the record after the account is enabled.
        let managed =
            theirs.fold(Access::NONE, |all, slot| all.union(after.access_as_if_enabled(slot).only_target(created)));
        after.granted = match side {
            Side::Attackers => after.granted.with_created(created),
            Side::Honest => after.granted.union(managed),
        };
    }
}

/// Records the entries that attackers added to assignable lists. If an honest administrator sets such an entry again,
/// it no longer counts as added by attackers. If an undo restores the entry, it still counts as added by attackers.
fn record_assignable(before: &State, after: &mut State, side: Side, command: &Command, change: &Change) {
    if !change.records().iter().any(|record| matches!(record.key(), RecordKey::Profile(_))) {
        return;
    }
    let entries = |state: &State| {
        let profiles = state.directory.profiles().cloned().collect::<Vec<_>>();
        let entry = |naming, named| Some((profile_slot(naming)?, profile_slot(named)?));
        profiles
            .iter()
            .flat_map(|profile| profile.assignable.iter().filter_map(|named| entry(profile.id, *named)))
            .collect::<Vec<_>>()
    };
    let (had, has) = (entries(before), entries(after));
    let new = has.into_iter().filter(|entry| !had.contains(entry));
    match (side, command) {
        (Side::Attackers, _) => after.listed_by_attackers.extend(new),
        (Side::Honest, Command::SetAssignableProfiles { .. }) => {
            new.for_each(|entry| _ = after.listed_by_attackers.remove(&entry));
        }
        (Side::Honest, _) => {}
    }
}
