//! Login names over time: which users had them when, and who can take one that is reserved.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::draft::Draft;
use super::guard::Ceiling;
use crate::act::Act;
use crate::audit::Flag;
use crate::command::FormerLogin;
use crate::decision::{Target, Thing};
use crate::directory::Directory;
use crate::id::UserId;
use crate::login_history::{LoginHistory, Reservation};
use crate::principal::Principal;
use crate::record::{Record, RecordChange, RecordKey};
use crate::refusal::Refusal;
use crate::resource::ResourceType;
use crate::settings::Settings;
use crate::text::folded;
use crate::user::User;

/// Adds the histories of the login names that users got or gave up in a step.
pub(super) fn keep_histories(draft: &mut Draft<'_>, restored: &HashSet<UserId>) {
    for history in histories(draft, restored).into_values() {
        draft.put(Record::Login(Arc::new(history)));
    }
}

/// Recomputes the login histories of a change of several steps, in place of those that its steps added: a login name
/// that a user had only between two steps does not count. Returns the directory after the change.
pub(super) fn keep_histories_of_all(whole: &mut Draft<'_>, tip: &Directory, restored: &HashSet<UserId>) -> Directory {
    let histories = histories(whole, restored);
    let mut changes = Vec::new();
    for key in whole.records.iter().map(RecordChange::key) {
        let RecordKey::Login(login) = &key else { continue };
        if !histories.contains_key(login) {
            changes.push(match whole.before.login_history_of(login) {
                Some(history) => RecordChange::Put(Record::Login(history.clone())),
                None => RecordChange::Remove(key),
            });
        }
    }
    whole.records.retain(|change| !matches!(change.key(), RecordKey::Login(_)));
    for history in histories.into_values() {
        let change = RecordChange::Put(Record::Login(Arc::new(history)));
        changes.push(change.clone());
        whole.records.push(change);
    }
    tip.apply(whole.revision, &changes)
}

/// Computes the histories of the login names that users got or gave up, by login name. Users in `restored` don't count
/// as created.
fn histories(draft: &Draft<'_>, restored: &HashSet<UserId>) -> BTreeMap<String, LoginHistory> {
    let mut histories = BTreeMap::new();
    let mut begun = Vec::new();
    for change in &draft.records {
        let RecordKey::User(id) = change.key() else { continue };
        let after = match change {
            RecordChange::Put(Record::User(user)) => Some(user),
            _ => None,
        };
        let before = draft.before.user(id);
        if before.map(|user| &user.username) == after.map(|user| &user.username) {
            continue;
        }
        let (had, has) = (before.map(|user| folded(&user.username)), after.map(|user| folded(&user.username)));
        if had == has {
            continue;
        }
        if let (Some(user), Some(login)) = (before, had) {
            history(draft.before, &mut histories, &login).end(user, draft.revision, Some(draft.now));
        }
        begun.extend(has.map(|login| (login, id, before.is_none() && !restored.contains(&id))));
    }
    // After all tenures that end, because users can have exchanged login names.
    for (login, user, created) in begun {
        // A login name that no other user ever had needs no history.
        if !created || histories.contains_key(&login) || draft.before.login_history_of(&login).is_some() {
            history(draft.before, &mut histories, &login).begin(user, draft.revision, created);
        }
    }
    histories
}

fn history<'a>(
    before: &Directory,
    histories: &'a mut BTreeMap<String, LoginHistory>,
    login: &str,
) -> &'a mut LoginHistory {
    histories.entry(login.to_owned()).or_insert_with(|| {
        before.login_history_of(login).map_or_else(|| LoginHistory::new(login.to_owned()), |known| (**known).clone())
    })
}

/// Refuses a login name that is reserved for another user, unless the actor is allowed to take it, which is flagged.
pub(super) fn take_reserved(draft: &mut Draft<'_>, user: UserId, username: &str) -> Result<(), Refusal> {
    let history = draft.before.login_history_of(&folded(username));
    let reserved = history.and_then(|history| history.reserved_at(draft.now)).filter(|held| held.user != user);
    let Some(reservation) = reserved else { return Ok(()) };
    if !may_take(draft, reservation) {
        let (name, until) = (username.to_owned(), reservation.until);
        let deleted = draft.before.user(reservation.user).is_none();
        return Err(Refusal::Reserved { name, until, deleted });
    }
    draft.flags.push(Flag::TookReservedLogin { user: reservation.user });
    Ok(())
}

/// Whether the actor is allowed to take a reserved login name: the operator, the system, full administrators, and
/// actors who are allowed to manage its last user, in every mode of the escalation guard.
fn may_take(draft: &Draft<'_>, reservation: &Reservation) -> bool {
    let Principal::User { id, .. } = draft.actor.principal else { return true };
    if draft.before.is_administrator(id) {
        return true;
    }
    let covers = |user: &User| Ceiling::of(draft).is_none_or(|ceiling| ceiling.stronger(user, draft.now).is_empty());
    match draft.before.user(reservation.user) {
        Some(user) => draft.authorize_as(Act::RenameUserLogin, &Target::User(user.id)).is_ok() && covers(user),
        None => {
            let user = reservation.last_user();
            let thing = Thing { hierarchy_group: user.hierarchy_group, ..Thing::new(ResourceType::User, &user.tags) };
            draft.authorize_as(Act::RestoreUser, &Target::Described(thing)).is_ok() && covers(&user)
        }
    }
}

/// Records login names that users had before histories were kept, so that stored values still refer to the same users
/// and the names stay reserved. Skips login names that a user has, because they refer to that user.
pub(super) fn record_former(draft: &mut Draft<'_>, former: &[FormerLogin]) -> Result<(), Refusal> {
    draft.authorize(&Target::Instance)?;
    draft.targets.push(RecordKey::Settings);
    let mut last: BTreeMap<String, &FormerLogin> = BTreeMap::new();
    for one in former {
        let login = folded(&one.user.username);
        let is_known =
            draft.before.user_by_login(&one.user.username).is_some() || draft.before.login_history_of(&login).is_some();
        if !is_known && last.get(&login).is_none_or(|known| known.until < one.until) {
            last.insert(login, one);
        }
    }
    for (login, one) in last {
        let mut history = LoginHistory::new(login);
        history.end(&one.user, one.until, one.at);
        draft.put(Record::Login(Arc::new(history)));
    }
    let settings = Settings { keeps_login_histories: true, ..Settings::clone(draft.before.settings()) };
    draft.put(Record::Settings(Arc::new(settings)));
    Ok(())
}
