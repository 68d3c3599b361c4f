//! The answer to the question who can perform an action: a table of users. If several permissions mean the action, each
//! has a column.

use std::cmp::Reverse;

use floorkey::{Request, Target, User};

use super::action_input::PermissionLabel;
use super::form_input::FormInput;
use super::question::{DeveloperRequest, Question};
use super::reasons::GrantText;
use super::who_results::{Extent, WhoResults};
use super::{DOWNLOAD, PAGE, can_see_all_users};
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::page_error::PageError;
use crate::web::text;

/// The number of users on a page.
const ROWS: usize = 100;

/// The number of users on a page if there are several columns.
const ROWS_WITH_COLUMNS: usize = 50;

/// The maximum number of columns. The permissions that the fewest users have share the last column.
const COLUMNS_MAX: usize = 8;

/// The maximum number of other permissions to suggest.
const OTHERS_MAX: usize = 6;

pub(super) struct WhoAnswer {
    /// The question as Floorkey interpreted it, such as `Who can download recordings?`.
    pub(super) headline: String,
    pub(super) count: String,
    /// How many of the users have the permissions only within scopes. Empty if there are none.
    pub(super) limited: String,
    /// The permissions, if the question is about several. Empty if it is about one.
    pub(super) columns: Vec<PermissionColumn>,
    /// The number of permissions that share the last column.
    pub(super) more_columns: usize,
    /// What the permission allows, if the question is about one.
    pub(super) about: String,
    pub(super) rows: Vec<WhoRow>,
    /// The range of users on this page, such as `1 to 50 of 207`. `None` if there is only one page.
    pub(super) range: Option<String>,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
    pub(super) download: String,
    /// Next steps if there are no users, each with a label and an address. Empty if there are users.
    pub(super) steps: Vec<(String, String)>,
    /// Other permissions that match the input, each with the URL of the question about it.
    pub(super) others: Vec<(String, String)>,
    pub(super) is_scoped: bool,
    pub(super) at: String,
    pub(super) has_time: bool,
    pub(super) developer: DeveloperRequest,
}

/// The heading of a permission's column.
pub(super) struct PermissionColumn {
    pub(super) name: String,
    pub(super) about: String,
    /// The URL of the question about only this permission.
    pub(super) href: String,
    /// The number of users who have it.
    pub(super) users: String,
}

/// A user who can perform the action.
pub(super) struct WhoRow {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) href: String,
    /// For each column, how far the user has the permission.
    pub(super) cells: Vec<WhoCell>,
    /// The number of permissions in the last column that the user has. Empty for none.
    pub(super) more: String,
    /// Whether the user has the permission only within a scope.
    pub(super) is_limited: bool,
    /// The grants that allow the action, one per line. Empty if there are several columns.
    pub(super) reasons: Vec<String>,
}

/// Whether a user has the permission of a column.
pub(super) struct WhoCell {
    pub(super) extent: Extent,
    /// The URL of the page that says why. Empty if the user does not have the permission.
    pub(super) href: String,
}

impl WhoCell {
    pub(super) fn is_allowed(&self) -> bool {
        self.extent == Extent::Allowed
    }

    pub(super) fn is_limited(&self) -> bool {
        self.extent == Extent::Limited
    }
}

pub(super) fn answer(
    viewer: &CurrentUser,
    question: &Question,
    input: &FormInput,
    fields: &Fields,
) -> Result<WhoAnswer, PageError> {
    let results = WhoResults::find(viewer, question)?;
    let labels = labels(viewer, question);
    let shown = shown_columns(&results);
    let is_single = labels.len() == 1;
    let size = if is_single { ROWS } else { ROWS_WITH_COLUMNS };
    let total = results.users.len();
    let pages = total.div_ceil(size).max(1);
    let number = fields.raw("page").parse().unwrap_or(1_usize).clamp(1, pages);
    let begin = (number - 1) * size;
    let end = (begin + size).min(total);
    let fields = fields.with("ask", Some("who")).without_blank();
    let url_of = |number: usize| {
        let number = (number > 1).then(|| number.to_string());
        format!("{PAGE}{}", fields.with("page", number.as_deref()).query())
    };
    let row = |user: &std::sync::Arc<User>| row(viewer, question, &results, &labels, &shown, user);
    let columns = shown.iter().filter_map(|at| Some((labels.get(*at)?, results.columns.get(*at)?)));
    let columns = columns.map(|(label, column)| PermissionColumn {
        name: label.name.clone(),
        about: label.about.clone(),
        href: related_url(input, &label.name),
        users: text::count_noun(column.users, "user"),
    });
    Ok(WhoAnswer {
        headline: headline(viewer, question),
        count: text::count_noun(total, "user"),
        limited: match results.limited {
            0 => String::new(),
            1 => "1 of them only within a scope".to_owned(),
            many => format!("{} of them only within a scope", text::figure(many)),
        },
        columns: if is_single { Vec::new() } else { columns.collect() },
        more_columns: labels.len() - shown.len(),
        about: labels.first().filter(|_| is_single).map(|label| label.about.clone()).unwrap_or_default(),
        rows: results.users.get(begin..end).unwrap_or_default().iter().map(row).collect(),
        range: (pages > 1)
            .then(|| format!("{} to {} of {}", text::figure(begin + 1), text::figure(end), text::figure(total))),
        previous: (number > 1).then(|| url_of(number - 1)),
        next: (number < pages).then(|| url_of(number + 1)),
        download: format!("{DOWNLOAD}{}", fields.with("page", None).query()),
        steps: if total == 0 { next_steps(input) } else { Vec::new() },
        others: others(viewer, question, input),
        is_scoped: !can_see_all_users(viewer),
        at: viewer.time(question.at),
        has_time: question.has_time,
        developer: question.developer_request(viewer),
    })
}

