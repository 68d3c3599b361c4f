//! Which users an act is meant for: those that were ticked, or all that a filter finds.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::IntoResponse as _;
use floorkey::limits::BATCH_MAX;
use floorkey::{RecordKey, Timestamp, User, UserId};
use http::{Method, Response};
use sha2::{Digest as _, Sha256};

use super::super::fields::{Fields, Form};
use super::super::flash::Flash;
use super::super::history::since;
use super::super::problem::Problem;
use super::super::viewer::Viewer;
use super::super::words;
use super::filter::Filter;
use super::find::{Sort, find};
use super::list::{authorize, eyes, facts};
use super::roster::Rosters;
use crate::app::App;

/// Names of users that a page shows before it counts the rest.
pub(super) const NAMED: usize = 20;

/// Changes that a page tells which came in between.
const TOLD: usize = 5;

/// Filters that a form carries, at most, and bytes of each.
const TOKENS_MAX: usize = 100;
const TOKEN_BYTES_MAX: usize = 300;

/// A request about users who were selected: who asks, whom it is about, and the form or the query. Where nobody was
/// selected, or more than can be changed at a time, it leads back to the list instead.
pub(super) struct Selected {
    pub(super) viewer: Viewer,
    pub(super) selection: Selection,
    pub(super) fields: Fields,
}

impl FromRequest<Arc<App>> for Selected {
    type Rejection = Response<Body>;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response<Body>> {
        let (mut parts, body) = request.into_parts();
        let viewer = Viewer::from_request_parts(&mut parts, app).await.map_err(Problem::into_response)?;
        let rosters = Extension::<Arc<Rosters>>::from_request_parts(&mut parts, app).await;
        let Extension(rosters) = rosters.map_err(|rejection| rejection.into_response())?;
        let request = Request::from_parts(parts, body);
        let fields = match *request.method() {
            Method::GET | Method::HEAD => Fields::parse(request.uri().query().unwrap_or_default().as_bytes()),
            _ => Form::from_request(request, app).await.map_err(Problem::into_response)?.0,
        };
        let selection = select(&viewer, &rosters, &fields).await.map_err(Problem::into_response)?;
        match selection.nobody(&viewer).or_else(|| selection.too_many(&viewer)) {
            Some(back) => Err(back),
            None => Ok(Self { viewer, selection, fields }),
        }
    }
}

/// Users who were selected, by login name.
pub(super) struct Selection {
    pub(super) users: Vec<Arc<User>>,
    /// What selects them again, as fields of a form.
    pub(super) fields: Vec<(String, String)>,
    /// The list they were selected in.
    pub(super) back: String,
}

/// Reads a selection, of users whom the viewer sees. Those who are gone are left out.
///
/// # Errors
/// If the viewer sees no users at all.
async fn select(viewer: &Viewer, rosters: &Rosters, fields: &Fields) -> Result<Selection, Problem> {
    authorize(viewer)?;
    let principal = viewer.principal();
    let eyes = eyes(viewer, &principal);
    let filter = Filter::read(fields, &eyes);
    // They stand in addresses of answers, whose heads clients bound.
    if filter.tokens.len() > TOKENS_MAX || filter.tokens.iter().any(|token| token.value.len() > TOKEN_BYTES_MAX) {
        return Err(Problem::wrong(format!(
            "More than {TOKENS_MAX} filters were sent, or a longer one than {TOKEN_BYTES_MAX} bytes: choose fewer."
        )));
    }
    let mut kept = filter.fields();
    let back = list(&kept);
    let users: Vec<_> = match fields.has("all") {
        true => {
            kept.push(("all".to_owned(), "1".to_owned()));
            let facts = facts(viewer, &filter, Sort::Login).await?;
            let roster = rosters.of(&viewer.directory).await;
            find(&roster, &filter, &facts, eyes).users().into_iter().cloned().collect()
        }
        false => {
            let ids: HashSet<_> = fields.all("user").filter_map(UserId::parse).collect();
            let seen = |user: &&Arc<User>| eyes.see_everybody() || eyes.see(user);
            let mut users: Vec<_> =
                ids.iter().filter_map(|id| viewer.directory.user(*id)).filter(seen).cloned().collect();
            users.sort_by_cached_key(|user| floorkey::text::folded(&user.username));
            kept.extend(users.iter().map(|user| ("user".to_owned(), user.id.to_string())));
            users
        }
    };
    Ok(Selection { users, fields: kept, back })
}

