//! Reads the pages of the console as a user does: fields by their labels, cells by the names of their rows, links and
//! buttons by their texts. A failure says what the page has instead.

use std::cell::OnceCell;
use std::fmt;
use std::ops::Deref;

use scraper::{ElementRef, Html, Selector};

mod part;

pub(crate) use part::Part;

/// Elements that do not separate words.
const INLINE: &[&str] = &["a", "abbr", "b", "code", "em", "i", "kbd", "small", "span", "strong", "time", "wbr"];

/// A page. Dereferences to its HTML, for tests of the markup.
pub(crate) struct Page {
    html: String,
    document: OnceCell<Html>,
}

impl Page {
    pub(crate) fn parse(html: impl Into<String>) -> Self {
        Self { html: html.into(), document: OnceCell::new() }
    }

    fn root(&self) -> ElementRef<'_> {
        self.document.get_or_init(|| Html::parse_document(&self.html)).root_element()
    }

    /// Returns the visible text, with single spaces.
    pub(crate) fn text(&self) -> String {
        all(self.root(), "body").first().map(|body| text_of(*body)).unwrap_or_default()
    }

    /// Returns the text of the main heading.
    #[track_caller]
    pub(crate) fn heading(&self) -> String {
        let headings = texts(self.root(), "h1");
        headings.into_iter().next().unwrap_or_else(|| panic!("no heading; {self}"))
    }

    /// Returns the message about the last action.
    #[track_caller]
    pub(crate) fn flash(&self) -> String {
        let flashes = texts(self.root(), ".flash > span");
        flashes.into_iter().next().unwrap_or_else(|| panic!("no message about the last action; {self}"))
    }

    /// Whether the page has a message about the last action.
    pub(crate) fn has_flash(&self) -> bool {
        !all(self.root(), ".flash").is_empty()
    }

    /// Returns the heading of a section with its count, such as `Sessions (3)`. `heading` has no count.
    #[track_caller]
    pub(crate) fn heading_of(&self, heading: &str) -> String {
        let headings = all(self.root(), "h2, h3");
        let found = headings.iter().find(|one| text_without(**one, ".count") == heading);
        let known = || headings.iter().map(|one| text_of(*one)).collect::<Vec<_>>();
        text_of(*found.unwrap_or_else(|| panic!("no heading “{heading}”; the page has: {:?}", known())))
    }

    /// Returns the texts of the elements that a CSS selector selects.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        texts(self.root(), selector)
    }

    /// Returns the elements that a CSS selector selects, in the order of the page.
    pub(crate) fn parts(&self, selector: &str) -> Vec<Part<'_>> {
        all(self.root(), selector).into_iter().map(Part::new).collect()
    }

    /// Returns the names and values of all fields, as a browser sends them.
    pub(crate) fn form_fields(&self) -> Vec<(String, String)> {
        let is_sent = |control: &ElementRef<'_>| match control.attr("type") {
            Some("checkbox" | "radio") => control.attr("checked").is_some(),
            _ => true,
        };
        let controls = all(self.root(), "input[name], select[name], textarea[name]").into_iter().filter(is_sent);
        let enabled = controls.filter(|control| !Field(*control).is_disabled());
        enabled.filter_map(|control| Some((control.attr("name")?.to_owned(), Field(control).value()))).collect()
    }

    /// Returns the emphasized texts.
    pub(crate) fn strong(&self) -> Vec<String> {
        self.texts("strong")
    }

    /// Returns the errors beside fields and in sections, in the order of the page.
    pub(crate) fn errors(&self) -> Vec<String> {
        texts(self.root(), ".error")
    }

    /// Returns the field with the given label.
    #[track_caller]
    pub(crate) fn field(&self, label: &str) -> Field<'_> {
        let fields = self.fields();
        let found = fields.iter().find(|(known, _)| known == label).map(|(_, control)| *control);
        let labels = || fields.iter().map(|(label, _)| label.as_str()).collect::<Vec<_>>();
        Field(found.unwrap_or_else(|| panic!("no field labeled “{label}”; the page has: {:?}", labels())))
    }

    /// Returns all fields with their labels, without notes such as `(optional)`.
    fn fields(&self) -> Vec<(String, ElementRef<'_>)> {
        let controls = all(self.root(), "input, select, textarea");
        let labels = all(self.root(), "label").into_iter().filter_map(|label| {
            let control = match label.attr("for") {
                Some(id) => controls.iter().find(|control| control.attr("id") == Some(id)).copied(),
                None => all(label, "input, select, textarea").first().copied(),
            };
            Some((text_without(label, ".optional, .hint, select, textarea"), control?))
        });
        let named = controls.iter().filter_map(|control| Some((control.attr("aria-label")?.to_owned(), *control)));
        labels.chain(named).collect()
    }

    /// Returns the section or group of fields with the given heading, without a count such as `(3)`.
    #[track_caller]
    pub(crate) fn section(&self, heading: &str) -> Section<'_> {
        let sections = all(self.root(), "fieldset, section, details, .card");
        let named: Vec<_> = sections
            .into_iter()
            .filter_map(|section| Some((all(section, "h2, h3, legend, summary").first().copied()?, section)))
            .map(|(heading, section)| (text_without(heading, ".count"), section))
            .collect();
        let found = named.iter().find(|(known, _)| known == heading).map(|(_, section)| *section);
        let headings = || named.iter().map(|(heading, _)| heading.as_str()).collect::<Vec<_>>();
        Section(found.unwrap_or_else(|| panic!("no section “{heading}”; the page has: {:?}", headings())))
    }

    /// Returns the row of a table that has a cell or a link with the given text.
    #[track_caller]
    pub(crate) fn row(&self, name: &str) -> Row<'_> {
        let rows = all(self.root(), "tbody tr");
        let is_named = |row: &&ElementRef<'_>| texts(**row, "th, td, a, th strong").iter().any(|text| text == name);
        let names = || rows.iter().filter_map(|row| texts(*row, "th, td").into_iter().next()).collect::<Vec<_>>();
        Row(*rows.iter().find(is_named).unwrap_or_else(|| panic!("no row “{name}”; the page has: {:?}", names())))
    }

    /// Returns the address of the link with the given text.
    #[track_caller]
    pub(crate) fn link(&self, text: &str) -> String {
        let links = named(self.root(), "a");
        let found = links.iter().find(|(known, _)| known == text).and_then(|(_, link)| link.attr("href"));
        let texts = || links.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>();
        found.unwrap_or_else(|| panic!("no link “{text}”; the page has: {:?}", texts())).to_owned()
    }

    /// Whether the page has a link to the given address.
    pub(crate) fn has_link_to(&self, address: &str) -> bool {
        all(self.root(), "a").iter().any(|link| link.attr("href") == Some(address))
    }

    /// Whether the page has a button with the given text.
    pub(crate) fn has_button(&self, text: &str) -> bool {
        named(self.root(), "button").iter().any(|(known, _)| known == text)
    }

    /// Returns the values of the checkboxes and radio buttons with the given name that are selected.
    pub(crate) fn checked(&self, name: &str) -> Vec<String> {
        self.values(&format!("input[name='{name}'][checked]"))
    }

    /// Returns the values of the checkboxes and radio buttons with the given name that are not selected.
    pub(crate) fn unchecked(&self, name: &str) -> Vec<String> {
        let kinds = ["checkbox", "radio"].map(|kind| format!("input[name='{name}'][type={kind}]:not([checked])"));
        self.values(&kinds.join(", "))
    }

    /// Returns the values of the fields that a CSS selector selects, in the order of the page.
    pub(crate) fn values(&self, selector: &str) -> Vec<String> {
        all(self.root(), selector).iter().map(|one| one.attr("value").unwrap_or_default().to_owned()).collect()
    }

    /// Fails unless the visible text contains the given text.
    #[track_caller]
    pub(crate) fn assert_shows(&self, text: &str) {
        assert!(self.text().contains(text), "the page does not show “{text}”; {self}");
    }

    /// Fails unless the message about the last action contains the given text.
    #[track_caller]
    pub(crate) fn assert_flash(&self, text: &str) {
        assert!(self.flash().contains(text), "the message is “{}”, without “{text}”", self.flash());
    }

    /// Fails unless an error beside a field or in a section contains the given text.
    #[track_caller]
    pub(crate) fn assert_error(&self, text: &str) {
        let errors = self.errors();
        assert!(errors.iter().any(|error| error.contains(text)), "no error with “{text}”; the page has: {errors:?}");
    }

    /// Fails unless a warning or error about the whole page contains the given text.
    #[track_caller]
    pub(crate) fn assert_alert(&self, text: &str) {
        let alerts = texts(self.root(), "[role=alert]");
        assert!(alerts.iter().any(|alert| alert.contains(text)), "no alert with “{text}”; the page has: {alerts:?}");
    }

    /// Fails unless a CSS selector selects an element.
    #[track_caller]
    pub(crate) fn assert_has(&self, selector: &str) {
        // Searching from the root element would not find the root element itself.
        let document = self.document.get_or_init(|| Html::parse_document(&self.html));
        let found = document.select(&Selector::parse(selector).unwrap()).next();
        assert!(found.is_some(), "no element {selector}; {self}");
    }

    /// Fails if the HTML contains the given text anywhere, visible or not.
    #[track_caller]
    pub(crate) fn assert_lacks(&self, text: &str) {
        assert!(!self.html.contains(text), "the page contains “{text}”; {}", self.html);
    }
}

