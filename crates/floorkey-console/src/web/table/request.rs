//! Requests for a table: the page itself, a new token of the filter, and suggestions while the user types.

use axum::body::Body;
use floorkey::Timestamp;
use http::{HeaderValue, Response, header};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Table, TableSettings, TableState};
use crate::web::form::Fields;
use crate::web::property_filter::{AddForm, AddResult, FilterValues, Property, PropertyFilter, Suggester, day_of};

/// The URL of the page with a token that was entered as text or in the form.
pub(crate) struct Redirect(pub(crate) String);

/// Parses the fields of a URL. `properties` are those that the viewer can filter by. The form that adds a token is open
/// if it was submitted without a valid value.
///
/// # Errors
/// Returns a redirect if a token was entered.
pub(crate) fn parse_request(
    table: &Table,
    fields: &Fields,
    settings: &TableSettings,
    properties: &[&'static Property],
    values: &dyn FilterValues,
) -> Result<(TableState, AddForm), Redirect> {
    let state = TableState::parse(table, fields, settings);
    let url = |filter: &PropertyFilter| state.filter_url(table, filter);
    let suggester = Suggester { properties, values, today: Date::default(), filter: &state.filter, url: &url };
    if let Some(token) = suggester.token(&state.filter.search) {
        return Err(Redirect(url(&state.filter.with_search("").with(token))));
    }
    match AddForm::submit(fields, &state.filter, properties, values) {
        AddResult::Added(filter) => Err(Redirect(url(&filter))),
        AddResult::Form(form) => Ok((state, form)),
    }
}

/// Returns suggestions for the text that was typed, as JSON. `fields` contain the text and the fields of the page's URL.
pub(crate) fn suggestions(
    table: &Table,
    fields: &Fields,
    properties: &[&'static Property],
    values: &dyn FilterValues,
    (now, zone): (Timestamp, &TimeZone),
) -> Response<Body> {
    let state = TableState::parse(table, fields, &TableSettings::default());
    let url = |filter: &PropertyFilter| state.filter_url(table, filter);
    let today = day_of(now, zone);
    let suggester = Suggester { properties, values, today, filter: &state.filter, url: &url };
    let found = suggester.suggest(fields.raw("text"));
    let mut response = Response::new(Body::from(serde_json::to_vec(&found).unwrap_or_default()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
