//! The sign-in tab: status, sessions, MFA methods and access keys of a user, with a small form for each action.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::user::{MfaMethodKind, PasswordState};
use floorkey::{AccessKeyId, Action, Command, MfaMethodId, Target, Timestamp, User, UserId};
use floorkey_store::Session;
use http::Response;

use super::header::{Tab, UserHeader, user_header, user_path};
use super::lookup::{self, permission_refusal_text, refusal_text};
use crate::user_fields as fields;
use crate::web::current_user::CurrentUser;
use crate::web::edit::dry_run;
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form};
use crate::web::layout::{Layout, page};
use crate::web::page_error::{PageError, to_sentence};
use crate::web::session;
use crate::web::text;
use floorkey_service::clock;
use floorkey_service::failure::Failure;
use floorkey_service::mail;

#[derive(Template)]
#[template(path = "user/sign_in.html")]
struct SignInTab {
    layout: Layout,
    header: UserHeader,
    /// The rows about how the user signs in. Each row has a label, a text, and the kind of its badge.
    status_rows: Vec<StatusRow>,
    actions: Vec<ActionForm>,
    factors: Vec<FactorRow>,
    factors_refused: Option<String>,
    sessions: Vec<SessionRow>,
    sessions_refused: Option<String>,
    keys: Vec<KeyRow>,
    keys_refused: Option<String>,
}

/// A line about how the user signs in.
struct StatusRow {
    label: &'static str,
    text: String,
    kind: &'static str,
}

/// An action on the page, with its own button.
struct ActionForm {
    name: &'static str,
    button: &'static str,
    description: String,
    danger: bool,
    refused: Option<String>,
}

struct FactorRow {
    id: String,
    kind: &'static str,
    label: String,
    added: String,
}

struct SessionRow {
    /// The hash of the session token in hexadecimal, which can't be used to sign in.
    id: String,
    created: String,
    seen: String,
    address: String,
    agent: String,
    is_current: bool,
}

struct KeyRow {
    id: String,
    label: String,
    created: String,
    /// The time until which a suspended key can be reinstated. Empty for keys that are not suspended.
    suspended: String,
    can_reinstate: bool,
}

pub(super) async fn show(viewer: CurrentUser, Path(id): Path<String>) -> Result<Response<Body>, PageError> {
    let user = lookup::visible_user(&viewer, &id)?;
    let target = Target::User(user.id);
    let locked = locked_until(&viewer, user.id);
    let sessions_refused = permission_refusal_text(&viewer, Action::EndUserSessions, &target);
    let sessions = if sessions_refused.is_none() { sessions(&viewer, &user).await? } else { Vec::new() };
    let keys_refused = permission_refusal_text(&viewer, Action::ListAccessKeys, &target);
    let keys = if keys_refused.is_none() { keys(&viewer, user.id) } else { Vec::new() };
    let template = SignInTab {
        layout: viewer.layout(format!("{} · Sign-in", user.display_name())),
        header: user_header(&viewer, &user, Tab::SignIn),
        status_rows: status_rows(&viewer, &user, locked),
        actions: actions(&viewer, &user, locked.is_some(), sessions.len()),
        factors: user.mfa_methods.iter().map(|method| factor(&viewer, method)).collect(),
        factors_refused: refusal_text(&viewer, &Command::RemoveSecondFactor { user: user.id, factor: None }),
        sessions: sessions.iter().map(|session| session_row(&viewer, session)).collect(),
        sessions_refused,
        keys,
        keys_refused,
    };
    Ok(page(&template))
}

/// Performs one of the actions of the sign-in tab.
pub(super) async fn run_action(
    viewer: CurrentUser,
    Path((id, action)): Path<(String, String)>,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    let user = lookup::visible_user(&viewer, &id)?;
    let name = user.display_name();
    let to = format!("{}/sign-in", user_path(&user));
    if action == "end-session" {
        let text = end_session(&viewer, &user, &fields).await?;
        return Ok(viewer.context.redirect_with_flash(&to, &Flash::good(text)));
    }
    if action == "confirmation" {
        return Ok(viewer.context.redirect_with_flash(&to, &resend_verification(&viewer, &user).await?));
    }
    let (command, text) =
        action_command(&user, &action, &fields).ok_or_else(|| PageError::NotFound("act".to_owned()))?;
    let undoable = matches!(command, Command::SetUserEnabled { .. });
    let done = viewer.execute(command).await?;
    let flash = Flash::good(format!("{name} {text}"));
    Ok(viewer.context.redirect_with_flash(&to, &if undoable { flash.undo(done.revision) } else { flash }))
}