impl Deref for Page {
    type Target = str;

    fn deref(&self) -> &str {
        &self.html
    }
}

impl PartialEq for Page {
    fn eq(&self, other: &Self) -> bool {
        self.html == other.html
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.html)
    }
}

impl Clone for Page {
    fn clone(&self) -> Self {
        Self::parse(self.html.as_str())
    }
}

impl fmt::Display for Page {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the page reads: {}", self.text())
    }
}

/// A control of a form.
#[derive(Clone, Copy)]
pub(crate) struct Field<'p>(ElementRef<'p>);

impl Field<'_> {
    /// Returns the value: the text entered, or the value of the selected option.
    pub(crate) fn value(self) -> String {
        let options = all(self.0, "option");
        let selected = options.iter().find(|option| option.attr("selected").is_some()).or_else(|| options.first());
        match (self.0.value().name(), selected) {
            ("textarea", _) => self.0.text().collect(),
            (_, Some(option)) => option.attr("value").map_or_else(|| text_of(*option), str::to_owned),
            _ => self.0.attr("value").unwrap_or_default().to_owned(),
        }
    }

    /// Whether the checkbox or radio button is selected.
    pub(crate) fn is_checked(self) -> bool {
        self.0.attr("checked").is_some()
    }

    /// Whether the field can't be changed.
    pub(crate) fn is_disabled(self) -> bool {
        let outer = self.0.ancestors().filter_map(ElementRef::wrap);
        [self.0].into_iter().chain(outer).any(|element| element.attr("disabled").is_some())
    }

    /// Returns the error beside the field.
    pub(crate) fn error(self) -> Option<String> {
        self.note("error")
    }

    /// Returns the hint beside the field.
    pub(crate) fn hint(self) -> Option<String> {
        self.note("hint")
    }

    /// Returns the text of an element with the given class that describes the field or is in the same frame.
    fn note(self, class: &str) -> Option<String> {
        let is_frame = |element: &ElementRef<'_>| {
            element.value().classes().any(|class| class == "field") || element.value().name() == "td"
        };
        let frame = self.0.ancestors().filter_map(ElementRef::wrap).find(is_frame);
        let document = self.0.ancestors().filter_map(ElementRef::wrap).last();
        let described = self.0.attr("aria-describedby").unwrap_or_default().split_whitespace();
        let describes = |id: &str| {
            let elements = all(document?, &format!(".{class}"));
            elements.into_iter().find(|element| element.attr("id") == Some(id))
        };
        let beside = || all(frame?, &format!(".{class}")).first().copied();
        described.filter_map(describes).next().or_else(beside).map(text_of)
    }
}

