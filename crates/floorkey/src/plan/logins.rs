//! Records which users have had a login name, and determines which actors can assign a reserved login name to another
//! user.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::change_builder::ChangeBuilder;
use super::guard::GrantableAccess;
use crate::action::Action;
use crate::audit::Flag;
use crate::command::FormerLogin;
use crate::decision::{ResourceAttributes, Target};
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

/// Adds the changed histories of all login names that users got or lost in a step.
pub(super) fn update_histories(builder: &mut ChangeBuilder<'_>, restored: &HashSet<UserId>) {
    for history in histories(builder, restored).into_values() {
        builder.put(Record::Login(Arc::new(history)));
    }
}

/// Recomputes the login histories for a change with several steps. The new histories replace the histories that the
/// steps added. They do not include login names that a user had only between two steps. Returns the directory after the
/// change.
pub(super) fn recompute_histories(
    combined: &mut ChangeBuilder<'_>,
    current: &Directory,
    restored: &HashSet<UserId>,
) -> Directory {
    let histories = histories(combined, restored);
    let mut changes = Vec::new();
    for key in combined.records.iter().map(RecordChange::key) {
        let RecordKey::Login(login) = &key else { continue };
        if !histories.contains_key(login) {
            changes.push(match combined.before.login_history_of(login) {
                Some(history) => RecordChange::Upsert(Record::Login(history.clone())),
                None => RecordChange::Remove(key),
            });
        }
    }
    combined.records.retain(|change| !matches!(change.key(), RecordKey::Login(_)));
    for history in histories.into_values() {
        let change = RecordChange::Upsert(Record::Login(Arc::new(history)));
        changes.push(change.clone());
        combined.records.push(change);
    }
    current.apply(combined.revision, &changes)
}

/// Computes the histories of all login names that users got or lost. Users in `restored` are not treated as new users.
fn histories(builder: &ChangeBuilder<'_>, restored: &HashSet<UserId>) -> BTreeMap<String, LoginHistory> {
    let mut histories = BTreeMap::new();
    let mut tenures_begun = Vec::new();
    for change in &builder.records {
        let RecordKey::User(id) = change.key() else { continue };
        let after = match change {
            RecordChange::Upsert(Record::User(user)) => Some(user),
            _ => None,
        };
        let before = builder.before.user(id);
        if before.map(|user| &user.username) == after.map(|user| &user.username) {
            continue;
        }
        let (had, has) = (before.map(|user| folded(&user.username)), after.map(|user| folded(&user.username)));
        if had == has {
            continue;
        }
        if let (Some(user), Some(login)) = (before, had) {
            history(builder.before, &mut histories, &login).end(user, builder.revision, Some(builder.now));
        }
        tenures_begun.extend(has.map(|login| (login, id, before.is_none() && !restored.contains(&id))));
    }
    // Users can exchange their login names in one change. All users therefore lose their old names before any user gets
    // a new name.
    for (login, user, created) in tenures_begun {
        // If a new user's login name was never used by another user, the name needs no history.
        if !created || histories.contains_key(&login) || builder.before.login_history_of(&login).is_some() {
            history(builder.before, &mut histories, &login).begin(user, builder.revision, created);
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

/// Refuses a login name that is reserved for another user. If the actor is allowed to assign such a name, the change is
/// flagged instead.
pub(super) fn check_reserved(builder: &mut ChangeBuilder<'_>, user: UserId, username: &str) -> Result<(), Refusal> {
    let history = builder.before.login_history_of(&folded(username));
    let reserved =
        history.and_then(|history| history.reserved_at(builder.now)).filter(|reservation| reservation.user != user);
    let Some(reservation) = reserved else { return Ok(()) };
    if !can_take_reserved(builder, reservation) {
        let (name, until) = (username.to_owned(), reservation.until);
        let deleted = builder.before.user(reservation.user).is_none();
        return Err(Refusal::Reserved { name, until, deleted });
    }
    builder.flags.push(Flag::ReusedReservedLogin { user: reservation.user });
    Ok(())
}

/// Whether the actor is allowed to assign a reserved login name. The operator, the system and full administrators are
/// always allowed. Other actors must be allowed to manage the last user with this login name, in every mode of the
/// escalation guard.
fn can_take_reserved(builder: &ChangeBuilder<'_>, reservation: &Reservation) -> bool {
    let Principal::User { id, .. } = builder.actor.principal else { return true };
    if builder.before.is_administrator(id) {
        return true;
    }
    let can_manage = |user: &User| {
        GrantableAccess::for_actor(builder)
            .is_none_or(|grantable| grantable.excess_access(user, builder.now).is_empty())
    };
    match builder.before.user(reservation.user) {
        Some(user) => builder.authorize_as(Action::RenameUserLogin, &Target::User(user.id)).is_ok() && can_manage(user),
        None => {
            let user = reservation.last_user();
            let resource = ResourceAttributes {
                hierarchy_group: user.hierarchy_group,
                ..ResourceAttributes::new(ResourceType::User, &user.tags)
            };
            builder.authorize_as(Action::RestoreUser, &Target::Described(resource)).is_ok() && can_manage(&user)
        }
    }
}

/// Records login names that users lost before Floorkey stored histories. Stored values that contain such a name
/// therefore keep referring to the same user, and the name stays reserved. Names that a user currently has are skipped,
/// because they refer to the current user.
pub(super) fn record_former_logins(builder: &mut ChangeBuilder<'_>, former: &[FormerLogin]) -> Result<(), Refusal> {
    builder.authorize(&Target::Instance)?;
    builder.targets.push(RecordKey::Settings);
    let mut last: BTreeMap<String, &FormerLogin> = BTreeMap::new();
    for former_login in former {
        let name = folded(&former_login.user.username);
        let is_known = builder.before.user_by_login(&former_login.user.username).is_some()
            || builder.before.login_history_of(&name).is_some();
        if !is_known && last.get(&name).is_none_or(|known| known.until < former_login.until) {
            last.insert(name, former_login);
        }
    }
    for (name, former_login) in last {
        let mut history = LoginHistory::new(name);
        history.end(&former_login.user, former_login.until, former_login.at);
        builder.put(Record::Login(Arc::new(history)));
    }
    let settings = Settings { keeps_login_histories: true, ..Settings::clone(builder.before.settings()) };
    builder.put(Record::Settings(Arc::new(settings)));
    Ok(())
}
