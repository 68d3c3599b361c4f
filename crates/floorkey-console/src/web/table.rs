//! The table of a list page: columns, sort order, filter, pages, selection and saved views. A page describes its table
//! with a [`Table`], parses its URL with [`TableState::parse`], and shows a [`TableView`].
//!
//! The URL contains the filter, the sort order and the page. What a user chooses for themselves, such as the columns, is
//! remembered (see [`settings`]).

pub(crate) mod cell;
mod column;
mod memory;
mod request;
mod saved_views;
pub(crate) mod settings;
mod view;

use super::form::Fields;
use super::property_filter::{Alias, Property, PropertyFilter};
use super::routes::{Routes, post};
pub(crate) use cell::{Badge, Cell, TableRow};
pub(crate) use column::{Column, Direction, Narrow, Width};
pub(crate) use request::{Redirect, parse_request, suggestions};
pub(crate) use settings::TableSettings;
pub(crate) use view::{EmptyState, PageOfRows, SelectionAction, SelectionView, TableView, ViewSource};

/// Sorts rows by a key. Rows with the same key keep their order. Rows without a key are last in both directions.
pub(crate) fn sort_rows<T, K: Ord>(rows: Vec<T>, sort: Sort, key: impl Fn(&T) -> Option<K>) -> Vec<T> {
    let (mut keyed, mut blank) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        match key(&row) {
            Some(key) => keyed.push((key, row)),
            None => blank.push(row),
        }
    }
    keyed.sort_by(|(a, _), (b, _)| if sort.is_descending() { b.cmp(a) } else { a.cmp(b) });
    keyed.into_iter().map(|(_, row)| row).chain(blank).collect()
}

/// The description of a table.
pub(crate) struct Table {
    /// The name under which settings are remembered.
    pub(crate) id: &'static str,
    /// The path of the page.
    pub(crate) path: &'static str,
    /// What a row is, such as `user`.
    pub(crate) noun: &'static str,
    /// All columns. The first one identifies a row, links to its page, and is always shown.
    pub(crate) columns: fn() -> &'static [Column],
    /// The ID of the column that the table is sorted by unless the URL says otherwise.
    pub(crate) sorted_by: &'static str,
    pub(crate) properties: &'static [Property],
    /// Fields of older URLs.
    pub(crate) aliases: &'static [Alias],
    /// The numbers of rows on a page that can be chosen. The first one is the default.
    pub(crate) sizes: &'static [usize],
}

/// A sort order: a column and a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) column: &'static str,
    pub(crate) direction: Direction,
}

impl Sort {
    /// Whether the order is descending.
    pub(crate) const fn is_descending(self) -> bool {
        matches!(self.direction, Direction::Descending)
    }
}

impl Table {
    fn column(&self, id: &str) -> Option<&'static Column> {
        (self.columns)().iter().find(|column| column.id == id)
    }

    /// Returns the sort order with this name in a URL: the ID of a column, or `-` and the ID for the opposite of the
    /// order that a first click on the heading gives.
    fn parse_sort(&self, name: &str) -> Option<Sort> {
        let (id, is_reversed) = name.strip_prefix('-').map_or((name, false), |id| (id, true));
        let column = self.column(id)?;
        let first = column.sort?;
        Some(Sort { column: column.id, direction: if is_reversed { first.reversed() } else { first } })
    }

    /// Returns the name of a sort order in URLs.
    fn sort_name(&self, sort: Sort) -> String {
        let is_first = self.column(sort.column).is_some_and(|column| column.sort == Some(sort.direction));
        if is_first { sort.column.to_owned() } else { format!("-{}", sort.column) }
    }

    /// Returns the order of a table whose URL has none.
    fn default_sort(&self) -> Sort {
        let first = Sort { column: self.sorted_by, direction: Direction::Ascending };
        self.parse_sort(self.sorted_by).unwrap_or(first)
    }

    /// Returns the routes that all tables have: they remember columns and views.
    pub(crate) fn routes(&'static self) -> Routes {
        Routes::new()
            .route(&format!("{}/columns", self.path), post(move |viewer, form| settings::choose(self, viewer, form)))
            .route(&format!("{}/views", self.path), post(move |viewer, form| saved_views::save(self, viewer, form)))
    }
}

