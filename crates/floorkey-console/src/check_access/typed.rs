//! The values of the form, as typed. The query string has the same fields.

use crate::web::form::Fields;

/// The fields, unchanged.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    /// The user: a name or login.
    pub(super) who: String,
    /// The permission: its name, or words of its description.
    pub(super) can: String,
    /// The API name of the resource type, or empty if it follows from the permission.
    pub(super) kind: String,
    /// The resource: a name or id.
    pub(super) to: String,
    /// The time, in the format of a date and time field.
    pub(super) at: String,
    /// Attributes of the resource, of the user and of the action: `name=value`, one per line.
    pub(super) thing: String,
    pub(super) user: String,
    pub(super) act: String,
}

impl Typed {
    pub(super) fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
        Self {
            who: text("who"),
            can: text("can"),
            kind: text("kind"),
            to: text("to"),
            at: text("at"),
            thing: text("thing"),
            user: text("user"),
            act: text("act"),
        }
    }

    /// Whether the form is empty.
    pub(super) fn is_blank(&self) -> bool {
        [&self.who, &self.can, &self.to, &self.thing, &self.user, &self.act].into_iter().all(String::is_empty)
    }

    /// Whether any attributes are given.
    pub(super) fn says_more(&self) -> bool {
        [&self.user, &self.act, &self.thing].into_iter().any(|text| !text.is_empty())
    }
}

/// The error of a field, with suggestions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slip {
    pub(super) text: String,
    /// Suggested values: text, and the address of the page with the value filled in.
    pub(super) choices: Vec<(String, String)>,
}

impl Slip {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), choices: Vec::new() }
    }

    /// Creates an error for an ambiguous value, with a link for each choice to the same page with that value in the
    /// field.
    pub(super) fn which(
        text: impl Into<String>,
        page: &str,
        fields: &Fields,
        field: &str,
        choices: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let link = |(words, value): (String, String)| {
            let fields = fields.with("page", None).with(field, Some(&value)).without_blank();
            (words, format!("{page}{}", fields.query()))
        };
        Self { text: text.into(), choices: choices.into_iter().map(link).collect() }
    }
}

/// The errors by field.
#[derive(Clone, Debug, Default)]
pub(super) struct Slips {
    pub(super) who: Option<Slip>,
    pub(super) can: Option<Slip>,
    pub(super) to: Option<Slip>,
    pub(super) at: Option<Slip>,
    pub(super) thing: Option<Slip>,
    pub(super) user: Option<Slip>,
    pub(super) act: Option<Slip>,
}

impl Slips {
    pub(super) fn is_empty(&self) -> bool {
        let all = [&self.who, &self.can, &self.to, &self.at, &self.thing, &self.user, &self.act];
        all.into_iter().all(Option::is_none)
    }

    /// Whether a field in the collapsed section has an error, which makes the section open.
    pub(super) fn in_more(&self) -> bool {
        self.at.is_some() || self.thing.is_some() || self.user.is_some() || self.act.is_some()
    }
}

/// Parses `name=value` pairs, one per line.
///
/// # Errors
/// The first line that is not such a pair.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, Slip> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let pair = |line: &str| match line.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        _ => Err(Slip::new(format!("“{line}” says nothing: write name=value, one a line."))),
    };
    lines.map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_lines_with_an_equals_sign() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs(" a = b=c \r\n\n d=").unwrap(), [pair("a", "b=c"), pair("d", "")]);
        assert!(pairs("a=b\nnothing").unwrap_err().text.contains("“nothing”"));
        assert!(pairs("=b").is_err());
    }

    #[test]
    fn choices_link_to_the_same_page_with_the_value_filled_in() {
        let fields = Fields::parse(b"who=an&can=Users.Edit&to=&page=3");
        let slip = Slip::which("Which?", "/x", &fields, "who", [("Ann".to_owned(), "ann".to_owned())]);
        assert_eq!(slip.choices, [("Ann".to_owned(), "/x?can=Users.Edit&who=ann".to_owned())]);
    }
}