/// Returns the labels of the permissions, in the order of the question's items.
pub(super) fn labels(viewer: &CurrentUser, question: &Question) -> Vec<PermissionLabel> {
    let permissions = question.items.iter().filter_map(|item| item.permission.as_ref());
    permissions.map(|permission| PermissionLabel::new(viewer, permission)).collect()
}

/// Returns the positions of the permissions that have a column of their own: those that most users have, in the order
/// of the question's items.
fn shown_columns(results: &WhoResults) -> Vec<usize> {
    let mut columns: Vec<usize> = (0..results.columns.len()).collect();
    if columns.len() > COLUMNS_MAX {
        columns.sort_by_key(|at| Reverse(results.columns.get(*at).map_or(0, |column| column.users)));
        columns.truncate(COLUMNS_MAX);
        columns.sort_unstable();
    }
    columns
}

fn row(
    viewer: &CurrentUser,
    question: &Question,
    results: &WhoResults,
    labels: &[PermissionLabel],
    shown: &[usize],
    user: &User,
) -> WhoRow {
    let extents = results.extents(viewer, user);
    let cell = |at: &usize| {
        let (extent, label) = (extents.get(*at).copied()?, labels.get(*at)?);
        let resource = question.items.get(*at).map(|item| &item.resource)?;
        let (kind, to) = match resource.display_name.as_str() {
            "" => ("", ""),
            _ => (resource.kind.as_str(), resource.id.as_str()),
        };
        let url = || super::address(&[("who", &user.username), ("can", &label.name), ("kind", kind), ("to", to)]);
        let href = if extent == Extent::None { String::new() } else { url() };
        Some(WhoCell { extent, href })
    };
    let is_single = labels.len() == 1;
    let hidden = extents.iter().enumerate().filter(|(at, extent)| !shown.contains(at) && **extent != Extent::None);
    let more = hidden.count();
    WhoRow {
        name: user.display_name(),
        login: user.username.clone(),
        href: format!("/connect/users/{}", user.id),
        cells: if is_single { Vec::new() } else { shown.iter().filter_map(cell).collect() },
        more: if more > 0 { format!("+{more}") } else { String::new() },
        is_limited: extents.iter().all(|extent| *extent != Extent::Allowed),
        reasons: if is_single { reasons(viewer, question, user) } else { Vec::new() },
    }
}

/// Describes the grants that allow the action to a user. If none applies to the resource, describes all grants of the
/// permission.
pub(super) fn reasons(viewer: &CurrentUser, question: &Question, user: &User) -> Vec<String> {
    let Some(item) = question.first() else { return Vec::new() };
    let explain = |request: &Request<'_>| {
        let explanation = viewer.directory.explain(&Request { subject: user.id, ..*request });
        let applies = explanation.grants.iter().any(|grant| grant.covers_target);
        let grants = explanation.grants.iter().filter(|grant| grant.covers_target || !applies);
        // The target appears only in the text of unmet requirements, which a line does not contain.
        grants.map(|grant| GrantText::new(viewer, user, grant, &Target::Instance).line()).collect()
    };
    question.evaluate(viewer, item, explain).unwrap_or_default()
}

fn headline(viewer: &CurrentUser, question: &Question) -> String {
    let phrase = question.requested.as_ref().map(|requested| requested.phrase(viewer)).unwrap_or_default();
    match question.resource_name() {
        "" => format!("Who can {phrase}?"),
        resource => format!("Who can {phrase} on {resource}?"),
    }
}

/// Returns the URL of the same question about one permission.
fn related_url(input: &FormInput, can: &str) -> String {
    super::address(&[("ask", "who"), ("can", can), ("kind", &input.kind), ("to", &input.to)])
}

fn others(viewer: &CurrentUser, question: &Question, input: &FormInput) -> Vec<(String, String)> {
    let others = question.requested.iter().flat_map(|requested| &requested.others).take(OTHERS_MAX);
    let link = |permission| {
        let name = PermissionLabel::new(viewer, permission).name;
        let url = related_url(input, &name);
        (name, url)
    };
    others.map(link).collect()
}

/// Returns what to ask next if there are no users.
fn next_steps(input: &FormInput) -> Vec<(String, String)> {
    match input.to.is_empty() {
        false => {
            vec![("Who can do it anywhere?".to_owned(), super::address(&[("ask", "who"), ("can", &input.can)]))]
        }
        true => vec![("Look through security profiles".to_owned(), "/connect/security-profiles".to_owned())],
    }
}
