//! CSV downloads (RFC 4180), protected against formula injection in spreadsheets.

use std::borrow::Cow;

use axum::body::Body;
use http::{HeaderValue, Response, header};

/// A CSV table that is being built.
pub(crate) struct CsvTable {
    writer: csv::Writer<Vec<u8>>,
}

impl CsvTable {
    /// Creates a table with these column headings.
    pub(crate) fn new(columns: &[&str]) -> Self {
        // Excel recognizes UTF-8 only if the file starts with a byte-order mark.
        let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".into());
        let mut table = Self { writer };
        table.push_row(columns);
        table
    }

    /// Adds a row with these cells.
    pub(crate) fn push_row<T: AsRef<str>>(&mut self, cells: &[T]) {
        // Writing to memory cannot fail, and every row has as many cells as there are columns.
        let _ = self.writer.write_record(cells.iter().map(|cell| escape_formula(cell.as_ref()).into_owned()));
    }

    /// Returns the content of the file.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.writer.into_inner().unwrap_or_default()
    }

    /// Returns the table as a download with this file name.
    pub(crate) fn download(self, name: &str) -> Response<Body> {
        let mut response = Response::new(Body::from(self.into_bytes()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        let disposition = format!("attachment; filename=\"{name}\"");
        let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
        headers.insert(header::CONTENT_DISPOSITION, disposition);
        response
    }
}

/// Prefixes the text with `'` if a spreadsheet would interpret the text as a formula. All cells that are written pass
/// through this function.
pub(crate) fn escape_formula(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Reverses [`escape_formula`], so that a downloaded file can be uploaded again.
pub(crate) fn unescape_formula(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(text)
}

/// Whether a spreadsheet could interpret the text as a formula. This is the case if the text starts with a tab, a line
/// break, or a formula character. The formula character can be full-width, and can follow whitespace and invisible
/// characters.
///
/// A formula that is already prefixed with `'` also counts. Otherwise, a round trip could change the text.
fn is_formula(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    let is_hidden = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}');
    let visible_text = text.trim_start_matches(is_hidden);
    text.starts_with(['\t', '\r', '\n'])
        || visible_text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹢', '﹣', '﹦', '﹫'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_be_formulas() {
        let formulas = [
            "=HYPERLINK(\"x\")",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r1",
            "\n",
            "＝1",
            "＋1",
            "－1",
            "＠A",
            "﹦1",
            " =1",
            "\u{feff}=1",
            "\u{a0}\u{200b}＝1",
            "'=1",
            "''=1",
        ];
        for formula in formulas {
            assert_eq!(escape_formula(formula), format!("'{formula}"));
            assert_eq!(unescape_formula(&escape_formula(formula)), formula);
        }
        for text in ["", "'", "'Ann", "Ann=Bob", " Ann", "1+1", "O'Neill"] {
            assert_eq!((&*escape_formula(text), unescape_formula(text)), (text, text));
        }
        assert_eq!(escape_formula("Ann = Bob"), "Ann = Bob");
        let mut table = CsvTable::new(&["a", "b"]);
        table.push_row(&["x, \"y\"", "=1"]);
        let text = String::from_utf8(table.into_bytes()).unwrap();
        assert_eq!(text, "\u{feff}a,b\r\n\"x, \"\"y\"\"\",'=1\r\n");
    }
}
