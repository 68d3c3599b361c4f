//! The columns of the list of users. Each viewer can select columns, and the selection is stored in a cookie.

use crate::web::form::Fields;

/// An optional column of the list of users.
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
    /// All columns in display order.
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

    /// Returns the name of the column in the cookie and the form.
    pub(super) const fn as_str(self) -> &'static str {
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

    /// Returns the heading of the column.
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

/// The name of the cookie with the selected columns. The cookie is not secret.
pub(super) const COOKIE: &str = "floorkey-user-columns";

/// Returns the columns that the cookie's value lists. Returns the default columns if the request has no such cookie.
pub(super) fn parse_cookie(value: Option<&str>) -> Vec<Column> {
    match value {
        Some(names) => {
            Column::ALL.into_iter().filter(|column| names.split('.').any(|name| name == column.as_str())).collect()
        }
        None => Column::DEFAULT.into(),
    }
}

/// Returns the cookie value for the selected checkboxes.
pub(super) fn cookie_value(fields: &Fields) -> String {
    let is_selected = |column: &Column| fields.all("column").any(|name| name == column.as_str());
    let names: Vec<_> = Column::ALL.into_iter().filter(is_selected).map(Column::as_str).collect();
    // The viewer can select no columns at all, but the cookie's value must not be empty.
    if names.is_empty() { "none".to_owned() } else { names.join(".") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_round_trips_through_the_cookie() {
        let fields = Fields::parse(b"column=tags&column=email&column=other");
        assert_eq!(cookie_value(&fields), "email.tags");
        assert_eq!(parse_cookie(Some("email.tags")), [Column::Email, Column::Tags]);
        assert_eq!(parse_cookie(Some(&cookie_value(&Fields::default()))), []);
        assert_eq!(parse_cookie(None), Column::DEFAULT);
    }
}
