//! Who did what, in words.

use floorkey::{Principal, Via};

use super::super::viewer::Viewer;

/// Who acted, by name.
pub(super) fn who(viewer: &Viewer, principal: &Principal) -> String {
    match principal {
        Principal::Operator { .. } => "The operator".to_owned(),
        Principal::System => "Floorkey".to_owned(),
        Principal::User { id, .. } if *id == viewer.user.id => "You".to_owned(),
        Principal::User { id, via } => {
            let name =
                viewer.directory.user(*id).map_or_else(|| "A deleted user".to_owned(), |user| user.display_name());
            match via {
                Via::Session { .. } => name,
                Via::AccessKey(_) => format!("{name} (with an access key)"),
            }
        }
    }
}

/// The name of an act as words: `ResetUserPassword` is `reset user password`.
pub(super) fn act(name: &str) -> String {
    let mut words = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}
