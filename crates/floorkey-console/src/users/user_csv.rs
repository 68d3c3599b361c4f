//! Reads users from CSV files, and defines the columns and the limits of cells.

use std::collections::BTreeMap;

use floorkey::User;
use floorkey::text::has_more_chars;

use crate::user_fields::FIELDS;
use crate::web::csv::unescape_formula;
use crate::web::fields::{Field, InvalidInput};

/// Maximum number of characters in a cell. Even a cell with 50 tags of maximum length has fewer characters.
const CELL_CHARS_MAX: usize = 20_000;

/// Maximum number of characters in a heading.
const HEADING_CHARS_MAX: usize = 200;

/// Returns the fields that files have, in the order of the template.
pub(super) fn csv_fields() -> impl Iterator<Item = &'static Field<User>> {
    FIELDS.iter().filter(|field| !field.csv.is_empty())
}

/// Returns the heading of a field.
pub(super) fn heading(field: &Field<User>) -> &'static str {
    field.csv.first().copied().unwrap_or_default()
}

/// Returns a heading without spaces, punctuation and what is in parentheses, in lowercase.
fn normalized(heading: &str) -> String {
    let heading = heading.split('(').next().unwrap_or_default();
    heading.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// Returns the field for a heading: the label of the field, or one of the headings in its table.
fn field_of(text: &str) -> Option<&'static Field<User>> {
    let text = normalized(text);
    csv_fields().find(|field| field.csv.iter().chain([&field.label]).any(|known| normalized(known) == text))
}

/// A row of a file.
pub(super) struct CsvRow {
    /// The number of the line on which the row starts. The first line is 1.
    pub(super) number: u64,
    /// The texts of the cells by the ID of the field.
    cells: BTreeMap<&'static str, String>,
}

impl CsvRow {
    /// Returns the text of a cell. Returns `None` if the cell is empty.
    pub(super) fn get(&self, field: &str) -> Option<&str> {
        self.cells.get(field).map(String::as_str).filter(|text| !text.is_empty())
    }
}

/// Parses a file with cells separated by commas, semicolons or tabs, with or without a byte-order mark.
///
/// # Errors
/// Returns a sentence that explains why the file can't be read.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<CsvRow>, InvalidInput> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|_| InvalidInput("The file is not UTF-8: save it as “CSV UTF-8” and upload it again.".to_owned()))?;
    // The CSV reader increases the line number after the last character of a line break. With `\r\n` line breaks, the
    // line numbers would therefore be off by one.
    let text = text.replace("\r\n", "\n");
    if text.trim().is_empty() {
        return Err(InvalidInput("The file is empty. Start with the template.".to_owned()));
    }
    let first = text.lines().next().unwrap_or_default();
    let separator = [',', ';', '\t'].into_iter().max_by_key(|mark| first.matches(*mark).count()).unwrap_or(',');
    let separator = u8::try_from(separator).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(true).from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|error| InvalidInput(format!("The first line can't be read: {error}.")))?;
    let headings = headings.clone();
    let columns = columns(&headings)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| InvalidInput(format!("The file can't be read: {error}.")))?;
        let number = record.position().map_or(0, csv::Position::line);
        if record.iter().any(|cell| has_more_chars(cell, CELL_CHARS_MAX)) {
            return Err(InvalidInput(format!(
                "Line {number} has a cell with more than {CELL_CHARS_MAX} characters: shorten it."
            )));
        }
        let cell = |(field, text): (&&Field<User>, &str)| (field.id, unescape_formula(text.trim()).to_owned());
        let cells: BTreeMap<_, _> = columns.iter().zip(record.iter()).map(cell).collect();
        if cells.values().any(|text| !text.is_empty()) {
            rows.push(CsvRow { number, cells });
        }
    }
    if rows.is_empty() {
        Err(InvalidInput("There are no users in the file, only headings.".to_owned()))
    } else {
        Ok(rows)
    }
}

