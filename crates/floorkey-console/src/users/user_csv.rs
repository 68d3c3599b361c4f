//! Reads and writes users as CSV files. Defines the columns and the limits of cells, and protects against spreadsheet
//! formulas.

use std::collections::BTreeMap;

use floorkey::text::has_more_chars;

use crate::web::csv::{escape_formula, unescape_formula};

/// Maximum number of characters in a cell. Even a cell with 50 tags of maximum length has fewer characters.
const CELL_CHARS_MAX: usize = 20_000;

/// Maximum number of characters in a heading.
const HEADING_CHARS_MAX: usize = 200;

/// A column of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CsvColumn {
    FirstName,
    LastName,
    Login,
    Email,
    SecondaryEmail,
    Mobile,
    Profiles,
    Routing,
    Hierarchy,
    PhoneType,
    PhoneNumber,
    AutoAccept,
    AfterWork,
    Tags,
}

impl CsvColumn {
    /// All columns in the order of the template.
    pub(super) const ALL: [Self; 14] = [
        Self::FirstName,
        Self::LastName,
        Self::Login,
        Self::Email,
        Self::SecondaryEmail,
        Self::Mobile,
        Self::Profiles,
        Self::Routing,
        Self::Hierarchy,
        Self::PhoneType,
        Self::PhoneNumber,
        Self::AutoAccept,
        Self::AfterWork,
        Self::Tags,
    ];

    /// Returns the heading of the column. Case and spaces in headings are ignored when a file is read.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::FirstName => "First name",
            Self::LastName => "Last name",
            Self::Login => "User login",
            Self::Email => "Email address",
            Self::SecondaryEmail => "Secondary email",
            Self::Mobile => "Mobile number",
            Self::Profiles => "Security profile name|s",
            Self::Routing => "Routing profile name",
            Self::Hierarchy => "User hierarchy",
            Self::PhoneType => "Phone type (soft/desk)",
            Self::PhoneNumber => "Phone number",
            Self::AutoAccept => "Auto accept (yes/no)",
            Self::AfterWork => "After call work (seconds)",
            Self::Tags => "Tags (key=value|…)",
        }
    }

    /// Returns the column for a heading. Accepts common spellings, and the headings of Amazon Connect's template.
    fn from_heading(heading: &str) -> Option<Self> {
        let normalized: String =
            heading.split('(').next().unwrap_or_default().chars().filter(|c| c.is_alphanumeric()).collect();
        Some(match normalized.to_lowercase().as_str() {
            "firstname" => Self::FirstName,
            "lastname" => Self::LastName,
            "userlogin" | "login" | "loginname" | "username" => Self::Login,
            "emailaddress" | "email" => Self::Email,
            "secondaryemail" | "secondaryemailaddress" => Self::SecondaryEmail,
            "mobilenumber" | "mobile" => Self::Mobile,
            "securityprofilenames" | "securityprofilename" | "securityprofiles" | "securityprofile" => Self::Profiles,
            "routingprofilename" | "routingprofile" => Self::Routing,
            "userhierarchy" | "hierarchy" | "hierarchygroup" => Self::Hierarchy,
            "phonetype" => Self::PhoneType,
            "phonenumber" => Self::PhoneNumber,
            "autoaccept" | "softphoneautoaccept" => Self::AutoAccept,
            "aftercallwork" | "acwtimeout" | "acwtime" => Self::AfterWork,
            "tags" => Self::Tags,
            _ => return None,
        })
    }
}

/// A row of a file.
pub(super) struct CsvRow {
    /// The number of the line on which the row starts. The first line is 1.
    pub(super) number: u64,
    cells: BTreeMap<CsvColumn, String>,
}

impl CsvRow {
    /// Returns the text of a cell. Returns `None` if the cell is empty.
    pub(super) fn get(&self, column: CsvColumn) -> Option<&str> {
        self.cells.get(&column).map(String::as_str).filter(|text| !text.is_empty())
    }
}

/// Parses a file with cells separated by commas, semicolons or tabs, with or without a byte-order mark.
///
/// # Errors
/// Returns a sentence that explains why the file can't be read.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<CsvRow>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|_| "The file is not UTF-8: save it as “CSV UTF-8” and send it again.".to_owned())?;
    // The CSV reader increases the line number after the last character of a line break. With `\r\n` line breaks, the
    // line numbers would therefore be off by one.
    let text = text.replace("\r\n", "\n");
    if text.trim().is_empty() {
        return Err("There is nothing in the file. Begin with the template.".to_owned());
    }
    let first = text.lines().next().unwrap_or_default();
    let separator = [',', ';', '\t'].into_iter().max_by_key(|mark| first.matches(*mark).count()).unwrap_or(',');
    let separator = u8::try_from(separator).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(true).from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|error| format!("The first line can't be read: {error}."))?.clone();
    let columns = columns(&headings)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| format!("The file can't be read: {error}."))?;
        let number = record.position().map_or(0, csv::Position::line);
        if record.iter().any(|cell| has_more_chars(cell, CELL_CHARS_MAX)) {
            return Err(format!("Line {number} has a cell with more than {CELL_CHARS_MAX} characters: shorten it."));
        }
        let cell = |(column, text): (&CsvColumn, &str)| (*column, unescape_formula(text.trim()).to_owned());
        let cells: BTreeMap<_, _> = columns.iter().zip(record.iter()).map(cell).collect();
        if cells.values().any(|text| !text.is_empty()) {
            rows.push(CsvRow { number, cells });
        }
    }
    if rows.is_empty() { Err("There are no users in the file, only headings.".to_owned()) } else { Ok(rows) }
}

