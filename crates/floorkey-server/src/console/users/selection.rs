//! Which users an act is meant for: those that were ticked, or all that a filter finds.

use std::collections::HashSet;
use std::sync::Arc;

use floorkey::{User, UserId};
use http::Response;
use sha2::{Digest as _, Sha256};

use super::super::fields::Fields;
use super::super::flash::Flash;
use super::super::problem::Problem;
use super::super::viewer::Viewer;
use super::super::words;
use super::filter::Filter;
use super::find::{Sort, find};
use super::list::{authorize, eyes, facts};
use super::roster::Rosters;

/// Names of users that a page shows before it counts the rest.
pub(super) const NAMED: usize = 20;

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
pub(super) async fn select(viewer: &Viewer, rosters: &Rosters, fields: &Fields) -> Result<Selection, Problem> {
    authorize(viewer)?;
    let filter = Filter::read(fields, &viewer.directory);
    let principal = viewer.principal();
    let eyes = eyes(viewer, &principal);
    let mut kept = filter.fields();
    let back = list(&kept);
    let users: Vec<_> = match fields.has("all") {
        true => {
            kept.push(("all".to_owned(), "1".to_owned()));
            let facts = facts(viewer, &filter, Sort::Login).await?;
            find(rosters.of(&viewer.directory).await, &filter, &facts, eyes).users().cloned().collect()
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
    pub(super) fn nobody(&self, viewer: &Viewer) -> Option<Response<axum::body::Body>> {
        let flash = Flash::info("Nobody was selected: tick the users first, then choose what to do with them.");
        self.users.is_empty().then(|| viewer.visit.lead_to_with(&self.back, &flash))
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
    /// somebody read to the moment of saving.
    pub(super) fn mark(&self) -> String {
        let mut hash = Sha256::new();
        for user in &self.users {
            hash.update(user.id.bits().to_be_bytes());
            hash.update(user.modified.as_millis().to_be_bytes());
        }
        hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
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