/// The state of a table: everything that its URL contains, and the user's settings.
#[derive(Clone, Debug)]
pub(crate) struct TableState {
    pub(crate) filter: PropertyFilter,
    pub(crate) sort: Sort,
    /// The number of the page, from 1. Can be larger than the number of pages.
    pub(crate) page: usize,
    /// The number of rows on a page.
    pub(crate) size: usize,
    /// The number of rows on a page in the URL.
    size_in_url: Option<usize>,
    /// The IDs of the columns in the URL, which a saved view can contain.
    columns_in_url: Option<Vec<&'static str>>,
    /// The columns to show.
    pub(crate) columns: Vec<&'static Column>,
    /// The columns that the viewer can't see.
    hidden: Vec<&'static str>,
}

impl TableState {
    /// Parses the fields of a URL. Unknown sort orders and pages become the default ones.
    pub(crate) fn parse(table: &Table, fields: &Fields, settings: &TableSettings) -> Self {
        let is_offered = |size: &usize| table.sizes.contains(size);
        let size_in_url = fields.raw("size").parse().ok().filter(is_offered);
        let known = |id: &str| table.column(id).map(|column| column.id);
        let columns_in_url: Option<Vec<_>> =
            fields.text("columns").map(|ids| ids.split('.').filter_map(known).collect());
        let remembered = settings.columns.as_deref();
        let is_shown = |at: usize, column: &Column| match (&columns_in_url, remembered) {
            _ if at == 0 => true,
            (Some(ids), _) => ids.contains(&column.id),
            (None, Some(ids)) => ids.iter().any(|id| id == column.id),
            (None, None) => column.is_default,
        };
        let columns = (table.columns)().iter().enumerate().filter(|(at, column)| is_shown(*at, column));
        Self {
            filter: PropertyFilter::parse(fields, table.properties, table.aliases),
            sort: table.parse_sort(fields.raw("sort")).unwrap_or_else(|| table.default_sort()),
            page: fields.raw("page").parse().unwrap_or(1).max(1),
            size: size_in_url.or(settings.size.filter(is_offered)).or(table.sizes.first().copied()).unwrap_or(50),
            columns: columns.map(|(_, column)| column).collect(),
            size_in_url,
            columns_in_url,
            hidden: Vec::new(),
        }
    }

    /// Removes a column that the viewer can't see, unless `is_visible`. The order of the rows must not reveal it either.
    pub(crate) fn require(&mut self, table: &Table, column: &'static str, is_visible: bool) {
        if is_visible {
            return;
        }
        self.columns.retain(|shown| shown.id != column);
        self.hidden.push(column);
        if self.sort.column == column {
            self.sort = table.default_sort();
        }
    }

    /// Returns the fields of the URL, without the number of the page.
    pub(crate) fn fields(&self, table: &Table) -> Fields {
        let mut pairs: Vec<(String, String)> =
            self.filter.fields().map(|(name, value)| (name.into_owned(), value.to_owned())).collect();
        if self.sort != table.default_sort() {
            pairs.push(("sort".to_owned(), table.sort_name(self.sort)));
        }
        if let Some(size) = self.size_in_url {
            pairs.push(("size".to_owned(), size.to_string()));
        }
        if let Some(columns) = &self.columns_in_url {
            pairs.push(("columns".to_owned(), columns.join(".")));
        }
        Fields::from_pairs(pairs)
    }

