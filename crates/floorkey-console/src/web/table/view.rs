//! A table as a page shows it.

use askama::Template;

use super::saved_views::{self, SavedView};
use super::{Column, Direction, Sort, Table, TableRow, TableState};
use crate::web::assets;
use crate::web::current_user::CurrentUser;
use crate::web::fields::SelectOption;
use crate::web::property_filter::{AddForm, FilterValues, FilterView, PropertyFilter, SEARCH};
use crate::web::text;

/// The columns that fit beside each other, in percent of the table's width. More columns are scrolled sideways.
const WIDTH_MAX: u32 = 96;

/// A table with its filter, its pages and its selection.
#[derive(Template)]
#[template(path = "table/table.html")]
pub(crate) struct TableView<'a> {
    id: &'static str,
    path: &'static str,
    /// The name of the table for screen readers, such as `Users`.
    label: &'static str,
    noun: &'static str,
    icons: &'static str,
    /// What the search looks through.
    placeholder: &'static str,
    filter: FilterView,
    has_properties: bool,
    settings: SettingsView,
    views: ViewsView,
    headings: Vec<Heading>,
    rows: Vec<TableRow<'a>>,
    /// Whether the columns need more space than a screen has.
    is_wide: bool,
    pager: Pager,
    selection: Option<SelectionView>,
    /// The ID of the viewer, or an empty string.
    viewer: String,
    empty: Option<EmptyState>,
}

/// The heading of a column.
struct Heading {
    column: &'static Column,
    /// For a sortable column: the URL of the table sorted by the column, and the current sort order (`ascending`,
    /// `descending` or `none`).
    sort: Option<(String, &'static str)>,
}

/// The menu with the columns and the number of rows on a page.
struct SettingsView {
    /// The URL to return to.
    back: String,
    columns: Vec<SelectOption>,
    sizes: Vec<SelectOption>,
}

/// The menu with saved views.
struct ViewsView {
    /// The name of the view that the page shows.
    current: Option<String>,
    /// Each view with its URL, and whether the page shows it.
    saved: Vec<(SavedView, String, bool)>,
    /// The query string of the page.
    query: String,
}

/// The links between pages.
struct Pager {
    /// The rows on the page, such as `51 to 100 of 20,001`.
    range: String,
    pages: usize,
    page_text: String,
    pages_text: String,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    last: Option<String>,
}

/// What can be done with selected rows.
pub(crate) struct SelectionView {
    /// The name of the fields with the IDs of the rows.
    pub(crate) field: &'static str,
    /// The actions that are shown as buttons. The form goes to the first one by default.
    pub(crate) actions: Vec<SelectionAction>,
    /// The actions in a menu.
    pub(crate) more: Vec<SelectionAction>,
    /// The text of a checkbox that selects all rows that match. `None` if there is none.
    pub(crate) all: Option<String>,
    /// Hidden fields with the filter.
    pub(crate) fields: Vec<(String, String)>,
    /// Whether a selection that is too long for a URL can be posted to the actions.
    pub(crate) can_post: bool,
}

/// An action for selected rows.
pub(crate) struct SelectionAction {
    pub(crate) text: &'static str,
    pub(crate) path: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) is_danger: bool,
}

/// What a page shows instead of an empty table.
pub(crate) struct EmptyState {
    pub(crate) headline: String,
    pub(crate) text: String,
    /// The text and the URL of a link.
    pub(crate) action: Option<(String, String)>,
}

/// The rows of a page.
pub(crate) struct PageOfRows<'a> {
    pub(crate) rows: Vec<TableRow<'a>>,
    /// The number of rows on all pages.
    pub(crate) count: usize,
}

/// What a page provides for its table.
pub(crate) struct ViewSource<'a> {
    pub(crate) table: &'static Table,
    pub(crate) label: &'static str,
    pub(crate) placeholder: &'static str,
    pub(crate) state: &'a TableState,
    pub(crate) values: &'a dyn FilterValues,
    /// The viewer, whose selection the browser keeps and whose views are offered. `None` in benchmarks.
    pub(crate) viewer: Option<&'a CurrentUser>,
    pub(crate) add_form: AddForm,
}

