//! Notifications to users about changes to their accounts. They are sent for all actors and all interfaces.

use std::collections::BTreeSet;
use std::sync::Arc;

use floorkey::audit::{AuditEvent, Flag, ValueChange};
use floorkey::{
    Action, AuxiliaryWrite, Change, Directory, Permission, PermissionSet, Principal, RecordKey, User, UserId,
};
use tokio::sync::mpsc;

use super::Mailer;
use super::invite::{actor_name, send_confirmation};
use super::template;
use crate::event_types::{self, Named, Objects};
use crate::service::CommittedChanges;

/// The maximum number of records of each kind that a message names.
const NAMED_MAX: usize = 20;

/// Reads committed changes until the channel closes, and notifies the affected users.
pub async fn notify_users(mailer: Arc<Mailer>, mut published: mpsc::UnboundedReceiver<CommittedChanges>) {
    while let Some(CommittedChanges { changes, after }) = published.recv().await {
        for change in changes {
            notify_email_changes(&mailer, &after, &change).await;
            notify_credential_changes(&mailer, &after, &change);
            notify_administrators(&mailer, &after, change.event());
        }
    }
}

/// If an event changed an email address, sends a confirmation to the new address and notifications to the user's other
/// addresses.
async fn notify_email_changes(mailer: &Mailer, directory: &Directory, change: &Change) {
    let event = change.event();
    for field in event.changes.iter().filter(|field| field.field == "email") {
        let (RecordKey::User(id), ValueChange::Value { before, after }) = (&field.record, &field.change) else {
            continue;
        };
        let Some(user) = directory.user(*id).filter(|user| user.enabled && !is_new_user(event, *id)) else { continue };
        let by = actor_name(directory, &event.actor, user);
        let recipients: BTreeSet<&String> =
            [before.as_ref(), user.verified_email.as_ref(), user.identity.secondary_email.as_ref()]
                .into_iter()
                .flatten()
                .filter(|address| Some(*address) != after.as_ref())
                .collect();
        for to in recipients {
            mailer.queue.send(template::email_changed(directory, user, to, &by));
        }
        if let Err(failure) = send_confirmation(mailer, directory, user).await {
            tracing::warn!(%failure, user = %id, "can't send the verification of a changed email");
        }
    }
}

/// Whether the event created the user. A new user receives only the invitation.
fn is_new_user(event: &AuditEvent, id: UserId) -> bool {
    let is_creation = |step: &ValueChange| matches!(step, ValueChange::Value { before: None, after: Some(_) });
    let mut names = event.changes.iter().filter(|field| field.field == "username");
    names.any(|field| field.record == RecordKey::User(id) && is_creation(&field.change))
}

/// Notifies users of changed passwords and removed MFA factors.
fn notify_credential_changes(mailer: &Mailer, directory: &Directory, change: &Change) {
    let event = change.event();
    let mut passwords = BTreeSet::new();
    let mut factors = BTreeSet::new();
    let mut renewed = BTreeSet::new();
    for side in change.auxiliary_writes() {
        match side {
            AuxiliaryWrite::PutPassword { user, .. } => passwords.insert(*user),
            AuxiliaryWrite::DeleteSecondFactor { user, .. } => factors.insert(*user),
            AuxiliaryWrite::PutSecondFactor { user, .. } => renewed.insert(*user),
            AuxiliaryWrite::DeletePassword { .. }
            | AuxiliaryWrite::DeleteUserData { .. }
            | AuxiliaryWrite::DeleteAttempts { .. }
            | AuxiliaryWrite::PutAccessKey { .. }
            | AuxiliaryWrite::DeleteAccessKey { .. } => false,
        };
    }
    let by = |user: &User| match event.actor.principal {
        Principal::User { id: actor, .. } if actor == user.id => None,
        _ => Some(actor_name(directory, &event.actor, user)),
    };
    let active_user = |id: UserId| directory.user(id).filter(|user| user.enabled && !is_new_user(event, id));
    for user in passwords.into_iter().filter_map(active_user) {
        // Notifications about passwords are not sent to the secondary email address, unlike all other notifications.
        if let Some(to) = &user.verified_email {
            mailer.queue.send(template::password_changed(directory, user, to, by(user).as_deref()));
        }
    }
    // A user who got new recovery codes in exchange for old ones is skipped, because that user did not lose an MFA
    // factor.
    for user in factors.difference(&renewed).copied().filter_map(active_user) {
        for to in addresses(user) {
            mailer.queue.send(template::factors_removed(directory, user, to, by(user).as_deref()));
        }
    }
}