fn list(filter: &[(String, String)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(filter).finish();
    if query.is_empty() { "/connect/users".to_owned() } else { format!("/connect/users?{query}") }
}

impl Selection {
    /// Leads back to the list where nobody is selected.
    pub(super) fn nobody(&self, viewer: &Viewer) -> Option<Response<Body>> {
        let flash = Flash::info("Nobody was selected: tick the users first, then choose what to do with them.");
        self.users.is_empty().then(|| viewer.visit.lead_to_with(&self.back, &flash))
    }

    /// Leads back to the list where more are selected than one command takes: before anything is filled in for them.
    fn too_many(&self, viewer: &Viewer) -> Option<Response<Body>> {
        let (max, count) = (words::figure(BATCH_MAX), words::figure(self.users.len()));
        let text = format!("You can change up to {max} users at a time. Narrow your filter ({count} selected).");
        (self.users.len() > BATCH_MAX).then(|| viewer.visit.lead_to_with(&self.back, &Flash::bad(text)))
    }

    /// How many they are, in words; the name where it is one.
    pub(super) fn words(&self) -> String {
        match self.users.as_slice() {
            [only] => only.display_name(),
            users => words::count(users.len(), "user"),
        }
    }

    /// Their names, the first of them.
    pub(super) fn names(&self) -> String {
        named(self.users.iter())
    }

    /// What tells whether the same users are selected and are as they were: the form carries it from the page that
    /// somebody read to the moment of saving. With it goes when one of them last changed.
    pub(super) fn mark(&self) -> String {
        let mut hash = Sha256::new();
        for user in &self.users {
            hash.update(user.id.bits().to_be_bytes());
            hash.update(user.modified.as_millis().to_be_bytes());
        }
        let hash: String = hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let newest = self.users.iter().map(|user| user.modified.as_millis()).max().unwrap_or_default();
        format!("{hash}-{newest}")
    }

    /// Who changed these users since the page was made whose form carries this mark, a sentence each; `None` where
    /// nobody did, or no page was read before.
    pub(super) async fn overtaken(&self, viewer: &Viewer, mark: &str) -> Result<Option<Vec<String>>, Problem> {
        if mark.is_empty() || mark == self.mark() {
            return Ok(None);
        }
        let newest = mark.split_once('-').and_then(|(_, newest)| newest.parse().ok()).map(Timestamp::from_millis);
        let newest = newest.unwrap_or(viewer.now);
        let changed = self.users.iter().filter(|user| user.modified > newest);
        let changed: Vec<_> = changed.map(|user| RecordKey::User(user.id)).collect();
        let events = since::since(viewer, &changed, newest).await?;
        Ok(Some(since::sentences(viewer, &events, TOLD)))
    }
}

/// Names of users, the first of them, with the login name where it tells more.
pub(super) fn named<'a>(users: impl ExactSizeIterator<Item = &'a Arc<User>>) -> String {
    let left = users.len().saturating_sub(NAMED);
    let mut names: Vec<String> = users.take(NAMED).map(|user| name(user)).collect();
    if left > 0 {
        names.push(format!("{} more", words::figure(left)));
    }
    words::list(&names, NAMED + 1)
}

/// A user's name with the login name.
pub(super) fn name(user: &User) -> String {
    let name = user.display_name();
    if name == user.username { name } else { format!("{name} ({})", user.username) }
}