/// Returns an action's command and its confirmation message. The message is displayed after the user's name.
fn action_command(user: &User, action: &str, fields: &Fields) -> Option<(Command, &'static str)> {
    let id = user.id;
    Some(match action {
        "unlock" => (Command::UnlockUser { user: id }, "can try to sign in again at once."),
        "enable" => (Command::SetUserEnabled { user: id, enabled: true }, "is enabled."),
        "disable" => (Command::SetUserEnabled { user: id, enabled: false }, "is disabled and signed out everywhere."),
        "sign-out" => (Command::EndUserSessions { user: id }, "is signed out everywhere."),
        "remove-factors" => {
            (Command::RemoveSecondFactor { user: id, factor: None }, "signs in with the password alone now.")
        }
        "remove-factor" => {
            let factor = MfaMethodId::parse(fields.raw("factor"))?;
            (Command::RemoveSecondFactor { user: id, factor: Some(factor) }, "no longer has that MFA device.")
        }
        "revoke-key" => {
            let key = AccessKeyId::parse(fields.raw("key"))?;
            (
                Command::RevokeAccessKey { id: key },
                "lost that access key: calls signed with it are refused from now on.",
            )
        }
        "reinstate-key" => {
            let key = AccessKeyId::parse(fields.raw("key"))?;
            (Command::ReinstateAccessKey { id: key }, "has that access key back: it signs calls again.")
        }
        _ => return None,
    })
}

/// Returns a command that sets the email address to its current value. Before a verification link is resent, this
/// command is planned but not executed. Resending a link therefore requires the same permissions as entering the
/// address, and the same checks of the escalation guard apply.
fn reverify_command(user: &User) -> Command {
    Command::UpdateUserIdentityInfo { user: user.id, identity: user.identity.clone() }
}

/// Resends the verification link for a pending email address.
async fn resend_verification(viewer: &CurrentUser, user: &User) -> Result<Flash, PageError> {
    let command = reverify_command(user);
    dry_run(viewer, &command, true).await??;
    match mail::send_confirmation(&viewer.app().mailer, &viewer.directory, user).await {
        Ok(Some(sent)) => Ok(Flash::good(format!("The verification link was sent to {} again.", sent.address))),
        Ok(None) => Ok(Flash::info("There is no address left to verify.")),
        Err(failure @ Failure::Refused(_)) => Ok(Flash::warn(to_sentence(&failure))),
        Err(failure) => Err(failure.into()),
    }
}

/// Ends one session. This action requires the same permissions as ending all sessions of the user. The same checks of
/// the escalation guard apply.
async fn end_session(viewer: &CurrentUser, user: &User, fields: &Fields) -> Result<String, PageError> {
    let command = Command::EndUserSessions { user: user.id };
    dry_run(viewer, &command, true).await??;
    let store = viewer.app().service.store();
    let wanted = fields.raw("session");
    let active = sessions(viewer, user).await?;
    let ended = match active.iter().find(|session| hex::encode(session.token_hash) == wanted) {
        Some(found) => store.end_session(&found.token_hash).await?,
        None => false,
    };
    if ended {
        let target = vec![floorkey::RecordKey::User(user.id)];
        viewer.app().service.record_event(viewer.instance(), viewer.actor(), Action::EndUserSessions, target).await?;
    }
    Ok("That session is ended.".to_owned())
}

/// Returns the time when a user's lockout ends. Too many failed sign-ins lock a user out. Returns `None` if the user is
/// not locked out.
pub(super) fn locked_until(viewer: &CurrentUser, user: UserId) -> Option<Timestamp> {
    let now = clock::monotonic_now();
    let until = viewer.app().service.throttle().locked_until(viewer.instance(), user, now)?;
    Some(session::add_duration(viewer.now, until.since(now)))
}

async fn sessions(viewer: &CurrentUser, user: &User) -> Result<Vec<Session>, PageError> {
    let mut sessions = viewer.app().service.store().sessions_of(viewer.instance(), user.id).await?;
    sessions.retain(|session| session::is_valid(session, user, viewer.now));
    Ok(sessions)
}

