//! Lists and ends the viewer's own sessions.

use axum::body::Body;
use floorkey::{Action, RecordKey};
use floorkey_store::Session;
use http::Response;

use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::Form;
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, post};
use crate::web::session;
use crate::web::text;

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/connect/access/end-session", post(end))
        .route("/connect/access/end-other-sessions", post(end_others))
}

/// A session in a list.
pub(super) struct OwnSessionRow {
    /// An ID that identifies the session in a form without revealing the session token.
    pub(super) form_id: String,
    pub(super) browser: String,
    pub(super) address: String,
    pub(super) created: String,
    pub(super) seen: String,
    pub(super) seen_iso: String,
    pub(super) is_current: bool,
}

/// Returns the viewer's valid sessions. The current session comes first.
pub(super) async fn for_viewer(viewer: &CurrentUser) -> Result<Vec<OwnSessionRow>, PageError> {
    let store = viewer.app().service.store();
    let mut sessions = store.sessions_of(viewer.instance(), viewer.user.id).await?;
    sessions.retain(|session| session::is_valid(session, &viewer.user, viewer.now));
    let is_this = |session: &Session| session.token_hash == viewer.session.token_hash;
    sessions.sort_by_key(|session| (!is_this(session), std::cmp::Reverse(session.last_used_at)));
    let rows = sessions.iter().map(|session| OwnSessionRow {
        form_id: form_id(session),
        browser: browser_name(session.user_agent.as_deref().unwrap_or_default()),
        address: session.address.clone().unwrap_or_default(),
        created: viewer.time(session.created_at),
        seen: text::relative_time(session.last_used_at, viewer.now),
        seen_iso: text::iso_time(session.last_used_at),
        is_current: is_this(session),
    });
    Ok(rows.collect())
}

async fn end(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    let store = viewer.app().service.store();
    let sessions = store.sessions_of(viewer.instance(), viewer.user.id).await?;
    let chosen = sessions.iter().find(|session| form_id(session) == fields.raw("session"));
    let Some(chosen) = chosen else {
        return Ok(viewer.context.redirect_with_flash(super::SIGN_IN, &Flash::info("That session has ended already.")));
    };
    store.end_session(&chosen.token_hash).await?;
    record_end(&viewer).await?;
    let flash =
        Flash::good(format!("{} is signed out.", browser_name(chosen.user_agent.as_deref().unwrap_or_default())));
    Ok(viewer.context.redirect_with_flash(super::SIGN_IN, &flash))
}

async fn end_others(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    let store = viewer.app().service.store();
    let this = &viewer.session.token_hash;
    let ended = store.end_sessions(viewer.instance(), viewer.user.id, Some(this)).await?;
    record_end(&viewer).await?;
    let flash = Flash::good(format!("{} ended. You stay signed in here.", text::count_noun(ended, "other session")));
    Ok(viewer.context.redirect_with_flash(super::SIGN_IN, &flash))
}

async fn record_end(viewer: &CurrentUser) -> Result<(), PageError> {
    let (action, target) = (Action::EndUserSessions, vec![RecordKey::User(viewer.user.id)]);
    Ok(viewer.app().service.record_event(viewer.instance(), viewer.actor(), action, target).await?)
}

fn form_id(session: &Session) -> String {
    let mut id = hex::encode(session.token_hash);
    id.truncate(24);
    id
}

/// Returns a browser's name from the user agent string, such as `Firefox on Linux`.
pub(crate) fn browser_name(agent: &str) -> String {
    // The order matters, because most browsers' user agent strings also contain the names of other browsers.
    const BROWSERS: [(&str, &str); 7] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Chromium/", "Chromium"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "an iPhone"),
        ("iPad", "an iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "a Mac"),
        ("Linux", "Linux"),
    ];
    let find =
        |known: &[(&str, &'static str)]| known.iter().find(|(token, _)| agent.contains(token)).map(|(_, name)| *name);
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "A browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::browser_name;

    #[test]
    fn browsers_have_readable_names() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
        assert_eq!(browser_name(chrome), "Chrome on Windows");
        assert_eq!(browser_name(&format!("{chrome} Edg/140.0")), "Edge on Windows");
        assert_eq!(
            browser_name("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox on Linux"
        );
        assert_eq!(browser_name("curl/8.5"), "curl");
        assert_eq!(browser_name(""), "A browser");
    }
}
