//! The key figures of an instance, and its findings: what an administrator should look at.
//!
//! The figures and findings of a viewer count only users whom the viewer can see. A figure or a finding that would be
//! misleading without the other users is left out.

use std::sync::Arc;

use crate::catalog::catalog;
use crate::directory::Directory;
use crate::finding::FindingId;
use crate::id::UserId;
use crate::principal::Principal;
use crate::profile::SecurityProfile;
use crate::review::risks::escalation_paths;
use crate::text::folded;
use crate::time::Timestamp;
use crate::user::{Assignment, PasswordState, User};
use crate::visibility::Viewer;

/// The minimum number of users for findings about users with full access, or with a profile that can lead to it.
pub const USERS_MIN: usize = 5;

/// The age, in days, from which an unused temporary password is a finding.
pub const TEMPORARY_PASSWORD_DAYS: u16 = 7;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something to tidy up.
    Low,
    /// A risk that needs a decision.
    Medium,
    /// A risk that needs action soon.
    High,
}

impl Severity {
    /// Returns the name, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A finding about an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceFinding {
    /// The ID.
    pub id: FindingId,
    /// How much the finding matters.
    pub severity: Severity,
    /// The number of users that the finding is about, or of security profiles if the finding counts profiles.
    pub count: usize,
    /// Whether the viewer is one of these users.
    pub is_about_viewer: bool,
    /// For [`FindingId::SingleAdministrator`]: whether other administrators can sign in now, whose access ends.
    pub others_end: bool,
}

/// The key figures and the findings of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceReview {
    /// The number of users.
    pub users: usize,
    /// The number of security profiles.
    pub profiles: usize,
    /// The number of users who have full access now and can sign in.
    pub administrators: usize,
    /// The findings that are not dismissed, the most severe first.
    pub open: Vec<InstanceFinding>,
    /// The dismissed findings, in the same order.
    pub dismissed: Vec<InstanceFinding>,
}

impl InstanceReview {
    /// Returns the key figures and the findings that the viewer can see.
    #[must_use]
    pub fn new(viewer: &Viewer<'_>) -> Self {
        let mut review = Self::default();
        let all = scan(viewer, &mut review);
        let is_dismissed = |finding: &InstanceFinding| {
            let dismissal = viewer.directory().finding_state(finding.id).and_then(|state| state.dismissal.as_ref());
            dismissal.is_some_and(|dismissal| dismissal.applies(total(viewer, finding), viewer.at()))
        };
        (review.dismissed, review.open) = all.into_iter().partition(is_dismissed);
        review
    }

    /// Returns the finding with the given ID, whether or not it is dismissed.
    #[must_use]
    pub fn finding(&self, id: FindingId) -> Option<&InstanceFinding> {
        self.open.iter().chain(&self.dismissed).find(|finding| finding.id == id)
    }
}

/// Returns the number of users or profiles that the finding is about, whether or not the viewer can see them. The end
/// of a dismissal depends on this number, so that it is the same for all viewers.
fn total(viewer: &Viewer<'_>, finding: &InstanceFinding) -> u64 {
    let all = match viewer.sees_all_permissions() {
        true => None,
        false => find(viewer.directory(), finding.id, viewer.at()),
    };
    all.as_ref().unwrap_or(finding).count as u64
}

/// Returns the finding with the given ID, with all users and profiles that it is about.
#[must_use]
pub fn find(directory: &Directory, id: FindingId, at: Timestamp) -> Option<InstanceFinding> {
    let viewer = Viewer::new(directory, &Principal::System, at);
    scan(&viewer, &mut InstanceReview::default()).into_iter().find(|finding| finding.id == id)
}

/// Whether the finding, if there is one with this ID, is about the user.
#[must_use]
pub fn is_about(directory: &Directory, id: FindingId, user: UserId, at: Timestamp) -> bool {
    let viewer = Viewer::new(directory, &Principal::System, at);
    directory.user(user).is_some_and(|user| UserFacts::new(&Scope::new(&viewer), user).are_counted(id, user, at))
}

/// Returns the users that the finding is about and that the viewer can see, by login name.
#[must_use]
pub fn users<'a>(viewer: &Viewer<'a>, id: FindingId) -> Vec<&'a Arc<User>> {
    let scope = Scope::new(viewer);
    if !scope.sees_users || (id.profile().is_some() && !viewer.sees_all_users()) {
        return Vec::new();
    }
    let is_counted =
        |user: &&Arc<User>| scope.can_see(user) && UserFacts::new(&scope, user).are_counted(id, user, viewer.at());
    let Some(profile) = id.profile() else {
        return viewer.directory().users_after(None).filter(is_counted).collect();
    };
    let mut users: Vec<_> = viewer.directory().users_with_profile(profile).filter(is_counted).collect();
    users.sort_by_cached_key(|user| folded(&user.username));
    users
}

