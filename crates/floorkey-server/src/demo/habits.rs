//! What has gone wrong over the years, and what is only for a time: things that a review should find. Who holds too
//! much stands in `people`.

use floorkey::user::Assignment;
use floorkey::{Command, RecordKey, SecurityProfileId, Timestamp, UserId};

use super::people::Member;
use super::{Made, tags};
use crate::failure::Failure;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// What is done once everybody is there. None of it builds on another.
pub(super) fn commands(
    staff: &[Member],
    profiles: &Made<SecurityProfileId>,
    now: Timestamp,
) -> Result<Vec<Command>, Failure> {
    let user = |login: &str| {
        let member = staff.iter().find(|member| member.new.username == login);
        member
            .map(|member| member.new.id)
            .ok_or_else(|| Failure::Internal(format!("the demo has nobody named `{login}`")))
    };
    let days = |days: i64| Timestamp::from_millis(now.as_millis() + days * DAY_MILLIS);
    let held = |login: &str, always: &[&str], profile: &str, from: Option<Timestamp>, until: Option<Timestamp>| {
        let always = always.iter().map(|name| Ok(Assignment::always(profiles.id(name)?)));
        let mut assignments = always.collect::<Result<Vec<_>, Failure>>()?;
        assignments.push(Assignment { profile: profiles.id(profile)?, from, until });
        Ok::<_, Failure>(Command::UpdateUserSecurityProfiles { user: user(login)?, assignments })
    };
    let lead = ["Agent", "Team lead"];
    Ok(vec![
        // The contractor who set everything up is gone; the account is off, and still an administrator's.
        Command::SetUserEnabled { user: user("ext.lindqvist")?, enabled: false },
        // Left in spring, and nobody switched the account off.
        left(user("eoin.bracken")?, days(-170)),
        // Stands in for a supervisor, and will stop doing so by itself.
        held("jonas.brandao", &lead, "Supervisor - Lisbon", Some(days(-20)), Some(days(9)))?,
        // Stood in, and it has ended.
        held("halina.mroz", &lead, "Supervisor - Krakow", Some(days(-60)), Some(days(-18)))?,
        // Will begin next week.
        held("elif.demir", &["Agent"], "Team lead", Some(days(7)), None)?,
    ])
}

/// Somebody who has left, as the tag says that personnel puts there.
fn left(user: UserId, on: Timestamp) -> Command {
    let on = jiff::Timestamp::from_millisecond(on.as_millis()).unwrap_or_default();
    let day = on.strftime("%Y-%m-%d").to_string();
    Command::TagResource { target: RecordKey::User(user), tags: tags([("left-on", day.as_str())]) }
}
