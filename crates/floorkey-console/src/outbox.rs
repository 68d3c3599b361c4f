//! The outbox of the demo: email that a server with SMTP settings would have sent. It exists only in the demo and is
//! shown only to full administrators, because it contains links that open every account, theirs included.

use askama::Template;
use axum::body::Body;
use http::Response;

use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};
use crate::web::text;

pub(super) const ADDRESS: &str = "/connect/outbox";

pub(super) fn routes() -> Routes {
    Routes::new().route(ADDRESS, get(show))
}

#[derive(Template)]
#[template(path = "outbox.html")]
struct OutboxPage {
    layout: Layout,
    messages: Vec<OutboxMessage>,
}

struct OutboxMessage {
    to: String,
    subject: String,
    at: String,
    /// Lines of text, each with whether it is a link to this server.
    lines: Vec<(String, bool)>,
}

/// Whether the viewer can see the outbox.
pub(super) fn is_shown(viewer: &CurrentUser) -> bool {
    viewer.app().mailer.queue.keeps_recent() && viewer.directory.is_administrator(viewer.user.id)
}

async fn show(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    let sent = viewer.app().mailer.queue.recent().filter(|_| is_shown(&viewer));
    let sent = sent.ok_or_else(|| PageError::NotFound("page".to_owned()))?;
    let own = format!("{}/connect/link/", viewer.app().public_url);
    let messages = sent.into_iter().map(|(at, letter)| OutboxMessage {
        lines: letter.text.lines().map(|line| (line.to_owned(), line.starts_with(&own))).collect(),
        to: letter.to,
        subject: letter.subject,
        at: text::utc_time(at),
    });
    Ok(page(&OutboxPage { layout: viewer.layout("Outbox"), messages: messages.collect() }))
}
