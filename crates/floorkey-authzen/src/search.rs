//! Searches for subjects, resources and actions. Searches are exact: a search returns a result if and only if an
//! individual evaluation at the same revision would permit it.
//!
//! A search can take a long time, so it runs on a separate thread. Only a few searches run at a time.

use std::ops::ControlFlow;
use std::sync::Arc;

use floorkey::{Directory, TokenSettings};
use hyper::body::Bytes;
use serde_json::json;

use super::api_error::ApiError;
use super::bearer::ActiveTokenSettings;
use super::endpoint::Endpoint;
use super::evaluator::{Evaluator, id_of};
use super::page_token::{SearchIdentity, SearchPosition};
use super::parse::{self, Body, PageRequest, missing};
use super::results::SearchResult;
use crate::AuthZen;
use floorkey_service::clock;
use floorkey_service::search_budget;

/// Returns the response to a search.
///
/// # Errors
/// Returns an error if a required part of the request is missing, or if the page token is not valid.
pub(super) async fn answer(
    state: &Arc<AuthZen>,
    endpoint: Endpoint,
    bytes: Bytes,
    directory: Arc<Directory>,
    settings: ActiveTokenSettings,
) -> Result<Vec<u8>, ApiError> {
    let state = state.clone();
    // All applications in an instance draw on the same share of the search budget.
    let permit =
        search_budget::acquire(directory.instance().bits()).await.map_err(|_| ApiError::too_many_searches())?;
    let search = tokio::task::spawn_blocking(move || {
        // The permit is released only when the search ends, even if the caller disconnects earlier.
        let _permit = permit;
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        let body = parse::body(text, endpoint.shape())?;
        check(endpoint, &body)?;
        match &body.page {
            None => {
                let evaluator =
                    Evaluator { state: &state, directory: &directory, settings: &settings, at: clock::now() };
                Ok(all_results(endpoint, &evaluator, &body))
            }
            Some(page) => {
                PagedSearch { state: &state, endpoint, settings: &settings, text, body: &body }.page(&directory, page)
            }
        }
    });
    search.await.unwrap_or_else(|_| Err(ApiError::internal()))
}

/// Checks that the request has all required parts. The part that the search looks for is not required.
fn check(endpoint: Endpoint, body: &Body<'_>) -> Result<(), ApiError> {
    let parts = &body.parts;
    let example = "{\"type\": …}";
    let subject = parts.subject.as_ref().ok_or_else(|| missing("subject", example))?;
    let resource = parts.resource.as_ref().ok_or_else(|| missing("resource", example))?;
    if endpoint != Endpoint::ActionSearch && parts.action.is_none() {
        return Err(missing("action", "{\"name\": \"Users.View\"}").into());
    }
    if endpoint != Endpoint::SubjectSearch {
        id_of(subject, "subject")?;
    }
    if endpoint != Endpoint::ResourceSearch {
        id_of(resource, "resource")?;
    }
    Ok(())
}

/// Returns a response with all results. Each result is written directly to the response without another copy, because a
/// response can be large: about 240 bytes per user.
fn all_results(endpoint: Endpoint, evaluator: &Evaluator<'_>, body: &Body<'_>) -> Vec<u8> {
    let mut results = Results { text: b"{\"results\":[".to_vec(), ..Results::new(evaluator, body) };
    evaluator.search(endpoint, &body.parts, None, &mut |_, result| {
        results.add(&result);
        ControlFlow::Continue(())
    });
    results.text.extend_from_slice(b"]}");
    results.text
}

/// A search whose results are returned page by page.
struct PagedSearch<'a> {
    state: &'a AuthZen,
    endpoint: Endpoint,
    settings: &'a TokenSettings,
    text: &'a str,
    body: &'a Body<'a>,
}

impl PagedSearch<'_> {
    /// Returns one page of results, as of the revision and time at which the search began.
    fn page(&self, directory: &Arc<Directory>, page: &PageRequest<'_>) -> Result<Vec<u8>, ApiError> {
        let Self { state, endpoint, settings, text, body } = *self;
        let (engine, now, key) = (state.service.engine(), clock::now(), state.sealer.page_token_key());
        let search = SearchIdentity::new(key, endpoint, directory.instance(), settings, text)?;
        let (directory, position) = match page.token.as_deref().filter(|token| !token.is_empty()) {
            None => (directory.clone(), None),
            Some(token) => {
                let position = search.open(token, now)?;
                if page.limit.is_some_and(|limit| limit != position.limit) {
                    return Err(ApiError::bad_request(format!(
                        "`page.limit` must be the same as on the first page, {}, or be left out.",
                        position.limit
                    )));
                }
                let directory = engine.at_revision(directory.instance(), position.revision);
                (directory.ok_or_else(SearchIdentity::expired)?, Some(position))
            }
        };
        let (at, limit) = match &position {
            None => (now, page.limit.unwrap_or(u64::MAX)),
            Some(position) => (position.at, position.limit),
        };
        let evaluator = Evaluator { state, directory: &directory, settings, at };
        let (results, next) = results_of_page(&evaluator, endpoint, body, limit, position.as_ref());
        let next_token = match next {
            None => String::new(),
            Some(after) => {
                if position.is_none() {
                    engine.retain(&directory);
                }
                search.seal(&SearchPosition { revision: directory.revision(), at, limit, after })?
            }
        };
        let page = json!({ "next_token": next_token, "count": results.count });
        let page = format!("{{\"page\":{page},\"results\":[");
        Ok([page.as_bytes(), &results.text, b"]}"].concat())
    }
}

/// Returns the results on one page. If there are more results, also returns the key of the last result on the page. The
/// next page begins after this key.
fn results_of_page(
    evaluator: &Evaluator<'_>,
    endpoint: Endpoint,
    body: &Body<'_>,
    limit: u64,
    position: Option<&SearchPosition>,
) -> (Results, Option<Option<String>>) {
    let mut results = Results::new(evaluator, body);
    let mut last = position.and_then(|position| position.after.clone());
    let mut has_more = false;
    evaluator.search(endpoint, &body.parts, last.clone().as_deref(), &mut |key, result| {
        if results.count == limit {
            has_more = true;
            return ControlFlow::Break(());
        }
        results.add(&result);
        if results.count == limit {
            last = Some(key.to_owned());
        }
        ControlFlow::Continue(())
    });
    (results, has_more.then_some(last))
}

/// Serialized results.
struct Results {
    text: Vec<u8>,
    count: u64,
    /// Whether the results include their `properties`.
    details: bool,
}

impl Results {
    fn new(evaluator: &Evaluator<'_>, body: &Body<'_>) -> Self {
        let details = body.parts.options.unwrap_or_default().details_or(evaluator.settings.details);
        Self { text: Vec::new(), count: 0, details }
    }

    fn add(&mut self, result: &SearchResult<'_>) {
        if self.count > 0 {
            self.text.push(b',');
        }
        result.write(self.details, &mut self.text);
        self.count += 1;
    }
}