    /// Returns the fields of the URL, for hidden fields of a form that leads back to the page.
    pub(crate) fn form_fields(&self, table: &Table) -> Vec<(String, String)> {
        let page = (self.page > 1).then(|| ("page".to_owned(), self.page.to_string()));
        let fields = self.fields(table);
        fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).chain(page).collect()
    }

    /// Returns the URL of the first page.
    pub(crate) fn url(&self, table: &Table) -> String {
        format!("{}{}", table.path, self.fields(table).query())
    }

    /// Returns the URL of a page.
    pub(crate) fn page_url(&self, table: &Table, page: usize) -> String {
        match page {
            0 | 1 => self.url(table),
            page => format!("{}{}", table.path, self.fields(table).with("page", Some(&page.to_string())).query()),
        }
    }

    /// Returns the URL of the first page with another filter.
    pub(crate) fn filter_url(&self, table: &Table, filter: &PropertyFilter) -> String {
        Self { filter: filter.clone(), ..self.clone() }.url(table)
    }

    /// Returns the state with another sort order.
    fn sorted_by(&self, sort: Sort) -> Self {
        Self { sort, ..self.clone() }
    }

    /// Returns the range of rows on the page, and the number of the page among the pages of `count` rows. A page after
    /// the last one is the last one.
    pub(crate) fn range(&self, count: usize) -> (std::ops::Range<usize>, usize) {
        let page = self.page.min(self.pages(count));
        let begin = (page - 1) * self.size;
        (begin..count.min(begin + self.size), page)
    }

    /// Returns the number of pages with `count` rows, at least 1.
    pub(crate) fn pages(&self, count: usize) -> usize {
        count.div_ceil(self.size).max(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    static COLUMNS: [Column; 3] = [
        Column::new("name", "Name", Width::Large),
        Column::new("seen", "Last seen", Width::Small).descending().by_default(),
        Column { sort: None, ..Column::new("note", "Note", Width::Flexible) },
    ];

    pub(super) static TABLE: Table = Table {
        id: "things",
        path: "/things",
        noun: "thing",
        columns: || &COLUMNS,
        sorted_by: "name",
        properties: &[],
        aliases: &[],
        sizes: &[50, 100],
    };

    fn parse(query: &str) -> TableState {
        TableState::parse(&TABLE, &Fields::parse(query.as_bytes()), &TableSettings::default())
    }

    fn columns(state: &TableState) -> Vec<&'static str> {
        state.columns.iter().map(|column| column.id).collect()
    }

    #[test]
    fn the_state_round_trips_through_its_url() {
        for query in ["", "?q=ann", "?sort=-name", "?sort=seen", "?sort=-seen&size=100&columns=note"] {
            assert_eq!(parse(query.trim_start_matches('?')).url(&TABLE), format!("/things{query}"));
        }
        for (query, same) in [("sort=name&page=7", ""), ("sort=note", ""), ("sort=other&size=70", "")] {
            assert_eq!(parse(query).url(&TABLE), format!("/things{same}"), "{query}");
        }
        assert_eq!(parse("q=a").page_url(&TABLE, 3), "/things?q=a&page=3");
        assert!(parse("sort=seen").sort.is_descending() && !parse("sort=-seen").sort.is_descending());
    }

    #[test]
    fn the_first_column_is_always_shown() {
        assert_eq!(columns(&parse("")), ["name", "seen"]);
        assert_eq!(columns(&parse("columns=note.unknown")), ["name", "note"]);
        let settings = TableSettings { columns: Some(Vec::new()), size: Some(100) };
        let state = TableState::parse(&TABLE, &Fields::default(), &settings);
        assert_eq!((columns(&state), state.size), (vec!["name"], 100));
    }

    #[test]
    fn a_hidden_column_is_neither_shown_nor_sorted_by() {
        let mut state = parse("sort=seen");
        state.require(&TABLE, "seen", true);
        assert_eq!((columns(&state), state.sort.column), (vec!["name", "seen"], "seen"));
        state.require(&TABLE, "seen", false);
        assert_eq!((columns(&state), state.sort.column), (vec!["name"], "name"));
    }

    #[test]
    fn rows_without_a_key_are_last_in_both_directions() {
        let sorted = |direction| {
            let sort = Sort { column: "name", direction };
            sort_rows(vec![(1, 'a'), (0, 'b'), (2, 'c'), (1, 'd')], sort, |(key, _)| (*key > 0).then_some(*key))
                .into_iter()
                .map(|(_, name)| name)
                .collect::<String>()
        };
        assert_eq!((sorted(Direction::Ascending), sorted(Direction::Descending)), ("adcb".into(), "cadb".into()));
    }

    proptest! {
        #[test]
        fn the_pages_contain_every_row_once(count in 0..1_000_usize, size in prop::sample::select(vec![50, 100])) {
            let state = parse(&format!("size={size}"));
            let rows: Vec<usize> = (1..=state.pages(count))
                .flat_map(|page| TableState { page, ..state.clone() }.range(count).0)
                .collect();
            prop_assert_eq!(rows, (0..count).collect::<Vec<_>>());
            let beyond = TableState { page: 999_999, ..state.clone() }.range(count);
            prop_assert_eq!(beyond, TableState { page: state.pages(count), ..state.clone() }.range(count));
        }
    }
}
