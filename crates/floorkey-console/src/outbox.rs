//! The outbox of the demo. It shows the email that a server with SMTP settings would send. The outbox exists only in
//! the demo. Only full administrators can see it, because it contains links that give access to any account, including
//! the accounts of full administrators.

use askama::Template;
use axum::body::Body;
use http::Response;

use crate::web::current_user::CurrentUser;
use crate::web::layout::{self, Layout, page};
use crate::web::page_error::PageError;
use crate::web::routes::{Routes, get};

pub(super) fn routes() -> Routes {
    Routes::new().route(layout::OUTBOX, get(show))
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
    /// The lines of the email, each with a flag that is `true` if the line is a link to this server.
    lines: Vec<(String, bool)>,
}

async fn show(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    let sent = viewer.app().mailer.queue.recent().filter(|_| viewer.sees_outbox());
    let sent = sent.ok_or_else(|| PageError::NotFound("page".to_owned()))?;
    let own = format!("{}/connect/link/", viewer.app().public_url);
    let messages = sent.into_iter().map(|(at, letter)| OutboxMessage {
        lines: letter.text.lines().map(|line| (line.to_owned(), line.starts_with(&own))).collect(),
        to: letter.to,
        subject: letter.subject,
        at: viewer.time(at),
    });
    Ok(page(&OutboxPage { layout: viewer.layout("Outbox"), messages: messages.collect() }))
}