fn status_rows(viewer: &CurrentUser, user: &User, locked: Option<Timestamp>) -> Vec<StatusRow> {
    let row = |label, kind, text: String| StatusRow { label, text, kind };
    let password = match user.password {
        PasswordState::None => row("Password", "warn", "None. The user can’t sign in.".to_owned()),
        PasswordState::Temporary => {
            row("Password", "warn", "Temporary. It must be changed at the next sign-in.".to_owned())
        }
        PasswordState::Set => row("Password", "", "Chosen by the user".to_owned()),
    };
    let mut status_rows = vec![
        match user.enabled {
            true => row("Status", "good", "Enabled".to_owned()),
            false => row("Status", "bad", "Disabled: cannot sign in, and has no permission".to_owned()),
        },
        password,
    ];
    if let Some(until) = locked {
        status_rows.push(row("Locked", "bad", format!("until {}, after failed sign-ins", viewer.time(until))));
    }
    status_rows.push(email(user));
    let activity = viewer.app().activity.get(viewer.instance(), user.id);
    let at = |at: Option<Timestamp>| match at {
        Some(at) => format!("{} ({})", viewer.time(at), text::relative_time(at, viewer.now)),
        None => "Never".to_owned(),
    };
    status_rows.push(row("Last sign-in", "", at(activity.and_then(|known| known.signed_in_at))));
    status_rows.push(row("Last seen", "", at(activity.and_then(|known| known.last_active_at))));
    if let Some(failed) = activity.filter(|known| known.failures > 0) {
        let times = text::count_noun(usize::try_from(failed.failures).unwrap_or(usize::MAX), "time");
        status_rows.push(row(
            "Failed sign-ins",
            "",
            format!("{times} since the last sign-in, last {}", at(failed.failed_at)),
        ));
    }
    status_rows
}

fn email(user: &User) -> StatusRow {
    let (kind, text) = match (&user.identity.email, &user.verified_email) {
        (None, _) => ("", "None: the password can be reset by hand only".to_owned()),
        (Some(email), Some(confirmed)) if email == confirmed => ("good", format!("{email}, confirmed")),
        (Some(email), Some(confirmed)) => ("warn", format!("{email}, not confirmed yet; {confirmed} was before")),
        (Some(email), None) => ("warn", format!("{email}, not confirmed yet")),
    };
    StatusRow { label: fields::label("email"), text, kind }
}

fn actions(viewer: &CurrentUser, user: &User, locked: bool, sessions: usize) -> Vec<ActionForm> {
    let id = user.id;
    let action = |name, button, description: &str, danger, command: &Command| ActionForm {
        name,
        button,
        description: description.to_owned(),
        danger,
        refused: refusal_text(viewer, command),
    };
    let mut actions = Vec::new();
    if locked {
        let description = "Lets the user try again at once. The failures are forgotten.";
        actions.push(action("unlock", "Unlock", description, false, &Command::UnlockUser { user: id }));
    }
    if user.enabled && user.identity.email.is_some() && user.identity.email != user.verified_email {
        let description =
            "Sends another link to the address that is not confirmed yet. The one before it counts no more.";
        actions.push(action(
            "confirmation",
            "Send the confirmation again",
            description,
            false,
            &reverify_command(user),
        ));
    }
    let description = match sessions {
        0 => "Ends all sessions and links that were sent by email. The user is not signed in now.".to_owned(),
        n => format!("Ends {} and links that were sent by email.", text::count_noun(n, "session")),
    };
    actions.push(action(
        "sign-out",
        "Sign out everywhere",
        &description,
        false,
        &Command::EndUserSessions { user: id },
    ));
    actions.push(match user.enabled {
        true => {
            let description = "Signs the user out and takes all permissions away until the user is enabled again.";
            action("disable", "Disable", description, true, &Command::SetUserEnabled { user: id, enabled: false })
        }
        false => {
            let description = "Gives back what the security profiles grant, and lets the user sign in.";
            action("enable", "Enable", description, false, &Command::SetUserEnabled { user: id, enabled: true })
        }
    });
    actions
}

fn factor(viewer: &CurrentUser, factor: &floorkey::user::MfaMethod) -> FactorRow {
    FactorRow {
        id: factor.id.to_string(),
        kind: match factor.kind {
            MfaMethodKind::Totp => "App with codes",
            MfaMethodKind::Passkey => "Passkey",
            MfaMethodKind::RecoveryCodes => "Recovery codes",
        },
        label: factor.label.clone(),
        added: viewer.time(factor.added),
    }
}

fn session_row(viewer: &CurrentUser, session: &Session) -> SessionRow {
    SessionRow {
        id: hex::encode(session.token_hash),
        created: viewer.time(session.created_at),
        seen: text::relative_time(session.last_used_at, viewer.now),
        address: session.address.clone().unwrap_or_default(),
        agent: session.user_agent.clone().unwrap_or_default(),
        is_current: session.token_hash == viewer.session.token_hash,
    }
}

fn keys(viewer: &CurrentUser, user: UserId) -> Vec<KeyRow> {
    let row = |key: &std::sync::Arc<floorkey::AccessKey>| KeyRow {
        id: key.id.to_string(),
        label: key.label.clone(),
        created: viewer.time(key.created),
        suspended: key.suspended_until.map(|at| viewer.time(at)).unwrap_or_default(),
        can_reinstate: key.suspended_until.is_some_and(|until| until > viewer.now) && user != viewer.user.id,
    };
    viewer.directory.access_keys_of(user).map(row).collect()
}
