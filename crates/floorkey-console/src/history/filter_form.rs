//! The filter of the list as the page shows it: periods, fields and errors.

use floorkey::text::folded;

use super::filter::{EventFilter, FIELDS, FilterError, OutcomeFilter};
use super::period::Period;
use crate::web::current_user::CurrentUser;
use floorkey_service::event_types::Category;

/// The fields that the form for the first and the last day replaces.
const DAY_FIELDS: [&str; 3] = ["from", "to", "period"];

/// The fields that the main form contains.
const MAIN_FIELDS: [&str; 8] = ["category", "outcome", "actor", "user", "profile", "reference", "flagged", "sign-ins"];

/// The fields of the main form that are in a section of their own.
const FURTHER_FIELDS: [&str; 4] = ["profile", "reference", "flagged", "sign-ins"];

/// The filter fields as submitted, with their errors.
pub(super) struct FilterForm {
    pub(super) periods: Vec<PeriodLink>,
    /// Whether the filter has a first or a last day.
    pub(super) has_days: bool,
    pub(super) from: String,
    pub(super) to: String,
    /// The other fields of the filter, for the form with the days.
    pub(super) day_form_fields: Vec<(String, String)>,
    /// The other fields of the filter, for the main form.
    pub(super) main_form_fields: Vec<(String, String)>,
    pub(super) categories: Vec<SelectOption>,
    pub(super) outcomes: Vec<SelectOption>,
    pub(super) actor: String,
    pub(super) user: String,
    pub(super) profiles: Vec<SelectOption>,
    pub(super) reference: String,
    pub(super) flagged: bool,
    pub(super) sign_ins: bool,
    /// The number of conditions in the section with further fields.
    pub(super) further: usize,
    /// The address of the list without the filter, if there is one.
    pub(super) clear: Option<String>,
    /// The address of the list with the category of changes to users.
    pub(super) users_href: String,
    errors: Vec<FilterError>,
}

/// A link that lists the events of a period.
pub(super) struct PeriodLink {
    pub(super) text: &'static str,
    pub(super) href: String,
    pub(super) is_current: bool,
}

/// An option of a drop-down list.
pub(super) struct SelectOption {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) is_selected: bool,
}

impl FilterForm {
    pub(super) fn new(viewer: &CurrentUser, filter: EventFilter) -> Self {
        let fields = &filter.fields;
        let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
        let others = |own: &[&str]| -> Vec<(String, String)> {
            let others = FIELDS.into_iter().filter(|name| !own.contains(name));
            others.filter_map(|name| Some((name.to_owned(), fields.text(name)?.to_owned()))).collect()
        };
        let has_days = fields.has("from") || fields.has("to");
        Self {
            periods: periods(&filter, has_days),
            has_days,
            from: text("from"),
            to: text("to"),
            day_form_fields: others(&DAY_FIELDS),
            main_form_fields: others(&MAIN_FIELDS),
            categories: categories(filter.category),
            outcomes: outcomes(filter.outcome),
            actor: text("actor"),
            user: text("user"),
            profiles: profiles(viewer, fields.text("profile")),
            reference: text("reference"),
            flagged: fields.has("flagged"),
            sign_ins: fields.has("sign-ins"),
            further: FURTHER_FIELDS.iter().filter(|name| fields.has(name)).count(),
            clear: fields.iter().next().is_some().then(|| super::LIST.to_owned()),
            users_href: filter.with("category", Some(Category::Users.slug())),
            errors: filter.errors,
        }
    }

    /// Returns the first and the last day as text, such as `2026-11-01 to 2026-11-30`.
    pub(super) fn days_text(&self) -> String {
        match (self.from.as_str(), self.to.as_str()) {
            (from, "") => format!("From {from}"),
            ("", to) => format!("Until {to}"),
            (from, to) if from == to => from.to_owned(),
            (from, to) => format!("{from} to {to}"),
        }
    }

    /// Returns the error of a field.
    pub(super) fn error(&self, field: &str) -> Option<&FilterError> {
        self.errors.iter().find(|error| error.field == field)
    }

    /// Whether one of the fields in the section with further fields has an error. The section is open then.
    pub(super) fn has_further_error(&self) -> bool {
        self.errors.iter().any(|error| FURTHER_FIELDS.contains(&error.field))
    }

    /// Whether one of the days has an error. The form with the days is open then.
    pub(super) fn has_day_error(&self) -> bool {
        self.errors.iter().any(|error| DAY_FIELDS.contains(&error.field))
    }
}

fn periods(filter: &EventFilter, has_days: bool) -> Vec<PeriodLink> {
    let without_days = |period: Option<Period>| {
        let fields = filter.fields.with("from", None).with("to", None);
        format!("{}{}", super::LIST, fields.with("period", period.map(Period::slug)).query())
    };
    let link = |text, period: Option<Period>| PeriodLink {
        text,
        href: without_days(period),
        is_current: !has_days && filter.period == period,
    };
    let named = Period::ALL.into_iter().map(|period| link(period.label(), Some(period)));
    std::iter::once(link("Any time", None)).chain(named).collect()
}

fn categories(chosen: Option<Category>) -> Vec<SelectOption> {
    let option = |category: Category| SelectOption {
        value: category.slug().to_owned(),
        text: category.label().to_owned(),
        is_selected: chosen == Some(category),
    };
    Category::ALL.into_iter().map(option).collect()
}

fn outcomes(chosen: Option<OutcomeFilter>) -> Vec<SelectOption> {
    let option = |value: &str, text: &str| SelectOption {
        value: value.to_owned(),
        text: text.to_owned(),
        is_selected: chosen.is_some() && chosen == OutcomeFilter::parse(value),
    };
    vec![option("changes", "Changes"), option("refused", "Refused attempts")]
}

/// Returns the security profiles that the viewer can see. `chosen` is an ID or a name.
fn profiles(viewer: &CurrentUser, chosen: Option<&str>) -> Vec<SelectOption> {
    if !viewer.sees_profiles() {
        return Vec::new();
    }
    let visible = viewer.visibility();
    let profiles = viewer.directory.profiles().filter(|profile| visible.profile(profile.id).shows_name());
    let option = |profile: &std::sync::Arc<floorkey::SecurityProfile>| {
        let value = profile.id.to_string();
        let is_selected = chosen.is_some_and(|chosen| chosen == value || chosen == profile.name);
        SelectOption { value, text: profile.name.clone(), is_selected }
    };
    let mut options: Vec<_> = profiles.map(option).collect();
    options.sort_by_cached_key(|option| folded(&option.text));
    options
}
