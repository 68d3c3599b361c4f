//! The users that a bulk action applies to: either individually selected users, or all users that match a filter.

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

use super::columns::USERS;
use super::filter::UserFilter;
use super::find::{BY_LOGIN, find};
use super::list::{authorize, filter_context, viewer_scope};
use super::user_index::UserIndexCache;
use crate::ConsoleState;
use crate::history::changes_since;
use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form};
use crate::web::page_error::PageError;
use crate::web::table::{TableSettings, TableState};
use crate::web::text;

/// Maximum number of users that a page names. The page only states how many more users there are.
pub(super) const NAMED_MAX: usize = 20;

/// Maximum number of conflicting changes that a page lists.
const CHANGES_LISTED_MAX: usize = 5;

/// Maximum number of filter tokens in a form.
const TOKENS_MAX: usize = 100;
/// Maximum size of a filter token, in bytes.
const TOKEN_BYTES_MAX: usize = 300;

/// A request for a bulk action: the viewer, the selected users, and the fields of the form or query. If no users or too
/// many users are selected, the viewer is redirected to the list instead.
pub(super) struct BulkRequest {
    pub(super) viewer: CurrentUser,
    pub(super) selection: Selection,
    pub(super) fields: Fields,
}

impl FromRequest<Arc<ConsoleState>> for BulkRequest {
    type Rejection = Response<Body>;

    async fn from_request(request: Request, app: &Arc<ConsoleState>) -> Result<Self, Response<Body>> {
        let (mut parts, body) = request.into_parts();
        let viewer = CurrentUser::from_request_parts(&mut parts, app).await.map_err(PageError::into_response)?;
        let indexes = Extension::<Arc<UserIndexCache>>::from_request_parts(&mut parts, app).await;
        let Extension(indexes) = indexes.map_err(|rejection| rejection.into_response())?;
        let request = Request::from_parts(parts, body);
        let fields = match *request.method() {
            Method::GET | Method::HEAD => Fields::parse(request.uri().query().unwrap_or_default().as_bytes()),
            _ => Form::from_request(request, app).await.map_err(PageError::into_response)?.0,
        };
        let selection = select(&viewer, &indexes, &fields).await.map_err(PageError::into_response)?;
        match selection.redirect_if_empty(&viewer).or_else(|| selection.redirect_if_too_large(&viewer)) {
            Some(back) => Err(back),
            None => Ok(Self { viewer, selection, fields }),
        }
    }
}

/// The selected users, sorted by login name.
pub(super) struct Selection {
    pub(super) users: Vec<Arc<User>>,
    /// The form fields to submit again, so that the same users are selected on the next page.
    pub(super) fields: Vec<(String, String)>,
    /// The URL of the list of users with the same filter.
    pub(super) back: String,
}

/// Returns the users that the fields select. Ignores users who don't exist or whom the viewer can't see.
///
/// # Errors
/// Returns an error if the viewer can't see any users. Returns an error if the filter has too many tokens or a token is
/// too long.
async fn select(viewer: &CurrentUser, indexes: &UserIndexCache, fields: &Fields) -> Result<Selection, PageError> {
    authorize(viewer)?;
    let principal = viewer.principal();
    let scope = viewer_scope(viewer, &principal);
    let state = TableState::parse(&USERS, fields, &TableSettings::default());
    let filter = UserFilter::new(state.filter.clone(), &scope);
    // A redirect repeats the tokens in its URL. Clients limit the size of response headers, so the tokens must be
    // limited as well.
    let tokens = &filter.filter.tokens;
    if tokens.len() > TOKENS_MAX || tokens.iter().any(|token| token.value.len() > TOKEN_BYTES_MAX) {
        return Err(PageError::bad_request(format!(
            "More than {TOKENS_MAX} filters were sent, or a longer one than {TOKEN_BYTES_MAX} bytes: choose fewer."
        )));
    }
    let mut fields_to_repeat = state.form_fields(&USERS);
    let back = state.page_url(&USERS, state.page);
    let users: Vec<_> = match fields.has("all") {
        true => {
            fields_to_repeat.push(("all".to_owned(), "1".to_owned()));
            let context = filter_context(viewer, &filter, BY_LOGIN).await?;
            let index = indexes.get(&viewer.directory).await;
            find(&index, &filter, BY_LOGIN, &context, scope).users().into_iter().cloned().collect()
        }
        false => {
            let ids: HashSet<_> = fields.all("user").filter_map(UserId::parse).collect();
            let is_visible = |user: &&Arc<User>| scope.can_see_all() || scope.can_see(user);
            let mut users: Vec<_> =
                ids.iter().filter_map(|id| viewer.directory.user(*id)).filter(is_visible).cloned().collect();
            users.sort_by_cached_key(|user| floorkey::text::folded(&user.username));
            fields_to_repeat.extend(users.iter().map(|user| ("user".to_owned(), user.id.to_string())));
            users
        }
    };
    Ok(Selection { users, fields: fields_to_repeat, back })
}

