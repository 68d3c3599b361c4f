//! Findings for an access review: mistakes from several years, and temporary assignments. The module `users` creates
//! other findings: users who have too much access.

use floorkey::user::Assignment;
use floorkey::{Command, RecordKey, SecurityProfileId, Timestamp, UserId};

use super::users::Member;
use super::{CreatedIds, tags};
use floorkey_service::failure::Failure;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Returns the commands that create the findings. The commands can be executed in any order, but all users must already
/// exist.
pub(super) fn commands(
    staff: &[Member],
    profiles: &CreatedIds<SecurityProfileId>,
    now: Timestamp,
) -> Result<Vec<Command>, Failure> {
    let user = |login: &str| {
        let member = staff.iter().find(|member| member.new.username == login);
        member.map(|member| member.new.id).ok_or_else(|| Failure::Internal(format!("the demo has no user `{login}`")))
    };
    let days = |days: i64| Timestamp::from_millis(now.as_millis() + days * DAY_MILLIS);
    let assign = |login: &str, always: &[&str], profile: &str, from: Option<Timestamp>, until: Option<Timestamp>| {
        let always = always.iter().map(|name| Ok(Assignment::always(profiles.id(name)?)));
        let mut assignments = always.collect::<Result<Vec<_>, Failure>>()?;
        assignments.push(Assignment { profile: profiles.id(profile)?, from, until });
        Ok::<_, Failure>(Command::UpdateUserSecurityProfiles { user: user(login)?, assignments })
    };
    let lead = ["Agent", "Team lead"];
    Ok(vec![
        // A contractor who set up the contact center has left. The contractor's account is disabled, but still has the
        // Admin profile.
        Command::SetUserEnabled { user: user("ext.lindqvist")?, enabled: false },
        // This user left in spring, but still has an enabled account.
        tag_as_left(user("eoin.bracken")?, days(-170)),
        // This user substitutes for a supervisor for a limited time.
        assign("jonas.brandao", &lead, "Supervisor - Lisbon", Some(days(-20)), Some(days(9)))?,
        // This user substituted for a supervisor. The assignment has ended.
        assign("halina.mroz", &lead, "Supervisor - Krakow", Some(days(-60)), Some(days(-18)))?,
        // This assignment starts next week.
        assign("elif.demir", &["Agent"], "Team lead", Some(days(7)), None)?,
    ])
}

/// Returns the command that adds the tag `left-on`. HR uses this tag to mark users who have left.
fn tag_as_left(user: UserId, on: Timestamp) -> Command {
    let on = jiff::Timestamp::from_millisecond(on.as_millis()).unwrap_or_default();
    let day = on.strftime("%Y-%m-%d").to_string();
    Command::TagResource { target: RecordKey::User(user), tags: tags([("left-on", day.as_str())]) }
}
