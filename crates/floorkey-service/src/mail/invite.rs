//! Messages with links: invitations, password links that an administrator requests, and email confirmations.

use std::sync::Arc;

use floorkey::user::PasswordState;
use floorkey::visibility::Viewer;
use floorkey::{
    Action, Actor, Authentication, Command, Directory, NewPassword, Principal, Record, RecordKey, Refusal,
    ResourceType, SecretBytes, Target, Timestamp, User, UserId,
};
use floorkey_store::LinkPurpose;

use super::Mailer;
use super::{link, template};
use crate::clock;
use crate::failure::Failure;
use crate::throttle::Bucket;

/// The number of links that can be sent to a user before further links are delayed.
pub(super) const LINKS_BEFORE_WAIT: u32 = 3;

/// The number of email confirmations that can be sent to a user before further confirmations are delayed. Each change
/// of the email address sends a confirmation.
const CONFIRMATIONS_BEFORE_WAIT: u32 = 20;

/// A message with a link that was sent to a user.
#[derive(Clone, Debug)]
pub struct SentLink {
    /// The recipient's address.
    pub address: String,
    /// How long the link works: `7 days` for an invitation, `15 minutes` for a link to choose a new password.
    pub lifetime: String,
}

/// Sends a user a link to choose a password, on behalf of the actor. A user who has not chosen a password yet is
/// invited at the account's email address. Every other user gets the link only at their verified email address.
///
/// # Errors
/// Returns an error in any of these cases: the actor lacks the permission, the escalation guard refuses a password
/// reset, the user has no address to send to, or too many links were sent. Also returns an error if the actor must
/// first confirm the address by entering it.
pub async fn invite(
    mailer: &Mailer,
    directory: &Directory,
    actor: Actor,
    id: UserId,
    confirmed: Option<&str>,
) -> Result<SentLink, Failure> {
    let instance = directory.instance();
    let target = vec![RecordKey::User(id)];
    let Some(user) = directory.user(id).cloned() else {
        let (action, now) = (Action::InviteUser, clock::now());
        let refusal = floorkey::not_found_or_denied(directory, &actor.principal, action, ResourceType::User, id, now);
        return Err(mailer.service.record_refusal(instance, actor, action, target, refusal).await);
    };
    // An actor without the permission gets the same refusal for every ID, and therefore can't learn which users exist.
    if let Err(refusal) =
        floorkey::authorize(directory, &actor.principal, Action::InviteUser, &Target::User(id), clock::now())
    {
        return Err(mailer.service.record_refusal(instance, actor, Action::InviteUser, target, refusal).await);
    }
    let action = match user.password {
        PasswordState::Set => Action::SendPasswordLink,
        PasswordState::None | PasswordState::Temporary => Action::InviteUser,
    };
    if let Err(refusal) = check_may_send(directory, &actor, action, &user) {
        return Err(mailer.service.record_refusal(instance, actor, action, target, refusal).await);
    }
    mailer.queue.check_capacity()?;
    mailer.service.check_signature_unused(instance, &actor, action, vec![RecordKey::User(id)]).await?;
    let purpose = match action {
        Action::SendPasswordLink => LinkPurpose::Reset,
        _ => LinkPurpose::Invite,
    };
    let to = link_address(&user).ok_or_else(|| missing_address(action))?;
    confirmed_by_actor(&user, &to, confirmed)?;
    if user.email_unverified {
        let vouch = Command::VerifyEmailOfUser { user: id, email: to.clone() };
        mailer.service.execute(instance, actor.clone(), vouch).await?;
    }
    if purpose == LinkPurpose::Reset && is_cooling_off(mailer, directory, &user, &to).await? {
        return Err(cooling_off_refusal(mailer).into());
    }
    count_message(mailer, directory, &user, "link", LINKS_BEFORE_WAIT)?;
    let name = actor_name(directory, &actor, &user);
    match action {
        // This command also makes the actor a custodian of the credentials, unless the user has verified the address.
        Action::InviteUser => {
            mailer.service.execute(instance, actor, Command::InviteUser { user: id, email: to.clone() }).await?;
        }
        action => mailer.service.record_event(instance, actor, action, target).await?,
    }
    // The new link invalidates earlier links, so it is created only after all checks.
    let new_link = link::create(mailer, directory, &user, purpose, &to).await?;
    let message = match purpose {
        LinkPurpose::Reset => template::reset(directory, &user, &to, &new_link.address, Some(&name)),
        _ => template::invitation(directory, &user, &to, &new_link.address),
    };
    mailer.queue.send_durably(message.until(new_link.until)).await?;
    Ok(SentLink { address: to, lifetime: link::lifetime_text(purpose) })
}

/// Refuses to send a link if the address may belong to another person. The actor can confirm the address by entering
/// it.
fn confirmed_by_actor(user: &User, to: &str, confirmed: Option<&str>) -> Result<(), Failure> {
    let confirmed = confirmed.map(str::trim).filter(|address| !address.is_empty());
    let problem = match confirmed {
        Some(address) if address.eq_ignore_ascii_case(to) => return Ok(()),
        None if !user.email_unverified => return Ok(()),
        None => format!(
            "`{to}` was entered by a user who could know this user's earlier credentials: confirm the address \
            by entering it again, or change it first"
        ),
        Some(address) => format!("`{address}` is not the address to which the invitation is sent, which is `{to}`"),
    };
    Err(floorkey::Invalid { input: "Email", problem }.into())
}

/// Returns the address for a link to choose a password. This is the verified email address, or the account's email
/// address if the user has not chosen a password yet. Returns `None` if the user has no such address or is disabled.
pub fn link_address(user: &User) -> Option<String> {
    let address = match user.password {
        PasswordState::Set => &user.verified_email,
        PasswordState::None | PasswordState::Temporary => &user.identity.email,
    };
    address.clone().filter(|_| user.enabled)
}

