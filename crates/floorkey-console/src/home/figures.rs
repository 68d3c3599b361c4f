//! The key figures, each with its change over seven days and its course over thirty.
//!
//! The past figures come from the versions of the records (see [`ReviewHistory`]). They count all users and profiles,
//! so viewers who see only some of them get figures without a change.

use floorkey::review::findings::InstanceReview;
use floorkey_service::daily_reviews::ReviewHistory;

use super::finding_text::users_href;
use super::times;
use crate::web::current_user::CurrentUser;
use crate::web::text;

/// The number of days that a change covers.
const DAYS: usize = 7;

/// The size of a chart, in units of its view box.
const CHART_WIDTH: f64 = 120.0;
const CHART_HEIGHT: f64 = 28.0;

/// Matches the users who have full access now and can sign in. Pages call these users administrators.
pub(super) const ADMINISTRATORS: &str = "access=full&sign-in=possible";

/// A key figure.
pub(super) struct Figure {
    pub(super) count: usize,
    pub(super) text: String,
    pub(super) label: &'static str,
    /// The definition of the figure.
    pub(super) about: &'static str,
    /// The address of the list with exactly the rows that the figure counts.
    pub(super) href: String,
    pub(super) change: Option<Change>,
    /// The points of the chart; `None` if there is nothing to compare with.
    pub(super) points: Option<String>,
}

/// The change of a figure.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// The name of the icon.
    pub(super) icon: Option<&'static str>,
    /// The text, such as `+3 in 7 days`.
    pub(super) text: String,
    /// What the figure is compared with.
    pub(super) compared: String,
}

/// Returns the figures that the viewer can see.
pub(super) fn figures(viewer: &CurrentUser, review: &InstanceReview, history: Option<&ReviewHistory>) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut add = |label, about, href: String, value: fn(&InstanceReview) -> usize| {
        let count = value(review);
        let change = history.and_then(|history| change(viewer, count, history, value));
        let points = history.and_then(|history| points(count, history, value));
        figures.push(Figure { count, text: text::figure(count), label, about, href, change, points });
    };
    if viewer.sees_users() {
        add("Users", "Enabled and disabled", users_href(""), |review| review.users);
    }
    if viewer.sees_profiles() {
        add("Security profiles", "Used and unused", "/connect/security-profiles".to_owned(), |review| review.profiles);
    }
    if viewer.sees_users() && viewer.sees_profiles() {
        let about = "Every permission on everything, now, and able to sign in";
        add("Full administrators", about, users_href(ADMINISTRATORS), |review| review.administrators);
    }
    if viewer.sees_users() {
        add("Open findings", "Not dismissed", "#findings".to_owned(), |review| review.open.len());
    }
    figures
}

/// Compares a figure with the one at the start of the day seven days ago, or of the first day of a younger instance.
fn change(
    viewer: &CurrentUser,
    count: usize,
    history: &ReviewHistory,
    value: fn(&InstanceReview) -> usize,
) -> Option<Change> {
    let earliest = history.reviews().len().checked_sub(1)?;
    let days = DAYS.min(earliest);
    let then = history.days_ago(days)?;
    let day = times::utc_date(viewer, then.at);
    let period = match days {
        0 => "today".to_owned(),
        1 => "since yesterday".to_owned(),
        days => format!("in {days} days"),
    };
    let before = value(&then.review);
    let compared = format!("{} at the start of {day} (UTC)", text::figure(before));
    Some(Change { icon: icon(before, count), text: format!("{} {period}", difference(before, count)), compared })
}

const fn icon(before: usize, count: usize) -> Option<&'static str> {
    match (count > before, count < before) {
        (true, _) => Some("arrow-up"),
        (_, true) => Some("arrow-down"),
        _ => None,
    }
}

fn difference(before: usize, count: usize) -> String {
    match (count > before, count < before) {
        (true, _) => format!("+{}", text::figure(count - before)),
        (_, true) => format!("−{}", text::figure(before - count)),
        _ => "No change".to_owned(),
    }
}

/// Returns the points of a chart from the earliest day to now. A figure that never changed is a line in the middle.
fn points(count: usize, history: &ReviewHistory, value: fn(&InstanceReview) -> usize) -> Option<String> {
    let mut values: Vec<usize> = history.reviews().iter().rev().map(|day| value(&day.review)).collect();
    values.push(count);
    if values.len() < 2 {
        return None;
    }
    let (low, high) = (values.iter().min().copied()?, values.iter().max().copied()?);
    let step = CHART_WIDTH / (values.len() - 1) as f64;
    let height = |value: usize| match high - low {
        0 => CHART_HEIGHT / 2.0,
        range => (CHART_HEIGHT - 2.0) * (1.0 - (value - low) as f64 / range as f64) + 1.0,
    };
    let points = values.iter().enumerate().map(|(at, value)| format!("{:.1},{:.1}", step * at as f64, height(*value)));
    Some(points.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use floorkey::Timestamp;
    use floorkey_service::daily_reviews::DailyReview;

    use super::*;

    fn history(users: &[usize]) -> ReviewHistory {
        let day = |(ago, users): (usize, &usize)| DailyReview {
            at: Timestamp::from_millis(-(ago as i64) * 86_400_000),
            review: InstanceReview { users: *users, ..InstanceReview::default() },
        };
        ReviewHistory::new(users.iter().enumerate().map(day).collect())
    }

    #[test]
    fn a_difference_has_a_sign_and_a_direction() {
        assert_eq!((difference(5, 1_205), icon(5, 1_205)), ("+1,200".to_owned(), Some("arrow-up")));
        assert_eq!((difference(5, 3), icon(5, 3)), ("−2".to_owned(), Some("arrow-down")));
        assert_eq!((difference(5, 5), icon(5, 5)), ("No change".to_owned(), None));
    }

    #[test]
    fn a_chart_goes_from_the_earliest_day_to_now() {
        let of = |count, days: &[usize]| points(count, &history(days), |review| review.users);
        assert_eq!(of(3, &[3, 1]).unwrap(), "0.0,27.0 60.0,1.0 120.0,1.0");
        assert_eq!(of(3, &[3]).unwrap(), "0.0,14.0 120.0,14.0", "a constant figure");
        assert_eq!(of(3, &[]), None);
    }
}
