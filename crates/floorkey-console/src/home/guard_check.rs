//! Which changes the escalation guard would have refused in `enforce` mode: a count on the Home page, and the list on
//! the page of the guard.

use floorkey::Principal;
use floorkey_service::guard_check::{self, CheckedActor, DAYS, would_be_refused};

use super::guard_description;
use super::times;
use crate::history::{self, HistoryEntry};
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::text;
use crate::web::time_format::LocalTime;

/// The number of changes on a page of the list.
const PAGE: usize = 50;

/// The number up to which changes are counted on the Home page.
const HOME_MAX: usize = 20;

/// The mode of the guard, as the Home page shows it.
pub(super) struct GuardCard {
    /// The name of the mode, capitalized.
    pub(super) mode: &'static str,
    pub(super) is_enforced: bool,
    /// Whether a mode was chosen.
    pub(super) is_chosen: bool,
    pub(super) about: &'static str,
    pub(super) can_set: bool,
    /// The number of changes that the guard would have refused, as a sentence; `None` if the viewer can't see them.
    pub(super) would_refuse: Option<String>,
}

/// The changes that the guard would have refused.
pub(super) struct GuardCheck {
    /// The number of changes.
    pub(super) count: usize,
    /// Whether there are more changes than were counted.
    pub(super) is_truncated: bool,
    pub(super) actors: Vec<ActorRow>,
    pub(super) rows: Vec<RefusedRow>,
    /// From when changes were checked.
    pub(super) since: String,
    /// The address of the page with older changes.
    pub(super) older: Option<String>,
    /// The address of the page with the newest changes, on all other pages.
    pub(super) newest: Option<String>,
}

/// A user who made such changes.
pub(super) struct ActorRow {
    pub(super) name: String,
    pub(super) href: Option<String>,
    pub(super) changes: usize,
    pub(super) text: String,
    pub(super) last: LocalTime,
}

/// A change that the guard would have refused.
pub(super) struct RefusedRow {
    pub(super) entry: HistoryEntry,
    pub(super) at: LocalTime,
}

/// Whether the viewer can see which changes would have been refused. They are part of the audit log, and are about all
/// users.
pub(super) fn can_check(viewer: &CurrentUser) -> bool {
    viewer.directory.is_administrator(viewer.user.id) && viewer.sees_history()
}

/// Describes the guard for the Home page.
pub(super) async fn card(viewer: &CurrentUser) -> Result<GuardCard, PageError> {
    let settings = viewer.directory.settings();
    let mode = settings.guard_mode();
    let is_enforced = mode == floorkey::GuardMode::Enforce;
    let would_refuse = match can_check(viewer) && !is_enforced {
        true => {
            let query = guard_check::query(viewer.now.minus_days(DAYS));
            let found = history::find(viewer, query, HOME_MAX + 1, None, would_be_refused).await?;
            Some(refused_sentence(found.entries.len() + found.hidden))
        }
        false => None,
    };
    Ok(GuardCard {
        mode: if is_enforced { "Enforce" } else { "Warn" },
        is_enforced,
        is_chosen: settings.guard.is_some(),
        about: guard_description(mode),
        can_set: viewer.directory.is_administrator(viewer.user.id),
        would_refuse,
    })
}

fn refused_sentence(count: usize) -> String {
    match count {
        0 => format!("Enforce would have refused nothing in the last {DAYS} days."),
        1 => format!("Enforce would have refused 1 change in the last {DAYS} days."),
        count if count > HOME_MAX => format!("Enforce would have refused more than {HOME_MAX} changes in {DAYS} days."),
        count => format!("Enforce would have refused {count} changes in the last {DAYS} days."),
    }
}

/// Returns the changes that the guard would have refused, from the newest or before the event with the given number.
pub(super) async fn check(viewer: &CurrentUser, before: Option<u64>) -> Result<GuardCheck, PageError> {
    let since = viewer.now.minus_days(DAYS);
    let totals = guard_check::check(viewer.app().service.store(), viewer.instance(), since).await?;
    let query = floorkey_store::AuditQuery { before, ..guard_check::query(since) };
    let found = history::find(viewer, query, PAGE, None, would_be_refused).await?;
    let row = |entry: HistoryEntry| RefusedRow { at: super::changes::time_of(viewer, &entry), entry };
    Ok(GuardCheck {
        count: totals.changes,
        is_truncated: totals.is_truncated,
        actors: totals.actors.iter().map(|actor| ActorRow::new(viewer, actor)).collect(),
        rows: found.entries.into_iter().map(row).collect(),
        since: times::date(viewer, since),
        older: found.older.map(|seq| format!("/connect/guard?before={seq}#would-refuse")),
        newest: before.map(|_| "/connect/guard#would-refuse".to_owned()),
    })
}

impl ActorRow {
    fn new(viewer: &CurrentUser, actor: &CheckedActor) -> Self {
        let user = match actor.principal {
            Principal::User { id, .. } => viewer.directory.user(id),
            Principal::Operator { .. } | Principal::System => None,
        };
        Self {
            name: user.map_or_else(|| "A deleted user".to_owned(), |user| text::user(user)),
            href: user.map(|user| format!("/connect/users/{}", user.id)),
            changes: actor.changes,
            text: text::figure(actor.changes),
            last: viewer.local_time(actor.last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_counts_up_to_a_limit() {
        assert_eq!(refused_sentence(0), "Enforce would have refused nothing in the last 30 days.");
        assert_eq!(refused_sentence(1), "Enforce would have refused 1 change in the last 30 days.");
        assert_eq!(refused_sentence(20), "Enforce would have refused 20 changes in the last 30 days.");
        assert_eq!(refused_sentence(21), "Enforce would have refused more than 20 changes in 30 days.");
    }
}
