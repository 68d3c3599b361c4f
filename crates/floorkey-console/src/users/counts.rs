//! Counts the users that match filters, for key figures on other pages that link to the list of users.

use std::collections::BTreeMap;

use super::filter::{FilterContext, UserFilter};
use super::find::{Sort, ViewerScope};
use super::list::{filter_context, viewer_scope};
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::page_error::PageError;
use crate::web::scan::scan;

/// For each query string, returns the number of users that the viewer would see in the list. Scans the users only once.
/// The queries must consist of filter tokens, without search words.
///
/// # Errors
/// Returns an error if the viewer has too many searches running, or if the scan fails.
pub(crate) async fn counts(
    viewer: &CurrentUser,
    queries: &'static [&'static str],
) -> Result<BTreeMap<&'static str, usize>, PageError> {
    let context = {
        let principal = viewer.principal();
        filter_context(
            viewer,
            &UserFilter::from_tokens(&filters(queries, &viewer_scope(viewer, &principal))),
            Sort::default(),
        )
        .await?
    };
    scan(viewer, move |viewer| scan_users(viewer, queries, &context)).await
}

fn scan_users(
    viewer: &CurrentUser,
    queries: &[&'static str],
    context: &FilterContext,
) -> BTreeMap<&'static str, usize> {
    let principal = viewer.principal();
    let scope = viewer_scope(viewer, &principal);
    let filters = filters(queries, &scope);
    let sees_all = scope.can_see_all();
    let mut counts = vec![0; filters.len()];
    for user in viewer.directory.users_after(None).filter(|user| sees_all || scope.can_see(user)) {
        for (filter, count) in filters.iter().zip(&mut counts) {
            *count += usize::from(filter.matches(user, &scope, context));
        }
    }
    queries.iter().copied().zip(counts).collect()
}

fn filters(queries: &[&str], scope: &ViewerScope<'_>) -> Vec<UserFilter> {
    queries.iter().map(|query| UserFilter::parse(&Fields::parse(query.as_bytes()), scope)).collect()
}
