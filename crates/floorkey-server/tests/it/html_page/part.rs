//! Elements that a test selects by their markup, where no label or text names them.

use scraper::ElementRef;

use super::{all, text_of};

/// An element of a page.
#[derive(Clone, Copy)]
pub(crate) struct Part<'p>(ElementRef<'p>);

impl<'p> Part<'p> {
    pub(super) const fn new(element: ElementRef<'p>) -> Self {
        Self(element)
    }

    /// Returns the visible text, with single spaces.
    pub(crate) fn text(self) -> String {
        text_of(self.0)
    }

    /// Returns the texts of the elements inside, with a space between any two of them.
    pub(crate) fn words(self) -> String {
        self.0.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn attribute(self, name: &str) -> Option<&'p str> {
        self.0.value().attr(name)
    }

    /// Returns the elements inside that a CSS selector selects.
    pub(crate) fn parts(self, selector: &str) -> Vec<Self> {
        all(self.0, selector).into_iter().map(Self).collect()
    }
}