impl Selection {
    /// Redirects to the list if no users are selected.
    pub(super) fn redirect_if_empty(&self, viewer: &CurrentUser) -> Option<Response<Body>> {
        let flash = Flash::info("No users were selected. Select users first, then choose an action.");
        self.users.is_empty().then(|| viewer.context.redirect_with_flash(&self.back, &flash))
    }

    /// Redirects to the list if more users are selected than one command accepts. The viewer is redirected before
    /// filling in the form.
    fn redirect_if_too_large(&self, viewer: &CurrentUser) -> Option<Response<Body>> {
        let (max, count) = (text::figure(BATCH_MAX), text::figure(self.users.len()));
        let text = format!("You can change up to {max} users at a time. Narrow your filter ({count} selected).");
        (self.users.len() > BATCH_MAX).then(|| viewer.context.redirect_with_flash(&self.back, &Flash::bad(text)))
    }

    /// Returns the number of users as text, or the name of a single user.
    pub(super) fn count_text(&self) -> String {
        match self.users.as_slice() {
            [only] => only.display_name(),
            users => text::count_noun(users.len(), "user"),
        }
    }

    /// Returns the names of the first selected users.
    pub(super) fn names(&self) -> String {
        list_names(self.users.iter())
    }

    /// Returns a fingerprint of the users and their states, followed by the latest modification time of any user. A
    /// review page contains the fingerprint in its form. If a user changes before the form is submitted, the
    /// fingerprints differ.
    pub(super) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for user in &self.users {
            hash.update(user.id.bits().to_be_bytes());
            hash.update(user.modified.as_millis().to_be_bytes());
        }
        let mut hash = hex::encode(hash.finalize());
        hash.truncate(24);
        let newest = self.users.iter().map(|user| user.modified.as_millis()).max().unwrap_or_default();
        format!("{hash}-{newest}")
    }

    /// Describes the changes to these users since the page with this fingerprint was created. Returns `None` if there
    /// are no changes, or if the viewer has not seen such a page.
    pub(super) async fn changes_since(
        &self,
        viewer: &CurrentUser,
        fingerprint: &str,
    ) -> Result<Option<Vec<String>>, PageError> {
        if fingerprint.is_empty() || fingerprint == self.fingerprint() {
            return Ok(None);
        }
        let newest =
            fingerprint.split_once('-').and_then(|(_, newest)| newest.parse().ok()).map(Timestamp::from_millis);
        let newest = newest.unwrap_or(viewer.now);
        let changed = self.users.iter().filter(|user| user.modified > newest);
        let changed: Vec<_> = changed.map(|user| RecordKey::User(user.id)).collect();
        let events = changes_since::changes_since(viewer, &changed, newest).await?;
        Ok(Some(changes_since::sentences(viewer, &events, CHANGES_LISTED_MAX)))
    }
}

/// Returns the names of the first users as text, with login names.
pub(super) fn list_names<'a>(users: impl ExactSizeIterator<Item = &'a Arc<User>>) -> String {
    let unlisted = users.len().saturating_sub(NAMED_MAX);
    let mut names: Vec<String> = users.take(NAMED_MAX).map(|user| text::user(user)).collect();
    if unlisted > 0 {
        names.push(format!("{} more", text::figure(unlisted)));
    }
    text::join_names(&names, NAMED_MAX + 1)
}
