//! The escalation guard, which prevents actors from granting more access than they have or can assign. The guard also
//! protects users who have more access than the actor. The actor can neither remove access from these users nor change
//! their accounts.
//!
//! The guard computes access from permissions, never from a flag or a name. It compares every value that decisions
//! depend on ([`inputs`]). If a change violates the guard's rules, `warn` mode accepts and flags the change, and
//! `enforce` mode refuses it.

mod accounts;
mod gains;
mod grantable_access;
mod inputs;
mod losses;
mod scopes;

use std::collections::BTreeSet;

use super::change_builder::{ChangeBuilder, record};
use crate::audit::Flag;
use crate::directory::Directory;
use crate::profile::SecurityProfile;
use crate::record::{Record, RecordChange, RecordKey};
use crate::refusal::{Escalation, EscalationKind, Refusal};
use crate::scope::Grants;
use crate::settings::GuardMode;

use gains::Gains;
pub(super) use gains::{gain_at, lifted_access, lifted_grants, period_starts, profile_sets};
pub(super) use grantable_access::{GrantableAccess, excess};
use inputs::Comparison;
use losses::Losses;

/// Checks that a change grants no more access than the actor has or can assign. Also checks that it does not affect the
/// access or the accounts of users who have more access than the actor.
///
/// # Errors
/// Returns [`Refusal::Guard`] if a check fails in `enforce` mode. In `warn` mode, the change is flagged instead.
pub(super) fn check(builder: &mut ChangeBuilder<'_>, next: &Directory) -> Result<(), Refusal> {
    flag_assignable_growth(builder, next);
    let Some(grantable) = GrantableAccess::for_actor(builder) else { return Ok(()) };
    let findings = compare(builder, next, &grantable)?;
    report_gains(builder, findings.gains)?;
    if findings.widens_assignable {
        report(builder, Flag::ExpandedOwnAssignable, || {
            escalation(EscalationKind::WidensAssignable, &Grants::default())
        })?;
    }
    if let Some((user, excess)) = accounts::user_with_more_access(builder, &grantable) {
        let permissions = excess.all_permissions();
        report(builder, Flag::ChangedUserWithMoreAccess { permissions }, || {
            let username = builder.before.user(user).map(|user| user.username.clone()).unwrap_or_default();
            escalation(EscalationKind::ChangesAccount { username }, &excess).revealed_by([RecordKey::User(user)].into())
        })?;
    }
    if !findings.losses.is_empty() {
        let (permissions, users) = (findings.losses.permissions, findings.losses.users.len());
        report(builder, Flag::ReducedUsersWithMoreAccess { permissions, users: users as u64 }, || {
            let applications = findings.losses.applications();
            let revealed_by = findings.losses.users.into_iter().map(RecordKey::User).collect();
            Escalation::new(EscalationKind::Removes { users }, permissions, applications).revealed_by(revealed_by)
        })?;
    }
    Ok(())
}

/// What the guard finds out about a change.
#[derive(Default)]
struct Findings {
    gains: Gains,
    losses: Losses,
    /// Whether the change allows the actor, or a user whom the actor can manage, to assign additional profiles.
    widens_assignable: bool,
}

/// Performs the comparisons that each record of the change requires.
fn compare(
    builder: &ChangeBuilder<'_>,
    next: &Directory,
    grantable: &GrantableAccess<'_>,
) -> Result<Findings, Refusal> {
    let mut findings = Findings::default();
    for change in &builder.records {
        let key = change.key();
        let after = match change {
            RecordChange::Upsert(record) => Some(record),
            RecordChange::Remove(_) => None,
        };
        let comparisons = inputs::comparisons(record(builder.before, &key).as_ref(), after);
        let record_comparison = RecordComparison { builder, next, grantable, key, comparisons };
        for comparison in &record_comparison.comparisons {
            findings.add(*comparison, &record_comparison)?;
        }
    }
    Ok(findings)
}

/// A changed record, and the comparisons that it requires.
struct RecordComparison<'a> {
    builder: &'a ChangeBuilder<'a>,
    next: &'a Directory,
    grantable: &'a GrantableAccess<'a>,
    key: RecordKey,
    comparisons: BTreeSet<Comparison>,
}