/// Returns the profiles that no user has and whose details the viewer can see, by name.
#[must_use]
pub fn unused_profiles<'a>(viewer: &Viewer<'a>) -> Vec<&'a Arc<SecurityProfile>> {
    if !viewer.sees_users() || !viewer.sees_all_users() {
        return Vec::new();
    }
    let directory = viewer.directory();
    let is_unused = |profile: &&Arc<SecurityProfile>| {
        directory.profile_user_count_at(profile.id, viewer.at()) == 0 && viewer.profile(profile.id).shows_details()
    };
    directory.profiles().filter(is_unused).collect()
}

/// Whether the user has every permission that grants access at the given time, without a scope.
#[must_use]
pub fn has_full_access_at(directory: &Directory, user: &User, at: Timestamp) -> bool {
    let has_it_now = || catalog().granting().is_subset(&directory.grants_at(user, at).unscoped);
    directory.has_full_access(user.id) || (user.assignments.iter().any(Assignment::is_dated) && has_it_now())
}

/// Whether the user has had a temporary password for more than [`TEMPORARY_PASSWORD_DAYS`] and not used it.
#[must_use]
pub fn has_unused_temporary_password(user: &User, at: Timestamp) -> bool {
    let set = user.password_set_at.unwrap_or(user.modified);
    user.enabled && user.password == PasswordState::Temporary && at > set.plus_days(TEMPORARY_PASSWORD_DAYS)
}

/// Whether the user can sign in and has an email address that the user has not verified.
#[must_use]
pub fn has_unverified_email(user: &User) -> bool {
    user.identity.email.is_some() && user.identity.email != user.verified_email && user.can_sign_in()
}

/// What the viewer can see, evaluated once for all users.
struct Scope<'a> {
    viewer: Viewer<'a>,
    sees_users: bool,
    sees_all_users: bool,
    sees_profiles: bool,
    sees_all_permissions: bool,
}

impl<'a> Scope<'a> {
    fn new(viewer: &Viewer<'a>) -> Self {
        Self {
            viewer: *viewer,
            sees_users: viewer.sees_users(),
            sees_all_users: viewer.sees_all_users(),
            sees_profiles: viewer.sees_profiles(),
            sees_all_permissions: viewer.sees_all_permissions(),
        }
    }

    fn can_see(&self, user: &User) -> bool {
        self.sees_all_users || self.viewer.user(user.id).shows_details()
    }

    fn can_see_access(&self, user: &User) -> bool {
        self.sees_all_permissions || (self.sees_profiles && self.viewer.check_effective_permissions(user).is_ok())
    }
}

/// The facts about a user that findings depend on.
struct UserFacts {
    full_access: bool,
    lasting_full_access: bool,
    can_sign_in: bool,
    has_mfa: bool,
    unused_temporary_password: bool,
    unverified_email: bool,
}

impl UserFacts {
    fn new(scope: &Scope<'_>, user: &User) -> Self {
        let (directory, at) = (scope.viewer.directory(), scope.viewer.at());
        let full_access = has_full_access_at(directory, user, at) && scope.can_see_access(user);
        Self {
            full_access,
            lasting_full_access: full_access && directory.has_full_access(user.id),
            can_sign_in: user.can_sign_in(),
            has_mfa: !user.mfa_methods.is_empty(),
            unused_temporary_password: has_unused_temporary_password(user, at),
            unverified_email: has_unverified_email(user),
        }
    }

    /// Whether the finding counts the user.
    fn are_counted(&self, id: FindingId, user: &User, at: Timestamp) -> bool {
        match id {
            FindingId::AdministratorsWithoutMfa => self.full_access && self.can_sign_in && !self.has_mfa,
            FindingId::SingleAdministrator => self.lasting_full_access && self.can_sign_in,
            FindingId::ManyAdministrators => self.full_access,
            FindingId::EscalationPath(profile) => {
                user.assignments.iter().any(|assigned| assigned.profile == profile && !assigned.has_ended(at))
            }
            FindingId::UnusedTemporaryPasswords => self.unused_temporary_password,
            FindingId::UnverifiedEmails => self.unverified_email,
            FindingId::UnusedProfiles => false,
        }
    }
}

