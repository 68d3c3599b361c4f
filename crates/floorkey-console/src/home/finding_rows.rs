//! The tables of open and dismissed findings on the Home page.

use floorkey::finding::FindingState;
use floorkey::review::findings::{InstanceFinding, InstanceReview};
use floorkey::{Action, Target, UserId};
use floorkey_service::daily_reviews::ReviewHistory;

use super::finding_text::{self, FindingText, SeverityBadge};
use super::times;
use crate::web::current_user::CurrentUser;
use crate::web::text;
use crate::web::time_format::LocalTime;

/// The findings that the viewer can see.
pub(super) struct FindingTables {
    pub(super) open: Vec<FindingRow>,
    pub(super) dismissed: Vec<DismissedRow>,
    /// Whether the table has a column that says since when there is a finding.
    pub(super) shows_since: bool,
    /// Whether the viewer can dismiss and assign findings.
    pub(super) can_decide: bool,
    /// What was checked, for a list without findings.
    pub(super) checked: String,
}

/// An open finding.
pub(super) struct FindingRow {
    pub(super) id: String,
    pub(super) href: String,
    pub(super) count: usize,
    pub(super) severity: SeverityBadge,
    pub(super) text: FindingText,
    pub(super) since: String,
    pub(super) assignee: Option<String>,
    /// Whether the finding is assigned to the viewer.
    pub(super) is_mine: bool,
    /// Whether the finding is about the viewer, who can't dismiss it therefore.
    pub(super) is_about_viewer: bool,
}

/// A dismissed finding.
pub(super) struct DismissedRow {
    pub(super) href: String,
    pub(super) text: FindingText,
    /// Who dismissed the finding, when, why and until when; `None` if the viewer can't see this.
    pub(super) dismissal: Option<DismissalText>,
}

/// A dismissal as text.
pub(super) struct DismissalText {
    pub(super) by: String,
    pub(super) reason: String,
    pub(super) at: LocalTime,
    pub(super) until: String,
}

/// Whether the viewer can dismiss and assign findings.
pub(super) fn can_decide(viewer: &CurrentUser) -> bool {
    viewer.can(Action::DismissFinding, &Target::Instance)
}

/// Returns the decisions about a finding, if the viewer can see them.
pub(super) fn state<'a>(viewer: &'a CurrentUser, finding: &InstanceFinding) -> Option<&'a FindingState> {
    let state = viewer.directory.finding_state(finding.id)?;
    viewer.visibility().finding_states().shows_details().then_some(&**state)
}

/// Returns the name of a user in a decision.
pub(super) fn user_name(viewer: &CurrentUser, id: UserId) -> String {
    match viewer.directory.user(id).filter(|_| viewer.visibility().user_name(id).is_some()) {
        Some(user) => user.display_name(),
        None => "A deleted user".to_owned(),
    }
}

/// Describes the dismissal of a finding, if there is one that the viewer can see.
pub(super) fn dismissal(viewer: &CurrentUser, finding: &InstanceFinding) -> Option<DismissalText> {
    let dismissal = state(viewer, finding)?.dismissal.as_ref()?;
    Some(DismissalText {
        by: dismissal.by.map_or_else(|| "The operator".to_owned(), |user| user_name(viewer, user)),
        reason: dismissal.reason.clone(),
        at: viewer.local_time(dismissal.at),
        // The dismissal ends at the start of the next day.
        until: times::date(viewer, floorkey::Timestamp::from_millis(dismissal.until.as_millis() - 1)),
    })
}

/// Prepares the findings for display.
pub(super) fn tables(viewer: &CurrentUser, review: &InstanceReview, history: Option<&ReviewHistory>) -> FindingTables {
    let open = review.open.iter().map(|finding| FindingRow::new(viewer, finding, history));
    let dismissed = review.dismissed.iter().map(|finding| DismissedRow {
        href: finding_text::href(finding.id),
        text: finding_text::describe(viewer, finding),
        dismissal: dismissal(viewer, finding),
    });
    let users = text::count_noun(review.users, "user");
    let checked = match viewer.sees_profiles() {
        true => format!("{users} and {}", text::count_noun(review.profiles, "security profile")),
        false => users,
    };
    FindingTables {
        open: open.collect(),
        dismissed: dismissed.collect(),
        shows_since: history.is_some(),
        can_decide: can_decide(viewer),
        checked: format!("Checked {checked} at {}.", viewer.local_time(viewer.now).short),
    }
}

impl FindingRow {
    fn new(viewer: &CurrentUser, finding: &InstanceFinding, history: Option<&ReviewHistory>) -> Self {
        let assignee = state(viewer, finding).and_then(|state| state.assignee);
        let since = history.map(|history| history.began(finding.id, viewer.now));
        Self {
            id: finding.id.to_string(),
            href: finding_text::href(finding.id),
            count: finding.count,
            severity: finding_text::severity(finding.severity),
            text: finding_text::describe(viewer, finding),
            since: since.map(|began| finding_text::began(viewer, began, viewer.now)).unwrap_or_default(),
            assignee: assignee.map(|user| user_name(viewer, user)),
            is_mine: assignee == Some(viewer.user.id),
            is_about_viewer: finding.is_about_viewer,
        }
    }
}