impl ViewSource<'_> {
    /// Returns the table with its rows. `empty` is shown if there are no rows although nothing is filtered.
    pub(crate) fn view<'r>(
        self,
        page: PageOfRows<'r>,
        selection: Option<SelectionView>,
        empty: EmptyState,
    ) -> TableView<'r> {
        let Self { table, state, values, .. } = self;
        let PageOfRows { rows, count } = page;
        let empty = rows.is_empty().then(|| self.no_match().unwrap_or(empty));
        let url = |filter: &PropertyFilter| state.filter_url(table, filter);
        let query = state.fields(table);
        TableView {
            id: table.id,
            path: table.path,
            label: self.label,
            noun: table.noun,
            icons: assets::icons_address(),
            placeholder: self.placeholder,
            has_properties: !self.add_form.properties.is_empty(),
            filter: FilterView {
                tokens: state.filter.token_views(values, url),
                clear: url(&PropertyFilter::default()),
                search: state.filter.search.clone(),
                kept: TableState { page: 1, ..state.clone() }
                    .form_fields(table)
                    .into_iter()
                    .filter(|(name, _)| name != SEARCH)
                    .collect(),
                form: self.add_form,
            },
            settings: settings(table, state),
            views: views(table, self.viewer, query.query()),
            headings: state.columns.iter().map(|column| heading(table, state, column)).collect(),
            is_wide: state.columns.iter().map(|column| column.width.percent()).sum::<u32>() > WIDTH_MAX,
            pager: pager(table, state, count, rows.len()),
            selection: selection.filter(|selection| !rows.is_empty() && !selection.actions.is_empty()),
            viewer: self.viewer.map(|viewer| viewer.user.id.to_string()).unwrap_or_default(),
            empty,
            rows,
        }
    }

    /// Returns the message for a filter that no row matches. `None` if nothing is filtered.
    fn no_match(&self) -> Option<EmptyState> {
        let Self { table, state, values, .. } = self;
        let filter = &state.filter;
        let headline = format!("No {}s match", table.noun);
        match filter.tokens.last() {
            Some(token) => Some(EmptyState {
                headline,
                text: format!("The last filter is “{}”.", token.text(*values)),
                action: Some(("Remove the last filter".to_owned(), state.filter_url(table, &filter.without(token)))),
            }),
            None if filter.search.is_empty() => None,
            None => Some(EmptyState {
                headline: format!("{headline} “{}”", filter.search),
                text: format!("Searched: {}.", self.placeholder),
                action: Some((format!("Show all {}s", table.noun), state.filter_url(table, &filter.with_search("")))),
            }),
        }
    }
}

fn heading(table: &Table, state: &TableState, column: &'static Column) -> Heading {
    let sort = column.sort.map(|first| {
        let is_sorted = state.sort.column == column.id;
        let order = match (is_sorted, state.sort.direction) {
            (false, _) => "none",
            (true, Direction::Ascending) => "ascending",
            (true, Direction::Descending) => "descending",
        };
        let direction = if is_sorted { state.sort.direction.reversed() } else { first };
        (state.sorted_by(Sort { column: column.id, direction }).url(table), order)
    });
    Heading { column, sort }
}

fn settings(table: &Table, state: &TableState) -> SettingsView {
    let is_shown = |id: &str| state.columns.iter().any(|column| column.id == id);
    let offered = (table.columns)().iter().skip(1).filter(|column| !state.hidden.contains(&column.id));
    let columns = offered.map(|column| (column.id.to_owned(), column.title.to_owned()));
    let sizes = table.sizes.iter().map(|size| (size.to_string(), size.to_string()));
    let back = TableState { size_in_url: None, columns_in_url: None, ..state.clone() }.url(table);
    SettingsView {
        back,
        columns: SelectOption::all(columns, is_shown),
        sizes: SelectOption::all(sizes, |size| size == state.size.to_string()),
    }
}

fn views(table: &Table, viewer: Option<&CurrentUser>, query: String) -> ViewsView {
    let saved: Vec<_> = viewer
        .map(|viewer| saved_views::recall(table, viewer))
        .unwrap_or_default()
        .into_iter()
        .map(|view| {
            let (url, is_current) = (format!("{}{}", table.path, view.query), view.query == query);
            (view, url, is_current)
        })
        .collect();
    let current = saved.iter().find(|(.., is_current)| *is_current).map(|(view, ..)| view.name.clone());
    ViewsView { current, saved, query }
}

fn pager(table: &Table, state: &TableState, count: usize, rows: usize) -> Pager {
    let (range, page) = state.range(count);
    let pages = state.pages(count);
    let to = |is_other: bool, page: usize| is_other.then(|| state.page_url(table, page));
    let range = match rows {
        0 => String::new(),
        _ => format!("{} to {} of {}", text::figure(range.start + 1), text::figure(range.end), text::figure(count)),
    };
    Pager {
        range,
        pages,
        page_text: text::figure(page),
        pages_text: text::figure(pages),
        first: to(page > 1, 1),
        previous: to(page > 1, page - 1),
        next: to(page < pages, page + 1),
        last: to(page < pages, pages),
    }
}
