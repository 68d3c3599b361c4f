//! Tables of rows and columns.

use super::output::Style;

/// Formats rows as a table with column headings. Columns are separated by two spaces.
pub(super) fn table<const N: usize>(style: &Style, heads: [&str; N], rows: &[[String; N]]) -> String {
    let chars = |text: &str| text.chars().count();
    let mut widths = heads.map(chars);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = chars(cell).max(*width);
        }
    }
    let line = |cells: Vec<&str>| -> String {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let head = style.faint(&line(heads.to_vec()));
    let body = rows.iter().map(|row| line(row.iter().map(String::as_str).collect()));
    std::iter::once(head).chain(body).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "Zoë"], ["long", ""]].map(|row| row.map(str::to_owned));
        assert_eq!(table(&Style::PLAIN, ["ID", "NAME"], &rows), "ID    NAME\na     Zoë\nlong");
    }
}