impl Findings {
    /// Adds the findings of one comparison.
    fn add(&mut self, comparison: Comparison, record: &RecordComparison<'_>) -> Result<(), Refusal> {
        let RecordComparison { builder, next, grantable, key, comparisons } = record;
        match (comparison, key) {
            (Comparison::User, RecordKey::User(id)) => {
                self.gains.add_user(builder, next, *id, grantable);
                self.widens_assignable |= accounts::assigns_wider_profile(builder, next, *id, grantable);
            }
            (Comparison::Profile, RecordKey::Profile(id)) => {
                self.gains.add_profile(builder, next, *id, grantable);
                let is_renamed = comparisons.contains(&Comparison::Name);
                self.losses.add_profile(builder, next, *id, is_renamed, grantable);
            }
            (Comparison::Assignable, RecordKey::Profile(id)) => {
                self.gains.add_assignable(builder, next, *id, grantable);
                self.widens_assignable |= accounts::widens_own_assignable(builder, next, *id, grantable);
            }
            (Comparison::Name, RecordKey::Profile(id)) if !comparisons.contains(&Comparison::Profile) => {
                self.losses.add_profile(builder, next, *id, true, grantable);
            }
            (Comparison::Scope, key) => {
                self.gains.add_scope_changes(builder, next, key, grantable);
                self.losses.add_scope_changes(builder, next, key, grantable);
            }
            (Comparison::FullAdministrator, _) => {
                crate::authorization::require_administrator(builder.before, &builder.actor.principal, builder.action)?
            }
            // Nothing is compared here. `accounts::user_with_more_access` checks all accounts once for the whole
            // change, because credentials are not stored in records.
            (Comparison::Account | Comparison::Name, _) => {}
            // Records of other kinds do not require these comparisons.
            (Comparison::User | Comparison::Profile | Comparison::Assignable, _) => {}
        }
        Ok(())
    }
}

fn report_gains(builder: &mut ChangeBuilder<'_>, gains: Gains) -> Result<(), Refusal> {
    if gains.is_empty() {
        return Ok(());
    }
    let permissions = gains.grants.all_permissions().union(&gains.lifted_restrictions);
    report(builder, Flag::GrantedBeyondActor { permissions }, || {
        let escalation = match gains.grants.is_empty() {
            false => escalation(EscalationKind::Grants, &gains.grants),
            true => Escalation::new(EscalationKind::LiftsRestriction, gains.lifted_restrictions, Vec::new()),
        };
        escalation.revealed_by(gains.revealed_by)
    })
}

fn escalation(kind: EscalationKind, grants: &Grants) -> Escalation {
    Escalation::new(kind, grants.all_permissions(), grants.all_applications().into_iter().collect())
}

fn report(builder: &mut ChangeBuilder<'_>, flag: Flag, escalation: impl FnOnce() -> Escalation) -> Result<(), Refusal> {
    match builder.before.settings().guard_mode() {
        GuardMode::Warn => {
            builder.flags.push(flag);
            Ok(())
        }
        GuardMode::Enforce => Err(Refusal::Guard(Box::new(escalation()))),
    }
}

/// Flags permissions that the change adds to an assignable profile. Users who can assign the profile can then also
/// assign these permissions.
fn flag_assignable_growth(builder: &mut ChangeBuilder<'_>, next: &Directory) {
    let flags = builder.records.iter().filter_map(|change| match change {
        RecordChange::Upsert(Record::Profile(after)) => {
            let grants = next.grants(after.id)?;
            let growth = grants.not_covered_by(builder.before.grants(after.id)?);
            let follows_growth = |other: &&SecurityProfile| {
                other.assignable.contains(&after.id) && !other.pinned.contains_key(&after.id)
            };
            let is_followed = next.profiles().map(AsRef::as_ref).any(|other| follows_growth(&other));
            (!growth.is_empty() && is_followed)
                .then(|| Flag::AssignableProfileExpanded { profile: after.id, permissions: growth.all_permissions() })
        }
        _ => None,
    });
    let flags: Vec<Flag> = flags.collect();
    builder.flags.extend(flags);
}

/// Whether the guard is in `enforce` mode.
pub(super) fn is_enforced(directory: &Directory) -> bool {
    directory.settings().guard_mode() == GuardMode::Enforce
}
