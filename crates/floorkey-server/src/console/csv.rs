//! Tables to take away, as CSV (RFC 4180) that a spreadsheet opens without running anything in it.

use axum::body::Body;
use http::{HeaderValue, Response, header};

/// A table in the making.
pub(super) struct Sheet {
    writer: csv::Writer<Vec<u8>>,
}

impl Sheet {
    /// A table with these columns.
    pub(super) fn new(columns: &[&str]) -> Self {
        // The mark at the beginning lets Excel read UTF-8.
        let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".into());
        let mut sheet = Self { writer };
        sheet.row(columns);
        sheet
    }

    /// One more row. A cell that a spreadsheet would take for a formula gets a `'` in front.
    pub(super) fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        // Into memory, and with as many cells as columns, nothing can go wrong.
        let _ = self.writer.write_record(cells.iter().map(|cell| guarded(cell.as_ref())));
    }

    /// The file, for the browser to keep under that name.
    pub(super) fn download(self, name: &str) -> Response<Body> {
        let mut response = Response::new(Body::from(self.writer.into_inner().unwrap_or_default()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        let disposition = format!("attachment; filename=\"{name}\"");
        let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
        headers.insert(header::CONTENT_DISPOSITION, disposition);
        response
    }
}

/// The text with a `'` in front if a spreadsheet would take it for a formula, full-width signs included.
pub(super) fn guarded(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_table_is_a_formula() {
        for formula in ["=HYPERLINK(\"x\")", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"] {
            assert!(guarded(formula).starts_with('\''), "{formula}");
        }
        assert_eq!(guarded("Ann = Bob"), "Ann = Bob");
        let mut sheet = Sheet::new(&["a", "b"]);
        sheet.row(&["x, \"y\"", "=1"]);
        let text = String::from_utf8(sheet.writer.into_inner().unwrap()).unwrap();
        assert_eq!(text, "\u{feff}a,b\r\n\"x, \"\"y\"\"\",'=1\r\n");
    }
}