fn columns(headings: &csv::StringRecord) -> Result<Vec<CsvColumn>, String> {
    let mut columns = Vec::new();
    for heading in headings {
        if has_more_chars(heading, HEADING_CHARS_MAX) {
            return Err(format!("A heading has more than {HEADING_CHARS_MAX} characters. Begin with the template."));
        }
        let normalized = heading.trim().to_lowercase();
        if normalized.contains("password") {
            return Err("The file has a column for passwords. Take it out: passwords are never read from files, \
                        one-time ones are made for you."
                .to_owned());
        }
        let column = CsvColumn::from_heading(heading).ok_or_else(|| {
            let known = CsvColumn::ALL.map(CsvColumn::title).join(", ");
            format!("There is no column “{}”. The columns are: {known}.", heading.trim())
        })?;
        if columns.contains(&column) {
            return Err(format!("The column “{}” is there twice.", heading.trim()));
        }
        columns.push(column);
    }
    for needed in [CsvColumn::Login, CsvColumn::Profiles, CsvColumn::Routing] {
        if !columns.contains(&needed) {
            return Err(format!("The column “{}” is missing. Begin with the template.", needed.title()));
        }
    }
    Ok(columns)
}

/// Writes a file. The file starts with a byte-order mark, because spreadsheets would otherwise assume the wrong
/// encoding. Cells that a spreadsheet would interpret as formulas are escaped.
///
/// # Errors
/// Returns an error if the CSV writer fails, which does not happen when it writes to memory.
pub(super) fn write<const N: usize>(
    headings: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(headings)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| escape_formula(cell).into_owned()))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_with_different_separators_and_headings_are_read() {
        for text in [
            "User login,Security profile name|s,Routing profile name\nann,Agent|Admin,Basic\n",
            "\u{feff}USER LOGIN;security profiles;Routing Profile\r\nann;Agent|Admin;Basic\r\n\r\n",
            "login\tsecurity profile name\troutingprofile\nann\tAgent|Admin\tBasic",
        ] {
            let rows = parse(text.as_bytes()).unwrap();
            let [row] = rows.as_slice() else { panic!("{text}") };
            assert_eq!((row.number, row.get(CsvColumn::Login), row.get(CsvColumn::Email)), (2, Some("ann"), None));
            assert_eq!(row.get(CsvColumn::Profiles), Some("Agent|Admin"));
        }
        for (text, problem) in [
            ("", "nothing in the file"),
            ("login,security profile,routing profile\n", "only headings"),
            ("login,password\nann,Passw0rd\n", "passwords"),
            ("login,colour\nann,red\n", "“colour”"),
            ("login,login\nann,ann\n", "twice"),
            (&format!("login,security profile,routing profile\n{},x,y\n", "é".repeat(20_001)), "Line 2 has a cell"),
            (&format!("{},login\nann,ann\n", "é".repeat(201)), "A heading"),
            ("login,routing profile\nann,x\n", "missing"),
        ] {
            assert!(parse(text.as_bytes()).is_err_and(|error| error.contains(problem)), "{text}");
        }
        assert!(parse(b"login\n\xff\n").is_err_and(|error| error.contains("UTF-8")));
    }

    #[test]
    fn formulas_are_escaped_and_read_back() {
        let headings = CsvColumn::ALL.map(CsvColumn::title);
        let evil = "=HYPERLINK(\"x\"),\"y\"";
        let mut row = CsvColumn::ALL.map(|_| "@SUM".to_owned());
        row[0] = evil.to_owned();
        row[1] = "＝1+1".to_owned();
        row[5] = "+15550100".to_owned();
        let written = write(headings, [row].into_iter()).unwrap();
        let text = String::from_utf8(written.clone()).unwrap();
        assert!(
            text.contains("'=HYPERLINK") && text.contains("'＝1") && text.contains("'+1555") && !text.contains(",@SUM"),
            "{text}"
        );
        let rows = parse(&written).unwrap();
        assert_eq!(rows[0].get(CsvColumn::FirstName), Some(evil));
        assert_eq!(rows[0].get(CsvColumn::Mobile), Some("+15550100"));
    }
}