fn columns(headings: &csv::StringRecord) -> Result<Vec<&'static Field<User>>, InvalidInput> {
    let mut columns: Vec<&Field<User>> = Vec::new();
    for heading in headings {
        if has_more_chars(heading, HEADING_CHARS_MAX) {
            return Err(InvalidInput(format!(
                "A heading has more than {HEADING_CHARS_MAX} characters. Start with the template."
            )));
        }
        let normalized = heading.trim().to_lowercase();
        if normalized.contains("password") {
            let problem = "The file has a column for passwords. Remove it: passwords are never read from files, and \
                temporary passwords are generated for you.";
            return Err(InvalidInput(problem.to_owned()));
        }
        let field = field_of(heading).ok_or_else(|| {
            let known: Vec<_> = csv_fields().map(self::heading).collect();
            InvalidInput(format!("There is no column “{}”. The columns are: {}.", heading.trim(), known.join(", ")))
        })?;
        if columns.iter().any(|other| other.id == field.id) {
            return Err(InvalidInput(format!("The column “{}” occurs twice.", heading.trim())));
        }
        columns.push(field);
    }
    if let Some(missing) = csv_fields().find(|field| field.required && !columns.iter().any(|one| one.id == field.id)) {
        return Err(InvalidInput(format!("The column “{}” is missing. Start with the template.", heading(missing))));
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::csv::CsvTable;

    #[test]
    fn files_with_different_separators_and_headings_are_read() {
        for text in [
            "User login,Security profile name|s,Routing profile name\nann,Agent|Admin,Basic\n",
            "\u{feff}USER LOGIN;security profiles;Routing Profile\r\nann;Agent|Admin;Basic\r\n\r\n",
            "login\tsecurity profile name\troutingprofile\nann\tAgent|Admin\tBasic",
        ] {
            let rows = parse(text.as_bytes()).unwrap();
            let [row] = rows.as_slice() else { panic!("{text}") };
            assert_eq!((row.number, row.get("username"), row.get("email")), (2, Some("ann"), None));
            assert_eq!(row.get("profiles"), Some("Agent|Admin"));
        }
        for (text, problem) in [
            ("", "file is empty"),
            ("login,security profile,routing profile\n", "only headings"),
            ("login,password\nann,Passw0rd\n", "passwords"),
            ("login,colour\nann,red\n", "“colour”"),
            ("login,login\nann,ann\n", "twice"),
            (&format!("login,security profile,routing profile\n{},x,y\n", "é".repeat(20_001)), "Line 2 has a cell"),
            (&format!("{},login\nann,ann\n", "é".repeat(201)), "A heading"),
            ("login,routing profile\nann,x\n", "missing"),
        ] {
            assert!(parse(text.as_bytes()).is_err_and(|InvalidInput(error)| error.contains(problem)), "{text}");
        }
        assert!(parse(b"login\n\xff\n").is_err_and(|InvalidInput(error)| error.contains("UTF-8")));
    }

    #[test]
    fn formulas_are_escaped_and_read_back() {
        let headings: Vec<_> = csv_fields().map(heading).collect();
        let evil = "=HYPERLINK(\"x\"),\"y\"";
        let mut row: Vec<_> = headings.iter().map(|_| "@SUM".to_owned()).collect();
        row[0] = evil.to_owned();
        row[1] = "＝1+1".to_owned();
        row[5] = "+15550100".to_owned();
        let mut table = CsvTable::new(&headings);
        table.push_row(&row);
        let written = table.into_bytes();
        let text = String::from_utf8(written.clone()).unwrap();
        assert!(
            text.contains("'=HYPERLINK") && text.contains("'＝1") && text.contains("'+1555") && !text.contains(",@SUM"),
            "{text}"
        );
        let rows = parse(&written).unwrap();
        assert_eq!(rows[0].get("first_name"), Some(evil));
        assert_eq!(rows[0].get("mobile"), Some("+15550100"));
    }

    #[test]
    fn headings_of_amazon_connect_and_of_earlier_files_are_accepted() {
        for (headings, id) in [
            (["First name", "firstname"], "first_name"),
            (["User login", "Login name"], "username"),
            (["Email address", "Email"], "email"),
            (["Secondary email", "secondary email address"], "secondary_email"),
            (["security profile name|s", "security profile name"], "profiles"),
            (["User hierarchy", "hierarchy group"], "hierarchy_group"),
            (["Phone type (soft/desk)", "phone type"], "phone_type"),
            (["Phone number", "Desk phone number"], "phone_number"),
            (["Auto accept (yes/no)", "softphone auto-accept"], "accept-VOICE"),
            (["After call work (seconds)", "ACW timeout"], "work-VOICE"),
        ] {
            for heading in headings {
                assert_eq!(field_of(heading).map(|field| field.id), Some(id), "{heading}");
            }
        }
    }
}