/// A part of a page with a heading.
#[derive(Clone, Copy)]
pub(crate) struct Section<'p>(ElementRef<'p>);

impl Section<'_> {
    pub(crate) fn text(self) -> String {
        text_of(self.0)
    }

    /// Returns the first error in the section.
    pub(crate) fn error(self) -> Option<String> {
        texts(self.0, ".error").into_iter().next()
    }
}

/// A row of a table.
#[derive(Clone, Copy)]
pub(crate) struct Row<'p>(ElementRef<'p>);

impl Row<'_> {
    /// Returns the text of the cell in the given column.
    #[track_caller]
    pub(crate) fn cell(self, column: &str) -> String {
        let table = self.0.ancestors().filter_map(ElementRef::wrap).find(|outer| outer.value().name() == "table");
        let headings = table.map(|table| texts(table, "thead th")).unwrap_or_default();
        let cells: Vec<ElementRef<'_>> = self.0.child_elements().collect();
        let at = headings.iter().position(|heading| heading == column);
        let labeled = cells.iter().find(|cell| cell.attr("data-label") == Some(column));
        let cell = labeled.or_else(|| cells.get(at?));
        text_of(*cell.unwrap_or_else(|| panic!("no column “{column}”; the table has: {headings:?}")))
    }
}

/// Returns the elements that a CSS selector selects.
fn all<'p>(within: ElementRef<'p>, selector: &str) -> Vec<ElementRef<'p>> {
    within.select(&Selector::parse(selector).unwrap()).collect()
}

fn texts(within: ElementRef<'_>, selector: &str) -> Vec<String> {
    all(within, selector).into_iter().map(text_of).collect()
}

/// Returns elements with their names: the text and, if there is one, the label for screen readers.
fn named<'p>(within: ElementRef<'p>, selector: &str) -> Vec<(String, ElementRef<'p>)> {
    let names = |one: ElementRef<'p>| [Some(text_of(one)), one.attr("aria-label").map(str::to_owned)];
    all(within, selector)
        .into_iter()
        .flat_map(|one| names(one).into_iter().flatten().map(move |name| (name, one)))
        .collect()
}

fn text_of(element: ElementRef<'_>) -> String {
    text_without(element, "[hidden]")
}

/// Returns the visible text with single spaces, without the text of elements that the selector matches.
fn text_without(element: ElementRef<'_>, excluded: &str) -> String {
    let mut text = String::new();
    collect_text(element, &Selector::parse(&format!("script, style, template, {excluded}")).unwrap(), &mut text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn collect_text(element: ElementRef<'_>, excluded: &Selector, text: &mut String) {
    for child in element.children() {
        match (ElementRef::wrap(child), child.value().as_text()) {
            (Some(inner), _) if !excluded.matches(&inner) => {
                let separator = if INLINE.contains(&inner.value().name()) { "" } else { " " };
                text.push_str(separator);
                collect_text(inner, excluded, text);
                text.push_str(separator);
            }
            (_, Some(words)) => text.push_str(words),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
