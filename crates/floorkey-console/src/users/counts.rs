//! Counts the users that filters match, for figures on other pages that link to the list.

use std::collections::BTreeMap;

use super::filter::{Facts, Filter};
use super::find::{Eyes, Sort};
use super::list::{eyes, facts};
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::page_error::PageError;
use crate::web::scan::scan;

/// Returns the number of users that the viewer finds in the list with each of these query strings. The users are
/// scanned only once. The queries must consist of filter tokens, without search words.
///
/// # Errors
/// The viewer has too many searches running, or the scan failed.
pub(crate) async fn counts(
    viewer: &CurrentUser,
    queries: &'static [&'static str],
) -> Result<BTreeMap<&'static str, usize>, PageError> {
    let known = {
        let principal = viewer.principal();
        facts(viewer, &Filter::of_tokens(&filters(queries, &eyes(viewer, &principal))), Sort::default()).await?
    };
    scan(viewer, move |viewer| walk(viewer, queries, &known)).await
}

fn walk(viewer: &CurrentUser, queries: &[&'static str], known: &Facts) -> BTreeMap<&'static str, usize> {
    let principal = viewer.principal();
    let eyes = eyes(viewer, &principal);
    let filters = filters(queries, &eyes);
    let everybody = eyes.see_everybody();
    let mut counts = vec![0; filters.len()];
    for user in viewer.directory.users_after(None).filter(|user| everybody || eyes.see(user)) {
        for (filter, count) in filters.iter().zip(&mut counts) {
            *count += usize::from(filter.admits(user, &eyes, known));
        }
    }
    queries.iter().copied().zip(counts).collect()
}

fn filters(queries: &[&str], eyes: &Eyes<'_>) -> Vec<Filter> {
    queries.iter().map(|query| Filter::read(&Fields::parse(query.as_bytes()), eyes)).collect()
}
