//! The first steps in a new instance. They are listed on the Home page until they are done or the viewer hides them.

use axum::body::Body;
use floorkey::review::findings::InstanceReview;
use http::Response;

use crate::web::current_user::CurrentUser;
use crate::web::layout::redirect_to;
use crate::web::page_error::PageError;

/// The name of the preference with which a user hides the list.
const HIDDEN: &str = "first-steps-hidden";

/// The list of first steps.
pub(super) struct Checklist {
    pub(super) steps: Vec<Step>,
    pub(super) done: usize,
}

/// A first step.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) is_done: bool,
    pub(super) title: &'static str,
    pub(super) detail: &'static str,
    /// The text of the link, and its address.
    pub(super) link: (&'static str, &'static str),
}

/// What the steps depend on.
#[derive(Clone, Copy, Default)]
struct Facts {
    guard_is_set: bool,
    administrators: usize,
    viewer_has_mfa: bool,
    users: usize,
    has_own_profile: bool,
}

/// Returns the list for the viewer. Only full administrators see it, as long as there are neither people nor profiles
/// of the instance's own.
pub(super) fn checklist(viewer: &CurrentUser, review: &InstanceReview) -> Option<Checklist> {
    if !viewer.directory.is_administrator(viewer.user.id) || is_hidden(viewer) {
        return None;
    }
    steps(Facts {
        guard_is_set: viewer.directory.settings().guard.is_some(),
        administrators: review.administrators,
        viewer_has_mfa: !viewer.user.mfa_methods.is_empty(),
        users: review.users,
        has_own_profile: viewer.directory.profiles().any(|profile| profile.unedited_default.is_none()),
    })
}

/// Returns the steps; `None` if people were added and a profile was created, because findings say what is left then.
fn steps(facts: Facts) -> Option<Checklist> {
    let has_people = facts.users > facts.administrators;
    if has_people && facts.has_own_profile {
        return None;
    }
    let step = |is_done, title, detail, link| Step { is_done, title, detail, link };
    let steps = vec![
        step(
            facts.guard_is_set,
            "Set the escalation guard",
            "It decides whether users can assign access they don’t have themselves. Recommended: enforce.",
            ("Set the guard", "/connect/guard"),
        ),
        step(
            facts.administrators > 1,
            "Add a second administrator",
            "Only one administrator can sign in. With a second, you can’t get locked out.",
            ("Add user", "/connect/users/new"),
        ),
        step(
            facts.viewer_has_mfa,
            "Set up MFA for yourself",
            "Without it, a stolen password is enough to take over everything.",
            ("Set up MFA", "/connect/access"),
        ),
        step(
            has_people,
            "Add your people",
            "One by one, or all at once from a CSV file.",
            ("Import CSV", "/connect/users/import"),
        ),
        step(
            facts.has_own_profile,
            "Create your first security profile",
            "Grant a team what it needs, limited to its own users and queues.",
            ("Create security profile", "/connect/security-profiles/new"),
        ),
    ];
    let done = steps.iter().filter(|step| step.is_done).count();
    Some(Checklist { steps, done })
}

/// Whether the viewer has hidden the list.
fn is_hidden(viewer: &CurrentUser) -> bool {
    viewer.preference(HIDDEN).as_deref() == Some("true")
}

/// Hides the list for the viewer.
pub(super) async fn hide(viewer: CurrentUser) -> Result<Response<Body>, PageError> {
    viewer.set_preference(HIDDEN, Some("true")).await?;
    Ok(redirect_to(crate::ROOT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_done_by_facts_and_disappear_together() {
        let new = Facts { administrators: 1, users: 1, ..Facts::default() };
        let list = steps(new).unwrap();
        assert_eq!((list.steps.len(), list.done), (5, 0));
        let list = steps(Facts { guard_is_set: true, administrators: 2, users: 2, ..new }).unwrap();
        assert_eq!(list.done, 2, "two administrators are not the people of a contact center");
        assert!(!list.steps[3].is_done);
        let list = steps(Facts { users: 30, ..new }).unwrap();
        assert!(list.steps[3].is_done && !list.steps[4].is_done);
        assert!(steps(Facts { users: 30, has_own_profile: true, ..new }).is_none());
    }
}
