//! The answers that are lists of permissions or resources: what a user can do, and on which resources.

use floorkey::review::capabilities::{RiskLevel, capabilities};

use super::action_input::PermissionLabel;
use super::form_input::FormInput;
use super::page::query_kind_name;
use super::question::{DeveloperRequest, QueryKind, Question};
use super::resource_input::INSTANCE;
use super::results::{ResultRow, Results};
use super::{DOWNLOAD, PAGE, can_see_all_users};
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::page_error::PageError;
use crate::web::text;

/// The number of results on a page.
const ROWS: usize = 100;

pub(super) struct ListAnswer {
    /// The question as Floorkey interpreted it, such as `What can Ann Lee do?`.
    pub(super) headline: String,
    pub(super) count: String,
    /// What matters most about what the user can do. Empty unless the question is what a user can do.
    pub(super) capabilities: Vec<CapabilityChip>,
    /// The heading of the first column.
    pub(super) heading: &'static str,
    /// The heading of the second column.
    pub(super) second_column: &'static str,
    pub(super) rows: Vec<ResultRow>,
    /// The range of results on this page, such as `101 to 200 of 230`. `None` if there is only one page.
    pub(super) range: Option<String>,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
    pub(super) download: String,
    /// An explanation and next steps if there are no results.
    pub(super) empty: Option<EmptyResult>,
    pub(super) is_scoped: bool,
    pub(super) at: String,
    pub(super) has_time: bool,
    pub(super) developer: DeveloperRequest,
}

/// A capability that the user has.
pub(super) struct CapabilityChip {
    /// The CSS class of the risk: `bad`, `warn` or empty.
    pub(super) kind: &'static str,
    pub(super) icon: &'static str,
    /// The capability, such as `Download recordings`.
    pub(super) text: String,
    /// The risk, and whether it is limited, in words.
    pub(super) risk: &'static str,
    /// The URL of the page that says why.
    pub(super) href: String,
}

/// The text for an empty result.
pub(super) struct EmptyResult {
    pub(super) text: String,
    pub(super) steps: Vec<(String, String)>,
}

pub(super) fn answer(
    viewer: &CurrentUser,
    query_kind: QueryKind,
    question: &Question,
    input: &FormInput,
    fields: &Fields,
) -> Result<ListAnswer, PageError> {
    let results = Results::find(viewer, query_kind, question)?;
    let total = results.len();
    let pages = total.div_ceil(ROWS).max(1);
    let number = fields.raw("page").parse().unwrap_or(1_usize).clamp(1, pages);
    let begin = (number - 1) * ROWS;
    let fields = fields.with("ask", Some(query_kind_name(query_kind))).without_blank();
    let url_of = |number: usize| {
        let number = (number > 1).then(|| number.to_string());
        format!("{PAGE}{}", fields.with("page", number.as_deref()).query())
    };
    let end = (begin + ROWS).min(total);
    let (heading, second_column, noun) = match query_kind {
        QueryKind::Resources => ("Resource", "Type", "resource"),
        _ => ("Permission", "Lets them", "permission"),
    };
    Ok(ListAnswer {
        headline: headline(viewer, query_kind, question),
        count: text::count_noun(total, noun),
        capabilities: if query_kind == QueryKind::What { chips(viewer, question) } else { Vec::new() },
        heading,
        second_column,
        rows: results.rows(viewer, question, begin..end)?,
        range: (pages > 1)
            .then(|| format!("{} to {} of {}", text::figure(begin + 1), text::figure(end), text::figure(total))),
        previous: (number > 1).then(|| url_of(number - 1)),
        next: (number < pages).then(|| url_of(number + 1)),
        download: format!("{DOWNLOAD}{}", fields.with("page", None).query()),
        empty: (total == 0).then(|| explain_empty(query_kind, question, input, results.denied())),
        is_scoped: !can_see_all_users(viewer),
        at: viewer.time(question.at),
        has_time: question.has_time,
        developer: question.developer_request(viewer),
    })
}

/// Returns the question as Floorkey interpreted it.
fn headline(viewer: &CurrentUser, query_kind: QueryKind, question: &Question) -> String {
    let permission = question.first().and_then(|item| item.permission.as_ref());
    let can = permission.map(|permission| PermissionLabel::new(viewer, permission).name).unwrap_or_default();
    let who = question.user.as_ref().map(|user| user.display_name()).unwrap_or_default();
    match (query_kind, question.resource_name()) {
        (QueryKind::Resources, _) => format!("On what can {who} use {can}?"),
        (_, "") => format!("What can {who} do?"),
        (_, resource) => format!("What can {who} do to {resource}?"),
    }
}

/// Returns the capabilities that the user has, if the question is about no particular resource.
fn chips(viewer: &CurrentUser, question: &Question) -> Vec<CapabilityChip> {
    let is_general = question.first().is_some_and(|item| item.resource.kind == INSTANCE);
    let Some(user) = question.user.as_ref().filter(|_| is_general) else { return Vec::new() };
    let grants = viewer.directory.grants_at(user, question.at);
    let found = capabilities().iter().filter_map(|capability| Some((capability, capability.extent(&grants)?)));
    let chip = found.map(|(capability, extent)| {
        let (kind, icon, risk) = match (extent.risk, extent.unlimited) {
            (RiskLevel::FullControl, true) => ("bad", "shield-alert", "full control"),
            (RiskLevel::FullControl, false) => ("bad", "shield-alert", "full control, within limits"),
            (RiskLevel::Sensitive, true) => ("warn", "triangle-alert", "sensitive"),
            (RiskLevel::Sensitive, false) => ("warn", "triangle-alert", "sensitive, within limits"),
            (RiskLevel::None, _) => ("", "check", "no risk"),
        };
        CapabilityChip {
            kind,
            icon,
            text: floorkey::text::capitalized(capability.phrase),
            risk,
            href: super::address(&[("who", &user.username), ("can", capability.phrase)]),
        }
    });
    chip.collect()
}

/// Explains why there are no results, and suggests next steps.
fn explain_empty(
    query_kind: QueryKind,
    question: &Question,
    input: &FormInput,
    denied: Option<floorkey::Reason>,
) -> EmptyResult {
    let text = match (denied, query_kind) {
        (Some(reason), _) => format!("Nothing can be done: {}.", reason.as_str()),
        (None, QueryKind::Resources) => "It applies to no resource that Floorkey knows.".to_owned(),
        (None, _) => "None of their permissions apply to this.".to_owned(),
    };
    let step = match query_kind {
        QueryKind::Resources => {
            Some(("See why".to_owned(), super::address(&[("who", &input.who), ("can", &input.can)])))
        }
        _ => question
            .user
            .as_ref()
            .map(|user| ("Everything they can do".to_owned(), format!("/connect/users/{}", user.id))),
    };
    EmptyResult { text, steps: step.into_iter().collect() }
}
