//! Output of commands: text for people and JSON for programs.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use serde_json::Value;

use super::CliError;

/// The output of a command.
pub(super) struct Output {
    json: bool,
    styled: bool,
}

impl Output {
    /// Creates an output that writes to standard output. Text is styled only if standard output is a terminal.
    pub(super) fn new(json: bool) -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { json, styled: wanted && std::io::stdout().is_terminal() }
    }

    /// Prints `value` if the output is for programs, and `text` if the output is for people.
    ///
    /// # Errors
    /// Returns an error if writing to standard output fails. A closed pipe is not an error.
    pub(super) fn print(&self, value: &Value, text: impl FnOnce(&Style) -> String) -> Result<(), CliError> {
        let mut out = match self.json {
            true => serde_json::to_string_pretty(value)?,
            false => text(&Style(self.styled)),
        };
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        match std::io::stdout().lock().write_all(out.as_bytes()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(CliError::Output(error)),
            _ => Ok(()),
        }
    }
}

/// Whether text is styled.
pub(super) struct Style(bool);

impl Style {
    /// Makes a string bold.
    pub(super) fn strong(&self, text: &str) -> String {
        if self.0 { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Makes a string faint.
    pub(super) fn faint(&self, text: &str) -> String {
        if self.0 { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// A style that leaves strings unchanged.
    #[cfg(test)]
    pub(super) const PLAIN: Self = Self(false);
}

/// Wraps text into lines of at most `width` characters. Every line begins with `indent`. Words longer than a line are
/// not broken.
pub(super) fn wrapped(text: &str, indent: &str, width: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let chars = word.chars().count();
        if length == 0 || length + 1 + chars > width {
            if length > 0 {
                out.push('\n');
            }
            out.push_str(indent);
            length = indent.chars().count();
        } else {
            out.push(' ');
            length += 1;
        }
        out.push_str(word);
        length += chars;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_wrapped_and_keeps_its_words() {
        let text = wrapped("a bb ccc dddd eeeeeeeeeeeeeeee f", "  ", 10);
        assert_eq!(text, "  a bb ccc\n  dddd\n  eeeeeeeeeeeeeeee\n  f");
        assert_eq!(wrapped("", "  ", 10), "");
    }

    #[test]
    fn plain_text_has_no_escapes() {
        assert_eq!([Style::PLAIN.strong("x"), Style::PLAIN.faint("y")].concat(), "xy");
        assert_eq!(Style(true).strong("x"), "\u{1b}[1mx\u{1b}[0m");
    }
}
