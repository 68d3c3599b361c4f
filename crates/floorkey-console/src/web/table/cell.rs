//! The rows and cells of a table.

use std::borrow::Cow;

use askama::Template;
use floorkey::Timestamp;

use super::Column;
use crate::web::time_format::TimeFormat;

/// The number of characters from which a text can be longer than its column. The full text of a longer cell is shown
/// while the pointer is on it.
const CHARS_THAT_FIT: usize = 14;

/// A row of a table.
pub(crate) struct TableRow<'a> {
    /// The ID that a selection contains.
    pub(crate) id: String,
    /// The text of the first cell.
    pub(crate) name: String,
    /// The URL of the row's page.
    pub(crate) href: String,
    /// Marks beside the name.
    pub(crate) badges: Vec<Badge>,
    /// The other cells, each with its column.
    pub(crate) cells: Vec<(&'static Column, Cell<'a>)>,
}

impl TableRow<'_> {
    /// Returns the name if it can be longer than its column.
    pub(crate) fn long_name(&self) -> Option<&str> {
        long(&self.name)
    }
}

/// A mark with a kind (`good`, `warn`, `bad`, `info`, `accent` or empty) and a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Badge {
    pub(crate) kind: &'static str,
    pub(crate) text: Cow<'static, str>,
}

impl Badge {
    pub(crate) const fn new(kind: &'static str, text: &'static str) -> Self {
        Self { kind, text: Cow::Borrowed(text) }
    }
}

/// The content of a cell.
pub(crate) enum Cell<'a> {
    /// No value.
    Empty,
    /// A text. `title` is shown while the pointer is on it, if it is not empty.
    Text { text: Cow<'a, str>, title: Cow<'a, str> },
    /// A name of the API.
    Code(&'a str),
    /// A link, with a longer text for screen readers.
    Link { text: Cow<'a, str>, href: String, label: String },
    /// Names, of which the first ones are shown, and how many more there are. `title` has all names.
    Chips { names: Vec<Cow<'a, str>>, more: usize, title: String },
    /// Marks, and how many more there are. `title` has all of them if there are more.
    Badges { badges: Vec<Badge>, more: usize, title: String },
    /// A time in words, and in full.
    Time { text: String, iso: String, title: String },
}

/// The HTML of a cell.
#[derive(Template)]
#[template(path = "table/cell.html")]
pub(crate) struct CellHtml<'c, 'a> {
    cell: &'c Cell<'a>,
}

impl<'a> Cell<'a> {
    /// Returns the content as HTML.
    pub(crate) fn html(&self) -> CellHtml<'_, 'a> {
        CellHtml { cell: self }
    }

    /// Creates a cell with a text. The text is also shown while the pointer is on it if it can be longer than its
    /// column.
    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        match (text.is_empty(), long(&text).is_some()) {
            (true, _) => Self::Empty,
            (false, true) => Self::Text { title: text.clone(), text },
            (false, false) => Self::Text { text, title: Cow::Borrowed("") },
        }
    }

    /// Creates a cell with a time in words. The full time is shown while the pointer is on it.
    pub(crate) fn time(at: Timestamp, text: String, times: &TimeFormat, now: Timestamp) -> Self {
        let local = times.local(at, now);
        Self::Time { text, iso: local.utc, title: local.text }
    }

    /// Creates a cell with at most `shown` of the names.
    pub(crate) fn chips(names: Vec<Cow<'a, str>>, shown: usize) -> Self {
        if names.is_empty() {
            return Self::Empty;
        }
        let more = names.len().saturating_sub(shown);
        let title = names.join(", ");
        let title = if more > 0 || long(&title).is_some() { title } else { String::new() };
        Self::Chips { names: names.into_iter().take(shown).collect(), more, title }
    }

    /// Creates a cell with at most `shown` of the marks.
    pub(crate) fn badges(badges: Vec<Badge>, shown: usize) -> Self {
        if badges.is_empty() {
            return Self::Empty;
        }
        let more = badges.len().saturating_sub(shown);
        let title = match more {
            0 => String::new(),
            _ => badges.iter().map(|badge| badge.text.as_ref()).collect::<Vec<_>>().join(", "),
        };
        Self::Badges { badges: badges.into_iter().take(shown).collect(), more, title }
    }
}

fn long(text: &str) -> Option<&str> {
    Some(text).filter(|text| floorkey::text::has_more_chars(text, CHARS_THAT_FIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_cut_and_escaped() {
        let html = |cell: Cell<'_>| cell.html().render().unwrap();
        assert_eq!(html(Cell::text("")), "");
        assert_eq!(html(Cell::text("<b>")), "&#60;b&#62;");
        assert_eq!(html(Cell::text("a long text with <b>")).matches("a long text with &#60;b&#62;").count(), 2);
        let names = ["Admin", "Agent", "Analyst"].map(Cow::Borrowed).to_vec();
        let chips = html(Cell::chips(names, 2));
        assert!(chips.contains("title=\"Admin, Agent, Analyst\"") && chips.contains("+1"), "{chips}");
        assert!(!chips.contains("<span class=\"chip\">Analyst"), "{chips}");
    }
}
