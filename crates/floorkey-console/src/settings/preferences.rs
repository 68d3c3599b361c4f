//! The page with the viewer's preferences: time zone, style of dates, density, theme and shortcuts.

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Body;
use floorkey::Timestamp;
use http::Response;
use jiff::tz::TimeZone;

use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form};
use crate::web::layout::{Layout, local_redirect_target, page, redirect_to};
use crate::web::page_error::PageError;
use crate::web::preferences::{DATES, DENSITY, Density, SHORTCUTS, ZONE};
use crate::web::time_format::{DateStyle, TimeFormat};

/// The regions of the time zones to choose from. Other names are aliases for compatibility.
const REGIONS: [&str; 10] =
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

/// The time in the examples of date styles: an afternoon, and a day that can't be mistaken for a month.
const EXAMPLE: Timestamp = Timestamp::from_millis(1_774_879_509_000);

#[derive(Template)]
#[template(path = "settings/preferences.html")]
struct PreferencesPage {
    layout: Layout,
    regions: Vec<Region>,
    /// Whether times are in UTC.
    is_utc: bool,
    /// The styles of dates. Each has a value, an example, and whether it is selected.
    styles: Vec<(&'static str, String, bool)>,
    has_shortcuts: bool,
}

/// The time zones of a region.
struct Region {
    name: &'static str,
    /// Each zone has a name, a text with its current offset, and whether it is selected.
    zones: Vec<(String, String, bool)>,
}

pub(super) async fn show(viewer: CurrentUser) -> Response<Body> {
    let times = &viewer.preferences.times;
    let styles = DateStyle::ALL.map(|style| {
        let example = TimeFormat { style, ..times.clone() }.local(EXAMPLE, EXAMPLE).text;
        (style.as_str(), example, style == times.style)
    });
    page(&PreferencesPage {
        layout: viewer.layout("Preferences"),
        regions: regions(&viewer),
        is_utc: times.zone == TimeZone::UTC,
        styles: styles.into(),
        has_shortcuts: viewer.preferences.has_shortcuts,
    })
}

fn regions(viewer: &CurrentUser) -> Vec<Region> {
    let selected = viewer.zone().iana_name();
    let now = jiff::Timestamp::from_millisecond(viewer.now.as_millis()).unwrap_or_default();
    let mut regions: BTreeMap<&'static str, Vec<(String, String, bool)>> = BTreeMap::new();
    for name in jiff::tz::db().available() {
        let name = name.as_str();
        let region = name.split_once('/').and_then(|(region, _)| REGIONS.into_iter().find(|known| *known == region));
        let (Some(region), Ok(zone)) = (region, TimeZone::get(name)) else { continue };
        let (_, place) = name.split_once('/').unwrap_or_default();
        let minutes = zone.to_offset(now).seconds() / 60;
        let sign = if minutes < 0 { '−' } else { '+' };
        let offset = format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
        let text = format!("{} (UTC{offset})", place.replace('_', " "));
        regions.entry(region).or_default().push((name.to_owned(), text, selected == Some(name)));
    }
    regions.into_iter().map(|(name, zones)| Region { name, zones }).collect()
}

/// Sets the preferences that the form has, and leaves the others.
pub(super) async fn set(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    for (name, value) in changes(&fields)? {
        viewer.set_preference(name, Some(&value)).await?;
    }
    // Forms of the top bar return to the page that they are on.
    Ok(match fields.text("back") {
        Some(back) => redirect_to(local_redirect_target(Some(back))),
        None => viewer.context.redirect_with_flash("/connect/preferences", &Flash::good("Your preferences are saved.")),
    })
}

/// Returns the preferences in the form, with their values as JSON.
///
/// # Errors
/// Returns an error if a value is none that the pages offer.
fn changes(fields: &Fields) -> Result<Vec<(&'static str, String)>, PageError> {
    let unknown = |what: &str| PageError::bad_request(format!("There is no such {what}. Choose one from the list."));
    let mut changes = Vec::new();
    let mut put = |name: &'static str, value: &str| changes.push((name, serde_json::json!(value).to_string()));
    if let Some(zone) = fields.text("zone") {
        let zone = TimeZone::get(zone).map_err(|_| unknown("time zone"))?;
        put(ZONE, zone.iana_name().unwrap_or("UTC"));
    }
    if let Some(style) = fields.text("dates") {
        put(DATES, DateStyle::parse(style).ok_or_else(|| unknown("style of dates"))?.as_str());
    }
    if let Some(density) = fields.text("density") {
        put(DENSITY, Density::parse(density).ok_or_else(|| unknown("density"))?.as_str());
    }
    // A box that is not checked is not in the form, so another field says that the form has the box.
    if fields.has("has-shortcuts") {
        changes.push((SHORTCUTS, fields.has("shortcuts").to_string()));
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(form: &str) -> Option<Vec<(&'static str, String)>> {
        changes(&Fields::parse(form.as_bytes())).ok()
    }

    #[test]
    fn only_values_that_the_form_has_are_set() {
        assert_eq!(parsed("back=/connect/"), Some(Vec::new()));
        assert_eq!(parsed("density=compact"), Some(vec![("density", "\"compact\"".to_owned())]));
        let all = parsed("zone=Europe%2FBerlin&dates=iso&density=comfortable&has-shortcuts=1").unwrap();
        let values: Vec<_> = all.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(values, ["zone=\"Europe/Berlin\"", "dates=\"iso\"", "density=\"comfortable\"", "shortcuts=false"]);
    }

    #[test]
    fn unknown_values_are_refused() {
        for form in ["zone=Europe/Atlantis", "dates=de", "density=wide"] {
            assert_eq!(parsed(form), None, "{form}");
        }
    }
}
