//! The columns of the list: each reader chooses, and a cookie keeps the choice.

use super::super::fields::Fields;

/// A column that may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Profiles,
    Email,
    Hierarchy,
    Routing,
    Status,
    LastSeen,
    SecondFactors,
    Tags,
}

impl Column {
    /// All of them in the order they stand in.
    pub(super) const ALL: [Self; 8] = [
        Self::Profiles,
        Self::Email,
        Self::Hierarchy,
        Self::Routing,
        Self::Status,
        Self::LastSeen,
        Self::SecondFactors,
        Self::Tags,
    ];

    const DEFAULT: [Self; 4] = [Self::Profiles, Self::Hierarchy, Self::Status, Self::LastSeen];

    /// The word for it in the cookie and the form.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Profiles => "profiles",
            Self::Email => "email",
            Self::Hierarchy => "hierarchy",
            Self::Routing => "routing",
            Self::Status => "status",
            Self::LastSeen => "seen",
            Self::SecondFactors => "factors",
            Self::Tags => "tags",
        }
    }

    /// Its heading.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Profiles => "Security profiles",
            Self::Email => "E-mail",
            Self::Hierarchy => "Hierarchy",
            Self::Routing => "Routing profile",
            Self::Status => "Status",
            Self::LastSeen => "Last seen",
            Self::SecondFactors => "Second factor",
            Self::Tags => "Tags",
        }
    }
}

/// The cookie that keeps the choice. It is no secret.
pub(super) const COOKIE: &str = "floorkey-user-columns";

/// The columns of a cookie's value; the usual ones where there is none.
pub(super) fn chosen(value: Option<&str>) -> Vec<Column> {
    match value {
        Some(words) => {
            Column::ALL.into_iter().filter(|column| words.split('.').any(|it| it == column.word())).collect()
        }
        None => Column::DEFAULT.into(),
    }
}

/// The cookie's value for the boxes that were ticked.
pub(super) fn value(fields: &Fields) -> String {
    let ticked = |column: &Column| fields.all("column").any(|word| word == column.word());
    let words: Vec<_> = Column::ALL.into_iter().filter(ticked).map(Column::word).collect();
    // Nothing but names is a choice too.
    if words.is_empty() { "none".to_owned() } else { words.join(".") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_comes_back_as_it_was_made() {
        let fields = Fields::parse(b"column=tags&column=email&column=other");
        assert_eq!(value(&fields), "email.tags");
        assert_eq!(chosen(Some("email.tags")), [Column::Email, Column::Tags]);
        assert_eq!(chosen(Some(&value(&Fields::default()))), []);
        assert_eq!(chosen(None), Column::DEFAULT);
    }
}
