//! The page about the server: its version, its health, what it stores, and its documents.

use askama::Template;
use axum::body::Body;
use http::Response;

use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page};
use crate::web::navigation::document;
use crate::web::page_error::PageError;
use crate::web::text;

#[derive(Template)]
#[template(path = "settings/about.html")]
struct AboutPage {
    layout: Layout,
    version: &'static str,
    instance: String,
    alias: Option<String>,
    revision: String,
    /// The rest is shown to full administrators only.
    server: Option<ServerFacts>,
    documents: Vec<Document>,
    repository: &'static str,
}

/// Facts about the server and its data.
struct ServerFacts {
    public_url: String,
    region: String,
    account: String,
    /// The error of the last write; `None` if that write succeeded.
    write_error: Option<String>,
    emails_waiting: String,
    users: String,
    profiles: String,
    events: String,
    /// The root of the audit log's hash tree.
    root: String,
}

struct Document {
    title: &'static str,
    about: &'static str,
    href: String,
}

const DOCUMENTS: [(&str, &str, &str); 9] = [
    ("A tour in pictures", "the console, page by page", "tour.md"),
    ("Glossary", "what the words mean", "glossary.md"),
    ("The escalation guard", "what it refuses, and why", "escalation-guard.md"),
    ("Operating", "sizing, backup, restore, metrics, alerts", "operating.md"),
    ("Settings", "flags, TLS, mail, the operator’s key", "settings.md"),
    ("Commands", "the command line", "commands.md"),
    ("Compatibility", "differences from Amazon Connect", "connect-compatibility.md"),
    ("Management API", "everything that Connect’s API has no operation for", "management-api.md"),
    ("Decisions for applications", "AuthZEN, with tokens and registered applications", "decisions.md"),
];

pub(super) async fn show(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    if !viewer.is_administrative() {
        return Err(PageError::NotFound("page".to_owned()));
    }
    let server = match viewer.directory.is_administrator(viewer.user.id) {
        true => Some(server_facts(&viewer).await?),
        false => None,
    };
    Ok(page(&AboutPage {
        layout: viewer.layout("About"),
        version: env!("CARGO_PKG_VERSION"),
        instance: viewer.instance().to_string(),
        alias: viewer.directory.settings().alias.clone(),
        revision: text::figure(usize::try_from(viewer.directory.revision().0).unwrap_or(usize::MAX)),
        server,
        documents: DOCUMENTS.map(|(title, about, name)| Document { title, about, href: document(name) }).into(),
        repository: env!("CARGO_PKG_REPOSITORY"),
    }))
}

async fn server_facts(viewer: &CurrentUser) -> Result<ServerFacts, PageError> {
    let (app, directory) = (viewer.app(), &viewer.directory);
    let log = app.service.store().audit_head(viewer.instance()).await?;
    Ok(ServerFacts {
        public_url: app.public_url.clone(),
        region: app.region.clone(),
        account: app.account.clone(),
        write_error: app.service.last_write_error().map(|error| error.to_string()),
        emails_waiting: text::figure(app.mailer.queue.pending()),
        users: text::figure(directory.user_count()),
        profiles: text::figure(directory.profiles().count()),
        events: text::figure(usize::try_from(log.size).unwrap_or(usize::MAX)),
        root: hex::encode(log.root),
    })
}
