//! The timeline of a user's profiles, as a bar chart and a table.

use std::collections::BTreeMap;

use floorkey::text::folded;
use floorkey::{Record, RecordKey, SecurityProfileId, Timestamp, User};

use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::text;

/// Width of the chart in SVG units.
const WIDTH: i64 = 1000;

/// The chart of a user's profiles.
pub(super) struct Timeline {
    pub(super) rows: Vec<TimelineRow>,
    pub(super) begins: String,
    pub(super) ends: String,
}

/// A profile, with the periods when it was assigned to the user.
pub(super) struct TimelineRow {
    pub(super) profile: String,
    pub(super) bars: Vec<Bar>,
}

/// A period when the profile was assigned to the user.
pub(super) struct Bar {
    /// The start of the bar, from 0 to [`WIDTH`]. `width` uses the same unit.
    pub(super) x: i64,
    pub(super) width: i64,
    pub(super) from: String,
    pub(super) until: String,
}

/// The start and end of a period.
type Period = (Timestamp, Timestamp);

/// Returns the timeline of a user. Returns `None` if the viewer can't see the history or if the profiles never changed.
pub(super) async fn timeline(viewer: &CurrentUser, user: &User) -> Result<Option<Timeline>, PageError> {
    if !viewer.sees_history() {
        return Ok(None);
    }
    let store = viewer.app().service.store();
    let versions = store.record_versions(viewer.instance(), RecordKey::User(user.id)).await?;
    let states: Vec<_> = versions
        .into_iter()
        .filter_map(|version| match version.record {
            Record::User(state) => Some(state),
            _ => None,
        })
        .collect();
    let Some(begins) = states.first().map(|state| state.modified) else { return Ok(None) };
    let periods = periods(states.iter().map(|state| &**state), viewer.now);
    let covers_all =
        |all: &Vec<Period>| matches!(all.as_slice(), [(from, until)] if *from == begins && *until == viewer.now);
    if periods.values().all(covers_all) || viewer.now <= begins {
        return Ok(None);
    }
    let mut rows: Vec<TimelineRow> =
        periods.iter().map(|(profile, periods)| row(viewer, *profile, periods, (begins, viewer.now))).collect();
    rows.sort_by_cached_key(|row| folded(&row.profile));
    Ok(Some(Timeline { rows, begins: viewer.time(begins), ends: viewer.time(viewer.now) }))
}

/// Returns the periods of each profile up to `now`. Adjacent periods are merged.
fn periods<'a>(states: impl Iterator<Item = &'a User>, now: Timestamp) -> BTreeMap<SecurityProfileId, Vec<Period>> {
    let states: Vec<&User> = states.collect();
    let ends = states.iter().skip(1).map(|next| next.modified).chain([now]);
    let mut periods: BTreeMap<SecurityProfileId, Vec<Period>> = BTreeMap::new();
    for (state, end) in states.iter().zip(ends) {
        for assignment in &state.assignments {
            let from = assignment.from.map_or(state.modified, |from| from.max(state.modified));
            let until = assignment.until.map_or(end, |until| until.min(end));
            let periods = periods.entry(assignment.profile).or_default();
            match periods.last_mut() {
                _ if until <= from => {}
                Some((_, last)) if *last >= from => *last = until.max(*last),
                _ => periods.push((from, until)),
            }
        }
    }
    periods.retain(|_, periods| !periods.is_empty());
    periods
}

fn row(viewer: &CurrentUser, profile: SecurityProfileId, periods: &[Period], (begins, ends): Period) -> TimelineRow {
    let x_of = |at: Timestamp| {
        let whole = (ends.as_millis() - begins.as_millis()).max(1);
        (at.as_millis() - begins.as_millis()).saturating_mul(WIDTH) / whole
    };
    let bars = periods.iter().map(|(from, until)| Bar {
        x: x_of(*from),
        // Even a very short period gets a visible bar.
        width: (x_of(*until) - x_of(*from)).max(4),
        from: viewer.time(*from),
        until: if *until == ends { "now".to_owned() } else { viewer.time(*until) },
    });
    let name = match viewer.directory.profile(profile) {
        Some(_) => text::profile(&viewer.visibility(), profile),
        None => "A deleted profile".to_owned(),
    };
    TimelineRow { profile: name, bars: bars.collect() }
}