/// The findings that are counted in one pass over all users.
const USER_FINDINGS: [FindingId; 5] = [
    FindingId::AdministratorsWithoutMfa,
    FindingId::SingleAdministrator,
    FindingId::ManyAdministrators,
    FindingId::UnusedTemporaryPasswords,
    FindingId::UnverifiedEmails,
];

/// The users that a finding counts.
#[derive(Clone, Copy, Default)]
struct Tally {
    count: usize,
    includes_viewer: bool,
}

/// Counts the key figures, and returns all findings, the most severe first.
fn scan(viewer: &Viewer<'_>, review: &mut InstanceReview) -> Vec<InstanceFinding> {
    let scope = Scope::new(viewer);
    let (directory, at) = (viewer.directory(), viewer.at());
    if scope.sees_profiles {
        let is_visible = |profile: &&Arc<SecurityProfile>| viewer.profile(profile.id).shows_details();
        review.profiles = directory.profiles().filter(is_visible).count();
    }
    if !scope.sees_users {
        return Vec::new();
    }
    let mut tallies = [Tally::default(); USER_FINDINGS.len()];
    for user in directory.all_users().filter(|user| scope.can_see(user)) {
        let facts = UserFacts::new(&scope, user);
        review.users += 1;
        review.administrators += usize::from(facts.full_access && facts.can_sign_in);
        for (id, tally) in USER_FINDINGS.into_iter().zip(&mut tallies) {
            if facts.are_counted(id, user, at) {
                tally.count += 1;
                tally.includes_viewer |= viewer.is_own_user(user.id);
            }
        }
    }
    let mut findings: Vec<_> = USER_FINDINGS
        .into_iter()
        .zip(tallies)
        .filter_map(|(id, tally)| user_finding(&scope, id, tally, review.administrators))
        .collect();
    if scope.sees_profiles && scope.sees_all_users {
        add_profile_findings(viewer, &mut findings);
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// Returns the finding about the counted users, if there are enough of them.
fn user_finding(scope: &Scope<'_>, id: FindingId, tally: Tally, administrators: usize) -> Option<InstanceFinding> {
    let (severity, is_finding) = match id {
        FindingId::AdministratorsWithoutMfa => (Severity::High, scope.sees_profiles && tally.count > 0),
        // A count of only the visible administrators could be mistaken for the total.
        FindingId::SingleAdministrator => (Severity::Medium, scope.sees_all_permissions && tally.count == 1),
        FindingId::ManyAdministrators => (Severity::Medium, scope.sees_profiles && tally.count >= USERS_MIN),
        FindingId::UnusedTemporaryPasswords => (Severity::Medium, tally.count > 0),
        FindingId::UnverifiedEmails => (Severity::Low, tally.count > 0),
        FindingId::EscalationPath(_) | FindingId::UnusedProfiles => (Severity::Low, false),
    };
    let others_end = id == FindingId::SingleAdministrator && administrators > tally.count;
    let Tally { count, includes_viewer } = tally;
    is_finding.then_some(InstanceFinding { id, severity, count, is_about_viewer: includes_viewer, others_end })
}

/// Adds the findings about security profiles. They count users of profiles, so only viewers who see all users get them.
fn add_profile_findings(viewer: &Viewer<'_>, findings: &mut Vec<InstanceFinding>) {
    let (directory, at) = (viewer.directory(), viewer.at());
    let finding = |id, severity, count, is_about_viewer| InstanceFinding {
        id,
        severity,
        count,
        is_about_viewer,
        others_end: false,
    };
    let mut unused = 0;
    for profile in directory.profiles().filter(|profile| viewer.profile(profile.id).shows_details()) {
        let users = directory.profile_user_count_at(profile.id, at);
        unused += usize::from(users == 0);
        let Some(grants) = directory.grants(profile.id).filter(|_| users >= USERS_MIN) else { continue };
        // Users with full access are counted in a separate finding.
        if catalog().granting().is_subset(&grants.unscoped) {
            continue;
        }
        let paths = escalation_paths(grants);
        if paths.is_empty() {
            continue;
        }
        let is_scoped = paths.intersection(&grants.unscoped).is_empty();
        let severity = if is_scoped { Severity::Low } else { Severity::Medium };
        let has_it = |assigned: &Assignment| assigned.profile == profile.id && !assigned.has_ended(at);
        let is_about_viewer = viewer.own_user().is_some_and(|own| own.assignments.iter().any(has_it));
        findings.push(finding(FindingId::EscalationPath(profile.id), severity, users, is_about_viewer));
    }
    if unused > 0 {
        findings.push(finding(FindingId::UnusedProfiles, Severity::Low, unused, false));
    }
}
