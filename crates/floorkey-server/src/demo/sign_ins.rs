//! Sign-ins of the demo's users: most within the last days, some long ago, and a few that failed.

use std::collections::BTreeMap;

use floorkey::{Action, RecordKey, Timestamp, UserId};
use floorkey_service::failure::Failure;

use super::CommandRunner;
use super::timeline::{DAY_MILLIS, Entry, MINUTE_MILLIS, OFFICE, Past, past_day};
use super::users::Member;

/// How long before a user's first change of a day the user signed in.
const SIGN_IN_BEFORE_CHANGE_MILLIS: i64 = 7 * MINUTE_MILLIS;

/// An hour and a minute, in UTC.
type TimeOfDay = (i64, i64);

/// Last sign-ins that don't follow the pattern, in days ago and time of day: of users who left, of an account that was
/// for tests, and of a user who was locked out.
const LAST_SIGN_INS: [(&str, i64, TimeOfDay); 4] = [
    ("ext.lindqvist", 310, (15, 20)),
    ("eoin.bracken", 171, (16, 55)),
    ("tom.okaf0r", 95, (10, 5)),
    ("kofi.asante", 1, (12, 15)),
];

/// Failed sign-ins, in days ago and time of day, with their number and the client's address.
const FAILED_SIGN_INS: [(&str, i64, TimeOfDay, i64, &str); 3] = [
    ("kofi.asante", 1, (11, 52), 5, OFFICE),
    ("helena.obrien", 1, (22, 40), 2, OFFICE),
    // An attacker tries passwords of an administrator from another network.
    ("gavin.prendergast", 1, (23, 5), 4, "203.0.113.77"),
];

/// Sign-ins of the first administrator, who set up the contact center.
const ADMINISTRATOR_SIGN_INS: [(i64, (i64, i64)); 2] = [(429, (9, 0)), (61, (17, 30))];

/// Whether a user, at this position in the list of users, has never signed in. Such a user has no password.
pub(super) fn never_signs_in(position: usize, login: &str) -> bool {
    position % 19 == 7 && !is_exception(login) && !super::history::actors().contains(login)
}

fn is_exception(login: &str) -> bool {
    LAST_SIGN_INS.iter().any(|(name, ..)| *name == login) || FAILED_SIGN_INS.iter().any(|(name, ..)| *name == login)
}

/// The sign-ins of all users.
#[derive(Default)]
pub(super) struct SignIns {
    /// The events of sign-ins and failed sign-ins.
    pub(super) events: Vec<Past>,
    /// The last sign-in of each user.
    last: BTreeMap<UserId, Timestamp>,
    /// The failed sign-ins of each user since the last sign-in.
    failed: Vec<(UserId, Timestamp, u64)>,
}

impl SignIns {
    /// Plans the sign-ins that the history needs, and the last sign-in of every other user with a password.
    pub(super) fn new(staff: &[Member], administrator: UserId, history: &[Past], now: Timestamp) -> Self {
        let mut sign_ins = Self::default();
        for (days_ago, time_of_day) in ADMINISTRATOR_SIGN_INS {
            sign_ins.sign_in(administrator, past_day(now, days_ago, time_of_day));
        }
        let mut first_changes: BTreeMap<(UserId, i64), Timestamp> = BTreeMap::new();
        for (user, at) in history.iter().filter_map(|past| Some((past.actor?, past.at))) {
            let first = first_changes.entry((user, at.as_millis().div_euclid(DAY_MILLIS))).or_insert(at);
            *first = at.min(*first);
        }
        for ((user, _), at) in first_changes {
            sign_ins.sign_in(user, Timestamp::from_millis(at.as_millis() - SIGN_IN_BEFORE_CHANGE_MILLIS));
        }
        for (position, member) in staff.iter().enumerate().filter(|(_, member)| member.has_password()) {
            let login = member.new.username.as_str();
            let exception = LAST_SIGN_INS.iter().find(|(name, ..)| *name == login);
            let (days_ago, time_of_day) = match exception {
                Some((_, days_ago, time_of_day)) => (*days_ago, *time_of_day),
                None => usual_last_sign_in(position),
            };
            sign_ins.sign_in(member.new.id, past_day(now, days_ago, time_of_day));
        }
        for (login, days_ago, time_of_day, count, address) in FAILED_SIGN_INS {
            let first = past_day(now, days_ago, time_of_day);
            if let Some(member) = staff.iter().find(|member| member.new.username == login) {
                sign_ins.fail(member.new.id, first, count, address);
            }
        }
        sign_ins
    }

    fn sign_in(&mut self, user: UserId, at: Timestamp) {
        let entry = Entry::Event(Action::SignIn, vec![RecordKey::User(user)], OFFICE);
        self.events.push(Past { at, actor: Some(user), entry, is_refused: false });
        let last = self.last.entry(user).or_insert(at);
        *last = at.max(*last);
    }

    fn fail(&mut self, user: UserId, first: Timestamp, count: i64, address: &'static str) {
        let attempt_at = |number: i64| Timestamp::from_millis(first.as_millis() + number * MINUTE_MILLIS);
        for at in (0..count).map(attempt_at) {
            let entry = Entry::Event(Action::FailedSignIn, vec![RecordKey::User(user)], address);
            self.events.push(Past { at, actor: None, entry, is_refused: false });
        }
        if self.last.get(&user).is_none_or(|signed_in| *signed_in < first) {
            self.failed.push((user, attempt_at(count - 1), count.unsigned_abs()));
        }
    }

    /// The users who have signed in, each with the time of the last sign-in.
    pub(super) fn last(&self) -> impl Iterator<Item = (UserId, Timestamp)> {
        self.last.iter().map(|(user, at)| (*user, *at))
    }

    /// Stores the last sign-ins and the failed ones.
    pub(super) async fn store(&self, runner: &CommandRunner) -> Result<(), Failure> {
        let store = runner.service.store();
        let rows: Vec<_> = self.last().map(|(user, at)| (runner.instance, user, at)).collect();
        store.record_sign_ins(&rows).await?;
        for (user, at, count) in &self.failed {
            store.record_failures(runner.instance, *user, *at, *count).await?;
        }
        Ok(())
    }
}

/// Returns the days and the time of day of a last sign-in. Of 13 users, 12 signed in during the last three days.
fn usual_last_sign_in(position: usize) -> (i64, (i64, i64)) {
    let position = i64::try_from(position).unwrap_or_default();
    let days_ago = if position % 13 == 4 { 30 + position * 7 % 120 } else { 1 + position * 5 % 3 };
    (days_ago, (6 + position * 7 % 15, position * 37 % 60))
}
