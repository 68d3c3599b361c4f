//! The columns of a table.

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// The name in URLs and settings.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// How a click on the heading sorts first; `None` if the table can't be sorted by the column.
    pub(crate) sort: Option<Direction>,
    pub(crate) width: Width,
    /// Whether the cells are numbers, which are aligned to the right.
    pub(crate) is_number: bool,
    /// Whether the column is shown unless the user chose the columns.
    pub(crate) is_default: bool,
    /// Where a narrow screen shows the column.
    pub(crate) narrow: Narrow,
}

/// A direction of a sort order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

/// The width of a column. Longer texts are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    Small,
    Medium,
    Large,
    /// Takes the space that the other columns leave, which is at least as much as a large column.
    Flexible,
}

/// Where a narrow screen, on which a row has two lines, shows a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Narrow {
    /// On the first line, beside the name.
    Beside,
    /// On the second line.
    Below,
    Hidden,
}

impl Column {
    /// Creates a column with texts, which the table can be sorted by and which is not shown by default.
    pub(crate) const fn new(id: &'static str, title: &'static str, width: Width) -> Self {
        let sort = Some(Direction::Ascending);
        Self { id, title, sort, width, is_number: false, is_default: false, narrow: Narrow::Hidden }
    }

    /// Returns the column with the given direction of the first click on its heading.
    pub(crate) const fn descending(self) -> Self {
        Self { sort: Some(Direction::Descending), ..self }
    }

    /// Returns the column with numbers, largest first.
    pub(crate) const fn number(self) -> Self {
        Self { is_number: true, ..self.descending() }
    }

    /// Returns the column as one that is shown by default.
    pub(crate) const fn by_default(self) -> Self {
        Self { is_default: true, ..self }
    }

    /// Returns the column with a place on narrow screens.
    pub(crate) const fn narrow(self, narrow: Narrow) -> Self {
        Self { narrow, ..self }
    }

    /// Returns the CSS classes of the heading.
    pub(crate) fn heading_class(&self) -> String {
        let width = match self.width {
            Width::Small => "w-small",
            Width::Medium => "w-medium",
            Width::Large => "w-large",
            Width::Flexible => "w-rest",
        };
        format!("{width}{}", if self.is_number { " number" } else { "" })
    }

    /// Returns the CSS classes of the cells.
    pub(crate) const fn cell_class(&self) -> &'static str {
        match (self.narrow, self.is_number) {
            (Narrow::Beside, false) => "beside",
            (Narrow::Below, false) => "below",
            (Narrow::Hidden, false) => "",
            (Narrow::Beside, true) => "number beside",
            (Narrow::Below, true) => "number below",
            (Narrow::Hidden, true) => "number",
        }
    }
}

impl Direction {
    pub(super) const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

impl Width {
    /// Returns the width in percent of the table's width, as in the stylesheet.
    pub(super) const fn percent(self) -> u32 {
        match self {
            Self::Small => 9,
            Self::Medium => 12,
            Self::Large => 18,
            Self::Flexible => 18,
        }
    }
}
