//! Operations on findings: what an administrator should look at, and what users decided about it.

use floorkey::finding::Dismissal;
use floorkey::review::findings::{InstanceFinding, InstanceReview, unused_profiles, users};
use floorkey::{
    Action, Command, Directory, EntityKind, FindingEdit, FindingId, Refusal, ResourceType, Target, Timestamp, UserId,
};
use floorkey_aws::EpochSeconds;
use floorkey_aws::exception::Exception;
use floorkey_service::daily_reviews::{Began, ReviewHistory};
use serde::{Deserialize, Serialize};

use super::access::{invalid, not_found};
use super::body::NoMembers;
use super::{CallContext, body, json, revision_response};

/// Maximum number of users or profiles that a response lists for each finding.
const LISTED_MAX: usize = 100;

/// The estimated cost of reviewing one user, as a number of search conditions.
const SEARCH_CONDITIONS: usize = 5;

/// How long a response waits for the days on which findings began.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct FindingList {
    findings: Vec<FindingView>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct FindingView {
    finding_id: String,
    title: &'static str,
    /// `low`, `medium` or `high`.
    severity: &'static str,
    /// The number of users, or of security profiles, that the caller can see and that the finding is about.
    count: usize,
    /// The first of these users.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    user_ids: Vec<String>,
    /// The first of these profiles, or the profile that all of the users have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    security_profile_ids: Vec<String>,
    /// The day on which the finding began, in UTC. Absent if it began earlier than the days that are compared, and for
    /// callers who can't view all users and their permissions.
    #[serde(skip_serializing_if = "Option::is_none")]
    since_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dismissal: Option<DismissalView>,
    /// The user who takes care of the finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignee_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DismissalView {
    reason: String,
    until_time: EpochSeconds,
    dismissed_time: EpochSeconds,
    /// The user who dismissed the finding; absent if it was the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    /// The number that the finding counted then.
    count: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct DismissInput {
    reason: String,
    /// The end, in seconds since 1970.
    until_time: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct AssignInput {
    /// The user; absent or null to end the assignment.
    user_id: Option<String>,
}

/// Lists the findings about users whom the caller can see, the most severe first. Dismissed findings are at the end.
pub(super) async fn list(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    authorize_in_part(context, &directory).await?;
    let (caller, viewer) = (context.caller, context.visibility(&directory));
    let sees_all = viewer.sees_all_permissions();
    let history = match sees_all {
        true => caller.api.service.review_history(&directory, caller.now, PATIENCE).await,
        false => None,
    };
    let view = || {
        let review = InstanceReview::new(&viewer);
        let all = review.open.iter().map(|finding| (finding, false));
        let all = all.chain(review.dismissed.iter().map(|finding| (finding, true)));
        all.map(|(finding, is_dismissed)| to_view(context, &directory, finding, is_dismissed, history.as_ref()))
            .collect()
    };
    let findings = caller.search(directory.user_count(), SEARCH_CONDITIONS, view).await?;
    json(&FindingList { findings })
}

/// Checks that the caller can view at least some users.
async fn authorize_in_part(context: &CallContext<'_>, directory: &Directory) -> Result<(), Exception> {
    let (caller, action) = (context.caller, Action::ListFindings);
    match floorkey::authorize(directory, caller.principal(), action, &Target::Instance, caller.now) {
        Ok(()) | Err(Refusal::OutOfScope { .. }) => {
            caller.api.service.usage().count_read(directory, caller.principal(), action, None, caller.now);
            Ok(())
        }
        Err(refusal) => Err(context.record_refusal(directory, action, Vec::new(), refusal).await),
    }
}

fn to_view(
    context: &CallContext<'_>,
    directory: &Directory,
    finding: &InstanceFinding,
    is_dismissed: bool,
    history: Option<&ReviewHistory>,
) -> FindingView {
    let viewer = context.visibility(directory);
    let state = directory.finding_state(finding.id).filter(|_| viewer.finding_states().shows_details());
    let began = history.map(|history| history.began(finding.id, context.caller.now));
    let profiles = match finding.id.counts_profiles() {
        true => unused_profiles(&viewer).into_iter().map(|profile| profile.id.to_string()).take(LISTED_MAX).collect(),
        false => finding.id.profile().map(|profile| profile.to_string()).into_iter().collect(),
    };
    let dismissal = state.and_then(|state| state.dismissal.as_ref()).filter(|_| is_dismissed);
    FindingView {
        finding_id: finding.id.to_string(),
        title: finding.id.title(),
        severity: finding.severity.as_str(),
        count: finding.count,
        user_ids: users(&viewer, finding.id).into_iter().take(LISTED_MAX).map(|user| user.id.to_string()).collect(),
        security_profile_ids: profiles,
        since_date: began.and_then(|began| match began {
            Began::On(day) => Some(day.date()),
            Began::Before(_) => None,
        }),
        dismissal: dismissal.map(dismissal_view),
        assignee_id: state.and_then(|state| state.assignee).map(|user| user.to_string()),
    }
}

fn dismissal_view(dismissal: &Dismissal) -> DismissalView {
    DismissalView {
        reason: dismissal.reason.clone(),
        until_time: EpochSeconds::from_milliseconds(dismissal.until.as_millis()),
        dismissed_time: EpochSeconds::from_milliseconds(dismissal.at.as_millis()),
        user_id: dismissal.by.map(|user| user.to_string()),
        count: dismissal.count,
    }
}

/// Dismisses a finding for a while.
pub(super) async fn dismiss(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let DismissInput { reason, until_time } = body::parse(context.body)?;
    let until = parse_time(until_time)?;
    change(context, &directory, Action::DismissFinding, FindingEdit::Dismiss { reason, until }).await
}

/// Ends the dismissal of a finding.
pub(super) async fn reopen(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let NoMembers {} = body::parse(context.body)?;
    change(context, &directory, Action::ReopenFinding, FindingEdit::Reopen).await
}

/// Assigns a finding to a user, or ends the assignment.
pub(super) async fn assign(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let AssignInput { user_id } = body::parse(context.body)?;
    let parse = |id: String| {
        UserId::parse(&id).ok_or_else(|| context.missing(&directory, Action::DescribeUser, ResourceType::User, &id))
    };
    let user = user_id.map(parse).transpose()?;
    change(context, &directory, Action::AssignFinding, FindingEdit::Assign(user)).await
}

async fn change(
    context: &CallContext<'_>,
    directory: &Directory,
    action: Action,
    edit: FindingEdit,
) -> Result<Vec<u8>, Exception> {
    let text = context.label("FindingId");
    let Some(finding) = FindingId::parse(text) else {
        context.authorize(directory, action, &Target::Instance).await?;
        return Err(not_found(EntityKind::Finding, text));
    };
    revision_response(context.execute(directory, Command::UpdateFinding(finding, edit)).await?)
}

/// Parses a time, in seconds since 1970.
#[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
fn parse_time(seconds: f64) -> Result<Timestamp, Exception> {
    let millis = (seconds * 1000.0).round();
    match (0.0..=9.0e15).contains(&millis) {
        true => Ok(Timestamp::from_millis(millis as i64)),
        false => Err(invalid("UntilTime", "must be a time in seconds since 1970")),
    }
}
