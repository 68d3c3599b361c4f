//! Describes findings: what they are, why they matter, how to fix them, and where the users are that they count.

use floorkey::catalog::Risk;
use floorkey::review::findings::{InstanceFinding, Severity, unused_profiles};
use floorkey::review::risks::risks;
use floorkey::{FindingId, SecurityProfileId, Timestamp};
use floorkey_service::daily_reviews::Began;

use super::times;
use crate::web::current_user::CurrentUser;
use crate::web::{effect_text, text};

/// A finding as text.
pub(super) struct FindingText {
    pub(super) title: String,
    /// Why the finding matters, in one sentence.
    pub(super) detail: String,
    /// How to fix it.
    pub(super) fix: &'static str,
    /// The number of users or profiles, such as `3 users`.
    pub(super) who: String,
    /// The address of the list with exactly these users or profiles.
    pub(super) rows: String,
    /// The next step: the text of the button, and its address.
    pub(super) action: (&'static str, String),
}

/// Returns the address of the user list for a query.
pub(super) fn users_href(query: &str) -> String {
    let separator = if query.is_empty() { "" } else { "?" };
    format!("/connect/users{separator}{query}")
}

/// Returns the address of a finding's page.
pub(super) fn href(id: FindingId) -> String {
    format!("/connect/findings/{id}")
}

/// Returns the address of the list with exactly the users or profiles that the finding counts.
pub(super) fn rows_href(id: FindingId) -> String {
    match id {
        FindingId::AdministratorsWithoutMfa => users_href("access=full&sign-in=possible&factor=none"),
        FindingId::SingleAdministrator => users_href("access=lasting&sign-in=possible"),
        FindingId::ManyAdministrators => users_href("access=full"),
        FindingId::EscalationPath(profile) => users_href(&format!("profile={profile}")),
        FindingId::UnusedTemporaryPasswords => users_href("password=waiting"),
        FindingId::UnverifiedEmails => users_href("email=unverified"),
        FindingId::UnusedProfiles => "/connect/security-profiles?users=none".to_owned(),
    }
}

/// The badge of a severity.
pub(super) struct SeverityBadge {
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    pub(super) name: &'static str,
}

/// Returns the badge of a severity.
pub(super) const fn severity(severity: Severity) -> SeverityBadge {
    match severity {
        Severity::High => SeverityBadge { class: "bad", icon: "circle-alert", name: "High" },
        Severity::Medium => SeverityBadge { class: "warn", icon: "triangle-alert", name: "Medium" },
        Severity::Low => SeverityBadge { class: "info", icon: "info", name: "Low" },
    }
}

/// Returns the title of a finding that the viewer can see.
pub(super) fn title(viewer: &CurrentUser, id: FindingId, others_end: bool) -> String {
    match id {
        FindingId::SingleAdministrator if others_end => {
            "Only one administrator has access that does not end".to_owned()
        }
        FindingId::EscalationPath(profile) => {
            format!("{}: {}", id.title(), text::profile(&viewer.visibility(), profile))
        }
        id => id.title().to_owned(),
    }
}

/// Describes a finding.
pub(super) fn describe(viewer: &CurrentUser, finding: &InstanceFinding) -> FindingText {
    let id = finding.id;
    let rows = rows_href(id);
    let (detail, fix, action) = match id {
        FindingId::AdministratorsWithoutMfa => {
            let action = match finding.is_about_viewer {
                true => ("Set up MFA", "/connect/access".to_owned()),
                false => ("View users", rows.clone()),
            };
            let fix =
                "Each administrator sets up MFA under My access. Remove full access from users who don’t need it.";
            ("A stolen password is enough to take over everything.".to_owned(), fix, action)
        }
        FindingId::SingleAdministrator => {
            let fix =
                "Assign a security profile with every permission, such as Admin, to a second user, who can sign in.";
            let action = ("Add an administrator", "/connect/users/new".to_owned());
            ("Add a second so you can’t get locked out.".to_owned(), fix, action)
        }
        FindingId::ManyAdministrators => {
            let fix =
                "Assign profiles that grant only what each of them needs, and remove the one with every permission.";
            ("Few need it.".to_owned(), fix, ("Review users", rows.clone()))
        }
        FindingId::EscalationPath(profile) => {
            let fix = "Remove the permission from the profile, limit it to the user’s own hierarchy group, or assign the \
                       profile to fewer users. With the escalation guard on enforce, users can’t assign access they \
                       don’t have themselves.";
            let action = ("Review profile", format!("/connect/security-profiles/{profile}"));
            (escalation(viewer, profile), fix, action)
        }
        FindingId::UnusedTemporaryPasswords => {
            let fix =
                "Send an invitation instead, or reset the password again. Delete users who no longer need access.";
            (
                "They are older than a week. Anyone who finds one can use it.".to_owned(),
                fix,
                ("Review users", rows.clone()),
            )
        }
        FindingId::UnverifiedEmails => {
            let fix = "Users verify their email under My access, or when they follow an invitation.";
            ("Links to reset a password are not sent there.".to_owned(), fix, ("Review users", rows.clone()))
        }
        FindingId::UnusedProfiles => {
            let fix = "Delete the profiles that you no longer need. You can undo this.";
            (unused(viewer), fix, ("Review profiles", rows.clone()))
        }
    };
    let noun = if id.counts_profiles() { "profile" } else { "user" };
    FindingText {
        title: title(viewer, id, finding.others_end),
        detail,
        fix,
        who: text::count_noun(finding.count, noun),
        rows,
        action,
    }
}

/// Says what users with the profile can do that leads to more access.
fn escalation(viewer: &CurrentUser, profile: SecurityProfileId) -> String {
    let visibility = viewer.visibility();
    let Some(grants) = viewer.directory.grants(profile) else { return String::new() };
    let risks = risks(grants, |scope, noun| effect_text::scope_text(&visibility, scope, noun));
    let worst = risks.into_iter().find(|risk| risk.risk == Risk::Escalation);
    worst.map(|risk| risk.sentence("Users with it")).unwrap_or_default()
}

fn unused(viewer: &CurrentUser) -> String {
    const NAMES_MAX: usize = 4;
    let visibility = viewer.visibility();
    let names: Vec<&str> = unused_profiles(&visibility).into_iter().map(|profile| profile.name.as_str()).collect();
    format!("No users have {}.", text::join_names(&names, NAMES_MAX))
}

/// Says when a finding began.
pub(super) fn began(viewer: &CurrentUser, began: Began, now: Timestamp) -> String {
    match began {
        Began::On(day) if now < day.plus_days(1) => "Today".to_owned(),
        Began::On(day) => times::utc_date(viewer, day),
        Began::Before(day) => format!("Before {}", times::utc_date(viewer, day)),
    }
}