fn check_may_send(directory: &Directory, actor: &Actor, action: Action, user: &User) -> Result<(), Refusal> {
    let now = clock::now();
    floorkey::authorize(directory, &actor.principal, action, &Target::User(user.id), now)?;
    if !user.enabled {
        let problem = "the user is disabled and can't sign in: enable the user first".to_owned();
        return Err(floorkey::Invalid { input: "UserId", problem }.into());
    }
    // A link to choose a password has the same effect as a password reset, so the guard checks both in the same way.
    let password = NewPassword { hash: SecretBytes::new(Vec::new()), temporary: true };
    let reset = Command::ResetUserPassword { user: user.id, password, revoke_access_keys: false };
    match floorkey::plan(directory, actor, &reset, now) {
        Err(refusal)
            if matches!(
                refusal.root(),
                Refusal::Guard(_) | Refusal::Invalid(_) | Refusal::LastAdministrator { .. } | Refusal::CredentialsEnded
            ) =>
        {
            Err(refusal)
        }
        // An actor who can only create users can still invite users who have no password yet. The invitation gives the
        // actor no additional access.
        Ok(_) | Err(_) => Ok(()),
    }
}

fn missing_address(action: Action) -> Failure {
    let problem = match action {
        Action::SendPasswordLink => {
            "the user has no verified email to which a link can be sent: set a temporary password, and ask the \
            user to verify their email after they sign in"
        }
        _ => "the user has no email to which an invitation can be sent: enter one, or set a temporary password",
    };
    floorkey::Invalid { input: "Email", problem: problem.to_owned() }.into()
}

/// Whether the user's email address was changed to `address` within the cooling-off period.
///
/// Without this period, an actor who can edit users could take over an account by entering their own email address.
/// During the period, the user is notified at the old address and has time to react.
pub(super) async fn is_cooling_off(
    mailer: &Mailer,
    directory: &Directory,
    user: &User,
    address: &str,
) -> Result<bool, Failure> {
    let versions = mailer.service.store().record_versions(directory.instance(), RecordKey::User(user.id)).await?;
    let users = versions.iter().rev().filter_map(|version| match &version.record {
        Record::User(user) => Some(user),
        _ => None,
    });
    let has_address = |user: &&Arc<User>| user.identity.email.as_deref() == Some(address);
    // The newest versions of the user can have a different address, which is not verified yet. These versions are
    // skipped.
    let mut users = users.skip_while(|user| !has_address(user)).peekable();
    let mut since = None;
    while let Some(version) = users.next_if(has_address) {
        since = Some(version.modified);
    }
    let cooling_off_millis = i64::try_from(mailer.cooling_off.as_millis()).unwrap_or(i64::MAX);
    let is_over = |at: Timestamp| clock::now().as_millis().saturating_sub(at.as_millis()) >= cooling_off_millis;
    // The result is `false` if the user was created with this address, because the address did not replace an earlier
    // address.
    Ok(users.next().is_some() && !since.is_none_or(is_over))
}

fn cooling_off_refusal(mailer: &Mailer) -> Refusal {
    let hours = mailer.cooling_off.as_secs() / (60 * 60);
    let problem = format!(
        "the email was changed within the last {hours} hours, and no links are sent to it during that time: set \
        a temporary password"
    );
    floorkey::Invalid { input: "Email", problem }.into()
}

/// Counts a message with a link. Refuses the message if too many links were sent to the user by any sender.
fn count_message(
    mailer: &Mailer,
    directory: &Directory,
    user: &User,
    what: &str,
    attempts_before_wait: u32,
) -> Result<(), Failure> {
    let bucket = Bucket::for_user(directory.instance(), user.id, what, attempts_before_wait);
    match mailer.service.throttle().count_use(&bucket, clock::monotonic_now()) {
        true => Ok(()),
        false => {
            let problem = "several links were already sent to the user: wait a few minutes".to_owned();
            Err(Refusal::LimitExceeded { input: "", problem }.into())
        }
    }
}

/// Sends the user a link to confirm their email address. Does nothing if the user has no unverified address.
///
/// # Errors
/// Returns an error if the store fails, or if too many confirmations were sent.
pub async fn send_confirmation(
    mailer: &Mailer,
    directory: &Directory,
    user: &User,
) -> Result<Option<SentLink>, Failure> {
    let Some(to) = user.identity.email.clone().filter(|email| user.verified_email.as_ref() != Some(email)) else {
        return Ok(None);
    };
    count_message(mailer, directory, user, "confirmation", CONFIRMATIONS_BEFORE_WAIT)?;
    let new_link = link::create(mailer, directory, user, LinkPurpose::VerifyEmail, &to).await?;
    mailer.queue.send(template::confirm_email(directory, user, &to, &new_link.address).until(new_link.until));
    Ok(Some(SentLink { address: to, lifetime: link::lifetime_text(LinkPurpose::VerifyEmail) }))
}

/// Returns the actor's name for a message to `reader`. If `reader` can't see the acting user, the name is replaced with
/// a generic description.
pub(super) fn actor_name(directory: &Directory, actor: &Actor, reader: &User) -> String {
    match &actor.principal {
        Principal::User { id, .. } => {
            let principal = Principal::User {
                id: reader.id,
                authentication: Authentication::Session { recently_authenticated: false },
            };
            let is_visible = Viewer::new(directory, &principal, clock::now()).user_name(*id).is_some();
            let user = directory.user(*id).filter(|_| is_visible);
            user.map_or_else(|| "An administrator".to_owned(), |user| template::sanitized_text(&user.display_name()))
        }
        Principal::Operator { .. } => "The operator".to_owned(),
        Principal::System => "System".to_owned(),
    }
}