/// Returns the addresses for notifications to a user.
fn addresses(user: &User) -> BTreeSet<&String> {
    let primary = user.verified_email.as_ref().or(user.identity.email.as_ref());
    primary.into_iter().chain(user.identity.secondary_email.as_ref()).collect()
}

/// Notifies administrators about a flagged event, and lists the reasons for the flags. The event's actor is not
/// notified.
fn notify_administrators(mailer: &Mailer, directory: &Directory, event: &AuditEvent) {
    let reasons: Vec<String> = event.flags.iter().filter_map(flag_text).collect();
    if reasons.is_empty() || event.action == Action::UpgradeCatalogue {
        return;
    }
    let object_name = |key: &RecordKey| {
        let name = match key {
            RecordKey::User(id) => directory.user(*id).map(|user| user.display_name()),
            RecordKey::Profile(id) => directory.profile(*id).map(|profile| profile.name.clone()),
            RecordKey::Settings => Some("the instance".to_owned()),
            _ => None,
        };
        Named::plain(template::sanitized_text(&name.unwrap_or_else(|| key.id())))
    };
    let objects = Objects::new(&event.targets, NAMED_MAX, object_name);
    let did = event_types::text(&event_types::did(event.action.name(), &objects));
    let administrators = directory.users_after(None).filter(|user| directory.is_administrator(user.id));
    for administrator in administrators {
        let is_actor = matches!(event.actor.principal, Principal::User { id, .. } if id == administrator.id);
        if let Some(to) = administrator.verified_email.as_ref().filter(|_| !is_actor) {
            let by = actor_name(directory, &event.actor, administrator);
            let sentence = format!("{by} {did}.");
            mailer.queue.send(template::flagged(directory, administrator, to, &sentence, &reasons));
        }
    }
}

fn flag_text(flag: &Flag) -> Option<String> {
    match flag {
        Flag::GrantedBeyondActor { permissions } => Some(format!(
            "The change granted permissions that the person who made it doesn't have{}.",
            permission_names(permissions)
        )),
        Flag::ChangedUserWithMoreAccess { permissions } => Some(format!(
            "The change affected a user who has more access than the person who made it{}.",
            permission_names(permissions)
        )),
        Flag::Reason(reason) => Some(format!("Reason: {}", template::sanitized_text(reason))),
        Flag::ReducedUsersWithMoreAccess { permissions, users } => Some(format!(
            "The change removed access from users ({users}) who have more access than the person who made it{}.",
            permission_names(permissions)
        )),
        Flag::ExpandedOwnAssignable => Some(
            "The change lets the person who made it, or users whom this person can manage, assign more than before."
                .to_owned(),
        ),
        Flag::CredentialsKnownToCustodians { count, .. } => {
            Some(format!("The change granted access to users ({count}) whose credentials other people may know."))
        }
        Flag::AssignableProfileExpanded { .. }
        | Flag::CredentialsReplaced { .. }
        | Flag::LooksLike { .. }
        | Flag::ReusedReservedLogin { .. }
        | Flag::UndoOf { .. }
        | Flag::Repeated { .. } => None,
    }
}

fn permission_names(permissions: &PermissionSet) -> String {
    const NAMES_MAX: usize = 5;
    let all: Vec<&str> = permissions.iter().map(Permission::name).collect();
    let visible = all.iter().take(NAMES_MAX).copied().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(NAMES_MAX) {
        0 if visible.is_empty() => String::new(),
        0 => format!(": {visible}"),
        more => format!(": {visible} and {more} more"),
    }
}
