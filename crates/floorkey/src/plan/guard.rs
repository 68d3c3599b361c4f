//! The escalation guard. It keeps actors from granting more access than they have or can assign, from removing access
//! from users who have more than the actor, and from changing the accounts of such users.
//!
//! Access is computed from permissions, never from a flag or a name. Everything that decisions read is compared
//! ([`inputs`]). Under `warn` the change is made and flagged; under `enforce` it is refused.

mod accounts;
mod ceiling;
mod gains;
mod inputs;
mod losses;
mod reach;

use std::collections::BTreeSet;

use super::draft::{Draft, record};
use crate::audit::Flag;
use crate::directory::Directory;
use crate::profile::SecurityProfile;
use crate::record::{Record, RecordChange, RecordKey};
use crate::refusal::{Exceeded, Exceeds, Refusal};
use crate::scope::Grants;
use crate::settings::GuardMode;

pub(super) use ceiling::{Ceiling, exceeding};
use gains::Gains;
pub(super) use gains::{combinations, freed, gain_at, newly_free, stretches};
use inputs::Comparison;
use losses::Losses;

/// Checks a change against what the actor has and can assign.
///
/// # Errors
/// [`Refusal::Guard`] under `enforce`. Under `warn` the draft is flagged instead.
pub(super) fn check(draft: &mut Draft<'_>, next: &Directory) -> Result<(), Refusal> {
    flag_assignable_growth(draft, next);
    let Some(ceiling) = Ceiling::of(draft) else { return Ok(()) };
    let found = compare(draft, next, &ceiling)?;
    report_gains(draft, found.gains)?;
    if found.widens {
        report(draft, Flag::WidenedOwnAssignable, || exceeded(Exceeds::Widens, &Grants::default()))?;
    }
    if let Some((user, beyond)) = accounts::stronger_user(draft, &ceiling) {
        let permissions = beyond.anywhere();
        report(draft, Flag::TouchedStrongerUser { permissions }, || {
            let username = draft.before.user(user).map(|user| user.username.clone()).unwrap_or_default();
            exceeded(Exceeds::Touches { username }, &beyond).told_by([RecordKey::User(user)].into())
        })?;
    }
    if !found.losses.is_empty() {
        let (permissions, users) = (found.losses.permissions, found.losses.users.len());
        report(draft, Flag::TookFromStrongerUsers { permissions, users: users as u64 }, || {
            let applications = found.losses.applications();
            let told_by = found.losses.users.into_iter().map(RecordKey::User).collect();
            Exceeded::new(Exceeds::Takes { users }, permissions, applications).told_by(told_by)
        })?;
    }
    Ok(())
}

/// What the guard found in a change.
#[derive(Default)]
struct Found {
    gains: Gains,
    losses: Losses,
    /// Whether the change widens what the actor, or a user whom the actor is allowed to manage, can assign.
    widens: bool,
}

/// Compares each record of the change by every input that decisions read from it.
fn compare(draft: &Draft<'_>, next: &Directory, ceiling: &Ceiling<'_>) -> Result<Found, Refusal> {
    let mut found = Found::default();
    for change in &draft.records {
        let key = change.key();
        let after = match change {
            RecordChange::Put(record) => Some(record),
            RecordChange::Remove(_) => None,
        };
        let comparisons = inputs::comparisons(record(draft.before, &key).as_ref(), after);
        let changed = Changed { draft, next, ceiling, key, comparisons };
        for comparison in &changed.comparisons {
            found.add(*comparison, &changed)?;
        }
    }
    Ok(found)
}

/// A record that the change affects, with the comparisons that it requires.
struct Changed<'a> {
    draft: &'a Draft<'a>,
    next: &'a Directory,
    ceiling: &'a Ceiling<'a>,
    key: RecordKey,
    comparisons: BTreeSet<Comparison>,
}

impl Found {
    /// Adds the findings of one comparison.
    fn add(&mut self, comparison: Comparison, changed: &Changed<'_>) -> Result<(), Refusal> {
        let Changed { draft, next, ceiling, key, comparisons } = changed;
        match (comparison, key) {
            (Comparison::User, RecordKey::User(id)) => {
                self.gains.add_user(draft, next, *id, ceiling);
                self.widens |= accounts::gives_wider_list(draft, next, *id, ceiling);
            }
            (Comparison::Profile, RecordKey::Profile(id)) => {
                self.gains.add_profile(draft, next, *id, ceiling);
                let is_renamed = comparisons.contains(&Comparison::Name);
                self.losses.add_profile(draft, next, *id, is_renamed, ceiling);
            }
            (Comparison::Assignable, RecordKey::Profile(id)) => {
                self.gains.add_assignable(draft, next, *id, ceiling);
                self.widens |= accounts::widens_own_list(draft, next, *id, ceiling);
            }
            (Comparison::Name, RecordKey::Profile(id)) if !comparisons.contains(&Comparison::Profile) => {
                self.losses.add_profile(draft, next, *id, true, ceiling);
            }
            (Comparison::Reach, key) => {
                self.gains.add_reach(draft, next, key, ceiling);
                self.losses.add_reach(draft, next, key, ceiling);
            }
            (Comparison::FullAdministrator, _) => super::administrate(draft.before, &draft.actor.principal, draft.act)?,
            // Checked once for the whole change (`accounts::stronger_user`), because credentials are not part of
            // records.
            (Comparison::Account | Comparison::Name, _) => {}
            // These records have no such input.
            (Comparison::User | Comparison::Profile | Comparison::Assignable, _) => {}
        }
        Ok(())
    }
}

fn report_gains(draft: &mut Draft<'_>, gains: Gains) -> Result<(), Refusal> {
    if gains.is_empty() {
        return Ok(());
    }
    let permissions = gains.grants.anywhere().union(&gains.lifted);
    report(draft, Flag::GaveMoreThanHeld { permissions }, || {
        let exceeded = match gains.grants.is_empty() {
            false => exceeded(Exceeds::Gives, &gains.grants),
            true => Exceeded::new(Exceeds::Frees, gains.lifted, Vec::new()),
        };
        exceeded.told_by(gains.told_by)
    })
}

fn exceeded(how: Exceeds, grants: &Grants) -> Exceeded {
    Exceeded::new(how, grants.anywhere(), grants.applications_anywhere().into_iter().collect())
}

fn report(draft: &mut Draft<'_>, flag: Flag, exceeded: impl FnOnce() -> Exceeded) -> Result<(), Refusal> {
    match draft.before.settings().guard_mode() {
        GuardMode::Warn => {
            draft.flags.push(flag);
            Ok(())
        }
        GuardMode::Enforce => Err(Refusal::Guard(Box::new(exceeded()))),
    }
}

/// Flags the growth of a profile that users with other profiles can assign, because they can assign what it grew by.
fn flag_assignable_growth(draft: &mut Draft<'_>, next: &Directory) {
    let grown = draft.records.iter().filter_map(|change| match change {
        RecordChange::Put(Record::Profile(after)) => {
            let grants = next.grants(after.id)?;
            let growth = grants.beyond(draft.before.grants(after.id)?);
            let follows = |other: &&SecurityProfile| {
                other.assignable.contains(&after.id) && !other.pinned.contains_key(&after.id)
            };
            let is_followed = next.profiles().map(AsRef::as_ref).any(|other| follows(&other));
            (!growth.is_empty() && is_followed)
                .then(|| Flag::AssignableProfileGrew { profile: after.id, permissions: growth.anywhere() })
        }
        _ => None,
    });
    let grown: Vec<Flag> = grown.collect();
    draft.flags.extend(grown);
}

/// Whether the guard is in `enforce` mode.
pub(super) fn is_enforced(directory: &Directory) -> bool {
    directory.settings().guard_mode() == GuardMode::Enforce
}
